"""Limits that are to come or have passed: by month as bars, and the nearest as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from app.explorer import address, agendas, frame, store
from app.explorer.leadership import Limit
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers.agenda import Kind

_BACK: Final = 12  # months before and after the as-of date that are drawn one by one
_AHEAD: Final = 12
_SHORT: Final = 5  # lines of a short list
_LONG: Final = 40  # lines of the list of one month
_KINDS: Final[tuple[Kind, ...]] = ("overdue", "lapsed", "unsettled", "coming")  # as drawn, from below
#: The kinds in the tones of what they are: found overdue, not to be told, to be judged, still running.
_TONES: Final[Mapping[str, str]] = {
    "overdue": "late",
    "lapsed": "grey",
    "unsettled": "open",
    "coming": "blue",
}
_BEFORE: Final = "before"
_AFTER: Final = "after"


def _number(month: str) -> int:
    """Return a month (yyyy-mm) as a number that counts months."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _column(limit: Limit, today: date) -> str:
    """Return the column in which a limit stands: its month, or what lies before or after those drawn."""
    distance = _number(limit.due) - _number(today.isoformat())
    if distance < -_BACK:
        return _BEFORE
    return _AFTER if distance > _AHEAD else limit.due[:7]


def months(limits: Iterable[Limit], today: date, chosen: str | None) -> Markup:
    """Return the limits by month, each month a link that lists its limits."""
    counts: dict[str, Counter[str]] = {}
    for limit in limits:
        counts.setdefault(_column(limit, today), Counter())[limit.kind] += 1
    now = _number(today.isoformat())
    columns = [_BEFORE, *(_month(now + each) for each in range(-_BACK, _AHEAD + 1)), _AFTER]
    most = max((sum(each.values()) for each in counts.values()), default=1)
    return el(
        "div",
        el(
            "div",
            (_bar(each, counts.get(each, Counter()), most, today, chosen) for each in columns),
            class_="zl-months",
        ),
        el("p", (_key(kind) for kind in _KINDS), class_="zl-small zl-quiet zl-month-keys"),
    )


def _key(kind: str) -> Markup:
    return el("span", el("i", class_=f"zl-{kind} zl-{_TONES[kind]}"), t(f"limit.{kind}"))


def _bar(column: str, counts: Counter[str], most: int, today: date, chosen: str | None) -> Markup:
    total = sum(counts.values())
    parts = [
        el("i", class_=f"zl-{kind} zl-{_TONES[kind]}", style=f"height:{100 * counts[kind] / most:.1f}%")
        for kind in reversed(_KINDS)
        if counts[kind]
    ]
    drawn = el(
        "span", el("b", f"{total:,}" if total else "", class_="zl-month-number"), parts, class_="zl-month-bar"
    )
    label = el("span", _short(column), class_="zl-month-label")
    kinds = {"aria_current": "date" if column == today.isoformat()[:7] else None}
    if not total:
        return el("div", drawn, label, class_="zl-month", **kinds)
    words = t("and").join(f"{t(f'limit.{kind}')} {counts[kind]:,}" for kind in _KINDS if counts[kind])
    href = address.here(month=None if column == chosen else column)
    return go(
        href,
        drawn,
        label,
        class_="zl-month zl-month-chosen" if column == chosen else "zl-month",
        title=f"{called(column)}{t('colon')}{words}",
        **kinds,
    )


def _short(column: str) -> Markup:
    """Return the label under a bar: the month, with the year in January and in the first column."""
    if column in (_BEFORE, _AFTER):
        return join(t(f"limit.{column}"))
    year, month = column.split("-")
    number = str(int(month))
    return join(t("month.short", n=number), el("small", year) if number == "1" else None)


def called(column: str) -> str:
    """Return the name of a month (yyyy-mm), or of what lies before or after those drawn."""
    if column in (_BEFORE, _AFTER):
        return t(f"limit.{column}.long")
    if address.lang() == "en":
        return f"{date.fromisoformat(column + '-01'):%b %Y}"
    return t("month.long", year=column[:4], n=int(column[5:7]))


def asked_month() -> str | None:
    """Return the month that the address asks for (yyyy-mm, or ``before`` and ``after``)."""
    asked = address.param("month")
    if asked in (_BEFORE, _AFTER):
        return asked
    try:
        return date.fromisoformat(f"{asked}-01").isoformat()[:7]
    except ValueError:
        return None


def lists(desk: store.Desk, limits: list[Limit], today: date, chosen: str | None) -> Markup:
    """Return the limits of the chosen month, or the nearest that are to come and that have passed."""
    if chosen:
        found = [each for each in limits if _column(each, today) == chosen]
        close = go(address.here(month=None), t("limit.all"))
        return el(
            "section",
            el("h3", t("limit.in", month=called(chosen)), " ", el("small", close)),
            _listed(desk, found[:_LONG]) if found else el("p", t("limit.none.month")),
            el("p", t("limit.more", n=len(found) - _LONG)) if len(found) > _LONG else None,
        )
    coming = [each for each in limits if each.kind == "coming"]
    passed = [each for each in reversed(limits) if each.kind != "coming"]
    return el(
        "div",
        el(
            "section",
            el("h3", t("limit.coming.next")),
            _listed(desk, coming[:_SHORT]) if coming else el("p", t("limit.coming.none"), class_="zl-quiet"),
        ),
        el(
            "section",
            el("h3", t("limit.passed.last")),
            _listed(desk, passed[:_SHORT]) if passed else el("p", t("limit.passed.none"), class_="zl-quiet"),
        ),
        class_="zl-columns",
    )


def _listed(desk: store.Desk, limits: Iterable[Limit]) -> Markup:
    return el("ul", (el("li", _line(desk, each)) for each in limits), class_="zl-limits")


def _line(desk: store.Desk, limit: Limit) -> Markup:
    """Return one limit: its day, whose it is, what for, and the way to why."""
    lang = address.lang()
    each = limit.of
    units = t("and").join(store.worded(unit, lang) for unit in limit.units)
    matter = agendas.called(desk, each.subject, lang, *each.issues)
    words = store.worded(each.reason_label, lang) if each.status == "insufficient" else ""
    days = (date.fromisoformat(limit.due) - date.fromisoformat(each.as_of)).days
    return join(
        el(
            "div",
            el("b", day(limit.due), class_="zl-limit-day"),
            el(
                "span",
                t("limit.days.left" if days >= 0 else "limit.days.passed", n=f"{abs(days):,}"),
                class_="zl-quiet",
            ),
            frame.status(each.status),
            el("span", words, class_="zl-quiet") if words else None,
            class_="zl-limit-head",
        ),
        el("div", t("limit.others", days=t("and").join(map(day, limit.others))), class_="zl-small")
        if limit.others
        else None,
        go(agendas.way(each), units, t("colon"), store.worded(each.norm_label, lang)),
        el("div", matter, class_="zl-quiet zl-small"),
    )
