"""``zelian explain``: the proof of one conclusion."""

from __future__ import annotations

import argparse
import json

from app.cli import tree, world
from app.cli.messages import CommandError


def run(arguments: argparse.Namespace) -> int:
    """Print the proof as a tree or as ``zelian-proof/1``."""
    opened = world.open_world(arguments.as_of)
    try:
        proof = opened.explain(arguments.conclusion)
    except KeyError as missing:
        raise CommandError(
            f"没有这条结论：{arguments.conclusion}（用 zelian conclusions 查编号）",
            f"no such conclusion: {arguments.conclusion} (zelian conclusions lists their ids)",
        ) from missing
    if arguments.format == "json":
        data = proof.to_shared() if arguments.shared else proof.to_dict()
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(tree.lines(proof.to_dict(), arguments.lang, arguments.full)))
    return 0
