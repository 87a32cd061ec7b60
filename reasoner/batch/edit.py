"""One change of the facts: what is recorded before and after it, and the cells that have to be looked at.

A *region* is a set of entities, whole cells of them: own cells that the change touches, and the shared cells
next to them. Entities may change their level or their cell; both sides are kept apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from reasoner.batch.cells import Cells, Statements
from reasoner.batch.levels import OWN, SHARED, STANDING, Pattern
from reasoner.engine.join import Ground
from reasoner.rulebook.rules import Value

IsEntity = Callable[[Value], bool]
_Place = tuple[int, frozenset[Value]]


class View:
    """What is recorded, with levels and cells, before or after a change."""

    def __init__(
        self,
        cells: Cells,
        places: Mapping[Value, _Place],
        moved: set[Value],
        store: Statements,
        without: Iterable[Ground] = (),
        more: Iterable[Ground] = (),
    ) -> None:
        """``places``: level and cell of those ``moved`` that are not standing; others as in ``cells``."""
        self._cells, self._places, self._moved, self._store = cells, places, moved, store
        self._without, self._more = frozenset(without), tuple(more)

    def of(self, value: Value) -> int:
        """The level of a value."""
        if value in self._moved:
            place = self._places.get(value)
            return place[0] if place else STANDING
        return self._cells.of(value)

    def cell(self, value: Value) -> frozenset[Value]:
        """The cell of an entity; empty for a standing one."""
        if value in self._moved:
            place = self._places.get(value)
            return place[1] if place else frozenset()
        return self._cells.cell_of(value)

    def deepest(self, row: Iterable[Value]) -> int:
        """The level of an atom with these arguments."""
        return max(map(self.of, row), default=STANDING)

    def pattern(self, atom: Ground) -> Pattern:
        """The levels of the arguments of an atom."""
        return tuple(map(self.of, atom[1]))

    def about(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the subject."""
        wanted = set(entities)
        found = [a for a in self._store.about(wanted) if a not in self._without]
        return found + [a for a in self._more if a[1][0] in wanted]

    def naming(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the second argument."""
        wanted = set(entities)
        found = [a for a in self._store.naming(wanted) if a not in self._without]
        return found + [a for a in self._more if len(a[1]) == 2 and a[1][1] in wanted]

    def within(self, region: set[Value]) -> Iterator[Ground]:
        """The statements about a region: all that they name is in it or standing."""
        inside = {e for e in region if self.of(e) > STANDING}
        for atom in self.about(inside):
            if all(v in inside or self.of(v) == STANDING for v in atom[1]):
                yield atom
        for atom in self.naming(inside):
            if self.of(atom[1][0]) == STANDING:
                yield atom

    def standing(self, entities: Iterable[Value]) -> set[Ground]:
        """What is stated of the entities that speaks of standing things alone."""
        return {a for a in self.about(entities) if self.deepest(a[1]) == STANDING}

    def near(self, entities: Iterable[Value], level: int) -> set[Value]:
        """The entities of a level that are tied to some, with their cells."""
        some = set(entities)
        ends = {v for a in (*self.about(some), *self.naming(some)) for v in a[1] if self.of(v) == level}
        return set().union(*map(self.cell, ends)) if ends else set()


class Step:
    """A change, and the region in which it is looked at."""

    def __init__(self, cells: Cells, store: Statements, gone: list[Ground], come: list[Ground]) -> None:
        self.gone, self.come = gone, come
        touched = {v for _, row in (*gone, *come) for v in row if cells.is_entity(v)}
        self.moved = _moved(cells, store, touched, gone, come)
        before = cells.places(self.moved)
        self.old = View(cells, before, self.moved, store)
        then = View(cells, {}, set(), store, gone, come)
        cells.place(self.moved, then.about(self.moved))
        after = cells.places(self.moved)
        self.new = View(cells, after, self.moved, store, gone, come)
        self.own: set[Value] = set()
        """What is looked at of own level, before or after."""
        self.shared: set[Value] = set()
        self._start(before, after)

    @property
    def region(self) -> set[Value]:
        """All that is looked at."""
        return self.own | self.shared

    def _start(self, before: Mapping[Value, _Place], after: Mapping[Value, _Place]) -> None:
        for entity in before.keys() | after.keys():
            if before.get(entity) != after.get(entity):
                for place in (before.get(entity), after.get(entity)):
                    if place:
                        (self.own if place[0] == OWN else self.shared).add(entity)
        for view, atoms in ((self.old, self.gone), (self.new, self.come)):
            for _, row in atoms:
                deepest = view.deepest(row)
                for value in row:
                    if view.of(value) == deepest > STANDING:
                        (self.own if deepest == OWN else self.shared).add(value)
        self._close()

    def _close(self) -> None:
        """Whole cells, and the shared cells next to the own ones."""
        while True:
            size = len(self.own) + len(self.shared)
            for view in (self.old, self.new):
                for entity in (*self.own, *self.shared):
                    level = view.of(entity)
                    if level > STANDING:
                        (self.own if level == OWN else self.shared).update(view.cell(entity))
                self.shared |= view.near({e for e in self.own if view.of(e) == OWN}, SHARED)
            if len(self.own) + len(self.shared) == size:
                return

    def widen(self, entities: Iterable[Value]) -> bool:
        """Look at all own cells next to shared ones too; whether that is more than before."""
        size = len(self.own)
        for view in (self.old, self.new):
            shared = {e for each in entities if view.of(each) == SHARED for e in view.cell(each)}
            self.own |= view.near(shared, OWN)
        self._close()
        return len(self.own) > size

    @property
    def cells(self) -> int:
        """How many own cells are looked at."""
        return len({self.new.cell(e) for e in self.own if self.new.of(e) == OWN})


def _moved(
    cells: Cells, store: Statements, touched: set[Value], gone: Iterable[Ground], come: Iterable[Ground]
) -> set[Value]:
    """All whose level or cell can change: the cells that are touched; more when a kind changes."""
    about: dict[Value, set[Ground]] = defaultdict(set)
    for atom in store.about(touched):
        about[atom[1][0]].add(atom)
    found = set(touched)
    for entity in touched:
        then = about[entity] - {a for a in gone if a[1][0] == entity}
        then |= {a for a in come if a[1][0] == entity}
        if cells.kind(entity, about[entity]) != cells.kind(entity, then):
            found |= {a[1][0] for a in store.naming((entity,))}
            found |= {v for a in (*about[entity], *then) for v in a[1] if cells.is_entity(v)}
    return cells.beside(found)
