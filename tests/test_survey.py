"""A case taken out of a record says of its matter what the whole record says, and proves it alike."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reasoner import ledger
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.survey import Survey, open_survey
from reasoner.pipeline import RECORD_FILE, open_world
from reasoner.records import fictional
from reasoner.records.record import Claim, Record, Source

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def survey(sampled_home: Path) -> Survey:
    return open_survey(sampled_home, DAY)


def steps(node: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every step of a proof, of all the ways in which it follows: (kind, sentence)."""
    below = (*node.get("premises", ()), *node.get("also", ()))
    own = {(node["kind"], node["sentence"]["zh"])} if "sentence" in node else set()
    return own.union(*map(steps, below))


def test_the_survey_is_what_the_whole_record_yields(survey: Survey, sampled_home: Path) -> None:
    whole = open_world(sampled_home, DAY)
    assert [each.to_dict() for each in survey.conclusions] == [each.to_dict() for each in whole.conclusions()]


def test_every_issue_and_inspection_has_a_case_without_the_whole_record(survey: Survey) -> None:
    inspections = {each.inspection for each in survey.conclusions if each.inspection}
    for matter in (*survey.issues(), *inspections):
        assert survey.case(matter).model is not survey.__dict__.get("whole")
    assert "whole" not in survey.__dict__


def test_a_proof_in_a_case_takes_no_step_that_the_whole_record_does_not_take(
    survey: Survey, sampled_home: Path
) -> None:
    whole = open_world(sampled_home, DAY)
    # two of every status of every norm: those of the others are proved by the same rules
    kinds: dict[tuple[str, str], list[Conclusion]] = defaultdict(list)
    for each in survey.conclusions:
        kinds[each.norm, each.status].append(each)
    for each in (each for alike in kinds.values() for each in (alike[0], alike[-1])):
        more = steps(survey.explain(each.id).tree) - steps(whole.explain(each.id).tree)
        assert not more, each


def test_both_engines_make_the_same_survey(sampled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def atoms() -> set[object]:
        cached = sampled_home / "cache"
        for file in cached.glob("survey-*"):
            file.unlink()
        return {each.atom for each in open_survey(sampled_home, DAY).conclusions}

    in_process = atoms()
    monkeypatch.setattr("reasoner.engine.survey._LARGE", 0)
    assert atoms() == in_process


def test_a_survey_is_read_again_and_made_anew_when_the_record_changes(tmp_path: Path) -> None:
    with Record.open(tmp_path / RECORD_FILE) as record:
        ledger.load_bundled(record)
    first = open_survey(tmp_path, DAY)
    kept = list((tmp_path / "cache").glob("survey-*"))
    again = open_survey(tmp_path, DAY)
    assert "facts" not in again.__dict__  # nothing was gathered, so nothing was evaluated
    assert [c.id for c in again.conclusions] == [c.id for c in first.conclusions]
    with (
        Record.open(tmp_path / RECORD_FILE) as record,
        record.transaction("test", "one more issue") as change,
    ):
        claims = [Claim("issue", "X-1"), Claim("raisedIn", "X-1", "i-c3", "entity")]
        change.put_row(Source("more.csv", row=2, key="X-1"), claims)
    later = open_survey(tmp_path, DAY)
    assert "X-1" in later.issues()
    assert "X-1" not in again.issues()
    assert len(list((tmp_path / "cache").glob("survey-*"))) == len(kept) + 1


def test_of_a_large_record_only_what_depends_on_a_new_entry_is_evaluated(
    tmp_path: Path, sampled_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sampled_home / RECORD_FILE, tmp_path)
    monkeypatch.setattr("reasoner.engine.survey._LARGE", 0)
    first = open_survey(tmp_path, DAY)
    with (
        Record.open(tmp_path / RECORD_FILE) as record,
        record.transaction("test", "an issue, ended twice, and one less") as change,
    ):
        claims = [Claim("issue", "X-1"), Claim("raisedIn", "X-1", "i-c3", "entity")]
        more = [Claim("endedOn", "i-c3", 20240101, "date"), Claim("endedOn", "i-c3", "unknown", "text")]
        change.put_row(Source("more.csv", row=2, key="X-1"), [*claims, *more])
        change.retract(next(record.statements(subject="CQ-001")).id, "test")
    monkeypatch.setattr("reasoner.engine.following.Database.run", None)  # everything would be evaluated
    later = open_survey(tmp_path, DAY)
    assert [each.id for each in later.conclusions] != [each.id for each in first.conclusions]
    whole = open_world(tmp_path, DAY)
    assert {name: set(later.model.rows(name)) for name in later.said} == {
        name: set(whole.model.rows(name)) for name in later.said
    }
    assert [each.id for each in later.conclusions] == [each.id for each in whole.conclusions()]


def test_an_issue_that_another_one_touches_through_a_shared_act_is_judged_with_it(survey: Survey) -> None:
    """One plan of one unit names two issues; each case must know all of the plan."""
    planned = [c for c in survey.conclusions if c.norm.startswith("a35.p3") and len(c.issues) > 1]
    assert planned
    for each in planned:
        for issue in each.issues:
            assert survey.case(issue).model.holds(each.atom)


def test_what_is_not_on_record_has_a_case_that_says_nothing_of_it(survey: Survey) -> None:
    found = survey.case("no-such-issue").conclusions()
    assert all("no-such-issue" not in (*each.issues, each.subject) for each in found)


def test_without_the_samples_it_is_as_if_they_had_never_been_loaded(
    sampled_home: Path, bundled_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(sampled_home, tmp_path, dirs_exist_ok=True)
    with (
        Record.open(tmp_path / RECORD_FILE) as record,
        record.transaction("test", "about a sample") as change,
    ):
        source = Source(by="测试员", at="2026-11-01")
        for claim in (
            Claim("finding", "f-test"),
            Claim("findingKind", "f-test", "importantProblem", "entity"),
            Claim("about", "f-test", "SL-109", "entity"),
        ):
            change.add(claim.predicate, claim.subject, claim.object, claim.kind, source)
    whole, plain = open_survey(tmp_path, DAY), open_survey(bundled_home, DAY)
    rest = open_survey(tmp_path, DAY, samples=False)
    assert rest.issues() == plain.issues() != whole.issues()
    assert {each.atom for each in rest.conclusions} == {each.atom for each in plain.conclusions}
    assert rest.digest == plain.digest, "what names a sample issue is left out with it"
    assert not [s for s in rest.record.statements() if "示例" in str(s.object)]
    assert [rest.record.knows(each) for each in ("CQ-001", "SL-109", "f-test")] == [True, False, False]
    assert fictional.without(plain.record, plain.rules.vocabulary) is plain.record
