"""Rows of a large table in DuckDB: which are entries, and which are odd and left to ``rows``.

A row is *odd* when something is wrong with it or to be noted, when its number stands in another row too, or
when what it says depends on more than single cells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from reasoner.ledger import values
from reasoner.ledger.big import BigTable
from reasoner.ledger.layouts import SLOT, Table
from reasoner.ledger.names import ORGANS
from reasoner.ledger.origin import Origin
from reasoner.ledger.row import Row
from reasoner.ledger.rows import TableReader
from reasoner.ledger.tables import CONTROLS, header

_UNSEEN = ("\u200b", "\ufeff")
_PLAIN = "[A-Za-z0-9_.\\-()/〔〕\\x{4e00}-\\x{9fff}]+"
"""Ids that are stored as they are written."""
_LONGEST_ID = 120
MANY = 16
"""More than the entities of one row."""


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def plain(column: str) -> str:
    """The condition that a text is an id as it is stored."""
    return f"(length({column}) <= {_LONGEST_ID} AND regexp_full_match({column}, {text(_PLAIN)}))"


def suits(table: Table) -> bool:
    """Whether a table can be read by columns at all."""
    layout = table.layout
    lacking = any(item.required and table.column(item.headers) is None for item in layout.items)
    classes = [name for entity in layout.entities.values() for name in entity.classes]
    return not (
        layout.shape != "rows"
        or lacking
        or Origin(table, {}).marked
        or table.repeated
        or any(entity.resolves for entity in layout.entities.values())
        or any(SLOT.search(name) for name in classes)
        or any(item.value == "sentence" for item in layout.items)
    )


class ColumnRows:
    """The rows of one table: which are entries, which ids and names they give, which are odd.

    ``only``: the predicates that are wanted of it.
    """

    def __init__(
        self,
        reader: TableReader,
        big: BigTable,
        database: duckdb.DuckDBPyConnection,
        number: int,
        only: Collection[str] | None = None,
    ) -> None:
        self.reader, self.big, self.number, self._only = reader, big, number, only
        self._layout = reader.layout
        self._run = database.execute
        self.database = database
        self.empty = ", ".join(map(text, sorted(reader.empty)))
        self._rows, self._odd = f"rows_{number}", f"odd_{number}"
        self._first = f"first_{number}"
        self.handles = {name: f"e{i}" for i, name in enumerate(self._layout.entities)}

    def define(self) -> None:
        """Make the table of rows with their ids and keys, and that of the odd ones."""
        self.database.register("incoming", self._arrow())
        names = ", ".join(f"c{i}" for i in self._kept())
        ids = ", ".join(f"{sql} AS {self.handles[name]}_" for name, sql in self._ids())
        kept = ", ".join(f"CASE WHEN {plain(f'{e}_')} THEN {e}_ END AS {e}" for e in self.handles.values())
        strange = " OR ".join(f"({e}_ IS NOT NULL AND {e} IS NULL)" for e in self.handles.values())
        apart = ", ".join(map(text, sorted(self.reader.context.stand_ins)))
        strange += "".join(f" OR {e} IN ({apart})" for e in self.handles.values())
        main = self.handles[self._layout.main]
        keys = [f"nullif({self._cell(name)}, '')" for name in self._layout.key]
        self._run(
            f"CREATE TABLE {self._rows} AS SELECT n, {names}, {', '.join(self.handles.values())}, "
            f"coalesce({', '.join([*keys, main])}) AS key, odd OR {strange} OR {main} IS NULL "
            f"OR key IS NULL AS odd FROM (SELECT *, {kept} FROM (SELECT *, {ids}, {self._wrong()} AS odd "
            f"FROM incoming WHERE {self._entries()}))"
        )
        self._run(
            f"CREATE TABLE {self._odd} AS SELECT n FROM {self._rows} WHERE odd "
            f"UNION ALL SELECT n FROM incoming WHERE {self._unread()}"
        )
        self.database.unregister("incoming")
        self.odden(f"key IN (SELECT key FROM {self._rows} GROUP BY key HAVING count(*) > 1)")
        self._run(f"CREATE TABLE {self._first} AS SELECT DISTINCT n FROM {self._odd}")

    def wants(self, predicate: str) -> bool:
        """Whether what is stated of a predicate is asked for."""
        return self._only is None or predicate in self._only

    def _kept(self) -> list[int]:
        """The columns that are looked at again; long texts that nobody asks for are not."""
        aside, naming = self._layout.aside, {at for _, at in self.reader.naming}
        read = {
            at
            for item, at in self.reader.items
            if item.value != "text" or item.expected or self.wants(item.property)
        }
        return sorted(read | naming | {at for name, at in self.reader.positions.items() if name in aside})

    def _arrow(self) -> pa.Table:
        columns, unseen = [], pa.scalar(False)
        for column in self.big.raw.columns:
            column = pc.utf8_trim_whitespace(column)
            for character in _UNSEEN:
                there = pc.match_substring(column, character)
                if pc.any(there).as_py():
                    unseen = pc.or_(unseen, there)
                    column = pc.replace_substring(column, character, "")
            there = pc.match_substring_regex(column, CONTROLS)
            if pc.any(there).as_py():
                unseen = pc.or_(unseen, there)
                column = pc.replace_substring_regex(column, CONTROLS, "")
            columns.append(column)
        count = self.big.raw.num_rows
        marks = pa.repeat(False, count) if isinstance(unseen, pa.Scalar) else unseen
        numbers = pa.array(range(self.big.first, self.big.first + count), pa.int64())
        return pa.table([numbers, *columns, marks], ["n", *self.big.raw.column_names, "unseen"])

    def _cell(self, column: str) -> str:
        """A cell by header in SQL, '' where there is none or no value."""
        at = self.reader.positions.get(header(column))
        return "''" if at is None else f"CASE WHEN c{at} IN ({self.empty}) THEN '' ELSE c{at} END"

    def _filled(self) -> str:
        """The condition that a row says something in a column that is read."""
        return " OR ".join(f"c{at} <> ''" for at in sorted(set(self.reader.used)))

    def _unread(self) -> str:
        """The condition that a row says something in other columns alone, and more than a number."""
        words = " OR ".join(f"NOT regexp_full_match(c{i}, '[0-9]*')" for i in range(self.big.width))
        return f"NOT ({self._filled()}) AND ({words})"

    def _entries(self) -> str:
        """The condition that a row is an entry."""
        texts = ", ".join(f"nullif(c{i}, '')" for i in range(self.big.width))
        first = f"coalesce({texts})"
        initials = ", ".join(text(each) for each in sorted({word[0] for word in self.reader.skip if word}))
        likely = f"substr({first}, 1, 1) IN ({initials})"
        found = self._run(f"SELECT DISTINCT {first} FROM incoming WHERE {likely} AND length({first}) < 60")
        skipped = [said for (said,) in found.fetchall() if self.reader.skips(said)]
        repeated = " AND ".join(f"c{i} = {text(said)}" for i, said in enumerate(self.reader.table.shown))
        without = f" AND {first} NOT IN ({', '.join(map(text, skipped))})" if skipped else ""
        return f"({self._filled()}){without} AND NOT ({repeated})"

    def _ids(self) -> Iterator[tuple[str, str]]:
        """The ids that a row gives, by name, as they are before they are checked; NULL for none."""
        before: dict[str, str] = {}
        for name, entity in self._layout.entities.items():
            parts = []
            for i, part in enumerate(SLOT.split(entity.id)):
                if i % 2 == 0:
                    parts += [text(part)] if part else []
                    continue
                said = f"nullif({self._cell(part)}, '')"
                parts.append(f"coalesce({before[part]}, {said})" if part in before else said)
            sql = "(" + " || ".join(parts) + ")"
            if entity.when:
                there = " OR ".join(f"{self._cell(column)} <> ''" for column in entity.when)
                sql = f"CASE WHEN {there} THEN {sql} END"
            before[name] = sql
            yield name, sql

    def _wrong(self) -> str:
        """The condition that some cell of a row is not as it should be, or speaks of the row as a whole."""
        found = ["unseen"]
        if self._layout.left_out:
            found.append(f"{self._cell(self._layout.left_out)} <> ''")
        for item, at in self.reader.items:
            found.append(f"starts_with(c{at}, '=')")
            if item.value != "text":
                found.append(f"starts_with(c{at}, '#')")
            if item.property in ORGANS:  # whether it can be, its class says
                found.append(f"c{at} <> ''")
            if item.required:  # one that is only expected is noted, see ``Columns.lacking``
                found.append(f"c{at} = '' OR c{at} IN ({self.empty})")
        return " OR ".join(found)

    def odden(self, condition: str) -> None:
        """Leave more rows to be read one by one."""
        self._run(f"INSERT INTO {self._odd} SELECT n FROM {self._rows} WHERE {condition}")

    def odden_ids(self, ids: str) -> None:
        """Leave the rows that give one of these ids (a SELECT) to be read one by one."""
        self.odden(" OR ".join(f"{e} IN ({ids})" for e in self.handles.values()))

    def odden_among(self, ids: Collection[str]) -> list[Row]:
        """Leave the rows that give one of these ids to be read one by one, and return them."""
        self._among(ids)
        given = " OR ".join(f"{e} IN (SELECT id FROM among)" for e in self.handles.values())
        found = list(self.rows(given))
        self.odden(given)
        return found

    def _among(self, ids: Collection[str]) -> None:
        self.database.register("given", pa.table({"id": pa.array(list(ids), pa.string())}))
        self._run("CREATE OR REPLACE TABLE among AS FROM given")
        self.database.unregister("given")

    def define_odd(self, before: Callable[[Table], None] = lambda _: None) -> list[Row]:
        """The odd rows as ``rows`` reads them; ``before`` is shown their cells."""
        odd = self._run(f"SELECT DISTINCT n FROM {self._odd} ORDER BY n").fetchall()
        self.reader.table.rows = self.big.rows([n for (n,) in odd])
        before(self.reader.table)
        return self.reader.define()

    def count(self) -> int:
        """How many rows are entries, read by columns."""
        found = self._run(f"SELECT count(*) FROM {self._rows} WHERE n NOT IN (SELECT n FROM {self._odd})")
        return int(found.fetchall()[0][0])

    def ids(self, seen: Callable[[tuple[str, ...]], int]) -> Iterator[str]:
        """SELECTs of the ids that rows give (id, classes, file, place), rows odd from the first left out."""
        for at, (name, entity) in enumerate(self._layout.entities.items()):
            code, e = seen(entity.classes or (self._layout.name,)), self.handles[name]
            yield (
                f"SELECT {e} AS id, {code} AS classes, {self.number} AS file, n * {MANY} + {at} AS place "
                f"FROM {self._rows} WHERE {e} IS NOT NULL AND n NOT IN (SELECT n FROM {self._first})"
            )

    def gives_names(self, families: Collection[str], words: Any) -> bool:
        """Whether rows may be of a class whose members are called by name."""
        for entity in self._layout.entities.values():
            if any(name in families for name in entity.classes):
                return True
        for item, at in self.reader.items:
            if item.value == "choice" and not item.property:
                found = self._run(f"SELECT DISTINCT c{at} FROM {self._rows}").fetchall()
                for (said,) in found:
                    if any(name in families for _, name in values.choices(words, item.words, said)):
                        return True
        return False

    def rows(self, condition: str = "TRUE") -> Iterator[Row]:
        """Rows that were not odd from the first, with ids and the texts that give names."""
        handles, places = list(self.handles), [at for _, at in self.reader.naming]
        names = ", ".join([*(f"c{at}" for at in places), *self.handles.values()])
        # a cursor of its own: the rows are fetched while others ask
        cursor = self.database.cursor()
        cursor.execute(
            f"SELECT n, {names} FROM {self._rows} WHERE n NOT IN (SELECT n FROM {self._first}) "
            f"AND ({condition}) ORDER BY n"
        )
        while found := cursor.fetchmany(10_000):
            for n, *said in found:
                ids, texts = said[len(places) :], [""] * self.big.width
                for at, each in zip(places, said, strict=False):
                    texts[at] = each
                given = {name: id for name, id in zip(handles, ids, strict=True) if id is not None}
                yield Row(n, (), texts, ids=given)

    def keys(self) -> str:
        """The SELECT of what rows are recognised by in the record (key, file)."""
        return f"SELECT {self._place()} AS key, {self.number} AS file FROM {self._rows}"

    def odden_keys(self, keys: str) -> None:
        """Leave the rows that are recognised by one of these keys (a SELECT) to be read one by one."""
        self.odden(f"{self._place()} IN ({keys})")

    def _place(self) -> str:
        return f"{text(self.reader.place_of(''))} || key"
