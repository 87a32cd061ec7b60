"""``zelian verify``: searches all bounded worlds for what must never follow, and says what was found."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from app.cli import messages, progress, tables, terminal

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology
    from reasoner.records.registry import Registry
    from reasoner.verification.report import Outcome

_HEAD = {"zh": ("性质", "", "结果", "秒"), "en": ("property", "", "result", "seconds")}


def run(arguments: argparse.Namespace) -> int:
    """0 when every property holds or says something of the law only; 1 for a fault or when time ran out."""
    from app.home import home
    from reasoner import bundled, pipeline
    from reasoner.records import registry
    from reasoner.rulebook.norms import NormError
    from reasoner.verification import hits, properties, report, verify

    lang = arguments.lang
    folder = arguments.rules or bundled.path("ontology")
    rules = pipeline.ontology(arguments.rules, home() / "cache")
    known = registry.bundled_registry(home() / "cache")
    try:
        every = properties.load(folder, rules.vocabulary)
        chosen = every.chosen(arguments.properties)
    except NormError as error:
        raise messages.from_error(error) from error
    began = time.monotonic()
    outcomes: list[Outcome] = []
    found: list[hits.Hit] = []
    with progress.bar("核验 · verifying") as step:
        try:
            for result in verify.verify(
                rules,
                known,
                every,
                chosen,
                limit=arguments.limit,
                processes=arguments.processes,
                conditions=lambda: _conditions(rules, known),
                progress=step,
            ):
                outcomes.append(report.outcome(result, rules))
                found += result.hits
        except hits.NotConfirmedError as error:
            raise messages.CommandError(
                f"clingo 与进程内推理不一致：{error}", f"clingo and the in-process evaluator differ: {error}"
            ) from error
    if arguments.format == "json":
        print(json.dumps([o.to_dict() for o in outcomes], ensure_ascii=False, indent=1))
    else:
        rows = [(o.id, o.label[lang], o.result[lang], f"{o.seconds:.0f}") for o in outcomes]
        print(tables.table(_HEAD[lang], rows, terminal.width()))
        for line in (line for o in outcomes for line in o.lines[lang]):
            print(line)
    seconds = time.monotonic() - began
    if arguments.write:
        written = hits.write(found, home() / "verification")
        if not arguments.properties and arguments.rules is None:
            written += report.write(outcomes, rules, seconds)
        for file in written:
            print(file, file=sys.stderr)
    said = f"{seconds:.0f} 秒" if lang == "zh" else f"{seconds:.0f} s"
    print(said, file=sys.stderr)
    return 0 if all(o.good for o in outcomes) else 1


def _conditions(rules: Ontology, known: Registry) -> tuple[int, bool]:
    """How many conditions the rules have, and whether the cases show of each that it matters."""
    from reasoner import bundled
    from reasoner.casebook import cases
    from reasoner.coverage import conditions

    folder = bundled.path("ontology")
    every = [case for file in cases.files([folder]) for case in cases.read(file)]
    made = conditions.coverage(rules, every, known, conditions.read_exceptions(folder))
    return len(made.conditions), made.complete
