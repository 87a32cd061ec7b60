"""One meaning: in-process evaluator, DuckDB and clingo derive the same sets, on cases and random worlds."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from worlds import random_world, shaken_world

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.coverage.conditions import fired
from reasoner.engine.database import Database
from reasoner.engine.evaluate import Model, Row, evaluate
from reasoner.engine.facts import Facts
from reasoner.engine.judge import judge
from reasoner.engine.side_by_side import facts_in_worlds, rules_in_worlds
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import bundled_registry
from reasoner.rulebook.rules import parse

RANDOM_WORLDS = 216
BATCHES, GROUPS = 12, 12


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def database(rules: Ontology) -> Database:
    return Database(rules.book.rules)


@pytest.fixture(scope="module")
def many_worlds(rules: Ontology) -> Database:
    """DuckDB takes long to start on a world and little for one more: it gets them side by side."""
    return Database(rules_in_worlds(rules.book.rules))


def assert_agreement(worlds: list[tuple[Facts, Model]], rules: Ontology, database: Database) -> int:
    """Worlds on the three evaluators: each by itself in process, all side by side on clingo and DuckDB."""
    expected: dict[str, set[Row]] = {}
    for number, (_, model) in enumerate(worlds):
        for head in database.compiler.heads:
            expected.setdefault(head, set()).update((number, *row) for row in model.rows(head))
    expected = {head: rows for head, rows in expected.items() if rows}
    atoms = list(facts_in_worlds(facts.atoms for facts, _ in worlds))
    judged = judge(atoms, rules_in_worlds(rules.book.rules))
    assert {head: rows for head, rows in judged.items() if rows} == expected
    database.clear()
    database.load(atoms)
    database.run()
    assert database.derived() == expected
    return min(sum(len(list(model.rows(head))) for head in database.compiler.heads) for _, model in worlds)


def case_files() -> list[Path]:
    return list(cases.files([bundled.path("ontology", "regulation")]))


@cache
def known(file: Path) -> list[World]:
    """The worlds of a file's cases, evaluated once for all the tests that look at them."""
    rules, registry = pipeline.ontology(), bundled_registry()
    return [cases.Scene(case, rules, registry).world() for case in cases.read(file)]


@pytest.fixture(scope="module")
def worlds(rules: Ontology) -> list[tuple[Facts, Model]]:
    """What the evaluators are compared on: random worlds, and worlds shaken out of the cases."""
    given = [list(world.facts.atoms) for file in case_files() for world in known(file)]
    made = [random_world(seed, rules) for seed in range(RANDOM_WORLDS // 4)]
    made += [shaken_world(seed, rules, given) for seed in range(RANDOM_WORLDS - len(made))]
    return [(facts, evaluate(facts.atoms, rules.program)) for facts in made]


@pytest.mark.parametrize("group", range(GROUPS))
def test_all_evaluators_agree_on_every_case(group: int, rules: Ontology, many_worlds: Database) -> None:
    """Several files at once: all rules together cost more than the few cases of a file."""
    of_files = [world for file in case_files()[group::GROUPS] for world in known(file)]
    assert_agreement([(world.facts, world.model) for world in of_files], rules, many_worlds)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_all_evaluators_agree_on_random_worlds(
    batch: int, worlds: list[tuple[Facts, Model]], rules: Ontology, many_worlds: Database
) -> None:
    least = assert_agreement(worlds[batch::BATCHES], rules, many_worlds)
    assert least > 50  # a world in which nothing follows would prove nothing


@pytest.mark.parametrize("number", range(0, RANDOM_WORLDS, 20))
def test_a_world_alone_is_judged_as_it_is_side_by_side(
    number: int, worlds: list[tuple[Facts, Model]], rules: Ontology, database: Database
) -> None:
    """The rules as they are written, without the argument that keeps worlds apart."""
    facts, model = worlds[number]
    expected = {head: rows for head in database.compiler.heads if (rows := set(model.rows(head)))}
    judged = judge(facts.atoms, rules.book.rules)
    assert {head: rows for head, rows in judged.items() if rows} == expected
    database.clear()
    database.load(facts.atoms)
    database.run()
    assert database.derived() == expected


def test_cases_and_random_worlds_reach_nearly_every_rule(
    worlds: list[tuple[Facts, Model]], rules: Ontology
) -> None:
    """Agreement on rules that never fire would be worth nothing."""
    models = [world.model for file in case_files() for world in known(file)] + [model for _, model in worlds]
    reached = set().union(*(fired(model) for model in models))
    written = {rule.id for rule in rules.book.rules if not rule.owner.startswith("owl:")}
    assert len(written & reached) / len(written) > 0.92, sorted(written - reached)


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


def test_a_rule_may_join_more_atoms_than_python_nests_loops() -> None:
    """A chain of 40 steps, after which a test, an absence and a count still see every variable."""
    chain = ", ".join(f"next(X{i},X{i + 1})" for i in range(40))
    text = f"end(X0,X40) :- {chain}, X39 != X40, not last(X0), #count{{ Y : next(Y,X40), next(X0,Z) }} >= 1."
    steps = [("next", (f"n{i:02}", f"n{i + 1:02}")) for i in range(42)]
    found = evaluate([*steps, ("last", ("n02",))], parse(text, "test"))
    assert sorted(found.rows("end")) == [("n00", "n40"), ("n01", "n41")]
