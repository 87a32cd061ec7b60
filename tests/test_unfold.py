"""A rule unfolded by every rule for one of its premises concludes what the rule itself concludes."""

from __future__ import annotations

import random

from reasoner.engine.evaluate import evaluate
from reasoner.engine.join import Ground
from reasoner.engine.unfold import unfolded
from reasoner.rulebook.rules import Atom, Rule, parse

CALLER = "found(X,Y) :- step(X,Z), near(Z,Y), not barred(X,_), X != Y."
STEPS = """
step(X,Z) :- road(X,Z), not barred(_,Z).
step(X,X) :- home(X), road(_,Z), Z != X.
step(X,a) :- road(X,Y), near(Y,Z).
step(b,c) :- home(b).
"""


def by_each(rule: Rule, rules: list[Rule]) -> list[Rule]:
    premise = next(literal for literal in rule.body if isinstance(literal, Atom))
    made = (unfolded(rule, premise, by, str(number)) for number, by in enumerate(rules))
    return [one for one in made if one is not None]


def world(seed: int) -> list[Ground]:
    dice = random.Random(seed)
    facts: list[Ground] = [("home", (x,)) for x in "abcd" if dice.random() < 0.5]
    for predicate, share in (("road", 0.4), ("near", 0.4), ("barred", 0.1)):
        facts += [(predicate, (x, y)) for x in "abcd" for y in "abcd" if dice.random() < share]
    return facts


def test_an_unfolded_rule_concludes_the_same() -> None:
    (caller,), steps = parse(CALLER, "test"), parse(STEPS, "test")
    instead = by_each(caller, steps)
    assert len(instead) == len(steps)
    found = 0
    for seed in range(40):
        facts = world(seed)
        rows = set(evaluate(facts, [caller, *steps]).rows("found"))
        assert set(evaluate(facts, instead).rows("found")) == rows
        found += len(rows)
    assert found > 40


def test_a_rule_is_not_unfolded_by_one_for_something_else() -> None:
    (caller,) = parse("found(X) :- step(X,b).", "test")
    assert [str(rule.head) for rule in by_each(caller, parse(STEPS, "test"))] == ["found(X)", "found(b)"]
