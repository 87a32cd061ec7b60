"""The statements of a run, looked up entity by entity: what is stated of it, what names it.

Everything stays in integers (see ``naming``) until a case is complete. What names an entity may be a crowd
(a district named by 100,000 issues): a relation with more than ``most`` statements is counted, not fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

import numpy as np

from reasoner.batch.arrays import Arrays, Part
from reasoner.engine.evaluate import Ground
from reasoner.engine.sql import NAME_BASE
from reasoner.engine.surroundings import superclasses
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Vocabulary

_KEPT = 400_000
"""Atoms kept from one case to the next; beyond, everything is forgotten."""
_NOTHING: tuple[Ground, ...] = ()


class Lookup:
    """Statements of a run as ``surroundings.Recorded``; entities are codes, predicates names.

    ``ids`` has the statements that each atom comes from, ``crowds`` the relations to an entity that are not
    fetched, with their sizes.
    """

    def __init__(
        self, arrays: Arrays, predicates: Mapping[int, str], vocabulary: Vocabulary, most: int
    ) -> None:
        """``predicates``: those that rules read, by code."""
        self._about_rows, self._naming_rows, self.most = arrays.about, arrays.naming, most
        self._predicates = predicates
        self._above = superclasses(vocabulary)
        codes = (arrays.code(word) for word in vocabulary.individuals)
        self._words = {code for code in codes if code is not None}
        self.forget()

    def forget(self) -> None:
        """Let go of what was fetched."""
        self.ids: dict[Ground, list[int]] = {}
        self.crowds: dict[Value, dict[str, int]] = {}
        self._about: dict[Value, Sequence[Ground]] = {}
        self._naming: dict[Value, Sequence[Ground]] = {}
        self._classes: dict[Value, frozenset[str]] = {}
        self._left_out: dict[Value, list[Part]] = defaultdict(list)
        if self._words:
            self.fetch(self._words)
            self._words -= {each for each in self._words if self._about[each]}

    @property
    def full(self) -> bool:
        """Whether so much was fetched that it is better forgotten between two cases."""
        return len(self.ids) > _KEPT

    # -- as surroundings ask --------------------------------------------------------------------

    def fetch(self, entities: Collection[Value], naming: bool = False) -> None:
        """Look up what is stated of some entities, or what names them; what is known is not asked again."""
        known = self._naming if naming else self._about
        wanted = [e for e in dict.fromkeys(entities) if e not in known]
        if not wanted:
            return
        for entity in wanted:
            atoms = () if not isinstance(entity, int) or entity < NAME_BASE else self._atoms(entity, naming)
            known[entity] = atoms
            if not naming:
                self._classes[entity] = frozenset[str]().union(
                    *(self._above.get(name, frozenset((name,))) for name, row in atoms if len(row) == 1)
                )

    def _atoms(self, entity: int, naming: bool) -> tuple[Ground, ...]:
        """What is stated of an entity, or names it, in the order of the statements; crowds are noted."""
        stored = self._naming_rows if naming else self._about_rows
        rows: list[tuple[int, int | None, int]] = []
        for part in stored.parts(entity):
            name = self._predicates.get(part.predicate)
            if name is None:
                continue
            if part.end - part.first <= self.most:
                rows += stored.rows(part)
            elif naming:
                self.crowds.setdefault(entity, {})[name] = part.end - part.first
            else:
                self._left_out[entity].append(part)
        rows.sort()
        found: dict[Ground, None] = {}
        for number, other, predicate in rows:
            row = (entity,) if other is None else (other, entity) if naming else (entity, other)
            atom: Ground = (self._predicates[predicate], row)
            found[atom] = None
            ids = self.ids.setdefault(atom, [])
            if number not in ids:
                ids.append(number)
        return tuple(found)

    def about(self, entity: Value) -> Sequence[Ground]:
        """The atoms whose subject it is."""
        found = self._about.get(entity)
        if found is None:
            self.fetch((entity,))
            found = self._about[entity]
        return found

    def naming(self, entity: Value) -> Iterable[Ground]:
        """The atoms that lead to it, without crowds."""
        found = self._naming.get(entity)
        if found is None:
            self.fetch((entity,), naming=True)
            found = self._naming[entity]
        return found

    def classes(self, entity: Value) -> Set[str]:
        """Its stated classes and their superclasses."""
        if entity not in self._classes:
            self.fetch((entity,))
        return self._classes[entity]

    def objects(self, atom: Ground) -> Iterator[Value]:
        """The entities that an atom leads to."""
        for value in atom[1][1:]:
            if isinstance(value, int) and value >= NAME_BASE and value not in self._words:
                yield value

    def in_crowd(self, atom: Ground) -> bool:
        """Whether it is one of too many that lead in the same way to the same."""
        target = atom[1][-1]
        if target not in self._naming:
            self.fetch((target,), naming=True)
        return atom[0] in self.crowds.get(target, ())

    def left_out(self, entities: Set[Value]) -> Iterable[Ground]:
        """Of the crowds that an entity leads to, what leads to one of these entities."""
        inside = np.array([each for each in entities if isinstance(each, int)], np.int64)
        for entity in sorted(entities & self._left_out.keys(), key=str):
            for part in self._left_out[entity]:
                others = self._about_rows.others[part.first : part.end]
                for place in np.flatnonzero(np.isin(others, inside)).tolist():
                    atom: Ground = (self._predicates[part.predicate], (entity, int(others[place])))
                    ids = self.ids.setdefault(atom, [])
                    if (number := int(self._about_rows.id[part.first + place])) not in ids:
                        ids.append(number)
                    yield atom

    def witnesses(self, entities: Collection[Value], others: Collection[Value], most: int) -> set[Value]:
        """Of each crowd that leads to one of the entities, a few that name one of the others too."""
        stored = self._naming_rows
        near = [
            stored.others[part.first : part.end]
            for other in others
            if isinstance(other, int)
            for part in stored.parts(other)
        ]
        found: set[Value] = set()
        if not near:
            return found
        alike = np.unique(np.concatenate(near))
        for entity in entities:
            for part in stored.parts(entity) if isinstance(entity, int) else ():
                if part.predicate in self._predicates and part.end - part.first > self.most:
                    crowd = stored.others[part.first : part.end]
                    found.update(crowd[np.isin(crowd, alike)][:most].tolist())
        return found


def among(codes: Iterable[Value]) -> str:
    """Codes as a subquery: joined, a list is found in a large table with less work than compared."""
    return f"SELECT unnest([{', '.join(map(str, codes))}])"
