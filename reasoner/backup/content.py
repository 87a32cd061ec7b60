"""The tables that make up a record, and whether what they say agrees with the digests in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from reasoner.audit import log
from reasoner.receipts import chain
from reasoner.records import schema
from reasoner.records.transaction import MODULUS, weight

FORMAT = "zelian-backup/1"
MANIFEST = "manifest.json"
BATCH = 50_000
"""Rows that are held at once."""

_TYPES: dict[type, pa.DataType] = {
    sa.BigInteger: pa.int64(),
    sa.Integer: pa.int64(),
    sa.Text: pa.string(),
    sa.Boolean: pa.bool_(),
    sa.LargeBinary: pa.binary(),
}


_PARTS = (schema.SCHEMA, chain.SCHEMA, log.SCHEMA)
"""The last, the audit log, is a part only on a server; beside a file it is a file of its own (``beside``)."""


class BackupError(Exception):
    """What cannot be backed up or restored, and why (zh / en)."""


@dataclass(frozen=True)
class Disagreement:
    """Something that the record says of itself and that is not so."""

    zh: str
    en: str


def tables() -> list[sa.Table]:
    """Every table of a record, those first that others refer to."""
    return [table for metadata in _PARTS for table in metadata.sorted_tables]


def create(connection: sa.Connection, names: Container[str]) -> None:
    """Make those of the tables that are not there."""
    for metadata in _PARTS:
        metadata.create_all(connection, [table for table in metadata.sorted_tables if table.name in names])


def arrow_schema(table: sa.Table) -> pa.Schema:
    """The columns of a table as a Parquet file has them."""
    return pa.schema([(column.name, _TYPES[type(column.type)]) for column in table.columns])


def rows(connection: sa.Connection, table: sa.Table) -> Iterator[pa.RecordBatch]:
    """The rows of a table by its key, some at a time."""
    kind = arrow_schema(table)
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for part in connection.execute(query).partitions():
        columns = [pa.array(each, of.type) for each, of in zip(zip(*part, strict=True), kind, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=kind)


def disagreements(connection: sa.Connection) -> Iterator[Disagreement]:
    """Compare the statements with the digest that every transaction noted, and look for their sources.

    A statement that was changed, lost or added past the program shows in the digest of its transaction.
    """
    s, o, t = schema.STATEMENTS.c, schema.SOURCES.c, schema.TRANSACTIONS.c
    query = sa.select(s.predicate, s.subject, s.object, s.kind, s.added, s.retracted, o.file).join(
        schema.SOURCES, s.source == o.id, isouter=True
    )
    shares: dict[int, int] = defaultdict(int)
    homeless = 0
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        if row.file is None:
            homeless += 1
            continue
        share = weight(tuple(row[:4]), row.file)
        shares[row.added] += share
        if row.retracted is not None:
            shares[row.retracted] -= share
    if homeless:
        yield Disagreement(f"{homeless} 条语句没有来源", f"{homeless} statements have no source")
    state, number = 0, 0
    for number, digest in connection.execute(sa.select(t.id, t.digest).order_by(t.id)):
        state = (state + shares.pop(number, 0)) % MODULUS
        if f"{state:032x}" != digest:
            yield Disagreement(
                f"第 {number} 次入库的语句与当时记下的摘要不符",
                f"the statements of transaction {number} do not have the digest noted then",
            )
            return  # every later one differs as well
    if shares:
        yield Disagreement(
            f"有语句属于并不存在的第 {min(shares)} 次入库",
            f"there are statements of a transaction {min(shares)} that is not there",
        )


def unknown(connection: sa.Connection) -> list[str]:
    """The tables of a database that belong to no known part of a record."""
    there: list[Any] = sa.inspect(connection).get_table_names()
    return sorted(set(there) - {table.name for table in tables()})
