"""The history of an issue: what was recorded about it, corrected and taken back, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from app.explorer import address, frame, proofs, store
from app.explorer.markup import Markup, el
from app.explorer.words import day, t
from reasoner.pipeline import World
from reasoner.records.history import Step, history
from reasoner.records.record import Statement
from reasoner.rulebook.vocabulary import Text

_OPEN_UP_TO: Final = 12  # a longer list of what one step added is folded


def page(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return the steps of an issue's history, the newest first."""
    world = desk.case(issue.row.id)
    steps = history(desk.record, issue.row.id)
    form = address.link("record", kind="correction", about=issue.row.id)
    return el(
        "div",
        el("p", t("history.lead"), class_="zl-lead"),
        el("ol", (_step(world, step, issue.row.id) for step in steps), class_="zl-history"),
        el("p", frame.to_record(form, t("history.correct"))),
        class_="zl",
    )


def _step(world: World, step: Step, issue: str) -> Markup:
    corrected = [
        el(
            "li",
            el("span", t("history.corrected"), class_="zl-kind"),
            el("del", _said(world, before)),
            el("span", " → ", aria_hidden="true"),
            el("ins", _said(world, after)),
            proofs.source(asdict(after.source)),
        )
        for before, after in step.corrected
    ]
    retracted = [
        el("li", el("span", t("history.retracted"), class_="zl-kind"), el("del", _said(world, each)))
        for each in step.retracted
    ]
    reasons = t("and").join(step.reasons)
    return el(
        "li",
        el("h3", _when(step.at), " ", el("span", t("history.by", who=step.who), class_="zl-quiet")),
        el("p", step.why, " ", t("history.version", n=step.version), class_="zl-small zl-quiet"),
        el("p", t("history.reason"), t("colon"), reasons, class_="zl-small") if reasons else None,
        el("ul", corrected, retracted) if corrected or retracted else None,
        _added(world, step.added, issue),
    )


def _added(world: World, added: Iterable[Statement], issue: str) -> Markup | None:
    """Return what a step recorded: one line for the issue and one for each act or finding about it."""
    things: dict[str, list[Statement]] = {}
    for each in added:
        things.setdefault(each.subject, []).append(each)
    if not things:
        return None
    order = sorted(things, key=lambda one: (one != issue, one))
    lines = [_thing(world, things[thing], folded=thing != issue) for thing in order]
    words = t("history.added", n=sum(map(len, things.values())))
    return el("details", el("summary", words), el("ul", lines), open=len(lines) <= _OPEN_UP_TO)


def _thing(world: World, stated: list[Statement], *, folded: bool) -> Markup:
    sentences = dict.fromkeys(_said(world, each) for each in stated)
    # of an RDF file every statement names its property: the file alone says where the thing is from
    sources = dict.fromkeys(proofs.source(asdict(each.source) | {"columns": None}) for each in stated)
    said = [el("div", sentence) for sentence in sentences]
    if not folded:
        return el("li", said, sources)
    name = world.speaker.name(stated[0].subject, address.lang())
    words = t("history.thing", name=name, n=len(sentences))
    return el("li", el("details", el("summary", words), said, sources))


def _said(world: World, each: Statement) -> str:
    row = (each.subject,) if each.object is None else (each.subject, each.object)
    sentence: Text = world.speaker.atom((each.predicate, row))
    return store.worded(sentence, address.lang())


def _when(at: str) -> str:
    """Return the day and the minute of a transaction in the time of the machine that shows it."""
    moment = datetime.fromisoformat(at).astimezone()
    return f"{day(moment.date())} {moment:%H:%M}"
