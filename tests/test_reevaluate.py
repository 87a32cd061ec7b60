"""Evaluating again after a change gives the very model that evaluating from the start gives."""

from __future__ import annotations

import random

import pytest
from worlds import random_world

from reasoner.engine.evaluate import Ground, Model, evaluate
from reasoner.engine.reevaluate import reevaluate
from reasoner.pipeline import ontology


def assert_same(one: Model, other: Model) -> None:
    """The same facts, rows and derivations, in the same order."""
    assert one.given == other.given
    for predicate in {*one.relations, *other.relations}:
        assert list(one.rows(predicate)) == list(other.rows(predicate)), predicate
    kept = [{atom: found for atom, found in m.derivations.items() if found} for m in (one, other)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_world_is_the_world_of_its_facts(seed: int) -> None:
    rules, dice = ontology(), random.Random(seed)
    first, second = (list(random_world(s, rules).atoms) for s in (seed, seed + 1000))
    before = evaluate(first, rules.program)
    for _ in range(4):
        facts: dict[Ground, None] = dict.fromkeys(dice.sample(first, len(first) - dice.choice((0, 1, 20))))
        if dice.random() < 0.3:  # in the order in which they were
            facts = dict.fromkeys(atom for atom in first if atom in facts)
        facts |= dict.fromkeys(dice.sample(second, dice.choice((0, 1, 5, 40))))
        again = reevaluate(before, facts, rules.program)
        assert_same(again, evaluate(facts, rules.program))
        before = dice.choice((before, again))  # also from what was itself evaluated again


def test_the_model_before_stays_as_it_is() -> None:
    rules = ontology()
    facts = list(random_world(5, rules).atoms)
    before = evaluate(facts, rules.program)
    reevaluate(before, facts[: len(facts) // 2], rules.program)
    assert_same(before, evaluate(facts, rules.program))


def test_without_a_change_everything_is_taken_over() -> None:
    rules = ontology()
    facts = list(random_world(3, rules).atoms)
    before = evaluate(facts, rules.program)
    again = reevaluate(before, facts, rules.program)
    assert all(again.relations[p] is before.relations[p] for p in before.relations)
