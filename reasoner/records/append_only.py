"""Tables whose rows are only ever added: the database itself refuses to change or remove one."""

from __future__ import annotations

import sqlalchemy as sa


def append_only(*tables: sa.Table) -> None:
    """Let the database refuse, from when the tables are made, what would change or remove a row of them."""
    for table in tables:
        sa.event.listen(table, "after_create", _refuse)


def _refuse(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    refused = f"{table.name}: rows are never changed or removed"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {table.name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
        )
    for event in ("UPDATE", "DELETE"):
        name = f"{table.name}_no_{event.lower()}"
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            )
        elif connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table.name} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table.name}_refuse()"
            )
