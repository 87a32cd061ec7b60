"""Rows of a large table read by columns, in DuckDB; those that are anything but plain are left to ``rows``.

A row is *odd* when something is wrong with it or to be noted, when its number stands in another row too, or
when what it says depends on more than single cells. Of all other rows every cell is read once for all rows
that have the same (``cells``), and the statements are joined to the rows. So whatever ``rows`` says of a row
is said by it, and what is stated here is what it would have stated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from reasoner.ledger import cells, entities, values
from reasoner.ledger.big import BigTable
from reasoner.ledger.cells import PLACED, Days
from reasoner.ledger.context import Context
from reasoner.ledger.layouts import SLOT, Item, Table
from reasoner.ledger.origin import Origin
from reasoner.ledger.rows import Row, TableReader
from reasoner.ledger.tables import header

_UNSEEN = ("\u200b", "\ufeff")
_PLAIN = "[A-Za-z0-9_.\\-()/〔〕\\x{4e00}-\\x{9fff}]+"
"""Ids that are stored as they are written."""
_LONGEST_ID = 120
_IN_DISTRICT = "^([\\x{4e00}-\\x{9fff}]{2,8}?)(?:电|信|网|举)[0-9]{8}[0-9]{3,}"
_DAY = "20[0-9]{6}"
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


class Columns:
    """One table. First ``define``, then, when all names are settled, ``state``, then ``statements``."""

    def __init__(
        self, reader: TableReader, big: BigTable, database: duckdb.DuckDBPyConnection, number: int
    ) -> None:
        self.reader, self.big, self.number = reader, big, number
        self._layout = reader.layout
        self._run = database.execute
        self.database = database
        self.empty = ", ".join(map(text, sorted(reader.empty)))
        self._rows, self._odd, self._read = f"rows_{number}", f"odd_{number}", f"read_{number}"
        self._first, self.live = f"first_{number}", f"live_{number}"
        self.handles = {name: f"e{i}" for i, name in enumerate(self._layout.entities)}
        self.claims: list[tuple[Item, int, cells.Cells, str]] = []
        self._words = 0

    # -- first pass: which rows are entries, and which ids they give -----------------------------

    def define(self) -> None:
        """Make the table of rows with their ids and keys, and that of the odd ones."""
        self.database.register("incoming", self._arrow())
        names = ", ".join(f"c{i}" for i in range(self.big.width))
        ids = ", ".join(f"{sql} AS {self.handles[name]}_" for name, sql in self._ids())
        kept = ", ".join(f"CASE WHEN {plain(f'{e}_')} THEN {e}_ END AS {e}" for e in self.handles.values())
        strange = " OR ".join(f"({e}_ IS NOT NULL AND {e} IS NULL)" for e in self.handles.values())
        main = self.handles[self._layout.main]
        keys = [f"nullif({self._cell(name)}, '')" for name in self._layout.key]
        self._run(
            f"CREATE TABLE {self._rows} AS SELECT n, {names}, {', '.join(self.handles.values())}, "
            f"coalesce({', '.join([*keys, main])}) AS key, odd OR {strange} OR {main} IS NULL "
            f"OR key IS NULL AS odd FROM (SELECT *, {kept} FROM (SELECT *, {ids}, {self._wrong()} AS odd "
            f"FROM incoming WHERE {self._entries()}))"
        )
        self.database.unregister("incoming")
        self._run(f"CREATE TABLE {self._odd} AS SELECT n FROM {self._rows} WHERE odd")
        self.odden(f"key IN (SELECT key FROM {self._rows} GROUP BY key HAVING count(*) > 1)")
        self._run(f"CREATE TABLE {self._first} AS SELECT DISTINCT n FROM {self._odd}")

    def _arrow(self) -> pa.Table:
        columns, unseen = [], pa.scalar(False)
        for column in self.big.raw.columns:
            column = pc.utf8_trim_whitespace(column)
            for character in _UNSEEN:
                there = pc.match_substring(column, character)
                if pc.any(there).as_py():
                    unseen = pc.or_(unseen, there)
                    column = pc.replace_substring(column, character, "")
            columns.append(column)
        count = self.big.raw.num_rows
        marks = pa.repeat(False, count) if isinstance(unseen, pa.Scalar) else unseen
        numbers = pa.array(range(self.big.first, self.big.first + count), pa.int64())
        return pa.table([numbers, *columns, marks], ["n", *self.big.raw.column_names, "unseen"])

    def _cell(self, column: str) -> str:
        """A cell by header in SQL, '' where there is none or no value."""
        at = self.reader.positions.get(header(column))
        return "''" if at is None else f"CASE WHEN c{at} IN ({self.empty}) THEN '' ELSE c{at} END"

    def _entries(self) -> str:
        """The condition that a row is an entry."""
        filled = " OR ".join(f"c{at} <> ''" for at in sorted(set(self.reader.used)))
        texts = ", ".join(f"nullif(c{i}, '')" for i in range(self.big.width))
        first = f"coalesce({texts})"
        initials = ", ".join(text(each) for each in sorted({word[0] for word in self.reader.skip if word}))
        likely = f"substr({first}, 1, 1) IN ({initials})"
        found = self._run(f"SELECT DISTINCT {first} FROM incoming WHERE {likely} AND length({first}) < 60")
        skipped = [said for (said,) in found.fetchall() if self.reader.skips(said)]
        repeated = " AND ".join(f"c{i} = {text(said)}" for i, said in enumerate(self.reader.table.shown))
        without = f" AND {first} NOT IN ({', '.join(map(text, skipped))})" if skipped else ""
        return f"({filled}){without} AND NOT ({repeated})"

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
            if item.required or item.expected:
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
        self.database.register("given", pa.table({"id": pa.array(sorted(ids), pa.string())}))
        self._run("CREATE OR REPLACE TABLE among AS FROM given")
        self.database.unregister("given")

    def among(self, ids: Collection[str]) -> list[str]:
        """Those of some ids that plain rows are about."""
        self._among(ids)
        main = self.handles[self._layout.main]
        found = self._run(f"SELECT {main} FROM {self.live} WHERE {main} IN (SELECT id FROM among)").fetchall()
        return [id for (id,) in found]

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
        """Rows that were not odd from the first, with texts and ids: to take the names that they give."""
        handles = list(self.handles)
        names = ", ".join([*(f"c{i}" for i in range(self.big.width)), *self.handles.values()])
        # a cursor of its own: the rows are fetched while others ask
        cursor = self.database.cursor()
        cursor.execute(
            f"SELECT n, {names} FROM {self._rows} WHERE n NOT IN (SELECT n FROM {self._first}) "
            f"AND ({condition}) ORDER BY n"
        )
        while found := cursor.fetchmany(10_000):
            for n, *said in found:
                texts, ids = said[: self.big.width], said[self.big.width :]
                given = {name: id for name, id in zip(handles, ids, strict=True) if id is not None}
                yield Row(n, tuple(texts), texts, ids=given)

    # -- second pass: what the rows state ---------------------------------------------------------

    def state(self, context: Context, days: Days) -> None:
        """Read every different cell, and leave the rows that it is wrong in to be read one by one."""
        self._situate(context, days)
        placed = 0
        for item, at in self.reader.items:
            if item.value in ("text", "ignore"):
                continue
            e = self.handles[item.of]
            wanted = f"{e} IS NOT NULL AND c{at} <> '' AND c{at} NOT IN ({self.empty})"
            if item.value in cells.KNOWN:
                wanted += f" AND NOT {self.is_known(item, at)}"
            key = f"c{at}, district_{placed}, mask" if item.value in PLACED else f"c{at}, '', 0"
            different = self._run(
                f"SELECT DISTINCT {key} FROM {self._rows} JOIN {self._read} USING (n) WHERE {wanted} "
                f"AND n NOT IN (SELECT n FROM {self._odd})"
            ).fetchall()
            found = cells.read(item, self.shown(item, at), different, context, self.reader.setting, days)
            if found.bad:
                self._match(found.bad, key, f"INSERT INTO {self._odd} SELECT n")
            self.claims.append((item, at, found, f"district_{placed}"))
            if item.value == "place":
                placed += 1
                self._move(found, at, placed)

    def settle(self) -> None:
        """Put together what is known of the plain rows; from now on they are read from ``live``."""
        self._run(
            f"CREATE TABLE {self.live} AS SELECT * FROM {self._rows} JOIN {self._read} USING (n) "
            f"WHERE n NOT IN (SELECT n FROM {self._odd})"
        )
        self._run(f"DROP TABLE {self._rows}")
        self._run(f"DROP TABLE {self._read}")

    def _situate(self, context: Context, days: Days) -> None:
        """The inspection, district and days of each row, and which cells are ids that are known."""
        main, own, layout = self.handles[self._layout.main], self.reader.setting, self._layout
        inspection = text(own.inspection) if own.inspection and "title" in layout.inspection else "NULL"
        if "number" in layout.inspection:
            for prefix, id in reversed(context.words.choices("numberPrefix").items()):
                inspection = (
                    f"CASE WHEN starts_with({main}, {text(prefix)}) THEN {text(id)} ELSE {inspection} END"
                )
        for item, at in self.reader.items:
            if item.value == "inspection":
                said = self._each(f"c{at}", lambda said: entities.inspection(said, context) if said else None)
                inspection = f"coalesce({said}, {inspection})"
        number = f"regexp_extract({main}, {text(_IN_DISTRICT)}, 1)"
        named = self._each(number, lambda said: entities.district_named(said, context) if said else None)
        district = f"coalesce({named}, {text(own.district or '')})"
        dated = []
        for name in layout.dates:
            place = self.reader.positions.get(header(name))
            if place is not None:
                dated.append(self._each(f"c{place}", lambda said: days.mask(values.days_of(said)), "BIGINT"))
        mask = " | ".join(f"coalesce({each}, 0)" for each in dated) or "0"
        otherwise = str(days.mask(() if own.day is None else (own.day,)))
        if "number" in layout.inspection:
            day = f"regexp_extract({main}, {text(_DAY)})"
            found = self._each(day, lambda said: days.mask(values.days_of(said)), "BIGINT")
            otherwise = f"coalesce(nullif({found}, 0), {otherwise})"
        also = "".join(
            f" WHEN {text(id)} THEN {days.mask(known)}" for id, known in context.inspection_days.items()
        )
        also = f"(CASE inspection{also} ELSE 0 END)" if also else "0"
        naming = sorted({at for item, at in self.reader.items if item.value in cells.KNOWN})
        known = "".join(
            f", {plain(f'c{at}')} AND c{at} IN (SELECT id FROM ids) AS known_{at}" for at in naming
        )
        self._run(
            f"CREATE TABLE {self._read} AS SELECT n, inspection, district_0, "
            f"(CASE WHEN dated = 0 THEN otherwise ELSE dated END | {also})::BIGINT AS mask"
            f"{''.join(f', known_{at}' for at in naming)} "
            f"FROM (SELECT n, {inspection} AS inspection, {district} AS district_0, "
            f"({mask})::BIGINT AS dated, ({otherwise})::BIGINT AS otherwise{known} FROM {self._rows})"
        )

    def _each(self, sql: str, read: Callable[[str], Any], kind: str = "VARCHAR") -> str:
        """An expression for what ``read`` makes of a text, which is asked once for each different one."""
        found = self._run(f"SELECT DISTINCT {sql} FROM {self._rows}").fetchall()
        made = [(said, value) for (said,) in found if said is not None and (value := read(said))]
        if not made:
            return f"NULL::{kind}"
        keys, told = zip(*made, strict=True)
        name = f"words_{self.number}_{self._words}"
        self._words += 1
        self.database.register(name, pa.table({"said": pa.array(keys), "value": pa.array(told)}))
        self._run(f"CREATE TABLE {name}_ AS FROM {name}")
        self.database.unregister(name)
        return f"(SELECT any_value(value) FROM {name}_ WHERE said = {sql})"

    def shown(self, item: Item, at: int) -> str:
        """What the reader of a ledger sees above a column."""
        return self.reader.table.shown[at] or item.column

    def is_known(self, item: Item, at: int) -> str:
        """The condition that a cell is the id of an entry and nothing else."""
        words = self.reader.context.words.choices(item.words) if item.value == "ref" and item.words else {}
        apart = f" AND c{at} NOT IN ({', '.join(map(text, words))})" if words else ""
        minted = f" AND NOT starts_with(c{at}, 'x-')" if item.value != "ref" else ""
        return f"(known_{at}{apart}{minted})"

    def _match(self, found: Sequence[tuple[str, str, int]], key: str, select: str) -> None:
        said, district, mask = zip(*found, strict=True)
        self.database.register(
            "matched",
            pa.table(
                {"said": pa.array(said), "near": pa.array(district), "days": pa.array(mask, pa.int64())}
            ),
        )
        columns = key.split(", ")
        self._run(
            f"{select} FROM {self._rows} JOIN {self._read} USING (n) JOIN matched "
            f"ON said = {columns[0]} AND near = {columns[1]} AND days = {columns[2]}"
        )
        self.database.unregister("matched")

    def _move(self, found: cells.Cells, at: int, placed: int) -> None:
        """The district of each row after a column of places was read."""
        before, after = f"district_{placed - 1}", f"district_{placed}"
        if not found.district:
            self._run(f"ALTER TABLE {self._read} ADD COLUMN {after} VARCHAR")
            self._run(f"UPDATE {self._read} SET {after} = {before}")
            return
        said, near, days = zip(*found.district, strict=True)
        table = pa.table({"said": said, "near": near, "days": days, "new": list(found.district.values())})
        self.database.register("moved", table)
        self._run(
            f"CREATE OR REPLACE TABLE {self._read} AS SELECT r.*, coalesce(new, {before}) AS {after} "
            f"FROM {self._read} r JOIN {self._rows} t USING (n) "
            f"LEFT JOIN moved m ON m.said = t.c{at} AND m.near = r.{before} AND m.days = r.mask"
        )
        self.database.unregister("moved")
