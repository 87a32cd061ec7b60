"""Invented facts of any size: patterns from the samples, copies of them, as facts files or ledgers."""
