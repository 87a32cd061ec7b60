"""Who may see what of the record: classes of secrecy, roles, and the record as a role sees it.

policy    what ``ontology/`` says: which entries and fields are secret, which roles there are
secrets   what of a record or a world is secret
view      the record that is left for a role, as a record of its own
reader    for whom this thread opens records
"""
