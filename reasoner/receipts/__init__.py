"""What was concluded when: a receipt of every run over the record, chained by hashes, and their differences.

receipt.py     one receipt, its canonical form and its hash
chain.py       the receipts of a record: appended, read
verification.py whether they agree with all that they vouch for
runs.py         a run opened with a receipt, or made again from one
comparison.py  which conclusions differ between two runs, because of which fact or rule
"""
