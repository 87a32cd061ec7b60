"""One entry on record: what holds, how it came about, and correcting or retracting it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import streamlit as st

from app.explorer import address, frame, proofs, store
from app.explorer.forms import effects, filling, previewing, recorder
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.entries.entry import Draft, Entries
from reasoner.records.history import Step, history
from reasoner.records.record import Statement

_ALL = "all"


def draw(desk: store.Desk, entries: Entries, id: str) -> None:
    """Write an entry: what was just saved of it, what holds, the form or the retraction, its history."""
    steps = _steps(entries, id)
    if not steps:
        frame.title(t("nav.record"))
        frame.empty(
            t("forms.entry.unknown", id=id), go(address.link("record", tab="form"), t("forms.unknown.next"))
        )
        return
    lang = address.lang()
    form = entries.form_of(id)
    kind = store.worded(form.label, lang) if form else ""
    asked, editing = address.param("retract"), address.param("edit")
    stated = list(entries.record.statements(subject=id))
    doing = "retract" if asked else "correct" if editing else "entry"
    title = t(f"forms.{doing}", kind=kind, id=id).strip()
    frame.title(title)
    back = go(address.link("record", tab="form"), t("forms.back"))
    show(
        el(
            "div",
            el("p", back, " / ", id, class_="zl-quiet zl-small"),
            _saved(entries, id),
            el("h2", title),
            _named(entries, id),
            class_="zl",
        )
    )
    if stated and (asked or editing):
        recorder.ask()
    if stated and asked:
        _retract(id, asked, stated)
    elif stated and editing and form is not None:
        back = go(address.here(edit=None), t("forms.stop.correcting"))
        show(el("p", back, class_="zl"), el("p", t("forms.note.correct"), class_="zl zl-quiet zl-small"))
        filling.draw(desk, entries, form, {}, entry=id)
    else:
        say = effects.Speech(entries.vocabulary, desk.name, form)
        past = el("ol", (_step(say, each) for each in steps), class_="zl-history")
        show(el("div", _stands(entries, id, stated, say), el("h2", t("forms.history")), past, class_="zl"))


def _named(entries: Entries, id: str) -> Markup | None:
    """Return what an entry is called, when that is not its number."""
    name = entries.candidates.named(id)
    return el("p", name, class_="zl-lead") if name != id else None


def _saved(entries: Entries, id: str) -> Markup | None:
    """Return what was just stored, with the ways on."""
    found = previewing.saved_now(id)
    if found is None:
        return None
    draft, saved, who = found
    numbers = [
        t(f"forms.saved.{name}", ids=_spans(ids))
        for name, ids in (("added", saved.added), ("retracted", saved.retracted))
        if ids
    ]
    said = t(
        "forms.saved.numbers",
        version=saved.version,
        time=_when(saved.at),
        who=who,
        numbers=t("then").join(numbers),
    )
    pages = [
        go(
            address.link("issue" if "issue" in entries.candidates.classes[each] else "inspection", id=each),
            t("forms.saved.look"),
            " ",
            entries.candidates.named(each),
        )
        for each in entries.matters(draft)[:3]
    ]
    if draft.form is not None and not draft.corrects:
        label = store.worded(draft.form.label, address.lang())
        again = address.link("record", tab="form", kind=draft.form.kind)
        pages.append(go(again, t("forms.saved.next", kind=label)))
    return el(
        "div",
        el("p", el("b", t("forms.saved", id=id)), el("br"), said),
        el("p", [el("span", page) for page in pages], class_="zl-ways") if pages else None,
        class_="zl-saved",
        role="status",
    )


def _spans(ids: tuple[int, ...]) -> str:
    """Return numbers in short: 12–15、19."""
    runs: list[list[int]] = []
    for id in sorted(ids):
        if runs and id == runs[-1][-1] + 1:
            runs[-1].append(id)
        else:
            runs.append([id])
    return t("and").join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _stands(entries: Entries, id: str, stated: list[Statement], say: effects.Speech) -> Markup:
    """Return what holds of an entry, statement by statement, each with its source, and what can be done."""
    if not stated:
        return el("p", t("forms.stands.none"), class_="zl-lead")
    lines = [
        el(
            "tr",
            el("td", say(s)),
            el("td", proofs.source(asdict(s.source) | _entered(s))),
            el("td", t("forms.statement", id=s.id), class_="zl-quiet zl-small"),
            el("td", go(address.here(retract=str(s.id)), t("forms.one.retract"), class_="zl-small")),
        )
        for s in stated
    ]
    files = sorted({s.source.file for s in stated if s.source.file})
    naming = {s.subject for s in entries.record.statements(object=id)} - {id}
    correct = go(address.here(edit="1"), t("forms.all.correct")) if entries.form_of(id) else t("forms.noform")
    return join(
        el("table", el("tbody", lines), class_="zl-rows zl-stands"),
        el(
            "p",
            el("span", correct),
            el("span", go(address.here(retract=_ALL), t("forms.all.retract"))),
            class_="zl-ways",
        ),
        el("p", t("forms.ledger", files=t("and").join(files)), class_="zl-note") if files else None,
        el("p", t("forms.named", number=len(naming)), class_="zl-note") if naming else None,
    )


def _entered(s: Statement) -> dict[str, str | None]:
    """Return the source without what the field of a form was called: the line says it already."""
    return {"columns": None} if s.source.by else {}


def _retract(id: str, asked: str, stated: list[Statement]) -> None:
    """Write the retraction of an entry, or of one statement of it."""
    known = {str(s.id) for s in stated}
    only = {int(asked)} if asked in known else set()
    back = address.here(retract=None)
    if asked != _ALL and not only:
        frame.empty(t("forms.entry.unknown", id=asked), go(back, t("forms.stop")))
        return
    show(el("p", go(back, t("forms.stop")), class_="zl"))
    _retraction(id, tuple(only))


@st.fragment
def _retraction(id: str, only: tuple[int, ...]) -> None:
    prefix = f"forms.retract.{id}.{'.'.join(map(str, only)) or _ALL}"
    st.text_input(
        t("forms.reason") + " *",
        key=f"{prefix}:reason",
        placeholder=t("forms.reason.hint"),
        max_chars=200,
        width=600,
    )

    def read(current: Entries) -> Draft:
        return current.retraction(id, only)

    previewing.draw(store.desk(address.as_of()), prefix, read, correcting=id)


# -- history --------------------------------------------------------------------------------------


def _steps(entries: Entries, id: str) -> list[Step]:
    """Return what was done to the entry itself, the newest first."""
    own = []
    for step in history(entries.record, id):
        added = tuple(s for s in step.added if s.subject == id)
        corrected = tuple(pair for pair in step.corrected if pair[0].subject == id)
        retracted = tuple(s for s in step.retracted if s.subject == id)
        if added or corrected or retracted:
            own.append(
                Step(step.version, step.at, step.who, step.why, added, corrected, retracted, step.reasons)
            )
    return own


def _step(said: effects.Speech, step: Step) -> Markup:
    def line(kind: str, *pieces: Markup) -> Markup:
        return el("li", el("span", t(f"forms.history.{kind}"), class_="zl-kind"), pieces)

    lines = [
        line("corrected", el("del", said(before)), el("span", " → "), el("ins", said(after)))
        for before, after in step.corrected
    ]
    lines += [line("retracted", el("del", said(s))) for s in step.retracted]
    lines += [line("added", said(s)) for s in step.added]
    why = t("then").join(dict.fromkeys((step.why, *step.reasons)))
    return el(
        "li",
        el("h3", _when(step.at), " ", el("span", step.who, class_="zl-quiet")),
        el("p", why, class_="zl-small zl-quiet"),
        el("ul", lines),
    )


def _when(at: str) -> str:
    """Return the day and the minute of a transaction in the time of the machine that shows it."""
    moment = datetime.fromisoformat(at).astimezone()
    return f"{day(moment.date())} {moment:%H:%M}"
