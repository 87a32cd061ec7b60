"""Ledgers of any size straight into a facts file: the statements that ``ledger.load`` would put on record.

Large tables (.csv, .parquet) are read by columns in DuckDB, everything else and every row with anything wrong
row by row as ever; so what is stated, set aside and noted is the same. Not compared is what other files on
record say under the same numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from reasoner.ledger import big, entities
from reasoner.ledger.big import BigTable
from reasoner.ledger.cells import Days
from reasoner.ledger.column_statements import SHAPE, statements
from reasoner.ledger.columns import MANY, Columns, suits, text
from reasoner.ledger.context import Context, setting
from reasoner.ledger.layouts import Table, layouts
from reasoner.ledger.load import file_names, load, opened, read_file, registry_files
from reasoner.ledger.reading import (
    Progress,
    context_of,
    note_references,
    read_tables,
    recognised,
    reference_aside,
    silent,
    without_content,
)
from reasoner.ledger.report import Report, Unusable, UnusableFile
from reasoner.ledger.rows import Entry, Row, TableReader
from reasoner.records.record import Record

_LARGE = (".csv", ".parquet")
_STEPS = 4
_ROWS_FROM = 2_000
"""Rows from which on a table is read by columns; below, the other way takes no longer."""
FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("predicate", "subject", "object", "kind", "file", "sheet")),
        ("row", pa.int64()),
        ("columns", pa.string()),
    ]
)
"""What a facts file with provenance holds."""


def ledger_facts(
    files: Sequence[Path],
    out: Path,
    registry: Record | None = None,
    only: Collection[str] | None = None,
    progress: Progress = silent,
    memory: str = "4GB",
    rows_from: int = _ROWS_FROM,
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
            return _Import(registry, database, only, progress, rows_from).write(files, out)
        finally:
            database.close()


class _Ids(dict[str, tuple[str, ...]]):
    """The ids that rows give with their classes, asked for when needed and then remembered."""

    def __init__(self, look: Callable[[Collection[str]], dict[str, tuple[str, ...]]]) -> None:
        super().__init__()
        self._look = look
        self._absent: set[str] = set()

    def learn(self, ids: Iterable[str]) -> None:
        """Ask for many at once."""
        wanted = {
            each for each in ids if each not in self._absent and not super(_Ids, self).__contains__(each)
        }
        if wanted:
            self.update(self._look(wanted))
            self._absent.update(each for each in wanted if not super(_Ids, self).__contains__(each))

    def __contains__(self, id: object) -> bool:
        if isinstance(id, str):
            self.learn([id])
        return super().__contains__(id)

    def get(self, id: str, default: Any = None) -> Any:
        return super().get(id, default) if id in self else default

    def setdefault(self, id: str, classes: Any = None) -> Any:
        if id in self:
            return self[id]
        self._absent.discard(id)
        return super().setdefault(id, classes)


@dataclass
class _Import:
    """One import, from files to the facts file."""

    record: Record
    database: duckdb.DuckDBPyConnection
    only: Collection[str] | None
    progress: Progress
    rows_from: int
    report: Report = field(default_factory=Report)
    columns: list[Columns] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _classes: list[tuple[str, ...]] = field(default_factory=list)

    def write(self, files: Sequence[Path], out: Path) -> Report:
        """Do all of it."""
        self._names = file_names(files)
        tables, graphs, large = self._open(files)
        if self.report.unusable:
            return self.report

        def define(context: Context, readers: list[tuple[TableReader, list[Row]]]) -> None:
            self.progress("读取行", 1, _STEPS)
            self._define(large, context, readers)

        context, readers = context_of(tables, graphs, self.record, self._names, {}, "", define)
        self.progress("读取行", 2, _STEPS)
        entries = self._state(context, readers) + graphs
        selects = [(each, list(statements(each, self.only))) for each in self.columns]
        self._note(entries, selects, context)
        self.progress("写出事实", 3, _STEPS)
        self._write(entries, selects, out)
        self.progress("写出事实", _STEPS, _STEPS)
        return self.report

    def _open(self, files: Sequence[Path]) -> tuple[list[Table], list[Entry], list[tuple[int, BigTable]]]:
        known = layouts()
        tables: list[Table] = []
        graphs: list[Entry] = []
        large: list[tuple[int, BigTable]] = []
        for number, (name, path) in enumerate(zip(self._names, files, strict=True)):
            self.progress("读取文件", number, len(files))
            try:
                found = (
                    big.read(path, name, known) if path.suffix.lower() in _LARGE and path.is_file() else None
                )
                if found is None or found.raw.num_rows < self.rows_from:
                    read_file(opened(path, name), known, tables, graphs, self.report)
                    continue
                found.table = recognised([found.grid], name, known, self.report)[0]
                if suits(found.table):
                    found.table.rows = []
                    large.append((number, found))
                else:
                    found.table.rows = found.rows()
                    tables.append(found.table)
            except UnusableFile as error:
                self.report.unusable.append(error)
        return tables, graphs, large

    # -- which entries there are --------------------------------------------------------------------

    def _code(self, classes: tuple[str, ...]) -> int:
        if classes not in self._classes:
            self._classes.append(classes)
        return self._classes.index(classes)

    def _define(
        self,
        large: Iterable[tuple[int, BigTable]],
        context: Context,
        readers: list[tuple[TableReader, list[Row]]],
    ) -> None:
        """Define the rows of all large tables, and keep the ids of all tables in the table ``ids``."""
        run = self.database.execute
        run("CREATE TABLE ids (id VARCHAR, classes INTEGER, file INTEGER, place BIGINT)")
        odd: dict[int, list[Row]] = {}
        for number, each in large:
            columns = Columns(TableReader(each.table, context), each, self.database, number)
            self.columns.append(columns)
            columns.define()
            for select in columns.ids(self._code):
                run(f"INSERT INTO ids {select}")
            odd[number] = columns.define_odd()
            self._keep(columns.reader, number, odd[number], context)
        for reader, rows in readers:
            self._keep(reader, self._names.index(reader.table.file), rows, context)
        ids = _Ids(self._look)
        ids.learn([id for _, rows in readers for row in rows for id in row.ids.values()])
        context.ids, context.expect = ids, ids.learn
        twice = "SELECT id FROM ids GROUP BY id HAVING count(DISTINCT classes) > 1"
        for columns in self.columns:
            columns.odden_ids(twice)
        self._give_names(context, odd)

    def _keep(self, reader: TableReader, number: int, rows: Sequence[Row], context: Context) -> None:
        """Keep the ids that rows read one by one give."""
        found = []
        for row in rows:
            for at, (name, id) in enumerate(row.ids.items()):
                if id in context.ids:
                    classes = reader.layout.entities[name].classes or (reader.layout.name,)
                    found.append((id, self._code(classes), number, row.number * MANY + at))
        if found:
            arrays = map(pa.array, zip(*found, strict=True))
            self.database.register("kept", pa.table(list(arrays), ["id", "classes", "file", "place"]))
            self.database.execute("INSERT INTO ids FROM kept")
            self.database.unregister("kept")

    def _look(self, wanted: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Ids that rows give, with the classes that the first such row gives."""
        self.database.register("wanted", pa.table({"id": pa.array(sorted(wanted), pa.string())}))
        found = self.database.execute(
            "SELECT id, arg_min(classes, (file, place)) FROM ids SEMI JOIN wanted USING (id) GROUP BY id"
        ).fetchall()
        self.database.unregister("wanted")
        return {id: self._classes[code] for id, code in found}

    def _give_names(self, context: Context, odd: Mapping[int, list[Row]]) -> None:
        """Make known the names that large tables give, and leave to ``rows`` whatever is named elsewhere."""
        families = context.words.families
        others = {*context.names.known(), *context.described}
        giving = [each for each in self.columns if each.gives_names(families, context.words)]
        for columns in giving:
            columns.odden_among(others)
            self._add_names(columns, merge(columns.rows(), odd[columns.number], key=_number), context)
        others = {*context.names.known(), *context.described}
        for columns in self.columns:
            if columns not in giving:
                named = columns.odden_among(others)
                self._add_names(columns, merge(named, odd[columns.number], key=_number), context)

    @staticmethod
    def _add_names(columns: Columns, rows: Iterable[Row], context: Context) -> None:
        for row in rows:
            for statement in columns.reader.names_given(row):
                context.names.add(*statement)

    # -- what the rows state -------------------------------------------------------------------------

    def _state(self, context: Context, readers: list[tuple[TableReader, list[Row]]]) -> list[Entry]:
        """Read the columns, then all odd rows and small tables row by row; return their entries."""
        days = Days(context.names)
        for reader, _ in readers:
            self._learn(reader.table, context)
        for columns in self.columns:
            columns.reader.setting = setting(columns.reader.table.title, context)
            if days.usable:
                columns.state(context, days)
            else:
                columns.odden("TRUE")
            rows = columns.define_odd(lambda table: self._learn(table, context))
            if rows:
                readers.append((columns.reader, rows))
            self.report.rows["new"] += columns.count()
        readers.sort(key=lambda each: self._names.index(each[0].table.file))
        return read_tables(readers, context, set(), self.report, self.progress)

    def _learn(self, table: Table, context: Context) -> None:
        """Ask at once for all ids that these rows may name."""
        cells = {str(cell).strip() for _, row in table.rows for cell in row if cell}
        context.expect(id for cell in cells for id in entities.ids_within(cell, context))

    def _note(
        self, entries: Sequence[Entry], selects: Sequence[tuple[Columns, list[str]]], context: Context
    ) -> None:
        """Note what refers to rows that are set aside, and put all problems and rows into the report."""
        aside = [entry.about for entry in entries if not entry.usable and entry.about]
        there = {id for columns in self.columns for id in columns.among(aside)} if aside else set()
        empty = without_content(entries, lambda id: id in there or context.on_record(id))
        note_references(entries, empty)
        for entry in entries:
            if not entry.usable:
                cells = list(entry.cells.values())
                s = entry.source
                self.report.aside.append(
                    Unusable(s.file, s.sheet, s.row, list(entry.cells), cells, entry.problems)
                )
            elif entry.claims:
                self.report.rows["new"] += 1
            self.report.add(entry.problems)
        self.report.rows["aside"] = len(self.report.aside)
        for columns, each in selects if empty else ():
            wanted = ", ".join(map(text, empty))
            found = self.database.execute(
                f"SELECT n, columns, object FROM ({_union(each)}) WHERE kind = 'entity' "
                f"AND object IN ({wanted}) ORDER BY ALL"
            )
            file = columns.reader.table.file
            self.report.add(
                reference_aside((file, None, n + 1), column, id, empty[id])
                for n, column, id in found.fetchall()
            )

    def _write(
        self, entries: Iterable[Entry], selects: Sequence[tuple[Columns, list[str]]], out: Path
    ) -> None:
        self.database.register("registry_", self.record.sourced())
        self.database.register("read_", _table(entries))
        written = ["FROM registry_", "FROM read_"]
        if self.only is not None:
            wanted = ", ".join(map(text, sorted(self.only)))
            written = [f"{each} WHERE predicate IN ({wanted})" for each in written]
        for columns, each in selects:
            file = text(columns.reader.table.file)
            if each:
                written.append(
                    f"SELECT predicate, subject, object, kind, {file} AS file, NULL::VARCHAR AS sheet, "
                    f"n + 1 AS row, columns FROM ({_union(each)})"
                )
        self.database.execute("SET preserve_insertion_order = false")
        self.database.execute(f"COPY ({' UNION ALL '.join(written)}) TO {text(str(out))} (FORMAT parquet)")


def _number(row: Row) -> int:
    return row.number


def _union(selects: Sequence[str]) -> str:
    first = f"SELECT * FROM (VALUES ('', '', '', '', 0::BIGINT, '')) AS none({SHAPE}) WHERE FALSE"
    return " UNION ALL ".join([first, *selects])


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
