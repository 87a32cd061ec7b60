"""One issue: its facts, its chain, who is responsible, where it goes, what can be said, and why."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from app.explorer import address, chains, frame, said, store, theme
from app.explorer.markup import Markup, el, go, join, outside, show
from app.explorer.words import day, t
from reasoner.conclusions import Conclusion

desk = store.desk(address.as_of())
asked = address.param("id")
issue = desk.issue(asked) if asked else None


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
    if published := issue.facts.get("publishedOn"):
        lines.append(("fact.published", day(published)))
    if raw := issue.facts.get("sanctionsRaw"):
        lines.append(("fact.raw", raw))
    if url := issue.facts.get("sourceUrl"):
        lines.append(("fact.source", outside(url)))
    return el("dl", (join(el("dt", t(name)), el("dd", value)) for name, value in lines), class_="zl-facts")


def counted(conclusions: Iterable[Conclusion], otherwise: str) -> list[Markup] | str:
    """Return how many conclusions there are of each status, or other words when there is none."""
    numbers = store.count_statuses(conclusions)
    return [el("div", frame.status(status), f" {number}") for status, number in numbers.items()] or otherwise


def units_by_kind(issue: store.Issue) -> list[Markup]:
    """Return the accountable units, one line for each kind of responsibility and status."""
    lang = address.lang()
    lines: dict[tuple[str, str], list[str]] = {}
    for each in issue.who:
        units = lines.setdefault((store.worded(each.kind_label, lang), each.status), [])
        units += [name for body in each.bearers if (name := store.unit(body, lang)) not in units]
    return [
        el(
            "div",
            t("and").join(units),
            el("span", f"{t('open')}{kind}{t('close')}", class_="zl-quiet"),
            join(" ", frame.status(status)) if theme.wants_attention(status) else None,
        )
        for (kind, status), units in lines.items()
    ]


def three_questions(issue: store.Issue) -> Markup:
    """Return the short answers to the three questions."""
    lang = address.lang()
    goals = [
        el(
            "div",
            frame.status(each.status),
            " ",
            t("and").join(store.unit(unit, lang) for unit in each.destinations),
        )
        for each in issue.where
        if each.destinations and not store.own_destination(each)
    ]
    answers: list[tuple[str, Markup | str | list[Markup]]] = [
        ("issue.who", units_by_kind(issue) or t("issue.units.none")),
        ("issue.where", goals or t("issue.where.none" if issue.where else "issue.transfers.none")),
        ("issue.what", counted(issue.what, t("issue.statuses.none"))),
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
        join(el("h3", t(f"issue.layer.{layer}")), said.listing(desk, found))
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
            said.listing(desk, issue.where)
            if issue.where
            else el("p", t("issue.transfers.none"), class_="zl-lead"),
            el("h2", t("issue.what"), id="what"),
            said.listing(desk, issue.what)
            if issue.what
            else el("p", t("issue.statuses.none"), class_="zl-lead"),
            [el("h2", t("issue.missing")), el("ul", (el("li", words) for words in missing))]
            if missing
            else None,
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
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        chains.draw(issue)
    with right:
        chains.panel(issue)
    answers(issue)
