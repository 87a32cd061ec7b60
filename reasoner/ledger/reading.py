"""From sheets to entries: which tables there are, what their rows are read against, what each comes to."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Mapping

from reasoner.bundled import path as bundled
from reasoner.ledger import values
from reasoner.ledger.context import Context, setting
from reasoner.ledger.layouts import Table, TableLayout, nearest, recognise
from reasoner.ledger.names import PREDICATES, Names
from reasoner.ledger.origin import TRACE_HEADERS, Corrections
from reasoner.ledger.report import Problem, Report, UnusableFile
from reasoner.ledger.row import Entry, Row
from reasoner.ledger.rows import TableReader
from reasoner.ledger.tables import Grid, header
from reasoner.ledger.words import Words, message, ontology
from reasoner.records.record import Record, Source

Progress = Callable[[str, int, int], None]

_INSPECTION_DAYS = ("beganOn", "endedOn")


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody how far the work has come."""


def recognised(grids: list[Grid], name: str, known: tuple[TableLayout, ...], report: Report) -> list[Table]:
    """The tables of a file that some layout fits. Raises UnusableFile when there is none."""
    found, strange = [], []
    for grid in grids:
        table = recognise(grid, known)
        if table is None:
            strange.append(grid)
        else:
            found.append(table)
            report.add(
                Problem(
                    "noted", "column-unknown", name, grid.sheet, None, column, "", *message("column-unknown")
                )
                for column in table.unread((*TRACE_HEADERS, values.EXPLANATION_HEADER))
            )
            report.layouts[f"{name}#{grid.sheet}" if grid.sheet else name] = (
                f"{table.layout.layout}/{table.layout.name}"
            )
    if not found:
        raise _without_layout(strange, name, known)
    quiet = Words.bundled().listed("skip_sheets")
    for grid in strange:
        if grid.sheet in quiet:
            continue
        report.add([Problem("noted", "sheet", name, grid.sheet, None, None, "", *message("sheet"))])
    return found


def _without_layout(grids: list[Grid], name: str, known: tuple[TableLayout, ...]) -> UnusableFile:
    """What to say of a file whose headers fit nothing: the first row, and the layout that comes nearest."""
    first = next(row for row in grids[0].rows if any(row))
    seen = "、".join(header(c) for c in first if c not in (None, ""))[:80]
    near = max((found for grid in grids if (found := nearest(grid, known))), default=None, key=lambda n: n[0])
    if near is None:
        return UnusableFile(name, "file-layout", seen=seen)
    _, layout, lacking = near
    return UnusableFile(name, "file-layout-near", seen=seen, near=layout.name, lacking="、".join(lacking))


def context_of(
    tables: list[Table],
    graphs: list[Entry],
    record: Record,
    files: Collection[str],
    corrections: Corrections,
    who: str,
    more: Callable[[Context, list[tuple[TableReader, list[Row]]]], None] = lambda *_: None,
) -> tuple[Context, list[tuple[TableReader, list[Row]]]]:
    """Everything rows are read against: first what is on record, then what the rows themselves define.

    ``more`` is called when all of these rows are defined, before names are sorted, to add to the names.
    """
    words = Words.bundled()
    names = Names(words)
    context = Context(names, words, _sector_words(), record.knows)
    days: dict[str, set[int]] = {}
    for predicate, subject, object in record.triples((*PREDICATES, *words.families, *_INSPECTION_DAYS)):
        if predicate in _INSPECTION_DAYS:
            days.setdefault(subject, set()).add(int(object))
        else:
            names.add(predicate, subject, object)
    made = (TableReader(table, context, corrections, who) for table in tables)
    readers = [(reader, reader.define()) for reader in made]
    if graphs:
        _judge(graphs, readers, record, files)
    for claim in (claim for entry in graphs if entry.usable for claim in entry.claims):
        classes = context.described.setdefault(claim.subject, set())
        classes.update({claim.predicate} if claim.object is None else ())
        names.add(claim.predicate, claim.subject, "" if claim.object is None else str(claim.object))
    for reader, rows in readers:
        for row in rows:
            for statement in reader.names_given(row):
                names.add(*statement)
            for subject, day in reader.inspection_days(row, _INSPECTION_DAYS):
                days.setdefault(subject, set()).add(day)
    more(context, readers)
    names.settle()
    context.inspection_days = {subject: tuple(sorted(found)) for subject, found in days.items()}
    for reader, _ in readers:
        reader.setting = setting(reader.table.title, context)
    return context, readers


