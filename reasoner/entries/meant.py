"""Whom the rules mean by what a field names: those they list by name, those linked to the matter.

The rules ask of a finding, say, that it is by one of a class whose members they list themselves, or by who
has some relation to the inspection. Such a field is no place for whoever else stands near the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reasoner.rulebook.rules import Atom, Rule, Var


@dataclass(frozen=True)
class Meant:
    """Ids that the rules name, and the properties by which others are linked to the matter."""

    named: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def meant(rules: Iterable[Rule], kind: str, property_: str) -> Meant:
    """Whom the rules mean by a property of the members of a class (predicates); empty when they name none."""
    every = list(rules)
    asked: dict[tuple[str, int], None] = {}
    for rule in every:
        atoms = [each for each in rule.body if isinstance(each, Atom)]
        things = {each.args[0] for each in atoms if each.predicate == kind and len(each.args) == 1}
        ends = {
            each.args[1]
            for each in atoms
            if each.predicate == property_ and len(each.args) == 2 and each.args[0] in things
        }
        for each in atoms:
            if each.args[0] in ends and isinstance(each.args[0], Var):
                asked[each.predicate, len(each.args)] = None
    named = (
        str(rule.head.args[0])
        for rule in every
        if (rule.head.predicate, len(rule.head.args)) in asked and len(rule.head.args) == 1
        if not isinstance(rule.head.args[0], Var)
    )
    listed = tuple(dict.fromkeys(named))
    return Meant(listed, tuple(name for name, places in asked if places == 2)) if listed else Meant()
