"""Generated facts: of any size, the same for a seed, lifelike, and nothing invented about a real body."""

import csv
import datetime
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from app.cli import main
from reasoner import pipeline
from reasoner.batch.generator import fact_files, pattern
from reasoner.batch.generator.generate import Generator
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.facts import Facts, gather
from reasoner.engine.reader import Reader
from reasoner.ledger.load import load
from reasoner.records.record import Record
from reasoner.rulebook.sentences import Speaker

AS_OF = datetime.date(2026, 11, 22)
MARK = "示例数据（虚构）"
COLUMNS = ["predicate", "subject", "object", "kind"]
DEFAULTS = {"overdue", "deviation", "notObserved", "performedLate", "performedInPart", "pending"}
DEFAULTS |= {"established", "tolerated", "tolerancePossible"}
NOBODY = "unstatedBearer"


@pytest.fixture(scope="module")
def rules() -> pipeline.Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def samples(rules: pipeline.Ontology) -> pattern.Pattern:
    return pattern.samples(rules.vocabulary)


@pytest.fixture(scope="module")
def some(samples: pattern.Pattern) -> pa.Table:
    return Generator(samples, 300, seed=1).table()


def invented(samples: pattern.Pattern, table: pa.Table) -> pa.Table:
    return table.slice(len(samples.registry))


def objects(table: pa.Table, predicate: str) -> list[tuple[str, str]]:
    found = table.filter(pc.equal(table["predicate"], predicate))
    return list(zip(found["subject"].to_pylist(), found["object"].to_pylist(), strict=True))


def facts_of(table: pa.Table, rules: pipeline.Ontology) -> Facts:
    numbered = table.append_column("id", pa.array(range(1, table.num_rows + 1), pa.int64()))
    return gather(numbered, rules.book, rules.vocabulary, calendar.to_int(AS_OF))


def concluded(
    table: pa.Table, rules: pipeline.Ontology, engine: pipeline.Engine = "memory"
) -> list[Conclusion]:
    model = pipeline.solve(facts_of(table, rules), rules, engine)
    speaker = Speaker(rules.vocabulary, rules.book, {}, model)
    return list(Reader(model, rules.vocabulary, rules.book, speaker, calendar.to_int(AS_OF)).all())


@pytest.fixture(scope="module")
def found(some: pa.Table, rules: pipeline.Ontology) -> list[Conclusion]:
    return concluded(some, rules)


@pytest.mark.parametrize("issues", [0, 1, 54, 55, 56, 300, 4000])
def test_there_are_as_many_issues_as_asked_for(samples: pattern.Pattern, issues: int) -> None:
    table = Generator(samples, issues).table()
    own = [subject for subject, _ in objects(table, "issue")]
    assert len(own) == len(set(own)) == issues


