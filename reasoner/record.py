"""The record: every statement with its source and the transaction that added or retracted it.

One SQLite file in WAL mode (or any database SQLAlchemy reaches, e.g. PostgreSQL). Nothing is ever
deleted: a retraction only writes the number of the transaction that retracted, so that every past
state can be read again. Several processes may read and write at the same time; writers queue.

A *document* is a source file by name, a *row* one keyed entry of it. Putting a row again compares it
with what the record already holds from that row, so that the same file twice changes nothing and a
corrected row replaces the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote

import sqlalchemy as sa

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["class", "entity", "date", "integer", "text"]
Change = Literal["new", "changed", "unchanged"]
Object = str | int | None

_BUSY_SECONDS = 60
_CHUNK = 20_000
_MODULUS = 1 << 128
FACT_COLUMNS = ("predicate", "subject", "object", "kind", "id")

_meta = sa.MetaData()
_transactions = sa.Table(
    "transactions",
    _meta,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
_sources = sa.Table(
    "sources",
    _meta,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file", sa.Text, nullable=False, index=True),
    sa.Column("sheet", sa.Text),
    sa.Column("row", sa.Integer),
    sa.Column("key", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("by", sa.Text),
    sa.Column("at", sa.Text),
    sa.Column("note", sa.Text),
)
# ``object`` is never NULL: an Arrow reader that meets only NULLs first would take it for a number.
_statements = sa.Table(
    "statements",
    _meta,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.BigInteger, sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("columns", sa.Text),
    sa.Column("added", sa.BigInteger, nullable=False),
    sa.Column("retracted", sa.BigInteger),
    sa.Column("reason", sa.Text),
)
_set_aside = sa.Table(
    "set_aside",
    _meta,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file", sa.Text, nullable=False, index=True),
    sa.Column("sheet", sa.Text),
    sa.Column("row", sa.Integer),
    sa.Column("key", sa.Text),
    sa.Column("cells", sa.Text, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),
    sa.Column("added", sa.BigInteger, nullable=False),
    sa.Column("resolved", sa.BigInteger),
)


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


_Known = dict[tuple[str | None, str | None], dict[tuple[str, str, str, str], int]]


class Transaction:
    """Everything added and retracted inside one ``with record.transaction(...)``: all or nothing."""

    def __init__(self, connection: sa.Connection, who: str, why: str, files: dict[str, str]) -> None:
        self._connection = connection
        self._who, self._why, self._files = who, why, files
        last = connection.execute(
            sa.select(_transactions.c.id, _transactions.c.digest).order_by(_transactions.c.id.desc()).limit(1)
        ).first()
        self.id: int = (last.id if last else 0) + 1
        self._state = int(last.digest, 16) if last else 0
        self._next = {table.name: self._free_id(table) for table in (_statements, _sources, _set_aside)}
        self._new: dict[str, list[tuple[Any, ...]]] = {"sources": [], "statements": [], "set_aside": []}
        self._gone: list[dict[str, Any]] = []
        self._resolved: list[int] = []
        self._known: dict[str, _Known] = {}
        self._waiting: dict[str, dict[tuple[str | None, str | None], tuple[int, str, int | None]]] = {}
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
        content = _content(predicate, subject, object, kind)
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
        wanted = {_content(c.predicate, c.subject, c.object, c.kind): c.columns for c in claims}
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

    def put_aside(self, row: SetAside) -> Change:
        """Keep a row that cannot be used; whatever it stated before is retracted."""
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
        number = self._take("set_aside")
        problems = json.dumps(row.problems, ensure_ascii=False)
        self._new["set_aside"].append(
            (number, row.file, row.sheet, row.row, row.key, cells, problems, self.id, None)
        )
        waiting[place] = (number, cells, row.row)
        return "changed" if before else "new"

    def retract(self, statement_id: int, reason: str) -> None:
        """Retract one current statement. Raises KeyError when there is none with this id."""
        found = self._connection.execute(
            sa.select(_statements, _sources.c.file, _sources.c.sheet, _sources.c.key)
            .join(_sources, _statements.c.source == _sources.c.id)
            .where(_statements.c.id == statement_id, _statements.c.retracted.is_(None))
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
            s, o = _statements.c, _sources.c
            found = self._connection.execute(
                sa.select(o.sheet, o.key, s.predicate, s.subject, s.object, s.kind, s.id)
                .join(_sources, s.source == o.id)
                .where(o.file == file, s.retracted.is_(None))
            )
            for sheet, key, predicate, subject, object, kind, number in found.all():
                rows.setdefault((sheet, key), {})[(predicate, subject, object, kind)] = number
            self._known[file] = rows
        return self._known[file]

    def _waiting_of(self, file: str) -> dict[tuple[str | None, str | None], tuple[int, str, int | None]]:
        if file not in self._waiting:
            c = _set_aside.c
            found = self._connection.execute(
                sa.select(c.sheet, c.key, c.id, c.cells, c.row).where(c.file == file, c.resolved.is_(None))
            )
            self._waiting[file] = {(r.sheet, r.key): (r.id, r.cells, r.row) for r in found}
        return self._waiting[file]

    def _resolve_waiting(self, source: Source) -> None:
        """A row that is usable now is no longer set aside, found by its key or by its row number."""
        waiting = self._waiting_of(source.file)
        for place in [
            place
            for place, (_, _, row) in waiting.items()
            if place[0] == source.sheet and (place[1] == source.key or (row is not None and row == source.row))
        ]:
            self._resolved.append(waiting.pop(place)[0])

    # -- writing ----------------------------------------------------------------------------

    def _insert(self, content: tuple[str, str, str, str], file: str, source: int, columns: str | None) -> int:
        number = self._take("statements")
        self._state = (self._state + _weight(content, file)) % _MODULUS
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
        self._state = (self._state - _weight(content, file)) % _MODULUS
        self._gone.append({"number": number, "tx": self.id, "why": reason})

    @property
    def changes(self) -> int:
        """How many statements were added or retracted, or rows set aside or taken up again."""
        return len(self._new["statements"]) + len(self._gone) + len(self._new["set_aside"]) + len(self._resolved)

    def _flush(self) -> None:
        """Write everything at once; a transaction that changed nothing leaves no trace."""
        if not self.changes:
            return
        run = self._connection.execute
        digest = f"{self._state:032x}"
        run(
            _transactions.insert(),
            {
                "id": self.id,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "who": self._who,
                "why": self._why,
                "files": json.dumps(self._files, ensure_ascii=False),
                "digest": digest,
            },
        )
        for table in (_sources, _statements, _set_aside):
            _insert_all(self._connection, table, self._new[table.name])
        if self._gone:
            c = _statements.c
            run(
                _statements.update()
                .where(c.id == sa.bindparam("number"))
                .values(retracted=sa.bindparam("tx"), reason=sa.bindparam("why")),
                self._gone,
            )
        if self._resolved:
            run(
                _set_aside.update()
                .where(_set_aside.c.id == sa.bindparam("number"))
                .values(resolved=sa.bindparam("tx")),
                [{"number": number, "tx": self.id} for number in self._resolved],
            )


class Record:
    """The store of statements. Open one per process or thread group; it is safe to share by file."""

    def __init__(self, engine: sa.Engine, path: Path | None) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def open(cls, place: str | Path) -> Record:
        """Open (and create when new) the record at a file path or a database URL.

        Raises OSError when the folder cannot be made, sqlalchemy.exc.DatabaseError when the file is
        not a record.
        """
        text = str(place)
        path = None if "://" in text else Path(text)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = f"sqlite:///{path}"
        engine = sa.create_engine(text)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
        record = cls(engine, path)
        with record._exclusive() as connection:
            _meta.create_all(connection)
        return record

    def close(self) -> None:
        """Let go of every connection; the record can be opened again."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _exclusive(self) -> Iterator[sa.Connection]:
        """A connection that holds the writer's lock; commits at the end, rolls back on any error."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                # The lock is taken before anything is read, so ids and versions cannot collide.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif sa.inspect(connection).has_table(_transactions.name):
                connection.exec_driver_sql("LOCK TABLE transactions IN EXCLUSIVE MODE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def transaction(self, who: str, why: str, files: dict[str, str] | None = None) -> Iterator[Transaction]:
        """Write in one transaction: everything inside is kept, or nothing when an error leaves it.

        ``files`` maps the names of the source files to their SHA-256.
        """
        with self._exclusive() as connection:
            change = Transaction(connection, who, why, files or {})
            yield change
            change._flush()

    # -- reading ----------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Number of the last transaction; 0 for an empty record."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(_transactions.c.id), 0))) or 0)

    @property
    def digest(self) -> str:
        """Hash of the current statements with their files, whatever the order they came in."""
        with self._engine.connect() as connection:
            last = sa.select(_transactions.c.digest).order_by(_transactions.c.id.desc()).limit(1)
            return str(connection.scalar(last) or f"{0:032x}")

    def transactions(self) -> list[dict[str, Any]]:
        """Who changed what and why, oldest first: id, at, who, why, files (name → SHA-256), digest."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(_transactions).order_by(_transactions.c.id)).mappings()
            return [{**row, "files": json.loads(row["files"])} for row in found]

    def statements(
        self,
        subject: str | None = None,
        predicate: str | None = None,
        at_version: int | None = None,
        object: Object = None,
        ids: Sequence[int] | None = None,
    ) -> Iterator[Statement]:
        """Statements that hold at a version (default: now), narrowed as asked, by id.

        With ``ids`` also retracted statements are returned, since someone asks for exactly those.
        """
        s, o = _statements.c, _sources.c
        query = (
            sa.select(
                *(s.id, s.predicate, s.subject, s.object, s.kind, s.added, s.retracted, s.columns),
                *(o.file, o.sheet, o.row, o.url, o.by, o.at, o.note, o.key),
            )
            .join(_sources, s.source == o.id)
            .order_by(s.id)
        )
        query = query.where(s.id.in_(ids)) if ids is not None else query.where(_holds(at_version))
        if subject is not None:
            query = query.where(s.subject == subject)
        if predicate is not None:
            query = query.where(s.predicate == predicate)
        if object is not None:
            query = query.where(s.object == str(object))
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=5000).execute(query):
                origin = Source(row[8], row[9], row[10], row[7], *row[11:])
                yield Statement(row[0], row[1], row[2], _value(row[3], row[4]), row[4], origin, row[5], row[6])

    def facts(self, at_version: int | None = None, text: bool = False) -> pa.Table:
        """Statements as an Arrow table: predicate, subject, object, kind (strings), id (int64).

        ``object`` is '' for class membership and digits for dates (yyyymmdd) and integers. Texts are
        left out unless asked for: they are shown, never reasoned over.
        """
        version = self.version if at_version is None else int(at_version)
        query = (
            "SELECT predicate, subject, object, kind, id FROM statements "
            f"WHERE added <= {version} AND (retracted IS NULL OR retracted > {version})"
            + ("" if text else " AND kind <> 'text'")
            + " ORDER BY id"
        )
        import pyarrow as pa  # imported late: only reasoning needs it

        schema = pa.schema([*((name, pa.string()) for name in FACT_COLUMNS[:-1]), (FACT_COLUMNS[-1], pa.int64())])
        if self.path is None:
            with self._engine.connect() as connection:
                rows = connection.exec_driver_sql(query).fetchall()
            return pa.Table.from_pylist([dict(zip(FACT_COLUMNS, row, strict=True)) for row in rows], schema)
        from adbc_driver_sqlite import dbapi

        with (
            dbapi.connect(f"file:{quote(str(self.path))}?mode=ro") as connection,
            connection.cursor(adbc_stmt_kwargs={"adbc.sqlite.query.batch_rows": 65536}) as cursor,
        ):
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
            cursor.execute(query)
            return cursor.fetch_arrow_table().cast(schema)

    def triples(self, predicates: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Current statements with these predicates as (predicate, subject, object), objects as stored."""
        s = _statements.c
        query = sa.select(s.predicate, s.subject, s.object).where(
            s.predicate.in_(tuple(predicates)), s.retracted.is_(None)
        )
        with self._engine.connect() as connection:
            yield from (tuple(row) for row in connection.execute(query).all())

    def knows(self, subject: str) -> bool:
        """Whether anything is stated now about an id."""
        query = sa.select(_statements.c.id).where(
            _statements.c.subject == subject, _statements.c.retracted.is_(None)
        )
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def names(self, ids: Iterable[str] | None = None) -> dict[str, str]:
        """Chinese names for display (short name before name) of the given entities, or of all."""
        s = _statements.c
        query = sa.select(s.subject, s.object, s.predicate).where(
            s.predicate.in_(("name", "shortName")), s.retracted.is_(None)
        )
        wanted = None if ids is None else set(ids)
        if wanted is not None and len(wanted) <= 500:
            query = query.where(s.subject.in_(wanted))
        found: dict[str, str] = {}
        with self._engine.connect() as connection:
            for subject, value, _ in connection.execute(query.order_by(s.predicate, s.id)):
                if wanted is None or subject in wanted:
                    found[subject] = value
        return found

    def set_aside(self) -> list[SetAside]:
        """Rows that wait for correction, in the order they were met."""
        c = _set_aside.c
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(_set_aside).where(c.resolved.is_(None)).order_by(c.id))
            return [
                SetAside(r.file, r.sheet, r.row, r.key, json.loads(r.cells), json.loads(r.problems)) for r in found
            ]


def _content(predicate: str, subject: str, object: Object, kind: Kind) -> tuple[str, str, str, str]:
    return predicate, subject, "" if object is None else str(object), kind


def _value(stored: str, kind: Kind) -> Object:
    if kind == "class":
        return None
    return int(stored) if kind in ("date", "integer") else stored


def _weight(content: tuple[str, str, str, str], file: str) -> int:
    """A statement's share in the digest; shares are summed, so that order does not matter."""
    text = "\x1f".join((*content, file)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())


def _insert_all(connection: sa.Connection, table: sa.Table, rows: list[tuple[Any, ...]]) -> None:
    """Insert whole rows in bulk; tuples go straight to the driver where it takes them."""
    insert = table.insert()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        if connection.dialect.positional:
            connection.exec_driver_sql(str(insert.compile(dialect=connection.dialect)), chunk)
        else:
            names = table.columns.keys()
            connection.execute(insert, [dict(zip(names, row, strict=True)) for row in chunk])


def _holds(version: int | None) -> sa.ColumnElement[bool]:
    s = _statements.c
    if version is None:
        return s.retracted.is_(None)
    return sa.and_(s.added <= version, sa.or_(s.retracted.is_(None), s.retracted > version))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """WAL for several processes; transactions are begun by us, never by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
