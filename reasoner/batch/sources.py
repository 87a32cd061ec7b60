"""Facts files as they come: Parquet or CSV with the columns predicate, subject, object, kind.

Every row is a statement; its id is its place among all rows of all files, counted from 1. Further columns
``file, sheet, row, columns`` say where a statement was taken from; without them it is the facts file and the
number of the row (of the data, counted from 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from reasoner.records.record import Record

COLUMNS = ("predicate", "subject", "object", "kind")
PROVENANCE = {"file": "VARCHAR", "sheet": "VARCHAR", "row": "BIGINT", "columns": "VARCHAR"}
SUFFIXES = (".parquet", ".csv")


class FactsError(ValueError):
    """A facts file that cannot be used: which, where, and why. Reads ``Chinese / English``."""


@dataclass(frozen=True)
class Source:
    """A facts file as it was when it was read (``size`` in bytes, ``changed`` in ns), and its rows.

    Of a record, ``changed`` is its version and ``digest`` that of its contents.
    """

    file: str
    size: int
    changed: int
    digest: str = ""
    first: int = 1
    """The id of its first row."""
    rows: int = 0

    def same(self, other: Source) -> bool:
        """Whether both are the same input."""
        keys = ("file", "size", "changed", "digest")
        return all(getattr(self, key) == getattr(other, key) for key in keys)


def described(facts: Sequence[Path] | Record) -> list[Source]:
    """What the input is, without reading it. Raises FactsError when a file is missing or of another kind."""
    if isinstance(facts, Record):
        return [Source(str(facts.path or "record"), 0, facts.version, facts.digest)]
    found = []
    for file in facts:
        if file.suffix.lower() not in SUFFIXES:
            raise FactsError(
                f"{file}：事实文件应为 .parquet 或 .csv / {file}: a facts file is .parquet or .csv"
            )
        if not file.is_file():
            raise FactsError(f"没有这个文件：{file} / no such file: {file}")
        stat = file.stat()
        found.append(Source(str(file.resolve()), stat.st_size, stat.st_mtime_ns))
    if not found:
        raise FactsError("没有给出事实文件 / no facts file given")
    return found


def read(
    connection: duckdb.DuckDBPyConnection, facts: Sequence[Path] | Record, found: Sequence[Source]
) -> tuple[list[Source], bool]:
    """Make ``raw`` (id and the columns) of the input; return the sources with their rows, and whether
    there is provenance.

    Parquet is read where it stands; CSV is parsed once into a table.
    """
    run = connection.execute
    if isinstance(facts, Record):
        connection.register("recorded", facts.facts(text=True))
        run("CREATE TEMP VIEW raw AS SELECT id, predicate, subject, object, kind FROM recorded")
        return list(found), False
    parts, sources, first, told = [], [], 1, False
    for number, (file, source) in enumerate(zip(facts, found, strict=True)):
        text = str(file).replace("'", "''")
        if file.suffix.lower() == ".csv":
            # in the order of the file: the number of a row is its place
            run("SET preserve_insertion_order = true")
            run(
                f"CREATE TEMP TABLE raw{number} AS FROM read_csv('{text}', all_varchar = true, header = true)"
            )
            run("SET preserve_insertion_order = false")
            table, place = f"raw{number}", "rowid"
        else:
            table, place = f"read_parquet('{text}', file_row_number = true)", "file_row_number"
        columns = {row[0] for row in run(f"DESCRIBE SELECT * FROM {table}").fetchall()}
        if missing := [name for name in COLUMNS if name not in columns]:
            raise FactsError(
                f"{file}：缺少列 {'、'.join(missing)} / {file}: columns missing: {', '.join(missing)}"
            )
        own = "file" in columns
        told = told or own
        more = [
            f"TRY_CAST({name if own and name in columns else 'NULL'} AS {kind})"
            for name, kind in PROVENANCE.items()
        ]
        values = [f"{place} + {first}", *(f"{name}::VARCHAR" for name in COLUMNS), *more]
        named = ", ".join(f"{v} AS {n}" for v, n in zip(values, ("id", *COLUMNS, *PROVENANCE), strict=True))
        parts.append(f"SELECT {named} FROM {table}")
        counted = run(f"SELECT count(*) FROM {table}").fetchone()
        rows = int(counted[0]) if counted else 0
        sources.append(Source(**{**asdict(source), "first": first, "rows": rows}))
        first += rows
    run(f"CREATE TEMP VIEW raw AS {' UNION ALL '.join(parts)}")
    return sources, told


def statements(files: Sequence[Path]) -> pa.Table:
    """The rows of facts files as ``Record.facts`` gives those of a record. Raises FactsError."""
    with duckdb.connect() as connection:
        read(connection, files, described(files))
        columns = "SELECT predicate, subject, coalesce(object, '') AS object, kind, id FROM raw ORDER BY id"
        return connection.sql(columns).to_arrow_table()


def place_of(sources: Sequence[Source], statement: int) -> dict[str, Any]:
    """The file and the row that a statement is, by its id. Raises KeyError for an id that none has."""
    for source in sources:
        if source.first <= statement < source.first + source.rows:
            return {"file": Path(source.file).name, "row": statement - source.first + 1}
    raise KeyError(statement)
