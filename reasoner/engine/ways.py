"""The ways in which rules conclude what is asked for, each a join that begins with what is known.

A join goes from what is asked about to what is near it. What is looked up by words alone (a kind, a state,
the body that everything is sent to) grows with the record, and comes last. How much a look is likely to find
is told by what is stated, and estimated for what rules conclude from that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from math import log2
from typing import Protocol

from reasoner.engine.join import Plan, Row
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Value, Var, strata

_ALL = 1e9
"""What is added for a literal that is looked through from end to end."""
_FEW = 100
"""Rows found by words alone that do not matter."""
WORD = "*"
"""In place of a value: a word of the rules or the ontology, by which much of the record can be found."""
_NEVER = 1e18
"""More than any join costs: a literal whose turn has not come."""
Positions = tuple[int, ...]
Asked = tuple[str, Positions]
"""A predicate and the positions at which its arguments are known."""
Known = tuple[tuple[int, Value | None], ...]
"""The positions at which arguments are known, with those that are the same for every question."""


class TooMuchError(ValueError):
    """A question that rests on too much. ``predicate``: of which too much had to be looked at."""

    def __init__(self, predicate: str) -> None:
        super().__init__(f"{predicate}：要看的太多 / {predicate}: too much to be looked at")
        self.predicate = predicate


class Stated(Protocol):
    """Everything that is stated, looked up by some of the arguments."""

    @property
    def predicates(self) -> Collection[str]:
        """Those that have rows."""

    def rows(self, predicate: str, positions: Positions, key: Row, most: int) -> Sequence[Row]:
        """The rows whose arguments at ``positions`` are ``key``. Raises TooMuchError beyond ``most``."""

    def spread(self, predicate: str, known: Known) -> float:
        """How many rows have, as a rule, what is known of some arguments."""

    def stated_of(self, value: Value) -> Collection[str]:
        """The predicates of the rows that have this value as first argument, perhaps with others."""


class Way:
    """A rule entered by what is known of its head."""

    __slots__ = ("_agree", "_fills", "_fixed", "plan")

    def __init__(self, rule: Rule, positions: Positions, cost: Callable[[Literal, Collection[str]], float]):
        self._fixed: list[tuple[int, Value]] = []
        self._agree: list[tuple[int, int]] = []
        first: dict[str, int] = {}
        for place, position in enumerate(positions):
            argument = rule.head.args[position]
            if not isinstance(argument, Var):
                self._fixed.append((place, argument))
            elif argument.name in first:
                self._agree.append((first[argument.name], place))
            else:
                first[argument.name] = place
        self._fills = list(first.values())
        self.plan = Plan(rule, tuple(first), cost)

    def start(self, key: Row) -> Row | None:
        """The values with which the join begins; None when the rule does not conclude such rows."""
        if any(key[i] != value for i, value in self._fixed) or any(key[i] != key[j] for i, j in self._agree):
            return None
        return tuple([key[place] for place in self._fills])


class Ways:
    """The ways to conclude what is asked for, made when they are first needed; shared by many demands.

    ``alive``: the predicates that may have rows at all. ``sources``: for a class of which something is only
    because it is of another class, those of which it may be stated. ``plain``: what is only stated.
    """

    def __init__(self, rules: Iterable[Rule], stated: Stated, words: Collection[Value]) -> None:
        self._words = words
        self._rules: dict[str, list[Rule]] = {}
        self.circular: dict[str, int] = {}
        """The predicates that may rest on themselves, with a number for those that do so together."""
        for number, (recursive, group) in enumerate(strata(rules)):
            for rule in group:
                self._rules.setdefault(rule.head.predicate, []).append(rule)
                if recursive:
                    self.circular[rule.head.predicate] = number
        self._stated, self._made = stated, dict[tuple[Asked, Positions], dict[Value | None, list[Way]]]()
        self._efforts: dict[tuple[str, Known], tuple[float, float]] = {}
        self.alive = self._living(stated.predicates)
        self.plain = frozenset(p for p in stated.predicates if not any(self._live(p)))
        self.sources: dict[str, frozenset[str]] = {}
        for predicate in (each for each in self._rules if each not in self.circular):
            self._sources(predicate)

    def _sources(self, predicate: str) -> frozenset[str] | None:
        """What a class rests on, when nothing but classes; None otherwise."""
        if predicate in self.sources:
            return self.sources[predicate]
        found = {predicate}
        for rule in self._live(predicate):
            copied = rule.body[0] if len(rule.body) == 1 else None
            if predicate in self.circular or not isinstance(copied, Atom):
                return None
            if len(copied.args) != 1 or copied.args != rule.head.args or not isinstance(copied.args[0], Var):
                return None
            below = self._sources(copied.predicate)
            if below is None:
                return None
            found |= below
        self.sources[predicate] = frozenset(found)
        return self.sources[predicate]

    def _living(self, stated: Iterable[str]) -> frozenset[str]:
        living, waiting = set(stated), dict[str, list[Rule]]()
        missing: dict[int, int] = {}
        ready: list[Rule] = []
        for rules in self._rules.values():
            for rule in rules:
                needed = {atom.predicate for atom in rule.positive()} - living
                missing[id(rule)] = len(needed)
                for predicate in needed:
                    waiting.setdefault(predicate, []).append(rule)
                if not needed:
                    ready.append(rule)
        while ready:
            head = ready.pop().head.predicate
            if head not in living:
                living.add(head)
                for rule in waiting.pop(head, ()):
                    missing[id(rule)] -= 1
                    if not missing[id(rule)]:
                        ready.append(rule)
        return frozenset(living)

    def concluding(self, of: Asked, key: Row) -> Iterator[Way]:
        """The ways to conclude rows with this key."""
        words = tuple([p for p, value in zip(of[1], key, strict=True) if value in self._words])
        made = self._made.get((of, words))
        if made is None:
            made = self._made[of, words] = self._make(of, words)
        if of[1] and of[1][0] == 0:
            yield from made.get(key[0], ())
        yield from made.get(None, ())

    def _live(self, predicate: str) -> Iterator[Rule]:
        for rule in self._rules.get(predicate, ()):
            if all(atom.predicate in self.alive for atom in rule.positive()):
                yield rule

    def _make(self, of: Asked, words: Positions) -> dict[Value | None, list[Way]]:
        predicate, positions = of
        found: dict[Value | None, list[Way]] = {}
        for rule in self._live(predicate):
            first = rule.head.args[0] if positions and positions[0] == 0 else None
            key = first if not isinstance(first, Var) else None
            own = frozenset(a.name for p in words if isinstance(a := rule.head.args[p], Var))
            cost = partial(self._cost, words=own)
            found.setdefault(key, []).append(Way(rule, positions, cost))
        return found

    # -- what a join is likely to cost ----------------------------------------------------------------

    def _cost(self, literal: Literal, bound: Collection[str], words: Collection[str]) -> float:
        match literal:
            case Atom():
                rows, work = self._effort(literal, bound, words)
                leads = any(
                    isinstance(a, Var) and a.name in bound and a.name not in words for a in literal.args
                )
                return rows * 10 + log2(1 + work) + (0 if leads or rows < _FEW else _ALL)
            case Not(atom):
                if all(v.anonymous or v.name in bound for v in atom.variables()):
                    return log2(1 + self._effort(atom, bound, words)[1]) - 0.5
                return _NEVER
            case Comparison(left, _, right):
                known = all(t.name in bound for t in (left, right) if isinstance(t, Var))
                return -2.0 if known else _NEVER
            case Count(_, _, _, limit):
                outer = {limit.name} if isinstance(limit, Var) else set()
                return _NEVER * (2 if outer <= set(bound) else 3)  # last: what is bound elsewhere joins
        return _NEVER

    def _effort(self, atom: Atom, bound: Collection[str], words: Collection[str]) -> tuple[float, float]:
        """How many rows an atom is likely to have, and how many goals and rows finding them takes."""
        known = tuple(
            [
                (i, (WORD if a.name in words else None) if isinstance(a, Var) else a)
                for i, a in enumerate(atom.args)
                if not isinstance(a, Var) or a.name in bound
            ]
        )
        found = self._efforts.get((atom.predicate, known))
        if found is None:
            self._efforts[atom.predicate, known] = 1.0, 1.0  # of what rests on itself
            found = self._estimate(atom.predicate, known, len(atom.args))
            self._efforts[atom.predicate, known] = found
        return found

    def _estimate(self, predicate: str, known: Known, arity: int) -> tuple[float, float]:
        if predicate not in self.alive:
            return 0.0, 0.0
        rows = self._stated.spread(predicate, known) if predicate in self._stated.predicates else 0.0
        work = 1.0 + rows
        for rule in self._live(predicate):
            pairs = [(rule.head.args[p], value) for p, value in known]
            if all(isinstance(a, Var) or value in (None, WORD, a) for a, value in pairs):
                bound = {a.name for a, _ in pairs if isinstance(a, Var)}
                words = {a.name for a, value in pairs if isinstance(a, Var) and value is not None}
                each, effort = self._joined(rule, bound, words)
                rows, work = rows + each, work + effort
        return (min(rows, 1.0) if len(known) == arity else rows), work

    def _joined(self, rule: Rule, bound: set[str], words: Collection[str]) -> tuple[float, float]:
        """What a rule is likely to conclude, and the effort of it, joined in the order that costs least."""
        rows, work = 1.0, 0.2
        waiting: list[Literal] = list(rule.body)
        while waiting and rows:
            chosen = min([(self._cost(each, bound, words), i) for i, each in enumerate(waiting)])[1]
            literal = waiting.pop(chosen)
            if isinstance(literal, Atom):
                each, effort = self._effort(literal, bound, words)
                bound |= {v.name for v in literal.variables()}
            elif isinstance(literal, Not):
                each, effort = 0.7, self._effort(literal.atom, bound, words)[1]
            else:
                each, effort = 0.7, 0.1
            work += rows * effort
            rows *= each
        return rows, work
