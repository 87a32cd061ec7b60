"""What the record keeps, and one transaction on it: statements, their sources, rows set aside.

Nothing is ever deleted: a retraction writes the number of the transaction that retracted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from reasoner.records.schema import CHUNK, SET_ASIDE, SOURCES, STATEMENTS, TRANSACTIONS, insert_all

Kind = Literal["class", "entity", "date", "integer", "text"]
Change = Literal["new", "changed", "unchanged"]
Object = str | int | None

MODULUS = 1 << 128


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a file's sheet, row and columns, or a person at a time.

    ``row`` counts as the spreadsheet shows it (first row = 1); ``key`` names the row within its
    sheet and is what a corrected row is recognised by.
    """

    file: str = ""
    sheet: str | None = None
    row: int | None = None
    columns: str | None = None
    url: str | None = None
    by: str | None = None
    at: str | None = None
    note: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One recorded statement; ``object`` is an int (yyyymmdd or number) for kinds date and integer."""

    id: int
    predicate: str
    subject: str
    object: Object
    kind: Kind
    source: Source
    added: int
    retracted: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about to be put on record, with the columns it was read from."""

    predicate: str
    subject: str
    object: Object = None
    kind: Kind = "class"
    columns: str | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row kept out of the facts, with its cells and why."""

    file: str
    sheet: str | None
    row: int | None
    key: str | None
    cells: dict[str, str]
    problems: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row of a large file: its number as ``Source`` has it, its key, address, and statements.

    ``stated``: predicate, subject, object as stored, kind -> the columns it was read from.
    """

    number: int
    key: str
    url: str | None
    stated: dict[tuple[str, str, str, str], str | None]


_Known = dict[tuple[str | None, str | None], dict[tuple[str, str, str, str], int]]


