"""The tab of the rows that the record keeps set aside: correct them here and put them on record."""

from __future__ import annotations

import streamlit as st

from app.explorer import address, allowed, frame, store, uploads
from app.explorer.markup import el, go, show
from app.explorer.recording import faults, pages, previews
from app.explorer.words import t
from reasoner.ledger.report import Report, Unusable

_TOLD = "waiting_told"


def draw(desk: store.Desk) -> None:
    """Draw the tab."""
    state = uploads.waiting()
    if told := st.session_state.pop(_TOLD, None):
        show(el("p", told, class_="zl zl-told", role="status"))
    rows = uploads.unusable(state.rows())
    if not rows:
        href = address.link("record", tab=None)
        frame.empty(t("record.waiting.none"), go(href, t("record.waiting.none.next")))
        return
    if state.corrections and state.report is None:
        with pages.progress(t("record.checking")) as step:
            state.check(step)
    total, rows = len(rows), _with_corrections(rows, state.report)
    if (row := faults.asked(rows)) is not None:
        if row.row is None:
            _of_rdf(row)
        elif faults.row_form(row, state.corrections):
            state.report = None
            st.query_params.pop("row", None)
            st.rerun()
        return
    show(el("p", t("record.waiting.lead", n=f"{total:,}"), class_="zl zl-lead"))
    if state.report is not None:
        _offer(state, state.report)
        _undo(state)
    if not rows:
        return
    parts = {"faults": t("record.part.faults"), "cells": t("record.part.cells")}
    chosen = "cells" if address.param("show") == "cells" else "faults"
    show(el("div", frame.tabs("show", parts, chosen, p=None), class_="zl zl-parts"))
    if chosen == "cells":
        with st.container(horizontal=True):
            previews.downloads(rows)
        faults.by_cell(rows)
    elif faults.by_fault(rows, state.corrections):
        state.report = None
        st.rerun()


def _undo(state: uploads.Waiting) -> None:
    if faults.corrected(state.corrections):
        state.corrections.clear()
        state.report = None
        st.rerun()


def _with_corrections(rows: list[Unusable], report: Report | None) -> list[Unusable]:
    """The rows as they would be left: those that can be used by now are gone, others are as corrected."""
    if report is None:
        return rows
    again = {(row.file, row.sheet, row.row): row for row in report.aside}
    good = {(each.file, each.sheet, each.row) for each in report.outcomes}
    places = ((row, (row.file, row.sheet, row.row)) for row in rows)
    return [again.get(place, row) for row, place in places if place not in good]


def _offer(state: uploads.Waiting, report: Report) -> None:
    """Offer to put on record what can be used now."""
    good = sum(report.rows[each] for each in ("new", "changed", "unchanged"))
    words = t("record.waiting.good", good=f"{good:,}", bad=f"{len(report.aside):,}")
    show(el("p", words, class_="zl zl-told"))
    if not good:
        return
    who, why = pages.ask_who()
    if not st.button(t("record.load", n=f"{good:,}"), type="primary", key="load-waiting"):
        return
    if not who:
        show(el("p", t("record.who.missing"), class_="zl zl-expected", role="alert"))
        return
    with pages.progress(t("record.loading")) as step:
        stored = state.store(who, why, step)
    if stored.statements:
        allowed.changed(stored.version, "")
    good = sum(stored.rows[each] for each in ("new", "changed", "unchanged"))
    st.session_state[_TOLD] = t("record.waiting.told", n=f"{good:,}", version=stored.version)
    store.desk(address.as_of()).prepare()  # which shows that it reasons anew
    st.rerun()


def _of_rdf(row: Unusable) -> None:
    """Show a subject of an RDF file, which is corrected in the file."""
    lines = [
        (problem.column or "", problem.value, faults.expectation(problem.zh, problem.en))
        for problem in row.problems
    ]
    show(
        el(
            "div",
            el("p", go(address.here(row=None), t("record.back"))),
            el("h2", faults.place(row)),
            el("p", t("record.rdf"), class_="zl-lead"),
            pages.table(("column", "found", "expected"), lines),
            class_="zl",
        )
    )
