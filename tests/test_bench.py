"""Every engine is asked the same: the translations mean what the rules mean, and what is wrong is noticed."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from worlds import random_world

from app import cli
from app.cli.commands import bench
from reasoner import pipeline
from reasoner.engine.evaluate import Ground, evaluate
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule, parse
from tests.bench import measure, report
from tests.bench.agreement import Agreement, compare
from tests.bench.compare import Block, Plan, measured
from tests.bench.engines import ENGINES
from tests.bench.engines.task import Job, Task
from tests.bench.facts import ATOMS, table
from tests.bench.parts import OWL, PartError, only, part
from tests.bench.translate import InexpressibleError, nemo, owl, sparql

GENERAL = ["clingo", "pyoxigraph", "rdflib"]
"""The engines that can say every rule."""
if not ENGINES["nemo"].missing():  # in no lock: its only releases are preliminary ones
    GENERAL.insert(0, "nemo")
DESCRIPTIVE = ("rdflib", "pyoxigraph", "pyshacl", "hermit", "pellet")
"""The engines that are asked for the axioms of OWL."""

EVERYTHING = """
    late(X, D)      :- done(X, D), due(X, E), D > E.
    timely(X, D)    :- done(X, D), due(X, E), D <= E, not late(X, D).
    open(X)         :- due(X, _), not done(X, _).
    same(X, Y, D)   :- done(X, D), done(Y, D), X != Y.
    together(X)     :- same(X, _, _).
    day(D)          :- done(_, D).
    nextDay(D, E)   :- day(D), day(E), D < E.
    alone(X)        :- works(X, Y), #count{ Z : works(X, Z) } = 1.
    busy(X)         :- works(X, _), #count{ Z : works(X, Z), open(Z) } >= 2.
    reaches(X, Y)   :- leads(X, Y).
    reaches(X, Z)   :- reaches(X, Y), leads(Y, Z).
    beside(X, Y)    :- leads(X, Y).
    beside(X, Y)    :- leads(Y, X).
    self(X, X)      :- leads(X, _).
    status(none, X) :- open(X).
    said(X, V)      :- value(X, V).
    said(X, old)    :- value(X, V), V < 20240101.
    contains(X, Y)  :- works(X, Y), not contains_not(X, Y).
    contains_not(X, Y) :- works(X, Y), open(Y).
