"""Deadlines: what is overdue, what passed unseen, what is to come, and the calendar of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.explorer import (
    address,
    agenda_files,
    agendas,
    dayless,
    download,
    due_lines,
    duty_calendar,
    frame,
    paged,
    periods,
    permalink,
    store,
)
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
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
        format_func=lambda unit: agendas.unit_label(desk, unit, lang) if unit in units else unit,
        placeholder=placeholder,
        on_change=choose_unit,
    )


def value_link(name: str, key: str, words: str, number: int, *, active: bool) -> Markup:
    """Return one value of a filter as a link that sets or takes away the filter."""
    return el(
        "li",
        go(
            address.here(**{name: None if active else key, "p": None}),
            el("span", words),
            el("span", f"{number:,}"),
            aria_current="true" if active else None,
        ),
    )


def filter_words(name: str, value: str) -> str:
    """Return the words for the value of a filter in force."""
    if name == "unit":
        return agendas.unit_label(desk, value, lang)
    return agendas.label(desk, name, value, lang)


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


def chosen_filters() -> Markup | None:
    """Return the filters in force, each a link that takes it away."""
    in_force: list[tuple[str, dict[str, str | None]]] = [
        (filter_words(name, value), {name: None, "p": None})
        for name in agendas.FILTERS
        if (value := getattr(asked, name))
    ]
    if not asked.period.is_open:
        in_force.append((periods.words(asked.period), periods.OPEN))
    links = [
        go(address.here(**dropped), words, " ×", title=t("issues.remove")) for words, dropped in in_force
    ]
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
    about = (*(each.of.subject for each in mine), *(task.id for task in tasks))
    invented = sum(each in desk.invented for each in about)
    counted = [t("duties.count", n=f"{number:,}")]
    counted += [t("samples.part", n=f"{invented:,}")] if invented else []
    return el(
        "section",
        el("h2", t(f"duties.kind.{kind}"), " ", el("small", t("then").join(counted))),
        el("p", t(f"duties.lead.{kind}"), class_="zl-lead"),
        shown,
        (el("p", more) if part is None else paging(number)) if more or part else None,
        id=kind,
    )


def page_of(number: int) -> tuple[int, int]:
    """Return the first line of the page that the address asks for, and the one after its last."""
    pages = max(1, -(-number // _PER_PAGE))
    page = paged.number(pages)
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


def narrowed_to() -> list[tuple[str, str]]:
    """Return the filters in force and the period, each with its value, in words."""
    found = [
        (t(f"duties.filter.{name}"), filter_words(name, value))
        for name in agendas.FILTERS
        if (value := getattr(asked, name))
    ]
    if not asked.period.is_open:
        found.append((t("duties.filter.days"), periods.words(asked.period)))
    return found


def export(found: Sequence[Entry]) -> None:
    """Offer what is shown as files; they are made when they are asked for. Some lines are not called all."""
    mine = agendas.lines(each for each in found if part is None or each.kind == part)
    what = agendas.label(desk, "unit", asked.unit, lang) if asked.unit else t("duties.export.all")
    narrowed = narrowed_to()
    named = [what] if asked.unit or not narrowed else []
    if len(narrowed) > bool(asked.unit):
        named.append(t("duties.export.part"))
    shown = t(f"duties.kind.{part}") if part else t(f"duties.tab.{tab}")
    if part or tab != "calendar":
        named.append(shown)
    name = t("duties.export.file", what="_".join(named), day=asked.as_of.isoformat())
    head = [t(f"duties.file.{column}") for column in agenda_files.COLUMNS]
    words = {each: t(f"duties.ics.{each}", **agenda_files.BLANKS[each]) for each in agenda_files.BLANKS}
    heading, sheet = t("duties.calendar.of", unit=what), t("nav.duties")
    about = [(sheet, shown), *narrowed, (t("link.here"), permalink.url())]
    makers = {
        "xlsx": lambda: agenda_files.as_xlsx(desk, mine, lang, head, sheet, (t("sheet.about"), about)),
        "csv": lambda: agenda_files.as_csv(desk, mine, lang, head),
        "ics": lambda: agenda_files.as_ics(desk, mine, lang, words, heading),
    }
    if not asked.unit:
        del makers["ics"]
    show(el("div", el("h2", t("duties.export")), class_="zl"))
    with st.container(horizontal=True):
        for ending, make in makers.items():
            download.button(t(f"duties.export.{ending}"), make, f"{name}.{ending}", key=f"duties_{ending}")


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
            el(
                "div",
                periods.choice(asked.period),
                None if asked.period.wrong else [facet(name) for name in agendas.FILTERS[1:]],
                class_="zl zl-filters",
            ),
            el("p", go(address.link("inspection"), t("duties.inspections")), class_="zl zl-small"),
        )
    with right:
        if asked.period.wrong:
            periods.complain(asked.period)
        elif tab != "calendar":
            listed(found)
        elif asked.unit is None:
            lead = el("p", t("duties.calendar.choose"), class_="zl-lead")
            loads = duty_calendar.loads(desk, found)
            first, last = page_of(len(loads))
            choice = duty_calendar.choice(desk, loads[first:last])
            turn = paging(len(loads)) if len(loads) > _PER_PAGE else None
            show(el("div", lead, chosen_filters(), choice, turn, class_="zl"))
        elif asked.unit in agendas.units(desk):
            show(duty_calendar.month(desk, asked, asked.unit, found))
            listed(found)
        else:
            name = agendas.label(desk, "unit", asked.unit, lang)
            frame.empty(
                t("duties.calendar.unknown", unit=name),
                go(address.here(unit=None), t("duties.calendar.others")),
            )
        if found and not asked.period.wrong:
            export(found)
