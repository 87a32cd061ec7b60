"""Torture: bad input, faults and load, far more of each than the tests have time for (``zelian torture``)."""
