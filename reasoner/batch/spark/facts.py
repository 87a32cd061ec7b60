"""Facts files read by Spark: names become integers, and what the facts imply before any rule is added.

The code of a name is made from its hash, so that executors number names without asking one another; that no
two names have the same code is checked, and another seed is taken in the case that never happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from reasoner.batch.naming import constants
from reasoner.batch.sources import COLUMNS, FactsError
from reasoner.batch.spark.tables import values
from reasoner.engine.facts import DEFAULT_COUNTING, Facts, completed
from reasoner.engine.sql import NAME_BASE, Dictionary
from reasoner.pipeline import Ontology

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_BITS = (1 << 61) - 1
_SEEDS = 8
_NUMBERS = "('date', 'integer')"
_KINDS = "('class', 'date', 'integer', 'entity', 'text')"


def read(spark: SparkSession, files: Sequence[str], used: Sequence[str]) -> DataFrame:
    """The statements of the files (.csv, otherwise Parquet): columns predicate, subject, object, kind.

    Those of predicates that are not ``used`` are left out. Raises FactsError when a file is not there or has
    other columns.
    """
    from pyspark.errors import AnalysisException

    if not files:
        raise FactsError("没有给出事实文件 / no facts file given")
    parts = []
    for file in files:
        try:
            reader = spark.read
            part = reader.csv(file, header=True) if file.lower().endswith(".csv") else reader.parquet(file)
        except AnalysisException as error:
            reason = str(error).partition("\n")[0]
            raise FactsError(
                f"{file}：Spark 无法读取：{reason} / {file}: Spark cannot read it: {reason}"
            ) from None
        if missing := [name for name in COLUMNS if name not in part.columns]:
            raise FactsError(
                f"{file}：缺少列 {'、'.join(missing)} / {file}: columns missing: {', '.join(missing)}"
            )
        parts.append(part.selectExpr(*(f"CAST({name} AS STRING) AS {name}" for name in COLUMNS)))
    whole = reduce(type(parts[0]).unionAll, parts)
    return whole.where(whole.predicate.isin(list(used)) | whole.predicate.isNull())


def check(raw: DataFrame, arities: Mapping[str, int]) -> None:
    """Raises FactsError, showing one, when a row is no statement."""
    unary = ", ".join(f"'{name}'" for name, arity in sorted(arities.items()) if arity == 1)
    wrong = raw.where(
        f"predicate IS NULL OR subject IS NULL OR kind IS NULL OR kind NOT IN {_KINDS} "
        f"OR (kind = 'class') <> (predicate IN ({unary})) OR (kind <> 'class' AND object IS NULL) "
        f"OR (kind IN {_NUMBERS} AND try_cast(object AS BIGINT) IS NULL)"
    ).head(1)
    if wrong:
        row = tuple(wrong[0])
        raise FactsError(
            f"不是一条陈述：{row} / this row is no statement (predicate, subject, object, kind): {row}"
        )


def name(raw: DataFrame, rules: Ontology, folder: str) -> tuple[str, Dictionary]:
    """Write all names to ``folder`` (columns code, name).

    Returns the code of a column in SQL, with ``{}`` for the column, and the dictionary of the names that do
    not come from facts.
    """
    spark = raw.sparkSession
    fixed = values(spark, ["name string"], [(each,) for each in constants(rules).names])
    named = f"kind <> 'class' AND kind NOT IN {_NUMBERS}"
    names = raw.selectExpr("subject AS name").unionAll(raw.where(named).selectExpr("object AS name"))
    names = names.unionAll(fixed).distinct()
    for seed in range(_SEEDS):
        coded = f"({NAME_BASE}L + (xxhash64({seed}, {{}}) & {_BITS}L))"
        names.selectExpr(f"{coded.format('name')} AS code", "name").write.mode("overwrite").parquet(folder)
        if not spark.read.parquet(folder).groupBy("code").count().where("count > 1").head(1):
            codes = fixed.selectExpr("name", f"{coded.format('name')} AS code").collect()
            return coded, Dictionary({row.name: row.code for row in codes}, [])
    raise FactsError("名称的编码有冲突 / the codes of names collide")


def encoded(raw: DataFrame, coded: str, codes: Mapping[str, int]) -> DataFrame:
    """The statements as integers: columns predicate, a0, a1 (NULL of a class)."""
    known = values(raw.sparkSession, ["predicate string", "code int"], list(codes.items()))
    return raw.join(known.hint("broadcast"), "predicate").selectExpr(
        "code AS predicate",
        f"{coded.format('subject')} AS a0",
        f"CASE WHEN kind IN {_NUMBERS} THEN try_cast(object AS BIGINT) "
        f"WHEN kind <> 'class' THEN {coded.format('object')} END AS a1",
    )


def beside(raw: DataFrame, rules: Ontology, as_of: int) -> Facts:
    """What the ontology, the parameters, the day of asking and the calendar add to the facts: ``outside``."""
    found = Facts()
    numbers = raw.where(f"kind IN {_NUMBERS}").selectExpr("CAST(object AS BIGINT) AS number")
    for row in sorted(numbers.distinct().collect()):
        found.atoms["", (row.number,)] = None
    kinds = raw.where("predicate = 'parameterKind'")
    for row in sorted(kinds.select("object").distinct().collect()):
        found.atoms["parameterKind", ("", row.object)] = None
    counting = kinds.where(f"object = '{DEFAULT_COUNTING}'").select("subject").distinct()
    ruled = raw.where("predicate = 'ruleValue'").join(counting.hint("broadcast"), "subject", "left_semi")
    for row in sorted(ruled.select("subject", "object").distinct().collect()):
        found.atoms["parameterKind", (row.subject, DEFAULT_COUNTING)] = None
        found.atoms["ruleValue", (row.subject, row.object)] = None
    for predicate, stated in rules.vocabulary.statements:
        if predicate in rules.book.used:
            found.add((predicate, stated), source={"ontology": stated[0]})
    return completed(found, rules.book, as_of)
