"""Conclusions as Turtle, in the terms of the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from reasoner.queries.triples import DATES, ENTITIES
from reasoner.rulebook.vocabulary import ENTITY, NAMESPACE

ZL = Namespace(NAMESPACE)
ID = Namespace(ENTITY)
ELI = Namespace("http://data.europa.eu/eli/ontology#")


def turtle(conclusions: Iterable[Mapping[str, Any]]) -> str:
    """Return conclusions as Turtle: status as class, norm, matter, units and dates as properties."""
    graph = Graph()
    for prefix, space in (("zl", ZL), ("id", ID), ("eli", ELI)):
        graph.bind(prefix, space)
    for conclusion in conclusions:
        _add(graph, conclusion)
    return graph.serialize(format="turtle")


def _add(graph: Graph, conclusion: Mapping[str, Any]) -> None:
    node = ID[conclusion["id"]]
    status = str(conclusion["status"])
    cited = conclusion["citation"]
    paragraph = URIRef(cited["iri"])
    law = str(cited["iri"]).removesuffix(str(cited["id"]))
    graph.add((node, RDF.type, ZL.Conclusion))
    graph.add((node, RDF.type, ZL[status[:1].upper() + status[1:]]))
    graph.add((node, ZL.underNorm, URIRef(law + conclusion["norm"])))
    graph.add((node, ELI.cites, paragraph))
    graph.add((node, ZL.onMatter, ID[conclusion["subject"]]))
    for lang, sentence in conclusion["sentence"].items():
        graph.add((node, RDFS.label, Literal(sentence, lang=lang)))
    for field, prop in ENTITIES.items():
        values = conclusion.get(field) or ()
        for value in (values,) if isinstance(values, str) else values:
            name = value["id"] if isinstance(value, Mapping) else value
            graph.add((node, ZL[prop], ID[name]))
    for field, term in DATES.items():
        if value := conclusion.get(field):
            graph.add((node, ZL[term], Literal(value, datatype=XSD.date)))
