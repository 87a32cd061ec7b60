"""Nemo, a rule engine in Rust, on the translated rules; its facts come from a CSV file for each predicate."""

from __future__ import annotations

from pathlib import Path

from tests.bench.engines.task import Task
from tests.bench.facts import ARGUMENTS, database
from tests.bench.translate import nemo


def run(task: Task) -> None:
    """Reason twice: over the facts alone, and with the rules; the difference is the reasoning.

    Nemo reads a file when a rule first needs it, so the two are not apart in one run.
    """
    from nmo_python import NemoEngine, NemoOutputManager, load_string

    files = nemo.facts(task.atoms, task.rules.book.used, task.folder("facts"))
    loading = load_string(nemo.loading(files))
    program = load_string(nemo.program(task.program, files))
    with task.phase("load"):
        NemoEngine(loading).reason()
    engine = NemoEngine(program)
    with task.phase("reason"):
        engine.reason()
    for times in (task.seconds, task.processor):
        times["reason"] = max(times["reason"] - times["load"], 0.0)
    task.reasoned()
    task.notes.append("load: a run that only reads the facts; reason: the run with the rules, less that")
    out = task.folder("out")
    manager = NemoOutputManager(str(out), overwrite=True)
    for predicate in task.heads:
        engine.write_result(nemo.name(predicate), manager)
    _collect(task, out)


def _collect(task: Task, out: Path) -> None:
    """The results as one table; Nemo writes a name in quotation marks and a number without."""
    with database() as connection:
        run = connection.execute
        columns = ", ".join(f"a{i} VARCHAR" for i in range(ARGUMENTS))
        run(f"CREATE TABLE found (predicate VARCHAR, types VARCHAR, {columns})")
        for predicate, arity in task.heads.items():
            place = out / f"{predicate}.csv"
            if not place.exists() or not place.stat().st_size:
                continue
            raw = [f"column{i}" for i in range(arity)]
            types = " || ".join(f"CASE WHEN {c}[1] = '\"' THEN 'n' ELSE 'i' END" for c in raw)
            values = [
                f"CASE WHEN {c}[1] = '\"' THEN replace(replace({c}[2:-2], '\\\"', '\"'), '\\\\', '\\') "
                f"ELSE {c} END"
                for c in raw
            ]
            values += ["NULL"] * (ARGUMENTS - arity)
            named = ", ".join(f"'{c}': 'VARCHAR'" for c in raw)
            run(
                f"INSERT INTO found SELECT ?, {types}, {', '.join(values)} FROM read_csv(?, header = false, "
                f"columns = {{{named}}}, quote = '\"', escape = '\"')",
                [predicate, str(place)],
            )
        run(f"COPY found TO '{task.conclusions}' (FORMAT PARQUET)")
