"""Which page of a list the address asks for."""

from __future__ import annotations

from app.explorer import address


def number(of: int, name: str = "p") -> int:
    """Return the page that the address asks for, from 1 to ``of``; 1 when it names no number."""
    asked = address.param(name) or "1"
    # Python refuses to read thousands of digits as a number
    return min(max(1, int(asked)), max(1, of)) if asked.isdecimal() and len(asked) < 9 else 1
