"""A procedure as its steps: how far each has come, what its order rests on, what is on record, what is due.

The pieces return markup, so that the page of an inspection shows all of it and that of an issue its part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from app.explorer import address, agendas, frame, inspections, proofs, store, theme
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers import procedure
from reasoner.answers.procedure import Progress, Taken
from reasoner.engine.conclusions import Conclusion, elapsed_days

#: State of a step -> the status whose sign and colour it borrows; the words are its own.
_SIGNS: Final = {
    "taken": "performed",
    "missing": "insufficient",
    "next": "pending",
    "waiting": "notYetDue",
    "open": "needsDetermination",
    "notApplicable": "noConclusion",
}
_SETTLED: Final = frozenset({"taken", "notApplicable"})
_MET: Final = frozenset({"performed", "performedLate"})
_RECORDS: Final = 3  # shown of one step; the rest is folded
_NO_DUE: Final = frozenset({"allocated", "destination"})  # say who or where, and nothing about a day


@store.once
def _known(desk: store.Desk) -> Callable[[str], tuple[Progress, ...]]:
    return lru_cache(maxsize=200)(partial(_read, desk))


def _read(desk: store.Desk, inspection: str) -> tuple[Progress, ...]:
    kept = desk.survey
    said = inspections.concluded(desk).get(inspection, ())
    with desk.lock:
        basis = procedure.Basis(kept.model, kept.speaker, kept.rules, kept.as_of, said, desk.record)
        return tuple(procedure.read(basis, inspection))


def readings(desk: store.Desk, inspection: str) -> tuple[Progress, ...]:
    """Return how far an inspection has come in each procedure that it follows."""
    return _known(desk)(inspection)


def state(name: str) -> Markup:
    """Return the state of a step as sign, colour and word."""
    return frame.status(_SIGNS[name], t(f"steps.state.{name}"))


def draw(desk: store.Desk, each: Progress) -> Markup:
    """Return a procedure with all its steps, what came in the wrong order first."""
    return join(
        standing(each),
        reversed_steps(each),
        el("ol", (_step(desk, each, step) for step in each.steps), class_="zl-steps"),
    )


def standing(each: Progress) -> Markup:
    """Return in short how far a procedure has come."""
    return el(
        "p",
        t("steps.reached", what=reached(each)),
        t("then"),
        t("steps.next", what=_named(each, each.next)),
        t("then"),
        t("steps.missing", n=len(each.missing)),
        class_="zl-lead",
    )


def reached(each: Progress) -> str:
    """Return the step that a procedure has reached, in words."""
    return _named(each, [each.reached] if each.reached else [])


def _named(each: Progress, steps: Iterable[str]) -> str:
    labels = {step.step: store.worded(step.label, address.lang()) for step in each.steps}
    return t("and").join(labels[step] for step in steps) or t("none")


def reversed_steps(each: Progress) -> Markup | None:
    """Return the pairs of steps that came in the wrong order, with their days and what the order rests on."""
    lang = address.lang()
    days = {step.step: _days(step) for step in each.steps}
    lines = [
        el(
            "li",
            t(
                "steps.reversed.line",
                early=_named(each, [pair["came_first"]]),
                early_days=days[pair["came_first"]],
                late=_named(each, [pair["should_be_first"]]),
                late_days=days[pair["should_be_first"]],
                order=store.worded(pair["order_label"], lang),
            ),
        )
        for pair in each.reversed
    ]
    return join(el("h3", t("steps.reversed")), el("ul", lines, class_="zl-reversed")) if lines else None


def _days(step: Taken) -> str:
    days = sorted({event["on"] for event in step.events if event["on"]})
    return t("and").join(map(day, days)) or t("steps.undated")


def _step(desk: store.Desk, each: Progress, step: Taken) -> Markup:
    lang = address.lang()
    document = store.worded(step.document, lang)
    about = [
        t("steps.actor", who=store.worded(step.actor, lang)),
        t("steps.document", what=document) if document else None,
        join(join(proofs.citation(cited, quote=False), " ") for cited in _once(step.citations)) or None,
    ]
    return el(
        "li",
        state(step.state),
        el(
            "div",
            el("div", store.worded(step.label, lang), class_="zl-step"),
            el("div", _between(about), class_="zl-quiet zl-small"),
            [el("div", words, class_="zl-quiet zl-small") for words in _orders(desk, each, step)],
            _waits(step),
            _records(step),
            _otherwise(step),
            _due(desk, each, step),
        ),
        id=f"step-{each.procedure}-{step.step}",
    )


def _once(citations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({cited["id"]: cited for cited in citations}.values())


def _between(parts: Sequence[Markup | str | None]) -> Markup:
    """Put what there is one after the other, divided by dots."""
    there = [part for part in parts if part]
    return join(there[:1], [join(" · ", part) for part in there[1:]])


def _orders(desk: store.Desk, each: Progress, step: Taken) -> list[str]:
    """Return what a step comes after, one line for each basis of the order."""
    lang = address.lang()
    earlier: dict[str, list[str]] = {}
    for after in step.after:
        earlier.setdefault(after["order"], []).append(after["step"])
    return [
        t("steps.after", steps=_named(each, names), order=store.worded(desk.name(order), lang))
        for order, names in earlier.items()
    ]


def _waits(step: Taken) -> Markup | None:
    words = t("and").join(store.worded(what, address.lang()) for what in step.waits_for)
    return el("div", t("steps.waits", what=words), class_="zl-small") if words else None


def _records(step: Taken) -> Markup | None:
    """Return the records that take the step: day, act and source."""
    lang = address.lang()
    lines = [
        el(
            "li",
            el("b", day(event["on"]) if event["on"] else t("steps.undated")),
            " ",
            store.worded(event["name"], lang),
            " ",
            [proofs.source(origin | {"columns": None}) for origin in event["sources"][:1]],
        )
        for event in sorted(step.events, key=lambda event: event["on"] or "")
    ]
    if not lines:
        return None
    rest = lines[_RECORDS:]
    folded = el("details", el("summary", t("steps.records", n=len(rest))), el("ul", rest)) if rest else None
    return el("div", el("ul", lines[:_RECORDS]), folded, class_="zl-records")


def _otherwise(step: Taken) -> Markup | None:
    """Say that no record takes the step itself where other records satisfy its norms."""
    met = any(said["status"] in _MET for said in step.conclusions)
    return el("div", t("steps.otherwise"), class_="zl-small") if met and step.state not in _SETTLED else None


# -- what is due ----------------------------------------------------------------------------------


def _due(desk: store.Desk, each: Progress, step: Taken, issue: str | None = None) -> Markup | None:
    """Return what is said of the duties of a step, unit by unit: its limit, or what is missing to say.

    ``issue`` leaves only what is said about one issue.
    """
    by_id = desk.survey.by_id
    told = [by_id[one["id"]] for one in step.conclusions if one["status"] not in _NO_DUE]
    found = [c for c in told if issue is None or issue in c.issues]
    groups: dict[tuple[str | None, ...], list[Conclusion]] = {}
    for c in sorted(found, key=lambda c: theme.rank(c.status)):
        key = (c.norm, c.status, c.reason, c.missing, c.due, c.done, c.since, str(_on_issue(c)))
        groups.setdefault(key, []).append(c)
    drawn = [_group(each, together, issue) for together in groups.values()]
    return el("div", _stated(desk, found), drawn, class_="zl-step-due") if drawn else None


def _stated(desk: store.Desk, found: Iterable[Conclusion]) -> Markup | None:
    """Return the limits as the text has them, and what they run from."""
    lines = []
    for norm in dict.fromkeys(c.norm for c in found):
        text, start = agendas.time_stated(desk, norm), agendas.start_stated(desk, norm)
        if text:
            runs = el("span", t("then"), t("steps.start", text=start)) if start else None
            lines.append(el("div", t("steps.limit", text=text), runs, lang="zh-CN"))
    return join(lines) if lines else None


def _group(each: Progress, together: list[Conclusion], issue: str | None) -> Markup:
    """Return conclusions that say the same of several units: the status once, each unit a link to proof."""
    lang = address.lang()
    first = together[0]
    if issue is None and _on_issue(first):
        href = address.link("issues", inspection=each.inspection, norm=first.norm, status=first.status)
        who: Markup = go(href, t("steps.in_issues", n=len(together)))
    else:
        who = join(_unit(first, issue), [join(t("then"), _unit(c, issue)) for c in together[1:]])
    told = [
        t("steps.due", day=day(first.due)) if first.due else None,
        t("steps.done", day=day(first.done)) if first.done else None,
        t("steps.since", day=day(first.since), days=elapsed_days(first.since, first.as_of))
        if first.since
        else None,
        store.worded(first.reason_label, lang),
        t("steps.lacks", what=store.worded(first.missing_label, lang)) if first.missing else None,
    ]
    return el(
        "div",
        frame.status(first.status, store.worded(first.status_label, lang)),
        el("div", el("span", _between(told)), t("colon") if any(told) else None, who),
        class_="zl-step-said",
    )


def _on_issue(c: Conclusion) -> bool:
    """Tell whether a conclusion is about an issue, and not about the inspection for a unit that has some."""
    return bool(c.issues) and c.subject != c.inspection


def _unit(c: Conclusion, issue: str | None) -> Markup:
    words = t("and").join(agendas.who(c, address.lang())) or t("issue.why")
    return go(address.link("issue", id=issue, c=c.id) if issue else agendas.way(c), words)


# -- on the page of an issue ----------------------------------------------------------------------


def of_issue(desk: store.Desk, issue: str, inspections: Iterable[str]) -> Markup:
    """Return how far the inspections of an issue have come, and the steps whose duties concern it."""
    found = [each for inspection in inspections for each in readings(desk, inspection)]
    if not found:
        return el("p", t("steps.of_issue.none"), class_="zl-lead")
    return join(_part(desk, issue, each) for each in found)


def _part(desk: store.Desk, issue: str, each: Progress) -> Markup:
    lang = address.lang()
    due = [(step, drawn) for step in each.steps if (drawn := _due(desk, each, step, issue))]
    lines = [
        el(
            "li",
            state(step.state),
            el("div", el("div", store.worded(step.label, lang), class_="zl-step"), drawn),
        )
        for step, drawn in due
    ]
    more = go(address.link("inspection", id=each.inspection), t("steps.of_issue.more"))
    return join(
        el("h3", store.worded(each.label, lang)),
        standing(each),
        reversed_steps(each),
        el("p", t("steps.of_issue.own"), class_="zl-small zl-quiet") if lines else None,
        el("ol", lines, class_="zl-steps") if lines else None,
        el("p", more),
    )
