"""Joins: a rule's body made ready to run, over whatever can say which rows of a predicate match.

The variables of a rule are numbered; a join fills a list of values, one for each. What is known when a
literal's turn comes is fixed by the order of the literals, so that where to look, with which key, and what to
read off a row are worked out once for each rule and not for each row.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

Row = tuple[Value, ...]
Ground = tuple[str, Row]
"""A ground atom: predicate and arguments."""

Rows = Callable[[str, tuple[int, ...], Row], Iterable[Row]]
"""Rows of a predicate whose arguments at the given positions are the given values."""

Emit = Callable[[list[Value]], bool | None]
"""What is done with each solution (the list is reused: copy what is kept); True ends the join."""

Cost = Callable[[Literal, set[str]], float]
"""What it takes to join a literal, given the names of the variables whose values are known."""

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

    def extend(self, rows: Iterable[Row]) -> None:
        """Add many rows."""
        if self._indexes:
            for row in rows:
                self.add(row)
        else:
            self.rows.update(dict.fromkeys(rows))

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
            index = {}
            for row in self.rows:
                index.setdefault(tuple([row[p] for p in positions]), []).append(row)
            self._indexes[positions] = index  # only when complete: another thread may look it up
        return index.get(key, ())


class _Look:
    """Look up rows: the values to look with (by number), the values to fill, places that must agree."""

    __slots__ = ("_get", "_one", "agree", "fills", "positions", "predicate")

    def __init__(
        self,
        predicate: str,
        positions: tuple[int, ...],
        key: tuple[int, ...],
        fills: tuple[tuple[int, int], ...],
        agree: tuple[tuple[int, int], ...],
    ) -> None:
        self.predicate, self.positions, self.fills, self.agree = predicate, positions, fills, agree
        self._one = key[0] if len(key) == 1 else None
        self._get = operator.itemgetter(*key) if len(key) > 1 else None

    def rows(self, rows: Rows, values: list[Value]) -> Iterable[Row]:
        """The rows that agree with the values."""
        if self._get is not None:
            found = rows(self.predicate, self.positions, self._get(values))
        elif self._one is not None:
            found = rows(self.predicate, self.positions, (values[self._one],))
        else:
            found = rows(self.predicate, (), ())
        if self.agree:
            return [row for row in found if all(row[a] == row[b] for a, b in self.agree)]
        return found


@dataclass(frozen=True, slots=True)
class _Absent:
    look: _Look


@dataclass(frozen=True, slots=True)
class _Compare:
    left: int
    op: str
    right: int


@dataclass(frozen=True, slots=True)
class _Count:
    looks: tuple[_Look, ...]
    counted: tuple[int, ...]
    op: str
    bound: int


Step = _Look | _Absent | _Compare | _Count


class Plan:
    """The order in which the literals of a rule are joined: tests as soon as their variables are known.

    ``given`` names variables whose values are known beforehand (from a goal that the head must meet).
    ``names`` are its variables in the order of their values in a solution; whatever a solution has beyond
    them belongs to the inside of a count. ``cost`` says of a literal what it takes to join it next, given the
    names of the variables whose values are known then.
    """

    __slots__ = ("_constants", "_empty", "_head", "_slots", "names", "needs", "reads", "rule", "steps")

    def __init__(self, rule: Rule, given: Collection[str] = (), cost: Cost | None = None) -> None:
        self.rule = rule
        cost = cost or _cost
        outer = [*given, *(v.name for atom in rule.positive() for v in atom.variables())]
        self.names = tuple(dict.fromkeys(outer))
        self._slots: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self._constants: dict[Value, int] = {}
        self._empty: list[Value] = [""] * len(self.names)
        self.steps: list[Step] = []
        bound = set(given)
        waiting = list(rule.body)
        while waiting:
            chosen = min(waiting, key=lambda literal: cost(literal, bound))
            waiting.remove(chosen)
            self.steps.append(self._step(chosen, bound))
            if isinstance(chosen, Atom):
                bound |= {v.name for v in chosen.variables()}
        self._head = tuple(self._number(arg) for arg in rule.head.args)
        self.needs = frozenset(atom.predicate for atom in rule.positive())
        self.reads = frozenset(atom.predicate for atom in rule.atoms() if atom is not rule.head)

    def _number(self, term: Term) -> int:
        """The number of a variable or constant among the values of a solution."""
        known: dict[str, int] | dict[Value, int] = self._slots if isinstance(term, Var) else self._constants
        name: Value = term.name if isinstance(term, Var) else term
        if name not in known:
            known[name] = len(self._empty)  # type: ignore[index]
            self._empty.append("" if isinstance(term, Var) else term)
        return known[name]  # type: ignore[index]

    def _look(self, atom: Atom, bound: Collection[str], fill: bool = True) -> _Look:
        positions, key, fills, agree = [], [], [], []
        first: dict[str, int] = {}
        for i, arg in enumerate(atom.args):
            if not isinstance(arg, Var) or arg.name in bound:
                positions.append(i)
                key.append(self._number(arg))
            elif arg.name in first:
                agree.append((first[arg.name], i))
            else:
                first[arg.name] = i
                if fill:
                    fills.append((i, self._number(arg)))
        return _Look(atom.predicate, tuple(positions), tuple(key), tuple(fills), tuple(agree))

    def _step(self, literal: Literal, bound: set[str]) -> Step:
        match literal:
            case Atom():
                return self._look(literal, bound)
            case Not(atom):
                return _Absent(self._look(atom, bound, fill=False))
            case Comparison(left, op, right):
                return _Compare(self._number(left), op, self._number(right))
            case Count(counted, atoms, op, limit):
                known, looks = set(bound), []
                for atom in atoms:
                    looks.append(self._look(atom, known))
                    known |= {v.name for v in atom.variables()}
                numbers = tuple(self._number(v) for v in counted)
                return _Count(tuple(looks), numbers, op, self._number(limit))
        raise TypeError(literal)

    def looks(self) -> list[tuple[int, str]]:
        """The steps that read rows: number and predicate."""
        return [(i, step.predicate) for i, step in enumerate(self.steps) if isinstance(step, _Look)]

    def values(self) -> list[Value]:
        """An empty solution, to be filled."""
        return list(self._empty)

    def ground_head(self, values: Sequence[Value]) -> Row:
        """The arguments of the head under a solution."""
        return tuple([values[number] for number in self._head])

    def run(
        self,
        rows: Rows,
        emit: Emit,
        values: list[Value] | None = None,
        only: tuple[int, Iterable[Row]] | None = None,
    ) -> None:
        """Emit every solution; ``only`` restricts the step of that number to the given rows."""
        found = self.values() if values is None else values
        steps, last = self.steps, len(self.steps)
        restricted: Step | None = None
        if only is not None:
            relation = Relation()
            for row in only[1]:
                relation.add(row)
            restricted = steps[only[0]]

        def join(position: int) -> bool | None:
            if position == last:
                return emit(found)
            step = steps[position]
            if not isinstance(step, _Look):
                return join(position + 1) if _holds(step, rows, found) else None
            if step is restricted:
                matched = step.rows(lambda _, positions, key: relation.matching(positions, key), found)
            else:
                matched = step.rows(rows, found)
            fills = step.fills
            if not fills:
                for _ in matched:
                    return join(position + 1)
                return None
            if len(fills) == 1:
                ((i, slot),) = fills
                for row in matched:
                    found[slot] = row[i]
                    if join(position + 1):
                        return True
                return None
            for row in matched:
                for i, slot in fills:
                    found[slot] = row[i]
                if join(position + 1):
                    return True
            return None

        join(0)


def _holds(step: _Absent | _Compare | _Count, rows: Rows, values: list[Value]) -> bool:
    if isinstance(step, _Absent):
        return not any(True for _ in step.look.rows(rows, values))
    if isinstance(step, _Compare):
        return compare(values[step.left], step.op, values[step.right])
    return compare(_count(step.looks, step.counted, rows, values), step.op, values[step.bound])


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


def _cost(literal: Literal, bound: set[str]) -> float:
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
