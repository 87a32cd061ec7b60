"""One body: names, sectors, what the text asks of it, its issues and conclusions, posts, and every source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Final

from app.explorer import address, frame, proofs, questions, responsibilities, store, tabular, units
from app.explorer.markup import Markup, el, go, join, outside, show
from app.explorer.words import day, t
from reasoner.engine import calendar
from reasoner.records.directory import Entity
from reasoner.records.record import Statement

_ISSUES: Final = 10
_TYPES: Final = ("obligation", "prohibition", "deadline", "approval requirement", "transfer", "competence")

desk = store.desk(address.as_of())
lang = address.lang()
known = responsibilities.directory(desk)
asked = address.param("id")
found = units.unit(desk, asked) if asked else None


def named(entity: str) -> Markup:
    """Return anything as a link to its page, or its name."""
    words = desk.name(entity)[lang]
    match known.family(entity):
        case "body":
            return go(address.link("unit", id=entity), words)
        case "territory" if known.is_district(entity):
            return go(address.link("district", id=entity), words)
        case "sector":
            return go(address.link("responsibility", sector=entity), words)
    return join(words)


def listed(entities: tuple[str, ...] | list[str]) -> Markup | None:
    """Return several of them, or nothing when there is none."""
    links = [named(each) for each in entities]
    return join(*(join(each, t("and")) for each in links[:-1]), *links[-1:]) if links else None


def between(since: date | None, until: date | None, prefix: str) -> str:
    """Return a stretch of time in words."""
    parts = [t(f"{prefix}.since", day=day(since))] if since else []
    parts += [t(f"{prefix}.until", day=day(until))] if until else []
    return t("and").join(parts)


def aliases(entity: Entity) -> list[Markup]:
    """Return the other names with the time they were in use, where it is recorded."""
    lines = []
    for each in entity.names:
        if each.kind != "alias":
            continue
        span = between(each.since, each.until, "unit.alias")
        lines.append(
            el(
                "div",
                each.text,
                el("span", f"{t('open')}{span}{t('close')}", class_="zl-quiet") if span else None,
            )
        )
    return lines


def facts(body: units.Unit) -> Markup:
    """Return what the record says of the body itself."""
    entity = body.entity
    full = next((each.text for each in entity.names if each.kind == "name"), None)
    place = known.district_of(entity.id)
    rows: list[tuple[str, Markup | str | list[Markup] | None]] = [
        ("unit.name", full if full != entity.label["zh"] else None),
        ("unit.alias", aliases(entity)),
        ("unit.classes", t("and").join(units.class_labels(entity, body.statements, lang))),
        ("unit.parent", listed(entity.own("partOf"))),
        ("unit.seat", listed(entity.own("locatedIn"))),
        ("unit.district", named(place) if place else None),
        ("unit.parts", listed(known.linked_to(entity.id, "partOf"))),
        ("unit.exists", between(*entity.exists, "unit.exists")),
        ("unit.successor", listed(entity.own("succeededBy"))),
        ("unit.predecessor", listed(known.linked_to(entity.id, "succeededBy"))),
        ("unit.certainty", t("and").join(entity.notes.get("certainty", ()))),
        ("unit.note", t("then").join(entity.notes.get("note", ()))),
    ]
    lines = [join(el("dt", t(label)), el("dd", value)) for label, value in rows if value]
    return el("dl", lines, class_="zl-facts")


def heading(body: units.Unit) -> None:
    """Write the top of the page."""
    entity = body.entity
    since, until = entity.exists
    remark = None
    if until is not None and until < address.as_of():
        remark = t("unit.gone", day=day(until))
    elif since is not None and address.as_of() < since:
        remark = t("unit.not_yet", day=day(since))
    back = go(address.link("responsibility", tab="bodies"), t("unit.bodies"))
    show(
        el(
            "div",
            el("p", back, " / ", entity.id, class_="zl-quiet zl-small"),
            el("h1", entity.label[lang]),
            el("p", remark, class_="zl-lead") if remark else None,
            facts(body),
            class_="zl",
        )
    )


def sectors(body: units.Unit) -> Markup:
    """Return the sectors that the body governs, each with its source."""
    if not body.sectors:
        return el("p", t("unit.sectors.none"), class_="zl-lead")
    lines = []
    for each in body.sectors:
        basis = (
            t("then").join(known.entities[each.sector].notes.get("basis", ()))
            if each.sector in known.entities
            else ""
        )
        source = proofs.source(asdict(each.statement.source))
        lines.append(el("li", el("b", named(each.sector)), el("span", " ", basis), el("div", source)))
    return el("ul", lines, class_="zl-relations")


def law(body: units.Unit) -> Markup:
    """Return the norms that address the body, by type."""
    if not body.norms:
        return el("p", t("unit.law.none"), class_="zl-lead")
    groups: dict[str, list[Markup]] = {}
    for each in sorted(
        body.norms, key=lambda one: _TYPES.index(one.norm.type) if one.norm.type in _TYPES else 99
    ):
        cited = store.regulation().cite(each.norm.place, lang)
        how = t(f"unit.how.{each.how}", word=each.word)
        line = el(
            "li",
            store.worded(each.norm.label, lang),
            " ",
            go(address.link("law", at=each.norm.place), cited),
            el("span", f" · {how}", class_="zl-quiet zl-small"),
        )
        groups.setdefault(units.type_label(each, lang), []).append(line)
    blocks = [
        el(
            "details",
            el("summary", f"{words}{t('open')}{len(lines)}{t('close')}"),
            el("ul", lines),
            open=number == 0,
        )
        for number, (words, lines) in enumerate(groups.items())
    ]
    return join(el("p", t("unit.law.about"), class_="zl-lead zl-small"), el("div", blocks, class_="zl-norms"))


def roles(body: units.Unit) -> Markup | None:
    """Return the roles in which the record has the body, and where."""
    lines = []
    for role, statements in body.roles.items():
        if role.property == "governs":
            continue
        ends = [each.subject if role.stands == "object" else str(each.object) for each in statements]
        places = [_matter(each) for each in dict.fromkeys(ends)]
        inside = join(*(join(each, t("and")) for each in places[:-1]), *places[-1:])
        lines.append(el("li", el("b", units.words().roles[role]), t("colon"), inside))
    return join(el("h3", t("unit.roles")), el("ul", lines)) if lines else None


def _matter(entity: str) -> Markup:
    words = desk.name(entity)[lang]
    return (
        go(address.link("inspection", id=entity), words)
        if questions.is_inspection(desk, entity)
        else join(words)
    )


def conclusions(body: units.Unit) -> Markup:
    """Return how many conclusions there are by status, each number a link to the issues."""
    numbers = units.statuses(body)
    if not numbers:
        return el("p", t("unit.conclusions.none"), class_="zl-lead")
    links = [
        el(
            "li",
            go(
                address.link("issues", unit=body.entity.id, status=status),
                frame.status(status),
                f" {number:,}",
            ),
        )
        for status, number in numbers.items()
    ]
    return join(
        el("p", t("unit.conclusions.about", day=day(address.as_of())), class_="zl-lead zl-small"),
        el("ul", links, class_="zl-legend"),
    )


def issues(body: units.Unit) -> Markup:
    """Return the first issues and the way to all of them."""
    every = units.issues(body)
    if not every:
        return el("p", t("unit.issues.none"), class_="zl-lead")
    lines = [
        el(
            "li",
            go(
                address.link("issue", id=issue),
                issue,
                " ",
                el("span", questions.issue_title(desk, issue), class_="zl-clip"),
            ),
            el("span", [join(frame.status(each), " ") for each in statuses[:2]], class_="zl-small"),
        )
        for issue, statuses in every[:_ISSUES]
    ]
    more = go(address.link("issues", unit=body.entity.id), t("unit.issues.more", n=len(every)))
    return join(el("ul", lines, class_="zl-relations zl-short"), el("p", more))


def posts(body: units.Unit) -> Markup | None:
    """Return the posts of the body on the as-of date."""
    if not body.posts:
        return None
    lines = [
        el(
            "li",
            store.worded(each.name, lang),
            el(
                "span",
                f" · {t('unit.posts.charge')}{t('colon')}",
                t("and").join(store.worded(one, lang) for one in each.in_charge_of),
            )
            if each.in_charge_of
            else None,
        )
        for each in body.posts
    ]
    return join(el("h2", t("unit.posts")), el("ul", lines))


def value(each: Statement) -> Markup | str:
    """Return the value of a statement as people read it."""
    match each.kind:
        case "entity":
            return named(str(each.object))
        case "date":
            return day(calendar.to_date(int(each.object or 0)))
        case "class":
            return "✓"
    text = str(each.object)
    return outside(text) if text.startswith("http") else text


def sources(body: units.Unit) -> Markup:
    """Return every statement about the body with its source."""
    if not body.statements:
        return el("p", t("unit.sources.ontology"), class_="zl-lead")
    lines = [
        (units.label(each.predicate, lang), value(each), proofs.source(asdict(each.source)))
        for each in body.statements
    ]
    heads = [t(f"unit.column.{name}") for name in ("statement", "value", "source")]
    return el(
        "details",
        el("summary", t("unit.sources")),
        tabular.table(heads, lines, class_="zl-rows"),
    )


def further(body: units.Unit) -> Markup:
    """Return questions that can be asked about the body next."""
    catalogue = questions.catalogue().questions
    names = ("norms-addressing", "lapsed-without-record", "most-missing")
    links = [
        el("li", go(address.link("questions", q=each, unit=body.entity.id), catalogue[each].title[lang]))
        for each in names
    ]
    return el("ul", links)


if found is None:
    words = t("unit.unknown", id=asked) if asked else t("unit.choose")
    frame.title(t("unit.choose"))
    frame.empty(words, go(address.link("responsibility", tab="bodies"), t("unit.choose.next")))
else:
    frame.title(found.entity.label[lang])
    heading(found)
    show(
        el(
            "div",
            el("h2", t("unit.conclusions")),
            conclusions(found),
            el("h2", t("unit.issues")),
            issues(found),
            el("h2", t("unit.duties")),
            el("p", go(address.link("duties", unit=found.entity.id), t("unit.duties.open"))),
            el("h2", t("unit.sectors")),
            sectors(found),
            el("h2", t("unit.law")),
            law(found),
            roles(found),
            posts(found),
            el("h2", t("unit.questions")),
            further(found),
            sources(found),
            class_="zl zl-unit",
        )
    )
