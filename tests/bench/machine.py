"""What a measurement was made on: machine, versions, load."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from tests.bench.engines import Engine


def described(engines: Iterable[Engine]) -> list[str]:
    """Lines about the machine and the versions of what was measured."""
    return [
        f"{os.cpu_count()} cores ({_processor()}), {_memory()}",
        f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        "; ".join(dict.fromkeys(engine.versions() for engine in engines)),
    ]


def load() -> str:
    """How many processes want a core, on average of the last minute; empty where the system does not tell."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (AttributeError, OSError):
        return ""


def _processor() -> str:
    place = Path("/proc/cpuinfo")
    if place.exists():
        for line in place.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "processor unknown"


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (AttributeError, ValueError, OSError):
        return "memory unknown"
