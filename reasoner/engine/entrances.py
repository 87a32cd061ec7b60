"""A rule entered by one row: the join that is left when one of its literals, or its head, is a given row.

The order of the join goes by how many rows a look is likely to find in the tables as they are, so that an
entrance by a row of one case leads along that case and not through all the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from reasoner.engine.columns import Table
from reasoner.engine.join import Plan, Row
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Value, Var

_NEVER = 1e18
"""More than any join costs: a literal whose turn has not come."""

_ALL = 1e6
"""What is added for a literal that is looked through from end to end."""

Tables = Mapping[str, Table]


class Entrance:
    """A rule with a row of ``atom`` in hand: the atom fits it, and what its values bind is bound."""

    __slots__ = ("_agree", "_atom", "_fills", "_fixed", "_made", "_names", "_rule", "body", "rule")

    def __init__(self, rule: Rule, atom: Atom, body: tuple[Literal, ...], known: Iterable[str]) -> None:
        """``body``: what is left to be joined; ``known``: the variables of the atom that the row binds."""
        self.rule, self.body, self._atom = rule, body, atom
        bound = set(known)
        first: dict[str, int] = {}
        self._agree: list[tuple[int, int]] = []
        self._fixed: list[tuple[int, Value]] = []
        for i, arg in enumerate(atom.args):
            if not isinstance(arg, Var):
                self._fixed.append((i, arg))
            elif arg.name in first:
                self._agree.append((first[arg.name], i))
            else:
                first[arg.name] = i
        self._names = tuple(name for name in first if name in bound)
        self._fills = [first[name] for name in self._names]
        self._rule = Rule(rule.head, body, rule.owner, rule.index)
        self._made: Plan | None = None

    def plan(self, tables: Tables) -> Plan:
        """The join, in an order that suits the tables when it is first asked for."""
        if self._made is None:
            self._made = Plan(self._rule, self._names, lambda literal, bound: _cost(literal, bound, tables))
        return self._made

    def start(self, row: Row) -> Row | None:
        """The values with which the join begins; None when the row does not fit the atom."""
        if any(row[i] != value for i, value in self._fixed) or any(row[i] != row[j] for i, j in self._agree):
            return None
        return tuple([row[place] for place in self._fills])


class Entrances:
    """All ways into some rules: by a row that is there, that is absent or that counts, and by the head."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.present: dict[str, list[Entrance]] = defaultdict(list)
        self.absent: dict[str, list[Entrance]] = defaultdict(list)
        self.counted: dict[str, list[Entrance]] = defaultdict(list)
        self._heads: dict[tuple[str, Value | None], list[Entrance]] = defaultdict(list)
        for rule in rules:
            self._enter(rule)

    def _enter(self, rule: Rule) -> None:
        outer = {v.name for atom in rule.positive() for v in atom.variables()}
        for number, literal in enumerate(rule.body):
            if isinstance(literal, Atom):
                rest = (*rule.body[:number], *rule.body[number + 1 :])
                names = (v.name for v in literal.variables())
                self.present[literal.predicate].append(Entrance(rule, literal, rest, names))
            elif isinstance(literal, Not):
                self.absent[literal.atom.predicate].append(Entrance(rule, literal.atom, rule.body, outer))
            elif isinstance(literal, Count):
                for atom in literal.atoms:
                    self.counted[atom.predicate].append(Entrance(rule, atom, rule.body, outer))
        first = rule.head.args[0] if rule.head.args else None
        key = None if isinstance(first, Var) else first
        names = (v.name for v in rule.head.variables())
        self._heads[rule.head.predicate, key].append(Entrance(rule, rule.head, rule.body, names))

    def plan(self, tables: Tables) -> None:
        """Make all joins now and not when they are first asked for."""
        every = (self.present.values(), self.absent.values(), self.counted.values(), self._heads.values())
        for ways in chain.from_iterable(every):
            for way in ways:
                way.plan(tables).write()

    def concluding(self, predicate: str, row: Row) -> Iterator[Entrance]:
        """The rules that may conclude a row."""
        if row:
            yield from self._heads.get((predicate, row[0]), ())
        yield from self._heads.get((predicate, None), ())


def _cost(literal: Literal, bound: Collection[str], tables: Tables) -> float:
    """How many rows a literal multiplies the join by; tests come as soon as their variables are known."""
    match literal:
        case Atom():
            known = [i for i, a in enumerate(literal.args) if not isinstance(a, Var) or a.name in bound]
            table = tables.get(literal.predicate)
            if table is None or not len(table):
                return 0.0
            if len(known) == len(literal.args):
                return 0.1
            if not known:
                return len(table) + _ALL
            key = [a for a in literal.args if not isinstance(a, Var)]
            return table.spread(tuple(known), tuple(key) if len(key) == len(known) else ())
        case Not(atom):
            return -1.0 if all(v.anonymous or v.name in bound for v in atom.variables()) else _NEVER
        case Comparison(left, _, right):
            return -2.0 if all(t.name in bound for t in (left, right) if isinstance(t, Var)) else _NEVER
        case Count(_, _, _, limit):
            outer = {limit.name} if isinstance(limit, Var) else set()
            return _NEVER * (2 if outer <= set(bound) else 3)  # last: what is bound elsewhere joins
    return _NEVER
