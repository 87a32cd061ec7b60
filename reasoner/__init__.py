"""How conclusions follow: records in, conclusions with proofs out. The flow is in ``pipeline.py``."""
