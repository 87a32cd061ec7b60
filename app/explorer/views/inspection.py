"""One inspection: its facts, its procedure step by step, its issues, what is said of it; or all of them."""

from __future__ import annotations

from typing import Final

from app.explorer import (
    address,
    frame,
    inspections,
    later,
    leadership,
    panels,
    proofs,
    said,
    steps,
    store,
    tabular,
)
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.records.record import Statement

_TABS: Final = ("steps", "issues", "said")

desk = store.desk(address.as_of())
lang = address.lang()
rows = inspections.rows(desk)
asked = address.param("id")
row = rows.get(asked) if asked else None
kept = leadership.standing(desk)
figures = {line.id: line for line in kept.of(None).inspections}


# -- all inspections ------------------------------------------------------------------------------


def span(one: inspections.Row) -> str:
    """Return the days of entry in words."""
    days = [t("and").join(map(day, one.dates[name])) for name in ("beganOn", "endedOn")]
    return " – ".join(each or t("unknown") for each in days) if any(days) else t("unknown")


def stage(one: inspections.Row) -> Markup:
    """Return the step that each procedure of the inspection has reached, and what may come next."""
    found = steps.readings(desk, one.id)
    if not found:
        words = (
            "inspection.procedure.later" if one.id in later.begun(desk) else "inspection.procedure.none.short"
        )
        return el("span", t(words), class_="zl-quiet")
    return join(el("div", steps.reached(each)) for each in found if each.reached) or el(
        "span", t("inspection.stage.none"), class_="zl-quiet"
    )


def one_line(one: inspections.Row) -> tabular.Line:
    """Return one inspection of the list."""
    wanted = inspections.attention(one.statuses)
    fed_back = t("and").join(map(day, one.dates["fedBackOn"]))
    kinds = t("and").join(store.worded(kind, lang) for kind in one.kinds)
    counted = figures.get(one.id)

    def number(of: int, figure: str = "") -> Markup | str:
        return go(panels.issues_link(kept, None, figure, inspection=one.id), f"{of:,}") if of else "0"

    return tabular.line(
        (
            go(address.link("inspection", id=one.id), store.worded(one.name, lang)),
            el("div", kinds, class_="zl-quiet zl-small"),
        ),
        tabular.cell(span(one), class_="zl-small"),
        tabular.cell(fed_back or t("unknown"), class_="zl-small"),
        tabular.cell(stage(one), class_="zl-small"),
        number(one.issues),
        number(counted.open if counted else 0, "open"),
        number(counted.late if counted else 0, "late"),
        number(counted.silent if counted else 0, "silent"),
        tabular.cell([el("div", frame.status(status)) for status in wanted[:3]], class_="zl-small"),
    )


def listed() -> None:
    """Write the list of inspections."""
    names = ("name", "dates", "back", "stage")
    heads = [tabular.Head(t(f"inspection.column.{name}")) for name in names]
    heads += [tabular.numbers(t(f"column.{name}")) for name in ("issues", "open", "late", "silent")]
    heads += [tabular.Head(t("inspection.column.attention"))]
    show(
        el(
            "div",
            el("h1", t("inspection.list")),
            el("p", t("inspection.list.lead"), class_="zl-lead"),
            tabular.table(heads, map(one_line, rows.values()), class_="zl-rows zl-inspection-list"),
            class_="zl",
        )
    )


# -- one inspection -------------------------------------------------------------------------------


def fact(name: str, statements: list[Statement], usual: list[dict[str, object]]) -> Markup:
    """Return one line of facts; where it comes from is said if that is not where most of it comes from."""
    assert row is not None
    words = [
        day(inspections.other_end(desk, row.id, each, lang))
        if each.kind == "date"
        else inspections.other_end(desk, row.id, each, lang)
        for each in statements
    ]
    if name == "note":
        told: Markup | str = join(el("div", each) for each in dict.fromkeys(words))
    else:
        told = t("and").join(dict.fromkeys(words))
    other = [each for each in inspections.origins(statements) if each not in usual]
    return join(
        el("dt", t(f"inspection.fact.{name}")),
        el("dd", told or t("unknown"), [proofs.source(each) for each in other]),
    )


