"""Workers: processes that try one input after another and are ended when one of them takes too long."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from random import Random
from select import select
from typing import Any

from tests.torture.inputs.judged import Broken, Kind
from tests.torture.inputs.watch import Canary, Forbidden, Watch

ROOT = Path(__file__).resolve().parents[3]
HARD = 120.0
"""Seconds of the processor after which a worker is ended whatever it is doing."""
_PATIENCE = 10
"""So many times as long by the clock, for one that waits for something that does not come."""
_BEGINNING = 600.0
"""Seconds that a worker may take to make a kind of input ready, on a busy machine."""
SLOW = 30.0
"""Seconds of this machine's time that one input may take; most take a tenth of one."""


def tried(
    numbers: list[int], seed: int, place: Path, canary: Canary, hard: float = HARD
) -> Iterator[dict[str, Any]]:
    """Try these inputs one after the other in a worker; a worker that was lost is replaced."""
    waiting = list(numbers)
    while waiting:
        worker = _start(seed, place, canary)
        try:
            while waiting:
                asked = canary.asked
                found = _one(worker, waiting[0], hard)
                if canary.asked > asked:
                    found |= {"broken": f"a remote request; {found.get('broken', '')}"}
                yield found
                waiting.pop(0)
                if worker.poll() is not None or "lost" in found:
                    break
        finally:
            worker.kill()
            worker.wait()


def _start(seed: int, place: Path, canary: Canary) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.torture.inputs.workers", str(seed), str(place), canary.address]
    own = Path(tempfile.mkdtemp(prefix="worker-", dir=place))
    environment = os.environ | {
        "TMPDIR": str(own), "HOME": str(own), "ZELIAN_HOME": str(own / "home"),
        "ZELIAN_TORTURE_FOLDER": str(own), "PYTHONHASHSEED": "0", "COLUMNS": "160",
    }  # fmt: skip
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ZELIAN_DATABASE"):
        environment.pop(name, None)
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _one(worker: subprocess.Popen[bytes], number: int, hard: float) -> dict[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(f"{number}\n".encode())
        worker.stdin.flush()
        said = b""
        for lines, seconds in ((1, _BEGINNING), (2, hard)):  # an empty line when it begins, then the outcome
            begun, spent = time.monotonic(), _spent(worker.pid)
            while said.count(b"\n") < lines:
                if not select([worker.stdout], [], [], 1.0)[0]:
                    late = time.monotonic() - begun > _PATIENCE * seconds
                    if late or _spent(worker.pid) - spent > seconds:
                        return _lost(number, f"a hang: not done after {seconds:.0f} s")
                    continue
                piece = os.read(worker.stdout.fileno(), 1 << 16)
                if not piece:
                    return _lost(number, f"the process died (exit {worker.wait()})")
                said += piece
        return dict(json.loads(said))
    except BrokenPipeError:
        return _lost(number, f"the process died (exit {worker.wait()})")


def _spent(process: int) -> float:
    """Seconds of the processor that a process has taken, so that a busy machine makes nothing a hang."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # ended, or no Linux: the clock decides
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lost(number: int, why: str) -> dict[str, Any]:
    return {"number": number, "broken": why, "lost": True}


# -- in the worker --------------------------------------------------------------------------------


def one(kind: Kind, nasty: str | None, dice: Random, folder: Path, watch: Watch) -> dict[str, Any]:
    """What became of one input: ``ending`` and ``said``, or ``broken``."""
    folder.mkdir(parents=True)
    began = time.process_time()
    try:
        outcome = kind.nasty(nasty, folder) if nasty else kind.fuzzed(dice, folder)
        found: dict[str, Any] = {"ending": outcome.ending, "said": outcome.said}
    except Broken as broken:
        found = {"broken": str(broken)}
    except Forbidden as what:
        found = {"broken": f"forbidden: {what}"}
    except BaseException as error:  # a panic of compiled code is no Exception
        found = {"broken": f"traceback: {_where(error)}"}
    spent = time.process_time() - began
    if "broken" not in found and spent > SLOW:
        found = {"broken": f"slow: {spent:.0f} s"}
    if seen := watch.taken():
        found = {"broken": f"forbidden: {'; '.join(seen)}"}
    shutil.rmtree(folder, ignore_errors=True)
    return found | {"spent": round(spent, 3)}


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-5:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(last))
    return f"{type(error).__name__}: {str(error)[:200]} ({where})"


def main(argv: list[str]) -> None:
    """Read numbers of inputs, one a line; write what became of each, one JSON object a line."""
    from tests.torture.inputs import plan

    seed, place, canary = int(argv[0]), Path(argv[1]), argv[2]
    own = Path(os.environ["ZELIAN_TORTURE_FOLDER"])
    out = os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr  # what the program prints is no answer
    watch = Watch([own, place / "shared"], own / "current")
    watch.install()
    ready: dict[str, Kind] = {}
    for line in sys.stdin:
        number = int(line)
        name, nasty = plan.of(number)
        dice = Random(f"{seed}/{number}")
        found: dict[str, Any] = {}
        if name not in ready:
            try:
                ready[name] = plan.KINDS[name].of()(place, canary)
            except BaseException as error:
                found = {"broken": f"cannot begin: {_where(error)}"}
            watch.taken()
        out.write(b"\n")
        out.flush()
        if not found:
            found = one(ready[name], nasty, dice, own / f"input-{number}", watch)
        out.write(json.dumps(found | {"number": number, "kind": name, "nasty": nasty}).encode() + b"\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
