"""The list of issues as a file: CSV or XLSX, with what it rests on in it, and no cell that could act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.cli.tables import as_csv
from app.explorer import address, store, theme
from app.explorer.issue_list import Catalogue
from app.explorer.words import day, t
from reasoner.ledger.marked import neutral

_COLUMNS = ("id", "issue", "summary", "inspection", "place", "sector", "units", "attention", "due", "missing")
_WIDTHS = (12, 36, 60, 24, 20, 20, 40, 40, 16, 40)


def csv(desk: store.Desk, catalogue: Catalogue, places: Iterable[int]) -> bytes:
    """Return the issues as CSV; every line ends with the as-of date and the versions it rests on."""
    rests_on = [value for _, value in _rests_on(desk)]
    head = [*_head(), *(name for name, _ in _rests_on(desk))]
    lines = ([*line, *rests_on] for line in _lines(catalogue, places))
    return as_csv(head, lines).encode("utf-8-sig")


def xlsx(desk: store.Desk, catalogue: Catalogue, places: Sequence[int], link: str) -> bytes:
    """Return the issues as a workbook; its second sheet says what the list rests on and where it is from."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = t("issues.title")
    page.append(_head())
    for line in _lines(catalogue, places):
        page.append([neutral(value) for value in line])
    for number, width in enumerate(_WIDTHS, 1):
        page.cell(1, number).font = Font(bold=True)
        page.column_dimensions[get_column_letter(number)].width = width
    for row in page.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "C2"
    page.auto_filter.ref = page.dimensions
    about = book.create_sheet(t("sheet.about"))
    for name, value in [
        *_rests_on(desk),
        (t("sheet.number"), str(len(places))),
        (t("link.here"), link),
        (t("sheet.limits"), t("foot.limits")),
    ]:
        about.append([name, neutral(value)])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 26, 90
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _rests_on(desk: store.Desk) -> list[tuple[str, str]]:
    return [
        (t("as_of.choose"), day(address.as_of())),
        (t("sheet.data"), store.data_version(desk)),
        (t("sheet.rules"), store.rule_version(desk)),
    ]


def _head() -> list[str]:
    return [t(f"column.{name}") for name in _COLUMNS]


def _lines(catalogue: Catalogue, places: Iterable[int]) -> Iterator[list[str]]:
    lang, between = address.lang(), t("and")
    for place in places:
        row, listed = catalogue.rows[place], catalogue.listed[place]
        asking = sorted((each for each in row.statuses if theme.wants_attention(each)), key=theme.rank)
        yield [
            row.id,
            row.title,
            row.summary,
            *(between.join(name for _, name in named) for named in (row.inspection, row.place, row.sector)),
            between.join(catalogue.label("unit", unit, lang) for unit in listed.units),
            between.join(f"{store.status_label(each, lang)} {row.statuses[each]}" for each in asking),
            day(listed.due) if listed.due else "",
            between.join(sorted(catalogue.label("missing", key, lang) for key, _ in row.missing)),
        ]
