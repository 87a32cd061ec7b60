"""From facts to conclusions: three evaluators of the same rules, proofs, and the survey of a whole record."""
