"""The tab of the record's journal: every transaction, and what each added and retracted."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.explorer import address, frame, paged, proofs, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.recording import pages, previews
from app.explorer.words import day, t
from reasoner.records import journal
from reasoner.records.journal import Change, Entry

_PER_PAGE: Final = 20
_CHANGES_PER_PAGE: Final = 100
_FILES_NAMED: Final = 3


def draw(desk: store.Desk) -> None:
    """Draw the tab: all transactions, or the one that the address names."""
    asked = address.param("tx")
    if asked is None:
        _all(desk)
        return
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    entry = journal.entry(desk.record, number)
    if entry is None:
        frame.empty(t("record.journal.unknown", n=asked), go(address.here(tx=None), t("record.journal.back")))
    else:
        _one(desk, entry)


def moment(at: str) -> str:
    """Return when, in the time of this machine."""
    moment = datetime.fromisoformat(at).astimezone()
    return f"{day(moment.date())} {moment:%H:%M}"


def _told(entry: Entry) -> Markup:
    """Return when, and whether the clock had been set back."""
    behind = el("div", t("record.journal.behind"), class_="zl-small zl-quiet") if entry.behind else None
    return join(moment(entry.at), behind)


def _counts(entry: Entry) -> Markup:
    counted = {
        "new": entry.rows_new,
        "changed": entry.rows_changed,
        "withdrawn": entry.rows_withdrawn,
        "aside": entry.set_aside,
    }
    said = [t(f"record.journal.{name}", n=f"{number:,}") for name, number in counted.items() if number]
    return join(t("and").join(said) or t("none"))


def _all(desk: store.Desk) -> None:
    page = paged.number(10**6)
    entries, total = journal.entries(desk.record, page, _PER_PAGE)
    of = -(-total // _PER_PAGE)
    if not entries:
        frame.empty(t("record.journal.none"), go(address.link("record"), t("record.waiting.none.next")))
        return
    lines = [
        (
            go(address.here(tx=str(each.id), p=None), f"#{each.id}"),
            _told(each),
            each.who,
            go(address.here(tx=str(each.id), p=None), each.why or t("unknown")),
            _counts(each),
            t("record.journal.statements", added=f"{each.added:,}", retracted=f"{each.retracted:,}"),
        )
        for each in entries
    ]
    table = pages.table(("number", "when", "who", "why", "rows", "statements"), lines)
    lead = el("p", t("record.journal.lead", n=f"{total:,}"), class_="zl-lead")
    show(el("div", lead, table, pages.turning(page, of), class_="zl"))


def _one(desk: store.Desk, entry: Entry) -> None:
    """Show one transaction with its files and what it changed."""
    of = -(-(entry.added + entry.retracted) // _CHANGES_PER_PAGE)
    page = paged.number(of)
    changes = journal.changes(desk.record, entry.id, page, _CHANGES_PER_PAGE)
    facts = {
        "when": _told(entry),
        "who": entry.who,
        "why": entry.why or t("unknown"),
        "rows": _counts(entry),
        "statements": t(
            "record.journal.statements", added=f"{entry.added:,}", retracted=f"{entry.retracted:,}"
        ),
    }
    files = [
        el("li", name, " ", el("code", digest[:16], class_="zl-quiet", title=f"SHA-256 {digest}"))
        for name, digest in entry.files.items()
    ]
    listed = el("ul", files)
    if len(files) > _FILES_NAMED:
        listed = el("details", el("summary", t("record.journal.files", n=len(files))), listed)
    frame.title(t("record.journal.one", n=entry.id))
    show(
        el(
            "div",
            el("p", go(address.here(tx=None, p=None), t("record.journal.back"))),
            el("h2", t("record.journal.one", n=entry.id)),
            el(
                "dl",
                [
                    join(el("dt", t(f"record.column.{name}")), el("dd", value))
                    for name, value in facts.items()
                ],
                join(el("dt", t("record.column.file")), el("dd", listed)) if files else None,
                class_="zl-entry",
            ),
            el("p", go(address.link("record", tab="aside"), t("record.done.aside")))
            if entry.set_aside
            else None,
            pages.table(("change", "statement", "source"), [_change(desk, each) for each in changes])
            if changes
            else None,
            pages.turning(page, of),
            class_="zl",
        )
    )


def _change(desk: store.Desk, each: Change) -> tuple[Markup | str | None, ...]:
    s = each.statement
    value = "" if s.object is None else str(s.object)
    words = previews.said(desk, (s.predicate, s.subject, value, s.kind))
    if s.kind == "class":
        words = join(el("span", f"{s.subject} ", class_="zl-quiet"), words)
    o = s.source
    origin = {
        "file": o.file, "sheet": o.sheet, "row": o.row, "columns": o.columns,
        "by": o.by, "note": o.note, "url": o.url,
    }  # fmt: skip
    sign = "+" if each.side == "added" else "−"
    side = join(el("b", sign, aria_hidden="true"), " ", t(f"record.journal.{each.side}"))
    return (
        join(side, el("div", each.reason, class_="zl-small zl-quiet") if each.reason else None),
        el("s", words) if each.side == "retracted" else words,
        proofs.source(origin),
    )
