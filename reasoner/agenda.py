"""The agenda of a unit: limits to come, limits passed, duties without a limit; and its posts on a day.

Nothing is concluded here: the agenda lists conclusions that carry a date, in the order of their dates, and
the posts that the record says existed on the day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from reasoner.conclusions import Conclusion, elapsed_days, iso
from reasoner.pipeline import World
from reasoner.rules import Value
from reasoner.vocabulary import Text


@dataclass(frozen=True)
class Entry:
    """One line: ``due`` is a limit (yyyy-mm-dd), ``days`` until it (negative: since it passed).

    ``since`` is the start of a duty without limit. ``possible`` lists other dates that may be the limit;
    the conclusion says why.
    """

    conclusion: str
    norm: str
    status: str
    status_label: Text
    unit: str
    unit_name: Text
    sentence: Text
    due: str | None
    days: int | None
    possible: tuple[str, ...]
    since: str | None
    elapsed: int | None
    issue: str | None
    inspection: str | None

    def to_dict(self) -> dict[str, Any]:
        """The line as JSON-ready data."""
        return asdict(self)


def agenda(
    world: World,
    unit: str | None = None,
    start: datetime.date | None = None,
    end: datetime.date | None = None,
) -> list[Entry]:
    """What is dated and still open, by date, for one unit or for all; limits outside start–end are left out.

    A duty of two organs stands in the agenda of each. Duties without a limit come last, the oldest first.
    """
    entries = [
        entry
        for conclusion in world.conclusions()
        if world.rules.vocabulary.predicates[conclusion.status].is_open
        for entry in _entries(conclusion)
        if unit is None or entry.unit == unit
    ]
    dated = [e for e in entries if e.due is not None and _within(e.due, start, end)]
    running = [e for e in entries if e.due is None and e.since is not None]
    dated.sort(key=lambda e: (e.due or "", e.unit, e.norm))
    running.sort(key=lambda e: (e.since or "", e.unit, e.norm))
    return dated + running


def _entries(c: Conclusion) -> Iterator[Entry]:
    due = c.due or (c.possible_due[0] if c.possible_due else None)
    if due is None and c.since is None:
        return
    for bearer in c.bearers:
        yield Entry(
            c.id,
            c.norm,
            c.status,
            c.status_label,
            bearer["id"],
            bearer["name"],
            c.sentence,
            due,
            elapsed_days(c.as_of, due) if due else None,
            c.possible_due,
            c.since,
            elapsed_days(c.since, c.as_of) if c.since else None,
            c.issue,
            c.inspection,
        )


def _within(day: str, start: datetime.date | None, end: datetime.date | None) -> bool:
    return (start is None or day >= start.isoformat()) and (end is None or day <= end.isoformat())


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
