"""``zelian export``: all conclusions as a file for other programs, of the record or of a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from app.cli import progress, world
from app.cli.formats import form_of
from app.cli.messages import CommandError, from_error


def run(arguments: argparse.Namespace) -> int:
    """Write the file and say how many conclusions it has."""
    out: Path = arguments.out
    form = arguments.format or form_of(out)
    if arguments.run_folder is not None and arguments.as_of is not None:
        raise CommandError(
            "--run 的基准日是推理时的那一天，不能另写 --as-of", "a run has a day of its own: no --as-of"
        )
    with progress.bar("导出 · exporting") as step:
        write = _of_record if arguments.run_folder is None else _of_run
        try:
            rows = write(arguments, out, form, lambda done: step("conclusions", done, 0))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"写不了 {out}：{reason}", f"cannot write {out}: {reason}") from error
    print(f"{out}: {rows} conclusions" if arguments.lang == "en" else f"{out}：结论 {rows} 条")
    return 0


def _of_record(arguments: argparse.Namespace, out: Path, form: str, progress: Callable[[int], None]) -> int:
    from app.home import home
    from reasoner.batch import export
    from reasoner.receipts.runs import open_run

    survey = open_run(home(), arguments.as_of)
    world.warn_when_empty(survey.version)
    book = survey.rules.book
    rows = export.rows_of(survey.conclusions, book, arguments.lang)
    return export.write(rows, out, form, book, progress, _between(arguments.lang))


def _of_run(arguments: argparse.Namespace, out: Path, form: str, progress: Callable[[int], None]) -> int:
    from app.home import home
    from reasoner import pipeline

    rules = pipeline.ontology(None, home() / "cache")
    from reasoner.batch import export, export_run  # imported late, as DuckDB is
    from reasoner.batch.run import Run, RunError

    try:
        with Run.open(arguments.run_folder, rules) as opened:
            rows = export_run.exported(opened, arguments.lang)
            return export.write(rows, out, form, rules.book, progress, _between(arguments.lang))
    except RunError as error:
        raise from_error(error) from None


def _between(lang: str) -> str:
    return "; " if lang == "en" else "、"
