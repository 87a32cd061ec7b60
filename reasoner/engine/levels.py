"""Which ways to an atom do not rest on the atom itself: every proof goes strictly down."""

from __future__ import annotations

from reasoner.engine.evaluate import Derivation, Ground, Model


class Levels:
    """In how many rounds atoms are reached from the facts, found for those that may rest on themselves.

    ``recursive``: only through these predicates can an atom rest on itself.
    """

    def __init__(self, model: Model, recursive: frozenset[str]) -> None:
        self.model, self.recursive = model, recursive
        self._levels: dict[Ground, int] = {}

    def ways(self, atom: Ground) -> list[Derivation]:
        """The derivations of an atom of which all supports are reached before it: at least one."""
        found = list(self.model.derivations[atom])
        return [d for d in found if self._is_below(d, atom)] if atom[0] in self.recursive else found

    def _is_below(self, derivation: Derivation, atom: Ground) -> bool:
        if atom not in self._levels:
            self._find(atom)
        return all(self._levels.get(s, 0) < self._levels[atom] for s in derivation.supports())

    def _find(self, atom: Ground) -> None:
        """The levels of an atom and of all that it rests on in a circle."""
        circular, waiting = {atom}, [atom]
        while waiting:
            for derivation in self.model.derivations[waiting.pop()]:
                for support in derivation.supports():
                    fresh = support not in circular and support not in self._levels
                    if fresh and support[0] in self.recursive and support not in self.model.given:
                        circular.add(support)
                        waiting.append(support)
        level = max(self._levels.values(), default=0)
        while circular:
            level += 1
            ready = {
                a
                for a in circular
                if any(circular.isdisjoint(d.supports()) for d in self.model.derivations[a])
            }
            self._levels |= dict.fromkeys(ready, level)
            circular -= ready
