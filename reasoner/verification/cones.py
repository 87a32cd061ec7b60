"""The rules that a property rests on: the rule base read backwards from it, for one norm at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reasoner.asking.slices import NORM as OF_NORM
from reasoner.asking.slices import Key, Slices
from reasoner.engine.calendar import MONTHS_AFTER
from reasoner.engine.facts import AS_OF
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Rule, Value, Var
from reasoner.verification.properties import NORM

GIVEN = frozenset({AS_OF, MONTHS_AFTER})
"""What is neither recorded nor concluded: the day of asking and the calendar."""


class Cones:
    """The rules of an ontology and of one property (axioms included), ready to be read backwards."""

    def __init__(self, ontology: Ontology, own: Iterable[Rule]) -> None:
        own = tuple(own)
        declared = ontology.vocabulary.predicates
        norms = frozenset[Value](ontology.book.by_constant)
        rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in (*ontology.book.rules, *own):
            rules[rule.head.predicate].append(rule)
        of_norms = {name for name in rules if name in declared and declared[name].arguments[:1] == (OF_NORM,)}
        of_norms |= {r.head.predicate for r in own if {*r.head.args[:1]} & {NORM, *norms}}
        recordable = frozenset(name for name, predicate in declared.items() if not predicate.derived)
        self.slices = Slices(dict(rules), frozenset(of_norms), recordable, norms)

    def possible(self, predicate: str, norm: Value | None) -> bool:
        """Whether anything recorded could ever make it true."""
        return self.slices.possible(predicate, norm)

    def of(self, *goals: Key) -> list[Rule]:
        """The rules that the goals rest on; what nothing recorded could make true is left out."""
        seen: set[Key] = set()
        waiting = list(goals)
        rules: dict[str, Rule] = {}
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            for rule in self.slices.live(*key):
                rules[str(rule)] = rule
                waiting += (self._key(atom) for atom in _read(rule))
        return list(rules.values())

    def _key(self, atom: Atom) -> Key:
        first = atom.args[0] if atom.args else None
        return self.slices.key(atom.predicate, None if isinstance(first, Var) else first)


def _read(rule: Rule) -> Iterator[Atom]:
    yield from rule.positive()
    yield from rule.negated()
    for count in rule.counts():
        yield from count.atoms
