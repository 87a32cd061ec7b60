"""Who is responsible for a sector in a district: the rules applied to an issue that nobody has recorded.

A hypothetical issue is placed in the district and the sector as of a day, beside what the record says of
them; what the rules conclude of it, with its proofs, is the answer. Nothing is saved. Where the record names
no department for a sector, the registry's file says why, and nothing is put in its place.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal

from reasoner import bundled
from reasoner.asking.assumptions import ORIGIN
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import gather
from reasoner.pipeline import Ontology, World
from reasoner.records.directory import Directory
from reasoner.records.record import Record, Statement
from reasoner.rulebook.rules import Value

Level = Literal["municipal", "central"]

ISSUE: Final = "假设问题"
_INSPECTION: Final = "supposed"
_ALLOCATED: Final = "allocated"
_CLASSES: Final[Mapping[Level, tuple[str, ...]]] = {
    "municipal": ("municipalInspection", "routineInspection"),
    "central": ("centralInspection",),
}
_FOLLOWED: Final = ("succeededBy", "partOf", "locatedIn", "partyCommitteeOf", "governmentOf")
_FILE: Final = "sectors.csv"
_WORDS: Final = "sector_words.csv"


# -- words and sectors, as the registry's files have them -----------------------------------------


@dataclass(frozen=True)
class Word:
    """A word of ledgers: the sectors that it means (none: ``reason`` says why), and why."""

    text: str
    sectors: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Published:
    """A line of the registry's file on sectors: which department was published, on which basis, how certain.

    ``left_out`` is why the department was not taken as a fact; empty when it was. ``row`` counts as in a
    spreadsheet.
    """

    sector: str
    department: str
    role: str
    basis: str
    certainty: str
    note: str
    source: str
    left_out: str
    file: str
    row: int


@cache
def words(folder: Path | None = None) -> tuple[Word, ...]:
    """The words that the bundled registry puts into sectors, in the order of the file."""
    rows = _rows(folder, _WORDS)
    return tuple(
        Word(row["word"], tuple(each for each in row["sector"].split("；") if each), row["reason"])
        for _, row in rows
    )


@cache
def published(folder: Path | None = None) -> Mapping[str, Published]:
    """What the bundled registry's file says of each sector, by its id."""
    same = ("role", "basis", "certainty", "note", "source", "left_out")
    fields = [("department", "department_published"), *((name, name) for name in same)]
    return {
        row["id"]: Published(
            sector=row["id"], file=f"registry/{_FILE}", row=number, **{to: row[name] for to, name in fields}
        )
        for number, row in _rows(folder, _FILE)
        if row["id"]
    }


def _rows(folder: Path | None, name: str) -> list[tuple[int, dict[str, str]]]:
    place = (folder or bundled.path("data", "registry")) / name
    with place.open(encoding="utf-8-sig", newline="") as stream:
        return list(enumerate(csv.DictReader(stream), 2))


def meant(text: str, directory: Directory) -> list[Word]:
    """What a word may mean: the listed word itself, else every listed word and sector that contains it.

    Nothing is chosen among several; a word that nothing contains gives an empty list.
    """
    wanted = text.strip()
    if not wanted:
        return []
    listed = words()
    if same := [each for each in listed if each.text == wanted]:
        return same
    found = [each for each in listed if wanted in each.text]
    found.sort(key=lambda each: (len(each.sectors) != 1, len(each.text)))  # the plainest first
    covered = {sector for each in found for sector in each.sectors}
    found += [
        Word(sector.label["zh"], (sector.id,), "")
        for sector in directory.of("sector")
        if wanted in sector.label["zh"] and sector.id not in covered
    ]
    return found


