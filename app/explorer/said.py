"""Conclusions as a list; the one that the address names is opened and shows why it holds."""

from __future__ import annotations

from collections.abc import Iterable

from app.explorer import address, frame, proofs, store
from app.explorer.markup import Markup, el, go, join
from app.explorer.texts import day, t


def _units(label: str, units: Iterable[dict[str, str]]) -> Markup | None:
    names = "、".join(unit["name"] for unit in units)
    return el("p", t(label), "：" if address.lang() == "zh" else ": ", names, class_="zl-note") if names else None


def _notes(each: store.Conclusion) -> list[Markup | None]:
    """Return the lines under a conclusion: units, dates, what is missing."""
    lang = address.lang()
    dates = [t("issue.due", day=day(each.due))] if each.due else []
    if each.since:
        dates.append(t("issue.since", day=day(each.since)))
    needs = store.missing_of([each], lang)
    return [
        _units("issue.bearers", each.bearers),
        _units("issue.destinations", each.destinations),
        el("p", "，".join(dates) if lang == "zh" else ", ".join(dates), class_="zl-note") if dates else None,
        el("p", t("issue.needs", what="；".join(needs)), class_="zl-note") if needs else None,
    ]


def _readings(each: store.Conclusion) -> Markup | None:
    """Return the reading taken beside the other ones, when the text bears two."""
    if not each.other_readings:
        return None
    lang = address.lang()
    taken = el(
        "div", el("h3", t("issue.reading.taken")), frame.status(each.status), el("p", store.sentence(each, lang))
    )
    others = [
        el(
            "div",
            el("h3", t("issue.reading.other")),
            frame.status(other["status"]) if other.get("status") else None,
            el("p", store.worded(other["text"], lang)),
        )
        for other in each.other_readings
    ]
    return el("div", taken, others, class_="zl-readings")


def _why(world: store.World, each: store.Conclusion) -> Markup:
    return join(_readings(each), proofs.tree(store.proof(world, each.id)))


def one(world: store.World, each: store.Conclusion) -> Markup:
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
        el(
            "div",
            frame.status(each.status),
            el(
                "div",
                el("span", store.sentence(each, address.lang())),
                " ",
                el("span", proofs.citation(each.citation, quote=False), class_="zl-small"),
                _notes(each),
            ),
            toggle,
            class_="zl-head",
        ),
        _why(world, each) if opened else None,
        class_="zl-said",
        data_here=f"conclusion:{each.id}" if opened else None,
    )


def listing(world: store.World, conclusions: Iterable[store.Conclusion]) -> Markup:
    """Return the conclusions one below the other."""
    return join(one(world, each) for each in conclusions)
