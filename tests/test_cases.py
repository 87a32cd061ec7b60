"""The cases of the law, and what the case runner says of files that are not as they should be."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.engine.proof import leaves
from reasoner.records.registry import bundled_registry

ALL = [
    pytest.param(case, id=f"{file.parent.name}:{case.name}")
    for file in cases.files([bundled.path("ontology", "regulation")])
    for case in cases.read(file)
]

GIVEN = """
  given:
    - {a: [MunicipalInspection, RoutineInspection], id: 督察一, inspects: 云阳县}
    - {a: Issue, id: 问题一, raisedIn: 督察一, relatesTo: 云阳县}
"""


@pytest.mark.parametrize("case", ALL)
def test_case(case: cases.Case) -> None:
    """What must follow follows, with one status each and a proof down to the law and to facts."""
    outcome = cases.run(case, pipeline.ontology(), bundled_registry())
    assert outcome.passed, "\n".join(zh for zh, _ in outcome.failures)
    a_norm_has_one_status_for_one_matter_and_bearer(outcome.world)
    every_conclusion_has_a_proof_that_ends_in_the_law_and_in_facts(outcome.world)


def a_norm_has_one_status_for_one_matter_and_bearer(world: pipeline.World) -> None:
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for c in world.conclusions():
        if c.status not in ("allocated", "destination"):
            found[c.norm, c.subject, str(c.atom[1][2])].add(c.status)
    assert {key: value for key, value in found.items() if len(value) > 1} == {}


def every_conclusion_has_a_proof_that_ends_in_the_law_and_in_facts(world: pipeline.World) -> None:
    for conclusion in world.conclusions():
        proof = world.explain(conclusion.id)
        assert conclusion.citation["quote"] in world.law.find(conclusion.citation["id"]).text
        for leaf in (leaf for root in (proof.tree, *proof.beside) for leaf in leaves(root)):
            assert leaf["sentence"]["zh"]
            assert leaf["sentence"]["en"]
            if leaf["kind"] in ("fact", "finding", "parameter"):
                assert leaf["sources"], leaf
            else:
                assert leaf["kind"] in (
                    "absent",
                    "comparison",
                    "count",
                    "calendar",
                    "as_of",
                    "step",
                    "conclusion",
                )


def test_every_norm_with_a_rule_has_a_case_that_expects_and_one_that_refuses() -> None:
    rules = pipeline.ontology()
    every = [p.values[0] for p in ALL]
    expected = {str(w.get("norm", w.get("transfer"))) for case in every for w in case.expect}
    refused = {str(w.get("norm", w.get("transfer"))) for case in every for w in case.refuse}
    ruled = {n.id for n in rules.book.norms.values() if n.binding == "rule"}
    assert ruled - expected == set()
    assert ruled - refused == set()
    assert len(ALL) >= 60


def run_text(tmp_path: Path, text: str) -> cases.Outcome:
    file = tmp_path / "one.yaml"
    file.write_text(text, encoding="utf-8")
    return cases.run(cases.read(file)[0], pipeline.ontology(), bundled_registry())


def test_a_failing_case_says_what_was_expected_and_what_followed(tmp_path: Path) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}  expect:\n    - {{norm: a36.p3.s2, status: overdue}}\n"
    outcome = run_text(tmp_path, text)
    assert not outcome.passed
    zh, en = outcome.failures[0]
    assert "overdue" in zh
    assert "a36.p3.s2 insufficient" in zh
    assert "did not follow" in en


def test_a_refused_conclusion_that_follows_fails_with_its_id(tmp_path: Path) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}  refuse:\n    - {{accountable: 云阳县委}}\n"
    outcome = run_text(tmp_path, text)
    assert "c-" in outcome.failures[0][0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- name: 试\n  as_of: 昨天\n  expect: [{norm: a2}]\n", "as_of"),
        ("- name: 试\n  as_of: 2024-01-01\n", "expect"),
        ("- name: 试\n  as_of: 2024-01-01\n  gievn: []\n  expect: [{norm: a2}]\n", "gievn"),
        ("- name: 试\n  as_of: 2024-01-01\n  expect: [{norn: a2}]\n", "norn"),
        ("- name: 试\n  as_of: 2024-01-01\n  given: [{id: x}]\n  expect: [{norm: a2}]\n", "没有 a"),
        ("- name: 试\n  as_of: 2024-01-01\n  given: [{a: Isue}]\n  expect: [{norm: a2}]\n", "Isue"),
        (
            "- name: 试\n  as_of: 2024-01-01\n  given: [{a: Issue, rasedIn: x}]\n  expect: [{norm: a2}]\n",
            "rasedIn",
        ),
        (
            "- name: 试\n  as_of: 2024-01-01\n  given: [{a: Issue, relatesTo: 不存在县}]\n  expect: [{}]\n",
            "不存在县",
        ),
        (
            "- name: 试\n  as_of: 2024-01-01\n  given: [{a: Issuance, on: 三月}]\n  expect: [{norm: a2}]\n",
            "三月",
        ),
        (
            "- name: 试\n  as_of: 2025-12-01\n  given: [{a: Issue, relatesTo: 两江新区}]\n  expect: [{}]\n",
            "两江新区",
        ),
        (
            "- name: 试\n  as_of: 2024-01-01\n  given: [{a: PartyOrgan, id: 市委}]\n  expect: [{norm: a2}]\n",
            "市委 与本体中的名称相同",
        ),
        ("just words", "列表"),
        ("- a: [unclosed", ":"),
        ("- {name: 试, as_of: 2024-01-01, given: 3, expect: [{norm: a2}]}", "given"),
    ],
)
def test_what_is_no_case_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(cases.CaseError) as error:
        run_text(tmp_path, text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("{norm: a99.p1}", "a99.p1"),
        ("{norm: a36.p3.s2, status: overdu}", "overdu"),
        ("{norm: a36.p3.s2, status: [overdue, pending]}", "status"),
        ("{norm: a36.p3.s2, reason: 没有的理由}", "没有的理由"),
        ("{norm: a36.p3.s2, missing: nothingKnown}", "nothingKnown"),
        ("{norm: a36.p3.s2, due: 九月}", "九月"),
        ("{accountable: 云阳县萎}", "云阳县萎"),
        ("{accountable: 云阳县委, kind: territorial}", "territorial"),
        ("{accountable: 云阳县委, layer: L9}", "L9"),
        ("{accountable: 云阳县委, issue: 问题二}", "问题二"),
        ("{norm: a34, other_reading: {point: j99}}", "j99"),
        ("{why_not: {norm: a36, status: foo}}", "foo"),
        ("{why_not: {norm: a36}}", "status"),
        ("{why_not: a36}", "status"),
        ("{}", "映射"),
    ],
)
def test_a_misspelt_refusal_is_no_refusal(tmp_path: Path, wanted: str, said: str) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}  refuse:\n    - {wanted}\n"
    with pytest.raises(cases.CaseError, match=said):
        run_text(tmp_path, text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{a: Transfer, about: 问题一, to: 市委, to: 市政府}", "to 写了两次"),
        ("{a: Transfer, about: 问题一, on: 2024-02-30}", ":6: 没有这一天：2024-02-30"),
        ("{a: Transfer, about: 问题一, to: }", "没有写值"),
        ("{a: Issue, id: 问题二, raisedIn: 云阳县}", "raisedIn"),
        ("{a: Issue, id: 问题二, raisedIn: 问题一}", "raisedIn"),
        ("{a: CentralInspection, id: 督察一}", "督察一 不能既是"),
        ("{a: PartyCommittee, id: 某县委, governmentOf: 云阳县}", "不能有 governmentOf"),
        ("{a: RectificationTask, assignedTo: unstatedBearer}", "unstatedBearer 是结论中的占位"),
        ("{a: Organ, id: officeOrTeam}", "officeOrTeam 是结论中的占位"),
    ],
)
def test_what_would_be_lost_in_silence_is_told(tmp_path: Path, given: str, said: str) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}    - {given}\n  refuse:\n    - {{status: overdue}}\n"
    with pytest.raises(cases.CaseError, match=said):
        run_text(tmp_path, text)


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "试.yaml"
    file.write_text("- name: 试\n", encoding="gb18030")
    with pytest.raises(cases.CaseError, match="UTF-8"):
        cases.read(file)


def test_a_parameter_that_is_not_known_must_be_one(tmp_path: Path) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01\n  without: [effectDate]{GIVEN}  refuse: [{{status: overdue}}]\n"
    with pytest.raises(cases.CaseError, match="effectDate"):
        run_text(tmp_path, text)


def test_why_not_takes_a_paragraph_and_says_what_is_missing(tmp_path: Path) -> None:
    text = (
        f"- name: 试\n  as_of: 2024-12-01{GIVEN}  expect:\n"
        "    - {why_not: {norm: a39.p5, status: pending, issue: 问题一}, missing: [suspectedCrime]}\n"
        "    - {why_not: {norm: a39.p5, status: pending, issue: 问题一}, missing: [dereliction]}\n"
    )
    outcome = run_text(tmp_path, text)
    assert len(outcome.failures) == 1
    assert "涉嫌犯罪" in outcome.failures[0][0]


def test_on_and_yes_are_words(tmp_path: Path) -> None:
    text = (
        f"- name: 试\n  as_of: 2024-12-01{GIVEN}"
        "    - {a: RectificationPlan, id: 方案, planFor: 督察一}\n"
        "    - {a: Issuance, about: 方案, by: 云阳县, on: 2024-08-31}\n"
        "  expect:\n    - {norm: a36.p3.s2, status: 未届期, due: 2025-02-28}\n"
    )
    assert run_text(tmp_path, text).passed


def test_a_parameter_without_a_source_is_refused(tmp_path: Path) -> None:
    given = "    - {parameter: reportPlanLimit, of: 督察一, value: 2024-06-01}\n"
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}{given}  refuse:\n    - {{norm: a35, status: overdue}}\n"
    with pytest.raises(cases.CaseError, match="须写来源"):
        run_text(tmp_path, text)


def test_a_norm_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    text = f"- name: 试\n  as_of: 2024-12-01{GIVEN}  refuse:\n    - {{norm: a13.p1.s9, status: deviation}}\n"
    with pytest.raises(cases.CaseError, match=r"a13\.p1\.s9"):
        run_text(tmp_path, text)
