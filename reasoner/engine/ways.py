"""The ways in which rules conclude what is asked for, each a join that begins with what is known.

A join goes from what is asked about to what is near it. What is looked up by words alone (a kind, a state,
the body that everything is sent to) grows with the record, and comes last. How much a look is likely to find
is told by what is stated, and estimated for what rules conclude from that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from math import log2
from typing import Protocol

from reasoner.engine.join import Cost, Plan, Row, ordered
from reasoner.engine.unfold import unfolded
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
_PASSES = 0.7
"""How often a test holds of which nothing is known; it is not counted on that one holds more often."""
_MANY, _RULES = 1.5, 3
"""A premise that finds more rows than this is replaced by what concludes it, in at most so many rules."""


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

    def stands(self, value: Value) -> bool:
        """Whether anything is stated of a value, as first argument, whatever is recorded."""


class Way:
    """A rule entered by what is known of its head."""

    __slots__ = ("_agree", "_fills", "_fixed", "gate", "plan")

    def __init__(self, rule: Rule, positions: Positions, cost: Cost, gate: frozenset[str] | None) -> None:
        self.gate = gate
        """Of which predicates something must be stated of what the head is about first, if known."""
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


def _variables(atom: Atom, positions: Positions) -> frozenset[str]:
    """The names of the variables at some positions."""
    return frozenset(a.name for p in positions if isinstance(a := atom.args[p], Var))


def _known(atom: Atom, bound: Collection[str]) -> bool:
    return all(v.name in bound for v in atom.variables())


def _tested(passes: float, work: float) -> float:
    """What a test costs for each time that it saves the rest."""
    return work / (1 - min(passes, _PASSES))


class Ways:
    """The ways to conclude what is asked for, made when they are first needed; shared by many demands.

    ``alive``: the predicates that may have rows at all. ``plain``: what is only stated. ``gates``: of which
    predicates one at least must be stated of something for a predicate to hold of it; of both it is the first
    argument.
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
        self._by_first: dict[str, dict[Value | None, list[Rule]]] = {}
        self._named: dict[tuple[str, int], int] = {}
        """How many values the rules for a predicate name at a position of their heads."""
        self._efforts: dict[tuple[str, Known], tuple[float, float]] = {}
        self.alive = self._living(stated.predicates)
        self.plain = frozenset(p for p in stated.predicates if not any(self._live(p)))
        self.gates: dict[str, frozenset[str]] = {}
        for predicate in self.alive:
            self._gate(predicate)

    def _gate(self, predicate: str) -> frozenset[str] | None:
        """Of what something must be stated that this is said of first; None when that is not known."""
        if predicate in self.gates:
            return self.gates[predicate]
        if predicate in self.circular:
            return None
        found = {predicate} & set(self._stated.predicates)
        for rule in self._live(predicate):
            below = self._narrowest(rule)
            if below is None:
                return None
            found |= below
        self.gates[predicate] = frozenset(found)
        return self.gates[predicate]

    def _narrowest(self, rule: Rule) -> frozenset[str] | None:
        """The gate of a rule: that of one of its premises about the same thing."""
        first = rule.head.args[0]
        about = (a.predicate for a in rule.positive() if isinstance(first, Var) and a.args[0] == first)
        return min((gate for each in about if (gate := self._gate(each)) is not None), key=len, default=None)

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
            made = self._made[of, words] = {}
        named = self._by_first.get(of[0])
        if named is None:
            named = self._by_first[of[0]] = self._by_what_is_first(of[0])
        firsts = (key[0], None) if of[1] and not of[1][0] else named
        for first in firsts:
            if first in named:
                ways = made.get(first)
                if ways is None:
                    rules = named[first]
                    ways = made[first] = [way for rule in rules for way in self._make(rule, of[1], words)]
                yield from ways

    def _by_what_is_first(self, predicate: str) -> dict[Value | None, list[Rule]]:
        """The rules for a predicate by what they name first in their heads; None: nothing."""
        found: dict[Value | None, list[Rule]] = {}
        for rule in self._live(predicate):
            first = rule.head.args[0]
            found.setdefault(None if isinstance(first, Var) else first, []).append(rule)
        return found

    def _live(self, predicate: str) -> Iterator[Rule]:
        for rule in self._rules.get(predicate, ()):
            if all(atom.predicate in self.alive for atom in rule.positive()):
                yield rule

    def _make(self, rule: Rule, positions: Positions, words: Positions) -> Iterator[Way]:
        for each in self._unfolded(rule, positions, words):
            cost = partial(self._cost, words=_variables(each.head, words))
            yield Way(each, positions, cost, self._narrowest(each))

    def _unfolded(self, rule: Rule, positions: Positions, words: Positions) -> list[Rule]:
        """A rule with the premises that find much replaced by what concludes them, while that makes few rules
        of it, so that the join may begin elsewhere."""
        done: list[Rule] = []
        waiting, mark = [rule], 0
        while waiting:
            each, mark = waiting.pop(), mark + 1
            premise = self._crowded(each, positions, words)
            inner = list(self._live(premise.predicate)) if premise is not None else []
            if premise is None or len(done) + len(waiting) + len(inner) > _RULES:
                done.append(each)
            else:
                made = (unfolded(each, premise, by, str(mark)) for by in inner)
                waiting += [one for one in made if one is not None]
        return done

    def _crowded(self, rule: Rule, positions: Positions, words: Positions) -> Atom | None:
        """The first premise in the order of a join that finds much and is only concluded."""
        if any(rule.counts()):
            return None
        given, own = (_variables(rule.head, known) for known in (positions, words))
        for literal, bound in ordered(rule.body, given, partial(self._cost, words=own)):
            if not isinstance(literal, Atom) or _known(literal, bound):
                continue
            many = self._effort(literal, bound, own)[0] > _MANY
            if many and self._replaceable(literal.predicate):
                return literal
        return None

    def _replaceable(self, predicate: str) -> bool:
        if predicate in self.circular or predicate in self._stated.predicates:
            return False
        return not any(any(rule.counts()) for rule in self._live(predicate))

    # -- what a join is likely to cost ----------------------------------------------------------------

    def _cost(self, literal: Literal, bound: Collection[str], words: Collection[str]) -> float:
        match literal:
            case Atom():
                rows, work = self._effort(literal, bound, words)
                if _known(literal, bound):
                    return _tested(rows, work)
                leads = any(
                    isinstance(a, Var) and a.name in bound and a.name not in words for a in literal.args
                )
                return rows * 10 + log2(1 + work) + (0 if leads or rows < _FEW else _ALL)
            case Not(atom):
                if all(v.anonymous or v.name in bound for v in atom.variables()):
                    return _tested(_PASSES, self._effort(atom, bound, words)[1])
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
            pairs = [(p, rule.head.args[p], value) for p, value in known]
            if all(isinstance(a, Var) or value in (None, WORD, a) for _, a, value in pairs):
                bound = {a.name for _, a, _ in pairs if isinstance(a, Var)}
                words = {a.name for _, a, value in pairs if isinstance(a, Var) and value is not None}
                each, effort = self._joined(rule, bound, words)
                share = self._share(predicate, pairs)
                rows, work = rows + share * each, work + share * effort
        return (min(rows, 1.0) if len(known) == arity else rows), work

    def _share(self, predicate: str, pairs: Iterable[tuple[int, Value | Var, Value | None]]) -> float:
        """How often a value that is known, though not which it is, is the one that a rule names."""
        share = 1.0
        for position, argument, value in pairs:
            if not isinstance(argument, Var) and value in (None, WORD):
                named = self._named.get((predicate, position))
                if named is None:
                    heads = {rule.head.args[position] for rule in self._live(predicate)}
                    named = sum(not isinstance(each, Var) for each in heads)
                    self._named[predicate, position] = named
                share /= named
        return share

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
                each, effort = _PASSES, self._effort(literal.atom, bound, words)[1]
            else:
                each, effort = _PASSES, 0.1
            work += rows * effort
            rows *= each
        return rows, work
