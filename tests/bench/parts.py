"""Parts of the rule set: what an engine is asked for when it cannot say all of it, or not in time.

``complete`` is every rule; ``owl`` the axioms of OWL among them; anything else is the id of a norm, a
definition or the beginning of one (``a36.p3``): its rules and every rule that these rest on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule

COMPLETE, OWL = "complete", "owl"
_AXIOMS = ("owl:", "rdfs:")


class PartError(ValueError):
    """There are no such rules. Reads ``Chinese / English``."""


def part(rules: Ontology, name: str) -> Ontology:
    """The ontology with only the rules of a part. Raises PartError when there are none."""
    if name == COMPLETE:
        return rules
    found = _chosen(rules.book.rules, name)
    if not found:
        raise PartError(f"没有规则属于“{name}” / no rule belongs to {name!r}")
    return only(rules, found)


def only(rules: Ontology, found: list[Rule]) -> Ontology:
    """The ontology with these rules instead of its own."""
    less = Ontology(rules.vocabulary, replace(rules.book))
    less.book.__dict__["rules"] = found
    return less


def _chosen(rules: Collection[Rule], name: str) -> list[Rule]:
    if name == OWL:
        return [rule for rule in rules if rule.owner.startswith(_AXIOMS)]
    wanted = {
        rule.head.predicate for rule in rules if rule.owner == name or rule.owner.startswith(f"{name}.")
    }
    more = set(wanted)
    while more:
        read = {a.predicate for rule in rules if rule.head.predicate in more for a in rule.atoms()}
        more = read - wanted
        wanted |= more
    return [rule for rule in rules if rule.head.predicate in wanted]


def described(rules: Collection[Rule]) -> str:
    """How much a part is: rules, predicates concluded."""
    heads = {rule.head.predicate for rule in rules}
    return f"{len(rules):,} rules, {len(heads):,} predicates concluded"
