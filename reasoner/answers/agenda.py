"""The agenda of the units: limits to come, limits passed, duties without a limit.

Nothing is concluded here: the agenda lists conclusions under which something may still have to be done, in
the order of their dates. Drawn once from the
conclusions, it is narrowed by unit, territory, inspection, day and kind without reading them again.

A territory may stand where a unit is asked for: it means the organs that answer for it together.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, Final, Literal

from reasoner.engine.conclusions import Conclusion, elapsed_days
from reasoner.pipeline import World
from reasoner.records.record import Record
from reasoner.rulebook.vocabulary import Text, Vocabulary

Kind = Literal["overdue", "lapsed", "unsettled", "coming", "undated", "running", "unnumbered"]

#: What a line can be, in the order in which an agenda lists it: found overdue; the limit has passed and too
#: little is known to say more; it has passed and people have to judge; it is still to come; there is a limit
#: whose day cannot be told yet; a duty without any limit; words of time that hold no number.
KINDS: Final[tuple[Kind, ...]] = (
    "overdue",
    "lapsed",
    "unsettled",
    "coming",
    "undated",
    "running",
    "unnumbered",
)

# Names of the ontology: three statuses, and two classes of reasons.
_OVERDUE: Final = "overdue"
_INSUFFICIENT: Final = "insufficient"
_PENDING: Final = "pending"
_NO_DAY: Final = "DayNotKnown"
_NO_NUMBER: Final = "NumberlessLimit"

# Properties that tell where a unit or an issue belongs: to an organ's territory, or to what it relates to.
_PLACED_BY: Final = ("partyCommitteeOf", "governmentOf", "organOf", "partOf", "relatesTo", "locatedWithin")
# Properties of the organs that answer for a territory together; the first stands first.
_ORGANS: Final = ("partyCommitteeOf", "governmentOf")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the agenda: a conclusion, as it concerns one of its bearers.

    ``due`` is a limit (yyyy-mm-dd), ``days`` until it (negative: since it passed). ``since`` is the start of
    a duty without limit, ``elapsed`` the days since. ``possible`` lists other dates that may be the limit;
    the conclusion says why.
    """

    of: Conclusion
    kind: Kind
    unit: str
    unit_name: Text
    due: str | None

    @property
    def conclusion(self) -> str:
        """The id of the conclusion."""
        return self.of.id

    @property
    def norm(self) -> str:
        """The id of the norm."""
        return self.of.norm

    @property
    def status(self) -> str:
        """The status of the conclusion."""
        return self.of.status

    @property
    def possible(self) -> tuple[str, ...]:
        """The days that may be the limit, the latest first, when the text or the record bears several."""
        return self.of.possible_due

    @property
    def limits(self) -> tuple[str, ...]:
        """Every day that is or may be the limit; none of a line without one."""
        return self.possible or ((self.due,) if self.due else ())

    @property
    def since(self) -> str | None:
        """The start of a duty without limit (yyyy-mm-dd)."""
        return self.of.since

    @property
    def issue(self) -> str | None:
        """The issue, when the conclusion is about one issue only."""
        return self.of.issue

    @property
    def inspection(self) -> str | None:
        """The inspection in which the matter lies."""
        return self.of.inspection

    @property
    def days(self) -> int | None:
        """Days until the limit; negative since it passed."""
        return elapsed_days(self.of.as_of, self.due) if self.due else None

    @property
    def elapsed(self) -> int | None:
        """Days since the start of a duty without limit."""
        return elapsed_days(self.of.since, self.of.as_of) if self.of.since else None

    def to_dict(self) -> dict[str, Any]:
        """The line as JSON-ready data."""
        return {
            "conclusion": self.conclusion,
            "norm": self.norm,
            "status": self.status,
            "status_label": self.of.status_label,
            "kind": self.kind,
            "unit": self.unit,
            "unit_name": self.unit_name,
            "sentence": self.of.sentence,
            "due": self.due,
            "days": self.days,
            "possible": list(self.possible),
            "since": self.since,
            "elapsed": self.elapsed,
            "issue": self.issue,
            "inspection": self.inspection,
        }


@dataclass(frozen=True)
class Load:
    """How much a unit, or a territory by its organs, has on its agenda.

    ``numbers`` counts the lines by kind, ``next`` is the nearest limit still to come (yyyy-mm-dd).
    """

    unit: str
    numbers: Mapping[Kind, int]
    next: str | None


