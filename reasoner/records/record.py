"""The record: every statement with its source and the transaction that added or retracted it.

One SQLite file in WAL mode, or a PostgreSQL database (``postgresql://…``). Every past state can be read
again. Several processes may read and write at the same time; writers queue.

A *document* is a source file by name, a *row* one keyed entry of it. Putting a row again compares it
with what the record already holds from that row, so that the same file twice changes nothing and a
corrected row replaces the old one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from reasoner.records.schema import SCHEMA, SET_ASIDE, SOURCES, STATEMENTS, TRANSACTIONS
from reasoner.records.transaction import (
    Change,
    Claim,
    Kind,
    Object,
    SetAside,
    Source,
    Statement,
    Transaction,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Change", "Claim", "Kind", "Object", "Record", "SetAside", "Source", "Statement", "Transaction"]

FACT_COLUMNS = ("predicate", "subject", "object", "kind", "id")
_BUSY_SECONDS = 60
_CHUNK = 500  # ids in one query
_WRITERS = 0x7A656C69616E  # "zelian": the number of the lock that writers take on a server


class Record:
    """The store of statements. Open one per process or thread group; it is safe to share by file."""

    def __init__(self, engine: sa.Engine, path: Path | None) -> None:
        self._engine = engine
        self.path = path
        self._file: tuple[int, int] | None = None
        """Which file was opened: another may come to stand at its path."""

    @classmethod
    def open(cls, place: str | Path) -> Record:
        """Open (and create when new) the record at a file path or a database URL.

        Raises OSError when the folder cannot be made, sqlalchemy.exc.DatabaseError when the file is
        not a record.
        """
        path = None if "://" in str(place) else Path(place)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
        else:
            engine = server(str(place))
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
        record = cls(engine, path)
        # Opening to read must not wait for a writer, so the lock is taken only to make the tables.
        if not sa.inspect(engine).has_table(SET_ASIDE.name):
            with record.exclusive() as connection:
                SCHEMA.create_all(connection)
        record._file = _identity(path)
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
    def exclusive(self) -> Iterator[sa.Connection]:
        """A connection that holds the writer's lock; commits at the end, rolls back on any error.

        For what is kept beside the statements; statements are written in a ``transaction``.
        """
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                # The lock is taken before anything is read, so ids and versions cannot collide.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                # Until the transaction ends; there may be no table yet that could be locked.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS)))
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
        with self.exclusive() as connection:
            change = Transaction(connection, who, why, files or {})
            yield change
            change.flush()

    @contextmanager
    def trial(self) -> Iterator[Transaction]:
        """A transaction that is never written: it counts what would change, and nobody waits for it."""
        with self._engine.connect() as connection:
            yield Transaction(connection, "", "", {})

    # -- reading ----------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Number of the last transaction; 0 for an empty record."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(TRANSACTIONS.c.id), 0))) or 0)

    @property
    def digest(self) -> str:
        """Hash of the current statements with their files, whatever the order they came in."""
        with self._engine.connect() as connection:
            last = sa.select(TRANSACTIONS.c.digest).order_by(TRANSACTIONS.c.id.desc()).limit(1)
            return str(connection.scalar(last) or f"{0:032x}")

    def digest_at(self, version: int) -> str:
        """The digest that the record had at a version; that of an empty record when there is none."""
        found = sa.select(TRANSACTIONS.c.digest).where(TRANSACTIONS.c.id == version)
        with self._engine.connect() as connection:
            return str(connection.scalar(found) or f"{0:032x}")

    def is_still(self, version: int, digest: str) -> bool:
        """Whether this state is the present one, of the record that is at this place now.

        An open file is read even when it was removed, and another one restored in its place.
        """
        return _identity(self.path) == self._file and (self.version, self.digest) == (version, digest)

    def transactions(self) -> list[dict[str, Any]]:
        """Who changed what and why, oldest first: id, at, who, why, files (name → SHA-256), digest."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(TRANSACTIONS).order_by(TRANSACTIONS.c.id)).mappings()
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
        s, o = STATEMENTS.c, SOURCES.c
        query = (
            sa.select(
                *(s.id, s.predicate, s.subject, s.object, s.kind, s.added, s.retracted, s.columns),
                *(o.file, o.sheet, o.row, o.url, o.by, o.at, o.note, o.key),
            )
            .join(SOURCES, s.source == o.id)
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
                yield Statement(
                    row[0], row[1], row[2], _value(row[3], row[4]), row[4], origin, row[5], row[6]
                )

    def past(self, things: Collection[str], *, as_object: bool = True) -> list[tuple[Statement, str | None]]:
        """All that was ever stated of some things (and that names them), each with why it was retracted."""
        s, o = STATEMENTS.c, SOURCES.c
        columns = (s.id, s.predicate, s.subject, s.object, s.kind, s.added, s.retracted, s.reason, s.columns)
        query = sa.select(*columns, o.file, o.sheet, o.row, o.url, o.by, o.at, o.note, o.key)
        query = query.join(SOURCES, s.source == o.id)
        found: dict[int, tuple[Statement, str | None]] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(things), _CHUNK):
                some = tuple(things)[start : start + _CHUNK]
                wanted: list[sa.ColumnElement[bool]] = [s.subject.in_(some)]
                if as_object:
                    wanted.append(sa.and_(s.kind == "entity", s.object.in_(some)))
                for row in connection.execute(query.where(sa.or_(*wanted))):
                    origin = Source(row[9], row[10], row[11], row[8], *row[12:])
                    value = _value(row[3], row[4])
                    found[row[0]] = (Statement(*row[:3], value, row[4], origin, row[5], row[6]), row[7])
        return [found[number] for number in sorted(found)]

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

        from reasoner.records.arrow import integers, strings

        # Never by another copy of SQLite (ADBC's) in this process: when that closes the file, the system
        # drops the locks that this one holds, and the next writer removes the log that is still in use.
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(query).cursor.fetchall()  # the driver's own tuples
        *texts, ids = list(zip(*rows, strict=True)) or [()] * len(FACT_COLUMNS)
        return pa.table([*map(strings, texts), integers(ids)], names=list(FACT_COLUMNS))

    def sourced(self) -> pa.Table:
        """Current statements with their places: predicate, subject, object, kind, file, sheet, row, columns.

        All are strings but ``row`` (int64); ``object`` is as in ``facts``.
        """
        import pyarrow as pa  # imported late: only large imports need it

        s, o = STATEMENTS.c, SOURCES.c
        columns = (s.predicate, s.subject, s.object, s.kind, o.file, o.sheet, o.row, s.columns)
        query = (
            sa.select(*columns).join(SOURCES, s.source == o.id).where(s.retracted.is_(None)).order_by(s.id)
        )
        kinds = [pa.int64() if column is o.row else pa.string() for column in columns]
        schema = pa.schema([(column.name, kind) for column, kind in zip(columns, kinds, strict=True)])
        with self._engine.connect() as connection:
            found = list(zip(*connection.execute(query).all(), strict=True)) or [()] * len(columns)
        return pa.table(
            [pa.array(each, kind) for each, kind in zip(found, kinds, strict=True)], schema=schema
        )

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection to read with."""
        return self._engine.connect()

    def ask(self, query: sa.Select[Any]) -> Sequence[Any]:
        """The rows of a query over the tables of ``reasoner.records.transaction``."""
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    def triples(self, predicates: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Current statements with these predicates as (predicate, subject, object), objects as stored."""
        s = STATEMENTS.c
        query = sa.select(s.predicate, s.subject, s.object).where(
            s.predicate.in_(tuple(predicates)), s.retracted.is_(None)
        )
        with self._engine.connect() as connection:
            yield from (tuple(row) for row in connection.execute(query).all())

    def under(self, keys: Collection[str], besides: Iterable[str] = ()) -> Iterator[tuple[Source, Claim]]:
        """What is stated now under these keys by other files than those ``besides``."""
        s, o = STATEMENTS.c, SOURCES.c
        with self._engine.connect() as connection:
            elsewhere = sa.select(o.id, o.key).where(o.key.is_not(None), o.file.not_in(tuple(besides)))
            found = connection.execute(elsewhere).all() if keys else ()
            ids = [id for id, key in found if key in keys]
            for start in range(0, len(ids), _CHUNK):
                query = sa.select(
                    s.predicate, s.subject, s.object, s.kind, s.columns, o.file, o.sheet, o.row, o.key
                ).join(SOURCES, s.source == o.id)
                wanted = s.source.in_(ids[start : start + _CHUNK]), s.retracted.is_(None)
                for row in connection.execute(query.where(*wanted)):
                    source = Source(row.file, row.sheet, row.row, key=row.key)
                    claim = Claim(row.predicate, row.subject, row.object or None, row.kind, row.columns)
                    yield source, claim

    def members(self, classes: Iterable[str], besides: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """Members of classes as (class, id), those left out that only the files ``besides`` speak of."""
        s, o = STATEMENTS.c, SOURCES.c
        query = sa.select(s.predicate, s.subject).join(SOURCES, s.source == o.id).distinct()
        wanted = s.predicate.in_(tuple(classes)), s.object == "", s.retracted.is_(None)
        query = query.where(*wanted, o.file.not_in(tuple(besides)))
        with self._engine.connect() as connection:
            yield from (tuple(row) for row in connection.execute(query).all())

    def knows(self, subject: str) -> bool:
        """Whether anything is stated now about an id."""
        query = sa.select(STATEMENTS.c.id).where(
            STATEMENTS.c.subject == subject, STATEMENTS.c.retracted.is_(None)
        )
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def ever_stated(self, beginning: str) -> list[str]:
        """The ids with this beginning of which anything is or was stated; a retracted id is not free."""
        query = sa.select(STATEMENTS.c.subject).distinct()
        with self._engine.connect() as connection:
            found = connection.execute(
                query.where(STATEMENTS.c.subject.startswith(beginning, autoescape=True))
            )
            return [row[0] for row in found]

    def names(self, ids: Iterable[str] | None = None) -> dict[str, str]:
        """Chinese names for display (short name before name) of the given entities, or of all."""
        s = STATEMENTS.c
        query = sa.select(s.subject, s.object, s.predicate).where(
            s.predicate.in_(("name", "shortName")), s.retracted.is_(None)
        )
        wanted = None if ids is None else set(ids)
        if wanted is not None and len(wanted) <= 500:
            query = query.where(s.subject.in_(wanted))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(s.predicate, s.id)).all()
        # In this order a short name comes after, and replaces, a name.
        return {subject: value for subject, value, _ in rows if wanted is None or subject in wanted}

    def set_aside(self) -> list[SetAside]:
        """Rows that wait for correction, in the order they were met."""
        c = SET_ASIDE.c
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(SET_ASIDE).where(c.resolved.is_(None)).order_by(c.id))
            return [
                SetAside(r.file, r.sheet, r.row, r.key, json.loads(r.cells), json.loads(r.problems))
                for r in found
            ]


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file is at a path; None when there is none."""
    try:
        found = path.stat() if path is not None else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _value(stored: str, kind: Kind) -> Object:
    if kind == "class":
        return None
    return int(stored) if kind in ("date", "integer") else stored


def _holds(version: int | None) -> sa.ColumnElement[bool]:
    s = STATEMENTS.c
    if version is None:
        return s.retracted.is_(None)
    return sa.and_(s.added <= version, sa.or_(s.retracted.is_(None), s.retracted > version))


def server(place: str) -> sa.Engine:
    """A database on a server: few connections are kept, and those that a restart cut off are made anew."""
    url = sa.make_url(place)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        return sa.create_engine(url)
    engine = sa.create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=20)
    sa.event.listen(engine, "connect", _prepare_server)
    return engine


def _prepare_server(connection: Any, _: Any) -> None:
    """Nobody waits for ever for a lock."""
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """WAL for several processes; transactions are begun by us, never by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was committed survives a power cut as well
    cursor.close()
