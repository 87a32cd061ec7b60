"""One case of a run says what the whole in-process world says, proves it alike, and answers what-if alike."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from app.cli import main
from reasoner import bundled, checker
from reasoner.asking.whatif import Difference, what_if
from reasoner.checker import document
from reasoner.engine import calendar
from reasoner.engine.facts import gather
from reasoner.pipeline import Ontology, World, ontology

DAY = date(2026, 11, 22)
ISSUES = 120
FINDING: dict[str, Any] = {
    "finding": "suspectedCrime",
    "by": "leadingGroup",
    "on": date(2026, 1, 5),
    "state": "upheld",
}


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return ontology()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, rules: Ontology) -> Path:
    """A finished run of generated facts; for reading only."""
    from reasoner.batch.generator import fact_files, pattern
    from reasoner.batch.generator.generate import Generator
    from reasoner.batch.run import Run

    home = tmp_path_factory.mktemp("run")
    generator = Generator(pattern.samples(rules.vocabulary, None), ISSUES, 7)
    fact_files.write(generator.tables(), home / "facts.parquet", "parquet", rules.vocabulary)
    with Run.create(home / "run", [home / "facts.parquet"], rules, DAY) as run:
        run.reason()
    return home / "run"


@pytest.fixture(scope="module")
def cases(folder: Path, rules: Ontology) -> Iterator[Any]:
    from reasoner.batch.cases import RunCases
    from reasoner.batch.run import Run

    with Run.open(folder, rules) as run:
        yield RunCases(run)


@pytest.fixture(scope="module")
def whole(folder: Path, rules: Ontology, cases: Any) -> World:
    """Everything in one process, with every derivation and the same sources."""
    from reasoner.batch.sources import statements

    file = folder.parent / "facts.parquet"
    table = statements([file])
    facts = gather(table, rules.book, rules.vocabulary, calendar.to_int(DAY))
    columns = pq.read_table(file, columns=["predicate", "subject", "object"]).to_pylist()
    names: dict[str, str] = {}
    for predicate in ("name", "shortName"):
        names |= {row["subject"]: row["object"] for row in columns if row["predicate"] == predicate}
    return World(facts, rules, DAY, names, origin=cases.origin)


def about(world: World, matter: str) -> dict[str, Any]:
    found = (c for c in world.conclusions() if matter in c.issues or matter == c.subject)
    return {c.id: c for c in found}


def steps(node: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every step of a proof, of all the ways in which it follows: (kind, sentence)."""
    below = (*node.get("premises", ()), *node.get("also", ()))
    own = {(node["kind"], node["sentence"]["zh"])} if "sentence" in node else set()
    return own.union(*map(steps, below))


def test_every_issue_has_a_case_with_the_conclusions_of_the_whole(cases: Any, whole: World) -> None:
    silent = 0
    for issue in whole.issues():
        case, expected = cases.case(issue), about(whole, issue)
        kept_back: frozenset[Any] = getattr(case, "silent", frozenset())
        silent += bool(kept_back)
        told = {id_ for id_, c in expected.items() if (c.subject, str(c.atom[1][2])) not in kept_back}
        assert set(about(case, issue)) == told, issue
        assert all(matter != issue for matter, _ in kept_back)
        assert set(about(cases.full(issue), issue)) == set(expected), issue
    assert silent < ISSUES / 4


def test_a_conclusion_reads_in_the_case_as_in_the_whole(cases: Any, whole: World) -> None:
    for issue in random.Random(1).sample(whole.issues(), 25):
        ours, theirs = about(cases.case(issue), issue), about(whole, issue)
        for id_, one in ours.items():
            told, expected = one.to_dict(), theirs[id_].to_dict()
            others = {"issue", "issues"}  # whom else it concerns is told by their cases
            assert {k: v for k, v in told.items() if k not in others} == {
                k: v for k, v in expected.items() if k not in others
            }


