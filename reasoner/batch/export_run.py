"""The conclusions of a run as rows for export, put together by DuckDB from the tables of what holds.

What ``reasoner.engine.reader`` reads off a model for one conclusion is joined here for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from reasoner.batch.export import SCHEMA, VERSION
from reasoner.batch.run import Run, RunError
from reasoner.engine.conclusions import LAPSED
from reasoner.engine.reader import INSPECTION_OF, ISSUE_OF, ISSUE_OF_UNIT
from reasoner.rulebook.sentences import JOINT

ROLES = ("norm", "matter", "bearer", "destination", "kind", "reason", "missing", "limit", "done")
"""Every role that an argument of a status has, in the order in which each status names its own."""
_NAMED = ROLES[:-2]
_ROWS = 100_000


def exported(run: Run, language: str) -> Iterator[pa.RecordBatch]:
    """Every conclusion of a finished run, in no order; labels and names in a language (zh, en).

    Raises RunError for a run that has not finished: what it holds is not all that follows.
    """
    if not run.finished:
        raise RunError(
            f"{run.folder} 的推理没有完成，请用 --resume 继续 / {run.folder} has not finished: --resume it"
        )
    predicates = run.rules.vocabulary.predicates.values()
    parts = [_part(p.name, p.roles) for p in predicates if p.is_status and p.roles and p.name in run.tables]
    if not parts:
        return
    cursor = run.connection.cursor()  # its temporary tables go with it
    try:
        cursor.execute("SET enable_progress_bar = false")  # the caller shows progress
        _labels(run, cursor, language)
        yield from cursor.sql(_query(run, " UNION ALL ".join(parts))).to_arrow_reader(_ROWS).cast(SCHEMA)
    finally:
        cursor.close()


def _part(name: str, roles: tuple[str, ...]) -> str:
    if list(roles) != sorted(roles, key=ROLES.index):
        raise ValueError(f"{name}：角色次序不合 / the roles of {name} are in another order: {roles}")
    columns = [f"a{roles.index(role)}" if role in roles else "NULL::BIGINT" for role in ROLES]
    return f"SELECT '{name}' AS status, {', '.join(columns)} FROM model.\"{name}\""


def _labels(run: Run, cursor: object, language: str) -> None:
    """``norms``, ``status_labels`` and ``labels``: what the ontology calls them."""
    vocabulary, book = run.rules.vocabulary, run.rules.book
    statuses = [p for p in vocabulary.predicates.values() if p.is_status and p.roles]
    norms = [(constant, norm.id, norm.place) for constant, norm in book.by_constant.items()]
    own = [
        (constant, status.name, norm.display.get(status.name, status.label).get(language, status.name))
        for constant, norm in book.by_constant.items()
        for status in statuses
    ]
    labels = [(name, each.label.get(language)) for name, each in vocabulary.individuals.items()]
    for table, columns, rows in (
        ("norms", ("constant", "norm", "provision"), norms),
        ("status_labels", ("constant", "status", "label"), own),
        ("labels", ("name", "label"), labels),
    ):
        data = pa.table([pa.array(c, pa.string()) for c in zip(*rows, strict=True)], names=columns)
        cursor.register(f"{table}_given", data)  # type: ignore[attr-defined]
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM {table}_given")  # type: ignore[attr-defined]


def _query(run: Run, parts: str) -> str:
    """The rows, decoded: each code becomes its name, each date a day."""

    def held(name: str, arity: int) -> str:
        """The rows of a predicate, none when it has no table."""
        if name in run.tables:
            return f'model."{name}"'
        return f"(SELECT {', '.join(f'0::BIGINT AS a{i}' for i in range(arity))} WHERE false)"

    def remark(name: str, role: str) -> str:
        """The value of a remark on a norm, a matter and a bearer, the least when there are several."""
        roles = run.rules.vocabulary.predicates[name].roles
        value = roles.index(role)
        return (
            f"SELECT a0 AS norm, a1 AS matter, a{roles.index('bearer')} AS bearer, min(a{value}) AS value "
            f"FROM {held(name, len(roles))} GROUP BY ALL"
        )

    def names(code: str, rows: str, by: str) -> str:
        """Names behind codes, listed by what they stand beside."""
        return (
            f"SELECT {by}, list_sort(list(DISTINCT n.name)) AS names FROM {rows} AS r "
            f"JOIN names AS n ON n.code = r.{code} GROUP BY {by}"
        )

    def day(number: str) -> str:
        return f"try_strptime({number}::VARCHAR, '%Y%m%d')::DATE"

    short, long = (
        f"coalesce((SELECT code FROM predicates WHERE name = '{name}'), -1)" for name in ("shortName", "name")
    )
    codes = ", ".join(f"n_{role}.name AS {role}" for role in _NAMED)
    decoding = " ".join(
        f"LEFT JOIN {'names' if role == 'matter' else 'few'} AS n_{role} ON n_{role}.code = c.{role}"
        for role in _NAMED
    )
    distinct = " UNION ".join(f"SELECT {role} FROM c" for role in _NAMED if role != "matter")
    said = ", ".join((*(f"d.{role}" for role in _NAMED), 'd."limit"::VARCHAR', "d.done::VARCHAR"))
    return f"""
    WITH c(status, {", ".join(f'"{role}"' for role in ROLES)}) AS ({parts}),
    few AS (SELECT code, name FROM names SEMI JOIN ({distinct}) AS used(code) USING (code)),
    issues AS ({names("a1", held(ISSUE_OF, 2), "a0")}),
    unit_issues AS ({names("a2", held(ISSUE_OF_UNIT, 3), "a0, a1")}),
    inspections AS ({names("a1", held(INSPECTION_OF, 2), "a0")}),
    organs AS (SELECT DISTINCT bearer, coalesce(j.a1, c.bearer) AS organ FROM c
        LEFT JOIN {held(JOINT, 2)} AS j ON j.a0 = c.bearer WHERE c.bearer IS NOT NULL),
    called AS (SELECT organ, arg_min(text, (predicate <> {short}, id)) AS text
        FROM (SELECT DISTINCT organ FROM organs) JOIN others ON a0 = organ
        AND predicate IN ({short}, {long}) GROUP BY organ),
    bearers AS (SELECT bearer, list(n.name ORDER BY n.name) AS ids,
        list(coalesce(called.text, labels.label, n.name) ORDER BY n.name) AS named
        FROM organs AS o JOIN names AS n ON n.code = o.organ LEFT JOIN called USING (organ)
        LEFT JOIN labels ON labels.name = n.name GROUP BY bearer),
    destinations AS ({names("a2", held("destination", 3), "a0, a1")}),
    lapsed AS ({remark(LAPSED, "lapsed")}),
    begun AS ({remark("since", "since")}),
    kinds AS ({remark("candidate", "kind")}),
    d AS (SELECT c.status, c.norm AS norm_code, c.matter AS matter_code, c.bearer AS bearer_code, {codes},
        c."limit", c.done FROM c {decoding})
    SELECT 'c-' || sha256(d.status || '(' || concat_ws(',', {said}) || ')')[1:10] AS id,
        norms.norm AS norm, norms.provision AS provision, d.status AS status,
        status_labels.label AS status_label, d.matter AS subject,
        list_sort(list_distinct(list_concat(coalesce(issues.names, []), coalesce(unit_issues.names, []))))
            AS issues,
        inspections.names[1] AS inspection, coalesce(d.kind, n_kind.name) AS kind,
        coalesce(bearers.ids, []) AS bearers, coalesce(bearers.named, []) AS bearers_named,
        coalesce(destinations.names, []) AS destinations,
        d.reason AS reason, labels.label AS reason_label, d.missing AS missing,
        {day("begun.value")} AS since, coalesce({day('d."limit"')}, {day("lapsed.value")}) AS due,
        {day("d.done")} AS done, DATE '{run.as_of.isoformat()}' AS as_of,
        '{run.rules.book.digest[:VERSION]}' AS rules
    FROM d JOIN norms ON norms.constant = d.norm
    JOIN status_labels ON status_labels.constant = d.norm AND status_labels.status = d.status
    LEFT JOIN labels ON labels.name = d.reason
    LEFT JOIN issues ON issues.a0 = d.matter_code
    LEFT JOIN unit_issues ON unit_issues.a0 = d.matter_code AND unit_issues.a1 = d.bearer_code
    LEFT JOIN inspections ON inspections.a0 = d.matter_code
    LEFT JOIN bearers ON bearers.bearer = d.bearer_code
    LEFT JOIN destinations ON destinations.a0 = d.norm_code AND destinations.a1 = d.matter_code
    LEFT JOIN lapsed ON lapsed.norm = d.norm_code AND lapsed.matter = d.matter_code
        AND lapsed.bearer = d.bearer_code
    LEFT JOIN begun ON begun.norm = d.norm_code AND begun.matter = d.matter_code
        AND begun.bearer = d.bearer_code
    LEFT JOIN kinds ON kinds.norm = d.norm_code AND kinds.matter = d.matter_code
        AND kinds.bearer = d.bearer_code
    LEFT JOIN names AS n_kind ON n_kind.code = kinds.value
    """
