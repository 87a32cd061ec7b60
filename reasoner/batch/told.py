"""What a run concludes of one matter, as it has stored it, each conclusion with a proof of its own.

Nothing is evaluated to list the conclusions. A proof rests on a small part of the record, found goal by goal
(``reasoner.engine.demand``) in the columns of the run; from that part follows what follows from everything,
in every way in which it does, and in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from reasoner.batch.mapped import Mapped
from reasoner.batch.naming import constants
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.demand import MOST, Demand, Goal, cone, stated_in
from reasoner.engine.evaluate import Ground, Model
from reasoner.engine.facts import Facts, selected
from reasoner.engine.join import Row
from reasoner.engine.proof import Proof
from reasoner.engine.reader import (
    CONDITION,
    DESTINATION,
    INSPECTION_OF,
    ISSUE_OF,
    ISSUE_OF_UNIT,
    SUCCESSOR,
)
from reasoner.engine.reevaluate import reevaluate
from reasoner.engine.surroundings import ISSUE
from reasoner.engine.ways import Ways
from reasoner.pipeline import Ontology, Origin, World
from reasoner.rulebook.sentences import JOINT, PARTY

if TYPE_CHECKING:
    import datetime

PART = "part"
"""What the data version of a proof says whose facts are not all of the record's."""
_KEPT = 300_000
"""Goals kept from one question to the next; beyond, everything is forgotten."""


class _Given(AbstractSet[Ground]):
    """What is stated, asked one by one."""

    def __init__(self, stated: Mapped) -> None:
        self._stated = stated

    def __contains__(self, atom: object) -> bool:
        assert isinstance(atom, tuple)
        predicate, row = atom
        return bool(self._stated.rows(predicate, tuple(range(len(row))), row, 1))

    def __iter__(self) -> Iterator[Ground]:
        raise TypeError("what a run states is not listed")

    __len__ = __iter__  # type: ignore[assignment]


