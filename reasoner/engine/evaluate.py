"""The in-process evaluator: facts and rules in, every true atom and every derivation of it out.

Strata are evaluated in order. Inside a stratum a rule is a join over indexed relations; a recursive stratum
runs to its fixed point. Every way in which a rule yields an atom is kept, not only the first: that is what
a proof, a what-if and a reviewer's "and why else?" are made of.
"""

from __future__ import annotations

import gc
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from reasoner.engine.join import Find, Ground, Plan, Relation, Row, compare, nothing
from reasoner.engine.loops import Look
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var, strata

__all__ = ["Derivation", "Ground", "Model", "Program", "Row", "compare", "counted", "evaluate", "ground"]


class Derivation(NamedTuple):
    """One use of a rule: the rule and what its variables stood for."""

    rule: Rule
    names: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def binding(self) -> dict[str, Value]:
        """What each variable stood for."""
        return dict(zip(self.names, self.values, strict=True))

    def premises(self) -> list[tuple[Literal, Ground | None]]:
        """The body of the rule with its variables replaced; the ground atom for each plain premise."""
        values = self.binding
        result: list[tuple[Literal, Ground | None]] = []
        for literal in self.rule.body:
            if isinstance(literal, Atom):
                result.append((literal, ground(literal, values)))
            else:
                result.append((substitute(literal, values), None))
        return result

    def supports(self) -> Iterator[Ground]:
        """The ground atoms it rests on."""
        values = self.binding
        return (ground(atom, values) for atom in self.rule.positive())


def ground(atom: Atom, values: Mapping[str, Value]) -> Ground:
    """The atom with its variables replaced. Raises KeyError when one has no value."""
    return atom.predicate, tuple([values[a.name] if isinstance(a, Var) else a for a in atom.args])


