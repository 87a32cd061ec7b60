"""A form on the page: its fields, what is wrong with them, the preview of its effect, and saving.

What was typed stays in the session, by form; only what a link needs to say stands in the address.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from app.explorer import address, store
from app.explorer.forms import entries as register
from app.explorer.forms import fields, prefill, previewing
from app.explorer.markup import el, show
from app.explorer.words import t
from reasoner.entries.entry import Draft, Entries, Values
from reasoner.entries.forms import Form

_SERIAL: Final = "forms.serial"
_KEPT: Final = "forms.kept"


def draw(
    desk: store.Desk, entries: Entries, form: Form, given: Mapping[str, Any], entry: str | None = None
) -> None:
    """Write a form, with what is given and what the address says already filled in."""
    prefix = prefix_of(form, entry)
    held = dict(entries.values(form, entry)) if entry else dict(given)
    said, ignored = prefill.of_address(entries, form) if entry is None else ({}, [])
    _seed(prefix, form, held, said)
    if entry is None and (lacking := prefill.missing(entries, form)):
        show(el("p", t("forms.what", what=lacking), class_="zl zl-lead"))
    if ignored:
        show(el("p", t("forms.ignored", names=t("and").join(ignored)), class_="zl zl-fault", role="status"))
    _filled(desk, form, entry, prefix)


def prefix_of(form: Form, entry: str | None) -> str:
    """Return what the names of this form's fields in the session begin with."""
    return f"forms.{st.session_state.get(_SERIAL, 0)}.{entry or form.kind}"


def begin_anew() -> None:
    """Let the next form begin empty."""
    st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1
    st.session_state.pop(_KEPT, None)


def _seed(prefix: str, form: Form, held: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Fill fields that are drawn for the first time, and those that the address newly says something of."""
    kept = st.session_state.setdefault(_KEPT, {}).get(prefix, {})
    first = f"{prefix}.seen" not in st.session_state
    seen = st.session_state.get(f"{prefix}.seen", {})
    for one in form.fields:
        key = fields.key(prefix, one)
        if one.key in said and said[one.key] != seen.get(one.key):
            fields.put(prefix, one, said[one.key])
        elif key not in st.session_state:
            fields.put(prefix, one, kept.get(one.key, held.get(one.key)))
    if first or said != seen:
        st.session_state[f"{prefix}.seen"] = dict(said)


@st.fragment
def _filled(desk: store.Desk, form: Form, entry: str | None, prefix: str) -> None:
    """Write fields on the left and their effect on the right; only this part is drawn anew on a change."""

    desk = store.desk(address.as_of())
    entries = register.of(desk)
    left, right = st.columns([1.25, 1], gap="large")
    preview = previewing.kept(prefix)
    faults = preview.draft if preview and not preview.draft.usable else None
    with left:
        show(el("p", t("forms.required"), class_="zl zl-quiet zl-small"))
        _fields(entries, form, prefix, faults)
        if entry:
            st.text_input(
                t("forms.reason") + " *",
                key=f"{prefix}:reason",
                placeholder=t("forms.reason.hint"),
                max_chars=200,
            )
        st.text_input(t("forms.source"), key=f"{prefix}:source", max_chars=200)
        values = values_of(prefix, form)
        previewing.fill(prefix, values)
        st.session_state.setdefault(_KEPT, {})[prefix] = {
            one.key: fields.chosen(prefix, one) if one.takes == "thing" else fields.value(prefix, one)
            for one in form.fields
        }
    with right, st.container(key="zl-preview"):
        previewing.draw(desk, prefix, lambda current: current.read(form, values, entry), correcting=entry)


def _fields(entries: Entries, form: Form, prefix: str, faults: Draft | None) -> None:
    day = day_of(prefix, form)
    matters = [id for one in form.fields if one.takes == "thing" for id in fields.chosen(prefix, one)]
    near = [*entries.candidates.matters(matters), *matters]
    shown = fields.Drawing(entries, form, prefix, faults, near, day)
    filled = {one for one in form.fields if fields.value(prefix, one)}
    main = [one for one in form.fields if one.takes != "number" and (one.main or one in filled)]
    for one in main:
        shown.draw(one)
    rest = [one for one in form.fields if one not in main]
    if rest:
        with st.expander(t("forms.more"), expanded=any(faults and faults.problems_of(one) for one in rest)):
            for one in rest:
                shown.draw(one)


def values_of(prefix: str, form: Form) -> Values:
    """Return what stands in the fields of a form."""
    return {one.key: said for one in form.fields if (said := fields.value(prefix, one))}


def day_of(prefix: str, form: Form) -> int:
    """Return the day on which the form's names are meant: its own date, else the as-of date (yyyymmdd)."""
    for one in form.fields:
        if one.column in form.layout.dates and (said := fields.value(prefix, one)):
            return int(str(said).replace("-", ""))
    return int(datetime.date.strftime(address.as_of(), "%Y%m%d"))
