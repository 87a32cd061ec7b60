"""Random worlds over the whole vocabulary, stranger than any ledger: made up, or shaken from cases."""

from __future__ import annotations

import random

from reasoner.engine import facts
from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import Facts
from reasoner.pipeline import Ontology
from reasoner.rulebook.vocabulary import ANYTHING, Predicate, Vocabulary

_DAYS = [20210101, 20240312, 20240912, 20240913, 20240601, 20240831, 20250228, 20251106, 20260125]
_THINGS = 26
_OWN = 0.55  # how often a value is a thing of this world rather than an individual of the ontology


class _Maker:
    def __init__(self, seed: int, rules: Ontology) -> None:
        self.dice = random.Random(seed)
        self.vocabulary: Vocabulary = rules.vocabulary
        used = {a.predicate for rule in rules.book.rules for a in rule.atoms()}
        plain = [self.vocabulary.predicates[name] for name in sorted(used)]
        self.properties = [p for p in plain if p.arity == 2 and not p.derived]
        # classes that only the ontology fills (kinds, words) get no new members
        self.classes = [p for p in plain if p.is_class and "Kind" not in self._ancestors(p)]
        self.members: dict[str, list[str]] = {}
        self.fixed: dict[str, list[str]] = {}
        for individual in self.vocabulary.individuals.values():
            for own in individual.classes:
                for parent in self.vocabulary.ancestors(own):
                    self.fixed.setdefault(parent, []).append(individual.name)
        self.atoms: dict[Ground, None] = {}

    def _ancestors(self, predicate: Predicate) -> set[str]:
        return self.vocabulary.ancestors(self.vocabulary.class_names[predicate.name])

    def make(self) -> list[Ground]:
        things: dict[str, set[str]] = {}
        for i in range(_THINGS):
            thing = f"x{i} 甲"
            for predicate in self.dice.sample(self.classes, self.dice.choice((1, 1, 1, 2))):
                self.atoms[predicate.name, (thing,)] = None
                things.setdefault(thing, set()).update(self._ancestors(predicate))
        for thing, kinds in things.items():
            for kind in kinds:
                self.members.setdefault(kind, []).append(thing)
        for thing, kinds in things.items():
            for predicate in self.properties:
                if not kinds & set(predicate.arguments[0]) and predicate.arguments[0] != (ANYTHING,):
                    continue
                for _ in range(self.dice.choice((0, 1, 1, 1, 2))):
                    value = self.value(predicate.arguments[1])
                    if value is not None:
                        self.atoms[predicate.name, (thing, value)] = None
        return list(self.atoms)

    def value(self, kinds: tuple[str, ...]) -> str | int | None:
        if set(kinds) & {"date", "integer"}:
            return self.dice.choice(_DAYS)
        own = [m for kind in kinds for m in self.members.get(kind, ())]
        if ANYTHING in kinds:
            own = sorted({m for group in self.members.values() for m in group})
        fixed = [m for kind in kinds for m in self.fixed.get(kind, ())]
        pool = own if own and (not fixed or self.dice.random() < _OWN) else fixed
        return self.dice.choice(pool) if pool else None


def random_world(seed: int, rules: Ontology) -> Facts:
    """Facts about some two dozen things of random classes, tied by random properties that fit them."""
    maker = _Maker(seed, rules)
    atoms = maker.make()
    day = maker.dice.choice(_DAYS)
    return facts.gather(None, rules.book, rules.vocabulary, day, more=[(atom, {}) for atom in atoms])


def shaken_world(seed: int, rules: Ontology, given: list[list[Ground]]) -> Facts:
    """The facts of three cases thrown together, some lost, some with another value that fits."""
    dice = random.Random(seed)
    maker = _Maker(seed, rules)
    atoms: dict[Ground, None] = {}
    for case in dice.sample(given, min(3, len(given))):
        atoms |= dict.fromkeys(case)
    for predicate, row in atoms:
        declared = maker.vocabulary.predicates[predicate]
        if declared.is_class:
            for kind in maker.vocabulary.ancestors(maker.vocabulary.class_names[predicate]):
                maker.members.setdefault(kind, []).append(str(row[0]))
    shaken: dict[Ground, None] = {}
    for predicate, row in atoms:
        fate = dice.random()
        if fate < 0.08:
            continue
        if fate < 0.2 and len(row) == 2:
            value = maker.value(maker.vocabulary.predicates[predicate].arguments[1])
            row = (row[0], row[1] if value is None else value)
        shaken[predicate, row] = None
    day = dice.choice(_DAYS)
    return facts.gather(None, rules.book, rules.vocabulary, day, more=[(atom, {}) for atom in shaken])
