"""The directory: bodies, territories and sectors on record, with their names and how long each holds.

Read once from a state of the record; the organs that the text names itself come from the ontology. Nothing is
inferred: a body has the organs, parents and successors that somebody recorded.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from reasoner.engine import calendar
from reasoner.records.record import Record
from reasoner.rulebook.vocabulary import Text, Vocabulary, predicate_name

Family = Literal["body", "territory", "sector"]

_NAMES: Final = ("name", "shortName", "alias")
_VALIDITY: Final = {"aliasValidFrom": 0, "aliasValidTo": 1}
_DAYS: Final = {"existsFrom": 0, "existsUntil": 1}
_LINKS: Final = (
    "partyCommitteeOf",
    "governmentOf",
    "partOf",
    "locatedIn",
    "locatedWithin",
    "succeededBy",
    "governs",
)
_NOTES: Final = ("basis", "certainty", "note")
_ALIAS: Final = re.compile(r"(\d{4}-\d{2}-\d{2})（(.+)）")

#: How a body is listed, the first that fits; the rest are other bodies.
KINDS: Final = (
    ("district", ("District",)),  # organs of a district, by their link
    ("municipal", ("MunicipalUnit", "CoordinationBody", "CoordinationOffice")),
    ("enterprise", ("Enterprise",)),
    ("township", ("TownshipOrgan",)),
    ("team", ("InspectionTeam",)),
)


@dataclass(frozen=True)
class Name:
    """A name with the days on which it was in use (None: not recorded); ``until`` is the last day."""

    text: str
    kind: Literal["name", "shortName", "alias"]
    since: datetime.date | None = None
    until: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Whether the name was in use on a day, as far as the record says."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass
class Entity:
    """One body, territory or sector. ``classes`` are those recorded, with all above them."""

    id: str
    label: Text
    classes: frozenset[str] = frozenset()
    names: tuple[Name, ...] = ()
    exists: tuple[datetime.date | None, datetime.date | None] = (None, None)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def abolished_on(self) -> datetime.date | None:
        """The last day of a body that is known to have ended."""
        return self.exists[1]

    def existed(self, day: datetime.date) -> bool:
        """Whether it existed on a day, as far as the record says."""
        since, until = self.exists
        return (since is None or since <= day) and (until is None or day <= until)

    def own(self, link: str) -> tuple[str, ...]:
        """What it is linked to."""
        return self.links.get(link, ())


class Directory:
    """Every body, territory and sector, by id, with the links read both ways."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.entities = entities
        self._back: dict[tuple[str, str], list[str]] = defaultdict(list)
        for entity in entities.values():
            for link, ends in entity.links.items():
                for end in ends:
                    self._back[link, end].append(entity.id)

    def linked_to(self, end: str, link: str) -> list[str]:
        """The entities with this link to ``end``: ``linked_to("s_port", "governs")``."""
        return self._back.get((link, end), [])

    def family(self, id: str) -> Family | None:
        """What an entity is; None for an id of something else."""
        entity = self.entities.get(id)
        if entity is None:
            return None
        named: tuple[tuple[Family, str], ...] = (
            ("sector", "Sector"),
            ("territory", "Territory"),
            ("body", "Body"),
        )
        return next((family for family, own in named if own in entity.classes), None)

    def is_district(self, id: str) -> bool:
        """Whether it is a district or a zone."""
        entity = self.entities.get(id)
        return entity is not None and "District" in entity.classes

    def of(self, family: Family) -> list[Entity]:
        """All of a family, by name."""
        found = [each for each in self.entities.values() if self.family(each.id) == family]
        return sorted(found, key=lambda each: (each.label["zh"], each.id))

    def called(self, text: str) -> list[str]:
        """The entities with this id or this name, whenever it was in use."""
        if text in self.entities:
            return [text]
        return [
            each.id
            for each in self.entities.values()
            if text in each.label.values() or any(name.text == text for name in each.names)
        ]

    @cached_property
    def districts(self) -> list[Entity]:
        """The districts and zones, those that still exist first."""
        found = [each for each in self.of("territory") if "District" in each.classes]
        return sorted(found, key=lambda each: (each.abolished_on is not None, each.id))

    def place_of(self, body: str) -> str | None:
        """The territory whose Party committee or government a body is, or that of the body it belongs to."""
        seen: set[str] = set()
        current: str | None = body
        while current is not None and current not in seen:
            seen.add(current)
            entity = self.entities.get(current)
            if entity is None:
                return None
            for link in ("partyCommitteeOf", "governmentOf"):
                if ends := entity.own(link):
                    return ends[0]
            current = next(iter(entity.own("partOf")), None)
        return None

    def district_of(self, entity: str) -> str | None:
        """The district in which a territory or a body lies."""
        place = entity if self.family(entity) == "territory" else self.place_of(entity)
        seen: set[str] = set()
        while place is not None and place not in seen:
            seen.add(place)
            known = self.entities.get(place)
            if known is None:
                return None
            if "District" in known.classes:
                return place
            place = next(iter(known.own("locatedWithin")), None)
        return None

    def organs(self, territory: str) -> list[tuple[str, str]]:
        """The Party committee and the government of a territory, as (property, id)."""
        return [
            (link, each)
            for link in ("partyCommitteeOf", "governmentOf")
            for each in self.linked_to(territory, link)
        ]

    def departments(self, territory: str) -> list[str]:
        """Bodies that are recorded as parts of the organs of a territory: its departments, where known."""
        return [part for _, organ in self.organs(territory) for part in self.linked_to(organ, "partOf")]

    def successors(self, id: str) -> tuple[str, ...]:
        """Who is recorded to have succeeded it."""
        entity = self.entities.get(id)
        return entity.own("succeededBy") if entity else ()

    def kind(self, body: str) -> str:
        """Under which heading a body is listed (see KINDS)."""
        entity = self.entities[body]
        place = self.place_of(body)
        if place is not None and self.is_district(place):
            return "district"
        return next((kind for kind, own in KINDS if any(each in entity.classes for each in own)), "other")


