"""How the cell of a column is read: one small reader for each kind of value a layout may name.

Plain text needs none: it is taken as it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from reasoner.ledger import literals, names
from reasoner.ledger.context import Context, Setting
from reasoner.ledger.layouts import Item
from reasoner.ledger.report import Severity
from reasoner.ledger.sheets import Cell
from reasoner.ledger.words import Words
from reasoner.records.record import Kind, Object

if TYPE_CHECKING:
    from reasoner.ledger.row import Row

EXPLANATION_HEADER = "问题说明"
NAMING = frozenset(names.PREDICATES)

_HARD = frozenset("、；;，,\n\r|")
_OPENING, _CLOSING = "(（[【〔《“", ")）]】〕》”"
_FEW_WORDS = 20  # as many are said in full where none of them stands in a cell
SEMICOLONS = frozenset("；;\n\r")


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
        """State something about the entity; a column without a property states nothing."""
        if predicate:
            self.stated.append((predicate, object, kind))

    def refuse(
        self, code: str, value: str, candidates: tuple[tuple[str, str], ...] = (), **fill: str
    ) -> None:
        """Say that the row cannot be used because of this cell."""
        self.problems.append(Trouble("set_aside", code, value, candidates, fill))

    def note(self, code: str, value: str, **fill: str) -> None:
        """Say something about the cell that leaves the row usable."""
        self.problems.append(Trouble("noted", code, value, fill=fill))

    def refuse_name(self, what: str, value: str, found: names.Resolution) -> None:
        """Refuse a name that is unknown or ambiguous, with its candidates."""
        self.refuse(f"{found.status}-{what}", value, found.candidates)


def parts(text: str, separators: frozenset[str] = _HARD) -> list[str]:
    """A list cell's parts, by 、；;， and line ends that stand outside brackets."""
    if separators.isdisjoint(text):
        return [said] if (said := text.strip()) else []
    ends, depth = [-1], 0
    for at, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING and depth > 0)
        if character in separators and not depth:
            ends.append(at)
    found = (text[one + 1 : other] for one, other in pairwise([*ends, len(text)]))
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


def choices(words: Words, group: str, said: str) -> list[tuple[str, str | None]]:
    """The fixed words of a cell with what each means: the whole, or the parts of a list.

    A word may itself hold 、 (批准、审定记录): the longest run of parts that is a word is one.
    """
    found, rest = list[tuple[str, str | None]](), parts(said)
    if whole := words.choose(group, said):
        return [(said, whole)]
    while rest:
        runs = ("、".join(rest[:length]) for length in range(len(rest), 1, -1))
        word = next((run for run in runs if run in words.choices(group)), rest[0])
        found.append((word, words.choose(group, word)))
        rest = rest[word.count("、") + 1 :] if word != rest[0] else rest[1:]
    return found


def _choice(r: Reading) -> Outcome:
    """A fixed word or a list of them, as an individual or, without a property, as the entity's class."""
    out = Outcome()
    for part, chosen in choices(r.context.words, r.item.words, r.said):
        if chosen is None:
            known = r.context.words.choices(r.item.words)
            few = len(known) <= _FEW_WORDS
            near = process.extract(
                part, known.keys(), scorer=fuzz.partial_ratio, limit=3 if few else 5, score_cutoff=60
            )
            candidates = tuple((known[word], word) for word, _, _ in near)
            if few:
                out.refuse("word", part, candidates, words="、".join(known))
            else:
                out.refuse("word-of-list", part, candidates)
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
    if reading.date is not None and reading.end is None:
        out.state(r.item.property, reading.date, "date")
        if literals.strange(reading.date):
            out.note("date-odd", r.said)
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
        if literals.strange(limit):
            out.note("date-odd", r.said)
    elif reading.shape in ("relative", "inexact"):
        out.note(f"kept-{reading.shape}", r.said)
    else:
        out.refuse(f"date-{reading.shape}", r.said)
    return out


READERS: dict[str, Callable[[Reading], Outcome]] = {
    "texts": _texts,
    "id": _id,
    "choice": _choice,
    "integer": _integer,
    "date": _date,
    "deadline": _deadline,
    "period": _period,
    "sentence": _sentence,
    "ignore": lambda _: Outcome(),
}
