"""How long one issue takes in process: its world, its conclusions, all its proofs; and every why-not.

    python -m tests.bench.reasoning [--slowest N] [--home FOLDER]

Every case of the regulation is one issue with everything recorded about it. ``explains itself`` is its world,
all conclusions and all their proofs. With ``--home`` the record of that folder is measured as well: one issue
of it, and questions about it. Times are those of the processor, in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TypeVar

from reasoner import bundled, pipeline
from reasoner.asking.slices import slices
from reasoner.asking.statement import Listener
from reasoner.asking.whynot import answer
from reasoner.casebook import cases
from reasoner.records.registry import Registry, bundled_registry

T = TypeVar("T")
GOALS = {"explains itself": 50, "why-not": 200}
"""What is wanted at most, in milliseconds."""


class Times:
    """Measured times by what was done, each with the name of what it was done to."""

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[float, str]]] = defaultdict(list)

    def take(self, what: str, name: str, do: Callable[[], T]) -> T:
        """Do something and note how long it took."""
        start = process_time()
        result = do()
        self.found[what].append(((process_time() - start) * 1000, name))
        return result

    def report(self, slowest: int) -> None:
        """Print median, 95th percentile and maximum of each."""
        print(f"{'':34}{'n':>6}{'median':>9}{'95 %':>9}{'max':>9}{'wanted':>9}   ms")
        for what, times in self.found.items():
            values = sorted(ms for ms, _ in times)
            late = values[int(len(values) * 0.95)] if len(values) > 1 else values[0]
            wanted = next((f"< {most}" for key, most in GOALS.items() if what.startswith(key)), "")
            print(
                f"{what:34}{len(values):6}{statistics.median(values):9.1f}{late:9.1f}{values[-1]:9.1f}{wanted:>9}"
            )
            for ms, name in sorted(times, reverse=True)[:slowest]:
                print(f"    {ms:8.1f}  {name}")


def measure_cases(times: Times) -> None:
    """Every case: its world, conclusions and proofs, then each why-not in it."""
    rules = pipeline.ontology()
    registry = bundled_registry()
    _ = rules.program, slices(rules)
    for file in cases.files([bundled.path("ontology", "regulation")]):
        for case in cases.read(file):
            trial = cases.Trial(case, rules, registry)

            def explain(trial: cases.Trial = trial) -> pipeline.World:
                world = trial.world()
                for conclusion in world.conclusions():
                    world.explain(conclusion.id)
                return world

            name = f"{file.parent.name}: {case.name}"
            world = times.take("explains itself (case)", name, explain)
            for wanted in (*case.expect, *case.refuse):
                if "why_not" in wanted:
                    times.take("why-not (case)", name, lambda w=wanted, t=trial, o=world: t.met(w, o))


def measure_home(times: Times, home: Path) -> None:
    """The record of a folder: some issues explained, and each status asked of some issues and norms."""
    world = times.take("open the record", str(home), lambda: pipeline.open_world(home))
    times.take("all conclusions", str(home), world.conclusions)
    assert world.record is not None
    listener = Listener(world, times.take("names of the record", "", lambda: Registry(world.record)))
    statuses = [p.name for p in world.rules.vocabulary.predicates.values() if p.is_status and p.roles]
    ruled = [norm.id for norm in world.rules.book.norms.values() if norm.rules]
    for issue in world.issues()[:3]:
        found = world.conclusions(issue=issue)
        times.take(
            "explains itself (issue of a record)", issue, lambda f=found: [world.explain(c.id) for c in f]
        )
        for number, norm in enumerate(ruled):
            status = statuses[number % len(statuses)]
            goals = listener.hear(issue, f"{norm} {status}").goals(world)
            times.take(
                "why-not (issue of a record)", f"{issue} {norm} {status}", lambda g=goals: answer(world, g)
            )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--slowest", type=int, default=3, metavar="N", help="name the N slowest of each")
    parser.add_argument("--home", type=Path, help="a folder with a record to measure as well")
    arguments = parser.parse_args()
    times = Times()
    measure_cases(times)
    if arguments.home is not None:
        measure_home(times, arguments.home)
    times.report(arguments.slowest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
