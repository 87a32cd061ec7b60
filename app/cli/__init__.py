"""The command line: what is asked goes to the reasoner, what comes back is shown. No reasoning here."""

from app.cli.main import main

__all__ = ["main"]
