"""What a dossier holds, whatever it is written as: parts of paragraphs and tables, and sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Literal, TypeVar

from app.dossier.words import Lang

Style = Literal["body", "heading", "conclusion", "quote", "note", "step"]
T = TypeVar("T")

#: Characters that XML does not admit, and those that turn the direction of what is read.
_INADMISSIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``lead`` is what it opens with, set apart. ``depth`` indents a step of a derivation."""

    text: str
    lead: str = ""
    style: Style = "body"
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``widths`` are shares of the line."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter (level 1) or one of its sections (level 2), with its number in its title."""

    title: str
    level: int
    blocks: tuple[Paragraph | Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the list: its name, what stands above the table, the table."""

    name: str
    above: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Dossier:
    """A list and a case file on some issues, as of a date, at a version of the data and of the rules.

    ``mark`` is what fictional data are marked with, empty without any. ``cover`` are pairs of words.
    """

    lang: Lang
    title: str
    list_title: str
    author: str
    subjects: tuple[str, ...]
    issues: tuple[str, ...]
    as_of: date
    data_version: int
    data_digest: str
    rule_version: str
    mark: str
    restricted: bool
    cover: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    parts: tuple[Part, ...]
    sheets: tuple[Sheet, ...]


def clean(text: str) -> str:
    """Return a text without the characters that a document cannot hold, its lines ended in one way."""
    return _INADMISSIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def cleaned(value: T) -> T:
    """Return a dossier, or a part of one, with every text in it clean."""
    made: Any = value
    if isinstance(value, str):
        made = clean(value)
    elif isinstance(value, tuple):
        made = tuple(cleaned(each) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{each.name: cleaned(getattr(value, each.name)) for each in fields(value)})
    return made  # type: ignore[no-any-return]
