"""The fictional sample data: marked as such, complete, and of no effect on what is said of real bodies."""

import datetime
import re
from functools import cached_property
from pathlib import Path

import pytest

from reasoner import bundled, pipeline
from reasoner.engine.conclusions import Conclusion
from reasoner.ledger.load import load_bundled
from reasoner.ledger.report import Report
from reasoner.records.record import Record

AS_OF = datetime.date(2026, 11, 22)
MARK = "示例数据（虚构）"
# Statuses that only norms of articles not yet encoded can yield.
LATER = {"established", "notEstablished", "tolerancePossible", "tolerated"}
TRANSFERS = {"a39.p2.s2", "a39.p3.s1", "a39.p4.s1", "a39.p4.s2", "a39.p4.s6", "a39.p5.s1"}
POINTS = {"j4", "j5", "j7", "j8", "j9", "j11", "j15", "j18", "j21", "j23"}
# What would put a body in default, or say that its records show less than the text asks for.
DEFAULTS = {"overdue", "deviation", "notObserved", "performedLate", "performedInPart", "pending"}
INSPECTIONS = {
    "2024例行": "i-s-routine-2024",
    "2025专项": "i-s-special-2025",
    "2025日常": "i-s-daily-2025",
    "2026例行": "i-s-routine-2026",
    "中央督察": "i-s-central",
}
SHOWN = re.compile(r"`(a[\w.]+)` (\w+) [^<|(]*(?:\((j\d+)\))?")


class Loaded:
    """A record of the bundled data, with or without the samples, and its world."""

    def __init__(self, home: Path, samples: bool) -> None:
        home.mkdir()
        self.record = Record.open(home / pipeline.RECORD_FILE)
        self.report: Report = load_bundled(self.record, samples=samples)
        self.world = pipeline.open_world(home, AS_OF)

    @cached_property
    def conclusions(self) -> dict[str, Conclusion]:
        return {c.id: c for c in self.world.conclusions()}

    @cached_property
    def invented(self) -> set[str]:
        files = {path.name for path in bundled.path("data", "samples").iterdir()}
        return {s.subject for s in self.record.statements() if s.source.file in files}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("real") / "home", samples=False)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("both") / "home", samples=True)


@pytest.fixture(scope="module")
def sample_conclusions(both: Loaded) -> list[Conclusion]:
    return [c for c in both.conclusions.values() if c.subject in both.invented]


def test_every_row_is_used(both: Loaded) -> None:
    assert both.report.exit_code == 0
    assert not both.report.aside
    assert not both.record.set_aside()


def test_everything_invented_is_marked(both: Loaded) -> None:
    notes: dict[str, set[str]] = {}
    for statement in both.record.statements(predicate="note"):
        notes.setdefault(statement.subject, set()).add(str(statement.object))
    assert not {id for id in both.invented if MARK not in notes.get(id, ())}


def test_issues_and_inspections_say_that_they_are_samples(both: Loaded) -> None:
    issues = {s.subject for s in both.record.statements(predicate="issue")} & both.invented
    assert len(issues) >= 30
    for predicate, subjects in (("summary", issues), ("name", set(INSPECTIONS.values()))):
        said = {s.subject: str(s.object) for s in both.record.statements(predicate=predicate)}
        assert all(said[subject].startswith("【示例】") for subject in subjects)
    named = {s.subject: str(s.object) for s in both.record.statements(predicate="name")}
    unmarked = {id: n for id, n in named.items() if id in both.invented and "示例" not in n}
    assert not unmarked


def test_samples_redefine_nothing_real(real: Loaded, both: Loaded) -> None:
    known = {s.subject for s in real.record.statements()} | set(both.world.rules.vocabulary.individuals)
    assert not both.invented & known


def test_conclusions_on_the_public_ledger_stay_the_same(real: Loaded, both: Loaded) -> None:
    others = {
        id: c
        for id, c in both.conclusions.items()
        if not both.invented & ({c.subject, c.inspection, *c.issues} | {b["id"] for b in c.bearers})
    }
    assert {id: c.to_dict() for id, c in others.items()} == {
        id: c.to_dict() for id, c in real.conclusions.items()
    }


def test_no_real_district_is_concerned(real: Loaded, sample_conclusions: list[Conclusion]) -> None:
    territories = {s.subject for s in real.record.statements() if s.predicate in ("district", "township")}
    territories |= {s.subject for s in real.record.statements() if re.match(r"(d5|t5|z)", s.subject)}
    assert not [c.sentence["zh"] for c in sample_conclusions if territories & {b["id"] for b in c.bearers}]


def test_no_real_body_is_in_default(both: Loaded, sample_conclusions: list[Conclusion]) -> None:
    nobody = {"unstatedBearer"}
    blamed = [
        c.sentence["zh"]
        for c in sample_conclusions
        if c.status in DEFAULTS and {b["id"] for b in c.bearers} - both.invented - nobody
    ]
    assert not blamed


def test_every_status_appears(both: Loaded, sample_conclusions: list[Conclusion]) -> None:
    statuses = {p.name for p in both.world.rules.vocabulary.predicates.values() if p.is_status and p.roles}
    assert {c.status for c in sample_conclusions} >= statuses - LATER


def test_every_transfer_appears_done_and_not_done(sample_conclusions: list[Conclusion]) -> None:
    for norm in TRANSFERS:
        found = {c.status for c in sample_conclusions if c.norm == norm}
        assert found >= {"performed", "destination", "needsDetermination"}, norm
        assert found & {"pending", "insufficient"}, norm
    reasons = {n["reason"] for c in sample_conclusions for n in c.not_counted}
    assert reasons >= {"receiverNotListed", "receiverNotDesignated", "wrongDesignator"}


def test_every_point_with_two_readings_appears(sample_conclusions: list[Conclusion]) -> None:
    assert {o["point"] for c in sample_conclusions for o in c.other_readings} >= POINTS


def _rows() -> list[tuple[str, str, str, str | None]]:
    """The tables of the samples' README: what is spoken of, norm, status and point."""
    found = []
    for line in bundled.path("data", "samples", "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4:
            found += [(cells[0], n, s, p or None) for n, s, p in SHOWN.findall(cells[3])]
    return found


def test_the_readme_lists_every_issue(both: Loaded) -> None:
    issues = {s.subject for s in both.record.statements(predicate="issue")} & both.invented
    assert {subject for subject, *_ in _rows()} >= issues


@pytest.mark.parametrize(("subject", "norm", "status", "point"), _rows())
def test_what_the_readme_promises(
    both: Loaded,
    sample_conclusions: list[Conclusion],
    subject: str,
    norm: str,
    status: str,
    point: str | None,
) -> None:
    if " " in subject:
        inspection, body = subject.split(" ")
        about = [c for c in sample_conclusions if c.inspection == INSPECTIONS[inspection]]
        named = [c for c in about if any(body in b["name"]["zh"] for b in c.bearers)]
        about = named or about
    else:
        about = [c for c in sample_conclusions if subject in c.issues]
    fitting = [c for c in about if (c.norm, c.status) == (norm, status)]
    assert fitting
    assert point is None or any(o["point"] == point for c in fitting for o in c.other_readings)
