# ruff: noqa: E501 -- an input is a line, however long
"""RDF: the samples with statements, literals and syntax changed; each subject is kept, or the file is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from rdflib import Dataset, Graph

from reasoner import bundled, ledger
from reasoner.ledger.tables import Document
from reasoner.records.record import Record
from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome, refused
from tests.torture.inputs.ledgers import _exported, _known, _reported
from tests.torture.inputs.shared import record_file

_PREFIXES = """@prefix zl: <https://w3id.org/zelian/ns#> .
@prefix id: <https://w3id.org/zelian/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_ISSUE = "id:x-1 a zl:Issue ; zl:summary "


def _turtle(body: str) -> dict[str, str]:
    return {"a.ttl": _PREFIXES + body}


def _jsonld(content: Any) -> dict[str, str]:
    return {"a.jsonld": content if isinstance(content, str) else json.dumps(content)}


def _cycle(length: int) -> str:
    return "\n".join(
        f"id:o-{i} a zl:DistrictDepartment ; zl:partOf id:o-{(i + 1) % length} ." for i in range(length)
    )


_CONTEXT = {"@vocab": "https://w3id.org/zelian/ns#", "id": "https://w3id.org/zelian/id/"}
_NODE = {"@id": "id:x-1", "@type": "Issue", "summary": "污水"}

