# ruff: noqa: E501 -- an input is a line, however long
"""SPARQL: read only, without SERVICE, FROM or LOAD, bounded in time and rows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pyoxigraph as ox

from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome, refused

_ROWS, _SECONDS = 200, 2.0
_LONGEST = 20.0
"""Seconds after which a query that may take two has run away, on a slow and busy machine too."""

NASTIES: dict[str, Callable[[Path], Any]] = {
    "a service": lambda _: "SELECT * { SERVICE <{canary}/> { ?s ?p ?o } }",
    "a silent service": lambda _: "SELECT * { service silent <{canary}/> { ?s ?p ?o } }",
    "an escaped service": lambda _: "SELECT * { SERV\\u0049CE <{canary}/> { ?s ?p ?o } }",
    "a service of a variable": lambda _: "SELECT * { ?s ?p ?e . SERVICE ?e { ?a ?b ?c } }",
    "a service behind a comment": lambda _: "SELECT * { SERVICE#\n<{canary}/> { ?s ?p ?o } }",
    "a load": lambda _: "LOAD <{canary}/x>",
    "a silent load": lambda _: "LOAD SILENT <{canary}/x> INTO GRAPH <urn:x>",
    "a load of a file": lambda _: "LOAD <file:///etc/passwd>",
    "from": lambda _: "SELECT * FROM <{canary}/x> { ?s ?p ?o }",
    "from named": lambda _: "SELECT * FROM NAMED <{canary}/x> { GRAPH ?g { ?s ?p ?o } }",
    "from a file": lambda _: "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "an insert": lambda _: "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "a delete": lambda _: "DELETE WHERE { ?s ?p ?o }",
    "a drop": lambda _: "DROP ALL",
    "a clear behind a query": lambda _: "ASK {} ; CLEAR ALL",
    "a create": lambda _: "CREATE GRAPH <urn:x>",
    "everything by everything": lambda _: "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "everything in order": lambda _: "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c",
    "paths without an end": lambda _: "SELECT * { ?a (!<urn:x>)* ?b . ?b (!<urn:y>)* ?c }",
    "a text that grows": lambda _: "SELECT ?x { BIND(REPLACE(REPLACE(REPLACE(REPLACE('" + "a" * 1000 + "', 'a', '" + "b" * 1000 + "'), 'b', '" + "c" * 1000 + "'), 'c', '" + "d" * 100 + "'), 'd', 'eeeeeeeeee') AS ?x) }",
    "a regex without an end": lambda _: "SELECT * { ?s ?p ?o FILTER(REGEX('" + "a" * 5000 + "', '(a+)+$')) }",
    "a regex of counts": lambda _: "SELECT * { FILTER(REGEX('x', 'a{1000}{1000}{1000}')) }",
    "brackets": lambda _: "SELECT * { " + "{" * 20_000 + "}" * 20_000 + " }",
    "a filter of brackets": lambda _: "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
    "a filter of exclamation marks": lambda _: "SELECT * { FILTER(" + "!" * 20_000 + "1) }",
    "lists": lambda _: "SELECT * { ?s ?p " + "(" * 20_000 + ")" * 20_000 + " }",
    "blank nodes": lambda _: "SELECT * { ?s ?p " + "[ ?a " * 20_000 + "1" + "]" * 20_000 + " }",
    "quoted triples": lambda _: "SELECT * { " + "<<( ?a ?b " * 20_000 + "?c" + " )>>" * 20_000 + " ?p ?o }",
    "a path of brackets": lambda _: "SELECT * { ?s " + "(" * 20_000 + "<urn:p>" + ")" * 20_000 + " ?o }",
    "a hundred thousand values": lambda _: "SELECT * { VALUES ?x { " + "1 " * 100_000 + " } }",
    "a hundred thousand unions": lambda _: "SELECT * { {} " + "UNION {} " * 50_000 + "}",
    "a megabyte of comment": lambda _: "#" + "x" * 1_000_000 + "\nASK {}",
    "a lone quote": lambda _: "SELECT * { ?s ?p 'x }",
    "a quote that goes on": lambda _: "ASK { ?s ?p '" + "\\'" * 100_000,
    "three quotes that go on": lambda _: "ASK { ?s ?p '''" + "''x" * 100_000,
    "nothing": lambda _: "",
    "a comment": lambda _: "# x",
    "a nul": lambda _: "ASK {}\0",
    "a lone surrogate": lambda _: "SELECT ('\ud800' AS ?x) {}",
    "a day beyond all": lambda _: "SELECT (xsd:dateTime('999999999-12-31T00:00:00') + xsd:duration('P999999999Y') AS ?x) {}",
    "a number beyond all": lambda _: f"SELECT ({'9' * 5000} AS ?x) ((1/0) AS ?y) (1e999 AS ?z) {{}}",
    "a construct of everything": lambda _: "CONSTRUCT WHERE { ?s ?p ?o }",
    "a describe": lambda _: "DESCRIBE ?s { ?s ?p ?o }",
    "a base elsewhere": lambda _: "BASE <{canary}/> SELECT * { <x> ?p ?o }",
    "a prefix twice": lambda _: "PREFIX zl: <urn:a> PREFIX zl: <urn:b> ASK { zl:x ?p ?o }",
    "random rows": lambda _: "SELECT (UUID() AS ?u) (NOW() AS ?n) (RAND() AS ?r) { ?s ?p ?o }",
}  # fmt: skip
_WORDS = (
    "SELECT", "*", "?s", "?p", "?o", "{", "}", "WHERE", "FILTER", "(", ")", ".", ";", "OPTIONAL", "UNION", "GRAPH", "ASK",
    "zl:Issue", "a", "<urn:x>", "'x'", "1", "COUNT", "AS", "GROUP BY", "ORDER BY", "LIMIT 3", "BIND", "MINUS", "VALUES",
    "SERVICE <{canary}/>", "FROM <{canary}/>", "LOAD <{canary}/>", "INSERT", "DELETE", "\\u0053ERVICE", "#", "\n", "^", "/",
    "+", "*", "!", "EXISTS", "NOT EXISTS", "REGEX", "STR", "CONCAT", "xsd:date", "\"", "'''", "<<", ">>", "[", "]", "@zh", "^^",
)  # fmt: skip
_WHOLE = (
    "SELECT ?s ?o WHERE { ?s a zl:Issue ; zl:summary ?o } LIMIT 20",
    "SELECT ?status (COUNT(?c) AS ?n) WHERE { ?c a ?status } GROUP BY ?status ORDER BY DESC(?n)",
    "ASK { ?s zl:relatesTo id:d500235 }",
    "CONSTRUCT { ?s a zl:Issue } WHERE { ?s a zl:Issue . OPTIONAL { ?s zl:raisedIn ?i } FILTER(STRLEN(STR(?s)) > 3) }",
)
_REFUSED_WORDS = ("SERVICE", "LOAD ", "INSERT", "DROP", "CLEAR", "CREATE", "DELETE", "FROM")


class Sparql:
    """Queries of users."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = NASTIES

    def __init__(self, place: Path, canary: str) -> None:
        from reasoner.queries import sparql

        self.sparql, self.canary = sparql, canary
        self.place = Path(os.environ["ZELIAN_TORTURE_FOLDER"]) / "store"
        store = ox.Store(str(self.place))
        made = [
            ox.Quad(ox.NamedNode(f"https://w3id.org/zelian/id/x{i}"), ox.NamedNode(f"https://w3id.org/zelian/ns#p{i % 7}"),
                    ox.NamedNode(f"https://w3id.org/zelian/id/x{i * 7 % 500}"))
            for i in range(3000)
        ]  # fmt: skip
        store.bulk_extend(made)
        store.flush()
        del store
        self.known = {
            "zl": "https://w3id.org/zelian/ns#",
            "id": "https://w3id.org/zelian/id/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        }
        self.before = self.state()

    def state(self) -> str:
        """A hash of all that is in the store."""
        files = sorted(file for file in self.place.rglob("*") if file.suffix in (".sst", ".log"))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def nasty(self, name: str, folder: Path) -> Outcome:
        return self.tried(self.nasties[name](folder).replace("{canary}", self.canary))

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        if dice.random() < 0.5:
            query = dice.choice(_WHOLE)
            if dice.random() < 0.5:
                query = strings.spoiled(dice, query.encode()).decode("utf-8", "replace")
            else:
                words = query.split(" ")
                words[dice.randrange(len(words))] = dice.choice(_WORDS)
                query = " ".join(words)
        else:
            query = " ".join(dice.choice(_WORDS) for _ in range(dice.randrange(1, 25)))
        return self.tried(query.replace("{canary}", self.canary))

    def tried(self, query: str) -> Outcome:
        """Ask; nothing is changed, and the answer is no longer than allowed."""
        try:
            answer = self.sparql.ask(self.place, query, self.known, rows=_ROWS, seconds=_SECONDS)
        except self.sparql.QueryError as error:
            outcome = refused(error)
        else:
            if len(answer.rows) > _ROWS:
                raise Broken(f"{len(answer.rows)} rows")
            if answer.seconds > _LONGEST:
                raise Broken(f"a query of {answer.seconds:.0f} s")
            outcome = Outcome("accepted", f"{len(answer.rows)} rows, {answer.cut or 'whole'}")
        if self.state() != self.before:
            raise Broken("the store was changed")
        return outcome
