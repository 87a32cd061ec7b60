"""Conclusions as files: those of a run and of the record, the same in Parquet, CSV and RDF."""

import csv
import datetime
import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.cli import main
from reasoner import pipeline
from reasoner.batch import export
from reasoner.batch.generator import fact_files, pattern
from reasoner.batch.generator.generate import Generator
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.facts import gather
from reasoner.queries import triples

AS_OF = datetime.date(2026, 11, 22)
DAY = 20261122


@pytest.fixture(scope="module")
def rules() -> pipeline.Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def facts(rules: pipeline.Ontology) -> pa.Table:
    return Generator(pattern.samples(rules.vocabulary), 120, seed=1).table()


@pytest.fixture(scope="module")
def conclusions(facts: pa.Table, rules: pipeline.Ontology) -> list[Conclusion]:
    """What the in-process evaluator concludes from the facts, with the names that they give."""
    names: dict[str, str] = {}
    for predicate in ("name", "shortName"):
        for row in facts.to_pylist():
            if row["predicate"] == predicate:
                names[row["subject"]] = row["object"]
    numbered = facts.append_column("id", pa.array(range(1, facts.num_rows + 1), pa.int64()))
    world = pipeline.World(gather(numbered, rules.book, rules.vocabulary, DAY), rules, AS_OF, names)
    return world.conclusions()


@pytest.fixture(scope="module")
def folder(facts: pa.Table, rules: pipeline.Ontology, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the facts."""
    from reasoner.batch.run import Run

    place = tmp_path_factory.mktemp("run")
    fact_files.write([facts], place / "facts.parquet", "parquet", rules.vocabulary)
    with Run.create(place / "run", [place / "facts.parquet"], rules, AS_OF) as made:
        made.reason()
    return place / "run"


def test_a_run_is_exported_as_its_conclusions_read(
    folder: Path, conclusions: list[Conclusion], rules: pipeline.Ontology, tmp_path: Path
) -> None:
    assert main(["export", "--run", str(folder), "--out", str(tmp_path / "run.parquet")]) == 0
    exported = {row["id"]: row for row in pq.read_table(tmp_path / "run.parquet").to_pylist()}
    batches = export.rows_of(conclusions, rules.book, "zh")
    expected = {row["id"]: row for batch in batches for row in batch.to_pylist()}
    assert exported.keys() == expected.keys()
    for id, row in expected.items():
        assert exported[id] == row


def test_the_triples_are_those_that_sparql_is_asked_over(
    folder: Path, conclusions: list[Conclusion], rules: pipeline.Ontology, tmp_path: Path
) -> None:
    assert main(["export", "--run", str(folder), "--out", str(tmp_path / "run.nt")]) == 0
    first, *lines = (tmp_path / "run.nt").read_text(encoding="utf-8").splitlines(keepends=True)
    assert first == f"# rules {rules.book.digest}\n"
    assert len(lines) == len(set(lines))
    assert set(lines) == set(triples.conclusions(conclusions, rules.book))
    assert main(["export", "--run", str(folder), "--out", str(tmp_path / "run.nt.gz")]) == 0
    with gzip.open(tmp_path / "run.nt.gz", "rt", encoding="utf-8") as file:
        assert set(file) == {first, *lines}


def test_a_spreadsheet_gets_text_and_no_formula(
    folder: Path, conclusions: list[Conclusion], tmp_path: Path
) -> None:
    out = tmp_path / "run.csv"
    assert main(["export", "--run", str(folder), "--out", str(out), "--lang", "en"]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {c.id for c in conclusions}
    for c in conclusions:
        row = rows[c.id]
        assert row["status_label"] == c.status_label["en"]
        assert row["issues"] == "; ".join(c.issues)
        assert row["due"] == (c.due or "")
        assert row["as_of"] == AS_OF.isoformat()


def test_a_cell_that_starts_a_formula_is_made_inert() -> None:
    texts = ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "1-1", "a=1"]
    nothing = dict.fromkeys(export.SCHEMA.names)
    rows = [nothing | {"id": text, "issues": [text, "T-1"]} for text in texts]
    table = export.plain([pa.RecordBatch.from_pylist(rows, export.SCHEMA)], "、")
    assert table["id"].to_pylist() == [f"'{text}" for text in texts[:6]] + texts[6:]
    assert table["issues"].to_pylist()[0] == "'=1+1、T-1"


def test_the_record_is_exported(own_home: Path, bundled_home: Path, tmp_path: Path) -> None:
    own_home.mkdir()
    shutil.copy(bundled_home / pipeline.RECORD_FILE, own_home)
    days = ["--as-of", AS_OF.isoformat()]
    for ending in ("parquet", "csv", "nt"):
        assert main(["export", "--out", str(tmp_path / f"all.{ending}"), *days]) == 0
    world = pipeline.open_world(own_home, AS_OF)
    table = pq.read_table(tmp_path / "all.parquet")
    assert set(table["id"].to_pylist()) == {c.id for c in world.conclusions()}
    assert set(table["rules"].to_pylist()) == {world.rules.book.digest[: export.VERSION]}
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == table.num_rows
    lines = (tmp_path / "all.nt").read_text(encoding="utf-8").splitlines(keepends=True)[1:]
    assert set(lines) == set(triples.conclusions(world.conclusions(), world.rules.book))


def test_a_status_with_roles_in_another_order_is_refused() -> None:
    from reasoner.batch.export_run import _part

    with pytest.raises(ValueError, match="another order"):
        _part("overdue", ("norm", "matter", "limit", "bearer"))


def refusals(folder: Path, tmp_path: Path) -> Iterator[tuple[list[str], str]]:
    out = str(tmp_path / "x.csv")
    yield ["--run", str(tmp_path), "--out", out], "not the folder of a run"
    yield ["--run", str(folder), "--out", str(tmp_path / "x.docx")], "--format"
    yield ["--run", str(folder), "--out", out, "--as-of", "2026-01-01"], "--as-of"
    (tmp_path / "taken").mkdir()
    yield ["--run", str(folder), "--out", str(tmp_path / "taken"), "--format", "csv"], "taken"


def test_what_cannot_be_exported_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, said in refusals(folder, tmp_path):
        assert main(["export", *arguments]) == 2
        assert said in capsys.readouterr().err
        assert not [file for file in tmp_path.iterdir() if file.suffix == ".part"]


def test_a_run_that_has_not_finished_is_not_exported(
    facts: pa.Table, rules: pipeline.Ontology, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from reasoner.batch.run import Run

    fact_files.write([facts], tmp_path / "facts.parquet", "parquet", rules.vocabulary)
    Run.create(tmp_path / "run", [tmp_path / "facts.parquet"], rules, AS_OF).close()
    assert main(["export", "--run", str(tmp_path / "run"), "--out", str(tmp_path / "x.csv")]) == 2
    assert "--resume" in capsys.readouterr().err
