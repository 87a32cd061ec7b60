"""Reads facts into a run: every name becomes an integer, every statement a row of integers.

Nothing passes through Python but what is made from the facts by the calendar and the parameters, which is
made exactly as for one case (``reasoner.engine.facts``).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from reasoner.batch.naming import constants
from reasoner.batch.sources import FactsError
from reasoner.engine.facts import DEFAULT_COUNTING, Facts, completed
from reasoner.engine.sql import NAME_BASE
from reasoner.pipeline import Ontology

_NUMBERS = "('date', 'integer')"


def encode(connection: duckdb.DuckDBPyConnection, rules: Ontology, as_of: int) -> None:
    """Make names, facts and what completes them out of ``raw``. Raises FactsError for a row that is wrong."""
    _predicates(connection, rules)
    _names(connection, rules)
    _facts(connection)
    _check(connection)
    complete(connection, rules, as_of)


def _predicates(connection: duckdb.DuckDBPyConnection, rules: Ontology) -> None:
    """Number the predicates: first those that rules speak of, then whatever else is stated."""
    arities = {a.predicate: len(a.args) for rule in rules.book.rules for a in rule.atoms()}
    used = rules.book.used
    names, run = sorted(arities), connection.execute
    columns = [range(len(names)), names, [arities[name] for name in names], [name in used for name in names]]
    connection.register("incoming", pa.table(columns, ["code", "name", "arity", "used"]))
    run("CREATE TABLE predicates (code INTEGER, name VARCHAR, arity INTEGER, used BOOLEAN)")
    run("INSERT INTO predicates FROM incoming")
    connection.unregister("incoming")
    run(
        "INSERT INTO predicates SELECT (SELECT count(*) FROM predicates) + row_number() OVER (ORDER BY name) "
        "- 1, name, 2, false FROM (SELECT DISTINCT predicate AS name FROM raw) "
        "WHERE name IS NOT NULL AND name NOT IN (SELECT name FROM predicates)"
    )


def _names(connection: duckdb.DuckDBPyConnection, rules: Ontology) -> None:
    run = connection.execute
    fixed = constants(rules)
    run("CREATE TABLE names (code BIGINT, name VARCHAR)")
    for start in range(0, len(fixed.names), 1000):
        part = fixed.names[start : start + 1000]
        values = ", ".join(["(?, ?)"] * len(part))
        numbered = [v for i, name in enumerate(part, NAME_BASE + start) for v in (i, name)]
        run(f"INSERT INTO names VALUES {values}", numbered)
    run("CREATE TEMP TABLE fixed AS SELECT name FROM names")
    # the order of first appearance keeps together what is about one thing; a subject before its object
    run(
        f"INSERT INTO names SELECT {NAME_BASE + len(fixed.names)} - 1 + row_number() OVER (ORDER BY first), "
        "name FROM (SELECT name, min(place) AS first FROM ("
        "SELECT subject AS name, 2 * id AS place FROM raw WHERE subject IS NOT NULL UNION ALL "
        "SELECT object, 2 * id + 1 FROM raw JOIN predicates AS p ON p.name = predicate AND p.used "
        f"WHERE kind <> 'class' AND kind NOT IN {_NUMBERS} AND object IS NOT NULL"
        ") GROUP BY name) WHERE name NOT IN (SELECT name FROM fixed) ORDER BY first"
    )
    run("CREATE TABLE names_by_hash AS SELECT md5_number_lower(name) AS hash, code FROM names ORDER BY hash")
    run("DROP TABLE fixed")


def _facts(connection: duckdb.DuckDBPyConnection) -> None:
    run = connection.execute
    run(
        "CREATE TEMP TABLE encoded AS SELECT p.code AS predicate, s.code AS a0, "
        f"CASE WHEN kind IN {_NUMBERS} THEN TRY_CAST(object AS BIGINT) ELSE o.code END AS a1, id, "
        f"CASE WHEN kind = 'class' THEN 0 WHEN kind IN {_NUMBERS} THEN 1 "
        "WHEN kind IN ('entity', 'text') THEN 2 END::TINYINT AS kind, p.arity::TINYINT AS arity "
        "FROM raw JOIN predicates AS p ON p.name = predicate AND p.used JOIN names AS s ON s.name = subject "
        f"LEFT JOIN names AS o ON o.name = CASE WHEN kind IN ('entity', 'text') THEN object END"
    )
    run("CREATE TABLE facts AS SELECT predicate, a0, a1, id FROM encoded ORDER BY a0, predicate, id")
    run(
        "CREATE TABLE facts_by_object AS SELECT a1, predicate, a0, id FROM encoded WHERE kind = 2 "
        "ORDER BY a1, predicate, id"
    )
    run(
        "CREATE TABLE others AS SELECT p.code AS predicate, s.code AS a0, object AS text, id "
        "FROM raw JOIN predicates AS p ON p.name = predicate AND NOT p.used "
        "JOIN names AS s ON s.name = subject ORDER BY a0, id"
    )


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """Every row must have become a fact or one of the others; otherwise the first that did not is named."""
    run = connection.execute
    (whole,) = run("SELECT count(*) FROM raw").fetchall()[0]
    (kept,) = run("SELECT (SELECT count(*) FROM encoded) + (SELECT count(*) FROM others)").fetchall()[0]
    wrong = run(
        "SELECT min(id) FROM encoded WHERE kind IS NULL OR (kind > 0) <> (arity = 2) OR "
        "(kind > 0 AND a1 IS NULL)"
    ).fetchall()[0][0]
    if kept != whole:
        lost = run("SELECT min(id) FROM raw WHERE predicate IS NULL OR subject IS NULL").fetchall()[0][0]
        wrong = lost if wrong is None else min(wrong, lost)
    if wrong is not None:
        row = run(f"SELECT predicate, subject, object, kind FROM raw WHERE id = {wrong}").fetchall()[0]
        raise FactsError(
            f"第 {wrong} 行不是一条陈述：{row} / row {wrong} is no statement "
            f"(predicate, subject, object, kind): {row}"
        )


def complete(connection: duckdb.DuckDBPyConnection, rules: Ontology, as_of: int) -> None:
    """``stated``: what the ontology, the parameters, the day of asking and the calendar add to the facts."""
    run = connection.execute
    (most,) = run("SELECT max(arity) FROM predicates").fetchall()[0]
    columns = ", ".join(f"a{i} BIGINT" for i in range(max(most, 3)))
    run(f"CREATE TABLE stated (predicate INTEGER, {columns})")
    found = _recorded(connection)
    for predicate, words in rules.vocabulary.statements:
        if predicate in rules.book.used:
            found.add((predicate, words), source={"ontology": words[0]})
    completed(found, rules.book, as_of)
    codes = dict(run("SELECT name, code FROM predicates WHERE used").fetchall())
    encoded = constants(rules).encode
    rows = []
    for predicate, row in found.outside:
        if predicate in codes:
            values = [*map(encoded, row)]
            rows.append((codes[predicate], *values, *[None] * (max(most, 3) - len(values))))
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        _many(connection, f"INSERT INTO stated VALUES ({marks})", rows)
    run("INSERT INTO meta VALUES ('counting', ?)", [found.counting])


def _many(connection: duckdb.DuckDBPyConnection, text: str, rows: list[tuple[int | None, ...]]) -> None:
    table = pa.table(
        {f"c{i}": pa.array(column, pa.int64()) for i, column in enumerate(zip(*rows, strict=True))}
    )
    connection.register("incoming", table)
    connection.execute(f"{text.partition(' VALUES')[0]} SELECT * FROM incoming")
    connection.unregister("incoming")


def _recorded(connection: duckdb.DuckDBPyConnection) -> Facts:
    """As much of what is recorded as its completion looks at: kinds of parameters, the counting, days."""
    run, found = connection.execute, Facts()
    code = dict(run("SELECT name, code FROM predicates").fetchall()).get
    kinds = f"facts AS f JOIN names AS k ON k.code = f.a1 WHERE f.predicate = {code('parameterKind', -1)}"
    for (kind,) in run(f"SELECT DISTINCT k.name FROM {kinds}").fetchall():
        found.atoms["parameterKind", ("", kind)] = None
    # the last statement of a value counts, and the last parameter that has one, as in ``facts``
    last = run(
        f"SELECT f.a0, v.name FROM {kinds.partition(' WHERE')[0]} JOIN facts AS r ON r.a0 = f.a0 AND "
        f"r.predicate = {code('ruleValue', -1)} JOIN names AS v ON v.code = r.a1 "
        f"WHERE f.predicate = {code('parameterKind', -1)} AND k.name = '{DEFAULT_COUNTING}' "
        "GROUP BY ALL ORDER BY min(f.id) DESC, min(r.id) DESC LIMIT 1"
    ).fetchall()
    for name, value in last:
        found.atoms["parameterKind", (str(name), DEFAULT_COUNTING)] = None
        found.atoms["ruleValue", (str(name), value)] = None
    for (day,) in run(f"SELECT DISTINCT a1 FROM facts WHERE a1 < {NAME_BASE}").fetchall():
        found.atoms["", (day,)] = None
    return found
