"""Evaluates the rules over a run, stratum by stratum, in memory; what is kept goes to the run's database.

DuckDB holds the working tables (one a predicate) in an attached database in memory, which spills to the
folder of the run when it grows beyond its limit. Strata that do not wait for one another run side by side,
since most of them take longer to plan than to run. From time to time what later strata read is made safe in
the schema ``model`` of the run, together with the strata that are done; in the end, what is kept.

What follows from the ontology alone, whatever is recorded, is worked out in process: it is the same few rows
at every size, and asking a database for them takes longer.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic

import duckdb

from reasoner.batch.naming import constants
from reasoner.engine.evaluate import evaluate as evaluate_in_process
from reasoner.engine.sql import Compiler
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule, strata

EVERY = 10.0
"""Seconds between the moments at which what was found is made safe."""
WORK = "work"
_DELTA, _NEW = "delta:", "new:"
_AT_ONCE = 2
"""Strata evaluated side by side."""
_SMALL = 200_000
"""Rows read by rules that are put into one statement."""
_WORTH = 20_000
"""Rows from which on a table that nothing reads any more is dropped at once."""

Progress = Callable[[str, int, int], None]


def quoted(name: str) -> str:
    """A predicate as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    rules: Ontology,
    kept: frozenset[str],
    progress: Progress,
    every: float = EVERY,
) -> None:
    """Evaluate what is not done; ``progress("strata", done, of)`` after each stratum.

    What holds for the predicates ``kept`` stays in the schema ``model``; so does, until all is done, what
    later strata read.
    """
    Evaluation(connection, rules, kept).run(progress, every)


class Stratum:
    """The rules of one stratum, and the predicates that they read and conclude."""

    def __init__(self, number: int, recursive: bool, rules: list[Rule]) -> None:
        self.number, self.recursive = number, recursive
        self.heads: dict[str, list[Rule]] = {}
        for rule in rules:
            self.heads.setdefault(rule.head.predicate, []).append(rule)
        self.reads = {a.predicate for rule in rules for a in rule.atoms()} - self.heads.keys()


