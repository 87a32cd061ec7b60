"""Which organ, district, township or inspection a name means, at a date: found, ambiguous or unknown.

Names come from the record (name, shortName, alias and how long each was in use) and from the rows
being loaded. Nothing is matched by likeness: likeness only offers candidates to the reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from rapidfuzz import fuzz, process

from reasoner.ledger.words import Words

NAME_PREDICATES = ("name", "shortName", "alias")
_LINKS = ("aliasValidFrom", "aliasValidTo", "existsFrom", "existsUntil", "locatedWithin")
ORGANS = {"partyCommitteeOf": "party", "governmentOf": "government"}
PREDICATES = (*NAME_PREDICATES, *_LINKS, *ORGANS)

_NEVER = 99_999_999
_LONGEST_NAME = 300
"""Characters: what is longer is no name, and takes long to compare."""
_BRACKETS = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_VALIDITY = re.compile(r"(\d{4})-(\d{2})-(\d{2})（(.+)）")


Candidates = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name means. ``ids`` is set only when found; ``candidates`` are (id, name) otherwise."""

    status: Literal["found", "ambiguous", "unknown"]
    ids: tuple[str, ...] = ()
    meant: Candidates | Callable[[], Candidates] = ()
    expired: bool = False

    @property
    def candidates(self) -> Candidates:
        """What may have been meant; looked for when asked, since most who ask need only the status."""
        return self.meant() if callable(self.meant) else self.meant


_UNKNOWN = Resolution("unknown")


@dataclass(slots=True)
class _Use:
    """One use of a name by one entity; ``until`` is the first day on which it no longer holds."""

    id: str
    since: int = 0
    until: int = _NEVER


def tidy(text: str) -> str:
    """A name without blanks and quotes, half-width."""
    return re.sub(r"[\s\"'“”‘’《》]+", "", unicodedata.normalize("NFKC", text))


