"""Evaluates the rules over a run, stratum by stratum, in memory; what is kept goes to the run's database.

DuckDB holds the working tables (one a predicate) in an attached database in memory, which spills to the
folder of the run when it grows beyond its limit. From time to time what later strata read is made safe in the
schema ``model`` of the run, together with the strata that are done; in the end, what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

import duckdb

from reasoner.batch.naming import constants
from reasoner.engine.sql import Compiler
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule, strata

EVERY = 10.0
"""Seconds between the moments at which what was found is made safe."""
WORK = "work"
_DELTA, _NEW = "delta:", "new:"

Progress = Callable[[str, int, int], None]


def quoted(name: str) -> str:
    """A predicate as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class Stratum:
    """The rules of one stratum, and the predicates that they read and conclude."""

    def __init__(self, number: int, recursive: bool, rules: list[Rule]) -> None:
        self.number, self.recursive = number, recursive
        self.heads: dict[str, list[Rule]] = {}
        for rule in rules:
            self.heads.setdefault(rule.head.predicate, []).append(rule)
        self.reads = {a.predicate for rule in rules for a in rule.atoms()} - self.heads.keys()


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    rules: Ontology,
    kept: frozenset[str],
    progress: Progress,
    every: float = EVERY,
) -> None:
    """Evaluate what is not done; ``progress("strata", done, of)`` after each stratum."""
    Evaluation(connection, rules, kept).run(progress, every)