def directory(record: Record, vocabulary: Vocabulary) -> Directory:
    """Read the directory from the present state of a record and from the ontology."""
    above = {name: frozenset(vocabulary.ancestors(own)) for name, own in vocabulary.class_names.items()}
    wanted = {name for name, classes in above.items() if classes & {"Body", "Territory", "Sector"}}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    classes: dict[str, set[str]] = defaultdict(set)
    predicates = (*wanted, *_NAMES, *_VALIDITY, *_DAYS, *_LINKS, *_NOTES)
    for predicate, subject, value in record.triples(predicates):
        if predicate in wanted:
            classes[subject] |= above[predicate]
        else:
            found[subject][predicate].append(value)
    labels: dict[str, Text] = {}
    for individual in vocabulary.individuals.values():
        own = {each for name in individual.classes for each in above.get(predicate_name(name), ())}
        if own & {"Body", "Territory", "Sector"}:
            classes[individual.name] |= own
            labels[individual.name] = individual.label
    return Directory(
        {id: _entity(id, frozenset(own), found[id], labels.get(id)) for id, own in classes.items()}
    )


def _entity(id: str, classes: frozenset[str], said: Mapping[str, list[str]], label: Text | None) -> Entity:
    short, full = (next(iter(said.get(name, ())), None) for name in ("shortName", "name"))
    shown = short or full or (label or {}).get("zh") or id
    since, until = (_day(said.get(name, ())) for name in _DAYS)
    return Entity(
        id,
        {"zh": shown, "en": (label or {}).get("en") or shown},
        classes,
        tuple(_names(said)),
        (since, until),
        {link: tuple(dict.fromkeys(said[link])) for link in _LINKS if link in said},
        {note: tuple(dict.fromkeys(said[note])) for note in _NOTES if note in said},
    )


def _day(values: Iterable[str]) -> datetime.date | None:
    return next((calendar.to_date(int(value)) for value in values if value.isdigit()), None)


def _names(said: Mapping[str, list[str]]) -> Iterator[Name]:
    windows: dict[str, list[datetime.date | None]] = defaultdict(lambda: [None, None])
    for predicate, place in _VALIDITY.items():
        for value in said.get(predicate, ()):
            if match := _ALIAS.fullmatch(value):
                windows[match[2]][place] = datetime.date.fromisoformat(match[1])
    for kind in ("name", "shortName", "alias"):
        for text in dict.fromkeys(said.get(kind, ())):
            since, until = windows.get(text, (None, None))
            yield Name(text, kind, since, until)
