"""Workbooks (.xlsx) as rows of cells: a fast reader for plain sheets, a thorough one for the rest.

The fast one (calamine) gives the stored result of a formula and nothing for an error. Neither may pass
for a value somebody wrote, so a sheet that holds one is read by openpyxl, and so is one whose cells
lie so far apart that a dense table would not fit into memory.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from reasoner.ledger.report import UnusableFile

Cell = str | int | float | dt.date | None
Span = tuple[int, int, int, int]

LARGEST_UNPACKED = 256 << 20
"""Bytes in one workbook, unpacked: a ledger of 100,000 rows has about a third of it."""

_NOT_PLAIN = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["'][ed]["']""")  # a formula, an error, an ISO date
_COLUMN = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d""")
_ROW = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]{0,3}(\d{1,9})""")  # of a row, or of a cell
_MERGED = re.compile(
    rb"""mergeCell\s+[^<]*?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,9}):([A-Za-z]{1,3})(\d{1,9})["']"""
)
_CELLS_AT_ONCE = 10_000_000
_MERGED_AT_ONCE = 1_000_000
_PIECE = 1 << 20
_MACROS = "xl/vbaProject.bin"


class Sheet(NamedTuple):
    """One visible sheet: rows from the first, and merged spans as (top, left, bottom, right), from 0."""

    title: str
    rows: list[tuple[Cell, ...]]
    merged: list[Span]


def read(data: bytes, name: str) -> tuple[list[Sheet], bool]:
    """The visible sheets of a workbook, and whether it holds macros (never run). Raises UnusableFile."""
    try:
        plain, merged, far, macros = _look_inside(data, name)
    except UnusableFile:
        raise
    except Exception as error:  # zipfile and zlib raise whatever they meet
        raise UnusableFile(name, "file-xlsx", reason=type(error).__name__) from error
    if merged and far:
        raise UnusableFile(name, "file-far")
    sheets = _fast(data) if plain else None
    if sheets is None and merged > _MERGED_AT_ONCE:  # openpyxl makes every merged cell
        raise UnusableFile(name, "file-merged")
    return (_thorough(data, name, merged > 0) if sheets is None else sheets), macros


def _look_inside(data: bytes, name: str) -> tuple[bool, int, bool, bool]:
    """Whether the fast reader will do, how many cells are merged, whether any lie far apart, and macros.

    Every part is unpacked once: one that is larger than it says (a bomb) fails its checksum here.
    """
    plain, merged, far = True, 0, False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise UnusableFile(name, "file-large")
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(part) as unpacked:  # by pieces: a liar is found out at the first
                content = b"".join(iter(partial(unpacked.read, _PIECE), b""))
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                last = max(map(int, set(_ROW.findall(content))), default=0)
                columns = max(map(_place, set(_COLUMN.findall(content))), default=0)
                far = far or last * columns > max(_CELLS_AT_ONCE, len(content))
                plain = plain and not _NOT_PLAIN.search(content)
                merged += sum(map(_area, _MERGED.findall(content))) or b"mergeCell" in content
        return plain and not far, merged, far, _MACROS in archive.namelist()


def _area(span: tuple[bytes, ...]) -> int:
    """How many cells a merged range has."""
    left, top, right, bottom = span
    return (abs(_place(right) - _place(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _place(letters: bytes) -> int:
    """The number of a column: A is 1."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _fast(data: bytes) -> list[Sheet] | None:
    """None where this reader fails: the other one says why, or can read it all the same."""
    try:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_index(number)
            rows = [tuple(map(_plain, row)) for row in sheet.to_python(skip_empty_area=False)]
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            sheets.append(Sheet(about.name, _trimmed(rows), merged))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of its compiled part is no Exception
        return None
    return sheets


def _thorough(data: bytes, name: str, merged: bool) -> list[Sheet]:
    from openpyxl import load_workbook  # imported late: 0.2 s that most files do not need

    try:
        # Merged ranges are only known to the slower way, so it is taken only where there are some.
        book = load_workbook(io.BytesIO(data), read_only=not merged, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise UnusableFile(name, "file-xlsx", reason=type(error).__name__) from error
    try:
        return [_sheet(sheet, merged) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:
        raise UnusableFile(name, "file-sheet", reason=type(error).__name__) from error
    finally:
        book.close()


def _sheet(sheet: Any, merged: bool) -> Sheet:
    if not merged:
        sheet.reset_dimensions()  # a wrong <dimension> would cut rows off
    rows = [tuple(map(_plain, row)) for row in sheet.iter_rows(values_only=True)]
    return Sheet(sheet.title, _trimmed(rows), list(_spans(sheet)) if merged else [])


def _spans(sheet: Any) -> Iterator[Span]:
    for span in sheet.merged_cells.ranges:
        yield span.min_row - 1, span.min_col - 1, span.max_row - 1, span.max_col - 1


def _plain(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str | int | dt.date):
        return value
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return "=" + str(getattr(value, "text", "") or "")  # an array or table formula


def _trimmed(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Without the empty rows at the end: a format set on a whole sheet makes a million of them."""
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return rows
