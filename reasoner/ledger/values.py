"""How the cell of a column is read: one small reader for each kind of value a layout may name.

Plain text needs none: it is taken as it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reasoner.ledger import literals, names
from reasoner.ledger.context import Context, Setting, clean_id, fingerprint, inspection_in
from reasoner.ledger.layouts import Item
from reasoner.ledger.report import Severity
from reasoner.ledger.tables import Cell
from reasoner.record import Claim, Kind, Object

if TYPE_CHECKING:
    from reasoner.ledger.rows import Row

TRACE_HEADERS = ("原文件", "原工作表", "原行号")
NAMING = frozenset(names.PREDICATES)

_DISTRICT = frozenset({"district"})
PLACE = frozenset({"district", "township"})
_INSPECTION = frozenset({"inspection"})
_HARD = frozenset("、；;，,\n\r|")
_OPENING, _CLOSING = "(（[【〔《“", ")）]】〕》”"
_SOFT = re.compile(r"[/ 　及和与]|以及")
SEMICOLONS = frozenset("；;\n\r")
_NUMBERED_BY_DISTRICT = re.compile(r"([\u4e00-\u9fff]{2,8}?)(?:电|信|网|举)\d{8}\d{3,}")

@dataclass
class Reading:
    """A cell with everything its reader may look at."""

    context: Context
    setting: Setting
    row: Row
    item: Item
    said: str
    cell: Cell
    column: Callable[[list[str]], str]


@dataclass(frozen=True)
class Trouble:
    """Something wrong with a cell: its code, the part concerned, and what fills the code's message."""

    severity: Severity
    code: str
    value: str
    candidates: tuple[tuple[str, str], ...] = ()
    fill: dict[str, str] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a cell states about its entity, and what is wrong with it."""

    stated: list[tuple[str, Object, Kind]] = field(default_factory=list)
    problems: list[Trouble] = field(default_factory=list)

    def state(self, predicate: str, object: Object, kind: Kind) -> None:
        if predicate:
            self.stated.append((predicate, object, kind))

    def refuse(self, code: str, value: str, candidates: tuple[tuple[str, str], ...] = (), **fill: str) -> None:
        self.problems.append(Trouble("set_aside", code, value, candidates, fill))

    def note(self, code: str, value: str, **fill: str) -> None:
        self.problems.append(Trouble("noted", code, value, fill=fill))

    def refuse_name(self, what: str, value: str, found: names.Resolution) -> None:
        self.refuse(f"{found.status}-{what}", value, found.candidates)


def parts(text: str, separators: frozenset[str] = _HARD) -> list[str]:
    """A list cell's parts, by 、；;， and line ends that stand outside brackets."""
    found, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING and depth > 0)
        if character in separators and not depth:
            found.append("")
        else:
            found[-1] += character
    return [part.strip() for part in found if part.strip()]


# -- plain values -----------------------------------------------------------------------------


def _texts(r: Reading) -> Outcome:
    out = Outcome()
    for part in parts(r.said, SEMICOLONS):
        out.state(r.item.property, r.item.form.format(part), "text")
    return out


def _sentence(r: Reading) -> Outcome:
    """A text composed of several columns, by the item's form; {title} is the table's first title line."""
    out = Outcome()
    title = next((line for line in reversed(r.setting.title.split("\n")) if line), "")
    composed = re.sub(
        r"{([^{}]+)}", lambda m: title if m[1] == "title" else r.column(m[1].split("|")) or "0", r.item.form
    )
    out.state(r.item.property, composed, "text")
    return out


def _period(r: Reading) -> Outcome:
    """A day or a span kept as text, written out where its digits lost their 年月日."""
    out = Outcome()
    reading = _read_date(r.cell, r.said, r.setting.year)
    days = [f"{d // 10000}-{d // 100 % 100:02}-{d % 100:02}" for d in (reading.date, reading.end) if d]
    if not days:
        out.note(f"kept-{reading.shape}", r.said)
    out.state(r.item.property, r.item.label + ("至".join(days) or r.said), "text")
    return out


def _id(r: Reading) -> Outcome:
    """An id taken as it stands, e.g. from our own registry files."""
    out = Outcome()
    for part in parts(r.said):
        out.state(r.item.property, r.item.form.format(part), "entity")
    return out


def _choice(r: Reading) -> Outcome:
    """A fixed word or a list of them, as an individual or, without a property, as the entity's class."""
    out = Outcome()
    whole = r.context.words.choose(r.item.words, r.said)
    for part in [r.said] if whole else parts(r.said):
        chosen = whole or r.context.words.choose(r.item.words, part)
        if chosen is None:
            known = list(r.context.words.choices(r.item.words))[:20]
            out.refuse("word", part, words="、".join(known))
        elif r.item.property:
            out.state(r.item.property, chosen, "entity")
        else:
            out.state(chosen, None, "class")
    return out


