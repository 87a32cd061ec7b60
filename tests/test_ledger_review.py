"""A reviewer's workbook (ledger_review.yaml): filled into the template, loaded, and what follows.

The county is invented.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml
from ledger_tables import codes, fresh, stated
from openpyxl import load_workbook

from reasoner import pipeline
from reasoner.ledger import load, template
from reasoner.pipeline import World
from reasoner.records.record import Record

Rows = dict[str, list[dict[str, str]]]

ROUTINE: Rows = yaml.safe_load((Path(__file__).parent / "ledger_review.yaml").read_text("utf-8"))


def fill(folder: Path, rows: Rows, name: str = "填报.xlsx") -> Path:
    """The template with these rows below the explanation and the example, as a clerk leaves them."""
    template.write(folder / name)
    book = load_workbook(folder / name)
    for sheet, entries in rows.items():
        page = book[sheet]
        columns = {str(cell.value).strip("*"): cell.column for cell in page[1]}
        for number, entry in enumerate(entries, start=4):
            for column, value in entry.items():
                page.cell(number, columns[column], value)
    book.save(folder / name)
    return folder / name


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("review")
    found = fresh(folder)
    report = load([fill(folder, ROUTINE)], found)
    assert (report.exit_code, codes(report, "noted")) == (0, []), report.to_table()
    assert report.rows["new"] == sum(map(len, ROUTINE.values()))
    return found


@pytest.fixture(scope="module")
def world(record: Record) -> World:
    assert record.path is not None
    return pipeline.open_world(record.path.parent, datetime.date(2026, 4, 1))


def said(world: World, norm: str, status: str) -> set[tuple[str, tuple[str, ...]]]:
    """What the conclusions of a norm in a status are about, with their bearers."""
    return {
        (c.subject, tuple(b["id"] for b in c.bearers)) for c in world.conclusions(norm=norm, status=status)
    }


def test_names_with_a_mark_of_enumeration_stay_one_name(record: Record) -> None:
    assert stated(record, "wb-1", "coversRecords") == ["approvalRecords", "issuanceRecords"]
    assert len(stated(record, "wj-y", "proposes")) == 2  # 实施约见、约谈 is one
    assert stated(record, "rd-3", "findingKind") == ["boldExploration", "dutiful"]


def test_things_are_found_by_their_names_and_persons_by_a_word(record: Record) -> None:
    assert stated(record, "x-05", "about") == ["xw-z", "xw-f"]
    assert stated(record, "x-07", "askedOf") == ["qs_z", "privatePersons"]
    assert stated(record, "wb-1", "coversMatter") == ["wj-5"]
    assert stated(record, "wl-1", "coversMatter") == ["wj-a"]
    assert stated(record, "zw-1", "chargedWith") == ["wt-1", "s_urbanSewage"]
    assert stated(record, "x-13", "instrument") == ["wj-f"]


def test_the_procedure_follows_from_what_was_filled_in(world: World) -> None:
    assert ("dc-1", ("zu-1",)) in said(world, "a14.p1.s1", "performed")
    assert ("wj-b", ("zu-1",)) in said(world, "a20.p2.s1", "performed")
    assert ("x-13", ("zu-1",)) in said(world, "a21.p1.s1", "performed")
    assert ("wj-f", ("zu-1",)) in said(world, "a21.p1.s4", "performed")


def test_findings_lead_to_what_they_establish_and_to_posts_only(world: World) -> None:
    assert ("wt-1", ("qs_z",)) in said(world, "a50.p1.i5.s2", "established")
    assert ("dc-1", ("xw-f",)) in said(world, "a47.p1.i5", "established")
    assert not said(world, "a50.p1.i1", "established")


def test_a_word_that_is_almost_right_is_answered_with_those_meant(record: Record, tmp_path: Path) -> None:
    rows = {"认定": [dict(ROUTINE["认定"][1], 认定编号="rd-9", 认定种类="不按照要求推进整改落实")]}
    report = load([fill(tmp_path, rows, "差一点.xlsx")], record)
    (problem,) = [p for p in report.problems if p.severity == "set_aside"]
    assert problem.code == "word-of-list"
    assert "情形：不按照要求推进整改落实" in {name for _, name in problem.candidates}
    assert len(problem.zh) < 60
