"""pyoxigraph, a SPARQL store in Rust, on one update for each rule."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from reasoner.engine.evaluate import Ground
from tests.bench.engines.task import Task
from tests.bench.engines.updates import apply, triples
from tests.bench.facts import numeric
from tests.bench.translate.sparql import Sparql, value_of


def run(task: Task) -> None:
    """Load N-Triples and run the updates; those of a recursive stratum until nothing is new."""
    sparql = Sparql(task.program, numeric(task.program, task.atoms))
    strata = list(sparql.strata())
    file = triples(task, sparql)
    store = Store()
    with task.phase("load"):
        store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    with task.phase("reason"):
        apply(store, strata, store.update)
    task.reasoned()
    task.hand_over(_conclusions(store, sparql, task))


def _conclusions(store: Store, sparql: Sparql, task: Task) -> Iterator[Ground]:
    for predicate in task.heads:
        found = store.query(sparql.query(predicate))
        assert isinstance(found, QuerySolutions)
        for row in found:
            yield (
                predicate,
                tuple(
                    value_of(node.value, None) if isinstance(node, NamedNode) else value_of(None, node.value)
                    for node in row
                ),
            )
