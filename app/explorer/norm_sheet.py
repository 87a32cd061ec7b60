"""One norm laid open: its elements, its rules as sentences, its cases, the words each rule rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.explorer import address, frame, norm_frame, reader, store, tabular
from app.explorer.markup import Markup, Piece, el, go, join
from app.explorer.words import day, t
from reasoner.casebook.case_index import Demand, Mention
from reasoner.rulebook.norms import Record
from reasoner.rulebook.rule_sentences import Said, Way

_CASES_SHOWN: Final = 40
_ASKED: Final = ("KindOfFinding", "KindOfParameter", "MissingFact", "RecordClass")


def _listed(rows: Iterator[tuple[str, Piece]]) -> Markup:
    return el(
        "dl",
        ((el("dt", t(f"law.frame.{name}")), el("dd", words)) for name, words in rows),
        class_="zl-facts",
    )


def _needs(norm: Record) -> Iterator[tuple[str, Piece]]:
    """Yield what must be on record before anything follows: findings, parameters, facts, records."""
    asked = reader.asked_of_record(norm, address.lang())
    for name in _ASKED:
        if names := asked.get(name):
            yield name, t("and").join(names)
    if not norm.rules and (carried := reader.carried_by(norm, address.lang())):
        yield "terms", t("and").join(carried)


def _exceptions(norm: Record) -> Markup | None:
    """Return for what reasons the norm does not reach a matter, and what people must judge."""
    found = reader.exceptions(norm, address.lang())
    rows = [(how, t("then").join(reasons)) for how, reasons in found.items()]
    return join(el("h3", t("law.exceptions")), _listed(iter(rows))) if rows else None


def _paragraph(label: str, words: str) -> Markup | None:
    return el("p", el("b", t(label), t("colon")), words) if words else None


def _readings(norm: Record) -> Iterator[Markup | None]:
    """Yield how the norm is read here, and the points at which the text bears another reading."""
    lang = address.lang()
    yield _paragraph("law.reading", store.worded(norm.reading, lang))
    yield _paragraph("law.no_rule", store.worded(norm.reason, lang))
    for point in store.points(norm):
        ways = (("law.reading.taken", point.cautious), ("law.reading.other", point.other))
        yield el(
            "div",
            el("p", el("b", t("law.point"), t("colon")), store.worded(point.label, lang)),
            el(
                "div",
                (el("div", el("h3", t(label)), el("p", store.worded(way, lang))) for label, way in ways),
                class_="zl-readings",
            ),
        )


def _counted(desk: store.Desk, norm: Record) -> Markup | None:
    """Return how many conclusions rest on the norm, by status, each a link to the issues."""
    counted = store.count_by_norm(desk, norm.id)
    if not counted:
        return el("p", t("law.counts.none"), class_="zl-quiet") if norm.rules else None
    links = [
        el("li", go(address.link("issues", norm=norm.id, status=status), frame.status(status), f" {n:,}"))
        for status, n in counted.items()
    ]
    return el("div", el("h3", t("law.counts")), el("ul", links, class_="zl-counted"))


def _opened(desk: store.Desk, norm: Record) -> Markup:
    needs = list(_needs(norm))
    return el(
        "div",
        el("div", _listed(norm_frame.elements(norm)), _needed(needs), _exceptions(norm)),
        el("div", list(_readings(norm)), _counted(desk, norm)),
        class_="zl-sheet-two",
    )


def _needed(needs: list[tuple[str, Piece]]) -> Markup | None:
    return join(el("h3", t("law.needs")), _listed(iter(needs))) if needs else None


# -- rules ----------------------------------------------------------------------------------------


def _rules(norm: Record) -> Markup:
    """Return what the rules say, what follows first, then the conditions."""
    said = reader.said(norm.id)
    own = [each for each in said if each.about_norm]
    parts = [each for each in said if not each.about_norm]
    below = (
        el("details", el("summary", t("law.rules.parts", n=len(parts))), el("ul", map(_said, parts)))
        if parts
        else None
    )
    return el(
        "div",
        el("p", t("law.rules.note"), class_="zl-quiet zl-small"),
        el("ul", map(_said, own)),
        below,
        class_="zl-rules",
    )


def _said(said: Said) -> Markup:
    lang = address.lang()
    named = [
        f"{letter} {reader.letter(name, lang) or t('law.letter.date')}"
        for letter, name in said.letters.items()
    ]
    letters = t("law.letters", which=t("and").join(named)) if named else ""
    several = len(said.ways) > 1
    ways = [
        _way(way, t("law.rules.or" if i else "law.rules.either") if several else t("law.rules.when"))
        for i, way in enumerate(said.ways)
    ]
    return el(
        "li",
        el("b", store.worded(said.conclusion, lang)),
        el("span", " ", letters, class_="zl-quiet zl-small") if letters else None,
        ways,
        el(
            "details",
            el("summary", t("law.rules.text"), class_="zl-quiet zl-small"),
            el("pre", "\n".join(str(way.rule) for way in said.ways)),
        ),
    )


def _way(way: Way, opening: str) -> Markup:
    lang = address.lang()
    told = [store.worded(each, lang) for each in way.when]
    absent = [t("law.rules.unless", what=store.worded(each, lang)) for each in way.unless]
    if not told and not absent:
        return el("p", t("law.rules.always"), class_="zl-quiet")
    return el("p", el("span", opening, class_="zl-kind"), t("then").join([*told, *absent]))


# -- cases and words ------------------------------------------------------------------------------


def _cases(norm: Record) -> Markup:
    """Return the cases that speak of the norm: those that expect something of it, those that refuse it."""
    every = reader.cases(norm.id)
    if not every:
        return el("p", t("law.cases.none"))
    expecting = [each for each in every if each.expects]
    refusing = [each for each in every if each.refuses and not each.expects]
    others = [each for each in every if not each.refuses and not each.expects]
    groups = (("expects", expecting), ("refuses", refusing), ("about", others))
    return el(
        "div",
        el("p", t("law.cases.note"), class_="zl-quiet zl-small"),
        (_group(name, cases, opened=name == "expects") for name, cases in groups if cases),
        class_="zl-cases",
    )


def _group(name: str, cases: list[Mention], *, opened: bool) -> Markup:
    rest = len(cases) - _CASES_SHOWN
    folded = (
        el("details", el("summary", t("law.cases.more", n=rest)), el("ul", map(_case, cases[_CASES_SHOWN:])))
        if rest > 0
        else None
    )
    heading = el("summary", t(f"law.cases.{name}", n=len(cases)))
    return el("details", heading, el("ul", map(_case, cases[:_CASES_SHOWN])), folded, open=opened)


def _case(case: Mention) -> Markup:
    told = [
        el("span", t(label), " ", _demand(demand))
        for label, demands in (("law.cases.demand", case.expects), ("law.cases.denial", case.refuses))
        for demand in dict.fromkeys(demands)
        if demand.says
    ]
    below = join(day(case.as_of), *(join(" · ", each) for each in told))
    return el(
        "li",
        el("span", case.name, lang="zh-CN", title=case.file),
        el("div", below, class_="zl-quiet zl-small"),
    )


def _demand(demand: Demand) -> Markup:
    """Return what a case expects or refuses: of whom, and what."""
    says = t("and").join(reader.term(each, address.lang()) for each in demand.says)
    about = "、".join(demand.about)
    return join(el("span", about, t("colon"), lang="zh-CN") if about else None, says)


def _words(norm: Record) -> Markup:
    """Return, for each term of the norm's rules, the words of the text that it stands for."""
    lang = address.lang()
    lines = []
    for ground in reader.grounds(norm):
        places = [
            el("div", _cited(span.at), " ", el("q", span.text, lang="zh-CN", class_="zl-words-quoted"))
            for span in ground.spans
        ]
        of = t("and").join(reader.definition_label(each, lang) for each in ground.of if each != norm.id)
        source = t(f"law.ground.kind.{ground.kind or 'none'}")
        lines.append(
            (
                reader.predicate_sentence(ground.atom.predicate, lang),
                (source, el("div", of, class_="zl-quiet zl-small") if of else None),
                places or t("law.ground.outside"),
            )
        )
    heads = [t(f"law.ground.{name}") for name in ("term", "from", "words")]
    note = el("p", t("law.ground.note"), class_="zl-quiet zl-small")
    return join(note, tabular.table(heads, lines, class_="zl-rows zl-grounds"))


