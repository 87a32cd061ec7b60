"""Why not and what if, at the command line: what is understood, what is said, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from reasoner import pipeline
from reasoner.asking import whatif
from reasoner.asking.whynot import answer, goals_for, why_not
from reasoner.casebook import cases
from reasoner.engine import proof
from reasoner.pipeline import RECORD_FILE, World
from reasoner.records.record import Record
from reasoner.records.registry import bundled_registry

DAY = "2026-11-22"
SCENE = """
- name: 试
  as_of: 2024-12-01
  given:
    - {a: [MunicipalInspection, RoutineInspection], id: 督察一, inspects: 云阳县}
    - {a: Issue, id: 问题一, raisedIn: 督察一, relatesTo: 云阳县}
    - {a: RectificationPlan, id: 方案一, planFor: 督察一}
    - {a: Issuance, id: 印发一, about: 方案一, by: 云阳县, on: 2024-03-12}
  refuse: [{status: established}]
"""


@pytest.fixture(autouse=True)
def loaded(bundled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the bundled record."""
    monkeypatch.setenv("ZELIAN_HOME", str(bundled_home))


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(argv)
    out, err = capsys.readouterr()
    return code, out, err


def asked(capsys: pytest.CaptureFixture[str], issue: str, statement: str) -> dict[str, Any]:
    code, out, err = run(capsys, "why-not", issue, statement, "--as-of", DAY, "--format", "json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    assert found["format"] == "zelian-why-not/1"
    return found


def world(tmp_path: Path, more: str = "") -> World:
    file = tmp_path / "one.yaml"
    file.write_text(SCENE.replace("  refuse", f"{more}  refuse"), "utf-8")
    return cases.Trial(cases.read(file)[0], pipeline.ontology(), bundled_registry()).world()


# -- why-not ----------------------------------------------------------------------------------------


def test_nobody_is_asked_to_record_whom_the_text_does_not_name(tmp_path: Path) -> None:
    task = "    - {a: RectificationTask, id: 任务一, taskOf: 方案一, dueOn: 2024-06-30}\n"
    about = {"norm": "a36.p1.n1", "matter": "任务一"}
    scene = world(tmp_path, task)
    assert why_not(scene, "overdue", **about, bearer="d500235")
    assert why_not(scene, "overdue", **about, bearer="unstatedBearer") == []


def test_what_is_missing_is_named_with_the_article_that_asks_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = asked(capsys, "CQ-001", "a39.p4.s1 pending")
    assert found["sets"]
    missing = [thing for each in found["sets"] for thing in each["missing"]]
    facts = {fact["predicate"] for thing in missing for fact in thing["facts"]}
    assert {"finding", "damageIn"} <= facts
    for thing in missing:
        assert thing["sentence"]["zh"]
        assert thing["sentence"]["en"]
        assert any("quote" in by.get("citation", {}) for by in thing["asked_by"])
    code, out, _ = run(capsys, "why-not", "CQ-001", "a39.p4.s1 pending", "--as-of", DAY)
    assert code == 0
    assert "第三十九条第四款：“" in out


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a39.p4.s1 pending", "待履行 a39.p4.s1"),
        ("a36.p3.s2 overdue", "a36.p3.s2，逾期"),
        ("a36.p2.s3 不足 云阳县", "insufficient information d500235 a36.p2.s3"),
        ("territorialPrimary 云阳县委", "云阳县委 整改属地主体责任"),
    ],
)
def test_one_thing_can_be_said_in_several_ways(
    one: str, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = asked(capsys, "CQ-001", one), asked(capsys, "CQ-001", other)
    for each in (first, second):
        del each["statement"]["text"]
    assert first == second


def test_a_destination_is_asked_for_by_the_word_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "CQ-001", "移送 市纪委监委机关")
    assert found["statement"]["status"] == "destination"
    assert found["statement"]["destination"] == "disciplineAndSupervision"


def test_what_follows_already_is_pointed_to(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "CQ-001", "a39.p4.s1 insufficient")
    assert found["follows"]
    assert not found["sets"]
    out = run(capsys, "why-not", "CQ-001", "a39.p4.s1 insufficient", "--as-of", DAY)[1]
    assert f"zelian explain {found['follows'][0]['id']}" in out


@pytest.mark.parametrize("norm", ["a39.p3.s1", "a39.p4.s1", "a39.p5.s1"])
def test_where_the_text_sets_no_limit_overdue_never_follows(
    norm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, "CQ-001", f"{norm} 逾期")
    assert not found["sets"]
    assert ("limit", norm) in {(each["predicate"], each["norm"]) for each in found["never"]}
    assert found["never"][0]["citation"]["article"] == 39


def test_what_is_on_record_as_another_is_said_to_be_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "CQ-001", "a36.p3.s2 overdue")  # a central round is no municipal one
    assert not found["sets"]
    assert found["complete"]
    assert found["ends"]


