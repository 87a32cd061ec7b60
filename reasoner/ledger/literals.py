"""Dates and time words as people write them in ledgers, read without guessing.

Everything that cannot be read exactly stays text with the reason why. A date that lost its 年月日 is
read only when a single split of its digits makes sense.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Shape = Literal["date", "range", "inexact", "relative", "yearless", "ambiguous", "impossible", "none"]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_CHINESE = re.compile(r"[零〇○一二两三四五六七八九十百]+")
_DASH = re.compile(r"[-–—―~～至到]+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?")
_FULL = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?(?:\d{1,2}:\d{2}.*)?")
_MONTH = re.compile(r"(\d{4})(?:年(\d{1,2})月(?:份)?|[-/.](\d{1,2}))")
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
_ONLY_MONTH = re.compile(r"(\d{1,2})月(?:份)?")
_RELATIVE = re.compile(r"\d+个?(?:工作日|自然日|日|天|周|星期|个?月|年|小时)(?:之内|以内|内)")
_BEFORE = re.compile(r"(?:(?:底|末|以前|之前|前)+(?![后后])[^\d]{0,10}|完成|办结)?[。.]?$")
_TAIL = re.compile(r"(以来|起|左右|许)$")
_QUARTER = re.compile(r"(\d{4})年第?([1-4])季度(?:底|末)?(?:前)?")
_FIRST_EXCEL_SERIAL, _LAST_EXCEL_SERIAL = 36_526, 73_050  # 2000 to 2099
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_EXCEL_EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a time literal was read: ``date`` and ``end`` as yyyymmdd where the shape has them."""

    shape: Shape
    date: int | None = None
    end: int | None = None
    options: tuple[int, ...] = field(default=())


def strange(day: int) -> bool:
    """Whether a day (yyyymmdd) lies where no inspection's records do: mostly a slip of the pen."""
    return not _FIRST_YEAR <= day // 10_000 <= _LAST_YEAR


def number(text: str) -> int | None:
    """An Arabic or Chinese numeral as int ("二十二" → 22, "第22批" is the caller's to trim), else None."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isdecimal():
        return int(text)
    if not text or not _CHINESE.fullmatch(text):
        return None
    if not set(text) & set("十百"):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def tidy(text: str) -> str:
    """Half-width, without blanks, Chinese numerals before 年月日号批组 and units of time as digits."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return _numerals(text) if _CHINESE.search(text) else text


def _numerals(text: str) -> str:
    def digits(match: re.Match[str]) -> str:
        value = number(match[0])
        return match[0] if value is None else str(value)

    return re.sub(r"[零〇○一二两三四五六七八九十百]+(?=年|月|日|号|批|个|周|天|季度|星期)", digits, text)


def from_cell(value: dt.date | dt.datetime | int | float) -> Reading:
    """A date cell, an Excel serial day or yyyymmdd written as a number."""
    if isinstance(value, dt.date):
        return Reading("date", value.year * 10_000 + value.month * 100 + value.day)
    if float(value).is_integer() and _FIRST_EXCEL_SERIAL <= value <= _LAST_EXCEL_SERIAL:
        return from_cell(_EXCEL_EPOCH + dt.timedelta(days=int(value)))
    return read(str(int(value)) if float(value).is_integer() else str(value))


@lru_cache(maxsize=20_000)
def read(text: str, year: int | None = None) -> Reading:
    """Read a point in time or a range; ``year`` completes dates that leave it out."""
    text = tidy(text)
    if not re.search(r"\d", text):
        return Reading("none")
    if text.isdecimal() and len(text) == 5 and _FIRST_EXCEL_SERIAL <= int(text) <= _LAST_EXCEL_SERIAL:
        return from_cell(int(text))
    single = _point(text, year)
    if single.shape != "none":
        return single
    for dash in sorted(_DASH.finditer(text), key=lambda m: m[0] == "-"):
        span = _range(text[: dash.start()], text[dash.end() :], year)
        if span.shape != "none":
            return span
    return Reading("none")


