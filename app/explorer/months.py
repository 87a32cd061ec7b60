"""A month as a grid of days, each with the limits that fall on it."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from app.explorer import address, agendas, store, theme
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import t
from reasoner.answers.agenda import Entry

_SHOWN = 3  # of the limits of one day; the list beside the grid has all


def of_address(otherwise: date) -> date:
    """Return the first day of the month that the address names (``month=2026-12``), or of another day."""
    try:
        asked = date.fromisoformat(f"{address.param('month')}-01")
    except ValueError:
        asked = otherwise
    return max(address.FIRST_DAY, min(asked, address.LAST_DAY)).replace(day=1)


def limits(found: Iterable[Entry]) -> list[tuple[str, Entry]]:
    """Return every day (yyyy-mm-dd) that is or may be a limit, with its entry, by day."""
    days = [(day, each) for each in found for day in each.limits]
    return sorted(days, key=lambda each: (each[0], theme.rank(each[1].status)))


def words(month: date) -> str:
    """Return how a month is written."""
    return t("duties.calendar.month", year=month.year, month=month.month)


def _key(month: date, offset: int = 0) -> str:
    number = month.year * 12 + month.month - 1 + offset
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def turn(month: date, as_of: date, found: Iterable[Entry]) -> Markup:
    """Return the way to the months around, and to those that have limits."""
    counted = Counter(day[:7] for day, _ in limits(found))
    others = [
        go(
            address.here(month=key),
            f"{words(date.fromisoformat(key + '-01'))}{t('open')}{number}{t('close')}",
            aria_current="true" if key == _key(month) else None,
        )
        for key, number in sorted(counted.items())
    ]
    return join(
        el(
            "nav",
            go(address.here(month=_key(month, -1)), "← ", t("duties.calendar.before")),
            el("h3", words(month)),
            go(address.here(month=_key(month, 1)), t("duties.calendar.after"), " →"),
            go(address.here(month=None), t("duties.calendar.now")) if _key(month) != _key(as_of) else None,
            class_="zl-cal-turn",
        ),
        el(
            "p",
            t("duties.calendar.months"),
            t("colon"),
            [join(each, " ") for each in others],
            class_="zl-cal-months",
        )
        if others
        else None,
    )


def grid(month: date, as_of: date, found: Iterable[Entry], bearers: int = 1) -> Markup:
    """Return the month as a table of weeks; the as-of date is marked.

    ``bearers`` is how many units the month is of: what fewer of them bear is written with their names.
    """
    by_day: dict[str, list[Entry]] = {}
    for day, each in limits(found):
        by_day.setdefault(day, []).append(each)
    weeks = [
        el("tr", (_day(each, month, as_of, by_day.get(each.isoformat(), ()), bearers) for each in week))
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]
    head = el("tr", (el("th", name, scope="col") for name in t("duties.weekdays")))
    return el("table", el("thead", head), el("tbody", weeks), class_="zl-cal", aria_label=words(month))


def _day(day: date, month: date, as_of: date, found: Sequence[Entry], bearers: int) -> Markup:
    if day.month != month.month:
        return el("td", class_="zl-other")
    lang = address.lang()
    lines = [_limit(each, lang, bearers) for each in found[:_SHOWN]]
    more = el("div", f"+{len(found) - _SHOWN}", class_="zl-quiet") if len(found) > _SHOWN else None
    number = el("span", str(day.day), class_="zl-day")
    return el("td", number, lines, more, aria_current="date" if day == as_of else None)


def _limit(each: Entry, lang: address.Lang, bearers: int) -> Markup:
    sign, tone = theme.sign(each.status)
    duty = store.worded(each.of.norm_label, lang)
    if len(units := agendas.who(each.of, lang)) < bearers:
        duty = f"{t('and').join(units)}{t('colon')}{duty}"
    told = f"{store.worded(each.of.status_label, lang)} · {duty}"
    if each.possible:
        told = t("duties.ics.possible", what=told)
    return go(
        agendas.way(each.of),
        el("b", sign, " ", aria_hidden="true"),
        duty,
        class_=f"zl-cal-limit zl-{tone}",
        title=told,
        aria_label=told,
    )


def listed(month: date, found: Iterable[Entry]) -> list[Entry]:
    """Return the entries with a limit, certain or possible, in the month; each once."""
    here = [each for day, each in limits(found) if day.startswith(_key(month))]
    return agendas.lines(here)
