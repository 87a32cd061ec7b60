"""``zelian reason``: how many conclusions there are of each status; of a record, or of facts files."""

from __future__ import annotations

import argparse
import datetime
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import progress, tables, world
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.batch.run import Run
    from reasoner.pipeline import Engine, Ontology


def run(arguments: argparse.Namespace) -> int:
    """Print the statuses with their numbers, in the order of the ontology."""
    if arguments.engine == "spark" and arguments.run_folder is None:
        from app.cli.commands import reason_on_spark

        return reason_on_spark.run(arguments)
    if arguments.resume and arguments.run_folder is None:
        raise CommandError("--resume 要与 --run 同用", "--resume goes with --run")
    if arguments.run_folder is not None and arguments.engine not in (None, "duckdb"):
        raise CommandError(f"--run 只用 duckdb，不用 {arguments.engine}", "--run takes the engine duckdb")
    if arguments.run_folder is not None:
        return _in(arguments.run_folder, arguments)
    if (arguments.facts or arguments.ledger) and arguments.engine in (None, "duckdb"):
        with tempfile.TemporaryDirectory(prefix="zelian-") as folder:
            return _in(Path(folder), arguments)
    if arguments.ledger:
        raise CommandError("--ledger 只用 duckdb", "--ledger takes the engine duckdb")
    if arguments.facts:
        return _at_once(arguments)
    if arguments.engine is None:
        return _with_receipt(arguments)
    opened = world.open_world(arguments.as_of, arguments.engine)
    counted = Counter(conclusion.status for conclusion in opened.conclusions())
    _print(arguments.lang, opened.rules, opened.as_of, len(opened.issues()), counted)
    return 0


def _with_receipt(arguments: argparse.Namespace) -> int:
    """Reason over the record and leave a receipt of it."""
    from app.home import home
    from reasoner.access.view import view_of
    from reasoner.engine.survey import open_survey
    from reasoner.receipts.chain import Chain, ReceiptError

    with progress.bar("推理 · reasoning") as step:
        step("reasoning", 0, 2)
        survey = open_survey(home(), arguments.as_of)
        counted = Counter(conclusion.status for conclusion in survey.conclusions)
        step("receipt", 1, 2)
        try:
            receipt = Chain(survey.record).leave(survey) if view_of(survey.record) is None else None
        except ReceiptError as error:
            raise from_error(error) from None
    world.warn_when_empty(survey.version)
    _print(arguments.lang, survey.rules, survey.as_of, len(survey.issues()), counted)
    if receipt is None:  # what is left of the record for some is no run over it
        return 0
    english = arguments.lang == "en"
    print(f"\n{'receipt' if english else '推理凭据'} {receipt.number} · {receipt.digest[:12]}")
    return 0


def _rules() -> Ontology:
    """The rules; read before DuckDB is imported, which would otherwise complain when the process ends."""
    from app.home import home
    from reasoner import pipeline

    return pipeline.ontology(None, home() / "cache")


def _in(folder: Path, arguments: argparse.Namespace) -> int:
    """Reason in a folder, over facts files or the record."""
    rules = _rules()
    from reasoner.batch.run import RunError
    from reasoner.batch.sources import FactsError

    if arguments.ledger and not arguments.resume:
        from app.cli.commands import reason_ledgers

        if (made_of := reason_ledgers.facts(arguments, rules, folder)) is None:
            return 2
        arguments.facts = [*arguments.facts, made_of]
    try:
        with progress.bar("推理 · reasoning") as step, _opened(folder, rules, arguments, step) as made:
            made.reason(step)
            _print(arguments.lang, rules, made.as_of, made.issues(), Counter(made.counts()))
    except (RunError, FactsError) as error:
        raise from_error(error) from None
    return 0


def _opened(folder: Path, rules: Ontology, arguments: argparse.Namespace, step: progress.Step) -> Run:
    from app.home import home
    from reasoner import pipeline
    from reasoner.batch.run import Run, begun

    before = begun(folder) if arguments.resume else None
    files = list(map(Path, arguments.facts)) or (before.files if before else [])
    day = arguments.as_of or (before.as_of if before else datetime.date.today())
    facts = files or pipeline.record_of(home())
    memory = arguments.memory
    return Run.create(folder, facts, rules, day, resume=arguments.resume, memory=memory, progress=step)


def _at_once(arguments: argparse.Namespace) -> int:
    """Facts files on an engine that takes them whole."""
    rules, day = _rules(), arguments.as_of or datetime.date.today()
    from reasoner import pipeline
    from reasoner.batch.sources import FactsError, statements
    from reasoner.engine import calendar
    from reasoner.engine.facts import gather

    engine: Engine = arguments.engine
    with progress.bar("推理 · reasoning") as step:
        step("facts", 0, 2)
        try:
            table = statements(list(map(Path, arguments.facts)))
        except FactsError as error:
            raise from_error(error) from None
        facts = gather(table, rules.book, rules.vocabulary, calendar.to_int(day))
        step("reasoning", 1, 2)
        opened = pipeline.World(facts, rules, day, engine=engine)
        counted = Counter(conclusion.status for conclusion in opened.conclusions())
    _print(arguments.lang, rules, day, len(opened.issues()), counted)
    return 0


def _print(lang: str, rules: Ontology, as_of: datetime.date, issues: int, counted: Counter[str]) -> None:
    from reasoner.engine.conclusions import status_names

    rows = [
        (rules.vocabulary.predicates[status].label[lang], status, str(counted[status]))
        for status in status_names(rules.vocabulary)
        if counted[status]
    ]
    if lang == "en":
        print(f"as of {as_of}: {issues} issues, {counted.total()} conclusions\n")
        print(tables.table(("status", "id", "conclusions"), rows))
    else:
        print(f"基准日 {as_of}：问题 {issues} 个，结论 {counted.total()} 条\n")
        print(tables.table(("状态", "代号", "结论数"), rows))
