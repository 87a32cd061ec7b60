"""``zelian posts``: which recorded posts of a unit were held on a day, and what they were in charge of."""

from __future__ import annotations

import argparse
import sys

from app.cli import tables, terminal, world

HEAD = (
    ("职务", "单位", "起", "止", "分管（据记录）"),
    ("post", "unit", "from", "until", "in charge of (on record)"),
)


def run(arguments: argparse.Namespace) -> int:
    """Print posts, never persons. Being in charge of something is no finding of responsibility."""
    from reasoner.answers import posts

    opened = world.open_world(arguments.on)
    unit = world.unit(opened, arguments.unit)
    held = posts.posts(opened, unit)
    at = 0 if arguments.lang == "zh" else 1
    if arguments.format == "jsonl":
        sys.stdout.write(tables.as_jsonl(post.to_dict() for post in held))
        return 0
    rows = [
        (
            post.name[arguments.lang],
            post.unit_name[arguments.lang],
            post.since or "",
            post.until or "",
            "；".join(name[arguments.lang] for name in post.in_charge_of),
        )
        for post in held
    ]
    sys.stdout.write(tables.table(HEAD[at], rows, terminal.width()) + "\n")
    return 0
