"""The same conclusions on Spark, in local mode: the whole rule set on the samples and on a random world."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds import random_world

from app.cli.main import main
from reasoner import bundled, pipeline
from reasoner.batch.layers import layers, needed
from reasoner.batch.sources import COLUMNS, FactsError
from reasoner.batch.spark.run import Run, reason
from reasoner.batch.spark.session import SparkError, session
from reasoner.casebook import cases
from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground, Row, evaluate
from reasoner.engine.facts import Facts, gather
from reasoner.pipeline import Ontology
from reasoner.records.registry import bundled_registry
from reasoner.rulebook.rules import parse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = datetime.date(2025, 12, 31)


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    # one small machine for a minute: no time to compile well, no room to spare
    java = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    made = session("local[2]", {"spark.driver.extraJavaOptions": java, "spark.driver.memory": "1g"})
    yield made
    made.stop()


def write(atoms: list[Ground], file: Path) -> None:
    """Ground atoms as a facts file."""
    rows = [
        (p, row[0], "", "class") if len(row) == 1 else (p, row[0], str(row[1]), kind(row[1]))
        for p, row in atoms
    ]
    columns = list(zip(*rows, strict=True))
    pq.write_table(
        pa.table({n: pa.array(c, pa.string()) for n, c in zip(COLUMNS, columns, strict=True)}), file
    )


def kind(value: str | int) -> str:
    return "date" if isinstance(value, int) else "entity"


def read(out: Path) -> dict[str, set[Row]]:
    """Conclusions as they were written."""
    found: dict[str, set[Row]] = {}
    for file in sorted(out.glob("conclusions/predicate=*/*.parquet")):
        name = file.parent.name.partition("=")[2]
        for values in pq.read_table(file, partitioning=None).to_pylist():
            row = tuple(int(v) if v.isdigit() else v for v in values.values() if v is not None)
            assert row not in found.setdefault(name, set())
            found[name].add(row)
    return found


def test_layers_need_only_what_is_earlier(rules: Ontology) -> None:
    done = {atom.predicate for rule in rules.book.rules for atom in rule.atoms()}
    done -= {rule.head.predicate for rule in rules.book.rules}
    found = layers(rules.book.rules)
    assert sum(len(layer.rules) for layer in found) == len(rules.book.rules)
    for layer in found:
        for rule in layer.rules:
            positive = {atom.predicate for atom in rule.positive()}
            rest = {atom.predicate for atom in rule.atoms()} - positive - {rule.head.predicate}
            assert rest <= done
            assert positive <= done | layer.repeated
            assert {list(rule.positive())[i].predicate for i in layer.circles(rule)} <= layer.repeated
        done |= layer.heads


def test_a_rule_is_left_out_when_it_can_make_no_difference() -> None:
    book = parse("a(X) :- b(X), not c(X). c(X) :- d(X). c(X) :- e(X). f(X) :- a(X). e(X) :- e(X), b(X).", "t")
    assert [rule.index for rule in needed(book, ["a"], {"b", "d"})] == [1, 2]


@pytest.fixture(scope="module")
def given(rules: Ontology) -> list[Ground]:
    """What is recorded in some cases of the regulation, thrown together, and a random world beside it."""
    registry, found = bundled_registry(), dict.fromkeys(recorded(random_world(3, rules)))
    known = [
        case for file in cases.files([bundled.path("ontology", "regulation")]) for case in cases.read(file)
    ]
    for case in known[:: len(known) // 8]:
        found |= dict.fromkeys(recorded(cases.Scene(case, rules, registry).world().facts))
    return list(found)


def recorded(world: Facts) -> list[Ground]:
    """The facts of a world but for those that every world gets."""
    made = {"ontology", "parameter", "as_of", "calendar"}
    return [atom for atom in world.atoms if not made & world.outside.get(atom, {}).keys()]


def expected(rules: Ontology, given: list[Ground]) -> dict[str, set[Row]]:
    """What the evaluator in process concludes."""
    facts = gather(None, rules.book, rules.vocabulary, calendar.to_int(DAY), more=[(a, {}) for a in given])
    model = evaluate(facts.atoms, rules.program)
    predicates = rules.vocabulary.predicates.values()
    found = {p.name: set(model.rows(p.name)) for p in predicates if p.is_status or p.is_remark}
    return {name: rows for name, rows in found.items() if rows}


def test_spark_concludes_the_same_from_the_complete_rule_set(
    spark: SparkSession, rules: Ontology, given: list[Ground], tmp_path: Path
) -> None:
    half = len(given) // 2
    write(given[:half], tmp_path / "a.parquet")
    write(given[half:], tmp_path / "b.parquet")
    files, done = [str(tmp_path / "a.parquet"), str(tmp_path / "b.parquet")], list[int]()
    counted = reason(spark, files, str(tmp_path / "out"), rules, DAY, lambda *part: done.append(part[0]))
    wanted = expected(rules, given)
    assert len(wanted) > 5
    assert read(tmp_path / "out") == wanted
    assert counted == {name: len(rows) for name, rows in wanted.items()}
    assert done == list(range(1, len(done) + 1))
    assert not (tmp_path / "out" / "work").exists()
    with pytest.raises(SparkError, match="folder exists already"):
        reason(spark, files, str(tmp_path / "out"), rules, DAY)


def test_large_tables_in_folders_of_their_own_give_the_same(
    spark: SparkSession, rules: Ontology, given: list[Ground], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table is taken for a small one; only what one status needs is asked for."""
    monkeypatch.setattr("reasoner.batch.spark.session.SMALL", 0)
    monkeypatch.setattr("reasoner.batch.spark.tables._FEW", 0)
    write(given, tmp_path / "facts.parquet")
    run = Run(spark, str(tmp_path / "work"), rules)
    run.wanted = ["inInspection", "partOf", "succeededBy", "soleHolder", "occurred"]
    run.load([str(tmp_path / "facts.parquet")], calendar.to_int(DAY))
    run.evaluate()
    run.write(str(tmp_path / "conclusions"))
    facts = gather(None, rules.book, rules.vocabulary, calendar.to_int(DAY), more=[(a, {}) for a in given])
    model = evaluate(facts.atoms, rules.program)
    wanted = {name: rows for name in run.wanted if (rows := set(model.rows(name)))}
    assert len(wanted) == 5
    assert read(tmp_path) == wanted


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("on", "x", "tomorrow", "date"), "is no statement"),
        (("issue", "x", "y", "entity"), "is no statement"),
        (("on", "x", None, "date"), "is no statement"),
        (("on", "x", "20250101", "day"), "is no statement"),
    ],
)
def test_a_row_that_is_no_statement_is_shown(
    row: tuple[str | None, ...], said: str, spark: SparkSession, rules: Ontology, tmp_path: Path
) -> None:
    columns = {name: pa.array([value], pa.string()) for name, value in zip(COLUMNS, row, strict=True)}
    pq.write_table(pa.table(columns), tmp_path / "facts.parquet")
    with pytest.raises(FactsError, match=said):
        reason(spark, [str(tmp_path / "facts.parquet")], str(tmp_path / "out"), rules, DAY)
    assert not (tmp_path / "out" / "work").exists()


def test_a_file_that_cannot_be_read_is_named(spark: SparkSession, rules: Ontology, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("subject,object\na,b\n", encoding="utf-8")
    for file, said in (("none.parquet", "cannot read it"), ("other.csv", "columns missing: predicate, kind")):
        with pytest.raises(FactsError, match=said):
            reason(spark, [str(tmp_path / file)], str(tmp_path / "out"), rules, DAY)


def test_the_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reason", "--engine", "spark", "--facts", "x.parquet"]) == 2
    assert "say with --out" in capsys.readouterr().err
    assert main(["reason", "--engine", "spark", "--out", "x", "--spark-conf", "memory=1g"]) == 2
    assert "no setting of Spark: memory=1g" in capsys.readouterr().err
