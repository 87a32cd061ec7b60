"""The overview: the few figures that matter, and what is missing to say more."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.explorer import address, frame, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t

desk = store.desk(address.as_of())
rows = desk.rows
counts = store.count_statuses(desk.conclusions)
frame.title(t("overview.title"))


def figure(label: str, statuses: tuple[str, ...]) -> Markup:
    """Return one figure as a link to the issues it is made of."""
    number = sum(1 for row in rows if any(row.statuses[each] for each in statuses)) if statuses else len(rows)
    href = address.link("issues", status=",".join(statuses) or None)
    return go(href, el("dl", el("dt", t(label)), el("dd", f"{number:,}")))


def by_status() -> Markup:
    """Return the conclusions by status, with a bar for their number."""
    most = max(counts.values(), default=1)
    lines = [
        el(
            "tr",
            el("td", go(address.link("issues", status=status), frame.status(status))),
            el("td", f"{number:,}", class_="zl-number"),
            el(
                "td",
                el(
                    "div", class_=f"zl-bar zl-{frame.tone(status)}", style=f"width:{100 * number / most:.1f}%"
                ),
            ),
        )
        for status, number in counts.items()
    ]
    head = el(
        "tr", el("th", t("column.status")), el("th", t("column.conclusions"), class_="zl-number"), el("th")
    )
    return el("table", el("thead", head), el("tbody", lines), class_="zl-bars")


def by_inspection() -> Markup:
    """Return the number of issues of every inspection."""
    lines = [
        el(
            "tr",
            el("td", go(address.link("issues", inspection=key), name or t("inspection.none"))),
            el("td", f"{number:,}", class_="zl-number"),
        )
        for key, name, number in store.facet(rows, "inspection")
    ]
    head = el("tr", el("th", t("column.inspection")), el("th", t("column.issues"), class_="zl-number"))
    return el("table", el("thead", head), el("tbody", lines))


def missing() -> Markup:
    """Return what would have to be recorded for the open conclusions, the most wanted first."""
    wanted = store.missing(desk, address.lang())
    if not wanted:
        return el("p", t("overview.missing.none"), class_="zl-lead")
    lines = [
        el(
            "tr",
            el("td", go(address.link("issues", missing=key), words)),
            el("td", f"{number:,}", class_="zl-number"),
        )
        for key, words, number in wanted[:12]
    ]
    head = el("tr", el("th", t("column.missing")), el("th", t("column.conclusions"), class_="zl-number"))
    return join(
        el("p", t("overview.missing.lead"), class_="zl-lead"),
        el("table", el("thead", head), el("tbody", lines)),
    )


def choose_day() -> None:
    """Put the chosen as-of date into the address; today needs no mention."""
    chosen = st.session_state["as_of"]
    if chosen in (None, date.today()):
        st.query_params.pop("as_of", None)
    else:
        st.query_params["as_of"] = chosen.isoformat()


if not rows:
    show(el("div", el("h1", t("overview.title")), class_="zl"))
    frame.empty(t("issues.empty"), t("issues.empty.next"))
else:
    lead = t(
        "overview.lead",
        issues=len(rows),
        inspections=sum(1 for key, *_ in store.facet(rows, "inspection") if key != "-"),
    )
    figures = [
        figure("overview.figure.issues", ()),
        figure("overview.figure.late", ("overdue", "deviation")),
        figure("overview.figure.pending", ("pending", "performedInPart")),
        figure("overview.figure.determination", ("needsDetermination",)),
        figure("overview.figure.insufficient", ("insufficient",)),
    ]
    left, right = st.columns([4.6, 1])
    with left:
        show(
            el(
                "div",
                el("h1", t("overview.title")),
                el("p", lead, class_="zl-lead"),
                el("div", figures, class_="zl-figures"),
                class_="zl",
            )
        )
    with right:
        st.session_state["as_of"] = address.as_of()
        st.date_input(
            t("as_of.choose"),
            key="as_of",
            on_change=choose_day,
            format="YYYY-MM-DD",
            min_value=address.FIRST_DAY,
            max_value=address.LAST_DAY,
        )
    show(
        el(
            "div",
            el(
                "div",
                el("section", el("h2", t("overview.by_status")), by_status()),
                el("section", el("h2", t("overview.by_inspection")), by_inspection()),
                class_="zl-columns",
            ),
            el("section", el("h2", t("overview.missing")), missing()),
            class_="zl",
        )
    )
