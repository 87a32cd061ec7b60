"""Variants of cases: each is a case of its own that differs from its base in what it says."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from reasoner import pipeline
from reasoner.casebook import cases
from reasoner.records.registry import bundled_registry

BASE = """
- name: 方案印发后六个月未见报告
  as_of: 2024-12-01
  about: [a36.p3.s2]
  trap: [47, 23]
  point: j11
  given:
    - {a: [MunicipalInspection, RoutineInspection], id: 督察一, inspects: 云阳县}
    - {a: RectificationPlan, id: 方案一, planFor: 督察一}
    - {a: Issuance, id: 印发一, about: 方案一, by: 云阳县, on: 2024-03-12}
  expect: [{norm: a36.p3.s2, status: insufficient}]
  variants:
"""
REPORT = "{a: ProgressReport, about: 督察一, by: 云阳县, to: [市委, 市政府], on: 2024-08-01}"


def read(tmp_path: Path, variants: str) -> list[cases.Case]:
    file = tmp_path / "cases.yaml"
    file.write_text(BASE + variants, encoding="utf-8")
    return cases.read(file)


def held(case: cases.Case) -> bool:
    return cases.run(case, pipeline.ontology(), bundled_registry()).passed


@pytest.mark.parametrize(
    "variant",
    [
        f"add: [{REPORT}], expect: [{{norm: a36.p3.s2, status: performed}}]",
        "drop: [印发一], refuse: [{norm: a36.p3.s2, due: 2024-09-12}]",
        "change: {印发一: {on: 2024-08-01}}, expect: [{norm: a36.p3.s2, status: notYetDue, due: 2025-02-01}]",
        "change: {督察一: {inspects: 城口县}}, refuse: [{bearer: 云阳县}]",
        "change: {印发一: {on: null}}, refuse: [{norm: a36.p3.s2, due: 2024-09-12}]",
        "change: {印发一: {by: [市委, 市政府]}}, refuse: [{norm: a36.p3.s2, status: overdue}]",
        "as_of: 2024-09-12, expect: [{norm: a36.p3.s2, status: notYetDue}]",
        "as_of: 2021-01-01, refuse: [{norm: a36.p3.s2}]",
        "without: effectiveDate, expect: [{norm: a36.p3.s2, status: insufficient}]",
    ],
)
def test_a_variant_is_its_base_with_its_changes(tmp_path: Path, variant: str) -> None:
    base, varied = read(tmp_path, f"    - {{name: 变体, {variant}}}\n")
    assert held(base)
    assert held(varied)
    assert varied.base == base.name


def test_variants_stand_side_by_side_and_leave_their_base_alone(tmp_path: Path) -> None:
    base, first, second = read(
        tmp_path,
        "    - {name: 一, trap: 8, row: [T1, T2], drop: [印发一], refuse: [{status: overdue}]}\n"
        "    - {name: 二, as_of: 2025-01-01, drop: [印发一], refuse: [{status: pending}]}\n",
    )
    assert [c.name for c in (base, first, second)] == ["方案印发后六个月未见报告", "一", "二"]
    assert [len(c.given) for c in (base, first, second)] == [3, 2, 2]
    assert base.given[2]["on"] == datetime.date(2024, 3, 12)
    assert (base.traps, base.points, base.rows) == ((47, 23), ("j11",), ())
    assert (first.traps, first.points, first.rows, first.about) == ((8,), ("j11",), ("T1", "T2"), base.about)
    assert (second.traps, second.as_of, second.expect) == (base.traps, datetime.date(2025, 1, 1), [])


def test_a_thing_stated_twice_changes_as_one(tmp_path: Path) -> None:
    more = "    - {name: 变, add: [{a: Issuance, about: 方案一, by: 云阳县}], refuse: [{status: overdue}]}\n"
    file = tmp_path / "cases.yaml"
    text = BASE.replace("  expect:", "    - {a: Issuance, id: 印发一, on: 2024-05-05}\n  expect:") + more
    file.write_text(
        text.replace("add: [{a: Issuance, about: 方案一, by: 云阳县}]", "change: {印发一: {on: 2024-06-01}}")
    )
    varied = cases.read(file)[1]
    assert [block.get("on") for block in varied.given[2:]] == [datetime.date(2024, 6, 1), None]


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("name: 变, drop: [印发二], refuse: [{status: overdue}]", "印发二.*督察一"),
        ("name: 变, change: {印发二: {on: 2024-01-01}}, refuse: [{status: overdue}]", "change.*印发二"),
        ("name: 变, change: {印发一: {to: null}}, refuse: [{status: overdue}]", "没有 to 可以去掉"),
        ("name: 变, change: {印发一: {id: 印发二}}, refuse: [{status: overdue}]", "id 不能改"),
        ("name: 变, change: {印发一: }, refuse: [{status: overdue}]", "change 应为"),
        ("name: 变, change: {印发一: {onn: 2024-01-01}}, refuse: [{status: overdue}]", "变: .*onn"),
        (
            "name: 变, drop: 印发一, change: {印发一: {on: 2024-01-01}}, refuse: [{norm: a2}]",
            "既 drop 又 change",
        ),
        ("name: 变, drop: [方案一], refuse: [{status: overdue}]", "方案一"),
        ("name: 变, drop: [印发一]", "没有 expect"),
        ("name: 变, expect: [{status: overdue}]", "没有不同"),
        ("drop: [印发一], refuse: [{status: overdue}]", "各有 name"),
        ("name: 变, given: [], refuse: [{status: overdue}]", "变: 未知字段 given"),
        ("name: 变, drop: [印发一], trap: 四十七, refuse: [{norm: a2}]", "trap 应为编号"),
        ("name: 方案印发后六个月未见报告, drop: [印发一], refuse: [{norm: a2}]", "同名"),
    ],
)
def test_a_variant_that_cannot_be_one_is_told(tmp_path: Path, variant: str, said: str) -> None:
    with pytest.raises(cases.CaseError, match=said):
        held(read(tmp_path, f"    - {{{variant}}}\n")[1])


def test_a_thing_without_an_id_is_called_by_class_and_place(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    text = BASE.replace("id: 印发一, ", "") + (
        "    - {name: 一, drop: [rectificationPlan-2], refuse: [{status: overdue}]}\n"
        "    - {name: 二, change: {issuance-3: {on: 2024-08-01}}, add: [{a: Issuance, about: 方案一}],\n"
        "       expect: [{norm: a36.p3.s2, due: 2025-02-01}]}\n"
    )
    file.write_text(text.replace("id: 方案一", "id: 方案一, name: 方案"), encoding="utf-8")
    with pytest.raises(cases.CaseError, match=r"rectificationPlan-2.*issuance-3"):
        cases.read(file)
    file.write_text(text.replace("[rectificationPlan-2]", "[issuance-3]"), encoding="utf-8")
    _, first, second = cases.read(file)
    assert [block["id"] for block in first.given] == ["督察一", "方案一"]
    assert [block["id"] for block in second.given] == ["督察一", "方案一", "issuance-3", "issuance-4"]
    assert held(second)
