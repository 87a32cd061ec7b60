"""``zelian conclusions``: what follows from the record, narrowed as asked, in four formats."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import shown, stored, tables, terminal, world

if TYPE_CHECKING:
    from reasoner.pipeline import World


def run(arguments: argparse.Namespace) -> int:
    """Print or write the conclusions. An id that nothing knows is a mistake, not an empty list."""
    if arguments.run_folder is not None:
        with stored.cases(arguments) as cases:
            return _print(stored.told(cases, arguments.issue), arguments)
    return _print(world.open_world(arguments.as_of), arguments)


def _print(opened: World, arguments: argparse.Namespace) -> int:
    norm = None if arguments.norm is None else world.norm_id(opened, arguments.norm)
    world.check_known(opened, arguments.issue, norm, arguments.status)
    found = [
        conclusion.to_dict()
        for conclusion in opened.conclusions(issue=arguments.issue, norm=norm, status=arguments.status)
    ]
    output: Path | None = arguments.output
    match arguments.format:
        case "jsonl":
            text = tables.as_jsonl(found)
        case "csv":
            rows = (shown.row(conclusion, shown.HEADS, arguments.lang) for conclusion in found)
            text = tables.as_csv(shown.head(shown.HEADS, arguments.lang), rows)
        case "ttl":
            from app.cli import rdf

            text = rdf.turtle(found)
        case _:
            widest = terminal.width() if output is None else None
            rows = (shown.row(conclusion, shown.LISTED, arguments.lang) for conclusion in found)
            text = tables.table(shown.head(shown.LISTED, arguments.lang), rows, widest) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        # Excel takes a CSV for UTF-8 only when it opens with a byte order mark.
        encoding = "utf-8-sig" if arguments.format == "csv" else "utf-8"
        from reasoner.whole import whole

        with whole(output) as part:
            part.write_text(text, encoding, newline="")
    return 0
