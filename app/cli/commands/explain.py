"""``zelian explain``: the proof of one conclusion."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from app.cli import stored, tree, world
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.engine.proof import Proof

Redacted = dict[str, Any]


def run(arguments: argparse.Namespace) -> int:
    """Print the proof as a tree or as ``zelian-proof/1``."""
    _check(arguments)
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


def _check(arguments: argparse.Namespace) -> None:
    """Refuse options that do nothing, or not the same, together."""
    redacted = bool(arguments.hide) or arguments.for_role is not None
    if (redacted or arguments.openings) and not (arguments.checkable and redacted):
        raise CommandError(
            "--hide 和 --for-role 与 --checkable 同用，--openings 与二者之一同用",
            "--hide and --for-role go with --checkable, and --openings with one of them",
        )
    if arguments.hide and arguments.for_role is not None:
        raise CommandError("--hide 与 --for-role 不能同用", "either --hide or --for-role")
    if arguments.run_folder is not None and arguments.for_role is not None:
        raise CommandError(
            "--for-role 只用于记录，不能与 --run 同用", "--for-role is for the record, not for --run"
        )


def _checkable(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.hide or arguments.for_role:
        from reasoner.engine.redaction import RedactionError

        try:
            redacted, openings = _for_role(arguments) if arguments.for_role else _without(arguments)
        except RedactionError as error:
            raise from_error(error) from error
        if arguments.openings is not None:
            arguments.openings.write_text(json.dumps(openings, ensure_ascii=False, indent=1), "utf-8")
        return redacted
    return _certified(arguments)


def _certified(arguments: argparse.Namespace) -> dict[str, Any]:
    """The whole proof; of a run, with the part of its facts that it rests on."""
    if arguments.run_folder is None:
        return world.open_world(arguments.as_of).certify(arguments.conclusion)
    with stored.cases(arguments) as cases:
        if arguments.issue is not None:
            matter = stored.matter(cases, arguments.issue)
        else:
            matter = cases.by_id(arguments.conclusion).conclusion.subject
        return cases.told(matter).certify(arguments.conclusion)


def _without(arguments: argparse.Namespace) -> tuple[Redacted, Redacted]:
    """The proof without the facts of some terms, and what opens it."""
    from reasoner import pipeline
    from reasoner.engine.redaction import Redactor, Withheld, entailing

    known, rules = pipeline.ontology().vocabulary.predicates, pipeline.ontology().book.rules
    for name in arguments.hide:
        if name not in known or known[name].derived:
            raise CommandError(
                f"没有可记录的词 {name}（ontology/VOCABULARY.md）",
                f"no term {name} that can be on record (see ontology/VOCABULARY.md)",
            )
    redactor = Redactor(rules, Withheld(entailing(arguments.hide, rules)))
    return redactor.redact(_certified(arguments))


def _for_role(arguments: argparse.Namespace) -> tuple[Redacted, Redacted]:
    """The proof as a role may have it, and what opens it; a role that sees everything gets it as it is."""
    from reasoner import pipeline
    from reasoner.access.policy import UnknownRoleError
    from reasoner.access.reader import reading_as
    from reasoner.engine.released import Release

    whole = world.open_world(arguments.as_of)
    known = pipeline.access_of(whole.rules)
    try:
        role = known.role(arguments.for_role)
    except UnknownRoleError as error:
        raise from_error(error) from None
    if not known.unseen(role):
        return whole.certify(arguments.conclusion), {}  # nothing to open
    with reading_as(role):
        seen = world.open_world(whole.as_of)
    return Release(whole, seen).proof(arguments.conclusion)


def _proof(arguments: argparse.Namespace) -> Proof:
    if arguments.run_folder is None:
        return world.open_world(arguments.as_of).explain(arguments.conclusion)
    with stored.cases(arguments) as cases:
        issue = None if arguments.issue is None else stored.matter(cases, arguments.issue)
        return cases.by_id(arguments.conclusion, issue)
