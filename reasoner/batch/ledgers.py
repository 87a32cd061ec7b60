"""Ledgers of any size straight into a facts file: the statements that ``ledger.load`` would put on record.

Large tables (.csv, .parquet) are read by columns in DuckDB, everything else and every row with anything wrong
row by row as ever; so what is stated, set aside and noted is the same. Not compared is what other files on
record say under the same numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from reasoner.engine.evaluate import uncollected
from reasoner.ledger.bulk import ROWS_FROM, Bulk, union
from reasoner.ledger.column_rows import text
from reasoner.ledger.columns import Columns
from reasoner.ledger.layouts import layouts
from reasoner.ledger.load import file_names, load, registry_files
from reasoner.ledger.reading import Progress, silent
from reasoner.ledger.report import Report, Unusable
from reasoner.ledger.row import Entry
from reasoner.records.record import Record

FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("predicate", "subject", "object", "kind", "file", "sheet")),
        ("row", pa.int64()),
        ("columns", pa.string()),
    ]
)
"""What a facts file with provenance holds."""


@uncollected()
def ledger_facts(
    files: Sequence[Path],
    out: Path,
    registry: Record | None = None,
    only: Collection[str] | None = None,
    progress: Progress = silent,
    memory: str = "4GB",
    rows_from: int = ROWS_FROM,
) -> Report:
    """Write what ledgers state to a Parquet facts file, with the statements of the registry before it.

    Columns: predicate, subject, object, kind (strings), file, sheet (strings), row (integer), columns
    (string). ``only``: the predicates to write. ``registry``: a record with the names that ledgers use (and
    whatever else it states); by default the bundled one. ``memory`` is how much DuckDB takes before it writes
    to disk; tables with fewer rows than ``rows_from`` are read row by row. Rows that cannot be used are in
    the report and not in the file; when a file cannot be used, nothing is written (``exit_code`` 2).
    """
    if registry is None:
        with tempfile.TemporaryDirectory() as own, Record.open(Path(own) / "record.sqlite") as record:
            load(registry_files(), record, who="zelian")
            return ledger_facts(files, out, record, only, progress, memory, rows_from)
    with tempfile.TemporaryDirectory(prefix="zelian-", dir=out.parent) as folder:
        database = duckdb.connect(":memory:", config={"memory_limit": memory, "temp_directory": folder})
        try:
            bulk = Bulk(registry, database, file_names(files), layouts(), Report(), progress, rows_from, only)
            tables, graphs, large = bulk.open(files)
            if not bulk.report.unusable:
                entries = bulk.read(tables, graphs, large) + graphs
                selects = bulk.selects()
                bulk.note(entries, selects)
                _tell(entries, bulk.report)
                _write(bulk, entries, selects, out)
            return bulk.report
        finally:
            database.close()


def _tell(entries: Iterable[Entry], report: Report) -> None:
    """Put the rows that were read one by one, and all that is wrong with them, into the report."""
    for entry in entries:
        if not entry.usable:
            s = entry.source
            report.aside.append(
                Unusable(
                    s.file, s.sheet, s.row, list(entry.cells), list(entry.cells.values()), entry.problems
                )
            )
        elif entry.claims:
            report.rows["new"] += 1
        report.add(entry.problems)
    report.rows["aside"] = len(report.aside)


def _write(
    bulk: Bulk, entries: Iterable[Entry], selects: Sequence[tuple[Columns, list[str]]], out: Path
) -> None:
    bulk.progress("写出事实", 0, 1)
    bulk.database.register("registry_", bulk.record.sourced())
    bulk.database.register("read_", _table(entries))
    written = ["FROM registry_", "FROM read_"]
    if bulk.only is not None:
        wanted = ", ".join(map(text, sorted(bulk.only)))
        written = [f"{each} WHERE predicate IN ({wanted})" for each in written]
    for columns, each in selects:
        file = text(columns.reader.table.file)
        if each:
            written.append(
                f"SELECT predicate, subject, object, kind, {file} AS file, NULL::VARCHAR AS sheet, "
                f"n + 1 AS row, columns FROM ({union(each)})"
            )
    bulk.database.execute("SET preserve_insertion_order = false")
    bulk.database.execute(f"COPY ({' UNION ALL '.join(written)}) TO {text(str(out))} (FORMAT parquet)")
    bulk.progress("写出事实", 1, 1)


def _table(entries: Iterable[Entry]) -> pa.Table:
    rows = [
        (
            *(claim.predicate, claim.subject, "" if claim.object is None else str(claim.object), claim.kind),
            *(entry.source.file, entry.source.sheet, entry.source.row, claim.columns),
        )
        for entry in entries
        if entry.usable
        for claim in entry.claims
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(FACTS)
    return pa.table([pa.array(each, field.type) for each, field in zip(columns, FACTS, strict=True)], FACTS)
