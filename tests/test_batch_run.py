"""Runs: facts files or a record into a folder, the rules over them on DuckDB, killed and resumed."""

from __future__ import annotations

import datetime
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

from app.cli import main
from reasoner import pipeline
from reasoner.batch import evaluation, working
from reasoner.batch.generator import pattern
from reasoner.batch.generator.generate import Generator
from reasoner.batch.run import Run, RunError, begun
from reasoner.batch.sources import FactsError, place_of, statements
from reasoner.engine.evaluate import Ground, Model, Row
from reasoner.engine.facts import gather
from reasoner.engine.sql import NAME_BASE
from reasoner.pipeline import Ontology
from reasoner.records.record import Record

DAY = datetime.date(2026, 11, 23)
AS_OF = 20261123
_KILLED = """
import datetime, os, signal, sys
from pathlib import Path
from reasoner import pipeline
rules = pipeline.ontology(None, Path(sys.argv[4]))
from reasoner.batch.run import Run
def progress(what, done, of):
    if what == "strata" and done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Run.open(Path(sys.argv[1]), rules).reason(progress, every=float(sys.argv[3]))
"""

Rows = dict[str, set[Row]]
Change = Callable[[list[Path], Ontology, datetime.date], tuple[list[Path], Ontology, datetime.date]]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return pipeline.ontology(None, tmp_path_factory.getbasetemp() / "ontology")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory, rules: Ontology) -> Path:
    """A facts file of a hundred issues, some statements twice."""
    file = tmp_path_factory.mktemp("facts") / "facts.parquet"
    table = pa.concat_tables(Generator(pattern.samples(rules.vocabulary), 100, 3).tables())
    parquet.write_table(pa.concat_tables([table, table.slice(0, 500)]), file)
    return file


@pytest.fixture(scope="module")
def expected(facts: Path, rules: Ontology) -> Model:
    """What the in-process evaluator makes of the same file."""
    return pipeline.solve(gather(statements([facts]), rules.book, rules.vocabulary, AS_OF), rules)


def held(run: Run) -> Rows:
    """Every row of every table of a run, each once."""
    found: Rows = {}
    for predicate in run.tables:
        rows = run.names.rows(run.connection.execute(f'SELECT * FROM model."{predicate}"').fetchall())
        found[predicate] = set(rows)
        assert len(found[predicate]) == len(rows), predicate
    return {predicate: rows for predicate, rows in found.items() if rows}


def kept_of(model: Model, predicates: frozenset[str]) -> Rows:
    found = {predicate: set(model.rows(predicate)) for predicate in predicates}
    return {predicate: rows for predicate, rows in found.items() if rows}


def written(folder: Path, rows: list[tuple[str, str, str, str]], name: str = "facts.parquet") -> Path:
    columns = list(zip(*rows, strict=True))
    table = pa.table(dict(zip(("predicate", "subject", "object", "kind"), map(list, columns), strict=True)))
    file = folder / name
    (parquet.write_table if name.endswith(".parquet") else csv.write_csv)(table, file)
    return file


def test_a_run_holds_what_the_in_process_evaluator_finds(
    tmp_path: Path, facts: Path, rules: Ontology, expected: Model
) -> None:
    with Run.create(tmp_path / "run", [facts], rules, DAY) as run:
        assert not run.finished
        run.reason(also=None)
    with Run.open(tmp_path / "run", rules) as run:
        assert run.finished
        assert run.as_of == DAY
        heads = frozenset(rule.head.predicate for rule in rules.book.rules)
        assert held(run) == kept_of(expected, heads | run.kept)
        statuses = {p.name for p in rules.vocabulary.predicates.values() if p.is_status and p.roles}
        assert run.counts() == {p: len(rows) for p, rows in held(run).items() if p in statuses}
        assert run.issues() == 100
        streamed = [row for batch in run.conclusions(50) for row in batch.to_pylist()]
        assert {
            (row["status"], *(v for key, v in row.items() if key != "status" and v is not None))
            for row in streamed
        } == {(p, *map(str, row)) for p, rows in held(run).items() if p in statuses for row in rows}


