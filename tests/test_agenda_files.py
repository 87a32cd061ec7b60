"""Files of an agenda: nothing in them runs, no text breaks out of its event, and each says as of when."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.explorer import agenda_files, store
from reasoner.answers import agenda
from reasoner.engine.survey import open_survey

HOSTILE = '=HYPERLINK("http://example.org")\r\nBEGIN:VEVENT;\\,'
HEAD = agenda_files.COLUMNS
WORDS = {"possible": "[?] {what}", "origin": "{as_of} {data} {rules}", "limits": "limits"}


class Named(store.Desk):
    """A desk on which everything has a hostile name."""

    def name(self, entity: str) -> Mapping[str, str]:
        """Return the same name for anything."""
        return {"zh": HOSTILE, "en": HOSTILE}


@pytest.fixture(scope="module")
def desk(sampled_home: Path) -> Named:
    """The bundled data and the samples."""
    return Named(open_survey(sampled_home, datetime.date(2026, 11, 23)))


@pytest.fixture(scope="module")
def found(desk: Named) -> list[agenda.Entry]:
    """All limits of one government."""
    drawn = agenda.draw(desk.conclusions, desk.survey.rules.vocabulary)
    return drawn.select(unit="dBaiyang_gov")


def test_no_cell_is_a_formula(desk: Named, found: list[agenda.Entry]) -> None:
    rows = list(csv.reader(io.StringIO(agenda_files.as_csv(desk, found, "zh", HEAD).decode("utf-8-sig"))))
    assert len(rows) == len(found) + 1
    at = HEAD.index("matter")
    assert any("HYPERLINK" in row[at] for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    about = ("about", [("unit", HOSTILE)])
    book = load_workbook(io.BytesIO(agenda_files.as_xlsx(desk, found, "zh", HEAD, "[a]:b/c", about)))
    kinds = {cell.data_type for sheet in book.worksheets for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds


def test_a_calendar_file_keeps_every_text_inside_its_event(desk: Named, found: list[agenda.Entry]) -> None:
    raw = agenda_files.as_ics(desk, found, "en", WORDS, HOSTILE)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert rb"BEGIN:VEVENT\;\\\," in raw.replace(b"\r\n ", b"")  # as RFC 5545 escapes it
    physical = raw.split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode()  # no character is cut in two
    logical = raw.decode().replace("\r\n ", "").split("\r\n")
    days = sum(len(each.possible) or 1 for each in found if each.due)
    assert days
    assert logical.count("BEGIN:VEVENT") == logical.count("END:VEVENT") == days
    names = {line.split(":")[0].split(";")[0] for line in logical if line}
    assert names <= {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "UID", "DTSTAMP"),
        *("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "TRANSP"),
    }
    assert len({line for line in logical if line.startswith("UID:")}) == days


def test_a_day_that_is_only_possible_says_so(desk: Named, found: list[agenda.Entry]) -> None:
    uncertain = [each for each in found if each.possible]
    assert uncertain
    text = agenda_files.as_ics(desk, uncertain, "en", WORDS, "a").decode().replace("\r\n ", "")
    assert text.count("SUMMARY:[?]") == text.count("\r\nBEGIN:VEVENT")


def test_every_line_carries_its_day_and_versions(desk: Named, found: list[agenda.Entry]) -> None:
    for row in agenda_files.rows(desk, found, "en"):
        assert row[-3:] == ["2026-11-23", store.data_version(desk), store.rule_version(desk)]
