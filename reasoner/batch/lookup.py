"""The statements of a run, looked up entity by entity: what is stated of it, what names it.

Everything stays in integers (see ``naming``) until a case is complete. A lookup is a list of codes on the
column by which a table is sorted, so DuckDB reads the few blocks that hold them, however large the table is.
What names an entity may be a crowd (a district named by 100,000 issues): a relation with more than ``most``
statements is counted and not fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set

import duckdb

from reasoner.engine.evaluate import Ground
from reasoner.engine.sql import NAME_BASE
from reasoner.engine.surroundings import superclasses
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Vocabulary

_READ = 4_000
"""Rows of one lookup beyond which it is first counted which relations are crowds."""
_KEPT = 400_000
"""Atoms kept from one case to the next; beyond, everything is forgotten."""
_NOTHING: tuple[Ground, ...] = ()


class Lookup:
    """Statements of a run as ``surroundings.Recorded``; entities are codes, predicates names.

    ``ids`` has the statements that each atom comes from, ``crowds`` the relations to an entity that are not
    fetched, with their sizes.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, most: int) -> None:
        self._run, self.most = connection.execute, most
        self._above = superclasses(vocabulary)
        self._predicates: dict[int, str] = dict(
            self._run("SELECT code, name FROM predicates WHERE used").fetchall()
        )
        self._classes_of = {
            code: name for code, name in self._predicates.items() if name in vocabulary.class_names
        }
        words = vocabulary.individuals
        self._words = {
            code
            for code, name in self._run("SELECT code, name FROM names ORDER BY code LIMIT 100000").fetchall()
            if name in words
        }
        self.forget()

    def forget(self) -> None:
        """Let go of what was fetched."""
        self.ids: dict[Ground, list[int]] = {}
        self.crowds: dict[Value, dict[str, int]] = {}
        self._about: dict[Value, Sequence[Ground]] = {}
        self._naming: dict[Value, Sequence[Ground]] = {}
        self._classes: dict[Value, frozenset[str]] = {}
        self._left_out: dict[Value, set[int]] = defaultdict(set)
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
        found: dict[Value, list[Ground]] = {each: [] for each in wanted}
        codes = [e for e in wanted if isinstance(e, int) and e >= NAME_BASE]
        for predicate, a0, a1, number in self._rows(codes, naming):
            name = self._predicates.get(predicate)
            if name is None:
                continue
            atom: Ground = (name, (a0,) if a1 is None else (a0, a1))
            ids = self.ids.setdefault(atom, [])
            if not ids or number not in ids:
                ids.append(number)
            own = found[a1 if naming and a1 is not None else a0]
            own.append(atom)
        for entity, atoms in found.items():
            known[entity] = tuple(dict.fromkeys(atoms))
            if not naming:
                self._classes[entity] = frozenset[str]().union(
                    *(self._above.get(name, frozenset((name,))) for name, row in atoms if len(row) == 1)
                )

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
        for entity in entities & self._left_out.keys():
            query = (
                f"SELECT predicate, a0, a1, id FROM facts WHERE a0 = {entity} "
                f"AND predicate IN ({_list(self._left_out[entity])}) AND a1 IN ({_list(entities)})"
            )
            for predicate, a0, a1, number in self._run(query).fetchall():
                atom: Ground = (self._predicates[predicate], (a0, a1))
                ids = self.ids.setdefault(atom, [])
                if number not in ids:
                    ids.append(number)
                yield atom

    def witnesses(self, entities: Collection[Value], others: Collection[Value], most: int) -> set[Value]:
        """Of each crowd that leads to one of the entities, a few that name one of the others too."""
        self.fetch(entities, naming=True)
        codes = {name: code for code, name in self._predicates.items()}
        found: set[Value] = set()
        for entity in entities if others else ():
            for relation in self.crowds.get(entity, ()):
                rows = self._run(
                    f"SELECT a0 FROM facts_by_object WHERE a1 = {entity} AND predicate = {codes[relation]} "
                    f"AND a0 IN (SELECT a0 FROM facts_by_object WHERE a1 IN ({_list(others)})) LIMIT {most}"
                )
                found.update(row[0] for row in rows.fetchall())
        return found

    # -- rows -----------------------------------------------------------------------------------

    def _rows(self, codes: Sequence[int], naming: bool) -> list[tuple[int, int, int | None, int]]:
        """(predicate, a0, a1, id) of the statements about (or naming) the codes, in the order of ids."""
        if not codes:
            return []
        table, column = ("facts_by_object", "a1") if naming else ("facts", "a0")
        codes = sorted(codes)
        which = f"{column} = {codes[0]}"
        if len(codes) > 1:
            which = f"{column} BETWEEN {codes[0]} AND {codes[-1]} AND {column} IN ({among(codes)})"
        query = f"SELECT predicate, a0, a1, id FROM {table} WHERE {which}"
        rows = self._run(f"{query} LIMIT {_READ}").fetchall()
        if len(rows) == _READ or len(rows) > self.most:
            rows = self._without_crowds(query, table, column, which, naming, rows)
        rows.sort(key=_id)
        return rows

    def _without_crowds(
        self,
        query: str,
        table: str,
        column: str,
        which: str,
        naming: bool,
        rows: list[tuple[int, int, int | None, int]],
    ) -> list[tuple[int, int, int | None, int]]:
        counted: dict[tuple[int, int], int] = defaultdict(int)
        if len(rows) < _READ:  # they are all here
            for predicate, a0, a1, _ in rows:
                counted[a1 if naming and a1 is not None else a0, predicate] += 1
        else:
            counts = f"SELECT {column}, predicate, count(*) FROM {table} WHERE {which} GROUP BY ALL"
            counted |= {(entity, p): n for entity, p, n in self._run(counts).fetchall()}
        crowds = {pair for pair, number in counted.items() if number > self.most}
        for entity, predicate in crowds:
            name = self._predicates.get(predicate)
            if name is not None and naming:
                self.crowds.setdefault(entity, {})[name] = counted[entity, predicate]
            elif name is not None:
                self._left_out[entity].add(predicate)
        if len(rows) == _READ:
            left = " OR ".join(f"({column} = {e} AND predicate = {p})" for e, p in sorted(crowds))
            return self._run(f"{query} AND NOT ({left})" if left else query).fetchall()
        return [row for row in rows if ((row[2] if naming else row[1]), row[0]) not in crowds]


def _id(row: tuple[int, int, int | None, int]) -> int:
    return row[3]


def among(codes: Iterable[Value]) -> str:
    """Codes as a subquery: joined, a list is found in a large table with less work than compared."""
    return f"SELECT unnest([{_list(codes)}])"


def _list(codes: Iterable[Value]) -> str:
    return ", ".join(map(str, codes))
