"""Inspections as the pages show them: what is on record of each, and what is said about it and its issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from app.explorer import store, theme
from app.explorer.address import Lang
from reasoner.engine.conclusions import Conclusion, iso
from reasoner.records.record import Statement
from reasoner.rulebook.vocabulary import Text

_CLASS: Final = "Inspection"
_DATES: Final = ("beganOn", "endedOn", "fedBackOn")
#: What is told of an inspection, in this order; of the last three the inspection is the object.
FACTS: Final = (*_DATES, "inspects", "mentions", "reaches", "alias", "note", "teamOf", "responsibleUnitIn")
#: Facts of which it is also said that they are not on record.
ALWAYS: Final = frozenset({*_DATES, "inspects"})
_ABOUT: Final = ("teamOf", "responsibleUnitIn")


@dataclass(frozen=True)
class Row:
    """One inspection as the list shows it; dates are yyyy-mm-dd."""

    id: str
    name: Mapping[str, str]
    kinds: tuple[Text, ...]
    dates: dict[str, tuple[str, ...]]
    issues: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def began(self) -> str:
        """The first day on record, for the order of the list."""
        return min((day for days in self.dates.values() for day in days), default="")


@store.once
def concluded(desk: store.Desk) -> dict[str, list[Conclusion]]:
    """Return, by inspection, all conclusions in it, also about its issues, what needs attention first."""
    found: dict[str, list[Conclusion]] = {}
    for each in desk.conclusions:
        if each.inspection:
            found.setdefault(each.inspection, []).append(each)
    for said in found.values():
        said.sort(key=lambda each: theme.rank(each.status))
    return found


@store.once
def about(desk: store.Desk) -> dict[str, list[Conclusion]]:
    """Return, by inspection, the conclusions about it and not about an issue, what needs attention first."""
    return {
        name: [each for each in found if each.subject == name or not each.issues]
        for name, found in concluded(desk).items()
    }


@store.once
def issue_statuses(desk: store.Desk) -> dict[str, tuple[int, Counter[str]]]:
    """Return, by inspection, how many issues it has, and how many of them have a conclusion of a status."""
    counted: dict[str, tuple[int, Counter[str]]] = {}
    for row in desk.rows:
        for inspection, _ in row.inspection:
            number, statuses = counted.get(inspection, (0, Counter[str]()))
            statuses.update(row.statuses.keys())
            counted[inspection] = number + 1, statuses
    return counted


@store.once
def rows(desk: store.Desk) -> dict[str, Row]:
    """Return every inspection on record by id, the latest first."""
    terms = desk.survey.rules.vocabulary
    kinds: dict[str, list[Text]] = {}
    for predicate in terms.predicates.values():
        named = terms.class_names.get(predicate.name)
        if named is not None and _CLASS in terms.ancestors(named):
            for each in desk.record.statements(predicate=predicate.name):
                kinds.setdefault(each.subject, []).append(predicate.label)
    dates = {name: _days(desk, name) for name in _DATES}
    found = [
        Row(
            inspection,
            desk.name(inspection),
            tuple(labels),
            {name: dates[name].get(inspection, ()) for name in _DATES},
            issue_statuses(desk).get(inspection, (0, Counter()))[0],
            Counter(each.status for each in about(desk).get(inspection, ())),
        )
        for inspection, labels in kinds.items()
    ]
    found.sort(key=lambda row: (row.began, row.id), reverse=True)
    return {row.id: row for row in found}


def _days(desk: store.Desk, predicate: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in desk.record.statements(predicate=predicate):
        if isinstance(each.object, int) and (day := iso(each.object)):
            found[each.subject] = (*found.get(each.subject, ()), day)
    return found


def facts(desk: store.Desk, inspection: str) -> dict[str, list[Statement]]:
    """Return what is on record of an inspection, by property, in the order of FACTS."""
    own = list(desk.record.statements(subject=inspection))
    found = {name: [each for each in own if each.predicate == name] for name in FACTS}
    for name in _ABOUT:
        found[name] = list(desk.record.statements(predicate=name, object=inspection))
    return found


def other_end(desk: store.Desk, inspection: str, each: Statement, lang: Lang) -> str:
    """Return what a statement says besides the inspection: a name, or a text as it stands."""
    end = each.subject if each.predicate in _ABOUT else each.object
    if each.kind == "entity":
        return store.worded(desk.name(str(end)), lang)
    return str(iso(each.object) or end) if isinstance(end, int) else str(end)


def sections(said: Sequence[Conclusion]) -> dict[str, list[Conclusion]]:
    """Return conclusions in three parts: what needs attention, what cannot be said yet, the rest."""
    parts: dict[str, list[Conclusion]] = {"attention": [], "unknown": [], "other": []}
    for each in said:
        if theme.wants_attention(each.status):
            parts["attention"].append(each)
        else:
            parts["unknown" if each.status == "insufficient" else "other"].append(each)
    return {name: found for name, found in parts.items() if found}


def attention(statuses: Iterable[str]) -> list[str]:
    """Return the statuses that ask somebody for something, in the order of the legend."""
    return sorted((each for each in statuses if theme.wants_attention(each)), key=theme.rank)


def ranked(statuses: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counted statuses in the order of the legend."""
    return sorted(statuses.items(), key=lambda each: theme.rank(each[0]))


def origins(statements: Iterable[Statement]) -> list[dict[str, Any]]:
    """Return where statements come from, each place once; columns are left out, rows are enough."""
    found = [asdict(each.source) | {"columns": None} for each in statements]
    return [each for at, each in enumerate(found) if each not in found[:at]]
