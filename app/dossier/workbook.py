"""The list as a workbook. Every cell is text: nothing in it is ever computed or opened as a link."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.custom import IntProperty, StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.dossier.content import Dossier, Sheet
from app.dossier.words import Words

_LONGEST: Final = 32_767  # characters that a cell holds
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SONG, _HEI = "宋体", "黑体"
_LINE: Final = Side(style="thin", color="FF8A8F98")
_BORDER: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_SHADE: Final = PatternFill("solid", start_color="FFE8EDF3")
_RED: Final = "FFB3261E"
_POINTS_A_LINE: Final = 13.5
_HIGHEST: Final = 409  # points that a row may have


def write(made: Dossier) -> bytes:
    """Return the workbook as bytes."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for number, sheet in enumerate(made.sheets):
        _sheet(first if number == 0 else book.create_sheet(), sheet, made)
    _properties(book, made)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _put(target: Worksheet, row: int, column: int, text: str, words: Words) -> Cell:
    """Write a text as a text, whatever it looks like."""
    cell = target.cell(row, column)
    assert isinstance(cell, Cell)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - len(words("cut"))] + words("cut")
    if not text:
        return cell
    cell.value = text
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell


def _sheet(target: Worksheet, sheet: Sheet, made: Dossier) -> None:
    words, table = Words(made.lang), sheet.table
    target.title = sheet.name
    last = len(table.head)
    for row, text in enumerate(sheet.above, 1):
        target.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        cell = _put(target, row, 1, text, words)
        is_title, is_mark = row == 1, text == made.mark
        cell.font = Font(name=_HEI if is_title else _SONG, size=16 if is_title else 10, bold=is_mark)
        if is_mark:
            cell.font = Font(name=_HEI, size=11, bold=True, color=_RED)
        cell.alignment = Alignment(horizontal="center", vertical="center")
        target.row_dimensions[row].height = 28 if is_title else 18
    top = len(sheet.above) + 1
    for column, (text, width) in enumerate(zip(table.head, table.widths, strict=True), 1):
        cell = _put(target, top, column, text, words)
        cell.font, cell.fill, cell.border = Font(name=_HEI, size=10), _SHADE, _BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        target.column_dimensions[get_column_letter(column)].width = width
    font, alignment = Font(name=_SONG, size=10), Alignment(vertical="top", wrap_text=True)
    for number, line in enumerate(table.rows, top + 1):
        for column, text in enumerate(line, 1):
            cell = _put(target, number, column, text, words)
            cell.font, cell.alignment, cell.border = font, alignment, _BORDER
        lines = max(_lines(text, width) for text, width in zip(line, table.widths, strict=True))
        target.row_dimensions[number].height = min(_HIGHEST, 4 + lines * _POINTS_A_LINE)
    target.row_dimensions[top].height = 4 + _POINTS_A_LINE * max(
        _lines(text, width) for text, width in zip(table.head, table.widths, strict=True)
    )
    target.freeze_panes = f"{'C' if last > 3 else 'A'}{top + 1}"
    if table.rows:
        target.auto_filter.ref = f"A{top}:{get_column_letter(last)}{top + len(table.rows)}"
    _print(target, top, made)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column; a Chinese character is as wide as two letters."""
    return sum(
        1 + sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) // max(1, width - 1)
        for line in text[:4000].split("\n")
    )


def _print(target: Worksheet, top: int, made: Dossier) -> None:
    setup = target.page_setup
    setup.orientation, setup.paperSize = "landscape", 9  # A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    assert target.sheet_properties.pageSetUpPr is not None
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.print_title_rows = f"{top}:{top}"
    margins = target.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.8
    margins.header = margins.footer = 0.4
    words = Words(made.lang)
    page, of, end = words("page"), words("page.of"), words("page.end")
    footer, header = target.oddFooter, target.oddHeader
    assert footer is not None
    assert header is not None
    assert footer.center is not None
    assert footer.left is not None
    assert header.right is not None
    footer.center.text = f"{page}&P{of}&N{end}"
    footer.left.text = _in_margin(made.sheets[0].above[1])
    if made.mark:
        header.right.text = _in_margin(made.mark)
    target.print_options.horizontalCentered = True


def _in_margin(text: str) -> str:
    return text.replace("&", "&&")


def _properties(book: Workbook, made: Dossier) -> None:
    words = Words(made.lang)
    core = book.properties
    core.title, core.creator = made.list_title, made.author
    core.subject = words.listed(made.issues)[:250]
    core.keywords = made.mark
    core.description = made.sheets[0].above[1]
    core.language = "zh-CN" if made.lang == "zh" else "en"
    custom = getattr(book, "custom_doc_props")  # noqa: B009 - which its stubs do not know
    for name, value in (
        ("as_of", made.as_of.isoformat()),
        ("data_digest", made.data_digest),
        ("rule_version", made.rule_version),
    ):
        custom.append(StringProperty(name=name, value=value))
    custom.append(IntProperty(name="data_version", value=made.data_version))