# -- the question ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question: a district, sectors, a day, and the level of the inspection that is supposed.

    ``target`` supposes besides that the district is inspected.
    """

    place: str | None
    sectors: tuple[str, ...]
    day: datetime.date
    level: Level = "municipal"
    target: bool = False


@dataclass(frozen=True)
class Governing:
    """A department that governs a sector: the statement with its source, and what it then bears."""

    organ: str
    statement: Statement | None
    conclusions: tuple[Conclusion, ...]


@dataclass(frozen=True)
class SectorAnswer:
    """What can be said of one sector: who governs it, or why nobody is named (``published.left_out``)."""

    sector: str
    governing: tuple[Governing, ...]
    published: Published | None


class Answer:
    """What the rules conclude of the hypothetical issue. ``world`` gives the proofs."""

    def __init__(self, asked: Asked, world: World, directory: Directory, record: Record) -> None:
        self.asked, self.world, self._directory, self._record = asked, world, directory, record

    @cached_property
    def conclusions(self) -> list[Conclusion]:
        """Everything that follows about the hypothetical issue and its inspection."""
        return self.world.conclusions()

    @cached_property
    def _allocating(self) -> frozenset[str]:
        """The norms that say who bears which kind of responsibility."""
        norms = self.world.rules.book.norms.values()
        return frozenset(
            norm.id for norm in norms if any(rule.head.predicate == _ALLOCATED for rule in norm.rules)
        )

    def _of(self, organs: Iterable[str]) -> list[Conclusion]:
        wanted = set(organs)
        return [each for each in self.conclusions if wanted & {str(body["id"]) for body in each.bearers}]

    @cached_property
    def territorial(self) -> list[Conclusion]:
        """Who bears the responsibility of the place, and by what kind."""
        organs = [organ for _, organ in self._directory.organs(self.asked.place or "")]
        mine = [each for each in self._of(organs) if each.kind is not None and each.layer == "L1"]
        order = {organ: number for number, organ in enumerate(organs)}
        return sorted(mine, key=lambda each: order.get(str(each.bearers[0]["id"]), len(order)))

    @cached_property
    def successors(self) -> list[Conclusion]:
        """Who is on record as the successor of a district that is gone; for people to confirm."""
        place = self.asked.place or ""
        later = [
            organ
            for _, before in self._directory.organs(place)
            for organ in self._directory.successors(before)
        ]
        return [each for each in self._of(later) if each not in self.territorial]

    @cached_property
    def further(self) -> list[Conclusion]:
        """What else follows for the district: what only a finding can tell, and its duties as a target."""
        organs = [organ for _, organ in self._directory.organs(self.asked.place or "")]
        seen = {each.id for each in self.territorial}
        return [each for each in self._of(organs) if each.id not in seen]

    @cached_property
    def refused(self) -> list[Conclusion]:
        """Why nothing follows for the place, where nothing does: before the Measures took effect."""
        if self.territorial:
            return []
        about = [each for each in self.conclusions if each.subject == ISSUE and each.norm in self._allocating]
        return [each for each in about if each.reason and not each.missing]

    @cached_property
    def sectors(self) -> list[SectorAnswer]:
        """Each sector with the departments on record, or with the reason why there is none."""
        return [self._sector(sector) for sector in self.asked.sectors]

    def _allocated(self, organ: str) -> list[Conclusion]:
        return [each for each in self._of([organ]) if each.norm in self._allocating and not each.missing]

    def _sector(self, sector: str) -> SectorAnswer:
        organs = self._directory.linked_to(sector, "governs")
        stated = {each.subject: each for each in self._record.statements(predicate="governs", object=sector)}
        governing = tuple(
            Governing(organ, stated.get(organ), tuple(self._allocated(organ))) for organ in organs
        )
        return SectorAnswer(sector, governing, published().get(sector))


def answer(asked: Asked, record: Record, rules: Ontology, directory: Directory) -> Answer:
    """Apply the rules to a hypothetical issue in the place and sectors asked about, as of the day."""
    atoms: list[Ground] = [("issue", (ISSUE,)), ("raisedIn", (ISSUE, _INSPECTION))]
    atoms += [(name, (_INSPECTION,)) for name in _CLASSES[asked.level]]
    atoms.append(("foundOn", (ISSUE, calendar.to_int(asked.day))))
    if asked.place is not None:
        atoms.append(("relatesTo", (ISSUE, asked.place)))
        if asked.target:
            atoms.append(("inspects", (_INSPECTION, asked.place)))
    atoms += [("inSector", (ISSUE, sector)) for sector in asked.sectors]
    first = {*asked.sectors, *([asked.place] if asked.place else [])}
    kind = rules.vocabulary.predicates[_CLASSES[asked.level][0]].label["zh"]
    names = {ISSUE: "（假设）", _INSPECTION: f"假设的{kind}"}
    world = standing(first, record, rules, directory, asked.day, atoms, names)
    return Answer(asked, world, directory, record)


def standing(
    first: Iterable[str],
    record: Record,
    rules: Ontology,
    directory: Directory,
    day: datetime.date,
    assumed: Iterable[Ground] = (),
    names: Mapping[str, str] | None = None,
) -> World:
    """The world of some bodies, territories and sectors and of what belongs to them, as of a day.

    ``assumed`` are statements supposed for once, about things with these ``names``; proofs mark them.
    """
    entities = _around(first, directory)
    known: dict[Ground, list[int]] = {}
    used = rules.book.used
    for entity in sorted(entities):
        for each in record.statements(subject=entity):
            if each.predicate in used and each.kind != "text":
                known.setdefault((each.predicate, _row(each)), []).append(each.id)
    more: list[tuple[Ground, dict[str, Any]]] = [(atom, {}) for atom in known]
    facts = gather(
        None,
        rules.book,
        rules.vocabulary,
        calendar.to_int(day),
        more=[*more, *((atom, dict(ORIGIN)) for atom in assumed)],
    )
    for atom, statements in known.items():
        facts.outside.pop(atom, None)
        facts.origins[atom].extend(statements)
    known_as = {id: directory.entities[id].label["zh"] for id in entities if id in directory.entities}
    return World(facts, rules, day, {**known_as, **(names or {})}, record)


def _row(each: Statement) -> tuple[Value, ...]:
    if each.kind == "class":
        return (each.subject,)
    return (each.subject, each.object if isinstance(each.object, int) else str(each.object))


def _around(first: Iterable[str], directory: Directory) -> set[str]:
    """The entities with their organs, departments, successors and whoever governs them."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        waiting += _beside(current, directory)
    return found


def _beside(entity: str, directory: Directory) -> Iterator[str]:
    known = directory.entities.get(entity)
    if known is None:
        return
    for link in _FOLLOWED:
        yield from known.own(link)
    match directory.family(entity):
        case "territory" if "District" in known.classes:
            yield from (organ for _, organ in directory.organs(entity))
        case "sector":
            yield from directory.linked_to(entity, "governs")
