"""Disks that are full, records that are only for reading, locked, damaged or gone, clocks set back.

Each time: one clear line in both languages, no traceback, and the record afterwards as it was before.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import sqlalchemy as sa

from reasoner.records import journal
from reasoner.records import record as record_module
from reasoner.records import transaction as transaction_module
from reasoner.records.record import Record
from tests import postgresql
from tests.torture.faults.children import child
from tests.torture.faults.kills import SCENES, Say, bases
from tests.torture.faults.scenes import DAY, Scene, Stage, State, state, zelian
from tests.torture.report import Line

_NOBODY = 65534
_LOG = 36864
"""Bytes: what SQLite needs to read, and too little for its log of what is written."""
_WRITING = ("import, row by row", "import, by columns", "an entry", "a retraction", "a run with its receipt")
_FILES = ("an export", "a backup", "a large run")
_READING = ("receipts", "receipts --verify", f"conclusions --issue CQ-001 --as-of {DAY}")
_SURELY = ("import, row by row", "import, by columns", "an entry", "a retraction")


class Tally:
    """How often what was tried and how often it held."""

    def __init__(self, what: str, say: Say, note: str = "") -> None:
        self.what, self.say, self.note = what, say, note
        self.tried = self.held = 0

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Something that must hold; what does not is told."""
        self.tried += 1
        try:
            yield
            self.held += 1
        except AssertionError as lost:
            self.say(f"LOST  {self.what}, {name}: {lost}")

    @property
    def line(self) -> Line:
        """What there is to report."""
        self.say(f"{self.what}: {self.held} of {self.tried}")
        return Line(self.what, self.tried, self.held, self.note)


def tried(folder: Path, seed: int, say: Say) -> Iterator[Line]:
    """Everything, on SQLite and where it applies on PostgreSQL."""
    whole = bases(folder / "places", None)["SQLite", False]
    before = state(whole, SCENES[1])
    yield _full(whole, before, say, (*_WRITING, *_FILES))
    yield _read_only(whole, before, say)
    yield _locked(whole, before, say)
    yield _damaged(whole, random.Random(seed), say)
    yield _damaged_cache(whole, say)
    yield _set_back(whole, say)
    with postgresql.running() as cluster:
        yield _server(bases(folder / "server", cluster)["PostgreSQL", False], cluster, say)


def some(whole: Stage, say: Say) -> Iterator[Line]:
    """A little of it."""
    before = state(whole, SCENES[1])
    yield _full(whole, before, say, ("import, row by row", "a backup"))
    yield _damaged(whole, random.Random(1), say, flips=0, only=("header", "a page of zeros"))


def _scenes(*names: str) -> list[Scene]:
    return [scene for scene in SCENES if scene.name in names]


def _refused(end: Any, *words: str) -> None:
    """One line in both languages, exit code 2."""
    assert end.code == 2, f"exit code {end.code} {end.said} {end.shown[-500:]}"
    assert "Traceback" not in end.said + end.shown, end.said + end.shown
    last = end.shown.strip().splitlines()[-1]
    assert "错误" in last, last
    assert "error" in last, last
    assert any(word in last for word in words), last


def _unchanged(stage: Stage, before: State) -> None:
    now = state(stage, SCENES[1])
    assert (now.transactions, now.receipts) == (before.transactions, before.receipts), "not as it was before"


# -- disks ------------------------------------------------------------------------------------------


def _mounted(place: Path, *words: str) -> bool:
    """Whether a small disk could be mounted; only root may, and not in every container."""
    place.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        return subprocess.run(["mount", *words, str(place)], capture_output=True).returncode == 0
    return False


@contextmanager
def _small_disk(megabytes: int) -> Iterator[tuple[Path, bool]]:
    """A folder on a disk of its own, if there may be one."""
    place = Path(mkdtemp(prefix="zelian-disk-"))
    place.chmod(0o755)
    mounted = _mounted(place, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs")
    try:
        yield place, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=True)
        shutil.rmtree(place)


