"""Who is responsible for a sector in a district at a date, with basis and proof; and the list of bodies."""

from __future__ import annotations

from collections.abc import Iterable

from app.explorer import (
    address,
    body_list,
    frame,
    proofs,
    responsibilities,
    responsibility_fields,
    store,
)
from app.explorer.allocations import bearers, line, listed
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.answers.responsibility import Answer, Asked, Governing, SectorAnswer
from reasoner.engine.conclusions import Conclusion

desk = store.desk(address.as_of())
lang = address.lang()
known = responsibilities.directory(desk)


def name(entity: str) -> str:
    """Return the name of a body, district or sector."""
    return responsibilities.name(desk, entity, lang)


def unit(body: str) -> Markup:
    """Return a body as a link to its page."""
    return go(address.link("unit", id=body), name(body))


# -- the answer ----------------------------------------------------------------------------------


def territory(found: Answer, question: Asked) -> Markup:
    """Return what the Party committee and the government of the district bear."""
    if question.place is None:
        return el("p", t("responsibility.territory.none"), class_="zl-lead")
    place = known.entities[question.place]
    since, until = place.exists
    if since is not None and question.day < since:
        before = known.linked_to(place.id, "succeededBy")
        links = [go(address.here(place=each, c=None), name(each)) for each in before]
        return el(
            "p",
            t("responsibility.territory.not_yet", place=name(place.id), day=day(since)),
            join(t("responsibility.territory.before"), listed(links)) if links else None,
        )
    lines = [line(found, each, about=bearers(each)) for each in found.territorial]
    lines += [line(found, each, about=store.worded(each.norm_label, lang)) for each in found.refused]
    reading = next((store.worded(each.reading, lang) for each in found.territorial), "")
    gone = None
    if until is not None and until < question.day:
        gone = join(
            el("p", t("responsibility.gone", place=name(place.id), day=day(until)), class_="zl-note"),
            el("h3", t("responsibility.successors")),
            [line(found, each, about=bearers(each)) for each in found.successors],
        )
    return join(lines, el("p", reading, class_="zl-note") if reading else None, gone)


def governing(found: Answer, each: Governing, sector: SectorAnswer, question: Asked) -> Markup:
    """Return one department with what the rules conclude of it, and what the division of work rests on."""
    names = responsibilities.names_then(known.entities[each.organ], question.day)
    lines = [line(found, one, about=bearers(one)) for one in each.conclusions] or [
        el("div", el("span"), el("div", el("b", unit(each.organ))), class_="zl-said")
    ]
    then = "、".join(one.text for one in names)
    return join(
        lines,
        el("p", t("responsibility.then", names=then), class_="zl-note") if then else None,
    )


def facts_of(sector: SectorAnswer) -> Markup:
    """Return what a division of work rests on: a statement on record, or the reason why there is none."""
    given = sector.published
    rows: list[tuple[str, Markup | str]] = []
    if given is not None:
        undetermined = not sector.governing
        rows += [("responsibility.undetermined.why", given.left_out)] if undetermined else []
        rows += [("responsibility.undetermined.published", given.department)] if undetermined else []
        rows += [
            ("responsibility.role", given.role),
            ("responsibility.basis", given.basis),
            ("responsibility.certainty", given.certainty),
            ("responsibility.note", given.note),
        ]
    statement = next((each.statement for each in sector.governing if each.statement), None)
    if statement is not None:
        source = {name: getattr(statement.source, name) for name in ("file", "sheet", "row", "by", "url")}
        rows.append(("responsibility.source", proofs.source(source)))
    elif given is not None:
        rows.append(
            (
                "responsibility.source",
                proofs.source({"file": given.file, "row": given.row, "url": given.source}),
            )
        )
    shown = [(label, value) for label, value in rows if value]
    return el("dl", (join(el("dt", t(label)), el("dd", value)) for label, value in shown), class_="zl-facts")


def departments(found: Answer, question: Asked) -> Markup:
    """Return the departments of every sector asked about."""
    if not question.sectors:
        return el("p", t("responsibility.departments.choose"), class_="zl-lead")
    parts = []
    for sector in found.sectors:
        body: Iterable[Markup] = [governing(found, each, sector, question) for each in sector.governing]
        if not sector.governing:
            none = "undetermined" if sector.published else "undetermined.unknown"
            body = [el("p", el("b", "◇ ", aria_hidden="true"), el("b", t(f"responsibility.{none}")))]
        parts.append(el("section", el("h3", name(sector.sector)), body, facts_of(sector), class_="zl-sector"))
    role = any(
        one.kind == "leadOrGuidanceUndetermined"
        for sector in found.sectors
        for each in sector.governing
        for one in each.conclusions
    )
    return join(parts, el("p", t("responsibility.departments.role"), class_="zl-note") if role else None)


