"""Rows as an aligned table, as CSV for a spreadsheet, or as JSON lines."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def shorten(text: str, most: int) -> str:
    """Cut a text to a width, with … as the last sign when something was cut."""
    if width(text) <= most:
        return text
    kept, taken = [], 1
    for sign in text:
        taken += width(sign)
        if taken > most:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int | None = None) -> str:
    """Return rows under a head, columns aligned.

    ``widest`` is the width of the terminal: the last column is cut to fit in; None cuts nothing.
    """
    lines = [tuple(head), *(tuple(" ".join(cell.split()) for cell in row) for row in rows)]
    widths = [max(width(line[i]) for line in lines) for i in range(len(head))]
    if widest is not None:
        widths[-1] = max(10, min(widths[-1], widest - sum(widths[:-1]) - 2 * (len(head) - 1)))
    drawn = ["  ".join("─" * w for w in widths)]
    for line in lines:
        cells = [shorten(cell, w) for cell, w in zip(line, widths, strict=True)]
        padded = (cell + " " * (w - width(cell)) for cell, w in zip(cells, widths, strict=True))
        drawn.append("  ".join(padded).rstrip())
    return "\n".join([drawn[1], drawn[0], *drawn[2:]])


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
