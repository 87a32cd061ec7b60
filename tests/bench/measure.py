"""Runs a job in a process of its own, within a time and a memory, and says what it took."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.engines.task import CONCLUSIONS, REASONED, RESULT, Job

ROOT = Path(__file__).resolve().parents[2]
_EVERY = 0.1
"""Seconds between two looks at the memory of a run."""
_AFTERWARDS = 4
"""What a run may take to hand over what it has concluded, in limits."""


@dataclass
class Outcome:
    """What came of a job: ``seconds`` and ``processor`` by phase (clock, and work of all cores), the most
    memory held until it had reasoned (bytes), or why there is no figure.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    memory: int = 0
    conclusions: Path | None = None
    failed: str = ""
    notes: list[str] = field(default_factory=list)
    handed: list[str] | None = None
    """The predicates whose conclusions were handed over; None: all of the part."""


def run(job: Job, limit: float) -> Outcome:
    """Run a job; ``limit`` in seconds is for loading and reasoning together, from the start of the process.

    What is beyond the limit or holds more than the job's memory is ended and reported so, as is what fails.
    """
    place = job.write()
    for stale in (RESULT, REASONED, CONCLUSIONS):
        (job.home / stale).unlink(missing_ok=True)
    errors = job.home / "stderr.txt"
    with errors.open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.engines.child", str(place)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # so that the Java of an engine ends with it
        )
        try:
            memory, failed = _watched(child, job, limit)
        finally:
            _end(child)
    result_file = job.home / RESULT
    if failed or not result_file.exists():
        return Outcome(memory=memory, failed=failed or _last(errors, child.returncode))
    result = json.loads(result_file.read_text("utf-8"))
    found = job.home / CONCLUSIONS
    return Outcome(
        result["seconds"],
        result["processor"],
        max(memory, result["held"]),
        found if found.exists() else None,
        result.get("cannot", ""),
        result["notes"],
        result["handed"],
    )


def _watched(child: subprocess.Popen[bytes], job: Job, limit: float) -> tuple[int, str]:
    """Wait for the end; the most memory seen before all was concluded, and why the run was ended, if so."""
    began, most, reasoned = time.monotonic(), 0, job.home / REASONED
    while child.poll() is None:
        done = reasoned.exists()
        held = _held(child.pid)
        most = most if done else max(most, held)
        if held > job.memory:
            return most, f"out of memory (more than {job.memory / 2**30:.0f} GiB)"
        if not done and time.monotonic() - began > limit:
            return most, f"timed out (more than {limit:.0f} s)"
        if time.monotonic() - began > limit * _AFTERWARDS:
            return most, f"timed out handing over its conclusions (more than {limit * _AFTERWARDS:.0f} s)"
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_EVERY)
    return most, ""


def _session(leader: int) -> Iterator[int]:
    """The processes that a run consists of: those of its session; none where the system does not tell."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # after the name, which may hold blanks: state, parent, group, session
            if int((place / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                yield int(place.name)


def _held(leader: int) -> int:
    """Bytes of memory that a run holds."""
    total = 0
    for process in _session(leader):
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


def _end(child: subprocess.Popen[bytes]) -> None:
    """End what is left of a run: the process that was started here, and its session."""
    for process in (*_session(child.pid), *([child.pid] if child.poll() is None else [])):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    child.wait()


def _last(errors: Path, code: int | None) -> str:
    """The last line of a traceback: why an engine failed."""
    lines = [line for line in errors.read_text("utf-8", "replace").splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"(?!nanobind)[A-Za-z_][\w.]*: ", line)]
    if code is not None and code < 0:
        return f"ended by signal {-code}"
    return f"failed: {(named or lines or ['no word'])[-1][:200]}"
