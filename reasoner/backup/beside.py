"""The audit log in a backup: on a server a table of the record, beside a file a file of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from reasoner.audit.log import FILE, SCHEMA, AuditLog
from reasoner.backup.content import BackupError, Disagreement

[TABLE] = SCHEMA.sorted_tables
Rows = Iterable[list[tuple[Any, ...]]]


def file_of(place: str | Path | None) -> Path | None:
    """The file of the audit log of a record at a path; None where the log is a table of the record."""
    return None if place is None or "://" in str(place) else Path(place).with_name(FILE)


@contextmanager
def reading(place: Path | None) -> Iterator[sa.Connection | None]:
    """A connection to the log that is a file, if there is one: one state, whatever others write."""
    file = file_of(place)
    if file is None or not file.exists():
        yield None
        return
    log = AuditLog(file)
    try:
        with log.transaction() as connection:
            yield connection
    finally:
        log.close()


def fill(place: Path, rows: Rows) -> int:
    """Put lines into the log beside a record, and return how many there were.

    A log that goes on from these very lines is left as it is: with the record lost, it need not be. Raises
    BackupError when there is any other.
    """
    file = file_of(place)
    assert file is not None
    log, number = AuditLog(file), 0
    try:
        kept = log.count() > 0
        with log.transaction(writing=True) as connection:
            for some in rows:
                if kept:
                    _check(connection, some, file)
                else:
                    connection.execute(
                        TABLE.insert(), [dict(zip(TABLE.c.keys(), row, strict=True)) for row in some]
                    )
                number += len(some)
    finally:
        log.close()
    return number


def _check(connection: sa.Connection, rows: list[tuple[Any, ...]], file: Path) -> None:
    first, last = rows[0][0], rows[-1][0]
    found = sa.select(TABLE).where(TABLE.c.number.between(first, last)).order_by(TABLE.c.number)
    if list(map(tuple, connection.execute(found))) != list(map(tuple, rows)):
        raise BackupError(
            f"{file} 中已有另一份访问日志，没有恢复；请用 --to 另选文件夹 "
            f"/ {file} has another audit log already, nothing was restored; take another place with --to"
        )


def disagreements(place: str | Path) -> Iterator[Disagreement]:
    """What is wrong with the chain of the log of a record that was restored."""
    log = AuditLog(file_of(place) or place)
    try:
        for fault in log.verify():
            yield Disagreement(
                f"访问日志第 {fault.number} 行：{fault.zh}", f"audit log, line {fault.number}: {fault.en}"
            )
    finally:
        log.close()
