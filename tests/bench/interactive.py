"""How long one case takes while somebody waits: what-if, proofs, and the same inside a large run.

    python -m tests.bench.interactive [--home FOLDER] [--run DIR] [--cases N] [--seed S]

``in process``: cases of a record (without ``--home``: the bundled data with the samples), each with a finding
added, or one of its statements taken away. ``what-if`` is the altered world with every derivation, and every
change with its causes; ``with the proofs of what changes`` writes the trees of all changed conclusions too;
``all proofs`` are those of every conclusion of the altered world.

``in a run`` (``--run``, made by ``zelian reason --run``): random issues, none opened before. ``conclusions``
are those stored, in words; ``proof`` is that of one of them, from listing them to the whole tree; ``case``
ends with a case that agrees with the stored conclusions, which ``what-if`` includes.

Times are those of the clock, in milliseconds, with those of the processor beside them: on a machine that does
something else at the same time, only the latter tell how much there is to do.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

from reasoner import ledger, pipeline
from reasoner.asking.whatif import Difference, altered_world, difference, what_if
from reasoner.engine.evaluate import uncollected
from reasoner.engine.survey import open_survey
from reasoner.pipeline import RECORD_FILE, Ontology, World
from reasoner.records.record import Record
from reasoner.records.registry import Registry, bundled_registry

T = TypeVar("T")
DAY = datetime.date(2026, 11, 22)
FINDING = {"finding": "suspectedCrime", "by": "leadingGroup", "instrument": "认定书", "state": "upheld"}
GOALS = {"what-if": 10, "run: conclusions": 50, "run: what-if": 50, "run: proof": 50}
"""What 95 % should be within, in milliseconds."""


class Times:
    """Clocked times by what was done."""

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def take(self, what: str, do: Callable[[], T]) -> T:
        """Do something and note how long it took."""
        start, busy = perf_counter(), process_time()
        result = do()
        self.found[what].append(((perf_counter() - start) * 1000, (process_time() - busy) * 1000))
        return result

    def report(self) -> None:
        """Print median, 95th percentile and maximum of each."""
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        print(f"{'':42}{'n':>6}{'p50':>9}{'p95':>9}{'max':>9}{'wanted':>9}{'cpu p50':>9}{'cpu p95':>9}   ms")
        for what, times in self.found.items():
            clock, busy = (sorted(each) for each in zip(*times, strict=True))
            late = min(len(clock) - 1, int(len(clock) * 0.95))
            wanted = f"<= {GOALS[what]}" if what in GOALS else ""
            print(
                f"{what:42}{len(clock):6}{statistics.median(clock):9.1f}{clock[late]:9.1f}{clock[-1]:9.1f}"
                f"{wanted:>9}{statistics.median(busy):9.1f}{busy[late]:9.1f}"
            )


def finding(issue: str, dice: random.Random) -> list[dict[str, Any]]:
    """A finding about an issue, on some day."""
    return [{**FINDING, "about": issue, "on": DAY - datetime.timedelta(dice.randrange(1, 700))}]


def written(before: World, after: World, found: Difference) -> None:
    """Write the proof of everything that changed."""
    for change in found.changes:
        for world, one in ((before, change.before), (after, change.after)):
            if one is not None:
                world.explain(one.id).to_dict()


def in_process(times: Times, home: Path, number: int, dice: random.Random) -> None:
    """What-if in the cases of a record."""
    survey = open_survey(home, DAY)
    registry = Registry(survey.record)
    issues = [issue for issue in survey.issues() if survey.by_issue.get(issue)]
    for turn in range(number):
        issue = dice.choice(issues)
        case = survey.case(issue)
        case.conclusions()
        if turn % 3 == 2:
            gone = dice.choice(list(case.facts.origins))

            def less(case: World = case, gone: Any = gone) -> tuple[World, Difference]:
                after = altered_world(case, (), (gone,))
                return after, difference(case, after)

            after, found = times.take("what-if", less)
        else:
            add = finding(issue, dice)
            after, found = times.take("what-if", partial(what_if, case, registry, add))
        times.take("  and the proofs of what changes", partial(written, case, after, found))
        times.take("  and all proofs of the altered case", partial(everything, after))


def everything(world: World) -> None:
    """Write the proof of every conclusion."""
    for one in world.conclusions():
        world.explain(one.id).to_dict()


def in_run(times: Times, folder: Path, rules: Ontology, number: int, dice: random.Random) -> None:
    """Fetch, prove and alter random issues of a run, each opened for the first time."""
    from reasoner.batch.cases import CaseError, RunCases
    from reasoner.batch.run import Run

    with Run.open(folder, rules, threads=1) as run:
        cases = times.take("run: open", lambda: RunCases(run))
        rows = run.connection.execute(
            f"SELECT n.name FROM (SELECT a0 FROM model.issue USING SAMPLE {4 * number + 1} ROWS "
            f"(reservoir, {dice.randrange(1000)})) AS i JOIN names AS n ON n.code = i.a0 ORDER BY n.name"
        ).fetchall()
        names = [name for (name,) in rows]
        dice.shuffle(names)
        refused = 0

        def proof(issue: str) -> None:
            one = dice.choice(cases.conclusions(issue))
            cases.explain(one, issue).to_dict()

        first = names.pop()
        times.take("run: first conclusions", lambda: proof(first))

        def each(what: str, do: Callable[[str], object]) -> None:
            nonlocal refused
            for _ in range(min(number, len(names))):
                if not names:
                    return
                issue = names.pop()
                try:
                    with uncollected():  # as the commands do: the collector has its turn when all is said
                        times.take(what, partial(do, issue))
                except CaseError as error:
                    refused += 1
                    print(f"refused: {error}")

        each("run: conclusions", lambda i: [c.to_dict() for c in cases.conclusions(i)])
        each("run: case", cases.case)
        each("run: proof", proof)
        each("run: what-if", lambda i: what_if(cases.case(i), cases.registry, finding(i, dice)))
        print(f"{run.issues()} issues, {refused} refused")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="a folder with a record (default: the samples)")
    parser.add_argument("--run", type=Path, help="a finished run")
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="how many of each (default: 200)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    arguments = parser.parse_args()
    times, dice = Times(), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="zelian-") as folder:
        home = arguments.home or Path(folder)
        rules = pipeline.ontology(None, home / "cache")
        bundled_registry()
        if arguments.home is None:
            with Record.open(home / RECORD_FILE) as record:
                ledger.load_bundled(record, samples=True)
        in_process(times, home, arguments.cases, dice)
    if arguments.run is not None:
        in_run(times, arguments.run, rules, arguments.cases, dice)
    times.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
