"""A run whose facts are edited holds what a full evaluation of the edited facts gives."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from reasoner import pipeline
from reasoner.engine.evaluate import Ground, Row, evaluate
from reasoner.engine.facts import Facts, completed
from reasoner.pipeline import Ontology

DAY = datetime.date(2026, 11, 22)


def test_edits_of_a_run_are_stored_as_a_full_evaluation_would_store_them(tmp_path: Path) -> None:
    rules = pipeline.ontology()
    from reasoner.batch.generator import fact_files, pattern  # DuckDB after the rules: see pipeline.ontology
    from reasoner.batch.generator.generate import Generator
    from reasoner.batch.kept_up_run import KeptUpRun
    from reasoner.batch.run import Run

    facts = tmp_path / "facts.parquet"
    generator = Generator(pattern.samples(rules.vocabulary, tmp_path), 40, 7)
    fact_files.write(generator.tables(), facts, "parquet", rules.vocabulary)
    with Run.create(tmp_path / "run", [facts], rules, DAY) as run:
        kept, dice, why = KeptUpRun(run), random.Random(5), ""
        atoms = sorted(recorded(run, rules), key=repr)
        taken: list[Ground] = []
        for number in range(12):
            gone = [a for a in dice.sample(atoms, 2) if a[0] not in ("parameterKind", "ruleValue")]
            come = [taken.pop(0)] if number % 3 == 2 else []
            predicate, row = dice.choice([a for a in atoms if len(a[1]) == 2])
            come.append((predicate, (row[0], dice.choice(["a word nobody knows", 20240101, "督察一"]))))
            edited = kept.change(come, gone, DAY.replace(day=1 + number) if number % 6 == 4 else None)
            why, taken = why or edited.why, [*taken, *gone]
        assert held(run) == full(run, rules)
        assert not why
        kept.change([taken[0]], (), DAY)
        narrow = KeptUpRun(run, most=5)  # opened again, as it was stored
        assert "/ rule " in narrow.change((), [taken[0]]).why
        assert held(run) == full(run, rules)


def recorded(run: object, rules: Ontology) -> list[Ground]:
    """The facts of a run, by names."""
    from reasoner.batch.run import Run

    assert isinstance(run, Run)
    rows = run.connection.execute(
        "SELECT p.name, a0, a1 FROM facts AS f JOIN predicates AS p ON p.code = f.predicate"
    ).fetchall()
    told = run.names.rows([tuple(v for v in row[1:] if v is not None) for row in rows])
    return [(name, row) for (name, *_), row in zip(rows, told, strict=True)]


def held(run: object) -> dict[str, set[Row]]:
    """What a run says that holds, by names."""
    from reasoner.batch.run import Run

    assert isinstance(run, Run)
    found = {
        name: set(run.names.rows(run.connection.execute(f'FROM model."{name}"').fetchall()))
        for name in run.tables
    }
    return {name: rows for name, rows in found.items() if rows}


def full(run: object, rules: Ontology) -> dict[str, set[Row]]:
    """The same by an evaluation of all facts in process."""
    from reasoner.batch.run import Run

    assert isinstance(run, Run)
    facts = Facts()
    for predicate, words in rules.vocabulary.statements:
        if predicate in rules.book.used:
            facts.add((predicate, words), source={"ontology": words[0]})
    for atom in recorded(run, rules):
        facts.add(atom)
    day = int(run.as_of.strftime("%Y%m%d"))
    model = evaluate(completed(facts, rules.book, day).atoms, rules.program)
    return {name: set(model.rows(name)) for name in held(run).keys() | derived(model.derivations)}


def derived(atoms: object) -> set[str]:
    """The predicates of some atoms."""
    assert isinstance(atoms, dict)
    return {predicate for predicate, _ in atoms}
