"""One district: how it stands, who is responsible, by when, and what became of it."""

from __future__ import annotations

from collections import Counter
from typing import Final

from app.explorer import (
    address,
    agendas,
    frame,
    leadership,
    mapped,
    panels,
    said,
    silent,
    store,
    succession,
    tabular,
    theme,
    timeline,
)
from app.explorer.markup import Markup, el, go, join, outside, show
from app.explorer.words import day, t
from reasoner.records.places import Territory

_SHORT: Final = 10  # lines of the tables; the whole stands in the list of issues

desk = store.desk(address.as_of())
kept = leadership.standing(desk)
asked = address.param("id")
lang = address.lang()


def choice() -> Markup:
    """Return all districts and zones to choose from, with the numbers of their open issues."""
    places = kept.places.territories
    ordered = sorted(places, key=lambda each: (-kept.count(each, "open"), each))
    links = [
        el(
            "li",
            go(address.link("district", id=each), mapped.name(desk, each)),
            f" {kept.count(each, 'open'):,}",
        )
        for each in ordered
    ]
    return el(
        "div",
        el("h1", t("district.choose")),
        el("p", t("district.choose.lead"), class_="zl-lead"),
        el("ul", links, class_="zl-district-choice"),
        class_="zl",
    )


def names(places: tuple[str, ...]) -> Markup:
    """Return some districts as links."""
    links = [go(address.link("district", id=each), mapped.name(desk, each)) for each in places]
    return join(*(join(each, t("and")) for each in links[:-1]), *links[-1:])


def source(words: str) -> Markup:
    """Return a source on record; what is an address in it becomes a link."""
    parts = [outside(part.strip()) for part in words.split("；")]
    return join(*(join(each, t("then")) for each in parts[:-1]), *parts[-1:])


def facts(known: Territory) -> Markup:
    """Return what the record says of the district itself."""
    organs = [
        el("div", go(address.link("unit", id=each), store.worded(desk.name(each), lang)))
        for each in known.organs
    ]
    lines: list[tuple[str, Markup | str | list[Markup]]] = [
        ("organs", organs or t("district.organs.none")),
    ]
    if known.since:
        lines.append(("since", day(known.since)))
    if known.until:
        lines.append(("until", day(known.until)))
    if known.overlaps:
        lines.append(("overlaps", names(known.overlaps)))
    lines += [(name, known.remarks[name]) for name in ("note", "certainty") if name in known.remarks]
    if "basis" in known.remarks:
        lines.append(("basis", source(known.remarks["basis"])))
    return el(
        "dl",
        (join(el("dt", t(f"district.fact.{name}")), el("dd", value)) for name, value in lines),
        class_="zl-facts",
    )


def state(known: Territory) -> str | None:
    """Return what is special about a district as of the day."""
    if known.until and known.is_gone_on(kept.day):
        return t("district.gone", day=day(known.until))
    if known.since and known.since > kept.day:
        return t("district.coming", day=day(known.since))
    return t("district.zone") if known.is_zone else None


def responsible(known: Territory) -> Markup:
    """Return the two organs with what the text lays on each, and the open conclusions by status."""
    lines = []
    for organ in known.organs:
        kinds: Counter[tuple[str, str]] = Counter()
        statuses: Counter[str] = Counter()
        for each in kept.of(known.id).said:
            if organ not in each.atom[1] and known.id not in each.atom[1]:
                continue
            if organ in each.atom[1] and each.layer == "L1":
                kinds[store.worded(each.kind_label, lang), each.status] += 1
            else:
                statuses[each.status] += 1
        told = [
            el("div", kind, " ", frame.status(status), f" {number:,}")
            for (kind, status), number in sorted(kinds.items(), key=lambda each: theme.rank(each[0][1]))
        ]
        lines.append(
            (
                go(address.link("unit", id=organ), store.worded(desk.name(organ), lang)),
                tabular.cell(told or t("district.kinds.none"), class_="zl-small"),
                panels.stacked({each: statuses[each] for each in sorted(statuses, key=theme.rank)}),
            )
        )
    heads = [t(f"column.{name}") for name in ("organ", "kinds", "statuses")]
    return tabular.table(heads, lines, class_="zl-rows zl-organs")


