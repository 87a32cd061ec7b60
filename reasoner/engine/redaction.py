"""Proofs for readers who may not see everything: what is withheld is replaced by a salted commitment.

Whoever redacts names predicates (with all that entails them) or decides atom by atom. Of a proof is then
shown what does not rest on a withheld fact, and of the rest the bare skeleton: a condition that rests on one
gives way to SHA-256 over a salt and what stood there, and so does every other condition of the same use of a
rule that shares with it a variable which the conclusion of the rule does not name – its value would tell.
Absences and counts that a withheld fact could change are withheld as well. Where a step follows in several
ways, those that rest on nothing withheld are shown, else one, chosen by what is shown of it. So two proofs
that differ only in what is withheld differ only in commitments. What a redacted proof does say: its
conclusion, the facts not withheld, which rules were used, and which of their conditions are withheld.

Each commitment is used once, so that two withheld conditions cannot be seen to be the same. The openings
(``zelian-openings/1``) stay with the holder of the full proof. A withheld step commits to what it rests on in
turn, so that it can be opened as deep as one wants, and no deeper.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import networkx as nx

from reasoner.engine.evaluate import Ground
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Var, dependency_graph, parse

FORMAT, OPENINGS = "zelian-redacted-proof/1", "zelian-openings/1"
UNHIDEABLE = frozenset({"parameterKind", "ruleValue", "asOf"})
"""What says by which rules the calendar counts: without it no period could be checked."""
Node = dict[str, Any]


class RedactionError(ValueError):
    """What cannot be withheld, and why: ``zh / en``."""


@dataclass(frozen=True)
class Withheld:
    """What a reader may not see: facts of these predicates, all of them or those that ``hides`` names."""

    predicates: frozenset[str]
    hides: Callable[[Ground], bool] = field(default=lambda _: True)

    def __post_init__(self) -> None:
        if found := sorted(self.predicates & UNHIDEABLE):
            raise RedactionError(f"计算期限所需，不能隐去：{found[0]} / periods rest on it: {found[0]}")

    def __contains__(self, atom: Ground) -> bool:
        return atom[0] in self.predicates and self.hides(atom)


def entailing(names: Iterable[str], rules: Iterable[Rule]) -> frozenset[str]:
    """The predicates and all whose facts alone entail one of them: subclasses, subproperties, inverses."""
    found = set(names)
    axioms = [(r.head.predicate, next(r.positive()).predicate) for r in rules if _is_renaming(r)]
    while more := {below for above, below in axioms if above in found} - found:
        found |= more
    return frozenset(found)


def _is_renaming(rule: Rule) -> bool:
    return rule.owner.startswith("owl:") and len(rule.body) == 1


class Redactor:
    """Redacts checkable proofs (``checkable.Certifier``) made under some rules."""

    def __init__(self, rules: Iterable[Rule], withheld: Withheld) -> None:
        self.withheld = withheld
        graph = dependency_graph(rules)
        roots = [name for name in withheld.predicates if name in graph]
        self.open = withheld.predicates.union(*(nx.descendants(graph, name) for name in roots))
        """Predicates whose rows a withheld fact could change."""
        self._rules: dict[str, Rule] = {}

    def rule(self, text: str) -> Rule:
        """The rule that a step names."""
        if text not in self._rules:
            self._rules[text] = parse(text, "proof")[0]
        return self._rules[text]

    def redact(self, proof: Node) -> tuple[Node, Node]:
        """The redacted proof and the openings of its commitments.

        Raises RedactionError when the conclusion names what only withheld facts speak of.
        """
        return _Redaction(self, proof).documents()


class _Redaction:
    """One proof on its way: its nodes by number, which of them rest on what is withheld."""

    def __init__(self, redactor: Redactor, proof: Node) -> None:
        self.redactor, self.proof = redactor, proof
        self.old: dict[int, Node] = {int(number): node for number, node in proof["nodes"].items()}
        self.nodes: dict[int, Node] = {}
        self.openings: list[Node] = []
        self._numbers: dict[int, int] = {}
        self._waiting: list[int] = []
        self._inner: dict[int, str] = {}

    def documents(self) -> tuple[Node, Node]:
        proof, withheld = self.proof, self.redactor.withheld
        recorded = [entry for entry in proof["facts"]["recorded"] if _atom(entry) not in withheld]
        self._check_conclusion(recorded)
        root = self._number(proof["root"])
        beside = [
            self._number(number)
            for number in sorted(proof["beside"], key=lambda n: _canonical(self.old[n]["statement"]))
            if number not in self.resting
        ]
        while self._waiting:
            number = self._waiting.pop()
            self.nodes[self._numbers[number]] = self._shown(number)
        record = {"kind": "record", "facts": proof["facts"]["sha256"], "data_version": proof["data_version"]}
        parameters = proof["facts"]["parameters"]
        content = [proof["as_of"], None, parameters, recorded]
        redacted = {
            "format": FORMAT,
            **{key: proof[key] for key in ("as_of", "rule_version", "conclusion")},
            "root": root,
            "beside": beside,
            "nodes": {str(number): self.nodes[number] for number in sorted(self.nodes)},
            "facts": {
                "sha256": sha256(_canonical(content)).hexdigest(),
                "parameters": parameters,
                "recorded": recorded,
            },
            "withheld": {"predicates": sorted(withheld.predicates), "record": self._commitment(record)},
        }
        return redacted, {"format": OPENINGS, "openings": self.openings}

    def _check_conclusion(self, shown: list[Node]) -> None:
        """A name that only withheld facts speak of cannot stand in the conclusion."""
        statement = _atom(self.old[self.proof["root"]]["statement"])
        known = {value for entry in shown for value in entry["arguments"]}
        hidden = {
            value
            for entry in self.proof["facts"]["recorded"]
            if _atom(entry) in self.redactor.withheld
            for value in entry["arguments"]
        }
        for value in statement[1]:
            if value in hidden - known and value not in self._of_the_law:
                raise RedactionError(
                    f"结论本身写明了要隐去的内容：{value} "
                    f"/ the conclusion itself names what is to be withheld: {value}"
                )

    @cached_property
    def _of_the_law(self) -> set[Any]:
        """Constants of the rules of this proof: they are in no record."""
        rules = [self.redactor.rule(way["rule"]) for node in self.old.values() for way in _ways(node)]
        return {arg for rule in rules for arg in rule.head.args if not isinstance(arg, Var)}

    @cached_property
    def resting(self) -> set[int]:
        """Nodes that would not stand without a withheld fact, or without the absence of one."""
        found: set[int] = set()
        for number in self._from_below:
            node = self.old[number]
            match node["kind"]:
                case "fact":
                    rests = _atom(node["statement"]) in self.redactor.withheld
                case "absent":
                    rests = node["statement"]["predicate"] in self.redactor.open
                case "count":
                    rests = number in self._open_counts
                case "step" | "conclusion":
                    rests = not any(found.isdisjoint(way["premises"]) for way in _ways(node))
                case _:
                    rests = False
            if rests:
                found.add(number)
        return found

    @cached_property
    def _open_counts(self) -> set[int]:
        """The counts that a withheld fact could change, by the rules that count."""
        return {
            number
            for node in self.old.values()
            for way in _ways(node)
            for literal, number in zip(self.redactor.rule(way["rule"]).body, way["premises"], strict=True)
            if isinstance(literal, Count)
            and any(atom.predicate in self.redactor.open for atom in literal.atoms)
        }

    @cached_property
    def _graph(self) -> nx.DiGraph[int]:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(self.old)
        for number, node in self.old.items():
            graph.add_edges_from((premise, number) for way in _ways(node) for premise in way["premises"])
        return graph

    @cached_property
    def _from_below(self) -> list[int]:
        """Every node after all that it rests on."""
        return list(nx.topological_sort(self._graph))

    # -- what is shown -----------------------------------------------------------------------------

    def _number(self, old: int) -> int:
        if old not in self._numbers:
            self._numbers[old] = number = len(self.nodes) + 1
            self.nodes[number] = {}
            self._waiting.append(old)
        return self._numbers[old]

    def _shown(self, number: int) -> Node:
        node = self.old[number]
        if not (ways := list(_ways(node))):
            return node
        told = sorted((self._skeleton(way) for way in ways), key=lambda found: found[0])
        free = [found for found in told if self.resting.isdisjoint(found[1]["premises"])]
        # of ways that all rest on what is withheld one, and which does not depend on what is withheld
        shown = [self._bared(*found[1:]) for found in free or told[:1]]
        others = {"also": shown[1:]} if shown[1:] else {}
        return {"kind": node["kind"], "statement": node["statement"], **shown[0], **others}

    def _skeleton(self, way: Node) -> tuple[str, Node, list[bool], dict[str, Any]]:
        """What of a use of a rule can be shown, as text to compare; which conditions cannot; the values."""
        rule = self.redactor.rule(way["rule"])
        secret, silent = self._secret(rule, way["premises"])
        binding = {name: value for name, value in way["binding"].items() if name not in silent}
        told = [
            None if hidden else self.old[premise]["statement"]
            for hidden, premise in zip(secret, way["premises"], strict=True)
        ]
        return _canonical([way["rule"], binding, told]).decode(), way, secret, binding

    def _secret(self, rule: Rule, premises: list[int]) -> tuple[list[bool], set[str]]:
        """For each condition of a rule whether it is withheld, and the variables whose values are."""
        named = {var.name for var in rule.head.variables()}
        free = [{name for name in _outer(literal, rule) if name not in named} for literal in rule.body]
        secret = [
            number in self.resting
            and (self.old[number]["kind"] != "step" or bool(names) or _has_blank(literal))
            for literal, names, number in zip(rule.body, free, premises, strict=True)
        ]
        silent: set[str] = set()
        while (
            more := {
                name
                for hidden, names in zip(secret, free, strict=True)
                if hidden or not silent.isdisjoint(names)
                for name in names
            }
            - silent
        ):
            silent |= more
        return [
            hidden or not silent.isdisjoint(names) for hidden, names in zip(secret, free, strict=True)
        ], silent

    def _bared(self, way: Node, secret: list[bool], binding: dict[str, Any]) -> Node:
        premises = []
        for hidden, premise in zip(secret, way["premises"], strict=True):
            if hidden:
                number = len(self.nodes) + 1
                self.nodes[number] = {
                    "kind": "withheld",
                    "commitment": self._commitment(self._content(premise)),
                }
                premises.append(number)
            else:
                premises.append(self._number(premise))
        return {"rule": way["rule"], "by": way["by"], "binding": binding, "premises": premises}

    # -- what is withheld --------------------------------------------------------------------------

    def _content(self, number: int) -> Node:
        """A node as a commitment holds it: what it rests on stands there as commitments."""
        needed = nx.ancestors(self._graph, number) - self._inner.keys()
        for below in self._from_below if needed else ():
            if below in needed:
                self._inner[below] = self._commitment(self._sealed(below))
        return self._sealed(number)

    def _sealed(self, number: int) -> Node:
        node = self.old[number]
        if not (ways := list(_ways(node))):
            return node
        sealed = [{**way, "premises": [self._inner[n] for n in way["premises"]]} for way in ways]
        others = {"also": sealed[1:]} if sealed[1:] else {}
        return {"kind": "step", "statement": node["statement"], **sealed[0], **others}

    def _commitment(self, node: Node) -> str:
        salt = secrets.token_bytes(32)
        self.openings.append({"salt": salt.hex(), "node": node})
        return sha256(salt + _canonical(node)).hexdigest()


def _ways(node: Node) -> Iterator[Node]:
    if "premises" in node:
        yield {key: node[key] for key in ("rule", "by", "binding", "premises")}
        yield from node.get("also", ())


def _outer(literal: Literal, rule: Rule) -> set[str]:
    """The named variables that a condition shares, or could share, with others."""
    match literal:
        case Atom():
            found = set(literal.variables())
        case Not(atom):
            found = set(atom.variables())
        case Comparison(left, _, right):
            found = {term for term in (left, right) if isinstance(term, Var)}
        case Count(counted, atoms, _, bound):
            outside = {var for atom in (rule.head, *rule.positive()) for var in atom.variables()}
            inside = {var for atom in atoms for var in atom.variables()} & outside - set(counted)
            found = inside | ({bound} if isinstance(bound, Var) else set())
    return {var.name for var in found if not var.anonymous}


def _has_blank(literal: Literal) -> bool:
    return isinstance(literal, Atom) and any(var.anonymous for var in literal.variables())


def _atom(entry: Node) -> Ground:
    return entry["predicate"], tuple(entry["arguments"])


def _canonical(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
