"""Opens one case of a run (``--run DIR``), in place of what follows from the record."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli import progress
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.batch.cases import RunCases
    from reasoner.pipeline import World


@contextmanager
def cases(arguments: argparse.Namespace) -> Iterator[RunCases]:
    """The cases of the run that ``--run`` names; what cannot be opened is a CommandError."""
    from app.home import home
    from reasoner import pipeline

    rules = pipeline.ontology(None, home() / "cache")  # before DuckDB is imported: see commands/reason.py
    from reasoner.batch.cases import CaseError, RunCases
    from reasoner.batch.run import Run, RunError
    from reasoner.engine.evaluate import uncollected
    from reasoner.engine.ways import TooMuchError

    try:
        # a lookup is too short to share, and one answer too short to look for what can be let go of
        with uncollected(), Run.open(arguments.run_folder, rules, threads=1) as run:
            if not run.finished:
                raise CommandError(
                    f"{run.folder} 尚未推理完，请运行 zelian reason --run {run.folder} --resume",
                    f"{run.folder} has not finished: zelian reason --run {run.folder} --resume",
                )
            if arguments.as_of is not None and arguments.as_of != run.as_of:
                raise CommandError(
                    f"{run.folder} 的基准日是 {run.as_of}，不是 {arguments.as_of}",
                    f"{run.folder} is as of {run.as_of}, not {arguments.as_of}",
                )
            with progress.bar("打开 · opening") as step:
                step("index", 0, 1)
                opened = RunCases(run)
                step("done", 1, 1)
            yield opened
    except (CaseError, RunError, TooMuchError) as error:
        raise from_error(error) from None


def matter(opened: RunCases, text: str) -> str:
    """The id of an issue, an inspection or a task that a text names. Raises CommandError."""
    found = opened.registry.find(text, int(opened.as_of.strftime("%Y%m%d")))
    if found is None or not opened.knows(found):
        raise CommandError(f"其中没有 {text}", f"nothing in it is called {text}")
    return found


def told(opened: RunCases, text: str | None) -> World:
    """What is stored about the issue that is asked for. Raises CommandError when none is."""
    if text is None:
        raise CommandError(
            "--run 要与 --issue 同用；全部结论用 zelian export --run",
            "--run goes with --issue; zelian export --run writes all conclusions",
        )
    return opened.told(matter(opened, text))


def telling(case: World) -> World:
    """The case, having said on which matters it is silent, and why."""
    from reasoner.batch.part import PartWorld

    for about, bearer in sorted(case.silent) if isinstance(case, PartWorld) else ():
        names = [case.speaker.named(each) for each in (about, bearer)]
        zh, en = (" · ".join(each[lang] for each in names) for lang in ("zh", "en"))
        sys.stderr.write(
            f"未列出：{zh} 的结论，它取决于其他许多问题的记录，单个问题不全部取来；"
            f"全部结论见 zelian export --run "
            f"/ left out: what is concluded of {en}, which rests on the records of many other issues, more "
            "than one issue takes in; zelian export --run has all conclusions\n"
        )
    return case


def case_with(opened: RunCases, about: str, words: Iterable[Any]) -> World:
    """The case of a matter, with what is on record about everything that some words name besides."""
    case = opened.case(about)
    within = {str(row[0]) for _, row in case.facts.origins}
    day = int(opened.as_of.strftime("%Y%m%d"))
    found = {opened.registry.find(word, day) for word in dict.fromkeys(_texts(words))}
    near = {each for each in found if each is not None and each not in within and opened.knows(each)}
    return telling(opened.case_with(about, near) if near else case)


def _texts(words: Iterable[Any]) -> Iterator[str]:
    for word in words:
        if isinstance(word, str):
            yield word
        elif isinstance(word, dict):
            yield from _texts(word.values())
        elif isinstance(word, list | tuple):
            yield from _texts(word)
