"""What a kind of torture prints and writes to RESULTS.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Line:
    """What was tried, how often, and how often nothing was lost or broke."""

    what: str
    tried: int
    survived: int
    note: str = ""


def table(lines: Iterable[Line]) -> str:
    """The lines as a Markdown table, with their sum."""
    every = list(lines)
    rows = [("", "tried", "survived", "")]
    rows += [(line.what, f"{line.tried:,}", f"{line.survived:,}", line.note) for line in every]
    tried, survived = sum(line.tried for line in every), sum(line.survived for line in every)
    rows.append(("**all**", f"**{tried:,}**", f"**{survived:,}**", ""))
    return "\n".join([_row(rows[0]), "|---|--:|--:|---|", *map(_row, rows[1:])])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def written(section: str, body: str) -> None:
    """Put a section into RESULTS.md, in place of the one of this name; the others stay."""
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results of `zelian torture`\n"
    text = re.sub(rf"\n## {re.escape(section)}\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n## {section}\n\n{body.strip()}\n", "utf-8")
