"""clingo on the text of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import clingo

from reasoner.engine import judge
from reasoner.engine.evaluate import Ground
from tests.bench.engines.task import Task


def run(task: Task) -> None:
    """Add the facts, then ground and solve; the one model is read afterwards."""
    with task.phase("load"):
        control = judge.loaded(task.ground(), task.program)
    with task.phase("reason"):
        control.ground([("base", [])])
        handle = control.solve(yield_=True)
        model = handle.model()
    task.reasoned()
    if model is None:
        raise RuntimeError("clingo found no model")
    task.hand_over(_conclusions(model, task.heads))
    handle.cancel()


def _conclusions(model: clingo.Model, heads: Mapping[str, int]) -> Iterator[Ground]:
    for symbol in model.symbols(atoms=True):
        if symbol.name in heads:
            yield symbol.name, judge.row(symbol)
