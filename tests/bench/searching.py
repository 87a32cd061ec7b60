"""How long the search takes on the record of a home folder: ``python -m tests.bench.searching HOME``.

Prints how long the index takes to build and to open, its size, and for each of some queries – rare words,
words that every issue has, single characters, misspelt names – what it found and how long finding, matching
and suggesting took, in milliseconds of the processor. The index is built in a folder of its own and removed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TypeVar

from reasoner import pipeline
from reasoner.pipeline import RECORD_FILE
from reasoner.queries import search
from reasoner.records.record import Record

T = TypeVar("T")
QUERIES = (
    "码头",
    "厂",
    "的",
    "1",
    "督察",
    "CQ-0",
    "两江新区",
    "码头 云阳",
    "PM2.5",
    "deadline",
    "云洋县政府",
    '" OR *',
)
GOALS = {"build": 3000, "query": 50}
"""What is wanted at most with 10,000 issues, in milliseconds."""


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """Do something; return what came of it and the milliseconds it took."""
    start = process_time()
    made = do()
    return made, 1000 * (process_time() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path, help="the folder of a record")
    home: Path = parser.parse_args().home
    rules = pipeline.ontology()
    with Record.open(home / RECORD_FILE) as record, tempfile.TemporaryDirectory() as folder:
        _, building = timed(lambda: search.index(record, rules, Path(folder)))
        index, opening = timed(lambda: search.index(record, rules, Path(folder)))
        size = index.file.stat().st_size / 1e6
        print(f"build {building:.0f} ms (at most {GOALS['build']}), open {opening:.1f} ms, {size:.1f} MB")
        print(f"{'find':>6} {'match':>6} {'alike':>6}   (at most {GOALS['query']} ms)")
        for query in QUERIES:
            found, finding = timed(lambda words=query: index.find(words))  # type: ignore[misc]
            _, matching = timed(lambda words=query: index.matching(words))  # type: ignore[misc]
            _, suggesting = timed(lambda words=query: index.alike(words))  # type: ignore[misc]
            print(f"{finding:6.1f} {matching:6.1f} {suggesting:6.1f}   {query}  {found.counts}")


if __name__ == "__main__":
    main()
