"""Large tables (.csv, .parquet) read by columns in DuckDB beside everything that is read row by row.

Every row with anything wrong is read row by row as ever; so what is stated, set aside and noted is the same.
"""

from __future__ import annotations

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
from reasoner.ledger.column_rows import MANY, suits, text
from reasoner.ledger.column_statements import SHAPE, statements
from reasoner.ledger.columns import Columns
from reasoner.ledger.context import Context, setting
from reasoner.ledger.layouts import Table, TableLayout
from reasoner.ledger.load import opened, read_file
from reasoner.ledger.reading import (
    Progress,
    context_of,
    note_references,
    read_tables,
    recognised,
    reference_aside,
    without_content,
)
from reasoner.ledger.report import Report, UnusableFile
from reasoner.ledger.row import Entry, Row
from reasoner.ledger.rows import TableReader
from reasoner.records.record import Record

ROWS_FROM = 2_000
"""Rows from which on a table is read by columns; below, the other way takes no longer."""
Waiting = set[tuple[str, str | None, str | None]]
_LARGE = (".csv", ".parquet")
_STEPS = 4


class _Ids(dict[str, tuple[str, ...]]):
    """The ids that rows give with their classes, asked for when needed and then remembered."""

    def __init__(self, look: Callable[[Collection[str]], dict[str, tuple[str, ...]]]) -> None:
        super().__init__()
        self._look = look
        self._absent: set[str] = set()

    def learn(self, ids: Iterable[str]) -> None:
        """Ask for many at once."""
        wanted = {each for each in ids if each not in self._absent and not dict.__contains__(self, each)}
        if wanted:
            self.update(self._look(wanted))
            self._absent.update(each for each in wanted if not dict.__contains__(self, each))

    def __contains__(self, id: object) -> bool:
        if super().__contains__(id):
            return True
        if not isinstance(id, str) or id in self._absent:
            return False
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
class Bulk:
    """The files of one import: what large tables state as SELECTs, everything else as entries.

    ``rows_from``: tables with fewer rows are read row by row. ``only``: the predicates that are wanted.
    """

    record: Record
    database: duckdb.DuckDBPyConnection
    names: list[str]
    known: tuple[TableLayout, ...]
    report: Report
    progress: Progress
    rows_from: int
    only: Collection[str] | None = None
    columns: list[Columns] = field(default_factory=list)
    _classes: list[tuple[str, ...]] = field(default_factory=list)
    _context: Context | None = None

    def open(self, files: Sequence[Path]) -> tuple[list[Table], list[Entry], list[tuple[int, BigTable]]]:
        """What is in the files: tables, subjects of RDF, large tables with the numbers of their files.

        Files that cannot be used are in the report.
        """
        tables: list[Table] = []
        graphs: list[Entry] = []
        large: list[tuple[int, BigTable]] = []
        for number, (name, path) in enumerate(zip(self.names, files, strict=True)):
            self.progress("读取文件", number, len(files))
            try:
                found = (
                    big.read(path, name, self.known)
                    if path.suffix.lower() in _LARGE and path.is_file()
                    else None
                )
                if found is None or found.raw.num_rows < self.rows_from:
                    read_file(opened(path, name), self.known, tables, graphs, self.report)
                    continue
                found.table = recognised([found.grid], name, self.known, self.report)[0]
                if suits(found.table):
                    found.table.rows = []
                    large.append((number, found))
                else:
                    found.table.rows = found.rows()
                    tables.append(found.table)
            except UnusableFile as error:
                self.report.unusable.append(error)
        return tables, graphs, large

    def read(
        self,
        tables: list[Table],
        graphs: list[Entry],
        large: Iterable[tuple[int, BigTable]],
        waiting: Waiting | None = None,
        apart: Callable[[list[tuple[TableReader, list[Row]]]], None] = lambda _: None,
    ) -> list[Entry]:
        """Read all of it and return the entries of what is read row by row, those of RDF left out.

        ``apart`` is called when all rows are defined, to leave more of them to be read one by one;
        ``waiting`` as in ``read_tables``.
        """

        def define(context: Context, readers: list[tuple[TableReader, list[Row]]]) -> None:
            self.progress("读取行", 1, _STEPS)
            self._define(large, context, readers)
            apart(readers)

        context, readers = context_of(tables, graphs, self.record, self.names, {}, "", define)
        self._context = context
        self.progress("读取行", 2, _STEPS)
        return self._state(context, readers, waiting or set())

    def selects(self) -> list[tuple[Columns, list[str]]]:
        """For each large table the SELECTs of what its plain rows state, of the shape ``SHAPE``."""
        return [(each, list(statements(each))) for each in self.columns]

    def note(self, entries: Sequence[Entry], selects: Sequence[tuple[Columns, list[str]]]) -> None:
        """Note what plain rows lack, and what refers to rows that are set aside."""
        context = self._context
        for columns, _ in selects:
            self.report.add(columns.lacking())
        if context is None:  # nothing was read
            return
        aside = [entry.about for entry in entries if not entry.usable and entry.about]
        there = {id for columns in self.columns for id in columns.among(aside)} if aside else set()
        empty = without_content(entries, lambda id: id in there or context.on_record(id))
        note_references(entries, empty)
        for columns, each in selects if empty else ():
            wanted = ", ".join(map(text, empty))
            found = self.database.execute(
                f"SELECT n, columns, object FROM ({union(each)}) WHERE kind = 'entity' "
                f"AND object IN ({wanted}) ORDER BY ALL"
            )
            file = columns.reader.table.file
            self.report.add(
                reference_aside((file, None, n + 1), column, id, empty[id])
                for n, column, id in found.fetchall()
            )

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
            columns = Columns(TableReader(each.table, context), each, self.database, number, self.only)
            self.columns.append(columns)
            columns.define()
            for select in columns.ids(self._code):
                run(f"INSERT INTO ids {select}")
            odd[number] = columns.define_odd()
            self._keep(columns.reader, number, odd[number], context)
        for reader, rows in readers:
            self._keep(reader, self.names.index(reader.table.file), rows, context)
        ids = _Ids(self._look)
        ids.learn([id for _, rows in readers for row in rows for id in row.ids.values()])
        context.ids, context.expect = ids, ids.learn
        run("CREATE TABLE twice AS SELECT id FROM ids GROUP BY id HAVING min(classes) <> max(classes)")
        for columns in self.columns:
            columns.odden_ids("FROM twice")
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

    def _state(
        self, context: Context, readers: list[tuple[TableReader, list[Row]]], waiting: Waiting
    ) -> list[Entry]:
        """Read the columns, then all odd rows and small tables row by row; return their entries."""
        days, filled = Days(context.names), set[str]()
        for reader, _ in readers:
            self._learn(reader.table, context)
        for columns in self.columns:
            columns.reader.setting = setting(columns.reader.table.title, context)
            if days.usable:
                columns.state(context, days)
            else:
                columns.odden("TRUE")
            rows = columns.define_odd(lambda table: self._learn(table, context))
            readers.append((columns.reader, rows))
            if plain := columns.count():
                filled.add(columns.reader.table.file)
                self.report.rows["new"] += plain
        readers.sort(key=lambda each: self.names.index(each[0].table.file))
        return read_tables(readers, context, waiting, self.report, self.progress, filled)

    def _learn(self, table: Table, context: Context) -> None:
        """Ask at once for all ids that these rows may name."""
        cells = {str(cell).strip() for _, row in table.rows for cell in row if cell}
        context.expect(id for cell in cells for id in entities.ids_within(cell, context))


def union(selects: Sequence[str]) -> str:
    """Several SELECTs of the shape ``SHAPE`` as one."""
    first = f"SELECT * FROM (VALUES ('', '', '', '', 0::BIGINT, '')) AS none({SHAPE}) WHERE FALSE"
    return " UNION ALL ".join([first, *selects])


def _number(row: Row) -> int:
    return row.number
