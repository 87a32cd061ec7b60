"""Does a goal follow if some facts are added and others taken away? Asked backwards, goal by goal.

A model is never changed. What the changes cannot touch is read from it; what they can touch is derived again,
but only as far as the goal asks: the size of the record plays no part.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from reasoner.asking.slices import slices
from reasoner.engine.evaluate import Derivation, Model
from reasoner.engine.join import Find, Ground, Plan, Row, finder
from reasoner.engine.loops import Look
from reasoner.rulebook.rules import Rule, Value, Var

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology

_Goal = tuple[str, tuple[int, ...], Row]


class Trial:
    """A model with additions, and with atoms (recorded or derived) that are taken not to hold.

    It answers what a model answers (``match``, ``holds``, ``derivations``, ``given``), each when it is asked.
    """

    def __init__(
        self, model: Model, rules: Ontology, added: Collection[Ground], denied: Collection[Ground] = ()
    ) -> None:
        self.model, self.denied = model, frozenset(denied)
        self._added: dict[str, list[Row]] = {}
        for predicate, row in added:
            self._added.setdefault(predicate, []).append(row)
        reach = slices(rules).reach
        touched = {predicate for predicate, _ in (*added, *denied)}
        self._touched = frozenset[str]().union(*map(reach, touched))
        self._heads, self._plans = _plans(rules)
        self._known: dict[_Goal, dict[Row, None]] = {}
        self._open: set[_Goal] = set()
        self._ask = finder(self.rows)
        self._circle = False
        self._ways: dict[Ground, dict[tuple[int, frozenset[tuple[str, Value]]], Derivation]] = {}
        self.derivations = _Derivations(self)
        self.given = Given(model.given, frozenset(added), self.denied)

    def holds(self, atom: Ground) -> bool:
        """Whether a ground atom is true."""
        return self.some(*atom)

    def some(self, predicate: str, pattern: tuple[Value | None, ...]) -> bool:
        """Whether some row of the predicate agrees with the pattern (None stands for anything)."""
        return next(self.match(predicate, pattern), None) is not None

    def match(self, predicate: str, pattern: tuple[Value | None, ...]) -> Iterator[Row]:
        """Rows of a predicate that agree with a pattern (None stands for anything)."""
        positions = tuple([i for i, v in enumerate(pattern) if v is not None])
        return iter(self.rows(predicate, positions, tuple([v for v in pattern if v is not None])))

    def ways(self, atom: Ground) -> list[Derivation]:
        """Every derivation of an atom."""
        if atom[0] not in self._touched:
            return self.model.derivations.get(atom, [])
        return list(self._ways.get(atom, {}).values()) if self.holds(atom) else []

    def rows(self, predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows of a predicate whose arguments at ``positions`` equal ``key``, under the changes."""
        if predicate not in self._touched:
            return self.model.matching(predicate, positions, key)
        goal = (predicate, positions, key)
        if goal in self._open:
            self._circle = True
            return list(self._known[goal])
        if goal not in self._known:
            self._solve(goal)
        return self._known[goal]

    def _solve(self, goal: _Goal) -> None:
        predicate, positions, key = goal
        found: dict[Row, None] = {}
        self._known[goal] = found
        given = self.model.given
        for row in self.model.matching(predicate, positions, key):
            if (predicate, row) in given:
                found[row] = None
        for row in self._added.get(predicate, ()):
            if all(row[p] == k for p, k in zip(positions, key, strict=True)):
                found[row] = None
        self._open.add(goal)
        outer, before = self._circle, len(self._known)
        while True:
            self._circle, size = False, len(found)
            for rule in self._heads.get(predicate, ()):
                self._apply(rule, positions, key, found)
            if not self._circle or len(found) == size:
                break
            for other in list(self._known)[before:]:  # made from a half-finished circle
                if other not in self._open:
                    del self._known[other]
        self._circle = outer
        self._open.discard(goal)
        for row in list(found):
            if (predicate, row) in self.denied:
                del found[row]

    def _apply(self, rule: Rule, positions: tuple[int, ...], key: Row, found: dict[Row, None]) -> None:
        bound: dict[str, Value] = {}
        for position, value in zip(positions, key, strict=True):
            arg = rule.head.args[position]
            if (bound.setdefault(arg.name, value) if isinstance(arg, Var) else arg) != value:
                return
        names = tuple(bound)
        plan = self._plans.get((id(rule), names))
        if plan is None:
            plan = self._plans[id(rule), names] = Plan(rule, names)
        for row, values in plan.solutions(self._find, tuple(bound.values())):
            found[row] = None
            derivation = Derivation(rule, plan.names, values)
            bound_by = frozenset(zip(derivation.names, derivation.values, strict=True))
            ways = self._ways.setdefault((rule.head.predicate, row), {})
            ways.setdefault((id(rule), bound_by), derivation)

    def _find(self, look: Look) -> Find:
        return self._ask(look) if look.predicate in self._touched else self.model.find(look)


class _Derivations:
    """The derivations of a trial, looked up as those of a model."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def get(self, atom: Ground, _: object = None) -> list[Derivation]:
        """Every derivation of an atom."""
        return self._trial.ways(atom)


class Given:
    """What is recorded, with the additions and without what is denied."""

    def __init__(
        self, recorded: Container[Ground], added: frozenset[Ground], denied: frozenset[Ground]
    ) -> None:
        self._recorded, self._added, self._denied = recorded, added, denied

    def __contains__(self, atom: object) -> bool:
        if atom in self._added:
            return True
        return atom in self._recorded and atom not in self._denied


@cache
def _plans(rules: Ontology) -> tuple[dict[str, list[Rule]], dict[tuple[int, tuple[str, ...]], Plan]]:
    """The rules by what they conclude; their plans by rule and variables known, filled as they are used."""
    heads: dict[str, list[Rule]] = {}
    for rule in rules.program.rules:
        heads.setdefault(rule.head.predicate, []).append(rule)
    return heads, {}
