"""Who saw and changed what: an append-only log, every line hashed over the one before."""
