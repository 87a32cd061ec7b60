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

from reasoner.batch.layers import needed
from reasoner.batch.naming import constants
from reasoner.batch.working import NEW, Stratum, Working
from reasoner.engine.evaluate import evaluate as evaluate_in_process
from reasoner.engine.sql import Compiler, quoted
from reasoner.pipeline import Ontology

EVERY = 60.0
"""Seconds between the moments at which what was found is made safe."""
WORK = "work"
_AT_ONCE = 2
"""Strata evaluated side by side."""
_LISTED = 3_000
"""Rows up to which it is looked at what a table of facts holds."""
_WORTH = 20_000
"""Rows from which on a table that nothing reads any more is dropped at once."""
_PASSES = ("filter_pushdown", "join_order", "build_side_probe_side", "unused_columns", "column_lifetime")
"""What DuckDB's optimizer is to do. The other passes find nothing to do in rules, of which there are so
many that looking would take a tenth of the time of a run of 10,000 issues."""
_PASSES_OF_MANY = ("statistics_propagation", "join_filter_pushdown")
"""What pays when there is much to join besides."""
_MANY = 5_000_000
"""Rows of facts from which on it does."""

Progress = Callable[[str, int, int], None]


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


class Evaluation(Working):
    """The evaluation of one run."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Ontology, kept: frozenset[str]) -> None:
        super().__init__(Compiler(rules.book.rules, constants(rules)), kept)
        self.connection, self.rules = connection, rules
        self.dictionary = self.compiler.dictionary
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
            self._optimize()
            given = [predicate for predicate, rows in self.filled.items() if rows]
            self._choose(needed(self.compiler.rules, self.kept, given))
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
            run("RESET disabled_optimizers")
            run(f"USE {home}")
            run(f"DETACH {WORK}")

    def _optimize(self) -> None:
        """Leave out the passes of the optimizer that cost more than they save."""
        run, wanted = self.connection.execute, set(_PASSES)
        if sum(self.filled.values()) >= _MANY:
            wanted.update(_PASSES_OF_MANY)
        known = [name for (name,) in run("SELECT name FROM duckdb_optimizers()").fetchall()]
        run(f"SET disabled_optimizers = '{','.join(each for each in known if each not in wanted)}'")

    def _side_by_side(self, left: list[Stratum]) -> Iterator[Stratum]:
        """Evaluate strata, each as soon as those that it reads are done; yield each when it is done."""
        source = {head: each.number for each in left for head in each.heads}
        needs = {each.number: {source[p] for p in each.reads if p in source} for each in left}
        then: dict[int, list[int]] = {}
        for number, others in needs.items():
            for other in others:
                then.setdefault(other, []).append(number)
        # what may become a view comes last: it does when its readers' other tables hold little
        last = {each.number: bool(each.heads.keys() & self._passing.keys()) for each in left}
        ready = [(last[number], number) for number, others in needs.items() if not others]
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
                    stratum = self.strata[heapq.heappop(ready)[1]]
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
                            heapq.heappush(ready, (last[other], other))
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
        of = f"SELECT name, code, arity FROM {home}.predicates WHERE code IN"
        stated = run(f"{of} (SELECT predicate FROM {home}.stated)").fetchall()
        repeated = self._repeated()
        recorded = run(f"{of} ({', '.join(map(str, repeated)) or 'NULL'})").fetchall()
        standing = self._standing({name for name, _, _ in recorded}, stated, wanted - stored)
        once = {name for name, code, _ in recorded if not repeated[code]} - {name for name, _, _ in stated}
        run(f"CREATE TABLE {quoted(NEW)} AS SELECT predicate, a0, a1 FROM {home}.facts ORDER BY predicate")
        for predicate, code, arity in sorted({*recorded, *stated}):
            if predicate in wanted - stored and predicate not in self.filled:
                columns = ", ".join(f"a{i}" for i in range(arity))
                tables = [quoted(NEW), f"{home}.stated"] if arity < 3 else [f"{home}.stated"]
                if predicate in once:
                    tables.pop()
                parts = [f"SELECT {columns} FROM {table} WHERE predicate = {code}" for table in tables]
                self._create(predicate, " UNION ".join(parts))
                if arity == 2 and predicate in once - self.compiler.heads:
                    self.keys.single(predicate)
        self._list([each for each in recorded if each not in stated])
        run(f"DROP TABLE {quoted(NEW)}")
        return standing

    def _list(self, predicates: list[tuple[str, int, int]]) -> None:
        """Look at the rows of those predicates that have few and are only given."""
        few = {
            code: (name, arity)
            for name, code, arity in predicates
            if 0 < self.filled.get(name, 0) <= _LISTED and name not in self.compiler.heads
        }
        codes = ", ".join(map(str, few)) or "NULL"
        query = f"SELECT predicate, a0, a1 FROM {quoted(NEW)} WHERE predicate IN ({codes})"
        rows: dict[int, list[tuple[int, ...]]] = {}
        for code, *row in self.connection.execute(query).fetchall():
            rows.setdefault(code, []).append(tuple(row[: few[code][1]]))
        for code, found in rows.items():
            self.keys.listed(few[code][0], found)

    def _repeated(self) -> dict[int, int]:
        """The predicates that facts are of, with how many facts have the subject of another one.

        Facts are stored by subject and predicate, so looking at the row before is enough. When they no longer
        are, every predicate counts as one that may have several for a subject.
        """
        run = self.connection.execute
        run("SET preserve_insertion_order = true")
        found = run(
            "SELECT predicate, count(*) FILTER (a0 = last AND predicate = before), "
            "count(*) FILTER (a0 < last OR (a0 = last AND predicate < before)) FROM (SELECT "
            "predicate, a0, lag(a0) OVER () AS last, lag(predicate) OVER () AS before "
            f"FROM {quoted(self._home)}.facts) GROUP BY predicate"
        ).fetchall()
        run("SET preserve_insertion_order = false")
        moved = sum(row[2] for row in found)
        return {predicate: again or moved for predicate, again, _ in sorted(found)}

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
                self.keys.listed(predicate, rows_of)
                values = ", ".join(f"({', '.join(f'{v}::BIGINT' for v in row)})" for row in rows_of)
                columns = ", ".join(f"a{i}" for i in range(len(rows_of[0])))
                self._create(predicate, f"FROM (VALUES {values}) AS given({columns})")
        assert len(names) == known  # what follows from the ontology names nothing else
        return set(found.values())

    def _create(self, predicate: str, query: str) -> None:
        table = quoted(predicate)
        self._count(predicate, self.connection.execute(f"CREATE TABLE {table} AS {query}"))

    def _readers(self, left: list[Stratum]) -> dict[str, int]:
        """How many strata will still read each predicate."""
        found: dict[str, int] = {}
        for stratum in left:
            for predicate in stratum.reads:
                found[predicate] = found.get(predicate, 0) + 1
        return found

    # -- what stays -------------------------------------------------------------------------------

    def _release(self, stratum: Stratum, waiting: dict[str, int]) -> None:
        """Drop what no later stratum reads, unless it is kept."""
        if stratum.heads.keys() & self._views.keys():
            return  # it is read whenever the view is
        freed = list(stratum.heads)
        for predicate in stratum.reads:
            waiting[predicate] -= 1
            freed.append(predicate)
            if not waiting[predicate]:
                for other in self._views.get(predicate, ()):
                    waiting[other] -= 1
                    freed.append(other)
        for predicate in freed:
            if waiting.get(predicate) or predicate in self.kept or predicate in self._views:
                continue
            if self.filled.get(predicate, 0) >= _WORTH:
                self.connection.execute(f"DROP TABLE {quoted(predicate)}")
                self.filled.pop(predicate)

    def _keep(self, waiting: dict[str, int]) -> None:
        """Make safe what was found since the last time and is read later or kept, in one transaction."""
        run, home = self.connection.execute, quoted(self._home)
        done = [n for n in self._seconds if not any(waiting.get(p) for p in self._view_of(n))]
        finished = {p for n in done for p in self.strata[n].heads} - self._views.keys()
        run("BEGIN")
        for predicate in sorted(finished - self._safe):
            if self.filled.get(predicate) and (predicate in self.kept or waiting.get(predicate)):
                run(f"CREATE TABLE {home}.model.{quoted(predicate)} AS FROM {quoted(predicate)}")
                self._safe.add(predicate)
        new = {n: self._seconds[n] for n in done if n not in self._noted}
        if new:
            values = ", ".join(f"({number}, {seconds})" for number, seconds in new.items())
            run(f"INSERT INTO {home}.done VALUES {values}")
            self._noted |= new.keys()
        run("COMMIT")

    def _view_of(self, number: int) -> set[str]:
        """The views that a stratum made: as long as one is read, the stratum is not done for good."""
        return self.strata[number].heads.keys() & self._views.keys()

    def _finish(self) -> None:
        """Take away what was only safe for later strata; again, if it was ended in the middle of this."""
        home = quoted(self._home)
        run = self.connection.execute
        for predicate in sorted(self._safe - self.kept):
            run(f"DROP TABLE IF EXISTS {home}.model.{quoted(predicate)}")
        for predicate in sorted(self.kept - self.compiler.heads):  # given, and concluded by no rule
            found = run(f"SELECT code, arity FROM {home}.predicates WHERE name = ?", [predicate]).fetchall()
            for code, arity in found:
                columns = ", ".join(f"a{i}" for i in range(arity))
                tables = ("facts", "stated") if arity < 3 else ("stated",)
                parts = [f"SELECT {columns} FROM main.{t} WHERE predicate = {code}" for t in tables]
                run(f"CREATE OR REPLACE VIEW {home}.model.{quoted(predicate)} AS {' UNION '.join(parts)}")


__all__ = ["EVERY", "Evaluation", "evaluate", "quoted"]
