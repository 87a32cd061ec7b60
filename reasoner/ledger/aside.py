"""Rows that the record keeps set aside, as tables that can be read again.

Each row names the file, sheet, row and headings it came from, as in a workbook that ZeLian has marked,
so that it takes its own place among the facts and not that of a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from reasoner.ledger.origin import TITLE, TRACE_HEADERS
from reasoner.ledger.report import Problem, Unusable
from reasoner.ledger.sheets import Cell
from reasoner.ledger.tables import Grid
from reasoner.records.record import SetAside


def grids(rows: Iterable[SetAside]) -> Iterator[Grid]:
    """One table for every sheet and set of headers; subjects of RDF files have no row and are left out."""

    def place(row: SetAside) -> tuple[str, str, tuple[str, ...]]:
        return row.file, row.sheet or "", tuple(headers(row.cells))

    for (file, sheet, names), group in groupby(sorted(filter(from_table, rows), key=place), key=place):
        lines: list[tuple[Cell, ...]] = [(*names, *TRACE_HEADERS)]
        for row in group:
            trace = (row.file, row.sheet, row.row, row.cells.get(TITLE))
            lines.append((*(row.cells.get(name) for name in names), *trace))
        yield Grid(file, sheet or None, lines)


def from_table(row: SetAside) -> bool:
    """Whether a row stood in a table; else it is a subject of an RDF file, to be corrected there."""
    return row.row is not None


def headers(cells: Mapping[str, str]) -> list[str]:
    """The columns that belong to the row itself."""
    return [name for name in cells if name not in TRACE_HEADERS]


def unusable(rows: Sequence[SetAside]) -> list[Unusable]:
    """The same rows as a report has them, e.g. to mark them in a workbook."""
    return [
        Unusable(row.file, row.sheet, row.row, list(row.cells), list(row.cells.values()), problems(row))
        for row in rows
    ]


def problems(row: SetAside) -> list[Problem]:
    """Why a row is set aside, as the record keeps it."""
    return [
        Problem(**{**said, "candidates": tuple(tuple(each) for each in said.get("candidates", ()))})
        for said in row.problems
    ]
