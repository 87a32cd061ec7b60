"""What a draft would change, and how it is put on record, with who entered it and when.

Nothing is deleted: a correction retracts what no longer holds and adds what holds instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from reasoner.asking.whatif import Change, Difference, altered_world, difference
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import altered
from reasoner.engine.reader import READ, Reader
from reasoner.engine.survey import Survey
from reasoner.entries.entry import Draft, atom
from reasoner.pipeline import Engine, Ontology, World, solve
from reasoner.records.record import Record, Source
from reasoner.rulebook.sentences import Speaker
from reasoner.rulebook.vocabulary import Text

Turn = tuple[Conclusion | None, Conclusion | None]
"""A conclusion before and after; None where there is none."""

_ORIGIN = {"entry": "draft"}
_MATTERS = frozenset({"issue", "inspection"})
_LARGE = 100_000
"""Facts from which on the rules run on DuckDB, which takes some seconds to begin with."""


class Outdated(Exception):  # noqa: N818 (a statement about the record, as the reader is told)
    """The record has changed since the draft was read: read it again, and look at its effect again."""


@dataclass(frozen=True)
class Saved:
    """What was stored: the transaction's number, when (UTC), the statements added and retracted, by id."""

    version: int
    at: str
    added: tuple[int, ...]
    retracted: tuple[int, ...]


def case(survey: Survey, draft: Draft, matter: str) -> World:
    """What bears on a matter, with what is on record about everything that a draft names."""
    named = {str(c.object) for c in draft.added if c.kind == "entity"} | {c.subject for c in draft.added}
    return survey.case_with(matter, (id for id in named if survey.surroundings.knows(id)))


def compared(world: World, draft: Draft) -> tuple[World, Difference]:
    """A world with a draft on record, and how it differs from what it is now."""
    names = {id: name for id, name in draft.names.items() if id not in world.speaker.names}
    added, removed = _change(world.rules, draft)
    after = altered_world(world, added, removed, **names)
    return after, difference(world, after)


def _change(rules: Ontology, draft: Draft) -> tuple[list[tuple[Ground, dict[str, Any]]], list[Ground]]:
    """The facts that a draft adds and takes away; what another source states too stays."""
    added: list[tuple[Ground, dict[str, Any]]] = [
        (atom(c), _ORIGIN) for c in draft.added if c.predicate in rules.book.used
    ]
    return added, [atom(s) for s in draft.gone if atom(s) not in draft.kept_elsewhere]


def everywhere(survey: Survey, draft: Draft) -> list[Turn]:
    """What would change about anything on record: the whole of it is evaluated once more, without proofs.

    Takes seconds on a large record. Conclusions that stay, with something else said beside, are left out.
    """
    rules, day = survey.rules, calendar.to_int(survey.as_of)
    facts = altered(survey.facts, rules.book, day, *_change(rules, draft))
    statuses = [p.name for p in rules.vocabulary.predicates.values() if p.is_status and p.roles]
    remarks = {p.name for p in rules.vocabulary.predicates.values() if p.is_remark}
    engine: Engine = "memory" if len(facts.atoms) < _LARGE else "duckdb"
    model = solve(facts, rules, engine, {*statuses, *remarks, *READ})
    speaker = Speaker(rules.vocabulary, rules.book, {**survey.names, **draft.names}, model)
    reader = Reader(model, rules.vocabulary, rules.book, speaker, day)
    known = {each.atom: each for each in survey.conclusions}
    gone = {a: c for a, c in known.items() if not model.holds(a)}
    come = [(p, row) for p in statuses for row in model.rows(p) if (p, row) not in known]
    turns: list[Turn] = []
    for fresh in map(reader.conclusion, come):
        before = next((a for a, c in gone.items() if _place(c) == _place(fresh)), None)
        turns.append((gone.pop(before) if before else None, fresh))
    return [*turns, *((each, None) for each in gone.values())]


def reaches_far(survey: Survey, draft: Draft, matters: Iterable[str]) -> bool:
    """Whether a draft may change more than what is said of the matters that it leads to.

    So it is when it leads to none, to an inspection with its issues, or makes a new issue or inspection.
    """
    matters = list(matters)
    new = any(c.kind == "class" and not survey.surroundings.knows(c.subject) for c in draft.added)
    own = new and draft.form is not None and draft.form.kind in _MATTERS
    return own or not matters or any(survey.surroundings.issues_of(each) for each in matters)


def _place(one: Conclusion) -> tuple[str, str, str]:
    return one.norm, one.subject, str(one.atom[1][2]) if one.bearers else ""


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
