"""The posts of a unit on a day, as recorded: posts, never persons."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from reasoner.engine.conclusions import iso
from reasoner.pipeline import World
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Text


@dataclass(frozen=True)
class HeldPost:
    """A post that existed on the as-of date, never a person; ``in_charge_of`` as duties are divided."""

    post: str
    name: Text
    unit: str
    unit_name: Text
    since: str | None
    until: str | None
    in_charge_of: tuple[Text, ...]

    def to_dict(self) -> dict[str, Any]:
        """The post as JSON-ready data."""
        return asdict(self)


def posts(world: World, unit: str) -> list[HeldPost]:
    """The posts of a unit that the record says existed on the as-of date of the world."""
    found = []
    for row in sorted(world.model.match("postOf", (unit, None)), key=str):
        post = row[1]
        found.append(
            HeldPost(
                str(post),
                world.speaker.named(post),
                unit,
                world.speaker.named(unit),
                _day(world, "existsFrom", post),
                _day(world, "existsUntil", post),
                tuple(
                    world.speaker.named(each[1]) for each in world.model.match("chargedWith", (post, None))
                ),
            )
        )
    return found


def _day(world: World, predicate: str, value: Value) -> str | None:
    days = [row[1] for row in world.model.match(predicate, (value, None)) if isinstance(row[1], int)]
    return iso(min(days)) if days else None
