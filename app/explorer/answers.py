"""The answers about an issue: facts with their source, who is responsible, where it goes, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from app.explorer import address, agendas, asked, dayless, frame, proofs, said, store, theme
from app.explorer.markup import Markup, Piece, el, go, join, outside
from app.explorer.words import day, t
from reasoner.engine.conclusions import Conclusion
from reasoner.records.record import Statement

_LAYERS: Final = ("L1", "L2", "L3")
_FACTS: Final = {  # predicate -> label, in the order in which they are shown
    "raisedIn": "fact.inspection",
    "relatesTo": "fact.place",
    "inSector": "fact.sector",
    "involves": "fact.involves",
    "foundOn": "fact.found",
    "publishedOn": "fact.published",
    "sanctionsRaw": "fact.raw",
    "sourceUrl": "fact.source",
}
_TITLES: Final = frozenset({"name", "shortName", "summary", "place"})  # they stand above the page
#: Class of what is missing -> the form that records it; anything else is an event.
_FORMS: Final = {"KindOfFinding": "finding", "KindOfParameter": "parameter", "RecordClass": "completeness"}


def page(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return the overview of an issue."""
    return el(
        "div",
        three_questions(desk, issue),
        el("h2", t("issue.facts")),
        facts(desk, issue),
        tasks(desk, issue),
        el("h2", t("issue.who"), id="who"),
        layers(desk, issue),
        el("h2", t("issue.where"), id="where"),
        said.listing(desk, issue.where)
        if issue.where
        else el("p", t("issue.transfers.none"), class_="zl-lead"),
        missing(desk, issue),
        class_="zl",
    )


# -- facts ----------------------------------------------------------------------------------------


