"""Rows set aside as a workbook: the cells in question are marked and explained, for correction.

Columns at the end name the original file, sheet, row and headings, so that a corrected row loaded from
this workbook takes the place of the one that was set aside.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from reasoner.ledger.origin import TITLE, TRACE_HEADERS
from reasoner.ledger.report import Unusable, UnusableFile
from reasoner.ledger.tables import FORMULA, header
from reasoner.ledger.values import EXPLANATION_HEADER

_MARK = PatternFill("solid", fgColor="F6D9D5")
_WIDEST = 16_000
"""Columns of the table; a sheet has 16,384."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767


def writable(text: str) -> str:
    """Text that a cell of a workbook can hold: no characters that XML has not, and no more than so many."""
    return _CONTROL.sub("", text)[: _LONGEST_CELL - 1]


def neutral(text: str) -> str:
    """Text that no spreadsheet runs as a formula: an apostrophe goes before = + - @ and tabs."""
    text = writable(text)
    return "'" + text if re.match(FORMULA, text) else text


def write(rows: list[Unusable], path: Path | IO[bytes], unusable: list[UnusableFile] | None = None) -> None:
    """Write one sheet for every source sheet that has rows set aside; an empty list gives an empty sheet.

    Files that could not be used at all are listed on a sheet of their own, with the reason.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    if unusable:
        page = book.create_sheet("不能使用的文件")
        page.append(["文件", EXPLANATION_HEADER])
        for error in unusable:
            page.append([neutral(error.file), neutral(f"{error.zh} / {error.en}")])
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 32, 100
    for (file, sheet), group in groupby(rows, key=lambda row: (row.file, row.sheet)):
        members = list(group)
        title = re.sub(r"[\[\]:*?/\\]", " ", sheet or file)[:28] or "台账"
        _sheet(
            book, title if title not in book.sheetnames else f"{title[:25]}({len(book.sheetnames)})", members
        )
    if not book.sheetnames:
        book.create_sheet("没有搁置的行")
    book.save(path)


def _sheet(book: Workbook, title: str, rows: list[Unusable]) -> None:
    page = book.create_sheet(title)
    extra = {*map(header, TRACE_HEADERS), EXPLANATION_HEADER}
    keep = [i for i, name in enumerate(rows[0].headers) if header(name) not in extra][:_WIDEST]
    headers = [rows[0].headers[i] for i in keep]
    page.append([neutral(name) for name in [*headers, EXPLANATION_HEADER, *TRACE_HEADERS]])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        said = "\n".join(f"{p.column or ''}：{p.text('zh')} / {p.text('en')}" for p in row.problems)
        cells = [row.cells[i] if i < len(row.cells) else "" for i in keep]
        title = dict(zip(row.headers, row.cells, strict=False)).get(TITLE, "")
        trace = [row.file, row.sheet or "", row.row or "", title]
        for column, value in enumerate([*cells, said, *trace], start=1):
            target = page.cell(number, column, neutral(value) if isinstance(value, str) else value)
            target.alignment = Alignment(wrap_text=True, vertical="top")
            target.number_format = "@"
        for problem in row.problems:
            if problem.severity == "set_aside" and problem.column in headers:
                target = page.cell(number, headers.index(problem.column) + 1)
                target.fill = _MARK
                target.comment = Comment(neutral(f"{problem.text('zh')}\n{problem.text('en')}"), "ZeLian")
    for column in page.columns:
        page.column_dimensions[column[0].column_letter].width = 24
    page.freeze_panes = "A2"
