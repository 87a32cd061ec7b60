"""The agenda as files: a table (.csv, .xlsx) and a calendar (.ics, RFC 5545), each with its versions.

They are made when they are asked for, outside of any page: words come with the call.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.cli import tables
from app.explorer import agendas, store
from app.explorer.address import Lang
from reasoner.answers.agenda import Entry
from reasoner.ledger.marked import neutral

COLUMNS: Final = (
    "due", "left", "passed", "possible", "since", "elapsed", "units", "duty", "basis", "matter", "issues",
    "status", "reason", "missing", "conclusion", "as_of", "data", "rules",
)  # fmt: skip
#: The texts that a calendar file needs, with their blanks left open.
BLANKS: Final[dict[str, dict[str, str]]] = {
    "possible": {"what": "{what}"},
    "origin": {"as_of": "{as_of}", "data": "{data}", "rules": "{rules}"},
    "limits": {},
}
_DAYS: Final = frozenset({"left", "passed", "elapsed"})
_WIDE: Final = {"units": 30, "duty": 44, "matter": 44, "reason": 30, "missing": 24}
_OCTETS: Final = 75  # of a line of a calendar file


def rows(desk: store.Desk, found: Iterable[Entry], lang: Lang) -> list[list[str]]:
    """Return one row a line, in the order of COLUMNS; dates are written yyyy-mm-dd."""
    versions = [store.data_version(desk), store.rule_version(desk)]
    joined = "、" if lang == "zh" else ", "
    return [
        [
            each.due or "",
            str(each.days) if each.days is not None and each.days >= 0 else "",
            str(-each.days) if each.days is not None and each.days < 0 else "",
            joined.join(each.possible),
            each.since or "",
            "" if each.elapsed is None else str(each.elapsed),
            joined.join(_units(each, lang)),
            store.worded(each.of.norm_label, lang),
            store.worded(each.of.citation["text"], lang),
            agendas.matter(desk, each.of, lang),
            joined.join(each.of.issues),
            store.worded(each.of.status_label, lang),
            store.worded(each.of.reason_label, lang),
            store.worded(each.of.missing_label, lang),
            each.conclusion,
            each.of.as_of,
            *versions,
        ]
        for each in found
    ]


def _units(each: Entry, lang: Lang) -> list[str]:
    """Return the units by name, an abolished one with its successors."""
    return [
        " → ".join(store.worded(unit["name"], lang) for unit in (body, *body.get("succeeded_by", ())))
        for body in each.of.bearers
    ]


def as_csv(desk: store.Desk, found: Sequence[Entry], lang: Lang, head: Sequence[str]) -> bytes:
    """Return the lines as CSV that spreadsheets read as UTF-8 and run nothing of."""
    cells = ([neutral(value) for value in row] for row in rows(desk, found, lang))
    return tables.as_csv(head, cells).encode("utf-8-sig")


def as_xlsx(
    desk: store.Desk,
    found: Sequence[Entry],
    lang: Lang,
    head: Sequence[str],
    title: str,
    about: tuple[str, Sequence[tuple[str, str]]],
) -> bytes:
    """Return the lines as a workbook: text cells only, the head kept in sight.

    ``about``: the title of a second sheet, and what it says of the lines, by name.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
    page.append([neutral(name) for name in head])
    for row in rows(desk, found, lang):
        named = zip(COLUMNS, row, strict=True)
        page.append([int(value) if name in _DAYS and value else neutral(value) for name, value in named])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for line in page.iter_rows(min_row=2):
        for cell in line:
            cell.number_format = "0" if isinstance(cell.value, int) else "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, name in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(number)].width = _WIDE.get(name, 13)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    second = book.create_sheet(about[0])
    for name_and_value in about[1]:
        second.append([neutral(words) for words in name_and_value])
    second.column_dimensions["A"].width, second.column_dimensions["B"].width = 30, 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ics(
    desk: store.Desk, found: Sequence[Entry], lang: Lang, words: Mapping[str, str], title: str
) -> bytes:
    """Return the limits as a calendar of whole days; a day that is only possible says so.

    ``words``: templates "possible" ({what}), "origin" ({as_of}, {data}, {rules}) and "limits".
    """
    events = [line for each in found for line in _events(desk, each, lang, words)]
    calendar = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//ZeLian//agenda//{'ZH' if lang == 'zh' else 'EN'}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(title)}",
        *events,
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in calendar for folded in _folded(line)).encode()


def _events(desk: store.Desk, each: Entry, lang: Lang, words: Mapping[str, str]) -> Iterator[str]:
    if each.due is None:
        return
    c = each.of
    what = f"{store.worded(c.status_label, lang)} · {store.worded(c.norm_label, lang)}"
    versions = {"data": store.data_version(desk), "rules": store.rule_version(desk)}
    told = [
        "; ".join(filter(None, (store.worded(c.reason_label, lang), store.worded(c.missing_label, lang)))),
        store.worded(c.citation["text"], lang),
        agendas.matter(desk, c, lang),
        ", ".join(_units(each, lang)),
        words["origin"].format(as_of=c.as_of, **versions),
        words["limits"],
    ]
    for day in each.possible or (each.due,):
        first = date.fromisoformat(day)
        said = words["possible"].format(what=what) if each.possible else what
        yield from (
            "BEGIN:VEVENT",
            f"UID:{c.id}-{day}@zelian",
            f"DTSTAMP:{c.as_of.replace('-', '')}T000000Z",
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(said)}",
            f"DESCRIPTION:{_escaped(chr(10).join(filter(None, told)))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )


def _escaped(text: str) -> str:
    """Return a text as a calendar file holds it."""
    text = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", text)
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets; no character is cut in two."""
    piece, used = "", 0
    for character in line:
        size = len(character.encode())
        if used + size > _OCTETS:
            yield piece
            piece, used = " ", 1
        piece += character
        used += size
    yield piece
