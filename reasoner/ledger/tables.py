"""Spreadsheets and CSV files as plain grids of cells, with merged cells filled and formulas left alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

from reasoner.ledger.report import UnusableFile
from reasoner.ledger.sheets import Cell
from reasoner.ledger.sheets import read as read_sheets

_LONGEST_FIELD = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",\t;，"
_LOOKED_AT = 50  # rows by which the delimiter is told
CONTROLS = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"
"""Control characters, as a regular expression: nobody wrote them, and XML takes none of them."""
UNSEEN = dict.fromkeys([*map(ord, "\u200b\ufeff"), *range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
FORMULA = r"[=+\-@\t\r\n＝＋－＠]"
"""A text that begins so is a formula to a spreadsheet; some take the wide signs as well."""
_LONGEST_HEADING = 400
"""Characters by which a heading is told; remarks are taken off its end one by one."""
_REMARK_BEFORE, _REMARK_AFTER = re.compile(r"^\([^()]*\)(?=.)"), re.compile(r"(?<=.)\([^()]*\)$")
_ENCLOSING = str.maketrans("[]{}【】〔〕〖〗「」『』《》〈〉", "()" * 9)


@dataclass(frozen=True)
class Document:
    """A source file in memory, under the name by which its rows are known."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters with the dot."""
        return PurePath(self.name).suffix.lower()


@dataclass
class Grid:
    """One sheet: ``rows[i]`` is spreadsheet row i + 1; ``repeated`` marks cells filled from a merge above."""

    file: str
    sheet: str | None
    rows: list[tuple[Cell, ...]]
    repeated: set[tuple[int, int]] = field(default_factory=set)


@lru_cache(maxsize=4096)
def header(value: Cell) -> str:
    """A header as it is compared: half-width, without blanks, stars, colons, brackets and remarks in them."""
    text = "".join(
        unicodedata.normalize("NFKC", str(value or "")[:_LONGEST_HEADING]).translate(UNSEEN).split()
    )
    text, before = text.translate(_ENCLOSING), ""
    while text != before:
        text, before = _REMARK_AFTER.sub("", text.strip("*:")), text
    return _REMARK_BEFORE.sub("", text).removeprefix("(").removesuffix(")").strip("*:")


def text(value: Cell) -> str:
    """A cell as text: whole numbers without a fraction, dates as yyyy-mm-dd, no surrounding blanks."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip().translate(UNSEEN)


def marked_as(value: Cell) -> Cell:
    """A cell of a marked workbook as it was: without the apostrophe that kept it from being run."""
    return value[1:] if isinstance(value, str) and re.match(rf"'{FORMULA}", value) else value


def read_grids(document: Document) -> tuple[list[Grid], bool]:
    """All sheets of an .xlsx, or the one table of a .csv or .parquet; and whether there are macros in it.

    Raises UnusableFile.
    """
    name, data = document.name, document.data
    if not data.strip():
        raise UnusableFile(name, "file-empty")
    if data.startswith(_OLE):
        raise UnusableFile(name, "file-old-excel")
    if document.suffix == ".parquet":
        grids, macros = [_parquet(data, name)], False
    else:
        grids, macros = _workbook(data, name) if document.suffix == ".xlsx" else ([_csv(data, name)], False)
    grids = [grid for grid in grids if any(any(c not in (None, "") for c in row) for row in grid.rows)]
    if not grids:
        raise UnusableFile(name, "file-blank")
    return grids, macros


def _csv(data: bytes, name: str) -> Grid:
    if data.startswith(_ZIP) or (b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UnusableFile(name, "file-not-text")
    content = _decode(data, name)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        rows: list[tuple[Cell, ...]] = list(map(tuple, records(content, delimiter_of(content))))
    except csv.Error as error:
        raise UnusableFile(name, "file-csv", reason=str(error)) from error
    return Grid(name, None, rows)


def _parquet(data: bytes, name: str) -> Grid:
    """The names of the columns are the first row of the sheet."""
    from reasoner.ledger import big  # imported late: pyarrow is slow to import

    table = big.parquet(io.BytesIO(data), name)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return Grid(name, None, [tuple(table.column_names), *rows])


def delimiter_of(content: str) -> str:
    """What parts the columns of a CSV."""
    return max(_DELIMITERS, key=lambda each: _columns(content, each))


def records(content: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a CSV as the csv module reads them; raises csv.Error."""
    return csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)


def _columns(content: str, delimiter: str) -> int:
    """How well a delimiter makes columns: rows of one width, times the columns it gains them.

    Counting the characters would not do: prose in the cells may hold more of another one.
    """
    try:
        widths = Counter(len(row) for row in islice(records(content, delimiter), _LOOKED_AT))
    except csv.Error:  # quotes that make no sense with this delimiter
        return -1
    return max(((width - 1) * rows for width, rows in widths.items()), default=0)


def _decode(data: bytes, name: str) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableFile(name, "file-encoding")


def _workbook(data: bytes, name: str) -> tuple[list[Grid], bool]:
    sheets, macros = read_sheets(data, name)
    grids = []
    for sheet in sheets:
        grid = Grid(name, sheet.title, sheet.rows)
        width, left_over = max(map(len, grid.rows), default=0), sum(map(len, grid.rows))
        for top, left, bottom, right in sheet.merged:
            bottom, right = min(bottom + 1, len(grid.rows)), min(right + 1, width)
            left_over -= max(0, bottom - top) * max(0, right - left)
            if left_over < 0:  # merged ranges never overlap in what a spreadsheet program writes
                raise UnusableFile(name, "file-merged")
            _fill(grid, top, bottom, left, right)
        grids.append(grid)
    return grids, macros


def _fill(grid: Grid, top: int, bottom: int, left: int, right: int) -> None:
    """Give every cell of a merged range the value of its first."""
    if top >= len(grid.rows):
        return
    value = grid.rows[top][left] if left < len(grid.rows[top]) else None
    for r in range(top, bottom):
        row = list(grid.rows[r]) + [None] * (right - len(grid.rows[r]))
        for c in range(left, right):
            row[c] = value
            if r > top:
                grid.repeated.add((r, c))
        grid.rows[r] = tuple(row)
