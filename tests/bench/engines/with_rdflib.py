"""rdflib, in Python, on the same updates as pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery, prepareUpdate
from rdflib.query import ResultRow

from reasoner.engine.evaluate import Ground
from tests.bench.engines.task import Task
from tests.bench.engines.updates import apply, triples
from tests.bench.facts import numeric
from tests.bench.translate.sparql import Sparql, value_of


def run(task: Task) -> None:
    """Load N-Triples and run the updates, parsed before; the recursive ones until nothing is new."""
    sparql = Sparql(task.program, numeric(task.program, task.atoms))
    strata = [(recursive, [prepareUpdate(u) for u in updates]) for recursive, updates in sparql.strata()]
    file = triples(task, sparql)
    graph = Graph()
    with task.phase("load"):
        graph.parse(file, format="nt")
    with task.phase("reason"):
        apply(graph, strata, graph.update)
    task.reasoned()
    task.notes.append("the updates are parsed before the time is taken")
    task.hand_over(conclusions(graph, sparql, task))


def conclusions(graph: Graph, sparql: Sparql, task: Task) -> Iterator[Ground]:
    """The rows of every predicate concluded."""
    for predicate in task.heads:
        for row in graph.query(prepareQuery(sparql.query(predicate))):
            assert isinstance(row, ResultRow)
            yield (
                predicate,
                tuple(
                    value_of(str(node), None) if isinstance(node, URIRef) else value_of(None, str(node))
                    for node in row
                    if isinstance(node, URIRef | Literal)
                ),
            )
