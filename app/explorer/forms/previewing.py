"""Beside a form: what it would change; and saving, which is open only once that was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from app.explorer import address, allowed, mishap, store
from app.explorer.forms import choosing, effects, fields, recorder
from app.explorer.forms import entries as register
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.entries import recording
from reasoner.entries.entry import Draft, Entries, Values

Read = Callable[[Entries], Draft]

_MATTERS: Final = 3  # as many are worked out and listed
_TRIES: Final = 3  # others may save at the same time
_SAVED = "forms.saved"


@dataclass(frozen=True)
class Preview:
    """What was shown of a draft: the words of it, what they said in short, and what was filled in."""

    draft: Draft
    shown: Markup
    gist: tuple[str, ...]
    filled: str
    renewed: bool = False


def kept(prefix: str) -> Preview | None:
    """Return the preview that was last made of a form."""
    found: Preview | None = st.session_state.get(f"{prefix}:preview")
    return found


def draw(desk: store.Desk, prefix: str, read: Read, correcting: str | None = None) -> None:
    """Write the buttons, the effect as previewed, and what stands in the way of saving.

    ``read`` reads the form against a state of the record; ``correcting`` is the entry that is corrected.
    """
    preview = kept(prefix)
    filled = _filled(prefix)
    fresh = preview is not None and preview.filled == filled
    with st.container(horizontal=True):
        asked = st.button(t("forms.preview"), key=f"{prefix}:ask", type="secondary" if fresh else "primary")
        ready = fresh and preview is not None and preview.draft.usable
        saving = st.button(t("forms.save"), key=f"{prefix}:save", type="primary", disabled=not ready)
    if asked:
        with st.spinner(t("forms.previewing")):
            st.session_state[f"{prefix}:preview"] = make(desk, read, filled)
        st.rerun(scope="fragment")
    if saving and preview is not None:
        if lacking := _lacking(prefix, correcting):
            show(el("p", t(lacking), class_="zl zl-fault", role="alert"))
        else:
            with st.spinner(t("forms.saving")), mishap.said():
                _save(prefix, read, preview, correcting)
    if preview is None:
        show(el("p", t("forms.save.first"), class_="zl zl-quiet"))
    elif not fresh:
        show(el("p", t("forms.save.stale"), class_="zl zl-quiet", role="status"))
    else:
        if preview.renewed:
            show(el("p", t("forms.renewed"), class_="zl zl-fault", role="alert"))
        show(el("section", preview.shown, class_="zl zl-effect", aria_live="polite"))


def fill(prefix: str, values: Values) -> None:
    """Say what stands in the fields of a form, so that a preview of something else is known to be old."""
    st.session_state[f"{prefix}:values"] = dict(values)


def _filled(prefix: str) -> str:
    """Return everything that the preview depends on and the reader sees, as text."""
    held = st.session_state.get(f"{prefix}:values")
    return json.dumps([held, address.lang(), address.as_of().isoformat()], sort_keys=True, ensure_ascii=False)


def make(desk: store.Desk, read: Read, filled: str, renewed: bool = False) -> Preview:
    """Work out what a draft would change."""

    entries = register.of(desk)
    draft = read(entries)
    if draft.faults:
        return Preview(draft, _faults(draft), (), filled, renewed)
    if not draft.usable:
        return Preview(draft, el("p", t("forms.unchanged")), (), filled, renewed)
    matters = entries.matters(draft)
    gist: list[str] = []
    parts: list[Markup] = []
    with desk.lock:
        for matter in matters[:_MATTERS]:
            world = recording.case(desk.survey, draft, matter)
            after, found = recording.compared(world, draft)
            changes = recording.changes_about(found, matter)
            gist += effects.gist(changes)
            listed = effects.listing(changes, draft.id, partial(recording.said, world, after))
            parts.append(_matter(entries, matter, listed))
        others = None
        if recording.reaches_far(desk.survey, draft, matters) or len(matters) > _MATTERS:
            turns = recording.everywhere(desk.survey, draft)
            gist += [f"{a.id if a else ''} {b.id if b else ''}" for a, b in turns]
            others = effects.elsewhere(turns, matters[:_MATTERS])
    title = "forms.effect.retract" if draft.form is None else "forms.effect"
    heads = [
        el("h2", t(title)),
        el("p", t("forms.effect.as_of", day=day(address.as_of())), class_="zl-quiet zl-small"),
    ]
    if not matters and others is None:
        parts.append(el("p", t("forms.effect.none")))
    say = effects.Speech(entries.vocabulary, desk.name, draft.form)
    shown = join(heads, parts, others, effects.statements(draft, say))
    return Preview(draft, shown, tuple(sorted(gist)), filled, renewed)


def _matter(entries: Entries, matter: str, listed: Markup | None) -> Markup:
    """Return what changes about one issue or inspection."""
    page = "issue" if "issue" in entries.candidates.classes[matter] else "inspection"
    name = entries.candidates.named(matter)
    return el(
        "div",
        el(
            "h3", go(address.link(page, id=matter), name), el("span", " ", matter, class_="zl-quiet zl-small")
        ),
        listed or el("p", t("forms.effect.none")),
    )


def _faults(draft: Draft) -> Markup:
    lang = address.lang()
    labels = {one.column: store.worded(one.label, lang) for one in draft.form.fields} if draft.form else {}
    lines = [
        el("li", el("b", labels.get(p.column or "", p.column or "")), t("colon"), fields.said_of(p))
        for p in draft.faults
    ]
    return join(el("h2", t("forms.faults", number=len(draft.faults))), el("ul", lines, class_="zl-faults"))


def _lacking(prefix: str, correcting: str | None) -> str | None:
    """Return which words are still needed before anything is saved."""
    if not recorder.name():
        return "forms.recorder.needed"
    if correcting and not str(st.session_state.get(f"{prefix}:reason") or "").strip():
        return "forms.reason.needed"
    return None


def _save(prefix: str, read: Read, preview: Preview, correcting: str | None) -> None:
    """Save what was previewed; when the record has changed what it would change, show that first."""
    allowed.require(
        allowed.CORRECT if preview.draft.corrects or preview.draft.form is None else allowed.RECORD
    )
    reason = str(st.session_state.get(f"{prefix}:reason") or "").strip()
    note = str(st.session_state.get(f"{prefix}:source") or "").strip()
    for _ in range(_TRIES):
        desk = store.desk(address.as_of())
        entries = register.of(desk)
        draft = preview.draft
        if entries.version != draft.version:
            renewed = make(desk, read, preview.filled, renewed=True)
            if renewed.gist != preview.gist or not renewed.draft.usable:
                break
            draft = renewed.draft
        kind = draft.form.layout.name if draft.form else ""
        why = reason or f"录入{kind} {draft.id}"
        try:
            saved = recording.save(desk.record, draft, recorder.name(), why, note)
        except recording.Outdated:
            preview = Preview(draft, preview.shown, preview.gist, preview.filled)
            continue
        allowed.changed(saved.version, draft.id)
        _done(draft, saved)
        return
    else:
        renewed = make(store.desk(address.as_of()), read, preview.filled, renewed=True)
    st.session_state[f"{prefix}:preview"] = renewed
    st.rerun(scope="fragment")


def _done(draft: Draft, saved: recording.Saved) -> None:
    """Show what was stored: the entry's own page, which has an address."""
    from app.explorer.forms import filling

    st.session_state[_SAVED] = (draft, saved, recorder.name())
    choosing.remember(draft.id)
    filling.begin_anew()
    own = {"tab": "form", "entry": draft.id, **{name: address.param(name) for name in address.KEPT}}
    st.query_params.from_dict({name: value for name, value in own.items() if value})
    st.rerun()


def saved_now(id: str) -> tuple[Draft, recording.Saved, str] | None:
    """Return what was just saved of an entry."""
    found: tuple[Draft, recording.Saved, str] | None = st.session_state.get(_SAVED)
    return found if found and found[0].id == id else None
