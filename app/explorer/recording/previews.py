"""What a load would come to: tables recognised, rows by outcome, notes, the same rows elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from app.explorer import address, download, frame, store, uploads
from app.explorer.markup import Markup, el, join, show
from app.explorer.recording import faults, pages
from app.explorer.words import day, t
from reasoner.ledger.report import Report, RowOutcome, Unusable, UnusableFile

_PER_PAGE: Final = 50
_PLACE: Final = ("show", "row", "p")  # what of the address belongs to the files that are looked at


def forget_place() -> None:
    """Take what was looked at out of the address."""
    for name in _PLACE:
        st.query_params.pop(name, None)


def refused(files: Sequence[UnusableFile]) -> None:
    """Show the files that cannot be used, each with the reason."""
    if not files:
        return
    lines = [
        el("li", el("b", error.file), " – ", faults.expectation(error.zh, error.en), class_="zl-expected")
        for error in files
    ]
    show(
        el("div", el("h2", t("record.refused")), el("ul", lines), class_="zl zl-refused", role="alert"),
    )


def figures(new: int, changed: int, unchanged: int, aside: int) -> Markup:
    """Return the four numbers of a load."""
    counted = {"new": new, "changed": changed, "unchanged": unchanged, "aside": aside}
    return el(
        "div",
        (
            el("dl", el("dt", t(f"record.figure.{name}")), el("dd", f"{number:,}"))
            for name, number in counted.items()
        ),
        class_="zl-figures",
    )


def tables(report: Report) -> None:
    """Show which tables were recognised as what, and how many rows would come to what."""
    rows = report.rows
    named = [
        el("li", el("b", table.replace("#", " · ", 1)), " – ", t("record.layout", name=name))
        for table, name in uploads.names_of(report.layouts).items()
    ]
    show(
        el(
            "div",
            el("h2", t("record.preview")),
            el("ul", named, class_="zl-small"),
            figures(rows["new"], rows["changed"], rows["unchanged"], len(report.aside)),
            class_="zl",
        )
    )


def elsewhere(draft: uploads.Draft, report: Report) -> bool:
    """Show which files on record have the same entries; tell whether one is to be replaced."""
    met = [(pair, counts) for pair, counts in report.elsewhere.items() if pair[0] in draft.files]
    if not met:
        return False
    show(el("div", el("h3", t("record.elsewhere")), el("p", t("record.elsewhere.lead")), class_="zl"))
    chosen = False
    for at, ((file, other), counts) in enumerate(sorted(met, key=lambda each: -each[1].total())[:5]):
        left, right = st.columns([3, 1])
        words = t(
            "record.elsewhere.one",
            file=file,
            other=other,
            n=f"{counts.total():,}",
            different=f"{counts['different']:,}",
        )
        with left:
            show(el("p", words, class_="zl"))
        if other not in draft.files and right.button(
            t("record.elsewhere.replace"), key=f"replace-{at}", help=pages.plain(t("record.elsewhere.help"))
        ):
            draft.rename(file, other)
            chosen = True
    return chosen


def chosen(report: Report) -> str | None:
    """Show the parts that can be looked at, with their sizes; return the one that the address names."""
    rows = report.rows
    sizes = {
        "faults": len(report.aside),
        "cells": len(report.aside),
        "changed": rows["changed"],
        "new": rows["new"],
        "unchanged": rows["unchanged"],
        "notes": len(_notes(report)),
    }
    there = {name: f"{t(f'record.part.{name}')} {n:,}" for name, n in sizes.items() if n}
    if not there:
        return None
    part = address.param("show")
    current = part if part in there else next(iter(there))
    show(el("div", frame.tabs("show", there, current, p=None), class_="zl zl-parts"))
    return current


def part(desk: store.Desk, report: Report, name: str) -> None:
    """Show one part of what a load would come to."""
    if name == "cells":
        with st.container(horizontal=True):
            downloads(report.aside)
        faults.by_cell(report.aside)
    elif name == "notes":
        _show_notes(report)
    else:
        _rows(desk, [each for each in report.outcomes if each.change == name])


def downloads(rows: Sequence[Unusable]) -> None:
    """Offer the rows at fault as a marked workbook, and the list of faults as a table."""
    names = [
        t(f"record.column.{name}") for name in ("file", "sheet", "row", "column", "cell", "found", "expected")
    ]
    lang = address.lang()
    marked = partial(uploads.marked_workbook, rows)
    download.button(t("record.marked"), marked, t("record.marked.file"), key="marked")
    for ending, make in (("xlsx", uploads.as_xlsx), ("csv", uploads.as_csv)):
        download.button(
            t("record.errors", ending=ending),
            lambda make=make: make(uploads.error_table(rows, names, lang)),  # type: ignore[misc]
            f"{t('record.errors.file')}.{ending}",
            key=f"errors-{ending}",
            quiet=True,
        )


def _rows(desk: store.Desk, rows: Sequence[RowOutcome]) -> None:
    shown, turning = pages.turned(rows, _PER_PAGE)
    lines = [(_where(each), _about(desk, each.about), _difference(desk, each)) for each in shown]
    show(el("div", pages.table(("where", "about", "difference"), lines), turning, class_="zl"))


def _where(each: RowOutcome) -> Markup:
    sheet = f" · {each.sheet}" if each.sheet else ""
    number = t("record.row", row=each.row) if each.row else ""
    return join(el("span", each.file + sheet, class_="zl-quiet"), " ", number)


def _about(desk: store.Desk, about: str) -> str:
    """Return the id, with the name where the record has one already."""
    name = desk.name(about)[address.lang()]
    return about if name == about else f"{name}{t('open')}{about}{t('close')}"


def _difference(desk: store.Desk, each: RowOutcome) -> Markup:
    """Return what a row no longer states, then what it states now."""
    lines = [el("li", el("s", said(desk, content)), class_="zl-gone") for content in each.gone]
    lines += [el("li", said(desk, content)) for content in each.added]
    return el("ul", lines, class_="zl-difference") if lines else join()


def said(desk: store.Desk, content: tuple[str, str, str, str]) -> Markup:
    """Return a statement as the name of its property and its value."""
    predicate, subject, value, kind = content
    label = uploads.label(predicate, address.lang())
    if kind == "class":
        return join(t("record.is", what=label))
    if kind == "entity":
        value = desk.name(value)[address.lang()]
    elif kind == "date":
        value = day(f"{value[:4]}-{value[4:6]}-{value[6:]}")
    whom = el("span", f"{subject} ", class_="zl-quiet")
    return join(whom, label, t("colon"), value)


def _notes(report: Report) -> list[tuple[str, str | None, int | None, str, str, str]]:
    return [
        (p.file, p.sheet, p.row, p.column or "", p.value, faults.expectation(p.text("zh"), p.text("en")))
        for p in report.problems
        if p.severity != "set_aside"
    ]


def _show_notes(report: Report) -> None:
    shown, turning = pages.turned(_notes(report), _PER_PAGE)
    lines = [
        (
            join(
                el("span", file + (f" · {sheet}" if sheet else ""), class_="zl-quiet"),
                " ",
                t("record.row", row=row) if row else "",
            ),
            column,
            value,
            words,
        )
        for file, sheet, row, column, value, words in shown
    ]
    show(el("div", pages.table(("where", "column", "found", "note"), lines), turning, class_="zl"))
