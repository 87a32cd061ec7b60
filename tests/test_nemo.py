"""A second judge besides clingo: of the cases Nemo concludes, from rules in its own language, the very same.

With ZELIAN_EVERY_WORLD=1 of all cases, else of some of some files.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from nemo_judge import judge

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.engine.evaluate import Row
from reasoner.engine.side_by_side import facts_in_worlds, rules_in_worlds
from reasoner.records.registry import bundled_registry

SOME = 1 if os.environ.get("ZELIAN_EVERY_WORLD") else 8


def test_nemo_concludes_of_the_cases_what_the_evaluators_conclude(tmp_path: Path) -> None:
    rules, registry = pipeline.ontology(), bundled_registry()
    files = list(cases.files([bundled.path("ontology", "regulation")]))[::SOME]
    read = [case for file in files for case in cases.read(file)][::SOME]
    worlds = [cases.Scene(case, rules, registry).world() for case in read]
    expected: dict[str, set[Row]] = defaultdict(set)
    heads = {rule.head.predicate for rule in rules.book.rules}
    for number, world in enumerate(worlds):
        for head in heads:
            expected[head] |= {(number, *row) for row in world.model.rows(head)}
    atoms = facts_in_worlds(world.facts.atoms for world in worlds)
    found = judge(atoms, rules_in_worlds(rules.book.rules), tmp_path)
    for head in heads:
        assert found[head] == expected[head], head
    assert sum(map(len, found.values())) > 500 * len(worlds)
