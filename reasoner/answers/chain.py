"""The chain of responsibility of one issue as a graph: what is recorded around it, and what follows.

A node is an entity; an edge carries every relation between two entities, each with its label and its
origin: the recorded statement (with its source) or the conclusion it follows from. The graph knows
nothing of what the relations mean: labels, names and classes come from the ontology and the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import networkx as nx

from reasoner.engine.evaluate import Ground
from reasoner.records.record import Statement

Words = Mapping[str, str]  # {"zh": …, "en": …}


class Drawn(Protocol):
    """What of a conclusion the graph shows."""

    @property
    def id(self) -> str:
        """Its identifier."""

    @property
    def atom(self) -> Ground:
        """The statement that was derived."""

    @property
    def subject(self) -> str:
        """What it is about: the issue, the inspection, a task."""

    @property
    def status_label(self) -> Words:
        """Its status in words."""

    @property
    def kind_label(self) -> Words:
        """The kind of responsibility in words; empty when it is not about one."""

    @property
    def bearers(self) -> tuple[dict[str, Any], ...]:
        """The bodies it speaks of; each has an ``id``."""

    @property
    def destinations(self) -> tuple[dict[str, Any], ...]:
        """The bodies something goes to; each has an ``id``."""


@dataclass(frozen=True)
class Glossary:
    """How things are called, and which belong into a chain.

    ``name`` of an entity, ``label`` of a predicate and its ``sentence`` with the blanks {0} and {1},
    ``classes`` of an entity with all their superclasses, ``member``: may an entity of these classes be
    in a chain?
    """

    name: Callable[[str], Words]
    label: Callable[[str], Words]
    sentence: Callable[[str], Words]
    classes: Callable[[str], frozenset[str]]
    member: Callable[[frozenset[str]], bool]


Reader = Callable[[str], Iterable[Statement]]


def chain(
    issue: str,
    said_of: Reader,
    naming: Reader,
    conclusions: Sequence[Drawn],
    glossary: Glossary,
    through: str,
) -> nx.DiGraph[str]:
    """Return the chain of an issue.

    ``said_of`` yields the recorded statements with a given entity as subject, ``naming`` those with it
    as object. Entities of the class ``through`` that name the issue (acts and findings about it) are
    looked through: what they name is in the chain as well. A conclusion links what it is about to its
    bearers and to the bodies that its own statement names. Node attributes: ``label`` ({zh, en}) and
    ``classes``; edge attribute: ``relations``, a list of {label, sentence, statement} or
    {label, conclusion}.
    """
    classes = cache(glossary.classes)
    ends = {follows.id: _named(follows) for follows in conclusions}
    first = [*_links(said_of(issue)), *_links(naming(issue))]
    looked_through = {end for end in _ends(first) - {issue} if through in classes(end)}
    around = first + [each for entity in sorted(looked_through) for each in _links(said_of(entity))]
    candidates = _ends(around).union(*ends.values()) - {issue}
    members = {issue} | {entity for entity in candidates if glossary.member(classes(entity))}
    rest = sorted(members - looked_through - {issue})
    around += [each for entity in rest for each in _links(said_of(entity))]

    graph: nx.DiGraph[str] = nx.DiGraph()
    for entity in sorted(members):
        graph.add_node(entity, label=dict(glossary.name(entity)), classes=classes(entity))
    for each in {each.id: each for each in around}.values():
        if {each.subject, str(each.object)} <= members:
            words = {
                "label": dict(glossary.label(each.predicate)),
                "sentence": dict(glossary.sentence(each.predicate)),
            }
            _relate(graph, each.subject, str(each.object), words | {"statement": each})
    for follows in conclusions:
        start = follows.subject if follows.subject in members else issue
        label = dict(follows.kind_label or follows.status_label)
        for unit in sorted(ends[follows.id] & members - {start}):
            _relate(graph, start, unit, {"label": label, "conclusion": follows})
    return graph


def _named(follows: Drawn) -> set[str]:
    """The bodies a conclusion speaks of: its bearers, and of the destinations those it states itself."""
    stated = set(map(str, follows.atom[1]))
    bearers = {body["id"] for body in follows.bearers}
    return bearers | {body["id"] for body in follows.destinations if body["id"] in stated}


def _links(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements that relate two entities."""
    return (each for each in statements if each.kind == "entity")


def _ends(statements: Iterable[Statement]) -> set[str]:
    return {end for each in statements for end in (each.subject, str(each.object))}


def _relate(graph: nx.DiGraph[str], source: str, target: str, relation: dict[str, Any]) -> None:
    if graph.has_edge(source, target):
        graph.edges[source, target]["relations"].append(relation)
    else:
        graph.add_edge(source, target, relations=[relation])
