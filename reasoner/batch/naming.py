"""The dictionary of a run: names and the integers that stand for them, looked up one by one or as columns.

A number stands for itself, a name for ``NAME_BASE`` plus its place (see ``reasoner.engine.sql``). The first
places belong to the constants of the rules and of the ontology, in alphabetical order, so that the same rules
compile to the same SQL in every process; those of the facts follow in the order of their first appearance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import duckdb

from reasoner.engine.sql import NAME_BASE, Dictionary
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Comparison, Count, Rule, Value

_MOST = 200_000
"""Names that are kept in memory once they were looked up."""


def constants(rules: Ontology) -> Dictionary:
    """The names that do not come from facts, with the codes they have in every run of these rules."""
    found = {v for _, row in rules.vocabulary.statements for v in row if isinstance(v, str)}
    for rule in rules.book.rules:
        found.update(_constants(rule))
    for entry in rules.book.parameters:
        kind, value, about = entry["kind"], entry["value"], entry["applies_to"]
        found.update(str(v) for v in (f"parameter-{kind}", kind, value, about) if isinstance(v, str))
    dictionary = Dictionary()
    for name in sorted(found):
        dictionary.encode(name)
    return dictionary


def _constants(rule: Rule) -> Iterable[str]:
    for atom in rule.atoms():
        yield from (a for a in atom.args if isinstance(a, str))
    for literal in rule.body:
        if isinstance(literal, Comparison):
            yield from (t for t in (literal.left, literal.right) if isinstance(t, str))
        elif isinstance(literal, Count) and isinstance(literal.bound, str):
            yield literal.bound


class Names:
    """Names of a run by code and codes by name: point lookups in two tables, each sorted by what is asked.

    ``names(code, name)`` is sorted by code, ``names_by_hash(hash, code)`` by the lower half of the MD5 of the
    name; DuckDB then reads one block of a table and not the whole of it.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._run = connection.execute
        self._names: dict[int, str] = {}
        self._codes: dict[str, int | None] = {}

    def encode(self, value: Value) -> int | None:
        """The code of a value; None for a name that the run does not know."""
        if isinstance(value, int):
            return value
        if value not in self._codes:
            query = f"SELECT code FROM names_by_hash WHERE hash = {hashed(value)}"
            found = [code for (code,) in self._run(query).fetchall() if self.decode(code) == value]
            self._forget(self._codes)
            self._codes[value] = found[0] if found else None
        return self._codes[value]

    def add(self, name: str) -> int:
        """The code of a name, a new one when the run does not know it; its database is open for writing."""
        code = self.encode(name)
        if code is None:
            ((last,),) = self._run("SELECT max(code) FROM names").fetchall()
            code = self._codes[name] = int(last) + 1
            self._run("INSERT INTO names VALUES (?, ?)", [code, name])
            self._run("INSERT INTO names_by_hash VALUES (?, ?)", [hashed(name), code])
        return code

    def decode(self, code: int) -> Value:
        """The value of a code. Raises KeyError for a code that no name has."""
        if code < NAME_BASE:
            return code
        if code not in self._names:
            self.learn((code,))
        return self._names[code]

    def learn(self, codes: Iterable[int]) -> None:
        """Look up the names of many codes at once, so that ``decode`` knows them."""
        wanted = sorted({code for code in codes if code >= NAME_BASE and code not in self._names})
        self._forget(self._names)
        if len(wanted) == 1:  # a point lookup reads one block; a list of codes may read them all
            query = f"SELECT code, name FROM names WHERE code = {wanted[0]}"
        elif wanted:
            query = (
                f"SELECT code, name FROM names WHERE code BETWEEN {wanted[0]} AND {wanted[-1]} "
                f"AND code IN ({', '.join(map(str, wanted))})"
            )
        else:
            return
        self._names.update(self._run(query).fetchall())

    def rows(self, rows: Sequence[tuple[int, ...]]) -> list[tuple[Value, ...]]:
        """Rows of codes as rows of values."""
        self.learn(code for row in rows for code in row)
        return [tuple(self.decode(code) for code in row) for row in rows]

    @staticmethod
    def _forget(known: dict[int, str] | dict[str, int | None]) -> None:
        if len(known) > _MOST:
            known.clear()


def hashed(name: str) -> int:
    """What ``names_by_hash`` is sorted by; DuckDB's ``md5_number_lower``."""
    return int.from_bytes(hashlib.md5(name.encode(), usedforsecurity=False).digest()[8:], "little")
