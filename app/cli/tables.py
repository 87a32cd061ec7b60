"""Rows as an aligned table, as CSV for a spreadsheet, or as JSON lines."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def wrap(text: str, widest: int) -> list[str]:
    """Break a text into lines of a width; Chinese may break after any sign, other words stay whole."""
    lines, line = [], ""
    for word in re.findall(r"[\x21-\x7e]+ *|.", text):
        if line and width(line + word.rstrip()) > widest:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int | None = None) -> str:
    """Return rows under a head, columns aligned.

    ``widest`` is the width of the terminal: the last column is broken into lines to fit in; None breaks
    nothing.
    """
    lines = [tuple(head), *(tuple(" ".join(cell.split()) for cell in row) for row in rows)]
    widths = [max(width(line[i]) for line in lines) for i in range(len(head))]
    left = sum(widths[:-1]) + 2 * (len(head) - 1)
    if widest is not None:
        widths[-1] = min(widths[-1], max(20, widest - left))
    drawn = []
    for line in lines:
        first, *more = wrap(line[-1], widths[-1])
        padded = [cell + " " * (w - width(cell)) for cell, w in zip(line, widths, strict=True)]
        drawn.append("  ".join((*padded[:-1], first)).rstrip())
        drawn += [" " * left + rest for rest in more]
    drawn.insert(1, "  ".join("─" * w for w in widths))
    return "\n".join(drawn)


def cell(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: a leading = + - @ gets an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV; write it with ``utf-8-sig``, so that Excel sees UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def as_jsonl(records: Iterable[dict[str, Any]]) -> str:
    """Return one JSON object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
