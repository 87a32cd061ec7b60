"""Ledgers on their way into the record: what a session has uploaded, corrected and is about to load.

All of it lives in the memory of the session; loading or giving up releases it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app.explorer import allowed
from app.home import record_place
from reasoner import ledger
from reasoner.ledger import aside, marked
from reasoner.ledger.context import fingerprint
from reasoner.ledger.load import load_again
from reasoner.ledger.origin import Place
from reasoner.ledger.report import Language, Problem, Report, Unusable, UnusableFile
from reasoner.ledger.tables import Document
from reasoner.ledger.words import ontology
from reasoner.records.record import Record, SetAside

Step = Callable[[str, int, int], None]
_SEPARATORS: Final = "、；;，,\n\r|"
_ALIKE: Final = frozenset({"word", "word-of-list", "integer", "inspection", "reference"})
_ALIKE_BEGINNINGS: Final = ("unknown-", "ambiguous-", "date-")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one cell, or with several cells of a column that say the same.

    ``column`` is None where the row as a whole is at fault. ``near`` are words to choose from.
    """

    code: str
    column: str | None
    value: str
    zh: str
    en: str
    near: tuple[str, ...]
    rows: tuple[Unusable, ...]
    cells: tuple[str, ...]

    @property
    def id(self) -> str:
        """What tells it from the others."""
        first = self.rows[0]
        return fingerprint(
            *map(str, (first.file, first.sheet, first.row, self.column, self.code, self.value))
        )


@dataclass
class Draft:
    """Files of one session that are not on record yet, with corrections, and what they would come to."""

    files: dict[str, bytes] = field(default_factory=dict)
    corrections: dict[Place, dict[str, str]] = field(default_factory=dict)
    report: Report | None = None
    refused: list[UnusableFile] = field(default_factory=list)

    def check(self, step: Step) -> None:
        """Read everything without storing anything; files that cannot be used are refused with the reason."""
        self.report = self._load("", "", step, dry=True) if self.files else None
        if self.report is not None and self.report.unusable:
            self.refused += self.report.unusable
            for error in self.report.unusable:
                self.files.pop(error.file, None)
            self.report = self._load("", "", step, dry=True) if self.files else None

    def store(self, who: str, why: str, step: Step, *, only_good: bool) -> Report:
        """Put it on record; what cannot be used is set aside there, or (``only_good``) left out."""
        return self._load(who, why, step, only_good=only_good)

    def _load(self, who: str, why: str, step: Step, *, only_good: bool = False, dry: bool = False) -> Report:
        allowed.require(allowed.RECORD)
        documents = [Document(name, data) for name, data in self.files.items()]
        with Record.open(record_place()) as record:
            return ledger.load(
                documents,
                record,
                who,
                why,
                step,
                corrections=self.corrections,
                only_good=only_good,
                dry=dry,
            )

    def rename(self, name: str, other: str) -> None:
        """Take a file for a corrected version of another one that is on record."""
        self.files = {other if each == name else each: data for each, data in self.files.items()}
        self.corrections = {
            (other if file == name else file, sheet, row): cells
            for (file, sheet, row), cells in self.corrections.items()
        }
        self.report = None


@dataclass
class Waiting:
    """Corrections of one session to rows that the record keeps set aside, and what they come to."""

    corrections: dict[Place, dict[str, str]] = field(default_factory=dict)
    report: Report | None = None

    def rows(self) -> list[SetAside]:
        """Every row that waits, in the order it was met."""
        allowed.require(allowed.RECORD)
        with Record.open(record_place()) as record:
            return record.set_aside()

    def check(self, step: Step) -> None:
        """Read the corrected rows again without storing anything."""
        self.report = self._again("", "", step, dry=True) if self.corrections else None

    def store(self, who: str, why: str, step: Step) -> Report:
        """Put the corrected rows on record."""
        report = self._again(who, why, step, dry=False)
        self.corrections, self.report = {}, None
        return report

    def _again(self, who: str, why: str, step: Step, dry: bool) -> Report:
        allowed.require(allowed.RECORD)
        with Record.open(record_place()) as record:
            chosen = [row for row in record.set_aside() if (row.file, row.sheet, row.row) in self.corrections]
            return load_again(chosen, record, who, why, step, self.corrections, dry)


def draft() -> Draft:
    """Return what this session has uploaded."""
    found: Draft = st.session_state.setdefault("upload_draft", Draft())
    return found


def waiting() -> Waiting:
    """Return what this session has corrected in rows that are set aside."""
    found: Waiting = st.session_state.setdefault("upload_waiting", Waiting())
    return found


def forget() -> None:
    """Let go of everything uploaded."""
    st.session_state.pop("upload_draft", None)


