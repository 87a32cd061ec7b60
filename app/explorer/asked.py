"""Why not: what is missing for a conclusion that an issue does not have, and which words ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import streamlit as st

from app.explorer import address, forms, frame, permalink, proofs, store, theme
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
from reasoner.asking import assumptions, missing, whynot
from reasoner.asking.slices import slices
from reasoner.asking.statement import Statement
from reasoner.pipeline import Ontology, World

#: Nobody asks why nothing can be said; that is what the answer itself says.
_NOT_ASKED: Final = ("insufficient", "noConclusion", "notArisen")
_ALL: Final = "-"
#: What a reader who does not see it wonders about.
_WONDERED: Final = ("overdue", "deviation", "pending", "performed")
_SETS_SHOWN: Final = 2  # the others, often the same with another decider, are folded


def ways() -> Markup:
    """Return the links between the two questions."""
    asks = address.param("ask") == "if"
    links = [
        go(
            address.here(ask=None if name == "not" else name),
            t(f"ask.{name}"),
            aria_current="true" if now else None,
        )
        for name, now in (("not", not asks), ("if", asks))
    ]
    return el("nav", links, class_="zl zl-choice")


def page(desk: store.Desk, issue: store.Issue) -> None:
    """Write the question and its answer; both stand in the address."""
    show(ways())
    show(el("p", t("ask.not.lead"), class_="zl zl-lead"))
    world = desk.case(issue.row.id)
    norm, status = _norm(world, issue), address.param("status")
    if norm is None:
        norms = _speaking(world.rules, issue, status) if status else ()
        if not norms or status is None:
            return
        show(_together(world, norms, status))
    else:
        norms, possible = (norm,), statuses(world.rules, norm)
        show(_statuses(world, issue, norm, possible, status))
        if status is None or status not in possible:
            return
    unit = address.param("unit")
    with st.spinner(t("ask.searching")), desk.lock:
        told, sets = answer(world, issue.row.id, norms, status, unit)
    show(el("div", _answer(desk, issue, told, sets), permalink.line(), class_="zl zl-asked"))


# -- the question ---------------------------------------------------------------------------------


def wondered(desk: store.Desk, issue: store.Issue) -> Markup | None:
    """Return the ways to why a status is absent that a provision about the issue could have."""
    now = {each.status for each in issue.conclusions}
    links = [
        go(
            address.here(tab="ask", ask=None, norm=None, unit=None, c=None, status=each),
            t("ask.why_no", status=store.status_label(each, address.lang())),
        )
        for each in _WONDERED
        if each not in now and _speaking(desk.survey.rules, issue, each)
    ]
    return el("div", links, class_="zl-ways zl-small") if links else None


def _speaking(rules: Ontology, issue: store.Issue, status: str) -> tuple[str, ...]:
    """Return the norms with a conclusion about the issue that could give it a status, in their order."""
    own = {each.norm for each in issue.conclusions}
    return tuple(norm for norm in rules.book.norms if norm in own and status in statuses(rules, norm))


def _together(world: World, norms: Sequence[str], status: str) -> Markup:
    """Return what is asked of several norms at once, each a link to asking it alone."""
    links = [el("li", go(address.here(norm=each, c=None), _called(world, each, near=True))) for each in norms]
    label = store.status_label(status, address.lang())
    return el("div", el("h3", t("ask.together", status=label)), el("ul", links), class_="zl")


def _norm(world: World, issue: store.Issue) -> str | None:
    """Write the choice of a norm, those that concern the issue first, and return the chosen one."""
    book = world.rules.book
    near = list(dict.fromkeys(each.norm for each in sorted(issue.conclusions, key=_place(world))))
    options = [*near, *(each for each in book.norms if each not in near and statuses(world.rules, each))]
    asked = address.param("norm")
    chosen = asked if asked in options else None
    st.session_state["why-not-norm"] = chosen

    def remember() -> None:
        value = st.session_state["why-not-norm"]
        for name in ("status", "unit", "norm"):
            st.query_params.pop(name, None)
        if value:
            st.query_params["norm"] = value

    st.selectbox(
        t("ask.norm"),
        options,
        key="why-not-norm",
        format_func=lambda each: _called(world, each, each in near),
        placeholder=t("ask.norm.hint"),
        on_change=remember,
    )
    return chosen


def _place(world: World) -> Any:
    order = {norm: number for number, norm in enumerate(world.rules.book.norms)}
    return lambda each: order.get(each.norm, len(order))


def _called(world: World, norm: str, near: bool) -> str:
    record = world.rules.book.norms[norm]
    lang = address.lang()
    place = world.rules.book.regulation.cite(record.place, lang)
    mark = "" if near else f" · {t('ask.norm.other')}"
    return f"{place} {store.worded(record.label, lang)}{mark}"


@lru_cache(maxsize=1000)
def statuses(rules: Ontology, norm: str) -> tuple[str, ...]:
    """Return the statuses that records could give a norm, in the order of the legend."""
    kept = slices(rules)
    constant = rules.book.norms[norm].constant
    named = {name for name, p in rules.vocabulary.predicates.items() if p.is_status and p.roles}
    found = (name for name in theme.STATUSES if name in named and name not in _NOT_ASKED)
    return tuple(name for name in found if kept.possible(name, constant))


def _statuses(
    world: World, issue: store.Issue, norm: str, possible: Sequence[str], chosen: str | None
) -> Markup:
    """Return the choice of a status, and of a unit where the norm speaks of several."""
    own = [each for each in issue.conclusions if each.norm == norm]
    now = dict.fromkeys(each.status for each in own)
    links = [
        el(
            "li",
            go(
                address.here(status=each, c=None),
                frame.status(each),
                aria_current="true" if each == chosen else None,
            ),
            el("span", t("ask.now"), class_="zl-quiet zl-small") if each in now else None,
        )
        for each in possible
    ]
    bearers = {str(each.atom[1][2]): each.bearers for each in own if each.bearers}
    return el(
        "div",
        el("h3", t("ask.status")),
        el("ul", links, class_="zl-options"),
        _units(bearers) if len(bearers) > 1 and chosen else None,
        class_="zl",
    )


def _units(bearers: Mapping[str, Iterable[Mapping[str, Any]]]) -> Markup:
    chosen = address.param("unit") or _ALL
    lang = address.lang()
    named = {key: t("and").join(store.unit(body, lang) for body in bodies) for key, bodies in bearers.items()}
    links = [
        el(
            "li",
            go(
                address.here(unit=None if key == _ALL else key),
                words,
                aria_current="true" if key == chosen else None,
            ),
        )
        for key, words in ({_ALL: t("ask.unit.any")} | named).items()
    ]
    return join(el("h3", t("ask.unit")), el("ul", links, class_="zl-options"))


# -- the answer -----------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def answer(
    world: World, issue: str, norms: tuple[str, ...], status: str, unit: str | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the answer as ``zelian-why-not/1``, and each of its sets as a text of assumptions."""
    wanted: dict[str, str | int] = {"issue": issue}
    if unit:
        wanted["bearer"] = unit
    asked = Statement("", (status,), norms, wanted)
    goals = asked.goals(world)
    found = whynot.answer(world, goals)
    return missing.described(world, issue, asked, goals, found), tuple(map(assumptions.written, found.sets))


