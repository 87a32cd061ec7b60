"""Explorer, command line and importers write into one record at once; in the end all of it is there, once.

Several processes import the same ledgers, row by row, by columns and as uploads, while others record by hand
and reason with receipts. What the explorer does is done by the functions behind its pages.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from reasoner.ledger.load import load
from reasoner.ledger.tables import Document
from reasoner.records.record import Record
from reasoner.records.schema import SOURCES, STATEMENTS
from tests import postgresql
from tests.torture.faults.children import child
from tests.torture.faults.kills import SCENES, Say, bases
from tests.torture.faults.scenes import Stage, state, zelian
from tests.torture.report import Line

ENTRIES = 12


def tried(folder: Path, say: Say) -> Iterator[Line]:
    """On SQLite, then on PostgreSQL."""
    yield _at_once(bases(folder / "writers", None)["SQLite", False], "SQLite", say)
    with postgresql.running() as cluster:
        whole = bases(folder / "writers-server", cluster)["PostgreSQL", False]
        yield _at_once(whole, "PostgreSQL", say)


def _at_once(whole: Stage, store: str, say: Say) -> Line:
    alone = whole.copy()  # what the imports come to when nobody else writes
    ledgers = sorted((whole.home.parent / "ledgers").iterdir())
    assert child(_columns(alone, ledgers)).code in (0, 1)
    work = {
        "import by columns": _columns(whole, ledgers),
        "the same import by columns": _columns(whole, ledgers),
        "import row by row": zelian("load", *map(str, ledgers))(whole),
        "upload": _uploads(whole, ledgers),
        "entries": _entries(whole, "甲室", 0),
        "entries of another": _entries(whole, "乙室", ENTRIES),
        "runs": lambda: max(zelian("reason", "--as-of", f"2026-11-{day}")(whole)() for day in (10, 11, 12)),
    }
    with ThreadPoolExecutor(len(work)) as pool:
        ends = dict(zip(work, pool.map(child, work.values()), strict=True))
    held = 0
    for name, end in ends.items():
        good = end.code in (0, 1) and "Traceback" not in end.said + end.shown
        held += good
        if not good:
            say(f"LOST  {name}, {store}: {end.code} {end.said} {end.shown[-400:]}")
    checks = {"all is there": _all_there, "nothing is there twice": _nothing_twice}
    for name, check in checks.items():
        try:
            check(whole, alone)
            held += 1
        except AssertionError as lost:
            say(f"LOST  {name}, {store}: {lost}")
    say(f"{len(work)} writers at once, {store}: {held} of {len(work) + len(checks)}")
    return Line(f"{len(work)} writers at once ({store})", len(work) + len(checks), held)


def _columns(stage: Stage, ledgers: list[Path]) -> Callable[[], int]:
    def work() -> int:
        with Record.open(stage.place) as record:
            return load(ledgers, record, rows_from=50).exit_code

    return work


def _uploads(stage: Stage, ledgers: list[Path]) -> Callable[[], int]:
    """One ledger after the other, as the page for uploads imports them."""

    def work() -> int:
        codes = []
        for each in ledgers:
            with Record.open(stage.place) as record:
                codes.append(load([Document(each.name, each.read_bytes())], record, who="上传").exit_code)
        return max(codes)

    return work


def _entries(stage: Stage, who: str, first: int) -> Callable[[], int]:
    """Entries by hand, each looked at again when the record has changed meanwhile."""

    def work() -> int:
        os.environ["ZELIAN_HOME"] = str(stage.home)
        from reasoner import pipeline
        from reasoner.entries import recording
        from reasoner.entries.entry import Entries
        from reasoner.entries.forms import find

        dice = random.Random(first)
        rules = pipeline.ontology()
        with Record.open(stage.place) as record:
            for number in range(first, first + ENTRIES):
                values = {
                    "findingKind": "suspectedCrime", "about": "CQ-001", "by": "领导小组",
                    "on": f"2026-01-{number + 1:02d}", "state": "upheld", "instrument": f"认定书{number}",
                }  # fmt: skip
                while True:
                    form = find("finding", rules)
                    assert form is not None
                    draft = Entries(record, rules).read(form[0], values)
                    assert draft.usable, draft.faults
                    try:
                        recording.save(record, draft, who, "录入")
                        break
                    except recording.Outdated:
                        dice.random()
        return 0

    return work


def _all_there(whole: Stage, alone: Stage) -> None:
    receipts = state(whole, SCENES[3]).receipts
    assert len(receipts) >= 4, receipts
    with Record.open(whole.place) as record, Record.open(alone.place) as other:
        numbers = [each["id"] for each in record.transactions()]
        assert numbers == list(range(1, len(numbers) + 1)), numbers
        by = Counter(each["who"] for each in record.transactions())
        assert (by["甲室"], by["乙室"]) == (ENTRIES, ENTRIES), by
        found = {s.subject for s in record.statements(predicate="finding") if s.source.by in ("甲室", "乙室")}
        assert len(found) == 2 * ENTRIES, f"{len(found)} findings of {2 * ENTRIES}"
        gone = _said(other) - _said(record)
        assert not gone, (
            f"{len(gone)} statements of the imports are lost, such as {sorted(gone, key=str)[:3]}"
        )


def _nothing_twice(whole: Stage, _: Stage) -> None:
    s, o = STATEMENTS.c, SOURCES.c
    columns = (s.predicate, s.subject, s.object, s.kind, o.file, o.sheet, o.key, o.by, o.at)
    query = sa.select(*columns, sa.func.count()).join(SOURCES, s.source == o.id)
    query = query.where(s.retracted.is_(None), o.file != "").group_by(*columns).having(sa.func.count() > 1)
    with Record.open(whole.place) as record:
        twice = record.ask(query)
    assert not twice, f"{len(twice)} statements are there twice, such as {twice[:3]}"


def _said(record: Record) -> set[tuple[object, ...]]:
    return {(s.predicate, s.subject, s.object, s.source.file) for s in record.statements()}
