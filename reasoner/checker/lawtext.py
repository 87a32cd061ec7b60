"""What a proof is held against, read from the ontology folder: rules, quotes, the articles, what terms are.

Nothing is taken over from the rest of the reasoner. Rules come from ``definitions.yaml``,
``procedures.yaml`` and each ``norms.yaml``; the axioms and what the ontology states of its own individuals
from the ``*.ttl``; the words of the articles from each ``text.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

from reasoner.checker.language import Atom, Ground, LanguageError, Rule, Var, parse

_TERM, _ENTITY = "https://w3id.org/zelian/ns#", "https://w3id.org/zelian/id/"
_OWL, _RDF = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_READ = re.compile(
    r"^(?!(README|VOCABULARY)\.md$|(cases|conditions|cues|inventory|properties|rows|untested)\.yaml$|.*\.case\.yaml$)"
    r".*\.(ttl|yaml|md|txt)$"
)
_MARKER = re.compile(r"<!-- (a\d+(?:\.p\d+(?:\.i\d+)?)?) -->")
_HEADING = re.compile(r"第\w+条 ")
_X, _Y, _Z = Var("X"), Var("Y"), Var("Z")


class LawError(ValueError):
    """The ontology folder cannot be read: what and where."""


@dataclass(eq=False)
class Law:
    """The rules and the text. ``folder`` is an ontology folder; raises LawError."""

    folder: Path
    digest: str = ""
    """SHA-256 over the files that rules, terms, parameters and articles are written in."""
    rules: dict[tuple[str, str], Rule] = field(default_factory=dict)
    """By the record that a rule is written in (``owl:…`` for an axiom) and its text."""
    quotes: dict[str, str] = field(default_factory=dict)
    """The quote of every norm."""
    norms: dict[str, str] = field(default_factory=dict)
    """Norms, procedures and steps by the constant that names them in rules."""
    places: dict[str, str] = field(default_factory=dict)
    """The words of every paragraph and item."""
    stated: set[Ground] = field(default_factory=set)
    """What the ontology says of its own individuals."""
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the places of a conclusion, or of a remark on one, stand for."""
    statuses: set[str] = field(default_factory=set)
    recordable: dict[str, int] = field(default_factory=dict)
    """Classes and properties: what can be on record, with the number of arguments."""
    parameters: dict[str, tuple[str, str | int]] = field(default_factory=dict)
    """The regulation's own parameters by kind: what each applies to, and its value."""

    def __post_init__(self) -> None:
        try:
            home = next(p for p in sorted((self.folder / "regulation").iterdir()) if p.is_dir())
            self._records(home)
            self._terms()
            for file in [home / "notice.md", *home.glob("art-*/text.md")]:
                self.places.update(_text(file.read_text("utf-8")))
        except (OSError, StopIteration, UnicodeDecodeError, yaml.YAMLError, SyntaxError) as error:
            raise LawError(f"规则无法读取 / the rules cannot be read: {self.folder}: {error}") from None
        except (KeyError, TypeError, AttributeError, LanguageError) as error:
            raise LawError(f"规则形式有误 / the rules are malformed: {self.folder}: {error}") from None

    def _records(self, home: Path) -> None:
        definitions, procedures = self.folder / "definitions.yaml", home / "procedures.yaml"
        norms = [*home.glob("notice.yaml"), *sorted(home.glob("art-*/norms.yaml"))]
        source = home / "source.yaml"
        self.digest = _digest(self.folder)
        for file in (definitions, *norms):
            for record in _yaml(file):
                self._add(record["id"], record.get("rule") or "")
                if "quote" in record:
                    self.quotes[record["id"]] = record["quote"]
                    self.norms[record["id"].replace(".", "_")] = record["id"]
        for step in _yaml(procedures) if procedures.exists() else ():
            name = _small(step["id"])
            self.norms[name] = step["id"]
            follows = "".join(
                f"precedes({_small(earlier['step'])},{name},{earlier['order']}) :- asOf(_).\n"
                for earlier in step.get("after") or ()
            )
            inside = f"stepIn({name},{_small(step['in'])}) :- asOf(_).\n" if "in" in step else ""
            self._add(step["id"], f"{step.get('rule') or ''}\n{inside}{follows}")
        for entry in _yaml(source).get("parameters") or ():
            self.parameters[entry["kind"]] = entry["applies_to"], entry["value"]

    def _add(self, owner: str, text: str) -> None:
        for rule in parse(text, owner):
            self.rules[owner, str(rule)] = rule

    def _terms(self) -> None:
        graph = pyoxigraph.Store()
        for file in sorted(self.folder.glob("*.ttl")):
            graph.load(path=file, format=pyoxigraph.RdfFormat.TURTLE)
        pairs = [
            (quad.subject.value, quad.predicate.value, quad.object)
            for quad in graph
            if isinstance(quad.subject, pyoxigraph.NamedNode)
        ]
        typed = {(s, o.value) for s, p, o in pairs if p == _RDF + "type"}
        own = {s for s, _ in typed if s.startswith(_TERM)}
        with_arguments = {s for s, p, _ in pairs if p == _TERM + "arguments"}
        under = {(s, o.value) for s, p, o in pairs if p == _RDFS + "subClassOf"}
        below = {_TERM + "Derived"}
        while more := {s for s, o in under if o in below} - below:
            below |= more
        classes = {s for s in own if (s, _OWL + "Class") in typed} - below - with_arguments
        properties = {
            s for s in own if {(s, _OWL + "ObjectProperty"), (s, _OWL + "DatatypeProperty")} & typed
        }
        self.recordable = {_name(s): 1 for s in classes} | {_name(s): 2 for s in properties}
        self.statuses = {_name(s) for s, o in typed if o == _TERM + "Status"}
        self.roles = {_name(s): tuple(o.value.split()) for s, p, o in pairs if p == _TERM + "roles"}
        for s, o in sorted(under):
            if s in classes and o in classes:
                self._axiom("subClassOf", Atom(_name(o), (_X,)), Atom(_name(s), (_X,)))
        for s, p, o in pairs:
            if s.startswith(_ENTITY) and p == _RDF + "type" and o.value.startswith(_TERM):
                self.stated.add((_name(o.value), (_local(s),)))
            elif s.startswith(_ENTITY) and p.startswith(_TERM) and str(o).startswith("<" + _ENTITY):
                self.stated.add((_name(p), (_local(s), _local(o.value))))
            elif s in properties and p == _RDFS + "subPropertyOf" and o.value in properties:
                self._axiom("subPropertyOf", Atom(_name(o.value), (_X, _Y)), Atom(_name(s), (_X, _Y)))
            elif s in properties and p == _OWL + "inverseOf":
                for one, other in ((s, o.value), (o.value, s)):
                    self._axiom("inverseOf", Atom(_name(one), (_X, _Y)), Atom(_name(other), (_Y, _X)))
            elif s in properties and p == _OWL + "propertyChainAxiom":
                one, other = (_name(item) for item in _list(graph, o))
                chain = Atom(one, (_X, _Y)), Atom(other, (_Y, _Z))
                self._axiom("propertyChainAxiom", Atom(_name(s), (_X, _Z)), *chain)
        for s, kind in typed:
            name = _name(s)
            if s in own and kind == _OWL + "TransitiveProperty":
                steps = Atom(name, (_X, _Y)), Atom(name, (_Y, _Z))
                self._axiom("TransitiveProperty", Atom(name, (_X, _Z)), *steps)
            elif s in own and kind == _OWL + "SymmetricProperty":
                self._axiom("SymmetricProperty", Atom(name, (_X, _Y)), Atom(name, (_Y, _X)))

    def _axiom(self, kind: str, head: Atom, *body: Atom) -> None:
        rule = Rule(f"owl:{kind}", head, body)
        self.rules[rule.owner, str(rule)] = rule

    def place_of(self, norm: str) -> str:
        """The paragraph or item of a norm: ``a36.p3.s2`` → ``a36.p3``."""
        return re.sub(r"\.[sn]\d+$", "", norm)

    def citation(self, norm: str) -> dict[str, Any]:
        """Where the quote of a norm stands: place, first and last character, SHA-256 of the place's text.

        Raises LookupError when the words do not stand there.
        """
        place, quote = self.place_of(norm), self.quotes[norm]
        text = self.places.get(place, "")
        start = text.find(quote)
        if start < 0:
            raise LookupError(place)
        hashed = sha256(text.encode()).hexdigest()
        return {"id": place, "quote": quote, "start": start, "end": start + len(quote), "sha256": hashed}


