"""The calendar of a unit or of a territory's organs together, and the list from which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.explorer import address, agendas, due_lines, frame, months, store, tabular
from app.explorer.agendas import Chosen
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers.agenda import Entry, Kind, Load

_COUNTED: Final[tuple[Kind, ...]] = ("overdue", "lapsed", "coming")


def month(desk: store.Desk, asked: Chosen, unit: str, found: Sequence[Entry]) -> Markup:
    """Return one month of a unit: the days with the limits that fall on them."""
    shown: date = months.of_address(asked.period.nearest(asked.as_of))
    organs = agendas.drawn(desk).organs.get(unit, ())
    mine = agendas.lines(found)
    here = months.listed(shown, mine)
    name = agendas.label(desk, "unit", unit, address.lang())
    return el(
        "div",
        el("h2", t("duties.calendar.of", unit=name)),
        _together(desk, organs, found, len(mine)) if organs else _apart(desk, unit),
        months.turn(shown, asked.as_of, mine),
        months.grid(shown, asked.as_of, mine, bearers=max(1, len(organs))),
        el("div", due_lines.table(desk, here), class_="zl-cal-phone") if here else None,
        el("p", t("duties.calendar.none"), class_="zl-lead") if not here else None,
        class_="zl",
    )


def _together(desk: store.Desk, organs: Sequence[str], found: Sequence[Entry], number: int) -> Markup:
    """Return of which organs the calendar is, each as a link to its own."""
    lang = address.lang()
    links = [
        join(
            t("and") if place else "",
            go(address.here(unit=organ, p=None), agendas.label(desk, "unit", organ, lang)),
            f"{t('open')}{t('duties.count', n=len([e for e in found if e.unit == organ]))}{t('close')}",
        )
        for place, organ in enumerate(organs)
    ]
    return el("p", t("duties.together.lead", n=number), " ", links, class_="zl-lead")


def _apart(desk: store.Desk, unit: str) -> Markup | None:
    """Return the way to the calendar of the territory that a unit answers for, if it answers for one."""
    lang, known = address.lang(), agendas.drawn(desk).organs
    links = [
        go(
            address.here(unit=place, p=None),
            t("duties.together.see", place=agendas.label(desk, "unit", place, lang)),
        )
        for place, organs in known.items()
        if unit in organs and len(organs) > 1
    ]
    return el("p", links, class_="zl-small") if links else None


def _of_territories() -> bool:
    return address.param("by") == "district"


def loads(desk: store.Desk, found: Sequence[Entry]) -> list[Load]:
    """Return how much each unit has to do or, if the address asks so, each territory by its organs."""
    return agendas.drawn(desk).loads(found, territories=_of_territories())


def choice(desk: store.Desk, found: Sequence[Load]) -> Markup:
    """Return units or territories with the number of their lines, each as a link to its calendar."""
    territories, lang = _of_territories(), address.lang()
    lines = [
        (
            go(address.here(unit=each.unit, p=None), agendas.label(desk, "unit", each.unit, lang)),
            *(str(each.numbers.get(kind, 0)) for kind in _COUNTED),
            day(each.next) if each.next else t("none"),
        )
        for each in found
    ]
    heads = [tabular.Head(t(f"duties.column.{'district' if territories else 'unit'}"))]
    heads += [tabular.numbers(t(f"duties.kind.{kind}")) for kind in _COUNTED]
    heads += [tabular.Head(t("duties.column.next"))]
    options = {each: t(f"duties.by.{each}") for each in ("unit", "district")}
    tabs = frame.tabs("by", options, "district" if territories else "unit", p=None)
    return join(tabs, tabular.table(heads, lines, class_="zl-rows"))
