"""The statements of a table that is read by columns, as SELECTs that stream from DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from reasoner.ledger.cells import KNOWN, OWN, PLACED
from reasoner.ledger.column_rows import text
from reasoner.ledger.columns import Columns
from reasoner.ledger.layouts import Item

SHAPE = "predicate, subject, object, kind, n, columns"
"""What each SELECT yields; n is the row of the sheet, from 0."""


def statements(columns: Columns) -> Iterator[str]:
    """SELECTs of what the plain rows of a table state, as far as it is wanted."""
    columns.settle()
    live, handles, layout = columns.live, columns.handles, columns.reader.layout
    for handle, entity in layout.entities.items():
        for name in entity.classes:
            if columns.wants(name):
                e = handles[handle]
                yield f"SELECT {text(name)}, {e}, '', 'class', n, NULL FROM {live} WHERE {e} IS NOT NULL"
    for item, at in columns.reader.items:
        wanted = f"{handles[item.of]} IS NOT NULL AND c{at} <> '' AND c{at} NOT IN ({columns.empty})"
        if item.value == "text" and columns.wants(item.property):
            said = _formed(item, f"c{at}")
            if item.label:
                said = f"{text(item.label)} || {said}"
            yield _select(columns, item, at, said, "text", wanted)
        elif item.value in KNOWN and item.property and columns.wants(item.property):
            said = _formed(item, f"c{at}") if item.value == "ref" else f"c{at}"
            yield _select(columns, item, at, said, "entity", f"{wanted} AND {columns.is_known(item, at)}")
    yield from _read(columns)
    for predicate, subject, object in layout.links:
        target = "inspection" if object == "inspection" else handles[object]
        if columns.wants(predicate):
            there = f"{handles[subject]} IS NOT NULL AND {target} IS NOT NULL"
            yield (
                f"SELECT {text(predicate)}, {handles[subject]}, {target}, 'entity', n, NULL "
                f"FROM {live} WHERE {there}"
            )


def _formed(item: Item, cell: str) -> str:
    before, _, after = item.form.partition("{}")
    return " || ".join([*([text(before)] if before else []), cell, *([text(after)] if after else [])])


def _select(columns: Columns, item: Item, at: int, said: str, kind: str, wanted: str) -> str:
    ends = (columns.handles[item.of], said)
    subject, object = reversed(ends) if item.reverse and kind == "entity" else ends
    return (
        f"SELECT {text(item.property)}, {subject}, {object}, {text(kind)}, n, "
        f"{text(columns.shown(item, at))} FROM {columns.live} WHERE {wanted}"
    )


def _read(columns: Columns) -> Iterator[str]:
    """What cells were read to state, joined to the rows that have them."""
    for number, (item, at, found, district) in enumerate(columns.claims):
        rows = [
            (
                *cell,
                claim.predicate,
                None if claim.subject == OWN else claim.subject,
                None if claim.object == OWN else "" if claim.object is None else str(claim.object),
                claim.kind,
                claim.columns,
            )
            for cell, claim in found.claims
            if columns.wants(claim.predicate)
        ]
        if not rows:
            continue
        kinds = [pa.string(), pa.string(), pa.int64(), *[pa.string()] * 5]
        names = ["said", "near", "days", "predicate", "subject", "object", "kind", "shown"]
        arrays = [pa.array(each, kind) for each, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        columns.database.register("told", pa.table(arrays, names))
        name, e = f"told_{columns.number}_{number}", columns.handles[item.of]
        columns.database.execute(f"CREATE TEMP TABLE {name} AS FROM told")
        columns.database.unregister("told")
        near = f" AND m.near = t.{district} AND m.days = t.mask" if item.value in PLACED else ""
        yield (
            f"SELECT m.predicate, coalesce(m.subject, t.{e}), coalesce(m.object, t.{e}), m.kind, t.n, "
            f"m.shown FROM {columns.live} t JOIN {name} m ON m.said = t.c{at}{near} WHERE t.{e} IS NOT NULL"
        )