def _judge(
    graphs: list[Entry],
    readers: list[tuple[TableReader, list[Row]]],
    record: Record,
    files: Collection[str],
) -> None:
    """Set aside the subjects of RDF files that do not fit the ontology, or what else is known of a thing."""
    from reasoner.ledger.fitting import Fitting  # imported late: only RDF needs the ontology

    terms = ontology()
    if terms is None:
        return
    known: dict[str, set[str]] = {}
    for name, id in record.members(terms.class_names, besides=files):
        known.setdefault(id, set()).add(name)
    typed = {claim.subject for entry in graphs for claim in entry.claims if claim.object is None}
    for reader, rows in readers:
        for row in rows:
            for name, id, object in reader.names_given(row):
                if not object and id not in typed:  # a row that contradicts the RDF is set aside itself
                    known.setdefault(id, set()).add(name)
    Fitting(terms, known).judge(graphs)


def _sector_words() -> dict[str, tuple[tuple[str, ...], str]]:
    with bundled("data", "registry", "sector_words.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["word"]: (tuple(values.parts(row["sector"])), row["reason"]) for row in csv.DictReader(file)
        }


def read_tables(
    readers: list[tuple[TableReader, list[Row]]],
    context: Context,
    waiting: set[tuple[str, str | None, str | None]],
    report: Report,
    tell: Progress,
    filled: Collection[str] = (),
) -> list[Entry]:
    """What every row states or what is wrong with it.

    ``waiting`` names the rows set aside from other files: a second row of one number stays one. ``filled``
    are files that have other rows as well.
    """
    _note_without_rows(readers, filled, report)
    report.add(problem for reader, _ in readers for row in reader.unread for problem in row.problems)
    total, done = sum(len(rows) for _, rows in readers), 0
    entries: list[Entry] = []
    for reader, rows in readers:
        first: dict[tuple[str, str | None, str], Entry] = {}
        for row in rows:
            if done % 500 == 0:
                tell("读取行", done, total)
            done += 1
            reader.state(row)
            source = reader.source(row)
            place = (source.file, source.sheet, source.key or "")
            earlier = first.get(place)
            numbered = f"{source.key}#{source.row}"
            if earlier is None and (source.file, source.sheet, numbered) in waiting:
                reader.problem(row, "set_aside", "duplicate", None, row.key)
                source = Source(source.file, source.sheet, source.row, url=source.url, key=numbered)
                place = (source.file, source.sheet, numbered)
            if earlier is not None and row.continues:
                if earlier.usable and row.usable:
                    earlier.claims += row.claims
                    earlier.problems += row.problems
                    continue
                if row.usable:  # each row waits with its own cells
                    reader.problem(row, "set_aside", "continues", None, row.key)
                source = Source(source.file, source.sheet, source.row, url=source.url, key=numbered)
                earlier = None
            if earlier is not None:
                if set(row.claims) == set(earlier.claims):
                    reader.problem(row, "noted", "repeated", None, row.key)
                    earlier.problems += row.problems[-1:]
                    continue
                reader.problem(row, "set_aside", "duplicate", None, row.key)
                source = Source(source.file, source.sheet, source.row, url=source.url, key=numbered)
            about = row.ids.get(reader.layout.main, "")
            entry = Entry(source, row.claims, row.problems, about=about, corrected=bool(row.before))
            first.setdefault(place, entry)
            entries.append(entry)
            if not row.usable:
                entry.cells = reader.kept(row)
    tell("读取行", total, total)
    return entries


def _note_without_rows(
    readers: list[tuple[TableReader, list[Row]]], others: Collection[str], report: Report
) -> None:
    """Say of a file whose tables all have headers only that there is nothing to read in it."""
    filled = {*others, *(reader.table.file for reader, rows in readers if rows)}
    for file in dict.fromkeys(reader.table.file for reader, _ in readers):
        if file not in filled:
            report.add([Problem("noted", "no-rows", file, None, None, None, "", *message("no-rows"))])


def without_content(entries: Iterable[Entry], known: Callable[[str], bool]) -> dict[str, Source]:
    """The ids of entries that are set aside and that nothing else says anything of, with their places.

    ``known`` tells whether anything is stated about an id elsewhere.
    """
    entries = list(entries)
    there = {entry.about for entry in entries if entry.usable}
    aside = {entry.about: entry.source for entry in entries if not entry.usable and entry.about}
    return {id: source for id, source in aside.items() if id not in there and not known(id)}


def note_references(entries: Iterable[Entry], empty: Mapping[str, Source]) -> None:
    """Say of a row that it refers to one that is set aside: what it names has no content for now."""
    for entry in entries if empty else ():
        for claim in entry.claims if entry.usable else ():
            if claim.kind == "entity" and (place := empty.get(str(claim.object))) is not None:
                source = entry.source
                where = (source.file, source.sheet, source.row)
                entry.problems.append(reference_aside(where, claim.columns, str(claim.object), place))


def reference_aside(
    where: tuple[str, str | None, int | None], column: str | None, id: str, place: Source
) -> Problem:
    """The note on a cell that refers to a row that is set aside."""
    said = message("reference-aside", id=id, row=str(place.row), file=place.file)
    return Problem("noted", "reference-aside", *where, column, id, *said)
