"""Assumptions: short texts that fit into an address, read into statements and never recorded."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from reasoner import pipeline
from reasoner.asking import assumptions, whatif
from reasoner.asking.assumptions import AssumptionError
from reasoner.asking.whynot import answer, goals_for
from reasoner.pipeline import RECORD_FILE, World
from reasoner.records.record import Claim, Record, Source

DAY = datetime.date(2024, 12, 1)
STATED = {
    "督察一": [
        Claim("municipalInspection", "督察一"),
        Claim("routineInspection", "督察一"),
        Claim("inspects", "督察一", "县", "entity"),
    ],
    "县": [Claim("countyLevelDivision", "县"), Claim("name", "县", "某县", "text")],
    "县委": [Claim("partyCommittee", "县委"), Claim("partyCommitteeOf", "县委", "县", "entity")],
    "县政府": [Claim("peoplesGovernment", "县政府"), Claim("governmentOf", "县政府", "县", "entity")],
    "问题一": [
        Claim("issue", "问题一"),
        Claim("raisedIn", "问题一", "督察一", "entity"),
        Claim("relatesTo", "问题一", "县", "entity"),
    ],
    "认定一": [
        Claim("finding", "认定一"),
        Claim("findingKind", "认定一", "litigationNeeded", "entity"),
        Claim("about", "认定一", "问题一", "entity"),
        Claim("state", "认定一", "notUpheld", "entity"),
        Claim("by", "认定一", "leadingGroup", "entity"),
        Claim("on", "认定一", 20240601, "date"),
        Claim("instrument", "认定一", "文一", "entity"),
    ],
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    with Record.open(tmp_path / RECORD_FILE) as record, record.transaction("测", "测试") as change:
        for row, (key, claims) in enumerate(STATED.items(), 2):
            change.put_row(Source("一.csv", row=row, key=key), claims)
    return pipeline.open_world(tmp_path, DAY)


def supposed(world: World, *texts: str) -> World:
    read = [assumptions.read(world, text, number) for number, text in enumerate(texts)]
    names = {key: name for each in read for key, name in each.names.items()}
    added = [(atom, assumptions.ORIGIN) for each in read for atom in each.atoms]
    return whatif.altered_world(world, added, **names)


def test_what_a_why_not_finds_is_written_and_read_back_so_that_it_follows(world: World) -> None:
    goals = goals_for(world, "destination", {"issue": "问题一", "norm": "a39.p5.s1"})
    (missing, *_) = answer(world, goals).sets
    text = assumptions.written(missing)
    assert "findingKind:suspectedCrime" in text
    assert any(c.norm == "a39.p5.s1" for c in supposed(world, text).conclusions(status="destination"))
    assert not world.conclusions(status="destination")


def test_a_finding_that_is_waited_for_can_be_supposed_either_way(world: World) -> None:
    (waiting,) = [c for c in world.conclusions(norm="a34.p1.n1") if c.missing]
    texts = assumptions.wanted(world, waiting)
    assert sorted(texts) == ["notUpheld", "upheld"]
    for state, status in (("upheld", "performed"), ("notUpheld", "notObserved")):
        (then,) = supposed(world, texts[state]).conclusions(norm="a34.p1.n1")
        assert then.status == status


def test_two_texts_speak_of_two_things(world: World) -> None:
    text = assumptions.finding("suspectedCrime", "问题一", "upheld", DAY)
    first, second = (assumptions.read(world, text, number) for number in (0, 1))
    assert {row[0] for _, row in first.atoms}.isdisjoint(row[0] for _, row in second.atoms)


def test_a_thing_on_record_gets_what_is_missing_of_it(world: World) -> None:
    read = assumptions.read(world, "=问题一;damageIn:县")
    assert read.atoms == (("damageIn", ("问题一", "县")),)
    assert read.names == {}


def test_names_with_reserved_characters_survive(tmp_path: Path, world: World) -> None:
    odd = "甲;乙|丙:丁=$?%,~"
    with Record.open(tmp_path / RECORD_FILE) as record, record.transaction("测", "测试") as change:
        change.put_row(Source("一.csv", row=9, key=odd), [Claim("issue", odd)])
    again = pipeline.open_world(tmp_path, DAY)
    text = assumptions.finding("suspectedCrime", odd, "upheld", DAY)
    assert ("about", ("assumed-1-1", odd)) in assumptions.read(again, text).atoms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "overdue:问题一",
        "finding;about:没有的东西",
        "=没有的东西;damageIn:县",
        "finding;on:昨天",
        "finding;on:?x",
        "nonsense",
        "<img src=x>",
    ],
)
def test_what_nobody_could_record_is_refused(world: World, text: str) -> None:
    with pytest.raises(AssumptionError, match=" / "):
        assumptions.read(world, text)


def test_what_is_on_record_about_an_issue_can_be_left_out(world: World) -> None:
    entries = assumptions.entries(world, "问题一")
    assert [each.thing for each in entries] == ["问题一", "问题一", "认定一"]
    finding = entries[-1]
    assert len(finding.atoms) == len(STATED["认定一"])
    assert assumptions.label(world, "认定一") == ("finding",)
    (before,) = world.conclusions(norm="a39.p4.s6")
    (after,) = whatif.altered_world(world, [], finding.atoms).conclusions(norm="a39.p4.s6")
    assert (before.status, after.status, after.missing) == ("notArisen", "insufficient", "litigationNeeded")


def test_nothing_supposed_reaches_the_record(world: World) -> None:
    assert world.record is not None
    version = world.record.version
    supposed(world, assumptions.finding("suspectedCrime", "问题一", "upheld", DAY))
    assert world.record.version == version
