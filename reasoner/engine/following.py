"""What follows from a large record, kept in the process for the record's next state.

The first evaluation is DuckDB's. When the facts are asked for again and are others, what depends on the
difference is evaluated (``maintenance``); when that is too much, everything is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from threading import Lock

from reasoner.engine.columns import Few, Table, stored
from reasoner.engine.database import Database
from reasoner.engine.evaluate import Ground, Row
from reasoner.engine.facts import Facts
from reasoner.engine.maintenance import Layers, Maintained, WideError
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value

Relations = dict[str, list[Row]]

_kept: dict[str, Following] = {}
"""The last one, by the place of its record, its rules and its day."""
_lock = Lock()


def following(place: str, facts: Facts, rules: Ontology, wanted: Collection[str]) -> Relations:
    """The rows of the predicates wanted that rules conclude from the facts; those without rows are left out.

    ``place`` says of what the facts are a state: what followed from the last one is taken over. Rows come in
    the order of the names' first appearance.
    """
    with _lock:
        known = _kept.pop(place, None)
        _kept.clear()
        try:
            if known is not None:
                known.follow(facts)
        except WideError:
            known = None
        _kept[place] = known = known or Following(facts, rules)
        return known.rows(wanted)


class Following:
    """All that follows from some facts."""

    def __init__(self, facts: Facts, rules: Ontology) -> None:
        self._rules, self._atoms = rules, dict.fromkeys(facts.atoms)
        self._database: Database | None = Database(rules.book.rules)
        if facts.table is not None:
            self._database.load_table(facts.table)
        self._database.load(a for a in facts.atoms if facts.table is None or a not in facts.origins)
        self._database.run()
        self._dictionary, self._heads = self._database.dictionary, self._database.compiler.heads
        self._maintained: Maintained | None = None

    def follow(self, facts: Facts) -> None:
        """Take other facts. Raises WideError; then this is of no further use."""
        maintained = self._maintained or self._prepared()
        come = [self._encoded(atom) for atom in facts.atoms if atom not in self._atoms]
        gone = [self._encoded(atom) for atom in self._atoms if atom not in facts.atoms]
        maintained.change(come, gone)
        self._atoms = dict.fromkeys(facts.atoms)

    def rows(self, wanted: Collection[str]) -> Relations:
        """The rows of the predicates wanted that rules conclude."""
        if self._maintained is None and self._database is not None:
            return self._database.concluded(wanted)
        assert self._maintained is not None
        decode, tables = self._dictionary.decode, self._maintained.tables
        found = ((name, tables.get(name, ())) for name in sorted(self._heads & set(wanted)))
        return {
            name: [tuple(map(decode, map(int, row))) for row in sorted(rows)] for name, rows in found if rows
        }

    def _encoded(self, atom: Ground) -> Ground:
        return atom[0], tuple(map(self._dictionary.encode, atom[1]))

    def _prepared(self) -> Maintained:
        """The tables of the database in memory, to be kept up from here on."""
        assert self._database is not None
        tables: dict[str, Table] = {name: stored(each) for name, each in self._database.columns()}
        stated: dict[str, Table] = {}
        for predicate, row in map(self._encoded, self._atoms):
            if predicate in self._heads:
                stated.setdefault(predicate, Few()).add(row)
        layers = Layers(coded(self._rules.book.rules, self._dictionary.encode))
        self._maintained = Maintained(layers, tables, stated)
        self._database = None
        return self._maintained


def coded(rules: Iterable[Rule], encode: Callable[[Value], int]) -> list[Rule]:
    """Rules with codes in place of names."""

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

    return [replace(r, head=atom(r.head), body=tuple(map(literal, r.body))) for r in rules]


__all__ = ["Following", "coded", "following"]
