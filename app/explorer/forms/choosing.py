"""What can be recorded, and which entry on record is to be corrected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import streamlit as st

from app.explorer import address, frame, store
from app.explorer.markup import Markup, el, go, show
from app.explorer.words import t
from reasoner.entries.entry import Entries
from reasoner.entries.forms import Form, forms

_AT_MOST: Final = 40
_ANY_DAY: Final = 0
_DONE = "forms.done"


def draw(desk: store.Desk, entries: Entries, about: str | None) -> None:
    """Write the kinds of entries as links, and the way to an entry on record."""
    frame.title(t("nav.record"))
    if about is None:
        everything = forms(entries.rules).values()
        show(el("div", el("p", t("forms.lead"), class_="zl-lead"), el("h2", t("forms.kinds")), class_="zl"))
        show(_kinds(form for form in everything if not form.register))
        show(
            el("h3", t("forms.kinds.other"), class_="zl"),
            _kinds(form for form in everything if form.register),
        )
    show(el("div", el("h2", t("forms.find"), id="find"), class_="zl"))
    _search(entries, about)
    if done := st.session_state.get(_DONE):
        show(el("div", el("h2", t("forms.recent")), entries_listed(entries, reversed(done)), class_="zl"))


def _kinds(kinds: Iterable[Form]) -> Markup:
    lang = address.lang()
    listed = el(
        "ul",
        (
            el(
                "li",
                go(
                    address.link("record", tab="form", kind=form.kind),
                    el("b", store.worded(form.label, lang)),
                    el("span", store.worded(form.purpose, lang), class_="zl-quiet zl-small"),
                ),
            )
            for form in kinds
        ),
        class_="zl-kinds",
    )
    return el("div", listed, class_="zl")


def _search(entries: Entries, about: str | None) -> None:
    """Write the field that looks for an entry, and what it found (or what is about a thing)."""
    words = address.param("q") or ""
    st.session_state["forms.q"] = words
    st.text_input(t("forms.find.label"), key="forms.q", on_change=_looked_for, max_chars=60)
    if words:
        found = entries.candidates.search(words, (), _ANY_DAY, _AT_MOST)
        if not found:
            frame.empty(t("forms.find.none", q=words))
    elif about is not None:
        naming = (s.subject for s in entries.record.statements(object=about))
        found = [id for id in dict.fromkeys((about, *naming)) if entries.candidates.knows(id)]
    else:
        return
    show(entries_listed(entries, found[:_AT_MOST]))


def entries_listed(entries: Entries, ids: Iterable[str]) -> Markup:
    """Return entries as links to their correction."""
    lang = address.lang()
    lines = []
    for id in ids:
        form = entries.form_of(id)
        kind = store.worded(form.label, lang) if form else ""
        words = entries.candidates.named(id)
        lines.append(
            el(
                "li",
                el("span", kind, class_="zl-kind") if kind else None,
                go(address.link("record", tab="form", entry=id), words),
                el("span", " ", id, class_="zl-quiet zl-small") if words != id else None,
            )
        )
    return el("div", el("ul", lines, class_="zl-entries"), class_="zl")


def _looked_for() -> None:
    st.query_params["q"] = str(st.session_state["forms.q"]).strip()
    if not st.query_params["q"]:
        del st.query_params["q"]


def remember(id: str) -> None:
    """Keep in mind that an entry was recorded in this session."""
    done = [each for each in st.session_state.get(_DONE, ()) if each != id]
    st.session_state[_DONE] = [*done, id][-20:]
