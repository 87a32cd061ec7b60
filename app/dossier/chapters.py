"""The chapters of a case file: one for each issue, then what all of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.dossier.case import DESTINATION, FINDING, TRANSFER, Case, layout
from app.dossier.content import Paragraph, Part, Table
from app.dossier.steps import Standing, Steps
from app.dossier.words import Words
from reasoner.engine.conclusions import Conclusion
from reasoner.records.matter import Entry, Field
from reasoner.rulebook.law import to_chinese

Block = Paragraph | Table
Progress = Callable[[str, int, int], None]
_MOST_CHINESE = 99  # numbers above are written in figures


def numbered(words: Words, key: str, number: int, title: str, chapter: int = 0) -> str:
    """Return a heading with its number: 一、…, （一）…; 1. …, 1.1 …"""
    is_chinese = words.lang == "zh" and number <= _MOST_CHINESE
    return words(key, number=to_chinese(number) if is_chinese else number, title=title, chapter=chapter)


def of_issue(case: Case, number: int, standing: Standing) -> list[Part]:
    """Return the chapter of one issue."""
    t = case.words
    sections: list[tuple[str, list[Block]]] = [
        ("facts.title", list(_facts(case))),
        ("bearers.title", list(_bearers(case))),
        ("findings.title", list(_findings(case))),
        ("transfers.title", list(_transfers(case))),
        ("limits.title", list(_limits(case))),
        ("statuses.title", list(_statuses(case))),
        ("missing.title", list(_missing(case))),
        ("proofs.title", list(_proofs(case, standing))),
    ]
    name = case.id if case.title == case.id else f"{case.id} {case.title}"
    chapter = Part(numbered(t, "chapter", number, name), 1)
    return [
        chapter,
        *(
            Part(numbered(t, "section", place, t(title), number), 2, tuple(blocks))
            for place, (title, blocks) in enumerate(sections, 1)
        ),
    ]


def _table(t: Words, head: str, rows: Iterable[Sequence[str]], *widths: int) -> Table:
    return Table(t.head(head), tuple(tuple(row) for row in rows), widths)


def _facts(case: Case) -> Iterator[Block]:
    t, own = case.words, case.matter.issue
    wanted = layout("fields")
    order = sorted(
        own.fields, key=lambda f: wanted.index(f.predicate) if f.predicate in wanted else len(wanted)
    )
    told: dict[str, list[Field]] = {}
    for field in order:
        told.setdefault(t.get(f"field.{field.predicate}") or t.of(field.label), []).append(field)
    rows = [(t("facts.id"), case.id, "")]
    for label, fields in told.items():
        values = t.listed(t.day(t.of(f.value)) for f in fields)
        rows.append((label, values, "\n".join(dict.fromkeys(case.brief(f.source) for f in fields))))
    yield _table(t, "facts.head", rows, 3, 8, 5)
    addresses = [str(f.source[key]) for f in order for key in ("url", "note") if f.source.get(key)]
    if addresses:
        yield Paragraph(t("semicolon").join(dict.fromkeys(addresses)), lead=t("facts.from"), style="note")
    others = [e for e in case.matter.entries if not e.classes & {FINDING, TRANSFER}]
    if others:
        yield Paragraph(t("facts.others"), style="heading")
        rows = [(t.of(e.class_label), _told(case, e), case.sources(e)) for e in others]
        yield _table(t, "facts.others.head", rows, 3, 8, 5)


def _told(case: Case, entry: Entry) -> str:
    """Return the fields of an entry one after the other."""
    t = case.words
    mark = Words("zh")("mark.recorded")  # the whole file carries it
    shown = [field for field in entry.fields if field.object != mark]
    labels = dict.fromkeys((field.predicate, t.of(field.label)) for field in shown)
    parts = [f"{label}{t('colon')}{case.text(entry, predicate)}" for predicate, label in labels]
    return t("semicolon").join(parts)


def _bearers(case: Case) -> Iterator[Block]:
    t = case.words
    yield Paragraph(t("bearers.text"))
    for layer in ("L1", "L2"):
        yield Paragraph(t(f"bearers.{layer}"), style="heading")
        found = case.layer(layer)
        lines: dict[tuple[str, str, str], list[str]] = {}
        for each in found:
            kind = t.of(each.kind_label) or t.of(each.norm_label)
            lines.setdefault((kind, case.status(each), case.cite(each)), []).append(case.units(each.bearers))
        rows = [(kind, t.listed(units), status, place) for (kind, status, place), units in lines.items()]
        if rows:
            yield _table(t, "bearers.head", rows, 4, 5, 5, 3)
        else:
            yield Paragraph(t(f"bearers.{layer}.none"))
    yield Paragraph(t("bearers.L3"), style="heading")
    yield Paragraph(t("bearers.L3.text"))
    rows = [
        (t.of(each.norm_label), candidates(case, each), case.status(each), case.cite(each))
        for each in case.layer("L3")
    ]
    yield _table(t, "bearers.L3.head", rows, 4, 5, 5, 3) if rows else Paragraph(t("bearers.L3.none"))


def candidates(case: Case, each: Conclusion) -> str:
    """Return the candidates beside a conclusion, each with what it is a candidate as."""
    t = case.words
    named = (
        f"{t.of(one['name'])}{t('open')}{t.of(one['kind_label'])}{t('close')}" for one in each.candidates
    )
    return t.listed(named) or case.units(each.bearers)


def _findings(case: Case) -> Iterator[Block]:
    t = case.words
    found = case.matter.of(FINDING)
    if not found:
        yield Paragraph(t("findings.none"))
        return
    columns = (
        ("findingKind",),
        ("about", "concernsBody", "concernsPost"),
        ("state",),
        ("by", "on"),
        ("instrument", "competence"),
    )
    yield Paragraph(t("findings.text"))
    rows = [(*_cells(case, entry, columns), case.sources(entry)) for entry in found]
    yield _table(t, "findings.head", rows, 4, 5, 2, 5, 5, 5)


def _cells(case: Case, entry: Entry, columns: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the fields of an entry by column; what has no column of its own stands in the last.

    An empty cell stays empty: the field may be on record and restricted, so nothing is said of it.
    """
    t = case.words
    given = {"name", "shortName", "note", "about", *(name for names in columns for name in names)}
    rest = dict.fromkeys((f.predicate, t.of(f.label)) for f in entry.fields if f.predicate not in given)
    more = [f"{label}{t('colon')}{case.text(entry, predicate)}" for predicate, label in rest]
    *before, last = columns
    yield from (case.text(entry, *names) for names in before)
    yield "\n".join(filter(None, (case.text(entry, *last), *more)))


