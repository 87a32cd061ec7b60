"""How the cell of a column is read: one small reader for each kind of value a layout may name."""

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
_PLACE = frozenset({"district", "township"})
_INSPECTION = frozenset({"inspection"})
_HARD = re.compile(r"[、；;，,\n\r|]+")
_SOFT = re.compile(r"[/ 　及和与]|以及")
_NUMBERED_BY_DISTRICT = re.compile(r"([\u4e00-\u9fff]{2,8}?)(?:电|信|网|举)\d{8}\d{3,}")
_Problem = tuple[Severity, str, str, str, str, tuple[tuple[str, str], ...]]

_ABSENT = {
    "yearless": ("日期缺少年份，且上下文没有唯一年份", "a date with its year: the context gives none"),
    "ambiguous": ("日期丢失年月日字样，有多种读法", "an unambiguous date"),
    "impossible": ("不存在的日期", "a date that exists"),
    "range": ("应为一个日期，不是一段时间", "one day, not a range"),
    "inexact": ("日期未精确到日", "a date exact to the day"),
    "relative": ("相对时限，不换算为日期", "a date: a relative limit is not turned into one"),
    "none": ("无法识别为日期", "a date such as 2025-12-31"),
}


@dataclass
class Reading:
    """A cell with everything its reader may look at."""

    context: Context
    setting: Setting
    row: Row
    item: Item
    said: str
    cell: Cell


@dataclass
class Outcome:
    """What a cell states about its entity, and what is wrong with it."""

    stated: list[tuple[str, Object, Kind]] = field(default_factory=list)
    problems: list[_Problem] = field(default_factory=list)

    def state(self, predicate: str, object: Object, kind: Kind) -> None:
        if predicate:
            self.stated.append((predicate, object, kind))

    def refuse(self, code: str, value: str, zh: str, en: str, candidates: tuple[tuple[str, str], ...] = ()) -> None:
        self.problems.append(("set_aside", code, value, zh, en, candidates))

    def note(self, code: str, value: str, zh: str, en: str) -> None:
        self.problems.append(("noted", code, value, zh, en, ()))


def parts(text: str) -> list[str]:
    """A list cell's parts, by 、；;， and line ends."""
    return [part.strip() for part in _HARD.split(text) if part.strip()]


# -- plain values -----------------------------------------------------------------------------


def _text(r: Reading) -> Outcome:
    out = Outcome()
    out.state(r.item.property, r.item.label + r.item.form.format(r.said), "text")
    return out


def _texts(r: Reading) -> Outcome:
    out = Outcome()
    for part in parts(r.said):
        out.state(r.item.property, r.item.form.format(part), "text")
    return out


def _id(r: Reading) -> Outcome:
    """An id taken as it stands, e.g. from our own registry files."""
    out = Outcome()
    for part in parts(r.said):
        out.state(r.item.property, r.item.form.format(part), "entity")
    return out


def _choice(r: Reading) -> Outcome:
    out = Outcome()
    chosen = r.context.words.choose(r.item.words, r.said)
    if chosen is None:
        known = list(r.context.words.choices(r.item.words))
        zh, en = "应为下列词之一：" + "、".join(known[:20]), "one of: " + ", ".join(known[:20])
        out.refuse("word", r.said, zh, en)
    elif r.item.property:
        out.state(r.item.property, chosen, "entity")
    else:
        out.state(chosen, None, "class")
    return out


def _integer(r: Reading) -> Outcome:
    out = Outcome()
    value = literals.number(r.said)
    if value is None:
        out.refuse("integer", r.said, "应为整数", "a whole number")
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
        zh, en = _ABSENT[reading.shape]
        out.refuse(f"date-{reading.shape}", r.said, zh, en)
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
        out.note("deadline-several", r.said, "有多个时限，仅作原文保留", "several limits: kept as text only")
    elif telling:
        return _date_of_limit(r, out, telling[0])
    elif not out.stated[1:]:
        out.note("deadline-none", r.said, "没有日期，仅作原文保留", "no date in it: kept as text only")
    return out


def _date_of_limit(r: Reading, out: Outcome, reading: literals.Reading) -> Outcome:
    limit = reading.end or reading.date
    if limit is not None and not re.search(r"\d{4}", literals.tidy(r.said)) and limit < (r.setting.day or 0):
        reading, limit = literals.Reading("yearless"), None  # the title's year would lie in the past
    if limit is not None:
        out.state(r.item.property, limit, "date")
    elif reading.shape in ("relative", "inexact"):
        zh, en = _ABSENT[reading.shape]
        out.note(f"deadline-{reading.shape}", r.said, f"{zh}，仅作原文保留", f"{en}; kept as text only")
    else:
        zh, en = _ABSENT[reading.shape]
        out.refuse(f"deadline-{reading.shape}", r.said, zh, en)
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
        out.refuse("inspection", r.said, "不能确定是哪一次督察", "an inspection on record")
    else:
        out.state(r.item.property, found, "entity")
    return out


