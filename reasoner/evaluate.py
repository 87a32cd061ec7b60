"""The in-process evaluator: facts and rules in, every true atom and every derivation of it out.

Strata are evaluated in order. Inside a stratum a rule is a join over indexed relations; a recursive stratum
runs to its fixed point. Every way in which a rule yields an atom is kept, not only the first: that is what
a proof, a what-if and a reviewer's "and why else?" are made of.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reasoner.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var, strata

Row = tuple[Value, ...]
Ground = tuple[str, Row]
"""A ground atom: predicate and arguments."""

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
            index.setdefault(tuple(row[p] for p in positions), []).append(row)
        return True

    def matching(self, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows whose arguments at ``positions`` equal ``key``."""
        if not positions:
            return self.rows
        if len(positions) == 1 or len(key) < self._arity():
            index = self._indexes.get(positions)
            if index is None:
                index = self._indexes[positions] = defaultdict(list)
                for row in self.rows:
                    index[tuple(row[p] for p in positions)].append(row)
            return index.get(key, ())
        return (key,) if key in self.rows else ()

    def _arity(self) -> int:
        return len(next(iter(self.rows), ()))


@dataclass(frozen=True, slots=True)
class Derivation:
    """One use of a rule: the rule and what its variables stood for."""

    rule: Rule
    binding: tuple[tuple[str, Value], ...]

    def premises(self) -> list[tuple[Literal, Ground | None]]:
        """The body of the rule with its variables replaced; the ground atom for each plain premise."""
        values = dict(self.binding)
        result: list[tuple[Literal, Ground | None]] = []
        for literal in self.rule.body:
            if isinstance(literal, Atom):
                result.append((literal, ground(literal, values)))
            else:
                result.append((_substitute(literal, values), None))
        return result

    def supports(self) -> Iterator[Ground]:
        """The ground atoms it rests on."""
        values = dict(self.binding)
        return (ground(atom, values) for atom in self.rule.positive())


def ground(atom: Atom, values: Mapping[str, Value]) -> Ground:
    """The atom with its variables replaced. Raises KeyError when one has no value."""
    return atom.predicate, tuple(values[a.name] if isinstance(a, Var) else a for a in atom.args)


def _substitute(literal: Literal, values: Mapping[str, Value]) -> Literal:
    def put(term: Term) -> Term:
        return values.get(term.name, term) if isinstance(term, Var) else term

    match literal:
        case Not(atom):
            return Not(Atom(atom.predicate, tuple(map(put, atom.args))))
        case Comparison(left, op, right):
            return Comparison(put(left), op, put(right))
        case Count(counted, atoms, op, bound):
            inner = tuple(Atom(a.predicate, tuple(map(put, a.args))) for a in atoms)
            return Count(counted, inner, op, put(bound))
    return literal


@dataclass
class Model:
    """All that follows: relations by predicate, and for each derived atom every derivation of it."""

    relations: dict[str, Relation] = field(default_factory=lambda: defaultdict(Relation))
    derivations: dict[Ground, list[Derivation]] = field(default_factory=lambda: defaultdict(list))
    given: set[Ground] = field(default_factory=set)

    def holds(self, atom: Ground) -> bool:
        """Whether a ground atom is true."""
        relation = self.relations.get(atom[0])
        return relation is not None and atom[1] in relation.rows

    def rows(self, predicate: str) -> Iterable[Row]:
        """All rows of a predicate."""
        relation = self.relations.get(predicate)
        return relation.rows if relation else ()

    def match(self, predicate: str, pattern: tuple[Value | None, ...]) -> Iterator[Row]:
        """Rows of a predicate that agree with a pattern (None stands for anything)."""
        relation = self.relations.get(predicate)
        if relation is None:
            return iter(())
        positions = tuple(i for i, v in enumerate(pattern) if v is not None)
        return iter(relation.matching(positions, tuple(v for v in pattern if v is not None)))

    def derived(self) -> dict[str, set[Row]]:
        """Derived atoms by predicate (for comparing evaluators)."""
        result: dict[str, set[Row]] = defaultdict(set)
        for predicate, row in self.derivations:
            result[predicate].add(row)
        return dict(result)


def evaluate(facts: Iterable[Ground], rules: Iterable[Rule] | Program) -> Model:
    """Evaluate the rules over the facts.

    The rules must be safe and stratified (``rulecheck``); ``strata`` raises RuleError otherwise.
    """
    program = rules if isinstance(rules, Program) else Program(rules)
    model = Model()
    for predicate, row in facts:
        model.relations[predicate].add(row)
        model.given.add((predicate, row))
    for recursive, plans in program.strata:
        _stratum(model, plans, recursive)
    return model


