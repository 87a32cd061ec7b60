"""``zelian explain``: the proof of one conclusion."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from app.cli import stored, tree, world
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.engine.proof import Proof


def run(arguments: argparse.Namespace) -> int:
    """Print the proof as a tree or as ``zelian-proof/1``."""
    if (arguments.hide or arguments.openings) and not (arguments.checkable and arguments.hide):
        raise CommandError(
            "--hide 与 --checkable 同用，--openings 与 --hide 同用",
            "--hide goes with --checkable, and --openings with --hide",
        )
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
    if not arguments.hide:
        return world.open_world(arguments.as_of).certify(arguments.conclusion)
    from reasoner import pipeline
    from reasoner.engine.redaction import RedactionError, Redactor, Withheld, entailing

    known, rules = pipeline.ontology().vocabulary.predicates, pipeline.ontology().book.rules
    for name in arguments.hide:
        if name not in known or known[name].derived:
            raise CommandError(
                f"没有可记录的词 {name}（ontology/VOCABULARY.md）",
                f"no term {name} that can be on record (see ontology/VOCABULARY.md)",
            )
    try:
        redactor = Redactor(rules, Withheld(entailing(arguments.hide, rules)))
        proof = world.open_world(arguments.as_of).certify(arguments.conclusion)
        redacted, openings = redactor.redact(proof)
    except RedactionError as error:
        raise from_error(error) from error
    if arguments.openings is not None:
        arguments.openings.write_text(json.dumps(openings, ensure_ascii=False, indent=1), "utf-8")
    return redacted


def _proof(arguments: argparse.Namespace) -> Proof:
    if arguments.run_folder is None:
        return world.open_world(arguments.as_of).explain(arguments.conclusion)
    with stored.cases(arguments) as cases:
        issue = None if arguments.issue is None else stored.matter(cases, arguments.issue)
        return cases.by_id(arguments.conclusion, issue)
