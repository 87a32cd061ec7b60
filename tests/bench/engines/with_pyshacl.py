"""pySHACL on rules of SHACL-AF."""

from __future__ import annotations

from rdflib import Graph

from tests.bench.engines.task import Task
from tests.bench.engines.updates import triples
from tests.bench.engines.with_rdflib import conclusions
from tests.bench.facts import numeric
from tests.bench.translate.shacl import shapes
from tests.bench.translate.sparql import Sparql


def run(task: Task) -> None:
    """Load N-Triples and apply the shapes; more than once, until nothing is new, if a rule is recursive."""
    from pyshacl import shacl_rules

    sparql = Sparql(task.program, numeric(task.program, task.atoms))
    shape_graph, circular = shapes(task.program, sparql)
    file = triples(task, sparql)
    graph = Graph()
    with task.phase("load"):
        graph.parse(file, format="nt")
    with task.phase("reason"):
        known = -1
        while known < len(graph):
            known = len(graph)
            inferred = shacl_rules(graph, shacl_graph=shape_graph, advanced=True, inplace=True)
            assert isinstance(inferred, Graph)
            graph = inferred
            if not circular:
                break
    task.reasoned()
    task.hand_over(conclusions(graph, sparql, task))