def of_the_district(question: Asked) -> Markup | None:
    """Return the departments of the district as far as the record knows them."""
    if question.place is None:
        return None
    parts = known.departments(question.place)
    words = "known" if parts else "none"
    return join(
        el("h2", t("responsibility.district_departments")),
        el(
            "p",
            t(f"responsibility.district_departments.{words}", place=name(question.place)),
            class_="zl-lead",
        ),
        el("ul", (el("li", unit(each)) for each in parts)) if parts else None,
    )


def further(found: Answer, question: Asked) -> Markup | None:
    """Return what else follows for the district: duties of a target, and what only a finding can tell."""
    if question.place is None or not found.territorial:
        return None
    untold = [each for each in found.further if each.missing and not question.target]
    duties = [each for each in found.further if each not in untold]
    suppose = None
    if not question.target and question.level == "municipal":
        link = go(address.here(target="1", c=None), t("responsibility.if_target.show"))
        suppose = el("p", t("responsibility.if_target"), " ", link, class_="zl-note")
    parts = {"responsibility.open": untold, "responsibility.further": duties}
    return join(
        *(
            join(el("h2", t(title)), [line(found, each, about=_norm(each), chip=False) for each in lines])
            for title, lines in parts.items()
            if lines
        ),
        suppose,
    )


def _norm(each: Conclusion) -> Markup:
    return el("b", store.worded(each.norm_label, lang))


def on_record(question: Asked) -> Markup | None:
    """Return how many issues of the kind are on record, as a link to them."""
    if question.place is None:
        return None
    number = responsibilities.issues_like(desk, question)
    link = address.link("issues", place=question.place, sector=",".join(question.sectors) or None)
    return join(
        el("h2", t("responsibility.issues")),
        el(
            "p",
            go(link, t("responsibility.issues.count", n=number))
            if number
            else t("responsibility.issues.none"),
        ),
    )


def supposed(question: Asked) -> Markup:
    """Return what is supposed, and how to suppose otherwise."""
    sectors = t("and").join(map(name, question.sectors))
    words = t(
        "responsibility.supposed.about",
        day=day(question.day),
        level=t(f"responsibility.supposed.{question.level}"),
        place=name(question.place) if question.place else t("unknown"),
        sector=t("responsibility.supposed.sector", sectors=sectors) if sectors else "",
    )
    levels = {each: t(f"responsibility.level.{each}") for each in ("municipal", "central")}
    targets = {each: t(f"responsibility.target.{each}") for each in ("no", "yes")}
    now = "yes" if question.target else "no"
    choices = [
        go(
            address.here(target="1" if each == "yes" else None, c=None),
            label,
            aria_current="true" if each == now else None,
        )
        for each, label in targets.items()
    ]
    return join(
        frame.tabs("level", levels, question.level, c=None),
        el("p", el("span", t("responsibility.supposed"), class_="zl-kind"), words, class_="zl-note"),
        el("p", [join(each, " ") for each in choices], class_="zl-choices zl-small")
        if question.place
        else None,
    )


def examples() -> Markup | None:
    """Return questions to begin with: what the record has most issues of."""
    links = [
        go(address.here(place=place, sector=sector), name(place), " · ", name(sector))
        for place, sector in responsibilities.frequent(desk)
    ]
    return join(el("h2", t("responsibility.examples")), el("p", links, class_="zl-ways")) if links else None


def who() -> None:
    """Write the answer to who is responsible."""
    show(el("div", el("p", t("responsibility.lead"), class_="zl-lead"), class_="zl"))
    responsibility_fields.write(desk, asked)
    if asked.place is None and not asked.sectors:
        show(el("div", examples(), class_="zl"))
        return
    found = responsibilities.answer(desk, asked)
    show(
        el(
            "div",
            supposed(asked),
            el("h2", t("responsibility.territory")),
            territory(found, asked),
            el("h2", t("responsibility.departments")),
            departments(found, asked),
            of_the_district(asked),
            further(found, asked),
            on_record(asked),
            class_="zl",
        )
    )


asked = responsibilities.asked(desk)
tab = "bodies" if address.param("tab") == "bodies" else "who"
topic = t("and").join(map(name, [*([asked.place] if asked.place else []), *asked.sectors]))
title = t("responsibility.title.of", what=topic) if topic and tab == "who" else t("responsibility.title")
frame.title(title)
show(
    el(
        "div",
        el("h1", title),
        frame.tabs("tab", {each: t(f"responsibility.tab.{each}") for each in ("who", "bodies")}, tab),
        class_="zl",
    )
)
if tab == "who":
    who()
else:
    body_list.write(desk)
