"""One meaning: in-process evaluator, DuckDB and clingo derive the same sets, on cases and random worlds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from worlds import random_world, shaken_world

from reasoner import bundled, cases, pipeline
from reasoner.evaluate import evaluate
from reasoner.facts import Facts
from reasoner.judge import judge
from reasoner.pipeline import Ontology
from reasoner.registry import bundled_registry
from reasoner.rules import parse
from reasoner.sql import Database

RANDOM_WORLDS = 216
BATCHES = 12


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def database(rules: Ontology) -> Database:
    return Database(rules.book.rules)


def assert_agreement(facts: Facts, rules: Ontology, database: Database) -> int:
    model = evaluate(facts.atoms, rules.program)
    here = {head: rows for head in database.compiler.heads if (rows := set(model.rows(head)))}
    judged = {head: rows for head, rows in judge(facts.atoms, rules.book.rules).items() if rows}
    assert here == judged
    database.clear()
    database.load(facts.atoms)
    database.run()
    assert database.derived() == judged
    return sum(map(len, here.values()))


def case_files() -> list[Path]:
    return list(cases.files([bundled.path("ontology", "regulation")]))


@pytest.fixture(scope="module")
def worlds(rules: Ontology) -> list[Facts]:
    """What the evaluators are compared on: random worlds, and worlds shaken out of the cases."""
    every = [case for file in case_files() for case in cases.read(file)]
    given = [list(cases.Scene(case, rules, bundled_registry()).world().facts.atoms) for case in every]
    made = [random_world(seed, rules) for seed in range(RANDOM_WORLDS // 4)]
    return made + [shaken_world(seed, rules, given) for seed in range(RANDOM_WORLDS - len(made))]


@pytest.mark.parametrize("file", case_files(), ids=lambda f: f.parent.name)
def test_all_evaluators_agree_on_every_case(file: Path, rules: Ontology, database: Database) -> None:
    for case in cases.read(file):
        world = cases.Scene(case, rules, bundled_registry()).world()
        assert_agreement(world.facts, rules, database)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_all_evaluators_agree_on_random_worlds(
    batch: int, worlds: list[Facts], rules: Ontology, database: Database
) -> None:
    derived = [assert_agreement(facts, rules, database) for facts in worlds[batch::BATCHES]]
    assert min(derived) > 50  # a world in which nothing follows would prove nothing


def test_cases_and_random_worlds_reach_nearly_every_rule(worlds: list[Facts], rules: Ontology) -> None:
    """Agreement on rules that never fire would be worth nothing."""
    fired: set[str] = set()
    every = [case for file in case_files() for case in cases.read(file)]
    known = [cases.Scene(case, rules, bundled_registry()).world().facts for case in every]
    for facts in (*known, *worlds):
        model = evaluate(facts.atoms, rules.program)
        fired |= {d.rule.id for derivations in model.derivations.values() for d in derivations}
    written = {rule.id for rule in rules.book.rules if not rule.owner.startswith("owl:")}
    assert len(written & fired) / len(written) > 0.92, sorted(written - fired)


def test_the_order_of_facts_and_rules_never_matters(rules: Ontology) -> None:
    for seed in range(5):
        facts = list(random_world(seed, rules).atoms)
        shuffled = list(rules.book.rules)
        expected = evaluate(facts, rules.program).derived()
        random.Random(seed).shuffle(facts)
        random.Random(seed).shuffle(shuffled)
        assert evaluate(facts, shuffled).derived() == expected


def test_every_derivation_of_a_conclusion_is_kept() -> None:
    program = parse("a(X) :- b(X). a(X) :- c(X), X != z. d(X) :- a(X), not e(X).", "n")
    model = evaluate([("b", ("x",)), ("c", ("x",)), ("c", ("z",))], program)
    assert [d.rule.id for d in model.derivations["a", ("x",)]] == ["n#1", "n#2"]
    assert model.derived() == {"a": {("x",)}, "d": {("x",)}}


def test_recursion_reaches_the_fixed_point_on_every_evaluator() -> None:
    program = parse(
        "r(X,Y) :- e(X,Y). r(X,Z) :- r(X,Y), r(Y,Z). far(X) :- #count{ Y : r(X,Y) } >= 3, n(X).", "n"
    )
    facts = [("e", (f"n{i}", f"n{i + 1}")) for i in range(6)] + [("n", (f"n{i}",)) for i in range(7)]
    expected = judge(facts, program)
    assert len(expected["r"]) == 21
    assert expected["far"] == {(f"n{i}",) for i in range(4)}
    model = evaluate(facts, program)
    assert {p: set(model.rows(p)) for p in ("r", "far")} == expected
    database = Database(program)
    database.load(facts)
    database.run()
    assert database.derived() == expected


def test_hostile_names_are_only_names() -> None:
    program = parse("same(X,Y) :- p(X), p(Y), X = Y. other(X) :- p(X), X != plain.", "n")
    names = ["plain", "'; DROP TABLE p; --", '"quoted"', "a b\nc", "", "云阳县", "not", "1"]
    facts = [("p", (name,)) for name in names]
    expected = judge(facts, program)
    assert len(expected["same"]) == len(names)
    model = evaluate(facts, program)
    assert {p: set(model.rows(p)) for p in ("same", "other")} == expected
    database = Database(program)
    database.load(facts)
    database.run()
    assert database.derived() == expected
