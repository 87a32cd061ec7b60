"""A second judge besides clingo: Nemo, a rule engine in Rust, on the rules in its own language."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from reasoner.engine.evaluate import Ground, Row
from reasoner.rulebook.rules import Rule
from tests.bench.facts import ARGUMENTS, ATOMS, table
from tests.bench.translate import nemo


def judge(facts: Iterable[Ground], rules: Iterable[Rule], folder: Path) -> dict[str, set[Row]]:
    """For every predicate that some rule concludes, what follows; files go to the folder."""
    from nmo_python import NemoEngine, NemoOutputManager, load_string

    rules, given, out = tuple(rules), folder / "facts", folder / "out"
    given.mkdir(parents=True)
    used = {atom.predicate for rule in rules for atom in rule.atoms()}
    pq.write_table(table(facts, ARGUMENTS), folder / ATOMS)
    files = nemo.facts(folder / ATOMS, used, given)
    engine = NemoEngine(load_string(nemo.program(rules, files)))
    engine.reason()
    manager, found = NemoOutputManager(str(out), overwrite=True), {}
    for predicate in dict.fromkeys(rule.head.predicate for rule in rules):
        engine.write_result(nemo.name(predicate), manager)
        found[predicate] = set(_rows(out / f"{predicate}.csv"))
    return found


def _rows(file: Path) -> Iterable[Row]:
    """A name stands in quotation marks inside its cell, and a number does not."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as lines:
        for cells in csv.reader(lines):
            yield tuple(
                cell[1:-1].replace('\\"', '"').replace("\\\\", "\\") if cell[:1] == '"' else int(cell)
                for cell in cells
            )
