"""The audit log: one line for each view, download, change, refusal and sign-in, hash-chained.

It lies in a file of its own beside the record, so that no line ever waits for a long import; with a database
server it is one more table there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

import sqlalchemy as sa

from reasoner.receipts.receipt import BEGINNING, canonical
from reasoner.records.append_only import append_only
from reasoner.records.record import server

Action = Literal["view", "download", "change", "refused", "sign-in", "sign-out"]
ACTIONS: tuple[Action, ...] = get_args(Action)

FILE = "audit.sqlite"
_BUSY_SECONDS = 10
_LONGEST = 2000  # characters of a text
SCHEMA = sa.MetaData()
_AUDIT = sa.Table(
    "audit",
    SCHEMA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False, index=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("transaction", sa.BigInteger),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
append_only(_AUDIT)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody did.

    ``at``: ISO 8601 in UTC, milliseconds. ``what``: the issue, unit or file it was about, '' for none.
    ``address``: the view as its address says it. ``transaction``: the number in the record of a change.
    """

    number: int
    at: str
    user: str
    role: str
    action: str
    page: str
    what: str
    address: str
    transaction: int | None
    previous: str
    digest: str = ""

    def sealed(self) -> str:
        """The hash that this line must have."""
        content = asdict(self)
        del content["digest"]
        return sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, by its number."""

    number: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody asks for; None asks for all of them."""

    user: str | None = None
    action: str | None = None
    what: str | None = None

    def narrowed(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The query with these conditions."""
        for field in fields(self):
            if (value := getattr(self, field.name)) is not None:
                query = query.where(_AUDIT.c[field.name] == value)
        return query


class AuditLog:
    """The log at a file path or a database URL; safe to share between threads and processes."""

    def __init__(self, place: str | Path) -> None:
        if "://" in str(place):
            self._engine = server(str(place))
        else:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(place)))
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
        if not sa.inspect(self._engine).has_table(_AUDIT.name):
            with self._engine.begin() as connection:
                if self._engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                SCHEMA.create_all(connection)

    def add(
        self,
        user: str,
        role: str,
        action: Action,
        *,
        page: str = "",
        what: str = "",
        address: str = "",
        transaction: int | None = None,
    ) -> Line:
        """Append a line. Raises sqlalchemy.exc.SQLAlchemyError when it cannot be written."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # before the last line is read
            else:
                connection.exec_driver_sql(f"LOCK TABLE {_AUDIT.name} IN EXCLUSIVE MODE")
            last = connection.execute(_LAST).first()
            line = Line(
                number=last.number + 1 if last else 1,
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                user=_plain(user),
                role=role,
                action=action,
                page=page,
                what=_plain(what),
                address=_plain(address),
                transaction=transaction,
                previous=last.digest if last else BEGINNING,
            )
            line = replace(line, digest=line.sealed())
            connection.execute(_AUDIT.insert(), asdict(line))
            connection.commit()
        return line

    def lines(self, wanted: Wanted | None = None, limit: int | None = None, offset: int = 0) -> list[Line]:
        """Lines, the last first."""
        query = sa.select(_AUDIT).order_by(_AUDIT.c.number.desc()).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [Line(*row) for row in connection.execute((wanted or Wanted()).narrowed(query))]

    def count(self, wanted: Wanted | None = None) -> int:
        """How many lines there are."""
        query = (wanted or Wanted()).narrowed(sa.select(sa.func.count()).select_from(_AUDIT))
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def users(self) -> list[str]:
        """Everybody of whom there is a line."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(_AUDIT.c.user).distinct().order_by(_AUDIT.c.user)))

    def verify(self) -> list[Fault]:
        """What is wrong with the chain; nothing when every line follows the one before as it was written.

        Lines taken off the end leave a sound chain: compare the last hash with one noted earlier.
        """
        return list(self._faults())

    def _faults(self) -> Iterator[Fault]:
        previous = BEGINNING
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=5000).execute(
                sa.select(_AUDIT).order_by(_AUDIT.c.number)
            )
            for expected, row in enumerate(rows, 1):
                line = Line(*row)
                if line.number != expected:
                    yield Fault(line.number, f"缺第 {expected} 行", f"line {expected} is missing")
                    return
                if line.sealed() != line.digest:
                    yield Fault(line.number, "内容与哈希不符", "does not have the hash it states")
                if line.previous != previous:
                    yield Fault(line.number, "不接上一行", "does not follow the one before")
                previous = line.digest

    @contextmanager
    def transaction(self, writing: bool = False) -> Iterator[sa.Connection]:
        """A connection to a log that is a file: one state of it, and what is written all or not at all."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
            yield connection
            connection.commit()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def _plain(words: str) -> str:
    """Words of somebody else as they may stand in a log: nothing that acts on a terminal, no end of pages."""
    return "".join(sign for sign in words[:_LONGEST] if sign.isprintable())


_LAST = sa.select(_AUDIT.c.number, _AUDIT.c.digest).order_by(_AUDIT.c.number.desc()).limit(1)


@cache
def opened(place: str | Path) -> AuditLog:
    """The log at a place, opened once per process."""
    return AuditLog(place)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
