"""What an engine is given to do, and what it gives back."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reasoner.engine.evaluate import Ground
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule
from tests.bench.facts import ARGUMENTS, ATOMS, STATEMENTS, ground, table

JOB, RESULT, CONCLUSIONS, REASONED = "job.json", "result.json", "conclusions.parquet", "reasoned"
_ROWS = 200_000


@dataclass
class Job:
    """One run: of which engine, on which facts, with which part of the rules.

    ``facts`` is a folder as in ``tests/bench/facts.py``; ``home`` a folder of this run alone; ``as_of`` the
    integer yyyymmdd; ``memory`` in bytes; ``cache`` where the ontology is kept; ``ontology`` its folder
    unless it is the bundled one.
    """

    engine: str
    part: str
    facts: Path
    home: Path
    cache: Path
    as_of: int
    memory: int
    ontology: Path | None = None

    def write(self) -> Path:
        """Write it into its folder and return the file."""
        self.home.mkdir(parents=True, exist_ok=True)
        values = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(self).items()}
        place = self.home / JOB
        place.write_text(json.dumps(values), "utf-8")
        return place

    @staticmethod
    def read(place: Path) -> Job:
        """Read one that was written."""
        values = json.loads(place.read_text("utf-8"))
        for name in ("facts", "home", "cache", "ontology"):
            values[name] = Path(values[name]) if values[name] is not None else None
        return Job(**values)


@dataclass
class Task:
    """A job with its rules at hand; the engine notes its phases and hands over its conclusions."""

    job: Job
    rules: Ontology
    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    """Seconds of all cores, of this process and its children that have ended: steady under load."""
    notes: list[str] = field(default_factory=list)
    handed: set[str] | None = None
    """The predicates whose conclusions it hands over; None: all that the part concludes."""
    held: int = 0
    """The most memory that this process itself held until it had reasoned, in bytes."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Take the time of ``load`` or ``reason``; a phase may come in several pieces."""
        began, busy = time.perf_counter(), used()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        self.processor[name] = self.processor.get(name, 0.0) + used() - busy

    @property
    def program(self) -> list[Rule]:
        """The rules of the part."""
        return self.rules.book.rules

    @cached_property
    def heads(self) -> dict[str, int]:
        """The predicates that the part concludes, with their numbers of arguments."""
        return {rule.head.predicate: len(rule.head.args) for rule in self.program}

    @cached_property
    def arities(self) -> dict[str, int]:
        """Every predicate of the part, with its number of arguments."""
        return {atom.predicate: len(atom.args) for rule in self.program for atom in rule.atoms()}

    @property
    def statements(self) -> Path:
        """The facts as generated."""
        return self.job.facts / STATEMENTS

    @property
    def atoms(self) -> Path:
        """The ground atoms."""
        return self.job.facts / ATOMS

    def ground(self) -> Iterator[Ground]:
        """The ground atoms that some rule of the part reads."""
        return ground(self.atoms, self.rules.book.used)

    def folder(self, name: str) -> Path:
        """A folder of this run's own."""
        place = self.job.home / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    # -- what comes back ----------------------------------------------------------------------------

    def reasoned(self) -> None:
        """All is concluded: what follows (handing over, comparing) is not counted."""
        self.held = peak()
        (self.job.home / REASONED).touch()

    @property
    def conclusions(self) -> Path:
        """Where every row of every predicate that the part concludes is to be written."""
        return self.job.home / CONCLUSIONS

    def hand_over(self, found: Iterable[Ground]) -> None:
        """Write the conclusions, given rows of the same predicates included."""
        part: list[Ground] = []
        schema = table([], ARGUMENTS).schema
        with pq.ParquetWriter(self.conclusions, schema) as writer:
            for atom in found:
                part.append(atom)
                if len(part) == _ROWS:
                    writer.write_table(table(part, ARGUMENTS).cast(schema))
                    part.clear()
            writer.write_table(table(part, ARGUMENTS).cast(schema))

    def hand_over_table(self, found: pa.Table) -> None:
        """Write conclusions that are a table already."""
        pq.write_table(found, self.conclusions)


def used() -> float:
    """Seconds that the cores worked for this process and for its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak() -> int:
    """The most memory that this process held so far, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the process held that started this one
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return 0
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)  # macOS: bytes
