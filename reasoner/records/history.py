"""The history of an issue on record: what was stated about it, corrected and taken back, when and by whom.

Nothing is ever deleted from the record, so its history is read, not kept: every statement carries the number
of the transaction that added it and of the one that retracted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reasoner.records.record import Record, Statement


@dataclass(frozen=True)
class Step:
    """What one transaction did about an issue: ``at`` (UTC, ISO), ``who``, ``why``, its number.

    ``corrected`` are pairs (before, after) of statements of one subject and predicate of which one was
    retracted and one added in this transaction; ``added`` and ``retracted`` are the others. ``reasons`` are
    those given for the retractions.
    """

    version: int
    at: str
    who: str
    why: str
    added: tuple[Statement, ...]
    corrected: tuple[tuple[Statement, Statement], ...]
    retracted: tuple[Statement, ...]
    reasons: tuple[str, ...]


def history(record: Record, issue: str) -> list[Step]:
    """What happened on record to an issue and to the acts, findings and tasks about it, the newest first."""
    past = {s.id: (s, why) for s, why in record.past((issue,))}
    about = sorted({s.subject for s, _ in past.values()} - {issue})
    past |= {s.id: (s, why) for s, why in record.past(about, as_object=False)}
    transactions = {each["id"]: each for each in record.transactions()}
    versions = {v for s, _ in past.values() for v in (s.added, s.retracted) if v is not None}
    return [_step(transactions[version], list(past.values())) for version in sorted(versions, reverse=True)]


def _step(transaction: dict[str, Any], past: Sequence[tuple[Statement, str | None]]) -> Step:
    version = int(transaction["id"])
    added = [s for s, _ in past if s.added == version]
    gone = [(s, why) for s, why in past if s.retracted == version]
    corrected, rest = _pairs([s for s, _ in gone], added)
    again = {after.id for _, after in corrected}
    return Step(
        version,
        str(transaction["at"]),
        str(transaction["who"]),
        str(transaction["why"]),
        tuple(s for s in added if s.id not in again),
        tuple((before, after) for before, after in corrected if before.object != after.object),
        tuple(rest),
        tuple(dict.fromkeys(why for _, why in gone if why)),
    )


def _pairs(
    gone: Iterable[Statement], added: Iterable[Statement]
) -> tuple[list[tuple[Statement, Statement]], list[Statement]]:
    """Statements replaced in one transaction, each with its successor, and those without one.

    The same statement retracted and added again (moved to another row of its file) is a pair as well.
    """
    waiting: dict[tuple[str, str], list[Statement]] = {}
    for each in added:
        waiting.setdefault((each.subject, each.predicate), []).append(each)
    pairs, rest = [], []
    for each in gone:
        successors = waiting.get((each.subject, each.predicate), [])
        same = next((s for s in successors if s.object == each.object), None)
        after = same or (successors[0] if successors else None)
        if after is None:
            rest.append(each)
        else:
            successors.remove(after)
            pairs.append((each, after))
    return pairs, rest
