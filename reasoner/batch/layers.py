"""The rules in layers: whatever depends only on earlier layers is worked out at once.

The strata of a book of rules are a long line of single predicates; for an engine that answers one large
question much faster than many small ones, hundreds of them become some dozens of layers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reasoner.rulebook.rules import Rule, strata


@dataclass(frozen=True)
class Layer:
    """Rules that depend on earlier layers and, those in ``repeated``, on one another."""

    rules: tuple[Rule, ...]
    repeated: frozenset[str]
    """The predicates of this layer that depend on themselves: their rules run until nothing is new."""

    @property
    def heads(self) -> frozenset[str]:
        """The predicates that are complete after this layer."""
        return frozenset(rule.head.predicate for rule in self.rules)

    def circles(self, rule: Rule) -> list[int]:
        """The positive atoms of a rule, by number, whose rows may grow while the layer is repeated."""
        if rule.head.predicate not in self.repeated:
            return []
        return [i for i, atom in enumerate(rule.positive()) if atom.predicate in self.repeated]


def layers(rules: Iterable[Rule]) -> list[Layer]:
    """The layers of the rules, in order. Raises RuleError when a predicate depends on its own absence."""
    level: dict[str, int] = {}
    found: list[tuple[list[Rule], set[str]]] = []
    for recursive, group in strata(rules):
        heads = {rule.head.predicate for rule in group}
        used = {atom.predicate for rule in group for atom in rule.atoms()} - heads
        number = 1 + max((level.get(predicate, -1) for predicate in used), default=-1)
        level |= dict.fromkeys(heads, number)
        if number == len(found):
            found.append(([], set()))
        found[number][0].extend(group)
        if recursive:
            found[number][1].update(heads)
    return [Layer(tuple(group), frozenset(repeated)) for group, repeated in found]


def needed(rules: Collection[Rule], wanted: Iterable[str], stated: Collection[str]) -> list[Rule]:
    """The rules that can make a difference to the wanted predicates when only ``stated`` ones have facts.

    Left out: what no wanted predicate depends on, and what needs a predicate that cannot have any row.
    """
    rules, possible = list(rules), set(stated)
    missing = [{atom.predicate for atom in rule.positive()} - possible for rule in rules]
    waiting_for: dict[str, list[int]] = {}
    for number, predicates in enumerate(missing):
        for predicate in predicates:
            waiting_for.setdefault(predicate, []).append(number)
    ready, alive = [number for number, predicates in enumerate(missing) if not predicates], set[int]()
    while ready:
        number = ready.pop()
        alive.add(number)
        head = rules[number].head.predicate
        if head not in possible:
            possible.add(head)
            for other in waiting_for.get(head, ()):
                missing[other].discard(head)
                if not missing[other]:
                    ready.append(other)
    live = [rule for number, rule in enumerate(rules) if number in alive]
    uses: dict[str, set[str]] = {}
    for rule in live:
        uses.setdefault(rule.head.predicate, set()).update(atom.predicate for atom in rule.atoms())
    seen, waiting = set(wanted), list(wanted)
    while waiting:
        for predicate in uses.get(waiting.pop(), ()):
            if predicate not in seen:
                seen.add(predicate)
                waiting.append(predicate)
    return [rule for rule in live if rule.head.predicate in seen]