def _answer(
    desk: store.Desk, issue: store.Issue, told: Mapping[str, Any], sets: Sequence[str]
) -> list[Markup]:
    lang = address.lang()
    if told["follows"]:
        lines = [
            el(
                "li",
                frame.status(each["status"], store.worded(each["status_label"], lang)),
                " ",
                go(_opened(issue, each["id"]), store.worded(each["sentence"], lang)),
            )
            for each in told["follows"]
        ]
        return [el("h3", t("ask.follows")), el("ul", lines, class_="zl-relations")]
    if told["never"]:
        lines = [
            el("li", store.worded(each["sentence"], lang), _cited(each.get("citation")))
            for each in told["never"]
        ]
        return [
            el("h3", t("ask.never")),
            el("p", t("ask.never.lead")),
            el("ul", lines, class_="zl-relations"),
        ]
    if not told["sets"]:
        ends = [
            el("li", store.worded(each["sentence"], lang), _asked_by(each["asked_by"]))
            for each in told["ends"]
        ]
        return [el("h3", _nothing(told)), el("ul", ends, class_="zl-relations")]
    several = len(told["sets"]) > 1
    pairs = list(enumerate(zip(told["sets"], sets, strict=True), 1))
    shown = [_set(each, text, number if several else None) for number, (each, text) in pairs]
    rest = shown[_SETS_SHOWN:]
    return [
        el("h3", _head(told)),
        *shown[:_SETS_SHOWN],
        el("details", el("summary", t("ask.more", n=len(rest))), rest, class_="zl-fold") if rest else join(),
    ]