class Asked(Model):
    """All that holds in a run, asked goal by goal. ``rows`` has only what it was made with."""

    def __init__(self, asking: Asking, rows: Iterable[Ground]) -> None:
        super().__init__()
        self._asking = asking
        self.given = _Given(asking.stated)  # type: ignore[assignment]
        for predicate, row in rows:
            self.relations[predicate].add(row)

    def holds(self, atom: Ground) -> bool:
        """Whether a ground atom is true. Raises TooMuchError."""
        return bool(self._asking.demand.goal(atom[0], tuple(range(len(atom[1]))), atom[1]).rows)

    def matching(self, predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows of a predicate whose arguments at ``positions`` equal ``key``. Raises TooMuchError."""
        if not positions:
            return self.rows(predicate)
        return self._asking.demand.goal(predicate, positions, key).rows


class Asking:
    """Answers about a run, kept from one to the next."""

    def __init__(
        self, stated: Mapped, rules: Ontology, as_of: datetime.date, bare: tuple[Facts, Model]
    ) -> None:
        """``bare``: what holds without any record, and what follows from it."""
        self.stated, self.rules, self.as_of = stated, rules, as_of
        self.most = MOST
        """Goals and rows that a question may take."""
        self._bare, self._day = bare, calendar.to_int(as_of)
        self._ways = Ways(
            rules.book.rules, stated, frozenset((*constants(rules).codes, *rules.vocabulary.individuals))
        )
        self._demand = Demand(self._ways, stated)

    @property
    def demand(self) -> Demand:
        """What answers goals."""
        if self._demand.kept > _KEPT:
            self._demand = Demand(self._ways, self.stated)
            self.stated.forget()
        self._demand.spent, self._demand.most = 0, self.most
        return self._demand

    def goals(self, atoms: Collection[Ground]) -> list[Goal]:
        """The goals that some atoms are. Raises TooMuchError."""
        demand = self.demand
        return [demand.goal(predicate, tuple(range(len(row))), row) for predicate, row in atoms]

    def facts(self, goals: Iterable[Goal], looked_at: bool) -> Facts:
        """The statements that some goals rest on, with the classes of what they are about, in the order of
        the facts files. ``looked_at``: with all that were looked at. Raises TooMuchError."""
        ids, self._demand.spent = self.stated.ids, 0
        statements = stated_in(cone(goals)) if looked_at else self._demand.support(goals)
        found = {atom for atom in statements if atom in ids}
        for entity in {row[0] for _, row in found}:
            found.update(self.stated.classes(entity))
        carrier = Facts(outside=self._bare[0].outside)
        for atom in sorted(found, key=lambda each: ids[each][0]):
            carrier.origins[atom] = ids[atom]
        return selected(carrier, self.rules.book, self._day, list(carrier.origins))

    def model(self, facts: Facts) -> Model:
        """What follows from some statements."""
        return reevaluate(self._bare[1], facts.atoms, self.rules.program)


class Told(World):
    """The conclusions of a run about a matter. Its model answers whatever is asked; facts are not listed."""

    def __init__(self, asking: Asking, stored: Iterable[Ground], origin: Origin) -> None:
        """``stored``: the conclusions and the remarks on them, and which issues they concern."""
        stored = sorted(stored, key=str)
        model = Asked(asking, stored)
        for value in dict.fromkeys(v for _, row in stored for v in row):
            for row in asking.demand.goal(PARTY, (0,), (value,)).rows:
                model.relations[PARTY].add(row)
            if asking.demand.goal(ISSUE, (0,), (value,)).rows:
                model.relations[ISSUE].add((value,))
        for row in asking.demand.goal(CONDITION, (), ()).rows:
            model.relations[CONDITION].add(row)
        super().__init__(Facts(), asking.rules, asking.as_of, asking.stated.shown, origin=origin, model=model)
        self._asking = asking

    def explain(self, conclusion_id: str) -> Proof:
        """The proof of a conclusion. Raises KeyError when there is none with this id, TooMuchError when it
        rests on too much."""
        return self.apart(conclusion_id).explain(conclusion_id)

    def certify(self, conclusion_id: str) -> dict[str, Any]:
        """The proof as ``reasoner.checker`` reads it. Raises what ``explain`` raises.

        Its facts are those of the run that it rests on: all that answer a question asked on the way, so that
        what is absent from them is absent from the run. The proof says that they are a part (``PART``).
        """
        apart = self.apart(conclusion_id, looked_at=True)
        apart.data_version = {**self.data_version, PART: True}
        return apart.certify(conclusion_id)

    def apart(self, conclusion_id: str, *, looked_at: bool = False) -> World:
        """A world in which a conclusion follows as from everything. Raises what ``explain`` raises.

        ``looked_at``: with all statements that were looked at, not only those that it rests on.
        """
        asking, conclusion = self._asking, self.conclusion(conclusion_id)
        atoms = dict.fromkeys((conclusion.atom, *conclusion.beside, *self._read(conclusion)))
        facts = asking.facts(asking.goals(atoms), looked_at)
        world = World(facts, asking.rules, asking.as_of, origin=self.origin, model=asking.model(facts))
        world.speaker = self.speaker
        return world

    def _read(self, conclusion: Conclusion) -> Iterator[Ground]:
        """What is read off the model beside a conclusion and the remarks on it."""
        model, (norm, matter, *rest) = self.model, conclusion.atom[1]
        for predicate, key in ((ISSUE_OF, (matter, None)), (INSPECTION_OF, (matter, None))):
            yield from ((predicate, row) for row in model.match(predicate, key))
        yield from ((DESTINATION, row) for row in model.match(DESTINATION, (norm, matter, None)))
        yield from (
            (ISSUE_OF_UNIT, row) for row in model.rows(ISSUE_OF_UNIT) if row[:2] == (matter, *rest[:1])
        )
        for bearer in rest[:1]:
            joint = list(model.match(JOINT, (bearer, None)))
            yield from ((JOINT, row) for row in joint)
            for organ in (bearer, *(row[1] for row in joint)):
                for predicate in (PARTY, SUCCESSOR):
                    yield from ((predicate, row) for row in model.match(predicate, (organ, None)))


__all__ = ["PART", "Asked", "Asking", "Told"]