def take(files: Sequence[UploadedFile]) -> dict[str, bytes]:
    """Take the files over from Streamlit, which lets go of them; two of one name are told apart."""
    taken: dict[str, bytes] = {}
    session = get_script_run_ctx()
    held: Any = session.uploaded_file_mgr if session is not None else None
    for file in files:
        name, number = file.name, 2
        while name in taken:
            stem, dot, ending = file.name.rpartition(".")
            name, number = f"{stem}（{number}）{dot}{ending}", number + 1
        taken[name] = file.getvalue()
        if session is not None:
            held.remove_file(session.session_id, file.file_id)
    return taken


# -- what is wrong --------------------------------------------------------------------------------


def unusable(rows: Iterable[SetAside]) -> list[Unusable]:
    """Rows that wait, as a report has them."""
    return aside.unusable(list(rows))


def faults(rows: Iterable[Unusable]) -> list[Fault]:
    """What is wrong with rows set aside, the most frequent first; cells that say the same are one fault."""
    found: dict[object, list[tuple[Unusable, Problem]]] = {}
    for row in rows:
        for problem in row.problems:
            if problem.severity == "set_aside":
                alike = problem.value and (
                    problem.code in _ALIKE or problem.code.startswith(_ALIKE_BEGINNINGS)
                )
                place = () if alike else (row.file, row.sheet, row.row)
                key = (problem.code, problem.column, problem.value, *place)
                found.setdefault(key, []).append((row, problem))
    return sorted(map(_fault, found.values()), key=lambda fault: -len(fault.rows))


def _fault(members: list[tuple[Unusable, Problem]]) -> Fault:
    rows = tuple(row for row, _ in members)
    first = members[0][1]
    near = dict.fromkeys(name for _, name in first.candidates)
    cells = tuple(problem.cell for _, problem in members)
    column = first.column if first.column in rows[0].headers else None
    return Fault(first.code, column, first.value, first.zh, first.en, tuple(near), rows, cells)


def correct(corrections: dict[Place, dict[str, str]], fault: Fault, value: str) -> None:
    """Put a value in the place of what is at fault, in every cell that says it."""
    for row in fault.rows:
        if fault.column is not None:
            said = dict(zip(row.headers, row.cells, strict=False)).get(fault.column, "")
            cells = corrections.setdefault((row.file, row.sheet, row.row), {})
            cells[fault.column] = replaced(said, fault.value, value)


def replaced(said: str, part: str, value: str) -> str:
    """A cell with one of its parts replaced: an item of a list where there is one, else the words themselves.

    >>> replaced("云阳县、云羊县", "云羊县", "万州区")
    '云阳县、万州区'
    """
    if not part or said == part or (said.startswith(part) and len(part) == 200):
        return value
    item = rf"(?<![^{_SEPARATORS}])\s*{re.escape(part)}\s*(?![^{_SEPARATORS}])"
    changed, times = re.subn(item, lambda _: value, said)
    return changed if times else said.replace(part, value)


# -- to take away ---------------------------------------------------------------------------------


def marked_workbook(rows: Sequence[Unusable]) -> bytes:
    """The rows set aside as an .xlsx with the cells at fault marked and commented."""
    target = io.BytesIO()
    marked.write(list(rows), target)
    return target.getvalue()


def as_csv(table: Sequence[Sequence[str]]) -> bytes:
    """A table as a .csv that spreadsheets open; nothing in it is run as a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([marked.neutral(cell) for cell in line] for line in table)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Sequence[Sequence[str]]) -> bytes:
    """A table as an .xlsx; nothing in it is run as a formula."""
    from openpyxl import Workbook  # imported late: only this needs it

    book = Workbook(write_only=True)
    page = book.create_sheet()
    for line in table:
        page.append([marked.neutral(cell) for cell in line])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def error_table(rows: Iterable[Unusable], headers: Sequence[str], lang: Language) -> list[list[str]]:
    """One line for every fault: file, sheet, row, column, cell, what was found, what was expected."""
    table = [list(headers)]
    for row in rows:
        for problem in row.problems:
            if problem.severity == "set_aside":
                where = [row.file, row.sheet or "", str(row.row or ""), problem.column or "", problem.cell]
                table.append([*where, problem.value, problem.text(lang)])
    return table


def template() -> bytes:
    """The workbook to fill in."""
    from reasoner.ledger.template import path

    return path().read_bytes()


def label(predicate: str, lang: Language) -> str:
    """What a property or class is called."""
    terms = ontology()
    declared = terms.predicates.get(predicate) if terms is not None else None
    return declared.label.get(lang, predicate) if declared is not None else predicate


def names_of(layouts: Mapping[str, str]) -> dict[str, str]:
    """Tables with the name of the layout each is of, without the layout's id."""
    return {table: layout.partition("/")[2] for table, layout in layouts.items()}
