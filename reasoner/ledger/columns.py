"""A large table read by columns: every different cell is read once for all plain rows that have it.

The statements are joined to the rows (``column_statements``). So whatever ``rows`` says of an odd row is said
by it, and what is stated here is what it would have stated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from reasoner.ledger import cells, entities, values
from reasoner.ledger.big import BigTable
from reasoner.ledger.cells import PLACED, Days
from reasoner.ledger.column_rows import ColumnRows, plain, text
from reasoner.ledger.context import Context
from reasoner.ledger.layouts import Item
from reasoner.ledger.report import Problem
from reasoner.ledger.row import Row
from reasoner.ledger.rows import TableReader
from reasoner.ledger.tables import header

_IN_DISTRICT = "^([\\x{4e00}-\\x{9fff}]{2,8}?)(?:电|信|网|举)[0-9]{8}[0-9]{3,}"
_DAY = "20[0-9]{6}"


class Columns(ColumnRows):
    """One table. First ``define``, then, when all names are settled, ``state``, then ``statements``."""

    def __init__(
        self,
        reader: TableReader,
        big: BigTable,
        database: duckdb.DuckDBPyConnection,
        number: int,
        only: Collection[str] | None = None,
    ) -> None:
        super().__init__(reader, big, database, number, only)
        self.live = f"live_{number}"
        self.claims: list[tuple[Item, int, cells.Cells, str]] = []
        self._read, self._words = f"read_{number}", 0
        self._joined: list[str] = []

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

    def lacking(self) -> list[Problem]:
        """The notes on plain rows that do not say what is expected of them."""
        rows: list[Row] = []
        for item, at in self.reader.items:
            if item.expected and not item.required:
                e = self.handles[item.of]
                found = self._run(
                    f"SELECT n, c{at} FROM {self.live} WHERE {e} IS NOT NULL "
                    f"AND (c{at} = '' OR c{at} IN ({self.empty})) ORDER BY n"
                )
                for n, said in found.fetchall():
                    rows.append(Row(n, (), []))
                    self.reader.lacks(rows[-1], at, said)
        return [problem for row in rows for problem in row.problems]

    def among(self, ids: Collection[str]) -> list[str]:
        """Those of some ids that plain rows are about."""
        self._among(ids)
        main = self.handles[self._layout.main]
        found = self._run(f"SELECT {main} FROM {self.live} WHERE {main} IN (SELECT id FROM among)").fetchall()
        return [id for (id,) in found]

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
        number, given = f"regexp_extract({main}, {text(_IN_DISTRICT)}, 1)", f"given_{self.number}"
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
        within, self._joined = " ".join(self._joined), []
        also = self._looked_up(
            "inspection", [(id, days.mask(known)) for id, known in context.inspection_days.items()], "BIGINT"
        )
        naming = sorted({at for item, at in self.reader.items if item.value in cells.KNOWN})
        # the different cells are few beside all ids: those are looked at once for a table
        said = " UNION ".join(f"SELECT c{at} AS said FROM {self._rows}" for at in naming)
        self._run(
            f"CREATE TABLE {given} AS SELECT said FROM ({said or 'SELECT NULL AS said'}) "
            f"WHERE {plain('said')} AND said IN (SELECT id FROM ids)"
        )
        known = "".join(f", c{at} IN (SELECT said FROM {given}) AS known_{at}" for at in naming)
        self._run(
            f"CREATE TABLE {self._read} AS SELECT n, inspection, district_0, "
            f"(CASE WHEN dated = 0 THEN otherwise ELSE dated END | coalesce({also}, 0))::BIGINT AS mask"
            f"{''.join(f', known_{at}' for at in naming)} "
            f"FROM (SELECT n, {inspection} AS inspection, {district} AS district_0, "
            f"({mask})::BIGINT AS dated, ({otherwise})::BIGINT AS otherwise{known} "
            f"FROM {self._rows} {within}) {' '.join(self._joined)}"
        )

    def _each(self, sql: str, read: Callable[[str], Any], kind: str = "VARCHAR") -> str:
        """An expression for what ``read`` makes of a text, which is asked once for each different one."""
        found = self._run(f"SELECT DISTINCT {sql} FROM {self._rows}").fetchall()
        made = [(said, value) for (said,) in found if said is not None and (value := read(said))]
        return self._looked_up(sql, made, kind)

    def _looked_up(self, sql: str, made: Sequence[tuple[str, Any]], kind: str) -> str:
        """An expression for what stands beside a text in these pairs; ``_joined`` joins them."""
        if not made:
            return f"NULL::{kind}"
        keys, told = zip(*made, strict=True)
        name = f"words_{self.number}_{self._words}"
        self._words += 1
        self.database.register("words", pa.table({"said": pa.array(keys), "value": pa.array(told)}))
        self._run(f"CREATE TABLE {name} AS FROM words")
        self.database.unregister("words")
        self._joined.append(f"LEFT JOIN {name} ON {name}.said = {sql}")
        return f"{name}.value"

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

    def sources(self) -> str:
        """The SELECT of the places of plain rows (key, address or '', n), for the record."""
        url = self._cell(self._layout.url) if self._layout.url else "''"
        return f"SELECT {self._place()}, {url}, n FROM {self.live}"

    def count_live(self) -> int:
        """How many plain rows there are."""
        return int(self._run(f"SELECT count(*) FROM {self.live}").fetchall()[0][0])
