"""How the values of arguments are read."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import re


def date(text: str) -> datetime.date:
    """Read ``2026-11-22``, ``20261122`` or ``2026年11月22日``."""
    if match := re.fullmatch(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?", text.strip()):
        with contextlib.suppress(ValueError):  # such as 2026-02-30
            day = datetime.date(*map(int, match.groups()))
            if 1900 <= day.year < 2200:
                return day
            raise argparse.ArgumentTypeError(
                f"日期应在 1900 年至 2199 年之间 / a date from 1900 to 2199: {text!r}"
            )
    raise argparse.ArgumentTypeError(f"不是日期 / not a date: {text!r} (2026-11-22)")


def port(text: str) -> int:
    """Read the number of a TCP port."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"不是端口号 / not a port: {text!r} (1-65535)")


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"不是 0 以上的整数 / not a whole number from 0 up: {text!r}")


def memory(text: str) -> str:
    """Read an amount of memory, ``8GiB`` or ``500 MB``, as DuckDB writes it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B)", text.strip(), re.IGNORECASE)
    if match and float(match[1]) > 0:
        return f"{match[1]}{match[2]}"
    raise argparse.ArgumentTypeError(f"不是内存大小 / not an amount of memory: {text!r} (8GiB)")
