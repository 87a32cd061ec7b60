"""Procedures, the agenda and posts at the command line: steps taken, limits to come, posts on a day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from reasoner import ledger
from reasoner.answers.procedure import procedures
from reasoner.pipeline import ontology
from reasoner.records.record import Record, Source

ROUTINE = """
@prefix zl: <https://w3id.org/zelian/ns#> .
@prefix id: <https://w3id.org/zelian/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

id:t-1 a zl:MunicipalInspection , zl:RoutineInspection ; zl:name "示例例行督察" ;
    zl:beganOn "2024-03-10"^^xsd:date ; zl:inspects id:d-x .
id:d-x a zl:District ; zl:name "青石县" .
id:d-x_party a zl:PartyCommittee ; zl:name "青石县委" ; zl:partyCommitteeOf id:d-x .
id:d-x_gov a zl:PeoplesGovernment ; zl:name "青石县政府" ; zl:governmentOf id:d-x .
id:bg-1 a zl:InspectionReport ; zl:name "督察报告" ; zl:reportOf id:t-1 .
id:pz-1 a zl:Approval ; zl:about id:bg-1 ; zl:by id:municipalCommittee , id:municipalGovernment ;
    zl:on "2024-06-05"^^xsd:date .
id:yf-1 a zl:Issuance ; zl:about id:bg-1 ; zl:by id:leadingGroupOffice ; zl:on "2024-06-01"^^xsd:date .
id:fa-1 a zl:RectificationPlan ; zl:name "整改方案" ; zl:planFor id:t-1 .
id:yf-2 a zl:Issuance ; zl:about id:fa-1 ; zl:by id:d-x ; zl:on "2024-07-10"^^xsd:date .
id:zw-1 a zl:Post ; zl:name "青石县副县长（分管生态环境）" ; zl:postIn id:d-x_gov ;
    zl:existsFrom "2024-01-01"^^xsd:date ; zl:existsUntil "2024-12-31"^^xsd:date ; zl:chargedWith id:t-1 .
