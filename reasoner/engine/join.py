"""Joins: a rule's body made ready to run, over whatever can say which rows of a predicate match.

The order of the literals is fixed once for each rule: tests as soon as their variables are known, then what
is looked up with most arguments. The joins themselves are written out as loops (``loops``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from reasoner.engine.loops import Find, Look, Row, compare, compiled, made, written
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Var

__all__ = ["Find", "Finder", "Ground", "Plan", "Relation", "Row", "Rows", "compare", "finder", "key_of"]

Ground = tuple[str, Row]
"""A ground atom: predicate and arguments."""

Finder = Callable[[Look], Find]
"""What finds the rows that a look asks for."""


Rows = Callable[[str, tuple[int, ...], Row], Iterable[Row]]
"""Rows of a predicate whose arguments at the given positions are the given values."""

Cost = Callable[[Literal, Collection[str]], float]
"""What it takes to join a literal, given the names of the variables whose values are known."""


def finder(rows: Rows) -> Finder:
    """What finds rows by asking for them anew every time."""

    def find(look: Look) -> Find:
        predicate, positions, whole, _ = look
        if len(positions) == 1 and not whole:
            return lambda value, _=(): rows(predicate, positions, (value,))
        return lambda key, _=(): rows(predicate, positions, key)

    return find


def nothing(_: Any, rows: Iterable[Row] = ()) -> Iterable[Row]:
    """Finds no rows."""
    return rows


class Relation:
    """The rows of one predicate, with an index for every set of argument positions that is asked for."""

    __slots__ = ("_indexes", "rows")

    def __init__(self) -> None:
        self.rows: dict[Row, None] = {}  # a dict keeps the order of arrival: same input, same output
        self._indexes: dict[tuple[int, ...], dict[Any, list[Row]]] = {}

    def add(self, row: Row) -> bool:
        """Add a row; return whether it was new."""
        if row in self.rows:
            return False
        self.rows[row] = None
        for positions, index in self._indexes.items():
            index.setdefault(key_of(positions, row), []).append(row)
        return True

    def extend(self, rows: Iterable[Row]) -> None:
        """Add many rows."""
        if self._indexes:
            for row in rows:
                self.add(row)
        else:
            self.rows.update(dict.fromkeys(rows))

    def find(self, look: Look) -> Find:
        """What finds the rows that a look asks for, as they are now or later."""
        if look.whole:
            return self.rows.__contains__
        if not look.positions:
            return self._every
        return self._index(look.positions).get

    def _every(self, *_: object) -> Iterable[Row]:
        return self.rows

    def matching(self, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows whose arguments at ``positions`` equal ``key``."""
        if not positions:
            return self.rows
        if not self.rows:
            return ()
        if len(positions) == len(next(iter(self.rows))):
            return (key,) if key in self.rows else ()
        return self._index(positions).get(key[0] if len(key) == 1 else key, ())

    def _index(self, positions: tuple[int, ...]) -> dict[Any, list[Row]]:
        """Rows by their arguments at some positions: by the one value, or by a tuple of several."""
        index = self._indexes.get(positions)
        if index is None:
            index = {}
            if len(positions) == 1:
                (place,) = positions
                for row in self.rows:
                    index.setdefault(row[place], []).append(row)
            else:
                for row in self.rows:
                    index.setdefault(key_of(positions, row), []).append(row)
            self._indexes[positions] = index  # only when complete: another thread may look it up
        return index


def key_of(positions: tuple[int, ...], row: Row) -> Any:
    """What a row stands under in an index: one value by itself, several as a tuple."""
    return row[positions[0]] if len(positions) == 1 else tuple([row[p] for p in positions])


class Plan:
    """The order in which the literals of a rule are joined: tests as soon as their variables are known.

    ``given`` names variables whose values are known beforehand (from a goal that the head must meet).
    ``names`` are its variables in the order of their values in a solution. ``cost`` says of a literal what
    it takes to join it next, given the names of the variables whose values are known then.
    """

    __slots__ = ("_code", "_joined", "_looks", "_order", "_run", "given", "names", "needs", "reads", "rule")

    def __init__(self, rule: Rule, given: Collection[str] = (), cost: Cost | None = None) -> None:
        self.rule, self.given = rule, tuple(given)
        outer = [*given, *(v.name for atom in rule.positive() for v in atom.variables())]
        self.names = tuple(dict.fromkeys(outer))
        self.needs = frozenset(atom.predicate for atom in rule.positive())
        self.reads = frozenset(atom.predicate for atom in rule.atoms() if atom is not rule.head)
        self._order = tuple(ordered(rule.body, frozenset(given), cost or _cost))
        self._code: bytes | None = None
        self._looks: list[Look] = []
        self._joined: list[int] = []
        self._run: Callable[[Callable[[int], Find], Row], Iterator[tuple[Row, Row]]] | None = None

    def write(self) -> None:
        """Write the loops now, and not when they are first run."""
        if self._code is not None:
            return
        loops = written(self.rule, self._order, self.given)
        self._looks, self._joined = loops.looks, loops.joined
        self._code, self._order = compiled(loops.text()), ()

    def __getstate__(self) -> dict[str, Any]:
        self.write()
        return {name: getattr(self, name) for name in self.__slots__ if name != "_run"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._run = None

    def looks(self) -> list[tuple[int, str]]:
        """The looks that join rows: number and predicate."""
        self.write()
        return [(number, self._looks[number].predicate) for number in self._joined]

    def solutions(
        self, find: Finder, given: Row = (), only: tuple[int, Iterable[Row]] | None = None
    ) -> Iterator[tuple[Row, Row]]:
        """Every solution: the arguments of the head, and the values of ``names``.

        ``given``: the values of the variables that are known beforehand; ``only`` restricts the look of that
        number to the given rows.
        """
        if self._run is None:
            self.write()
            assert self._code is not None
            self._run = made(self._code)
        looks = self._looks
        if only is None:
            return self._run(lambda number: find(looks[number]), given)
        place, rows = only
        restricted = Relation()
        restricted.extend(rows)
        return self._run(lambda number: (restricted.find if number == place else find)(looks[number]), given)


def ordered(
    body: Iterable[Literal], bound: frozenset[str], cost: Cost
) -> Iterator[tuple[Literal, frozenset[str]]]:
    """The literals in the order in which they are joined, each with the variables bound before it."""
    waiting = list(body)
    while waiting:
        chosen = min([(cost(literal, bound), i) for i, literal in enumerate(waiting)])[1]
        literal = waiting.pop(chosen)
        yield literal, bound
        if isinstance(literal, Atom):
            bound |= {v.name for v in literal.variables()}


def _cost(literal: Literal, bound: Collection[str]) -> float:
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
            return (
                3000 if outer <= set(bound) else 4000
            )  # last: what is bound elsewhere joins, the rest counts
    return 1000
