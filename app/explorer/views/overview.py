"""The overview: the few figures that matter, where, by when, and what is missing to say more."""

from __future__ import annotations

from app.explorer import address, frame, leadership, mapped, panels, store, timeline
from app.explorer.markup import Markup, el, go, show
from app.explorer.words import t

desk = store.desk(address.as_of())
asked = address.param("place")


def heading(kept: leadership.Standing, place: str | None) -> Markup:
    """Return the top of the page: of what these are the figures, and the way back to the whole."""
    summary = kept.of(place)
    lead = t(
        "overview.lead",
        issues=f"{len(summary.issues):,}",
        inspections=sum(line.id != leadership.NOWHERE for line in summary.inspections),
    )
    if place is None:
        top: list[Markup] = [el("h1", t("overview.title"))]
    else:
        called = mapped.name(desk, place)
        page = (
            go(address.link("district", id=place), t("overview.page", name=called))
            if place in kept.places.territories
            else None
        )
        back = go(address.here(place=None, month=None), "← ", t("overview.whole"))
        top = [el("h1", t("overview.of", name=called)), el("p", back, page, class_="zl-ways")]
    return el("div", top, el("p", lead, class_="zl-lead"), panels.figures(kept, place), class_="zl")


def body(kept: leadership.Standing, place: str | None) -> Markup:
    """Return everything below the figures."""
    summary, month = kept.of(place), timeline.asked_month()
    return el(
        "div",
        el("section", el("h2", t("overview.map")), mapped.panel(desk, kept, place)),
        el(
            "section",
            el("h2", t("overview.limits")),
            el("p", t("overview.limits.lead"), class_="zl-lead"),
            timeline.months(summary.limits, kept.day, month) if summary.limits else None,
            timeline.lists(desk, summary.limits, kept.day, month),
        ),
        el("section", el("h2", t("overview.by_inspection")), panels.by_inspection(kept, place)),
        el(
            "div",
            el(
                "section",
                el("h2", t("overview.by_status")),
                el("p", t("overview.by_status.place"), class_="zl-quiet zl-small") if place else None,
                panels.by_status(kept, place),
            ),
            el("section", el("h2", t("overview.by_year")), panels.by_year(summary)),
            class_="zl-columns",
        ),
        el("section", el("h2", t("overview.missing")), panels.missing(kept, place)),
        class_="zl",
    )


if not desk.rows:
    frame.title(t("overview.title"))
    show(el("div", el("h1", t("overview.title")), class_="zl"))
    frame.empty(t("issues.empty"), t("issues.empty.next"))
else:
    kept = leadership.standing(desk)
    if asked and not kept.knows(asked):
        frame.title(t("overview.title"))
        frame.empty(
            t("place.unknown", id=asked), go(address.here(place=None, month=None), "← ", t("overview.whole"))
        )
    else:
        frame.title(t("overview.of", name=mapped.name(desk, asked)) if asked else t("overview.title"))
        show(heading(kept, asked), body(kept, asked))