def _place(r: Reading) -> Outcome:
    """Districts or townships; words known to be no district are noted and the row is kept."""
    out = Outcome()
    words, row = r.context.words, r.row
    if r.said in words.listed("whole_city"):
        out.note("whole-city", r.said, "指全市，不归入区县", "the whole city: no single district")
        return out
    if r.said in words.listed("no_district"):
        out.note("no-district", r.said, "不是区县，来源未写明区县", "not a district: the source names none")
        return out
    found: list[str] = []
    for part, resolution in _resolved(r, _PLACE):
        if resolution.status == "found":
            found += resolution.ids
            for id in resolution.ids:
                out.state(r.item.property, id, "entity")
            if resolution.expired:
                _note_expired(out, part, r)
        else:
            _refuse_name(out, part, resolution, "区县或乡镇街道", "a district or township")
    districts = [id for id in found if "district" in r.context.names.families(id)]
    if len(districts) == 1:
        row.district = districts[0]
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
                _note_expired(out, part, r)
        elif part in r.context.words.listed("anonymous"):
            out.note("anonymous", part, "未写明具体单位", "names no particular unit")
        else:
            _refuse_name(out, part, resolution, "已登记的单位", "a unit on record")
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
        for ending in sorted(context.words.listed("open_ends"), key=len, reverse=True):
            if part.endswith(ending) and len(part) > len(ending):
                part = part.removesuffix(ending)
                break
        if part.strip():
            yield part.strip()


def _refuse_name(out: Outcome, part: str, resolution: names.Resolution, zh: str, en: str) -> None:
    if resolution.status == "ambiguous":
        out.refuse("ambiguous", part, f"有歧义，应写明是哪一个{zh}", f"unambiguous: {en}", resolution.candidates)
    else:
        out.refuse("unknown", part, f"未识别，应为{zh}", f"{en}: this name is not", resolution.candidates)


def _note_expired(out: Outcome, part: str, r: Reading) -> None:
    zh = "该名称在所述日期已停用，仍按原主体记录"
    out.note("expired", part, zh, "this name was out of use by then: recorded as the same body")


# -- references -------------------------------------------------------------------------------


def _ref(r: Reading) -> Outcome:
    """Ids of entries in this import or on record, or (with families) names that mean one."""
    out = Outcome()
    for part in parts(r.said):
        id = clean_id(part)
        if id is not None and r.context.knows(id):
            out.state(r.item.property, r.item.form.format(id), "entity")
            continue
        found = r.context.names.find(part, frozenset(r.item.families), r.row.days, r.row.district)
        if r.item.families and found.status == "found":
            for each in found.ids:
                out.state(r.item.property, each, "entity")
        elif r.item.families:
            _refuse_name(out, part, found, "已登记的事物或编号", "something on record")
        else:
            out.refuse("reference", part, "没有这个编号的条目", "the id of an entry")
    return out


def _document(r: Reading) -> Outcome:
    """A document by id or title; an unknown title becomes a cited text of that name."""
    out = Outcome()
    id = clean_id(r.said)
    if id is not None and r.context.knows(id):
        out.state(r.item.property, id, "entity")
        return out
    found = r.context.names.find(r.said, frozenset({"document"}))
    if found.status == "found":
        out.state(r.item.property, found.ids[0], "entity")
    elif found.status == "ambiguous":
        _refuse_name(out, r.said, found, "文件", "a document")
    else:
        text = f"x-{fingerprint(names.tidy(r.said))}"
        out.state(r.item.property, text, "entity")
        r.row.claims += [Claim("text", text), Claim("name", text, r.said, "text")]
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
                zh = reason or "行业用语未登记，不作归类"
                out.note("sector", piece, zh, "not translated into a sector" + (" (see reason)" if reason else ""))
    return out


READERS: dict[str, Callable[[Reading], Outcome]] = {
    "text": _text,
    "texts": _texts,
    "id": _id,
    "choice": _choice,
    "integer": _integer,
    "date": _date,
    "deadline": _deadline,
    "inspection": _inspection,
    "place": _place,
    "bodies": _bodies,
    "ref": _ref,
    "document": _document,
    "sector": _sector,
    "ignore": lambda r: Outcome(),
}