@pytest.mark.parametrize(
    ("issue", "statement", "said"),
    [
        ("CQ-001", "a36.p3.s2 逾斯", "逾期"),
        ("CQ-001", "a99.p1.s1 逾期", "a99.p1.s1"),
        ("CQ-001", "a36.p3.s9 逾期", "a36.p3.s9"),
        ("CQ-001", "逾期 待履行", "一次只说一种状态"),
        ("CQ-001", "a36.p3.s2", "责任归属"),
        ("CQ-001", "逾期 整改属地主体责任", "没有位置"),
        ("CQ-001", "逾期 2024-02-30", "2024-02-30"),
        ("CQ-001", " ", "可以写"),
        ("CQ-9999", "逾期", "CQ-9999"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_could_be_said(
    issue: str, statement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "why-not", issue, statement, "--as-of", DAY)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert " ｜ error: " in err


def test_a_report_in_time_stands_in_the_way_of_overdue(tmp_path: Path) -> None:
    report = (
        "    - {a: ProgressReport, about: 督察一, by: 云阳县, to: [市委, 市政府], on: 2024-08-01}\n"
        "    - {complete: reportRecords, of: 督察一, on: 2024-11-01}\n"
    )
    here = world(tmp_path, report)
    found = answer(here, goals_for(here, "overdue", {"norm": "a36.p3.s2", "issue": "问题一"}))
    assert found.sets
    assert all(each.obstacles for each in found.sets)


def test_a_declaration_is_all_that_is_missing(tmp_path: Path) -> None:
    here = world(tmp_path)
    found = answer(here, goals_for(here, "overdue", {"norm": "a36.p3.s2", "issue": "问题一"}))
    assert found.more_than is None
    classes = [{p for p, row in each.facts if len(row) == 1} for each in found.sets]
    assert {"completenessDeclaration"} in classes
    assert all(not each.obstacles for each in found.sets)


@pytest.mark.parametrize("status", ["overdue", "notYetDue", "performed"])
def test_with_a_set_recorded_the_conclusion_follows(status: str, tmp_path: Path) -> None:
    here = world(tmp_path)
    goals = goals_for(here, status, {"norm": "a36.p3.s2", "issue": "问题一"})
    found = answer(here, goals)
    for each in (each for each in found.sets if not each.obstacles):
        names = {
            value: f"新-{value[1:]}" for fact, _ in each.assumed for value in fact[1] if str(value)[:1] == "?"
        }
        names |= each.days
        added = [((p, tuple(names.get(v, v) for v in row)), {"case": "试"}) for (p, row), _ in each.assumed]
        after = whatif.altered_world(here, added)
        assert any(c.status == status and c.norm == "a36.p3.s2" for c in after.conclusions()), each.facts


# -- what-if ----------------------------------------------------------------------------------------

CRIME = (
    "{finding: suspectedCrime, about: CQ-001, by: 领导小组, on: 2026-01-05, instrument: 认定书, state: 成立}"
)


def changed(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    code, out, err = run(capsys, "what-if", "CQ-001", *argv, "--as-of", DAY, "--format", "json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_each_change_is_put_down_to_what_was_added(capsys: pytest.CaptureFixture[str]) -> None:
    found = changed(capsys, "--add", CRIME)
    assert {c["after"]["norm"].split(".")[0] for c in found["changes"] if c["after"]} == {"a39"}
    pending = [c for c in found["changes"] if c["after"] and c["after"]["status"] == "pending"]
    assert pending[0]["before"]["status"] == "insufficient"
    assert {"findingKind", "state"} <= {fact["predicate"] for fact in pending[0]["because"]}
    assert len(found["after"]) - len(found["before"]) == 2


def test_a_change_that_does_not_matter_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    found = changed(capsys, "--add", CRIME.replace("成立", "已撤销"))
    assert found["added"]
    assert found["changes"] == []
    said = run(capsys, "what-if", "CQ-001", "--add", CRIME.replace("成立", "已撤销"), "--lang", "en")[1]
    assert "No conclusion changes." in said


def test_what_is_removed_takes_its_conclusions_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = changed(capsys, "--remove", "relatesTo(CQ-001,_)")
    gone = [c for c in found["changes"] if c["after"] is None]
    assert {c["before"]["norm"] for c in gone} >= {"a34.p1.s2"}
    assert all([f["predicate"] for f in c["because"]] == ["relatesTo"] for c in gone)
    (said,) = [fact["sentence"]["zh"] for fact in found["removed"]]
    assert changed(capsys, "--remove", said)["changes"] == found["changes"]


def test_nothing_is_saved(bundled_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Record.open(bundled_home / RECORD_FILE) as record:
        before = record.digest
        changed(capsys, "--add", CRIME, "--remove", "relatesTo(CQ-001,_)")
        assert record.digest == before


def test_something_on_record_can_be_added_to(capsys: pytest.CaptureFixture[str]) -> None:
    found = changed(capsys, "--add", "{id: CQ-001, damageIn: 云阳县}")
    assert [fact["predicate"] for fact in found["added"]] == ["damageIn"]


def test_items_can_stand_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "假设.yaml"
    file.write_text(f"- {CRIME}\n", "utf-8")
    assert changed(capsys, "--add", str(file)) == changed(capsys, "--add", CRIME)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "--add"),
        (("--add", "{a: Isue}"), "Isue"),
        (("--add", "{unclosed"), "YAML"),
        (("--add", "just words"), "given"),
        (("--add", "{a: Transfer, about: 不存在}"), "不存在"),
        (("--add", "没有.yaml"), "没有.yaml"),
        (("--remove", "damageIn(CQ-001,_)"), "damageIn(CQ-001,_)"),
        (("--remove", "没有说过的话"), "没有说过的话"),
        (("--remove", "organ(municipalCommittee)"), "organ(municipalCommittee)"),
    ],
)
def test_what_can_be_neither_added_nor_removed_is_refused(
    argv: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "what-if", "CQ-001", *argv)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_removed_obstacle_and_an_added_fact_share_a_change(tmp_path: Path) -> None:
    here = world(tmp_path, "    - {complete: reportRecords, of: 督察一, on: 2024-11-01}\n")
    assert [c.status for c in here.conclusions(norm="a36.p3.s2")] == ["overdue"]
    removed = [a for a in here.facts.atoms if a[0] == "on" and a[1] == ("印发一", 20240312)]
    added = [(("on", ("印发一", 20240701)), {"case": "试"})]
    after = whatif.altered_world(here, added, removed)
    assert [c.status for c in after.conclusions(norm="a36.p3.s2")] == ["notYetDue"]
    (change,) = [c for c in whatif.difference(here, after).changes if c.after and c.after.norm == "a36.p3.s2"]
    assert set(change.because) >= {removed[0], added[0][0]}
    assert not whatif.difference(here, here).changes


# -- proofs -----------------------------------------------------------------------------------------


def first_proof(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    listed = run(capsys, "conclusions", "--issue", "CQ-001", "--norm", "a39.p4.s1", "--format", "jsonl")[1]
    code, out, _ = run(capsys, "explain", json.loads(listed.splitlines()[0])["id"], *options)
    assert code == 0
    return out


def test_premises_that_are_the_same_everywhere_stand_once_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    short, full = first_proof(capsys), first_proof(capsys, "--full")
    assert "各处相同的前提（不取决于记录）" in short
    assert "各处相同的前提" not in full
    assert "（见 #2）" in short


def test_the_shared_form_says_the_same_as_the_tree(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(first_proof(capsys, "--format", "json"))
    shared = json.loads(first_proof(capsys, "--format", "json", "--shared"))
    assert whole["format"] == shared["format"] == "zelian-proof/1"
    nodes = shared["nodes"]
    assert not any(node.get("folded") for node in nodes.values())
    assert len({json.dumps(node, sort_keys=True) for node in nodes.values()}) == len(nodes)

    def sentences(number: int) -> set[str]:
        node = nodes[str(number)]
        inner = [n for way in (node, *node.get("also", ())) for n in way.get("premises", ())]
        return {node["sentence"]["zh"]}.union(*map(sentences, inner))

    def of_tree(node: dict[str, Any]) -> set[str]:
        inner = [n for way in (node, *node.get("also", ())) for n in way.get("premises", ())]
        return {node["sentence"]["zh"]}.union(*map(of_tree, inner))

    assert sentences(shared["root"]) == of_tree(whole["proof"])


def test_standing_premises_rest_on_nothing_recorded(tmp_path: Path) -> None:
    here = world(tmp_path)
    for conclusion in here.conclusions():
        for leaf in proof.leaves(here.explain(conclusion.id).tree):
            if leaf.get("standing") and "sources" in leaf:
                assert not any("case" in source or "file" in source for source in leaf["sources"])


def test_another_unit_of_the_inspection_is_no_answer_for_an_issue(
    sampled_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(sampled_home))
    ask = ["why-not", "SL-105", "a36.p3.s2 overdue", "--as-of", "2026-11-23", "--format", "json"]
    assert main(ask) == 0
    assert not json.loads(capsys.readouterr().out)["follows"]  # it does for a unit of other issues
    listed = ["conclusions", "--issue", "SL-105", "--as-of", "2026-11-23", "--format", "jsonl"]
    assert main(listed) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert not [each for each in found if (each["norm"], each["status"]) == ("a36.p3.s2", "overdue")]
    concluded = next(each for each in found if each["norm"] == "a36.p3.s2")
    assert main([*ask[:2], f"a36.p3.s2 {concluded['status']}", *ask[3:]]) == 0
    follows = json.loads(capsys.readouterr().out)["follows"]
    assert {"SL-105"} <= {issue for each in follows for issue in each["issues"]}
