"""Condition coverage: what counts as shown, what cannot be false, what an exception is, what is proposed."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.casebook.casefile import vary
from reasoner.coverage import conditions, proposals
from reasoner.coverage.alterations import together
from reasoner.coverage.conditions import Coverage, Excepted
from reasoner.engine.evaluate import evaluate
from reasoner.pipeline import Ontology
from reasoner.records.registry import bundled_registry
from reasoner.rulebook.norms import Record
from reasoner.rulebook.rules import Atom, Rule, parse

INSPECTION = "{a: [MunicipalInspection, RoutineInspection], id: 督察一, inspects: 云阳县}"
PLAN = "{a: RectificationPlan, id: 方案一, planFor: 督察一}"
ALONE = "{a: RectificationPlan, id: 方案一}"


def small(rules: str) -> Ontology:
    """The whole vocabulary with a rule base of these rules alone."""
    whole = pipeline.ontology()
    definition = Record("small", {}, tuple(parse(rules, "small")), "definition")
    book = replace(whole.book, norms={}, definitions={"small": definition}, steps={}, parameters=[])
    return Ontology(whole.vocabulary, book)


def written(tmp_path: Path, *given: str, as_of: str = "2024-12-01") -> list[cases.Case]:
    """One case for each list of things."""
    text = "".join(
        f"- {{name: 案例{i}, as_of: {as_of}, given: [{things}], refuse: [{{status: overdue}}]}}\n"
        for i, things in enumerate(given)
    )
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return cases.read(file)


def shown(
    rules: Ontology, given: list[cases.Case], exceptions: tuple[Excepted, ...] = ()
) -> tuple[Coverage, dict[str, str]]:
    found = conditions.coverage(rules, given, bundled_registry(), exceptions)
    return found, {condition.text: condition.state for condition in found.conditions}


ISSUED = "{a: Issuance, id: 印发一, about: 方案一, by: 云阳县, on: 2024-03-12}"


@pytest.mark.parametrize(
    ("rule", "condition", "given", "state"),
    [
        # an absence, a comparison, an atom: shown by a case in which it alone is otherwise
        ("timely(a,P,b) :- rectificationPlan(P), not makerRecorded(P). makerRecorded(P) :- about(_,P).",
         "not makerRecorded(P)", [ALONE], "uncovered"),
        ("timely(a,P,b) :- about(E,P), not planFor(P,_).", "not planFor(P,_)",
         [f"{INSPECTION}, {PLAN}, {ISSUED}", "{a: CityPlan, id: 方案一}, " + ISSUED], "covered"),
        ("timely(a,E,b) :- issuance(E), on(E,D), D > 20240101.", "D > 20240101",
         [ISSUED.replace("about: 方案一, ", ""), "{a: Issuance, on: 2023-03-12}"], "covered"),
        ("timely(a,E,b) :- issuance(E), on(E,D), D > 20240101.", "D > 20240101",
         [ISSUED.replace("about: 方案一, ", "")], "uncovered"),
        ("timely(a,P,b) :- about(E,P), issuance(E).", "issuance(E)",
         [f"{ALONE}, {ISSUED}", ALONE + ", {a: Approval, about: 方案一}"], "covered"),
        # another rule of the same head concludes it anyway: nothing flips
        ("timely(a,P,b) :- about(E,P), issuance(E). timely(a,P,b) :- about(E,P), approval(E).", "issuance(E)",
         [f"{ALONE}, {ISSUED}", ALONE + ", {a: Approval, about: 方案一}"], "uncovered"),
        # what alone binds a variable of the head: no value at all, or the value of another
        ("planOf(P,J,x) :- rectificationPlan(P), planFor(P,J).", "planFor(P,J)",
         [f"{INSPECTION}, {PLAN}", ALONE], "covered"),
        ("planOf(P,J,x) :- rectificationPlan(P), planFor(P,J).", "planFor(P,J)",
         [f"{INSPECTION}, {PLAN}, {INSPECTION}, {PLAN}".replace("督察一", "督察二", 1)], "uncovered"),
        ("planOf(P,J,x) :- rectificationPlan(P), planFor(P,J).", "planFor(P,J)",
         [f"{INSPECTION}, {PLAN}, " + f"{INSPECTION}, {PLAN}".replace("一", "二")], "covered"),
        # a count
        ("soleHolder(J,J) :- inspection(J), #count{ X : inspects(J,X) } = 1.",
         "#count{ X : inspects(J,X) } = 1",
         [INSPECTION, INSPECTION.replace("云阳县", "[云阳县, 忠县]")], "covered"),
        # half of the pair is not enough
        ("timely(a,P,b) :- about(E,P), issuance(E).", "issuance(E)", [f"{ALONE}, {ISSUED}"], "uncovered"),
        ("timely(a,P,b) :- about(E,P), issuance(E).", "issuance(E)",
         [ALONE + ", {a: Approval, about: 方案一}"], "uncovered"),
    ],
)  # fmt: skip
def test_a_condition_is_shown_by_a_pair_of_cases_in_which_it_alone_flips_the_outcome(
    tmp_path: Path, rule: str, condition: str, given: list[str], state: str
) -> None:
    _, states = shown(small(rule), written(tmp_path, *given))
    assert states[condition] == state


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        ("timely(a,E,b) :- recordedEvent(E), on(E,_).", "recordedEvent(E)"),
        ("timely(a,E,b) :- report(E), progressReport(E).", "report(E)"),
        ("timely(a,E,b) :- approval(E), asOf(_).", "asOf(_)"),
        ("timely(a,E,b) :- approval(E), on(E,D), asOf(T), D < T.", "asOf(T)"),
        ("timely(a,E,b) :- issuance(E), dated(E). dated(E) :- on(E,_), recordedEvent(E). "
         "timely(a,E,c) :- dated(E), recordedEvent(E).", "recordedEvent(E)"),
        ("timely(a,E,b) :- issuance(E), not approval(E), not dated(E). dated(E) :- approval(E).",
         "not approval(E)"),
        ("timely(a,E,b) :- approval(E), not centralInspection(E).", "not centralInspection(E)"),
        ("timely(a,E,b) :- on(E,X), effectiveFrom(D), X < D, not owes(E,b,c). "
         "effectiveFrom(20240101) :- asOf(_). owes(E,b,c) :- on(E,X), effectiveFrom(D), X >= D.", "X < D"),
    ],
)  # fmt: skip
def test_a_condition_that_others_make_true_is_entailed(tmp_path: Path, rule: str, condition: str) -> None:
    _, states = shown(small(rule), written(tmp_path, "{a: Issuance, on: 2024-01-02}"))
    assert states[condition] == "entailed"


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        ("timely(a,E,b) :- approval(E), by(E,X), organ(X).", "organ(X)"),  # a district may stand there
        ("timely(a,E,b) :- progressReport(E), recordedEvent(E), on(E,_).", "progressReport(E)"),
        ("timely(a,E,b) :- approval(E), not dated(E). dated(E) :- approval(E), on(E,_).", "approval(E)"),
        ("timely(a,E,b) :- on(E,X), on(E,D), X < D, not owes(E,b,c). "
         "owes(E,b,c) :- on(E,X), effectiveFrom(D), X >= D. effectiveFrom(20240101) :- asOf(_).", "X < D"),
        ("timely(a,E,b) :- about(E,M), issue(M), dated(E). dated(E) :- about(E,M), issue(M).", "issue(M)"),
    ],
)  # fmt: skip
def test_what_could_be_false_is_not_called_entailed(tmp_path: Path, rule: str, condition: str) -> None:
    _, states = shown(small(rule), written(tmp_path, "{a: Issuance, on: 2024-01-02}"))
    assert states[condition] == "uncovered"


def test_an_exception_has_a_reason_and_becomes_stale(tmp_path: Path) -> None:
    rules = small("timely(a,P,b) :- about(E,P), issuance(E). dated(E) :- recordedEvent(E), on(E,_).")
    reason = {"zh": "理由", "en": "reason"}
    half = written(tmp_path, f"{ALONE}, {ISSUED}")
    exception = Excepted("small#1", "issuance(E)", reason)
    found, states = shown(rules, half, (exception,))
    assert states["issuance(E)"] == "excepted"
    assert found.stale == []
    both = written(tmp_path, f"{ALONE}, {ISSUED}", ALONE + ", {a: Approval, about: 方案一}")
    stale = (
        exception,
        Excepted("small#1", "recordedEvent(E)", reason),
        Excepted("small#2", "recordedEvent(E)", reason),
        Excepted("other#1", "issuance(E)", reason),
    )
    found, _ = shown(rules, both, stale)
    assert not found.complete
    said = [en for _, en in found.stale]
    assert "is covered now" in said[0]
    assert "there is no such condition (now small#2?)" in said[1]
    assert "is entailed" in said[2]
    assert "there is no such condition" in said[3]


def test_exceptions_are_read_from_beside_the_norms(tmp_path: Path) -> None:
    file = tmp_path / "regulation" / "one" / conditions.EXCEPTIONS
    file.parent.mkdir(parents=True)
    text = "exceptions:\n  - {rule: 'a1#1', condition: asOf(_), reason: {zh: 甲, en: a}}\n"
    file.write_text(text, encoding="utf-8")
    assert conditions.read_exceptions(tmp_path) == [Excepted("a1#1", "asOf(_)", {"zh": "甲", "en": "a"})]
    file.write_text(text.replace(", en: a", ""), encoding="utf-8")
    with pytest.raises(ValueError, match="a1#1"):
        conditions.read_exceptions(tmp_path)


def test_only_the_rules_asked_for_are_counted(tmp_path: Path) -> None:
    rules = small("timely(a,P,b) :- about(E,P), issuance(E).")
    found = conditions.coverage(rules, written(tmp_path, ALONE), bundled_registry(), owners=["other"])
    assert found.conditions == []
    assert found.complete
    assert found.to_dict()["cases"] == 1


@cache
def of_the_rule_base() -> Coverage:
    every = [c for file in cases.files([bundled.path("ontology", "regulation")]) for c in cases.read(file)]
    exceptions = conditions.read_exceptions(bundled.path("ontology"))
    return conditions.coverage(pipeline.ontology(), every, bundled_registry(), exceptions)


def test_the_cases_show_of_every_condition_of_every_rule_that_it_matters() -> None:
    found = of_the_rule_base()
    assert [(c.rule.id, c.text, c.lacking) for c in found.of("uncovered")] == []
    assert found.stale == []


def test_a_rule_without_a_covered_condition_concludes_otherwise_in_the_case_that_shows_it() -> None:
    """The claim itself, on a sample of the real rules: the rule is changed and the case evaluated anew."""
    rules = pipeline.ontology()
    every: dict[str, list[cases.Case]] = {}  # several articles may have a case of one name
    for file in cases.files([bundled.path("ontology", "regulation")]):
        for case in cases.read(file):
            every.setdefault(case.name, []).append(case)
    plain = [
        c
        for c in of_the_rule_base().of("covered")
        if len(conditions.without(c.rule, c.index)) == 1 and len(c.rule.body) > 1
    ]
    for condition in random.Random(1).sample(plain, 25):
        changed = conditions.without(condition.rule, condition.index)[0]
        program: list[Rule] = [changed if r == condition.rule else r for r in rules.book.rules]
        head = condition.rule.head.predicate
        worlds = [cases.Scene(case, rules, bundled_registry()).world() for case in every[condition.flips]]
        otherwise = [
            set(evaluate(w.facts.atoms, program).rows(head)) != set(w.model.rows(head)) for w in worlds
        ]
        assert any(otherwise), condition


def test_no_covered_condition_would_be_entailed() -> None:
    """Two ways to the same answer: what a case shows to be false cannot be implied by the others.

    A class may be shown although a property's domain implies it: a case can state what no record may.
    """
    implications = conditions.Implications(pipeline.ontology())
    for condition in of_the_rule_base().of("covered"):
        if not isinstance(condition.rule.body[condition.index], Atom):
            assert not conditions.entailed(condition.rule, condition.index, implications), condition


def test_a_proposal_shows_what_it_says(tmp_path: Path) -> None:
    rules = small(
        "timely(a,P,b) :- about(E,P), issuance(E), by(E,X), not to(E,_), on(E,D), asOf(T), D <= T. "
        "owes(a,P,b) :- about(E,P), approval(E)."
    )
    given = written(tmp_path, f"{INSPECTION}, {PLAN}, {ISSUED}")
    found, _ = shown(rules, given)
    wanted = {(c.rule.id, c.index, half) for c in found.of("uncovered") for half in c.lacking}
    made = proposals.propose(found, rules, given, bundled_registry(), seconds=20)
    assert set().union(*(p.shows for p in made)) == wanted
    extended = [*given, *(replace(vary(p.base, p.variant), name=str(i)) for i, p in enumerate(made))]
    assert shown(rules, extended)[0].complete


def test_two_variants_make_one(tmp_path: Path) -> None:
    root = written(tmp_path, f"{INSPECTION}, {PLAN}, {ISSUED}")[0]
    first = {"change": {"印发一": {"by": "忠县"}}, "add": [{"a": "Approval", "about": "方案一"}]}
    for second in (
        {"change": {"印发一": {"on": None}, "approval-4": {"by": "市政府"}}, "as_of": root.as_of},
        {"drop": ["印发一", "approval-4"]},
        {"drop": ["督察一"], "change": {"方案一": {"planFor": None}}, "add": [{"a": "Issuance"}]},
    ):
        stepwise = vary(vary(root, first), second)
        at_once = vary(root, together(first, second, root))
        assert at_once.given == stepwise.given


def test_what_is_printed_can_be_pasted_under_its_case(tmp_path: Path) -> None:
    from app.cli import proposed

    rules = small("timely(a,P,b) :- about(E,P), issuance(E), not approval(P).")
    given = written(tmp_path, f"{INSPECTION}, {PLAN}, {ISSUED}")
    found, _ = shown(rules, given)
    text = "\n".join(proposed.lines(found, rules, given, bundled_registry(), 20, "en"))
    assert "among the variants" in text
    variants = yaml.safe_load(text)
    assert variants
    for variant in variants:
        assert variant.pop("expect") == []
        assert vary(given[0], variant).given != given[0].given
