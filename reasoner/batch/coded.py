"""The rules in the integers of a run, and the tables of a run as columns in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from reasoner.batch.evaluation import quoted
from reasoner.batch.naming import constants
from reasoner.batch.run import Run
from reasoner.engine.columns import Columns, Integers, Table, stored
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term


def coded(rules: Ontology) -> list[Rule]:
    """The rules with codes in place of names, the same in every run of these rules."""
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


def given(run: Run) -> Iterator[tuple[str, Table]]:
    """What facts, ontology, parameters, day and calendar state, by predicate that rules read."""
    execute = run.connection.execute
    found = execute(
        "SELECT name, code, arity FROM predicates WHERE used AND code IN "
        "(SELECT predicate FROM facts UNION SELECT predicate FROM stated) ORDER BY name"
    ).fetchall()
    for name, code, arity in found:
        columns = ", ".join(f"a{i}" for i in range(arity))
        tables = ("facts", "stated") if arity < 3 else ("stated",)
        parts = [f"SELECT {columns} FROM {table} WHERE predicate = {code}" for table in tables]
        yield name, stored(_columns(run, f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)})"))


def held(run: Run, predicate: str) -> Table:
    """What holds of a predicate that rules conclude."""
    return stored(_columns(run, f"FROM model.{quoted(predicate)}"))


def made_ready(tables: dict[str, Table]) -> None:
    """Sort every column of large tables, so that no change has to wait for that."""
    for table in tables.values():
        if isinstance(table, Columns):
            table.sort()


def _columns(run: Run, query: str) -> list[Integers]:
    return [np.asarray(column) for column in run.connection.execute(query).fetchnumpy().values()]
