"""What bears on one issue or inspection: the part of the record from which its conclusions follow.

Three kinds of entities are told apart by their classes. *Matters* are issues and inspections. *Standing*
entities (bodies, territories, sectors, posts) are there whatever happens; they are looked up, never walked
through from one matter to the next. *Records* (acts, findings, documents, tasks, parameters, declarations)
belong together when they name one another; such a bundle bears on the matters that it names, or, when it
names none, on the standing entities that it names.

The surroundings of an issue are its inspections, the bundles about it, and of those about its inspections
the ones that are about no other issue or speak of the same bodies. Rules may still join across issues, so
whoever evaluates surroundings compares what follows about the matter with what follows from the whole
record, and takes wider ones when it differs (see ``survey``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import Facts
from reasoner.rulebook.vocabulary import Vocabulary, predicate_name

_ISSUE, _INSPECTION = "issue", "inspection"
_STANDING = frozenset({"body", "territory", "sector", "post"})
_CROWD = 20
"""More than so many in one relation to an entity are left out: a district comes without its townships."""


class Bundle(NamedTuple):
    """Records that belong together, with the matters and the standing entities that they name."""

    records: frozenset[str]
    matters: frozenset[str]
    bodies: frozenset[str]


class Surroundings:
    """The facts of a record, indexed by what they connect."""

    def __init__(self, facts: Facts, vocabulary: Vocabulary) -> None:
        self._words = vocabulary.individuals
        names = {
            name: frozenset(predicate_name(each) for each in vocabulary.ancestors(own))
            for name, own in vocabulary.class_names.items()
        }
        self._about: dict[str, list[Ground]] = defaultdict(list)
        self._naming: dict[str, list[Ground]] = defaultdict(list)
        self._classes: dict[str, set[str]] = defaultdict(set)
        for atom in facts.origins:
            predicate, row = atom
            self._about[str(row[0])].append(atom)
            if len(row) == 1:
                self._classes[str(row[0])] |= names.get(predicate, frozenset((predicate,)))
        for atom in facts.origins:
            for value in self._objects(atom):
                self._naming[value].append(atom)

    def _is(self, entity: str, *kinds: str) -> bool:
        return not self._classes.get(entity, frozenset()).isdisjoint(kinds)

    def _is_standing(self, entity: str) -> bool:
        """Bodies and the like, and what is only named: a sector of which no rule asks anything."""
        return self._is(entity, *_STANDING) or entity not in self._about

    def _is_record(self, entity: str) -> bool:
        return not self._is_standing(entity) and not self._is(entity, _ISSUE, _INSPECTION)

    def _objects(self, atom: Ground) -> Iterator[str]:
        """The entities that an atom leads to; kinds, reasons and other words of the ontology are none."""
        for value in atom[1][1:]:
            if isinstance(value, str) and (value in self._about or value not in self._words):
                yield value

    def _neighbours(self, entity: str) -> Iterator[str]:
        yield from self._ahead(entity)
        for _, row in self._naming.get(entity, ()):
            yield str(row[0])

    @cached_property
    def _bundles(self) -> tuple[dict[str, set[int]], list[Bundle]]:
        """Each matter, record and, for bundles without a matter, standing entity with its bundles."""
        of: dict[str, set[int]] = defaultdict(set)
        bundles: list[Bundle] = []
        seen: set[str] = set()
        for start in self._about:
            if start in seen or not self._is_record(start):
                continue
            records, waiting, matters, bodies = {start}, [start], set[str](), set[str]()
            while waiting:
                for near in self._neighbours(waiting.pop()):
                    if self._is_standing(near):
                        bodies.add(near)
                    elif not self._is_record(near):
                        matters.add(near)
                    elif near not in records:
                        records.add(near)
                        waiting.append(near)
            seen |= records
            for entity in (*records, *(matters or bodies)):
                of[entity].add(len(bundles))
            bundles.append(Bundle(frozenset(records), frozenset(matters), frozenset(bodies)))
        return of, bundles

    def knows(self, matter: str) -> bool:
        """Whether the record states anything about it."""
        return matter in self._about

    def matters_of(self, entity: str) -> frozenset[str]:
        """The issues and inspections that a recorded thing bears on; itself when it is one."""
        if self._is(entity, _ISSUE, _INSPECTION):
            return frozenset((entity,))
        of, bundles = self._bundles
        return frozenset(matter for number in of.get(entity, ()) for matter in bundles[number].matters)

    def issues_of(self, inspection: str) -> int:
        """How many issues name an inspection."""
        return sum(self._is(each, _ISSUE) for each in self._neighbours(inspection))

    def of(self, matter: str, near: Iterable[str] = (), wide: bool = False) -> list[Ground]:
        """The recorded atoms that bear on a matter.

        ``near``: also what the matter's inspections have about these bodies, issues included; ``wide``: all
        that they have.
        """
        of, bundles = self._bundles
        matters = {matter}
        waiting = [matter]
        asked = self._surrounding(near)
        while waiting:  # an issue has its inspections, an inspection those that it follows
            current = waiting.pop()
            for each in self._neighbours(current):
                beside = current == matter and self._is(each, _ISSUE)
                wanted = wide or (beside and not asked.isdisjoint(self._ahead(each)))
                if (self._is(each, _INSPECTION) or (beside and wanted)) and each not in matters:
                    matters.add(each)
                    waiting.append(each)
        chosen = set(matters)
        for number in of.get(matter, ()):
            chosen |= bundles[number].records
        bodies = self._surrounding(self._standing_near(chosen)) | asked
        for number in {number for each in matters for number in of.get(each, ())}:
            bundle = bundles[number]
            others = {m for m in bundle.matters - matters if self._is(m, _ISSUE)}
            if wide or not others or not bundle.bodies.isdisjoint(bodies):
                chosen |= bundle.records
                chosen |= others
        chosen |= self._surrounding(self._standing_near(chosen) | bodies)
        for number in {number for each in chosen for number in of.get(each, ())}:
            if not bundles[number].matters:
                chosen |= bundles[number].records
        chosen |= self._surrounding(self._standing_near(chosen) - chosen)
        return [atom for atom in self._stated(chosen) if self._inside(atom, chosen)]

    def _ahead(self, entity: str) -> Iterator[str]:
        for atom in self._about.get(entity, ()):
            yield from self._objects(atom)

    def _surrounding(self, first: Iterable[str]) -> set[str]:
        """Standing entities with what they lead to, and with what names them unless that is a crowd."""
        first = set(first)
        waiting = [*first, *(near for entity in first for near in self._behind.get(entity, ()))]
        found: set[str] = set()
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += [near for near in self._ahead(current) if self._is_standing(near)]
        return found

    def _standing_near(self, entities: Iterable[str]) -> set[str]:
        """The standing entities that matters and records name, or that name them."""
        return {
            near
            for each in entities
            if not self._is_standing(each)
            for near in self._neighbours(each)
            if self._is_standing(near)
        }

    @cached_property
    def _behind(self) -> dict[str, list[str]]:
        """Standing entity → the standing entities that name it, without crowds."""
        named: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for entity in self._about:
            if self._is_standing(entity):
                for atom in self._about[entity]:
                    for value in self._objects(atom):
                        if self._is_standing(value):
                            named[value][atom[0]].append(entity)
        return {
            entity: [near for several in relations.values() if len(several) <= _CROWD for near in several]
            for entity, relations in named.items()
        }

    def _stated(self, entities: Iterable[str]) -> Iterator[Ground]:
        for each in sorted(entities):
            yield from self._about.get(each, ())

    def _inside(self, atom: Ground, chosen: set[str]) -> bool:
        """Whether an atom leads to no matter outside: a standing body is named by many."""
        return all(
            value in chosen or not self._is(value, _ISSUE, _INSPECTION)
            for value in atom[1][1:]
            if isinstance(value, str)
        )
