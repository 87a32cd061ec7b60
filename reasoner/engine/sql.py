"""The same rules on DuckDB: one table per predicate, one pass of SQL per stratum.

Values are dictionary-encoded into one ordered BIGINT column domain: a number stands for itself, a name for
``NAME_BASE`` plus its place in the dictionary, so that numbers come before names as in ASP-Core-2 and every
join is a join of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import pyarrow as pa

from reasoner.engine.evaluate import Ground, Row
from reasoner.records.arrow import integers, strings
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var, strata

NAME_BASE = 1 << 40
_FEW = 200


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


@dataclass(frozen=True)
class Select:
    """The SELECT of one rule, and the tables without rows in which it has none either."""

    text: str
    needed: frozenset[str]


class Compiler:
    """Rules as SQL, stratum by stratum; nothing here touches a database."""

    def __init__(self, rules: Iterable[Rule], dictionary: Dictionary) -> None:
        self.rules = tuple(rules)
        self.dictionary = dictionary
        self.arities = {atom.predicate: len(atom.args) for rule in self.rules for atom in rule.atoms()}
        self.heads = {rule.head.predicate for rule in self.rules}

    def strata(self) -> Iterator[tuple[bool, list[tuple[str, list[Select]]]]]:
        """Yield (recursive?, [(predicate, the SELECTs of its new rows)])."""
        for recursive, group in strata(self.rules):
            by_head: dict[str, list[Select]] = {}
            for rule in group:
                needed = frozenset(atom.predicate for atom in rule.positive())
                by_head.setdefault(rule.head.predicate, []).append(Select(self.select(rule), needed))
            yield recursive, list(by_head.items())

    def select(
        self,
        rule: Rule,
        empty: Collection[str] = (),
        instead: Mapping[int, str] | None = None,
        repeated: bool = False,
    ) -> str:
        """The SELECT that yields the head rows of one rule, each once unless ``repeated`` ones do no harm.

        ``empty``: predicates known to have no rows, which need not be looked for. ``instead``: other tables
        for some of the positive atoms, by their number among them.
        """
        atoms = list(enumerate(rule.positive()))
        joined, asked = _parted(rule, [atom for _, atom in atoms])
        order = _linked([(number, atom) for number, atom in atoms if number in joined])
        columns: dict[str, str] = {}
        source, where = "", list[str]()
        for number, atom in order:
            table, conditions = self._matched(atom, f"t{number}", columns, (instead or {}).get(number))
            source += _next(source, table, conditions, where)
        for number, atom in atoms:
            if number in asked:  # whether there is one is all that matters
                table, conditions = self._matched(
                    atom, f"t{number}", dict(columns), (instead or {}).get(number)
                )
                source += f" SEMI JOIN {table} ON {' AND '.join(conditions)}"
        for number, literal in enumerate(rule.body):
            if isinstance(literal, Not):
                if literal.atom.predicate in empty:
                    continue
                table, conditions = self._matched(literal.atom, f"n{number}", dict(columns))
                if source and conditions:
                    source += f" ANTI JOIN {table} ON {' AND '.join(conditions)}"
                else:
                    test = f" WHERE {' AND '.join(conditions)}" if conditions else ""
                    where.append(f"NOT EXISTS (SELECT 1 FROM {table}{test})")
            elif isinstance(literal, Comparison):
                where.append(self._compare(literal, columns))
            elif isinstance(literal, Count):
                where.append(
                    f"({self._count(literal, columns)}) {literal.op} {self._term(literal.bound, columns)}"
                )
        head = ", ".join(f"{self._term(arg, columns)} AS a{i}" for i, arg in enumerate(rule.head.args))
        once = repeated or not _repeats(rule, [atom for _, atom in order])
        return (
            f"SELECT {'' if once else 'DISTINCT '}{head}"
            + (f" FROM {source}" if source else "")
            + (f" WHERE {' AND '.join(where)}" if where else "")
        )

    def repeats(self, rule: Rule) -> bool:
        """Whether a rule may conclude the same from several rows, so that its SELECT says DISTINCT."""
        atoms = list(rule.positive())
        return _repeats(rule, [atoms[number] for number in _parted(rule, atoms)[0]])

    def _matched(
        self, atom: Atom, alias: str, columns: dict[str, str], table: str | None = None
    ) -> tuple[str, list[str]]:
        """The table of an atom, and what its columns must be; new variables are added to ``columns``."""
        conditions = []
        for i, arg in enumerate(atom.args):
            column = f"{alias}.a{i}"
            if isinstance(arg, Var) and arg.name not in columns:
                columns[arg.name] = column
            else:
                conditions.append(f"{column} = {self._term(arg, columns)}")
        return f"{_quoted(table or atom.predicate)} AS {alias}", conditions

    def _count(self, literal: Count, columns: dict[str, str]) -> str:
        inner, tables, where = dict(columns), list[str](), list[str]()
        for number, atom in enumerate(literal.atoms):
            table, conditions = self._matched(atom, f"c{number}", inner)
            tables.append(table)
            where += conditions
        counted = ", ".join(inner[v.name] for v in literal.counted)
        test = " WHERE " + " AND ".join(where) if where else ""
        return f"SELECT COUNT(DISTINCT ({counted})) FROM {', '.join(tables)}{test}"

    def _compare(self, literal: Comparison, columns: dict[str, str]) -> str:
        op = "<>" if literal.op == "!=" else literal.op
        return f"{self._term(literal.left, columns)} {op} {self._term(literal.right, columns)}"

    def _term(self, term: Term, columns: dict[str, str]) -> str:
        if isinstance(term, Var):
            return columns[term.name]
        return f"{self.dictionary.encode(term)}::BIGINT"


def _next(source: str, table: str, conditions: list[str], where: list[str]) -> str:
    """One more table of the FROM clause; what does not join it to the others goes to ``where``."""
    if not source:
        where += conditions
        return table
    return f" JOIN {table} ON {' AND '.join(conditions)}" if conditions else f" CROSS JOIN {table}"


def _parted(rule: Rule, atoms: list[Atom]) -> tuple[set[int], set[int]]:
    """The atoms whose rows are joined, and those of which it is only asked whether there is a row.

    An atom is only asked for when it has a variable that nothing else names (so that joining it would repeat
    the same conclusion) and all its other variables are bound by atoms that are joined with one another
    without it.
    """
    named: dict[Var, int] = {}
    for literal in (Atom("", rule.head.args), *(each for each in rule.body if not isinstance(each, Atom))):
        for variable in _variables(literal):
            named[variable] = named.get(variable, 0) + 1
    for atom in atoms:
        for variable in set(atom.variables()):
            named[variable] = named.get(variable, 0) + 1
    joined, asked = set(range(len(atoms))), set[int]()
    for number in reversed(range(len(atoms))):
        own = set(atoms[number].variables())
        private = {v for v in own if named[v] == 1}
        parts = _parts([set(atoms[i].variables()) for i in joined - {number}])
        if private and len(own) > len(private) and any(own - private <= part for part in parts):
            joined.remove(number)
            asked.add(number)
    return joined, asked


def _repeats(rule: Rule, joined: list[Atom]) -> bool:
    shown = {arg for arg in rule.head.args if isinstance(arg, Var)}
    return not all(v in shown for atom in joined for v in atom.variables())


def _parts(sets: Iterable[set[Var]]) -> list[set[Var]]:
    """The variables of atoms, those together that shared variables link."""
    parts: list[set[Var]] = []
    for each in sets:
        linked = [part for part in parts if part & each]
        parts = [part for part in parts if not part & each]
        parts.append(each.union(*linked))
    return parts


def _linked(atoms: list[tuple[int, Atom]]) -> list[tuple[int, Atom]]:
    """The atoms in an order in which each shares a variable with an earlier one, as far as there is one."""
    left, found, known = list(atoms), list[tuple[int, Atom]](), set[Var]()
    while left:
        place = next((i for i, (_, atom) in enumerate(left) if known & set(atom.variables())), 0)
        found.append(left.pop(place))
        known |= set(found[-1][1].variables())
    return found


def _variables(literal: Literal) -> set[Var]:
    match literal:
        case Atom():
            return set(literal.variables())
        case Not(atom):
            return set(atom.variables())
        case Comparison(left, _, right):
            return {t for t in (left, right) if isinstance(t, Var)}
        case Count(_, inner, _, bound):
            return {v for atom in inner for v in atom.variables()} | (
                {bound} if isinstance(bound, Var) else set()
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


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
        table = _quoted(predicate)
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
            self.connection.execute(f"TRUNCATE {_quoted(predicate)}")
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
        found = self.connection.execute(f"SELECT * FROM {_quoted(predicate)} ORDER BY ALL").fetchnumpy()
        columns = [
            [code if code < NAME_BASE else names[code - NAME_BASE] for code in column.tolist()]
            for column in found.values()
        ]
        return list(zip(*columns, strict=True))

    def derived(self, wanted: Collection[str] | None = None) -> dict[str, set[Row]]:
        """All rows of every predicate that some rule concludes (given ones included), or of those wanted."""
        return {predicate: set(rows) for predicate, rows in self.concluded(wanted).items()}

    def concluded(self, wanted: Collection[str] | None = None) -> dict[str, list[Row]]:
        """The same, with the rows in order."""
        heads = self.compiler.heads if wanted is None else self.compiler.heads & set(wanted)
        return {predicate: rows for predicate in sorted(heads) if (rows := self.rows(predicate))}