@pytest.mark.parametrize("wrong", [(-1, 0), (1, -1)])
def test_negative_numbers_are_refused(samples: pattern.Pattern, wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        Generator(samples, *wrong)


def test_nothing_dangles(samples: pattern.Pattern, rules: pipeline.Ontology) -> None:
    """What is invented names only what the facts or the ontology have, but for what errors name."""
    for issues in (5, 300, 4000):
        table = Generator(samples, issues).table()
        known = set(table["subject"].to_pylist()) | set(rules.vocabulary.individuals)
        entities = table.filter(pc.equal(table["kind"], "entity"))
        assert not set(entities["object"].to_pylist()) - known


def test_the_same_seed_gives_the_same_file(own_home: Path, tmp_path: Path) -> None:
    for number, seed in enumerate(("3", "3", "4")):
        for ending in ("parquet", "csv", "ttl"):
            out = tmp_path / f"{number}.{ending}"
            assert main(["generate", "--issues", "60", "--seed", seed, "--out", str(out)]) == 0
    for ending in ("parquet", "csv", "ttl"):
        first, again, other = ((tmp_path / f"{number}.{ending}").read_bytes() for number in range(3))
        assert first == again
        assert first != other


def test_everything_invented_is_marked(samples: pattern.Pattern, some: pa.Table) -> None:
    own = invented(samples, some)
    marked = {subject for subject, note in objects(own, "note") if note == MARK}
    assert not set(own["subject"].to_pylist()) - marked
    named = dict(objects(own, "name"))
    assert not {id: name for id, name in named.items() if "示例" not in name}


def test_nothing_is_said_of_what_is_real(samples: pattern.Pattern, some: pa.Table) -> None:
    real = {fact.subject for fact in samples.registry}
    assert not real & set(invented(samples, some)["subject"].to_pylist())


def test_the_registry_comes_along(samples: pattern.Pattern, some: pa.Table) -> None:
    rows = some.slice(0, len(samples.registry)).to_pylist()
    assert [tuple(row.values()) for row in rows] == [tuple(fact) for fact in samples.registry]


def test_some_places_sectors_and_inspections_have_most(samples: pattern.Pattern) -> None:
    table = Generator(samples, 40_000, seed=2).table()
    for predicate, times in (("relatesTo", 8), ("inSector", 4), ("raisedIn", 8)):
        counted = Counter(value for _, value in objects(invented(samples, table), predicate)).most_common()
        assert counted[0][1] > times * counted[len(counted) // 2][1], predicate
    sizes = Counter(value for _, value in objects(table, "raisedIn"))
    assert max(sizes.values()) > 1000
    assert 50 < sorted(sizes.values())[len(sizes) // 2] < 500


def test_some_of_it_is_missing_or_wrong(samples: pattern.Pattern) -> None:
    table = Generator(samples, 20_000, seed=2).table()
    issues = {subject for subject, _ in objects(table, "issue")}
    for predicate in ("relatesTo", "inSector", "foundOn", "raisedIn"):
        share = len({subject for subject, _ in objects(table, predicate)} & issues) / len(issues)
        assert 0.75 < share < 1, predicate
    due = dict(objects(table, "dueOn"))
    done, of = dict(objects(table, "on")), dict(objects(table, "about"))
    late = [t for t, _ in objects(table, "taskCompletion") if done.get(t, "0") > due.get(of[t], "9")]
    assert len(late) > 100
    assert any(number > 1 for number in Counter(task for task, _ in objects(table, "dueOn")).values())


def test_every_status_of_the_samples_is_reached(
    found: list[Conclusion], rules: pipeline.Ontology, sampled_home: Path
) -> None:
    with Record.open(sampled_home / "record.sqlite") as record:
        world = pipeline.World(
            gather(record, rules.book, rules.vocabulary, calendar.to_int(AS_OF)), rules, AS_OF
        )
    shown = {(c.norm, c.status) for c in world.conclusions() if any(i.startswith("SL-") for i in c.issues)}
    assert len(shown) > 40
    assert shown <= {(c.norm, c.status) for c in found}
    assert {c.status for c in world.conclusions()} <= {c.status for c in found}


@pytest.mark.parametrize("engine", ["duckdb", "clingo"])
def test_the_engines_agree(
    some: pa.Table, found: list[Conclusion], rules: pipeline.Ontology, engine: pipeline.Engine
) -> None:
    assert {c.atom for c in concluded(some, rules, engine)} == {c.atom for c in found}


@pytest.mark.parametrize(("issues", "seed"), [(300, 1), (300, 9), (3000, 5)])
def test_no_real_body_is_in_default(
    samples: pattern.Pattern, rules: pipeline.Ontology, issues: int, seed: int
) -> None:
    table = Generator(samples, issues, seed).table()
    own = set(invented(samples, table)["subject"].to_pylist())
    engine: pipeline.Engine = "memory" if issues < 1000 else "duckdb"
    blamed = [
        c.atom
        for c in concluded(table, rules, engine)
        if c.status in DEFAULTS and c.subject in own and {b["id"] for b in c.bearers} - own - {NOBODY}
    ]
    assert not blamed


def test_every_format_says_the_same(
    samples: pattern.Pattern, some: pa.Table, rules: pipeline.Ontology, tmp_path: Path
) -> None:
    for form, ending in fact_files.FORMATS.items():
        file = tmp_path / f"facts{ending}"
        rows = fact_files.write(Generator(samples, 300, 1).tables(), file, form, rules.vocabulary)
        assert rows == some.num_rows
    text = pa.csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()))
    assert pa.csv.read_csv(tmp_path / "facts.csv", convert_options=text).equals(some.combine_chunks())
    assert pq.read_table(tmp_path / "facts.parquet").equals(some.combine_chunks())
    with Record.open(tmp_path / "record.sqlite") as record:
        report = load([tmp_path / "facts.nt"], record)
        assert not report.unusable
        assert not report.aside
        recorded = record.facts(text=True).select(COLUMNS).to_pylist()
    assert {tuple(row.values()) for row in recorded} == {tuple(row.values()) for row in some.to_pylist()}


def test_ledgers_load_to_the_same_facts(
    own_home: Path, some: pa.Table, samples: pattern.Pattern, rules: pipeline.Ontology, tmp_path: Path
) -> None:
    folder = tmp_path / "ledgers"
    assert main(["generate", "--issues", "300", "--seed", "1", "--format", "ledger", "-o", str(folder)]) == 0
    with Record.open(tmp_path / "record.sqlite") as record:
        report = load(sorted(folder.iterdir()), record, with_registry=True)
        assert not report.unusable
        assert not report.aside
        recorded = {tuple(row.values()) for row in record.facts().select(COLUMNS).to_pylist()}
    used = rules.book.used
    stated = {tuple(row.values()) for row in invented(samples, some).to_pylist() if row["kind"] != "text"}
    lost = {fact for fact in stated - recorded if fact[0] in used}
    assert {fact[0] for fact in lost} <= {"dueOn", "relatesTo", "damageIn"}
    assert len(lost) < 10


def test_a_cell_of_a_ledger_says_nothing_twice(own_home: Path, tmp_path: Path) -> None:
    """Facts may; a row that did would be set aside."""
    folder = tmp_path / "ledgers"
    assert main(["generate", "--issues", "200", "--seed", "1", "--format", "ledger", "-o", str(folder)]) == 0
    with (folder / "问题.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["所属督察"].split("、") for row in csv.DictReader(file)]
    assert [cell for cell in cells if len(set(cell)) < len(cell)] == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").mkdir()
    assert main(["generate", "--issues", "1", "--format", "csv", "-o", str(tmp_path / "taken")]) == 2
    assert "taken" in capsys.readouterr().err
    assert main(["generate", "--issues", "1", "-o", str(tmp_path / "facts.xyz")]) == 2
    assert "--format" in capsys.readouterr().err
    assert main(["generate", "--issues", "-1", "-o", str(tmp_path / "facts.csv")]) == 2
    assert not [f for f in tmp_path.iterdir() if f.name.endswith(".part")]
