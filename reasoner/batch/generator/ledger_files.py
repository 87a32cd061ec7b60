"""Generated facts as ledgers: one CSV or Parquet file for each table of ZeLian's own template.

The template (data/layouts/zelian.yaml) has a table for every kind of entry and a column for every property:
it says which row and which column a statement makes. Bodies, places, documents and issues stand in the
cells by their ids, choices by their words. What a column does not take is left out: the second limit of a
task, a place that is neither a district nor a township. So is the registry, which whoever loads ledgers has.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from reasoner.batch.generator import fact_files
from reasoner.batch.generator.generate import Generator
from reasoner.ledger.layouts import Item, TableLayout, layouts
from reasoner.ledger.words import Words
from reasoner.rulebook.vocabulary import Vocabulary

LAYOUT = "zelian"
_OPEN_TIME = "openTime"
_BY_SEMICOLON = frozenset({"texts", "text", "document"})
_PLACES = frozenset({"district", "township"})
_MEMORY = "2GB"


class _Column(NamedTuple):
    """What fills a column: the statements of a predicate, about the row's subject or naming it."""

    table: int
    predicate: str
    place: int
    reverse: bool = False
    takes_places: bool = False


class _Word(NamedTuple):
    """What a cell says for an individual or a class."""

    table: int
    place: int
    id: str
    word: str


