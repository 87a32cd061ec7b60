"""Everything that somebody gets out of a home in a role: what commands print and write, what pages read."""

from __future__ import annotations

import datetime
import gzip
import os
import re
import zipfile
from collections.abc import Iterator
from itertools import chain, product
from pathlib import Path

import pypdf
import pytest
from two_homes import DAY, INSPECTION, ISSUE, OTHER_ISSUES, SECRET, standing_clock

from app.cli import main
from reasoner import pipeline
from reasoner.access.reader import reading_as
from reasoner.engine.survey import open_survey
from reasoner.queries import search
from reasoner.queries.questions import catalogue
from reasoner.records import history, journal

AS_OF = datetime.date.fromisoformat(DAY)
UNSEEN = ("x-paper-0", "x-notes-11", "rd-00", "x-nothing")
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z?")
EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"
SALTED = re.compile(rb'"[0-9a-f]{64}"')
WIDE = bool(os.environ.get("ZELIAN_EVERY_ROLE"))
"""Every role asks everything; else a part of it, and the record itself is compared for each."""
PROVED = 1 if WIDE else 24
"""One conclusion of so many is proved."""
TURNS = {"reviewer": 20, "policy": 15, "public": 5}
"""One command of so many is asked for a role, each role beginning with another; an administrator gets the
record that the public gets."""
SUPPOSED = "{finding: suspectedCrime, about: SL-107, by: 领导小组, on: 2026-01-05}"
COUNTED = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"


def commands(proved: list[str]) -> Iterator[list[str]]:
    """Every command that reads, with each of its forms; what is written goes to files of these names.

    ``proved``: conclusions that are explained.
    """
    yield ["reason"]
    for form in ("table", "csv", "jsonl", "ttl"):
        yield ["conclusions", "--format", form]
        yield [
            "conclusions",
            "--issue",
            "SL-107",
            "--lang",
            "en",
            "--format",
            form,
            "--output",
            f"结论2.{form}",
        ]
    for file in ("结论.csv", "结论.nt", "结论.nt.gz", "结论.parquet"):
        yield ["export", "--out", file]
    for lang, form in product(("zh", "en"), ("xlsx", "docx", "pdf")):
        yield [
            *("dossier", ISSUE, *OTHER_ISSUES, "--format", form),
            *("--lang", lang, "--out", f"案卷.{lang}.{form}"),
        ]
    for ask in catalogue().questions:
        yield ["ask", ask, "--format", "jsonl"]
    yield ["ask"]
    for query, form in product(("全部.rq", "计数.rq"), ("table", "csv", "jsonl")):
        yield ["ask", "--sparql", query, "--format", form]
    for form in ("table", "csv", "jsonl"):
        yield ["agenda", "--format", form]
    for form in ("table", "json"):
        yield ["procedure", INSPECTION, "--format", form]
    for form in ("table", "jsonl"):
        yield ["posts", "白杨区政府", "--format", form]
    for form in ("text", "json"):
        yield ["why-not", "SL-107", "a39.p5.s1 destination", "--format", form]
        yield ["what-if", "SL-107", "--add", SUPPOSED, "--format", form]
    for form in (["--full"], ["--format", "json"], ["--format", "json", "--shared"], ["--checkable"]):
        yield from (["explain", each, *form] for each in proved)
    yield ["explain", proved[0], "--checkable", "--for-role", "public"]
    yield ["receipts"]
    yield ["diff"]
    for id in UNSEEN:  # what is not seen is not told from what is not there
        yield ["conclusions", "--issue", id]
        yield ["dossier", id]
        yield ["procedure", id]
        yield ["explain", id]


def answers(
    home: Path,
    role: str | None,
    place: Path,
    capsys: pytest.CaptureFixture[str],
    proved: list[str],
    every: int = 1,
) -> dict[str, bytes]:
    """Everything that a role gets out of a home, by what was asked; of the commands one of so many."""
    place.mkdir()
    reads = [] if role is None else ["--role", role]
    (place / "全部.rq").write_text(EVERYTHING, encoding="utf-8")
    (place / "计数.rq").write_text(COUNTED, encoding="utf-8")
    found = {}
    with standing_clock() as patch:
        patch.setenv("ZELIAN_HOME", str(home))
        patch.chdir(place)
        capsys.readouterr()
        turn = list(TURNS).index(role) if role in TURNS and every > 1 else 0
        for command in list(commands(proved))[turn::every]:
            day = [] if command[0] in ("posts", "receipts", "diff") else ["--as-of", DAY]
            code = main([*command, *day, *reads])
            said = capsys.readouterr()
            found[" ".join(command)] = f"{code}\n{said.out}\n{said.err}".encode()
    return found | {file.name: timeless(file) for file in place.iterdir()} | read(home, role)


def timeless(file: Path) -> bytes:
    """What a file holds, but for the moment when it was made."""
    data = file.read_bytes() if file.suffix != ".gz" else gzip.decompress(file.read_bytes())
    if file.suffix == ".pdf":  # its numbers are made of the moment
        data = "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages).encode()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as held:
            data = b"\n".join(each.encode() + held.read(each) for each in held.namelist())
    return _MOMENT.sub(b"", data)


def read(home: Path, role: str | None) -> dict[str, bytes]:
    """What the pages read: proofs, histories, the journal, the index of the search."""
    found: dict[str, object] = {}
    known = pipeline.access_of(pipeline.ontology(None, home / "cache"))
    with reading_as(None if role is None else known.role(role)):
        survey = open_survey(home, AS_OF)
    record, world = survey.record, survey.whole
    found["state"] = record.version, record.digest, record.transactions(), record.set_aside()
    found["statements"] = list(record.statements())
    for each in world.conclusions()[::PROVED]:
        found[f"proof {each.id}"] = world.explain(each.id).to_dict(), world.certify(each.id)
    for issue in (ISSUE, *OTHER_ISSUES, *UNSEEN):
        found[f"history {issue}"] = history.history(record, issue)
    found["journal"] = journal.entries(record)
    for number in range(1, record.version + 1):
        found[f"changes {number}"] = journal.changes(record, number, per_page=5000)
    if role != "public" and not WIDE:
        return {what: repr(each).encode() for what, each in found.items()}
    index = search.index(record, survey.rules, home / "cache")
    for words in ("示例", "报告", "认定", *chain.from_iterable(SECRET.values()), *UNSEEN):
        found[f"search {words}"] = index.find(words), index.alike(words), index.numbered(words)
    return {what: repr(each).encode() for what, each in found.items()}
