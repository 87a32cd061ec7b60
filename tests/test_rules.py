"""The rule language: what may be written, and that all else is refused before anything is concluded."""

from __future__ import annotations

import pytest

from reasoner import pipeline
from reasoner.rulebook.rulecheck import check_book, check_rules
from reasoner.rulebook.rules import RuleError, parse, strata, unsafe_variables


@pytest.mark.parametrize(
    "text",
    [
        "a(f(X)) :- b(X).",
        "a(X+1) :- b(X).",
        "a(X) ; c(X) :- b(X).",
        "{ a(X) } :- b(X).",
        ":- a(X).",
        "-a(X) :- b(X).",
        "a(X) :- not not b(X).",
        "a(X) :- #sum{ Y : b(X,Y) } > 3, c(X).",
        "a(X) :- b(X), #count{ Y : b(Y), not c(Y) } > 3.",
        'a("text") :- b(X).',
        "#show a/1.",
        "a(X) :- b(X)",
        "a(X) :- b(X), X < Y < Z, b(Y), b(Z).",
        "a(1..3) :- b(X).",
        "a(X) :- b((X,Y)).",
        "a(@f(X)) :- b(X).",
        "a(X) :- b(X), not X < 3.",
        "#minimize{ X : a(X) }.",
    ],
)
def test_what_is_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="n:"):
        parse(text, "n")


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("a(X) :- b(Y).", ["X"]),
        ("a(X) :- not b(X).", ["X"]),
        ("a(X) :- b(X), Y < 3.", ["Y"]),
        ("a(X) :- b(X), not c(X,Y).", ["Y"]),
        ("a(X) :- b(X), not c(X,_).", []),
        ("a(X) :- b(X), #count{ Y : c(X,Y) } >= 2.", []),
        ("a(X) :- b(X), #count{ Y : c(X,Y) } >= Z.", ["Z"]),
    ],
)
def test_variables_that_nothing_binds_are_found(text: str, unsafe: list[str]) -> None:
    assert unsafe_variables(parse(text, "n")[0]) == unsafe


def test_a_circle_through_absence_is_refused_and_shown() -> None:
    rules = parse("a(X) :- b(X), not c(X). c(X) :- d(X). d(X) :- a(X).", "n")
    with pytest.raises(RuleError, match=r"circle through absence: a -> d -> c -> a"):
        strata(rules)


def test_a_circle_through_a_count_is_refused() -> None:
    with pytest.raises(RuleError, match="circle"):
        strata(parse("a(X) :- b(X), #count{ Y : a(Y) } >= 2.", "n"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nonsense(X) :- issue(X).", "undeclared predicate nonsense/1"),
        ("placed(X) :- raisedIn(X).", "raisedIn takes 2 arguments, not 1"),
        ("placed(X) :- raisedIn(Y,X), issue(Y).", "X is Inspection and, in placed(X), Issue|X is Issue and"),
        ("placed(X) :- relatesTo(X,nowhere).", "undeclared constant nowhere"),
        ("placed(X) :- inspects(X,Y), beganOn(X,Y).", "Y is"),
        ("placed(X) :- issue(X), overdue(_,X,_,_).", "overdue is a conclusion"),
        ("placed(X) :- issue(X), name(X,_).", "recorded and shown only"),
        (
            "placed(X) :- issue(X), relatesTo(X,Y), relatesTo(X,Z), Y < Z.",
            "compares what is no date or number",
        ),
        ("placed(X) :- issue(Y), issue(_).", "unsafe variable X"),
    ],
)
def test_a_rule_that_does_not_fit_the_ontology_is_refused(text: str, fault: str) -> None:
    problems = check_rules(parse(text, "n"), pipeline.ontology().vocabulary)
    assert any(part in problem for problem in problems for part in fault.split("|")), problems


def test_the_rule_base_has_no_fault() -> None:
    rules = pipeline.ontology()
    assert check_book(rules.book, rules.vocabulary) == []


def test_a_norm_may_not_conclude_about_another() -> None:
    rules = pipeline.ontology()
    book = rules.book
    norm = next(r for r in book.norms.values() if r.rules)
    text = "pending(another,X,unstatedBearer,noLimit) :- issue(X)."
    changed = type(norm)(norm.id, norm.label, tuple(parse(text, norm.id)), "rule", norm.quote)
    broken = type(book)(
        book.regulation,
        {**book.norms, norm.id: changed},
        book.definitions,
        book.points,
        book.axioms,
        book.parameters,
        book.digest,
    )
    assert any("concludes about another" in p for p in check_book(broken, rules.vocabulary))


def test_a_quote_that_is_not_the_text_is_refused() -> None:
    rules = pipeline.ontology()
    book = rules.book
    norm = next(iter(book.norms.values()))
    changed = type(norm)(norm.id, norm.label, norm.rules, norm.binding, "条文里没有的话", reason=norm.reason)
    broken = type(book)(
        book.regulation,
        {norm.id: changed},
        book.definitions,
        book.points,
        book.axioms,
        book.parameters,
        book.digest,
    )
    assert any(p.startswith(norm.id) for p in check_book(broken, rules.vocabulary))
