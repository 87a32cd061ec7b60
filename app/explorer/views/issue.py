"""One issue: its facts, its chain, who is responsible, where it goes, what can be said, and why."""

from __future__ import annotations

import streamlit as st

from app.explorer import address, chains, frame, said, store
from app.explorer.markup import Markup, el, go, join, outside, show
from app.explorer.texts import t

world = store.world(address.as_of())
asked = address.param("id")
issue = store.issue(world, asked) if asked else None


def names(values: tuple[store.Named, ...]) -> str:
    """Return the names of some entities, or that none is recorded."""
    return "、".join(name for _, name in values) or t("unknown")


def facts(issue: store.Issue) -> Markup:
    """Return what the ledger says of the issue."""
    row = issue.row
    lines: list[tuple[str, Markup | str]] = [
        ("fact.id", row.id),
        ("fact.inspection", names(row.inspection)),
        ("fact.place", names(row.place)),
        ("fact.sector", names(row.sector)),
    ]
    if issue.published:
        lines.append(("fact.published", issue.published))
    if issue.url:
        lines.append(("fact.source", outside(issue.url, issue.url)))
    return el("dl", (join(el("dt", t(name)), el("dd", value)) for name, value in lines), class_="zl-facts")


def three_questions(issue: store.Issue) -> Markup:
    """Return the short answers to the three questions, each a link to the long one."""
    units = list(dict.fromkeys(unit["name"] for each in issue.who for unit in each.bearers))
    goals = list(dict.fromkeys(unit["name"] for each in issue.where for unit in each.destinations))
    counted = store.count_statuses(issue.what)
    answers = [
        ("issue.who", "、".join(units) or t("issue.units.none")),
        ("issue.where", "、".join(goals) or t("issue.transfers.none")),
        (
            "issue.what",
            [el("div", frame.status(status), f" {number}") for status, number in counted.items()]
            or t("issue.statuses.none"),
        ),
    ]
    return el(
        "div",
        (el("section", el("h3", t(question)), el("div", answer)) for question, answer in answers),
        class_="zl-three",
    )


def heading(issue: store.Issue) -> None:
    """Write the top of the page."""
    row = issue.row
    back = go(address.link("issues"), t("issues.title"))
    show(
        el(
            "div",
            el("p", back, " / ", row.id, class_="zl-quiet zl-small"),
            el("h1", row.title),
            el("p", row.summary, class_="zl-lead") if row.summary and row.summary != row.title else None,
            facts(issue),
            three_questions(issue),
            class_="zl",
        )
    )


def answers(issue: store.Issue) -> None:
    """Write the long answers: every conclusion with the way to its proof."""
    layers = [
        join(el("h3", t(f"issue.layer.{layer}")), said.listing(world, found))
        for layer in ("L1", "L2")
        if (found := [each for each in issue.who if each.layer == layer])
    ]
    missing = store.missing_of(issue.conclusions, address.lang())
    show(
        el(
            "div",
            el("h2", t("issue.who"), id="who"),
            layers or el("p", t("issue.units.none"), class_="zl-lead"),
            el("h2", t("issue.where"), id="where"),
            said.listing(world, issue.where) if issue.where else el("p", t("issue.transfers.none"), class_="zl-lead"),
            el("h2", t("issue.what"), id="what"),
            said.listing(world, issue.what) if issue.what else el("p", t("issue.statuses.none"), class_="zl-lead"),
            [el("h2", t("issue.missing")), el("ul", (el("li", words) for words in missing))] if missing else None,
            class_="zl",
        )
    )


frame.title(issue.row.title if issue else t("issue.choose"))
if issue is None:
    words = t("issue.unknown", id=asked) if asked else t("issue.choose")
    frame.empty(words, go(address.link("issues"), t("issue.unknown.next")))
else:
    heading(issue)
    show(el("div", el("h2", t("issue.chain")), class_="zl"))
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        chains.draw(issue)
    with right:
        chains.panel(issue)
    answers(issue)
