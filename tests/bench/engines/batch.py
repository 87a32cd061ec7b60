"""DuckDB as the product uses it for large runs: a folder with a database, every conclusion provable."""

from __future__ import annotations

import shutil

import duckdb

from reasoner.batch.run import Run
from reasoner.engine import calendar
from tests.bench.engines.task import Task
from tests.bench.facts import ARGUMENTS


def run(task: Task) -> None:
    """Make a run of the statements, and reason.

    What the rules only conclude on the way is not stored; to compare it as well, the rules are run once more.
    """
    as_of = calendar.to_date(task.job.as_of)
    with task.phase("load"):
        made = Run.create(task.job.home / "run", [task.statements], task.rules, as_of)
    with task.phase("reason"):
        made.reason()
    task.reasoned()
    made.close()
    shutil.rmtree(made.folder)
    whole = Run.create(task.job.home / "whole", [task.statements], task.rules, as_of)
    whole.reason(also=None)
    _export(task, whole.connection, whole.tables)
    whole.close()
    shutil.rmtree(whole.folder)


def _export(task: Task, connection: duckdb.DuckDBPyConnection, tables: dict[str, int]) -> None:
    """Write every row of every predicate concluded, by name."""
    run = connection.execute
    columns = ", ".join(f"a{i} VARCHAR" for i in range(ARGUMENTS))
    run(f"CREATE TEMP TABLE handed_over (predicate VARCHAR, types VARCHAR, {columns})")
    for predicate, arity in tables.items():
        if predicate not in task.heads:
            continue
        joins = " ".join(f"LEFT JOIN names AS n{i} ON n{i}.code = t.a{i}" for i in range(arity))
        types = " || ".join(f"CASE WHEN n{i}.name IS NULL THEN 'i' ELSE 'n' END" for i in range(arity))
        values = [f"coalesce(n{i}.name, t.a{i}::VARCHAR)" for i in range(arity)]
        values += ["NULL"] * (ARGUMENTS - arity)
        run(
            f"INSERT INTO handed_over SELECT '{predicate}', {types}, {', '.join(values)} "
            f'FROM model."{predicate}" AS t {joins}'
        )
    run(f"COPY handed_over TO '{task.conclusions}' (FORMAT PARQUET)")
