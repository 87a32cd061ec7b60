"""The agenda as the pages show it: what the address narrows it to, a line a conclusion, where it leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from app.explorer import address, periods, store
from app.explorer.address import Lang
from app.explorer.periods import Period
from app.explorer.words import t
from reasoner.answers import agenda
from reasoner.answers import tasks as recorded_tasks
from reasoner.answers.agenda import Agenda, Entry, Kind
from reasoner.answers.tasks import Task
from reasoner.engine.conclusions import Conclusion

#: The filters that an address may hold, in the order in which they are offered.
FILTERS: Final = ("unit", "district", "inspection", "norm")
_LIMITS: Final = frozenset(
    {"exact", "parameter_required"}
)  # kinds of time in a norm's frame that end on a day
_DISTRICTS: Final = ("district", "countyLevelDivision", "functionalZone")
#: What the first and the second tab show.
PASSED: Final[tuple[Kind, ...]] = ("overdue", "lapsed", "unsettled")
AHEAD: Final[tuple[Kind, ...]] = ("coming", "undated", "running", "unnumbered")


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the agenda to; ``unit`` may be a territory, and then means its organs."""

    as_of: date
    unit: str | None = None
    district: str | None = None
    inspection: str | None = None
    norm: str | None = None
    period: Period = field(default_factory=Period)


def chosen() -> Chosen:
    """Return what the address asks for."""
    as_of = address.as_of()
    named = {name: address.param(name) for name in FILTERS}
    return Chosen(as_of, **named, period=periods.of_address(as_of))


# -- drawn once per desk ----------------------------------------------------------------------------


@store.once
def drawn(desk: store.Desk) -> Agenda:
    """Return the agenda of all units."""
    record = desk.record
    vocabulary = desk.survey.rules.vocabulary
    return agenda.draw(desk.conclusions, vocabulary, agenda.places(record), agenda.organs(record))


@store.once
def dayless(desk: store.Desk) -> tuple[Task, ...]:
    """Return the tasks that have words where a day would be."""
    found = recorded_tasks.tasks(desk.record, desk.survey.as_of)
    return tuple(task for task in found if task.has_no_day)


@store.once
def units(desk: store.Desk) -> dict[str, str]:
    """Return what has an agenda with its name: units, and territories by their organs; by name."""
    named = {entry.unit: store.worded(entry.unit_name, "zh") for entry in drawn(desk).entries}
    together = {
        place: store.worded(desk.name(place), "zh")
        for place, organs in drawn(desk).organs.items()
        if any(organ in named for organ in organs)
    }
    return dict(sorted((named | together).items(), key=lambda each: each[1]))


@store.once
def of_task(desk: store.Desk) -> dict[str, Entry]:
    """Return, by task, the line that says that its words hold no day."""
    return {each.of.subject: each for each in drawn(desk).select(kinds=["unnumbered"])}


@store.once
def _districts(desk: store.Desk) -> frozenset[str]:
    return frozenset(each.subject for kind in _DISTRICTS for each in desk.record.statements(predicate=kind))


@store.once
def _titles(desk: store.Desk) -> dict[str, str]:
    return {row.id: row.title for row in desk.rows}


def called(desk: store.Desk, thing: str, lang: Lang, *otherwise: str) -> str:
    """Return how a thing is called: an issue by its title; what has no name after what it belongs to."""
    titles = _titles(desk)
    name = titles.get(thing) or store.worded(desk.name(thing), lang)
    if not name.endswith(thing):  # what has no name on record is called after its class and id
        return name
    return next((titles[other] for other in otherwise if other in titles), name)


# -- narrowed ---------------------------------------------------------------------------------------


def entries(desk: store.Desk, asked: Chosen, kinds: Collection[Kind] = agenda.KINDS) -> list[Entry]:
    """Return the entries that match; those of a conclusion about several units stand for each of them."""
    return drawn(desk).select(
        kinds=kinds,
        unit=asked.unit,
        district=asked.district,
        inspection=asked.inspection,
        norm=asked.norm,
        start=asked.period.start,
        end=asked.period.end,
    )


def lines(found: Iterable[Entry]) -> list[Entry]:
    """Return one entry for each conclusion, in the order of the entries."""
    return list({entry.conclusion: entry for entry in reversed(list(found))}.values())[::-1]


