"""Load large tables: what ``load`` puts on record, but the plain rows of large tables as they stream by.

Read row by row are all other tables, every row with anything wrong, every row whose number another file has
(on record or in this import), and files that are on record already.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from reasoner.ledger.bulk import Bulk
from reasoner.ledger.column_statements import SHAPE
from reasoner.ledger.columns import Columns
from reasoner.ledger.elsewhere import Elsewhere
from reasoner.ledger.layouts import TableLayout
from reasoner.ledger.load import file_names, put_registry, store, waiting
from reasoner.ledger.reading import Progress
from reasoner.ledger.report import Report
from reasoner.ledger.row import Entry, Row
from reasoner.ledger.rows import TableReader
from reasoner.records.record import Record
from reasoner.records.schema import SET_ASIDE, SOURCES
from reasoner.records.transaction import NewRow

_AT_ONCE = 50_000
_ATTEMPTS = 2
"""How often the files are read while others may write; after that, others wait."""
_MEMORY = "4GB"
"""What DuckDB takes before it writes to disk."""


def load_large(
    files: Sequence[Path],
    record: Record,
    said: tuple[str, str],
    progress: Progress,
    known: tuple[TableLayout, ...],
    rows_from: int,
    *,
    with_registry: bool = False,
    only_good: bool = False,
) -> Report:
    """As ``load``; tables with fewer rows than ``rows_from`` are read row by row.

    The report has outcomes for the rows only that are read one by one.
    """
    options = (files, record, said, progress, known, rows_from, with_registry, only_good)
    for _ in range(_ATTEMPTS):
        try:
            return _loaded(*options, locked=False)
        except _Overtaken:  # what was put on record meanwhile may be what a row refers to, or the file itself
            continue
    return _loaded(*options, locked=True)


class _Overtaken(Exception):  # noqa: N818 (what happened, not an error of anyone)
    """The record is no longer what the files were read against."""


def _loaded(
    files: Sequence[Path],
    record: Record,
    said: tuple[str, str],
    progress: Progress,
    known: tuple[TableLayout, ...],
    rows_from: int,
    with_registry: bool,
    only_good: bool,
    *,
    locked: bool,
) -> Report:
    names = file_names(files)
    with tempfile.TemporaryDirectory(prefix="zelian-") as folder:
        database = duckdb.connect(":memory:", config={"memory_limit": _MEMORY, "temp_directory": folder})
        try:
            database.execute("SET enable_progress_bar = false")
            bulk = Bulk(record, database, names, known, Report(), progress, rows_from)
            _load(bulk, files, said, with_registry, only_good, locked)
            return bulk.report
        finally:
            database.close()


def _load(
    bulk: Bulk,
    files: Sequence[Path],
    said: tuple[str, str],
    with_registry: bool,
    only_good: bool,
    locked: bool,
) -> None:
    """Read the files against the record and put them on it.

    Not ``locked``, others may write while the files are read; raises _Overtaken when somebody did.
    """
    record, report, names = bulk.record, bulk.report, bulk.names
    tables, graphs, large = bulk.open(files)
    if report.unusable:
        return
    if with_registry:
        put_registry(record, bulk.progress)
    digests = {name: _digest(file) for name, file in zip(names, files, strict=True)}
    why = said[1] or "导入 " + "、".join(names)
    with ExitStack() as held:
        begun = partial(held.enter_context, record.transaction(said[0], why, digests))
        transaction = begun() if locked else None
        seen = record.version
        new = []
        for number, each in large:
            if _on_record(record, names[number]):
                each.table.rows = each.rows()
                tables.append(each.table)
            else:
                new.append((number, each))
        tables.sort(key=lambda table: names.index(table.file))
        rows = bulk.read(
            tables, graphs, new, waiting(record, names), lambda readers: _apart(bulk, readers, graphs)
        )
        selects = bulk.selects()
        bulk.note(rows, selects)
        entries = graphs + rows
        elsewhere = Elsewhere(entries, record)
        if transaction is None:
            transaction = begun()
            if record.version != seen:
                raise _Overtaken
        store(entries, elsewhere, transaction, report, bulk.progress, only_good)
        for columns, asked in selects:
            transaction.put_new_rows(columns.reader.table.file, _rows(columns, asked, bulk.progress))
        report.statements = transaction.changes
    report.version = record.version


def _on_record(record: Record, file: str) -> bool:
    """Whether anything was ever stated by a file of this name, or a row of it waits."""
    return any(
        record.ask(sa.select(table.c.id).where(table.c.file == file).limit(1))
        for table in (SOURCES, SET_ASIDE)
    )


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _apart(bulk: Bulk, readers: list[tuple[TableReader, list[Row]]], graphs: list[Entry]) -> None:
    """Leave the rows to be read one by one whose keys other files have, on record or in this import."""
    here = [(reader.place(row), reader.table.file) for reader, rows in readers for row in rows]
    here += [(entry.source.key or "", entry.source.file) for entry in graphs]
    others = sa.select(SOURCES.c.key).distinct()
    others = others.where(SOURCES.c.key.is_not(None), SOURCES.c.file.not_in(bulk.names))
    found = [(key, bulk.names.index(file)) for key, file in here]
    found += [(key, -1) for (key,) in bulk.record.ask(others)]
    keys, numbers = zip(*found, strict=True) if found else ((), ())
    table = pa.table([pa.array(keys, pa.string()), pa.array(numbers, pa.int64())], ["key", "file"])
    bulk.database.register("known_keys", table)
    every = " UNION ALL ".join(["FROM known_keys", *(columns.keys() for columns in bulk.columns)])
    bulk.database.execute(
        f"CREATE TABLE keys AS SELECT key FROM ({every}) GROUP BY key HAVING count(DISTINCT file) > 1"
    )
    bulk.database.unregister("known_keys")
    for columns in bulk.columns:
        columns.odden_keys("FROM keys")


def _rows(columns: Columns, selects: Sequence[str], progress: Progress) -> Iterator[NewRow]:
    """The plain rows of a table with what they state, in order."""
    stated = (
        f"SELECT {k} AS k, n, predicate, subject, object, kind, columns FROM ({select}) AS s({SHAPE})"
        for k, select in enumerate(selects)
    )
    places = f"SELECT -1, n, key, url, '', '', NULL FROM ({columns.sources()}) AS s(key, url, n)"
    total, done = columns.count_live(), 0
    found = columns.database.execute(f"{' UNION ALL '.join([*stated, places])} ORDER BY n, k")
    row: NewRow | None = None
    while some := found.fetchmany(_AT_ONCE):
        progress("写入记录", done, total)
        for k, n, *said, shown in some:
            if k < 0:
                if row is not None and row.stated:
                    yield row
                row = NewRow(n + 1, said[0], said[1] or None, {})
                done += 1
            elif row is not None:
                row.stated[tuple(said)] = shown
    if row is not None and row.stated:
        yield row
    progress("写入记录", total, total)
