# ruff: noqa: E501 -- an input is a line, however long
"""Bad input: ten thousand fuzzed ledgers, graphs, case files, rules, proofs, addresses and queries.

``python -m tests.torture inputs --count 10000 --seed 1``. Every input has a number and is made from seed and
number alone: ``--only 4711`` tries it by itself. Each must be accepted, or refused with a message; a traceback,
a hang, a request to another host, a file outside the worker's folder, a row lost in silence or a formula in an
export is a failure, and the exit code is 1.

judged    what becomes of an input          watch     what a worker may not do
workers   processes that try inputs         plan      which number is which input
strings   texts and bytes                   nasty_*   inputs written by hand
ledgers, graphs, yamls, rules, proofs, addresses, queries, exports: the kinds
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

from tests.torture.inputs import plan, shared, workers
from tests.torture.inputs.watch import Canary

COUNT = 10_000


def tried(
    numbers: Iterable[int], seed: int, jobs: int = 1, hard: float = workers.HARD, home: Path | None = None
) -> Iterator[dict[str, Any]]:
    """Try these inputs; yield what became of each as it is known. ``home`` has a record with the samples.

    ``number``, ``kind``, ``nasty`` (its name, or None), and ``ending`` with ``said``, or ``broken``.
    """
    with tempfile.TemporaryDirectory(prefix="zelian-inputs-") as folder:
        place = Path(folder).resolve()
        shared.prepare(place, home)
        listed = list(numbers)
        canary, found = Canary(), Queue[dict[str, Any] | None]()

        def work(mine: list[int]) -> None:
            try:
                for each in workers.tried(mine, seed, place, canary, hard):
                    found.put(each)
            finally:
                found.put(None)

        with ThreadPoolExecutor(jobs) as pool:
            running = [pool.submit(work, listed[i::jobs]) for i in range(jobs)]
            left = jobs
            while left:
                each = found.get()
                if each is None:
                    left -= 1
                    continue
                kind, nasty = plan.of(each["number"])
                yield {"kind": kind, "nasty": nasty} | each
            for ended in running:
                ended.result()
        canary.close()


def figures(results: Iterable[dict[str, Any]]) -> dict[str, Counter[str]]:
    """By kind: how many were ``tried``, ``accepted``, ``refused``, ``broken``; ``by hand`` of all."""
    found: dict[str, Counter[str]] = {name: Counter() for name in plan.KINDS}
    for each in results:
        of = found[each["kind"]]
        of["tried"] += 1
        of[each.get("ending", "broken")] += 1
        of["by hand"] += bool(each["nasty"])
    return found


def lines(found: dict[str, Counter[str]]) -> list[list[str]]:
    """The figures as rows of a table, the sum last."""
    total: Counter[str] = sum(found.values(), Counter())
    columns = ("tried", "by hand", "accepted", "refused", "broken")
    rows = [[name, *(f"{each[c]:,}" for c in columns)] for name, each in found.items() if each["tried"]]
    return [["input", *columns], *rows, ["all", *(f"{total[c]:,}" for c in columns)]]


def main(argv: list[str]) -> int:
    """Try inputs, print what became of them; 1 when something happened that must not."""
    made = argparse.ArgumentParser(
        prog="python -m tests.torture inputs", description=__doc__.partition("\n")[0]
    )
    made.add_argument("--count", type=int, default=COUNT, help=f"how many (default: {COUNT})")
    made.add_argument("--first", type=int, default=0, metavar="N", help="from this number on (default: 0)")
    made.add_argument("--seed", type=int, default=1, help="the same seed, the same inputs (default: 1)")
    made.add_argument("--only", type=int, nargs="+", metavar="N", help="these numbers only")
    made.add_argument("--kind", nargs="+", choices=list(plan.KINDS), default=[], help="these kinds only")
    made.add_argument(
        "--hard",
        type=float,
        default=workers.HARD,
        help="seconds after which an input is a hang (default: 120)",
    )
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="workers (default: one a core)")
    made.add_argument("--write", action="store_true", help="write the figures into tests/torture/RESULTS.md")
    made.add_argument("--show", action="store_true", help="print every input with what was said of it")
    arguments = made.parse_args(argv)
    numbers = arguments.only or [
        n
        for n in plan.numbers(arguments.first + arguments.count, frozenset(arguments.kind))
        if n >= arguments.first
    ]
    began, results = time.monotonic(), []
    for done, each in enumerate(tried(numbers, arguments.seed, arguments.jobs, arguments.hard), 1):
        results.append(each)
        if arguments.show or "broken" in each:
            ended = each.get("ending", "BROKEN")
            print(f"{each['number']} {each['kind']} {each['nasty'] or ''}: {ended} "
                  f"{each.get('broken') or each.get('said')} [{each.get('spent', '')} s]", flush=True)  # fmt: skip
        if done % 500 == 0:
            print(f"… {done:,} of {len(numbers):,}", file=sys.stderr, flush=True)
    table = lines(figures(results))
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    for row in table:
        print(
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
        )
    wall, spent = time.monotonic() - began, sum(each.get("spent", 0) for each in results)
    print(f"seed {arguments.seed}, {wall:.0f} s, {spent:.0f} s of processor time in the inputs")
    broken = [each["number"] for each in results if "broken" in each]
    if broken:
        print(
            f"again: python -m tests.torture inputs --seed {arguments.seed} --only {' '.join(map(str, broken))}"
        )
    if arguments.write and not broken:
        from tests.torture.report import written

        made_of = f"`zelian torture inputs --count {arguments.count} --seed {arguments.seed}`"
        written("Inputs", "\n".join([made_of, "", *_markdown(table)]))
    return 1 if broken else 0


def _markdown(table: list[list[str]]) -> list[str]:
    head, *rows = table
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
