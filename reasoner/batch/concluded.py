"""The stored conclusions of a run by what they are about: those of one issue are two lookups.

    cases_stated(matter, predicate, a0, a2, a3, a4) by matter: every status and every remark
    cases_concerns(issue, matter, unit) by issue: what concerns an issue besides itself, for all units or one
    cases_ids(id, matter) by id: what a conclusion is about, by the number in its id
    cases_arrays(folder): where the statements are, made ready to be looked up (see ``arrays``)

All are made once from the tables of the run, that of ids when somebody first asks for an id alone; whoever
changes the facts or the tables in ``model`` drops these (``drop``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import duckdb

from reasoner.batch import arrays
from reasoner.batch.evaluation import quoted
from reasoner.batch.lookup import among
from reasoner.engine.reader import ISSUE_OF, ISSUE_OF_UNIT

if TYPE_CHECKING:
    from reasoner.batch.run import Run

Coded = tuple[str, tuple[int, ...]]
"""A statement in codes."""

_STATED, _CONCERNS, _IDS = "cases_stated", "cases_concerns", "cases_ids"
_BEARER = "bearer"
_PREFIX, _DIGITS = "c-", 10
"""How ``conclusions.identifier`` writes an id: the first hexadecimal digits of a SHA-256."""
_REST = ("a0", "a2", "a3", "a4")


def _has(connection: duckdb.DuckDBPyConnection, *tables: str) -> bool:
    names = ", ".join(f"'{table}'" for table in tables)
    found = connection.execute(
        f"SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND table_name IN ({names})"
    ).fetchone()
    return found is not None and found[0] == len(tables)


def made_ready(run: Run) -> None:
    """Make the lookup tables of a finished run when they are not there; it is open for writing meanwhile."""
    if not _has(run.connection, _STATED, _CONCERNS):
        _written(run, prepare)
    if arrays.folder_of(run.connection, run.folder) is None:
        _written(run, lambda each: arrays.write(each.connection, each.folder))


def ids_made_ready(run: Run) -> None:
    """Make the table of ids when it is not there. Takes about a minute for ten million conclusions."""
    if not _has(run.connection, _IDS):
        _written(run, _prepare_ids)


def _written(run: Run, make: Callable[[Run], None]) -> None:
    write, run.write = run.write, True
    run.close()
    try:
        make(run)
    finally:
        run.close()
        run.write = write


def _prepare_ids(run: Run) -> None:
    """The number in an id is made by the database as ``conclusions.identifier`` makes it."""
    parts = ["SELECT NULL::BIGINT, NULL::BIGINT WHERE false"]
    for predicate in run.rules.vocabulary.predicates.values():
        if predicate.is_status and predicate.roles and predicate.name in run.tables:
            places = range(run.tables[predicate.name])
            words = ", ',', ".join(f"coalesce(n{i}.name, s.a{i}::VARCHAR)" for i in places)
            joins = " ".join(f"LEFT JOIN names AS n{i} ON n{i}.code = s.a{i}" for i in places)
            number = f"('0x' || substr(sha256(concat('{predicate.name}(', {words}, ')')), 1, {_DIGITS}))"
            parts.append(f"SELECT {number}::BIGINT, s.a1 FROM model.{quoted(predicate.name)} AS s {joins}")
    run.connection.execute(
        f"CREATE TABLE {_IDS} AS SELECT * FROM ({' UNION ALL '.join(parts)}) AS i(id, matter) ORDER BY id"
    )


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
    for table in (_STATED, _CONCERNS, _IDS, arrays.TABLE):
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
        self._of_all = {p.name for p in self._told.values() if p.is_remark and _BEARER not in p.roles}
        """Remarks whatever the bearer."""
        self._places = {
            p.name: p.roles.index(_BEARER) if _BEARER in p.roles else None for p in self._told.values()
        }

    def about(self, matter: int) -> set[Coded]:
        """The statuses about an issue, or of this matter itself."""
        whole, of_units = self._concerning(matter)
        return {
            atom
            for atom in self.stated({*whole, *of_units})
            if atom[1][1] in whole or self._bearer(atom) in of_units.get(atom[1][1], ())
        }

    def told(self, matter: int) -> Iterator[Coded]:
        """The same, with the remarks on them, and with what it is that concerns the issue."""
        whole, of_units = self._concerning(matter)
        for each in whole:
            yield from self.stated((each,), remarks=True)
            if each != matter:
                yield ISSUE_OF, (each, matter)
        for each, units in of_units.items():
            if each not in whole:
                for atom in self.stated((each,), remarks=True):
                    if self._bearer(atom) in units or atom[0] in self._of_all:
                        yield atom
            for unit in units:
                yield ISSUE_OF_UNIT, (each, unit, matter)

    def _concerning(self, issue: int) -> tuple[set[int], dict[int, set[int]]]:
        """The matters that concern an issue, itself included, and those that concern it for some units."""
        found = self._run(f"SELECT matter, unit FROM {_CONCERNS} WHERE issue = {issue}").fetchall()
        of_units: dict[int, set[int]] = {}
        whole = {issue}
        for about, unit in found:
            if unit is None:
                whole.add(about)
            else:
                of_units.setdefault(about, set()).add(unit)
        return whole, of_units

    def matters_by_id(self, conclusion_id: str) -> list[int]:
        """What the conclusions with the number of this id are about; none for what is no id."""
        try:
            number = int(conclusion_id.removeprefix(_PREFIX), 16)
        except ValueError:
            return []
        rows = self._run(f"SELECT DISTINCT matter FROM {_IDS} WHERE id = {number}").fetchall()
        return sorted(row[0] for row in rows)

    def stated(self, matters: Iterable[int], remarks: bool = False) -> list[Coded]:
        """Every status of some matters; with the remarks on them when these are asked for."""
        codes = sorted(matters)
        which = f"matter = {codes[0]}"
        if len(codes) > 1:
            which = f"matter BETWEEN {codes[0]} AND {codes[-1]} AND matter IN ({among(codes)})"
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
