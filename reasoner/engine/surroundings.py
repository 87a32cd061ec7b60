"""What bears on one issue or inspection: the part of what is recorded from which its conclusions follow.

Three kinds of entities are told apart by their classes. *Matters* are issues and inspections. *Standing*
entities (bodies, territories, sectors, posts) are there whatever happens; they are looked up, never walked
through from one matter to the next. *Records* (acts, findings, documents, tasks, parameters, declarations)
belong together when they name one another; such a bundle bears on the matters that it names, or, when it
names none, on the standing entities that it names.

The surroundings of an issue are its inspections, the bundles about it, and of those about its inspections
the ones that are about no other issue or speak of the same bodies. Rules may still join across issues, so
whoever evaluates surroundings compares what follows about the matter with what follows from everything, and
takes wider ones when it differs (see ``survey``, ``reasoner.batch.cases``).

The walk is the same wherever the statements are: ``Recorded`` says what is stated of an entity and what
names it. Entities are whatever values it uses for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, Protocol

from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import Facts
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Vocabulary, predicate_name

ISSUE, INSPECTION = "issue", "inspection"
_STANDING = frozenset({"body", "territory", "sector", "post"})
_CROWD = 20
"""More than so many in one relation to an entity are left out: a district comes without its townships."""


class Recorded(Protocol):
    """Statements, asked entity by entity. ``fetch`` announces what will be asked next, many at once."""

    def fetch(self, entities: Collection[Value], naming: bool = False) -> None:
        """Make what is stated of some entities (or what names them) ready to be asked for."""

    def about(self, entity: Value) -> Sequence[Ground]:
        """The atoms whose subject it is; none for what is only named."""

    def naming(self, entity: Value) -> Iterable[Ground]:
        """The atoms that lead to it."""

    def classes(self, entity: Value) -> Set[str]:
        """Its stated classes and their superclasses, as predicates."""

    def objects(self, atom: Ground) -> Iterator[Value]:
        """The entities that an atom leads to; kinds, reasons and other words of the ontology are none."""

    def in_crowd(self, atom: Ground) -> bool:
        """Whether so many lead in the same way to what it leads to that ``naming`` leaves them out."""

    def left_out(self, entities: Set[Value]) -> Iterable[Ground]:
        """Of the atoms that ``about`` leaves out since they are too many, those within these entities."""


class Indexed:
    """The statements of a record in memory, indexed both ways."""

    def __init__(self, facts: Facts, vocabulary: Vocabulary) -> None:
        self._words = vocabulary.individuals
        above = superclasses(vocabulary)
        self._about: dict[Value, list[Ground]] = defaultdict(list)
        self._naming: dict[Value, list[Ground]] = defaultdict(list)
        self._classes: dict[Value, set[str]] = defaultdict(set)
        for atom in facts.origins:
            predicate, row = atom
            self._about[row[0]].append(atom)
            if len(row) == 1:
                self._classes[row[0]] |= above.get(predicate, frozenset((predicate,)))
        for atom in facts.origins:
            for value in self.objects(atom):
                self._naming[value].append(atom)

    def fetch(self, entities: Collection[Value], naming: bool = False) -> None:
        """Everything is here."""

    def about(self, entity: Value) -> Sequence[Ground]:
        """The atoms whose subject it is."""
        return self._about.get(entity, ())

    def naming(self, entity: Value) -> Iterable[Ground]:
        """The atoms that lead to it."""
        return self._naming.get(entity, ())

    def classes(self, entity: Value) -> Set[str]:
        """Its stated classes and their superclasses."""
        return self._classes.get(entity, frozenset())

    def objects(self, atom: Ground) -> Iterator[Value]:
        """The entities that an atom leads to."""
        for value in atom[1][1:]:
            if isinstance(value, str) and (value in self._about or value not in self._words):
                yield value

    def in_crowd(self, atom: Ground) -> bool:
        """Nothing is left out."""
        return False

    def left_out(self, entities: Set[Value]) -> Iterable[Ground]:
        """Nothing is left out."""
        return ()


def superclasses(vocabulary: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Each class with its superclasses, as predicates."""
    return {
        name: frozenset(predicate_name(each) for each in vocabulary.ancestors(own))
        for name, own in vocabulary.class_names.items()
    }


class Bundle(NamedTuple):
    """Records that belong together, with the matters and the standing entities that they name."""

    records: frozenset[Value]
    matters: frozenset[Value]
    bodies: frozenset[Value]


