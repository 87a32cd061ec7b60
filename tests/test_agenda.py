"""The agenda: what is dated or open, drawn once, told apart by kind and narrowed by unit, place and day."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import pytest

from app.cli import main
from reasoner.answers import agenda
from reasoner.pipeline import World, open_world


@pytest.fixture(scope="module")
def world(sampled_home: Path) -> World:
    """The bundled data and the samples as of 2026-11-23."""
    return open_world(sampled_home, datetime.date(2026, 11, 23))


@pytest.fixture(scope="module")
def drawn(world: World) -> agenda.Agenda:
    """The agenda of all units."""
    assert world.record is not None
    record = world.record
    return agenda.draw(
        world.conclusions(), world.rules.vocabulary, agenda.places(record), agenda.organs(record)
    )


def test_a_limit_passed_without_a_record_is_never_called_overdue(drawn: agenda.Agenda) -> None:
    overdue, lapsed = drawn.select(kinds=["overdue"]), drawn.select(kinds=["lapsed"])
    assert overdue
    assert {entry.status for entry in overdue} == {"overdue"}
    assert lapsed
    assert "overdue" not in {entry.status for entry in lapsed}
    assert {entry.of.reason for entry in lapsed} >= {"lapsedNoRecord"}
    assert all((entry.days or 0) < 0 for entry in (*overdue, *lapsed))


def test_a_limit_of_today_is_still_to_come(drawn: agenda.Agenda) -> None:
    assert all((entry.days or 0) >= 0 for entry in drawn.select(kinds=["coming"]))
    assert all(entry.due and entry.due >= entry.of.as_of for entry in drawn.select(kinds=["coming"]))


def test_every_open_conclusion_with_a_day_stands_there_for_each_of_its_units(
    world: World, drawn: agenda.Agenda
) -> None:
    wanted = {
        (c.id, bearer["id"])
        for c in world.conclusions()
        if world.rules.vocabulary.predicates[c.status].is_open and (c.due or c.possible_due or c.since)
        for bearer in c.bearers
    }
    assert {(e.conclusion, e.unit) for e in drawn.entries if e.due or e.since} == wanted
    assert wanted


def test_a_task_without_a_number_has_no_day_and_is_not_running_out(drawn: agenda.Agenda) -> None:
    tasks = drawn.select(kinds=["unnumbered"], norm="a36.p1.n1")
    assert {entry.of.subject for entry in tasks} == {"m24-t6", "m24-t8"}
    assert {entry.days for entry in tasks} == {None}


def test_a_limit_that_cannot_be_told_names_what_is_missing(drawn: agenda.Agenda) -> None:
    undated = drawn.select(kinds=["undated"])
    assert undated
    assert all(entry.of.missing for entry in undated)


def test_the_agenda_is_narrowed_by_unit_district_inspection_and_day(drawn: agenda.Agenda) -> None:
    assert {e.unit for e in drawn.select(unit="dQingshi_gov")} == {"dQingshi_gov"}
    district = drawn.select(district="dQingshi")
    assert {"dQingshi_gov", "dQingshi_party"} <= {e.unit for e in district}
    assert not {"dBaiyang_gov", "eWater"} & {e.unit for e in district if not e.of.issues}
    assert {e.inspection for e in drawn.select(inspection="i-s-special-2025")} == {"i-s-special-2025"}
    december = drawn.select(start=datetime.date(2026, 12, 1), end=datetime.date(2026, 12, 31))
    days = [e.due for e in december if e.due]
    assert days
    assert all(day.startswith("2026-12") for day in days)
    assert drawn.select(unit="nobody") == []


def test_a_territory_stands_for_its_organs_together(drawn: agenda.Agenda) -> None:
    committee, government = drawn.bearers("dBaiyang")[1:]
    assert (committee, government) == ("dBaiyang_party", "dBaiyang_gov")
    together = drawn.select(unit="dBaiyang")
    assert together == [e for e in drawn.entries if e.unit in (committee, government)]
    apart = {unit: {e.conclusion for e in drawn.select(unit=unit)} for unit in (committee, government)}
    assert apart[government] - apart[committee], "else the two would not be told apart"
    (load,) = [each for each in drawn.loads(together, territories=True) if each.unit == "dBaiyang"]
    assert sum(load.numbers.values()) == len(apart[committee] | apart[government]), "a joint duty counts once"
    loads = {each.unit: each for each in drawn.loads(together)}
    assert loads.keys() == {committee, government}
    assert loads[government].numbers["lapsed"] == 1
    assert load.next == loads[government].next == "2027-01-15"


def test_a_limit_on_one_of_several_days_is_found_by_each_of_them(drawn: agenda.Agenda) -> None:
    several = next(e for e in drawn.select(kinds=["coming"]) if len(e.possible) > 1)
    for said in several.possible:
        day = datetime.date.fromisoformat(said)
        assert several in drawn.select(start=day, end=day), said
    day = datetime.date.fromisoformat(several.possible[0]) + datetime.timedelta(days=1)
    assert several not in drawn.select(start=day, end=day)


def test_the_command_takes_a_district_and_refuses_dates_in_the_wrong_order(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.record is not None
    assert world.record.path is not None
    monkeypatch.setenv("ZELIAN_HOME", str(world.record.path.parent))
    told = ("agenda", "--as-of", "2026-11-23", "--format", "csv", "--until", "2025-12-31", "--unit")
    capsys.readouterr()
    assert main((*told, "白杨区（示例）")) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["单位"] for row in rows if row["期限"] == "2025-12-31"} == {
        "白杨区委（示例）",
        "白杨区政府（示例）",
    }
    assert main((*told, "白杨区（示例）", "--since", "2026-01-01")) == 2
    assert "2026-01-01 晚于 --until 2025-12-31" in capsys.readouterr().err


def test_each_kind_is_in_the_order_of_its_dates(drawn: agenda.Agenda) -> None:
    for kind in agenda.KINDS:
        days = [e.due or e.since or "9999" for e in drawn.select(kinds=[kind])]
        assert days == sorted(days)
