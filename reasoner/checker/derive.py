"""What follows from the facts, found by asking: what a negation and a count have to be held against.

A plain evaluator that shares nothing with those that made the proof. A question is a predicate with some of
its arguments given. It is answered by the facts and by every rule whose head fits, the rule's body being
asked in turn; answers are kept. Predicates that rest on each other in a circle are worked out whole, round
by round, until nothing new is found.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping

import networkx as nx

from reasoner.checker.language import (
    Atom,
    Comparison,
    Count,
    Ground,
    Literal,
    Not,
    Row,
    Rule,
    Term,
    Value,
    Var,
    asked,
    compare,
    variables,
)
from reasoner.checker.lawtext import LawError

MONTHS_AFTER = "monthsAfter"
Pattern = tuple[Value | None, ...]
Binding = dict[Var, Value]
_LATER = 1_000
"""The cost of a literal that cannot be asked yet."""
_WORK = 50_000_000
"""Rows that may be looked at: a proof of a whole record takes some hundred thousand."""


class TooMuchWorkError(RuntimeError):
    """Facts that are made to keep the checker busy."""


def months_after(day: int, months: int, counting: str) -> int | None:
    """The end of a period of months that begins on a day (yyyymmdd); None when there is none.

    ``correspondingDay``: the day of the same number, or the last of a month that is too short;
    ``startDayCounts``: the day before that.
    """
    try:
        start = datetime.date(day // 10000, day // 100 % 100, day % 100)
        index = start.year * 12 + start.month - 1 + months
        year, month = index // 12, index % 12 + 1
        end = datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return None
    if counting == "startDayCounts":
        end -= datetime.timedelta(days=1)
    elif counting != "correspondingDay":
        return None
    return end.year * 10000 + end.month * 100 + end.day


class Table:
    """Rows of a predicate, findable by each of their arguments."""

    def __init__(self) -> None:
        self.rows: dict[Row, None] = {}
        self._by: dict[tuple[int, Value], list[Row]] = {}

    def add(self, row: Row) -> bool:
        """Add a row; whether it was new."""
        if row in self.rows:
            return False
        self.rows[row] = None
        for place in enumerate(row):
            self._by.setdefault(place, []).append(row)
        return True

    def candidates(self, pattern: Pattern) -> list[Row]:
        """Rows among which all that fit the pattern are."""
        given = [self._by.get((i, value), []) for i, value in enumerate(pattern) if value is not None]
        return min(given, key=lambda rows: len(rows)) if given else list(self.rows)


class Program:
    """Rules by what they conclude, and the circles among them. LawError when one denies itself."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[str, list[Rule]] = {}
        for rule in rules:
            self.rules.setdefault(rule.head.predicate, []).append(rule)
        self.circles = circles(rule for own in self.rules.values() for rule in own)

    def resting_on(self, predicates: Iterable[str]) -> set[str]:
        """The predicates and all whose rows could be others if theirs were."""
        found = set(predicates)
        while more := {
            name
            for name, rules in self.rules.items()
            if name not in found
            for rule in rules
            for literal in rule.body
            if found.intersection(asked(literal))
        }:
            found |= more
        return found


