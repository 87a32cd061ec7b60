"""RDF files as statements: Turtle, N-Triples, TriG and JSON-LD, one entry a subject.

pyoxigraph parses; what it does not take, and JSON-LD, is parsed by rdflib, which accepts more (IRIs that are
none, say) and says what is wrong with the rest.

Terms are zl: IRIs or local names, entities id: IRIs or local names. Nothing is ever fetched: a JSON-LD
context at an address is refused.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pyoxigraph
from rdflib import RDF, RDFS, XSD, Dataset, Graph, Literal, URIRef
from rdflib.term import BNode, Node

from reasoner.ledger import literals
from reasoner.ledger.context import clean_id, fingerprint
from reasoner.ledger.report import Problem, UnusableFile
from reasoner.ledger.row import Entry
from reasoner.ledger.tables import UNSEEN, Document
from reasoner.ledger.words import Vocabulary, message, term, vocabulary
from reasoner.records.record import Claim, Kind, Source
from reasoner.rulebook.vocabulary import ENTITY, NAMESPACE

logging.getLogger("rdflib.term").setLevel(
    logging.CRITICAL
)  # a day that does not exist is our report's matter

_FORMATS = {".ttl": "turtle", ".nt": "nt", ".trig": "trig", ".jsonld": "json-ld"}
_PARSED = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".trig": pyoxigraph.RdfFormat.TRIG,
}
_QUADS = {".trig", ".jsonld"}  # may hold several graphs, read as one
_OURS = "https://w3id.org/zelian/"
_LABELS = {RDFS.label: "name"}
_STRING = pyoxigraph.NamedNode(str(XSD.string))
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_PIECE = re.compile(
    rb""""{3}(?:"{0,2}(?:[^"\\]|\\.))*+"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*+'{3}
      | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+' | \#[^\n\r]* | << | <[^<>"{}|^`\x00-\x20]*+>""",
    re.VERBOSE | re.DOTALL,
)
"""Texts, comments and IRIs of Turtle, in which anything may stand, and what opens a triple that is a term."""
_Said = dict[Node, dict[tuple[Node, Node], None]]
"""What is said of each subject: predicates and objects, each once."""
_ANY = Vocabulary(frozenset(), {}, frozenset(), {})


def read(document: Document) -> list[Entry]:
    """The subjects of a file as entries; a subject with anything wrong is set aside whole.

    Raises UnusableFile when the file does not parse, holds nothing or asks for something remote.
    """
    name, data, suffix = document.name, document.data, document.suffix
    if not data.strip():
        raise UnusableFile(name, "file-empty")
    if suffix == ".jsonld":
        _refuse_remote(data, name)
    elif _quotes_triples(data):
        raise UnusableFile(name, "file-rdf-star")
    said = _fast(data, suffix)
    if said is None:
        said = _thorough(data, suffix, name)
    if not said:
        raise UnusableFile(name, "file-no-statements")
    terms = vocabulary() or _ANY
    return [_subject(said[subject], subject, name, terms) for subject in sorted(said, key=str)]


def _fast(data: bytes, suffix: str) -> _Said | None:
    """What pyoxigraph reads; None where it does not."""
    if suffix not in _PARSED:
        return None
    nodes: dict[object, Node] = {}

    def node(term: object) -> Node:
        known = nodes.get(term)
        if known is None:
            if isinstance(term, pyoxigraph.NamedNode):
                known = URIRef(term.value)
            elif isinstance(term, pyoxigraph.BlankNode):
                known = BNode(term.value)
            elif isinstance(term, pyoxigraph.Literal):
                datatype = None if term.language or term.datatype == _STRING else node(term.datatype)
                known = Literal(term.value, lang=term.language, datatype=datatype)  # type: ignore[arg-type]
            else:
                raise ValueError(term)  # a triple in place of a term
            nodes[term] = known
        return known

    said: _Said = {}
    try:
        content = data.removeprefix(b"\xef\xbb\xbf")
        for quad in pyoxigraph.parse(content, format=_PARSED[suffix], base_iri=ENTITY):
            said.setdefault(node(quad.subject), {})[node(quad.predicate), node(quad.object)] = None
    except (SyntaxError, ValueError):
        return None
    return said


def _quotes_triples(data: bytes) -> bool:
    """Whether a triple stands in place of a term: no statement of ours, and some ten thousand of them, one in
    the other, would end the parser and with it the program."""
    return b"<<" in data and any(match[0] == b"<<" for match in _PIECE.finditer(data))


def _thorough(data: bytes, suffix: str, name: str) -> _Said:
    """What rdflib reads. Raises UnusableFile."""
    if suffix != ".jsonld" and _HALF.search(data):
        raise UnusableFile(name, "file-rdf", reason="\\uD800–\\uDFFF")
    graph = Dataset(default_union=True) if suffix in _QUADS else Graph()
    try:
        graph.parse(data=data.decode("utf-8-sig"), format=_FORMATS[suffix], publicID=ENTITY)
    except Exception as error:  # rdflib's parsers raise whatever they meet
        line = " ".join(str(error).split())[:120]
        raise UnusableFile(name, "file-rdf", reason=line) from error
    subjects = {s for s in graph.subjects() if isinstance(s, URIRef | BNode)}
    return {subject: dict.fromkeys(graph.predicate_objects(subject)) for subject in subjects}


def _refuse_remote(data: bytes, name: str) -> None:
    """Look for contexts given by address before any parser could fetch one."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
        if _HALF.search(data):  # half a character, which nothing can store
            json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise UnusableFile(name, "file-json") from error

    waiting: list[Any] = [content]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            given = node.get("@context")
            contexts = given if isinstance(given, list) else [given]
            if "@import" in node or any(isinstance(each, str) for each in contexts):
                raise UnusableFile(name, "file-remote")
            waiting += node.values()


def _subject(pairs: Iterable[tuple[Node, Node]], subject: Node, name: str, terms: Vocabulary) -> Entry:
    id = _entity(subject)
    source = Source(file=name, key=id or str(subject))
    entry = Entry(source, [], [], about=id or "")

    def problem(code: str, column: str, value: str) -> None:
        entry.problems.append(Problem("set_aside", code, name, None, None, column, value, *message(code)))

    if id is None:
        problem("rdf-subject", "", str(subject))
    elif not str(subject).startswith(_OURS):
        said = message("rdf-foreign", id=id)
        entry.problems.append(
            Problem("noted", "rdf-foreign", name, None, None, "", str(subject)[:200], *said)
        )
    for predicate, object in sorted(pairs, key=str):
        shown = _local(predicate) or str(predicate)
        cell = str(object).translate(UNSEEN)
        entry.cells[shown] = "；".join(filter(None, [entry.cells.get(shown), cell]))
        for claim in _claims(id or "", predicate, object, terms):
            if isinstance(claim, Claim):
                entry.claims.append(claim)
                if claim.kind == "date" and literals.strange(int(claim.object or 0)):
                    said = message("date-odd")
                    entry.problems.append(
                        Problem("noted", "date-odd", name, None, None, shown, str(object)[:200], *said)
                    )
            else:
                problem(claim, shown, str(object)[:200])
    return entry


def _claims(id: str, predicate: Node, object: Node, terms: Vocabulary) -> Iterator[Claim | str]:
    if predicate == RDF.type:
        local = _local(object)
        name = term(local) if local else None
        if name is None:
            return  # a class of another vocabulary adds nothing to ours
        if terms.classes and name not in terms.classes:
            yield "rdf-class"
        else:
            yield Claim(name, id, columns="rdf:type")
        return
    local = _LABELS.get(predicate) or _local(predicate)  # type: ignore[call-overload]
    if local is None or (terms.properties and local not in terms.properties):
        yield "rdf-property"
        return
    kind: Kind = terms.properties.get(local) or _kind(object)  # type: ignore[assignment]
    if kind == "entity":
        target = _entity(object)
        if target is None:
            yield "rdf-entity"
        else:
            yield Claim(local, id, target, "entity", local)
    elif not isinstance(object, Literal):
        yield "rdf-literal"
    elif kind == "date":
        day = literals.read(str(object)).date
        if day is None:
            yield "date-inexact"
        else:
            yield Claim(local, id, day, "date", local)
    elif kind == "integer":
        number = literals.number(str(object))
        if number is None:
            yield "integer"
        else:
            yield Claim(local, id, number, "integer", local)
    else:
        yield Claim(local, id, str(object).translate(UNSEEN), "text", local)


def _kind(object: Node) -> Kind:
    """The kind of an object where no ontology says it."""
    if not isinstance(object, Literal):
        return "entity"
    return "date" if object.datatype == XSD.date else "integer" if object.datatype == XSD.integer else "text"


def _local(node: Node) -> str | None:
    """The local name of one of our terms; None for another vocabulary's."""
    return (
        str(node)[len(NAMESPACE) :] if isinstance(node, URIRef) and str(node).startswith(NAMESPACE) else None
    )


def _entity(node: Node) -> str | None:
    """An entity's local id: after our prefix, or the last part of any other IRI with a mark of the whole.

    Two IRIs never become one id: ``http://a.example/1`` and ``http://b.example/1`` are two things.
    """
    if not isinstance(node, URIRef):
        return None
    text = str(node)
    if text.startswith(ENTITY):
        return clean_id(unquote(text[len(ENTITY) :]))
    if text.startswith(NAMESPACE):
        return clean_id(unquote(text[len(NAMESPACE) :]))
    parts = urlsplit(text)
    last = clean_id(unquote(parts.fragment or parts.path.rstrip("/").rpartition("/")[2])[:80])
    return last if text.startswith(_OURS) or last is None else f"{last}-{fingerprint(text)}"
