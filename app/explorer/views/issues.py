"""The list of issues: filters and the quick search stand in the address."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.explorer import address, frame, store, theme
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t

_PER_PAGE: Final = 50
_FACETS: Final = ("inspection", "status", "place", "sector")
_OPEN_UP_TO: Final = 20  # longer facets are folded until one of their values is chosen

desk = store.desk(address.as_of())
everything = desk.rows
chosen = {name: value for name in (*_FACETS, "missing", "norm") if (value := address.param(name))}
words = address.param("q")
rows = store.select(everything, words, **chosen)
frame.title(t("issues.title"))


def facet(name: str) -> Markup:
    """Return one filter: its values with the number of issues that would remain."""
    others = {key: value for key, value in chosen.items() if key != name}
    pool = store.select(everything, words, **others)
    values = store.facet(pool, name)
    active = chosen.get(name)
    links = [
        el(
            "li",
            go(
                address.here(**{name: None if active == key else key, "p": None}),
                el("span", frame.status(key) if name == "status" else label or t("unknown")),
                el("span", f"{number:,}"),
                aria_current="true" if active == key else None,
            ),
        )
        for key, label, number in values
    ]
    opened = bool(active) or (len(values) <= _OPEN_UP_TO and name in ("inspection", "status"))
    return el("details", el("summary", t(f"issues.filter.{name}")), el("ul", links), open=opened)


def chosen_filters() -> Markup | None:
    """Return the filters in force, each a link that takes it away."""
    if not chosen and not words:
        return None
    links = [
        go(
            address.here(**{name: None, "p": None}),
            store.facet_label(everything, name, value, address.lang()) or t("unknown"),
            " ×",
            title=t("issues.remove"),
        )
        for name, value in chosen.items()
    ]
    return el("div", links, go(address.link("issues"), t("issues.clear")), class_="zl-chosen")


def table(shown: list[store.IssueRow]) -> Markup:
    """Return the issues, each line a link to its page."""
    lines = []
    for row in shown:
        attention = sorted((each for each in row.statuses if theme.wants_attention(each)), key=theme.rank)
        href = address.link("issue", id=row.id)
        lines.append(
            el(
                "tr",
                el("td", go(href, row.id)),
                el("td", go(href, el("span", row.title, class_="zl-clip", title=row.summary))),
                el("td", names(row.place) or t("unknown")),
                el("td", names(row.inspection) or t("inspection.none"), class_="zl-small"),
                el("td", [el("div", frame.status(each)) for each in attention[:3]], class_="zl-small"),
            )
        )
    columns = ("id", "issue", "place", "inspection", "attention")
    head = el("tr", (el("th", t(f"column.{name}")) for name in columns))
    return el("table", el("thead", head), el("tbody", lines), class_="zl-rows")


def paging(page: int, pages: int) -> Markup | None:
    """Return the links to the pages before and after."""
    if pages < 2:
        return None
    before = go(address.here(p=str(page - 1)), t("previous")) if page > 1 else el("span")
    after = go(address.here(p=str(page + 1)), t("next")) if page < pages else el("span")
    return el("div", before, el("span", t("issues.page", n=page, of=pages)), after, class_="zl-turn")


def names(values: tuple[store.Named, ...]) -> str:
    """Return the names of some entities, one after the other."""
    return "、".join(name for _, name in values)


def search() -> None:
    """Put what was typed into the address."""
    st.query_params["q"] = st.session_state["search"].strip()
    if not st.query_params["q"]:
        del st.query_params["q"]
    st.query_params.pop("p", None)


show(el("div", el("h1", t("issues.title")), class_="zl"))
if not everything:
    frame.empty(t("issues.empty"), t("issues.empty.next"))
else:
    left, right = st.columns([1, 3.4], gap="large")
    with left:
        st.session_state["search"] = words or ""
        st.text_input(
            t("issues.search"),
            key="search",
            placeholder=t("issues.search.hint"),
            on_change=search,
            type="search",
        )
        show(el("div", (facet(name) for name in _FACETS), class_="zl zl-filters"))
    with right:
        counted = el(
            "p", t("issues.count", shown=f"{len(rows):,}", all=f"{len(everything):,}"), class_="zl-quiet"
        )
        pages = max(1, -(-len(rows) // _PER_PAGE))
        page = (
            min(max(1, int(address.param("p") or 1)), pages) if (address.param("p") or "1").isdecimal() else 1
        )
        shown = rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        if shown:
            show(el("div", counted, chosen_filters(), table(shown), paging(page, pages), class_="zl"))
        else:
            show(el("div", join(counted, chosen_filters()), class_="zl"))
            frame.empty(t("issues.none"), t("issues.none.next"))