def _cited(at: str) -> Markup:
    return go(address.link("law", at=at), store.regulation().cite(at, address.lang()))


# -- the sheet ------------------------------------------------------------------------------------


def sheet(desk: store.Desk, norm: Record, shown: str | None) -> Markup:
    """Return the sheet of a norm; ``shown`` (rules, cases, words) opens another side of it."""
    lang = address.lang()
    tabs = {"frame": t("law.tab.frame")}
    if norm.rules:
        tabs["rules"] = t("law.tab.rules", n=len(norm.rules))
    tabs["cases"] = t("law.tab.cases")
    if norm.rules:
        tabs["words"] = t("law.tab.words")
    chosen = shown if shown in tabs else "frame"
    if chosen == "rules":
        inner = _rules(norm)
    elif chosen == "cases":
        inner = _cases(norm)
    elif chosen == "words":
        inner = _words(norm)
    else:
        inner = _opened(desk, norm)
    close = go(address.link("law", at=norm.place), t("law.close"), class_="zl-why")
    return el(
        "section",
        el(
            "div",
            el("h2", store.worded(norm.label, lang)),
            close,
            class_="zl-sheet-head",
        ),
        el(
            "p",
            join(t(f"law.binding.{norm.binding}"), " · ", _cited(norm.place), " · ", norm.id),
            class_="zl-quiet zl-small",
        ),
        frame.tabs("show", tabs, chosen, at=norm.place),
        inner,
        class_="zl-sheet",
        data_here=f"norm:{norm.id}",
        aria_label=store.worded(norm.label, lang),
    )
