"""What a case of a run is looked up in: sorted columns in files that are mapped into memory.

A lookup is a binary search, whatever the size of the run: it touches a few pages of a file and parses no
query. The columns lie in a folder of the run (``lookup-…``), made once from the tables of its database:

    about.*, naming.*   the statements by subject and by object: key, predicate, other, id
    names.*             what each code stands for; ``codes.*`` the codes by the hash of the name
    shown.*             what entities are called: their short name, else their name
    spreads.json        how many statements are found by a subject or an object, as a rule

Codes are kept less ``NAME_BASE``. The database says which folder is that of its present facts
(``cases_arrays``): whoever changes the facts drops that table (``concluded.drop``).
"""

from __future__ import annotations

import json
import shutil
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb
import numpy as np
import pyarrow as pa

from reasoner.batch.naming import hashed
from reasoner.engine.sql import NAME_BASE

TABLE = "cases_arrays"
_FOLDER = "lookup-"
_NONE = -1
"""In place of an object: a class has none."""

_ABOUT = (
    f"SELECT (a0 - {NAME_BASE})::INTEGER AS key, predicate::SMALLINT AS predicate, "
    f"coalesce(a1, {_NONE}) AS other, id FROM facts ORDER BY a0, predicate, id"
)
_NAMING = (
    f"SELECT (a1 - {NAME_BASE})::INTEGER AS key, predicate::SMALLINT AS predicate, a0 AS other, id "
    f"FROM facts_by_object WHERE a1 >= {NAME_BASE} ORDER BY a1, predicate, id"
)
_CODES = f"SELECT hash, (code - {NAME_BASE})::INTEGER AS code FROM names_by_hash ORDER BY hash"
_NAMES = f"SELECT (code - {NAME_BASE})::INTEGER AS key, name AS text FROM names ORDER BY code"
_SHOWN = (
    f"SELECT (o.a0 - {NAME_BASE})::INTEGER AS key, "
    "max_by(o.text, (p.name = 'shortName')::BIGINT * 1152921504606846976 + o.id) AS text "
    "FROM others AS o JOIN predicates AS p ON p.code = o.predicate "
    "WHERE p.name IN ('name', 'shortName') GROUP BY o.a0 ORDER BY o.a0"
)


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the columns of a run whose database is open for writing, and take earlier ones away."""
    for old in folder.glob(f"{_FOLDER}*"):
        shutil.rmtree(old, ignore_errors=True)
    token = uuid4().hex[:12]
    place = folder / f"{_FOLDER}{token}"
    place.mkdir()
    for name, query in (("about", _ABOUT), ("naming", _NAMING), ("codes", _CODES)):
        for column, values in connection.execute(query).fetchnumpy().items():
            np.save(place / f"{name}.{column}.npy", np.ascontiguousarray(values))
    for name, query in (("names", _NAMES), ("shown", _SHOWN)):
        table = connection.sql(query).to_arrow_table().combine_chunks()
        np.save(place / f"{name}.key.npy", table["key"].to_numpy())
        texts = table["text"].cast(pa.large_string()).combine_chunks()
        _, offsets, data = texts.buffers()
        bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        np.save(place / f"{name}.bounds.npy", bounds)
        np.save(place / f"{name}.text.npy", np.frombuffer(data or b"", np.uint8))
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS SELECT '{token}' AS folder")


def spreads(connection: duckdb.DuckDBPyConnection, place: Path) -> dict[tuple[int, int], float]:
    """How many statements of a predicate have the same subject (0) or object with a name (1) as a statement
    of it has; -1: how many there are. What is asked about is more often what much is said of.

    Worked out once, from a run in ``place``.
    """
    file = place / "spreads.json"
    if not file.exists():
        found: list[tuple[int, int, float]] = []
        for by in (0, 1):
            named = f"a1 >= {NAME_BASE}" if by else "true"
            rows = connection.execute(
                "SELECT predicate, sum(n * n) / sum(n), sum(n) FROM "
                f"(SELECT predicate, count(*) AS n FROM facts WHERE {named} GROUP BY predicate, a{by}) "
                "GROUP BY predicate ORDER BY predicate"
            ).fetchall()
            found += [(int(predicate), by, float(each)) for predicate, each, _ in rows]
            found += [(int(predicate), -1, float(number)) for predicate, _, number in rows if not by]
        part = file.with_suffix(f".{uuid4().hex}")
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(file)
    return {(predicate, place): spread for predicate, place, spread in json.loads(file.read_text("utf-8"))}


def folder_of(connection: duckdb.DuckDBPyConnection, folder: Path) -> Path | None:
    """Where the columns of a run's present facts are; None when they have to be written."""
    try:
        ((token,),) = connection.execute(f"SELECT folder FROM {TABLE}").fetchall()
    except duckdb.CatalogException:
        return None
    place = folder / f"{_FOLDER}{token}"
    return place if place.is_dir() else None


