"""``zelian reason``: how many conclusions there are of each status."""

from __future__ import annotations

import argparse
from collections import Counter

from app.cli import tables, world


def run(arguments: argparse.Namespace) -> int:
    """Print the statuses with their numbers, in the order of the ontology."""
    from reasoner.engine.conclusions import status_names

    opened = world.open_world(arguments.as_of)
    vocabulary, lang = opened.rules.vocabulary, arguments.lang
    found = opened.conclusions()
    counted = Counter(conclusion.status for conclusion in found)
    rows = [
        (vocabulary.predicates[status].label[lang], status, str(counted[status]))
        for status in status_names(vocabulary)
        if counted[status]
    ]
    issues = len(opened.issues())
    if lang == "en":
        print(f"as of {opened.as_of}: {issues} issues, {len(found)} conclusions\n")
        print(tables.table(("status", "id", "conclusions"), rows))
    else:
        print(f"基准日 {opened.as_of}：问题 {issues} 个，结论 {len(found)} 条\n")
        print(tables.table(("状态", "代号", "结论数"), rows))
    return 0
