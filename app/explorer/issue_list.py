"""The issues by every value of every filter, worked out once: a view then only intersects sets of bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.explorer import store, theme
from app.explorer.address import Lang
from app.explorer.words import t
from reasoner.engine.conclusions import Conclusion
from reasoner.rulebook.vocabulary import Text

#: The filters, in the order in which they are shown.
FACETS: Final = ("status", "inspection", "place", "sector", "unit", "transfer", "missing", "norm")
#: The orders in which issues can be listed; the first is the usual one.
SORTS: Final = ("attention", "due", "place", "inspection", "id")
NOTHING: Final = "-"  # the key of "not recorded"

_DATED: Final = ("overdue", "notYetDue")
_LATE: Final = ("overdue", "deviation")


@dataclass(frozen=True)
class Listed:
    """What a list shows of an issue beside its row: accountable units, and the earliest limit still open."""

    units: tuple[str, ...]
    due: str | None


class Catalogue:
    """The issues of a desk, each at its place in the usual order; a set of issues is an int of bits."""

    def __init__(self, desk: store.Desk) -> None:
        self.rows = desk.rows
        self.all = (1 << len(self.rows)) - 1
        self.listed: list[Listed] = []
        self.words: dict[str, dict[str, Text]] = {name: {} for name in FACETS}
        bits: dict[tuple[str, str], bytearray] = {}
        size = len(self.rows) // 8 + 1
        bodies: dict[str, tuple[tuple[str, Text], ...]] = {}
        transfers = {norm.id for norm in desk.survey.rules.book.norms.values() if norm.type == "transfer"}
        for place, row in enumerate(self.rows):
            said = desk.by_issue.get(row.id, ())
            units = dict(_units(said, bodies))
            dates = [each.due for each in said if each.status in _DATED and each.due]
            self.listed.append(Listed(tuple(units), min(dates, default=None)))
            self.words["unit"] |= units
            values: dict[str, Iterable[str]] = {"status": row.statuses, "norm": row.norm, "unit": units}
            values["transfer"] = {each.status for each in said if each.norm in transfers}
            for name in ("inspection", "place", "sector", "missing"):
                named = dict(getattr(row, name))
                self.words[name] |= {
                    key: {"zh": words} for key, words in named.items() if key not in self.words[name]
                }
                values[name] = named or (() if name == "missing" else (NOTHING,))
            for name, keys in values.items():
                for key in keys:
                    own = bits.setdefault((name, key), bytearray(size))
                    own[place >> 3] |= 1 << (place & 7)
        self.sets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for (name, key), own in bits.items():
            self.sets[name][key] = int.from_bytes(own, "little")
        for each in desk.conclusions:
            if each.missing and len(self.words["missing"].get(each.missing, ())) < 2:
                self.words["missing"][each.missing] = each.missing_label

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
        found = bytearray(len(self.rows) // 8 + 1)
        for place, text in enumerate(self._texts):
            if all(word in text for word in asked):
                found[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(found, "little")

    def having(self, name: str, value: str) -> int:
        """Return the issues that have one of the values (with commas between them) of a filter."""
        found = 0
        for key in value.split(","):
            found |= self.sets[name].get(key, 0)
        return found

    def late(self) -> int:
        """Return the issues with something overdue or in deviation."""
        return self.having("status", ",".join(_LATE))

    def facet(self, name: str, within: int) -> list[tuple[str, int]]:
        """Return the values of a filter with their numbers of issues in a set, the most frequent first."""
        counted = [(key, (own & within).bit_count()) for key, own in self.sets[name].items()]
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
        words = self.words[name].get(key)
        return store.worded(words, lang) if words else (t("unknown") if key == NOTHING else key)


def _units(
    said: Iterable[Conclusion], bodies: dict[str, tuple[tuple[str, Text], ...]]
) -> Iterator[tuple[str, Text]]:
    """Yield the units accountable on some layer, by id; ``bodies`` keeps what a bearer stands for."""
    for each in said:
        if len(each.atom[1]) < 3 or not each.layer:
            continue
        bearer = str(each.atom[1][2])
        if bearer not in bodies:
            bodies[bearer] = tuple((str(body["id"]), body["name"]) for body in each.bearers)
        yield from bodies[bearer]


@store.once
def catalogue(desk: store.Desk) -> Catalogue:
    """Return the catalogue of a desk, made once."""
    return Catalogue(desk)


def chosen(catalogue: Catalogue, words: str | None, filters: Mapping[str, str], *, late: bool) -> int:
    """Return the issues that match the words and every filter."""
    found = catalogue.matching(words)
    for name, value in filters.items():
        found &= catalogue.having(name, value)
    return found & catalogue.late() if late else found