class Derivations:
    """Answers questions about what follows from facts; LawError when a rule leaves a variable open."""

    def __init__(self, program: Program, facts: Iterable[Ground], counting: str) -> None:
        self.counting, self.work = counting, 0
        self.facts: dict[str, Table] = {}
        self._rules, self._circles = program.rules, program.circles
        self._known: dict[tuple[str, Pattern], list[Row]] = {}
        for predicate, row in facts:
            self.facts.setdefault(predicate, Table()).add(row)
        self._whole: dict[str, Table] = {}

    def rows(self, predicate: str, pattern: Pattern) -> list[Row]:
        """Every row of a predicate that fits the pattern (None stands for anything)."""
        if predicate == MONTHS_AFTER:
            return self._months(pattern)
        if predicate in self._circles and predicate not in self._whole:
            self._work_out(self._circles[predicate])
        if predicate in self._whole:
            return self._fitting(self._whole[predicate], pattern)
        question = predicate, pattern
        if question not in self._known:
            found = Table()
            for row in self._fitting(self.facts.get(predicate, Table()), pattern):
                found.add(row)
            for rule in self._rules.get(predicate, ()):
                binding = unify(rule.head, pattern, {})
                if binding is not None:
                    for solution in self.solutions(rule.body, binding):
                        found.add(ground(rule.head, solution)[1])
            self._known[question] = list(found.rows)
        return self._known[question]

    def holds(self, atom: Ground) -> bool:
        """Whether a ground atom follows."""
        return bool(self.rows(*atom))

    def solutions(self, body: tuple[Literal, ...], binding: Binding) -> Iterator[Binding]:
        """Every way to bind the variables of a body so that it holds."""
        if not body:
            yield binding
            return
        costs = [self._cost(literal, body, binding) for literal in body]
        least = min(range(len(body)), key=costs.__getitem__)
        if costs[least] >= _LATER:
            raise LawError(f"规则的变量没有着落 / a rule whose variables nothing binds: {body[least]}")
        literal, rest = body[least], body[:least] + body[least + 1 :]
        if isinstance(literal, Atom):
            for row in self.rows(literal.predicate, pattern_of(literal, binding)):
                self._spend()
                bound = unify(literal, row, binding)
                if bound is not None:
                    yield from self.solutions(rest, bound)
        elif self.test(literal, binding):
            yield from self.solutions(rest, binding)

    def test(self, literal: Not | Comparison | Count, binding: Binding) -> bool:
        """Whether an absence, a comparison or a count holds under a binding."""
        match literal:
            case Not(atom):
                return not self.rows(atom.predicate, pattern_of(atom, binding))
            case Comparison(left, op, right):
                return compare(put(left, binding), op, put(right, binding))
            case Count():
                number = len(self.members(literal, binding))
                return compare(number, literal.op, put(literal.bound, binding))

    def members(self, literal: Count, binding: Mapping[Var, Value]) -> set[Row]:
        """The different values of the counted variables."""
        known = {var: value for var, value in binding.items() if var not in literal.counted}
        return {
            tuple(found[var] for var in literal.counted) for found in self.solutions(literal.atoms, known)
        }

    def _cost(self, literal: Literal, body: tuple[Literal, ...], binding: Binding) -> int:
        """What is cheap is asked first: what cannot hold, ready tests, atoms with few open places."""
        match literal:
            case Atom(predicate, _):
                pattern = pattern_of(literal, binding)
                if predicate == MONTHS_AFTER:
                    return _LATER if None in pattern[:2] else 0
                if predicate not in self._rules:
                    return pattern.count(None) * 2 if predicate in self.facts else -2
                return pattern.count(None) * 2 + 1
            case Not(atom):
                named = any(not var.anonymous and var not in binding for var in variables(atom))
                return _LATER if named else -1
            case Comparison():
                return _LATER if any(var not in binding for var in variables(literal)) else -1
            case Count():
                outside = {var for other in body if isinstance(other, Atom) for var in variables(other)}
                waiting = {*variables(literal)} - {*literal.counted} - {*binding}
                return _LATER if waiting & (outside | {literal.bound}) else -1

    def _fitting(self, table: Table, pattern: Pattern) -> list[Row]:
        found = table.candidates(pattern)
        self._spend(len(found))
        return [row for row in found if fits(row, pattern)]

    def _months(self, pattern: Pattern) -> list[Row]:
        match pattern:
            case (int(day), int(months), end):
                found = months_after(day, months, self.counting)
                return [(day, months, found)] if found is not None and end in (None, found) else []
        return []

    def _work_out(self, group: frozenset[str]) -> None:
        for predicate in group:
            self._whole[predicate] = Table()
            for row in self.facts.get(predicate, Table()).rows:
                self._whole[predicate].add(row)
        rules = [rule for predicate in sorted(group) for rule in self._rules[predicate]]
        grown = True
        while grown:
            grown = False
            for rule in rules:
                for binding in list(self.solutions(rule.body, {})):
                    grown |= self._whole[rule.head.predicate].add(ground(rule.head, binding)[1])

    def _spend(self, rows: int = 1) -> None:
        self.work += rows
        if self.work > _WORK:
            raise TooMuchWorkError


def circles(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    """The predicates that rest on themselves, each with all it shares a circle with.

    Raises LawError when one rests on its own absence or number.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    strict = []
    for rule in rules:
        for literal in rule.body:
            match literal:
                case Atom(predicate, _):
                    graph.add_edge(predicate, rule.head.predicate)
                case Not(atom):
                    strict.append((atom.predicate, rule))
                case Count(_, atoms):
                    strict += [(atom.predicate, rule) for atom in atoms]
    graph.add_edges_from((predicate, rule.head.predicate) for predicate, rule in strict)
    found = {
        name: frozenset(group)
        for group in nx.strongly_connected_components(graph)
        for name in group
        if len(group) > 1 or graph.has_edge(name, name)
    }
    for predicate, rule in strict:
        if rule.head.predicate in found.get(predicate, ()):
            raise LawError(f"规则以自身的否定为前提 / a rule that rests on its own absence: {rule}")
    return found


def put(term: Term, binding: Mapping[Var, Value]) -> Value:
    """The value of a term."""
    return binding[term] if isinstance(term, Var) else term


def ground(atom: Atom, binding: Mapping[Var, Value]) -> Ground:
    """The atom with its variables replaced."""
    return atom.predicate, tuple([put(arg, binding) for arg in atom.args])


def pattern_of(atom: Atom, binding: Mapping[Var, Value]) -> Pattern:
    """The arguments of an atom as far as they are known."""
    return tuple([binding.get(arg) if isinstance(arg, Var) else arg for arg in atom.args])


def fits(row: Row, pattern: Pattern) -> bool:
    """Whether a row agrees with a pattern."""
    return len(row) == len(pattern) and all(
        wanted is None or value == wanted for value, wanted in zip(row, pattern, strict=True)
    )


def unify(atom: Atom, row: Pattern, binding: Binding) -> Binding | None:
    """The binding under which an atom is the row (None: open); None when there is none."""
    if len(atom.args) != len(row):
        return None
    found = dict(binding)
    for arg, value in zip(atom.args, row, strict=True):
        if value is None:
            continue
        if isinstance(arg, Var):
            if found.setdefault(arg, value) != value:
                return None
        elif arg != value:
            return None
    return found
