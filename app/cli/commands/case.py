"""``zelian case``: runs case files; of each that fails, what was expected, what followed, and why."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import messages, progress, tree

if TYPE_CHECKING:
    from reasoner.casebook.cases import Case, Outcome
    from reasoner.pipeline import Ontology

_CONCLUSION = re.compile(r"\bc-[0-9a-f]{10}\b")


def run(arguments: argparse.Namespace) -> int:
    """Run every case; a file that cannot be read does not keep the others from being run."""
    from app.home import home
    from reasoner import pipeline

    return run_with(arguments.files, pipeline.ontology(None, home() / "cache"), arguments.lang)


def run_with(paths: list[Path], rules: Ontology, lang: str) -> int:
    """Run the case files in some files and folders with these rules."""
    from app.home import home
    from reasoner.casebook import cases
    from reasoner.records import registry

    unusable = False
    found: list[Case] = []
    for file in _files(paths):
        try:
            found += cases.read(file)
        except cases.CaseError as error:
            unusable = True
            _complain(error)

    known = registry.bundled_registry(home() / "cache")
    passed = failed = 0
    with progress.bar("案例 · cases") as step:
        for number, case in enumerate(found):
            step(case.name, number, len(found))
            try:
                outcome = cases.run(case, rules, known)
            except cases.CaseError as error:
                unusable = True
                _complain(error)
                continue
            passed, failed = passed + outcome.passed, failed + (not outcome.passed)
            for line in _failure(outcome, lang):
                print(line)
    if lang == "en":
        print(f"{passed} cases hold, {failed} fail")
    else:
        print(f"案例通过 {passed} 个，不通过 {failed} 个")
    return 2 if unusable else 1 if failed else 0


def _files(paths: list[Path]) -> Iterator[Path]:
    from reasoner.casebook import cases

    for path in paths:
        if not path.exists():
            raise messages.CommandError(f"没有这个文件：{path}", f"no such file: {path}")
        found = list(cases.files([path]))
        if not found:
            raise messages.CommandError(
                f"文件夹中没有案例文件：{path}", f"no case files in the folder {path}"
            )
        yield from found


def _complain(error: Exception) -> None:
    problem = messages.from_error(error)
    print(messages.error_line(problem.zh, problem.en), file=sys.stderr)


def _failure(outcome: Outcome, lang: str) -> Iterator[str]:
    """Yield what went wrong with a case, and the proof of what should not have followed."""
    if outcome.passed:
        return
    file = Path(outcome.case.file)
    varied = {"zh": f"“{outcome.case.base}”的变体；", "en": f"variant of “{outcome.case.base}”; "}[lang]
    place = f"{varied if outcome.case.base else ''}{Path(file.parent.name, file.name)}"
    yield f"✗ {outcome.case.name}（{place}）"
    for failure in outcome.failures:
        text = failure[lang == "en"]
        yield f"    {text}"
        for conclusion in dict.fromkeys(_CONCLUSION.findall(text)):
            proof = outcome.world.explain(conclusion).to_dict()
            yield from (f"      {line}" for line in tree.lines(proof, lang))
    yield ""
