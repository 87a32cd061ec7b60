"""Ledger layouts: mapping files (data/layouts/*.yaml) and how a table is recognised by its headers.

A layout file holds one or more tables. A table names the headers it needs, the entities one row
speaks of, and for every column the property it states. Recognising is exact: all needed headers must
be there, in one row (or in two, joined) among the first rows of the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from reasoner.bundled import path as bundled
from reasoner.ledger.sheets import Cell
from reasoner.ledger.tables import Grid, header, text
from reasoner.ledger.words import read_yaml

_HEADER_WITHIN = 15
_NOT_LAYOUTS = {"words.yaml", "messages.yaml", "terms.yaml"}
SLOT = re.compile(r"{([^{}]+)}")


@dataclass(frozen=True)
class Entity:
    """One thing a row speaks of: its id as a template over columns, its classes, when it is there.

    ``resolves`` names columns instead, whose place the row speaks of.
    """

    id: str
    classes: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    mint: str | None = None
    resolves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """One column and what it states; see data/layouts/README.md for the values."""

    column: str
    headers: tuple[str, ...]
    value: str = "text"
    of: str = ""
    property: str = ""
    words: str = ""
    families: tuple[str, ...] = ()
    required: bool = False
    expected: bool = False
    note_only: bool = False
    reverse: bool = False
    label: str = ""
    form: str = "{}"
    example: str = ""
    explain: str = ""
    many: bool = False
    en: str = ""
    in_form: bool = True


@dataclass(frozen=True)
class TableLayout:
    """One recognisable table of a layout."""

    layout: str
    name: str
    shape: str
    needs: tuple[tuple[str, ...], ...]
    key: tuple[str, ...]
    entities: dict[str, Entity]
    items: tuple[Item, ...]
    links: tuple[tuple[str, str, str], ...]
    inspection: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    url: str = ""
    left_out: str = ""
    left_out_keeps: bool = False
    from_title: dict[str, str] = field(default_factory=dict)

    @cached_property
    def main(self) -> str:
        """The entity a row is about: the first one."""
        return next(iter(self.entities))

    @property
    def aside(self) -> set[str]:
        """Headers that are used in other ways than as a column that states something."""
        named = [*self.key, *self.dates, self.url, self.left_out, *self.from_title]
        for entity in self.entities.values():
            named += [*entity.when, *SLOT.findall(" ".join((entity.id, *entity.classes)))]
        for item in self.items:
            named += [name for slot in SLOT.findall(item.form) for name in slot.split("|")]
        return {header(name) for name in named} | {h for need in self.needs for h in need}


@dataclass
class Table:
    """A recognised table: rows as lists of cells, headers by position, and what stands above them."""

    layout: TableLayout
    file: str
    sheet: str | None
    title: str
    headers: list[str]
    shown: list[str]
    rows: list[tuple[int, tuple[Cell, ...]]]
    repeated: set[tuple[int, int]]

    def column(self, names: Iterable[str]) -> int | None:
        """Position of the first of these headers, or None."""
        return next((self.headers.index(name) for name in names if name in self.headers), None)

    def unread(self, others: Iterable[str] = ()) -> list[str]:
        """Headers, as written, of columns that hold something and are not read; ``others`` are left out."""
        read = {self.column(item.headers) for item in self.layout.items}
        known = self.layout.aside.union(map(header, others))
        filled = {at for _, cells in self.rows for at, cell in enumerate(cells) if cell not in (None, "")}
        return [
            (self.shown[position] if position < len(self.shown) else "") or f"第{position + 1}列"
            for position in sorted(filled - read)
            if not (position < len(self.headers) and (name := self.headers[position]) and name in known)
        ]


def _alternatives(value: str) -> tuple[str, ...]:
    return tuple(header(part) for part in value.split("|"))


def _strings(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(map(str, value))


_FLAGS = frozenset({"required", "expected", "note_only", "reverse", "many", "in_form"})


def _item(spec: dict[str, Any], main: str) -> Item:
    spec = dict(spec)
    column = spec.pop("column")
    spec.setdefault("of", main)
    families = _strings(spec.pop("families", None))
    given: dict[str, Any] = {key: bool(v) if key in _FLAGS else str(v) for key, v in spec.items()}
    return Item(
        column=column.split("|")[0],
        headers=_alternatives(column),
        families=families,
        **given,
    )


# Names can only be resolved once the row's inspection and place are known.
_FIRST = {"inspection": 0, "place": 1}


def _table(layout: str, spec: dict[str, Any]) -> TableLayout:
    entities = {
        name: Entity(
            e.get("id", ""),
            _strings(e.get("class")),
            _strings(e.get("when")),
            e.get("mint"),
            _alternatives(e["resolves"]) if "resolves" in e else (),
        )
        for name, e in spec["entities"].items()
    }
    main = next(iter(entities))
    items = [_item(item, main) for item in spec["columns"]]
    items.sort(key=lambda item: _FIRST.get(item.value, 2))
    return TableLayout(
        layout=layout,
        name=spec["name"],
        shape=spec.get("shape", "rows"),
        needs=tuple(_alternatives(need) for need in spec["needs"]),
        key=_strings(spec.get("key")),
        entities=entities,
        items=tuple(items),
        links=tuple((p, s, o) for p, s, o in spec.get("links", ())),
        inspection=_strings(spec.get("inspection")),
        dates=_strings(spec.get("dates")),
        url=spec.get("url", ""),
        left_out=spec.get("left_out", ""),
        left_out_keeps=bool(spec.get("left_out_keeps")),
        from_title=spec.get("from_title", {}),
    )


@lru_cache(maxsize=8)
def layouts(folder: Path | None = None) -> tuple[TableLayout, ...]:
    """Every table of every layout file in a folder (default: the bundled ones)."""
    place = folder or bundled("data", "layouts")
    found: list[TableLayout] = []
    for file in sorted(place.glob("*.yaml")):
        if file.name not in _NOT_LAYOUTS:
            spec = read_yaml(file)
            found.extend(_table(spec["id"], table) for table in spec["tables"])
    return tuple(found)


def recognise(grid: Grid, known: Iterable[TableLayout]) -> Table | None:
    """The table this sheet is, by its headers; None when no layout fits.

    Of several that fit, the one that reads most columns; of these, the one that needs most.
    """
    known = tuple(known)
    best: tuple[tuple[int, int], int, TableLayout, int, list[str], list[str]] | None = None
    for index in range(min(_HEADER_WITHIN, len(grid.rows))):
        for depth in (1, 2):
            shown = _headers(grid, index, depth)
            headers = [header(h) for h in shown]
            present = set(headers) - {""}
            for layout in known:
                if layout.shape == "rows" and all(any(h in present for h in need) for need in layout.needs):
                    matched = sum(any(h in present for h in item.headers) for item in layout.items)
                    rank = (matched * 2 + (layout.name == grid.sheet), len(layout.needs))
                    if best is None or rank > best[0]:
                        best = (rank, index, layout, depth, headers, shown)
    if best is not None:
        _, index, layout, depth, headers, shown = best
        # a cell far below makes a million empty rows, which are no entries
        body = [(at, row) for at, row in enumerate(grid.rows) if at >= index + depth and any(row)]
        return Table(layout, grid.file, grid.sheet, _title(grid, index), headers, shown, body, grid.repeated)
    return _vertical(grid, [layout for layout in known if layout.shape == "vertical"])


def nearest(grid: Grid, known: Iterable[TableLayout]) -> tuple[float, TableLayout, list[str]] | None:
    """How near a table comes that no layout fits: share of needed headers, the layout, what is lacking."""
    best: tuple[float, TableLayout, list[str]] | None = None
    for index in range(min(_HEADER_WITHIN, len(grid.rows))):
        present = {header(cell) for cell in grid.rows[index]} - {""}
        for layout in known if present else ():
            lacking = [need[0] for need in layout.needs if not any(h in present for h in need)]
            share = 1 - len(lacking) / len(layout.needs)
            if lacking and share and (best is None or share > best[0]):
                best = (share, layout, lacking)
    return best


def _headers(grid: Grid, index: int, depth: int) -> list[str]:
    upper = [text(c) for c in grid.rows[index]]
    if depth == 1 or index + 1 >= len(grid.rows):
        return upper
    lower = [text(c) for c in grid.rows[index + 1]]
    lower += [""] * (len(upper) - len(lower))
    joined, group = [], ""
    for top, below in zip(upper, lower, strict=False):
        group = top or group
        joined.append(top if not below or below == top else f"{group}-{below}" if group else below)
    return joined


def _title(grid: Grid, before: int) -> str:
    """Everything that stands above the headers, with the names of the sheet and the file."""
    lines = [grid.file.rsplit(".", 1)[0], grid.sheet or ""]
    for row in grid.rows[:before]:
        lines.extend(dict.fromkeys(text(c) for c in row if c not in (None, "")))
    return "\n".join(line for line in lines if line)


def _vertical(grid: Grid, known: list[TableLayout]) -> Table | None:
    """A sheet of keys and values below each other; a key that comes again begins the next entry."""
    pairs: list[tuple[int, str, Cell, str]] = []
    for index, row in enumerate(grid.rows):
        cells = [c for c in row if c not in (None, "")]
        if len(cells) >= 2:
            pairs.append((index, header(cells[0]), cells[1], text(cells[0])))
    keys = {key for _, key, _, _ in pairs}
    for layout in known:
        if not all(any(h in keys for h in need) for need in layout.needs):
            continue
        wanted = {h for item in layout.items for h in item.headers}
        headers = list(dict.fromkeys(key for _, key, _, _ in pairs if key in wanted))
        entries: list[tuple[int, dict[str, Cell]]] = []
        for index, key, value, _ in pairs:
            if key in wanted:
                if not entries or key in entries[-1][1]:
                    entries.append((index, {}))
                entries[-1][1][key] = value
        first = entries[0][0] if entries else 0
        title = _title(grid, first)
        taken = [
            (name, m[1]) for name, pattern in layout.from_title.items() if (m := re.search(pattern, title))
        ]
        rows = [
            (index, (*(entry.get(h) for h in headers), *(value for _, value in taken)))
            for index, entry in entries
        ]
        headers += [header(name) for name, _ in taken]
        return Table(layout, grid.file, grid.sheet, title, headers, headers, rows, set())
    return None