@dataclass(frozen=True)
class Agenda:
    """The lines of all units, by kind and then by date.

    ``places``: territories by unit or issue; ``organs``: by territory, the organs that answer for it.
    """

    entries: tuple[Entry, ...]
    places: Mapping[str, Collection[str]] = field(default_factory=dict)
    organs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _of_unit(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.unit, []).append(entry)
        return found

    def select(
        self,
        *,
        kinds: Collection[Kind] = KINDS,
        unit: str | None = None,
        district: str | None = None,
        inspection: str | None = None,
        norm: str | None = None,
        start: datetime.date | None = None,
        end: datetime.date | None = None,
    ) -> list[Entry]:
        """The lines that match everything asked for, in their order.

        ``unit`` may be a territory: then the lines of all its organs are given. ``district`` keeps the lines
        of its own units and those on issues that relate to it. ``start`` and ``end`` (both included) leave
        out lines whose limit, whatever it may be, is outside; none of those without a limit.
        """
        pool: Iterable[Entry] = self.entries if unit is None else self._together(unit)
        return [
            each
            for each in pool
            if each.kind in kinds
            and (inspection is None or each.of.inspection == inspection)
            and (norm is None or each.of.norm == norm)
            and (not each.limits or any(_within(day, start, end) for day in each.limits))
            and (district is None or district in self.where(each))
        ]

    def bearers(self, unit: str) -> tuple[str, ...]:
        """The unit itself; of a territory also the organs that answer for it together."""
        return (unit, *self.organs.get(unit, ()))

    def _together(self, unit: str) -> Iterable[Entry]:
        if unit not in self.organs:
            return self._of_unit.get(unit, ())
        wanted = frozenset(self.bearers(unit))
        return (each for each in self.entries if each.unit in wanted)

    def loads(self, found: Collection[Entry], *, territories: bool = False) -> list[Load]:
        """How much each unit of some lines has, what is most pressing first.

        ``territories``: each territory by its organs instead, a duty of several organs counted once.
        """
        holders: dict[str, list[str]] = {}
        for territory, organs in self.organs.items() if territories else ():
            for organ in organs:
                holders.setdefault(organ, []).append(territory)
        of: dict[str, dict[tuple[str, Kind], Entry]] = {}
        for each in found:
            for holder in holders.get(each.unit, ()) if territories else (each.unit,):
                of.setdefault(holder, {})[each.conclusion, each.kind] = each
        loads = [
            Load(
                holder,
                Counter(each.kind for each in lines.values()),
                min((e.due for e in lines.values() if e.kind == "coming" and e.due), default=None),
            )
            for holder, lines in of.items()
        ]
        return sorted(loads, key=lambda each: ([-each.numbers.get(kind, 0) for kind in KINDS], each.unit))

    def where(self, entry: Entry) -> set[str]:
        """The territories a line has to do with: those of the unit, and those its issues relate to."""
        return set(chain.from_iterable(self.places.get(name, ()) for name in (entry.unit, *entry.of.issues)))


def draw(
    conclusions: Iterable[Conclusion],
    vocabulary: Vocabulary,
    places: Mapping[str, Collection[str]] | None = None,
    organs: Mapping[str, tuple[str, ...]] | None = None,
) -> Agenda:
    """Draw the agenda of all units from conclusions. A duty of two organs stands in the agenda of each."""
    is_open = {name: predicate.is_open for name, predicate in vocabulary.predicates.items()}
    entries = [
        Entry(conclusion, kind, bearer["id"], bearer["name"], due)
        for conclusion in conclusions
        if is_open[conclusion.status]
        for kind, due in _kind(conclusion, vocabulary)
        for bearer in conclusion.bearers
    ]
    place = {kind: number for number, kind in enumerate(KINDS)}
    entries.sort(
        key=lambda e: (
            place[e.kind],
            e.due or e.since or "9999",
            e.inspection or "",
            e.unit,
            e.norm,
            e.conclusion,
        )
    )
    return Agenda(tuple(entries), places or {}, organs or {})


def _kind(c: Conclusion, vocabulary: Vocabulary) -> Iterator[tuple[Kind, str | None]]:
    """What a conclusion is on an agenda, with its limit; nothing when it has no place there."""
    reason = vocabulary.individuals.get(c.reason or "")
    classes = reason.classes if reason else ()
    due = c.due or (c.possible_due[0] if c.possible_due else None)
    if c.status == _OVERDUE:
        yield "overdue", due
    elif due is not None:
        passed: Kind = "lapsed" if c.status == _INSUFFICIENT else "unsettled"
        yield passed if due < c.as_of else "coming", due
    elif _NO_DAY in classes:
        yield "undated", None
    elif c.since is not None or c.status == _PENDING:
        yield "running", None
    elif _NO_NUMBER in classes:
        yield "unnumbered", None


def places(record: Record) -> dict[str, set[str]]:
    """The territories that units and issues belong to, as recorded: their own and those around it."""
    direct: dict[str, set[str]] = {}
    for _, thing, place in record.triples(_PLACED_BY):
        direct.setdefault(thing, set()).add(place)

    def around(thing: str) -> set[str]:
        found, waiting = set[str](), list(direct.get(thing, ()))
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += direct.get(place, ())
        return found

    return {thing: around(thing) for thing in direct}


def organs(record: Record) -> dict[str, tuple[str, ...]]:
    """The organs that answer for each territory together, as recorded."""
    return _by_territory(record.triples(_ORGANS))


def _by_territory(stated: Iterable[tuple[str, str, str]]) -> dict[str, tuple[str, ...]]:
    """From statements (property, organ, territory): the organs of each territory in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name, organ, territory in stated:
        found.setdefault(territory, []).append((_ORGANS.index(name), organ))
    return {territory: tuple(organ for _, organ in sorted(of)) for territory, of in found.items()}


def agenda(
    world: World,
    unit: str | None = None,
    start: datetime.date | None = None,
    end: datetime.date | None = None,
) -> list[Entry]:
    """What is dated and still open in a world, by date; limits outside start–end are left out.

    ``unit`` may be a territory: all its organs together. Duties without a limit come last, the oldest first.
    """
    stated = ((p, str(a), str(b)) for p in _ORGANS for a, b in world.model.match(p, (None, None)))
    drawn = draw(world.conclusions(), world.rules.vocabulary, organs=_by_territory(stated))
    found = drawn.select(unit=unit, start=start, end=end)
    dated = sorted((e for e in found if e.due), key=lambda e: (e.due or "", e.unit, e.norm))
    return dated + [e for e in found if e.due is None and e.since is not None]


def _within(day: str, start: datetime.date | None, end: datetime.date | None) -> bool:
    return (start is None or day >= start.isoformat()) and (end is None or day <= end.isoformat())