"""


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one command."""
    code = main(argv)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A record with one invented routine inspection."""
    (tmp_path / "a.ttl").write_text(ROUTINE, encoding="utf-8")
    assert said(capsys, "load", str(tmp_path / "a.ttl"))[0] == 0


def progress(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, dict]:  # type: ignore[type-arg]
    code, out, _ = said(capsys, "procedure", "t-1", "--format", "json", *argv)
    assert code == 0
    return {each["procedure"]: each for each in json.loads(out)}


def states(found: dict) -> dict[str, str]:  # type: ignore[type-arg]
    return {step["step"]: step["state"] for step in found["steps"]}


@pytest.mark.usefixtures("loaded")
def test_steps_on_record_next_missing_and_in_the_wrong_order(capsys: pytest.CaptureFixture[str]) -> None:
    found = progress(capsys, "--as-of", "2024-08-01")
    assert set(found) == {"RoutineProcedure", "RoutineRectification"}
    inspection = found["RoutineProcedure"]
    now = states(inspection)
    assert (now["R10"], now["R15"], now["R16"]) == ("taken", "taken", "taken")
    assert now["R13"] == "missing"  # deliberated before it was submitted: not on record, the next step is
    assert inspection["reached"] == "R16"
    (pair,) = inspection["reversed"]
    assert (pair["should_be_first"], pair["came_first"], pair["order"]) == ("R15", "R16", "statedOrder")
    assert pair["sentence"]["zh"]
    assert states(found["RoutineRectification"])["ZR4"] == "next"
    issued = next(step for step in inspection["steps"] if step["step"] == "R16")
    assert [event["on"] for event in issued["events"]] == ["2024-06-01"]
    assert issued["events"][0]["sources"][0]["file"] == "a.ttl"
    assert any(c["status"] == "deviation" for s in inspection["steps"] for c in s["conclusions"])


@pytest.mark.usefixtures("loaded")
def test_steps_after_the_date_are_not_yet_taken(capsys: pytest.CaptureFixture[str]) -> None:
    now = states(progress(capsys, "--as-of", "2024-05-01")["RoutineProcedure"])
    assert now["R10"] == "taken"
    assert now["R16"] == "waiting"


@pytest.mark.usefixtures("loaded")
def test_an_inspection_nobody_knows_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "procedure", "t-9")
    assert code == 2
    assert "t-9" in err
    assert "t-1" in err


@pytest.mark.usefixtures("loaded")
def test_the_table_names_steps_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert "市委、市政府批准" in said(capsys, "procedure", "t-1", "--as-of", "2024-08-01")[1]
    assert "the report is approved" in said(capsys, "procedure", "t-1", "--lang", "en")[1]


@pytest.mark.usefixtures("loaded")
def test_the_agenda_lists_limits_to_come_and_passed(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("agenda", "--unit", "青石县委", "--format", "jsonl")
    lines = [json.loads(line) for line in said(capsys, *argv, "--as-of", "2024-12-01")[1].splitlines()]
    due = {(e["norm"], e["due"], e["days"]) for e in lines if e["due"]}
    assert ("a36.p3.s2", "2025-01-10", 40) in due
    assert {e["unit"] for e in lines} == {"d-x_party"}
    passed = [json.loads(line) for line in said(capsys, *argv, "--as-of", "2025-02-01")[1].splitlines()]
    (late,) = [e for e in passed if e["norm"] == "a36.p3.s2"]
    assert (late["status"], late["days"]) == ("insufficient", -22)
    kept = said(capsys, *argv, "--as-of", "2024-12-01", "--until", "2024-12-31")[1]
    assert "a36.p3.s2" not in kept


@pytest.mark.usefixtures("loaded")
def test_a_unit_nobody_is_called_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "agenda", "--unit", "青石乡")
    assert (code, "青石乡" in err) == (2, True)


@pytest.mark.usefixtures("loaded")
def test_posts_are_those_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    def held(day: str) -> list[str]:
        out = said(capsys, "posts", "青石县政府", "--on", day, "--format", "jsonl")[1]
        return [json.loads(line)["name"]["zh"] for line in out.splitlines()]

    assert held("2024-06-30") == ["青石县副县长（分管生态环境）"]
    assert held("2024-12-31") == ["青石县副县长（分管生态环境）"]  # the last day is included
    assert held("2025-01-01") == []
    assert held("2023-12-31") == []


def test_the_bundled_record_follows_procedures_only_where_the_measures_apply(
    bundled_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(bundled_home))
    assert "没有规定" in said(capsys, "procedure", "i-c1")[1]  # 2016, before the Measures
    assert "中央督察整改程序" in said(capsys, "procedure", "i-c3")[1]
    early = said(capsys, "procedure", "i-m2-4", "--as-of", "2025-03-02")[1]  # it began in December 2025
    assert "或者它在基准日之后才开始" in early


def test_every_procedure_is_without_a_circle_and_every_step_cites_the_text() -> None:
    book = ontology().book
    found = procedures(book)
    assert len(found) == 6
    for procedure in found.values():
        for step in procedure.steps:
            assert step.record.basis, step.id
            assert all(norm in book.norms for norm in step.norms), step.id
            assert all(step.label[x] and step.actor[x] for x in ("zh", "en")), step.id


def test_a_record_of_nothing_has_no_agenda(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Record.open(tmp_path / "home" / "record.sqlite") as record:
        ledger.load_bundled(record)
        with record.transaction("test", "an issue alone") as change:
            change.add("issue", "x-1", None, "class", Source(file="test"))
    code, out, _ = said(
        capsys, "agenda", "--unit", "云阳县政府", "--since", "2030-01-01", "--format", "jsonl"
    )
    assert (code, [line for line in out.splitlines() if '"due": "' in line]) == (0, [])
