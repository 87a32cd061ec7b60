"""How a document is silent on what is secret, though whoever makes it may see it and the rules used it.

What is secret is found as for a reader who may not see it (``access.secrets``). Such a field is left out
where it would be stated; the entry is called by its class, since its name may tell the field; and in a proof
every step is left out that says the field, or that says its value without another ground. What follows from
the record stays the same: restricting changes what is said, never what is concluded.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from reasoner.access import secrets
from reasoner.engine.proof import Node
from reasoner.pipeline import Ontology, World, access_of
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Text

_KIND = "Kind"
_TESTS = frozenset({"absent", "comparison", "count"})  # they find nothing by themselves
_WORD = re.compile(r"\w+")
_NAMELESS: Text = {"zh": "有关事项", "en": "a matter on record"}


@dataclass(frozen=True)
class Restriction:
    """The restricted fields by entity (None: all of its fields), and what it is called instead."""

    fields: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    names: Mapping[str, Text] = field(default_factory=dict)

    def hides(self, entity: str, predicate: str) -> bool:
        """Whether this property of this entity is restricted."""
        hidden = self.fields.get(entity, frozenset())
        return hidden is None or predicate in hidden


def restriction(world: World) -> Restriction:
    """What is restricted among all that a world holds. Raises norms.NormError when the file is malformed."""
    known = access_of(world.rules)
    stated = _Stated(world)
    found = secrets.said(
        known.classes.values(),
        stated,
        lambda entity: any(entity in stated.members(name) for name in known.lasting),
    )
    return Restriction(found.fields, {entity: _class_label(world, entity) for entity in found.fields})


class _Stated:
    """What a world holds, as ``access.secrets`` asks for it."""

    def __init__(self, world: World) -> None:
        self._model = world.model
        self._members: dict[str, frozenset[str]] = {}

    def members(self, of: str) -> frozenset[str]:
        """The members of a class."""
        if of not in self._members:
            self._members[of] = frozenset(str(row[0]) for row in self._model.rows(of))
        return self._members[of]

    def values(self, entry: str, predicate: str) -> Iterable[str]:
        """What a property of an entry names."""
        return [str(row[1]) for row in self._model.match(predicate, (entry, None))]


def _class_label(world: World, entity: str) -> Text:
    """What an entity is, in place of its name; without a number, which would tell how many there are."""
    vocabulary, given = world.rules.vocabulary, world.model.given
    own = next((name for name in vocabulary.class_names if (name, (entity,)) in given), None)
    return dict(_NAMELESS if own is None else vocabulary.predicates[own].label)


def spoken_without(world: World, hidden: Restriction) -> World:
    """The same world, with restricted entities called by their class; the given one is not changed."""
    if not hidden.names:
        return world
    other = copy.copy(world)
    other.speaker = copy.copy(world.speaker)
    # names on record are of one language; what is called otherwise in each is put where those are kept
    known = {name: called for name, called in world.speaker.names.items() if name not in hidden.names}
    other.speaker.names, other.speaker._said = known, {}
    other.speaker._names = {
        (name, language): text for name, called in hidden.names.items() for language, text in called.items()
    }
    for made in ("_all", "_by_id", "prover"):  # they speak with the old names
        other.__dict__.pop(made, None)
    return other


@cache
def names_without_reference(rules: Ontology) -> frozenset[str]:
    """The norms and the kinds of the ontology: what they are said of is not thereby connected."""
    vocabulary = rules.vocabulary
    kinds = (
        one.name
        for one in vocabulary.individuals.values()
        if any(_KIND in vocabulary.ancestors(name) for name in one.classes)
    )
    return frozenset((*rules.book.by_constant, *kinds))


class Sieve:
    """Takes out of the proofs of one world what would tell a restricted field.

    A step goes when it states the field, or when its own statement names the field's value and nothing else
    that it rests on leads to that value. ``common`` are names that lead nowhere: norms, kinds, states.
    """

    def __init__(self, hidden: Restriction, common: Container[Value] = ()) -> None:
        self.hidden, self.common = hidden, common
        self._known: dict[tuple[Any, ...], tuple[bool, frozenset[Value]]] = {}

    def sifted(self, node: Node) -> Node | None:
        """The tree without the steps that tell a restricted field; None when its root would."""
        if not self.hidden.fields:
            return node
        return self._sifted(node)[0]

    def _sifted(self, node: Node) -> tuple[Node | None, frozenset[Value]]:
        """The node, or None with the values that it would tell."""
        said = node.get("statement", {})
        arguments = tuple(said.get("arguments", ()))
        key = (said.get("predicate"), arguments)
        if node.get("same_as") and key in self._known:
            shown, told = self._known[key]
            return (node if shown else None), told
        if len(arguments) == 2 and self.hidden.hides(str(arguments[0]), str(said.get("predicate"))):
            self._known[key] = False, frozenset(arguments[1:])
            return None, frozenset(arguments[1:])
        if not node.get("premises") and not node.get("also"):
            return node, frozenset()
        ways = [self._way(way, arguments) for way in (node, *node.get("also", ()))]
        kept = [way for way, told in ways if not told]
        told = frozenset(value for _, values in ways for value in values)
        if not kept:  # every way in which it follows leads through the field
            self._known[key] = False, told
            return None, told
        first, *others = kept
        found = {k: v for k, v in node.items() if k not in ("also", "premises", "by", "rule")}
        found |= first
        if others:
            found["also"] = others
        self._known[key] = True, frozenset()
        return found, frozenset()

    def _way(self, way: Node, head: tuple[Value, ...]) -> tuple[Node, frozenset[Value]]:
        """One way in which something follows, without what tells; and what the head would tell by it."""
        premises = [self._sifted(premise) for premise in way.get("premises", ())]
        kept = [node for node, _ in premises if node is not None]
        told = {value for node, values in premises if node is None for value in values}
        if told:
            # what the rule itself names, and what other premises lead to, is no secret of the field
            told -= set(_WORD.findall(str(way.get("rule", ""))))
            grounds = [node for node in kept if node["kind"] not in _TESTS]
            told -= self._reached(grounds, {*head} - told)
            kept = [node for node in kept if not told & _named(node)]
        own: Node = {k: way[k] for k in ("by", "rule") if k in way}
        return {**own, "premises": kept}, frozenset(told & {*head})

    def _reached(self, premises: list[Node], start: set[Value]) -> set[Value]:
        """The values that some premises lead to from others, premise by premise."""
        links = list(map(_named, premises))
        reached = {value for value in start if self._leads(value)}
        grown = True
        while grown:
            more = {value for link in links if link & reached for value in link} - reached
            more = {value for value in more if self._leads(value)}
            grown = bool(more)
            reached |= more
        return reached

    def _leads(self, value: Value) -> bool:
        return not isinstance(value, int) and value not in self.common


def _named(node: Node) -> set[Value]:
    """What the statement of a node names."""
    said = node.get("statement", {})
    return {value for value in (*said.get("arguments", ()), said.get("left"), said.get("right")) if value}
