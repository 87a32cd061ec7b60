"""How long it takes to evaluate again what depends on one issue, in a run of many.

    python -m tests.bench.incremental --issues 10000 100000 [--edits N] [--seed S] [--folder DIR]

Facts are generated, a run is made of them and opened to be kept up. An edit takes away one statement about an
issue, or about what belongs to it, or puts it back; every other edit does the one and every other the other.
Reported are edits answered by the cells they touch, and apart from them those for which everything was
evaluated (with the reason). Times are of the clock, in milliseconds, storing what follows included.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter, process_time

from reasoner import pipeline

DAY = datetime.date(2026, 11, 22)
GOAL = 100
"""Milliseconds wanted at most for one issue in a store of 100,000."""


def measure(issues: int, edits: int, seed: int, folder: Path) -> None:
    """Make a run, edit it, print what it took."""
    rules = pipeline.ontology()
    from reasoner.batch import fact_files, pattern  # DuckDB after the rules: see pipeline.ontology
    from reasoner.batch.generate import Generator
    from reasoner.batch.in_run import KeptUp
    from reasoner.batch.levels import OWN
    from reasoner.batch.run import Run

    facts = folder / "facts.parquet"
    generator = Generator(pattern.samples(rules.vocabulary, folder), issues, seed)
    fact_files.write(generator.tables(), facts, "parquet", rules.vocabulary)
    run = Run.create(folder / "run", [facts], rules, DAY)
    start = perf_counter()
    run.reason()
    whole = perf_counter() - start
    run.close()
    run = Run.open(folder / "run", rules, write=True)
    start = perf_counter()
    kept = KeptUp(run)
    print(f"{issues} issues: whole run {whole:.1f} s, opened to be kept up in {perf_counter() - start:.1f} s")
    dice = random.Random(seed)
    own = sorted(kept.incremental.cells.at(OWN), key=str)
    took: list[tuple[float, float, int]] = []
    why = Counter[str]()
    for _ in range(edits // 2):
        predicate, row = dice.choice(kept.incremental.store.about((dice.choice(own),)))
        atom = predicate, run.names.rows([tuple(map(int, row))])[0]
        for come, gone in (((), (atom,)), ((atom,), ())):
            clock, work = perf_counter(), process_time()
            change = kept.change(come, gone)
            spent = (perf_counter() - clock) * 1000, (process_time() - work) * 1000, change.cells
            why[change.why] += 1
            if not change.why:
                took.append(spent)
    for name, place in (("clock", 0), ("processor", 1)):
        values = sorted(each[place] for each in took)
        late = values[int(len(values) * 0.95)]
        print(
            f"  {name:9} n {len(values)}  p50 {values[len(values) // 2]:.1f}  p95 {late:.1f}  "
            f"max {values[-1]:.1f} ms   wanted {GOAL}"
        )
    print(f"  cells at most {max(each[2] for each in took)}; evaluated as a whole: {edits - len(took)}")
    for reason, number in why.items():
        if reason:
            print(f"    {number} × {reason}")
    run.close()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--issues", type=int, nargs="+", default=[10_000])
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the runs are made; a folder of its own by default")
    arguments = parser.parse_args()
    for issues in arguments.issues:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            measure(issues, arguments.edits, arguments.seed, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