def _opened(issue: store.Issue, conclusion: str) -> str:
    tab = "state" if conclusion in {each.id for each in issue.what} else None
    return address.here(tab=tab, c=conclusion)


def _nothing(told: Mapping[str, Any]) -> str:
    if told["more_than"] is not None:
        return t("ask.too_many", n=told["more_than"])
    return t("ask.not_found") if not told["complete"] else t("ask.against")


def _head(told: Mapping[str, Any]) -> str:
    if told["more_than"] is not None:
        return t("ask.at_least", n=told["more_than"])
    if not told["complete"]:
        return t("ask.enough")
    return t("ask.one_of" if len(told["sets"]) > 1 else "ask.least")


def _set(each: Mapping[str, Any], text: str, number: int | None) -> Markup:
    """Return one set: what is missing and who asks for it, what stands in the way, what to do with it."""
    lang = address.lang()
    lacking = [
        el(
            "li",
            el("span", t("ask.lacking"), class_="zl-kind"),
            store.worded(thing["sentence"], lang),
            _asked_by(thing["asked_by"]),
        )
        for thing in each["missing"]
    ]
    blocking = [
        el(
            "li",
            el("span", t("ask.in_the_way"), class_="zl-kind"),
            store.worded(obstacle["sentence"], lang),
            [
                el("div", t("ask.by"), store.worded(leaf, lang), class_="zl-note")
                for leaf in obstacle["rests_on"]
            ],
            _asked_by(obstacle["asked_by"]),
        )
        for obstacle in each["in_the_way"]
    ]
    undone = list(dict.fromkeys(store.worded(u["sentence"], lang) for u in each["undoes"]))
    held = el("p", t("ask.holds_now"), t("colon"), undone[0], class_="zl-note") if undone else None
    suppose = address.here(ask="if", on=text, off=None, c=None)
    records = [frame.to_record(_form(thing), t("ask.record")) for thing in each["missing"][:1]]
    return el(
        "div",
        el("h4", t("ask.set", n=number)) if number else None,
        el("ul", lacking, blocking),
        held,
        el("p", go(suppose, t("ask.suppose")), records, class_="zl-ways") if text else None,
        class_="zl-set",
    )


def _form(thing: Mapping[str, Any]) -> str:
    """Return the address of the form that records a missing thing, with what is known of it filled in."""
    facts = [(str(fact["predicate"]), fact["arguments"]) for fact in thing["facts"]]
    kinds = [name for name, row in facts if len(row) == 1]
    known = {name: str(row[1]) for name, row in facts if len(row) == 2 and row[1] is not None}
    return address.link("record", kind=kinds[0] if kinds else forms.CORRECTION, **known)


def _asked_by(asked: Iterable[Mapping[str, Any]]) -> list[Markup]:
    """Return the norms that ask for something, with their words, then the definitions."""
    lang = address.lang()
    norms = [
        el(
            "div",
            el("span", t("ask.asked_by"), class_="zl-quiet zl-small"),
            " ",
            store.worded(each["label"], lang),
            " ",
            proofs.citation(each["citation"]),
        )
        for each in asked
        if each.get("citation")
    ]
    defined = [store.worded(each["label"], lang) for each in asked if not each.get("citation")]
    if defined:
        norms.append(el("div", t("ask.by_definition"), t("colon"), t("and").join(defined), class_="zl-note"))
    return norms


def _cited(cited: Mapping[str, Any] | None) -> Markup | None:
    return el("div", proofs.citation(cited)) if cited else None