def write(
    generator: Generator,
    folder: Path,
    suffix: str,
    vocabulary: Vocabulary,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Write the ledgers that hold any row into a folder and return them; ``suffix``: .csv or .parquet.

    Raises OSError when a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = [each for each in layouts() if each.layout == LAYOUT]
    with tempfile.TemporaryDirectory(prefix="zelian-", ignore_cleanup_errors=True) as place:
        facts = Path(place) / "facts.parquet"
        invented = (table for number, table in enumerate(generator.tables()) if number)
        fact_files.write(invented, facts, "parquet", vocabulary, progress)
        with duckdb.connect(str(Path(place) / "ledgers.duckdb")) as connection:
            connection.execute(f"SET memory_limit = '{_MEMORY}'")
            connection.execute("SET enable_progress_bar = false")  # DuckDB would write one anywhere
            _prepare(connection, facts, tables)
            return [
                file
                for number, table in enumerate(tables)
                if (file := _table(connection, number, table, folder, suffix)) is not None
            ]


def _prepare(connection: duckdb.DuckDBPyConnection, facts: Path, tables: list[TableLayout]) -> None:
    """Say of every subject in which table it stands, and of every statement what it fills in there."""
    words = Words.bundled()
    run, columns, said = connection.execute, list[_Column](), list[_Word]()
    for number, table in enumerate(tables):
        for place, item in enumerate(table.items):
            columns += _columns(number, place, item, table, words)
            said += _words(number, place, item, words)
    run("CREATE TABLE columns (nr INTEGER, predicate VARCHAR, place INTEGER, reverse BOOLEAN, lies BOOLEAN)")
    connection.executemany("INSERT INTO columns VALUES (?, ?, ?, ?, ?)", columns)
    run("CREATE TABLE words (nr INTEGER, place INTEGER, id VARCHAR, word VARCHAR)")
    connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", said)
    run("CREATE TABLE classes (nr INTEGER, predicate VARCHAR)")
    connection.executemany("INSERT INTO classes VALUES (?, ?)", list(_classes(tables, words)))
    territories = [name for name, families in words.families.items() if families & _PLACES]
    file = str(facts).replace("'", "''")
    read = f"read_parquet('{file}', file_row_number = true)"
    run(f"CREATE VIEW stated AS SELECT file_row_number AS id, * FROM {read}")
    run(
        "CREATE TABLE subjects AS SELECT subject, min(nr) AS nr, min(id) AS first FROM stated "
        "JOIN classes USING (predicate) WHERE kind = 'class' GROUP BY subject"
    )
    run(
        "CREATE TABLE territories AS SELECT DISTINCT subject FROM stated WHERE predicate IN "
        f"({', '.join(map(repr, territories))})"
    )
    run(
        "CREATE TABLE cells AS SELECT nr, first, subject, place, said, min(id) AS id FROM ("  # each word once
        "SELECT m.nr, m.first, m.subject, c.place, s.id, coalesce(w.word, CASE WHEN s.kind = 'date' THEN "
        "s.object[1:4] || '-' || s.object[5:6] || '-' || s.object[7:8] ELSE s.object END) AS said "
        "FROM stated AS s JOIN subjects AS m USING (subject) "
        "JOIN columns AS c ON c.nr = m.nr AND c.predicate = s.predicate AND NOT c.reverse "
        "LEFT JOIN words AS w ON w.nr = c.nr AND w.place = c.place "
        "AND w.id = CASE WHEN s.kind = 'class' THEN s.predicate ELSE s.object END "
        "WHERE NOT c.lies OR s.object IN (FROM territories) "
        "UNION ALL SELECT m.nr, m.first, m.subject, c.place, s.id, s.subject FROM stated AS s "
        "JOIN subjects AS m ON m.subject = s.object AND s.kind = 'entity' "
        "JOIN columns AS c ON c.nr = m.nr AND c.predicate = s.predicate AND c.reverse) GROUP BY ALL"
    )


def _columns(number: int, place: int, item: Item, table: TableLayout, words: Words) -> Iterator[_Column]:
    if item.value == "choice" and not item.property:
        for name in set(words.choices(item.words).values()):
            yield _Column(number, name, place)
    elif item.property and not item.label:
        yield _Column(number, item.property, place, item.reverse, item.value == "place")
        if item.value == "deadline":
            yield _Column(number, _OPEN_TIME, place)
        if item.required and item.value == "text" and not any(i.property == "name" for i in table.items):
            yield _Column(number, "name", place)


def _words(number: int, place: int, item: Item, words: Words) -> Iterator[_Word]:
    group = _OPEN_TIME if item.value == "deadline" else item.words if item.value == "choice" else ""
    if group:
        first: dict[str, str] = {}
        for word, id in words.choices(group).items():
            first.setdefault(id, word)
        for id, word in first.items():
            yield _Word(number, place, id, word)


def _classes(tables: list[TableLayout], words: Words) -> Iterator[tuple[int, str]]:
    """The classes whose members stand in each table; a class with a table of its own stands there only."""
    own = {name for table in tables for name in table.entities[table.main].classes}
    for number, table in enumerate(tables):
        for name in table.entities[table.main].classes:
            yield number, name
        for item in table.items:
            if item.value == "choice" and not item.property:
                for name in set(words.choices(item.words).values()) - own:
                    yield number, name


def _table(
    connection: duckdb.DuckDBPyConnection, number: int, table: TableLayout, folder: Path, suffix: str
) -> Path | None:
    counted = connection.execute(f"SELECT count(*) FROM subjects WHERE nr = {number}").fetchone()
    if not counted or not counted[0]:
        return None
    keys = [place for place, item in enumerate(table.items) if item.column in table.key]
    named = []
    for place in sorted(range(len(table.items)), key=lambda each: each not in keys):
        item = table.items[place]
        sep = "；" if item.value in _BY_SEMICOLON else "、"
        cell = f"string_agg(said, '{sep}' ORDER BY id) FILTER (WHERE place = {place})"
        named.append(f'{"m.subject" if place in keys else cell} AS "{item.column}"')
    form = "FORMAT parquet, COMPRESSION zstd" if suffix == ".parquet" else "FORMAT csv, HEADER"
    file = folder / f"{table.name}{suffix}"
    text = str(file).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {', '.join(named)} FROM subjects AS m "
        f"LEFT JOIN (SELECT * FROM cells WHERE nr = {number}) AS c USING (subject) WHERE m.nr = {number} "
        f"GROUP BY m.subject, m.first ORDER BY m.first) TO '{text}' ({form})"
    )
    return file