class Evaluation:
    """The evaluation of one run. ``filled``: the rows of every predicate that has some."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Ontology, kept: frozenset[str]) -> None:
        self.connection, self.rules, self.kept = connection, rules, kept
        self.dictionary = constants(rules)
        self.compiler = Compiler(rules.book.rules, self.dictionary)
        groups = strata(rules.book.rules)
        self.strata = [Stratum(number, *each) for number, each in enumerate(groups)]
        self.filled: dict[str, int] = {}
        self._seconds: dict[int, float] = {}
        self._safe: set[str] = set()
        self._noted: set[int] = set()

    def run(self, progress: Progress, every: float) -> None:
        """Evaluate all strata that are not done, and keep what is kept."""
        run = self.connection.execute
        (self._home,) = run("SELECT current_database()").fetchall()[0]
        home = quoted(self._home)
        run(f"ATTACH ':memory:' AS {WORK}")
        try:
            run(f"USE {WORK}")
            done = {row[0] for row in run(f"SELECT stratum FROM {home}.done").fetchall()}
            left = [each for each in self.strata if each.number not in done]
            standing = self._start(left)
            self._noted = done
            for stratum in left:
                if stratum.number in standing:
                    self._seconds[stratum.number] = 0.0
            left = [each for each in left if each.number not in standing]
            waiting, kept_at = self._readers(left), monotonic()
            for stratum in self._side_by_side(left):
                progress("strata", len(done) + len(self._seconds), len(self.strata))
                self._release(stratum, waiting)
                if monotonic() - kept_at >= every:
                    self._keep(waiting)
                    kept_at = monotonic()
            self._keep({})
            self._finish()
        finally:
            run(f"USE {home}")
            run(f"DETACH {WORK}")

    def _side_by_side(self, left: list[Stratum]) -> Iterator[Stratum]:
        """Evaluate strata, each as soon as those that it reads are done; yield each when it is done."""
        source = {head: each.number for each in left for head in each.heads}
        needs = {each.number: {source[p] for p in each.reads if p in source} for each in left}
        then: dict[int, list[int]] = {}
        for number, others in needs.items():
            for other in others:
                then.setdefault(other, []).append(number)
        ready = [number for number, others in needs.items() if not others]
        heapq.heapify(ready)
        running: dict[Future[float], int] = {}
        cursors = []
        for _ in range(_AT_ONCE):
            cursors.append(self.connection.cursor())
            cursors[-1].execute(f"USE {WORK}")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while ready or running:
                finished: list[int] = []
                while ready and len(running) < _AT_ONCE and not finished:
                    stratum = self.strata[heapq.heappop(ready)]
                    live = self._live(stratum)
                    if not live:
                        self._seconds[stratum.number] = 0.0
                        finished.append(stratum.number)
                        continue
                    running[pool.submit(self._stratum, cursors, stratum, live)] = stratum.number
                if not finished:
                    for each in wait(running, return_when=FIRST_COMPLETED).done:
                        number = running.pop(each)
                        self._seconds[number] = each.result()
                        finished.append(number)
                for number in finished:
                    for other in then.get(number, ()):
                        needs[other].discard(number)
                        if not needs[other]:
                            heapq.heappush(ready, other)
                    yield self.strata[number]
        for cursor in cursors:
            cursor.close()

    # -- what is there before ---------------------------------------------------------------------

    def _start(self, left: list[Stratum]) -> set[int]:
        """Working tables of what is given, of what follows from the ontology alone, and of what strata that
        are done concluded; return the strata that are settled by the ontology alone."""
        run, home = self.connection.execute, quoted(self._home)
        wanted = {p for each in left for p in (*each.reads, *each.heads)}
        stored = {
            name
            for (name,) in run(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'model' AND database_name = ?",
                [self._home],
            ).fetchall()
        }
        self._safe = set(stored)
        for predicate in sorted(stored & wanted):
            self._create(predicate, f"FROM {home}.model.{quoted(predicate)}")
        of = f"SELECT name, code, arity FROM {home}.predicates WHERE code IN (SELECT predicate FROM {home}."
        stated = run(f"{of}stated)").fetchall()
        recorded = run(f"{of}facts)").fetchall()
        standing = self._standing({name for name, _, _ in recorded}, stated, wanted - stored)
        run(f"CREATE TABLE {quoted(_NEW)} AS SELECT predicate, a0, a1 FROM {home}.facts ORDER BY predicate")
        for predicate, code, arity in sorted({*recorded, *stated}):
            if predicate in wanted - stored and predicate not in self.filled:
                columns = ", ".join(f"a{i}" for i in range(arity))
                tables = [quoted(_NEW), f"{home}.stated"] if arity < 3 else [f"{home}.stated"]
                parts = [f"SELECT {columns} FROM {table} WHERE predicate = {code}" for table in tables]
                self._create(predicate, " UNION ".join(parts))
        run(f"DROP TABLE {quoted(_NEW)}")
        return standing

    def _standing(self, recorded: set[str], stated: list[tuple[str, int, int]], wanted: set[str]) -> set[int]:
        """Tables of what the strata conclude that no recorded fact can reach; return those strata."""
        reached = set(recorded)
        found: dict[str, int] = {}
        for stratum in self.strata:
            if reached & (stratum.reads | stratum.heads.keys()):
                reached |= stratum.heads.keys()
            else:
                found |= dict.fromkeys(stratum.heads, stratum.number)
        encode, names = self.dictionary.encode, self.dictionary.names
        decode = self.dictionary.decode
        atoms = []
        for predicate, code, arity in stated:
            columns = ", ".join(f"a{i}" for i in range(arity))
            table = f"{quoted(self._home)}.stated"
            rows = self.connection.execute(f"SELECT {columns} FROM {table} WHERE predicate = {code}")
            atoms += [(predicate, tuple(map(decode, row))) for row in rows.fetchall()]
        model, known = evaluate_in_process(atoms, self.rules.program), len(names)
        for predicate in sorted(found.keys() & wanted):
            rows_of = [tuple(map(encode, row)) for row in model.rows(predicate)]
            if rows_of:
                values = ", ".join(f"({', '.join(f'{v}::BIGINT' for v in row)})" for row in rows_of)
                columns = ", ".join(f"a{i}" for i in range(len(rows_of[0])))
                self._create(predicate, f"FROM (VALUES {values}) AS given({columns})")
        assert len(names) == known  # what follows from the ontology names nothing else
        return set(found.values())

    def _create(self, predicate: str, query: str) -> None:
        table = quoted(predicate)
        self._count(predicate, self.connection.execute(f"CREATE TABLE {table} AS {query}"))

    def _count(self, predicate: str, result: duckdb.DuckDBPyConnection) -> int:
        row = result.fetchone()
        added = int(row[0]) if row else 0
        self.filled[predicate] = self.filled.get(predicate, 0) + added
        return added

    def _readers(self, left: list[Stratum]) -> dict[str, int]:
        """How many strata will still read each predicate."""
        found: dict[str, int] = {}
        for stratum in left:
            for predicate in stratum.reads:
                found[predicate] = found.get(predicate, 0) + 1
        return found

    # -- one stratum ------------------------------------------------------------------------------

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
                            text = self._select(cursor, rule, {number: _DELTA + atom.predicate})
                            selects.setdefault(head, []).append(text)
            changed = self._round(cursor, selects)
        for head in sorted(stratum.heads):
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(_DELTA + head)}")

    def _round(self, cursor: duckdb.DuckDBPyConnection, selects: dict[str, list[str]]) -> set[str]:
        """Add what the SELECTs find; return the predicates that got new rows, in ``delta:`` tables."""
        run, changed = cursor.execute, set[str]()
        for head, texts in selects.items():
            union = " UNION ALL ".join(texts)
            new = f"FROM ({union}) EXCEPT SELECT * FROM {quoted(head)}"
            if not self.filled[head]:
                new = f"SELECT DISTINCT * FROM ({union})"
            run(f"CREATE TABLE {quoted(_NEW + head)} AS {new}")
        for head in selects:
            run(f"DROP TABLE IF EXISTS {quoted(_DELTA + head)}")
            run(f"ALTER TABLE {quoted(_NEW + head)} RENAME TO {quoted(_DELTA + head)}")
            if self._count(head, run(f"INSERT INTO {quoted(head)} FROM {quoted(_DELTA + head)}")):
                changed.add(head)
        return changed

    # -- what stays -------------------------------------------------------------------------------

    def _release(self, stratum: Stratum, waiting: dict[str, int]) -> None:
        """Drop what no later stratum reads, unless it is kept."""
        for predicate in stratum.reads:
            waiting[predicate] -= 1
        for predicate in (*stratum.reads, *stratum.heads):
            if waiting.get(predicate) or predicate in self.kept or self.filled.get(predicate, 0) < _WORTH:
                continue
            self.connection.execute(f"DROP TABLE {quoted(predicate)}")
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
        new = {n: seconds for n, seconds in self._seconds.items() if n not in self._noted}
        if new:
            values = ", ".join(f"({number}, {seconds})" for number, seconds in new.items())
            run(f"INSERT INTO {home}.done VALUES {values}")
            self._noted |= new.keys()
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
