"""Which rules join across cases, and what is done about each."""

from __future__ import annotations

import pytest

from reasoner.batch.levels import OWN, SHARED, STANDING, Pattern
from reasoner.batch.locality import Locality, analyse
from reasoner.rulebook.rules import parse
from reasoner.rulebook.vocabulary import Vocabulary

STATED: dict[str, set[Pattern]] = {
    "found": {(OWN,)},
    "sentTo": {(OWN, STANDING)},
    "raisedAt": {(OWN, SHARED)},
    "begun": {(SHARED,)},
    "large": {(STANDING,)},
}


def analysed(text: str, *concluded: str) -> Locality:
    return analyse(parse(text, "test"), Vocabulary(), STATED, concluded)


def handled(locality: Locality) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.handled, each.variables) for each in locality.crossing]


@pytest.mark.parametrize(
    "text",
    [
        "a(I,X) :- found(I), sentTo(I,X), large(X).",
        "a(I) :- found(I), raisedAt(I,J), begun(J).",
        "a(I) :- raisedAt(I,J), not begun(J).",
        "a(I) :- found(I), #count{ X : sentTo(I,X) } > 1.",
    ],
)
def test_a_rule_within_a_case_is_local(text: str) -> None:
    found = analysed(text, "a")
    assert not found.crossing
    assert not found.messages


def test_what_an_issue_says_of_its_inspection_or_of_a_body_is_a_message() -> None:
    found = analysed(
        "a(J) :- raisedAt(I,J), found(I).\nb(X) :- sentTo(_,X).\nc(X) :- large(X), not b(X).", "c"
    )
    assert [rule.head.predicate for rule in found.messages] == ["a", "b"]
    assert not found.crossing


def test_a_part_that_only_shares_values_becomes_a_rule_of_its_own() -> None:
    found = analysed("a(I) :- found(I), sentTo(_,X), large(X).", "a")
    assert handled(found) == [("message", ("X",))]
    assert not found.unresolved
    assert [str(rule) for rule in found.parts] == []  # no message is concluded from it
    (part,) = (rule for rule in found.rules if rule.owner == "part")
    assert str(part) == "part0(X) :- sentTo(_,X)."
    assert part in found.messages


def test_pairs_across_cases_are_harmless_when_they_are_read_of_what_is_tied() -> None:
    pairs = "pair(I,K) :- sentTo(I,X), sentTo(K,X)."
    assert handled(analysed(pairs)) == [("tied", ("I", "K"))]
    read = analysed(f"{pairs}\na(I) :- pair(I,I).", "a")
    assert not read.unresolved
    assert analysed(f"{pairs}\na(X) :- pair(I,K), sentTo(K,X), I != K.", "a").unresolved
    assert analysed(pairs, "pair").unresolved  # as a conclusion it is read by people


@pytest.mark.parametrize(
    "text",
    [
        "a(X) :- sentTo(I,X), sentTo(K,X), I != K.",
        "a(X) :- large(X), #count{ I : sentTo(I,X) } > 1.",
        "a(X) :- sentTo(I,X).\na(X) :- a(Y), sentTo(I,Y), sentTo(I,X).",
    ],
)
def test_what_cannot_be_taken_apart_is_said(text: str) -> None:
    assert analysed(text, "a").unresolved