def _integer(r: Reading) -> Outcome:
    out = Outcome()
    value = literals.number(r.said)
    if value is None:
        out.refuse("integer", r.said)
    else:
        out.state(r.item.property, value, "integer")
    return out


# -- time -------------------------------------------------------------------------------------


def _read_date(cell: Cell, said: str, year: int | None) -> literals.Reading:
    if isinstance(cell, dt.date | int | float) and not isinstance(cell, bool):
        return literals.from_cell(cell)
    return literals.read(said, year)


def days_of(cell: Cell) -> tuple[int, ...]:
    """The days a date cell may mean: one, or the ends of a month written without its day."""
    said = str(cell or "")
    reading = _read_date(cell, said, None)
    if reading.date is not None:
        return (reading.date,) if reading.end is None else (reading.date, reading.end)
    if reading.shape == "inexact" and (last := literals.deadline(said)).date is not None:
        return (last.date // 100 * 100 + 1, last.date)
    return ()


def _date(r: Reading) -> Outcome:
    """A day; anything else is refused (or only noted where the layout says so)."""
    out = Outcome()
    reading = _read_date(r.cell, r.said, r.setting.year)
    if reading.shape == "date":
        out.state(r.item.property, reading.date, "date")
    else:
        out.refuse(f"date-{reading.shape}", r.said)
    return out


def _deadline(r: Reading) -> Outcome:
    """A time limit: a day, words without a number, or text; always kept as written as well."""
    out = Outcome()
    out.state("deadlineRaw", r.said, "text")
    if not isinstance(r.cell, str):
        return _date_of_limit(r, out, _read_date(r.cell, r.said, None))
    dates: list[literals.Reading] = []
    listed = r.context.words.choices("openTime")
    for piece in re.split(r"[，,；;、。\n]", r.said):
        word = next((w for w in listed if w in piece), None)
        if word is not None:
            out.state("openTime", listed[word], "entity")
            piece = piece.replace(word, "")
        if piece.strip():
            dates.append(literals.deadline(piece, r.setting.year))
    telling = [d for d in dates if d.shape != "none"]
    if len(telling) > 1 and len({d.date for d in telling}) > 1:
        out.note("limit-several", r.said)
    elif telling:
        return _date_of_limit(r, out, telling[0])
    elif not out.stated[1:]:
        out.note("kept-none", r.said)
    return out


def _date_of_limit(r: Reading, out: Outcome, reading: literals.Reading) -> Outcome:
    limit = reading.end or reading.date
    if limit is not None and not re.search(r"\d{4}", literals.tidy(r.said)) and limit < (r.setting.day or 0):
        reading, limit = literals.Reading("yearless"), None  # the title's year would lie in the past
    if limit is not None:
        out.state(r.item.property, limit, "date")
    elif reading.shape in ("relative", "inexact"):
        out.note(f"kept-{reading.shape}", r.said)
    else:
        out.refuse(f"date-{reading.shape}", r.said)
    return out


# -- places and bodies ------------------------------------------------------------------------


def inspection_by_number(number: str, context: Context) -> str | None:
    """The inspection a petition number belongs to by its first letters."""
    prefixes = context.words.choices("numberPrefix")
    return next((id for prefix, id in prefixes.items() if number.startswith(prefix)), None)


def district_by_number(number: str, context: Context) -> str | None:
    """The district in a municipal petition number such as 永川电20251105001-1."""
    match = _NUMBERED_BY_DISTRICT.match(number)
    found = context.names.find(match[1], _DISTRICT) if match else None
    return found.ids[0] if found is not None and found.ids else None


def inspection(said: str, context: Context) -> str | None:
    """The inspection a cell names, by its whole name or by the one name that stands in it."""
    found = context.names.find(said, _INSPECTION)
    return found.ids[0] if found.ids else inspection_in(names.tidy(said), context)


def _inspection(r: Reading) -> Outcome:
    out = Outcome()
    found = inspection(r.said, r.context)
    if found is None:
        out.refuse("inspection", r.said)
    else:
        out.state(r.item.property, found, "entity")
    return out


def _place(r: Reading) -> Outcome:
    """Districts or townships; words known to be no district are noted and the row is kept."""
    out = Outcome()
    words, row = r.context.words, r.row
    if r.said in words.listed("whole_city"):
        out.note("whole-city", r.said)
        return out
    if r.said in words.listed("no_district"):
        out.note("no-district", r.said)
        return out
    found: list[str] = []
    for part, resolution in _resolved(r, PLACE):
        if resolution.status == "found":
            found += resolution.ids
            for id in resolution.ids:
                out.state(r.item.property, id, "entity")
            if resolution.expired:
                out.note("expired", part)
        else:
            out.refuse_name("place", part, resolution)
    districts = [id for id in found if "district" in r.context.names.families(id)]
    if len(districts) == 1:
        row.district = districts[0]
    return out


def _places_among(r: Reading) -> Outcome:
    """The districts in a cell that also names departments; the rest is kept by another column."""
    out = Outcome()
    for part in _named(r.said, r.context):
        found = r.context.names.find(part, PLACE, r.row.days, r.row.district)
        for id in found.ids:
            out.state(r.item.property, id, "entity")
        if found.status == "ambiguous":
            out.refuse_name("place", part, found)
    if not out.stated and not out.problems:
        out.refuse_name("place", r.said, r.context.names.find(r.said, PLACE))
    return out


def _bodies(r: Reading) -> Outcome:
    """Organs, enterprises (and districts where the layout says so), one or a list of them."""
    out = Outcome()
    families = frozenset(r.item.families or ("body",))
    for part, resolution in _resolved(r, families):
        if resolution.status == "found":
            for id in resolution.ids:
                out.state(r.item.property, id, "entity")
            if resolution.expired:
                out.note("expired", part)
        elif part in r.context.words.listed("anonymous"):
            out.note("anonymous", part)
        else:
            out.refuse_name("body", part, resolution)
    return out


def _resolved(r: Reading, families: frozenset[str]) -> Iterator[tuple[str, names.Resolution]]:
    """The parts of a list of names with what each means; joined by 及 or / only where all parts are names."""
    near = r.row.district
    for part in _named(r.said, r.context):
        resolution = r.context.names.find(part, families, r.row.days, near)
        if resolution.status == "unknown":
            pieces = [p for p in _SOFT.split(part) if p]
            several = [(p, r.context.names.find(p, families, r.row.days, near)) for p in pieces]
            if len(several) > 1 and all(found.status == "found" for _, found in several):
                yield from several
                continue
        if resolution.ids:
            near = r.context.names.home(resolution.ids[0]) or near
        yield part, resolution


def _named(said: str, context: Context) -> Iterator[str]:
    """The names in a cell: labels in front and 等部门 behind are dropped."""
    for part in parts(said):
        head, colon, rest = part.replace(":", "：").partition("：")
        if colon and names.tidy(head) in context.words.listed("labels"):
            part = rest
        for ending in context.words.ordered("open_ends"):
            if part.endswith(ending) and len(part) > len(ending):
                part = part.removesuffix(ending)
                break
        if part.strip():
            yield part.strip()


# -- references -------------------------------------------------------------------------------


def _ref(r: Reading) -> Outcome:
    """Ids of entries in this import or on record, or (with families) names that mean one."""
    out = Outcome()
    individuals = r.context.words.choices(r.item.words) if r.item.words else {}
    for part in parts(r.said):
        id = individuals.get(part) or clean_id(part)
        if id is not None and (part in individuals or r.context.knows(id)):
            out.state(r.item.property, r.item.form.format(id), "entity")
            continue
        found = r.context.names.find(part, frozenset(r.item.families), r.row.days, r.row.district)
        if r.item.families and found.status == "found":
            for each in found.ids:
                out.state(r.item.property, each, "entity")
        elif r.item.families:
            out.refuse_name("entry", part, found)
        else:
            out.refuse("reference", part)
    return out


def _document(r: Reading) -> Outcome:
    """A document by id or title; an unknown title becomes one of that name, of the class in ``words``."""
    out = Outcome()
    id = clean_id(r.said)
    if id is not None and r.context.knows(id):
        out.state(r.item.property, id, "entity")
        return out
    minted = f"x-{fingerprint(names.tidy(r.said))}"
    found = r.context.names.find(r.said, frozenset({"document"}))
    if found.status == "found" and found.ids[0] != minted:
        out.state(r.item.property, found.ids[0], "entity")
    elif found.status == "ambiguous":
        out.refuse_name("entry", r.said, found)
    else:
        out.state(r.item.property, minted, "entity")
        r.row.claims += [Claim(r.item.words, minted), Claim("name", minted, r.said, "text")]
    return out


def _sector(r: Reading) -> Outcome:
    """Ledger words for a sector, translated by data/registry/sector_words.csv; others are noted."""
    out = Outcome()
    known = r.context.sector_words
    word = names.tidy(r.said)
    pieces = [word] if word in known else [p for p in re.split(r"[/、；;，,]", word) if p]
    for piece in pieces if all(p in known for p in pieces) else [word]:
        sectors, reason = known.get(piece, ((), ""))
        for sector in sectors:
            out.state(r.item.property, sector, "entity")
        if not sectors:
            found = r.context.names.find(piece, frozenset({"sector"}))
            if found.ids:
                out.state(r.item.property, found.ids[0], "entity")
            else:
                out.note("sector" if reason else "sector-unknown", piece, reason=reason)
    return out


READERS: dict[str, Callable[[Reading], Outcome]] = {
    "texts": _texts,
    "id": _id,
    "choice": _choice,
    "integer": _integer,
    "date": _date,
    "deadline": _deadline,
    "inspection": _inspection,
    "period": _period,
    "sentence": _sentence,
    "place": _place,
    "placesAmong": _places_among,
    "bodies": _bodies,
    "ref": _ref,
    "document": _document,
    "sector": _sector,
    "ignore": lambda r: Outcome(),
}
