"""Faults: processes and servers killed anywhere, disks full, files locked or damaged, many writers at once.

children.py   work done in a child process that is killed at a boundary, or at any moment
scenes.py     what is done: imports, entries, runs, exports, backups; what must hold afterwards
kills.py      every scene killed again and again, on SQLite and on PostgreSQL
places.py     disk full, read-only, locked, damaged, clocks that go backwards
writers.py    explorer, command line and importers at once
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.torture.report import Line, table, written

COUNT = 300


def main(argv: list[str]) -> int:
    """Try everything; exit code 1 when anything was lost."""
    reader = argparse.ArgumentParser(prog="zelian torture faults")
    reader.add_argument("--count", type=int, default=COUNT, help="kill points")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--write", action="store_true")
    reader.add_argument("--only", choices=("kills", "places", "writers"))
    reader.add_argument("--short", action="store_true", help="a few of each, without a server")
    arguments = reader.parse_args(argv)

    from tests.torture.faults import kills, places, writers

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    lines: list[Line] = []
    with TemporaryDirectory(prefix="zelian-torture-") as folder:
        if arguments.short:
            stage, lines = kills.some(Path(folder), say)
            lines += places.some(stage, say)
            print(table(lines))
            return int(any(line.survived < line.tried for line in lines))
        if arguments.only in (None, "kills"):
            lines += kills.tried(Path(folder), arguments.count, arguments.seed, say)
        if arguments.only in (None, "places"):
            lines += places.tried(Path(folder), arguments.seed, say)
        if arguments.only in (None, "writers"):
            lines += writers.tried(Path(folder), say)
    body = f"`zelian torture faults --count {arguments.count} --seed {arguments.seed}`\n\n{table(lines)}"
    print(body)
    if arguments.write:
        written("Faults", body)
    return int(any(line.survived < line.tried for line in lines))
