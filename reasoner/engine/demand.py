"""What holds, asked for goal by goal: only what an answer rests on is evaluated, over all that is stated.

A goal is a predicate with some of its arguments known. Its rows are those stated and those that its rules
conclude, whose bodies are goals again. What was asked once is kept, with the goals that it asked
(``Goal.uses``); so what an answer rests on is known (``cone``).

Whatever part of all statements holds those of a cone (``stated_in``), the rules conclude from it of the
goals in the cone exactly what they conclude from all statements, in every way in which it follows: whether a
premise holds, is absent or counts was asked of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reasoner.engine.join import Find, Ground, Row, nothing
from reasoner.engine.loops import Look
from reasoner.engine.ways import Asked, Positions, Stated, TooMuchError, Ways

MOST = 4_000
"""Goals and rows that one question may take; more are not looked at in one process."""
_NONE: tuple[Row, ...] = ()


class Goal:
    """A predicate with the arguments at some positions known, and what holds of it."""

    __slots__ = ("key", "of", "rows", "stated", "uses")

    def __init__(self, of: Asked, key: Row) -> None:
        self.of, self.key = of, key
        self.rows: Mapping[Row, None] = {}
        self.stated: Sequence[Row] = _NONE
        self.uses: Sequence[Goal] = ()


class Demand:
    """Answers goals over what is stated."""

    def __init__(self, ways: Ways, stated: Stated) -> None:
        self.ways, self.stated = ways, stated
        self._goals: dict[Asked, dict[Row, Goal]] = {}
        self._finders: dict[Look, Find] = {}
        self._uses: list[Goal] = []
        self._circle: dict[int, dict[Goal, None]] = {}
        self.spent, self.most = 0, MOST
        """Goals solved and rows stated in them since somebody set it to 0, and how many may be."""
        self.kept = 0
        """Goals that are kept."""

    # -- asking ---------------------------------------------------------------------------------------

    def goal(self, predicate: str, positions: Positions, key: Row) -> Goal:
        """The goal with this key, solved. Raises TooMuchError."""
        found = self._goals.get((predicate, positions), {}).get(key)
        return self._goal((predicate, positions), key) if found is None else found

    def find(self, look: Look) -> Find:
        """What finds the rows that a look asks for."""
        found = self._finders.get(look)
        if found is None:
            found = self._finders[look] = self._finder(look)
        return found

    def _finder(self, look: Look) -> Find:
        if look.predicate not in self.ways.alive:
            return nothing
        of = look.predicate, look.positions
        goals = self._goals.setdefault(of, {})
        one = len(look.positions) == 1 and not look.whole

        def find(key: Any, _: Iterable[Row] = ()) -> Iterable[Row]:
            if one:
                key = (key,)
            goal = goals.get(key)
            if goal is None:
                goal = self._goal(of, key)
            self._uses.append(goal)
            return goal.rows

        return find

    def _goal(self, of: Asked, key: Row) -> Goal:
        goals = self._goals.setdefault(of, {})
        circle = self.ways.circular.get(of[0])
        if circle is not None:
            return self._in_circle(circle, Goal(of, key))
        goal = Goal(of, key)
        self._solve(goal)
        goals[key] = goal
        return goal

    def _solve(self, goal: Goal) -> None:
        predicate, positions = goal.of
        if predicate in self.stated.predicates:
            goal.stated = self.stated.rows(predicate, positions, goal.key, self.most)
        rows = dict.fromkeys(goal.stated)
        above, self._uses = self._uses, []
        try:
            for way in self.ways.concluding(goal.of, goal.key):
                given = way.start(goal.key)
                if given is not None:
                    for head, _ in way.plan.solutions(self.find, given):
                        rows[head] = None
            goal.rows, goal.uses = rows, list(dict.fromkeys(self._uses))
        finally:
            self._uses = above
        self.kept += 1
        self.spent += 1 + len(goal.stated)
        if self.spent > self.most:
            raise TooMuchError(predicate)

    def _in_circle(self, number: int, goal: Goal) -> Goal:
        """Goals that ask one another are solved together, again and again until none has a row more."""
        goals, together = self._goals, self._circle.get(number)
        goals[goal.of][goal.key] = goal
        if together is not None:  # asked within: it has the rows that are known so far
            together[goal] = None
            return goal
        together = self._circle[number] = {goal: None}
        try:
            known = -1
            while known < (known := sum(1 + len(each.rows) for each in together)):
                for each in list(together):
                    self._solve(each)
        except TooMuchError:
            for each in together:
                del goals[each.of][each.key]
            raise
        finally:
            del self._circle[number]
        return goal


def cone(roots: Iterable[Goal]) -> dict[Goal, None]:
    """The goals that some goals rest on, themselves included."""
    found = dict.fromkeys(roots)
    waiting = list(found)
    while waiting:
        for used in waiting.pop().uses:
            if used not in found:
                found[used] = None
                waiting.append(used)
    return found


def stated_in(goals: Iterable[Goal]) -> Iterator[Ground]:
    """The statements that some goals found."""
    for goal in goals:
        for row in goal.stated:
            yield goal.of[0], row
