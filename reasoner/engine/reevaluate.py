"""Evaluating again after some facts changed: only what they touch, and the same model as from the start.

A stratum is looked at when something that it reads has changed. Of its rules those are joined anew that read
something changed; what the others concluded is taken over. When a stratum concludes the same rows as before,
nothing that reads them is looked at. Rows and derivations stand in the order in which a full evaluation
yields them, so that proofs are told in the same order too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from reasoner.engine.evaluate import (
    Derivation,
    Ground,
    Model,
    Program,
    Stratum,
    fixed_point,
    once,
    uncollected,
)
from reasoner.engine.join import Relation, Row


@uncollected()
def reevaluate(before: Model, facts: Iterable[Ground], program: Program) -> Model:
    """The model of the facts, given one that ``evaluate`` made of other facts with the same program.

    The models share what is the same in both; the given one stays as it is.
    """
    return _Again(before, facts, program).run()


class _Again:
    def __init__(self, before: Model, facts: Iterable[Ground], program: Program) -> None:
        self.before, self.program = before, program
        self.model = model = Model(given=set(), uses=dict(before.uses))
        model.relations.update(before.relations)
        model.derivations.update(before.derivations)
        stated: dict[str, list[Row]] = {}
        for atom in facts:
            model.given.add(atom)
            stated.setdefault(atom[0], []).append(atom[1])
        model.stated = {predicate: tuple(dict.fromkeys(rows)) for predicate, rows in stated.items()}
        self.changed: set[str] = set()
        self._known = {predicate for predicate, relation in before.relations.items() if relation.rows}
        self._waiting: list[int] = []
        self._seen: set[int] = set()

    def run(self) -> Model:
        """Look at every stratum that is touched, the lowest first."""
        stated, earlier = self.model.stated, self.before.stated
        for predicate in {**earlier, **stated}:
            if stated.get(predicate) != earlier.get(predicate):
                number = self.program.stratum_of.get(predicate)
                if number is not None:  # stated and concluded: its stratum puts both together
                    self._look_at(number)
                else:
                    self._replace(predicate, _relation(stated.get(predicate, ())))
        while self._waiting:
            stratum = self.program.strata[heapq.heappop(self._waiting)]
            if stratum.recursive:
                self._recursive(stratum)
            else:
                self._plain(stratum)
        return self.model

    def _look_at(self, stratum: int) -> None:
        if stratum not in self._seen:
            self._seen.add(stratum)
            heapq.heappush(self._waiting, stratum)

    def _replace(self, predicate: str, relation: Relation) -> None:
        """Take the relation, and look at what reads it, unless its rows are those of before."""
        known = self.before.relations.get(predicate)
        if list(known.rows if known else ()) == list(relation.rows):
            if known is not None:
                self.model.relations[predicate] = known  # with its indexes
            return
        self.model.relations[predicate] = relation
        self.changed.add(predicate)
        (self._known.add if relation.rows else self._known.discard)(predicate)
        for number in self.program.readers.get(predicate, ()):
            self._look_at(number)

    def _plain(self, stratum: Stratum) -> None:
        (predicate,), model, uses = stratum.heads, self.model, self.model.uses
        same = model.stated.get(predicate) == self.before.stated.get(predicate)
        reads, needs, units = self.program.reads, self.program.needs, self.program.units
        for unit in stratum.units:
            if reads[unit].isdisjoint(self.changed):
                continue
            found = once(model, units[unit][0]) if needs[unit] <= self._known else []
            if found != uses.get(unit, []):
                same = False
                uses.pop(unit, None)
                if found:
                    uses[unit] = found
        if same:
            return
        relation = _relation(model.stated.get(predicate, ()))
        derivations: dict[Ground, list[Derivation]] = {}
        for unit in stratum.units:
            for atom, derivation in uses.get(unit, ()):
                derivations.setdefault(atom, []).append(derivation)
                relation.add(atom[1])
        self._rederive(predicate, derivations)
        self._replace(predicate, relation)

    def _recursive(self, stratum: Stratum) -> None:
        model = self.model
        for predicate in stratum.heads:
            self._rederive(predicate, {})
            model.relations[predicate] = _relation(model.stated.get(predicate, ()))
        fixed_point(model, self.program.units[stratum.units.start])
        for predicate in stratum.heads:
            self._replace(predicate, model.relations[predicate])

    def _rederive(self, predicate: str, derivations: dict[Ground, list[Derivation]]) -> None:
        """These derivations of a predicate in place of those of before."""
        model, known = self.model, self.before.relations.get(predicate)
        for row in known.rows if known else ():
            model.derivations.pop((predicate, row), None)
        model.derivations.update(derivations)


def _relation(rows: Iterable[Row]) -> Relation:
    relation = Relation()
    for row in rows:
        relation.add(row)
    return relation
