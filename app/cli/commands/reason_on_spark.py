"""``zelian reason --engine spark``: facts files to conclusions, on a cluster or on this machine."""

from __future__ import annotations

import argparse
import datetime

from app.cli import messages, progress, tables


def run(arguments: argparse.Namespace) -> int:
    """Write the conclusions and print the statuses with their numbers, in the order of the ontology."""
    from app.home import home
    from reasoner import pipeline

    if not arguments.out:
        raise messages.CommandError("请用 --out 写明结论放在哪里", "say with --out where the conclusions go")
    conf = dict(map(_setting, arguments.spark_conf))
    rules, day = pipeline.ontology(None, home() / "cache"), arguments.as_of or datetime.date.today()
    from reasoner.batch.sources import FactsError  # imports DuckDB: after the rules
    from reasoner.engine.conclusions import status_names

    try:
        import pyspark  # noqa: F401

        from reasoner.batch.spark.run import reason
        from reasoner.batch.spark.session import session
    except ModuleNotFoundError as error:
        raise messages.CommandError(
            f"没有安装 {error.name}：pip install 'zelian[spark]'",
            f"{error.name} is not installed: pip install 'zelian[spark]'",
        ) from error
    try:
        spark = session(arguments.master, conf)
        try:
            with progress.bar("Spark") as step:
                counted = reason(
                    spark, arguments.facts, arguments.out, rules, day, lambda done, of: step("", done, of)
                )
        finally:
            spark.stop()
    except FactsError as error:
        raise messages.from_error(error) from error
    vocabulary, lang = rules.vocabulary, arguments.lang
    found = [(status, counted[status]) for status in status_names(vocabulary) if counted.get(status)]
    total = sum(number for _, number in found)
    rows = [(vocabulary.predicates[status].label[lang], status, str(number)) for status, number in found]
    if lang == "en":
        print(f"as of {day}: {total} conclusions in {arguments.out}\n")
        print(tables.table(("status", "id", "conclusions"), rows))
    else:
        print(f"基准日 {day}：结论 {total} 条，在 {arguments.out} 中\n")
        print(tables.table(("状态", "代号", "结论数"), rows))
    return 0


def _setting(text: str) -> tuple[str, str]:
    key, given, value = text.partition("=")
    if not given or not key.startswith("spark."):
        raise messages.CommandError(
            f"不是 Spark 的设置：{text}（写法：spark.executor.memory=8g）",
            f"no setting of Spark: {text} (write spark.executor.memory=8g)",
        )
    return key, value
