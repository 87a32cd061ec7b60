"""What several commands take alike."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from app.cli.arguments.values import date

FORMATS = ("table", "csv", "jsonl", "ttl")

Command = Callable[..., argparse.ArgumentParser]
"""``command(name, zh, en, *examples)`` adds a command and returns its parser."""


def of_run(made: argparse.ArgumentParser) -> None:
    """Add ``--run``: the folder of a stored run."""
    made.add_argument(
        "--run",
        metavar="DIR",
        dest="run_folder",
        type=Path,
        help="reason --run 保存的文件夹，代替记录 · the folder of a run, in place of the record",
    )


def as_of(made: argparse.ArgumentParser) -> None:
    """Add ``--as-of``: the date to reason as of."""
    made.add_argument(
        "--as-of",
        metavar="DATE",
        type=date,
        default=None,
        help="推理所依的日期，默认今天 · the date to reason as of (default: today)",
    )


def output_format(made: argparse.ArgumentParser, default: str, *others: str) -> None:
    """Add ``--format``: `default` and the `others`."""
    made.add_argument(
        "--format", choices=(default, *others), default=default, help=f"格式 · format (default: {default})"
    )


def role(made: argparse.ArgumentParser) -> None:
    """Add ``--role``: for whom to read."""
    made.add_argument(
        "--role",
        metavar="ROLE",
        help="以某个角色（如 policy、public）查看，看不到的不在其中；默认看全部 "
        "· read as a role, e.g. public: what it may not see is left out (default: everything is seen)",
    )


def issue(made: argparse.ArgumentParser) -> None:
    """Add the positional ``ISSUE``."""
    made.add_argument(
        "issue", metavar="ISSUE", help="问题（或督察、任务） · an issue (or inspection, or task)"
    )