class Transaction:
    """Everything added and retracted inside one ``with record.transaction(...)``: all or nothing."""

    def __init__(self, connection: sa.Connection, who: str, why: str, files: dict[str, str]) -> None:
        self._connection = connection
        self._who, self._why, self._files = who, why, files
        last = connection.execute(
            sa.select(TRANSACTIONS.c.id, TRANSACTIONS.c.digest).order_by(TRANSACTIONS.c.id.desc()).limit(1)
        ).first()
        self.id: int = (last.id if last else 0) + 1
        self._state = int(last.digest, 16) if last else 0
        self._next = {table.name: self._free_id(table) for table in (STATEMENTS, SOURCES, SET_ASIDE)}
        self._new: dict[str, list[tuple[Any, ...]]] = {"sources": [], "statements": [], "set_aside": []}
        self._written = 0
        self._gone: list[dict[str, Any]] = []
        self._resolved: list[int] = []
        self._known: dict[str, _Known] = {}
        self._waiting: dict[str, dict[tuple[str | None, str | None], tuple[int, str, int | None]]] = {}
        self._numbered: dict[str, dict[tuple[str | None, int], list[tuple[str | None, str | None]]]] = {}
        self._source_ids: dict[Source, int] = {}

    def _free_id(self, table: sa.Table) -> int:
        return int(self._connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))) or 0) + 1

    def _take(self, name: str) -> int:
        number = self._next[name]
        self._next[name] = number + 1
        return number

    # -- adding -----------------------------------------------------------------------------

    def add(
        self,
        predicate: str,
        subject: str,
        object: Object = None,
        kind: Kind = "class",
        source: Source | None = None,
    ) -> int:
        """Add one statement and return its id; what this source already states is not added twice."""
        origin = source or Source()
        row = self._rows_of(origin.file).setdefault((origin.sheet, origin.key), {})
        content = content_of(predicate, subject, object, kind)
        if content not in row:
            row[content] = self._insert(content, origin.file, self._source_id(origin), origin.columns)
        return row[content]

    def put_row(self, source: Source, claims: Iterable[Claim], reason: str = "行已更正") -> Change:
        """Make the row named by ``source`` state exactly ``claims``; tell whether anything changed.

        What the row stated before and states no longer is retracted with ``reason``.
        """
        rows = self._rows_of(source.file)
        place = (source.sheet, source.key)
        before = rows.get(place, {})
        wanted = {content_of(c.predicate, c.subject, c.object, c.kind): c.columns for c in claims}
        after = {content: before[content] for content in wanted if content in before}
        for content, number in before.items():
            if content not in wanted:
                self._retract(number, content, source.file, reason)
        if len(after) < len(wanted):
            origin = self._source_id(source)
            for content, columns in wanted.items():
                if content not in after:
                    after[content] = self._insert(content, source.file, origin, columns)
        rows[place] = after
        self._resolve_waiting(source)
        if not before:
            return "new"
        return "unchanged" if before.keys() == after.keys() else "changed"

    def put_new_rows(self, file: str, rows: Iterable[NewRow]) -> None:
        """Put rows of a file on record of which nothing is stated yet; they are written by pieces at once."""
        sources: list[tuple[Any, ...]] = []
        statements: list[tuple[Any, ...]] = []
        for row in rows:
            origin = self._take("sources")
            sources.append((origin, file, None, row.number, row.key, row.url, None, None, None))
            for content, columns in row.stated.items():
                self._state += weight(content, file)
                statements.append((self._take("statements"), *content, origin, columns, self.id, None, None))
            if len(statements) >= CHUNK:
                self._write(sources, statements)
        self._write(sources, statements)
        self._state %= MODULUS

    def _write(self, sources: list[tuple[Any, ...]], statements: list[tuple[Any, ...]]) -> None:
        self._written += len(statements)
        for table, rows in ((SOURCES, sources), (STATEMENTS, statements)):
            insert_all(self._connection, table, rows)
            rows.clear()

    def stated(self, source: Source) -> frozenset[tuple[str, str, str, str]]:
        """What the row named by ``source`` states now: predicate, subject, object as stored, kind."""
        return frozenset(self._rows_of(source.file).get((source.sheet, source.key), ()))

    def put_aside(self, row: SetAside, by_number: bool = False) -> Change:
        """Keep a row that cannot be used; whatever it stated before is retracted.

        ``by_number``: it is the row of its number that waits already, even if its key is another now.
        """
        place = (row.sheet, row.key)
        before = self._rows_of(row.file).pop(place, {})
        for content, number in before.items():
            self._retract(number, content, row.file, "行搁置")
        cells = json.dumps(row.cells, ensure_ascii=False, sort_keys=True)
        waiting = self._waiting_of(row.file)
        if place in waiting:
            number, old, _ = waiting[place]
            if old == cells:
                return "unchanged"
            self._resolved.append(number)
        elif by_number:
            self._resolve_waiting(Source(row.file, row.sheet, row.row, key=row.key))
        number = self._take("set_aside")
        problems = json.dumps(row.problems, ensure_ascii=False)
        self._new["set_aside"].append(
            (number, row.file, row.sheet, row.row, row.key, cells, problems, self.id, None)
        )
        waiting[place] = (number, cells, row.row)
        self._number(row.file, place, row.row)
        return "changed" if before else "new"

    def retract(self, statement_id: int, reason: str) -> None:
        """Retract one current statement. Raises KeyError when there is none with this id."""
        found = self._connection.execute(
            sa.select(STATEMENTS, SOURCES.c.file, SOURCES.c.sheet, SOURCES.c.key)
            .join(SOURCES, STATEMENTS.c.source == SOURCES.c.id)
            .where(STATEMENTS.c.id == statement_id, STATEMENTS.c.retracted.is_(None))
        ).first()
        if found is None or any(gone["number"] == statement_id for gone in self._gone):
            raise KeyError(statement_id)
        content = (found.predicate, found.subject, found.object, found.kind)
        self._rows_of(found.file).get((found.sheet, found.key), {}).pop(content, None)
        self._retract(statement_id, content, found.file, reason)

    # -- what is known ----------------------------------------------------------------------

    def _rows_of(self, file: str) -> _Known:
        """The current statements of one document by row, read once per transaction."""
        if file not in self._known:
            rows: _Known = {}
            s, o = STATEMENTS.c, SOURCES.c
            found = self._connection.execute(
                sa.select(o.sheet, o.key, s.predicate, s.subject, s.object, s.kind, s.id)
                .join(SOURCES, s.source == o.id)
                .where(o.file == file, s.retracted.is_(None))
            )
            for sheet, key, predicate, subject, object, kind, number in found.all():
                rows.setdefault((sheet, key), {})[(predicate, subject, object, kind)] = number
            self._known[file] = rows
        return self._known[file]

    def _waiting_of(self, file: str) -> dict[tuple[str | None, str | None], tuple[int, str, int | None]]:
        if file not in self._waiting:
            c = SET_ASIDE.c
            found = self._connection.execute(
                sa.select(c.sheet, c.key, c.id, c.cells, c.row).where(c.file == file, c.resolved.is_(None))
            )
            self._waiting[file] = {}
            for r in found:
                self._waiting[file][r.sheet, r.key] = (r.id, r.cells, r.row)
                self._number(file, (r.sheet, r.key), r.row)
        return self._waiting[file]

    def _number(self, file: str, place: tuple[str | None, str | None], row: int | None) -> None:
        if row is not None:
            self._numbered.setdefault(file, {}).setdefault((place[0], row), []).append(place)

    def _resolve_waiting(self, source: Source) -> None:
        """A row that is usable now is no longer set aside, found by its key or by its row number."""
        waiting = self._waiting_of(source.file)
        places = [(source.sheet, source.key)]
        if source.row is not None:
            places += self._numbered.get(source.file, {}).get((source.sheet, source.row), ())
        for place in places:
            if place in waiting:
                self._resolved.append(waiting.pop(place)[0])

    # -- writing ----------------------------------------------------------------------------

    def _insert(self, content: tuple[str, str, str, str], file: str, source: int, columns: str | None) -> int:
        number = self._take("statements")
        self._state = (self._state + weight(content, file)) % MODULUS
        self._new["statements"].append((number, *content, source, columns, self.id, None, None))
        return number

    def _source_id(self, source: Source) -> int:
        if source not in self._source_ids:
            number = self._take("sources")
            self._source_ids[source] = number
            s = source
            self._new["sources"].append((number, s.file, s.sheet, s.row, s.key, s.url, s.by, s.at, s.note))
        return self._source_ids[source]

    def _retract(self, number: int, content: tuple[str, str, str, str], file: str, reason: str) -> None:
        self._state = (self._state - weight(content, file)) % MODULUS
        self._gone.append({"number": number, "tx": self.id, "why": reason})

    @property
    def changes(self) -> int:
        """How many statements were added or retracted, or rows set aside or taken up again."""
        new = self._written + len(self._new["statements"]) + len(self._new["set_aside"])
        return new + len(self._gone) + len(self._resolved)

    def flush(self) -> None:
        """Write everything at once; a transaction that changed nothing leaves no trace."""
        if not self.changes:
            return
        run = self._connection.execute
        digest = f"{self._state:032x}"
        run(
            TRANSACTIONS.insert(),
            {
                "id": self.id,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "who": self._who,
                "why": self._why,
                "files": json.dumps(self._files, ensure_ascii=False),
                "digest": digest,
            },
        )
        for table in (SOURCES, STATEMENTS, SET_ASIDE):
            insert_all(self._connection, table, self._new[table.name])
        if self._gone:
            c = STATEMENTS.c
            run(
                STATEMENTS.update()
                .where(c.id == sa.bindparam("number"))
                .values(retracted=sa.bindparam("tx"), reason=sa.bindparam("why")),
                self._gone,
            )
        if self._resolved:
            run(
                SET_ASIDE.update()
                .where(SET_ASIDE.c.id == sa.bindparam("number"))
                .values(resolved=sa.bindparam("tx")),
                [{"number": number, "tx": self.id} for number in self._resolved],
            )


def content_of(predicate: str, subject: str, object: Object, kind: Kind) -> tuple[str, str, str, str]:
    """What a statement says, as texts; texts of equal statements are equal."""
    return predicate, subject, "" if object is None else str(object), kind


def weight(content: tuple[str, str, str, str], file: str) -> int:
    """A statement's share in the digest; shares are summed, so that order does not matter."""
    text = "\x1f".join((*content, file)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())