class _Loader(yaml.CSafeLoader):
    """``on``, ``yes`` and their like are words, as everywhere in the ontology."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _yaml(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), _Loader)


def _digest(folder: Path) -> str:
    """Every file that is read, after its path and length; not the cases, nor the account of the text."""
    read = {
        file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if _READ.search(file.name)
    }
    found = sha256()
    for name in sorted(read):
        content = read[name].read_bytes()
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def _local(iri: str) -> str:
    return re.split("[#/]", iri)[-1]


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _name(iri: str) -> str:
    """How rules call a term: ``…#RoutineInspection`` → ``routineInspection``."""
    return _small(_local(iri))


def _list(graph: pyoxigraph.Store, node: Any) -> Iterator[str]:
    while node.value != _RDF + "nil":
        here = {quad.predicate.value: quad.object for quad in graph.quads_for_pattern(node, None, None)}
        yield _value(here[_RDF + "first"])
        node = here[_RDF + "rest"]


def _value(node: Any) -> str:
    return str(node.value)


def _text(content: str) -> Iterator[tuple[str, str]]:
    """The line of text under each marker, without the heading of the article."""
    marker = ""
    for line in content.split("\n"):
        if found := _MARKER.fullmatch(line):
            marker = found[1]
        elif marker and line:
            yield marker, _HEADING.sub("", line, count=1) if marker.endswith(".p1") else line
            marker = ""
