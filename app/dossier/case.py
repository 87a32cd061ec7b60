"""One issue as the dossier tells it: what is recorded, what follows, and the words for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from app.dossier.words import Words, read
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.proof import Node, Prover
from reasoner.pipeline import World
from reasoner.records.matter import Entry, Matter, matter
from reasoner.rulebook.restricted import (
    Restriction,
    Sieve,
    names_without_reference,
    restriction,
    spoken_without,
)

TRANSFER = "transfer"
FINDING = "finding"
DESTINATION = "destination"
_LATER = "succeeded_by"


class Source(Protocol):
    """Where the worlds of single issues come from: a desk, a survey; its ``lock``, if any, is kept to."""

    def case(self, matter: str) -> World:
        """Return what bears on one issue."""


class UnknownIssueError(LookupError):
    """The record holds no such issue; says so in both languages, with a slash between."""


class Case:
    """An issue with its conclusions and their proofs, restricted fields left out unless asked for."""

    def __init__(self, issue: str, world: World, words: Words, include_restricted: bool) -> None:
        if not world.model.holds(("issue", (issue,))):
            said = Words("zh")("error.issue", id=issue), Words("en")("error.issue", id=issue)
            raise UnknownIssueError(" / ".join(said))
        hidden = Restriction() if include_restricted else restriction(world)
        self.id, self.words = issue, words
        self.world = spoken_without(world, hidden)
        rules = world.rules
        self._sieve = Sieve(hidden, names_without_reference(rules))
        recursive = rules.program.recursive_predicates
        # a prover of its own: the one of the world may be at work for somebody else
        self._prover = Prover(
            self.world.model, world.facts, rules.book, self.world.speaker, world.sources, recursive
        )
        self._trees: dict[str, tuple[Node, ...]] = {}
        every = self.world.conclusions(issue=issue)
        self.conclusions = [each for each in every if self._told(each)]
        self.matter: Matter = matter(self.world, issue, every, hidden)

    def _told(self, each: Conclusion) -> bool:
        """Prove a conclusion; tell whether it can be told without a restricted field."""
        tree = self._sieve.sifted(self._prover.tree(each.atom))
        if tree is None:
            return False
        beside = (self._sieve.sifted(self._prover.tree(atom)) for atom in each.beside)
        self._trees[each.id] = (tree, *(node for node in beside if node is not None))
        return True

    def trees(self, each: Conclusion) -> tuple[Node, ...]:
        """Return the proof of a conclusion, then those of what stands beside it."""
        return self._trees[each.id]

    # -- its conclusions ------------------------------------------------------------------------

    @cached_property
    def _transfer_norms(self) -> frozenset[str]:
        norms = self.world.rules.book.norms.values()
        return frozenset(norm.id for norm in norms if norm.type == TRANSFER)

    def layer(self, name: str) -> list[Conclusion]:
        """Return the conclusions of one layer of responsibility; candidates are the third."""
        if name == "L3":
            return [c for c in self.conclusions if c.layer == name or c.candidates]
        return [c for c in self.conclusions if c.layer == name]

    @cached_property
    def transfers(self) -> list[Conclusion]:
        """The conclusions about transfers."""
        return [c for c in self.conclusions if c.norm in self._transfer_norms and not c.layer]

    def calls_for(self, place: str) -> bool:
        """Tell whether the findings that a transfer under a provision presupposes are on record."""
        asked = [c for c in self.transfers if c.norm == place or c.norm.startswith(f"{place}.")]
        return any(c.is_performed or c.status == "pending" for c in asked)

    def goals(self, each: Conclusion) -> str:
        """Return where a transfer goes: of several receivers in the text none is chosen here.

        What was transferred went where the record says, not everywhere where the text lets it go.
        """
        if each.is_performed:
            return self.words("transfers.see")
        named = self.words.listed(self.words.of(goal["name"]) for goal in each.destinations)
        return self.words("transfers.several", units=named) if len(each.destinations) > 1 else named

    def status(self, each: Conclusion) -> str:
        """Return a status in words, with the reason that comes with it."""
        label, reason = self.words.of(each.status_label), self.words.of(each.reason_label)
        lacking = self.words.of(each.missing_label)
        parts = [part for part in (reason, lacking) if part and part not in label]
        inside = self.words("colon").join(dict.fromkeys(parts))
        return f"{label}{self.words('open')}{inside}{self.words('close')}" if inside else label

    def units(self, bodies: Iterable[Mapping[str, Any]]) -> str:
        """Return the names of bearers, with who succeeded those that no longer exist."""
        return self.words.listed(map(self._unit, bodies))

    def _unit(self, body: Mapping[str, Any]) -> str:
        name = self.words.of(body["name"])
        later = self.words.listed(self.words.of(each["name"]) for each in body.get(_LATER, ()))
        if not later:
            return name
        return f"{name}{self.words('open')}{self.words('successor', units=later)}{self.words('close')}"

    def cite(self, each: Conclusion) -> str:
        """Return the provision of a conclusion."""
        return self.words.of(each.citation["text"])

    # -- what is recorded -----------------------------------------------------------------------

    @cached_property
    def title(self) -> str:
        """What the issue is called: its name, else its place, else the beginning of its summary."""
        own = self.matter.issue
        for name in ("name", "place", "summary"):
            if text := own.text(self.words.lang, name):
                return text if len(text) <= 60 else text[:59] + "…"
        return self.id

    @cached_property
    def is_fictional(self) -> bool:
        """Whether anything recorded about it is marked as invented."""
        mark = Words("zh")("mark.recorded")
        entries = (self.matter.issue, *self.matter.entries)
        marks = (str(field.object) for entry in entries for field in entry.fields)
        notes = (str(source.get("note", "")) for entry in entries for source in entry.sources)
        return any(mark in text for text in (*marks, *notes))

    def text(self, entry: Entry, *predicates: str) -> str:
        """Return the values of some fields of an entry in words."""
        return entry.text(self.words.lang, *predicates)

    def source(self, origin: Mapping[str, Any]) -> str:
        """Return where something comes from: file, sheet, row, column, who entered it, address."""
        t = self.words
        parts = [str(origin["file"])] if origin.get("file") else []
        named = [n for n in ("sheet", "row", "columns", "by") if origin.get(n) not in (None, "")]
        for name in named:
            # a statement of an RDF file has no row: what would be its column is a property
            key = "property" if name == "columns" and "row" not in named else name
            parts.append(t(f"source.{key}", **{name: origin[name]}))
        if origin.get("ontology"):
            parts.append(t("source.ontology"))
        for name in ("at", "note", "rule", "url"):
            value = origin.get(name)
            if value:
                parts.append(t.of(value) if isinstance(value, Mapping) else str(value))
        return " · ".join(dict.fromkeys(parts))

    def brief(self, origin: Mapping[str, Any]) -> str:
        """Return where a step comes from; the address of a row that is named stands with the facts."""
        if origin.get("file"):
            left = {"url", "note", "at"} if origin.get("row") else {"url", "note", "at", "columns"}
            origin = {k: v for k, v in origin.items() if k not in left}
        return self.source(origin)

    def sources(self, entry: Entry) -> str:
        """Return where an entry comes from."""
        return self.words("semicolon").join(dict.fromkeys(map(self.source, entry.sources)))

    def found(self, kind: str) -> str:
        """Return the findings of one kind as a list tells them: state, who decided, when, by what."""
        told = []
        for entry in self.matter.of(FINDING):
            if any(field.object == kind for field in entry.values("findingKind")):
                parts = [self.text(entry, name) for name in ("state", "by", "on", "instrument")]
                told.append(self.words("comma").join(filter(None, parts)))
        return self.words("semicolon").join(told) or self.words("list.unfound")


def layout(name: str) -> Any:
    """Return an entry of the layout: which norm and which findings the list follows."""
    return read("layout.yaml")[name]
