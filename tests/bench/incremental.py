"""How long it takes to evaluate again what depends on one issue, in a run of many.

    python -m tests.bench.incremental --issues 10000 100000 [--edits N] [--seed S] [--folder DIR]

Facts are generated, a run is made of them and opened to be kept up. An edit takes away a statement about an
issue, or about what belongs to it, or puts it back, turn by turn. Times are of the clock and of the
processor, in milliseconds: of evaluating, and with that of storing the facts and all that follows. Edits
for which everything was evaluated are told apart, with the reason.
"""

from __future__ import annotations

import argparse
import datetime
import random
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from reasoner import pipeline

DAY = datetime.date(2026, 11, 22)
GOAL = 100
"""Milliseconds wanted at most for one issue in a store of 100,000."""
_STANDING = ("body", "territory", "sector", "post", "parameter")


def measure(issues: int, edits: int, seed: int, folder: Path) -> None:
    """Make a run, edit it, print what it took."""
    rules = pipeline.ontology()
    from reasoner.batch.generator import fact_files, pattern  # DuckDB after the rules: see pipeline.ontology
    from reasoner.batch.generator.generate import Generator
    from reasoner.batch.kept_up_run import EVERYTHING, KeptUpRun
    from reasoner.batch.run import Run

    facts = folder / "facts.parquet"
    generator = Generator(pattern.samples(rules.vocabulary, folder), issues, seed)
    fact_files.write(generator.tables(), facts, "parquet", rules.vocabulary)
    run = Run.create(folder / "run", [facts], rules, DAY)
    start = perf_counter()
    run.reason(also=None)
    whole = perf_counter() - start
    run.close()
    with Run.open(folder / "run", rules, write=True) as run:
        start = perf_counter()
        run.connection.execute("INSERT INTO meta VALUES (?, '')", [EVERYTHING])
        kept = KeptUpRun(run)
        print(
            f"{issues} issues, {sum(map(len, kept.tables.values()))} rows: all evaluated in {whole:.1f} s, "
            f"opened to be kept up in {perf_counter() - start:.1f} s"
        )
        _edit(run, kept, edits, seed)
    print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


def _edit(run: object, kept: object, edits: int, seed: int) -> None:
    from reasoner.batch.kept_up_run import KeptUpRun
    from reasoner.batch.run import Run

    assert isinstance(run, Run)
    assert isinstance(kept, KeptUpRun)
    dice = random.Random(seed)
    classes = ", ".join(f"'{name}'" for name in _STANDING)
    rows = run.connection.execute(
        "SELECT p.name, f.a0, f.a1 FROM facts AS f JOIN predicates AS p ON p.code = f.predicate WHERE f.a0 "
        "NOT IN (SELECT a0 FROM facts JOIN predicates AS c ON c.code = predicate WHERE c.name IN "
        f"({classes})) USING SAMPLE reservoir({max(edits // 2, 1)} ROWS) REPEATABLE ({seed})"
    ).fetchall()
    dice.shuffle(rows)
    took: list[tuple[float, float, float, int, str]] = []
    whole: list[tuple[float, str]] = []
    for predicate, *values in rows:
        atom = predicate, run.names.rows([tuple(v for v in values if v is not None)])[0]
        for come, gone in (((), (atom,)), ((atom,), ())):
            clock, work = perf_counter(), process_time()
            edited = kept.change(come, gone)
            spent = (perf_counter() - clock) * 1000, (process_time() - work) * 1000
            if edited.why:
                whole.append((spent[0], f"{predicate}: {edited.why}"))
            else:
                took.append((kept.evaluating * 1000, *spent, kept.looked, predicate))
    print(f"  {len(took)} edits answered by what depends on them, {len(whole)} by evaluating everything")
    for name, place in (("evaluating", 0), ("and storing", 1), ("processor", 2)):
        values = sorted(each[place] for each in took)
        late = values[int(len(values) * 0.95)]
        print(
            f"    {name:12} p50 {values[len(values) // 2]:6.1f}  p95 {late:6.1f}  max {values[-1]:6.1f} ms"
            f"   wanted {GOAL}"
        )
    for evaluating, stored, _, looked, predicate in sorted(took, reverse=True)[:5]:
        print(
            f"    longest: {evaluating:.1f} ms, stored {stored:.1f} ms, {looked} rows looked at: {predicate}"
        )
    for clock, why in whole:
        print(f"    everything in {clock / 1000:.1f} s: {why}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--issues", type=int, nargs="+", default=[10_000])
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the runs are made; a folder of its own by default")
    arguments = parser.parse_args()
    for issues in arguments.issues:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            measure(issues, arguments.edits, arguments.seed, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
