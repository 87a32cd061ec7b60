"""Deadlines: what is overdue, what passed unseen, what is to come, and the calendar of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.explorer import address, agenda_files, agendas, dayless, due_lines, frame, months, store, tabular
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.answers.agenda import Entry, Kind

_SHOWN: Final = 15  # lines of one kind while all kinds are shown
_PER_PAGE: Final = 50
_FOLDED: Final = 12  # longer filters are folded until one of their values is chosen
_TABS: Final = {"passed": agendas.PASSED, "ahead": agendas.AHEAD, "calendar": agendas.PASSED + agendas.AHEAD}
_FIRST: Final = {"running": "since", "undated": "missing"}  # what stands first in a line, if not its limit
_ALWAYS: Final = ("overdue", "lapsed")  # kinds of which it is said that there are none

desk = store.desk(address.as_of())
lang = address.lang()
asked = agendas.chosen()
tab = address.param("tab") if address.param("tab") in _TABS else "passed"
kinds = _TABS[tab or "passed"]
part: Kind | None = next((kind for kind in kinds if kind == address.param("part")), None)
frame.title(t("duties.title"))


# -- filters --------------------------------------------------------------------------------------


def choose_unit() -> None:
    """Put the chosen unit into the address."""
    if unit := st.session_state["duties_unit"]:
        st.query_params["unit"] = unit
    else:
        st.query_params.pop("unit", None)
    st.query_params.pop("p", None)


def unit_box(placeholder: str) -> None:
    """Offer the units that have an agenda, found by typing a part of the name."""
    units = agendas.units(desk)
    st.session_state["duties_unit"] = asked.unit if asked.unit in units else None
    st.selectbox(
        t("duties.filter.unit"),
        list(units),
        index=None,
        key="duties_unit",
        format_func=lambda unit: units.get(unit, unit),
        placeholder=placeholder,
        on_change=choose_unit,
    )


def value_link(name: str, key: str, words: str, number: int | None, *, active: bool) -> Markup:
    """Return one value of a filter as a link that sets or takes away the filter."""
    return el(
        "li",
        go(
            address.here(**{name: None if active else key, "p": None}),
            el("span", words),
            el("span", f"{number:,}") if number is not None else None,
            aria_current="true" if active else None,
        ),
    )


def facet(name: str) -> Markup | None:
    """Return one filter: its values with the number of lines that would remain."""
    values = agendas.facet(desk, asked, kinds, name)
    active = getattr(asked, name)
    links = [value_link(name, key, words, number, active=active == key) for key, words, number in values]
    opened = bool(active) or len(values) <= _FOLDED
    return (
        el("details", el("summary", t(f"duties.filter.{name}")), el("ul", links), open=opened)
        if links
        else None
    )


def periods() -> Markup:
    """Return the lengths of time to which limits can be narrowed."""
    links = [
        value_link("days", str(each), t("duties.period", days=each), None, active=asked.days == each)
        for each in agendas.PERIODS
    ]
    return el("details", el("summary", t("duties.filter.days")), el("ul", links), open=True)


def chosen_filters() -> Markup | None:
    """Return the filters in force, each a link that takes it away."""
    in_force = {name: value for name in agendas.FILTERS if (value := getattr(asked, name))}
    links = [
        go(
            address.here(**{name: None, "p": None}),
            agendas.label(desk, name, value, lang),
            " ×",
            title=t("issues.remove"),
        )
        for name, value in in_force.items()
    ]
    if asked.days is not None:
        links.append(
            go(
                address.here(days=None, p=None),
                t("duties.period", days=asked.days),
                " ×",
                title=t("issues.remove"),
            )
        )
    return el("div", links, class_="zl-chosen") if links else None


# -- lines ----------------------------------------------------------------------------------------


def section(kind: Kind, found: Sequence[Entry]) -> Markup | None:
    """Return the lines of one kind under a heading that says what it means."""
    mine = agendas.lines(each for each in found if each.kind == kind)
    tasks = agendas.tasks(desk, asked) if kind == "unnumbered" else []
    told = {task.id for task in tasks}
    mine = [each for each in mine if each.of.subject not in told]
    number = len(mine) + len(tasks)
    if not number:
        return (
            join(el("h2", t(f"duties.kind.{kind}")), el("p", t(f"duties.none.{kind}"), class_="zl-lead"))
            if kind in _ALWAYS and tab != "calendar"
            else None
        )
    first, last = (0, _SHOWN) if part is None else page_of(number)
    shown = [dayless.table(desk, tasks[first:last]) if tasks[first:last] else None]
    rest = mine[max(0, first - len(tasks)) : max(0, last - len(tasks))]
    if rest:
        shown.append(due_lines.table(desk, rest, _FIRST.get(kind, "limit")))
    more = go(address.here(part=kind, p=None), t("duties.more", n=f"{number:,}")) if number > last else None
    return el(
        "section",
        el("h2", t(f"duties.kind.{kind}"), " ", el("small", t("duties.count", n=f"{number:,}"))),
        el("p", t(f"duties.lead.{kind}"), class_="zl-lead"),
        shown,
        (el("p", more) if part is None else paging(number)) if more or part else None,
        id=kind,
    )


def page_of(number: int) -> tuple[int, int]:
    """Return the first line of the page that the address asks for, and the one after its last."""
    pages = max(1, -(-number // _PER_PAGE))
    said = address.param("p") or "1"
    page = min(max(1, int(said) if said.isdecimal() else 1), pages)
    return (page - 1) * _PER_PAGE, page * _PER_PAGE


def paging(number: int) -> Markup:
    """Return the links to the pages before and after, and back to all kinds."""
    first, last = page_of(number)
    page, pages = last // _PER_PAGE, max(1, -(-number // _PER_PAGE))
    before = go(address.here(p=str(page - 1)), t("previous")) if first else el("span")
    after = go(address.here(p=str(page + 1)), t("next")) if last < number else el("span")
    back = go(address.here(part=None, p=None), t("duties.back"))
    turn = el("div", before, el("span", t("issues.page", n=page, of=pages)), after, class_="zl-turn")
    return join(el("p", back), turn if pages > 1 else None)


# -- tabs -----------------------------------------------------------------------------------------


def listed(found: Sequence[Entry]) -> None:
    """Write the lines, one kind below the other, or the one kind that the address names."""
    sections = [written for kind in ((part,) if part else kinds) if (written := section(kind, found))]
    show(el("div", chosen_filters(), sections, class_="zl"))
    if not any(sections) or not (found or agendas.tasks(desk, asked)):
        frame.empty(t("duties.none"), t("duties.none.next"))
    elif not found and tab == "passed":
        number = len(agendas.lines(agendas.entries(desk, asked, agendas.AHEAD)))
        show(el("div", el("p", go(address.here(tab="ahead"), t("duties.ahead", n=number))), class_="zl"))


def calendar_of(unit: str, found: Sequence[Entry]) -> None:
    """Write the month of one unit, and below it all that the unit has to do."""
    month = months.of_address(asked.as_of)
    name = agendas.label(desk, "unit", unit, lang)
    here = months.listed(month, found)
    show(
        el(
            "div",
            el("h2", t("duties.calendar.of", unit=name)),
            months.turn(month, asked.as_of, found),
            months.grid(month, asked.as_of, found),
            el("div", due_lines.table(desk, here), class_="zl-cal-phone") if here else None,
            el("p", t("duties.calendar.none"), class_="zl-lead") if not here else None,
            class_="zl",
        )
    )
    listed(found)


def units_table(found: Sequence[Entry]) -> Markup:
    """Return the units with the number of their lines of the kinds that carry a day."""
    shown: tuple[Kind, ...] = ("overdue", "lapsed", "coming")
    counted: dict[str, dict[str, int]] = {}
    following: dict[str, str] = {}
    for each in found:
        of = counted.setdefault(each.unit, {})
        of[each.kind] = of.get(each.kind, 0) + 1
        if each.kind == "coming" and each.due:
            following[each.unit] = min(each.due, following.get(each.unit, each.due))
    names = agendas.units(desk)
    order = sorted(
        counted, key=lambda unit: ([-counted[unit].get(kind, 0) for kind in shown], names.get(unit, unit))
    )
    first, last = page_of(len(order))
    lines = [
        (
            go(address.here(unit=unit, p=None), names.get(unit, unit)),
            *(str(counted[unit].get(kind, 0)) for kind in shown),
            day(following[unit]) if unit in following else t("none"),
        )
        for unit in order[first:last]
    ]
    heads = [tabular.Head(t("duties.column.unit"))]
    heads += [tabular.numbers(t(f"duties.kind.{kind}")) for kind in shown]
    heads += [tabular.Head(t("duties.column.next"))]
    return join(
        tabular.table(heads, lines, class_="zl-rows"),
        paging(len(order)) if len(order) > _PER_PAGE else None,
    )


def export(found: Sequence[Entry]) -> None:
    """Offer what is shown as files; they are made when they are asked for."""
    mine = agendas.lines(each for each in found if part is None or each.kind == part)
    what = agendas.label(desk, "unit", asked.unit, lang) if asked.unit else t("duties.export.all")
    name = t("duties.export.file", what=what, day=asked.as_of.isoformat())
    head = [t(f"duties.file.{column}") for column in agenda_files.COLUMNS]
    words = {each: t(f"duties.ics.{each}", **agenda_files.BLANKS[each]) for each in agenda_files.BLANKS}
    heading, sheet = t("duties.calendar.of", unit=what), t("nav.duties")
    makers = {
        "xlsx": lambda: agenda_files.as_xlsx(desk, mine, lang, head, sheet),
        "csv": lambda: agenda_files.as_csv(desk, mine, lang, head),
        "ics": lambda: agenda_files.as_ics(desk, mine, lang, words, heading),
    }
    if not asked.unit:
        del makers["ics"]
    show(el("div", el("h2", t("duties.export")), class_="zl"))
    with st.container(horizontal=True):
        for ending, make in makers.items():
            st.download_button(
                t(f"duties.export.{ending}"),
                make,
                file_name=f"{name}.{ending}",
                mime=agenda_files.TYPES[ending],
                key=f"duties_{ending}",
                on_click="ignore",
            )


head = el("h1", t("duties.title"))
if not agendas.drawn(desk).entries and not agendas.dayless(desk):
    show(el("div", head, class_="zl"))
    frame.empty(t("duties.empty"), t("duties.empty.next"))
else:
    options = {name: t(f"duties.tab.{name}") for name in _TABS}
    show(el("div", head, frame.tabs("tab", options, tab or "passed", part=None, p=None), class_="zl"))
    left, right = st.columns([1, 3.4], gap="large")
    found = agendas.entries(desk, asked, kinds)
    with left:
        unit_box(t("duties.filter.unit.choose" if tab == "calendar" else "duties.filter.unit.all"))
        show(
            el("div", periods(), map(facet, agendas.FILTERS[1:]), class_="zl zl-filters"),
            el("p", go(address.link("inspection"), t("duties.inspections")), class_="zl zl-small"),
        )
    with right:
        if tab != "calendar":
            listed(found)
        elif asked.unit is None:
            show(
                el(
                    "div",
                    el("p", t("duties.calendar.choose"), class_="zl-lead"),
                    chosen_filters(),
                    units_table(found),
                    class_="zl",
                )
            )
        elif asked.unit in agendas.units(desk):
            calendar_of(asked.unit, found)
        else:
            name = agendas.label(desk, "unit", asked.unit, lang)
            frame.empty(
                t("duties.calendar.unknown", unit=name),
                go(address.here(unit=None), t("duties.calendar.others")),
            )
        if found:
            export(found)