def _full(whole: Stage, before: State, say: Say, names: tuple[str, ...]) -> Line:
    with _small_disk(64) as (place, mounted):
        tally = Tally("disk full", say, "a disk of 64 MB" if mounted else "files limited in size")
        for scene in _scenes(*names):
            with tally.attempt(scene.name):
                stage = _beside(whole, place)
                filler = place / "filler"
                if mounted:
                    _fill(filler)
                    end = child(scene.work(stage))
                else:
                    end = child(_limited(scene.work(stage), 4096 if scene.name in _FILES else _LOG))
                filler.unlink(missing_ok=True)
                if scene.name in _SURELY + _FILES:
                    _refused(end, "磁盘", "写不了", "内存上限")
                assert "Traceback" not in end.said + end.shown, end.said + end.shown
                found = state(stage, scene)
                assert found.out is None, "half a file"
                assert found.transactions == before.transactions or scene.name not in _SURELY, "half of it"
                again = child((scene.again or scene.work)(stage))
                assert again.code in (0, 1), (
                    f"with room again: {again.code} {again.said} {again.shown[-300:]}"
                )
    return tally.line


def _beside(whole: Stage, place: Path) -> Stage:
    """A copy of a stage in another folder, with the ledgers it may import."""
    shutil.copytree(whole.home.parent / "ledgers", place / "ledgers", dirs_exist_ok=True)
    shutil.rmtree(place / "home", ignore_errors=True)
    shutil.copytree(whole.home, place / "home")
    return Stage(place / "home")


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))


def _limited(work: Callable[[], int], size: int) -> Callable[[], int]:
    """The work of a process whose files may not grow beyond a size."""

    def limited() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return work()

    return limited


def _read_only(whole: Stage, before: State, say: Say) -> Line:
    with _small_disk(64) as (place, mounted):
        tally = Tally("only for reading", say, "mounted so" if mounted else "by permission")
        stage = _beside(whole, place)
        if mounted:
            subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        else:
            for each in (*stage.home.rglob("*"), stage.home):
                each.chmod(0o555 if each.is_dir() else 0o444)
        for scene in _scenes(*_SURELY):
            with tally.attempt(scene.name):
                _refused(child(_as_nobody(scene.work(stage), mounted)), "只能读", "打不开")
        for words in _READING:
            with tally.attempt(words):
                end = child(_as_nobody(zelian(*words.split())(stage), mounted))
                if end.code != 0:
                    _refused(end, "只能读", "打不开")
        if mounted:
            subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
        else:
            for each in (stage.home, *stage.home.rglob("*")):
                each.chmod(0o755 if each.is_dir() else 0o644)
        with tally.attempt("afterwards"):
            _unchanged(stage, before)
    return tally.line


def _as_nobody(work: Callable[[], int], mounted: bool) -> Callable[[], int]:
    """The work of one whom permissions bind."""

    def bound() -> int:
        if not mounted and os.geteuid() == 0:
            os.setuid(_NOBODY)
        return work()

    return bound


# -- locks and damage -------------------------------------------------------------------------------


