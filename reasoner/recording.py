"""What a draft would change, and how it is put on record, with who entered it and when.

Nothing is deleted: a correction retracts what no longer holds and adds what holds instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reasoner.entry import Draft, atom
from reasoner.evaluate import Ground
from reasoner.pipeline import World
from reasoner.record import Record, Source
from reasoner.vocabulary import Text
from reasoner.whatif import Change, Difference, altered_world, difference

_ORIGIN = {"entry": "draft"}


class Outdated(Exception):  # noqa: N818 (a statement about the record, as the reader is told)
    """The record has changed since the draft was read: read it again, and look at its effect again."""


@dataclass(frozen=True)
class Saved:
    """What was stored: the transaction's number, when (UTC), the statements added and retracted, by id."""

    version: int
    at: str
    added: tuple[int, ...]
    retracted: tuple[int, ...]


def compared(world: World, draft: Draft) -> tuple[World, Difference]:
    """A world with a draft on record, and how it differs from what it is now."""
    used = world.rules.book.used
    added = [(atom(c), _ORIGIN) for c in draft.added if c.predicate in used]
    removed = [atom(s) for s in draft.gone if atom(s) not in draft.kept_elsewhere]
    names = {id: name for id, name in draft.names.items() if id not in world.speaker.names}
    after = altered_world(world, added, removed, **names)
    return after, difference(world, after)


def said(before: World, after: World, fact: Ground) -> Text:
    """The sentence of a fact, by the names of the world that knows it."""
    return (after if after.model.holds(fact) else before).speaker.atom(fact)


def changes_about(found: Difference, matter: str) -> tuple[Change, ...]:
    """The changes that are about a matter itself, or about a task or a plan of it and no issue."""
    kept = []
    for change in found.changes:
        one = change.after or change.before
        assert one is not None  # a change has a side
        if matter in one.issues or one.subject == matter or (one.inspection == matter and not one.issues):
            kept.append(change)
    return tuple(kept)


def save(record: Record, draft: Draft, who: str, why: str, note: str = "") -> Saved:
    """Put a draft on record in one transaction, its source being who entered it and when.

    Raises Outdated when the record is not in the state that the draft was read against, ValueError for a
    draft that is not usable.
    """
    if not draft.usable:
        raise ValueError(draft.id)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    kind = f"{draft.form.layout.layout}/{draft.form.layout.name}" if draft.form else "retraction"
    source = Source(by=who, at=at, note=note or None, key=f"{kind}/{draft.id}")
    with record.transaction(who, why) as change:
        if change.id != draft.version + 1:
            raise Outdated(draft.version)
        for gone in draft.gone:
            change.retract(gone.id, why)
        added = tuple(
            change.add(c.predicate, c.subject, c.object, c.kind, replace(source, columns=c.columns))
            for c in draft.added
        )
        return Saved(change.id, at, added, tuple(s.id for s in draft.gone))
