"""What surrounds every page: the way to the other pages, the language, the legend, the versions."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.explorer import address, allowed, later, store, theme
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t

_NAVIGATION = ("overview", "issues", "inspection", "duties", "responsibility", "law", "questions", "record")
RECORDING = (allowed.RECORD, allowed.CORRECT, allowed.AUDIT)
_NEEDS = {"record": RECORDING}
"""What a role must be allowed to do, one of these, for the way to a page to be offered."""
_WITHIN = {  # pages without an entry of their own
    "district": "overview",
    "issue": "issues",
    "unit": "responsibility",
}


def top(page: str) -> None:
    """Write the head of the page: brand, pages, as-of date, language."""
    current = _WITHIN.get(page, page)
    pages = [
        go(address.link(name), t(f"nav.{name}"), aria_current="page" if name == current else None)
        for name in _NAVIGATION
        if allowed.may(*_NEEDS.get(name, ()))
    ]
    other = "en" if address.lang() == "zh" else "zh"
    scheme = "light" if theme.scheme() == "dark" else "dark"
    show(
        el(
            "header",
            go(address.link("overview"), t("brand"), el("small", t("brand.small")), class_="zl-brand"),
            el("nav", pages, class_="zl-nav", aria_label=t("nav")),
            el(
                "div",
                _search(page),
                _as_of(),
                el("a", t(f"scheme.{scheme}"), href=address.here(), data_scheme_to=scheme, target="_self"),
                go(address.here(lang=other), t("language.other"), lang=other, hreflang=other),
                class_="zl-top-side",
            ),
            class_="zl zl-top",
        )
    )
    for told in (_who(page), _samples(), later.notice(store.desk(address.as_of()))):
        if told:
            show(told)


def _who(page: str) -> Markup | None:
    """Say who looks, what the pages leave out for them, and where they can go; only in an office."""
    office, sits, role = allowed.office(), allowed.seat(), allowed.role()
    if office is None or sits is None or role is None:
        return None
    lang = address.lang()
    ways = []
    if allowed.may(allowed.AUDIT):
        current = "page" if page == "audit" else None
        ways.append(go(address.link("audit"), t("nav.audit"), aria_current=current))
    if office.sign_out:
        ways.append(el("a", t("access.out"), href=office.sign_out, target="_self"))
    left_out = t("and").join(each.label[lang] for each in office.policy.unseen(role))
    return el(
        "aside",
        el("b", f"{sits.name} · {role.label[lang]}", title=sits.user),
        el("span", t("access.scope", unseen=left_out)) if left_out else None,
        ways,
        class_="zl zl-samples zl-scope",
        aria_label=t("access.who"),
    )


def _samples() -> Markup | None:
    """Say how much of what is shown is invented, or that it is left out; nothing where nothing is."""
    if not address.samples():
        words, way = t("samples.out"), go(address.here(samples=None), t("samples.in"))
    else:
        rows = store.desk(address.as_of()).rows
        invented = sum(row.invented for row in rows)
        if not invented:
            return None
        words = t("samples.some", n=f"{invented:,}", all=f"{len(rows):,}")
        way = go(address.here(samples="no"), t("samples.leave"))
    shown = "zl-samples" if address.samples() else "zl-samples zl-samples-out"
    return el("aside", words, " ", way, class_=f"zl {shown}", aria_label=t("samples"))


def _search(page: str) -> Markup:
    """Return the search field of every page; it leads to the page of results."""
    field = el(
        "input",
        type="search",
        name="q",
        value=address.param("q") if page == "search" else None,
        placeholder=t("search.everywhere"),
        aria_label=t("search.everywhere"),
    )
    return el("form", field, action=address.link("search"), role="search", data_go=True)


def _as_of() -> Markup:
    """Return the day for which everything is evaluated, opened to choose another one."""
    chosen = address.as_of()
    field = el(
        "input",
        type="date",
        value=chosen.isoformat(),
        min=address.FIRST_DAY.isoformat(),
        max=address.LAST_DAY.isoformat(),
        data_param="as_of",
        aria_label=t("as_of.choose"),
    )
    today = go(address.here(as_of=None), t("as_of.today")) if address.param("as_of") else None
    return el(
        "details", el("summary", t("as_of", day=day(chosen))), el("div", field, today), class_="zl-as-of"
    )


def to_record(href: str, *words: str) -> Markup | None:
    """Return a way to a form; none for who may not record."""
    return go(href, *words) if allowed.may(allowed.RECORD, allowed.CORRECT) else None


def title(words: str) -> None:
    """Name the browser's window after what it shows."""
    st.set_page_config(page_title=f"{words} · {t('brand')}")


def tabs(name: str, options: Mapping[str, str], chosen: str, **changed: str | None) -> Markup:
    """Return tabs as links: ``options`` maps the value of the parameter ``name`` to its words.

    The first is what an address without the parameter shows; ``changed`` are parameters to change besides.
    """
    first = next(iter(options))
    links = [
        go(
            address.here(**(changed | {name: None if value == first else value})),
            words,
            aria_current="true" if value == chosen else None,
        )
        for value, words in options.items()
    ]
    return el("nav", links, class_="zl-tabs")


def status(status_id: str, words: str | None = None) -> Markup:
    """Return a status as sign, colour and word."""
    sign, tone = theme.sign(status_id)
    label = words or store.status_label(status_id, address.lang())
    return el("span", el("b", sign, aria_hidden="true"), label, class_=f"zl-status zl-{tone}")


def tone(status_id: str) -> str:
    """Return the tone of a status, the name of its colour."""
    return theme.sign(status_id)[1]


def foot() -> None:
    """Write the legend of the statuses and the versions that the page rests on."""
    legend = el("ul", (el("li", status(each)) for each in theme.STATUSES), class_="zl-legend")
    desk = store.desk(address.as_of())
    versions = t("foot.versions", data=store.data_version(desk), rules=store.rule_version(desk))
    show(
        el(
            "footer",
            el("details", el("summary", t("legend")), legend),
            join(versions, " ", t("foot.limits")),
            class_="zl zl-foot",
        )
    )


def empty(words: str, *after: Markup | str) -> None:
    """Say that there is nothing to show, and what to do next."""
    show(el("div", el("p", words), el("p", *after) if after else None, class_="zl zl-empty"))
