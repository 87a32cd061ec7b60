"""The working tables of an evaluation: one a predicate, filled stratum by stratum.

A stratum is one or a few statements. Rules whose heads cannot meet need no comparing; rules that read little
share a statement; what is large and only looked into is a view and no table.
"""

from __future__ import annotations

import math
from time import monotonic
from typing import NamedTuple

import duckdb

from reasoner.batch.keys import Keys
from reasoner.engine.sql import Compiler, quoted
from reasoner.rulebook.rules import Rule, strata

DELTA, NEW = "delta:", "new:"
_TOGETHER = 5_000_000
"""Rows read by rules that are put into one statement."""
_SMALL = 200_000
"""Rows read by rules from which on a view pays."""
_WORTH_A_TURN = 20_000
"""Rows that must not have to be compared for a statement more to pay."""
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


class Share(NamedTuple):
    """Rules of one head; ``plain`` ones conclude everything once, each something else."""

    rules: list[Rule]
    plain: bool


class Working:
    """Tables in the database that a cursor uses. ``filled``: the rows of every predicate that has a table (of
    a view, as many as its rules read)."""

    def __init__(self, compiler: Compiler, kept: frozenset[str]) -> None:
        self.compiler, self.kept = compiler, kept
        self.strata = [Stratum(number, *each) for number, each in enumerate(strata(compiler.rules))]
        self.filled: dict[str, int] = {}
        self.keys = Keys(compiler.dictionary.encode)
        self._whole: set[str] = set()
        self._views: dict[str, set[str]] = {}
        self._needed: set[int] = set()
        self._passing: dict[str, list[set[str]]] = {}

    def _count(self, predicate: str, result: duckdb.DuckDBPyConnection) -> int:
        row = result.fetchone()
        added = int(row[0]) if row else 0
        self.filled[predicate] = self.filled.get(predicate, 0) + added
        return added

    def _choose(self, needed: list[Rule]) -> None:
        """Take these rules for all that make a difference."""
        self._needed = set(map(id, needed))
        self._passing = self._only_passing(needed)

    def _only_passing(self, rules: list[Rule]) -> dict[str, list[set[str]]]:
        """Predicates that need not be stored: not kept, read by few rules, and only whether a row is there
        matters to these. With each, what else the rules read that join it."""
        uses: dict[str, int] = {}
        beside: dict[str, list[set[str]]] = {}
        counted: set[str] = set(self.kept)
        for rule in rules:
            joined = {a.predicate for a in rule.positive()}
            for predicate in joined | {a.predicate for a in rule.negated()}:
                uses[predicate] = uses.get(predicate, 0) + 1
            for predicate in joined:
                beside.setdefault(predicate, []).append(joined - {predicate})
            counted |= {a.predicate for count in rule.counts() for a in count.atoms}
        few = {p for p, number in uses.items() if number <= _USES} - counted
        for rule in rules:
            found = few & {a.predicate for a in rule.positive()}
            if found and not self.compiler.repeats(rule):
                few -= found
        return {p: beside.get(p, []) for p in few}

    def _live(self, stratum: Stratum) -> dict[str, list[Rule]]:
        """The rules that make a difference, by head: those of which every premise may have rows."""
        found = {
            head: [
                self.keys.simplified(rule, self.filled.get)
                for rule in rules
                if id(rule) in self._needed
                and all(self.filled.get(a.predicate) or a.predicate in stratum.heads for a in rule.positive())
                and self.keys.possible(rule)
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
                    given = bool(self.filled.get(head))
                    if not self._view(cursor, stratum, head, rules):
                        self._once(cursor, head, rules)
                    if not given:
                        self.keys.concluded(head, rules, head in self._views and self._repeats(rules))
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

    def _repeats(self, rules: list[Rule]) -> bool:
        """Whether rules of one head may conclude the same twice."""
        return len(self.keys.groups(rules)) < len(rules) or not all(map(self._says_once, rules))

    def _says_once(self, rule: Rule) -> bool:
        return self.keys.once(rule, self.compiler.joined(rule))

    def _view(
        self, cursor: duckdb.DuckDBPyConnection, stratum: Stratum, head: str, rules: list[Rule]
    ) -> bool:
        """Make a view of a predicate that need not be stored, if it is large; return whether it was."""
        weight = sum(map(self._read, rules))
        plain = not self.filled.get(head) and not stratum.reads & self._views.keys()
        if head not in self._passing or weight < _SMALL or not plain:
            return False
        few = [
            any(0 < self.filled.get(p, 0) < weight / _FEW for p in others) for others in self._passing[head]
        ]
        if not all(few):  # rules that join it look at all of it
            return False
        cursor.execute(f"CREATE VIEW {quoted(head)} AS {self._union(cursor, rules)}")
        self.filled[head], self._views[head] = weight, stratum.reads
        return True

    def _once(self, cursor: duckdb.DuckDBPyConnection, head: str, rules: list[Rule]) -> None:
        """What a predicate has that does not rest on itself.

        Each group of rules adds rows of its own; groups that read little share a statement.
        """
        if self.filled.get(head):  # given
            self._add(cursor, head, [self._lacking(head, self._union(cursor, rules))])
            return
        parts: list[str] = []
        late: list[Share] = []
        weight = 0
        for group in self.keys.groups(rules):
            first, *others = self._shares(group)
            parts += self._queries(cursor, first)
            late += others
            weight += sum(map(self._read, group))
            if weight >= _TOGETHER:
                self._add(cursor, head, parts)
                parts, weight = [], 0
        self._add(cursor, head, parts)
        for share in late:
            query = " UNION ALL ".join(self._queries(cursor, share))
            self._add(cursor, head, [self._lacking(head, query, once=True)])

    def _shares(self, group: list[Rule]) -> list[Share]:
        """The rules of a group by turns: in each the largest that conclude everything once, each something
        else; what is little is compared among itself. A turn is compared with the rows of those before."""
        found: list[Share] = []
        rest = sorted(group, key=self._most, reverse=True)
        while rest:
            plain: list[Rule] = []
            for rule in rest:
                apart = not plain or len(self.keys.groups([*plain, rule])) > len(plain)
                if apart and self._says_once(rule):
                    plain.append(rule)
            others = [rule for rule in rest if rule not in plain]
            if others and sum(map(self._most, others)) > sum(map(self._most, plain)) - _WORTH_A_TURN:
                return [*found, Share(rest, False)]
            found.append(Share(plain, True))
            rest = others
        return found

    def _queries(self, cursor: duckdb.DuckDBPyConnection, share: Share) -> list[str]:
        """The SELECTs of a share, which have every row once when they are put together."""
        if share.plain:
            return [self._select(cursor, rule) for rule in share.rules]
        if len(share.rules) == 1:
            return [self._select(cursor, share.rules[0], repeated=False)]
        return [f"SELECT DISTINCT * FROM ({self._union(cursor, share.rules)})"]

    def _read(self, rule: Rule) -> int:
        """How many rows a rule reads."""
        return sum(self.filled.get(a.predicate, 0) for a in rule.positive())

    def _most(self, rule: Rule) -> float:
        """How many rows a rule concludes, very roughly: between the most and the least that it joins."""
        rows = [self.filled.get(a.predicate, 0) for a in self.compiler.joined(rule)] or [1]
        return math.sqrt(max(rows) * min(rows))

    def _union(self, cursor: duckdb.DuckDBPyConnection, rules: list[Rule]) -> str:
        return " UNION ALL ".join(self._select(cursor, rule) for rule in rules)

    def _lacking(self, head: str, query: str, once: bool = False) -> str:
        """The rows of a query that a predicate does not have yet; ``once``: there is each only once."""
        columns = range(self.compiler.arities[head])
        same = " AND ".join(f"found.a{i} = had.a{i}" for i in columns)
        distinct = "" if once else "DISTINCT "
        return f"SELECT {distinct}found.* FROM ({query}) AS found ANTI JOIN {quoted(head)} AS had ON {same}"

    def _add(self, cursor: duckdb.DuckDBPyConnection, head: str, parts: list[str]) -> None:
        """Add the rows of some queries to the table of a predicate."""
        if parts:
            verb = f"INSERT INTO {quoted(head)}" if head in self.filled else f"CREATE TABLE {quoted(head)} AS"
            self._count(head, cursor.execute(f"{verb} {' UNION ALL '.join(parts)}"))

    def _fixed_point(
        self, cursor: duckdb.DuckDBPyConnection, stratum: Stratum, live: dict[str, list[Rule]]
    ) -> None:
        """Semi-naive: what does not rest on the stratum, then what follows from what was new before."""
        for head, rules in live.items():
            if base := [r for r in rules if not any(a.predicate in stratum.heads for a in r.positive())]:
                self._once(cursor, head, base)
        changed = {head for head in stratum.heads if self.filled.get(head)}
        for head in sorted(stratum.heads):
            self._table(cursor, head)
            if head in changed:  # all there is is new
                cursor.execute(f"CREATE VIEW {quoted(DELTA + head)} AS FROM {quoted(head)}")
                self._whole.add(head)
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
            self._forget(cursor, head)

    def _round(self, cursor: duckdb.DuckDBPyConnection, selects: dict[str, list[str]]) -> set[str]:
        """Add what the SELECTs find; return the predicates that got new rows, in ``delta:`` tables."""
        run, changed = cursor.execute, set[str]()
        for head, texts in selects.items():
            run(f"CREATE TABLE {quoted(NEW + head)} AS {self._lacking(head, ' UNION ALL '.join(texts))}")
        for head in selects:
            self._forget(cursor, head)
            run(f"ALTER TABLE {quoted(NEW + head)} RENAME TO {quoted(DELTA + head)}")
            if self._count(head, run(f"INSERT INTO {quoted(head)} FROM {quoted(DELTA + head)}")):
                changed.add(head)
        return changed

    def _forget(self, cursor: duckdb.DuckDBPyConnection, head: str) -> None:
        kind = "VIEW" if head in self._whole else "TABLE"
        cursor.execute(f"DROP {kind} IF EXISTS {quoted(DELTA + head)}")
        self._whole.discard(head)
