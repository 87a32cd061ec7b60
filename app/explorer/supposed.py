"""What if: facts of a case left out, others supposed, and what changes, side by side. Nothing is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

import streamlit as st

from app.explorer import address, answers, asked, frame, permalink, proofs, said, store, tabular
from app.explorer.markup import Markup, Piece, el, go, join, show
from app.explorer.words import t
from reasoner.asking import assumptions, whatif
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground
from reasoner.pipeline import World

_BETWEEN: Final = "~~"  # between the texts of assumptions in the address
_WORDS: Final = re.compile(r"[;|:=,]")  # what a text is made of


@dataclass(frozen=True)
class Supposed:
    """A world with its changes: texts supposed and refused (zh, en), entries left out, differences."""

    after: World
    texts: tuple[str, ...]
    refused: tuple[dict[str, str], ...]
    assumed: tuple[assumptions.Assumed, ...]
    left_out: tuple[assumptions.Entry, ...]
    found: whatif.Difference


def page(desk: store.Desk, issue: store.Issue) -> None:
    """Write the question with its toggles, and what changes."""
    show(asked.ways())
    on, off = _listed("on", _BETWEEN), _listed("off", ",")
    world = _case(desk, issue.row.id, on)
    with st.spinner(t("if.working")), desk.lock:
        entries = _entries(world, issue.row.id)
        supposed = suppose(world, issue.row.id, on, off) if on or off else None
        result = _result(issue, world, supposed)  # it may prove, in a world that others look at as well
    show(
        el(
            "div",
            el("p", el("b", t("if.not_saved")), " ", t("if.lead"), class_="zl-banner"),
            el(
                "div",
                el("div", _toggles(desk, issue, world, entries, on, off), class_="zl-if-toggles"),
                el("div", result, class_="zl-if-result"),
                class_="zl-if zl-if-asked" if supposed else "zl-if",
            ),
            class_="zl",
        )
    )


def _case(desk: store.Desk, issue: str, on: tuple[str, ...]) -> World:
    """Return the case with what the suppositions name besides: a body must be known by what it is."""
    case = desk.case(issue)
    within = {str(row[0]) for _, row in case.facts.origins}
    words = {word for text in on for word in _WORDS.split(unquote(text))}
    more = {word for word in words - within if desk.survey.surroundings.knows(word)}
    return desk.survey.case_with(issue, more) if more else case


def _listed(name: str, between: str) -> tuple[str, ...]:
    """Return the values that a parameter of the address lists, each once."""
    values = (each for each in (address.param(name) or "").split(between) if each)
    return tuple(dict.fromkeys(values if name == "on" else map(unquote, values)))


@lru_cache(maxsize=64)
def _entries(world: World, issue: str) -> list[assumptions.Entry]:
    return assumptions.entries(world, issue)


@lru_cache(maxsize=32)
def suppose(world: World, issue: str, on: tuple[str, ...], off: tuple[str, ...]) -> Supposed:
    """Evaluate a case with some texts supposed and some entries left out."""
    texts, refused, read = [], [], []
    for number, text in enumerate(on):
        try:
            read.append(assumptions.read(world, text, number))
            texts.append(text)
        except assumptions.AssumptionError as error:
            zh, _, en = str(error).rpartition(" / ")
            refused.append({"zh": zh, "en": en})
    left_out = [each for each in _entries(world, issue) if each.key in off]
    added = [(atom, assumptions.ORIGIN) for each in read for atom in each.atoms]
    removed = [atom for each in left_out for atom in each.atoms]
    names = {key: name for each in read for key, name in each.names.items()}
    after = whatif.altered_world(world, added, removed, **names)
    return Supposed(
        after, tuple(texts), tuple(refused), tuple(read), tuple(left_out), whatif.difference(world, after)
    )


# -- the result -----------------------------------------------------------------------------------


def _result(issue: store.Issue, world: World, supposed: Supposed | None) -> Piece:
    if supposed is None:
        return el("p", t("if.nothing"), class_="zl-lead")
    numbers: dict[Ground, int] = {}
    lines = []
    for number, (kind, words, atoms, without) in enumerate(_in_force(world, supposed), 1):
        numbers |= dict.fromkeys(atoms, number)
        lines.append(
            el(
                "li",
                el("b", f"[{number}] "),
                el("span", t(f"if.{kind}"), class_="zl-kind"),
                words,
                " ",
                go(without, t("if.undo"), class_="zl-small"),
            )
        )
    changes = supposed.found.about(issue.row.id)
    elsewhere = len(supposed.found.changes) - len(changes)
    return join(
        el("h3", t("if.in_force")),
        el("ul", lines, class_="zl-relations"),
        [el("p", store.worded(words, address.lang()), class_="zl-note") for words in supposed.refused],
        el("p", go(address.here(on=None, off=None, c=None), t("if.undo_all")), class_="zl-small"),
        el("h3", t("if.changes", n=len(changes)), class_="zl-if-changes"),
        _table(world, supposed, changes, numbers) if changes else el("p", t("if.same"), class_="zl-lead"),
        el("p", t("if.elsewhere", n=elsewhere), class_="zl-small zl-quiet") if elsewhere else None,
        el("p", permalink.line()),
    )


def _in_force(world: World, supposed: Supposed) -> Iterable[tuple[str, Markup, Sequence[Ground], str]]:
    """Yield what is supposed and what is left out: kind, words, statements, the address without it."""
    for text, each in zip(supposed.texts, supposed.assumed, strict=True):
        rest = [other for other in supposed.texts if other != text]
        yield (
            "added",
            _sentence(supposed.after, each.atoms),
            each.atoms,
            address.here(on=_BETWEEN.join(rest) or None, c=None),
        )
    for entry in supposed.left_out:
        yield (
            "removed",
            join(_called(world, entry)),
            entry.atoms,
            address.here(off=_without("off", entry.key), c=None),
        )


def _sentence(world: World, atoms: Sequence[Ground]) -> Markup:
    """Return what is supposed: what each thing is, then what is said of it; what is open is left out."""
    lang = address.lang()
    predicates = world.rules.vocabulary.predicates
    things: dict[Any, list[Ground]] = {}
    for atom in atoms:
        things.setdefault(atom[1][0], []).append(atom)
    told = []
    for thing, own in things.items():
        classes = [store.worded(predicates[name].label, lang) for name, row in own if len(row) == 1]
        properties = [
            f"{store.worded(predicates[name].label, lang)}{t('colon')}"
            f"{world.speaker.name(row[1], lang, predicates[name].arguments[1])}"
            for name, row in own
            if len(row) == 2 and not assumptions.is_open(row)
        ]
        head = t("and").join(classes) or world.speaker.name(thing, lang)
        told.append(join(el("b", head), el("span", t("open"), t("then").join(properties), t("close"))))
    return join(*(join(one, t("then")) for one in told[:-1]), *told[-1:])


def _table(
    world: World, supposed: Supposed, changes: Sequence[whatif.Change], numbers: dict[Ground, int]
) -> Markup:
    columns = ("norm", "before", "after", "because")
    heads = [tabular.Head(t(f"if.column.{name}"), numbers=name == "because") for name in columns]
    rows = [_row(supposed, change, numbers) for change in changes]
    return tabular.table(heads, rows, class_="zl-rows zl-changes")


def _row(supposed: Supposed, change: whatif.Change, numbers: dict[Ground, int]) -> tabular.Line:
    lang = address.lang()
    one = change.after or change.before
    assert one is not None  # a change is of something
    units = t("and").join(store.unit(body, lang) for body in one.bearers)
    goal = store.own_destination(one)
    because = sorted({numbers[atom] for atom in change.because if atom in numbers})
    opened = change.after is not None and address.param("c") == change.after.id
    why = None
    if change.after is not None:
        words = t("issue.close" if opened else "issue.why")
        why = go(address.here(c=None if opened else change.after.id), words, class_="zl-why")
    norm = join(
        el(
            "div",
            store.worded(one.norm_label, lang),
            " ",
            el("span", proofs.citation(one.citation, quote=False), class_="zl-small"),
        ),
        el("div", units, class_="zl-small zl-quiet") if units else None,
        el("div", t("issue.destinations"), t("colon"), store.unit(goal, lang), class_="zl-small")
        if goal
        else None,
    )
    proof = None
    if opened and change.after is not None:
        proof = proofs.tree((supposed.after.explain(change.after.id).tree,), change.after)
    return tabular.line(
        norm,
        _side(change.before),
        (_side(change.after), why),
        " ".join(f"[{number}]" for number in because),
        below=proof,
    )


def _side(each: Conclusion | None) -> Markup:
    """Return one side of a change: the status, and what it says besides."""
    if each is None:
        return el("span", t("if.none"), class_="zl-quiet")
    more = said.reason(each)
    status = frame.status(each.status, store.worded(each.status_label, address.lang()))
    return join(status, el("div", more, class_="zl-small zl-quiet") if more else None)


# -- the toggles ----------------------------------------------------------------------------------


def _toggles(
    desk: store.Desk,
    issue: store.Issue,
    world: World,
    entries: Sequence[assumptions.Entry],
    on: tuple[str, ...],
    off: tuple[str, ...],
) -> Piece:
    near = [each for each in entries if each.near]
    far = [each for each in entries if not each.near]
    return join(
        el("h3", t("if.suppose")),
        _wanted(desk, issue, world, on) or el("p", t("if.suppose.none"), class_="zl-quiet zl-small"),
        el("h3", t("if.leave_out")),
        el("ul", (_leaves_out(world, each, off) for each in near), class_="zl-switches"),
        el(
            "details",
            el("summary", t("if.around", n=len(far))),
            el("ul", (_leaves_out(world, each, off) for each in far), class_="zl-switches"),
            open=any(each.key in off for each in far),
        )
        if far
        else None,
    )


def _wanted(desk: store.Desk, issue: store.Issue, world: World, on: tuple[str, ...]) -> Markup | None:
    """Return what the conclusions wait for, each with the ways to suppose it."""
    lang = address.lang()
    lines: dict[tuple[str, str, str], Markup] = {}
    for each in issue.conclusions:
        if not each.missing or not assumptions.can_be_recorded(world, each.missing):
            continue
        units = t("and").join(
            store.unit(body, lang) for body in each.bearers if not assumptions.is_word(world, body["id"])
        )
        offered = assumptions.wanted(world, each)
        key = (each.missing, each.subject, units if offered else "")
        if key in lines:
            continue
        name = store.worded(each.missing_label, lang)
        switches = [
            _switch(_switched_on(on, text), t(f"if.state.{state}"), text in on)
            for state, text in offered.items()
        ]
        if not switches:
            question = address.here(
                ask=None, norm=each.norm, status=None, unit=None, c=None, on=None, off=None
            )
            switches = [go(question, t("ask.not"))]
        record = frame.to_record(answers.record_link(desk, issue, each), t("ask.record"))
        about = (
            el("span", f"{t('open')}{units}{t('close')}", class_="zl-quiet") if offered and units else None
        )
        lines[key] = el("li", el("div", name, about), el("div", switches, record, class_="zl-ways zl-small"))
    return el("ul", lines.values(), class_="zl-switches") if lines else None


def _switched_on(on: tuple[str, ...], text: str) -> str:
    """Return the address in which a text is supposed, or no longer is; its opposite gives way to it."""
    if text in on:
        rest = [each for each in on if each != text]
    else:
        swapped = text.replace("state:upheld", "state:~").replace("state:notUpheld", "state:upheld")
        swapped = swapped.replace("state:~", "state:notUpheld")
        rest = [*(each for each in on if each != swapped), text]
    return address.here(on=_BETWEEN.join(rest) or None, c=None)


def _leaves_out(world: World, entry: assumptions.Entry, off: tuple[str, ...]) -> Markup:
    """Return the switch of something on record: on while it counts, off while it is left out."""
    counts = entry.key not in off
    changed = _without("off", entry.key) if not counts else _with("off", entry.key)
    return el("li", _switch(address.here(off=changed, c=None), _called(world, entry), counts))


def _switch(href: str, words: Piece, is_on: bool) -> Markup:
    return go(href, words, role="switch", aria_checked="true" if is_on else "false", class_="zl-switch")


def _called(world: World, entry: assumptions.Entry) -> str:
    """Return what an entry is called: its sentence, or what it is and its name."""
    lang = address.lang()
    if entry.key.startswith("~"):
        return store.worded(world.speaker.atom(entry.atoms[0]), lang)
    predicates = world.rules.vocabulary.predicates
    kinds = t("and").join(
        store.worded(predicates[name].label, lang) for name in assumptions.label(world, entry.thing)
    )
    name = world.speaker.name(entry.thing, lang)
    return name if kinds in name else f"{kinds}{t('colon')}{name}"


def _with(name: str, key: str) -> str:
    return ",".join(map(_quoted, (*_listed(name, ","), key)))


def _without(name: str, key: str) -> str | None:
    return ",".join(_quoted(each) for each in _listed(name, ",") if each != key) or None


def _quoted(key: str) -> str:
    return key.replace("%", "%25").replace(",", "%2C")
