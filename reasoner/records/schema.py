"""The tables of the record. Nothing is ever deleted from them: a retraction writes who retracted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

CHUNK = 20_000
"""Rows that are written at once."""

SCHEMA = sa.MetaData()
TRANSACTIONS = sa.Table(
    "transactions",
    SCHEMA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
SOURCES = sa.Table(
    "sources",
    SCHEMA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file", sa.Text, nullable=False, index=True),
    sa.Column("sheet", sa.Text),
    sa.Column("row", sa.Integer),
    sa.Column("key", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("by", sa.Text),
    sa.Column("at", sa.Text),
    sa.Column("note", sa.Text),
)
# ``object`` is never NULL: an Arrow reader that meets only NULLs first would take it for a number.
STATEMENTS = sa.Table(
    "statements",
    SCHEMA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.BigInteger, sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("columns", sa.Text),
    sa.Column("added", sa.BigInteger, nullable=False),
    sa.Column("retracted", sa.BigInteger),
    sa.Column("reason", sa.Text),
)
SET_ASIDE = sa.Table(
    "set_aside",
    SCHEMA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file", sa.Text, nullable=False, index=True),
    sa.Column("sheet", sa.Text),
    sa.Column("row", sa.Integer),
    sa.Column("key", sa.Text),
    sa.Column("cells", sa.Text, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),
    sa.Column("added", sa.BigInteger, nullable=False),
    sa.Column("resolved", sa.BigInteger),
)


def insert_all(connection: sa.Connection, table: sa.Table, rows: list[tuple[Any, ...]]) -> None:
    """Insert whole rows in bulk; tuples go straight to the driver where it takes them."""
    insert = table.insert()
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        if connection.dialect.positional:
            connection.exec_driver_sql(str(insert.compile(dialect=connection.dialect)), chunk)
        else:
            names = table.columns.keys()
            connection.execute(insert, [dict(zip(names, row, strict=True)) for row in chunk])
