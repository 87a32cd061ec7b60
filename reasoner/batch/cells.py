"""Entities, their levels and the cells that statements tie them into (see ``locality``).

A *record* is whatever something is stated of and that is neither a matter nor standing: an act, a finding, a
document. A record that names an inspection, or that an inspection names, is shared with the inspection. The
others belong to the issues that they name, directly or through other records; when they name none, they are
shared as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from reasoner.batch.levels import INSPECTION, OWN, SHARED, STANDING, Levels
from reasoner.engine.join import Ground
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Vocabulary


class Statements(Protocol):
    """What is stated, looked up by what it is about and by what it names. Both give it without repetition."""

    def about(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the subject."""

    def naming(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements with two arguments of which one of the entities is the second."""


def is_name(value: Value) -> bool:
    """Whether a value is an entity where names are written out."""
    return isinstance(value, str)


class Cells:
    """The levels of entities and the cells of those that are not standing."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        fixed: Iterable[Value],
        is_entity: Callable[[Value], bool] = is_name,
    ) -> None:
        """``fixed``: entities that are standing whatever is stated of them (the words of the rules)."""
        self._levels = Levels(vocabulary)
        self._inspections = frozenset(
            name for name, own in vocabulary.class_names.items() if INSPECTION in vocabulary.ancestors(own)
        )
        self._fixed = frozenset(fixed)
        self.is_entity = is_entity
        self._level: dict[Value, int] = {}  # of those that are not standing
        self._cell: dict[Value, int] = {}
        self._members: dict[int, frozenset[Value]] = {}
        self._next = 0

    def of(self, value: Value) -> int:
        """The level of a value."""
        return self._level.get(value, STANDING)

    def at(self, level: int) -> list[Value]:
        """All entities of a level above standing."""
        return [entity for entity, own in self._level.items() if own == level]

    def cell_of(self, value: Value) -> frozenset[Value]:
        """The cell of an entity; empty for a standing one."""
        number = self._cell.get(value)
        return frozenset() if number is None else self._members[number]

    def kind(self, entity: Value, about: Iterable[Ground]) -> tuple[int | None, bool]:
        """What an entity is by what is stated of it: its level (None: a record); whether an inspection."""
        if entity in self._fixed:
            return STANDING, False
        classes, told = set(), False
        for predicate, row in about:
            told = True
            if len(row) == 1:
                classes.add(predicate)
        return self._levels.of(classes, told), not classes.isdisjoint(self._inspections)

    def place(self, entities: Iterable[Value], statements: Iterable[Ground]) -> None:
        """Find anew the levels and cells of entities that are all that their cells had.

        ``statements``: everything of which one of them is the subject.
        """
        wanted = set(entities)
        about: dict[Value, list[Ground]] = defaultdict(list)
        ties: dict[Value, set[Value]] = defaultdict(set)
        for atom in statements:
            row = atom[1]
            about[row[0]].append(atom)
            if len(row) == 2 and row[0] in wanted and row[1] in wanted:
                ties[row[0]].add(row[1])
                ties[row[1]].add(row[0])
        kinds = {entity: self.kind(entity, about.get(entity, ())) for entity in wanted}
        for entity in wanted:
            self._forget(entity)
        level = {e: known for e, (known, _) in kinds.items() if known is not None}
        records = wanted - level.keys()
        seen = {e for e in records if any(kinds[near][1] for near in ties.get(e, ()))}
        level |= dict.fromkeys(seen, SHARED)
        for part in _parts(records - seen, ties):
            owned = any(kinds[near][0] == OWN for e in part for near in ties.get(e, ()))
            level |= dict.fromkeys(part, OWN if owned else SHARED)
        for which in (SHARED, OWN):
            for part in _parts({e for e, own in level.items() if own == which}, ties):
                self._next += 1
                self._members[self._next] = frozenset(part)
                self._cell |= dict.fromkeys(part, self._next)
                self._level |= dict.fromkeys(part, which)

    def _forget(self, entity: Value) -> None:
        self._level.pop(entity, None)
        number = self._cell.pop(entity, None)
        if number is not None:
            self._members.pop(number, None)

    def beside(self, entities: Iterable[Value]) -> set[Value]:
        """The entities with all that are in their cells; standing ones as they are."""
        found: set[Value] = set()
        for entity in entities:
            if entity not in found:
                found.add(entity)
                found |= self.cell_of(entity)
        return found

    def places(self, entities: Iterable[Value]) -> dict[Value, tuple[int, frozenset[Value]]]:
        """Level and cell of those of the entities that are not standing."""
        return {e: (self._level[e], self.cell_of(e)) for e in entities if e in self._cell}


def _parts(entities: set[Value], ties: Mapping[Value, set[Value]]) -> Iterator[set[Value]]:
    """Entities that hang together."""
    left = set(entities)
    while left:
        start = left.pop()
        part, waiting = {start}, [start]
        while waiting:
            for near in ties.get(waiting.pop(), ()):
                if near in left:
                    left.discard(near)
                    part.add(near)
                    waiting.append(near)
        yield part