def issues(known: Territory) -> Markup:
    """Return the issues that want attention first, and the way to all of them."""
    rows = sorted(
        kept.issues(known.id), key=lambda row: (min(map(theme.rank, row.statuses), default=99), row.id)
    )
    lines = []
    for row in rows[:_SHORT]:
        href = address.link("issue", id=row.id)
        lines.append(
            (
                go(href, row.id),
                go(href, el("span", row.title, class_="zl-clip", title=row.summary)),
                t("and").join(name for _, name in row.inspection) or t("inspection.none"),
                tabular.cell(silent.attention(desk, row), class_="zl-small"),
            )
        )
    heads = [t(f"column.{name}") for name in ("id", "issue", "inspection", "attention")]
    return join(
        tabular.table(heads, lines, class_="zl-rows"),
        el("p", go(panels.issues_link(kept, known.id), t("district.issues.all", n=f"{len(rows):,}"))),
    )


def transfers(known: Territory) -> Markup:
    """Return the transfers that are required and not on record."""
    found = [each for each in kept.of(known.id).said if kept.awaits_transfer(each)]
    mine = {row.id for row in kept.issues(known.id)}
    if not found:
        return el("p", t("district.transfers.none"), class_="zl-quiet")
    lines = [
        (
            (
                go(agendas.way(each), agendas.called(desk, each.subject, lang, *each.issues)),
                el("div", t("and").join(sorted(mine.intersection(each.issues))), class_="zl-small zl-quiet"),
            ),
            store.worded(each.norm_label, lang),
            said.goals(desk, each) or "–",
            tabular.cell(day(each.since) if each.since else t("unknown"), class_="zl-small"),
        )
        for each in found[:_SHORT]
    ]
    columns = ("column.matter", "column.norm", "issue.destinations", "issue.since")
    more = len(found) - _SHORT
    return join(
        tabular.table([t(name) for name in columns], lines, class_="zl-rows"),
        el("p", t("district.more", n=more), class_="zl-quiet zl-small") if more > 0 else None,
    )


def page(known: Territory) -> Markup:
    """Return the page of a district."""
    summary, special = kept.of(known.id), state(known)
    called = mapped.name(desk, known.id)
    back = go(address.link("overview"), t("overview.title"))
    only = go(address.link("overview", place=known.id), t("district.overview"))
    top = el(
        "div",
        el(
            "div",
            el("p", back, " / ", t("nav.district"), class_="zl-quiet zl-small"),
            el("h1", called, el("small", special, class_="zl-special") if special else None),
            panels.figures(kept, known.id) if summary.issues else None,
            el("p", only) if summary.issues else None,
            facts(known),
        ),
        mapped.around(desk, kept, known.id),
        class_="zl-district-top",
    )
    nothing = el(
        "div",
        el("p", t("district.empty")),
        el("p", go(address.link("overview"), t("district.empty.next"))),
        class_="zl-empty",
    )
    told = [] if summary.issues else [nothing]
    if not summary.issues and not summary.said:
        return el("div", top, succession.section(desk, kept, known), told, class_="zl")
    limits = (
        timeline.lists(desk, summary.limits, kept.day, timeline.asked_month())
        if summary.limits
        else el("p", t("district.limits.none"), class_="zl-quiet")
    )
    duties = el(
        "p",
        go(address.link("duties", district=known.id), t("district.limits.all")),
        " · ",
        go(address.link("duties", tab="calendar", unit=known.id), t("district.limits.calendar")),
    )
    sections = [
        ("district.organs", join(el("p", t("district.organs.lead"), class_="zl-lead"), responsible(known))),
        ("district.limits", join(el("p", t("district.limits.lead"), class_="zl-lead"), limits, duties)),
        ("district.transfers", transfers(known)),
    ]
    if summary.issues:
        sections.insert(0, ("district.issues", issues(known)))
        sections.append(("overview.by_inspection", panels.by_inspection(kept, known.id)))
    return el(
        "div",
        top,
        succession.section(desk, kept, known),
        told,
        (el("section", el("h2", t(name)), content) for name, content in sections),
        class_="zl",
    )


territory = kept.places.territories.get(kept.places.district_of(asked)) if asked else None
if asked is None:
    frame.title(t("district.choose"))
    show(choice())
elif territory is None:
    frame.title(t("nav.district"))
    frame.empty(t("district.none", id=asked), go(address.link("district"), t("district.none.next")))
else:
    frame.title(mapped.name(desk, territory.id))
    show(page(territory))
