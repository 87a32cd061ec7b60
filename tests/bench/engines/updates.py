"""What the engines on triples share: the facts as N-Triples, and rules applied until nothing is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from pathlib import Path
from typing import Any

from tests.bench.engines.task import Task
from tests.bench.translate.sparql import Sparql


def triples(task: Task, sparql: Sparql) -> Path:
    """Write the facts of the task as N-Triples and return the file."""
    file = task.folder("facts") / "facts.nt"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(sparql.triples(task.ground()))
    return file


def apply(store: Sized, strata: Iterable[tuple[bool, list[Any]]], update: Callable[[Any], object]) -> None:
    """Run the updates of each stratum on `store`; those of a recursive one until nothing is new."""
    for recursive, updates in strata:
        known = -1
        while known < len(store):
            known = len(store)
            for one in updates:
                update(one)
            if not recursive:
                break
