"""One row while it is being read, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from reasoner.ledger.report import Problem
from reasoner.ledger.sheets import Cell
from reasoner.records.record import Claim, Source


@dataclass
class Row:
    """One row while it is being read."""

    number: int
    cells: tuple[Cell, ...]
    texts: list[str]
    continues: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    key: str = ""
    claims: list[Claim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    inspection: str | None = None
    district: str | None = None
    days: tuple[int, ...] = ()
    left_out: bool = False
    before: dict[str, str] = field(default_factory=dict)  # corrected columns: what stood there

    @property
    def usable(self) -> bool:
        """Whether nothing sets it aside."""
        return all(problem.severity != "set_aside" for problem in self.problems)


@dataclass
class Entry:
    """What one row, or one subject of an RDF file, comes to."""

    source: Source
    claims: list[Claim]
    problems: list[Problem]
    cells: dict[str, str] = field(default_factory=dict)
    about: str = ""
    corrected: bool = False

    @property
    def usable(self) -> bool:
        """Whether nothing sets it aside."""
        return all(problem.severity != "set_aside" for problem in self.problems)
