"""What facts would change, as the reader sees it: conclusions now and then, because of what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from app.explorer import address, frame, proofs, store
from app.explorer.markup import Markup, el, join
from app.explorer.words import day, t
from reasoner import calendar
from reasoner.conclusions import Conclusion
from reasoner.entry import Draft
from reasoner.evaluate import Ground
from reasoner.record import Claim, Statement
from reasoner.vocabulary import Vocabulary
from reasoner.whatif import Change

Named = Callable[[str], Mapping[str, str]]
Say = Callable[[Ground], Mapping[str, str]]

_BECAUSE: Final = 6  # facts that one change is put down to; more of them say nothing more


def gist(changes: Iterable[Change]) -> list[str]:
    """Return changes in short, to tell whether two previews say the same."""
    return [
        " ".join((*(each.id if each else "–" for each in (one.before, one.after)), _key(one)))
        for one in changes
    ]


def _key(change: Change) -> str:
    one = change.after or change.before
    return f"{one.norm} {one.subject}" if one else ""


def listing(changes: Sequence[Change], own: str, say: Say) -> Markup | None:
    """Return the changes as a list; None when nothing changes.

    ``own`` is the entry whose facts need no words of their own; ``say`` makes a sentence of a fact.
    """
    if not changes:
        return None
    return el("ol", (_change(each, own, say) for each in changes), class_="zl-changes")


def _change(change: Change, own: str, say: Say) -> Markup:
    lang = address.lang()
    one = change.after or change.before
    assert one is not None  # a change has a side
    head = store.worded(one.kind_label, lang) if one.kind else store.worded(one.norm_label, lang)
    units = t("and").join(store.unit(unit, lang) for unit in one.bearers)
    same = change.before and change.after and change.before.status == change.after.status
    return el(
        "li",
        el(
            "div",
            _side(change.before, "forms.effect.before"),
            el("span", " → ", aria_hidden="true"),
            _side(change.after, "forms.effect.after"),
            el("span", t("forms.effect.same"), class_="zl-quiet zl-small") if same else None,
            class_="zl-turned",
        ),
        el(
            "div",
            head,
            " ",
            el("span", proofs.citation(one.citation, quote=False), class_="zl-small"),
        ),
        el("div", units, class_="zl-quiet zl-small") if units else None,
        _because(change, own, say),
    )


def _side(one: Conclusion | None, label: str) -> Markup:
    if one is None:
        return el("span", t("forms.effect.nothing"), class_="zl-quiet")
    words = t("then").join(
        part
        for part in (
            store.worded(one.reason_label, address.lang()),
            t("issue.needs") + t("colon") + store.worded(one.missing_label, address.lang())
            if one.missing
            else "",
            day(one.due) if one.due else "",
        )
        if part
    )
    return el(
        "span",
        el("span", t(label), class_="zl-kind"),
        frame.status(one.status),
        el("span", f"{t('open')}{words}{t('close')}", class_="zl-quiet zl-small") if words else None,
    )


def _because(change: Change, own: str, say: Say) -> Markup | None:
    """Return the facts that a change is put down to; the entry's own ones are named as one."""
    others = [atom for atom in change.because if own not in atom[1]]
    words = [t("forms.effect.own")] if len(others) < len(change.because) else []
    words += [store.worded(say(atom), address.lang()) for atom in others[:_BECAUSE]]
    if not words:
        return None
    return el("div", t("forms.effect.because"), t("colon"), t("then").join(words), class_="zl-note")


def statements(draft: Draft, terms: Vocabulary, name: Named) -> Markup:
    """Return what a draft would record and retract, statement by statement."""
    parts = []
    if draft.gone:
        lines = [el("li", el("del", spoken(s, terms, name))) for s in draft.gone]
        parts.append(
            el("details", el("summary", t("forms.takes", number=len(lines))), el("ul", lines), open=True)
        )
    if draft.added:
        lines = [el("li", spoken(c, terms, name)) for c in draft.added]
        parts.append(
            el(
                "details",
                el("summary", t("forms.adds", number=len(lines))),
                el("ul", lines),
                open=draft.corrects,
            )
        )
    return el("div", parts, class_="zl-statements")


def spoken(said: Claim | Statement, terms: Vocabulary, name: Named) -> Markup:
    """Return a statement as label and value."""
    lang = address.lang()
    declared = terms.predicates.get(said.predicate)
    label = store.worded(declared.label, lang) if declared else said.predicate
    if said.object is None:
        return join(el("b", label), " ", el("span", said.subject, class_="zl-quiet"))
    value = (
        day(calendar.to_date(int(said.object)))
        if said.kind == "date"
        else store.worded(name(str(said.object)), lang)
        if said.kind == "entity"
        else str(said.object)
    )
    return join(el("span", label, t("colon"), class_="zl-quiet"), value)