def facts(one: inspections.Row) -> Markup:
    """Return what is on record of the inspection."""
    found = inspections.facts(desk, one.id)
    usual = inspections.origins(statement for name in found for statement in found[name])[:1]
    kinds = t("and").join(store.worded(kind, lang) for kind in one.kinds)
    lines = [join(el("dt", t("inspection.fact.kind")), el("dd", kinds))]
    lines += [
        fact(name, statements, usual)
        for name, statements in found.items()
        if statements or name in inspections.ALWAYS
    ]
    if usual:
        lines.append(
            join(el("dt", t("inspection.fact.source")), el("dd", [proofs.source(each) for each in usual]))
        )
    return el("dl", lines, class_="zl-facts")


def procedure(one: inspections.Row) -> None:
    """Write the procedures that the inspection follows, step by step."""
    found = steps.readings(desk, one.id)
    if not found:
        words = later.of_inspection(desk, one.id) or t("inspection.procedure.none")
        frame.empty(words)
        return
    drawn = [
        el("section", el("h2", store.worded(each.label, lang)), steps.draw(desk, each)) for each in found
    ]
    all_due = go(address.link("duties", inspection=one.id, tab="ahead"), t("inspection.deadlines"))
    show(
        el(
            "div",
            el("p", all_due),
            drawn,
            el("p", t("steps.legend"), class_="zl-quiet zl-small"),
            class_="zl",
        )
    )


def issues(one: inspections.Row) -> None:
    """Write how many issues the inspection has, by status, each a link to the list."""
    number, statuses = inspections.issue_statuses(desk).get(one.id, (0, {}))
    if not number:
        frame.empty(t("inspection.issues.none"), go(address.link("issues"), t("inspection.issues.next")))
        return
    lines = [
        (go(address.link("issues", inspection=one.id, status=status), frame.status(status)), f"{count:,}")
        for status, count in inspections.ranked(statuses)
    ]
    heads = (t("column.status"), tabular.numbers(t("column.issues")))
    show(
        el(
            "div",
            el("p", t("inspection.issues.count", n=f"{number:,}"), class_="zl-lead"),
            el("p", go(address.link("issues", inspection=one.id), t("inspection.issues.list"))),
            tabular.table(heads, lines, class_="zl-few"),
            class_="zl",
        )
    )


def conclusions(one: inspections.Row) -> None:
    """Write what is said of the inspection itself; the conclusion that the address names is opened."""
    found = inspections.sections(inspections.about(desk).get(one.id, ()))
    if not found:
        frame.empty(t("inspection.said.none"))
        return
    parts = [
        join(el("h2", t(f"inspection.said.{name}")), said.listing(desk, told)) for name, told in found.items()
    ]
    show(el("div", el("p", t("inspection.said.lead"), class_="zl-lead"), parts, class_="zl"))


def page(one: inspections.Row) -> None:
    """Write the page of one inspection."""
    tab = address.param("tab")
    if tab not in _TABS:
        tab = "said" if address.param("c") else "steps"
    back = go(address.link("inspection"), t("inspection.list"))
    show(
        el(
            "div",
            el("p", back, " / ", one.id, class_="zl-quiet zl-small"),
            el("h1", store.worded(one.name, lang)),
            facts(one),
            frame.tabs("tab", {name: t(f"inspection.tab.{name}") for name in _TABS}, tab, c=None),
            class_="zl",
        )
    )
    {"steps": procedure, "issues": issues, "said": conclusions}[tab](one)


frame.title(store.worded(row.name, lang) if row else t("inspection.list"))
if row:
    page(row)
elif asked:
    frame.empty(
        t("inspection.unknown", id=asked), go(address.link("inspection"), t("inspection.unknown.next"))
    )
elif not rows:
    frame.empty(t("inspection.empty"), t("inspection.empty.next"))
else:
    listed()
