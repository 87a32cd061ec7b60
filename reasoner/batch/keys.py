"""What rules tell about the rows of a predicate before anybody looks at them.

Which values a column can have, and which columns determine others. A rule whose head determines all that it
joins concludes everything once; two rules whose heads can never be equal need no comparing; a rule that asks
for a value that nobody concludes has nothing to say. Each saves a pass over the rows, and all it takes is
reading the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from reasoner.rulebook.rules import Atom, Not, Rule, Term, Value, Var

Values = frozenset[int] | None
"""The codes that a column may have; None when they are not known."""

_MANY = 3_000
"""Values of a column from which on they are not listed."""


class Keys:
    """What is known of the predicates that are complete; of every other nothing is assumed.

    Columns are written as a set of bits, the first column the lowest.
    """

    def __init__(self, encode: Callable[[Value], int]) -> None:
        self._encode = encode
        self._values: dict[str, tuple[Values, ...]] = {}
        self._rules: dict[str, Sequence[Rule]] = {}
        self._columns: dict[str, list[tuple[int, ...]]] = {}
        self._single: set[str] = set()
        self._repeated: set[str] = set()
        self._found: dict[int, tuple[Rule, dict[Term, frozenset[int]]]] = {}
        self._determined: dict[tuple[str, int], int] = {}

    # -- what is learnt -----------------------------------------------------------------------------

    def single(self, predicate: str) -> None:
        """A predicate of two arguments of which the first determines the second."""
        self._single.add(predicate)

    def listed(self, predicate: str, rows: Sequence[tuple[int, ...]]) -> None:
        """A predicate with these rows."""
        if rows:
            self._columns[predicate] = list(zip(*rows, strict=True))
            self._values[predicate] = tuple(map(_few, self._columns[predicate]))

    def concluded(self, predicate: str, rules: Sequence[Rule], repeated: bool) -> None:
        """A predicate with what these rules conclude and no other rows; ``repeated``: maybe several times."""
        self._rules[predicate] = rules
        if repeated:
            self._repeated.add(predicate)
        columns = zip(*map(self._head, rules), strict=True)
        self._values[predicate] = tuple(
            None if None in column else _few({code for values in column if values for code in values})
            for column in columns
        )

    # -- what follows for rules ---------------------------------------------------------------------

    def possible(self, rule: Rule) -> bool:
        """Whether the premises can hold together, as far as values tell."""
        return all(self._terms(rule).values())

    def simplified(self, rule: Rule, filled: Callable[[str], object]) -> Rule:
        """The rule without the absences that are certain: of what has no rows, or not with these values."""
        body = tuple(
            literal
            for literal in rule.body
            if not isinstance(literal, Not)
            or (filled(literal.atom.predicate) and self._may_match(rule, literal.atom))
        )
        if len(body) == len(rule.body):
            return rule
        found = replace(rule, body=body)
        self._found[id(found)] = found, self._terms(rule)
        return found

    def once(self, rule: Rule, joined: Sequence[Atom]) -> bool:
        """Whether a rule concludes the same only once when the rows of these atoms are joined."""
        if any(atom.predicate in self._repeated for atom in joined):
            return False
        return {v for atom in joined for v in atom.variables()} <= self._bound(rule, rule.head.args)

    def groups(self, rules: Sequence[Rule]) -> list[list[Rule]]:
        """Rules of one head in groups: rules of different groups never conclude the same."""
        values = [self._head(rule) for rule in rules]
        groups: list[list[int]] = []
        for number in range(len(rules)):
            meeting = [group for group in groups if not all(_apart(values[number], values[i]) for i in group)]
            groups = [group for group in groups if group not in meeting]
            groups.append([*(i for group in meeting for i in group), number])
        return [[rules[i] for i in group] for group in groups]

    # -- values -------------------------------------------------------------------------------------

    def _head(self, rule: Rule) -> list[Values]:
        return [self._of(rule, arg) for arg in rule.head.args]

    def _of(self, rule: Rule, term: Term) -> Values:
        """The values that a term of a rule may have."""
        known = self._terms(rule)
        if term in known or isinstance(term, Var):
            return known.get(term)
        return frozenset((self._encode(term),))

    def _terms(self, rule: Rule) -> dict[Term, frozenset[int]]:
        """The terms of the premises of which the values are known, with them."""
        if id(rule) not in self._found:
            found: dict[Term, frozenset[int]] = {}
            for atom in rule.positive():
                for term, values in zip(atom.args, self._values.get(atom.predicate, ()), strict=False):
                    if values is not None:
                        before = found.get(term)
                        if before is None and not isinstance(term, Var):
                            before = frozenset((self._encode(term),))
                        found[term] = values if before is None else before & values
            self._found[id(rule)] = rule, found  # with the rule, so that its id stays its own
        return self._found[id(rule)][1]

    def _may_match(self, rule: Rule, atom: Atom) -> bool:
        known = self._values.get(atom.predicate)
        for arg, values in zip(atom.args, known or (), strict=False):
            if values is not None:
                wanted = self._of(rule, arg)
                if wanted is not None and not wanted & values:
                    return False
        return True

    # -- what determines what -----------------------------------------------------------------------

    def _bound(self, rule: Rule, given: Sequence[Term]) -> set[Var]:
        """The variables of a rule that have one value each when the given ones have."""
        known = {term for term in given if isinstance(term, Var)}
        atoms, grown = list(rule.positive()), True
        while grown:
            grown = False
            for atom in atoms:
                bits = _bits(not isinstance(arg, Var) or arg in known for arg in atom.args)
                found = self.determined(atom.predicate, bits, len(atom.args))
                for place, arg in enumerate(atom.args):
                    if isinstance(arg, Var) and arg not in known and found >> place & 1:
                        known.add(arg)
                        grown = True
        return known

    def determined(self, predicate: str, columns: int, arity: int) -> int:
        """Of which columns all rows that are equal in some columns have the same value (those included)."""
        key = (predicate, columns)
        if key not in self._determined:
            if predicate in self._rules:
                found = self._by_rules(self._rules[predicate], columns, arity)
            elif predicate in self._columns:
                found = _by_rows(self._columns[predicate], columns, arity)
            elif predicate in self._single and columns & 1:
                found = 0b11
            else:
                return columns  # nothing is known yet
            self._determined[key] = found
        return self._determined[key]

    def _by_rules(self, rules: Sequence[Rule], columns: int, arity: int) -> int:
        found = (1 << arity) - 1
        for rule in rules:
            bound = self._bound(rule, [a for i, a in enumerate(rule.head.args) if columns >> i & 1])
            found &= _bits(not isinstance(arg, Var) or arg in bound for arg in rule.head.args)
            if found == columns:
                return columns
        values = [self._head(rule) for rule in rules] if len(rules) > 1 else []
        for one, other in combinations(range(len(rules)), 2):
            kept = columns | _alike(rules[one], rules[other], columns)
            if found & ~kept and not _apart(values[one], values[other], columns):
                found &= kept
                if found == columns:
                    break
        return found


def _apart(one: Sequence[Values], other: Sequence[Values], columns: int = -1) -> bool:
    """Whether rows with these values are never equal (in some columns)."""
    return any(
        a is not None and b is not None and not a & b
        for place, (a, b) in enumerate(zip(one, other, strict=True))
        if columns >> place & 1
    )


def _alike(one: Rule, other: Rule, columns: int) -> int:
    """The places in which the heads of two rules have the same constant, or copy the same of some columns."""
    found = 0
    for place, (a, b) in enumerate(zip(one.head.args, other.head.args, strict=True)):
        copied = any(
            columns >> i & 1 and a == c and b == d
            for i, (c, d) in enumerate(zip(one.head.args, other.head.args, strict=True))
        )
        if copied or (a == b and not isinstance(a, Var)):
            found |= 1 << place
    return found


def _by_rows(columns: Sequence[tuple[int, ...]], known: int, arity: int) -> int:
    given = [columns[i] for i in range(arity) if known >> i & 1]
    keys = given[0] if len(given) == 1 else list(zip(*given, strict=True)) or [()] * len(columns[0])
    different = len(set(keys))
    return known | _bits(len(set(zip(keys, column, strict=True))) == different for column in columns)


def _bits(marks: Iterable[bool]) -> int:
    return sum(1 << i for i, mark in enumerate(marks) if mark)


def _few(values: Collection[int]) -> Values:
    found = frozenset(values)
    return found if len(found) <= _MANY else None
