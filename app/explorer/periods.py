"""The period to which limits are narrowed: a length of time around the as-of date, or two free days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from app.explorer import address, frame
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t

#: The parameters of an address that hold a period; whoever sets one takes the others away.
PARAMS: Final = ("days", "from", "to")
#: The lengths of time, in days around the as-of date, that are offered.
LENGTHS: Final = (30, 90, 365)
#: An address without a period, on its first page.
OPEN: Final[dict[str, str | None]] = dict.fromkeys((*PARAMS, "p"))


@dataclass(frozen=True)
class Period:
    """The first and the last day of limits (None: no bound), and how the address says so.

    ``days`` is set for one of the lengths offered. ``wrong`` says why the address holds no period:
    ``value`` is no day, or the first day is later than the last.
    """

    start: date | None = None
    end: date | None = None
    days: int | None = None
    wrong: Literal["no_day", "reversed"] | None = None
    value: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing is narrowed."""
        return self.start is None and self.end is None and self.wrong is None

    def nearest(self, to: date) -> date:
        """Return the day of the period that is nearest to a day."""
        if self.wrong is None and self.start is not None and to < self.start:
            return self.start
        return self.end if self.wrong is None and self.end is not None and to > self.end else to


def of_address(as_of: date) -> Period:
    """Return the period of the address. Free days count before a length, one that is not offered as none."""
    bounds: list[date | None] = []
    for name in ("from", "to"):
        written = (address.param(name) or "").strip()
        try:
            bound = date.fromisoformat(written) if written else None
        except ValueError:
            return Period(wrong="no_day", value=written)
        if bound is not None and not address.FIRST_DAY <= bound <= address.LAST_DAY:
            return Period(wrong="no_day", value=written)
        bounds.append(bound)
    start, end = bounds
    if start and end and start > end:
        return Period(start, end, wrong="reversed")
    days = address.param("days") or ""
    if start or end or days not in map(str, LENGTHS):
        return Period(start, end)
    length = timedelta(days=int(days))
    return Period(as_of - length, as_of + length, days=int(days))


def words(period: Period) -> str:
    """Return how a period is called."""
    if period.days is not None:
        return t("duties.period", days=period.days)
    start, end = (day(each) if each else "" for each in (period.start, period.end))
    which = "between" if start and end else "since" if start else "until"
    return t(f"duties.period.{which}", start=start, end=end)


def choice(period: Period) -> Markup:
    """Return the lengths of time as links, and two fields for free days."""
    links = [
        el(
            "li",
            go(
                address.here(**OPEN | {"days": None if period.days == each else str(each)}),
                el("span", t("duties.period", days=each)),
                aria_current="true" if period.days == each else None,
            ),
        )
        for each in LENGTHS
    ]
    free = period.days is None
    fields = [
        el(
            "label",
            el("span", t(f"duties.period.{name}")),
            el(
                "input",
                type="date",
                name=name,
                value=bound.isoformat() if bound and free else None,
                min=address.FIRST_DAY.isoformat(),
                max=address.LAST_DAY.isoformat(),
            ),
        )
        for name, bound in (("from", period.start), ("to", period.end))
    ]
    button = el("button", t("duties.period.set"), type="submit")
    form = el("form", fields, button, action=address.here(**OPEN), data_go=True, class_="zl-period")
    note = el("p", t("duties.period.note"), class_="zl-quiet zl-small")
    return el("details", el("summary", t("duties.filter.days")), el("ul", links), form, note, open=True)


def complain(period: Period) -> None:
    """Say what is wrong with a period, and offer to put it right."""
    drop = go(address.here(**OPEN), t("duties.period.drop"))
    if period.wrong == "reversed" and period.start and period.end:
        told = t("duties.period.reversed", start=day(period.start), end=day(period.end))
        turned = {"from": period.end.isoformat(), "to": period.start.isoformat()}
        frame.empty(told, go(address.here(**OPEN | turned), t("duties.period.turn")), " · ", drop)
        return
    first, last = day(address.FIRST_DAY), day(address.LAST_DAY)
    frame.empty(t("duties.period.no_day", value=period.value[:40], first=first, last=last), join(drop))
