"""The tables of a run as columns in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reasoner.batch.evaluation import quoted
from reasoner.batch.run import Run
from reasoner.engine.columns import Columns, Integers, Table, stored


def given(run: Run) -> Iterator[tuple[str, Table]]:
    """What facts, ontology, parameters, day and calendar state, by predicate that rules read."""
    execute = run.connection.execute
    found = execute(
        "SELECT name, code, arity FROM predicates WHERE used AND code IN "
        "(SELECT predicate FROM facts UNION SELECT predicate FROM stated) ORDER BY name"
    ).fetchall()
    for name, code, arity in found:
        columns = ", ".join(f"a{i}" for i in range(arity))
        tables = ("facts", "stated") if arity < 3 else ("stated",)
        parts = [f"SELECT {columns} FROM {table} WHERE predicate = {code}" for table in tables]
        yield name, stored(_columns(run, f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)})"))


def held(run: Run, predicate: str) -> Table:
    """What holds of a predicate that rules conclude."""
    return stored(_columns(run, f"FROM model.{quoted(predicate)}"))


def made_ready(tables: dict[str, Table]) -> None:
    """Sort every column of large tables, so that no change has to wait for that."""
    for table in tables.values():
        if isinstance(table, Columns):
            table.sort()


def _columns(run: Run, query: str) -> list[Integers]:
    return [np.asarray(column) for column in run.connection.execute(query).fetchnumpy().values()]
