"""The history of an issue: every addition, correction and retraction, with who, when and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasoner.records.history import history
from reasoner.records.record import Claim, Record, Source

FIRST = [
    Claim("issue", "问题一"),
    Claim("place", "问题一", "东河", "text"),
    Claim("relatesTo", "问题一", "甲县", "entity"),
]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    record = Record.open(tmp_path / "record.sqlite")
    with record.transaction("张", "首次录入") as change:
        change.put_row(Source("台账.csv", row=2, key="问题一"), FIRST)
        change.put_row(Source("台账.csv", row=3, key="问题二"), [Claim("issue", "问题二")])
    return record


def test_the_first_step_is_what_was_recorded(record: Record) -> None:
    (step,) = history(record, "问题一")
    assert (step.version, step.who, step.why) == (1, "张", "首次录入")
    assert [s.predicate for s in step.added] == ["issue", "place", "relatesTo"]
    assert step.corrected == step.retracted == ()


def test_a_correction_keeps_what_stood_before(record: Record) -> None:
    with record.transaction("李", "核实") as change:
        changed = [FIRST[0], Claim("place", "问题一", "西河", "text"), FIRST[2]]
        change.put_row(Source("台账.csv", row=2, key="问题一"), changed, "地点有误")
    step, first = history(record, "问题一")
    ((before, after),) = step.corrected
    assert (before.object, after.object) == ("东河", "西河")
    assert (step.who, step.reasons, step.added, step.retracted) == ("李", ("地点有误",), (), ())
    assert "东河" in {s.object for s in first.added}


def test_a_retraction_is_told_with_its_reason(record: Record) -> None:
    with record.transaction("李", "核实") as change:
        change.put_row(Source("台账.csv", row=2, key="问题一"), FIRST[:2], "地区待核")
    step = history(record, "问题一")[0]
    assert [s.object for s in step.retracted] == ["甲县"]
    assert step.reasons == ("地区待核",)


def test_a_row_that_only_moved_is_no_correction(record: Record) -> None:
    with record.transaction("李", "移行") as change:
        change.put_row(Source("台账.csv", row=2, key="问题一"), [], "删除")
        change.put_row(Source("台账.csv", row=8, key="问题一之二"), FIRST)
    step = history(record, "问题一")[0]
    assert step.added == step.corrected == step.retracted == ()


def test_acts_and_findings_about_the_issue_belong_to_its_history(record: Record) -> None:
    with record.transaction("王", "补录认定") as change:
        claims = [
            Claim("finding", "认定一"),
            Claim("about", "认定一", "问题一", "entity"),
            Claim("on", "认定一", 20240601, "date"),
        ]
        change.put_row(Source("台账.csv", row=4, key="认定一"), claims)
    step = history(record, "问题一")[0]
    assert {s.subject for s in step.added} == {"认定一"}
    assert len(step.added) == 3
    assert [each.who for each in history(record, "问题二")] == ["张"]


def test_an_issue_nobody_knows_has_no_history(record: Record) -> None:
    assert history(record, "没有") == []