def _transfers(case: Case) -> Iterator[Block]:
    t = case.words
    lines: dict[tuple[str, ...], list[str]] = {}
    for each in case.transfers:
        if each.status != DESTINATION:
            goals = case.goals(each)
            label, units = t.of(each.norm_label), case.units(each.bearers)
            place = case.cite(each)
            key = (label, units, goals or t("transfers.undetermined"), place)
            lines.setdefault(key, []).append(case.status(each))
    rows = [
        (label, units, goals, t("semicolon").join(dict.fromkeys(found)), place)
        for (label, units, goals, place), found in lines.items()
    ]
    if rows:
        yield Paragraph(t("transfers.text"))
        yield _table(t, "transfers.head", rows, 5, 3, 4, 5, 3)
    else:
        yield Paragraph(t("transfers.none"))
    yield Paragraph(t("transfers.recorded"), style="heading")
    sent = case.matter.of(TRANSFER)
    columns = (("on",), ("by",), ("to",), ("handsOver",), ("instrument",))
    recorded = [(*_cells(case, entry, columns), case.sources(entry)) for entry in sent]
    if recorded:
        yield _table(t, "transfers.recorded.head", recorded, 3, 3, 4, 4, 3, 5)
    else:
        yield Paragraph(t("transfers.recorded.none"))


def _limits(case: Case) -> Iterator[Block]:
    t = case.words
    rows = [
        (
            t.of(each.norm_label),
            case.units(each.bearers),
            limit(case, each),
            t.day(each.since),
            t.day(each.done),
            case.status(each),
            case.cite(each),
        )
        for each in case.conclusions
        if each.due or each.possible_due
    ]
    if rows:
        yield _table(t, "limits.head", rows, 5, 4, 3, 3, 3, 4, 3)
    else:
        yield Paragraph(t("limits.none"))


