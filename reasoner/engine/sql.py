"""Rules as SQL for DuckDB: one table per predicate, a SELECT for every rule.

Values are dictionary-encoded into one ordered BIGINT column domain: a number stands for itself, a name for
``NAME_BASE`` plus its place in the dictionary, so that numbers come before names as in ASP-Core-2 and every
join is a join of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var, strata

NAME_BASE = 1 << 40

Numbered = list[tuple[int, Atom]]
"""Atoms of a rule with their numbers among its positive ones."""


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
        self._parts: dict[int, tuple[Rule, tuple[set[int], set[int]]]] = {}

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
        ordered: Callable[[Numbered], Numbered] | None = None,
    ) -> str:
        """The SELECT that yields the head rows of one rule, each once unless ``repeated`` ones do no harm.

        ``empty``: predicates known to have no rows, which need not be looked for. ``instead``: other tables
        for some of the positive atoms, by their number among them. ``ordered`` puts the atoms that are joined
        into an order, for an engine that keeps to the one it is given.
        """
        atoms = list(enumerate(rule.positive()))
        joined, asked = self._parted(rule)
        order = (ordered or _linked)([(number, atom) for number, atom in atoms if number in joined])
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

    def joined(self, rule: Rule) -> list[Atom]:
        """The atoms whose rows the SELECT of a rule joins; of the others it asks whether there is one."""
        atoms = list(rule.positive())
        return [atoms[number] for number in self._parted(rule)[0]]

    def _parted(self, rule: Rule) -> tuple[set[int], set[int]]:
        known = self._parts.get(id(rule))
        if known is None:  # with the rule, so that its id stays its own
            known = self._parts[id(rule)] = rule, _parted(rule, list(rule.positive()))
        return known[1]

    def repeats(self, rule: Rule) -> bool:
        """Whether a rule may conclude the same from several rows, so that its SELECT says DISTINCT."""
        return _repeats(rule, self.joined(rule))

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
        return f"{quoted(table or atom.predicate)} AS {alias}", conditions

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


def _linked(atoms: Numbered) -> Numbered:
    """The atoms in an order in which each shares a variable with an earlier one, as far as there is one."""
    left, found, known = list(atoms), Numbered(), set[Var]()
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


def quoted(name: str) -> str:
    """A predicate as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
