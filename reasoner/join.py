"""Joins: a rule's body made ready to run, over whatever can say which rows of a predicate match.

The variables of a rule are numbered; a join fills a list of values, one for each. What is known when a
literal's turn comes is fixed by the order of the literals, so that where to look, with which key, and what to
read off a row are worked out once for each rule and not for each row.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from reasoner.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

Row = tuple[Value, ...]
Ground = tuple[str, Row]
"""A ground atom: predicate and arguments."""

Rows = Callable[[str, tuple[int, ...], Row], Iterable[Row]]
"""Rows of a predicate whose arguments at the given positions are the given values."""

Emit = Callable[[list[Value]], bool | None]
"""What is done with each solution (the list is reused: copy what is kept); True ends the join."""

_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def compare(left: Value, op: str, right: Value) -> bool:
    """Compare two constants; numbers come before names, as in ASP-Core-2."""
    if isinstance(left, int) != isinstance(right, int) and op not in ("=", "!="):
        left, right = (0, 1) if isinstance(left, int) else (1, 0)
    return _OPERATORS[op](left, right)


class Relation:
    """The rows of one predicate, with an index for every set of argument positions that is asked for."""

    __slots__ = ("_indexes", "rows")

    def __init__(self) -> None:
        self.rows: dict[Row, None] = {}  # a dict keeps the order of arrival: same input, same output
        self._indexes: dict[tuple[int, ...], dict[Row, list[Row]]] = {}

    def add(self, row: Row) -> bool:
        """Add a row; return whether it was new."""
        if row in self.rows:
            return False
        self.rows[row] = None
        for positions, index in self._indexes.items():
            index.setdefault(tuple([row[p] for p in positions]), []).append(row)
        return True

    def matching(self, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows whose arguments at ``positions`` equal ``key``."""
        if not positions:
            return self.rows
        index = self._indexes.get(positions)
        if index is None:
            if not self.rows:
                return ()
            if len(positions) == len(next(iter(self.rows))):
                return (key,) if key in self.rows else ()
            index = self._indexes[positions] = {}
            for row in self.rows:
                index.setdefault(tuple([row[p] for p in positions]), []).append(row)
        return index.get(key, ())


Source = tuple[bool, int | Value]
"""Where a value comes from: (True, number of a variable) or (False, a constant)."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Look up rows: the key to look with, the variables to fill, positions of a row that must agree."""

    predicate: str
    positions: tuple[int, ...]
    key: tuple[Source, ...]
    fills: tuple[tuple[int, int], ...]
    agree: tuple[tuple[int, int], ...]

    def rows(self, rows: Rows, values: list[Value]) -> Iterable[Row]:
        key = tuple([values[v] if is_var else v for is_var, v in self.key])  # type: ignore[index]
        found = rows(self.predicate, self.positions, key)
        if self.agree:
            return [row for row in found if all(row[a] == row[b] for a, b in self.agree)]
        return found


@dataclass(frozen=True, slots=True)
class _Absent:
    look: _Look


@dataclass(frozen=True, slots=True)
class _Compare:
    left: Source
    op: str
    right: Source


@dataclass(frozen=True, slots=True)
class _Count:
    looks: tuple[_Look, ...]
    counted: tuple[int, ...]
    op: str
    bound: Source


Step = _Look | _Absent | _Compare | _Count


