"""A run that is kept up with its facts: ``incremental`` over the tables of ``reasoner.batch.run``.

Everything is in integers, the rules as well. What is recorded is looked up entity by entity and remembered;
levels and cells of all entities are found when the run is opened and kept in memory.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import pyarrow as pa

from reasoner.batch import concluded, encoding, evaluation
from reasoner.batch.evaluation import quoted
from reasoner.batch.in_memory import words
from reasoner.batch.incremental import Atoms, Change, Incremental
from reasoner.batch.naming import constants, hashed
from reasoner.batch.run import ABOUT, Run
from reasoner.engine import calendar
from reasoner.engine.join import Ground, Row
from reasoner.engine.sql import NAME_BASE, Compiler, Dictionary
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

_REMEMBERED = 200_000
"""Entities of which the statements are remembered."""


def is_code(value: Value) -> bool:
    """Whether a value is the code of a name."""
    return isinstance(value, int) and value >= NAME_BASE


class Stored:
    """The facts of a run and what follows from them; ``reasoner.batch.incremental.Store``."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._run = run.connection.execute
        self._predicates: dict[int, str] = dict(
            self._run("SELECT code, name FROM predicates WHERE used").fetchall()
        )
        self._codes = {name: code for code, name in self._predicates.items()}
        self._about: dict[Value, list[Ground]] = {}
        self._naming: dict[Value, list[Ground]] = {}
        self._open = False

    def begin(self) -> None:
        """What is changed from here on is changed by ``commit`` or not at all."""
        self._run("BEGIN")
        self._open = True

    def commit(self) -> None:
        """Make safe what was changed since ``begin``."""
        if self._open:
            self._run("COMMIT")
            self._open = False

    def roll_back(self) -> None:
        """Take back what was changed since ``begin``."""
        if self._open:
            self._run("ROLLBACK")
            self._open = False
            self._about.clear()
            self._naming.clear()

    # -- what is recorded -------------------------------------------------------------------------

    def every(self) -> list[Ground]:
        """All statements that rules can use, in codes."""
        rows = self._run("SELECT DISTINCT predicate, a0, a1 FROM facts").fetchall()
        return [self._atom(*row) for row in rows]

    def _atom(self, predicate: int, subject: int, value: int | None) -> Ground:
        return self._predicates[predicate], (subject,) if value is None else (subject, value)

    def about(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the subject."""
        return self._looked_up(entities, self._about, "facts", "a0")

    def naming(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the second argument."""
        return self._looked_up(entities, self._naming, "facts_by_object", "a1")

    def _looked_up(
        self, entities: Iterable[Value], known: dict[Value, list[Ground]], table: str, column: str
    ) -> list[Ground]:
        wanted = list(entities)
        unknown = sorted({e for e in wanted if e not in known and is_code(e)}, key=str)
        if unknown:
            if len(known) > _REMEMBERED:
                known.clear()
                unknown = sorted({e for e in wanted if is_code(e)}, key=str)
            known.update((e, []) for e in unknown)
            listed = ", ".join(map(str, unknown))
            rows = self._run(
                f"SELECT DISTINCT predicate, a0, a1 FROM {table} WHERE {column} IN ({listed})"
            ).fetchall()
            place = 1 if column == "a0" else 2
            for row in rows:
                known[row[place]].append(self._atom(*row))
        return [atom for e in wanted for atom in known.get(e, ())]

    def change(self, come: Collection[Ground], gone: Collection[Ground]) -> None:
        """Change the facts of the run."""
        for predicate, row in gone:
            value = "a1 IS NULL" if len(row) == 1 else f"a1 = {row[1]}"
            where = f"predicate = {self._codes[predicate]} AND a0 = {row[0]} AND {value}"
            self._run(f"DELETE FROM facts WHERE {where}")
            if len(row) == 2 and is_code(row[1]):
                self._run(f"DELETE FROM facts_by_object WHERE {where}")
        if come:
            (last,) = self._run("SELECT max(id) FROM facts").fetchall()[0]
            rows = [
                (self._codes[p], row[0], row[1] if len(row) == 2 else "NULL", (last or 0) + n)
                for n, (p, row) in enumerate(come, 1)
            ]
            told = ", ".join(f"({p}, {a}, {b}, {n})" for p, a, b, n in rows)
            self._run(f"INSERT INTO facts (predicate, a0, a1, id) VALUES {told}")
            naming = [f"({b}, {p}, {a}, {n})" for p, a, b, n in rows if b != "NULL" and is_code(b)]
            if naming:
                self._run(f"INSERT INTO facts_by_object (a1, predicate, a0, id) VALUES {', '.join(naming)}")
        for _, row in (*come, *gone):
            self._about.pop(row[0], None)
            if len(row) == 2:
                self._naming.pop(row[1], None)

    def beside(self) -> list[Ground]:
        """What ontology, parameters, the day of asking and the calendar add."""
        arity = dict(self._run("SELECT code, arity FROM predicates").fetchall())
        return [
            (self._predicates[row[0]], tuple(row[1 : 1 + arity[row[0]]]))
            for row in self._run("SELECT * FROM stated").fetchall()
            if row[0] in self._predicates
        ]

    def months(self, days: Iterable[int]) -> list[Ground]:
        """What the calendar adds for days, stored with the rest."""
        days = [day for day in days if day < NAME_BASE]
        if not days:
            return []
        counting = self._run("SELECT value FROM meta WHERE key = 'counting'").fetchall()[0][0]
        found = list(calendar.facts(days, self.run.rules.book.months, counting))
        code = self._codes.get(calendar.MONTHS_AFTER)
        if found and code is not None:
            told = ", ".join(f"({code}, {', '.join(map(str, row))})" for _, row in found)
            self._run(f"INSERT INTO stated (predicate, a0, a1, a2) VALUES {told}")
        return found

    # -- what follows -----------------------------------------------------------------------------

    def evaluated(self, rules: list[Rule], needed: Collection[str], again: bool) -> None:
        """See that everything that follows is stored, with the tables of the predicates needed."""
        run, wanted = self.run, self.run.kept | set(needed)
        if not again and self._keeps(needed):
            return
        # one transaction cannot write to the run and to the working tables; from here on, until it is
        # finished again, whoever opens the run is told that it is not
        self.commit()
        told(run, finished=False)
        for name, kind in self._run(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'model'"
        ).fetchall():
            self._run(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} model.{quoted(name)}")
        concluded.drop(run.connection)
        self._run("DELETE FROM done")
        self._run("DROP TABLE stated")
        self._run("DELETE FROM meta WHERE key IN ('counting', 'kept')")
        encoding._complete(run.connection, run.rules, calendar.to_int(run.as_of))
        evaluation.evaluate(run.connection, run.rules, frozenset(wanted), lambda *_: None)
        told(run, finished=True)
        for name in ("tables", "_given"):
            (run if name == "tables" else self).__dict__.pop(name, None)
        self._run("INSERT INTO meta VALUES ('kept', ?)", [" ".join(sorted(needed))])

    def _keeps(self, needed: Collection[str]) -> bool:
        """Whether the tables that messages are counted over were kept and kept up."""
        found = self._run("SELECT value FROM meta WHERE key = 'kept'").fetchall()
        return any(set(needed) <= set(str(value).split()) for (value,) in found)

    def counted(self, rule: Rule) -> Iterator[tuple[Row, int]]:
        """What a rule concludes of standing or shared things, and by how many uses."""
        if not all(self._has(atom.predicate) for atom in rule.positive()):
            return
        variables = list(dict.fromkeys(v for atom in rule.positive() for v in atom.variables()))
        absent = self._absent(rule)
        everything = Rule(Atom("uses", tuple(variables)), rule.body, rule.owner, rule.index)
        text = self._compiler.select(everything, absent)
        place = {v: f"a{i}" for i, v in enumerate(variables)}
        head = [place[a] if isinstance(a, Var) else f"{a}::BIGINT" for a in rule.head.args]
        columns = ", ".join(f"{c} AS h{i}" for i, c in enumerate(head))
        shown = ", ".join(f"h{i}" for i in range(len(head)))
        outside = " AND ".join(f"h{i} NOT IN (SELECT code FROM own)" for i in range(len(head))) or "true"
        query = f"SELECT {shown}, count(*) FROM (SELECT {columns} FROM ({text})) WHERE {outside} GROUP BY ALL"
        for row in self._within_model(query):
            yield tuple(row[:-1]), int(row[-1])

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler([], _Coded())

    def _within_model(self, query: str) -> Sequence[tuple[int, ...]]:
        self._run("SET search_path = 'model,main'")
        try:
            return self._run(query).fetchall()
        finally:
            self._run("RESET search_path")

    def prepare(self, parts: list[Rule], own: Collection[Value]) -> None:
        """Make the tables that ``counted`` reads besides: own things, and the parts of rules."""
        codes = pa.table({"code": pa.array([int(code) for code in own], pa.int64())})
        self.run.connection.register("own_codes", codes)
        self._run("CREATE OR REPLACE TEMP TABLE own AS FROM own_codes")
        self.run.connection.unregister("own_codes")
        self._parts: set[str] = set()
        for rule in parts:
            name = rule.head.predicate
            if all(self._has(atom.predicate) for atom in rule.positive()):
                text = self._compiler.select(rule, self._absent(rule))
                self._within_model(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {text}")
                self._parts.add(name)

    def _has(self, predicate: str) -> bool:
        return predicate in self.run.tables or predicate in self._parts

    def _absent(self, rule: Rule) -> list[str]:
        """What a rule looks for and nothing holds of."""
        counted = (atom for count in rule.counts() for atom in count.atoms)
        return [a.predicate for a in (*rule.negated(), *counted) if not self._has(a.predicate)]

    def rows(self, predicate: str) -> None:
        """Not told: there may be millions."""

    def replace(self, gone: Atoms, come: Atoms) -> None:
        """Change what follows."""
        tables = self.run.tables
        changed = False
        for name, rows in gone.items():
            if name in tables and rows:
                changed |= self._replace(name, rows, "DELETE")
        for name, rows in come.items():
            if rows:
                changed |= self._replace(name, rows, "INSERT")
        if changed:
            concluded.drop(self.run.connection)

    def _replace(self, name: str, rows: set[Row], how: str) -> bool:
        if name in self._given:
            return False
        table = f"model.{quoted(name)}"
        if how == "DELETE":
            for row in rows:
                self._run(
                    f"DELETE FROM {table} WHERE " + " AND ".join(f"a{i} = {v}" for i, v in enumerate(row))
                )
            return True
        if name not in self.run.tables:
            columns = ", ".join(f"a{i} BIGINT" for i in range(len(next(iter(rows)))))
            self._run(f"CREATE TABLE {table} ({columns})")
            self.run.__dict__.pop("tables", None)
        told = ", ".join(f"({', '.join(map(str, row))})" for row in rows)
        self._run(f"INSERT INTO {table} VALUES {told}")
        return True

    @cached_property
    def _given(self) -> frozenset[str]:
        """Predicates that are views of what is recorded."""
        found = self._run(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'model' AND table_type = 'VIEW'"
        ).fetchall()
        return frozenset(name for (name,) in found)


class _Coded(Dictionary):
    """A dictionary for rules that are in codes already."""

    def encode(self, value: Value) -> int:
        """The value itself."""
        return int(value)


def told(run: Run, finished: bool) -> None:
    """Say in the run's own description whether all that follows is stored."""
    file = run.folder / ABOUT
    about = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(
        json.dumps({**about, "finished": finished}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def coded(rules: Ontology) -> list[Rule]:
    """The rules with codes in place of names, the same in every run."""
    encode = constants(rules).encode

    def term(one: Term) -> Term:
        return encode(one) if isinstance(one, str) else one

    def atom(one: Atom) -> Atom:
        return Atom(one.predicate, tuple(map(term, one.args)))

    def literal(one: Literal) -> Literal:
        match one:
            case Atom():
                return atom(one)
            case Not(inner):
                return Not(atom(inner))
            case Comparison(left, op, right):
                return Comparison(term(left), op, term(right))
            case Count(variables, atoms, op, bound):
                return Count(variables, tuple(map(atom, atoms)), op, term(bound))
        raise TypeError(one)

    return [replace(r, head=atom(r.head), body=tuple(map(literal, r.body))) for r in rules.book.rules]


class KeptUp:
    """A run whose facts can be changed. ``run`` is open for writing.

    Opening it finds levels, cells and messages (some seconds at 100,000 issues); a run that was not made with
    the tables that this needs is evaluated once more.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._store = Stored(run)
        self.incremental = self._opened()

    def _opened(self) -> Incremental:
        rules = self.run.rules
        encode = constants(rules).encode
        fixed = {encode(word) for word in words(rules)}
        return Incremental(self._store, coded(rules), rules.vocabulary, self.run.kept, fixed, is_code)

    def change(self, added: Iterable[Ground], removed: Iterable[Ground] = ()) -> Change:
        """Add and remove statements, by names; bring what follows up to date, all or nothing."""
        used = self.run.rules.book.used
        self._store.begin()
        try:
            come = [self._coded(atom) for atom in added if atom[0] in used]
            gone = [self._coded(atom) for atom in removed if atom[0] in used]
            change = self.incremental.change(come, gone)
        except BaseException:
            self._store.roll_back()
            self.incremental = self._opened()  # what was in memory is of a change that did not happen
            raise
        self._store.commit()
        return change

    def _coded(self, atom: Ground) -> Ground:
        return atom[0], tuple(map(self._code, atom[1]))

    def _code(self, value: Value) -> int:
        code = self.run.names.encode(value)
        if code is None:
            run = self.run.connection.execute
            (last,) = run("SELECT max(code) FROM names").fetchall()[0]
            code = int(last) + 1
            run("INSERT INTO names VALUES (?, ?)", [code, value])
            run("INSERT INTO names_by_hash VALUES (?, ?)", [hashed(str(value)), code])
            self.run.__dict__.pop("names", None)  # it remembers that there was no such name
        return code
