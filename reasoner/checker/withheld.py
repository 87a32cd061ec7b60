"""Redacted proofs: which conditions may be withheld at all, and what is opened of them.

A condition gives way to a commitment only where a withheld fact could matter: it rests on a predicate that
the file declares withheld, or it shares with such a condition a variable whose value is not shown. Everything
else has to be shown and is checked. An opening (salt and content) is accepted when its hash is a commitment
of the proof; what it opens is checked like the rest, as far as that goes without the withheld facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reasoner.checker.language import Atom, Count, Literal, Not, Rule, asked, variables

Node = dict[str, Any]
Found = tuple[str, str, str]
"""A fault: the step, and what is wrong with it, in zh and en."""


def commitment(salt: str, node: Node) -> str:
    """SHA-256 over the salt (hex, 32 bytes) and the content, as JSON with sorted keys and no spaces."""
    text = json.dumps(node, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def outer(literal: Literal, rule: Rule) -> set[str]:
    """The named variables of a condition; of a count, those that it shares with the rest of its rule."""
    match literal:
        case Not(atom):
            found = {*variables(atom)}
        case Count():
            shared = {var for atom in _atoms(rule) for var in variables(atom)} | {literal.bound}
            found = {*variables(literal)} & shared - {*literal.counted}
        case _:
            found = {*variables(literal)}
    return {var.name for var in found if not var.anonymous}


def _atoms(rule: Rule) -> Iterator[Atom]:
    yield rule.head
    yield from (literal for literal in rule.body if isinstance(literal, Atom))


def unfounded(document: Node, rules: Mapping[tuple[str, str], Rule], could: set[str]) -> Iterator[Found]:
    """Withheld conditions that no withheld fact could change; ``could``: the predicates that one could."""
    nodes = document["nodes"]
    for number, node in nodes.items():
        for way in (node, *node.get("also", ())):
            rule = rules.get((way["by"]["id"], way["rule"])) if "rule" in way else None
            hidden: dict[int, set[str]] = {}
            for place, premise in enumerate(way["premises"] if rule is not None else ()):
                if rule and place < len(rule.body) and nodes.get(str(premise), {}).get("kind") == "withheld":
                    hidden[place] = outer(rule.body[place], rule) - way["binding"].keys()
            reached = {place for place in hidden if rule and could.intersection(asked(rule.body[place]))}
            while more := {
                place
                for place, names in hidden.items()
                if place not in reached and any(names & hidden[other] for other in reached)
            }:
                reached |= more
            for place in sorted(hidden.keys() - reached):
                premise = way["premises"][place]
                yield (
                    number,
                    f"前提{premise}与隐去的事实无关，不得隐去",
                    f"premise {premise} may not be withheld: no withheld fact matters to it",
                )


def repeated(document: Node) -> Iterator[Found]:
    """Each commitment stands for one condition at one place, and for no other."""
    used, known = dict[str, int](), set[str]()
    for node in document["nodes"].values():
        for way in (node, *node.get("also", ())):
            for premise in way.get("premises", ()):
                used[str(premise)] = used.get(str(premise), 0) + 1
    for number in (document["root"], *document["beside"]):
        used[str(number)] = used.get(str(number), 0) + 2
    for number, node in document["nodes"].items():
        if node["kind"] == "withheld":
            if used.get(number) != 1 or node["commitment"] in known:
                yield number, "隐去的前提用了不止一处", "a withheld premise is used more than once"
            known.add(node["commitment"])


@dataclass(frozen=True)
class Opened:
    """A proof with the content of opened commitments in their places; a proof without any, as it is."""

    document: Node
    numbers: frozenset[str] = frozenset()
    """The nodes that were opened."""
    record: str = ""
    """The hash of all facts, the withheld ones included, if that is opened."""
    strange: frozenset[str] = frozenset()
    """The commitments among the openings that the proof does not have."""


def opened(document: Node, openings: Mapping[str, Node]) -> Opened:
    """Put the content of commitments, by commitment, in their places."""
    if "withheld" not in document:
        return Opened(document, strange=frozenset(openings))
    nodes = dict(document["nodes"])
    places = {node["commitment"]: [n] for n, node in nodes.items() if node["kind"] == "withheld"}
    fresh = max(map(int, nodes), default=0)
    waiting, done = list(places), set[str]()
    found: set[str] = set()

    def number_of(inner: str) -> int:
        nonlocal fresh
        if inner not in places:
            fresh += 1
            places[inner] = [str(fresh)]
            nodes[str(fresh)] = {"kind": "withheld", "commitment": inner}
            waiting.append(inner)
        return int(places[inner][0])

    while waiting:
        current = waiting.pop()
        content = openings.get(current)
        if content is None or content["kind"] == "record":
            continue
        done.add(current)
        ways = [
            {**way, "premises": [number_of(inner) for inner in way["premises"]]}
            for way in (content, *content.get("also", ()))
            if "premises" in way
        ]
        others = {"also": ways[1:]} if ways[1:] else {}
        for number in places[current]:
            nodes[number] = {**content, **(ways[0] if ways else {}), **others}
            found.add(number)
    whole = document["withheld"]["record"]
    record = openings.get(whole, {"kind": ""})
    known = record["kind"] == "record"
    strange = set(openings) - done - ({whole} if known else set())
    return Opened(
        {**document, "nodes": nodes}, frozenset(found), record["facts"] if known else "", frozenset(strange)
    )