class Names:
    """All known names. ``add`` takes the statements of PREDICATES and class statements, then ``find``."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._families: dict[str, set[str]] = {}
        self._uses: dict[str, list[_Use]] = {}
        self._shown: dict[str, str] = {}
        self._pending: list[tuple[str, str, str]] = []
        self._within: dict[str, str] = {}
        self._organs: dict[tuple[str, str], str] = {}
        self._places: dict[str, str] = {}
        self._spans: dict[str, list[int]] = {}
        self._cache: dict[object, Resolution] = {}
        self._near: dict[tuple[str, frozenset[str]], Candidates] = {}
        self._called: dict[frozenset[str], list[str]] = {}
        self._members: dict[str, tuple[dict[str, list[str]], list[int]]] = {}
        self._within_texts: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def add(self, predicate: str, subject: str, object: str) -> None:
        """Take one statement: a class (empty object), a name, a validity or a link."""
        families = self._words.families.get(predicate) if object == "" else None
        if families is not None:
            self._families.setdefault(subject, set()).update(families)
        elif predicate in PREDICATES:
            self._pending.append((predicate, subject, object))

    def settle(self) -> None:
        """Sort what was added into the index; call after adding and before finding."""
        if not self._pending:
            return
        windows: dict[tuple[str, str], list[int]] = {}
        for predicate, subject, value in self._pending:
            if predicate == "locatedWithin":
                self._within[subject] = value
            elif predicate in ORGANS:
                self._organs[value, ORGANS[predicate]] = subject
                self._places[subject] = value
            elif predicate in ("existsFrom", "existsUntil"):
                span = self._spans.setdefault(subject, [0, _NEVER])
                # The last day is included, here and below, so the name ends on the day after.
                span[predicate == "existsUntil"] = int(value) + (predicate == "existsUntil")
            elif predicate in ("aliasValidFrom", "aliasValidTo") and (match := _VALIDITY.fullmatch(value)):
                day = int(match[1] + match[2] + match[3])
                window = windows.setdefault((subject, tidy(match[4])), [0, _NEVER])
                window[predicate == "aliasValidTo"] = day + (predicate == "aliasValidTo")
        for predicate, subject, value in self._pending:
            if predicate in NAME_PREDICATES and subject in self._families:
                name = tidy(value)
                since, until = windows.get((subject, name)) or self._spans.get(subject) or (0, _NEVER)
                uses = self._uses.setdefault(name, [])
                if all(use.id != subject for use in uses):
                    uses.append(_Use(subject, since, until))
                if predicate == "shortName" or subject not in self._shown:
                    self._shown[subject] = value
        self._pending.clear()
        self._cache.clear()
        self._near.clear()
        self._called.clear()
        self._members.clear()
        self._within_texts.clear()

    def bounds(self) -> list[int]:
        """The days, in order, on which a name begins or ceases to mean something."""
        days = {day for uses in self._uses.values() for use in uses for day in (use.since, use.until)}
        return sorted(days - {0, _NEVER})

    def known(self) -> Iterable[str]:
        """The ids of everything that has a family."""
        return self._families.keys()

    def shown(self, id: str) -> str:
        """The short name of an entity, or its id."""
        return self._shown.get(id, id)

    def families(self, id: str) -> set[str]:
        """The families an entity belongs to; empty for an entity that has no name here."""
        return self._families.get(id, set())

    def organ(self, district: str, role: str) -> str | None:
        """The organ in a role (party or government) of a district or township."""
        return self._organs.get((district, role))

    def find(
        self,
        text: str,
        families: frozenset[str],
        dates: Iterable[int] = (),
        district: str | None = None,
    ) -> Resolution:
        """What ``text`` means among ``families`` on ``dates``, for a row that speaks of ``district``.

        On several dates the meanings must agree, otherwise the name is ambiguous.
        """
        days = tuple(sorted(set(dates)))
        key = (text, families, days, district)
        if key not in self._cache:
            self._cache[key] = self._find(tidy(text), families, days, district)
        return self._cache[key]

    def within_text(self, text: str, family: str) -> list[tuple[str, str]]:
        """Names of one family that stand in a text, as (name, id); a name inside a longer one is skipped."""
        if (text, family) not in self._within_texts:
            self._within_texts[text, family] = self._look_within(text, family)
        return self._within_texts[text, family]

    def _look_within(self, text: str, family: str) -> list[tuple[str, str]]:
        if family not in self._members:
            named: dict[str, list[str]] = {}
            for name, uses in self._uses.items():
                own = [use.id for use in uses if family in self._families[use.id]]
                if own and len(name) > 1:
                    named[name] = own
            self._members[family] = named, sorted({len(name) for name in named})
        members, lengths = self._members[family]  # looked up by every piece: names may be many thousands
        pieces = (text[at : at + length] for length in lengths for at in range(len(text) - length + 1))
        hits = dict.fromkeys(piece for piece in pieces if piece in members)
        longest = [n for n in hits if not any(n != longer and n in longer for longer in hits)]
        return [(name, id) for name in longest for id in members[name]]

    def _find(
        self, name: str, families: frozenset[str], days: tuple[int, ...], district: str | None
    ) -> Resolution:
        if len(name) > _LONGEST_NAME:
            return Resolution("unknown")
        bare = _BRACKETS.sub("", name)
        prefixes = self._words.ordered("city_prefixes")
        for form in dict.fromkeys((name, bare, *(bare.removeprefix(prefix) for prefix in prefixes))):
            if not form:
                continue
            exact = self._exact(form, families, days, district)
            if exact.status != "unknown":
                return exact
            if "body" in families and (found := self._beside(form, days, district)):
                return found
            if found := self._under(form, families, days):
                return found
        if name in self._families and self._families[name] & families:
            return Resolution("found", (name,))
        return Resolution("unknown", meant=partial(self._like, bare or name, families))

    def _exact(
        self, name: str, families: frozenset[str], days: tuple[int, ...], district: str | None
    ) -> Resolution:
        called = self._uses.get(name)
        uses = [use for use in called if self._families[use.id] & families] if called else ()
        if not uses:
            return _UNKNOWN
        some = {use.id for use in uses if not days or any(use.since <= day < use.until for day in days)}
        if not some:
            # Out of use by then: still the only one ever called so, or a choice that is not ours.
            return self._choose({use.id for use in uses}, district, expired=True)
        return self._choose(some, district)

    def _choose(self, ids: set[str], district: str | None, expired: bool = False) -> Resolution:
        if len(ids) > 1 and district is not None:
            here = {id for id in ids if self.home(id) == district}
            ids = here if len(here) == 1 else ids
        if len(ids) == 1:
            return Resolution("found", tuple(ids), expired=expired)
        return Resolution("ambiguous", meant=tuple((id, self.shown(id)) for id in sorted(ids)))

    def home(self, id: str) -> str | None:
        """The district of a township or of a district's or township's organ; None for all else."""
        if id in self._within:
            return self._within[id]
        place = self._places.get(id) or (id if "district" in self.families(id) else None)
        return self._within.get(place, place) if place else None

    def _beside(self, name: str, days: tuple[int, ...], district: str | None) -> Resolution | None:
        """渝北区委区政府, or 县政府 in a row about one county."""
        for word in sorted(self._words.beside_a_district, key=len, reverse=True):
            if not name.endswith(word):
                continue
            head = name[: -len(word)]
            place = district if not head else None
            if head:
                # 云阳县委 is 云阳县 + 委 or 云阳 + 县委: either way the head must be a district by itself.
                found = self._exact(head, frozenset({"district"}), days, None)
                if found.status == "ambiguous":
                    return found
                place = found.ids[0] if found.ids else None
            if place is not None:
                roles = self._words.beside_a_district[word]
                organs = [self.organ(place, role) for role in roles]
                if all(organs):
                    return Resolution("found", tuple(o for o in organs if o))
        return None

    def _under(self, name: str, families: frozenset[str], days: tuple[int, ...]) -> Resolution | None:
        """万州区龙沙镇, 綦江区篆塘镇人民政府: a district's name in front."""
        for cut in range(min(len(name) - 2, 12), 1, -1):
            outer = self._exact(name[:cut], frozenset({"district"}), days, None)
            if outer.status == "found":
                inner = self._exact(name[cut:], families, days, outer.ids[0])
                if inner.status == "found" and self.home(inner.ids[0]) == outer.ids[0]:
                    return inner
        return None

    def _like(self, name: str, families: frozenset[str]) -> Candidates:
        key = (name, families)
        if key not in self._near:
            if families not in self._called:
                self._called[families] = sorted(  # of names equally like, the same come first in any order
                    n for n, uses in self._uses.items() if any(self._families[u.id] & families for u in uses)
                )
            names = self._called[families]
            near: dict[str, str] = {}
            for found, _, _ in process.extract(name, names, scorer=fuzz.ratio, limit=8, score_cutoff=55):
                for use in sorted(self._uses[found], key=lambda use: use.id):
                    if self._families[use.id] & families:
                        near.setdefault(use.id, self.shown(use.id))
            self._near[key] = tuple(near.items())[:3]
        return self._near[key]
