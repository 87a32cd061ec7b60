"""The facts of a measurement, the same for every engine, in the forms that engines read.

    FOLDER/statements.parquet   predicate, subject, object, kind: as generated, for the large runs
    FOLDER/atoms.parquet        every ground atom that the rules can use: the statements and what the
                                ontology, the parameters and the calendar add (reasoner.engine.facts)

An atom is ``predicate, types, a0, a1, a2``: all strings; ``types`` has a letter for each argument, ``n`` for
a name and ``i`` for an integer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import Facts, completed
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule, Value

STATEMENTS, ATOMS = "statements.parquet", "atoms.parquet"
ARGUMENTS = 5
"""No predicate has more."""
_BATCH = 200_000
_DAY = "day of a statement"
"""Stands for the days on record while the calendar is added."""


def atoms(folder: Path, rules: Ontology, as_of: int) -> Path:
    """Write ``atoms.parquet`` beside ``statements.parquet``, unless it is there; return it."""
    place = folder / ATOMS
    if place.exists():
        return place
    with database() as connection:
        used = pa.table({"predicate": sorted(rules.book.used)})
        connection.register("used", used)
        connection.execute(
            "CREATE TABLE atoms AS SELECT DISTINCT predicate, CASE WHEN kind = 'class' THEN 'n' "
            "WHEN kind IN ('date', 'integer') THEN 'ni' ELSE 'nn' END AS types, subject AS a0, "
            "CASE WHEN kind = 'class' THEN NULL ELSE object END AS a1, NULL::VARCHAR AS a2 "
            f"FROM read_parquet('{_quoted(folder / STATEMENTS)}') SEMI JOIN used USING (predicate)"
        )
        added = _added(connection, rules, as_of)
        connection.register("added", table(added))
        connection.execute(
            "INSERT INTO atoms SELECT * FROM added SEMI JOIN used USING (predicate) "
            "EXCEPT SELECT * FROM atoms"
        )
        half = place.with_suffix(".part")
        connection.execute(
            f"COPY (SELECT * FROM atoms ORDER BY predicate) TO '{_quoted(half)}' (FORMAT PARQUET)"
        )
    half.rename(place)
    return place


def _added(connection: duckdb.DuckDBPyConnection, rules: Ontology, as_of: int) -> list[Ground]:
    """What the ontology, the parameters, the day of asking and the calendar add to the statements."""
    found, recorded = Facts(), set[Ground]()
    for row in connection.execute(
        "SELECT DISTINCT predicate, types, a0, a1 FROM atoms "
        "WHERE predicate IN ('parameterKind', 'ruleValue')"
    ).fetchall():
        recorded.add((row[0], tuple(_values(row[1], row[2:]))))
    for (day,) in connection.execute("SELECT DISTINCT a1 FROM atoms WHERE types = 'ni'").fetchall():
        recorded.add((_DAY, (int(day),)))
    for atom in recorded:
        found.add(atom)
    for predicate, row in rules.vocabulary.statements:
        if predicate in rules.book.used:
            found.add((predicate, row))
    completed(found, rules.book, as_of)
    return [atom for atom in found.atoms if atom not in recorded]


def table(found: Iterable[tuple[str, tuple[Value, ...]]], arguments: int = 3) -> pa.Table:
    """Atoms as a table in the form of ``atoms.parquet``."""
    rows = [
        (
            predicate,
            "".join("i" if isinstance(value, int) else "n" for value in row),
            *(str(row[i]) if i < len(row) else None for i in range(arguments)),
        )
        for predicate, row in found
    ]
    names = ["predicate", "types", *(f"a{i}" for i in range(arguments))]
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def ground(place: Path, used: Collection[str]) -> Iterator[Ground]:
    """Read the atoms of some predicates."""
    for batch in pq.ParquetFile(place).iter_batches(_BATCH):
        for predicate, types, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if predicate in used:
                yield predicate, tuple(_values(types, values))


def _values(types: str, values: Iterable[str]) -> Iterator[Value]:
    for letter, value in zip(types, values, strict=False):
        yield int(value) if letter == "i" else value


def numeric(rules: Collection[Rule], place: Path) -> set[tuple[str, int]]:
    """The arguments (predicate, position) in which an integer may stand, of what is given or concluded."""
    with database() as connection:
        given = connection.execute(
            f"SELECT DISTINCT predicate, types FROM read_parquet('{_quoted(place)}')"
        ).fetchall()
    found = {(predicate, i) for predicate, types in given for i, t in enumerate(types) if t == "i"}
    size = -1
    while size < len(found):
        size = len(found)
        for rule in rules:
            numbers = {
                arg
                for atom in rule.positive()
                for i, arg in enumerate(atom.args)
                if (atom.predicate, i) in found
            }
            for i, arg in enumerate(rule.head.args):
                if isinstance(arg, int) or arg in numbers:
                    found.add((rule.head.predicate, i))
    return found


def database() -> duckdb.DuckDBPyConnection:
    """A database in memory that shows no progress: it would stand between the tables."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    return connection


def _quoted(place: Path) -> str:
    return str(place).replace("'", "''")
