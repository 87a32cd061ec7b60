"""``zelian agenda``: limits to come, limits passed, duties without a limit, per unit or per district."""

from __future__ import annotations

import argparse
import sys

from app.cli import tables, terminal, world
from app.cli.messages import CommandError

HEAD = (
    ("期限", "日", "单位", "状态", "结论", "内容"),
    ("limit", "days", "unit", "status", "conclusion", "what"),
)


def run(arguments: argparse.Namespace) -> int:
    """Print the agenda of one unit, of the organs of a district, or of all.

    A unit that nothing is called is a mistake, as are dates in the wrong order. Raises CommandError.
    """
    from reasoner.answers import agenda

    since, until = arguments.since, arguments.until
    if since and until and since > until:
        raise CommandError(
            f"--since {since} 晚于 --until {until}，没有哪一天在其间",
            f"--since {since} is later than --until {until}: no day lies between them",
        )
    opened = world.open_world(arguments.as_of)
    unit = world.unit(opened, arguments.unit) if arguments.unit else None
    entries = agenda.agenda(opened, unit, since, until)
    language = arguments.lang
    if arguments.format == "jsonl":
        sys.stdout.write(tables.as_jsonl(entry.to_dict() for entry in entries))
        return 0
    rows = [
        (
            entry.due or (f"自 {entry.since}" if language == "zh" else f"since {entry.since}"),
            str(entry.days if entry.days is not None else entry.elapsed),
            entry.unit_name[language],
            entry.of.status_label[language],
            entry.conclusion,
            entry.of.sentence[language],
        )
        for entry in entries
    ]
    at = 0 if language == "zh" else 1
    if arguments.format == "csv":
        sys.stdout.write(tables.as_csv(HEAD[at], rows))
    else:
        sys.stdout.write(tables.table(HEAD[at], rows, terminal.width()) + "\n")
    return 0
