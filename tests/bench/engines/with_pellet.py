"""owlready2 with Pellet on the same axioms as HermiT."""

from __future__ import annotations

from tests.bench.engines.task import Task
from tests.bench.engines.with_hermit import judged


def run(task: Task) -> None:
    """Load N-Triples and let Pellet find classes and properties of every individual."""
    import owlready2

    judged(task, owlready2.sync_reasoner_pellet)
