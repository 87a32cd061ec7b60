"""Does a goal follow if some facts are added and others taken away? Asked backwards, goal by goal.

A model is never changed. What the changes cannot touch is read from it; what they can touch is derived again,
but only as far as the goal asks: the size of the record plays no part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING

from reasoner.evaluate import Model
from reasoner.join import Ground, Plan, Row
from reasoner.rules import Rule, Value, Var
from reasoner.slices import slices

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology

_Goal = tuple[str, tuple[int, ...], Row]


class Trial:
    """A model with additions, and with atoms (recorded or derived) that are taken not to hold."""

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
        self._circle = False

    def holds(self, predicate: str, pattern: tuple[Value | None, ...]) -> bool:
        """Whether some row of the predicate agrees with the pattern (None stands for anything)."""
        positions = tuple([i for i, v in enumerate(pattern) if v is not None])
        key = tuple([v for v in pattern if v is not None])
        return next(iter(self.rows(predicate, positions, key)), None) is not None

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
        values = plan.values()
        values[: len(bound)] = bound.values()
        plan.run(self.rows, lambda solution: found.setdefault(plan.ground_head(solution)), values)


@cache
def _plans(rules: Ontology) -> tuple[dict[str, list[Rule]], dict[tuple[int, tuple[str, ...]], Plan]]:
    """The rules by what they conclude; their plans by rule and variables known, filled as they are used."""
    heads: dict[str, list[Rule]] = {}
    for rule in rules.program.rules:
        heads.setdefault(rule.head.predicate, []).append(rule)
    return heads, {}
