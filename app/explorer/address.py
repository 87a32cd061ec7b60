"""The address of a view is its whole state: whatever is shown can be sent, reloaded and gone back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date
from typing import Final, Literal
from urllib.parse import urlencode

import streamlit as st

Lang = Literal["zh", "en"]

#: page name -> path; the overview is the root.
PAGES = {
    "overview": ".",
    "district": "district",
    "issues": "issues",
    "issue": "issue",
    "inspection": "inspection",
    "duties": "duties",
    "responsibility": "responsibility",
    "unit": "unit",
    "law": "law",
    "questions": "questions",
    "search": "search",
    "record": "record",
    "audit": "audit",
}

#: The days that can be asked about.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)

#: Parameters that belong to the reader, not to the page: every link carries them on.
KEPT = ("lang", "as_of", "samples")


#: The parameters of the view for which a file is made, after the view itself was drawn.
_FOR: Final[ContextVar[Mapping[str, str] | None]] = ContextVar("for", default=None)


def param(name: str) -> str | None:
    """Return a parameter of the address, or None when it is absent or empty."""
    params = _FOR.get()
    return (st.query_params if params is None else params).get(name) or None


def later(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return ``make`` so that it reads the address of this view whenever it is called.

    A file is made when it is asked for, on a thread that belongs to no view: there the address is empty, and
    day and language would be the defaults.
    """
    params = st.query_params.to_dict()

    def made() -> bytes:
        token = _FOR.set(params)
        try:
            return make()
        finally:
            _FOR.reset(token)

    return made


def lang() -> Lang:
    """Return the language of the page: Chinese unless the address says ``lang=en``."""
    return "en" if param("lang") == "en" else "zh"


def as_of() -> date:
    """Return the date for which everything is evaluated: ``as_of`` in the address, else today."""
    try:
        asked = date.fromisoformat(param("as_of") or "")
    except ValueError:
        return date.today()
    return asked if FIRST_DAY <= asked <= LAST_DAY else date.today()


def samples() -> bool:
    """Tell whether what the record marks as invented is shown; ``samples=no`` leaves it out."""
    return param("samples") != "no"


def link(page: str, /, **params: str | None) -> str:
    """Return the address of a view; language and as-of date are carried on unless given."""
    kept = {name: param(name) for name in KEPT}
    chosen = {name: value for name, value in (kept | params).items() if value}
    if chosen.get("lang") == "zh":
        del chosen["lang"]
    query = urlencode(chosen)
    return f"{PAGES[page]}?{query}" if query else PAGES[page]


def here(**changed: str | None) -> str:
    """Return the address of this view with some parameters changed (None drops one)."""
    page = st.session_state["page"]
    return link(page, **(dict(st.query_params.items()) | changed))
