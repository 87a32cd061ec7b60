"""What a goal depends on: the rules read backwards from it, for one norm, and what could ever be derived.

Definitions that all norms share speak of "a norm N". Asked about one norm, only the rules of that norm and
the shared ones with that norm put in can matter: a small part of the book, worked out once and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology

NORM = ("Norm",)
AXIOM = "owl:"
"""Owners of the rules that only classify: what they conclude can be recorded directly."""

Key = tuple[str, Value | None]
"""A predicate, and the norm it is asked of (None: any, or it is not about norms)."""


@dataclass
class Slices:
    """The rules of a book by what they conclude and of which norm."""

    rules: dict[str, list[Rule]]
    about_norms: frozenset[str]
    recordable: frozenset[str]
    norms: frozenset[Value]
    _for: dict[Key, list[Rule]] = field(default_factory=dict)
    _possible: dict[Key, bool] = field(default_factory=dict)
    _changeable: dict[Key, bool] = field(default_factory=dict)
    _reach: dict[str, frozenset[str]] = field(default_factory=dict)

    def key(self, predicate: str, first: Value | None) -> Key:
        """The key of an atom with this first argument (None when it is open)."""
        return (predicate, first if predicate in self.about_norms and first in self.norms else None)

    def concluding(self, predicate: str, norm: Value | None) -> list[Rule]:
        """The rules that can conclude this of the norm, with the norm put in for the variable."""
        key = (predicate, norm)
        found = self._for.get(key)
        if found is None:
            found = self._for[key] = [
                put
                for rule in self.rules.get(predicate, ())
                if (put := rule if norm is None else _put(rule, norm)) is not None
            ]
        return found

    def live(self, predicate: str, norm: Value | None) -> list[Rule]:
        """Those of the concluding rules whose premises are all possible."""
        return [r for r in self.concluding(predicate, norm) if all(map(self.atom_possible, r.positive()))]

    def atom_possible(self, atom: Atom) -> bool:
        """Whether something recorded could ever make an atom of a rule true."""
        first = atom.args[0] if atom.args else None
        return self.possible(*self.key(atom.predicate, None if isinstance(first, Var) else first))

    def possible(self, predicate: str, norm: Value | None) -> bool:
        """Whether anything recorded could ever make the predicate true of the norm."""
        key = (predicate, norm)
        if key not in self._possible:
            self._settle(key)
        return self._possible[key]

    def _settle(self, goal: Key) -> None:
        """The least fixed point over everything that the goal reaches."""
        reached: dict[Key, list[list[Key]]] = {}
        waiting = [goal]
        while waiting:
            key = waiting.pop()
            if key in reached or key in self._possible:
                continue
            bodies = [[self._key(a) for a in rule.positive()] for rule in self.concluding(*key)]
            reached[key] = bodies
            waiting += [needed for body in bodies for needed in body]
        true = {key for key in reached if key[0] in self.recordable or key[0] not in self.rules}
        grown = True
        while grown:
            more = {
                key
                for key, bodies in reached.items()
                if key not in true
                and any(all(k in true or self._possible.get(k, False) for k in body) for body in bodies)
            }
            grown = bool(more)
            true |= more
        self._possible |= {key: key in true for key in reached}

    def changeable(self, predicate: str, norm: Value | None) -> bool:
        """Whether recording something can add a row, or take one away."""
        key = (predicate, norm)
        known = self._changeable.get(key)
        if known is None:
            self._changeable[key] = False  # what depends on itself alone never changes
            rules = self.live(*key)
            known = self._changeable[key] = predicate in self.recordable or any(
                self.changeable(*self._key(atom))
                for rule in rules
                for atom in (*rule.positive(), *rule.negated(), *(a for c in rule.counts() for a in c.atoms))
            )
        return known

    def _key(self, atom: Atom) -> Key:
        first = atom.args[0] if atom.args else None
        return self.key(atom.predicate, None if isinstance(first, Var) else first)

    def reach(self, predicate: str) -> frozenset[str]:
        """The predicate and everything that can change when a row of it is added or taken away."""
        return self._reach.get(predicate, frozenset({predicate}))


def _put(rule: Rule, norm: Value) -> Rule | None:
    """The rule for one norm; None when it concludes about another."""
    first = rule.head.args[0]
    if not isinstance(first, Var):
        return rule if first == norm else None

    def term(t: Term) -> Term:
        return norm if t == first else t

    def atom(a: Atom) -> Atom:
        return Atom(a.predicate, tuple(map(term, a.args)))

    def literal(lit: Literal) -> Literal:
        match lit:
            case Not(inner):
                return Not(atom(inner))
            case Comparison(left, op, right):
                return Comparison(term(left), op, term(right))
            case Count(counted, atoms, op, bound):
                return Count(counted, tuple(map(atom, atoms)), op, term(bound))
            case _:
                return atom(lit)

    return Rule(atom(rule.head), tuple(map(literal, rule.body)), rule.owner, rule.index)


@cache
def slices(rules: Ontology) -> Slices:
    """The slices of an ontology's rules, made once."""
    by_head: dict[str, list[Rule]] = {}
    uses: dict[str, set[str]] = {}
    for rule in rules.book.rules:
        read = {a.predicate for a in rule.atoms()} - {rule.head.predicate}
        for predicate in read:
            uses.setdefault(predicate, set()).add(rule.head.predicate)
        if not rule.owner.startswith(AXIOM):
            by_head.setdefault(rule.head.predicate, []).append(rule)
    predicates = rules.vocabulary.predicates
    about = {name for name in by_head if predicates[name].arguments[:1] == (NORM,)}
    found = Slices(
        by_head,
        frozenset(about),
        frozenset(name for name, p in predicates.items() if not p.derived),
        frozenset(rules.book.by_constant),
    )
    for predicate in {*uses, *by_head}:
        seen, waiting = {predicate}, [predicate]
        while waiting:
            for head in uses.get(waiting.pop(), ()):
                if head not in seen:
                    seen.add(head)
                    waiting.append(head)
        found._reach[predicate] = frozenset(seen)
    return found