class Part(NamedTuple):
    """Where the statements of one relation to an entity are."""

    predicate: int
    first: int
    end: int


class Statements:
    """The statements by what they are about, or by what they name."""

    def __init__(self, place: Path, name: str) -> None:
        self.key, self.predicate = _mapped(place, f"{name}.key"), _mapped(place, f"{name}.predicate")
        self.other, self.id = _mapped(place, f"{name}.other"), _mapped(place, f"{name}.id")
        self.others: np.ndarray[Any, np.dtype[np.int64]] = np.asarray(self.other)

    def parts(self, code: int) -> Iterator[Part]:
        """The relations to an entity, by predicate."""
        key = code - NAME_BASE
        first = bisect_left(self.key, key)
        if first == len(self.key) or self.key[first] != key:
            return
        last = bisect_left(self.key, key + 1, first)
        while first < last:
            predicate = self.predicate[first]
            end = bisect_left(self.predicate, predicate + 1, first, last)
            yield Part(predicate, first, end)
            first = end

    def rows(self, part: Part) -> Iterator[tuple[int, int | None, int]]:
        """(id, the other entity, predicate) of the statements of a relation, by id."""
        others, ids = self.other[part.first : part.end].tolist(), self.id[part.first : part.end].tolist()
        for other, number in zip(others, ids, strict=True):
            yield number, None if other == _NONE else other, part.predicate


class _Texts:
    def __init__(self, place: Path, name: str) -> None:
        self._key, self._bounds = _mapped(place, f"{name}.key"), _mapped(place, f"{name}.bounds")
        self._text = _mapped(place, f"{name}.text")

    def get(self, code: int) -> str | None:
        key = code - NAME_BASE
        place = bisect_left(self._key, key)
        if place == len(self._key) or self._key[place] != key:
            return None
        return bytes(self._text[self._bounds[place] : self._bounds[place + 1]]).decode()


class Arrays:
    """The columns of a run."""

    def __init__(self, place: Path) -> None:
        self.about, self.naming = Statements(place, "about"), Statements(place, "naming")
        self._names, self._shown = _Texts(place, "names"), _Texts(place, "shown")
        self._hash, self._code = _mapped(place, "codes.hash"), _mapped(place, "codes.code")

    def name(self, code: int) -> str:
        """The name that a code stands for. Raises KeyError for a code that no name has."""
        if (found := self._names.get(code)) is None:
            raise KeyError(code)
        return found

    def shown(self, code: int) -> str | None:
        """What an entity is called; None when nobody says."""
        return self._shown.get(code)

    def code(self, name: str) -> int | None:
        """The code of a name; None when the run does not know it."""
        wanted = hashed(name)
        place = bisect_left(self._hash, wanted)
        while place < len(self._hash) and self._hash[place] == wanted:
            code: int = self._code[place] + NAME_BASE
            if self.name(code) == name:
                return code
            place += 1
        return None


def _mapped(place: Path, name: str) -> memoryview:
    file = place / f"{name}.npy"
    return memoryview(np.load(file, mmap_mode="r" if file.stat().st_size > _HEADER else None))


_HEADER = 128
"""Bytes of a file without rows, which cannot be mapped."""
