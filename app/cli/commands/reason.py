"""``zelian reason``: how many conclusions there are of each status."""

from __future__ import annotations

import argparse
from collections import Counter

from app.cli import tables, world


def run(arguments: argparse.Namespace) -> int:
    """Print the statuses with their numbers, in the order of the ontology."""
    opened = world.open_world(arguments.as_of)
    counted = Counter(conclusion.status for conclusion in opened.conclusions())
    rows = [(opened.label(status, arguments.lang), status, str(n)) for status, n in counted.most_common()]
    head = ("状态", "代号", "结论数") if arguments.lang == "zh" else ("status", "id", "conclusions")
    print(tables.table(head, rows))
    return 0
