"""``zelian why-not``: what is missing for a statement to follow, or why nothing can make it follow."""

from __future__ import annotations

import argparse
import json

from app.cli import messages, missing, world


def run(arguments: argparse.Namespace) -> int:
    """Print the answer as text or as ``zelian-why-not/1``. What nobody can understand is refused."""
    from reasoner.asking import missing as told
    from reasoner.asking.statement import Listener, StatementError
    from reasoner.asking.whynot import answer
    from reasoner.records.registry import Registry

    opened = world.open_world(arguments.as_of)
    registry = Registry(opened.record) if opened.record is not None else None
    listener = Listener(opened, registry)
    try:
        matter = listener.matter(arguments.issue)
        statement = listener.hear(matter, " ".join(arguments.statement))
    except StatementError as problem:
        raise messages.from_error(problem) from None
    goals = statement.goals(opened)
    found = told.described(opened, matter, statement, goals, answer(opened, goals))
    if arguments.format == "json":
        print(json.dumps(found, ensure_ascii=False, indent=2, default=told.plain))
    else:
        print("\n".join(missing.lines(found, arguments.lang)))
    return 0