def limit(case: Case, each: Conclusion) -> str:
    """Return the limit of a conclusion, or the days that may be it."""
    t = case.words
    if each.due or not each.possible_due:
        return t.day(each.due)
    return t("limits.possible", days=t.listed(map(t.day, each.possible_due)))


def _statuses(case: Case) -> Iterator[Block]:
    """Yield every conclusion by number, those of one provision with one status and reason on one line."""
    t = case.words
    lines: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for number, each in enumerate(case.conclusions, 1):
        units = case.units(each.bearers) or t.listed(t.of(goal["name"]) for goal in named_in(each))
        key = (case.cite(each), t.of(each.kind_label) or t.of(each.norm_label), case.status(each))
        lines.setdefault(key, []).append((number, units))
    rows = [
        (t.listed(str(n) for n, _ in found), place, what, t.listed(units for _, units in found), status)
        for (place, what, status), found in lines.items()
    ]
    yield _table(t, "statuses.head", rows, 2, 4, 6, 6, 6) if rows else Paragraph(t("statuses.none"))


def named_in(each: Conclusion) -> list[dict[str, dict[str, str]]]:
    """Return those of the destinations that a conclusion itself states."""
    return [goal for goal in each.destinations if goal["id"] in each.atom[1]]


def _missing(case: Case) -> Iterator[Block]:
    t = case.words
    lacking: dict[str, list[tuple[str, str]]] = {}
    for number, each in enumerate(case.conclusions, 1):
        if each.missing:
            own = lacking.setdefault(t.of(each.missing_label), [])
            own.append((case.cite(each), str(number)))
    if not lacking:
        yield Paragraph(t("missing.none"))
        return
    yield Paragraph(t("missing.text"))
    rows = [
        (what, t.listed(place for place, _ in where), t.listed(number for _, number in where))
        for what, where in lacking.items()
    ]
    yield _table(t, "missing.head", rows, 5, 4, 6)


def _proofs(case: Case, standing: Standing) -> Iterator[Block]:
    steps = Steps(case, standing)
    for number, each in enumerate(case.conclusions, 1):
        yield from steps.proof(number, each)
    if not case.conclusions:
        yield Paragraph(case.words("statuses.none"))


def shared(cases: Sequence[Case], words: Words, first: int, standing: Standing) -> list[Part]:
    """Return the chapters that stand once, after those of the issues; ``first`` is the first number."""
    world = cases[0].world
    law = world.law
    general = list(standing.lines())
    cited = {each.citation["id"].split(".")[0] for case in cases for each in case.conclusions}
    articles = sorted(cited, key=lambda name: int(name[1:]))
    predicates = world.rules.vocabulary.predicates
    used = {each.status for case in cases for each in case.conclusions}
    statuses = [(words.of(p.label), words.of(p.definition)) for name, p in predicates.items() if name in used]
    texts = [(law.cite(name, words.lang), law.text_of(name)) for name in articles]
    defined = sorted(standing.definitions.items())
    chapters: list[tuple[str, list[Block]]] = [
        (
            "standing.title",
            [Paragraph(words("standing.text")), *general] if general else [Paragraph(words("standing.none"))],
        ),
        (
            "definitions.title",
            [
                Paragraph(words("definitions.text")),
                _table(words, "definitions.head", defined, 2, 5),
            ],
        ),
        (
            "legend.title",
            [Paragraph(words("legend.text")), _table(words, "legend.head", statuses, 1, 4)],
        ),
        (
            "texts.title",
            [
                Paragraph(words("texts.text", title=words.of(law.source["title"]))),
                _table(words, "texts.head", texts, 1, 5),
            ],
        ),
        ("bounds.title", [Paragraph(line) for line in words("bounds.text").splitlines()]),
    ]
    return [
        Part(numbered(words, "chapter", number, words(title)), 1, tuple(blocks))
        for number, (title, blocks) in enumerate(chapters, first)
    ]
