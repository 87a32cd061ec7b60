"""Engines side by side on the same facts and rules: ``zelian bench``.

For every number of issues, facts are generated once; for every part of the rules every engine runs on them in
a process of its own, several times. DuckDB comes first: the others' conclusions are held against its. What
cannot be run is listed with the reason.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reasoner.batch.generator import fact_files, pattern
from reasoner.batch.generator.generate import Generator
from reasoner.engine import calendar
from reasoner.pipeline import Ontology, ontology
from tests.bench import facts, machine, measure
from tests.bench.agreement import Agreement, compare
from tests.bench.engines import ENGINES, FLOOR, Engine
from tests.bench.engines.task import CONCLUSIONS, Job
from tests.bench.measure import Outcome
from tests.bench.parts import COMPLETE, OWL, described, part

REFERENCE = "duckdb"
AS_OF = datetime.date(2026, 6, 30)
SEED = 7
_LONG = 120.0
"""Seconds from which on a run is not repeated."""


@dataclass(frozen=True)
class Plan:
    """What to measure: numbers of issues, parts of the rules, engines by name; at most ``times`` runs of
    each, ``limit`` in seconds and ``memory`` in bytes for one run; ``folder`` for facts and runs.
    """

    issues: tuple[int, ...]
    parts: tuple[str, ...] = (COMPLETE, OWL)
    engines: tuple[str, ...] = tuple(ENGINES)
    times: int = 3
    limit: float = 600.0
    memory: int = 16 * 2**30
    as_of: datetime.date = AS_OF
    seed: int = SEED
    folder: Path | None = None


@dataclass
class Line:
    """The runs of one engine on one part and size; ``skipped`` says why there is none."""

    engine: Engine
    part: str
    issues: int
    runs: list[Outcome] = field(default_factory=list)
    agreement: Agreement | None = None
    skipped: str = ""
    load: str = ""
    """How busy the machine was when its first run began."""

    @property
    def failed(self) -> str:
        """Why there are no figures; empty when there are."""
        return self.skipped or next((run.failed for run in self.runs if run.failed), "")

    def median(self, phase: str, processor: bool = False) -> float | None:
        """The median of a phase in seconds; None when it was not measured."""
        found = [(run.processor if processor else run.seconds).get(phase) for run in self.runs]
        times = [each for each in found if each is not None]
        return statistics.median(times) if times else None

    @property
    def memory(self) -> int:
        """The most memory of all runs, in bytes."""
        return max((run.memory for run in self.runs), default=0)


@dataclass
class Block:
    """The engines on one part of the rules and one number of issues; ``about`` says what part that is."""

    part: str
    issues: int
    about: str
    atoms: int
    measure: Engine | None = None
    """The engine whose conclusions the others' are held against: the first that handed over all."""
    lines: list[Line] = field(default_factory=list)

    def line(self, engine: str) -> Line | None:
        """The line of an engine."""
        return next((line for line in self.lines if line.engine.name == engine), None)


def measured(plan: Plan) -> Iterator[Line | Block]:
    """Measure everything; yield every line when it is there, and every block when it is complete."""
    with tempfile.TemporaryDirectory(prefix="zelian-bench-") as temporary:
        home = plan.folder or Path(temporary)
        cache = home / "cache"
        rules = ontology(None, cache)
        for issues in plan.issues:
            place = home / f"facts-{issues}-{plan.seed}-{calendar.to_int(plan.as_of)}"
            atoms = generated(place, rules, issues, plan, cache)
            for name in plan.parts:
                about = described(part(rules, name).book.rules)
                block = Block(name, issues, about, atoms)
                for engine in (ENGINES[e] for e in _ordered(plan.engines)):
                    line = _line(engine, block, plan, home, place, cache)
                    block.lines.append(line)
                    yield line
                yield block


def _ordered(engines: Sequence[str]) -> list[str]:
    """The reference first, then the floor, which copies what the reference found."""
    return [*dict.fromkeys((REFERENCE, FLOOR.name, *engines))]


def generated(place: Path, rules: Ontology, issues: int, plan: Plan, cache: Path) -> int:
    """Make the facts unless they are there; return how many ground atoms there are."""
    import pyarrow.parquet as pq

    statements = place / facts.STATEMENTS
    if not statements.exists():
        made = Generator(pattern.samples(rules.vocabulary, cache), issues, plan.seed)
        fact_files.write(made.tables(), statements, "parquet", rules.vocabulary)
    return int(pq.ParquetFile(facts.atoms(place, rules, calendar.to_int(plan.as_of))).metadata.num_rows)


def _line(engine: Engine, block: Block, plan: Plan, home: Path, place: Path, cache: Path) -> Line:
    line = Line(engine, block.part, block.issues, load=machine.load())
    if missing := engine.missing():
        line.skipped = f"not installed: {', '.join(missing)}"
        return line
    expected = place / f"{block.part}-{CONCLUSIONS}"
    if engine is FLOOR and block.measure is None:
        line.skipped = f"{ENGINES[REFERENCE].title} left no conclusions to copy"
        return line
    for _ in range(max(plan.times, 1)):
        own = Path(tempfile.mkdtemp(prefix=f"{engine.name}-", dir=home))
        job = Job(engine.name, block.part, place, own, cache, calendar.to_int(plan.as_of), plan.memory)
        outcome = measure.run(job, plan.limit)
        if outcome.conclusions is not None and line.agreement is None:
            if block.measure is None and outcome.handed is None:
                block.measure = engine
                shutil.move(outcome.conclusions, expected)
                line.agreement = compare(expected, expected)
            elif block.measure is not None:
                line.agreement = compare(expected, outcome.conclusions, outcome.handed)
        shutil.rmtree(own, ignore_errors=True)
        line.runs.append(replace(outcome, conclusions=None))
        if outcome.failed or sum(outcome.seconds.values()) > _LONG:
            break
    return line


def compare_engines(options: argparse.Namespace) -> int:
    """Measure, print, and with ``write`` put the tables into RESULTS.md; 1 when engines disagree.

    Raises ValueError for an engine or a part that there is not.
    """
    from tests.bench import report

    engines = tuple(options.engines or ENGINES)
    if unknown := [name for name in engines if name not in ENGINES]:
        raise ValueError(
            f"没有引擎“{unknown[0]}”：{'、'.join(ENGINES)} / no engine {unknown[0]!r}: {', '.join(ENGINES)}"
        )
    plan = Plan(
        tuple(options.issues),
        tuple(options.part),
        engines,
        options.times,
        options.limit,
        int(options.memory * 2**30),
        folder=options.folder,
    )
    blocks, agreed = list[Block](), True
    for each in measured(plan):
        if isinstance(each, Line):
            agreed = agreed and (each.agreement is None or each.agreement.same)
            print(report.shown(each), file=sys.stderr, flush=True)
        else:
            blocks.append(each)
            print("\n".join(report.table(each)), "\n", flush=True)
            if options.write:
                report.write(blocks, plan)
    return 0 if agreed else 1