def test_every_proof_is_the_proof_of_the_whole_with_its_sources(cases: Any, whole: World) -> None:
    compared = 0
    for issue in random.Random(2).sample(whole.issues(), 25):
        case = cases.case(issue)
        for id_ in about(case, issue):
            ours, theirs = case.explain(id_), whole.explain(id_)
            assert steps(ours.tree) <= steps(theirs.tree), (issue, id_)
            if ours.conclusion.subject == issue:
                assert ours.tree == theirs.tree, (issue, id_)
                compared += 1
    assert compared > 100


def test_a_run_tells_and_proves_every_conclusion_as_the_whole_does(cases: Any, whole: World) -> None:
    """From what the conclusion alone rests on, in every way in which it follows."""
    compared, law = 0, checker.Law(bundled.path("ontology"))
    for issue in random.Random(5).sample(whole.issues(), 12):
        theirs = about(whole, issue)
        assert {c.id for c in cases.conclusions(issue)} == set(theirs)
        for one in cases.conclusions(issue):
            proof, expected = cases.told(issue).explain(one.id), whole.explain(one.id)
            assert proof.tree == expected.tree, (issue, one)
            assert proof.beside == expected.beside, (issue, one)
            others = {"issue", "issues"}  # whom else it concerns is told by their cases
            ours = {k: v for k, v in proof.to_dict()["conclusion"].items() if k not in others}
            assert ours == {k: v for k, v in expected.conclusion.to_dict().items() if k not in others}
            compared += 1
            if compared % 8 == 0:  # its facts are enough for whoever checks it, and no more than are needed
                own, every = cases.told(issue).certify(one.id), whole.certify(one.id)
                found = checker.check(document.checked(json.loads(json.dumps(own))), law)
                assert not found.faults, list(map(str, found.faults))
                assert len(own["facts"]["recorded"]) < len(every["facts"]["recorded"]) / 4
    assert compared > 100


def test_an_inspection_has_a_case_too(cases: Any, whole: World) -> None:
    inspections = sorted({c.inspection for c in whole.conclusions() if c.inspection})
    for inspection in inspections[:12]:
        assert set(about(cases.case(inspection), inspection)) == set(about(whole, inspection))


def changes(found: Difference, issue: str) -> set[tuple[Any, Any, frozenset[Any]]]:
    return {
        (
            change.before and change.before.atom,
            change.after and change.after.atom,
            frozenset(change.because),
        )
        for change in found.about(issue)
    }


def test_what_if_in_a_case_is_what_if_in_the_whole(cases: Any, whole: World) -> None:
    for issue in random.Random(3).sample(whole.issues(), 6):
        add = [{**FINDING, "about": issue}]
        _, ours = what_if(cases.case(issue), cases.registry, [dict(add[0])])
        _, theirs = what_if(whole, cases.registry, [dict(add[0])])
        assert ours.added == theirs.added
        assert changes(ours, issue) == changes(theirs, issue)


def test_a_fact_names_the_row_of_the_facts_file_that_states_it(
    cases: Any, whole: World, folder: Path
) -> None:
    issue = whole.issues()[0]
    case = cases.case(issue)
    atom, ids = next(iter(case.facts.origins.items()))
    told = cases.origin.sources(ids)[ids[0]]
    assert told["file"] == "facts.parquet"
    row = pq.read_table(folder.parent / "facts.parquet").slice(told["row"] - 1, 1).to_pylist()[0]
    assert (row["predicate"], row["subject"]) == (atom[0], atom[1][0])


