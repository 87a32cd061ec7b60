"""What a look at the working tables tells about large rules: values that keep their conclusions apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import duckdb

from reasoner.batch.keys import MANY, Keys
from reasoner.engine.sql import Compiler, quoted
from reasoner.rulebook.rules import Rule

_COMPARED = 100_000
"""Rows that would have to be compared from which on it is looked at what their premises hold."""
_GLANCE = 20_000
"""Rows that show whether a column has few values; a rule that concludes fewer is not looked at."""


class Looking:
    """Looks at tables with the cursor of whoever asks. ``filled``: the rows of each; ``views`` are none."""

    def __init__(
        self, compiler: Compiler, keys: Keys, filled: Mapping[str, int], views: Collection[str]
    ) -> None:
        self.compiler, self.keys, self.filled, self._views = compiler, keys, filled, views
        self._looked: set[tuple[str, int]] = set()

    def values(
        self,
        cursor: duckdb.DuckDBPyConnection,
        head: str,
        rules: list[Rule],
        most: Callable[[Rule], float],
    ) -> None:
        """Look at the values in the premises of large rules that may conclude the same, so far as few values
        tell them apart: a list of values costs less than a comparison of rows. ``most``: rows of a rule."""
        for group in self.keys.groups(rules):
            large = [rule for rule in group if most(rule) >= _GLANCE]
            if len(large) < 2 or sum(map(most, large)) < _COMPARED:
                continue
            columns = {column for rule in large for column in self.keys.unlisted(rule)}
            for predicate, place in sorted(columns - self._looked):
                if predicate != head and predicate not in self._views and self.filled.get(predicate):
                    self._looked.add((predicate, place))
                    table, column = quoted(predicate), f"a{place}"
                    few = f"SELECT count(DISTINCT {column}) FROM (FROM {table} LIMIT {_GLANCE})"
                    (found,) = cursor.execute(few).fetchall()[0]
                    if found <= MANY:
                        values = cursor.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
                        arity = self.compiler.arities[predicate]
                        self.keys.holding(predicate, place, [value for (value,) in values], arity)
            self.keys.anew(group)