def _locked(whole: Stage, before: State, say: Say) -> Line:
    tally = Tally("locked by another program", say)
    stage = whole.copy()
    with closing(sqlite3.connect(stage.place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for scene in _scenes(*_SURELY):
            with tally.attempt(scene.name):
                _refused(child(_impatient(scene.work(stage))), "占用")
        for words in _READING:
            with tally.attempt(words):
                end = child(_impatient(zelian(*words.split())(stage)))
                assert end.code == 0, f"{end.code} {end.said} {end.shown}"
    with tally.attempt("afterwards"):
        _unchanged(stage, before)
    return tally.line


def _impatient(work: Callable[[], int]) -> Callable[[], int]:
    def impatient() -> int:
        record_module._BUSY_SECONDS = 1
        return work()

    return impatient


def _damaged(
    whole: Stage,
    dice: random.Random,
    say: Say,
    flips: int = 12,
    only: tuple[str, ...] | None = None,
) -> Line:
    """Every damage is told, or what was damaged bears on nothing that is on record."""
    tally = Tally("damaged file", say, "header, pages, cut off, empty, zeros")
    stage = whole.copy()
    record = Path(stage.place)
    content = record.read_bytes()
    third = len(content) // 3
    damaged: dict[str, bytes] = {
        "another file": b"not a database " * 500,
        "header": bytes(100) + content[100:],
        "cut off": content[: third * 2 + 77],
        "a page of zeros": content[: third - third % 4096]
        + bytes(4096)
        + content[third - third % 4096 + 4096 :],
        "zeros": bytes(len(content)),
    }
    for number in range(flips):
        changed = bytearray(content)
        for _ in range(40):
            changed[dice.randrange(100, len(changed))] ^= 1 << dice.randrange(8)
        damaged[f"40 bits, {number + 1}"] = bytes(changed)
    for name, bad in damaged.items():
        if only is not None and name not in only:
            continue
        with tally.attempt(name):
            for beside in ("-wal", "-shm"):
                Path(f"{record}{beside}").unlink(missing_ok=True)
            record.write_bytes(bad)
            out = stage.home / "damaged.zip"
            end = child(zelian("backup", str(out))(stage))
            out.unlink(missing_ok=True)
            assert end.code in (1, 2), "not noticed"
            if end.code == 2:
                _refused(end, "损坏", "记录", "备份")
            end = child(zelian("load", "{home}/../ledgers/问题.csv")(stage))
            assert "Traceback" not in end.said + end.shown, end.said + end.shown
    return tally.line


def _damaged_cache(whole: Stage, say: Say) -> Line:
    """What is kept to save time is made again when it is damaged."""
    tally = Tally("damaged cache", say)
    words = ("conclusions", "--as-of", DAY, "--format", "csv")
    right = child(zelian(*words)(whole)).shown
    for change in ("cut off", "flipped", "empty"):
        with tally.attempt(change):
            stage = whole.copy()
            for file in (stage.home / "cache").glob("survey-*.pickle"):
                content = bytearray(file.read_bytes())
                content[len(content) // 2] ^= 0x10
                shorter = {"cut off": content[: len(content) // 2], "flipped": content, "empty": bytearray()}
                file.write_bytes(shorter[change])
            end = child(zelian(*words)(stage))
            assert (end.code, end.shown) == (0, right), f"{end.code} {end.said} {end.shown[-300:]}"
            stage.remove()
    return tally.line


# -- clocks -----------------------------------------------------------------------------------------


def _set_back(whole: Stage, say: Say) -> Line:
    """The journal keeps the order of the transactions, and says which clock was behind."""
    tally = Tally("clock set back", say)
    stage = whole.copy()

    class Earlier(datetime):
        """A clock a year behind."""

        @classmethod
        def now(cls, zone: Any = None) -> datetime:
            return datetime.now(UTC) - timedelta(days=365)

    def behind() -> int:
        transaction_module.datetime = Earlier  # type: ignore[misc]
        return zelian("load", "{home}/../ledgers/问题.csv")(stage)()

    with tally.attempt("an import in between"):
        entry = _scenes("an entry")[0]
        assert child(entry.work(stage)).code == 0
        assert child(behind).code in (0, 1)
        assert (
            child(zelian(*f"record --retract CQ-001 --by 处 --reason 重复 --as-of {DAY}".split())(stage)).code
            == 0
        )
        found = state(stage, entry)
        assert len(found.transactions) == 4, found.transactions
    with Record.open(stage.place) as record, tally.attempt("the journal"):
        entries, _ = journal.entries(record)
        assert [each.id for each in entries] == [4, 3, 2, 1]
        assert [each.behind for each in entries] == [False, True, False, False]
    return tally.line


# -- a server ---------------------------------------------------------------------------------------


def _server(whole: Stage, cluster: postgresql.Cluster, say: Say) -> Line:
    tally = Tally("PostgreSQL: only for reading, locked, stopped, no such database", say)
    before = state(whole, SCENES[1])
    name = whole.database
    cluster.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    for scene in _scenes(*_SURELY):
        with tally.attempt(f"only for reading, {scene.name}"):
            _refused(child(scene.work(whole)), "只能读")
    with tally.attempt("only for reading, reading"):
        end = child(zelian(*_READING[2].split())(whole))
        assert end.code == 0, f"{end.code} {end.said} {end.shown}"
    cluster.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    with Record.open(whole.place) as other, other.exclusive():
        for scene in _scenes("import, row by row", "an entry"):
            with tally.attempt(f"locked, {scene.name}"):
                _refused(child(_impatient(scene.work(whole))), "占用")
    sa.engine.Engine.dispose(other._engine)
    cluster.kill()
    for scene in _scenes("import, row by row", "an entry", "a backup"):
        with tally.attempt(f"stopped, {scene.name}"):
            _refused(child(scene.work(whole)), "连不上")
    cluster.start()
    nowhere = Stage(whole.home, cluster, "nowhere")
    with tally.attempt("no such database"):
        _refused(child(_scenes("an entry")[0].work(nowhere)), "连不上", "不许")
    with tally.attempt("afterwards"):
        _unchanged(whole, before)
    return tally.line