def substitute(literal: Literal, values: Mapping[str, Term]) -> Literal:
    """The literal with the variables that have a value replaced by it."""

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
    """All that follows: relations by predicate, and for each derived atom every derivation of it.

    ``stated`` are the rows of the facts by predicate; ``uses`` what each unit of the program concluded and
    how, in that order: with these a model can be evaluated again (``reevaluate``).
    """

    relations: dict[str, Relation] = field(default_factory=lambda: defaultdict(Relation))
    derivations: dict[Ground, list[Derivation]] = field(default_factory=lambda: defaultdict(list))
    given: set[Ground] = field(default_factory=set)
    stated: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    uses: dict[int, list[tuple[Ground, Derivation]]] = field(default_factory=dict)

    def holds(self, atom: Ground) -> bool:
        """Whether a ground atom is true."""
        relation = self.relations.get(atom[0])
        return relation is not None and atom[1] in relation.rows

    def rows(self, predicate: str) -> Iterable[Row]:
        """All rows of a predicate."""
        relation = self.relations.get(predicate)
        return relation.rows if relation else ()

    def matching(self, predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        """Rows of a predicate whose arguments at ``positions`` equal ``key``."""
        relation = self.relations.get(predicate)
        return () if relation is None else relation.matching(positions, key)

    def find(self, look: Look) -> Find:
        """What finds the rows that a look asks for, as they are now."""
        relation = self.relations.get(look.predicate)
        return nothing if relation is None or not relation.rows else relation.find(look)

    def match(self, predicate: str, pattern: tuple[Value | None, ...]) -> Iterator[Row]:
        """Rows of a predicate that agree with a pattern (None stands for anything)."""
        positions = tuple([i for i, v in enumerate(pattern) if v is not None])
        return iter(self.matching(predicate, positions, tuple([v for v in pattern if v is not None])))

    def derived(self) -> dict[str, set[Row]]:
        """Derived atoms by predicate (for comparing evaluators)."""
        result: dict[str, set[Row]] = defaultdict(set)
        for predicate, row in self.derivations:
            result[predicate].add(row)
        return dict(result)


class Stratum(NamedTuple):
    """What is evaluated together: whether it runs to a fixed point, what it concludes, its units."""

    recursive: bool
    heads: tuple[str, ...]
    units: range


class Program:
    """Rules made ready to run. Made once, used for every case.

    ``units`` are the rules in the order of their strata, each by itself, those of a recursive stratum
    together. ``waiting`` says which units read a predicate: most rules speak of things that a record has none
    of, and a unit is not looked at before there is a row of everything it reads.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.units: list[list[Plan]] = []
        self.recursive: set[int] = set()
        self.strata: list[Stratum] = []
        for recursive, group in strata(self.rules):
            plans = [Plan(rule) for rule in group]
            first = len(self.units)
            if recursive:
                self.recursive.add(first)
            self.units += [plans] if recursive else [[plan] for plan in plans]
            heads = tuple(dict.fromkeys(rule.head.predicate for rule in group))
            self.strata.append(Stratum(recursive, heads, range(first, len(self.units))))
        self.recursive_predicates = frozenset(
            plan.rule.head.predicate for number in self.recursive for plan in self.units[number]
        )
        self.waiting: dict[str, list[int]] = defaultdict(list)
        self.needs: list[frozenset[str]] = []
        for number, plans in enumerate(self.units):
            self.needs.append(frozenset() if number in self.recursive else plans[0].needs)
            for predicate in self.needs[number]:
                self.waiting[predicate].append(number)
        self.stratum_of = {head: n for n, stratum in enumerate(self.strata) for head in stratum.heads}
        self.reads: list[frozenset[str]] = [
            frozenset(predicate for plan in plans for predicate in plan.reads) for plans in self.units
        ]
        self.readers: dict[str, list[int]] = defaultdict(list)
        """The strata that look at a predicate: for its rows, their absence or their number."""
        for number, stratum in enumerate(self.strata):
            for predicate in sorted(frozenset[str]().union(*(self.reads[unit] for unit in stratum.units))):
                self.readers[predicate].append(number)


@contextmanager
def uncollected() -> Iterator[None]:
    """While much is made that stays: the garbage collector would walk through it again and again in vain."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@uncollected()
def evaluate(facts: Iterable[Ground], rules: Iterable[Rule] | Program) -> Model:
    """Evaluate the rules over the facts.

    The rules must be safe and stratified (``rulecheck``); ``strata`` raises RuleError otherwise.
    """
    program = rules if isinstance(rules, Program) else Program(rules)
    model = Model()
    for predicate, row in facts:
        model.relations[predicate].add(row)
        model.given.add((predicate, row))
    model.stated = {predicate: tuple(relation.rows) for predicate, relation in model.relations.items()}
    needed = [len(needs) for needs in program.needs]
    ready = [number for number, missing in enumerate(needed) if not missing]
    known: set[str] = set()

    def seen(predicates: Iterable[str]) -> None:
        for predicate in predicates:
            if predicate not in known and model.rows(predicate):
                known.add(predicate)
                for number in program.waiting.get(predicate, ()):
                    needed[number] -= 1
                    if not needed[number]:
                        heapq.heappush(ready, number)

    seen(list(model.relations))
    while ready:
        number = heapq.heappop(ready)  # the lowest stratum first: what it concludes can only ready later ones
        plans = program.units[number]
        if number in program.recursive:
            fixed_point(model, plans)
        elif uses := once(model, plans[0]):
            model.uses[number] = uses
            _conclude(model, uses)
        seen([plan.rule.head.predicate for plan in plans])
    return model


def once(model: Model, plan: Plan) -> list[tuple[Ground, Derivation]]:
    """What a rule that does not read its own conclusions concludes, and how; the model stays as it is."""
    predicate, rule, names, new = plan.rule.head.predicate, plan.rule, plan.names, tuple.__new__
    return [
        ((predicate, head), new(Derivation, (rule, names, values)))
        for head, values in plan.solutions(model.find)
    ]


def _conclude(model: Model, uses: list[tuple[Ground, Derivation]]) -> None:
    head, derivations = model.relations[uses[0][0][0]], model.derivations
    for atom, derivation in uses:
        derivations[atom].append(derivation)
        head.add(atom[1])


def fixed_point(model: Model, plans: list[Plan]) -> None:
    """Add what a recursive stratum concludes. Semi-naive: after a round only what is new is joined again.

    The solutions of a rule are listed before they are concluded: they may be rows that its join reads.
    """
    seen: set[tuple[int, Row]] = set()

    def conclude(number: int, found: list[tuple[Row, Row]], fresh: dict[str, list[Row]]) -> None:
        plan = plans[number]
        for head, values in found:
            if (number, values) in seen:
                continue
            seen.add((number, values))
            atom = plan.rule.head.predicate, head
            model.derivations[atom].append(Derivation(plan.rule, plan.names, values))
            if model.relations[atom[0]].add(head):
                fresh.setdefault(atom[0], []).append(head)

    delta: dict[str, list[Row]] = {}
    for number, plan in enumerate(plans):  # first round: everything
        conclude(number, list(plan.solutions(model.find)), delta)
    while delta:
        fresh: dict[str, list[Row]] = {}
        for number, plan in enumerate(plans):
            for position, predicate in plan.looks():
                if predicate in delta:
                    only = (position, delta[predicate])
                    conclude(number, list(plan.solutions(model.find, only=only)), fresh)
        delta = fresh


def counted(literal: Count, values: Mapping[str, Value], model: Model) -> set[Row]:
    """The different bindings of the counted variables under ``values``."""
    known = {name: value for name, value in values.items() if Var(name) not in literal.counted}
    plan = _counting(literal, tuple(known))
    return {head for head, _ in plan.solutions(model.find, tuple(known.values()))}


@lru_cache(maxsize=1024)
def _counting(literal: Count, known: tuple[str, ...]) -> Plan:
    return Plan(Rule(Atom("", literal.counted), literal.atoms, "", 0), known)
