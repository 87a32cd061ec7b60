"""Levels of entities, by their classes: standing, shared by the issues of an inspection, an issue's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reasoner.rulebook.vocabulary import NUMBERS, Vocabulary

STANDING, SHARED, OWN = 0, 1, 2
ISSUE, INSPECTION = "Issue", "Inspection"
_STANDING_CLASSES = frozenset({"Bearer", "Unit", "Body", "Territory", "Sector", "Post", "Kind"})
_GENERAL = frozenset({"Unit", "Body", "Organ", "Bearer"})

Pattern = tuple[int, ...]
"""The levels of the arguments of an atom."""


class Levels:
    """Levels as the classes of the ontology give them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._special = self._bodies_of_inspections()
        self.of_class = {name: self._of(own) for name, own in vocabulary.class_names.items()}
        """By the name of its predicate: the level of a class; None: as what ties its members says."""

    def _bodies_of_inspections(self) -> frozenset[str]:
        """Bodies that exist for an inspection: the domain of a property that leads to one."""
        found = {
            p.arguments[0][0]
            for p in self._vocabulary.predicates.values()
            if p.arity == 2 and not p.derived and p.arguments[1] == (INSPECTION,)
        }
        return frozenset(
            name for name in found - _GENERAL if self._vocabulary.ancestors(name) & _STANDING_CLASSES
        )

    def _of(self, name: str) -> int | None:
        ancestors = self._vocabulary.ancestors(name)
        if ISSUE in ancestors:
            return OWN
        if INSPECTION in ancestors or ancestors & self._special:
            return SHARED
        return STANDING if ancestors & _STANDING_CLASSES else None

    def records(self, kinds: Collection[str]) -> bool:
        """Whether members of the classes may be records."""
        return any(kind not in NUMBERS and kind != "text" and self._of(kind) is None for kind in kinds)

    def of(self, classes: Iterable[str], told: bool) -> int | None:
        """The level of an entity by the predicates of its classes; ``told``: anything is stated of it.

        None when it is a record, whose level depends on what it is tied to.
        """
        levels = {self.of_class.get(name) for name in classes}
        if levels - {None}:
            return max(level for level in levels if level is not None)
        return None if told else STANDING


def likely(vocabulary: Vocabulary, stated: Mapping[str, Collection[Pattern]]) -> dict[str, set[Pattern]]:
    """What is stated, and what is likely to be stated next.

    A record is of an issue or of an inspection; what is stated of the one may be stated of the other.
    """
    levels = Levels(vocabulary)
    found = {name: set(each) for name, each in stated.items()}
    for name, patterns in found.items():
        predicate = vocabulary.predicates.get(name)
        if predicate is not None and not predicate.derived:
            records = [levels.records(kinds) for kinds in predicate.arguments]
            for pattern in list(patterns):
                if not {SHARED, OWN} <= set(pattern):
                    for level in (SHARED, OWN):
                        other = [level if x and r else x for x, r in zip(pattern, records, strict=True)]
                        if not {SHARED, OWN} <= set(other):
                            patterns.add(tuple(other))
    return found
