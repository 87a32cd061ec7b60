"""Runs a command as a role (``--role``): what the role may not see is not on the record that it opens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.messages import CommandError, from_error

_OF_THE_WHOLE = frozenset({"receipts", "diff"})
_WRITES_RUNS = "reason"
_LOAD, _RECORD = "load", "record"


@contextmanager
def as_role(arguments: argparse.Namespace) -> Iterator[None]:
    """Open records for the role that the arguments name; for whoever sits here when they name none.

    Raises CommandError for a role that is not known, and for what a role that does not see everything cannot
    ask: what was made of the whole record.
    """
    name = getattr(arguments, "role", None)
    if name is None:
        yield
        return
    from app.home import home
    from reasoner import pipeline
    from reasoner.access.policy import UnknownRoleError
    from reasoner.access.reader import reading_as

    known = pipeline.access_of(pipeline.ontology(None, home() / "cache"))
    try:
        role = known.role(name)
    except UnknownRoleError as error:
        raise from_error(error) from None
    if known.unseen(role):
        _check(arguments)
    for act in _acts(arguments):
        if act not in role.may:
            what = known.acts[act]
            raise CommandError(
                f"角色“{role.label['zh']}”不能{what['zh']}", f"the role {role.id} may not {what['en']}"
            )
    if unseen := known.unseen(role):
        zh, en = (gap.join(each.label[lang] for each in unseen) for lang, gap in (("zh", "；"), ("en", "; ")))
        sys.stderr.write(
            f"所见范围：不含{zh}。结论只对所见的记录成立 "
            f"/ scope: without {en}; the conclusions hold for what is seen\n"
        )
    with reading_as(role):
        yield


def _acts(arguments: argparse.Namespace) -> Iterator[str]:
    """What a role has to be allowed to do."""
    from reasoner.access.policy import CORRECT, DISCLOSE, RECORD, SECRETS_TOO

    if getattr(arguments, SECRETS_TOO, False):
        yield SECRETS_TOO
    if getattr(arguments, "for_role", None) is not None:
        yield DISCLOSE
    if arguments.command == _LOAD:
        yield RECORD
    elif arguments.command == _RECORD:
        is_correction = arguments.correct is not None or arguments.retract is not None
        yield CORRECT if is_correction else RECORD


def _check(arguments: argparse.Namespace) -> None:
    if arguments.command in _OF_THE_WHOLE:
        raise CommandError(
            "推理凭据是对全部记录的，这个角色看不到全部记录",
            "receipts are of the whole record, which this role does not see",
        )
    if arguments.command != _WRITES_RUNS and getattr(arguments, "run_folder", None) is not None:
        raise CommandError(
            "--run 的文件夹可能是由全部记录得出的，不能与这个角色同用",
            "the folder of --run may be made of the whole record: not with this role",
        )
