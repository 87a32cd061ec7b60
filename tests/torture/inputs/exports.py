# ruff: noqa: E501 -- an input is a line, however long
"""Exports: a record of hostile words, written in every format; no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import datetime
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from openpyxl import load_workbook
from rdflib import RDF, Graph, Literal, Namespace

from reasoner import ledger
from reasoner.ledger.tables import Document
from reasoner.records.record import Record
from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome
from tests.torture.inputs.shared import home_of

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ZL, _ID = Namespace("https://w3id.org/zelian/ns#"), Namespace("https://w3id.org/zelian/id/")
_DAY = "2026-11-22"


def _all_of(words: tuple[str, ...]) -> Callable[[Path], Any]:
    return lambda _: words


class Exports:
    """The command line's and the explorer's files."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = {
        "formulas": _all_of(strings.FORMULAS),
        "strange words": _all_of(tuple(word for word in strings.STRANGE if word)),
        "control letters": _all_of(
            ("a\x00b", "\x01", "\x0b\x0c", "\x1b[31m", "\ufffe\uffff", "\x7f", "\x85")
        ),
    }

    def __init__(self, place: Path, canary: str) -> None:
        self.canary, self.place = canary, place
        self.home = Path(os.environ["ZELIAN_HOME"])

    def nasty(self, name: str, folder: Path) -> Outcome:
        return self.tried(
            [word.replace("{canary}", self.canary) for word in self.nasties[name](folder)], folder
        )

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        return self.tried([strings.text(dice, self.canary) for _ in range(12)], folder)

    def tried(self, words: list[str], folder: Path) -> Outcome:
        """Put the words wherever a record takes words, and export it."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(home_of(self.place), self.home)
        with Record.open(self.home / "record.sqlite") as record:
            report = ledger.load([Document(f"{words[0][:20]}.ttl", _graph(words))], record)
        if report.unusable:
            raise Broken(f"the words cannot be put on record: {report.unusable[0]}")
        written = 0
        for name, made in self.files(folder, len(words)):
            written += 1
            _judge(name, made)
        return Outcome("accepted", f"{written} files")

    def files(self, folder: Path, count: int) -> Iterator[tuple[str, bytes]]:
        """Every export that has cells, of so many issues, by its name with an ending."""
        for number, command in enumerate(
            (
                ("conclusions", "--format", "csv", "--as-of", _DAY),
                ("agenda", "--format", "csv", "--as-of", _DAY),
                ("export", "--out", str(folder / "out.csv"), "--as-of", _DAY),
                ("export", "--out", str(folder / "out.nt"), "--as-of", _DAY),
                ("dossier", "hx-1", "--format", "xlsx", "--out", str(folder / "d.xlsx"), "--as-of", _DAY),
                ("dossier", "hx-1", "--format", "docx", "--out", str(folder / "d.docx"), "--as-of", _DAY),
            )
        ):
            said = _command(*command)
            if "--out" in command:
                file = Path(command[command.index("--out") + 1])
                yield f"{command[0]} {file.name}", file.read_bytes()
            else:
                yield f"{command[0]} {number}.csv", said
        yield from self.explorer(count)

    def explorer(self, count: int) -> Iterator[tuple[str, bytes]]:
        """The files that the pages offer of so many issues."""
        from app.explorer import issue_list, issue_sheet, questions, store, uploads

        desk = store.opened(str(self.home), datetime.date.fromisoformat(_DAY), True)
        catalogue = issue_list.catalogue(desk)
        places = [i for i, row in enumerate(catalogue.rows) if row.id.startswith("hx-")]
        if len(places) != count:
            raise Broken(f"the list has {len(places)} of {count} issues")
        yield "issues.csv", issue_sheet.csv(desk, catalogue, places)
        yield "issues.xlsx", issue_sheet.xlsx(desk, catalogue, places, "http://localhost/")
        rows = [[row.id, row.title, row.summary] for row in catalogue.rows if row.id.startswith("hx-")]
        yield "answer.csv", questions.as_csv(["a", "b", "c"], rows)
        yield "answer.xlsx", questions.as_xlsx(["a", "b", "c"], rows, rows[0][1], [rows[0][2]])
        yield "upload.csv", uploads.as_csv(rows)
        yield "upload.xlsx", uploads.as_xlsx(rows)


def _graph(words: list[str]) -> bytes:
    graph = Graph()
    for number, word in enumerate(words):
        issue, unit = _ID[f"hx-{number}"], _ID[f"hu-{number}"]
        graph.add((issue, RDF.type, _ZL.Issue))
        graph.add((issue, _ZL.summary, Literal(word)))
        graph.add((issue, _ZL.name, Literal(word)))
        graph.add((issue, _ZL.relatesTo, _ID.d500235))
        graph.add((unit, RDF.type, _ZL.DistrictDepartment))
        graph.add((unit, _ZL.name, Literal(word)))
    return graph.serialize(format="nt").encode("utf-8", "replace")


def _command(*argv: str) -> bytes:
    """What a command prints. Raises Broken when it fails."""
    import contextlib

    from app.cli import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*argv])
    if code:
        raise Broken(f"{argv[0]} ended with {code}: {err.getvalue()[-300:]}")
    return out.getvalue().encode("utf-8", "replace")


def _judge(name: str, made: bytes) -> None:
    """No cell starts a formula; the file can be read at all."""
    if name.endswith(".csv"):
        for row in csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")):
            for cell in row:
                if cell.startswith(_STARTS):
                    raise Broken(f"{name}: a cell starts a formula: {cell[:60]!r}")
    elif name.endswith(".xlsx"):
        for sheet in load_workbook(io.BytesIO(made)).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        raise Broken(f"{name}: {sheet.title} {cell.coordinate} is a formula: {cell.value!r}")
    elif name.endswith(".docx"):
        if zipfile.ZipFile(io.BytesIO(made)).testzip() is not None:
            raise Broken(f"{name}: a broken file")
    elif not made:
        raise Broken(f"{name}: empty")
