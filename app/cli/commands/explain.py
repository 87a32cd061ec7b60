"""``zelian explain``: the proof of one conclusion."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from app.cli import stored, tree, world
from app.cli.messages import CommandError

if TYPE_CHECKING:
    from reasoner.engine.proof import Proof


def run(arguments: argparse.Namespace) -> int:
    """Print the proof as a tree or as ``zelian-proof/1``."""
    try:
        if arguments.checkable:
            print(json.dumps(_checkable(arguments), ensure_ascii=False, indent=1))
            return 0
        proof = _proof(arguments)
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


def _checkable(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.run_folder is not None:
        # what is absent from one case of a run is not thereby absent from the run
        raise CommandError(
            "--checkable 只用于记录，不能与 --run 同用", "--checkable is for the record, not for --run"
        )
    return world.open_world(arguments.as_of).certify(arguments.conclusion)


def _proof(arguments: argparse.Namespace) -> Proof:
    if arguments.run_folder is None:
        return world.open_world(arguments.as_of).explain(arguments.conclusion)
    with stored.cases(arguments) as cases:
        issue = None if arguments.issue is None else stored.matter(cases, arguments.issue)
        return cases.by_id(arguments.conclusion, issue)
