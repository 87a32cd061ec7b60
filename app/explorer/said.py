"""Conclusions as a list; the one that the address names is opened and shows why it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.explorer import address, frame, proofs, store
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers import transfers
from reasoner.answers.transfers import Made
from reasoner.engine.conclusions import Conclusion, elapsed_days

#: Classes of what only the text names: nobody stated, a role, a post. They have no page.
_NO_PAGE: Final = frozenset({"UnstatedBody", "DestinationRole", "Post"})
#: Statuses whose own words say what they rest on; their reason would only repeat it.
_SAYS_WHY: Final = frozenset({"established", "notObserved", "tolerated"})


def _line(label: str, words: Iterable[str]) -> Markup | None:
    """Return one note under a conclusion, or nothing when there is nothing to note."""
    listed = t("and").join(words)
    return el("p", t(label), t("colon"), listed, class_="zl-note") if listed else None


def goals(desk: store.Desk, each: Conclusion) -> str:
    """Return where a transfer goes, in words: of several receivers in the text none is chosen here.

    What was transferred went where the record says, not everywhere where the text lets it go.
    """
    if each.is_performed:
        found = transfers.made(desk.proof(each.id)[0], desk.record)
        return t("stop").join(_made(desk, one) for one in found) or t("goals.recorded")
    named = t("and").join(store.unit(body, address.lang()) for body in each.destinations)
    return t("goals.several", units=named) if len(each.destinations) > 1 else named


def _made(desk: store.Desk, one: Made) -> str:
    """Return a transfer as recorded: receiver, day, document; what is not recorded is said to be missing."""

    def named(ids: Iterable[str]) -> str:
        return t("and").join(store.worded(desk.name(each), address.lang()) for each in ids)

    parts = (("to", named(one.to)), ("on", t("and").join(map(day, one.on))), ("by", named(one.instrument)))
    return t("then").join(words or t(f"goals.made.{name}.none") for name, words in parts)


def _notes(desk: store.Desk, each: Conclusion) -> list[Markup | None]:
    """Return the lines under a conclusion: where it goes, what does not count, its dates."""
    lang = address.lang()
    refused = [
        f"{store.worded(unit['name'], lang)}{t('open')}{store.worded(unit['reason_label'], lang)}{t('close')}"
        for unit in each.not_counted
    ]
    candidates = [
        f"{store.unit(who, lang)}{t('open')}{store.worded(who['kind_label'], lang)}{t('close')}"
        for who in each.candidates
    ]
    goes = each.destinations and not store.own_destination(each)
    where = "issue.transferred" if each.is_performed else "issue.destinations"
    return [
        _line(where, [goals(desk, each)] if goes else []),
        _line("issue.not_counted", refused),
        _line("issue.candidates", candidates),
        _line("issue.elements", (store.worded(each_one["name"], lang) for each_one in each.missing_elements)),
        _line("issue.remarks", (store.worded(remark["name"], lang) for remark in each.remarks)),
        _line("issue.since", [_elapsed(each)] if each.since else []),
        _line("issue.due", [day(each.due)] if each.due else []),
        _line("issue.done", [day(each.done)] if each.done else []),
        _line("issue.possible_due", map(day, each.possible_due)),
        _line("issue.conditions", (store.worded(c["name"], lang) for c in each.conditions)),
    ]


def _elapsed(each: Conclusion) -> str:
    since = str(each.since)
    if each.done or each.is_performed:  # nobody waits any more
        return day(since)
    return t("issue.elapsed", day=day(since), days=elapsed_days(since, each.as_of))


def _readings(each: Conclusion) -> Markup | None:
    """Return the reading taken beside the other ones, when the text bears two."""
    if not each.other_readings:
        return None
    lang = address.lang()
    taken = el(
        "div",
        el("h3", t("issue.reading.taken")),
        frame.status(each.status),
        [el("p", store.worded(other["cautious"], lang)) for other in each.other_readings],
    )
    others = [
        el(
            "div",
            el("h3", t("issue.reading.other")),
            frame.status(other["status"]),
            el("p", store.worded(other["other"], lang)),
        )
        for other in each.other_readings
    ]
    return el("div", taken, others, class_="zl-readings")


def _why(desk: store.Desk, each: Conclusion) -> Markup:
    return join(_readings(each), proofs.tree(desk.proof(each.id), each))


def reason(each: Conclusion) -> Markup:
    """Return why a conclusion has its status and what it waits for; nothing where the status says it all."""
    lang = address.lang()
    why = "" if each.status in _SAYS_WHY else store.worded(each.reason_label, lang)
    if not each.missing:
        return join(why)
    return join(why or t("issue.needs"), t("colon"), el("b", store.worded(each.missing_label, lang)))


def units(desk: store.Desk, bodies: Iterable[Mapping[str, Any]]) -> Markup:
    """Return bearers or destinations one after the other, each a link to its page when it has one."""
    individuals = desk.survey.rules.vocabulary.individuals
    named = []
    for body in bodies:
        name = store.unit(body, address.lang())
        known = individuals.get(str(body["id"]))
        is_word = known is not None and not _NO_PAGE.isdisjoint(known.classes)
        named.append(join(name) if is_word else go(address.link("unit", id=str(body["id"])), name))
    return join(*(join(one, t("and")) for one in named[:-1]), *named[-1:])


def _words(desk: store.Desk, each: Conclusion) -> Markup:
    """Return whom a conclusion is about, its reason, and what is missing."""
    if goal := store.own_destination(each):
        return el("b", units(desk, [goal]))
    parts: list[Markup | str] = [part for part in (units(desk, each.bearers), reason(each)) if part]
    return join(*(join(part, t("then")) for part in parts[:-1]), *parts[-1:])


def _one(desk: store.Desk, each: Conclusion) -> Markup:
    """Return one conclusion, opened when the address names it."""
    opened = address.param("c") == each.id
    toggle = go(
        address.here(c=None if opened else each.id),
        t("issue.close") if opened else t("issue.why"),
        class_="zl-why",
        aria_expanded="true" if opened else "false",
    )
    return el(
        "div",
        el("div", el("div", _words(desk, each), _notes(desk, each)), toggle, class_="zl-line"),
        _why(desk, each) if opened else None,
        data_here=f"conclusion:{each.id}" if opened else None,
        class_="zl-one",
    )


def _group(desk: store.Desk, together: list[Conclusion]) -> Markup:
    """Return the conclusions of one norm with one status: the norm once, then whom each is about."""
    lang = address.lang()
    first = together[0]
    head = store.worded(first.kind_label, lang) if first.kind else store.worded(first.norm_label, lang)
    cited = el("span", proofs.citation(first.citation, quote=False), class_="zl-small")
    lines = [_one(desk, each) for each in together]
    return el(
        "div",
        frame.status(first.status, store.worded(first.status_label, lang)),
        el("div", el("div", head, " ", cited), lines),
        class_="zl-said",
    )


def listing(desk: store.Desk, conclusions: Iterable[Conclusion]) -> Markup:
    """Return the conclusions one below the other, those of one norm with one status together."""
    groups: dict[tuple[str, str, str | None], list[Conclusion]] = {}
    for each in conclusions:
        groups.setdefault((each.norm, each.status, each.kind), []).append(each)
    return join(_group(desk, together) for together in groups.values())