def tasks(desk: store.Desk, asked: Chosen) -> list[Task]:
    """Return the tasks without a day that match; none when another duty than theirs is asked for."""
    about = {each.of.subject for each in entries(desk, asked, ["unnumbered"])}
    return [task for task in dayless(desk) if task.id in about or _recorded(desk, task, asked)]


def _recorded(desk: store.Desk, task: Task, asked: Chosen) -> bool:
    """Tell whether what is on record of a task matches, also when nothing was concluded about it."""
    near = drawn(desk).places
    held = {place for name in (*task.holders, *task.issues) for place in (name, *near.get(name, ()))}
    return (
        asked.norm is None
        and (asked.unit is None or any(unit in task.holders for unit in drawn(desk).bearers(asked.unit)))
        and (asked.district is None or asked.district in held)
        and (asked.inspection is None or asked.inspection == task.inspection)
    )


def facet(desk: store.Desk, asked: Chosen, kinds: Collection[Kind], name: str) -> list[tuple[str, str, int]]:
    """Return the values of a filter as (key, name, number of lines), the most frequent first."""
    anything: dict[str, Any] = {name: None}
    pool = entries(desk, replace(asked, **anything), kinds)
    values = _VALUES[name](drawn(desk))
    counted = Counter(key for key, _ in {(key, each.conclusion) for each in pool for key in values(each)})
    if name == "district":
        counted = Counter({key: number for key, number in counted.items() if key in _districts(desk)})
    lang = address.lang()
    named = [(key, label(desk, name, key, lang), number) for key, number in counted.items()]
    return sorted(named, key=lambda each: (-each[2], each[1]))


_VALUES: Final[dict[str, Callable[[Agenda], Callable[[Entry], Iterable[str]]]]] = {
    "unit": lambda _: lambda each: (each.unit,),
    "district": lambda whole: lambda each: whole.where(each),
    "inspection": lambda _: lambda each: (each.inspection,) if each.inspection else (),
    "norm": lambda _: lambda each: (each.norm,),
}


def _time(desk: store.Desk, norm_id: str) -> Mapping[str, Any]:
    norm = desk.survey.rules.book.norms.get(norm_id)
    return (norm.frame.get("time") if norm else None) or {}


def time_stated(desk: store.Desk, norm_id: str) -> str | None:
    """Return how the text states the limit of a norm, in its own words; None where it states none."""
    time = _time(desk, norm_id)
    return str(time["text"]) if time.get("kind") in _LIMITS else None


def start_stated(desk: store.Desk, norm_id: str) -> str | None:
    """Return what the limit of a norm runs from, in the words of the text; None where it says nothing."""
    trigger = _time(desk, norm_id).get("trigger")
    return str(trigger) if trigger else None


def label(desk: store.Desk, name: str, value: str, lang: Lang) -> str:
    """Return the words for a value of a filter."""
    if name == "norm":
        norm = desk.survey.rules.book.norms.get(value)
        return store.worded(norm.label, lang) if norm else value
    return store.worded(desk.name(value), lang)


def unit_label(desk: store.Desk, unit: str, lang: Lang) -> str:
    """Return how a unit is called; a territory, as its organs together."""
    name = label(desk, "unit", unit, lang)
    return t("duties.together", place=name) if unit in drawn(desk).organs else name


# -- a line -----------------------------------------------------------------------------------------


def way(each: Conclusion) -> str:
    """Return the address at which a conclusion stands with its proof."""
    if each.issues and each.subject != each.inspection:
        return address.link("issue", id=each.issues[0], c=each.id)
    if each.inspection:
        return address.link("inspection", id=each.inspection, c=each.id)
    return address.here(c=each.id)


def matter(desk: store.Desk, each: Conclusion, lang: Lang) -> str:
    """Return what a conclusion is about, and the inspection when that is something else."""
    subject = called(desk, each.subject, lang, *each.issues)
    inspection = store.worded(desk.name(each.inspection), lang) if each.inspection else subject
    return " · ".join(dict.fromkeys((subject, inspection)))


def who(each: Conclusion, lang: Lang) -> list[str]:
    """Return the units that a conclusion is about."""
    return [store.unit(body, lang) for body in each.bearers]
