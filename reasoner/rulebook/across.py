"""Rules that lead from one case to another.

A case is an issue with what is recorded about it: findings, tasks, documents, transfers. Inspections,
bodies, territories, sectors, posts, parameters, words of the ontology, dates and numbers belong to no case,
since many cases name the same. A rule leads across cases when it

    joins   parts of its body that only such things tie together,
    counts  over things of cases,
    tells   of such things what it draws from a case, for others to read.

Every other rule reads within one case and speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from reasoner.rulebook.rules import Atom, Rule, Var
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Vocabulary

_OUTSIDE = frozenset({"Body", "Territory", "Sector", "Post", "Inspection", "Parameter", "Kind"})
"""Classes whose members belong to no case."""

Kind = Literal["joins", "counts", "tells"]


@dataclass(frozen=True)
class Crossing:
    """A rule that leads across cases, and how."""

    rule: Rule
    kind: Kind


def crossings(rules: Iterable[Rule], vocabulary: Vocabulary) -> Iterator[Crossing]:
    """The rules that lead across cases, in their order."""
    outside = _classes(vocabulary)
    for rule in rules:
        own = _own(rule, vocabulary, outside)
        counted = {v for count in rule.counts() for atom in count.atoms for v in atom.variables()}
        if counted & own:
            yield Crossing(rule, "counts")
        elif _parts(rule.positive(), own) > 1:
            yield Crossing(rule, "joins")
        elif own and own.isdisjoint(rule.head.variables()):
            yield Crossing(rule, "tells")


def _classes(vocabulary: Vocabulary) -> frozenset[str]:
    """The classes that may have members that belong to no case: those, and what they are kinds of."""
    found = {own for own in vocabulary.class_names.values() if _OUTSIDE & {own, *vocabulary.ancestors(own)}}
    found |= {own for each in vocabulary.individuals.values() for own in each.classes}
    above = {each for own in found for each in vocabulary.ancestors(own)}
    return frozenset({"text", ANYTHING, *NUMBERS} | found | above)


def _own(rule: Rule, vocabulary: Vocabulary, outside: frozenset[str]) -> set[Var]:
    """The variables that stand for something of a case: by what is declared of an atom that binds them,
    nothing else will do."""
    found: set[Var] = set()
    for atom in (*rule.positive(), *(a for count in rule.counts() for a in count.atoms)):
        declared = vocabulary.predicates.get(atom.predicate)
        for place, arg in enumerate(atom.args):
            if (
                isinstance(arg, Var)
                and declared is not None
                and outside.isdisjoint(declared.arguments[place])
            ):
                found.add(arg)
    return found


def _parts(atoms: Iterable[Atom], own: set[Var]) -> int:
    """How many parts there are that no variable of a case ties together."""
    parts: list[set[Var]] = []
    for atom in atoms:
        tied = own.intersection(atom.variables())
        if tied:
            touching = [part for part in parts if part & tied]
            parts = [part for part in parts if not part & tied]
            parts.append(tied.union(*touching))
    return len(parts)


__all__ = ["Crossing", "crossings"]
