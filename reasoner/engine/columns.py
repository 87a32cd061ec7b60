"""The rows of a predicate, in memory, to be looked up by any of their values and changed row by row.

``Few`` keeps rows as tuples with an index for whatever is asked for. ``Columns`` keeps millions of rows of
integers as sorted columns, which never change, with the few rows that have come and gone since beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from reasoner.engine.join import Relation, Row, key_of
from reasoner.rulebook.rules import Value

Integers = np.ndarray[Any, np.dtype[np.int64]]
FEW = 2_000
"""Rows up to which tuples are the better way."""


class TooManyError(Exception):
    """More rows match than somebody is ready to look at."""


class Table(Protocol):
    """Rows of one predicate, each once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def __contains__(self, row: Row) -> bool: ...

    def matching(self, positions: tuple[int, ...], key: Row, most: int) -> Iterable[Row]:
        """Rows whose arguments at ``positions`` equal ``key``. Raises TooManyError beyond ``most``."""

    def spread(self, positions: tuple[int, ...], key: Row = ()) -> float:
        """How many rows agree with a row at these positions, as a rule: the mean over all rows; with a key,
        how many agree with that, as far as it is cheap to tell."""

    def add(self, row: Row) -> bool:
        """Add a row; return whether it was new."""

    def remove(self, row: Row) -> bool:
        """Remove a row; return whether it was there."""


class Few(Relation):
    """Rows as tuples. The same as a relation, and rows can be taken away."""

    __slots__ = ()

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        super().__init__()
        self.extend(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __contains__(self, row: Row) -> bool:
        return row in self.rows

    def matching(self, positions: tuple[int, ...], key: Row, most: int = 0) -> Iterable[Row]:
        """Rows whose arguments at ``positions`` equal ``key``; few by nature, whatever ``most`` says."""
        return super().matching(positions, key)

    def spread(self, positions: tuple[int, ...], key: Row = ()) -> float:
        """How many rows agree with a row, or with a key, at these positions."""
        if not self.rows:
            return 0.0
        if key:
            return float(sum(all(row[p] == k for p, k in zip(positions, key, strict=True)) for row in self))
        alike = Counter(tuple([row[p] for p in positions]) for row in self.rows)
        return sum(number * number for number in alike.values()) / len(self.rows)

    def remove(self, row: Row) -> bool:
        """Remove a row; return whether it was there."""
        if row not in self.rows:
            return False
        del self.rows[row]
        for positions, index in self._indexes.items():
            key = key_of(positions, row)
            index[key].remove(row)
            if not index[key]:
                del index[key]
        return True


class Columns:
    """Many rows of integers as columns, each row once; sorted by a column when that is first asked for."""

    def __init__(self, columns: Sequence[Integers]) -> None:
        self._columns = [np.ascontiguousarray(column, dtype=np.int64) for column in columns]
        self._length = len(self._columns[0])
        self._sorted: dict[int, tuple[Integers, Any]] = {}
        self._alike: dict[int, float] = {}
        self._gone: set[Row] = set()
        self._come = Few()

    def __len__(self) -> int:
        return self._length - len(self._gone) + len(self._come)

    def __iter__(self) -> Iterator[Row]:
        for row in zip(*[column.tolist() for column in self._columns], strict=True):
            if row not in self._gone:
                yield row
        yield from self._come

    def __contains__(self, row: Row) -> bool:
        return bool(self.matching(tuple(range(len(row))), row, self._length))

    def sort(self) -> None:
        """Sort by every column now and not when it is first asked for."""
        for position in range(len(self._columns)):
            self._single(position)

    def _order(self, position: int) -> tuple[Integers, Any]:
        """The values of a column in order, and the numbers of their rows."""
        found = self._sorted.get(position)
        if found is None:
            column = self._columns[position]
            order = np.argsort(column, kind="stable")
            found = self._sorted[position] = column[order], order.astype(np.int32)
        return found

    def _between(self, position: int, value: Value) -> tuple[int, int]:
        """Where the rows with a value are in the order of a column."""
        values = self._order(position)[0]
        first = int(values.searchsorted(value))
        if first == self._length or values[first] != value:
            return first, first
        return first, int(values.searchsorted(value, "right"))

    def _single(self, position: int) -> float:
        if position not in self._alike:
            values = self._order(position)[0]
            starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1], [True])))
            numbers = np.diff(starts).astype(np.float64)
            self._alike[position] = float((numbers * numbers).sum() / self._length)
        return self._alike[position]

    def spread(self, positions: tuple[int, ...], key: Row = ()) -> float:
        """How many rows agree with a row, or a key, at these positions, as far as single columns tell."""
        if key:
            ends = (self._between(p, k) for p, k in zip(positions, key, strict=True))
            return float(min(last - first for first, last in ends))
        if len(positions) == len(self._columns):
            return 1.0
        return min((self._single(p) for p in positions), default=float(self._length))

    def matching(self, positions: tuple[int, ...], key: Row, most: int) -> list[Row]:
        """Rows whose arguments at ``positions`` equal ``key``. Raises TooManyError for more than ``most``."""
        found = self._stored(positions, key, most)
        if self._gone and found:
            found = [row for row in found if row not in self._gone]
        if self._come.rows:
            found += self._come.matching(positions, key)
        return found

    def _stored(self, positions: tuple[int, ...], key: Row, most: int) -> list[Row]:
        if not positions:
            if self._length > most:
                raise TooManyError
            return list(zip(*[column.tolist() for column in self._columns], strict=True))
        best = (
            0 if len(positions) == 1 else min(range(len(positions)), key=lambda i: self._single(positions[i]))
        )
        first, last = self._between(positions[best], key[best])
        if last - first > most:
            raise TooManyError
        numbers = self._order(positions[best])[1][first:last]
        for i, position in enumerate(positions):
            if i != best and len(numbers):
                numbers = numbers[self._columns[position][numbers] == key[i]]
        if not len(numbers):
            return []
        return list(zip(*[column[numbers].tolist() for column in self._columns], strict=True))

    def add(self, row: Row) -> bool:
        """Add a row; return whether it was new."""
        if row in self._gone:
            self._gone.remove(row)
            return True
        return row not in self and self._come.add(row)

    def remove(self, row: Row) -> bool:
        """Remove a row; return whether it was there."""
        if self._come.remove(row):
            return True
        if row in self._gone or row not in self:
            return False
        self._gone.add(row)
        return True


def stored(columns: Sequence[Integers]) -> Table:
    """Rows given as columns, each row once."""
    if columns and len(columns[0]) > FEW:
        return Columns(columns)
    return Few(zip(*[column.tolist() for column in columns], strict=True))
