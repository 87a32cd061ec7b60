"""Full-text search: what was found, by kind; the words, the kind and the page stand in the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import streamlit as st

from app.explorer import address, finder, frame, offered, paged, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.queries.search import Found, Hit
from reasoner.queries.search_text import Piece, words
from reasoner.queries.searchable import KINDS, NAMED

_FIRST: Final = 5  # of each kind, as long as all kinds are shown
_PER_PAGE: Final = 25
_PAGES: Final = 99_999

desk = store.desk(address.as_of())
asked = (address.param("q") or "").strip()
kind = kind if (kind := address.param("kind")) in KINDS else None
page = paged.number(_PAGES)


def field() -> Markup:
    """Return the search field."""
    box = el(
        "input",
        type="search",
        name="q",
        value=asked,
        placeholder=t("search.hint"),
        aria_label=t("search.field"),
    )
    button = el("button", t("search.go"), type="submit")
    return el("form", box, button, action=address.link("search"), role="search", data_go=True,
              class_="zl-search-field")  # fmt: skip


def pieces(parts: Iterable[Piece]) -> Markup:
    """Return a text in which what was looked for is marked."""
    return join(*(el("mark", each.text) if each.found else each.text for each in parts))


def kinds(found: Found) -> Markup:
    """Return the kinds with their numbers, each a link that narrows the results to it."""
    links = [
        el(
            "li",
            go(
                address.here(kind=None if each is None or each == kind else each, p=None),
                el("span", t(f"search.kind.{each or 'all'}")),
                el("span", f"{counted:,}"),
                aria_current="true" if each == kind else None,
            ),
        )
        for each, counted in ((None, found.total), *found.counts.items())
    ]
    return el("nav", el("ul", links), class_="zl-filters zl-search-kinds", aria_label=t("search.kinds"))


def line(hit: Hit) -> Markup:
    """Return what was found: its name, where it belongs, and the words around what was looked for."""
    lang = address.lang()
    name = hit.name.get(lang) or hit.name["zh"]
    target = finder.href(hit)
    title = go(target, pieces(name), class_="zl-hit-name") if target else el("b", pieces(name))
    said = finder.what(hit.what, lang)
    text = None
    if hit.excerpt:
        during = el("span", t("open"), during_words(hit.during), t("close")) if hit.during else None
        label = el("span", said, t("colon"), class_="zl-quiet") if said and hit.kind != "law" else None
        text = el("div", label, pieces(hit.excerpt), during, class_="zl-hit-text")
    return el("li", title, el("span", beside(hit), class_="zl-quiet zl-small"), text)


def during_words(during: str) -> str:
    """Return from and to when a name was in use."""
    start, _, end = during.rpartition("–") if during.endswith("–") else ("", "", during.lstrip("–"))
    return t("search.from", day=day(start)) if start else t("search.until", day=day(end))


def beside(hit: Hit) -> str:
    """Return what is said beside a name: its number, its article, where it lies, how long it existed."""
    lang = address.lang()
    parts = []
    if hit.kind in ("issue", "norm"):
        parts.append(hit.ref)
    if hit.kind in ("norm", "term") and hit.at:
        parts.append(store.regulation().cite(hit.at, lang))
    if hit.kind == "law":
        parts.append(store.regulation().article_of(hit.at).chapter_title)
    if hit.within:
        parts.append(store.worded(desk.name(hit.within), lang))
    if hit.since:
        parts.append(t("search.since", day=day(hit.since)))
    if hit.until:
        parts.append(t("search.abolished", day=day(hit.until)))
    return "".join(f" · {part}" for part in parts if part)


def groups(found: Found) -> list[Markup]:
    """Return what was found, a group for each kind."""
    made = []
    for each, counted in found.counts.items():
        own = [hit for hit in found.hits if hit.kind == each]
        if not own:
            continue
        more = (
            el("p", go(address.here(kind=each, p=None), t("search.more", n=f"{counted:,}")))
            if kind is None and counted > len(own)
            else None
        )
        heading = el("h2", t(f"search.kind.{each}"), el("small", f" {counted:,}"))
        made.append(el("section", heading, el("ul", map(line, own), class_="zl-hits"), more))
    return made


def paging(found: Found) -> Markup | None:
    """Return the links to the pages before and after, when one kind is shown."""
    pages = -(-found.counts.get(kind, 0) // _PER_PAGE) if kind else 1
    if pages < 2:
        return None
    before = (
        go(address.here(p=str(page - 1) if page > 2 else None), t("previous")) if page > 1 else el("span")
    )
    after = go(address.here(p=str(page + 1)), t("next")) if page < pages else el("span")
    return el("div", before, el("span", t("issues.page", n=page, of=pages)), after, class_="zl-turn")


def suggestions(found: Found) -> Markup | None:
    """Return names that are like what was typed, when no name was found."""
    if any(found.counts.get(each) for each in NAMED):
        return None
    alike = [(each, target) for each in finder.index(desk).alike(asked) if (target := finder.href(each))]
    if not alike:
        return None
    links = [join(t("and") if i else "", go(target, each.name)) for i, (each, target) in enumerate(alike)]
    return el("p", t("search.alike"), links, class_="zl-search-hint")


def results() -> None:
    """Write what was found."""
    if finder.is_ready(desk):
        found = looked_up()
    else:
        with st.spinner(t("search.building")):
            found = looked_up()
    direct = offered.section(desk, asked) if kind is None else None
    above = direct or suggestions(found)  # what is named as it is on record is not misspelt
    if not found.total:
        show(el("div", above, class_="zl"))
        frame.empty(t("search.nothing", words=asked), t("search.nothing.next"))
        show(
            el(
                "div",
                [el("p", each) for each in (offered.fewer(desk, asked), offered.elsewhere()) if each],
                class_="zl",
            )
        )
        return
    inner = el("div", groups(found) or el("p", t("search.none.here")), paging(found))
    show(el("div", above, el("div", kinds(found), inner, class_="zl-search"), class_="zl"))


def looked_up() -> Found:
    """Return what was found of the kind and on the page that the address names."""
    if kind is None:
        return finder.find(desk, asked, None, _FIRST)
    return finder.find(desk, asked, kind, _PER_PAGE, (page - 1) * _PER_PAGE)


frame.title(t("search.titled", words=asked) if asked else t("nav.search"))
show(el("div", el("h1", t("nav.search")), field(), class_="zl"))
if words(asked):
    results()
else:
    examples = [
        join(" · " if i else "", go(address.link("search", q=each), each, lang="zh-CN"))
        for i, each in enumerate(t("search.examples").split("|"))
    ]
    frame.empty(t("search.empty"), t("search.try"), *examples)
    show(el("p", offered.elsewhere(), class_="zl"))