def deadline(text: str, year: int | None = None) -> Reading:
    """Read a time limit: 底 and 前 end on the last day of the period; a span of days stays relative."""
    text = tidy(text)
    if _RELATIVE.search(text):
        return Reading("relative")
    text = re.sub(r"^(?:在|于|力争|确保|预计|限|应于|须于)", "", text)
    bare = _BEFORE.sub("", text)
    ending = text[len(bare) :]
    if match := _QUARTER.fullmatch(text) or _QUARTER.fullmatch(bare):
        return _last_day(int(match[1]), int(match[2]) * 3)
    if match := re.fullmatch(r"(\d{4})(?:年(?:年|度)?)?", bare):
        # 2017年底前 is the end of the year; 2017年前 may mean before it.
        return _last_day(int(match[1]), 12) if "底" in ending or "末" in ending else Reading("inexact")
    if match := re.fullmatch(r"(\d{4})年上半年", bare):
        return _last_day(int(match[1]), 6)
    if (match := _MONTH.fullmatch(bare)) and not _lost(bare):
        if "前" in ending and "底" not in ending and "末" not in ending:
            return Reading("inexact")
        return _last_day(int(match[1]), int(match[2] or match[3]))
    if match := _ONLY_MONTH.fullmatch(bare):
        if "底" not in ending and "末" not in ending and "前" in ending:
            return Reading("inexact")
        return _last_day(year, int(match[1])) if year else Reading("yearless")
    return read(bare or text, year)


def _last_day(year: int, month: int) -> Reading:
    if not 1 <= month <= 12 or not 1949 <= year <= 2199:
        return Reading("impossible")
    return Reading("date", year * 10_000 + month * 100 + monthrange(year, month)[1])


def _point(text: str, year: int | None) -> Reading:
    """One day, or a month or year that is not exact to the day."""
    text = _TAIL.sub("", text)
    for pattern in (_ISO, _FULL):
        if match := pattern.fullmatch(text):
            return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY.fullmatch(text):
        if year is None:
            possible = _day(2024, int(match[1]), int(match[2]))
            return Reading("yearless") if possible.shape == "date" else possible
        return _day(year, int(match[1]), int(match[2]))
    if re.fullmatch(r"\d{4}年?", text) and 1949 <= int(text[:4]) <= 2199:
        return Reading("inexact")
    if match := _MONTH.fullmatch(text):
        return Reading("inexact") if 1 <= int(match[2] or match[3]) <= 12 else Reading("impossible")
    if _ONLY_MONTH.fullmatch(text) and year is not None and len(text) <= 3:
        return Reading("inexact")
    return _split_lost(text, year, None)


def _day(year: int, month: int, day: int) -> Reading:
    try:
        return from_cell(dt.date(year, month, day))
    except ValueError:
        return Reading("impossible")


def _lost(text: str) -> bool:
    return bool(re.fullmatch(r"\d{3,8}[年月日号]?", text))


def _split_lost(text: str, year: int | None, not_before: int | None) -> Reading:
    """A date that lost some of its 年月日: accepted only when one split of the digits is a date."""
    match = re.fullmatch(r"(\d{2,8})(月)?(日|号)?", text)
    if not match:
        return Reading("none")
    digits = match[1]
    if match[2]:  # 20246月: a year and a month
        good = len(digits) in (5, 6) and 1949 <= int(digits[:4]) <= 2199 and 1 <= int(digits[4:]) <= 12
        return Reading("inexact" if good else "none")
    with_year = len(digits) >= 6 and 1949 <= int(digits[:4]) <= 2199
    if not with_year and not match[3]:
        return Reading("none")
    found: set[int] = set()
    for y, rest in [(int(digits[:4]), digits[4:])] if with_year else [(year, digits)]:
        for month, day in _month_and_day(rest):
            read_as = _day(y if y is not None else 2024, month, day)
            if read_as.date is not None and (not_before is None or read_as.date >= not_before):
                found.add(read_as.date)
    if not found:
        return Reading("impossible")
    if len(found) > 1:
        return Reading("ambiguous", options=tuple(sorted(found)))
    return Reading("date", found.pop()) if with_year or year is not None else Reading("yearless")


def _month_and_day(digits: str) -> Iterator[tuple[int, int]]:
    for cut in (1, 2):
        month, day = digits[:cut], digits[cut:]
        written = 1 <= len(day) <= 2 and not (cut == 1 and month == "0")
        if written and int(day) and int(month) <= 12:
            yield int(month), int(day)


def _range(first: str, last: str, year: int | None) -> Reading:
    """A span; the second date takes the year (and month) of the first where it leaves them out."""
    start = _point(first, year)
    if start.date is None:
        return start if start.shape in ("yearless", "ambiguous", "impossible") else Reading("none")
    same_year = start.date // 10_000
    if re.fullmatch(r"\d{1,2}[日号]", last):
        end = _day(same_year, start.date // 100 % 100, int(last[:-1]))
    elif _lost(last) and not last.endswith(("年", "月")):
        end = _split_lost(last, same_year, start.date)
    else:
        end = _point(last, same_year)
    if end.date is None:
        return Reading(end.shape if end.shape != "none" else "none", options=end.options)
    return Reading("range", start.date, end.date) if end.date >= start.date else Reading("impossible")