"""
FACTS: list[Ground] = [
    *[("done", (x, d)) for x, d in (("a", 20240101), ("b 甲“乙”", 20240301), ("c", 20240301))],
    *[("due", (x, 20240201)) for x in ("a", "b 甲“乙”", 'd "e" \\', "f", "2024")],
    *[("works", ("p", x)) for x in ("a", 'd "e" \\', "f")],
    *[("works", ("q/r", x)) for x in ("2024",)],
    *[("leads", row) for row in (("a", "b 甲“乙”"), ("b 甲“乙”", "c"), ("c", "a"), ("c", "2024"))],
    *[("value", row) for row in (("a", 20230101), ("a", "word"), ("c", 20250101))],
]


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


def measured_on(
    engine: str, rules: Ontology, facts: Iterable[Ground], folder: Path, program: list[Rule] | None = None
) -> Agreement:
    """Run an engine on facts and compare it with the evaluator in process, which runs ``program``."""
    place = folder / "facts"
    place.mkdir(exist_ok=True)
    given = list(facts)
    pq.write_table(table(given), place / ATOMS)
    job = Job(engine, "", place, folder / engine, folder / "cache", 20260630, 4 * 2**30)
    job.home.mkdir()
    task = Task(job, rules)
    importlib.import_module(f"tests.bench.engines.{ENGINES[engine].module}").run(task)
    read = rules.book.used
    model = evaluate((atom for atom in given if atom[0] in read), program or task.program)
    expected = folder / "expected.parquet"
    rows = [(head, row) for head in task.heads for row in model.rows(head)]
    assert rows
    pq.write_table(table(rows, 5), expected)
    assert {"reason", "load"} <= task.seconds.keys()
    return compare(expected, task.conclusions)


@pytest.mark.parametrize("engine", GENERAL)
def test_each_construct_of_the_rule_language_means_the_same(
    engine: str, rules: Ontology, tmp_path: Path
) -> None:
    program = only(rules, parse(EVERYTHING, "bench"))
    found = measured_on(engine, program, FACTS, tmp_path)
    assert found.same, found.examples
    assert found.predicates == len({rule.head.predicate for rule in program.book.rules})


@pytest.mark.parametrize("engine", GENERAL[:-1])  # rdflib would take minutes
def test_the_complete_rule_set_means_the_same(engine: str, rules: Ontology, tmp_path: Path) -> None:
    found = measured_on(engine, rules, random_world(5, rules).atoms, tmp_path)
    assert found.same, found.examples
    assert found.predicates > 100


@pytest.mark.parametrize("engine", DESCRIPTIVE)
def test_the_axioms_of_owl_mean_the_same(engine: str, rules: Ontology, tmp_path: Path) -> None:
    axioms = part(rules, OWL)
    facts = [atom for atom in random_world(3, rules).atoms if atom[0] in axioms.book.used]
    found = measured_on(engine, axioms, facts, tmp_path)
    assert found.same, found.examples
    assert found.predicates >= 10


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (", not late(X, D)", ""),
        ("D <= E", "D < E"),
        (" = 1.", " >= 1."),
        ("not done(X, _)", "not done(_, _)"),
        ("beside(X, Y)    :- leads(Y, X).", ""),
        ("reaches(Y, Z)", "leads(Y, Z)"),
    ],
)
def test_a_wrong_translation_is_noticed(right: str, wrong: str, rules: Ontology, tmp_path: Path) -> None:
    text = EVERYTHING.replace("reaches(X, Y), leads(Y, Z)", "leads(X, Y), reaches(Y, Z)")
    text = text.replace("D <= E, not late(X, D)", "D <= E")
    if "late" in right:  # one in which the absence decides
        text = text.replace("D <= E", "D > 0, not late(X, D)")
        right = ", not late(X, D)"
    assert right in text
    altered = only(rules, parse(text.replace(right, wrong), "bench"))
    facts = [*FACTS, ("done", ("on the day", 20240201)), ("due", ("on the day", 20240201))]
    found = measured_on("pyoxigraph", altered, facts, tmp_path, parse(text, "bench"))
    assert not found.same
    assert found.examples


def test_what_a_language_cannot_say_is_said(rules: Ontology) -> None:
    (few,) = parse("few(X) :- work(X), #count{ Z : works(X, Z) } <= 1.", "bench")
    with pytest.raises(InexpressibleError, match="bench#1"):
        nemo.program([few], {})
    with pytest.raises(InexpressibleError, match="bench#1"):
        list(sparql.Sparql([few], set()).strata())
    absent = parse("open(X) :- due(X), not done(X).", "bench")
    with pytest.raises(InexpressibleError, match="absence"):
        list(owl.ontology(absent, {"open": 1, "due": 1, "done": 1}))
    with pytest.raises(InexpressibleError, match="3 arguments"):
        list(owl.ontology(rules.book.rules, {"limit": 3}))
    with pytest.raises(PartError, match="a99"):
        part(rules, "a99")


def test_engines_run_apart_and_what_does_not_run_is_listed(tmp_path: Path) -> None:
    plan = Plan((3,), (OWL,), ("memory", "nemo"), times=1, folder=tmp_path)
    blocks = [each for each in measured(plan) if isinstance(each, Block)]
    (block,) = blocks
    assert {line.engine.name for line in block.lines} == {"duckdb", "floor", "memory", "nemo"}
    for line in block.lines:
        if line.engine.missing():
            assert line.failed.startswith("not installed")
            continue
        assert not line.failed, line.failed
        assert line.memory
        assert line.engine.name == "floor" or (line.agreement is not None and line.agreement.same)
    text = "\n".join(report.table(block))
    assert "### owl, 3 issues" in text
    assert "(the measure)" in text


@pytest.mark.parametrize(
    ("limit", "memory", "said"), [(0.1, 2**33, "timed out"), (60, 2**20, "out of memory")]
)
def test_what_takes_too_much_is_ended_and_says_so(
    limit: float, memory: int, said: str, tmp_path: Path
) -> None:
    pq.write_table(table(FACTS), tmp_path / ATOMS)
    job = Job("memory", OWL, tmp_path, tmp_path / "run", tmp_path / "cache", 20260630, memory)
    outcome = measure.run(job, limit)
    assert said in outcome.failed
    assert outcome.conclusions is None


def test_the_command_says_where_it_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert cli.main(["bench"]) == 2
    assert "checkout" in capsys.readouterr().err


def test_the_command_names_an_engine_that_there_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(tmp_path))
    assert cli.main(["bench", "--engines", "prolog"]) == 2
    assert "prolog" in capsys.readouterr().err


def test_results_keep_what_was_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "RESULTS.md"
    place.write_text(
        f"# Results\n\nIn short: …\n\n{report.MARK}\n- an old machine\n\n"
        "### owl, 1,000 issues\n\nold thousand\n\n### owl, 10 issues\n\nold ten\n",
        "utf-8",
    )
    monkeypatch.setattr(report, "RESULTS", place)
    report.write([Block(OWL, 10, "126 rules", 5)], Plan((10,)))
    text = place.read_text("utf-8")
    assert "In short" in text
    assert "old thousand" in text
    assert "old machine" not in text
    assert "old ten" not in text
    assert text.index("### owl, 10 issues") < text.index("### owl, 1,000 issues")
    assert f"as of {datetime.date(2026, 6, 30)}" in text
