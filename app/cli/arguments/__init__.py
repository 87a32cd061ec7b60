"""The commands and their arguments. Nothing heavy is imported here: ``zelian --help`` must come at once."""

from __future__ import annotations

import argparse
import os
from typing import NoReturn

from app.cli.arguments import answers, programs, reasoning, receipts, records, regulation, safety
from app.cli.arguments.common import FORMATS, role
from app.cli.arguments.values import date
from app.cli.messages import error_line

_OPENING = frozenset(
    {
        *("load", "record", "reason", "conclusions", "explain", "why-not", "what-if", "export"),
        *("receipts", "diff", "procedure", "agenda", "posts", "ask", "dossier"),
    }
)
"""The commands that open the record, for a role if they are told one."""

__all__ = ["FORMATS", "date", "parser"]


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints on one line and in both languages."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, error_line(f"用法不对：{message}（见 {self.prog} --help）", f"usage: {message}") + "\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="zelian",
        description="责链：谁负责、移送哪里、违反什么，逐条追溯到条文和台账。\n"
        "ZeLian: who is responsible, where it must be transferred, what was not observed, with proofs.",
        epilog="例 example:\n  zelian load\n  zelian conclusions --issue CQ-001\n  zelian explore",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="版本 · show the version")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, title="命令 commands", parser_class=_Parser
    )

    def command(name: str, zh: str, en: str, *examples: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=f"{zh} · {en}",
            description=f"{zh}。\n{en[0].upper()}{en[1:]}.",
            epilog="例 example:\n" + "\n".join(f"  {line}" for line in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.add_argument(
            "--lang",
            choices=("zh", "en"),
            default="en" if os.environ.get("ZELIAN_LANG", "").lower().startswith("en") else "zh",
            help="输出语言 · language of the output (default: $ZELIAN_LANG, else zh)",
        )
        if name in _OPENING:
            role(made)
        return made

    for add in (
        records.load,
        records.record,
        reasoning.reason,
        reasoning.conclusions,
        reasoning.explain,
        reasoning.why_not,
        reasoning.what_if,
        regulation.case,
        regulation.law,
        regulation.check,
        regulation.verify_proof,
        regulation.verify,
        regulation.coverage,
        answers.procedure,
        answers.agenda,
        answers.posts,
        answers.ask,
        answers.dossier,
        records.generate,
        reasoning.export,
        receipts.receipts,
        receipts.diff,
        receipts.audit,
        safety.backup,
        safety.restore,
        safety.torture,
        programs.bench,
        programs.explore,
    ):
        add(command)
    return top


class _Version(argparse.Action):
    """Shows the version; reads the distribution's metadata only when asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("zelian")
        except PackageNotFoundError:
            number = "(checkout)"
        parser.exit(0, f"zelian {number}\n")
