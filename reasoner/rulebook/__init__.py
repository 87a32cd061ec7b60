"""What is written in ``ontology/``: the text of the law, its norms and rules, the terms, and their checks."""
