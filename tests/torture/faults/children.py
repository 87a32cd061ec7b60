"""Work done in a child process, which is killed at a boundary of its own or by its parent at any moment.

A boundary is a moment at which what is on disk may change its meaning: before and after each statement that
writes to a database, before and after each commit, each file put in its place, made durable or removed.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

_WRITES = ("INSERT", "UPDATE", "CREATE", "BEGIN IMMEDIATE", "SELECT PG_ADVISORY")
_FILES = ("replace", "rename", "link", "fsync", "unlink")


@dataclass(frozen=True)
class End:
    """How a child ended: killed or by itself, with which exit code, after how many boundaries and seconds.

    ``committed`` is what the database held after the last commit that it lived to tell of: the number of the
    last transaction of the record, and how many receipts there were. ``said``: its traceback, if it had one;
    ``shown``: what it printed.
    """

    killed: bool
    code: int
    boundaries: int
    committed: tuple[int, int]
    seconds: float
    said: str
    shown: str


def child(work: Callable[[], int], boundary: int | None = None, after: float | None = None) -> End:
    """Run some work in a child of this process, killed at its nth boundary or after some seconds."""
    reading, writing = os.pipe()
    begun = time.monotonic()
    printed = TemporaryFile()  # noqa: SIM115 (closed when it has been read)
    number = os.fork()
    if number == 0:
        os.close(reading)
        _work(work, boundary, writing, printed.fileno())
    os.close(writing)
    if after is not None:
        time.sleep(after)
        os.kill(number, signal.SIGKILL)  # it is ours until we wait for it, even when it has ended
    told = b""
    while piece := os.read(reading, 1 << 16):
        told += piece
    os.close(reading)
    status = os.waitpid(number, 0)[1]
    with printed:
        printed.seek(0)
        shown = printed.read().decode("utf-8", "replace")
    marks, _, said = told.decode("utf-8", "replace").partition("!")
    commits = re.findall(r"c(\d+)/(\d+);", marks)
    return End(
        killed=os.WIFSIGNALED(status),
        code=os.waitstatus_to_exitcode(status),
        boundaries=marks.count("."),
        committed=(int(commits[-1][0]), int(commits[-1][1])) if commits else (0, 0),
        seconds=time.monotonic() - begun,
        said=said,
        shown=shown,
    )


def _work(work: Callable[[], int], boundary: int | None, told: int, printed: int) -> None:
    """What the child does; it never returns."""
    for stream, place in ((0, os.open(os.devnull, os.O_RDONLY)), (1, printed), (2, printed)):
        os.dup2(place, stream)
    code = 99
    try:
        _watch(boundary, told)
        code = work()
    except BaseException:
        os.write(told, b"!" + traceback.format_exc().encode())
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _watch(boundary: int | None, told: int) -> None:
    """Count boundaries, tell the parent of each, and die at one of them."""
    passed = 0

    def mark() -> None:
        nonlocal passed
        passed += 1
        os.write(told, b".")
        if passed == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)

    def statement(*words: Any) -> None:
        if words[2].lstrip().upper().startswith(_WRITES):
            mark()

    for event in ("before_cursor_execute", "after_cursor_execute"):
        sa.event.listen(sa.Engine, event, statement)
    commit = DefaultDialect.do_commit

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        mark()
        commit(dialect, connection)
        os.write(told, "c{}/{};".format(*held(connection)).encode())
        mark()

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    for name in _FILES:
        setattr(os, name, _marked(getattr(os, name), mark))


def held(connection: Any) -> tuple[int, int]:
    """What a database (a connection of its driver) holds: the last transaction, how many receipts."""
    found = [0, 0]
    for at, query in enumerate(("SELECT max(id) FROM transactions", "SELECT count(*) FROM receipts")):
        with suppress(Exception):  # no such table yet
            cursor = connection.cursor()
            cursor.execute(query)
            found[at] = cursor.fetchone()[0] or 0
            cursor.close()
        connection.rollback()
    return found[0], found[1]


def _marked(call: Callable[..., Any], mark: Callable[[], None]) -> Callable[..., Any]:
    def marked(*words: Any, **more: Any) -> Any:
        mark()
        done = call(*words, **more)
        mark()
        return done

    return marked


def command(home: Path, place: str, *argv: str) -> Callable[[], int]:
    """The work of a ``zelian`` command on a home and a record (a path in that home, or a URL)."""

    def work() -> int:
        os.environ["ZELIAN_HOME"] = str(home)
        os.environ.pop("ZELIAN_DATABASE", None)
        if "://" in place:
            os.environ["ZELIAN_DATABASE"] = place
        from app.cli import main

        return main(argv)

    return work
