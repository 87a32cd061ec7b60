"""Bad input, in small: each kind of input written by hand, a few fuzzed ones, and that a failure is noticed.

Ten thousand of them: ``zelian torture inputs``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reasoner.casebook import cases
from reasoner.ledger.rdf import read as read_rdf
from reasoner.ledger.report import UnusableFile
from reasoner.ledger.tables import Document, header, read_grids
from reasoner.ledger.values import parts
from reasoner.rulebook.law import NotInLawError, load
from reasoner.rulebook.rules import RuleError, parse
from tests.torture.inputs import figures, nasty_workbooks, tried
from tests.torture.inputs.judged import Broken, Outcome

ROOT = Path(__file__).resolve().parents[1]


# -- what the fuzzing found -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a :- b(" + "f(" * 30_000 + "x" + ")" * 30_000 + ").",
        "a(X) :- b(X), X = " + "-" * 30_000 + "1.",
        '#include "/etc/passwd".',
        "a(X) :- b(X).\0 c(X) :- d(X).",
        "a(X) :- b(X), X < 4294967296.",
        "#program other. a(X) :- b(X).",
        "逾期(X) :- b(X).",
    ],
    ids=["functions", "signs", "another file", "nul", "a large number", "another part", "Chinese"],
)
def test_what_clingo_would_take_otherwise_or_die_of_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse(text, "n")


_LAUGHS = "[&a0 [x, x, x, x, x, x, x, x, x, x]" + "".join(
    f", &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)
)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, _LAUGHS + "]", "&x [*x]", "!!python/object/apply:os.getcwd []"]
)
def test_yaml_that_would_end_the_program_is_refused_with_its_place(text: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text)
    with pytest.raises(cases.CaseError, match=r"cases\.yaml:1:"):
        cases.read(file)


def test_rdf_that_would_end_the_program_is_refused() -> None:
    deep = "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 50_000
    for text in (deep, '<a:a> <a:b> "<<" . # <<\n' + "<< " * 50_000, '<a:a> <a:b> "\\uD800" .'):
        with pytest.raises(UnusableFile):
            read_rdf(Document("a.ttl", text.encode()))
    with pytest.raises(UnusableFile):
        read_rdf(Document("a.jsonld", b"[" * 50_000 + b"]" * 50_000))


def test_quotation_marks_in_a_text_are_no_quoted_triples() -> None:
    text = '<https://w3id.org/zelian/id/x> <https://w3id.org/zelian/ns#summary> "《<<办法>>》" .'
    (entry,) = read_rdf(Document("a.ttl", text.encode()))
    assert entry.usable


@pytest.mark.parametrize(
    "name",
    [
        "a cell in the last corner, blanks",
        "everything merged, a formula",
        "many merges",
        "a billion laughs",
        "a part larger than it says",
    ],
)
def test_workbooks_that_would_fill_the_memory_are_refused_or_read(name: str, tmp_path: Path) -> None:
    try:
        grids, _ = read_grids(Document("台账.xlsx", nasty_workbooks.XLSX[name](tmp_path)))
    except UnusableFile:
        return
    assert sum(len(row) for grid in grids for row in grid.rows) < 100_000  # one row may have 16,384 cells


def test_an_entity_of_a_workbook_brings_in_no_other_file(tmp_path: Path) -> None:
    files, _ = nasty_workbooks.XLSX["an entity of a file, strings"](tmp_path)
    try:
        grids, _ = read_grids(Document("台账.xlsx", files["台账.xlsx"]))
    except UnusableFile:
        return
    assert nasty_workbooks.SECRET not in str(grids)


def test_headings_and_lists_are_read_in_time() -> None:
    """Each of these took minutes."""
    assert header("a" + "()" * 200_000)
    assert len(parts("（" * 300_000)) == 1


def test_a_number_of_thousands_of_digits_is_no_article() -> None:
    law = load(ROOT / "ontology" / "regulation" / "chongqing-2021")
    for where in ("9" * 5000, f"第{'9' * 5000}条", f"a1.p{'9' * 5000}"):
        with pytest.raises(NotInLawError):
            law.find(where)


# -- the harness ------------------------------------------------------------------------------------


class _Bad:
    """What the program must not do, done on purpose."""

    def __init__(self, what: str, canary: str = "") -> None:
        self.what, self.canary = what, canary

    def fuzzed(self, _: object, folder: Path) -> Outcome:
        match self.what:
            case "traceback":
                raise KeyError("x")
            case "loss":
                raise Broken("lost in silence: rows ['Mk1kM'] of 1")
            case "request":
                socket.create_connection(("127.0.0.1", 9), timeout=1)
            case "swallowed request":
                try:
                    socket.create_connection(("127.0.0.1", 9), timeout=1)
                except BaseException:
                    return Outcome("accepted")
            case "file":
                (folder.parents[1] / "outside.txt").write_text("x")
            case "program":
                subprocess.run(["true"], check=False)
        return Outcome("accepted")


@pytest.mark.parametrize("what", ["traceback", "loss", "request", "swallowed request", "file", "program"])
def test_the_harness_notices(what: str, tmp_path: Path) -> None:
    """In a process of its own: an audit hook cannot be taken away again."""
    code = (
        "import sys, random; from pathlib import Path\n"
        "from tests.test_fuzzed_inputs import _Bad; from tests.torture.inputs import workers\n"
        "from tests.torture.inputs.watch import Watch\n"
        f"own = Path({str(tmp_path)!r}) / 'own'; own.mkdir()\n"
        "watch = Watch([own], own / 'current'); watch.install()\n"
        f"print(workers.one(_Bad({what!r}), None, random.Random(1), own / 'input', watch))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))},
    )  # fmt: skip
    assert "'broken'" in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "outside.txt").exists()


def test_a_lost_row_is_noticed(tmp_path: Path, sampled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way: a loader that forgets a row."""
    from tests.torture.inputs import ledgers, shared

    shared.prepare(tmp_path, sampled_home)
    kind = ledgers.Csv(tmp_path, "")
    folder = tmp_path / "input"
    folder.mkdir()
    assert kind.nasty("utf-16 with mark", folder).ending == "accepted"
    monkeypatch.setattr(sys.modules["reasoner.ledger.load"], "_put", lambda *_: None)
    folder = tmp_path / "again"
    folder.mkdir()
    with pytest.raises(Broken, match="lost in silence"):
        kind.nasty("utf-16 with mark", folder)


def test_some_of_every_cheap_kind(sampled_home: Path) -> None:
    """A few numbers of each kind from a seed of their own; a worker process tries them."""
    from tests.torture.inputs import plan

    chosen: dict[str, list[int]] = {}
    for number in range(len(plan.by_hand()), len(plan.by_hand()) + 300):
        kind, _ = plan.of(number)
        chosen.setdefault(kind, []).append(number)
    few = {"csv": 2, "xlsx": 2, "rdf": 2, "cases": 4, "rules": 8}
    numbers = [number for kind, most in few.items() for number in chosen[kind][:most]]
    results = list(tried(numbers, seed=20261123, home=sampled_home))
    assert [each for each in results if "broken" in each] == []
    found = figures(results)
    assert {kind: found[kind]["tried"] for kind in few} == few