def test_a_run_killed_at_several_strata_ends_as_one_that_was_not(
    tmp_path: Path, facts: Path, rules: Ontology, expected: Model
) -> None:
    folder = tmp_path / "run"
    Run.create(folder, [facts], rules, DAY).close()
    for stratum, every in ((300, 0.0), (590, 0.0), (800, 1e9), (815, 0.0), (838, 0.0)):
        arguments = [str(folder), str(stratum), str(every), str(tmp_path.parent / "ontology")]
        ended = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False, capture_output=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    seen: list[int] = []
    run = Run.create(folder, [facts], rules, DAY, resume=True)
    run.reason(lambda what, done, of: seen.append(done))
    assert min(seen) > 800  # what was made safe is not evaluated again
    with Run.open(folder, rules) as run:
        assert held(run) == kept_of(expected, run.kept)


def test_a_finished_run_is_read_by_several_and_not_evaluated_again(
    tmp_path: Path, facts: Path, rules: Ontology
) -> None:
    Run.create(tmp_path, [facts], rules, DAY).reason()
    first, second = Run.open(tmp_path, rules), Run.open(tmp_path, rules)
    assert first.counts() == second.counts()
    first.reason(lambda *_: pytest.fail("evaluated again"))
    with pytest.raises(RunError, match="already"):
        Run.create(tmp_path, [facts], rules, DAY)


def other_rules(rules: Ontology) -> Ontology:
    return Ontology(rules.vocabulary, replace(rules.book, digest="other"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files, rules, day: (files, other_rules(rules), day), "the rules have changed"),
        (lambda files, rules, day: (files, rules, datetime.date(2026, 1, 1)), "not 2026-01-01"),
        (lambda files, rules, day: (files * 2, rules, day), "2"),
        (lambda files, rules, day: (altered(files), rules, day), "facts.csv"),
    ],
)
def test_what_was_begun_with_other_things_is_not_resumed(
    tmp_path: Path,
    rules: Ontology,
    change: Callable[..., tuple[list[Path], Ontology, datetime.date]],
    said: str,
) -> None:
    files = [written(tmp_path, [("issue", "x", "", "class")], "facts.csv")]
    Run.create(tmp_path / "run", files, rules, DAY).close()
    files, others, day = change(files, rules, DAY)
    with pytest.raises(RunError, match=said):
        Run.create(tmp_path / "run", files, others, day, resume=True)


def altered(files: list[Path]) -> list[Path]:
    with files[0].open("a") as file:
        file.write('"issue","y","","class"\n')
    return files


def test_reading_that_was_interrupted_is_begun_again(tmp_path: Path, rules: Ontology) -> None:
    file = written(tmp_path, [("issue", "x", "", "class")])
    Run.create(tmp_path / "run", [file], rules, DAY).close()
    about = tmp_path / "run" / "run.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), "read": False}))
    with pytest.raises(RunError, match="not all read"):
        Run.open(tmp_path / "run", rules)
    assert begun(tmp_path / "run").as_of == DAY
    with Run.create(tmp_path / "run", [file], rules, DAY, resume=True) as run:
        run.reason()
        assert run.issues() == 1


def test_csv_and_parquet_and_a_record_are_the_same_input(
    tmp_path: Path, facts: Path, rules: Ontology, expected: Model
) -> None:
    table = statements([facts])
    csv.write_csv(table.slice(0, 9000).drop_columns(["id"]), tmp_path / "first.csv")
    parquet.write_table(table.slice(9000).drop_columns(["id"]), tmp_path / "second.parquet")
    with Run.create(tmp_path / "a", [tmp_path / "first.csv", tmp_path / "second.parquet"], rules, DAY) as run:
        run.reason()
        assert held(run) == kept_of(expected, run.kept)
        assert place_of(run.sources, 9000) == {"file": "first.csv", "row": 9000}
        assert place_of(run.sources, 9001) == {"file": "second.parquet", "row": 1}
        with pytest.raises(KeyError):
            place_of(run.sources, table.num_rows + 1)


