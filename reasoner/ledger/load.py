"""Load ledgers, RDF and the bundled data into the record: files in, statements and a report out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from reasoner.bundled import path as bundled
from reasoner.ledger.elsewhere import Elsewhere
from reasoner.ledger.layouts import Table, TableLayout, layouts
from reasoner.ledger.origin import Corrections
from reasoner.ledger.reading import (
    Progress,
    context_of,
    note_references,
    read_tables,
    recognised,
    silent,
    without_content,
)
from reasoner.ledger.report import Problem, Report, RowOutcome, Unusable, UnusableFile
from reasoner.ledger.row import Entry
from reasoner.ledger.tables import Document
from reasoner.ledger.words import message
from reasoner.records.record import Record, SetAside
from reasoner.records.transaction import Transaction

_TABLES = {".xlsx", ".csv", ".parquet"}
_GRAPHS = {".ttl", ".nt", ".trig", ".jsonld"}
_SPREADSHEETS = {".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".et"}
_SAMPLES = ("*.csv", "*.xlsx", "*.ttl")
_ROWS_FROM = 20_000
_SHORTEST_ROW = {".csv": 8, ".parquet": 1}
"""Bytes; a .parquet packs its rows."""


def load(
    files: Sequence[str | Path | Document],
    record: Record,
    who: str = "zelian load",
    why: str = "",
    progress: Progress = silent,
    layout_folder: Path | None = None,
    with_registry: bool = False,
    corrections: Corrections | None = None,
    only_good: bool = False,
    dry: bool = False,
    rows_from: int = _ROWS_FROM,
) -> Report:
    """Load .xlsx, .csv, .parquet, .ttl, .nt, .trig and .jsonld files in one transaction.

    ``with_registry`` puts the bundled registry on an empty record first: without it no name is known.
    ``corrections`` says of single cells what shall be read in their stead; the statements of such a row
    name ``who`` and what stood there. ``only_good`` leaves alone what cannot be used, instead of
    setting it aside on record. ``dry`` stores nothing: the report says what would have happened.
    A .csv or .parquet of ``rows_from`` rows or more is read by columns (``large``).

    A file that cannot be used leaves the record as it was (``exit_code`` 2); rows that cannot be used
    are set aside whole (1). ``progress(step, done, total)`` is called now and then.
    """
    report = Report()
    known = layouts(layout_folder)
    paths = [Path(file) for file in files if not isinstance(file, Document)]
    if not (corrections or dry) and len(paths) == len(files) and any(_may_be(p, rows_from) for p in paths):
        from reasoner.ledger.large import load_large  # imported late: DuckDB is slow to import

        return load_large(
            *(paths, record, (who, why), progress, known, rows_from),
            with_registry=with_registry,
            only_good=only_good,
        )
    tables: list[Table] = []
    entries: list[Entry] = []
    digests: dict[str, str] = {}
    for done, (name, file) in enumerate(zip(file_names(files), files, strict=True)):
        progress("读取文件", done, len(files))
        try:
            document = opened(file, name)
            digests[name] = hashlib.sha256(document.data).hexdigest()
            read_file(document, known, tables, entries, report)
        except UnusableFile as error:
            report.unusable.append(error)
    if report.unusable:
        return report
    if with_registry:
        put_registry(record, progress)
    return _take(tables, entries, record, report, (who, why), digests, progress, corrections, only_good, dry)


def load_again(
    rows: Iterable[SetAside],
    record: Record,
    who: str,
    why: str = "",
    progress: Progress = silent,
    corrections: Corrections | None = None,
    dry: bool = False,
) -> Report:
    """Read rows that the record keeps set aside once more, corrected or not (see ``load``).

    Those that can be used now take their place among the facts, the others wait on.
    """
    from reasoner.ledger.aside import grids  # imported late: it reads what this module writes

    report = Report()
    tables = []
    for grid in grids(rows):
        try:
            tables += recognised([grid], grid.file, layouts(), Report())
        except UnusableFile as error:
            report.unusable.append(error)
    said = (who, why or "更正搁置的行")
    return _take(tables, [], record, report, said, {}, progress, corrections, False, dry)


def load_bundled(record: Record, samples: bool = False, progress: Progress = silent) -> Report:
    """Load the bundled registry and public ledger, and the fictional samples when asked for."""
    files = [*registry_files(), bundled("data", "public", "issues_public.csv")]
    if samples:
        folder = bundled("data", "samples")
        files += sorted(file for pattern in _SAMPLES for file in folder.glob(pattern))
    why = "自带的名录、公开台账和示例数据（虚构）" if samples else "自带的名录和公开台账"
    return load(files, record, who="zelian", why=why, progress=progress)


def put_registry(record: Record, progress: Progress = silent) -> None:
    """Put the bundled registry on a record that is empty."""
    if record.version == 0:
        load(registry_files(), record, who="zelian", why="自带的名录", progress=progress)


def registry_files() -> list[Path]:
    """The bundled registry."""
    files = sorted(bundled("data", "registry").glob("*.csv"))
    return [file for file in files if file.name != "sector_words.csv"]


def _may_be(file: Path, rows: int) -> bool:
    """Whether a file is one that may have so many rows."""
    least = _SHORTEST_ROW.get(file.suffix.lower())
    if least is None or not file.is_file() or file.stat().st_size < rows * least:
        return False
    if file.suffix.lower() == ".parquet":
        return True
    with file.open("rb") as content:
        return sum(piece.count(b"\n") for piece in iter(lambda: content.read(1 << 20), b"")) >= rows


def file_names(files: Sequence[str | Path | Document]) -> list[str]:
    """By what names files are known: those of one name are told apart by their folders, or by a number."""
    paths = [Path(file.name if isinstance(file, Document) else file) for file in files]
    names = [path.name for path in paths]
    told = [
        f"{p.parent.name}/{p.name}" if names.count(p.name) > 1 and p.parent.name else p.name for p in paths
    ]
    return [
        name if told.count(name) == 1 else f"{name}（{told[:at].count(name) + 1}）{Path(name).suffix}"
        for at, name in enumerate(told)
    ]


def opened(file: str | Path | Document, name: str) -> Document:
    """A readable file of a known type. Raises UnusableFile."""
    suffix = Path(name).suffix.lower()
    if suffix in _SPREADSHEETS:
        raise UnusableFile(name, "file-other-spreadsheet", type=suffix)
    if suffix not in _TABLES | _GRAPHS:
        raise UnusableFile(name, "file-type", types=" ".join(sorted(_TABLES | _GRAPHS)))
    if isinstance(file, Document):
        return Document(name, file.data)
    try:
        return Document(name, Path(file).read_bytes())
    except FileNotFoundError as error:
        raise UnusableFile(name, "file-missing") from error
    except OSError as error:
        raise UnusableFile(name, "file-unreadable", reason=error.strerror or "") from error


def read_file(
    document: Document,
    known: tuple[TableLayout, ...],
    tables: list[Table],
    entries: list[Entry],
    report: Report,
) -> None:
    """Add the tables, or the subjects of RDF, that are in a file. Raises UnusableFile."""
    if document.suffix in _GRAPHS:
        from reasoner.ledger import rdf  # imported late: rdflib is slow to import

        entries += rdf.read(document)
        return
    from reasoner.ledger.tables import read_grids

    grids, macros = read_grids(document)
    tables += recognised(grids, document.name, known, report)
    if macros:
        said = message("macros")
        report.add([Problem("noted", "macros", document.name, None, None, None, "", *said)])


def _take(
    tables: list[Table],
    entries: list[Entry],
    record: Record,
    report: Report,
    said: tuple[str, str],
    digests: dict[str, str],
    progress: Progress,
    corrections: Corrections | None,
    only_good: bool,
    dry: bool,
) -> Report:
    """What all tables and subjects come to, put on record or (``dry``) only counted."""
    why = said[1] or "导入 " + "、".join(digests)
    # Read with the writer's lock: what another import puts on record meanwhile might be what a row refers to.
    writing = record.trial() if dry else record.transaction(said[0], why, digests)
    with writing as transaction:
        context, readers = context_of(tables, entries, record, digests, corrections or {}, said[0])
        rows = read_tables(readers, context, waiting(record, digests), report, progress)
        note_references(rows, without_content(rows, context.on_record))
        entries += rows
        store(entries, Elsewhere(entries, record), transaction, report, progress, only_good)
        report.statements = transaction.changes
    report.version = record.version
    return report


def store(
    entries: Sequence[Entry],
    elsewhere: Elsewhere,
    transaction: Transaction,
    report: Report,
    progress: Progress,
    only_good: bool,
) -> None:
    """Put the entries on record, or set them aside, and report what became of each."""
    for done, entry in enumerate(entries):
        if done % 2000 == 0:
            progress("写入记录", done, len(entries))
        if entry.usable:
            report.meet(entry.source.file, elsewhere.compare(entry))
            _put(entry, transaction, report)
        else:
            _set_aside(entry, transaction, report, only_good)
        report.add(entry.problems)
    progress("写入记录", len(entries), len(entries))


def waiting(record: Record, files: Iterable[str]) -> set[tuple[str, str | None, str | None]]:
    """The rows set aside from other files than these."""
    named = set(files)
    return {(row.file, row.sheet, row.key) for row in record.set_aside() if row.file not in named}


def _put(entry: Entry, transaction: Transaction, report: Report) -> None:
    s = entry.source
    if not entry.claims:
        return
    before = transaction.stated(s)
    change = transaction.put_row(s, entry.claims)
    report.rows[change] += 1
    after = transaction.stated(s) if change == "changed" else before
    gone, added = (tuple(sorted(each)) for each in (before - after, after - before))
    report.outcomes.append(RowOutcome(change, s.file, s.sheet, s.row, entry.about, added, gone))


def _set_aside(entry: Entry, transaction: Transaction, report: Report, only_good: bool) -> None:
    s = entry.source
    cells = list(entry.cells.values())
    report.aside.append(Unusable(s.file, s.sheet, s.row, list(entry.cells), cells, entry.problems))
    if transaction.stated(s):
        said = message("kept-on-record" if only_good else "withdrawn")
        where = (s.file, s.sheet, s.row)
        entry.problems.append(Problem("noted", "withdrawn", *where, None, entry.about, *said))
    if only_good:
        report.rows["aside_unchanged"] += 1
        return
    problems = [asdict(p) for p in entry.problems]
    row = SetAside(s.file, s.sheet, s.row, s.key, entry.cells, problems)
    change = transaction.put_aside(row, by_number=entry.corrected)
    report.rows["aside_unchanged" if change == "unchanged" else "aside"] += 1
