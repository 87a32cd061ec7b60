"""Proofs for a machine that trusts nobody: ``zelian-proof/1`` with all that ``reasoner.checker`` asks for.

The nodes of a proof without its sentences, each once and referred to by number; every rule with what its
variables stand for, every step from class to superclass written out, the members of what is counted, the
facts that the rules were applied to, and hashes of the rules, the facts and the quoted text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from hashlib import sha256
from typing import Any

from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Derivation, Ground, Model, counted
from reasoner.engine.facts import Facts
from reasoner.engine.levels import Levels
from reasoner.engine.proof import FORMAT
from reasoner.rulebook.norms import LawBook, Record
from reasoner.rulebook.rules import Comparison, Count, Literal, Not, Var

Node = dict[str, Any]
_MADE = ("parameter", "as_of", "calendar", "ontology")
"""What the sources of facts name that are on no record: whoever checks a proof makes them anew."""


class Certifier:
    """Writes checkable proofs of the conclusions of one world; its facts are written once for all of them."""

    def __init__(
        self,
        model: Model,
        facts: Facts,
        book: LawBook,
        sources: Callable[[Iterable[int]], dict[int, dict[str, Any]]],
        recursive: frozenset[str],
        as_of: str,
        data_version: dict[str, Any],
    ) -> None:
        self.model, self.facts, self.book, self._sources = model, facts, book, sources
        self.levels, self.as_of, self.data_version = Levels(model, recursive), as_of, data_version

    @cached_property
    def given(self) -> dict[str, Any]:
        """The parameters of the regulation that the world knows and its recorded facts, with their hash."""
        known = self._sources(i for own in self.facts.origins.values() for i in own)
        parameters = sorted(str(entry["kind"]) for entry in self.book.parameters)
        recorded = []
        for atom in self.facts.atoms:
            statements, outside = self.facts.origins.get(atom, ()), self.facts.outside.get(atom, {})
            if statements or not outside.keys() & set(_MADE):
                sources = [known[i] for i in statements if i in known] + ([outside] if outside else [])
                recorded.append({**_statement(atom), "sources": sources})
        content = [self.as_of, self.data_version, parameters, recorded]
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return {
            "sha256": sha256(text.encode()).hexdigest(),
            "parameters": parameters,
            "recorded": recorded,
        }

    @cached_property
    def _entries(self) -> dict[Ground, Node]:
        return {(e["predicate"], tuple(e["arguments"])): e for e in self.given["recorded"]}

    def write(self, conclusion: Conclusion) -> dict[str, Any]:
        """The proof of a conclusion as JSON-ready data; of a model that keeps its derivations."""
        record = self.book.owners[conclusion.norm]
        writing = _Writing(self)
        root = writing.number(conclusion.atom)
        beside = [writing.number(atom) for atom in conclusion.beside]
        writing.finish()
        writing.nodes[root]["kind"] = "conclusion"
        return {
            "format": FORMAT,
            "as_of": self.as_of,
            "data_version": self.data_version,
            "rule_version": self.book.digest,
            "conclusion": {
                "id": conclusion.id,
                "norm": conclusion.norm,
                "status": conclusion.status,
                "subject": conclusion.subject,
                "citation": self.citation(record),
            },
            "root": root,
            "beside": beside,
            "nodes": {str(number): writing.nodes[number] for number in sorted(writing.nodes)},
            "facts": self.given,
        }

    def citation(self, record: Record) -> Node:
        """Where the quote of a norm stands: place, first and last character, SHA-256 of the place's text."""
        if not record.quote:
            return {}
        start, end = self.book.regulation.quote_span(record.place, record.quote)
        text = self.book.regulation.text_of(record.place)
        hashed = sha256(text.encode()).hexdigest()
        return {"id": record.place, "quote": record.quote, "start": start, "end": end, "sha256": hashed}

    def leaf(self, atom: Ground) -> Node:
        """A fact, by where it comes from."""
        node: Node = {"kind": "fact", "statement": _statement(atom)}
        if (entry := self._entries.get(atom)) is not None:
            return {**node, "sources": entry["sources"]}
        node["kind"] = next(kind for kind in _MADE if kind in self.facts.outside[atom])
        if node["kind"] == "calendar":
            node["counting"] = self.facts.counting
        return node


class _Writing:
    """The nodes of one proof, numbered as they are come upon."""

    def __init__(self, certifier: Certifier) -> None:
        self.certifier, self.model = certifier, certifier.model
        self.nodes: dict[int, Node] = {}
        self._numbers: dict[Ground, int] = {}
        self._tests: dict[str, int] = {}
        self._waiting: list[Ground] = []

    def number(self, atom: Ground) -> int:
        """The number of the node that shows an atom."""
        if atom not in self._numbers:
            self._numbers[atom] = number = len(self.nodes) + 1
            self.nodes[number] = {}
            self._waiting.append(atom)
        return self._numbers[atom]

    def finish(self) -> None:
        """Write every node that some other refers to."""
        while self._waiting:
            atom = self._waiting.pop()
            self.nodes[self._numbers[atom]] |= self._node(atom)

    def _node(self, atom: Ground) -> Node:
        if atom in self.model.given:
            return self.certifier.leaf(atom)
        first, *others = map(self._way, self.certifier.levels.ways(atom))
        node: Node = {"kind": "step", "statement": _statement(atom), **first}
        return {**node, "also": others} if others else node

    def _way(self, derivation: Derivation) -> Node:
        rule, binding = derivation.rule, derivation.binding
        premises = [
            self.number(ground) if ground is not None else self._test(literal, derivation)
            for literal, ground in derivation.premises()
        ]
        record = self.certifier.book.owners.get(rule.owner)
        by: Node = {"id": rule.owner}
        if record is not None and record.quote:
            by["citation"] = self.certifier.citation(record)
        named = {name: value for name, value in binding.items() if not Var(name).anonymous}
        return {"rule": str(rule), "by": by, "binding": named, "premises": premises}

    def _test(self, literal: Literal, derivation: Derivation) -> int:
        match literal:
            case Not(atom):
                args = [None if isinstance(arg, Var) else arg for arg in atom.args]
                node: Node = {
                    "kind": "absent",
                    "statement": {"predicate": atom.predicate, "arguments": args},
                }
            case Comparison(left, op, right):
                node = {"kind": "comparison", "statement": {"left": left, "op": op, "right": right}}
            case Count():
                rows = counted(literal, derivation.binding, self.model)
                members = sorted(map(list, rows), key=str)
                node = {"kind": "count", "statement": {"text": str(literal)}, "members": members}
            case _:
                raise TypeError(literal)
        text = json.dumps(node, sort_keys=True)
        if text not in self._tests:
            self._tests[text] = number = len(self.nodes) + 1
            self.nodes[number] = node
        return self._tests[text]


def _statement(atom: Ground) -> Node:
    return {"predicate": atom[0], "arguments": list(atom[1])}