def test_a_run_of_a_record_is_of_one_of_its_states(tmp_path: Path, rules: Ontology) -> None:
    with Record.open(tmp_path / "record.sqlite") as record:
        with record.transaction("test", "test") as change:
            change.add("issue", "x")
        with Run.create(tmp_path / "run", record, rules, DAY) as run:
            run.reason()
            model = pipeline.solve(gather(record, rules.book, rules.vocabulary, AS_OF), rules)
            assert held(run) == kept_of(model, run.kept)
        assert begun(tmp_path / "run").files == []
        with record.transaction("test", "test") as change:
            change.add("issue", "y")
        with pytest.raises(RunError, match=r"record\.sqlite"):
            Run.create(tmp_path / "run", record, rules, DAY, resume=True)


@pytest.mark.parametrize(
    "recorded",
    [
        [],
        [("parameter", "p", "", "class"), ("parameterKind", "p", "monthCounting", "entity")],
        [
            ("parameter", "p", "", "class"),
            ("parameterKind", "p", "monthCounting", "entity"),
            ("ruleValue", "p", "correspondingDay", "text"),
            ("parameter", "q", "", "class"),
            ("parameterKind", "q", "monthCounting", "entity"),
            ("ruleValue", "q", "startDayCounts", "text"),
            ("ruleValue", "p", "correspondingDay", "text"),
        ],
    ],
)
def test_facts_are_completed_as_for_one_case(
    tmp_path: Path, rules: Ontology, recorded: list[tuple[str, str, str, str]]
) -> None:
    rows = [("issue", "x", "", "class"), ("on", "e", "20240131", "date"), ("on", "f", "20260228", "date")]
    file = written(tmp_path, rows + recorded)
    run = Run.create(tmp_path / "run", [file], rules, DAY)
    facts = gather(statements([file]), rules.book, rules.vocabulary, AS_OF)
    assert run.connection.execute("SELECT value FROM meta WHERE key = 'counting'").fetchall() == [
        (facts.counting,)
    ]
    named = dict(run.connection.execute("SELECT code, name FROM predicates").fetchall())
    stated: set[Ground] = set()
    for predicate, *row in run.connection.execute("SELECT * FROM stated").fetchall():
        (values,) = run.names.rows([tuple(v for v in row if v is not None)])
        stated.add((named[predicate], values))
    used = {a.predicate for rule in rules.book.rules for a in rule.atoms()}
    assert stated == {atom for atom in facts.outside if atom[0] in used}
    run.close()


def test_names_are_found_both_ways(tmp_path: Path, rules: Ontology) -> None:
    file = written(tmp_path, [("issue", "甲'一", "", "class"), ("name", "甲'一", "题目", "text")])
    run = Run.create(tmp_path / "run", [file], rules, DAY)
    code = run.names.encode("甲'一")
    assert code is not None
    assert code > NAME_BASE
    assert run.names.decode(code) == "甲'一"
    assert run.names.encode(20240101) == run.names.decode(20240101) == 20240101
    assert run.names.encode("unheard of") is None
    with pytest.raises(KeyError):
        run.names.decode(NAME_BASE * 2)
    assert run.connection.execute("SELECT a0, text FROM others").fetchall() == [(code, "题目")]
    run.close()


