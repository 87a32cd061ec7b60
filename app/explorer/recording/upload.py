"""The tab for uploading ledgers: what would come of them, what is wrong with them, and loading them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Final

import streamlit as st

from app.explorer import address, allowed, download, store, uploads
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.recording import faults, pages, previews
from app.explorer.words import t
from reasoner.ledger.report import Report, Unusable

_LINKED: Final = 8  # things of a load that are linked one by one
_DONE: Final = "upload_done"


@dataclass(frozen=True)
class Loaded:
    """What is kept of a load to tell of it: counts, rows that could not be used, some of what was stored."""

    files: tuple[str, ...]
    new: int
    changed: int
    unchanged: int
    aside: tuple[Unusable, ...]
    kept_aside: bool
    stored: tuple[str, ...]
    version: int | None
    seconds: float


def draw(desk: store.Desk) -> None:
    """Draw the tab."""
    if (done := st.session_state.get(_DONE)) is not None:
        _told(desk, done)
        return
    draft = uploads.draft()
    if not draft.files:
        _uploader(draft)
    if draft.files and draft.report is None:
        with pages.progress(t("record.checking")) as step:
            draft.check(step)
    previews.refused(draft.refused)
    if draft.report is None:
        if not draft.refused:
            _welcome()
        return
    _preview(desk, draft, draft.report)


def _uploader(draft: uploads.Draft) -> None:
    turn = st.session_state.get("upload_turn", 0)
    limit = st.get_option("server.maxUploadSize")
    show(el("p", t("record.upload.lead", limit=limit), class_="zl zl-lead"))
    # Streamlit's own words are in English only; ours take their place (record.css)
    words = {"choose": t("record.upload.choose"), "large": t("record.upload.large", limit=limit)}
    said = "".join(
        f"--zl-upload-{name}:{json.dumps(each, ensure_ascii=False)};" for name, each in words.items()
    )
    st.html(f"<style>:root{{{said}}}</style>")
    with st.container(key="uploader"):
        files = st.file_uploader(
            t("record.upload"),
            accept_multiple_files=True,
            key=f"upload-{turn}",
            label_visibility="collapsed",
        )
    if files:
        draft.files |= uploads.take(files)
        draft.report, draft.refused = None, []
        st.session_state["upload_turn"] = turn + 1  # a new uploader, which holds nothing
        st.rerun()


def _welcome() -> None:
    show(
        el(
            "div",
            el("h2", t("record.template")),
            el("p", t("record.template.lead"), class_="zl-lead"),
            class_="zl",
        )
    )
    _template()


def _template() -> None:
    download.button(t("record.template.download"), uploads.template, "zelian-template.xlsx", key="template")


# -- before loading -------------------------------------------------------------------------------


def _preview(desk: store.Desk, draft: uploads.Draft, report: Report) -> None:
    if (row := faults.asked(report.aside)) is not None:
        if faults.row_form(row, draft.corrections):
            draft.report = None
            st.query_params.pop("row", None)
            st.rerun()
        return
    previews.tables(report)
    if previews.elsewhere(draft, report):
        st.rerun()
    _load(desk, draft, report)
    chosen = previews.chosen(report)
    if chosen is None:
        return
    if chosen == "faults":
        if faults.by_fault(report.aside, draft.corrections):
            draft.report = None
            st.rerun()
    else:
        previews.part(desk, report, chosen)
    if faults.corrected(draft.corrections):
        draft.corrections.clear()
        draft.report = None
        st.rerun()


def _load(desk: store.Desk, draft: uploads.Draft, report: Report) -> None:
    """Offer to load, and do it when asked to."""
    who, why = pages.ask_who()
    good = sum(report.rows[each] for each in ("new", "changed", "unchanged"))
    bad = len(report.aside)
    with st.container(horizontal=True, key="load-buttons"):
        words = (
            t("record.load.all", good=f"{good:,}", bad=f"{bad:,}") if bad else t("record.load", n=f"{good:,}")
        )
        everything = st.button(words, type="primary", key="load", disabled=not good + bad)
        only_good = bool(bad) and st.button(t("record.load.good"), key="load-good", disabled=not good)
        dropped = st.button(t("record.drop"), key="drop", type="tertiary")
    if bad:
        show(el("p", t("record.load.note"), class_="zl zl-quiet zl-small"))
    if dropped:
        uploads.forget()
        previews.forget_place()
        st.rerun()
    if not (everything or only_good):
        return
    if not who:
        show(el("p", t("record.who.missing"), class_="zl zl-expected", role="alert"))
        return
    began = time.monotonic()
    with pages.progress(t("record.loading")) as step:
        stored = draft.store(who, why, step, only_good=only_good)
    if stored.unusable:
        draft.refused, draft.report = stored.unusable, None
        st.rerun()
    if stored.statements:
        allowed.changed(stored.version, "、".join(draft.files))
    st.session_state[_DONE] = Loaded(
        tuple(draft.files),
        stored.rows["new"],
        stored.rows["changed"],
        stored.rows["unchanged"],
        tuple(stored.aside),
        not only_good,
        tuple(dict.fromkeys(each.about for each in stored.outcomes if each.change != "unchanged"))[:_LINKED],
        None if stored.unchanged or not stored.statements else stored.version,
        time.monotonic() - began,
    )
    uploads.forget()
    previews.forget_place()
    if stored.statements:
        store.desk(address.as_of()).prepare()  # which shows that it reasons anew
    st.rerun()


# -- after loading --------------------------------------------------------------------------------


def _told(desk: store.Desk, done: Loaded) -> None:
    """Tell what was loaded, and what can be done next."""
    links: list[Markup] = []
    if done.version is not None:
        href = address.link("record", tab="history", tx=str(done.version))
        links.append(go(href, t("record.done.journal", n=done.version)))
    links.append(go(address.link("issues"), t("record.done.issues")))
    if done.aside and done.kept_aside:
        links.append(go(address.link("record", tab="aside"), t("record.done.aside")))
    known = {row.id for row in desk.rows}
    stored = [
        go(address.link("issue", id=each), desk.name(each)[address.lang()])
        for each in done.stored
        if each in known
    ]
    show(
        el(
            "div",
            el("h2", t("record.done")),
            el(
                "p",
                t("and").join(done.files),
                t("then"),
                el("span", t("record.done.seconds", n=f"{done.seconds:.1f}"), class_="zl-seconds"),
                class_="zl-quiet",
            ),
            previews.figures(done.new, done.changed, done.unchanged, len(done.aside)),
            el("p", t("record.done.aside.kept" if done.kept_aside else "record.done.aside.left"))
            if done.aside
            else None,
            el("p", [join(each, "  ") for each in links], class_="zl-next"),
            el("ul", (el("li", each) for each in stored)) if stored else None,
            class_="zl zl-told",
            role="status",
        )
    )
    with st.container(horizontal=True):
        again = st.button(t("record.again"), type="primary", key="again")
        if done.aside:
            previews.downloads(done.aside)
    if again:
        del st.session_state[_DONE]
        st.rerun()
    if done.aside:
        show(el("div", el("h2", t("record.done.errors", n=f"{len(done.aside):,}")), class_="zl"))
        faults.by_cell(done.aside, linked=False)
