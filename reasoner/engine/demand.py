"""What holds, asked for goal by goal: only what an answer rests on is evaluated, over all that is stated.

A goal is a predicate with some of its arguments known. Its rows are those stated and those that its rules
conclude, whose bodies are goals again. What was asked once is kept, with the goals that it asked
(``Goal.uses``); so what an answer rests on is known (``cone``).

Whatever part of all statements holds those of a cone (``stated_in``), the rules conclude from it of the
goals in the cone exactly what they conclude from all statements, in every way in which it follows: whether a
premise holds, is absent or counts was asked of all of them. For a proof fewer of them are enough
(``Demand.support``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reasoner.engine.evaluate import ground
from reasoner.engine.join import Find, Ground, Row, nothing
from reasoner.engine.loops import Look
from reasoner.engine.ways import Asked, Positions, Stated, TooMuchError, Way, Ways
from reasoner.rulebook.rules import Value

MOST = 12_000
"""Goals and rows that one question may take; more are not looked at in one process."""
_NONE: tuple[Row, ...] = ()


class Goal:
    """A predicate with the arguments at some positions known, and what holds of it."""

    __slots__ = ("key", "of", "rows", "stated", "tests", "uses")

    def __init__(self, of: Asked, key: Row) -> None:
        self.of, self.key = of, key
        self.rows: Mapping[Row, None] = {}
        self.stated: Sequence[Row] = _NONE
        self.uses: Sequence[Goal] = ()
        self.tests: Sequence[Goal] = ()
        """Those of the goals used of which something holds that must not, or is counted."""


_EMPTY = Goal(("", ()), ())
"""Stands for every goal of which nothing holds and nothing had to be asked."""


class Demand:
    """Answers goals over what is stated."""

    def __init__(self, ways: Ways, stated: Stated) -> None:
        self.ways, self.stated = ways, stated
        self._goals: dict[Asked, dict[Row, Goal]] = {}
        self._finders: dict[Look, Find] = {}
        self._uses: list[Goal] = []
        self._tests: list[Goal] = []
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
        one, tests = len(look.positions) == 1 and not look.whole, look.tests

        def find(key: Any, _: Iterable[Row] = ()) -> Iterable[Row]:
            if one:
                key = (key,)
            goal = goals.get(key)
            if goal is None:
                goal = self._goal(of, key)
            self._uses.append(goal)
            if tests and goal.rows:
                self._tests.append(goal)
            return goal.rows

        return find

    def _goal(self, of: Asked, key: Row) -> Goal:
        goals = self._goals.setdefault(of, {})
        at_once = self._at_once(of, key)
        if at_once is not None:
            goals[key] = at_once
            return at_once
        circle = self.ways.circular.get(of[0])
        if circle is not None:
            return self._in_circle(circle, Goal(of, key))
        goal = Goal(of, key)
        self._solve(goal)
        goals[key] = goal
        return goal

    def _at_once(self, of: Asked, key: Row) -> Goal | None:
        """The goal when one look shows all of it: what is only stated, or holds of nothing of which so little
        is stated."""
        if of[0] in self.ways.plain:
            stated = self.stated.rows(of[0], of[1], key, self.most)
        elif of[1] and not of[1][0] and of[0] in self.ways.gates:
            if not self.ways.gates[of[0]].isdisjoint(self.stated.stated_of(key[0])):
                return None
            stated = _NONE
        else:
            return None
        self.kept += 1
        if not stated:
            return _EMPTY
        goal = Goal(of, key)
        goal.stated, goal.rows = stated, dict.fromkeys(stated)
        self._spend(of[0], 1 + len(stated))
        return goal

    def _spend(self, predicate: str, much: int) -> None:
        self.spent += much
        if self.spent > self.most:
            raise TooMuchError(predicate)

    def _solve(self, goal: Goal) -> None:
        predicate, positions = goal.of
        if predicate in self.stated.predicates:
            goal.stated = self.stated.rows(predicate, positions, goal.key, self.most)
        rows = dict.fromkeys(goal.stated)
        above, self._uses, self._tests = (self._uses, self._tests), [], []
        try:
            for way in self._ways(goal):
                given = way.start(goal.key)
                if given is not None:
                    for head, _ in way.plan.solutions(self.find, given):
                        rows[head] = None
            goal.rows, goal.uses = rows, list(dict.fromkeys(self._uses))
            goal.tests = list(dict.fromkeys(self._tests))
        finally:
            self._uses, self._tests = above
        self.kept += 1
        self._spend(predicate, 1 + len(goal.stated))

    def _ways(self, goal: Goal) -> Iterable[Way]:
        """The ways to conclude a goal, but for those for which too little is stated of the thing asked."""
        ways = self.ways.concluding(goal.of, goal.key)
        if not goal.of[1] or goal.of[1][0]:
            return ways
        stated = self.stated.stated_of(goal.key[0])
        return [way for way in ways if way.gate is None or not way.gate.isdisjoint(stated)]

    def support(self, roots: Iterable[Goal]) -> dict[Ground, None]:
        """The statements from which what some goals found follows in every way in which it does from all.

        Those are what every way rests on. Where something must not hold, or is counted, and does hold, they
        are also what that rests on, or a rule would conclude more from them than from all. Nothing is
        concluded of a thing of which none of them says anything (``Ways.gates``): goals about it are passed
        over until one does. Raises TooMuchError.
        """
        found: dict[Ground, None] = {}
        goals = list(roots)
        atoms = [(goal.of[0], row) for goal in goals for row in goal.rows]
        seen, known, subjects = set[Goal](), set[Ground](), set[Value]()
        passed: dict[Value, list[Goal]] = {}
        while atoms or goals:
            if atoms:
                atom = atoms.pop()
                if atom in known:
                    continue
                known.add(atom)
                predicate, row = atom
                goal = self.goal(predicate, tuple(range(len(row))), row)
                goals.append(goal)
                if goal.stated:
                    found[atom] = None
                    subjects.add(row[0])
                    goals += passed.pop(row[0], ())
                atoms += self._premises(goal)
                continue
            goal = goals.pop()
            if goal in seen:
                continue
            if goal.of[1] and not goal.of[1][0] and goal.of[0] in self.ways.gates:
                subject = goal.key[0]
                if subject not in subjects and not self.stated.stands(subject):
                    passed.setdefault(subject, []).append(goal)
                    continue
            seen.add(goal)
            goals += goal.uses
            atoms += [(test.of[0], row) for test in goal.tests for row in test.rows]
        return found

    def _premises(self, goal: Goal) -> Iterator[Ground]:
        """What the ways rest on in which the rows of a goal follow."""
        for way in self._ways(goal):
            given = way.start(goal.key)
            if given is not None:
                for _, values in way.plan.solutions(self.find, given):
                    binding = dict(zip(way.plan.names, values, strict=True))
                    yield from (ground(atom, binding) for atom in way.plan.rule.positive())

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
