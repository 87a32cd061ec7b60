"""What facts would change, as the reader sees it: conclusions now and then, because of what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.explorer import address, frame, proofs, store, theme
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.asking.whatif import Change
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground
from reasoner.entries.entry import Draft
from reasoner.entries.forms import Form
from reasoner.entries.recording import Turn
from reasoner.records.record import Claim, Statement
from reasoner.rulebook.vocabulary import Vocabulary

Named = Callable[[str], Mapping[str, str]]
Say = Callable[[Ground], Mapping[str, str]]

_NAMED: Final = 8  # as many are named of those that one kind of change concerns
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
    return el("ol", (_change(each, own, say) for each in changes), class_="zl-effects")


def elsewhere(turns: Sequence[Turn], shown: Collection[str]) -> Markup | None:
    """Return the other changes, counted by how the status turns, with some of those concerned."""
    groups: dict[tuple[str, str], list[Conclusion]] = {}
    for before, after in turns:
        one = after or before
        assert one is not None  # a change has a side
        if one.subject not in shown and not set(one.issues) & set(shown):
            key = (before.status if before else "", after.status if after else "")
            groups.setdefault(key, []).append(one)
    if not groups:
        return None
    lines = [
        el(
            "li",
            el("div", _turned(before, after), class_="zl-turned"),
            el("div", _concerned(found), class_="zl-quiet zl-small"),
        )
        for (before, after), found in sorted(groups.items(), key=lambda pair: theme.rank(pair[0][1]))
    ]
    number = sum(map(len, groups.values()))
    head = t("forms.effect.elsewhere" if shown else "forms.effect.all", number=number)
    return join(el("h3", head), el("ol", lines, class_="zl-effects"))


def _turned(before: str, after: str) -> Markup:
    if before == after:
        return join(_status(after), el("span", t("forms.effect.same"), class_="zl-quiet zl-small"))
    return join(
        _status(before), el("span", " ", t("forms.effect.turns"), " ", class_="zl-turns"), _status(after)
    )


def _status(status: str) -> Markup:
    if not status:
        return el("span", t("forms.effect.nothing"), class_="zl-quiet")
    return frame.status(status)


def _concerned(found: Sequence[Conclusion]) -> Markup:
    """Return how many conclusions there are, and the first issues or things that they are about."""
    named: dict[str, Markup] = {}
    for one in found:
        issue = next(iter(one.issues), None)
        named.setdefault(
            issue or one.subject, go(address.link("issue", id=issue), issue) if issue else join(one.subject)
        )
    first = list(named.values())[:_NAMED]
    more = t("forms.effect.more") if len(named) > _NAMED else ""
    return join(t("forms.effect.count", number=len(found)), [join(" ", each) for each in first], more)


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
            _side(change.before),
            el("span", " ", t("forms.effect.turns"), " ", class_="zl-turns"),
            _side(change.after),
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


def _side(one: Conclusion | None) -> Markup:
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


@dataclass(frozen=True)
class Speech:
    """Says statements as label and value, by the names of a form's fields where it has one."""

    terms: Vocabulary
    name: Named
    form: Form | None

    def __call__(self, said: Claim | Statement) -> Markup:
        """Return a statement in words."""
        lang = address.lang()
        if said.object is None:
            return join(el("b", self._label(said)), " ", el("span", said.subject, class_="zl-quiet"))
        value = (
            day(calendar.to_date(int(said.object)))
            if said.kind == "date"
            else store.worded(self.name(str(said.object)), lang)
            if said.kind == "entity"
            else str(said.object)
        )
        return join(el("span", self._label(said), t("colon"), class_="zl-quiet"), value)

    def _label(self, said: Claim | Statement) -> str:
        lang = address.lang()
        for one in self.form.fields if self.form else ():
            if said.kind != "class" and said.predicate == one.item.property:
                return store.worded(one.label, lang)
        declared = self.terms.predicates.get(said.predicate)
        return store.worded(declared.label, lang) if declared else said.predicate


def statements(draft: Draft, say: Speech) -> Markup:
    """Return what a draft would record and retract, statement by statement."""
    parts = []
    if draft.gone:
        lines = [el("li", el("del", say(s))) for s in draft.gone]
        parts.append(
            el("details", el("summary", t("forms.takes", number=len(lines))), el("ul", lines), open=True)
        )
    if draft.added:
        lines = [el("li", say(c)) for c in draft.added]
        head = el("summary", t("forms.adds", number=len(lines)))
        parts.append(el("details", head, el("ul", lines), open=draft.corrects))
    return el("div", parts, class_="zl-statements")
