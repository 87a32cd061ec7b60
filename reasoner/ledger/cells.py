"""What the different cells of one column come to, each read once, for rows that are read by columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from reasoner.ledger import entities, values
from reasoner.ledger.context import Context, Setting
from reasoner.ledger.layouts import Item
from reasoner.ledger.names import Names
from reasoner.ledger.row import Row
from reasoner.records.record import Claim

PLACED = frozenset({"place", "placesAmong", "bodies", "ref"})
"""Values that are read by the row's district and days as well."""
KNOWN = frozenset({"ref", "document", "materials"})
"""Values that may be the id of an entry."""
OWN = "\x00"
"""Stands for the id of the row's own entity."""
MOST_DAYS = 62


class Days:
    """Days as sets of spans in which every name means the same: bit i of a mask is span i."""

    def __init__(self, names: Names) -> None:
        self._bounds = names.bounds()
        self.usable = len(self._bounds) < MOST_DAYS

    def mask(self, days: Iterable[int]) -> int:
        """The spans of some days."""
        found = 0
        for day in days:
            found |= 1 << bisect_right(self._bounds, day)
        return found

    def of(self, mask: int) -> tuple[int, ...]:
        """One day of every span of a mask."""
        first = (1, *self._bounds)
        return tuple(first[i] for i in range(len(first)) if mask >> i & 1)


class _Ids(dict[str, str]):
    """Ids of a row of which none is known; remembers whether somebody asked."""

    asked = False

    def __missing__(self, key: str) -> str:
        self.asked = True
        return OWN


@dataclass
class Cells:
    """The different cells of a column and what they state.

    ``bad`` are those that a row is set aside or noted for; ``district`` the district that a place says its
    row is about. Claims have ``OWN`` where the id of the row's entity belongs.
    """

    bad: list[tuple[str, str, int]] = field(default_factory=list)
    claims: list[tuple[tuple[str, str, int], Claim]] = field(default_factory=list)
    district: dict[tuple[str, str, int], str] = field(default_factory=dict)


def read(
    item: Item,
    shown: str,
    cells: Sequence[tuple[str, str, int]],
    context: Context,
    setting: Setting,
    days: Days,
) -> Cells:
    """Read each (text, district or '', mask of days) as a row's cell would be read."""
    found = Cells()
    reader = entities.READERS[item.value]
    if item.value in KNOWN:
        context.expect(id for said, _, _ in cells for id in entities.ids_within(said, context))
    for cell in cells:
        said, district, mask = cell
        ids = _Ids()
        row = Row(0, (), [], ids=ids, district=district or None, days=days.of(mask))
        outcome = reader(values.Reading(context, setting, row, item, said, said, _no_column))
        if outcome.problems or ids.asked:
            found.bad.append(cell)
            continue
        found.claims += [(cell, claim) for claim in row.claims]
        for predicate, object, kind in outcome.stated:
            ends = (str(object), OWN) if item.reverse and kind == "entity" else (OWN, object)
            found.claims.append((cell, Claim(predicate, ends[0], ends[1], kind, shown)))
        if row.district and row.district != district:
            found.district[cell] = row.district
    return found


def _no_column(_: list[str]) -> NoReturn:
    raise AssertionError("a value that reads other columns is read row by row")
