"""How conclusions follow: records in, conclusions with proofs out. The flow is in ``pipeline.py``.

rulebook   what is written in ``ontology/``: text, norms, rules, terms
records    statements with source and transaction; bodies, places, issues as recorded
ledger     from ledgers, forms and RDF to statements
entries    entries by hand
engine     from facts to conclusions: evaluators, proofs, survey
batch      large runs: DuckDB with spilling and resuming, Spark; generator: invented sets of any size
asking     what if, why not
audit      who saw and changed what: an append-only, hash-chained log
casebook   cases: what must and what must not follow
coverage   is the text encoded, do the cases show that each condition matters?
answers    what follows, arranged for a reader
receipts   what was concluded when: hash-chained receipts of runs, and how two runs differ
backup     the record as one file, verified, and back
queries    ready questions, SPARQL, full-text search
checker    checks a proof by itself; imports nothing of the others
"""
