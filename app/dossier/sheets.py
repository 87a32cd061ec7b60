"""The sheets of the list: the list itself, the conclusions, the sources, and what it all means."""

from __future__ import annotations

from collections.abc import Sequence

from app.dossier.case import DESTINATION, TRANSFER, Case, layout
from app.dossier.chapters import candidates, limit, named_in
from app.dossier.content import Sheet, Table
from app.dossier.words import Words
from reasoner.engine.conclusions import Conclusion


def sheets(
    cases: Sequence[Case], words: Words, above: Sequence[str], about: Sequence[tuple[str, str]]
) -> tuple[Sheet, ...]:
    """Return the sheets; ``above`` stands over every table, ``about`` are the pairs of the last sheet."""
    rows = tuple(_row(number, case) for number, case in enumerate(cases, 1))
    widths = (4, 8, 24, 12, 11, 15, 15, 21, 13, 21, 18, 15, 15)
    listed = Table(words.head("list.head"), rows, widths)
    concluded = Table(
        words.head("conclusions.head"),
        tuple(_conclusion(case, each) for case in cases for each in case.conclusions),
        (9, 13, 24, 20, 14, 22, 12, 40, 40, 13),
    )
    sources = Table(
        words.head("sources.head"),
        tuple(row for case in cases for row in _sources(case)),
        (9, 14, 26, 16, 40, 40),
    )
    legend = Table(words.head("about.head"), tuple(about), (24, 110))
    named = (
        ("sheet.list", listed),
        ("sheet.conclusions", concluded),
        ("sheet.sources", sources),
        ("sheet.about", legend),
    )
    return tuple(Sheet(words(name), tuple(above), table) for name, table in named)


def _row(number: int, case: Case) -> tuple[str, ...]:
    """Return the line of one issue, as the provision that asks for the list has it."""
    t, own = case.words, case.matter.issue
    lang = t.lang
    summary = own.text(lang, "summary")
    title = case.title if summary.startswith(case.title.rstrip("…")) else f"{case.title}\n{summary}"
    published = own.text(lang, "publishedOn")  # not the day on which it was found
    found = own.text(lang, "foundOn") or (published and t("list.published", day=t.day(published)))
    asked = [each for each in case.transfers if each.norm == layout("norm")]
    return (
        str(number),
        case.id,
        summary if title == case.title and summary else title.strip(),
        "\n".join(filter(None, (own.text(lang, "raisedIn"), found))),
        "\n".join(filter(None, (own.text(lang, "relatesTo"), own.text(lang, "inSector")))),
        case.found(layout("important")),
        case.found(layout("dereliction")),
        _bearers(case),
        "\n".join(dict.fromkeys(candidates(case, each) for each in case.layer("L3")))
        or t("list.candidates.none"),
        _handed_over(case, asked),
        _other_transfers(case),
        _lines(case.status(each) for each in asked if each.status != DESTINATION) or t("list.status.none"),
        _lines(t.of(each.missing_label) for each in case.conclusions if each.missing),
    )


def _lines(parts: object) -> str:
    assert hasattr(parts, "__iter__")
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _bearers(case: Case) -> str:
    t = case.words
    lines: dict[str, list[str]] = {}
    for layer in ("L1", "L2"):
        for each in case.layer(layer):
            name = f"{t.of(each.kind_label)}{t('open')}{t.of(each.status_label)}{t('close')}"
            lines.setdefault(name, []).append(case.units(each.bearers))
    return "\n".join(f"{name}{t('colon')}{t.listed(units)}" for name, units in lines.items()) or t("none")


def _handed_over(case: Case, asked: Sequence[Conclusion]) -> str:
    t = case.words
    goals = t.listed(dict.fromkeys(filter(None, map(case.goals, asked))))
    sent = []
    for entry in case.matter.of(TRANSFER):
        if any(field.object == case.id for field in entry.values("about")):
            parts = [case.text(entry, name) for name in ("on", "by", "to", "handsOver", "instrument")]
            sent.append(t("comma").join(filter(None, parts)))
    return _lines(
        (
            f"{t('list.destinations')}{t('colon')}{goals}" if goals else t("transfers.undetermined"),
            f"{t('list.sent')}{t('colon')}{t('semicolon').join(sent)}" if sent else t("list.unsent"),
        )
    )


def _other_transfers(case: Case) -> str:
    t = case.words
    return _lines(
        f"{case.cite(each)}{t('colon')}{case.status(each)}"
        for each in case.transfers
        if each.norm != layout("norm") and each.status != DESTINATION
    )


def _conclusion(case: Case, each: Conclusion) -> tuple[str, ...]:
    t = case.words
    reasons = (t.of(each.reason_label), t.of(each.missing_label))
    return (
        case.id,
        case.cite(each),
        t.of(each.norm_label),
        case.units(each.bearers) or t.listed(t.of(goal["name"]) for goal in named_in(each)),
        t.of(each.status_label),
        t("colon").join(dict.fromkeys(filter(None, reasons))),
        limit(case, each),
        t.of(each.sentence),
        str(each.citation.get("quote") or ""),
        each.id,
    )


def _sources(case: Case) -> list[tuple[str, ...]]:
    t = case.words
    rows: list[tuple[str, ...]] = []
    for entry in (case.matter.issue, *case.matter.entries):
        for field in entry.fields:
            name = t.of(entry.name)
            told = t.of(field.label), t.of(field.value), case.source(field.source)
            rows.append((case.id, t.of(entry.class_label), name, *told))
    return rows
