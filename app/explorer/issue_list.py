"""The issues by every value of every filter, worked out once: a view then only intersects sets.

Some filters are about an issue, as its place; others about what is said of it, as status, unit and norm.
Those are asked of one conclusion at a time: `overdue` and a unit together give the issues in which something
of this unit is overdue, not those in which the unit has something and somebody else is late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, Final

import numpy as np

from app.explorer import agendas, silent, store, theme
from app.explorer.address import Lang
from app.explorer.words import t
from reasoner.engine.conclusions import Conclusion
from reasoner.rulebook.vocabulary import Text

#: The filters, in the order in which they are shown.
FACETS: Final = ("status", "inspection", "place", "sector", "unit", "transfer", "missing", "silent", "norm")
#: Those that are about what is said of an issue.
SAID: Final = frozenset({"status", "unit", "transfer", "missing", "norm"})
_NAMED: Final = frozenset({"unit", "norm"})
#: The orders in which issues can be listed; the first is the usual one.
SORTS: Final = ("attention", "due", "place", "inspection", "id")
NOTHING: Final = "-"  # the key of "not recorded"

_DATED: Final = ("overdue", "notYetDue")
_LATE: Final = ("overdue", "deviation")

Flags = np.ndarray[Any, np.dtype[np.bool_]]
"""Of each conclusion about each issue, whether it is meant."""


@dataclass(frozen=True)
class Listed:
    """What a list shows of an issue beside its row: units concerned, and the earliest limit still open."""

    units: tuple[str, ...]
    due: str | None


class Catalogue:
    """The issues of a desk, each at its place in the usual order; a set of issues is an int of bits."""

    def __init__(self, desk: store.Desk) -> None:
        self.rows = desk.rows
        self.all = (1 << len(self.rows)) - 1
        self.invented = self._bits([place for place, row in enumerate(self.rows) if row.invented])
        self.listed: list[Listed] = []
        self.words: dict[str, dict[str, Text]] = {name: {} for name in FACETS}
        self.words["silent"] = dict(silent.reasons(desk))
        quiet = silent.issues(desk)
        seats = {
            organ: (place, rank)
            for place, organs in agendas.drawn(desk).organs.items()
            for rank, organ in enumerate(organs)
        }
        transfers = {norm.id for norm in desk.survey.rules.book.norms.values() if norm.type == "transfer"}
        bodies: dict[str, tuple[tuple[str, Text], ...]] = {}
        issues: dict[tuple[str, str], list[int]] = {}
        lines: dict[tuple[str, str], list[int]] = {}
        issue_of: list[int] = []
        own: list[bool] = []
        for place, row in enumerate(self.rows):
            said = desk.by_issue.get(row.id, ())
            units: dict[str, Text] = {}
            dates: list[str] = []
            for each in said:
                bearers = dict(_units(each, bodies))
                self.words["unit"] |= bearers
                keys = [("status", each.status), ("norm", each.norm), *(("unit", unit) for unit in bearers)]
                if each.norm in transfers:
                    keys.append(("transfer", each.status))
                if each.missing:
                    keys.append(("missing", each.missing))
                    self.words["missing"].setdefault(each.missing, each.missing_label)
                for key in keys:
                    lines.setdefault(key, []).append(len(issue_of))
                issue_of.append(place)
                own.append(row.id in each.own_issues)
                if own[-1]:
                    units |= bearers
                    dates += [each.due] if each.status in _DATED and each.due else []
            self.listed.append(Listed(_in_order(units, seats), min(dates, default=None)))
            for name in ("inspection", "place", "sector"):
                named = dict(getattr(row, name))
                self.words[name] |= {
                    key: {"zh": words} for key, words in named.items() if key not in self.words[name]
                }
                for value in named or (NOTHING,):
                    issues.setdefault((name, value), []).append(place)
            for reason in quiet.get(row.id, ()):
                issues.setdefault(("silent", reason), []).append(place)
        self._issue_of = np.array(issue_of, dtype=np.int32)
        self._own = np.array(own, dtype=np.bool_)
        self._sets: dict[str, dict[str, int]] = {name: {} for name in FACETS if name not in SAID}
        for (name, value), places in issues.items():
            self._sets[name][value] = self._bits(places)
        self._lines: dict[str, dict[str, Any]] = {name: {} for name in FACETS if name in SAID}
        for (name, value), numbers in lines.items():
            self._lines[name][value] = np.array(numbers, dtype=np.int32)

    def _bits(self, places: Any) -> int:
        """A set of issues from their places (a list or an array of them)."""
        flags = np.zeros(len(self.rows), dtype=np.bool_)
        flags[places] = True
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")

    def _flags(self, bits: int) -> Flags:
        """Of each issue, whether it is in a set."""
        packed = np.frombuffer(bits.to_bytes(len(self.rows) // 8 + 1, "little"), dtype=np.uint8)
        return np.unpackbits(packed, bitorder="little")[: len(self.rows)].astype(np.bool_)

    @cached_property
    def _texts(self) -> list[str]:
        """What the search looks through, for each issue: its words, places, inspections and units."""
        units = self.words["unit"]
        texts = []
        for row, listed in zip(self.rows, self.listed, strict=True):
            named = [name for values in (row.inspection, row.place, row.sector) for _, name in values]
            named += [units[unit]["zh"] for unit in listed.units]
            texts.append("\n".join((row.id, row.title, row.summary, *named)).casefold())
        return texts

    # -- what is asked for ------------------------------------------------------------------------

    def matching(self, words: str | None) -> int:
        """Return the issues that contain every one of the words."""
        asked = [word.casefold() for word in (words or "").split()]
        if not asked:
            return self.all
        return self._bits([i for i, text in enumerate(self._texts) if all(word in text for word in asked)])

    def chosen(self, words: str | None, filters: Mapping[str, str], *, late: bool) -> int:
        """Return the issues that match the words and every filter.

        A filter has one value or several with commas between them, one of which must be met; ``late`` asks
        for what is overdue or deviates.
        """
        found = self._within(words, filters)
        if not SAID.isdisjoint(filters):
            found &= self._bits(self._issue_of[self._meant(filters, filters)])
        if late:  # besides what the filter of statuses asks for
            wanted = {**filters, "status": ",".join(_LATE)}
            found &= self._bits(self._issue_of[self._meant(wanted, wanted)])
        return found

    def _within(self, words: str | None, filters: Mapping[str, str]) -> int:
        """The issues that match the words and the filters about issues."""
        found = self.matching(words)
        for name, value in filters.items():
            if name not in SAID:
                of = self._sets[name]
                found &= reduce(or_, (of.get(key, 0) for key in value.split(",")))
        return found

    def _meant(self, filters: Mapping[str, str], asked: Collection[str]) -> Flags:
        """The conclusions that meet every filter about conclusions; ``asked``: the filters in force.

        What a unit owes to the inspection counts where the unit or the norm is asked for by name.
        """
        meant = np.ones(len(self._own), dtype=np.bool_) if _NAMED.intersection(asked) else self._own.copy()
        for name, value in filters.items():
            if name not in SAID:
                continue
            having = np.zeros(len(self._issue_of), dtype=np.bool_)
            for key in value.split(","):
                having[self._lines[name].get(key, [])] = True
            meant &= having
        return meant

    def facet(
        self, name: str, words: str | None, filters: Mapping[str, str], *, late: bool
    ) -> list[tuple[str, int]]:
        """Return the values of a filter, each with how many issues it would leave; the most frequent first.

        The other filters stay in force, the filter's own value does not.
        """
        others = {key: value for key, value in filters.items() if key != name}
        if name in SAID:
            within = self.chosen(words, others, late=late)
            meant = self._meant(others, {*others, name}) & self._flags(within)[self._issue_of]
            counted = [
                (key, len(np.unique(self._issue_of[numbers[meant[numbers]]])))
                for key, numbers in self._lines[name].items()
            ]
        else:
            chosen = self.chosen(words, others, late=late)
            counted = [(key, (own & chosen).bit_count()) for key, own in self._sets[name].items()]
        left = [(key, number) for key, number in counted if number]
        if name in ("status", "transfer"):
            return sorted(left, key=lambda each: theme.rank(each[0]))
        return sorted(left, key=lambda each: (-each[1], each[0]))

    def places(self, chosen: int, sort: str) -> list[int]:
        """Return the places of the issues of a set, in the order asked for."""
        return [place for place in self._order(sort) if chosen >> place & 1]

    def _order(self, sort: str) -> list[int]:
        if sort not in self._orders:
            self._orders[sort] = sorted(range(len(self.rows)), key=lambda place: self._key(sort, place))
        return self._orders[sort]

    @cached_property
    def _orders(self) -> dict[str, list[int]]:
        return {"attention": list(range(len(self.rows)))}

    def _key(self, sort: str, place: int) -> tuple[str, int]:
        row = self.rows[place]
        if sort == "due":
            return self.listed[place].due or "9999", place
        if sort == "id":
            return row.id, place
        named: tuple[store.Named, ...] = getattr(row, sort)
        return named[0][1] if named else "\uffff", place

    def label(self, name: str, key: str, lang: Lang) -> str:
        """Return the words for a value of a filter."""
        if name in ("status", "transfer"):
            return t("and").join(store.status_label(each, lang) for each in key.split(","))
        if "," in key:
            return t("and").join(self.label(name, each, lang) for each in key.split(","))
        if name == "norm":
            return store.norm_label(key, lang)
        if name == "silent":
            return silent.told({key: self.words[name].get(key, {"zh": key})})
        words = self.words[name].get(key)
        return store.worded(words, lang) if words else (t("unknown") if key == NOTHING else key)


def _in_order(units: Collection[str], seats: Mapping[str, tuple[str, int]]) -> tuple[str, ...]:
    """Return units as they came, but the organs of one territory together, the Party committee first."""
    seat = {unit: seats.get(unit, (unit, 0)) for unit in units}
    first: dict[str, int] = {}
    for at, (place, _) in enumerate(seat.values()):
        first.setdefault(place, at)
    return tuple(sorted(units, key=lambda unit: (first[seat[unit][0]], seat[unit][1])))


def _units(each: Conclusion, bodies: dict[str, tuple[tuple[str, Text], ...]]) -> Iterator[tuple[str, Text]]:
    """Yield the units that a conclusion names on some layer; ``bodies`` keeps the organs of each bearer."""
    if len(each.atom[1]) < 3 or not each.layer:
        return
    bearer = str(each.atom[1][2])
    if bearer not in bodies:
        bodies[bearer] = tuple((str(body["id"]), body["name"]) for body in each.bearers)
    yield from bodies[bearer]


@store.once
def catalogue(desk: store.Desk) -> Catalogue:
    """Return the catalogue of a desk, made once."""
    return Catalogue(desk)