class Surroundings:
    """Walks from a matter to what bears on it."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self._bundle_of: dict[Value, Bundle] = {}
        self._behind_of: dict[Value, list[Value]] = {}

    # -- what there is about a matter -----------------------------------------------------------

    def knows(self, entity: Value) -> bool:
        """Whether anything is stated about it."""
        return bool(self.recorded.about(entity))

    def matters_of(self, entity: Value) -> frozenset[Value]:
        """The issues and inspections that a recorded thing bears on; itself when it is one."""
        if self._is(entity, ISSUE, INSPECTION):
            return frozenset((entity,))
        return frozenset(matter for bundle in self._bundles((entity,)) for matter in bundle.matters)

    def issues_of(self, inspection: Value) -> int:
        """How many issues name an inspection."""
        return sum(self._is(each, ISSUE) for each in self._known_neighbours((inspection,))[inspection])

    def of(
        self, matter: Value, near: Iterable[Value] = (), wide: bool = False, more: Collection[Value] = ()
    ) -> list[Ground]:
        """The recorded atoms that bear on a matter.

        ``near``: also what the matter's inspections have about these bodies, issues included; ``wide``: all
        that they have; ``more``: also these issues and records, with what belongs to them.
        """
        asked = self._surrounding(near)
        matters = self._matters(matter, asked, wide)
        chosen = {*matters, *more}
        for bundle in self._bundles((matter, *more)):
            chosen |= bundle.records
        chosen |= self._shared(chosen)
        bodies = self._surrounding(self._standing_near(chosen)) | asked
        for bundle in self._bundles(matters):
            others = {m for m in bundle.matters - matters if self._is(m, ISSUE)}
            if wide or not others or not bundle.bodies.isdisjoint(bodies):
                chosen |= bundle.records
                chosen |= others
        chosen |= self._shared(chosen)
        chosen |= self._surrounding(self._standing_near(chosen) | bodies)
        for bundle in self._bundles(chosen):
            if not bundle.matters:
                chosen |= bundle.records
        chosen |= self._surrounding(self._standing_near(chosen) - chosen)
        self.recorded.fetch(chosen)
        stated = [atom for atom in self._stated(chosen) if self._inside(atom, chosen)]
        return [*stated, *self.recorded.left_out(chosen)]

    def _matters(self, matter: Value, asked: Set[Value], wide: bool) -> set[Value]:
        """An issue has its inspections, an inspection those that it follows."""
        matters, waiting = {matter}, [matter]
        while waiting:
            near = self._known_neighbours(waiting)
            found: dict[Value, None] = {}
            for current in waiting:
                for each in near[current]:
                    beside = current == matter and self._is(each, ISSUE)
                    wanted = wide or (beside and not asked.isdisjoint(self._ahead(each)))
                    if self._is(each, INSPECTION) or (beside and wanted):
                        found[each] = None
            waiting = [each for each in found if each not in matters]
            matters.update(waiting)
        return matters

    def _stated(self, entities: Iterable[Value]) -> Iterator[Ground]:
        for each in sorted(entities, key=str):
            yield from self.recorded.about(each)

    def _inside(self, atom: Ground, chosen: Set[Value]) -> bool:
        """Whether an atom leads to no matter outside: a standing body is named by many."""
        return all(
            value in chosen or not self._is(value, ISSUE, INSPECTION) for value in self.recorded.objects(atom)
        )

    # -- what things are ------------------------------------------------------------------------

    def _is(self, entity: Value, *kinds: str) -> bool:
        return not self.recorded.classes(entity).isdisjoint(kinds)

    def is_standing(self, entity: Value) -> bool:
        """Bodies and the like, and what is only named: a sector of which no rule asks anything."""
        return not self.recorded.classes(entity).isdisjoint(_STANDING) or not self.recorded.about(entity)

    def _is_record(self, entity: Value) -> bool:
        return not self.is_standing(entity) and not self._is(entity, ISSUE, INSPECTION)

    # -- what leads to what ---------------------------------------------------------------------

    def _ahead(self, entity: Value) -> Iterator[Value]:
        for atom in self.recorded.about(entity):
            yield from self.recorded.objects(atom)

    def _known_neighbours(self, entities: Collection[Value]) -> dict[Value, list[Value]]:
        """What each entity names and what names it, with what these are."""
        self.recorded.fetch(entities)
        self.recorded.fetch(entities, naming=True)
        near = {
            each: [*self._ahead(each), *(row[0] for _, row in self.recorded.naming(each))]
            for each in entities
        }
        self.recorded.fetch({other for others in near.values() for other in others})
        return near

    def _standing_near(self, entities: Iterable[Value]) -> set[Value]:
        """The standing entities that matters and records name, or that name them."""
        moving = [each for each in entities if not self.is_standing(each)]
        near = self._known_neighbours(moving)
        return {other for others in near.values() for other in others if self.is_standing(other)}

    def _surrounding(self, first: Iterable[Value]) -> set[Value]:
        """Standing entities with what they lead to, and with what names them unless that is a crowd."""
        first = set(first)
        found: set[Value] = set()
        waiting = first.union(*self._behind(first).values())
        while waiting:
            found |= waiting
            self.recorded.fetch(waiting)
            ahead = {near for each in waiting for near in self._ahead(each)} - found
            self.recorded.fetch(ahead)
            waiting = {near for near in ahead if self.is_standing(near)}
        return found

    def _behind(self, entities: Collection[Value]) -> dict[Value, list[Value]]:
        """Standing entity → the standing entities that name it, without crowds."""
        unknown = [each for each in entities if each not in self._behind_of]
        self.recorded.fetch(unknown, naming=True)
        self.recorded.fetch({row[0] for each in unknown for _, row in self.recorded.naming(each)})
        for entity in unknown:
            named: dict[str, list[Value]] = {}
            for predicate, row in self.recorded.naming(entity) if self.is_standing(entity) else ():
                if self.is_standing(row[0]):
                    named.setdefault(predicate, []).append(row[0])
            several = (each for each in named.values() if len(each) <= _CROWD)
            self._behind_of[entity] = [near for each in several for near in each]
        return {each: self._behind_of[each] for each in entities}

    # -- bundles --------------------------------------------------------------------------------

    def _bundles(self, entities: Collection[Value]) -> dict[Bundle, None]:
        """The bundles of records and of matters, and those without a matter of standing entities."""
        near = self._known_neighbours(entities)
        own = [each for each in entities if self._is_record(each)]
        starts = dict.fromkeys(own)
        for entity in entities:
            if not self._is_record(entity):
                starts |= dict.fromkeys(each for each in near[entity] if self._is_record(each))
        self._gather(starts)
        found = dict.fromkeys(self._bundle_of[each] for each in own)
        for entity in entities:
            if self._is_record(entity):
                continue
            standing = self.is_standing(entity)
            for each in near[entity]:
                if self._is_record(each) and not (standing and self._bundle_of[each].matters):
                    found[self._bundle_of[each]] = None
        return found

    def _shared(self, chosen: Set[Value]) -> set[Value]:
        """Records that a crowd leads to, and some of these records with it: a plan that has many tasks."""
        found: set[Value] = set()
        waiting = {each for each in chosen if self._is_record(each)}
        while waiting:
            ahead = {near for each in waiting for near in self._ahead(each)} - chosen - found
            waiting = set()
            for bundle in self._bundles([each for each in ahead if self._is_record(each)]):
                waiting |= bundle.records - chosen - found
            found |= waiting
        return found

    def _gather(self, starts: Iterable[Value]) -> None:
        """Find the bundles of records: of all of them at once what they lead to, then which belong together.

        What is one of a crowd is no part of the bundle that the crowd leads to.
        """
        near: dict[Value, list[Value]] = {}
        waiting = [start for start in starts if start not in self._bundle_of]
        while waiting:
            near |= self._known_neighbours(waiting)
            reached = dict.fromkeys(other for each in waiting for other in near[each])
            waiting = [each for each in reached if each not in near and self._is_record(each)]
        for start in near:
            if start not in self._bundle_of:
                bundle = self._connected(start)
                self._bundle_of |= dict.fromkeys(bundle.records, bundle)

    def _connected(self, start: Value) -> Bundle:
        records, waiting, matters, bodies = {start}, [start], set[Value](), set[Value]()
        while waiting:
            for each, crowd in self._links(waiting.pop()):
                if self.is_standing(each):
                    bodies.add(each)
                elif not self._is_record(each):
                    matters.add(each)
                elif each not in records and not crowd:
                    records.add(each)
                    waiting.append(each)
        return Bundle(frozenset(records), frozenset(matters), frozenset(bodies))

    def _links(self, entity: Value) -> Iterator[tuple[Value, bool]]:
        """What it names and what names it, and whether the link is one of a crowd."""
        for atom in self.recorded.about(entity):
            for each in self.recorded.objects(atom):
                yield each, self._is_record(each) and self.recorded.in_crowd(atom)
        for atom in self.recorded.naming(entity):
            yield atom[1][0], False