def test_a_crowd_is_never_fetched(folder: Path, rules: Ontology, whole: World) -> None:
    """With crowds of three: what names a district is counted, and the cases say the same."""
    from reasoner.batch import cases as module
    from reasoner.batch.cases import RunCases
    from reasoner.batch.run import Run

    with pytest.MonkeyPatch.context() as patch, Run.open(folder, rules) as run:
        patch.setattr(module, "_CROWD", 3)
        few = RunCases(run)
        for issue in random.Random(4).sample(whole.issues(), 15):
            case, expected = few.case(issue), about(whole, issue)
            kept_back: frozenset[Any] = getattr(case, "silent", frozenset())
            told = {id_ for id_, c in expected.items() if (c.subject, str(c.atom[1][2])) not in kept_back}
            assert set(about(case, issue)) == told, issue
        lookup: Any = few._surroundings(3).recorded
        assert lookup.crowds
        for entity, relations in lookup.crowds.items():
            named = [atom[0] for atom in lookup.naming(entity)]
            assert not relations.keys() & set(named)


def test_a_case_that_differs_from_the_run_is_refused(folder: Path, rules: Ontology, tmp_path: Path) -> None:
    from reasoner.batch.cases import CaseError, RunCases
    from reasoner.batch.run import Run

    shutil.copytree(folder, tmp_path / "run")
    with Run.open(tmp_path / "run", rules, write=True) as run:
        opened = RunCases(run)
        issue = next(
            str(run.names.decode(row[0]))
            for row in run.connection.execute("SELECT a0 FROM model.issue LIMIT 1").fetchall()
        )
        run.connection.execute(f"DELETE FROM cases_stated WHERE matter = {run.names.encode(issue)}")
        with pytest.raises(CaseError, match=r"不能单独打开.* / .*cannot be opened"):
            opened.case(issue)


def test_what_nobody_stated_has_a_case_that_says_nothing_of_it(cases: Any) -> None:
    assert not about(cases.case("no-such-issue"), "no-such-issue")


def test_the_commands_take_a_run(
    folder: Path,
    whole: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(tmp_path))
    issue = whole.issues()[0]
    one = next(iter(about(whole, issue)))
    shutil.copytree(folder, tmp_path / "run")  # nobody else has it open: its ids are stored once
    run = ["--run", str(tmp_path / "run")]
    assert main(["conclusions", "--issue", issue, *run]) == 0
    assert one in capsys.readouterr().out
    assert main(["explain", one, *run]) == 0  # by its id alone
    alone = capsys.readouterr().out
    assert main(["explain", one, "--issue", issue, *run]) == 0
    assert capsys.readouterr().out == alone
    assert "facts.parquet" in alone
    assert main(["explain", one, "--checkable", *run]) == 0
    proof = tmp_path / "proof.json"
    proof.write_text(capsys.readouterr().out, "utf-8")
    assert main(["verify-proof", str(proof), "--lang", "en"]) == 0
    assert "all that bear on the conclusion of those of a run" in capsys.readouterr().out
    assert main(["explain", one, "--checkable", "--for-role", "public", *run]) == 2
    add = f"{{finding: suspectedCrime, about: {issue}, by: 领导小组, on: 2026-01-05, state: 成立}}"
    assert main(["what-if", issue, "--add", add, *run]) == 0
    assert "a39.p5.s1" in capsys.readouterr().out
    assert main(["why-not", issue, "a39.p5.s1 pending", *run]) == 0
    assert main(["conclusions", *run]) == 2
    assert "zelian export" in capsys.readouterr().err
    assert main(["explain", "c-0000000000", *run]) == 2
    assert main(["conclusions", "--issue", "nobody", *run]) == 2


def test_a_case_says_what_it_leaves_out(cases: Any, whole: World, capsys: pytest.CaptureFixture[str]) -> None:
    from app.cli.stored import telling
    from reasoner.batch.part import PartWorld

    case = cases.case(whole.issues()[0])
    inspection = next(c.inspection for c in case.conclusions() if c.inspection)
    silent = frozenset({(inspection, "ecologyBureau")})
    part = PartWorld(case, case.facts, case.model, case.speaker.names, silent)
    assert telling(part) is part
    told = capsys.readouterr().err
    assert "未列出" in told
    assert "left out" in told
    assert case.speaker.named(inspection)["zh"] in told
