"""``zelian why-not``: what is missing for a statement to follow, or why nothing can make it follow."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from app.cli import messages, missing, stored, world

if TYPE_CHECKING:
    from reasoner.pipeline import World
    from reasoner.records.registry import Registry


def run(arguments: argparse.Namespace) -> int:
    """Print the answer as text or as ``zelian-why-not/1``. What nobody can understand is refused."""
    if arguments.run_folder is not None:
        with stored.cases(arguments) as cases:
            matter = stored.matter(cases, arguments.issue)
            opened = stored.case_with(cases, matter, arguments.statement)
            return _print(opened, cases.registry, matter, arguments)
    from reasoner.records.registry import Registry

    opened = world.open_world(arguments.as_of)
    registry = Registry(opened.record) if opened.record is not None else None
    return _print(opened, registry, arguments.issue, arguments)


def _print(opened: World, registry: Registry | None, asked: str, arguments: argparse.Namespace) -> int:
    from reasoner.asking import missing as told
    from reasoner.asking.statement import Listener, StatementError
    from reasoner.asking.whynot import answer

    listener = Listener(opened, registry)
    try:
        matter = listener.matter(asked)
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
