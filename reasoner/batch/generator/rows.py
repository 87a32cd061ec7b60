"""Statements as columns: ids and names with numbers behind them, days, and the tables they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reasoner.batch.generator.draws import Numbers

COLUMNS = ("predicate", "subject", "object", "kind")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])


class Rows:
    """Statements as they are made; ``table`` gives them at once."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, pa.Array, pa.Array, str]] = []

    def add(self, predicate: str, subjects: pa.Array, objects: pa.Array | str, kind: str) -> None:
        """Add one statement for each subject; one object for all, or one for each."""
        if len(subjects):
            if isinstance(objects, str):
                objects = same(objects, len(subjects))
            self._parts.append((predicate, subjects, objects, kind))

    def table(self) -> pa.Table:
        """What was added, with the columns of ``COLUMNS``."""
        if not self._parts:
            return SCHEMA.empty_table()
        predicates, subjects, objects, kinds = zip(*self._parts, strict=True)
        lengths = [len(each) for each in subjects]
        columns = [
            _repeated(predicates, lengths),
            pa.chunked_array(subjects, pa.string()),
            pa.chunked_array(objects, pa.string()),
            _repeated(kinds, lengths),
        ]
        return pa.table(columns, schema=SCHEMA)


def same(text: str, number: int) -> pa.Array:
    """One text so many times."""
    return pa.repeat(pa.scalar(text, pa.string()), number)


def chosen(texts: Sequence[str], places: Numbers) -> pa.Array:
    """The texts at some places."""
    return pa.array(texts, pa.string()).take(pa.array(places))


def numbered(texts: pa.Array | str, numbers: Numbers, between: str = ".") -> pa.Array:
    """A text, or one for each number, with the number behind it, counted from 1."""
    names = pa.scalar(texts, pa.string()) if isinstance(texts, str) else texts
    return pc.binary_join_element_wise(names, pc.cast(pa.array(numbers + 1), pa.string()), between)


def days_later(day: str, days: Numbers) -> pa.Array:
    """So many days after a day, as yyyymmdd."""
    return day_texts(day_of(day) + days)


def day_of(day: str) -> int:
    """A day (yyyymmdd) as the number of days since 1970."""
    return int(np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:8]}").astype(np.int64))


def day_texts(days: Numbers) -> pa.Array:
    """Days, counted since 1970, as yyyymmdd."""
    return pc.replace_substring(pc.cast(pa.array(days.astype("datetime64[D]")), pa.string()), "-", "")


def _repeated(values: Sequence[str], lengths: Sequence[int]) -> pa.Array:
    distinct = sorted(set(values))
    places = {value: place for place, value in enumerate(distinct)}
    return chosen(distinct, np.repeat(np.array([places[value] for value in values], np.int64), lengths))
