"""The answer to a query as a table whose cells lead on, and as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.explorer import address, download, frame, questions, store, tabular
from app.explorer.markup import Markup, el, go
from app.explorer.words import day, t
from reasoner.queries.meanings import Meaning
from reasoner.queries.sparql import SECONDS, Answer

PER_PAGE: Final = 50


def _cell(desk: store.Desk, found: Meaning | None, issue: str | None) -> Markup | str:
    """Return one cell: what has a page of its own is a link to it."""
    if found is None:
        return el("span", "–", class_="zl-quiet")
    words = found.words[address.lang()]
    match found.kind:
        case "issue":
            title = questions.issue_title(desk, found.id)
            return go(address.link("issue", id=found.id), found.id, title=title)
        case "inspection" | "district" | "unit" | "sector":
            target = {"sector": ("responsibility", "sector")}.get(found.kind, (found.kind, "id"))
            return go(address.link(target[0], **{target[1]: found.id}), words)
        case "conclusion" if issue is not None:
            return go(address.link("issue", id=issue, c=found.id), t("questions.conclusion"))
        case "norm" | "place":
            return go(address.link("law", at=found.id), words)
        case "status":
            return frame.status(found.id)
        case "date":
            return day(found.id)
        case "number":
            return f"{int(found.id):,}" if found.id.lstrip("-").isdecimal() else found.id
        case "text":
            return el("span", words, class_="zl-clip", title=words)
    return words


def table(desk: store.Desk, answer: Answer, page: int) -> Markup:
    """Return one page of the rows."""
    part = Answer(
        answer.variables, answer.rows[(page - 1) * PER_PAGE : page * PER_PAGE], answer.seconds, answer.cut
    )
    found = questions.rows(desk, part)
    heads = [
        tabular.Head(_column(name), numbers=all(getattr(row[at], "kind", "") == "number" for row in found))
        for at, name in enumerate(answer.variables)
    ]
    lines = []
    for row in found:
        issue = next((each.id for each in row if each and each.kind == "issue"), None)
        lines.append([_cell(desk, each, issue) for each in row])
    return tabular.table(heads, lines, class_="zl-rows zl-answer")


def _column(name: str) -> str:
    """Return the heading of a column; a variable of an edited query is its own."""
    known = questions.catalogue().columns.get(name)
    return known[address.lang()] if known else name


def paging(page: int, pages: int) -> Markup | None:
    """Return the links to the pages before and after."""
    if pages < 2:
        return None
    before = go(address.here(p=str(page - 1)), t("previous")) if page > 1 else el("span")
    after = go(address.here(p=str(page + 1)), t("next")) if page < pages else el("span")
    return el("div", before, el("span", t("questions.page", n=page, of=pages)), after, class_="zl-turn")


def said_of(answer: Answer) -> Markup:
    """Return how many rows there are, how long it took, and why there may be more."""
    number = f"{len(answer.rows):,}"
    cut = t(f"questions.cut.{answer.cut}", n=number, seconds=f"{SECONDS:.0f}") if answer.cut else None
    return el(
        "p",
        t("questions.count", n=number, seconds=f"{answer.seconds:.2f}"),
        el("b", " ", cut) if cut else None,
        class_="zl-quiet",
        role="status",
    )


def exports(desk: store.Desk, answer: Answer, query: str, name: str, filled: Sequence[str]) -> None:
    """Offer the answer as CSV and as a workbook, and the query as a file.

    ``filled`` says what stood in the blanks of the question ``name``.
    """
    notes = [
        name,
        *filled,
        t(
            "questions.note.of",
            day=day(address.as_of()),
            data=store.data_version(desk),
            rules=store.rule_version(desk),
            n=len(answer.rows),
        ),
        *([t("questions.note.cut")] if answer.cut else []),
    ]
    heads = [_column(each) for each in answer.variables]
    id_words, language = t("questions.id"), address.lang()

    def made() -> tuple[list[str], list[list[str]]]:
        return questions.sheet(heads, questions.rows(desk, answer), language, id_words)

    with st.container(horizontal=True):
        download.button(
            t("questions.xlsx"),
            lambda: questions.as_xlsx(*made(), name, notes),
            f"{name}.xlsx",
            key="answer-xlsx",
        )
        download.button(
            t("questions.csv"), lambda: questions.as_csv(*made()), f"{name}.csv", key="answer-csv"
        )
        download.button(
            t("questions.rq"),
            lambda: questions.complete(query).encode(),
            f"{address.param('q')}.rq",
            key="answer-rq",
        )
