"""Every rule reads as a sentence in both languages, and every case is found at the norms it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reasoner import bundled, pipeline
from reasoner.casebook import case_index, casefile
from reasoner.casebook.case_index import Demand
from reasoner.pipeline import Ontology
from reasoner.rulebook import rule_sentences


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


def test_every_rule_of_every_norm_reads_as_a_sentence(rules: Ontology) -> None:
    told = 0
    for record in rules.book.owners.values():
        for said in rule_sentences.said(record, rules.book, rules.vocabulary):
            texts = [said.conclusion, *(text for way in said.ways for text in (*way.when, *way.unless))]
            for text in texts:
                assert text["zh"], record.id
                assert text["en"], record.id
                assert not re.search(r"[a-z]\w*\(|\{\d\}", text["zh"]), text["zh"]
                assert record.constant not in text["zh"]
            told += len(said.ways)
    assert told == sum(len(record.rules) for record in rules.book.owners.values())


def test_letters_are_explained(rules: Ontology) -> None:
    norm = rules.book.norms["a36.p3.s2"]
    limit = next(
        s
        for s in rule_sentences.said(norm, rules.book, rules.vocabulary)
        if "的期限为X" in s.conclusion["zh"]
    )
    assert limit.conclusion["zh"] == "J：B依本规范的期限为X"
    assert limit.about_norm
    (way,) = limit.ways
    assert [text["zh"] for text in way.when] == ["B在J中的整改方案于D由载明的机关印发", "D起满6个月为X"]
    assert limit.letters == {"J": "Inspection", "B": "Unit", "D": "date", "X": "date"}
    assert rule_sentences.class_label("Inspection", rules.vocabulary)["en"] == "inspection"


def test_what_a_norm_asks_the_record_for_is_listed(rules: Ontology) -> None:
    asked = rule_sentences.asked(rules.book.norms["a36.p3.s2"], rules.vocabulary)
    assert asked == {"MissingFact": ["planIssueDate"], "RecordClass": ["issuanceRecords", "reportRecords"]}
    assert rule_sentences.asked(rules.book.norms["a3.p1.s1"], rules.vocabulary) == {}


def test_the_reasons_of_a_norm_are_listed_by_what_they_are_reasons_for(rules: Ontology) -> None:
    found = rule_sentences.reasons(rules.book.norms["a36.p3.s2"], rules.vocabulary)
    assert found["noConclusion"] == ["beforeEffective"]
    assert found["notTriggered"] == ["planRecordedNotIssued"]
    assert "routedThroughOffice" in found["doubt"]


def test_kinds_of_norms_are_called_as_the_ontology_calls_them(rules: Ontology) -> None:
    for norm in rules.book.norms.values():
        assert rule_sentences.kind_label(norm, rules.vocabulary)["zh"] != norm.type


CASES = """
- name: 期望
  as_of: 2024-12-01
  given: [{a: Issue, id: 问题一}]
  expect: [{norm: a36.p3.s2, status: 逾期, reason: lapsedNoRecord, bearer: 云阳县委}]
- name: 拒绝
  as_of: 2024-12-01
  about: [a36.p1.s1]
  given: [{a: Issue, id: 问题一}]
  refuse: [{norm: a36.p3, status: overdue}]
- name: 别处
  as_of: 2024-12-01
  given: [{a: Issue, id: 问题一}]
  expect: [{why_not: {norm: a36.p3.s2, status: overdue}, missing: [X]}]
"""


def test_cases_are_listed_at_the_norms_they_speak_of(rules: Ontology, tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(CASES, "utf-8")
    found = case_index.mentions(tmp_path, rules.book, rules.vocabulary)
    expected, refused, elsewhere = found["a36.p3.s2"]
    assert (expected.name, expected.refuses) == ("期望", ())
    assert expected.expects == (Demand(("云阳县委",), ("overdue", "lapsedNoRecord")),)
    assert (refused.name, refused.expects, refused.refuses) == ("拒绝", (), (Demand((), ("overdue",)),))
    assert elsewhere.name == "别处"
    assert [each.name for each in found["a36.p3.s1"]] == ["拒绝"], (
        "what is said of a paragraph is of its norms"
    )
    (about,) = found["a36.p1.s1"]
    assert (about.name, about.expects, about.refuses) == ("拒绝", (), ())


def test_every_case_is_listed_and_every_norm_with_rules_has_one(rules: Ontology) -> None:
    folder = bundled.path("ontology")
    found = case_index.mentions(folder, rules.book, rules.vocabulary)
    listed = {(each.file, each.name) for told in found.values() for each in told}
    cases = [case for file in casefile.files([folder]) for case in casefile.read(file)]
    assert len(listed) > 0.9 * len(cases)
    assert [norm.id for norm in rules.book.norms.values() if norm.rules and norm.id not in found] == []
