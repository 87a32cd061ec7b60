"""Every scene killed again and again: at boundaries spread over its length, and at any moment."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reasoner import pipeline
from reasoner.batch.run import ABOUT
from reasoner.bundled import path as bundled
from reasoner.ledger import load
from reasoner.records.record import Record
from tests import postgresql
from tests.bench.explorer import ledger
from tests.torture.faults.children import child, command
from tests.torture.faults.scenes import BACKUP, DAY, Scene, Stage, State, check, state, zelian
from tests.torture.report import Line

Say = Callable[[str], None]

_ENTRY = (
    "record finding findingKind=suspectedCrime about=CQ-001 by=领导小组 on=2026-01-05 state=upheld "
    f"instrument=认定书 --by 督察办综合处 --as-of {DAY}"
)
_RUN = "{home}/run"
_EARLIER = "2026-11-20"
_LEFT_OUT = ("townships", "sector_words")


def _by_columns(stage: Stage) -> Callable[[], int]:
    """Import the ledgers as large ones are imported."""
    files = sorted((stage.home.parent / "ledgers").iterdir())
    loads = zelian("load", *map(str, files))(stage)

    def work() -> int:
        *others, _ = load.__defaults__ or ()
        load.__defaults__ = (*others, 50)  # rows from which on a ledger is a large one
        return loads()

    return work


def _large(stage: Stage, resume: bool = False) -> Callable[[], int]:
    """A run in a folder, and what follows as a file."""
    more = ["--resume"] if resume and (stage.home / "run" / ABOUT).exists() else ["--as-of", DAY]
    reason = zelian("reason", "--run", _RUN, *more)(stage)
    export = zelian("export", "--run", _RUN, "-o", "{home}/out.csv")(stage)
    return lambda: reason() or export()


def _uncached(stage: Stage) -> Callable[[], int]:
    """A run for which the rules are read for the first time."""
    reason = zelian("reason", "--as-of", _EARLIER)(stage)

    def work() -> int:
        pipeline.READ.clear()
        return reason()

    return work


def _restored(stage: Stage) -> Callable[[], int]:
    to = ["--to", stage.place if "://" in stage.place else str(stage.home)]
    return zelian("restore", str(stage.home.parent / BACKUP), *to)(stage)


SCENES = (
    Scene("import into an empty record", zelian("load"), weight=0.5, empty=True),
    Scene("import, row by row", zelian("load", "{home}/../ledgers/问题.csv"), weight=2),
    Scene("import, by columns", _by_columns, weight=2),
    Scene("an entry", zelian(*_ENTRY.split()), weight=2),
    Scene("a retraction", zelian(*f"record --retract CQ-001 --by 处 --reason 重复 --as-of {DAY}".split())),
    Scene("a run with its receipt", zelian("reason", "--as-of", _EARLIER), weight=2),
    Scene("rules read for the first time", _uncached, weight=0.5, stores=("SQLite",)),
    Scene("a large run", _large, "out.csv", lambda s: _large(s, True), weight=0.5, stores=("SQLite",)),
    Scene("an export", zelian("export", "--as-of", DAY, "-o", "{home}/out.csv"), "out.csv"),
    Scene("a backup", zelian("backup", "{home}/out.zip"), BACKUP),
    Scene("a restoration", _restored, empty=True, at_once=True),
)


@dataclass
class Prepared:
    """A scene on a kind of store, once done to its end: what was before, what comes out, how long."""

    scene: Scene
    store: str
    base: Stage
    before: State
    wanted: State
    code: int
    boundaries: int
    seconds: float

    def at(self, boundary: int | None, after: float | None) -> bool:
        """Do it once more and kill it; whether it was killed. Raises AssertionError for what is lost."""
        stage = self.base.copy()
        end = child(self.scene.work(stage), boundary, after)
        assert end.killed or end.code == self.code, end.said + end.shown
        check(self.scene, stage, end, self.before, self.wanted, self.code)
        stage.remove()
        return end.killed


def prepare(scene: Scene, store: str, base: Stage) -> Prepared:
    """Do a scene to its end."""
    stage = base.copy()
    before = state(base, scene) if not scene.empty else State([], [], None)
    end = child(scene.work(stage))
    assert not end.killed
    assert end.code in (0, 1), f"{scene.name}: {end.code} {end.said} {end.shown}"
    wanted = state(stage, scene)
    stage.remove()
    return Prepared(scene, store, base, before, wanted, end.code, end.boundaries, end.seconds)


def bases(folder: Path, cluster: postgresql.Cluster | None) -> dict[tuple[str, bool], Stage]:
    """The stages that scenes begin with, by store and whether they begin with nothing."""
    made = {}
    full, empty = folder / "full", folder / "empty"
    for home in (full, empty):
        (home / "cache").mkdir(parents=True)
    made["SQLite", True], made["SQLite", False] = Stage(empty), Stage(full)
    _filled(made["SQLite", False])
    # in children: whoever forks must not have used DuckDB
    _done(command(full, "", *f"generate --issues 200 --format ledger --out {folder / 'ledgers'}".split()))
    _done(command(full, "", "reason", "--as-of", DAY))  # with the cache it leaves
    _done(command(full, "", "backup", str(folder / BACKUP)))
    if cluster is not None:
        made["PostgreSQL", True] = Stage(empty, cluster, cluster.database())
        made["PostgreSQL", False] = Stage(full, cluster, cluster.database())
        _done(command(full, "", "restore", str(folder / BACKUP), "--to", made["PostgreSQL", False].place))
    return made


def some(folder: Path, say: Say) -> tuple[Stage, list[Line]]:
    """A few kills that need no rules to be read, on SQLite; and the stage they began with."""
    home = folder / "some"
    home.mkdir()
    _filled(Stage(home))
    (folder / "ledgers").mkdir()
    ledger(folder / "ledgers", 300).rename(folder / "ledgers" / "问题.csv")
    lines = []
    for scene in (each for each in SCENES if each.name in ("import, row by row", "a backup")):
        ready, held = prepare(scene, "SQLite", Stage(home)), 0
        for boundary in (ready.boundaries // 2, ready.boundaries - 2):
            try:
                held += ready.at(boundary, None)
            except AssertionError as lost:
                say(f"LOST  {scene.name}, boundary {boundary}: {lost}")
        lines.append(Line(f"killed: {scene.name} (SQLite)", 2, held))
    return Stage(home), lines


def _filled(stage: Stage) -> None:
    """The registry without its thousand townships, the public issues, the samples."""
    registry = [file for file in bundled("data", "registry").glob("*.csv") if file.stem not in _LEFT_OUT]
    samples = [file for file in bundled("data", "samples").iterdir() if file.suffix in (".ttl", ".xlsx")]
    with Record.open(stage.place) as record:
        load(sorted([*registry, *samples, bundled("data", "public", "issues_public.csv")]), record)


def _done(work: Callable[[], int]) -> None:
    end = child(work)
    assert end.code == 0, f"{end.code} {end.said} {end.shown}"


def tried(folder: Path, count: int, seed: int, say: Say) -> Iterator[Line]:
    """Kill ``count`` times in all, half at boundaries, half at any moment; then the server itself."""
    dice = random.Random(seed)
    pipeline.ontology(None, folder / "cache")  # children need not read it again
    with postgresql.running() as cluster:
        made = bases(folder, cluster)
        yield from _killed(made, ("SQLite", "PostgreSQL"), count, dice, say)
        yield from _server_killed(made, cluster, max(2, count // 10), dice, say)


def _killed(
    made: dict[tuple[str, bool], Stage], stores: tuple[str, ...], count: int, dice: random.Random, say: Say
) -> Iterator[Line]:
    pairs = [(scene, store) for scene in SCENES for store in stores if store in scene.stores]
    whole = sum(scene.weight for scene, _ in pairs)
    for scene, store in pairs:
        ready = prepare(scene, store, made[store, scene.empty])
        number = max(1, round(count * scene.weight / whole))
        points = sorted(dice.sample(range(1, ready.boundaries + 1), min(ready.boundaries, (number + 1) // 2)))
        kills = held = early = 0
        while kills < number:
            boundary = points.pop() if points else None
            after = None if boundary else dice.uniform(0, ready.seconds)
            try:
                killed = ready.at(boundary, after)
                held += killed
                kills += killed
                early += not killed
            except AssertionError as lost:
                kills += 1
                say(f"LOST  {scene.name}, {store}, boundary {boundary}, after {after}: {lost}")
            if early > number:  # it ends sooner than it did: the rest at boundaries
                points, early = dice.choices(range(1, ready.boundaries + 1), k=number), 0
        say(f"{scene.name}, {store}: {held} of {kills}; {ready.boundaries} boundaries, {ready.seconds:.1f} s")
        yield Line(f"killed: {scene.name} ({store})", kills, held, f"{ready.boundaries} boundaries")


def _server_killed(
    made: dict[tuple[str, bool], Stage],
    cluster: postgresql.Cluster,
    count: int,
    dice: random.Random,
    say: Say,
) -> Iterator[Line]:
    """The server is killed as by a power cut while a command works on it."""
    names = ("import, row by row", "an entry", "a run with its receipt")
    ready = [
        prepare(scene, "PostgreSQL", made["PostgreSQL", False]) for scene in SCENES if scene.name in names
    ]
    held = 0
    for number in range(count):
        one = ready[number % len(ready)]
        stage = one.base.copy()
        cut = threading.Timer(dice.uniform(0.2, 1.0) * one.seconds, cluster.kill)
        cut.start()
        end = child(one.scene.work(stage))
        cut.join()
        cluster.start()
        try:
            assert end.code in (one.code, 2), f"{end.code} {end.said} {end.shown}"  # done, or one clear line
            check(one.scene, stage, end, one.before, one.wanted, one.code)
            held += 1
        except AssertionError as lost:
            say(f"LOST  {one.scene.name}, server killed: {lost}")
        stage.remove()
    say(f"the server killed: {held} of {count}")
    yield Line("the PostgreSQL server killed (import, entry, run)", count, held)


assert os.name == "posix", "this forks"