def facts(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return what is on record of the issue itself, each fact with where it comes from."""
    stated: dict[str, list[Statement]] = {}
    for each in desk.record.statements(subject=issue.row.id):
        stated.setdefault(each.predicate, []).append(each)
    lines = [_fact(desk, t(label), stated[name]) for name, label in _FACTS.items() if name in stated]
    labels = desk.survey.rules.vocabulary.predicates
    lines += [  # what the source has beyond these, in its own words
        _fact(desk, store.worded(labels[name].label, address.lang()), told)
        for name, told in stated.items()
        if name not in _FACTS and name not in _TITLES and told[0].kind != "class" and name in labels
    ]
    unknown = [
        join(el("dt", t(_FACTS[name])), el("dd", t("unknown"), class_="zl-quiet"), el("dd"))
        for name in ("raisedIn", "relatesTo", "inSector")
        if name not in stated
    ]
    return el("dl", lines, unknown, class_="zl-facts zl-sourced")


def _fact(desk: store.Desk, label: str, statements: list[Statement]) -> Markup:
    values = [_value(desk, each) for each in statements]
    between = [join(value, t("and")) for value in values[:-1]] + values[-1:]
    sources = dict.fromkeys(proofs.source(asdict(each.source)) for each in statements)
    return join(el("dt", label), el("dd", between), el("dd", sources))


def tasks(desk: store.Desk, issue: store.Issue) -> Markup | None:
    """Return the tasks about the issue that have words instead of a day, and what is on record of them."""
    own = [task for task in agendas.dayless(desk) if issue.row.id in task.issues]
    return (
        join(
            el("h3", t("duties.kind.unnumbered")),
            el("p", t("duties.lead.unnumbered"), class_="zl-quiet zl-small"),
            dayless.table(desk, own),
        )
        if own
        else None
    )


def _value(desk: store.Desk, each: Statement) -> Markup:
    if each.kind == "entity":
        name = store.worded(desk.name(str(each.object)), address.lang())
        return (
            go(address.link("inspection", id=str(each.object)), name)
            if each.predicate == "raisedIn"
            else join(name)
        )
    if each.kind == "date":
        digits = str(each.object)
        return join(day(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}") if len(digits) == 8 else digits)
    return outside(str(each.object)) if each.predicate == "sourceUrl" else join(str(each.object))


# -- the three questions --------------------------------------------------------------------------


def three_questions(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return the short answers to the three questions."""
    goals = [
        el(
            "div",
            frame.status(each.status),
            " ",
            said.goals(desk, each),
        )
        for each in issue.where
        if each.destinations and not store.own_destination(each)
    ]
    numbers = store.count_statuses(each for each in issue.what if each.status != "allocated")
    counted = [el("div", frame.status(status), f" {number}") for status, number in numbers.items()]
    more = go(address.here(tab="state", c=None), t("issue.what.more"), class_="zl-small")
    told = [*counted, more] if counted else [join(t("issue.statuses.none"))]
    parts: list[tuple[str, Piece]] = [
        ("issue.who", _units_by_kind(issue) or t("issue.units.none")),
        ("issue.where", goals or t("issue.where.none" if issue.where else "issue.transfers.none")),
        ("issue.what", [*told, asked.wondered(desk, issue)]),
    ]
    return el(
        "div",
        (el("section", el("h3", t(question)), el("div", answer)) for question, answer in parts),
        class_="zl-three",
    )


def _units_by_kind(issue: store.Issue) -> list[Markup]:
    """Return the accountable units, one line for each kind of responsibility and status."""
    lang = address.lang()
    lines: dict[tuple[str, str], list[str]] = {}
    for each in issue.who:
        units = lines.setdefault((store.worded(each.kind_label, lang), each.status), [])
        units += [name for body in each.bearers if (name := store.unit(body, lang)) not in units]
    return [
        el(
            "div",
            t("and").join(units),
            el("span", f"{t('open')}{kind}{t('close')}", class_="zl-quiet"),
            join(" ", frame.status(status)) if theme.wants_attention(status) else None,
        )
        for (kind, status), units in lines.items()
    ]


# -- who is responsible, by layer -----------------------------------------------------------------


def layers(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return the three layers of responsibility, one below the other; none implies the next."""
    return join(
        el("p", t("issue.layers.lead"), class_="zl-quiet zl-small"),
        (_layer(desk, issue, layer) for layer in _LAYERS),
    )


def _layer(desk: store.Desk, issue: store.Issue, layer: str) -> Markup:
    found = [each for each in issue.who if each.layer == layer]
    if layer == "L3":
        candidates = [each for each in issue.conclusions if _held(each)]
        found += [each for each in candidates if each not in found]
    return join(
        el(
            "h3",
            t(f"issue.layer.{layer}"),
            " ",
            el("span", t(f"issue.layer.{layer}.by"), class_="zl-quiet zl-small"),
        ),
        said.listing(desk, found)
        if found
        else el("p", t(f"issue.layer.{layer}.none"), class_="zl-quiet zl-small"),
    )


def _held(each: Conclusion) -> bool:
    """Tell whether somebody is a candidate for accountability by it."""
    return any(who["layer"] == "L3" for who in each.candidates)


# -- what is missing ------------------------------------------------------------------------------


def missing(desk: store.Desk, issue: store.Issue) -> Markup | None:
    """Return what the conclusions wait for: what it would decide, and the ways to try and to record it."""
    waiting: dict[str, list[Conclusion]] = {}
    for each in issue.conclusions:
        if each.missing:
            waiting.setdefault(each.missing, []).append(each)
    if not waiting:
        return None
    return join(
        el("h2", t("issue.missing"), id="missing"),
        el("p", t("issue.missing.lead"), class_="zl-quiet zl-small"),
        el("ul", (_missing(desk, issue, found) for found in waiting.values()), class_="zl-missing"),
    )


def _missing(desk: store.Desk, issue: store.Issue, found: list[Conclusion]) -> Markup:
    lang = address.lang()
    first = found[0]
    cited = {each.citation["id"]: proofs.citation(each.citation, quote=False) for each in found}
    shown = list(cited.values())
    between = [join(each, t("and")) for each in shown[:-1]] + shown[-1:]
    return el(
        "li",
        el(
            "div",
            el("b", store.worded(first.missing_label, lang)),
            el("span", reasons(found), class_="zl-quiet"),
        ),
        el("div", t("issue.missing.asked"), between, class_="zl-small zl-quiet"),
        el(
            "div",
            go(
                address.here(tab="ask", ask=None, norm=first.norm, status=None, unit=None, c=None),
                t("ask.not"),
            ),
            go(address.here(tab="ask", ask="if", c=None), t("ask.if")),
            frame.to_record(record_link(desk, issue, first), t("ask.record")),
            class_="zl-ways zl-small",
        ),
    )


def reasons(found: Iterable[Conclusion]) -> str:
    """Return why conclusions wait, each reason once."""
    lang = address.lang()
    words = dict.fromkeys(
        store.worded(each.reason_label if each.reason else each.status_label, lang) for each in found
    )
    return f"{t('open')}{t('and').join(words)}{t('close')}"


def record_link(desk: store.Desk, issue: store.Issue, each: Conclusion) -> str:
    """Return the address of the form that records what a conclusion waits for, filled in as far as known."""
    individual = desk.case(issue.row.id).rules.vocabulary.individuals.get(each.missing or "")
    classes = individual.classes if individual else ()
    kind = next((_FORMS[name] for name in classes if name in _FORMS), "event")
    return address.link("record", kind=kind, what=each.missing, about=each.subject)
