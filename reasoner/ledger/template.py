"""The ZeLian template workbook, generated from data/layouts/zelian.yaml so that the two cannot differ."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from reasoner.bundled import path as bundled
from reasoner.ledger.words import Words, read_yaml

EXPLANATION, EXAMPLE, LISTS = "填写说明", "示例行", "词表"

_HEAD = PatternFill("solid", fgColor="1E4E79")
_SOFT = PatternFill("solid", fgColor="F1EFE8")
_ROWS = 2000
_LONG = 40  # characters of an explanation that asks for a wide column
_LINE = 15  # points


def path() -> Path:
    """Where the bundled template is."""
    return Path(bundled("data", "templates", "zelian-template.xlsx"))


def write(target: str | Path | io.BytesIO) -> None:
    """Write the template workbook: a sheet a table, with headers, an explanation and an example row."""
    words = Words.bundled()
    spec = read_yaml(bundled("data", "layouts", "zelian.yaml"))
    book = Workbook()
    book.remove(book.worksheets[0])
    cover = book.create_sheet("说明")
    for line in _cover(spec):
        cover.append(line)
    cover.column_dimensions["A"].width, cover.column_dimensions["B"].width = 22, 110
    for row in cover.iter_rows():
        row[0].font = Font(bold=True)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    lists = _lists(book, spec, words)
    for table in spec["tables"]:
        _sheet(book, table, spec["means"], lists)
    book.move_sheet(LISTS, len(book.sheetnames))
    for page in book.worksheets:  # on paper: as wide as the sheet, however long
        page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.save(target)


def renew(target: Path) -> None:
    """Write the template where it says something else than the one that is there; else leave that alone."""
    made = io.BytesIO()
    write(made)
    if not target.exists() or _said(made) != _said(target):
        target.write_bytes(made.getvalue())


def _said(workbook: Path | io.BytesIO) -> dict[str, bytes]:
    """The parts of a workbook but the one that says when it was made."""
    with ZipFile(workbook) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


def _lists(book: Workbook, spec: dict[str, Any], words: Words) -> dict[str, str]:
    """The sheet of words behind the drop-downs, a word with its meaning a row; where each group stands."""
    page = book.create_sheet(LISTS)
    places: dict[str, str] = {}
    for table in spec["tables"]:
        for column in table["columns"]:
            group = column.get("words")
            if column.get("value") != "choice" or group in places:
                continue
            number = 2 * len(places) + 1
            offered = words.offered(group)
            page.cell(1, number, column["column"]).font = Font(bold=True)
            page.cell(1, number + 1, "含义").font = Font(bold=True)
            for row, (word, meaning) in enumerate(offered.items(), start=2):
                page.cell(row, number, word)
                page.cell(row, number + 1, meaning or None).alignment = Alignment(
                    wrap_text=True, vertical="top"
                )
            letter = get_column_letter(number)
            page.column_dimensions[letter].width = 30
            page.column_dimensions[get_column_letter(number + 1)].width = 44
            places[group] = f"'{LISTS}'!${letter}$2:${letter}${len(offered) + 1}"
    page.freeze_panes = "A2"
    return places


def _cover(spec: dict[str, Any]) -> list[list[str]]:
    """The first sheet: how to fill in, and what each sheet is for."""
    return [*spec["cover"], ["", ""], *([table["name"], table["purpose"]] for table in spec["tables"])]


def _sheet(book: Workbook, table: dict[str, Any], means: dict[str, str], lists: dict[str, str]) -> None:
    page = book.create_sheet(table["name"])
    lines = {2: 1, 3: 1}
    for number, column in enumerate(table["columns"], start=1):
        required = "*" if column.get("required") else ""
        head = page.cell(1, number, column["column"] + required)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), _HEAD
        meaning = column.get("explain") or means.get(column.get("value", "text"), "")
        example = str(column.get("example", ""))
        if number == 1:
            meaning, example = f"{EXPLANATION}：{meaning}", f"{EXAMPLE}：{example}"
        for row, said in ((2, meaning), (3, example)):
            cell = page.cell(row, number, said)
            cell.font, cell.fill = Font(italic=True, color="5B6472"), _SOFT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(number)
        width = 40 if len(meaning) > _LONG else max(14, min(32, 2 * len(column["column"]) + 6))
        page.column_dimensions[letter].width = width
        for row, said in ((2, meaning), (3, example)):
            lines[row] = max(lines[row], -(-2 * len(said) // (width - 2)))
        if column.get("value") == "choice":
            choice = DataValidation(type="list", formula1=lists[column["words"]], allow_blank=True)
            choice.showErrorMessage = False  # several words may stand in one cell, parted by 、
            page.add_data_validation(choice)
            choice.add(f"{letter}4:{letter}{_ROWS}")
    for row, count in lines.items():  # a spreadsheet does not grow a row by itself
        page.row_dimensions[row].height = _LINE * count
    page.freeze_panes = "B4"
