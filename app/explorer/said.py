"""Conclusions as a list; the one that the address names is opened and shows why it holds."""

from __future__ import annotations

from collections.abc import Iterable

from app.explorer import address, frame, proofs, store
from app.explorer.markup import Markup, el, go, join
from app.explorer.texts import day, t


def _line(label: str, words: Iterable[str]) -> Markup | None:
    """Return one note under a conclusion, or nothing when there is nothing to note."""
    listed = t("and").join(words)
    return el("p", t(label), t("colon"), listed, class_="zl-note") if listed else None


def _notes(each: store.Conclusion) -> list[Markup | None]:
    """Return the lines under a conclusion: units, dates, what is missing."""
    lang = address.lang()
    refused = [
        f"{store.worded(unit['name'], lang)}（{store.worded(unit['reason_label'], lang)}）" for unit in each.not_counted
    ]
    return [
        _line("issue.destinations", (store.unit(unit, lang) for unit in each.destinations)),
        _line("issue.not_counted", refused),
        _line("issue.since", [day(each.since)] if each.since else []),
        _line("issue.due", [day(each.due)] if each.due else []),
        _line("issue.done", [day(each.done)] if each.done else []),
        _line("issue.possible_due", map(day, each.possible_due)),
        _line("issue.reason", [store.worded(each.reason_label, lang)] if each.reason else []),
        _line("issue.needs", store.missing_of([each], lang)),
    ]


def _readings(each: store.Conclusion) -> Markup | None:
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


def _why(desk: store.Desk, each: store.Conclusion) -> Markup:
    return join(_readings(each), proofs.tree(store.proof(desk, each.id)))


def one(desk: store.Desk, each: store.Conclusion) -> Markup:
    """Return one conclusion, opened when the address names it."""
    lang = address.lang()
    opened = address.param("c") == each.id
    toggle = go(
        address.here(c=None if opened else each.id),
        t("issue.close") if opened else t("issue.why"),
        class_="zl-why",
        aria_expanded="true" if opened else "false",
    )
    head = store.worded(each.kind_label, lang) if each.kind else store.worded(each.norm_label, lang)
    units = t("and").join(store.unit(unit, lang) for unit in each.bearers)
    return el(
        "div",
        el(
            "div",
            frame.status(each.status),
            el(
                "div",
                el("span", units, t("colon")) if units else None,
                head,
                " ",
                el("span", proofs.citation(each.citation, quote=False), class_="zl-small"),
                _notes(each),
            ),
            toggle,
            class_="zl-head",
        ),
        _why(desk, each) if opened else None,
        class_="zl-said",
        data_here=f"conclusion:{each.id}" if opened else None,
    )


def listing(desk: store.Desk, conclusions: Iterable[store.Conclusion]) -> Markup:
    """Return the conclusions one below the other."""
    return join(one(desk, each) for each in conclusions)
