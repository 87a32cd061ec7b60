"""One issue: what is known and concluded of it, its chain, procedure, statuses, questions and history."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.explorer import (
    address,
    answers,
    asked,
    chains,
    dossier_files,
    frame,
    history,
    later,
    standing,
    steps,
    store,
    supposed,
)
from app.explorer.forms import CORRECTION
from app.explorer.markup import el, go, show
from app.explorer.words import t

_TABS: Final = ("overview", "chain", "steps", "state", "ask", "history")

desk = store.desk(address.as_of())
wanted = address.param("id")
issue = desk.issue(wanted) if wanted else None


def chosen_tab(issue: store.Issue) -> str:
    """Return the tab that the address names, or the one that holds the conclusion it names."""
    tab = address.param("tab")
    if tab in _TABS:
        return tab
    opened = address.param("c")
    return "state" if opened and opened in {each.id for each in issue.what} else "overview"


def heading(issue: store.Issue, tab: str) -> None:
    """Write the top of the page, the same on every tab."""
    row = issue.row
    back = go(address.link("issues"), t("issues.title"))
    summary = row.summary if row.summary != row.title else ""
    names = {name: t(f"issue.tab.{name}") for name in _TABS}
    show(
        el(
            "div",
            el("p", back, " / ", row.id, class_="zl-quiet zl-small"),
            el("h1", row.title),
            el("p", summary, class_="zl-lead zl-summary") if summary else None,
            later.of_issue(desk, row.id),
            frame.tabs("tab", names, tab, c=None),
            class_="zl",
        )
    )


def chain(issue: store.Issue) -> None:
    """Write the graph with the details beside it, or the same relations as a list."""
    as_list = address.param("view") == "list"
    show(chains.ways_to_look())
    if as_list:
        show(chains.table(issue))
        return
    left, right = st.columns([2.3, 1], gap="medium")
    with left:
        chains.draw(issue)
    with right:
        chains.panel(issue)


def procedure(issue: store.Issue) -> None:
    """Write the procedures of the inspections that raised the issue."""
    inspections = [inspection for inspection, _ in issue.row.inspection]
    if inspections:
        show(el("div", steps.of_issue(desk, issue.row.id, inspections), class_="zl"))
        return
    form = address.link("record", kind=CORRECTION, about=issue.row.id)
    frame.empty(t("issue.steps.none"), frame.to_record(form, t("issue.steps.none.next")) or "")


frame.title(issue.row.title if issue else t("issue.choose"))
if issue is None:
    words = t("issue.unknown", id=wanted) if wanted else t("issue.choose")
    frame.empty(words, go(address.link("issues"), t("issue.unknown.next")))
else:
    tab = chosen_tab(issue)
    heading(issue, tab)
    match tab:
        case "overview":
            show(answers.page(desk, issue))
            dossier_files.buttons(desk, [issue.row.id])
        case "chain":
            chain(issue)
        case "steps":
            procedure(issue)
        case "state":
            show(standing.page(desk, issue))
        case "history":
            show(history.page(desk, issue))
        case _ if address.param("ask") == "if":
            supposed.page(desk, issue)
        case _:
            asked.page(desk, issue)
