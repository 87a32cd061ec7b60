"""What is done while it is killed, and what must hold afterwards, seen through the product.

After every death: the record opens, all that was committed is there, nothing else is (an import is there as
a whole or not at all), statements and receipts agree with their digests, files are whole or absent. And what
was interrupted can be done again, to the same end.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from reasoner.backup.content import disagreements
from reasoner.backup.restore import looked_at
from reasoner.pipeline import RECORD_FILE
from reasoner.receipts.chain import Chain
from reasoner.receipts.verification import verify
from reasoner.records.record import Record
from tests.postgresql import Cluster
from tests.torture.faults.children import End, child, command

DAY = "2026-11-23"
BACKUP = "out.zip"
_LOOK_AGAIN = "the record has just changed: run it again"
"""What a command says when a server ended only now what had been interrupted."""
_NUMBERS = count(1)


@dataclass(frozen=True)
class Stage:
    """A home with its record, in a file or in a database of a server."""

    home: Path
    cluster: Cluster | None = None
    database: str = ""

    @property
    def place(self) -> str:
        """Where the record is, as ``Record.open`` takes it."""
        if self.cluster is not None:
            return self.cluster.url(self.database)
        return str(self.home / RECORD_FILE)

    def copy(self) -> Stage:
        """Another home of the same content."""
        home = self.home.parent / f"{self.home.name.split('-')[0]}-{next(_NUMBERS)}"
        shutil.copytree(self.home, home)
        return Stage(home, self.cluster, self.cluster.database(self.database) if self.cluster else "")

    def remove(self) -> None:
        """Take it away."""
        shutil.rmtree(self.home)
        if self.cluster is not None:
            self.cluster.drop(self.database)


@dataclass(frozen=True)
class Scene:
    """Something done to a stage. ``out``: the name of the file in the home that it makes."""

    name: str
    work: Callable[[Stage], Callable[[], int]]
    out: str | None = None
    again: Callable[[Stage], Callable[[], int]] | None = None  # how it is gone on with
    weight: float = 1.0  # how often it is tried beside the others
    stores: tuple[str, ...] = ("SQLite", "PostgreSQL")
    at_once: bool = False  # it adds all its transactions or none
    empty: bool = False  # it begins without a record


@dataclass(frozen=True)
class State:
    """What a record holds, as far as it is the same whenever it is made."""

    transactions: list[tuple[str, str, str]]
    receipts: list[str]
    out: bytes | None


def zelian(*argv: str) -> Callable[[Stage], Callable[[], int]]:
    """The work of a command; ``{home}`` in its arguments stands for the home."""
    return lambda stage: command(
        stage.home, stage.place, *(each.replace("{home}", str(stage.home)) for each in argv)
    )


def state(stage: Stage, scene: Scene) -> State:
    """Read everything through the product. Raises AssertionError for what contradicts itself."""
    if stage.cluster is None and Path(stage.place).exists():
        with closing(sqlite3.connect(stage.place)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
            assert found == "ok", found
    with Record.open(stage.place) as record:
        with record.reading() as connection:
            wrong: list[Any] = list(disagreements(connection))
        wrong += verify(Chain(record))
        assert not wrong, wrong
        transactions = [(each["who"], each["why"], each["digest"]) for each in record.transactions()]
        receipts = [receipt.conclusions for receipt in Chain(record)]
    out = stage.home / scene.out if scene.out else None
    if out is not None and out.name == BACKUP and out.exists():
        assert not looked_at(out)[1], "a backup that cannot be restored"
    content = out.read_bytes() if out is not None and out.is_file() else None
    if content is not None and scene.out != BACKUP:
        content = b"\n".join(sorted(content.splitlines()))  # a large run is written in no order
    return State(transactions, receipts, content)


def check(scene: Scene, stage: Stage, end: End, before: State, wanted: State, code: int) -> None:
    """Raises AssertionError for whatever is lost, half there, or cannot be gone on with."""
    found = state(stage, scene)
    assert scene.out == BACKUP or found.out in (before.out, wanted.out), "half a file"
    assert found.transactions == wanted.transactions[: len(found.transactions)], (
        "a transaction of another kind"
    )
    assert found.receipts == wanted.receipts[: len(found.receipts)], "a receipt of another kind"
    assert len(found.transactions) >= max(len(before.transactions), end.committed[0]), "a transaction is lost"
    assert len(found.receipts) >= max(len(before.receipts), end.committed[1]), "a receipt is lost"
    if scene.at_once:
        assert len(found.transactions) in (len(before.transactions), len(wanted.transactions)), "half of it"
    if not _same(scene, found, wanted):
        work = (scene.again or scene.work)(stage)
        again = child(work)
        if _LOOK_AGAIN in again.shown:  # as a person would: once, and only if it is not there
            if _same(scene, state(stage, scene), wanted):
                return
            again = child(work)
        assert again.code == code, f"doing it again: exit code {again.code} {again.said} {again.shown[-300:]}"
        assert _same(scene, state(stage, scene), wanted), "doing it again ends otherwise"


def _same(scene: Scene, found: State, wanted: State) -> bool:
    """Whether all is done. A backup tells when it was made; it is whole when it can be read back."""
    if scene.out == BACKUP and found.out is not None:
        return found.transactions == wanted.transactions
    return found == wanted
