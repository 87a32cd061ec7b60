"""The working tables of an evaluation: one a predicate, filled stratum by stratum.

A stratum is one or a few statements. Rules whose heads cannot meet need no comparing; rules that read little
share a statement; what is large and only looked into is a view and no table.
"""

from __future__ import annotations

from time import monotonic

import duckdb

from reasoner.engine.sql import Compiler, quoted
from reasoner.rulebook.rules import Rule, strata

DELTA, NEW = "delta:", "new:"
_SMALL = 200_000
"""Rows read by rules that are put into one statement."""
_FEW = 50
"""How many times smaller something is that makes a rule look at little of what it joins."""
_USES = 6
"""Rules that may read what is not stored but worked out for each of them."""


class Stratum:
    """The rules of one stratum, and the predicates that they read and conclude."""

    def __init__(self, number: int, recursive: bool, rules: list[Rule]) -> None:
        self.number, self.recursive = number, recursive
        self.heads: dict[str, list[Rule]] = {}
        for rule in rules:
            self.heads.setdefault(rule.head.predicate, []).append(rule)
        self.reads = {a.predicate for rule in rules for a in rule.atoms()} - self.heads.keys()


class Working:
    """Tables in the database that a cursor uses. ``filled``: the rows of every predicate that has a table (of
    a view, as many as its rules read)."""

    def __init__(self, compiler: Compiler, kept: frozenset[str]) -> None:
        self.compiler, self.kept = compiler, kept
        self.strata = [Stratum(number, *each) for number, each in enumerate(strata(compiler.rules))]
        self.filled: dict[str, int] = {}
        self._whole: set[str] = set()
        self._views: dict[str, set[str]] = {}
        self._passing = self._only_passing()

    def _count(self, predicate: str, result: duckdb.DuckDBPyConnection) -> int:
        row = result.fetchone()
        added = int(row[0]) if row else 0
        self.filled[predicate] = self.filled.get(predicate, 0) + added
        return added

    def _only_passing(self) -> dict[str, list[set[str]]]:
        """Predicates that need not be stored: not kept, read by few rules, and only whether a row is there
        matters to these. With each, what else the rules read that join it."""
        uses: dict[str, int] = {}
        beside: dict[str, list[set[str]]] = {}
        counted: set[str] = set(self.kept)
        for rule in self.compiler.rules:
            joined = {a.predicate for a in rule.positive()}
            for predicate in joined | {a.predicate for a in rule.negated()}:
                uses[predicate] = uses.get(predicate, 0) + 1
            for predicate in joined:
                beside.setdefault(predicate, []).append(joined - {predicate})
            if not self.compiler.repeats(rule):
                counted |= joined
            counted |= {a.predicate for count in rule.counts() for a in count.atoms}
        return {p: beside.get(p, []) for p, number in uses.items() if number <= _USES and p not in counted}

    def _live(self, stratum: Stratum) -> dict[str, list[Rule]]:
        """The rules that may conclude something, by head: those of which every premise has rows."""
        found = {
            head: [
                rule
                for rule in rules
                if all(self.filled.get(a.predicate) or a.predicate in stratum.heads for a in rule.positive())
            ]
            for head, rules in stratum.heads.items()
        }
        return {head: rules for head, rules in found.items() if rules}

    def _stratum(
        self, cursors: list[duckdb.DuckDBPyConnection], stratum: Stratum, live: dict[str, list[Rule]]
    ) -> float:
        """Evaluate one stratum with a cursor that is free; return how long it took, in seconds."""
        start, cursor = monotonic(), cursors.pop()
        try:
            if stratum.recursive:
                self._fixed_point(cursor, stratum, live)
            else:
                for head, rules in live.items():
                    if not self._view(cursor, stratum, head, rules):
                        self._once(cursor, head, rules)
        finally:
            cursors.append(cursor)
        return monotonic() - start

    def _table(self, cursor: duckdb.DuckDBPyConnection, predicate: str) -> None:
        if predicate not in self.filled:
            columns = ", ".join(f"a{i} BIGINT" for i in range(self.compiler.arities[predicate]))
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {quoted(predicate)} ({columns})")
            self.filled[predicate] = 0

    def _select(
        self,
        cursor: duckdb.DuckDBPyConnection,
        rule: Rule,
        instead: dict[int, str] | None = None,
        repeated: bool = True,
    ) -> str:
        for count in rule.counts():
            for atom in count.atoms:
                self._table(cursor, atom.predicate)
        empty = [a.predicate for a in rule.negated() if not self.filled.get(a.predicate)]
        return self.compiler.select(rule, empty, instead, repeated)

    def _view(
        self, cursor: duckdb.DuckDBPyConnection, stratum: Stratum, head: str, rules: list[Rule]
    ) -> bool:
        """Make a view of a predicate that need not be stored, if it is large; return whether it was."""
        weight = sum(self.filled.get(a.predicate, 0) for rule in rules for a in rule.positive())
        plain = not self.filled.get(head) and not stratum.reads & self._views.keys()
        if head not in self._passing or weight < _SMALL or not plain:
            return False
        few = [
            any(0 < self.filled.get(p, 0) < weight / _FEW for p in others) for others in self._passing[head]
        ]
        if not all(few):  # rules that join it look at all of it
            return False
        union = " UNION ALL ".join(self._select(cursor, rule) for rule in rules)
        cursor.execute(f"CREATE VIEW {quoted(head)} AS {union}")
        self.filled[head], self._views[head] = weight, stratum.reads
        return True

    def _once(self, cursor: duckdb.DuckDBPyConnection, head: str, rules: list[Rule]) -> None:
        """What a predicate has that does not rest on itself.

        Each group of rules adds rows of its own; groups that read little share a statement.
        """
        table = quoted(head)
        given = bool(self.filled.get(head))
        parts: list[str] = []
        weight = 0
        groups = overlapping(rules)
        for number, group in enumerate(groups, 1):
            if given:
                union = " UNION ALL ".join(self._select(cursor, rule) for rule in group)
                parts.append(f"(SELECT * FROM ({union}) EXCEPT SELECT * FROM {table})")
            elif len(group) > 1:
                union = " UNION ALL ".join(self._select(cursor, rule) for rule in group)
                parts.append(f"SELECT DISTINCT * FROM ({union})")
            else:
                parts.append(self._select(cursor, group[0], repeated=False))
            weight += sum(self.filled.get(a.predicate, 0) for rule in group for a in rule.positive())
            if weight >= _SMALL or number == len(groups):
                union = " UNION ALL ".join(parts)
                verb = f"INSERT INTO {table}" if head in self.filled else f"CREATE TABLE {table} AS"
                self._count(head, cursor.execute(f"{verb} {union}"))
                parts, weight = [], 0

    def _fixed_point(
        self, cursor: duckdb.DuckDBPyConnection, stratum: Stratum, live: dict[str, list[Rule]]
    ) -> None:
        """Semi-naive: after the first round only what the round before added is joined again."""
        for head in sorted(stratum.heads):
            self._table(cursor, head)
        changed = self._round(
            cursor, {head: [self._select(cursor, rule) for rule in rules] for head, rules in live.items()}
        )
        while changed:
            selects: dict[str, list[str]] = {}
            for head, rules in live.items():
                for rule in rules:
                    for number, atom in enumerate(rule.positive()):
                        if atom.predicate in changed:
                            text = self._select(cursor, rule, {number: DELTA + atom.predicate})
                            selects.setdefault(head, []).append(text)
            changed = self._round(cursor, selects)
        for head in sorted(stratum.heads):
            kind = "VIEW" if head in self._whole else "TABLE"
            cursor.execute(f"DROP {kind} IF EXISTS {quoted(DELTA + head)}")

    def _round(self, cursor: duckdb.DuckDBPyConnection, selects: dict[str, list[str]]) -> set[str]:
        """Add what the SELECTs find; return the predicates that got new rows, in ``delta:`` tables."""
        run, changed, first = cursor.execute, set[str](), set[str]()
        for head, texts in selects.items():
            union = " UNION ALL ".join(texts)
            new = f"FROM ({union}) EXCEPT SELECT * FROM {quoted(head)}"
            if not self.filled[head]:
                first.add(head)
                new = f"SELECT DISTINCT * FROM ({union})"
            run(f"CREATE TABLE {quoted(NEW + head)} AS {new}")
        for head in selects:
            delta = quoted(DELTA + head)
            run(f"DROP {'VIEW' if head in self._whole else 'TABLE'} IF EXISTS {delta}")
            self._whole.discard(head)
            if head in first:  # all there is is new
                run(f"DROP TABLE {quoted(head)}")
                run(f"ALTER TABLE {quoted(NEW + head)} RENAME TO {quoted(head)}")
                run(f"CREATE VIEW {delta} AS FROM {quoted(head)}")
                self._whole.add(head)
                added = self._count(head, run(f"SELECT count(*) FROM {quoted(head)}"))
            else:
                run(f"ALTER TABLE {quoted(NEW + head)} RENAME TO {delta}")
                added = self._count(head, run(f"INSERT INTO {quoted(head)} FROM {delta}"))
            if added:
                changed.add(head)
        return changed


def overlapping(rules: list[Rule]) -> list[list[Rule]]:
    """Rules of one head in groups: rules of different groups never conclude the same.

    They do not when their heads have different constants in the same place.
    """
    groups: list[list[Rule]] = []
    for rule in rules:
        meeting = [group for group in groups if any(_may_meet(rule, other) for other in group)]
        groups = [group for group in groups if group not in meeting]
        groups.append([*(each for group in meeting for each in group), rule])
    return groups


def _may_meet(one: Rule, other: Rule) -> bool:
    pairs = zip(one.head.args, other.head.args, strict=True)
    return not any(isinstance(a, str | int) and isinstance(b, str | int) and a != b for a, b in pairs)
