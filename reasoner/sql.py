"""The same rules on DuckDB: one table per predicate, one pass of SQL per stratum.

Values are dictionary-encoded into one ordered BIGINT column domain: a number stands for itself, a name for
``NAME_BASE`` plus its place in the dictionary, so that numbers come before names as in ASP-Core-2 and every
join is a join of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from reasoner.evaluate import Ground, Row
from reasoner.rules import Atom, Comparison, Count, Not, Rule, Term, Value, Var, strata

NAME_BASE = 1 << 40


@dataclass
class Dictionary:
    """Names and their codes."""

    codes: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def encode(self, value: Value) -> int:
        """The code of a value; a new name gets the next one."""
        if isinstance(value, int):
            return value
        code = self.codes.get(value)
        if code is None:
            code = self.codes[value] = NAME_BASE + len(self.names)
            self.names.append(value)
        return code

    def decode(self, code: int) -> Value:
        """The value of a code."""
        return code if code < NAME_BASE else self.names[code - NAME_BASE]


class Compiler:
    """Rules as SQL, stratum by stratum; nothing here touches a database."""

    def __init__(self, rules: Iterable[Rule], dictionary: Dictionary) -> None:
        self.rules = tuple(rules)
        self.dictionary = dictionary
        self.arities = {atom.predicate: len(atom.args) for rule in self.rules for atom in rule.atoms()}
        self.heads = {rule.head.predicate for rule in self.rules}

    def strata(self) -> Iterator[tuple[bool, list[tuple[str, str]]]]:
        """Yield (recursive?, [(predicate, SELECT of its new rows)])."""
        for recursive, group in strata(self.rules):
            by_head: dict[str, list[str]] = {}
            for rule in group:
                by_head.setdefault(rule.head.predicate, []).append(self.select(rule))
            yield recursive, [(head, "\nUNION\n".join(selects)) for head, selects in by_head.items()]

    def select(self, rule: Rule) -> str:
        """The SELECT that yields the head rows of one rule."""
        columns: dict[str, str] = {}
        tables: list[str] = []
        conditions: list[str] = []
        for number, atom in enumerate(rule.positive()):
            self._join(atom, f"t{number}", tables, columns, conditions)
        for literal in rule.body:
            if isinstance(literal, Not):
                conditions.append(f"NOT EXISTS ({self._exists(literal.atom, columns)})")
            elif isinstance(literal, Comparison):
                conditions.append(self._compare(literal, columns))
            elif isinstance(literal, Count):
                conditions.append(
                    f"({self._count(literal, columns)}) {literal.op} {self._term(literal.bound, columns)}"
                )
        head = ", ".join(f"{self._term(arg, columns)} AS a{i}" for i, arg in enumerate(rule.head.args))
        source = f" FROM {', '.join(tables)}" if tables else ""
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT DISTINCT {head}{source}{where}"

    def _join(
        self, atom: Atom, alias: str, tables: list[str], columns: dict[str, str], conditions: list[str]
    ) -> None:
        tables.append(f"{_quoted(atom.predicate)} AS {alias}")
        for i, arg in enumerate(atom.args):
            column = f"{alias}.a{i}"
            if isinstance(arg, Var) and arg.name not in columns:
                columns[arg.name] = column
            else:
                conditions.append(f"{column} = {self._term(arg, columns)}")

    def _exists(self, atom: Atom, columns: dict[str, str]) -> str:
        inner, tables, conditions = dict(columns), list[str](), list[str]()
        self._join(atom, "n", tables, inner, conditions)
        return f"SELECT 1 FROM {tables[0]}{' WHERE ' + ' AND '.join(conditions) if conditions else ''}"

    def _count(self, literal: Count, columns: dict[str, str]) -> str:
        inner, tables, conditions = dict(columns), list[str](), list[str]()
        for number, atom in enumerate(literal.atoms):
            self._join(atom, f"c{number}", tables, inner, conditions)
        counted = ", ".join(inner[v.name] for v in literal.counted)
        where = " WHERE " + " AND ".join(conditions) if conditions else ""
        return f"SELECT COUNT(DISTINCT ({counted})) FROM {', '.join(tables)}{where}"

    def _compare(self, literal: Comparison, columns: dict[str, str]) -> str:
        op = "<>" if literal.op == "!=" else literal.op
        return f"{self._term(literal.left, columns)} {op} {self._term(literal.right, columns)}"

    def _term(self, term: Term, columns: dict[str, str]) -> str:
        if isinstance(term, Var):
            return columns[term.name]
        return f"{self.dictionary.encode(term)}::BIGINT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Database:
    """A DuckDB database that holds the encoded facts and, after ``run``, all that follows from them."""

    def __init__(self, rules: Iterable[Rule], path: str = ":memory:") -> None:
        self.dictionary = Dictionary()
        self.compiler = Compiler(rules, self.dictionary)
        self.connection = duckdb.connect(path)
        self._created: dict[str, int] = {}
        for predicate, arity in self.compiler.arities.items():
            self._create(predicate, arity)

    def _create(self, predicate: str, arity: int) -> None:
        columns = ", ".join(f"a{i} BIGINT" for i in range(arity))
        self.connection.execute(f"CREATE TABLE {_quoted(predicate)} ({columns})")
        self._created[predicate] = arity

    def load(self, facts: Iterable[Ground]) -> None:
        """Load ground atoms; those of predicates that no rule uses are left out."""
        rows: dict[str, dict[Row, None]] = {}
        for predicate, row in facts:
            if predicate in self._created:
                rows.setdefault(predicate, {})[row] = None
        for predicate, wanted in rows.items():
            encode = self.dictionary.encode
            table = pa.table(
                {
                    f"a{i}": pa.array([encode(row[i]) for row in wanted], pa.int64())
                    for i in range(self._created[predicate])
                }
            )
            self.connection.register("incoming", table)
            self.connection.execute(f"INSERT INTO {_quoted(predicate)} SELECT * FROM incoming")
            self.connection.unregister("incoming")

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Evaluate every stratum in order; ``progress(done, total)`` after each."""
        groups = list(self.compiler.strata())
        for number, (recursive, selects) in enumerate(groups, 1):
            while True:
                added = 0
                for predicate, select in selects:
                    added += self._insert(predicate, select)
                if not recursive or not added:
                    break
            if progress:
                progress(number, len(groups))

    def _insert(self, predicate: str, select: str) -> int:
        table = _quoted(predicate)
        statement = f"INSERT INTO {table} SELECT * FROM ({select}) EXCEPT SELECT * FROM {table}"
        result = self.connection.execute(statement).fetchone()
        return int(result[0]) if result else 0

    def rows(self, predicate: str) -> list[Row]:
        """All rows of a predicate, decoded; empty when no rule names it."""
        if predicate not in self._created:
            return []
        decode = self.dictionary.decode
        found = self.connection.execute(f"SELECT * FROM {_quoted(predicate)}").fetchall()
        return [tuple(decode(code) for code in row) for row in found]

    def derived(self) -> dict[str, set[Row]]:
        """All rows of every predicate that some rule concludes (given ones included)."""
        found = {predicate: set(self.rows(predicate)) for predicate in sorted(self.compiler.heads)}
        return {predicate: rows for predicate, rows in found.items() if rows}
