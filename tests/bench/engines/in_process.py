"""The product's in-process evaluator, which keeps every derivation of everything."""

from __future__ import annotations

from reasoner.engine.evaluate import Program, evaluate
from tests.bench.engines.task import Task


def run(task: Task) -> None:
    """Evaluate; the plans of the rules are made before, as for every case."""
    program = Program(task.program)
    with task.phase("load"):
        facts = list(task.ground())
    with task.phase("reason"):
        model = evaluate(facts, program)
    task.reasoned()
    task.notes.append("keeps every derivation, which the others do not")
    task.hand_over((predicate, row) for predicate in task.heads for row in model.rows(predicate))
