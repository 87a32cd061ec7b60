"""Load ledgers, RDF and the bundled data into the record: files in, statements and a report out."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from reasoner.bundled import path as bundled
from reasoner.ledger import values
from reasoner.ledger.context import Context, setting
from reasoner.ledger.elsewhere import Elsewhere
from reasoner.ledger.layouts import Table, TableLayout, layouts, recognise
from reasoner.ledger.names import PREDICATES, Names
from reasoner.ledger.report import Problem, Report, Unusable, UnusableFile
from reasoner.ledger.rows import Entry, Row, TableReader
from reasoner.ledger.tables import header, read_grids
from reasoner.ledger.words import Words, message, ontology
from reasoner.record import Record, SetAside, Source

Progress = Callable[[str, int, int], None]

_TABLES = {".xlsx", ".csv"}
_GRAPHS = {".ttl", ".nt", ".trig", ".jsonld"}
_INSPECTION_DAYS = ("beganOn", "endedOn")
_SAMPLES = ("*.csv", "*.xlsx", "*.ttl")


def load(
    files: Sequence[str | Path],
    record: Record,
    who: str = "zelian load",
    why: str = "",
    progress: Progress | None = None,
    layout_folder: Path | None = None,
    with_registry: bool = False,
) -> Report:
    """Load .xlsx, .csv, .ttl, .nt, .trig and .jsonld files in one transaction.

    ``with_registry`` puts the bundled registry on an empty record first: without it no name is known.

    A file that cannot be used leaves the record as it was (``exit_code`` 2); rows that cannot be used
    are set aside whole (1). ``progress(step, done, total)`` is called now and then.
    """
    report = Report()
    tell = progress or (lambda step, done, total: None)
    known = layouts(layout_folder)
    tables: list[Table] = []
    entries: list[Entry] = []
    digests: dict[str, str] = {}
    paths = [Path(file) for file in files]
    for done, (name, path) in enumerate(zip(_document_names(paths), paths, strict=True)):
        tell("读取文件", done, len(paths))
        try:
            digests[name] = _digest(path, name)
            if path.suffix.lower() in _GRAPHS:
                from reasoner.ledger import rdf  # imported late: rdflib is slow to import

                entries += rdf.read(path, name)
            else:
                tables += _recognised(path, name, known, report)
        except UnusableFile as error:
            report.unusable.append(error)
    if report.unusable:
        return report
    if with_registry and record.version == 0:
        load(_registry(), record, who="zelian", why="装入自带名录", progress=progress)
    context, readers = _context(tables, entries, record, digests)
    waiting = {(row.file, row.sheet, row.key) for row in record.set_aside() if row.file not in digests}
    _note_without_rows(readers, report)
    entries += _read_tables(readers, context, waiting, tell)
    _store(entries, record, report, who, why or "导入 " + "、".join(digests), digests, tell)
    return report


def load_bundled(record: Record, samples: bool = False, progress: Progress | None = None) -> Report:
    """Load the bundled registry and public ledger, and the fictional samples when asked for."""
    files = [*_registry(), bundled("data", "public", "issues_public.csv")]
    if samples:
        folder = bundled("data", "samples")
        files += sorted(file for pattern in _SAMPLES for file in folder.glob(pattern))
    return load(files, record, who="zelian", why="装入自带数据", progress=progress)


def _registry() -> list[Path]:
    files = sorted(bundled("data", "registry").glob("*.csv"))
    return [file for file in files if file.name != "sector_words.csv"]


def _document_names(paths: Iterable[Path]) -> list[str]:
    """File names; files of one name in one import are told apart by their folders."""
    paths = list(paths)
    names = [path.name for path in paths]
    return [f"{p.parent.name}/{p.name}" if names.count(p.name) > 1 else p.name for p in paths]


def _digest(path: Path, name: str) -> str:
    """SHA-256 of a readable file of a known type. Raises UnusableFile."""
    if path.suffix.lower() not in _TABLES | _GRAPHS:
        raise UnusableFile(name, "file-type", types=" ".join(sorted(_TABLES | _GRAPHS)))
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise UnusableFile(name, "file-missing") from error
    except OSError as error:
        raise UnusableFile(name, "file-unreadable", reason=error.strerror or "") from error


def _recognised(path: Path, name: str, known: tuple[TableLayout, ...], report: Report) -> list[Table]:
    """The tables of a file that some layout fits; a file with none cannot be used."""
    found, strange = [], []
    for grid in read_grids(path, name):
        table = recognise(grid, known)
        if table is None:
            strange.append(grid)
        else:
            found.append(table)
            report.add(
                Problem(
                    "noted", "column-unknown", name, grid.sheet, None, column, "", *message("column-unknown")
                )
                for column in table.unread((*values.TRACE_HEADERS, values.EXPLANATION_HEADER))
            )
            report.layouts[f"{name}#{grid.sheet}" if grid.sheet else name] = (
                f"{table.layout.layout}/{table.layout.name}"
            )
    if not found:
        first = next(row for row in strange[0].rows if any(row))
        seen = "、".join(header(c) for c in first if c not in (None, ""))[:80]
        raise UnusableFile(name, "file-layout", seen=seen)
    quiet = Words.bundled().listed("skip_sheets")
    for grid in strange:
        if grid.sheet in quiet:
            continue
        report.add([Problem("noted", "sheet", name, grid.sheet, None, None, "", *message("sheet"))])
    return found


def _context(
    tables: list[Table], graphs: list[Entry], record: Record, files: Collection[str] = ()
) -> tuple[Context, list[tuple[TableReader, list[Row]]]]:
    """Everything rows are read against: first what is on record, then what the rows themselves define."""
    words = Words.bundled()
    names = Names(words)
    context = Context(names, words, _sector_words(), record.knows)
    days: dict[str, set[int]] = {}
    for predicate, subject, object in record.triples((*PREDICATES, *words.families, *_INSPECTION_DAYS)):
        if predicate in _INSPECTION_DAYS:
            days.setdefault(subject, set()).add(int(object))
        else:
            names.add(predicate, subject, object)
    readers = [(reader, reader.define()) for reader in (TableReader(table, context) for table in tables)]
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


def _note_without_rows(readers: list[tuple[TableReader, list[Row]]], report: Report) -> None:
    """Say of a file whose tables all have headers only that there is nothing to read in it."""
    filled = {reader.table.file for reader, rows in readers if rows}
    for file in dict.fromkeys(reader.table.file for reader, _ in readers):
        if file not in filled:
            report.add([Problem("noted", "no-rows", file, None, None, None, "", *message("no-rows"))])


def _read_tables(
    readers: list[tuple[TableReader, list[Row]]],
    context: Context,
    waiting: set[tuple[str, str | None, str | None]],
    tell: Progress,
) -> list[Entry]:
    """``waiting`` names the rows set aside from other files: a second row of one number stays one."""
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
                earlier.claims += row.claims
                earlier.problems += row.problems
                continue
            if earlier is not None:
                if set(row.claims) == set(earlier.claims):
                    reader.problem(row, "noted", "repeated", None, row.key)
                    earlier.problems += row.problems[-1:]
                    continue
                reader.problem(row, "set_aside", "duplicate", None, row.key)
                source = Source(source.file, source.sheet, source.row, url=source.url, key=numbered)
            about = row.ids.get(reader.layout.main, "")
            entry = Entry(source, row.claims, row.problems, about=about)
            first.setdefault(place, entry)
            entries.append(entry)
            if not row.usable:
                shown = [name or f"第{i + 1}列" for i, name in enumerate(reader.table.shown)]
                entry.cells = dict(zip(shown, row.texts, strict=False))
    tell("读取行", total, total)
    return entries


def _store(
    entries: list[Entry],
    record: Record,
    report: Report,
    who: str,
    why: str,
    digests: dict[str, str],
    tell: Progress,
) -> None:
    elsewhere = Elsewhere(entries, record)
    with record.transaction(who, why, digests) as transaction:
        for done, entry in enumerate(entries):
            if done % 2000 == 0:
                tell("写入记录", done, len(entries))
            if entry.usable:
                elsewhere.compare(entry)
            report.add(entry.problems)
            s = entry.source
            if entry.usable:
                if entry.claims:
                    report.rows[transaction.put_row(s, entry.claims)] += 1
            else:
                cells = list(entry.cells.values())
                report.aside.append(
                    Unusable(s.file, s.sheet, s.row, list(entry.cells), cells, entry.problems)
                )
                problems = [asdict(p) for p in entry.problems]
                change = transaction.put_aside(SetAside(s.file, s.sheet, s.row, s.key, entry.cells, problems))
                report.rows["aside_unchanged" if change == "unchanged" else "aside"] += 1
        report.statements = transaction.changes
    report.version = record.version
    tell("写入记录", len(entries), len(entries))
