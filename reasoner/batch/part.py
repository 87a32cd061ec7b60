"""A world that is a part of a larger one and says only what the larger one says too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground, Model
from reasoner.engine.facts import Facts
from reasoner.engine.reevaluate import reevaluate
from reasoner.pipeline import World


class PartWorld(World):
    """A case that is silent on some matters and bearers: what it would say of them is not all there is."""

    def __init__(
        self,
        like: World,
        facts: Facts,
        model: Model,
        names: Mapping[str, str],
        silent: frozenset[tuple[str, str]],
    ) -> None:
        super().__init__(facts, like.rules, like.as_of, names, origin=like.origin, model=model)
        self.silent = silent
        """Pairs of a matter and a bearer."""

    @cached_property
    def _all(self) -> list[Conclusion]:
        return [c for c in super()._all if not is_silent(self, c.atom)]

    def altered(self, facts: Facts, names: dict[str, str]) -> World:
        """The world of other facts, silent on the same."""
        model = reevaluate(self.model, facts.atoms, self.rules.program)
        return PartWorld(self, facts, model, {**self.speaker.names, **names}, self.silent)


def is_silent(world: World, atom: Ground) -> bool:
    """Whether a world keeps back what it concludes of this matter and bearer."""
    if not isinstance(world, PartWorld):
        return False
    return (str(atom[1][1]), str(atom[1][2])) in world.silent
