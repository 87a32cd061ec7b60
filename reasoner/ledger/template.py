"""The ZeLian template workbook, generated from data/layouts/zelian.yaml so that the two cannot differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from reasoner.bundled import path as bundled
from reasoner.ledger.words import Words, read_yaml

EXPLANATION, EXAMPLE = "填写说明", "示例行"

_HEAD = PatternFill("solid", fgColor="1E4E79")
_SOFT = PatternFill("solid", fgColor="F1EFE8")
_ROWS = 2000
_LONGEST_LIST = 255


def write(target: str | Path) -> None:
    """Write the template workbook: a sheet a table, with headers, an explanation and an example row."""
    words = Words.bundled()
    spec = read_yaml(bundled("data", "layouts", "zelian.yaml"))
    book = Workbook()
    book.remove(book.worksheets[0])
    cover = book.create_sheet("说明")
    for line in _cover(spec, words):
        cover.append(line)
    cover.column_dimensions["A"].width, cover.column_dimensions["B"].width = 22, 110
    for row in cover.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for table in spec["tables"]:
        _sheet(book, table, spec["means"], words)
    book.save(target)


def _cover(spec: dict[str, Any], words: Words) -> list[list[str]]:
    """The first sheet: how to fill in, and which words are accepted where."""
    lines: list[list[str]] = [*spec["cover"], ["", ""]]
    for table in spec["tables"]:
        for column in table["columns"]:
            if column.get("value") == "choice":
                accepted = "、".join(words.choices(column["words"]))
                lines.append([f"{table['name']} · {column['column']}", accepted])
    return lines


def _sheet(book: Workbook, table: dict[str, Any], means: dict[str, str], words: Words) -> None:
    page = book.create_sheet(table["name"])
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
        page.column_dimensions[letter].width = max(14, min(32, 2 * len(column["column"]) + 6))
        if column.get("value") == "choice":
            listed = ",".join(words.choices(column["words"]))
            if len(listed) <= _LONGEST_LIST:
                choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
                page.add_data_validation(choice)
                choice.add(f"{letter}4:{letter}{_ROWS}")
    page.freeze_panes = "B4"