NASTIES: dict[str, Callable[[Path], Any]] = {
    "a remote context": lambda _: _jsonld({"@context": "{canary}/context.jsonld", **_NODE}),
    "remote contexts in a list": lambda _: _jsonld({"@context": [_CONTEXT, "{canary}/c"], **_NODE}),
    "a remote context within": lambda _: _jsonld({"@context": _CONTEXT, **_NODE, "about": {"@context": "{canary}/c", "@id": "id:y"}}),
    "a context of a term": lambda _: _jsonld({"@context": {**_CONTEXT, "about": {"@id": "zl:about", "@context": "{canary}/c"}}, **_NODE}),
    "a context that imports": lambda _: _jsonld({"@context": {"@version": 1.1, "@import": "{canary}/c"}, **_NODE}),
    "a context of a file": lambda _: _jsonld({"@context": "file:///etc/passwd", **_NODE}),
    "a context twice": lambda _: _jsonld('{"@context": "{canary}/c", "@context": {}, "@id": "x"}'),
    "an escaped context": lambda _: _jsonld('{"\\u0040context": "{canary}/c", "@id": "x"}'),
    "a context by another name": lambda _: _jsonld({"@context": {"ctx": "@context"}, "ctx": "{canary}/c", **_NODE}),
    "a context in a graph": lambda _: _jsonld({"@graph": [[{"@context": ["{canary}/c"]}]]}),
    "a context in a value": lambda _: _jsonld({"@context": _CONTEXT, **_NODE, "summary": {"@type": "@json", "@value": {"@context": "{canary}/c"}}}),
    "a base elsewhere": lambda _: _jsonld({"@context": {**_CONTEXT, "@base": "{canary}/"}, "@id": "../x", "@type": "Issue"}),
    "deep JSON": lambda _: _jsonld("[" * 100_000),
    "deep JSON that closes": lambda _: _jsonld("[" * 5000 + "]" * 5000),
    "deep JSON of objects": lambda _: _jsonld('{"a":' * 900 + "1" + "}" * 900),
    "a lone surrogate": lambda _: _jsonld('{"@context": {"@vocab": "https://w3id.org/zelian/ns#"}, "@id": "https://w3id.org/zelian/id/x-1", "@type": "Issue", "summary": "\\ud800"}'),
    "a nul in JSON": lambda _: _jsonld('{"@context": {"@vocab": "https://w3id.org/zelian/ns#"}, "@id": "https://w3id.org/zelian/id/x-1", "@type": "Issue", "summary": "a\\u0000b"}'),
    "a nul in Turtle": lambda _: _turtle(_ISSUE + '"a\\u0000b" .'),
    "control letters": lambda _: _turtle(_ISSUE + '"a\\u0001\\u001B[31m\\u000Bb" .'),
    "a nul in an id": lambda _: _turtle('<https://w3id.org/zelian/id/x%00y> a zl:Issue .'),
    "a surrogate in Turtle": lambda _: _turtle(_ISSUE + '"\\uD800" .'),
    "ten megabytes": lambda _: _turtle(_ISSUE + '"' + "污" * 3_500_000 + '" .'),
    "ten megabytes in an IRI": lambda _: _turtle(f"<https://w3id.org/zelian/id/{'x' * 10_000_000}> a zl:Issue ."),
    "ten megabytes of a name": lambda _: _turtle(f'id:o-9 a zl:DistrictDepartment ; zl:name "{"局" * 3_000_000}" .'),
    "a day of digits": lambda _: _turtle(f'id:x-1 a zl:Issue ; zl:foundOn "{"9" * 100_000}"^^xsd:date .'),
    "days that are none": lambda _: _turtle('id:x-1 a zl:Issue ; zl:foundOn "2024-02-30"^^xsd:date , "x"^^xsd:date .'),
    "a number of digits": lambda _: _turtle(f'id:x-1 a zl:Issue ; zl:batchNumber {"9" * 5000} .'),
    "a number beyond 64 bits": lambda _: _turtle('id:x-1 a zl:InspectionTask ; zl:termDays "99999999999999999999999"^^xsd:integer .'),
    "brackets": lambda _: _turtle("id:x-1 zl:about " + "[ zl:about " * 2_000 + "1" + "]" * 2_000 + " ."),
    "lists": lambda _: _turtle("id:x-1 zl:about " + "(" * 2_000 + ")" * 2_000 + " ."),
    "brackets that rdflib reads": lambda _: _turtle("id:x-1 zl:about " + "[ zl:about " * 3000 + "<a b>" + "]" * 3000 + " ."),
    "triples in triples": lambda _: _turtle("id:x-1 zl:about " + "<<( id:x-1 zl:about " * 100_000 + "id:y" + " )>>" * 100_000 + " ."),
    "triples in triples, subject": lambda _: _turtle("<< " * 100_000 + "id:a zl:about id:b" + " >>" * 100_000 + " zl:about id:c ."),
    "triples in triples, lines": lambda _: {"a.nt": "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 100_000 + "<a:a>" + " )>>" * 100_000 + " ."},
    "triples in triples behind a text": lambda _: _turtle('id:x-0 zl:summary "<<", ">>" . # <<\n' + "<< " * 100_000),
    "quotes in a text": lambda _: _turtle(_ISSUE + '"《<<办法>>》<<<<" .'),
    "a circle of units": lambda _: _turtle(_cycle(3)),
    "a unit above itself": lambda _: _turtle("id:o-1 a zl:DistrictDepartment ; zl:partOf id:o-1 ; zl:succeededBy id:o-1 ."),
    "a circle of a thousand": lambda _: _turtle(_cycle(1_000)),
    "an ontology that imports": lambda _: _turtle("@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<> a owl:Ontology ; owl:imports <{canary}/o> ."),
    "classes in a circle": lambda _: _turtle("@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\nzl:Issue rdfs:subClassOf zl:Transfer . zl:Transfer rdfs:subClassOf zl:Issue ."),
    "a blank subject": lambda _: _turtle("[] a zl:Issue ; zl:summary \"x\" ."),
    "other hosts": lambda _: _turtle("<{canary}/d500235> a zl:Issue . <http://b.example/d500235> a zl:Issue ."),
    "a base elsewhere in Turtle": lambda _: {"a.ttl": "@base <{canary}/> . <x> a <https://w3id.org/zelian/ns#Issue> ."},
    "xml called turtle": lambda _: {"a.ttl": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'},
    "rdf/xml": lambda _: {"a.rdf": '<!DOCTYPE r [<!ENTITY x SYSTEM "{canary}/">]><rdf:RDF>&x;</rdf:RDF>'},
    "notation 3 rules": lambda _: {"a.ttl": "{ ?x ?y ?z } => { ?z ?y ?x } ."},
    "a graph of its own": lambda _: {"a.trig": _PREFIXES + "id:g { id:x-1 a zl:Issue . } id:h { id:x-1 zl:summary \"污\" . }"},
    "latin-1": lambda _: {"a.ttl": (_PREFIXES + _ISSUE + '"é" .').encode("latin-1")},
    "gb18030": lambda _: {"a.ttl": (_PREFIXES + _ISSUE + '"污水" .').encode("gb18030")},
    "utf-16": lambda _: {"a.ttl": (_PREFIXES + _ISSUE + '"污水" .').encode("utf-16")},
    "nothing": lambda _: {"a.ttl": b" \n"},
    "only prefixes": lambda _: {"a.ttl": _PREFIXES},
    "a nul byte": lambda _: {"a.nt": b"\0"},
    "formulas": lambda _: _turtle('id:x-1 a zl:Issue ; zl:summary "=1+1", "@x", "+1" ; zl:relatesTo id:nowhere .'),
    "a language of nonsense": lambda _: _turtle(_ISSUE + f'"x"@{"a" * 9000} .'),
    "a thousand types": lambda _: _turtle("id:x-1 a " + ", ".join(f"zl:C{i}" for i in range(1000)) + " ."),
    "a hundred thousand values": lambda _: _turtle(_ISSUE + ", ".join(f'"t{i}"' for i in range(100_000)) + " ."),
}  # fmt: skip


class Rdf:
    """Turtle, N-Triples, TriG and JSON-LD."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = NASTIES

    def __init__(self, place: Path, canary: str) -> None:
        self.record, self.canary = record_file(place), canary
        files = sorted(bundled.path("data", "samples").glob("*.ttl"))
        self.texts = [file.read_text("utf-8") for file in files]
        self.graphs = [Graph().parse(data=text, format="turtle") for text in self.texts]

    def nasty(self, name: str, folder: Path) -> Outcome:
        files = self.nasties[name](folder)
        made = {
            name: body.replace("{canary}", self.canary).encode() if isinstance(body, str) else body
            for name, body in files.items()
        }
        return self.tried(made, [], folder)

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        if dice.random() < 0.35:
            text = dice.choice(self.texts).encode()
            at = dice.randrange(max(1, len(text) - 3000))
            head = text[: text.find(b"\n\n") + 2]
            piece = text[text.find(b"\n", at) : at + 3000]
            return self.tried({"a.ttl": head + strings.spoiled(dice, piece)}, [], folder)
        graph, marks = self.sampled(dice)
        form, suffix = dice.choice(
            (("turtle", ".ttl"), ("nt", ".nt"), ("trig", ".trig"), ("json-ld", ".jsonld"))
        )
        data = graph.serialize(format=form).encode()
        if dice.random() < 0.3:
            data, marks = strings.spoiled(dice, data), []
        return self.tried({f"a{suffix}": data}, marks, folder)

    def sampled(self, dice: Random) -> tuple[Dataset, list[str]]:
        """Some subjects of the samples under other names, some statements changed; a mark for each."""
        from rdflib import RDF, XSD, Literal, URIRef

        graph, made, marks = dice.choice(self.graphs), Dataset(default_union=True), []
        subjects = sorted({s for s in graph.subjects() if isinstance(s, URIRef)})
        predicates = sorted(set(graph.predicates()))
        things = sorted({o for o in graph.objects() if isinstance(o, URIRef)})
        for subject in dice.sample(subjects, min(len(subjects), dice.randrange(1, 7))):
            mark = f"mk{len(marks)}km"
            named = URIRef(f"{subject}-{mark}")
            marks.append(mark)
            for predicate, value in sorted(graph.predicate_objects(subject)):
                roll = dice.random()
                if roll < 0.08:
                    predicate = dice.choice(predicates)
                elif roll < 0.2:
                    said = strings.text(dice, self.canary)
                    kind = dice.choice((None, XSD.date, XSD.integer, XSD.string, XSD.boolean))
                    value = dice.choice((Literal(said, datatype=kind), dice.choice(things)))
                elif roll < 0.25:
                    continue
                made.add((named, predicate, value))
            if (named, None, None) not in made:
                made.add((named, RDF.type, dice.choice(things)))
        return made, marks

    def tried(self, files: dict[str, bytes], marks: list[str], folder: Path) -> Outcome:
        """Load files; find every mark again, or a refusal that left the record as it was."""
        place = folder / "record.sqlite"
        shutil.copyfile(self.record, place)
        with Record.open(place) as record:
            before = record.version
            report = ledger.load([Document(name, data) for name, data in files.items()], record)
            if report.unusable:
                if record.version != before:
                    raise Broken("a refused file changed the record")
                return refused(report.unusable[0])
            known = _known(place, set(files)) + _reported(report)
            if lost := [mark for mark in marks if mark not in known]:
                raise Broken(f"lost in silence: subjects {lost} of {len(marks)} ({dict(report.rows)})")
        _exported(report, folder)
        return Outcome("accepted", f"{dict(report.rows)}")
