"""The journal of the record: what each transaction added and retracted, by whom, when, why, from which files.

Counted in the database: a transaction of 100,000 statements is never read as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from reasoner.records.record import Object, Record, Source, Statement
from reasoner.records.schema import SET_ASIDE, SOURCES, STATEMENTS, TRANSACTIONS

Side = Literal["added", "retracted"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction. Counts are of statements, and of rows of files (or of what a person entered).

    A row is new when nothing of it was retracted here, changed when some was, withdrawn when nothing of
    it was added. ``at`` is the moment as ISO 8601 in UTC; ``files`` maps names to SHA-256. ``behind``: the
    clock stood before that of an earlier transaction; the numbers, not the moments, tell the order.
    """

    id: int
    at: str
    who: str
    why: str
    files: Mapping[str, str]
    added: int = 0
    retracted: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_withdrawn: int = 0
    set_aside: int = 0
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One statement that a transaction added or retracted, the latter with the reason recorded for it."""

    side: Side
    statement: Statement
    reason: str | None = None


def entries(record: Record, page: int = 1, per_page: int = 20) -> tuple[list[Entry], int]:
    """Transactions, the last first, and how many there are; pages count from 1."""
    total = int(record.ask(sa.select(sa.func.count()).select_from(TRANSACTIONS))[0][0])
    query = sa.select(TRANSACTIONS).order_by(TRANSACTIONS.c.id.desc())
    found = record.ask(query.limit(per_page).offset((page - 1) * per_page))
    return _counted(record, found), total


def entry(record: Record, number: int) -> Entry | None:
    """One transaction by its number."""
    found = record.ask(sa.select(TRANSACTIONS).where(TRANSACTIONS.c.id == number))
    return next(iter(_counted(record, found)), None)


def _counted(record: Record, found: Sequence[sa.Row[Any]]) -> list[Entry]:
    ids = [row.id for row in found]
    if not ids:
        return []
    s, o = STATEMENTS.c, SOURCES.c
    sides = [
        sa.select(column.label("tx"), o.file, o.sheet, o.key, o.by, o.at, a.label("a"), g.label("g"))
        .join_from(STATEMENTS, SOURCES, s.source == o.id)
        .where(column.in_(ids))
        for column, a, g in (
            (s.added, sa.literal(1), sa.literal(0)),
            (s.retracted, sa.literal(0), sa.literal(1)),
        )
    ]
    each = sa.union_all(*sides).subquery()
    place = (each.c.tx, each.c.file, each.c.sheet, each.c.key, each.c.by, each.c.at)
    rows = (
        sa.select(each.c.tx, sa.func.sum(each.c.a).label("a"), sa.func.sum(each.c.g).label("g"))
        .group_by(*place)
        .subquery()
    )

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    query = sa.select(
        rows.c.tx,
        sa.func.sum(rows.c.a),
        sa.func.sum(rows.c.g),
        number(rows.c.g == 0),
        number(sa.and_(rows.c.a > 0, rows.c.g > 0)),
        number(rows.c.a == 0),
    ).group_by(rows.c.tx)
    names = ("added", "retracted", "rows_new", "rows_changed", "rows_withdrawn")
    counts: dict[int, dict[str, int]] = {}
    for row in record.ask(query):
        numbers = [int(number) for number in row]
        counts[numbers[0]] = dict(zip(names, numbers[1:], strict=True))
    waiting = sa.select(SET_ASIDE.c.added, sa.func.count()).where(SET_ASIDE.c.added.in_(ids))
    earlier = TRANSACTIONS.alias()
    latest = sa.select(sa.func.max(earlier.c.at)).where(earlier.c.id < TRANSACTIONS.c.id).scalar_subquery()
    late = sa.select(TRANSACTIONS.c.id).where(TRANSACTIONS.c.id.in_(ids), TRANSACTIONS.c.at < latest)
    behind = {tx for (tx,) in record.ask(late)}
    aside = {tx: int(n) for tx, n in record.ask(waiting.group_by(SET_ASIDE.c.added))}
    return [
        Entry(
            id=row.id,
            at=row.at,
            who=row.who,
            why=row.why,
            files=json.loads(row.files),
            set_aside=aside.get(row.id, 0),
            behind=row.id in behind,
            **counts.get(row.id, {}),
        )
        for row in found
    ]


def changes(record: Record, number: int, page: int = 1, per_page: int = 100) -> list[Change]:
    """What one transaction changed, by row of the files, what was retracted before what was added."""
    s, o = STATEMENTS.c, SOURCES.c
    query = (
        sa.select(STATEMENTS, o.file, o.sheet, o.row, o.url, o.by, o.at, o.note, o.key)
        .join_from(STATEMENTS, SOURCES, s.source == o.id)
        .where(sa.or_(s.added == number, s.retracted == number))
        .order_by(o.file, o.sheet, o.row, s.added, s.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return [_change(row, number) for row in record.ask(query)]


def _change(row: sa.Row[Any], number: int) -> Change:
    origin = Source(row.file, row.sheet, row.row, row.columns, row.url, row.by, row.at, row.note, row.key)
    value: Object = row.object
    if row.kind == "class":
        value = None
    elif row.kind in ("date", "integer"):
        value = int(row.object)
    statement = Statement(
        row.id, row.predicate, row.subject, value, row.kind, origin, row.added, row.retracted
    )
    if row.retracted == number:
        return Change("retracted", statement, row.reason)
    return Change("added", statement)
