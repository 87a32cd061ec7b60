"""The link to a view that can be kept and sent: with the as-of date in it, it shows the same another day."""

from __future__ import annotations

import streamlit as st

from app.explorer import address
from app.explorer.markup import Markup, el
from app.explorer.words import t


def url() -> str:
    """Return the whole address of this view as of its date; only the path when the host is not known."""
    here = address.here(as_of=address.as_of().isoformat())
    base = (st.context.url or "").rstrip("/")
    return f"{base.removesuffix('/' + here.partition('?')[0])}/{here}"


def line() -> Markup:
    """Return the link as a text that one click selects whole."""
    return el(
        "span", t("link.here"), t("colon"), el("code", url(), class_="zl-permalink"), class_="zl-link-line"
    )
