"""HTML in which everything that is not markup is escaped: text of a ledger can never become code."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import streamlit as st

_VOID: Final = {"br", "hr", "img", "wbr"}


class Markup(str):
    """A piece of finished HTML. Only this module makes one; any other ``str`` is text."""

    __slots__ = ()


Piece = str | Markup | None | Iterable["Piece"]


def _piece(child: Piece) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return str(child)
    if isinstance(child, str):
        return html.escape(child)
    return "".join(_piece(each) for each in child)


def join(*children: Piece) -> Markup:
    """Put pieces one after the other."""
    return Markup(_piece(children))


def el(tag: str, *children: Piece, **attributes: str | bool | None) -> Markup:
    """Return an element; attribute names take ``_`` for ``-`` and a trailing ``_`` for a keyword.

    Children that are not Markup are escaped, attribute values always are. None and False leave an
    attribute out, True writes it without a value.
    """
    words = [tag]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        words.append(written if value is True else f'{written}="{html.escape(str(value))}"')
    opening = f"<{' '.join(words)}>"
    return Markup(opening if tag in _VOID else f"{opening}{_piece(children)}</{tag}>")


def go(href: str, *children: Piece, **attributes: str | bool | None) -> Markup:
    """Return a link to a view of the explorer, which is followed without a reload."""
    return el("a", *children, href=href, data_go="1", target="_self", **attributes)


def outside(url: str, *children: Piece) -> Markup:
    """Return a link to a source on the web (shown as ``children``), or its text when it is no address."""
    if urlsplit(url).scheme not in {"http", "https"}:
        return join(url)
    return el("a", *(children or (url,)), href=url, target="_blank", rel="noopener noreferrer")


def show(*children: Piece) -> None:
    """Write the pieces onto the page."""
    st.html(join(*children))
