"""Tables, all built here: on a phone, where no column head is seen, each cell says what it is.

A table of class ``zl-rows`` becomes a block for each line there, and every cell shows the words of its head
before its value (``data-label``, see page.css); the others have few columns and keep their heads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.explorer.markup import Markup, Piece, el, join
from app.explorer.words import t

Attribute = str | bool | None
_NUMBER: Final = "zl-number"


@dataclass(frozen=True)
class Head:
    """The head of a column; of ``numbers``, it stands to the right."""

    words: str
    numbers: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell with attributes of its own, named as `el` takes them."""

    content: Piece
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class Line:
    """A line with attributes of its own; ``below`` stands under it over the whole width."""

    cells: Sequence[Cell | Piece]
    attributes: Mapping[str, Attribute]
    below: Markup | None = None


def numbers(words: str) -> Head:
    """Return the head of a column of numbers."""
    return Head(words, numbers=True)


def cell(*children: Piece, **attributes: Attribute) -> Cell:
    """Return a cell with attributes of its own."""
    return Cell(children, attributes)


def line(*cells: Cell | Piece, below: Markup | None = None, **attributes: Attribute) -> Line:
    """Return a line with attributes of its own, or with something below it."""
    return Line(cells, attributes, below)


def table(
    heads: Sequence[Head | str], lines: Iterable[Line | Sequence[Cell | Piece]], **attributes: Attribute
) -> Markup:
    """Return a table with its heads; each line has one cell for each head ('' for a column without words).

    Raises ValueError when a line has more or fewer.
    """
    columns = [head if isinstance(head, Head) else Head(head) for head in heads]
    top = (el("th", each.words, scope="col", class_=_NUMBER if each.numbers else None) for each in columns)
    body = (_line(columns, each if isinstance(each, Line) else Line(each, {})) for each in lines)
    return el("table", el("thead", el("tr", top)), el("tbody", body), **attributes)


def _line(columns: Sequence[Head], written: Line) -> Markup:
    cells = (_cell(head, each) for head, each in zip(columns, written.cells, strict=True))
    below = el("tr", el("td", written.below, colspan=str(len(columns)))) if written.below else None
    return join(el("tr", cells, **written.attributes), below)


def _cell(head: Head, written: Cell | Piece) -> Markup:
    own = written if isinstance(written, Cell) else Cell(written, {})
    label = f"{head.words}{t('colon')}" if head.words else None
    class_ = own.attributes.get("class_")
    if head.numbers:
        class_ = f"{class_} {_NUMBER}" if class_ else _NUMBER
    return el("td", own.content, **{**own.attributes, "class_": class_, "data_label": label})
