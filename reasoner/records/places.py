"""Where things lie: districts as recorded, with their organs and what became of them, and maps of them.

Nothing is concluded here. A district that is gone is shown where it was or under the one that the record
names as its successor; a zone has no boundary of its own and is never counted to the district it overlaps.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from reasoner import bundled
from reasoner.engine import calendar
from reasoner.records.record import Record

Point = tuple[float, float]
"""Longitude and latitude in degrees."""
Ring = tuple[Point, ...]
"""A closed line; the first point is not repeated at the end."""

_DIVISION: Final = "countyLevelDivision"
_ZONE: Final = "functionalZone"
_ORGANS: Final = ("partyCommitteeOf", "governmentOf")  # the first stands first wherever both are named
_RELATIONS: Final = (*_ORGANS, "succeededBy", "overlapsWith", "locatedWithin", "existsFrom", "existsUntil")
_REMARKS: Final = ("note", "basis", "certainty")
_ID: Final = "d{code}"  # how the registry makes the id of a district from its official code


@dataclass(frozen=True)
class Territory:
    """A district or zone as recorded.

    ``since`` and ``until`` are its first and last day, None when none is recorded. ``organs`` are its two
    organs, ``remarks`` what the record notes of it by property (note, basis, certainty).
    """

    id: str
    is_zone: bool = False
    since: datetime.date | None = None
    until: datetime.date | None = None
    organs: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)

    def exists_on(self, day: datetime.date) -> bool:
        """Whether it existed on a day, as far as the record tells."""
        return (self.since is None or self.since <= day) and not self.is_gone_on(day)

    def is_gone_on(self, day: datetime.date) -> bool:
        """Whether its last day lies before a day."""
        return self.until is not None and self.until < day


@dataclass(frozen=True)
class Places:
    """All districts and zones by id, and the district in which each township lies."""

    territories: Mapping[str, Territory]
    within: Mapping[str, str]

    def district_of(self, place: str) -> str:
        """The district of a township; any other place is returned as it is."""
        return self.within.get(place, place)

    def counted_with(self, place: str, day: datetime.date) -> tuple[str, ...]:
        """The place and those it has taken the place of by a day: what is shown under its name."""
        found, waiting = [place], [place]
        while waiting:
            known = self.territories.get(waiting.pop())
            for each in known.predecessors if known else ():
                before = self.territories.get(each)
                if each not in found and before is not None and before.is_gone_on(day):
                    found.append(each)
                    waiting.append(each)
        return tuple(found)

    def heir(self, place: str, day: datetime.date) -> str | None:
        """The recorded successor of a place that is gone on a day; None when it is not, or none is recorded.

        Of several successors none can be told from the record alone, so None is returned.
        """
        known = self.territories.get(place)
        if known is None or not known.is_gone_on(day) or len(known.successors) != 1:
            return None
        return self.heir(known.successors[0], day) or known.successors[0]


def read(record: Record) -> Places:
    """Read the districts, zones and townships that the record knows."""
    kinds = {place: kind for kind, place in record.members((_DIVISION, _ZONE))}
    related: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _RELATIONS}
    for predicate, subject, value in record.triples(_RELATIONS):
        related[predicate][subject].append(value)
    organs: dict[str, list[str]] = defaultdict(list)
    for predicate in _ORGANS:
        for organ, (place, *_) in related[predicate].items():
            organs[place].append(organ)
    predecessors: dict[str, list[str]] = defaultdict(list)
    for place, later in related["succeededBy"].items():
        for each in later:
            predecessors[each].append(place)
    remarks: dict[str, dict[str, str]] = defaultdict(dict)
    for predicate, subject, value in record.triples(_REMARKS):
        if subject in kinds:
            remarks[subject].setdefault(predicate, value)
    territories = {
        place: Territory(
            place,
            kind == _ZONE,
            _day(related["existsFrom"].get(place)),
            _day(related["existsUntil"].get(place)),
            tuple(organs.get(place, ())),
            tuple(related["succeededBy"].get(place, ())),
            tuple(sorted(each for each in predecessors.get(place, ()) if each in kinds)),
            tuple(related["overlapsWith"].get(place, ())),
            remarks.get(place, {}),
        )
        for place, kind in sorted(kinds.items())
    }
    within = {place: district for place, (district, *_) in related["locatedWithin"].items()}
    return Places(territories, within)


def _day(values: list[str] | None) -> datetime.date | None:
    return calendar.to_date(int(values[0])) if values else None


# -- maps -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """The outline of a district; ``caveat`` says in what it is only approximate, in the words of the map."""

    place: str
    rings: tuple[Ring, ...]
    caveat: str = ""


@dataclass(frozen=True)
class Boundaries:
    """A map: the outlines of all districts of some years. ``name`` is that of the file without suffix."""

    name: str
    shapes: Mapping[str, Shape]

    @property
    def caveats(self) -> tuple[str, ...]:
        """In what the map is only approximate."""
        return tuple(dict.fromkeys(each.caveat for each in self.shapes.values() if each.caveat))

    def since(self, places: Places) -> datetime.date | None:
        """The first day on which all its districts existed; None when the record sets no such day."""
        days = [known.since for each in self.shapes if (known := places.territories.get(each))]
        return max((day for day in days if day), default=None)

    def until(self, places: Places) -> datetime.date | None:
        """The last day on which all its districts existed; None when the record sets no such day."""
        days = [known.until for each in self.shapes if (known := places.territories.get(each))]
        return min((day for day in days if day), default=None)

    def holds_on(self, places: Places, day: datetime.date) -> bool:
        """Whether all its districts existed on a day, as far as the record tells."""
        since, until = self.since(places), self.until(places)
        return (since is None or since <= day) and (until is None or day <= until)

    def shown_as(self, place: str, places: Places, day: datetime.date) -> str | None:
        """The district of this map under which a place is shown on a day; None when it has none here."""
        district = places.district_of(place)
        if district in self.shapes:
            return district
        heir = places.heir(district, day)
        return heir if heir in self.shapes else None

    @cached_property
    def _neighbours(self) -> Mapping[str, frozenset[str]]:
        at: dict[Point, set[str]] = defaultdict(set)
        for place, shape in self.shapes.items():
            for ring in shape.rings:
                for longitude, latitude in ring:
                    at[round(longitude, 4), round(latitude, 4)].add(place)
        return {
            place: frozenset(other for here in at.values() if place in here for other in here) - {place}
            for place in self.shapes
        }

    def neighbours(self, place: str) -> frozenset[str]:
        """The districts whose outlines touch that of a place."""
        return self._neighbours.get(place, frozenset())


@cache
def maps() -> tuple[Boundaries, ...]:
    """The bundled maps, the oldest boundaries first.

    A district of a map is known by the code that stands in it; maps are told apart by the districts in them.
    """
    files = sorted(bundled.path("data", "geo").glob("*.geojson"), reverse=True)
    return tuple(map(_boundaries, files))


def map_on(places: Places, day: datetime.date, available: Iterable[Boundaries] | None = None) -> Boundaries:
    """The map whose districts existed on a day; the last when none fits."""
    chosen = tuple(maps() if available is None else available)
    return next((each for each in chosen if each.holds_on(places, day)), chosen[-1])


def _boundaries(file: Path) -> Boundaries:
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    shapes = map(_shape, features)
    return Boundaries(file.stem, {shape.place: shape for shape in shapes})


def _shape(feature: Mapping[str, Any]) -> Shape:
    properties, geometry = feature["properties"], feature["geometry"]
    areas = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = tuple(tuple((float(x), float(y)) for x, y, *_ in ring[:-1]) for area in areas for ring in area)
    return Shape(_ID.format(code=properties["adcode"]), rings, properties.get("approx", ""))
