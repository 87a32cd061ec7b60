"""Several worlds in one run: every atom says in which world it holds, every rule stays inside one world.

Each atom of a rule gets the same new first argument. A rule then joins only rows of one world, denies and
counts only there, and concludes only there; so what follows from worlds side by side is exactly what follows
from each alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import AS_OF
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Var

WORLD = Var("World")


def rules_in_worlds(rules: Iterable[Rule]) -> list[Rule]:
    """The rules, each with a variable for the world it speaks of."""
    return [
        Rule(_placed(rule.head), (*_anchor(rule), *map(_within, rule.body)), rule.owner, rule.index)
        for rule in rules
    ]


def _anchor(rule: Rule) -> tuple[Atom, ...]:
    """What binds the world of a rule that only denies or counts: every world has its day."""
    return () if next(rule.positive(), None) is not None else (Atom(AS_OF, (WORLD, Var("_999"))),)


def facts_in_worlds(worlds: Iterable[Iterable[Ground]]) -> Iterator[Ground]:
    """The atoms of all worlds, each with the number of its own."""
    for number, atoms in enumerate(worlds):
        for predicate, row in atoms:
            yield predicate, (number, *row)


def _placed(atom: Atom) -> Atom:
    return Atom(atom.predicate, (WORLD, *atom.args))


def _within(literal: Literal) -> Literal:
    match literal:
        case Atom():
            return _placed(literal)
        case Not(atom):
            return Not(_placed(atom))
        case Count(counted, atoms, op, bound):
            return Count(counted, tuple(map(_placed, atoms)), op, bound)
        case Comparison():
            return literal
    raise TypeError(literal)
