"""The stored conclusions of a run by what they are about: those of one issue are two lookups.

    cases_stated(matter, predicate, a0, a2, a3, a4) by matter: every status and every remark
    cases_concerns(issue, matter, unit) by issue: what concerns an issue besides itself, for all units or one

Both are made once from the tables in ``model``; whoever changes those drops these (``drop``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb

from reasoner.batch.evaluation import quoted
from reasoner.engine.reader import ISSUE_OF, ISSUE_OF_UNIT

if TYPE_CHECKING:
    from reasoner.batch.run import Run

Coded = tuple[str, tuple[int, ...]]
"""A statement in codes."""

_STATED, _CONCERNS = "cases_stated", "cases_concerns"
_BEARER = "bearer"
_REST = ("a0", "a2", "a3", "a4")


def is_prepared(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lookup tables are there."""
    found = connection.execute(
        f"SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' "
        f"AND table_name IN ('{_STATED}', '{_CONCERNS}')"
    ).fetchone()
    return found is not None and found[0] == 2


def made_ready(run: Run) -> None:
    """Make the lookup tables of a finished run when they are not there; it is open for writing meanwhile."""
    if is_prepared(run.connection):
        return
    write, run.write = run.write, True
    run.close()
    try:
        prepare(run)
    finally:
        run.close()
        run.write = write


def prepare(run: Run) -> None:
    """Make the lookup tables of a run that is open for writing."""
    predicates = run.rules.vocabulary.predicates.values()
    told = [p.name for p in predicates if (p.is_status or p.is_remark) and p.name in run.tables]
    parts = []
    for name in told:
        arity = run.tables[name]
        rest = (column if int(column[1:]) < arity else "NULL::BIGINT" for column in _REST)
        code = f"(SELECT code FROM predicates WHERE name = '{name}')"
        parts.append(f"SELECT a1, {code}, {', '.join(rest)} FROM model.{quoted(name)}")
    parts.append(f"SELECT {', '.join(['NULL::BIGINT'] * 6)} WHERE false")
    execute = run.connection.execute
    execute("BEGIN")
    drop(run.connection)
    execute(
        f"CREATE TABLE {_STATED} AS SELECT * FROM ({' UNION ALL '.join(parts)}) "
        f"AS s(matter, predicate, {', '.join(_REST)}) ORDER BY matter"
    )
    parts = ["SELECT NULL::BIGINT, NULL::BIGINT, NULL::BIGINT WHERE false"]
    if ISSUE_OF in run.tables:
        parts.append(f"SELECT a1, a0, NULL FROM model.{quoted(ISSUE_OF)}")
    if ISSUE_OF_UNIT in run.tables:
        parts.append(f"SELECT a2, a0, a1 FROM model.{quoted(ISSUE_OF_UNIT)}")
    execute(
        f"CREATE TABLE {_CONCERNS} AS SELECT * FROM ({' UNION ALL '.join(parts)}) "
        "AS c(issue, matter, unit) ORDER BY issue"
    )
    execute("COMMIT")


def drop(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the lookup tables away: what they were made from has changed."""
    for table in (_STATED, _CONCERNS):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


class Concluded:
    """Looks up the conclusions of a run, in codes."""

    def __init__(self, run: Run) -> None:
        self._run = run.connection.execute
        vocabulary = run.rules.vocabulary
        self._told = {
            code: vocabulary.predicates[name]
            for code, name in self._run("SELECT code, name FROM predicates").fetchall()
            if name in vocabulary.predicates
            and (vocabulary.predicates[name].is_status or vocabulary.predicates[name].is_remark)
        }
        self._places = {
            p.name: p.roles.index(_BEARER) if _BEARER in p.roles else None for p in self._told.values()
        }

    def about(self, matter: int) -> set[Coded]:
        """The statuses about an issue, or of this matter itself."""
        found = self._run(f"SELECT matter, unit FROM {_CONCERNS} WHERE issue = {matter}").fetchall()
        of_units: dict[int, set[int]] = {}
        whole = {matter}
        for about, unit in found:
            if unit is None:
                whole.add(about)
            else:
                of_units.setdefault(about, set()).add(unit)
        return {
            atom
            for atom in self.stated({*whole, *of_units})
            if atom[1][1] in whole or self._bearer(atom) in of_units.get(atom[1][1], ())
        }

    def stated(self, matters: Iterable[int], remarks: bool = False) -> list[Coded]:
        """Every status of some matters; with the remarks on them when these are asked for."""
        codes = sorted(matters)
        which = f"matter = {codes[0]}"
        if len(codes) > 1:
            listed = ", ".join(map(str, codes))
            which = f"matter BETWEEN {codes[0]} AND {codes[-1]} AND matter IN ({listed})"
        rows = self._run(f"SELECT predicate, matter, {', '.join(_REST)} FROM {_STATED} WHERE {which}")
        found: list[Coded] = []
        for code, matter, first, *others in rows.fetchall():
            predicate = self._told[code]
            if predicate.is_status or remarks:
                found.append((predicate.name, (first, matter, *others[: len(predicate.roles) - 2])))
        return found

    def _bearer(self, atom: Coded) -> int | None:
        place = self._places[atom[0]]
        return None if place is None else atom[1][place]