class Evaluation:
    """The evaluation of one run. ``filled``: the rows of every predicate that has some."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Ontology, kept: frozenset[str]) -> None:
        self.connection, self.kept = connection, kept
        self.compiler = Compiler(rules.book.rules, constants(rules))
        groups = strata(rules.book.rules)
        self.strata = [Stratum(number, *each) for number, each in enumerate(groups)]
        self.filled: dict[str, int] = {}
        self._seconds: dict[int, float] = {}
        self._safe: set[str] = set()
        self._noted: set[int] = set()

    def run(self, progress: Progress, every: float) -> None:
        """Evaluate all strata that are not done, and keep what is kept."""
        run = self.connection.execute
        (home,) = run("SELECT current_database()").fetchall()[0]
        self._home = home
        run(f"ATTACH ':memory:' AS {WORK}")
        try:
            run(f"USE {WORK}")
            done = {row[0] for row in run(f"SELECT stratum FROM {quoted(home)}.done").fetchall()}
            left = [each for each in self.strata if each.number not in done]
            self._start({p for each in left for p in (*each.reads, *each.heads)})
            waiting = self._readers(left)
            total, start = len(self.strata), monotonic()
            for stratum in left:
                began = monotonic()
                self._stratum(stratum)
                self._seconds[stratum.number] = monotonic() - began
                progress("strata", total - len(left) + len(self._seconds), total)
                self._release(stratum, waiting)
                if monotonic() - start >= every:
                    self._keep(waiting)
                    start = monotonic()
            self._keep({})
            self._finish()
        finally:
            run(f"USE {quoted(home)}")
            run(f"DETACH {WORK}")

    # -- what is there before ---------------------------------------------------------------------

    def _start(self, wanted: set[str]) -> None:
        """Working tables of what is given, and of what strata that are done concluded."""
        run, home = self.connection.execute, quoted(self._home)
        stored = {
            name
            for (name,) in run(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'model' AND database_name = ?",
                [self._home],
            ).fetchall()
        }
        self._safe = set(stored)
        given = run(
            f"SELECT p.name, p.code, p.arity FROM {home}.predicates AS p WHERE p.code IN "
            f"(SELECT predicate FROM {home}.facts UNION SELECT predicate FROM {home}.stated)"
        ).fetchall()
        for predicate in sorted(stored & wanted):
            self._create(predicate, f"FROM {home}.model.{quoted(predicate)}")
        run(f"CREATE TABLE {quoted(_NEW)} AS SELECT predicate, a0, a1 FROM {home}.facts ORDER BY predicate")
        for predicate, code, arity in given:
            if predicate in wanted - stored:
                columns = ", ".join(f"a{i}" for i in range(arity))
                facts = (
                    f"SELECT {columns} FROM {quoted(_NEW)} WHERE predicate = {code} UNION "
                    if arity < 3
                    else ""
                )
                self._create(
                    predicate, f"{facts}SELECT {columns} FROM {home}.stated WHERE predicate = {code}"
                )
        run(f"DROP TABLE {quoted(_NEW)}")

    def _create(self, predicate: str, query: str) -> None:
        self._count(predicate, self.connection.execute(f"CREATE TABLE {quoted(predicate)} AS {query}"))

    def _count(self, predicate: str, result: duckdb.DuckDBPyConnection) -> int:
        row = result.fetchone()
        added = int(row[0]) if row else 0
        self.filled[predicate] = self.filled.get(predicate, 0) + added
        return added

    def _readers(self, left: Iterable[Stratum]) -> dict[str, int]:
        """How many strata will still read each predicate."""
        found: dict[str, int] = {}
        for stratum in left:
            for predicate in stratum.reads:
                found[predicate] = found.get(predicate, 0) + 1
        return found

    # -- one stratum ------------------------------------------------------------------------------

    def _stratum(self, stratum: Stratum) -> None:
        live = {
            head: [rule for rule in rules if self._possible(rule, stratum)]
            for head, rules in stratum.heads.items()
        }
        live = {head: rules for head, rules in live.items() if rules}
        if not live:
            return
        if stratum.recursive:
            self._fixed_point(stratum, live)
        else:
            for head, rules in live.items():
                self._once(head, rules)

    def _possible(self, rule: Rule, stratum: Stratum) -> bool:
        return all(self.filled.get(a.predicate) or a.predicate in stratum.heads for a in rule.positive())

    def _table(self, predicate: str) -> None:
        if predicate not in self.filled:
            columns = ", ".join(f"a{i} BIGINT" for i in range(self.compiler.arities[predicate]))
            self.connection.execute(f"CREATE TABLE {quoted(predicate)} ({columns})")
            self.filled[predicate] = 0

    def _select(self, rule: Rule, instead: dict[int, str] | None = None) -> str:
        for count in rule.counts():
            for atom in count.atoms:
                self._table(atom.predicate)
        return self.compiler.select(rule, self._empty(rule), instead)

    def _empty(self, rule: Rule) -> list[str]:
        return [a.predicate for a in rule.negated() if not self.filled.get(a.predicate)]

    def _once(self, head: str, rules: list[Rule]) -> None:
        """What a predicate that does not rest on itself has: each group of rules adds rows of its own."""
        given = bool(self.filled.get(head))
        self._table(head)
        table = quoted(head)
        for group in overlapping(rules):
            union = " UNION ".join(self._select(rule) for rule in group)
            if given:
                union = f"SELECT * FROM ({union}) EXCEPT SELECT * FROM {table}"
            self._count(head, self.connection.execute(f"INSERT INTO {table} {union}"))

    def _fixed_point(self, stratum: Stratum, live: dict[str, list[Rule]]) -> None:
        """Semi-naive: after the first round only what the round before added is joined again."""
        run, heads = self.connection.execute, sorted(stratum.heads)
        for head in heads:
            self._table(head)
        changed = self._round({head: [self._select(rule) for rule in rules] for head, rules in live.items()})
        while changed:
            selects: dict[str, list[str]] = {}
            for head, rules in live.items():
                for rule in rules:
                    for number, atom in enumerate(rule.positive()):
                        if atom.predicate in changed:
                            text = self._select(rule, {number: _DELTA + atom.predicate})
                            selects.setdefault(head, []).append(text)
            changed = self._round(selects)
        for head in heads:
            run(f"DROP TABLE IF EXISTS {quoted(_DELTA + head)}")

    def _round(self, selects: dict[str, list[str]]) -> set[str]:
        """Add what the SELECTs find; return the predicates that got new rows, in ``delta:`` tables."""
        run, changed = self.connection.execute, set[str]()
        for head, texts in selects.items():
            union = " UNION ".join(texts)
            run(
                f"CREATE TABLE {quoted(_NEW + head)} AS SELECT * FROM ({union}) "
                f"EXCEPT SELECT * FROM {quoted(head)}"
            )
        for head in selects:
            run(f"DROP TABLE IF EXISTS {quoted(_DELTA + head)}")
            run(f"ALTER TABLE {quoted(_NEW + head)} RENAME TO {quoted(_DELTA + head)}")
            added = self._count(
                head, run(f"INSERT INTO {quoted(head)} SELECT * FROM {quoted(_DELTA + head)}")
            )
            if added:
                changed.add(head)
        return changed

    # -- what stays -------------------------------------------------------------------------------

    def _release(self, stratum: Stratum, waiting: dict[str, int]) -> None:
        """Drop what no later stratum reads, unless it is kept."""
        for predicate in stratum.reads:
            waiting[predicate] -= 1
        for predicate in (*stratum.reads, *stratum.heads):
            if not waiting.get(predicate) and predicate not in self.kept and predicate in self.filled:
                self.connection.execute(f"DROP TABLE IF EXISTS {quoted(predicate)}")
                self.filled.pop(predicate)

    def _keep(self, waiting: dict[str, int]) -> None:
        """Make safe what was found since the last time and is read later or kept, in one transaction."""
        run, home = self.connection.execute, quoted(self._home)
        finished = {p for n in self._seconds for p in self.strata[n].heads}
        run("BEGIN")
        for predicate in sorted(finished - self._safe):
            if self.filled.get(predicate) and (predicate in self.kept or waiting.get(predicate)):
                run(f"CREATE TABLE {home}.model.{quoted(predicate)} AS FROM {quoted(predicate)}")
                self._safe.add(predicate)
        for number, seconds in self._seconds.items():
            if number not in self._noted:
                run(f"INSERT INTO {home}.done VALUES (?, ?)", [number, seconds])
                self._noted.add(number)
        run("COMMIT")

    def _finish(self) -> None:
        """Take away what was only safe for later strata."""
        home = quoted(self._home)
        run = self.connection.execute
        for predicate in sorted(self._safe - self.kept):
            run(f"DROP TABLE {home}.model.{quoted(predicate)}")
        for predicate in sorted(self.kept - self.compiler.heads):  # given, and concluded by no rule
            found = run(f"SELECT code, arity FROM {home}.predicates WHERE name = ?", [predicate]).fetchall()
            for code, arity in found:
                columns = ", ".join(f"a{i}" for i in range(arity))
                tables = ("facts", "stated") if arity < 3 else ("stated",)
                parts = [f"SELECT {columns} FROM main.{t} WHERE predicate = {code}" for t in tables]
                run(f"CREATE VIEW {home}.model.{quoted(predicate)} AS {' UNION '.join(parts)}")


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
