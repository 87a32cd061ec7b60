"""One world on DuckDB: its facts loaded, all that follows from them evaluated stratum by stratum."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from reasoner.engine.evaluate import Ground, Row
from reasoner.engine.sql import NAME_BASE, Compiler, Dictionary, quoted
from reasoner.records.arrow import integers, strings
from reasoner.rulebook.rules import Rule, strata

_FEW = 200
"""Rows up to which a VALUES clause is faster than Arrow."""


class Database:
    """A DuckDB database that holds the encoded facts and, after ``run``, all that follows from them.

    Most rules of a large book have nothing to say of a small world: tables are made, and rules compiled, when
    there is something for them.
    """

    def __init__(self, rules: Iterable[Rule], path: str = ":memory:") -> None:
        self.dictionary = Dictionary()
        self.compiler = Compiler(rules, self.dictionary)
        self.connection = duckdb.connect(path)
        self._created: set[str] = set()
        self._filled: dict[str, int] = {}

    @cached_property
    def _strata(self) -> list[tuple[bool, dict[str, list[Rule]]]]:
        found: list[tuple[bool, dict[str, list[Rule]]]] = []
        for recursive, group in strata(self.compiler.rules):
            by_head: dict[str, list[Rule]] = {}
            for rule in group:
                by_head.setdefault(rule.head.predicate, []).append(rule)
            found.append((recursive, by_head))
        return found

    def _table(self, predicate: str) -> str:
        """The table of a predicate, made when there is none yet."""
        table = quoted(predicate)
        if predicate not in self._created:
            columns = ", ".join(f"a{i} BIGINT" for i in range(self.compiler.arities[predicate]))
            self.connection.execute(f"CREATE TABLE {table} ({columns})")
            self._created.add(predicate)
        return table

    def load(self, facts: Iterable[Ground]) -> None:
        """Load ground atoms; those of predicates that no rule uses are left out."""
        rows: dict[str, dict[Row, None]] = {}
        for predicate, row in facts:
            if predicate in self.compiler.arities:
                rows.setdefault(predicate, {})[row] = None
        for predicate, wanted in rows.items():
            self._fill(predicate, list(wanted))
            self._filled[predicate] = self._filled.get(predicate, 0) + len(wanted)

    def load_table(self, statements: pa.Table) -> None:
        """Load statements as the record streams them: columns predicate, subject, object, kind (strings).

        Nothing passes through Python but the distinct names, which the dictionary numbers.
        """
        run = self.connection.execute
        self.connection.register("statements", statements)
        distinct = run(
            "SELECT DISTINCT unnest(CASE WHEN kind IN ('class', 'date', 'integer') THEN [subject] "
            "ELSE [subject, object] END) FROM statements"
        ).fetchall()
        names = sorted(row[0] for row in distinct)
        codes = [strings(names), integers([self.dictionary.encode(name) for name in names])]
        self.connection.register("names", pa.table(codes, names=["name", "code"]))
        run(
            "CREATE TEMP TABLE encoded AS SELECT predicate, s.code AS a0, CASE WHEN kind IN "
            "('date', 'integer') THEN TRY_CAST(object AS BIGINT) ELSE o.code END AS a1 FROM statements "
            "JOIN names AS s ON s.name = subject LEFT JOIN names AS o ON o.name = object AND kind <> 'class'"
        )
        counted = run("SELECT predicate, count(*) FROM encoded GROUP BY predicate").fetchall()
        for predicate, number in sorted(counted):
            if predicate in self.compiler.arities:
                columns = "a0" if self.compiler.arities[predicate] == 1 else "a0, a1"
                wanted = f"SELECT DISTINCT {columns} FROM encoded WHERE predicate = ?"
                run(f"INSERT INTO {self._table(predicate)} {wanted}", [predicate])
                self._filled[predicate] = self._filled.get(predicate, 0) + int(number)
        run("DROP TABLE encoded")
        self.connection.unregister("statements")
        self.connection.unregister("names")

    def _fill(self, predicate: str, rows: list[Row]) -> None:
        encode, table = self.dictionary.encode, self._table(predicate)
        if len(rows) < _FEW:  # codes are integers, so the text is safe; Arrow pays off later
            values = ", ".join(f"({', '.join(str(encode(v)) for v in row)})" for row in rows)
            self.connection.execute(f"INSERT INTO {table} VALUES {values}")
            return
        columns = [integers([encode(value) for value in column]) for column in zip(*rows, strict=True)]
        names = [f"a{i}" for i in range(len(columns))]
        self.connection.register("incoming", pa.table(columns, names=names))
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def clear(self) -> None:
        """Empty every table, to evaluate another world with the same rules."""
        for predicate in self._filled.keys() & self._created:
            self.connection.execute(f"TRUNCATE {quoted(predicate)}")
        self._filled.clear()

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Evaluate every stratum in order; ``progress(done, total)`` after each."""
        self.connection.execute("BEGIN")
        for number, (recursive, by_head) in enumerate(self._strata, 1):
            while True:
                added = sum(self._insert(head, rules) for head, rules in by_head.items())
                if not recursive or not added:
                    break
            if progress:
                progress(number, len(self._strata))
        self.connection.execute("COMMIT")

    def _insert(self, predicate: str, rules: list[Rule]) -> int:
        """Add what rules conclude of which every premise has rows; return how many rows were new."""
        useful = [self._select(rule) for rule in rules if self._may_conclude(rule)]
        if not useful:
            return 0
        table, union = self._table(predicate), "\nUNION\n".join(useful)
        new = f" EXCEPT SELECT * FROM {table}" if self._filled.get(predicate) else ""
        result = self.connection.execute(f"INSERT INTO {table} SELECT * FROM ({union}){new}").fetchone()
        added = int(result[0]) if result else 0
        self._filled[predicate] = self._filled.get(predicate, 0) + added
        return added

    def _may_conclude(self, rule: Rule) -> bool:
        return all(self._filled.get(atom.predicate) for atom in rule.positive())

    def _select(self, rule: Rule) -> str:
        for count in rule.counts():
            for atom in count.atoms:
                self._table(atom.predicate)
        empty = [atom.predicate for atom in rule.negated() if not self._filled.get(atom.predicate)]
        return self.compiler.select(rule, empty)

    def rows(self, predicate: str) -> list[Row]:
        """All rows of a predicate, decoded, always in the same order; empty when no rule names it."""
        if not self._filled.get(predicate):
            return []
        names = self.dictionary.names
        found = self.connection.execute(f"SELECT * FROM {quoted(predicate)} ORDER BY ALL").fetchnumpy()
        columns = [
            [code if code < NAME_BASE else names[code - NAME_BASE] for code in column.tolist()]
            for column in found.values()
        ]
        return list(zip(*columns, strict=True))

    def columns(self) -> Iterator[tuple[str, list[np.ndarray[Any, np.dtype[np.int64]]]]]:
        """The rows of every predicate that has any, each once, as columns of codes."""
        for predicate in sorted(name for name, rows in self._filled.items() if rows):
            found = self.connection.execute(f"SELECT DISTINCT * FROM {quoted(predicate)}").fetchnumpy()
            yield predicate, [np.asarray(column) for column in found.values()]

    def derived(self, wanted: Collection[str] | None = None) -> dict[str, set[Row]]:
        """All rows of every predicate that some rule concludes (given ones included), or of those wanted."""
        return {predicate: set(rows) for predicate, rows in self.concluded(wanted).items()}

    def concluded(self, wanted: Collection[str] | None = None) -> dict[str, list[Row]]:
        """The same, with the rows in order."""
        heads = self.compiler.heads if wanted is None else self.compiler.heads & set(wanted)
        return {predicate: rows for predicate in sorted(heads) if (rows := self.rows(predicate))}
