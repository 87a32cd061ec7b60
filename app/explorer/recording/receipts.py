"""The tab of the receipts: every run over the record, and how its conclusions differ from those before."""

from __future__ import annotations

from typing import Final

from app.explorer import address, frame, paged, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.recording import pages
from app.explorer.recording.journal import moment
from app.explorer.words import day, t
from reasoner.receipts.chain import Chain, ReceiptError
from reasoner.receipts.receipt import Receipt, atom_of

_PER_PAGE: Final = 20
_LINES_PER_PAGE: Final = 50
_SHOWN: Final = 12  # signs of a hash


def draw(desk: store.Desk) -> None:
    """Draw the tab: all receipts, or the one that the address names."""
    chain, asked = Chain(desk.record), address.param("receipt")
    if asked is None:
        _all(chain)
        return
    try:
        found = chain.find(asked)
    except ReceiptError:
        frame.empty(t("receipts.unknown", n=asked), go(address.here(receipt=None), t("receipts.back")))
    else:
        _one(desk, chain, found)


def _short(digest: str) -> Markup:
    return el("code", digest[:_SHOWN], title=f"SHA-256 {digest}")


def _whole(digest: str) -> Markup:
    return el("code", digest, class_="zl-hash")


def _number(one: Receipt) -> int:
    return sum(one.counts.values())


def _record(one: Receipt) -> Markup:
    number = one.run.data_version
    return go(address.link("record", tab="history", tx=str(number)), f"#{number}") if number else join("0")


def _difference(one: Receipt) -> str:
    return t("receipts.difference", come=f"{one.come:,}", gone=f"{one.gone:,}")


def _all(chain: Chain) -> None:
    every = list(chain)[::-1]
    if not every:
        frame.empty(t("receipts.none"))
        return
    shown, turning = pages.turned(every, _PER_PAGE)
    lines = [
        (
            go(address.here(receipt=str(each.number), p=None), t("receipts.number", n=each.number)),
            moment(each.at),
            day(each.run.as_of),
            _record(each),
            _short(each.run.rules),
            f"{_number(each):,}",
            _difference(each),
            _short(each.digest),
        )
        for each in shown
    ]
    columns = ("receipt", "when", "as_of", "record", "rules", "conclusions", "against", "hash")
    lead = el("p", t("receipts.lead", n=f"{len(every):,}"), class_="zl-lead")
    show(el("div", lead, pages.table(columns, lines), turning, class_="zl"))


def _one(desk: store.Desk, chain: Chain, one: Receipt) -> None:
    run, lang = one.run, address.lang()
    known = desk.survey.rules.vocabulary.predicates
    counts = [
        el("li", f"{known[status].label[lang] if status in known else status} {number:,}")
        for status, number in one.counts.items()
    ]
    before = address.here(receipt=str(one.number - 1), p=None)
    facts = {
        "when": moment(one.at),
        "as_of": day(run.as_of),
        "record": join(_record(one), " ", _whole(run.data_digest)),
        "rules": _whole(run.rules),
        "program": el("code", run.program),
        "conclusions": join(
            f"{_number(one):,} ", _whole(one.conclusions), el("ul", counts, class_="zl-counts")
        ),
        "previous": join(go(before, t("receipts.number", n=one.number - 1)), " ", _whole(one.previous))
        if one.number > 1
        else t("receipts.first"),
        "hash": _whole(one.digest),
    }
    title = t("receipts.one", n=one.number)
    frame.title(title)
    show(
        el(
            "div",
            el("p", go(address.here(receipt=None, p=None), t("receipts.back"))),
            el("h2", title),
            el(
                "dl",
                [join(el("dt", t(f"record.column.{name}")), el("dd", said)) for name, said in facts.items()],
                class_="zl-entry",
            ),
            el("h3", t("receipts.against") if one.number > 1 else t("receipts.all")),
            _changes(desk, chain, one),
            class_="zl",
        )
    )


def _changes(desk: store.Desk, chain: Chain, one: Receipt) -> Markup | None:
    """What this run concludes and the one before does not, and the other way round."""
    come, gone = chain.difference(one.number)
    sides = [("−", "gone", text) for text in sorted(gone)] + [("+", "come", text) for text in sorted(come)]
    if not sides:
        return el("p", t("receipts.same"))
    page = paged.number(-(-len(sides) // _LINES_PER_PAGE))
    shown = sides[(page - 1) * _LINES_PER_PAGE : page * _LINES_PER_PAGE]
    lines = [
        (join(el("b", sign, aria_hidden="true"), " ", t(f"receipts.{side}")), *_said(desk, text))
        for sign, side, text in shown
    ]
    because = t("receipts.because", before=one.number - 1, after=one.number) if one.number > 1 else None
    return join(
        el("p", _difference(one)),
        el("p", because, class_="zl-quiet") if because else None,
        pages.table(("change", "status", "conclusion"), lines),
        pages.turning(page, -(-len(sides) // _LINES_PER_PAGE)),
    )


def _said(desk: store.Desk, text: str) -> tuple[str, str]:
    """Return the status (a remark has none) and what was concluded in words.

    As it is stored when the rules of today have no such word.
    """
    atom, lang = atom_of(text), address.lang()
    known = desk.survey.rules.vocabulary.predicates.get(atom[0])
    if known is None:
        return "", text
    with desk.lock:
        return known.label.get(lang, ""), desk.survey.speaker.atom(atom)[lang]
