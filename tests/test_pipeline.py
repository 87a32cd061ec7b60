"""The bundled registry and public ledger, end to end: loaded, reasoned over, every conclusion proved."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from reasoner import pipeline
from reasoner.engine import calendar
from reasoner.engine.proof import leaves
from reasoner.ledger.load import load_bundled
from reasoner.pipeline import World
from reasoner.records.record import Record

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with Record.open(folder / pipeline.RECORD_FILE) as record:
        report = load_bundled(record)
    assert report.exit_code == 0, report.to_table()
    return folder


@pytest.fixture(scope="module")
def world(home: Path) -> World:
    return pipeline.open_world(home, TODAY)


def test_all_real_issues_are_in_the_store_with_their_source(world: World) -> None:
    real = [issue for issue in world.issues() if issue.startswith("CQ-")]
    assert len(real) == 68
    assert world.record is not None
    for issue in real:
        statements = list(world.record.statements(subject=issue))
        assert statements
        assert {s.source.file for s in statements} == {"issues_public.csv"}
        assert all(s.source.row for s in statements)
        assert any(s.source.url for s in statements)


def test_every_real_issue_has_both_sides_of_its_district_or_says_why_not(world: World) -> None:
    for issue in world.issues():
        found = [c for c in world.conclusions(issue, "a34.p1.s2") if c.reason != "successionOfDuty"]
        assert found, issue
        kinds = {c.status for c in found}
        if kinds <= {"allocated", "needsDetermination"}:
            districts = {row[1] for row in world.model.match("relatesToDistrict", (issue, None))}
            sides = {b["id"].rsplit("_", 1)[-1] for c in found for b in c.bearers}
            assert districts
            assert sides == {"party", "gov"}, (issue, sides)
            assert sum(len(c.bearers) for c in found) == 2 * len(districts)
        else:
            assert kinds <= {"noConclusion", "insufficient"}
            assert all(c.reason for c in found)


def test_the_old_district_answers_for_its_time_and_its_successor_is_named(world: World) -> None:
    every = world.conclusions("CQ-079", "a34.p1.s2")  # 江北区, May 2024
    found = [c for c in every if c.reason != "successionOfDuty"]
    organs = {b["id"]: b for c in found for b in c.bearers}
    assert set(organs) == {"d500105_party", "d500105_gov"}
    assert organs["d500105_gov"]["succeeded_by"][0]["id"] == "d500157_gov"
    now = [c for c in every if c not in found]
    assert {b["id"] for c in now for b in c.bearers} == {"d500157_party", "d500157_gov"}
    assert {(c.status, c.kind) for c in now} == {("needsDetermination", "territorialBySuccession")}
    for conclusion in now:
        said = [
            leaf["statement"] for leaf in leaves(world.explain(conclusion.id).tree) if leaf["kind"] == "fact"
        ]
        assert any(s["predicate"] == "succeededBy" for s in said)


def test_a_real_issue_is_explained_down_to_the_article_and_the_row(world: World) -> None:
    conclusion = next(c for c in world.conclusions("CQ-072", "a34.p1.s2") if c.status == "allocated")
    proof = world.explain(conclusion.id).to_dict()
    assert proof["format"] == "zelian-proof/1"
    assert proof["as_of"] == "2026-11-22"
    assert proof["proof"]["by"]["citation"]["quote"] == "相关区县党委和政府履行整改属地主体责任"
    facts = [leaf for leaf in leaves(proof["proof"]) if leaf["kind"] == "fact"]
    rows = [s for leaf in facts for s in leaf["sources"] if s.get("file") == "issues_public.csv"]
    assert rows
    assert {s["row"] for s in rows} == {rows[0]["row"]}
    assert any(s.get("columns") for s in rows)
    assert all(leaf["sources"] for leaf in facts)
    assert all(leaf["sentence"]["zh"] and leaf["sentence"]["en"] for leaf in leaves(proof["proof"]))


def test_every_conclusion_about_the_real_ledger_has_a_proof(world: World) -> None:
    for conclusion in world.conclusions():
        for leaf in leaves(world.explain(conclusion.id).tree):
            if leaf["kind"] in ("fact", "finding", "parameter"):
                assert leaf["sources"], (conclusion.id, leaf)


def test_the_evaluators_agree_on_the_bundled_data(home: Path, world: World) -> None:
    expected = {c.atom for c in world.conclusions()}
    assert len(expected) > 400
    for engine in ("duckdb", "clingo"):
        other = pipeline.open_world(home, TODAY, engine=engine)  # type: ignore[arg-type]
        assert {c.atom for c in other.conclusions()} == expected


def test_nothing_is_concluded_of_an_inspection_before_the_measures(world: World) -> None:
    found = world.conclusions("CQ-049")  # second central round, fed back 2020-05-09
    assert {(c.status, c.reason) for c in found} == {("noConclusion", "beforeEffective")}


def test_the_record_decides_and_a_retraction_is_not_a_deletion(home: Path) -> None:
    before = pipeline.open_world(home, TODAY)
    with Record.open(home / pipeline.RECORD_FILE) as record:
        version = record.version
        link = next(s for s in record.statements(subject="CQ-072", predicate="relatesTo"))
        with record.transaction("试", "误录") as change:
            change.retract(link.id, "误录")
    after = pipeline.open_world(home, TODAY)
    assert {c.status for c in after.conclusions("CQ-072", "a34.p1.s2")} == {"insufficient"}
    past = pipeline.open_world(home, TODAY, version=version)
    assert [c.id for c in past.conclusions("CQ-072")] == [c.id for c in before.conclusions("CQ-072")]
    with Record.open(home / pipeline.RECORD_FILE) as record, record.transaction("试", "恢复") as change:
        change.add(link.predicate, link.subject, link.object, link.kind, link.source)


def test_a_conclusion_of_another_date_is_not_found(world: World) -> None:
    with pytest.raises(KeyError):
        world.explain("c-0000000000")


@pytest.mark.parametrize(
    ("start", "counting", "expected"),
    [
        (20240312, "correspondingDay", 20240912),
        (20240831, "correspondingDay", 20250228),
        (20230831, "correspondingDay", 20240229),
        (20240312, "startDayCounts", 20240911),
        (99991231, "correspondingDay", None),
        (20240230, "correspondingDay", None),
        (20240312, "someOtherRule", None),
    ],
)
def test_months_are_counted_by_the_named_rule(start: int, counting: str, expected: int | None) -> None:
    found = list(calendar.facts([start], pipeline.ontology().book.months, counting))
    assert [row[2] for _, row in found if row[1] == 6] == ([expected] if expected else [])
