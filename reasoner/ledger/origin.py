"""Where the rows of a table stood first, and what somebody has corrected in them since.

A workbook that ZeLian has marked names the file, sheet, row and headings of every row it holds; all other
tables are their own origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reasoner.ledger.context import Context, Setting, setting
from reasoner.ledger.layouts import Table
from reasoner.ledger.sheets import Cell
from reasoner.ledger.tables import header, marked_as, text

TRACE_HEADERS = FILE, SHEET, ROW, TITLE = ("原文件", "原工作表", "原行号", "原标题")

Place = tuple[str, str | None, int | None]
Corrections = Mapping[Place, Mapping[str, str]]
"""By document, sheet and row as the document counts it: column as shown -> what to read in its stead."""


class Origin:
    """Tells of the rows of one table; a row is given as its number (from 0) and its texts."""

    def __init__(self, table: Table, corrections: Corrections) -> None:
        self._table, self._corrections = table, corrections
        positions = {name: position for position, name in enumerate(table.headers) if name}
        self._trace = {name: positions.get(header(name)) for name in TRACE_HEADERS}
        self.marked = any(position is not None for position in self._trace.values())
        self._settings: dict[str, Setting] = {}

    def _said(self, name: str, texts: Sequence[str]) -> str:
        position = self._trace[name]
        return "" if position is None else texts[position]

    def document(self, texts: Sequence[str]) -> str:
        """The document a row belongs to."""
        return self._said(FILE, texts) or self._table.file

    def sheet(self, texts: Sequence[str]) -> str | None:
        """The sheet a row belongs to; None for a CSV."""
        if not self._said(FILE, texts) or self.document(texts) == self._table.file:
            return self._table.sheet
        return self._said(SHEET, texts) or None

    def number(self, row: int, texts: Sequence[str]) -> int:
        """The row's number in its own document, counted as a spreadsheet shows it."""
        said = self._said(ROW, texts)
        return int(said) if said.isdecimal() else row + 1

    def title(self, texts: Sequence[str]) -> str:
        """What stands above the headers in the row's own document, with the names of file and sheet."""
        return self._said(TITLE, texts) or self._table.title

    def setting(self, texts: Sequence[str], own: Setting, context: Context) -> Setting:
        """What the title says about the row: the table's ``own`` setting, or that of where it stood."""
        title = self._said(TITLE, texts)
        if not title:
            return own
        if title not in self._settings:
            self._settings[title] = setting(title, context)
        return self._settings[title]

    def place(self, row: int, texts: Sequence[str]) -> Place:
        """By what a correction finds a row."""
        return self.document(texts), self.sheet(texts), self.number(row, texts)

    def cells(self, row: int, cells: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], list[str], dict[str, str]]:
        """A row's cells and texts, as wide as the headers, and what stood where it was corrected."""
        if self.marked:
            cells = tuple(marked_as(cell) for cell in cells)
        cells += (None,) * (len(self._table.headers) - len(cells))
        texts = [text(cell) for cell in cells]
        before: dict[str, str] = {}
        if self._corrections and (wanted := self._corrections.get(self.place(row, texts))):
            written = list(cells)
            for position, name in enumerate(shown(self._table, len(cells))):
                if name in wanted and wanted[name] != texts[position]:
                    before[name] = texts[position]
                    written[position], texts[position] = wanted[name] or None, wanted[name].strip()
            cells = tuple(written)
        return cells, texts, before


def shown(table: Table, width: int) -> list[str]:
    """The names of columns as a reader sees them; one without a header is called by its place."""
    return [
        (table.shown[position] if position < len(table.shown) else "") or f"第{position + 1}列"
        for position in range(width)
    ]


def letter(position: int) -> str:
    """A column as a spreadsheet calls it: 0 is A."""
    name, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
