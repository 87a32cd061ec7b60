"""How long the search takes on the record of a home folder: ``python -m tests.bench.searching HOME``.

Prints how long the index takes to build and to open, its size, and for each of some queries – rare words,
words that every issue has, single characters, numbers, misspelt names, names of districts and sectors – what
it found and how long finding, matching, suggesting and offering views took, in milliseconds of the processor.
The index is built in a folder of its own and removed. What offers rest on (the names on record) is read once
for a state of the record, as an explorer does.
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
from reasoner.queries import offers, search
from reasoner.queries.questions import catalogue
from reasoner.records import directory
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
    "CQ-001",
    "綦江 畜禽养殖",
    "无证码头",
    "渝北区 承继",
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
        names, reading = timed(lambda: offers.Names(directory.directory(record, rules.vocabulary)))
        _, preparing = timed(lambda: offers.offers("", names, catalogue()))
        print(f"names: read {reading:.0f} ms, prepared {preparing:.0f} ms")
        heads = " ".join(f"{head:>6}" for head in ("find", "match", "alike", "number", "offer"))
        print(f"{heads}   (at most {GOALS['query']} ms)")
        for query in QUERIES:
            found, finding = timed(lambda words=query: index.find(words))  # type: ignore[misc]
            _, matching = timed(lambda words=query: index.matching(words))  # type: ignore[misc]
            _, suggesting = timed(lambda words=query: index.alike(words))  # type: ignore[misc]
            _, numbering = timed(lambda words=query: index.numbered(words))  # type: ignore[misc]
            _, offering = timed(lambda words=query: offers.offers(words, names, catalogue()))  # type: ignore[misc]
            times = " ".join(f"{ms:6.1f}" for ms in (finding, matching, suggesting, numbering, offering))
            print(f"{times}   {query}  {found.counts}")


if __name__ == "__main__":
    main()
