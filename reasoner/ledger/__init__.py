"""From ledgers, forms and RDF to statements with their source.

``load`` and ``load_bundled`` are the whole surface; the order of the work is the order of the files:
tables → layouts → literals and names → rows → statements, with a report of everything not taken over.
"""

from reasoner.ledger.load import load, load_bundled
from reasoner.ledger.report import Problem, Report, UnusableFile

__all__ = ["Problem", "Report", "UnusableFile", "load", "load_bundled"]
