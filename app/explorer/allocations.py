"""A conclusion about a supposed issue as a line: who bears what, why it is open, and its proof."""

from __future__ import annotations

from app.explorer import address, frame, proofs, responsibilities, store
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import t
from reasoner.answers.responsibility import Answer
from reasoner.engine.conclusions import Conclusion


def line(found: Answer, each: Conclusion, *, about: Markup | str, chip: bool = True) -> Markup:
    """Return one conclusion with its citation and, when the address names it, its proof."""
    opened = address.param("c") == each.id
    toggle = go(
        address.here(c=None if opened else each.id),
        t("responsibility.why.close") if opened else t("responsibility.why"),
        class_="zl-why",
        aria_expanded="true" if opened else "false",
    )
    words = el(
        "div",
        about,
        " ",
        el("span", proofs.citation(each.citation, quote=False), class_="zl-small"),
        _doubts(each),
    )
    said = el(
        "div",
        el("div", words, toggle, class_="zl-line"),
        proofs.tree(responsibilities.proof(found, each), each) if opened else None,
        data_here=f"conclusion:{each.id}" if opened else None,
    )
    return el("div", frame.status(each.status), said, class_="zl-said") if chip else said


def _doubts(each: Conclusion) -> Markup | None:
    """Return why a conclusion is open, and what another reading gives."""
    reason = store.worded(each.reason_label, address.lang())
    missing = store.worded(each.missing_label, address.lang())
    parts = [reason] if reason else []
    if missing:
        parts.append(f"{t('responsibility.lacking')}{t('colon')}{missing}")
    parts += [
        f"{t('issue.reading.other')}{t('colon')}{store.worded(other['other'], address.lang())}"
        for other in each.other_readings
    ]
    return el("p", t("then").join(parts), class_="zl-note") if parts else None


def bearers(each: Conclusion) -> Markup:
    """Return the bearers as links, with the kind of responsibility."""
    kind = store.worded(each.kind_label, address.lang())
    names = [
        go(address.link("unit", id=str(body["id"])), store.worded(body["name"], address.lang()))
        for body in each.bearers
    ]
    return join(el("b", listed(names)), el("span", t("colon"), kind) if kind else None)


def listed(pieces: list[Markup]) -> Markup:
    """Return pieces one after the other, as people list them."""
    return join(*(join(each, t("and")) for each in pieces[:-1]), *pieces[-1:])
