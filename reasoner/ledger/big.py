"""Large tables as Arrow columns: a .csv or .parquet of many rows, cell for cell what ``tables`` reads.

pyarrow reads a CSV in which every row has as many cells as the headings; it was found to agree with the csv
module on every other text (quotes that make no sense included). All else is read by ``tables``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from reasoner.ledger import tables
from reasoner.ledger.layouts import Table, TableLayout, recognise
from reasoner.ledger.report import UnusableFile
from reasoner.ledger.sheets import Cell
from reasoner.ledger.tables import Grid

_HEAD = 1 << 18
_HEAD_ROWS = 60
"""Rows at the beginning of a CSV by which delimiter, title and headings are told, as ``tables`` does it."""
_BLOCK = 16 << 20
_LONGEST_FIELD = 1 << 20


@dataclass
class BigTable:
    """A table and its columns.

    ``table`` (and ``grid``, what it was recognised in) has one row only, which shows what columns hold
    anything. ``raw`` has the cells below the headings as strings, one column a heading (c0, c1 …) without
    nulls; row i of it is row ``first + i`` of the sheet, from 0.
    """

    table: Table
    grid: Grid
    raw: pa.Table
    first: int

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.table.headers)

    def rows(self, numbers: Sequence[int] | None = None) -> list[tuple[int, tuple[Cell, ...]]]:
        """Rows of the sheet by their numbers, or all, as ``Table.rows`` has them."""
        found = self.raw
        if numbers is None:
            numbers = range(self.first, self.first + self.raw.num_rows)
        elif not numbers:
            return []
        else:
            found = self.raw.take([at - self.first for at in numbers])
        cells = zip(*(column.to_pylist() for column in found.columns), strict=True)
        return [(at, row) for at, row in zip(numbers, cells, strict=True) if any(row)]


def read(path: Path, name: str, known: tuple[TableLayout, ...]) -> BigTable | None:
    """The one table of a large file; None where the file must be read row by row.

    Raises UnusableFile when a .parquet cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        table = parquet(path, name)
        head = [tuple(table.column_names)]
        return _recognised(name, head, 0, table, known)
    return _csv(path, name, known)


def parquet(source: Path | io.BytesIO, name: str) -> pa.Table:
    """The cells of a .parquet as strings: days as yyyy-mm-dd, nothing as ''. Raises UnusableFile."""
    try:
        table = pyarrow.parquet.read_table(source)
    except (pa.ArrowException, OSError) as error:
        raise UnusableFile(name, "file-parquet", reason=type(error).__name__) from error
    return pa.table([_strings(column, name) for column in table.columns], names=table.column_names)


def _strings(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_timestamp(kind) or pa.types.is_floating(kind):
        made = [tables.text(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(made, pa.string())])
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except pa.ArrowException as error:  # lists and the like are no cells
        raise UnusableFile(name, "file-parquet", reason=str(kind)) from error


def _csv(path: Path, name: str, known: tuple[TableLayout, ...]) -> BigTable | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\0" in head or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return None
    whole = len(head) < _HEAD
    try:
        content = (head if whole else head[: head.rfind(b"\n") + 1]).decode("utf-8-sig")
        delimiter = tables.delimiter_of(content)
        first = list(tables.records(content, delimiter))[:_HEAD_ROWS]
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(first) < _HEAD_ROWS and not whole:
        return None
    found = recognise(Grid(name, None, [tuple(row) for row in first]), known)
    if found is None or found.layout.shape != "rows" or len(delimiter.encode()) > 1:
        return None
    begin = found.rows[0][0] if found.rows else 0
    above = first[: begin - 1]  # the last of the headings is read as a row, so that no blank row leads
    if any("\n" in cell or "\r" in cell for row in above for cell in row) or not first[begin - 1]:
        return None
    names = [f"c{i}" for i in range(len(first[begin - 1]))]
    try:
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=begin - 1, block_size=_BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:  # rows of another width, another encoding: the csv module takes them
        return None
    if table.num_rows == 0 or any(_too_long(column) for column in table.columns):
        return None
    heading = [column[0].as_py() for column in table.columns]
    if [tables.text(each) for each in heading] != [tables.text(each) for each in first[begin - 1]]:
        return None
    return _recognised(name, [tuple(row) for row in first[:begin]], begin, table.slice(1), known)


def _too_long(column: pa.ChunkedArray) -> bool:
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    return bool(longest > _LONGEST_FIELD)


def _recognised(
    name: str, head: list[tuple[str, ...]], begin: int, raw: pa.Table, known: tuple[TableLayout, ...]
) -> BigTable | None:
    """The table of these headings, with one row that has something wherever any row has."""
    begin = begin or len(head)
    raw = raw.rename_columns([f"c{i}" for i in range(raw.num_columns)])
    filled = tuple("x" if pc.any(pc.not_equal(column, "")).as_py() else "" for column in raw.columns)
    grid = Grid(name, None, [*head, filled])
    table = recognise(grid, known)
    if table is None or table.layout.shape != "rows" or len(table.headers) != raw.num_columns:
        return None
    return BigTable(table, grid, raw, begin)
