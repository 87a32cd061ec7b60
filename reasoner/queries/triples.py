"""The record, the law and what follows, as RDF triples: what SPARQL is asked over.

Facts are written as they are loaded from RDF (``id:CQ-001 zl:inSector id:s_port``), conclusions in the terms
of ontology/exported.ttl, norms with their words, type and whom they address. Everything comes as N-Triples, a
line a triple: the form that is loaded fastest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from reasoner.engine.conclusions import Conclusion
from reasoner.rulebook.addressees import Addressees
from reasoner.rulebook.vocabulary import ENTITY, NAMESPACE, Text, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

    from reasoner.rulebook.norms import LawBook

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
ELI: Final = "http://data.europa.eu/eli/ontology#"

# The parts of a conclusion by the property (ontology/exported.ttl) that says them.
ENTITIES: Final = {
    "reason": "hasReason",
    "missing": "lacks",
    "kind": "hasKind",
    "issues": "onIssue",
    "inspection": "ofInspection",
    "bearers": "hasBearer",
    "destinations": "hasDestination",
}
DATES: Final = {"due": "limitDay", "done": "doneDay", "since": "sinceDay", "as_of": "asOfDay"}

_SAFE: Final = "/:?#[]@!$&'()*+,;=-._~"  # what an IRI may hold besides letters; the rest is escaped
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_TYPE: Final = f"<{RDF}type>"
_LABEL: Final = f"<{RDFS}label>"


def iri(id: str) -> str:
    """The IRI of an entity; characters that no IRI may hold are percent-encoded, Chinese stays."""
    if id.isalnum() or id.replace("_", "").replace("-", "").isalnum():
        return ENTITY + id
    return ENTITY + "".join(sign if sign.isalnum() else quote(sign, safe=_SAFE) for sign in id)


def entity_of(text: str) -> str | None:
    """The id that an IRI stands for; None for an IRI of something else."""
    return unquote(text.removeprefix(ENTITY)) if text.startswith(ENTITY) else None


def law_iri(book: LawBook, place: str) -> str:
    """The IRI of a norm or a place in the law: ``a36.p3.s2``."""
    return f"{book.regulation.iri}/{place}"


def _literal(text: str, language: str = "") -> str:
    said = text.translate(_ESCAPES)
    return f'"{said}"@{language}' if language else f'"{said}"'


def _date(iso: str) -> str:
    return f'"{iso}"^^<{XSD}date>'


def _labels(subject: str, label: Text) -> Iterator[str]:
    for language, words in label.items():
        yield f"{subject} {_LABEL} {_literal(words, language)} .\n"


def _term(name: str) -> str:
    return f"<{NAMESPACE}{name}>"


def facts(table: pa.Table, vocabulary: Vocabulary) -> Iterator[str]:
    """The statements of a record (``Record.facts(text=True)``); members of a class are of those above it."""
    above = {
        name: [_term(each) for each in sorted(vocabulary.ancestors(own)) if each != "Thing"]
        for name, own in vocabulary.class_names.items()
    }
    columns = (table[name].to_pylist() for name in ("predicate", "subject", "object", "kind"))
    for predicate, subject, value, kind in zip(*columns, strict=True):
        node = f"<{iri(subject)}>"
        if kind == "class":
            for each in above.get(predicate) or [_term(predicate[:1].upper() + predicate[1:])]:
                yield f"{node} {_TYPE} {each} .\n"
            continue
        if kind == "date":
            said = _date(f"{value[:4]}-{value[4:6]}-{value[6:]}")
        elif kind == "integer":
            said = f'"{value}"^^<{XSD}integer>'
        elif kind == "text":
            said = _literal(value)
        else:
            said = f"<{iri(value)}>"
        yield f"{node} {_term(predicate)} {said} .\n"


def conclusions(found: Iterable[Conclusion], book: LawBook) -> Iterator[str]:
    """Conclusions as ``zelian conclusions --format ttl`` writes them, without their sentences.

    The sentence of a conclusion is made from the rest; at the size of a city it would double the store.
    """
    law = f"{book.regulation.iri}/"
    for c in found:
        node = f"<{ENTITY}{c.id}>"
        place = book.by_constant[str(c.atom[1][0])].place
        lines = [
            f"{_TYPE} {_term('Conclusion')}",
            f"{_TYPE} {_term(c.status[:1].upper() + c.status[1:])}",
            f"{_term('underNorm')} <{law}{c.norm}>",
            f"<{ELI}cites> <{law}{place}>",
            f"{_term('onMatter')} <{iri(c.subject)}>",
        ]
        for field, prop in ENTITIES.items():
            values: Any = getattr(c, field) or ()
            for value in (values,) if isinstance(values, str) else values:
                name = value if isinstance(value, str) else str(value["id"])
                lines.append(f"{_term(prop)} <{iri(name)}>")
        for field, prop in DATES.items():
            if value := getattr(c, field):
                lines.append(f"{_term(prop)} {_date(value)}")
        for line in lines:
            yield f"{node} {line} .\n"


def law(book: LawBook, vocabulary: Vocabulary, addressees: Addressees) -> Iterator[str]:
    """The norms: label, quote, type, and whom each addresses, a body or a class, in which words."""
    for norm in book.norms.values():
        node = f"<{law_iri(book, norm.id)}>"
        yield f"{node} {_TYPE} {_term('Norm')} .\n"
        yield f"{node} <{ELI}cites> <{law_iri(book, norm.place)}> .\n"
        yield from _labels(node, norm.label)
        if norm.quote:
            yield f"{node} {_term('quote')} {_literal(norm.quote)} .\n"
        if (own := addressees.type_of(norm)) is not None:
            yield f"{node} {_term('ofNormType')} <{ENTITY}{own}> .\n"
        for word in addressees.words(norm):
            yield f"{node} {_term('bearerWord')} {_literal(word)} .\n"
            known = addressees.entries.get(word)
            if known is None:
                continue
            for name in known.classes:
                yield f"{node} {_term('addressesClass')} {_term(name)} .\n"
            for name in known.sides:
                yield f"{node} {_term('addressesSide')} {_term(name)} .\n"
            if known.individual:
                yield f"{node} {_term('addressesBody')} <{iri(known.individual)}> .\n"
    for article in book.regulation.articles:
        for place in (article.id, *(paragraph.id for paragraph in article.paragraphs)):
            cited = {language: book.regulation.cite(place, language) for language in ("zh", "en")}
            yield from _labels(f"<{law_iri(book, place)}>", cited)


def terms(vocabulary: Vocabulary) -> Iterator[str]:
    """What the ontology names: classes and properties with their labels, individuals with their classes."""
    for predicate in vocabulary.predicates.values():
        if predicate.label and (predicate.arity <= 2 or predicate.is_status):
            yield from _labels(f"<{predicate.iri}>", predicate.label)
    for name, own in vocabulary.superclasses.items():
        for parent in sorted(own):
            yield f"{_term(name)} <{RDFS}subClassOf> {_term(parent)} .\n"
    for individual in vocabulary.individuals.values():
        node = f"<{iri(individual.name)}>"
        above = {each for own in individual.classes for each in vocabulary.ancestors(own)}
        for each in sorted(above):
            yield f"{node} {_TYPE} {_term(each)} .\n"
        yield from _labels(node, individual.label)
