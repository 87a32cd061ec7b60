"""Why something holds on one side and not on the other: the stated facts, and the rules, that differ.

By the proofs: what is new rests on what was added, or on the absence of something that only held by what was
removed; what is gone rested on what was removed, or on the absence of something that what was added makes
true.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from reasoner.engine.evaluate import Model
from reasoner.engine.join import Ground
from reasoner.rulebook.rules import Not, Rule, Var


@dataclass(frozen=True, eq=False)
class Side:
    """A model, and the ids and words of the rules that the other side does not have."""

    model: Model
    own_rules: Set[tuple[str, str]] = field(default_factory=frozenset)


def key(rule: Rule) -> tuple[str, str]:
    """By what a rule is the same in two versions of the rules: whose it is, and what it says."""
    return rule.owner, str(rule)


def causes(atom: Ground, here: Side, there: Side, stated: Set[Ground]) -> Iterator[Ground | Rule]:
    """The stated facts and the rules because of which an atom holds here and not there.

    ``stated`` are the facts that one side alone states; months counted from their days are no causes.
    """
    seen: set[tuple[Ground, bool]] = set()
    waiting = [(atom, here, there)]
    while waiting:
        current, own, other = waiting.pop()
        if (current, own is here) in seen or other.model.holds(current):
            continue
        seen.add((current, own is here))
        if current in own.model.given:
            if current in stated:
                yield current
            continue
        for derivation in own.model.derivations.get(current, ()):
            if own.own_rules and key(derivation.rule) in own.own_rules:
                yield derivation.rule
            waiting += [(support, own, other) for support in derivation.supports()]
            for literal, _ in derivation.premises():
                if isinstance(literal, Not):
                    pattern = tuple(None if isinstance(a, Var) else a for a in literal.atom.args)
                    predicate = literal.atom.predicate
                    waiting += [
                        ((predicate, row), other, own) for row in other.model.match(predicate, pattern)
                    ]
            for count in derivation.rule.counts():
                for counted in count.atoms:  # how many there are differs: by those that only one side has
                    for one, two in ((own, other), (other, own)):
                        rows = one.model.rows(counted.predicate)
                        waiting += [((counted.predicate, row), one, two) for row in rows]