class Plan:
    """The order in which the literals of a rule are joined: tests as soon as their variables are known.

    ``given`` names variables whose values are known beforehand (from a goal that the head must meet).
    ``names`` are its variables in the order of their values in a solution; whatever a solution has beyond
    them belongs to the inside of a count.
    """

    __slots__ = ("_slots", "head", "names", "needs", "rule", "steps")

    def __init__(self, rule: Rule, given: Collection[str] = ()) -> None:
        self.rule = rule
        outer = [*given, *(v.name for atom in rule.positive() for v in atom.variables())]
        self.names = tuple(dict.fromkeys(outer))
        self._slots: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self.steps: list[Step] = []
        bound = set(given)
        waiting = list(rule.body)
        while waiting:
            chosen = min(waiting, key=lambda literal: _cost(literal, bound))
            waiting.remove(chosen)
            self.steps.append(self._step(chosen, bound))
            if isinstance(chosen, Atom):
                bound |= {v.name for v in chosen.variables()}
        self.head = tuple(self._source(arg) for arg in rule.head.args)
        self.needs = tuple({atom.predicate for atom in rule.positive()})

    def _source(self, term: Term) -> Source:
        if isinstance(term, Var):
            return True, self._slots.setdefault(term.name, len(self._slots))
        return False, term

    def _look(self, atom: Atom, bound: Collection[str], fill: bool = True) -> _Look:
        positions, key, fills, agree = [], [], [], []
        first: dict[str, int] = {}
        for i, arg in enumerate(atom.args):
            if not isinstance(arg, Var) or arg.name in bound:
                positions.append(i)
                key.append(self._source(arg))
            elif arg.name in first:
                agree.append((first[arg.name], i))
            else:
                first[arg.name] = i
                if fill:
                    fills.append((i, int(self._source(arg)[1])))
        return _Look(atom.predicate, tuple(positions), tuple(key), tuple(fills), tuple(agree))

    def _step(self, literal: Literal, bound: set[str]) -> Step:
        match literal:
            case Atom():
                return self._look(literal, bound)
            case Not(atom):
                return _Absent(self._look(atom, bound, fill=False))
            case Comparison(left, op, right):
                return _Compare(self._source(left), op, self._source(right))
            case Count(counted, atoms, op, limit):
                known, looks = set(bound), []
                for atom in atoms:
                    looks.append(self._look(atom, known))
                    known |= {v.name for v in atom.variables()}
                numbers = tuple(int(self._source(v)[1]) for v in counted)
                return _Count(tuple(looks), numbers, op, self._source(limit))
        raise TypeError(literal)

    def looks(self) -> list[tuple[int, str]]:
        """The steps that read rows: number and predicate."""
        return [(i, step.predicate) for i, step in enumerate(self.steps) if isinstance(step, _Look)]

    def values(self) -> list[Value]:
        """An empty solution, to be filled."""
        return [""] * len(self._slots)

    def ground_head(self, values: Sequence[Value]) -> Row:
        """The arguments of the head under a solution."""
        return tuple([values[v] if is_var else v for is_var, v in self.head])  # type: ignore[index]

    def run(
        self,
        rows: Rows,
        emit: Emit,
        values: list[Value] | None = None,
        only: tuple[int, Iterable[Row]] | None = None,
    ) -> None:
        """Emit every solution; ``only`` restricts the step of that number to the given rows."""
        found = self.values() if values is None else values
        if only is not None:
            number, fresh = only
            relation = Relation()
            for row in fresh:
                relation.add(row)
            restricted = self.steps[number]

            def look(step: _Look) -> Iterable[Row]:
                if step is restricted:
                    return step.rows(lambda _, positions, key: relation.matching(positions, key), found)
                return step.rows(rows, found)

        else:

            def look(step: _Look) -> Iterable[Row]:
                return step.rows(rows, found)

        steps, last = self.steps, len(self.steps)

        def join(position: int) -> bool | None:
            if position == last:
                return emit(found)
            step = steps[position]
            if isinstance(step, _Look):
                fills = step.fills
                if not fills:
                    for _ in look(step):
                        return join(position + 1)
                    return None
                for row in look(step):
                    for i, slot in fills:
                        found[slot] = row[i]
                    if join(position + 1):
                        return True
                return None
            return join(position + 1) if _holds(step, rows, found) else None

        join(0)


def _holds(step: _Absent | _Compare | _Count, rows: Rows, values: list[Value]) -> bool:
    def value(source: Source) -> Value:
        return values[source[1]] if source[0] else source[1]  # type: ignore[index]

    match step:
        case _Absent(look):
            return next(iter(look.rows(rows, values)), None) is None
        case _Compare(left, op, right):
            return compare(value(left), op, value(right))
        case _Count(looks, counted, op, bound):
            return compare(_count(looks, counted, rows, values), op, value(bound))


def _count(looks: tuple[_Look, ...], counted: tuple[int, ...], rows: Rows, values: list[Value]) -> int:
    """Number of different values of the counted variables with which all the looks find something."""
    found: set[Row] = set()

    def join(position: int) -> None:
        if position == len(looks):
            found.add(tuple([values[v] for v in counted]))
            return
        look = looks[position]
        for row in look.rows(rows, values):
            for i, slot in look.fills:
                values[slot] = row[i]
            join(position + 1)

    join(0)
    return len(found)


def _cost(literal: Literal, bound: set[str]) -> int:
    match literal:
        case Atom():
            free = sum(1 for v in set(literal.variables()) if v.name not in bound)
            known = len(literal.args) - sum(
                1 for a in literal.args if isinstance(a, Var) and a.name not in bound
            )
            return 10 + free * 10 - known * 6 if free else 2
        case Not(atom):
            return 1 if all(v.anonymous or v.name in bound for v in atom.variables()) else 1000
        case Comparison(left, _, right):
            return 0 if all(t.name in bound for t in (left, right) if isinstance(t, Var)) else 1000
        case Count(_, _, _, limit):
            outer = {limit.name} if isinstance(limit, Var) else set()
            return 3000 if outer <= bound else 4000  # last: what is bound elsewhere joins, the rest counts
    return 1000
