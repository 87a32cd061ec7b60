"""``zelian generate``: invented facts of any size, to measure with and to try things out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli import progress
from app.cli.formats import form_of
from app.cli.messages import CommandError


def run(arguments: argparse.Namespace) -> int:
    """Write the facts and say how many there are and how to go on with them."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.batch.generator import fact_files, pattern
    from reasoner.batch.generator.generate import Generator

    out: Path = arguments.out
    form = arguments.format or form_of(out)
    cache = home() / "cache"
    vocabulary = pipeline.ontology(None, cache).vocabulary
    generator = Generator(pattern.samples(vocabulary, cache), arguments.issues, arguments.seed)
    with progress.bar("生成 · generating") as step:

        def shown(rows: int) -> None:
            step("statements", rows, 0)

        try:
            if form.startswith("ledger"):
                from reasoner.batch.generator import ledger_files  # imported late, as DuckDB is

                suffix = ".parquet" if form.endswith("parquet") else ".csv"
                files = ledger_files.write(generator, out, suffix, vocabulary, shown)
            else:
                rows = fact_files.write(generator.tables(), out, form, vocabulary, shown)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"写不了 {out}：{reason}", f"cannot write {out}: {reason}") from error
    zh = arguments.lang == "zh"
    if form.startswith("ledger"):
        named = "、".join(f.name for f in files) if zh else ", ".join(f.name for f in files)
        print(f"{out}：{named}" if zh else f"{out}: {named}")
    else:
        print(
            f"{out}：问题 {generator.issues} 个，陈述 {rows} 条"
            if zh
            else f"{out}: {generator.issues} issues, {rows} statements"
        )
    print(
        "除登记簿外全部是示例数据（虚构）。"
        if zh
        else "Everything but the registry is fictional sample data.",
        file=sys.stderr,
    )
    return 0
