"""How things stand, for the whole city or one district: counted once per desk, nothing concluded here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.explorer import agendas, silent, store, theme
from reasoner.answers import agenda
from reasoner.engine.conclusions import Conclusion
from reasoner.records import places

#: The figures of the overview: an issue counts when a conclusion about it has one of these statuses.
#: Open is what may still have to be done or said; where the text says nothing, nobody waits for anything.
#: The figure "transfer" looks at the conclusions of transfer norms only.
FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "open": (
        "overdue",
        "pending",
        "performedInPart",
        "notYetDue",
        "needsDetermination",
        "insufficient",
    ),
    "late": ("overdue", "deviation"),
    "transfer": ("pending",),
    "determination": ("needsDetermination",),
    "insufficient": ("insufficient",),
}

NOWHERE: Final = "-"  # the place of issues for which none is recorded, as in the list of issues
_DATED: Final[tuple[agenda.Kind, ...]] = ("overdue", "lapsed", "unsettled", "coming")


@dataclass(frozen=True)
class Limit:
    """A limit that is to come or has passed, of all its bearers; ``due`` is yyyy-mm-dd.

    Where several days may be the limit, it stands once for each of them; ``others`` are the other days.
    """

    of: Conclusion
    kind: agenda.Kind
    due: str
    units: tuple[Mapping[str, str], ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class InspectionLine:
    """One inspection: how many issues, open, late or without conclusions, and its conclusions by status."""

    id: str
    name: str
    issues: int
    open: int
    late: int
    silent: int
    statuses: Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """How one place stands. ``issues`` concern it; ``statuses`` count the conclusions about these issues or
    about what its organs have to do, which ``said`` holds; ``silent`` are the issues that yield no
    conclusions; ``years`` count issues, open ones and silent ones, None where no day is recorded.
    ``invented`` is how many issues of each figure the record marks as invented.
    """

    issues: list[store.IssueRow]
    figures: Mapping[str, int]
    invented: Mapping[str, int]
    silent: list[store.IssueRow]
    statuses: Mapping[str, int]
    missing: list[tuple[str, Mapping[str, str], int]]
    inspections: list[InspectionLine]
    years: list[tuple[str | None, int, int, int]]
    limits: list[Limit]
    said: list[Conclusion]


class Standing:
    """Everything that is counted of a desk, by place. Drawn once; the summaries are made when asked for."""

    def __init__(self, desk: store.Desk) -> None:
        self._desk, self.day = desk, desk.survey.as_of
        self.places = places.read(desk.record)
        self.silent = silent.issues(desk)
        known = desk.survey.rules.book.norms.values()
        self._transfers = frozenset(norm.id for norm in known if norm.type == "transfer")
        drawn = agendas.drawn(desk)
        self._around = drawn.places
        self._rows: dict[str, list[store.IssueRow]] = defaultdict(list)
        self._spelled: dict[str, set[str]] = defaultdict(set)  # as issues name it: itself, its townships
        for row in desk.rows:
            for raw in [place for place, _ in row.place] or [NOWHERE]:
                district = self.places.district_of(raw)
                self._spelled[district].add(raw)
                if not self._rows[district] or self._rows[district][-1] is not row:
                    self._rows[district].append(row)
        self._conclusions = desk.conclusions
        self._touching: dict[str, list[int]] = defaultdict(list)
        moving: set[str] = set()  # issues with a transfer that is required and not on record
        for number, each in enumerate(self._conclusions):
            if self.awaits_transfer(each):
                moving.update(each.own_issues)
            for place in self._touched(each):
                self._touching[place].append(number)
        self._marks = {row.id: _marks(row, row.id in moving) for row in desk.rows}
        self._limits = self._of_all_bearers(drawn.select(kinds=_DATED))
        self._summaries: dict[str | None, Summary] = {}
        self._counts: dict[str, Counter[str]] = {}

    def _of_all_bearers(self, entries: Iterable[agenda.Entry]) -> list[Limit]:
        """One limit for all bearers of a conclusion, by date; of two organs as the record orders them."""
        ranks = {
            organ: rank
            for known in self.places.territories.values()
            for rank, organ in enumerate(known.organs)
        }
        units: dict[str, dict[str, Mapping[str, str]]] = defaultdict(dict)
        first: dict[str, agenda.Entry] = {}
        for entry in sorted(entries, key=lambda each: ranks.get(each.unit, 0)):
            units[entry.conclusion][entry.unit] = entry.unit_name
            first.setdefault(entry.conclusion, entry)
        limits = [
            limit
            for name, entry in first.items()
            for limit in _on_each_day(entry, tuple(units[name].values()))
        ]
        return sorted(limits, key=lambda each: (each.due, each.of.id))

    def awaits_transfer(self, each: Conclusion) -> bool:
        """Whether a conclusion is that a transfer is required and not on record."""
        return each.status in FIGURES["transfer"] and each.norm in self._transfers

    def _touched(self, each: Conclusion) -> set[str]:
        """The places of a conclusion: those of the issues it is about, and those of the units in it."""
        things = (*each.own_issues, *map(str, each.atom[1]))  # the units are not asked for their names here
        near = {place for thing in things for place in self._around.get(thing, ())}
        return near | {thing for thing in things if thing in self.places.territories}

    def knows(self, place: str) -> bool:
        """Whether a place can be asked about."""
        return place in self.places.territories or place in self._rows

    def members(self, place: str) -> tuple[str, ...]:
        """The place and the abolished ones that it succeeded."""
        return self.places.counted_with(place, self.day)

    def spelled(self, place: str) -> str:
        """The value of the filter ``place`` of the list of issues that finds the issues of a place."""
        return ",".join(
            sorted(raw for each in self.members(place) for raw in self._spelled.get(each, [each]))
        )

    def issues(self, place: str | None) -> list[store.IssueRow]:
        """The issues that concern a place, each once; all for None."""
        if place is None:
            return self._desk.rows
        found = {row.id: row for each in self.members(place) for row in self._rows.get(each, ())}
        return list(found.values())

    def count(self, place: str, figure: str) -> int:
        """How many issues of a place count for a figure; ``issues`` counts all."""
        if place not in self._counts:
            rows = self.issues(place)
            counted = Counter(name for row in rows for name in self._marks[row.id])
            self._counts[place] = counted + Counter({"issues": len(rows)})
        return self._counts[place][figure]

    def with_issues(self) -> set[str]:
        """The districts, zones and other places that some issue concerns."""
        return {place for place, rows in self._rows.items() if rows}

    def of(self, place: str | None) -> Summary:
        """How a place stands; None is the whole."""
        if place not in self._summaries:
            self._summaries[place] = self._summary(place)
        return self._summaries[place]

    def _summary(self, place: str | None) -> Summary:
        rows = self.issues(place)
        figures = Counter(figure for row in rows for figure in self._marks[row.id])
        if place is None:
            said, limits = self._conclusions, self._limits
        else:
            touching = {n for each in self.members(place) for n in self._touching.get(each, ())}
            said = [self._conclusions[number] for number in sorted(touching)]
            ids = {each.id for each in said}
            limits = [each for each in self._limits if each.of.id in ids]
        return Summary(
            rows,
            {name: figures[name] for name in FIGURES},
            Counter(figure for row in rows if row.invented for figure in self._marks[row.id]),
            [row for row in rows if row.id in self.silent],
            store.count_statuses(said),
            _missing(said),
            self._by_inspection(rows, said),
            self._by_year(rows),
            limits,
            said,
        )

    def _by_inspection(self, rows: list[store.IssueRow], said: Iterable[Conclusion]) -> list[InspectionLine]:
        raised: dict[tuple[str, str], list[store.IssueRow]] = defaultdict(list)
        for row in rows:
            for named in row.inspection or ((NOWHERE, ""),):
                raised[named].append(row)
        statuses: dict[str, Counter[str]] = defaultdict(Counter)
        for each in said:
            statuses[each.inspection or NOWHERE][each.status] += 1
        lines = [
            InspectionLine(
                key,
                name,
                len(found),
                sum("open" in self._marks[row.id] for row in found),
                sum("late" in self._marks[row.id] for row in found),
                sum(row.id in self.silent for row in found),
                {status: statuses[key][status] for status in sorted(statuses[key], key=theme.rank)},
            )
            for (key, name), found in raised.items()
        ]
        return sorted(lines, key=lambda line: (line.id == NOWHERE, -line.issues, line.id))

    @cached_property
    def _years(self) -> dict[str, str]:
        """The year of each issue: when it was found, or else published."""
        stated = list(self._desk.record.triples(("foundOn", "publishedOn")))
        stated.sort(key=lambda each: each[0] == "foundOn")  # the later entry counts: what was found
        return {issue: day[:4] for _, issue, day in stated if day[:4].isdecimal()}

    def _by_year(self, rows: Iterable[store.IssueRow]) -> list[tuple[str | None, int, int, int]]:
        total: Counter[str | None] = Counter()
        still_open: Counter[str | None] = Counter()
        quiet: Counter[str | None] = Counter()
        for row in rows:
            year = self._years.get(row.id)
            total[year] += 1
            still_open[year] += "open" in self._marks[row.id]
            quiet[year] += row.id in self.silent
        years = sorted(total, key=lambda year: year or "9999")
        return [(year, total[year], still_open[year], quiet[year]) for year in years]


def _on_each_day(entry: agenda.Entry, units: tuple[Mapping[str, str], ...]) -> Iterator[Limit]:
    """Yield the limit of an entry, or one for each of the days that may be it."""
    if len(entry.possible) < 2:
        if entry.due:
            yield Limit(entry.of, entry.kind, entry.due, units)
        return
    for day in entry.possible:
        kind: agenda.Kind = "unsettled" if day < entry.of.as_of else "coming"
        yield Limit(entry.of, kind, day, units, tuple(each for each in sorted(entry.possible) if each != day))


def _marks(row: store.IssueRow, moving: bool) -> frozenset[str]:
    found = {name for name, wanted in FIGURES.items() if any(row.statuses[each] for each in wanted)}
    return frozenset(found - {"transfer"} | ({"transfer"} if moving else set()))


def _missing(said: Iterable[Conclusion]) -> list[tuple[str, Mapping[str, str], int]]:
    words: dict[str, Mapping[str, str]] = {}
    counted: Counter[str] = Counter()
    for each in said:
        if each.missing:
            counted[each.missing] += 1
            if each.missing not in words:
                words[each.missing] = each.missing_label
    return [(key, words[key], number) for key, number in counted.most_common()]


@store.once
def standing(desk: store.Desk) -> Standing:
    """Return what is counted of a desk; drawn once."""
    return Standing(desk)
