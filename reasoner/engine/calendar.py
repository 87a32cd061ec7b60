"""The calendar that every evaluator shares: dates are integers, months are counted here, not in rules.

``monthsAfter(D, n, E)`` is given to the evaluators as facts for every date D on record and every n that a
rule names. How months are counted is a parameter of the law book, so that a proof can show the assumption.
"""

from __future__ import annotations

import calendar as _calendar
import datetime
from collections.abc import Callable, Iterable, Iterator

from reasoner.engine.join import Ground

MONTHS_AFTER = "monthsAfter"


def to_int(day: datetime.date) -> int:
    """A date as the integer yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day


def to_date(number: int) -> datetime.date:
    """Raises ValueError when the number is no date yyyymmdd."""
    return datetime.date(number // 10000, number // 100 % 100, number % 100)


def is_date(number: int) -> bool:
    """Whether an integer reads as a date yyyymmdd."""
    try:
        to_date(number)
    except ValueError:
        return False
    return True


def corresponding_day(start: datetime.date, months: int) -> datetime.date:
    """The day of the same number ``months`` later or, if that month is too short, its last day."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = _calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(start.day, last))


def day_before_corresponding(start: datetime.date, months: int) -> datetime.date:
    """The start day counts as the first: the period ends the day before the corresponding day."""
    return corresponding_day(start, months) - datetime.timedelta(days=1)


COUNTING: dict[str, Callable[[datetime.date, int], datetime.date]] = {
    "correspondingDay": corresponding_day,
    "startDayCounts": day_before_corresponding,
}
"""Counting rules by the name of the parameter value that chooses them."""


def facts(dates: Iterable[int], numbers: Iterable[int], counting: str) -> Iterator[Ground]:
    """``monthsAfter`` for all dates and all numbers of months.

    None under a counting rule that is not known: then no limit in months can be told, and norms say so.
    """
    count = COUNTING.get(counting)
    if count is None:
        return
    for day in sorted({d for d in dates if is_date(d)}):
        for months in numbers:
            try:
                yield MONTHS_AFTER, (day, months, to_int(count(to_date(day), months)))
            except ValueError:
                continue  # beyond the year 9999 nothing falls due
