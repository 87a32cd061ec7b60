"""The floor: what DuckDB needs to look at every fact once and to copy every conclusion, without reasoning."""

from __future__ import annotations

from pathlib import Path

import duckdb

from reasoner.batch.run import Run
from reasoner.engine.sql import NAME_BASE
from tests.bench.engines.task import CONCLUSIONS, Task
from tests.bench.facts import ARGUMENTS


def run(task: Task) -> None:
    """Scan the encoded facts and copy the encoded conclusions, table by table, to a database on disk.

    Both are what another engine read and handed over (``PART-conclusions.parquet`` beside the facts), as
    integers. ``reason`` copies what a run keeps; ``all`` every predicate concluded; ``memory`` the same into
    memory; ``load`` is the encoding.
    """
    home = task.job.home
    for stale in home.glob("*.duckdb*"):
        stale.unlink()
    with duckdb.connect(str(home / "encoded.duckdb")) as connection:
        with task.phase("load"):
            given = _encoded(connection, "given", task.atoms, 3)
            measure = task.job.facts / f"{task.job.part}-{CONCLUSIONS}"
            concluded = _encoded(connection, "concluded", measure, ARGUMENTS)
            connection.execute("CHECKPOINT")
        kept = Run(home, task.rules, False, "1GiB", None).kept
        stored = {p: table for p, table in concluded.items() if p in kept} or concluded
        for phase, tables in (("memory", concluded), ("all", concluded), ("reason", stored)):
            place = ":memory:" if phase == "memory" else str(home / f"{phase}.duckdb")
            with task.phase(phase):
                connection.execute(f"ATTACH '{place}' AS target")
                for table, columns in given.values():
                    sums = ", ".join(f"sum(hash({column}))" for column in columns)
                    connection.execute(f"SELECT {sums} FROM {table}").fetchall()
                for number, (table, _) in enumerate(tables.values()):
                    connection.execute(f"CREATE TABLE target.t{number} AS FROM {table}")
                if phase != "memory":
                    connection.execute("CHECKPOINT target")
                connection.execute("DETACH target")
    task.reasoned()
    task.notes.append(
        f"copying every predicate concluded, not only those that a run keeps: {task.seconds['all']:.2f} s, "
        f"into memory {task.seconds['memory']:.2f} s"
    )


def _encoded(
    connection: duckdb.DuckDBPyConnection, schema: str, place: Path, most: int
) -> dict[str, tuple[str, list[str]]]:
    """A table for each predicate, its rows as integers; the tables with their columns."""
    run = connection.execute
    run(f"CREATE SCHEMA {schema}")
    names = " UNION ".join(
        f"SELECT a{i} AS name FROM read_parquet('{place}') WHERE types[{i + 1}] = 'n'" for i in range(most)
    )
    run(
        f"CREATE TEMP TABLE names_{schema} AS SELECT name, {NAME_BASE} + row_number() OVER () AS code "
        f"FROM ({names})"
    )
    joins = " ".join(f"LEFT JOIN names_{schema} AS n{i} ON n{i}.name = f.a{i}" for i in range(most))
    codes = ", ".join(
        f"CASE WHEN types[{i + 1}] = 'i' THEN f.a{i}::BIGINT ELSE n{i}.code END AS a{i}" for i in range(most)
    )
    run(
        f"CREATE TEMP TABLE all_{schema} AS SELECT predicate, len(types) AS arity, {codes} "
        f"FROM read_parquet('{place}') AS f {joins} ORDER BY predicate"
    )
    found: dict[str, tuple[str, list[str]]] = {}
    for predicate, arity in run(
        f"SELECT predicate, max(arity) FROM all_{schema} GROUP BY predicate ORDER BY predicate"
    ).fetchall():
        columns = [f"a{i}" for i in range(arity)]
        table = f'{schema}."{predicate}"'
        run(
            f"CREATE TABLE {table} AS SELECT {', '.join(columns)} FROM all_{schema} WHERE predicate = ?",
            [predicate],
        )
        found[predicate] = table, columns
    run(f"DROP TABLE all_{schema}")
    return found
