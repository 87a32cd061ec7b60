"""Proofs: why a conclusion follows, down to the words of the law and the facts with their source.

``zelian-proof/1`` is a JSON tree. A node has a ``kind`` and a ``sentence``; a derived one has a ``number``,
``by`` (the record whose rule was used, with citation, quote and reading), ``premises`` and, for every further
way in which it follows, ``also``. Leaves are facts with sources, what was looked for and not found,
comparisons and calendar steps.

Nothing is left out, and nothing said twice. A node that was given before is ``folded``: it says what it says,
and ``same_as`` is the number of the node that shows why. A node is ``standing`` when it holds whatever is
recorded (the ontology, the parameters of the regulation and the as-of date suffice), so that whoever shows a
proof may set it apart. ``shared`` turns the tree into a list of nodes that refer to each other by number,
each once and complete.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion, citation
from reasoner.engine.evaluate import Derivation, Ground, Model, counted
from reasoner.engine.facts import AS_OF, Facts
from reasoner.engine.levels import Levels
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Var
from reasoner.rulebook.sentences import Speaker

FORMAT = "zelian-proof/1"
Node = dict[str, Any]
STANDING = frozenset({"ontology", "parameter", "as_of"})
"""What the source of a fact names when it is stated apart from any record."""
_FEW = 2_000


@dataclass(frozen=True)
class Proof:
    """A conclusion and its tree, with the as-of date and the versions of data and rules it holds for."""

    conclusion: Conclusion
    tree: Node
    as_of: str
    data_version: dict[str, Any]
    rule_version: str
    beside: tuple[Node, ...] = ()
    """The trees of what stands beside the conclusion: remarks, candidates, other readings."""

    def to_dict(self) -> dict[str, Any]:
        """The proof in the format ``zelian-proof/1``."""
        return {
            "format": FORMAT,
            "as_of": self.as_of,
            "data_version": self.data_version,
            "rule_version": self.rule_version,
            "conclusion": self.conclusion.to_dict(),
            "proof": self.tree,
            "beside": list(self.beside),
        }

    def to_shared(self) -> dict[str, Any]:
        """The same proof with ``root`` and ``nodes`` (by number) in place of ``proof``."""
        root, nodes = shared(self.tree)
        whole = {key: value for key, value in self.to_dict().items() if key != "proof"}
        return {**whole, "root": root, "nodes": nodes}


class Prover:
    """Builds proof trees from the derivations of a model; what is the same in several trees is made once."""

    def __init__(
        self,
        model: Model,
        facts: Facts,
        book: LawBook,
        speaker: Speaker,
        sources: Callable[[Iterable[int]], dict[int, dict[str, Any]]],
        recursive: frozenset[str],
    ) -> None:
        self.model, self.facts, self.book, self.speaker, self._sources = model, facts, book, speaker, sources
        self._levels = Levels(model, recursive)
        self._known: dict[int, dict[str, Any]] = {}
        self._all_known = False
        self._rules: dict[int, Node] = {}
        self._standing: dict[Ground, bool] = {}

    def tree(self, atom: Ground) -> Node:
        """The proof of an atom. Raises KeyError when it does not hold."""
        if not self.model.holds(atom):
            raise KeyError(atom)
        self._shown: dict[Ground, int] = {}
        if not self._all_known:
            few = len(self.facts.origins) <= _FEW  # a case: all its sources at once, for all its proofs
            ids = (i for own in self.facts.origins.values() for i in own) if few else self._statements(atom)
            if wanted := set(ids) - self._known.keys():
                self._known |= self._sources(wanted)
            self._all_known = few
        return self._node(atom, "conclusion")

    def _statements(self, atom: Ground) -> list[int]:
        """Ids of all recorded statements the proof may rest on (fetched at once)."""
        seen, waiting, ids = {atom}, [atom], list[int]()
        while waiting:
            current = waiting.pop()
            ids += self.facts.origins.get(current, ())
            for derivation in self.model.derivations.get(current, ()):
                for support in derivation.supports():
                    if support not in seen:
                        seen.add(support)
                        waiting.append(support)
        return ids

    def standing(self, atom: Ground) -> bool:
        """Whether an atom holds whatever is recorded: by the ontology, the parameters, the day of asking."""
        known = self._standing.get(atom)
        if known is None:
            self._standing[atom] = False  # what rests on itself does not stand by itself
            known = self._standing[atom] = self._stands(atom)
        return known

    def _stands(self, atom: Ground) -> bool:
        if atom in self.model.given:
            source = self.facts.outside.get(atom, {})
            return not self.facts.origins.get(atom) and bool(source.keys() & STANDING)
        return any(
            all(isinstance(literal, Atom | Comparison) for literal in derivation.rule.body)
            and all(self.standing(support) for support in derivation.supports())
            for derivation in self.model.derivations.get(atom, ())
        )

    def _node(self, atom: Ground, kind: str = "step") -> Node:
        if atom in self.model.given:
            return self._fact(atom)
        usable = self._levels.ways(atom)
        plain = next((d for d in usable if d.rule.owner.startswith("owl:")), None)
        if plain is not None and kind != "conclusion":
            # that a progress report is a report is no step a reader needs: show the fact it rests on
            supports = list(plain.supports())
            if len(supports) == 1:
                return self._node(supports[0])
        node: Node = {"kind": kind, "statement": _statement(atom), "sentence": self.speaker.atom(atom)}
        if self.standing(atom):
            node["standing"] = True
        if (number := self._shown.get(atom)) is not None and kind != "conclusion":
            return {**node, "folded": True, "same_as": number}
        self._shown[atom] = node["number"] = len(self._shown) + 1
        ways = [self._way(derivation) for derivation in usable]
        ways.sort(key=lambda way: len(way["premises"]))
        first, *others = ways
        node |= first
        if others:
            node["also"] = others
        return node

    def _way(self, derivation: Derivation) -> Node:
        premises: list[Node] = []
        for literal, ground in derivation.premises():
            node = self._node(ground) if ground is not None else self._test(literal, derivation)
            premises.append(node)
        by = self._rules.get(id(derivation.rule))
        if by is None:
            by = self._rules[id(derivation.rule)] = self._by(derivation)
        return {**by, "premises": premises}

    def _by(self, derivation: Derivation) -> Node:
        owner = derivation.rule.owner
        record = self.book.owners.get(owner)
        node: Node = {"rule": str(derivation.rule)}
        if record is None:
            return {**node, "by": {"kind": "axiom", "id": owner, "label": {"zh": owner, "en": owner}}}
        by: Node = {
            "kind": "norm" if record.quote else "definition",
            "id": record.id,
            "label": record.label,
            "reading": record.reading,
        }
        if record.quote:
            by["citation"] = citation(self.book, record)
        return {**node, "by": by}

    def _fact(self, atom: Ground) -> Node:
        kind = {
            "finding": "finding",
            "parameter": "parameter",
            AS_OF: "as_of",
            calendar.MONTHS_AFTER: "calendar",
        }
        node: Node = {
            "kind": kind.get(self._class_of(atom), kind.get(atom[0], "fact")),
            "statement": _statement(atom),
            "sentence": self.speaker.atom(atom),
        }
        sources = [self._known[i] for i in self.facts.origins.get(atom, ()) if i in self._known]
        if atom in self.facts.outside:
            sources.append(self.facts.outside[atom])
        node["sources"] = sources
        if self.standing(atom):
            node["standing"] = True
        return node

    def _class_of(self, atom: Ground) -> str:
        for name in ("finding", "parameter"):
            if self.model.holds((name, (atom[1][0],))):
                return name
        return ""

    def _test(self, literal: Literal, derivation: Derivation) -> Node:
        match literal:
            case Not(atom):
                args = tuple(None if isinstance(a, Var) else a for a in atom.args)
                return {
                    "kind": "absent",
                    "statement": {"predicate": atom.predicate, "arguments": list(args)},
                    "sentence": self.speaker.absent(atom.predicate, args),
                }
            case Comparison(left, op, right):
                assert not isinstance(left, Var)
                assert not isinstance(right, Var)
                return {
                    "kind": "comparison",
                    "statement": {"left": left, "op": op, "right": right},
                    "sentence": self.speaker.comparison(left, op, right),
                }
            case Count():
                number = len(counted(literal, derivation.binding, self.model))
                text = f"{number} {literal.op} {literal.bound}"
                return {
                    "kind": "count",
                    "statement": {"text": str(literal)},
                    "sentence": {"zh": f"计数：{text}", "en": f"count: {text}"},
                }
        raise TypeError(literal)


def _statement(atom: Ground) -> dict[str, Any]:
    return {"predicate": atom[0], "arguments": list(atom[1])}


def leaves(node: Node) -> Iterable[Node]:
    """Every leaf of a proof tree, alternatives included."""
    inner = [*node.get("premises", ()), *(p for way in node.get("also", ()) for p in way["premises"])]
    if not inner:
        yield node
    for premise in inner:
        yield from leaves(premise)


def shared(tree: Node) -> tuple[int, dict[int, Node]]:
    """The tree as nodes that refer to their premises by number: each node once, none folded."""
    nodes: dict[int, Node] = {}
    leaf: dict[str, int] = {}
    last = _highest(tree)

    def number(node: Node) -> int:
        nonlocal last
        if "same_as" in node:
            return int(node["same_as"])
        if "number" in node:
            place = int(node["number"])
        else:  # a leaf has no number of its own; two that say the same are one
            text = json.dumps(node, ensure_ascii=False, sort_keys=True)
            if text in leaf:
                return leaf[text]
            last += 1
            place = leaf[text] = last
        nodes[place] = own = {key: value for key, value in node.items() if key != "number"}
        if "premises" in node:
            own["premises"] = [number(premise) for premise in node["premises"]]
        if "also" in node:
            own["also"] = [
                {**way, "premises": [number(premise) for premise in way["premises"]]} for way in node["also"]
            ]
        return place

    root = number(tree)
    return root, dict(sorted(nodes.items()))


def _highest(node: Node) -> int:
    ways = (node, *node.get("also", ()))
    inner = (_highest(premise) for way in ways for premise in way.get("premises", ()))
    return max((int(node.get("number", 0)), *inner))
