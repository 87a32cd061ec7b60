"""The list of issues: filters, search, order, page and selection stand in the address."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from app.explorer import (
    address,
    dossier_files,
    download,
    frame,
    issue_list,
    issue_sheet,
    paged,
    permalink,
    silent,
    store,
    tabular,
)
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t

_PER_PAGE: Final = 50
_OPEN_UP_TO: Final = 20  # longer facets are folded until one of their values is chosen
_VALUES: Final = 60  # more values than this nobody reads; the search finds the others
_UNITS: Final = 3  # more units than this are counted, not named

desk = store.desk(address.as_of())
issues = issue_list.catalogue(desk)
filters = {name: value for name in issue_list.FACETS if (value := address.param(name))}
words = address.param("q")
late = address.param("late") is not None
sort = asked if (asked := address.param("sort")) in issue_list.SORTS else issue_list.SORTS[0]
found = issues.chosen(words, filters, late=late)
ticked = set((address.param("pick") or "").split(","))
picked = [place for place, row in enumerate(issues.rows) if row.id in ticked]
frame.title(t("issues.title"))


def facet(name: str) -> Markup | None:
    """Return one filter: its values with the number of issues that would remain."""
    values = issues.facet(name, words, filters, late=late)
    if not values:
        return None
    active = filters.get(name)
    links = [
        el(
            "li",
            go(
                address.here(**{name: None if active == key else key, "p": None}),
                el(
                    "span", frame.status(key) if name == "status" else issues.label(name, key, address.lang())
                ),
                el("span", f"{number:,}"),
                aria_current="true" if active == key else None,
            ),
        )
        for key, number in values[:_VALUES]
    ]
    more = el("p", t("issues.more", n=len(values) - _VALUES), class_="zl-small zl-quiet")
    opened = bool(active) or (len(values) <= _OPEN_UP_TO and name in ("inspection", "status"))
    return el(
        "details",
        el("summary", t(f"issues.filter.{name}")),
        el("ul", links),
        more if len(values) > _VALUES else None,
        open=opened,
    )


def overdue() -> Markup:
    """Return the filter that reviewers use most: only what is overdue or deviates."""
    number = issues.chosen(words, filters, late=True).bit_count()
    return go(
        address.here(late=None if late else "1", p=None),
        t("issues.late", n=f"{number:,}"),
        role="switch",
        aria_checked="true" if late else "false",
        class_="zl-switch",
    )


def chosen_filters() -> Markup | None:
    """Return the filters in force, each a link that takes it away."""
    if not filters and not words and not late:
        return None
    named = {name: issues.label(name, value, address.lang()) for name, value in filters.items()}
    named |= {"q": f"“{words}”"} if words else {}
    named |= {"late": t("issues.late.only")} if late else {}
    links = [
        go(address.here(**{name: None, "p": None}), label, " ×", title=t("issues.remove"))
        for name, label in named.items()
    ]
    clear = dict.fromkeys((*named, "p"))
    return el("div", links, go(address.here(**clear), t("issues.clear")), class_="zl-chosen")


def order() -> Markup:
    """Return the orders to choose from."""
    links = [
        go(
            address.here(sort=None if name == issue_list.SORTS[0] else name, p=None),
            t(f"issues.sort.{name}"),
            aria_current="true" if name == sort else None,
        )
        for name in issue_list.SORTS
    ]
    return el("nav", el("span", t("issues.sort"), class_="zl-quiet"), links, class_="zl-choice zl-small")


def table(shown: list[int]) -> Markup:
    """Return the issues, each line a link to its page."""
    columns = ("id", "issue", "place", "units", "attention", "due")
    heads = ("", *(t(f"column.{name}") for name in columns))
    return tabular.table(heads, map(line, shown), class_="zl-rows zl-issues")


def line(place: int) -> tabular.Line:
    """Return the line of one issue."""
    row, listed = issues.rows[place], issues.listed[place]
    href = address.link("issue", id=row.id)
    units = [issues.label("unit", unit, address.lang()) for unit in listed.units]
    more = t("issues.units.more", n=len(units) - _UNITS) if len(units) > _UNITS else ""
    return tabular.line(
        pick(row.id),
        go(href, row.id),
        (
            go(href, el("span", row.title, class_="zl-clip", title=row.summary)),
            el("span", names(row.inspection) or t("inspection.none"), class_="zl-small zl-quiet"),
        ),
        names(row.place) or t("unknown"),
        tabular.cell(t("and").join(units[:_UNITS]) + more, class_="zl-small", title=t("and").join(units)),
        tabular.cell(silent.attention(desk, row), class_="zl-small"),
        tabular.cell(day(listed.due) if listed.due else None, class_="zl-small"),
    )


def pick(issue: str) -> Markup:
    """Return the box that takes an issue into the selection, or out of it."""
    ids = [issues.rows[place].id for place in picked]
    is_in = issue in ids
    rest = [each for each in ids if each != issue] if is_in else [*ids, issue]
    return go(
        address.here(pick=",".join(rest) or None),
        "",
        role="checkbox",
        aria_checked="true" if is_in else "false",
        aria_label=t("issues.pick", id=issue),
        class_="zl-pick",
    )


def paging(page: int, pages: int) -> Markup | None:
    """Return the links to the pages before and after."""
    if pages < 2:
        return None
    before = go(address.here(p=str(page - 1)), t("previous")) if page > 1 else el("span")
    after = go(address.here(p=str(page + 1)), t("next")) if page < pages else el("span")
    return el("div", before, el("span", t("issues.page", n=page, of=pages)), after, class_="zl-turn")


def names(values: tuple[store.Named, ...]) -> str:
    """Return the names of some entities, one after the other."""
    return t("and").join(name for _, name in values)


def search() -> None:
    """Put what was typed into the address."""
    st.query_params["q"] = st.session_state["search"].strip()
    if not st.query_params["q"]:
        del st.query_params["q"]
    st.query_params.pop("p", None)


def export() -> None:
    """Write the buttons that make a file of the selection; each is made when it is asked for."""
    selection = picked or issues.places(found, sort)
    link = permalink.url()
    name = f"{t('issues.title')}_{address.as_of()}"
    about = t("issues.selected" if picked else "issues.all_found", n=f"{len(selection):,}")
    clear = go(address.here(pick=None), t("issues.unpick")) if picked else None
    show(
        el(
            "div",
            el("p", about, " ", clear),
            el("p", permalink.line()),
            class_="zl zl-files",
        )
    )
    with st.container(horizontal=True):
        as_xlsx = partial(issue_sheet.xlsx, desk, issues, selection, link)
        download.button(t("issues.file.xlsx"), as_xlsx, f"{name}.xlsx", key="issues-xlsx")
        as_csv = partial(issue_sheet.csv, desk, issues, selection)
        download.button(t("issues.file.csv"), as_csv, f"{name}.csv", key="issues-csv")
    dossier_files.buttons(desk, [issues.rows[place].id for place in selection])


show(el("div", el("h1", t("issues.title")), class_="zl"))
if not issues.rows:
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
        show(el("div", overdue(), map(facet, issue_list.FACETS), class_="zl zl-filters"))
    with right:
        number = found.bit_count()
        invented = (found & issues.invented).bit_count()
        part = t("samples.part", n=f"{invented:,}") if invented else None
        told = t("issues.count", shown=f"{number:,}", all=f"{len(issues.rows):,}")
        counted = el("p", told, t("then") if part else None, part, class_="zl-quiet")
        pages = max(1, -(-number // _PER_PAGE))
        page = paged.number(pages)
        shown = issues.places(found, sort)[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        if shown:
            show(el("div", counted, chosen_filters(), order(), class_="zl"))
            label = t("issues.files.picked", n=f"{len(picked):,}") if picked else t("issues.files")
            with st.popover(label):
                export()
            show(el("div", table(shown), paging(page, pages), class_="zl"))
        else:
            show(el("div", join(counted, chosen_filters()), class_="zl"))
            frame.empty(t("issues.none"), t("issues.none.next"))