def test_where_statements_were_taken_from_is_kept(tmp_path: Path, rules: Ontology) -> None:
    table = pa.table(
        {
            "predicate": ["issue", "raisedIn"],
            "subject": ["x", "x"],
            "object": ["", "j"],
            "kind": ["class", "entity"],
            "file": ["台账.xlsx", None],
            "sheet": ["问题", None],
            "row": [7, None],
            "columns": ["编号", None],
        }
    )
    parquet.write_table(table, tmp_path / "facts.parquet")
    run = Run.create(tmp_path / "run", [tmp_path / "facts.parquet"], rules, DAY)
    assert run.connection.execute("SELECT * FROM provenance").fetchall() == [
        (1, "台账.xlsx", "问题", 7, "编号")
    ]
    run.close()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("on", "e", "yesterday", "date"), "row 2"),
        (("on", "e", "", "class"), "row 2"),
        (("issue", "e", "x", "entity"), "row 2"),
        (("on", "e", "20240101", "moment"), "row 2"),
    ],
)
def test_a_row_that_is_no_statement_is_named(
    tmp_path: Path, rules: Ontology, row: tuple[str, str, str, str], said: str
) -> None:
    file = written(tmp_path, [("issue", "x", "", "class"), row])
    with pytest.raises(FactsError, match=said):
        Run.create(tmp_path / "run", [file], rules, DAY)


def test_files_that_cannot_be_facts_are_refused(tmp_path: Path, rules: Ontology) -> None:
    (tmp_path / "facts.txt").write_text("")
    (tmp_path / "facts.csv").write_text("predicate,subject\nissue,x\n")
    for name, said in (("facts.txt", "csv"), ("none.csv", "no such file"), ("facts.csv", "object, kind")):
        with pytest.raises(FactsError, match=said):
            Run.create(tmp_path / name.replace(".", "-"), [tmp_path / name], rules, DAY)
    with pytest.raises(RunError, match="not the folder of a run"):
        Run.open(tmp_path, rules)


def test_the_command_reasons_over_facts_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, folder = str(written(tmp_path, [("issue", "x", "", "class")])), str(tmp_path / "run")

    def said(*arguments: str) -> tuple[int, str]:
        code = main(["reason", *arguments, "--lang", "en"])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    code, first = said("--facts", file, "--run", folder, "--as-of", "2026-11-23")
    assert code == 0
    assert "as of 2026-11-23: 1 issues" in first
    assert said("--run", folder, "--resume") == (0, first)
    for engine in ("memory", "clingo", "duckdb"):
        assert said("--facts", file, "--engine", engine, "--as-of", "2026-11-23") == (0, first), engine
    for wrong, why in (
        (("--facts", file, "--run", folder), "--resume"),
        (("--resume",), "--run"),
        (("--run", folder, "--resume", "--engine", "clingo"), "duckdb"),
        (("--run", folder, "--resume", "--as-of", "2026-01-01"), "as of 2026-11-23"),
        (("--facts", str(tmp_path / "none.csv")), "no such file"),
    ):
        code, out = said(*wrong)
        assert code == 2
        assert why in out


def test_what_is_worked_out_when_it_is_read_is_what_would_be_stored(
    tmp_path: Path, facts: Path, rules: Ontology, expected: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At this size nothing is large: here everything that may be a view is one, every group a statement."""
    for name, number in (("_SMALL", 0), ("_FEW", 1e-9), ("_TOGETHER", 0)):
        monkeypatch.setattr(working, name, number)
    monkeypatch.setattr(evaluation, "_LISTED", 0)
    run = Run.create(tmp_path, [facts], rules, DAY)
    run.reason()
    assert held(run) == kept_of(expected, run.kept)
    run.close()


def test_memory_that_is_not_enough_is_told_and_more_goes_on(
    tmp_path: Path, facts: Path, rules: Ontology, expected: Model
) -> None:
    Run.create(tmp_path, [facts], rules, DAY).close()
    with pytest.raises(RunError, match="memory limit of 20MiB"):
        Run.open(tmp_path, rules, memory="20MiB").reason()
    run = Run.open(tmp_path, rules)
    run.reason()
    assert held(run) == kept_of(expected, run.kept)
    run.close()
