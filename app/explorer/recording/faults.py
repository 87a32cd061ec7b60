"""What is wrong with the rows of a ledger, shown cell by cell, and corrected in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.explorer import address, frame, uploads
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.recording import pages
from app.explorer.words import t
from reasoner.ledger.aside import headers
from reasoner.ledger.origin import Place
from reasoner.ledger.report import Unusable

_PER_PAGE: Final = 10
_CELLS_PER_PAGE: Final = 50
_CELLS_NAMED: Final = 6  # of many cells with the same fault
_LONG: Final = 40  # characters from which a cell is edited in a larger field

Corrections = dict[Place, dict[str, str]]


def key(row: Unusable) -> str:
    """Return how the address names a row."""
    return f"{row.file}#{row.sheet or ''}#{row.row}"


def asked(rows: Sequence[Unusable]) -> Unusable | None:
    """Return the row that the address names."""
    wanted = address.param("row")
    return next((row for row in rows if key(row) == wanted), None) if wanted else None


def expectation(zh: str, en: str) -> str:
    """Return what was expected, in the language of the page."""
    return zh if address.lang() == "zh" else en


def place(row: Unusable) -> Markup:
    """Return where a row stands."""
    sheet = f" · {row.sheet}" if row.sheet else ""
    number = t("record.row", row=row.row) if row.row else ""
    return join(el("span", row.file + sheet, class_="zl-quiet"), " ", number)


def by_fault(rows: Sequence[Unusable], corrections: Corrections) -> bool:
    """Show every fault with a field for the right value; tell whether values were put in."""
    found = uploads.faults(rows)
    shown, turning = pages.turned(found, _PER_PAGE)
    show(el("p", t("record.faults.lead"), class_="zl zl-lead"))
    with st.form("faults", border=False):
        for fault in shown:
            with st.container(key=f"fault-{fault.id}"):
                left, right = st.columns([3, 2], gap="medium")
                with left:
                    show(_fault(fault))
                with right:
                    if fault.column is not None:
                        _field(fault)
        pressed = st.form_submit_button(t("record.recheck"), type="primary")
    if turning is not None:
        show(el("div", turning, class_="zl"))
    if not pressed:
        return False
    values = {fault.id: _entered(fault) for fault in shown}
    for fault in shown:
        if values[fault.id]:
            uploads.correct(corrections, fault, values[fault.id])
    return any(values.values())


def _fault(fault: uploads.Fault) -> Markup:
    """Return what stands in the cells, what was expected, and where."""
    cells = [
        go(address.here(row=key(row)), cell or t("record.row", row=row.row))
        for row, cell in list(zip(fault.rows, fault.cells, strict=True))[:_CELLS_NAMED]
    ]
    more = len(fault.rows) - _CELLS_NAMED
    return el(
        "div",
        el(
            "p",
            el("b", fault.column or t("record.whole_row")),
            " ",
            el("mark", fault.value, class_="zl-faulty") if fault.value else None,
        ),
        el("p", expectation(fault.zh, fault.en)),
        el(
            "p",
            place(fault.rows[0]) if len(fault.rows) == 1 else t("record.rows", n=f"{len(fault.rows):,}"),
            " ",
            [join(each, " ") for each in cells],
            t("record.and_more", n=f"{more:,}") if more > 0 else None,
            class_="zl-small",
        ),
        class_="zl zl-wrong",
    )


def _field(fault: uploads.Fault) -> None:
    if fault.near:
        st.pills(t("record.near"), fault.near, key=f"near-{fault.id}", format_func=pages.plain)
    words = t("record.other") if fault.near else t("record.right_value")
    st.text_input(words, key=f"value-{fault.id}", max_chars=2000)


def _entered(fault: uploads.Fault) -> str:
    typed = str(st.session_state.get(f"value-{fault.id}") or "").strip()
    return typed or str(st.session_state.get(f"near-{fault.id}") or "")


def by_cell(rows: Sequence[Unusable], *, linked: bool = True) -> None:
    """Show every fault as a line of a table; ``linked`` where the row can be opened and corrected."""
    listed = [(row, problem) for row in rows for problem in row.problems if problem.severity == "set_aside"]
    shown, turning = pages.turned(listed, _CELLS_PER_PAGE)
    lines = [
        (
            place(row),
            _cell(row, problem.cell, linked=linked),
            problem.column or t("record.whole_row"),
            el("mark", problem.value, class_="zl-faulty") if problem.value else t("record.empty"),
            _expected(problem.zh, problem.en, [name for _, name in problem.candidates]),
        )
        for row, problem in shown
    ]
    show(
        el("div", pages.table(("where", "cell", "column", "found", "expected"), lines), turning, class_="zl")
    )


def _cell(row: Unusable, cell: str, *, linked: bool) -> Markup:
    return go(address.here(row=key(row)), cell or t("record.open_row")) if linked else join(cell)


def _expected(zh: str, en: str, near: Sequence[str]) -> Markup:
    said = join(expectation(zh, en))
    if not near:
        return said
    return join(said, el("div", t("record.near"), t("colon"), t("and").join(near), class_="zl-small"))


def row_form(row: Unusable, corrections: Corrections) -> bool:
    """Show all cells of one row to be corrected; tell whether any was."""
    faults: dict[str, list[str]] = {}
    for problem in row.problems:
        if problem.severity == "set_aside":
            near = t("and").join(name for _, name in problem.candidates)
            said = expectation(problem.zh, problem.en) + (
                f"{t('then')}{t('record.near')}{t('colon')}{near}" if near else ""
            )
            faults.setdefault(problem.column or "", []).append(said)
    cells = dict(zip(row.headers, row.cells, strict=False))
    show(
        el(
            "div",
            el("p", go(address.here(row=None), t("record.back"))),
            el("h2", place(row)),
            [el("p", words, class_="zl-expected") for words in faults.get("", ())],
            class_="zl",
        )
    )
    with st.form("row", border=False):
        typed = {}
        for at, name in enumerate(headers(cells)):
            with st.container(key=f"{'faulty' if name in faults else 'cell'}-{at}"):
                if name in faults:
                    show(el("p", t("then").join(faults[name]), class_="zl zl-expected"))
                draw = st.text_area if len(cells[name]) > _LONG or "\n" in cells[name] else st.text_input
                typed[name] = draw(pages.plain(name), cells[name], key=f"cell-{key(row)}-{at}")
        pressed = st.form_submit_button(t("record.recheck"), type="primary")
    changed = {name: value for name, value in typed.items() if value.strip() != cells[name]}
    if pressed and changed:
        corrections.setdefault((row.file, row.sheet, row.row), {}).update(changed)
    return pressed and bool(changed)


def corrected(corrections: Corrections) -> bool:
    """Show the corrections made so far; tell whether they shall be given up."""
    if not corrections:
        return False
    listed = [(at, name, value) for at, cells in corrections.items() for name, value in cells.items()]
    lines = [
        el(
            "li",
            f"{file}{f' · {sheet}' if sheet else ''} ",
            t("record.row", row=row),
            f" {name} → ",
            el("b", value),
        )
        for (file, sheet, row), name, value in listed[:_CELLS_PER_PAGE]
    ]
    show(
        el(
            "details",
            el("summary", t("record.corrected", n=f"{len(listed):,}")),
            el("ul", lines),
            class_="zl zl-small",
        )
    )
    return st.button(t("record.undo"), key="undo")


def nothing() -> None:
    """Say that nothing is wrong."""
    frame.empty(t("record.faults.none"), t("record.faults.none.next"))
