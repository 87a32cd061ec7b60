"""Spark on this machine's cores, as ``zelian reason --engine spark`` runs it."""

from __future__ import annotations

from tests.bench.engines.task import Task
from tests.bench.facts import ARGUMENTS, database
from tests.bench.translate import InexpressibleError


def run(task: Task) -> None:
    """Load, evaluate and write what a run on Spark writes: statuses and remarks."""
    from reasoner.batch.spark.run import Run
    from reasoner.batch.spark.session import session

    with task.phase("load"):
        spark = session("local[*]", {"spark.driver.memory": f"{task.job.memory // 2**20 * 3 // 4}m"})
    try:
        with task.phase("load"):
            made = Run(spark, str(task.folder("work")), task.rules)
            task.handed = set(made.wanted) & task.heads.keys()
            if not task.handed:
                raise InexpressibleError("what is neither a status nor a remark is not handed over")
            made.load([str(task.statements)], task.job.as_of)
        with task.phase("reason"):
            made.evaluate()
            made.write(str(task.job.home / "out"))
        task.reasoned()
        task.processor.clear()  # most of the work is done in a Java that is still there
    finally:
        spark.stop()
    task.notes.append("statuses and remarks only; load includes the start of Java")
    with database() as connection:
        files = f"{task.job.home}/out/**/*.parquet"
        found = f"read_parquet('{files}', hive_partitioning = true, union_by_name = true)"
        there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {found}").fetchall()}
        values = [f"a{i}" if f"a{i}" in there else f"NULL::VARCHAR AS a{i}" for i in range(ARGUMENTS)]
        connection.execute(
            f"COPY (SELECT predicate::VARCHAR AS predicate, NULL::VARCHAR AS types, {', '.join(values)} "
            f"FROM {found}) TO '{task.conclusions}' (FORMAT PARQUET)"
        )