class Program:
    """Rules made ready to run: strata in order, a join plan for each rule. Made once, used for every case."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.strata = [(recursive, [Plan(rule) for rule in group]) for recursive, group in strata(self.rules)]


class Plan:
    """The order in which the literals of a rule are joined: tests as soon as their variables are known."""

    __slots__ = ("rule", "steps")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.steps: list[Literal] = []
        bound: set[str] = set()
        waiting = list(rule.body)
        while waiting:
            chosen = min(waiting, key=lambda lit: (_cost(lit, bound), waiting.index(lit)))
            waiting.remove(chosen)
            self.steps.append(chosen)
            if isinstance(chosen, Atom):
                bound |= {v.name for v in chosen.variables()}

    def bindings(
        self, model: Model, delta: tuple[int, Iterable[Row]] | None = None
    ) -> Iterator[dict[str, Value]]:
        """Every binding that makes the body true; ``delta`` restricts one step to the given rows."""
        return self._join(0, {}, model, delta)

    def _join(
        self, position: int, values: dict[str, Value], model: Model, delta: tuple[int, Iterable[Row]] | None
    ) -> Iterator[dict[str, Value]]:
        if position == len(self.steps):
            yield values
            return
        step = self.steps[position]
        if isinstance(step, Atom):
            only = delta[1] if delta is not None and delta[0] == position else None
            for extended in _matches(step, values, model, only):
                yield from self._join(position + 1, extended, model, delta)
        elif _true(step, values, model):
            yield from self._join(position + 1, values, model, delta)


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
        case Count(_, _, _, bound_term):
            outer = {bound_term.name} if isinstance(bound_term, Var) else set()
            return (
                3000 if outer <= bound else 4000
            )  # last: what is bound elsewhere joins, the rest is counted
    return 1000


def _matches(
    atom: Atom, values: dict[str, Value], model: Model, only: Iterable[Row] | None = None
) -> Iterator[dict[str, Value]]:
    positions: list[int] = []
    key: list[Value] = []
    free: list[tuple[int, str]] = []
    for i, arg in enumerate(atom.args):
        if not isinstance(arg, Var):
            positions.append(i)
            key.append(arg)
        elif arg.name in values:
            positions.append(i)
            key.append(values[arg.name])
        else:
            free.append((i, arg.name))
    if only is None:
        relation = model.relations.get(atom.predicate)
        if relation is None:
            return
        rows = relation.matching(tuple(positions), tuple(key))
    else:
        rows = (row for row in only if all(row[p] == k for p, k in zip(positions, key, strict=True)))
    if not free:
        for _ in rows:
            yield values
            return
        return
    for row in list(rows):
        extended = dict(values)
        for i, name in free:
            if extended.setdefault(name, row[i]) != row[i]:
                break
        else:
            yield extended


def _true(literal: Literal, values: dict[str, Value], model: Model) -> bool:
    def value(term: Term) -> Value:
        return values[term.name] if isinstance(term, Var) else term

    match literal:
        case Not(atom):
            return next(_matches(atom, values, model), None) is None
        case Comparison(left, op, right):
            return compare(value(left), op, value(right))
        case Count():
            return compare(count(literal, values, model), literal.op, value(literal.bound))
    raise TypeError(literal)


def count(literal: Count, values: dict[str, Value], model: Model) -> int:
    """Number of different bindings of the counted variables under ``values``."""
    found: list[dict[str, Value]] = [values]
    for atom in literal.atoms:
        found = [extended for current in found for extended in _matches(atom, current, model)]
    return len({tuple(each[v.name] for v in literal.counted) for each in found})


def _stratum(model: Model, plans: list[Plan], recursive: bool) -> None:
    if not recursive:
        for plan in plans:
            for values in plan.bindings(model):
                _conclude(model, plan.rule, values)
        return
    heads = {plan.rule.head.predicate for plan in plans}
    seen: set[tuple[str, tuple[tuple[str, Value], ...]]] = set()
    delta: dict[str, list[Row]] = {}
    for plan in plans:  # first round: everything
        for values in list(plan.bindings(model)):
            _conclude(model, plan.rule, values, seen, delta)
    for head in heads:  # given rows of a recursive predicate count as new once
        delta.setdefault(head, [])
    while any(delta.values()):
        fresh: dict[str, list[Row]] = {}
        for plan in plans:
            for position, step in enumerate(plan.steps):
                if isinstance(step, Atom) and delta.get(step.predicate):
                    for values in list(plan.bindings(model, (position, delta[step.predicate]))):
                        _conclude(model, plan.rule, values, seen, fresh)
        delta = fresh


def _conclude(
    model: Model,
    rule: Rule,
    values: dict[str, Value],
    seen: set[tuple[str, tuple[tuple[str, Value], ...]]] | None = None,
    delta: dict[str, list[Row]] | None = None,
) -> None:
    binding = tuple(sorted(values.items()))
    if seen is not None:
        if (rule.id, binding) in seen:
            return
        seen.add((rule.id, binding))
    atom = ground(rule.head, values)
    model.derivations[atom].append(Derivation(rule, binding))
    if model.relations[atom[0]].add(atom[1]) and delta is not None:
        delta.setdefault(atom[0], []).append(atom[1])
