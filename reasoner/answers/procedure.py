"""Procedures: the steps the text lays out, what their order rests on, and how far an inspection has come.

A procedure is data (``procedures.yaml`` beside the articles): steps with actor, document, the norms they come
from and the steps they follow. Which record takes a step is a rule of the step; order and gaps are rules that
all procedures share. Here the steps are put into a graph and what the rules derived is read off.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import networkx

from reasoner.engine.conclusions import Conclusion, citation, iso
from reasoner.engine.evaluate import Model
from reasoner.pipeline import Ontology, World
from reasoner.records.record import Record as Statements
from reasoner.rulebook.norms import LawBook, Record, step_constant
from reasoner.rulebook.sentences import LANGUAGES, Speaker
from reasoner.rulebook.vocabulary import Text

READ = frozenset(
    {
        "inProcedure",
        "someStepOpen",
        "stepDone",
        "stepExcluded",
        "stepNext",
        "stepOn",
        "stepOpen",
        "stepReversed",
        "stepTaken",
        "on",
    }
)
"""The predicates that progress is read off."""

STATES = ("taken", "missing", "next", "waiting", "open", "notApplicable")
"""On record; not, though a later step is; possible now; after others; condition unknown; not needed."""


@dataclass(frozen=True)
class Step:
    """One step. ``after``: the steps it follows, each with the basis of that order (an OrderKind)."""

    id: str
    procedure: str
    label: Text
    actor: Text
    stated: str
    document: Text
    norms: tuple[str, ...]
    after: tuple[tuple[str, str], ...]
    record: Record

    @property
    def constant(self) -> str:
        """How rules name the step."""
        return self.record.constant


@dataclass(frozen=True)
class Procedure:
    """One procedure with its steps, in the order in which the text has them."""

    id: str
    label: Text
    reading: Text
    steps: tuple[Step, ...]

    @cached_property
    def graph(self) -> networkx.DiGraph[Any]:
        """Steps as nodes, an edge from each step to those that follow it, with ``order``."""
        graph: networkx.DiGraph[Any] = networkx.DiGraph()
        for step in self.steps:
            graph.add_node(step.id)
        for step in self.steps:
            for earlier, order in step.after:
                graph.add_edge(earlier, step.id, order=order)
        return graph


@dataclass(frozen=True)
class Taken:
    """How far one inspection has come with one step."""

    step: str
    label: Text
    actor: Text
    stated: str
    document: Text
    after: tuple[dict[str, str], ...]
    state: str
    waits_for: tuple[Text, ...]
    events: tuple[dict[str, Any], ...]
    citations: tuple[dict[str, Any], ...]
    conclusions: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Progress:
    """How far one inspection has come in a procedure; ``reversed``: pairs of steps in the wrong order."""

    inspection: str
    name: Text
    procedure: str
    label: Text
    as_of: str
    reached: str | None
    next: tuple[str, ...]
    missing: tuple[str, ...]
    reversed: tuple[dict[str, Any], ...]
    steps: tuple[Taken, ...]

    def to_dict(self) -> dict[str, Any]:
        """The progress as JSON-ready data."""
        return asdict(self)


def procedures(book: LawBook) -> dict[str, Procedure]:
    """The procedures of a regulation, by id.

    Raises ValueError naming a step that follows an unknown step, or a circle of steps.
    """
    found: dict[str, Procedure] = {}
    for entry in book.step_entries:
        if "in" not in entry:
            steps = tuple(_steps(book, str(entry["id"])))
            record = book.steps[str(entry["id"])]
            found[record.id] = Procedure(record.id, record.label, record.reading, steps)
    for procedure in found.values():
        known = {step.id for step in procedure.steps}
        if strange := set(procedure.graph) - known:
            raise ValueError(f"{procedure.id}: 没有这些步骤 / no such steps: {', '.join(sorted(strange))}")
        if not networkx.is_directed_acyclic_graph(procedure.graph):
            circle = " → ".join(a for a, _ in networkx.find_cycle(procedure.graph))
            raise ValueError(f"{procedure.id}: 步骤循环 / steps in a circle: {circle}")
    return found


def _steps(book: LawBook, procedure: str) -> Iterator[Step]:
    for entry in book.step_entries:
        if entry.get("in") == procedure:
            record = book.steps[str(entry["id"])]
            actor = dict(entry["actor"])
            after = tuple((str(e["step"]), str(e["order"])) for e in entry.get("after") or ())
            yield Step(
                record.id,
                procedure,
                record.label,
                {language: str(actor[language]) for language in LANGUAGES},
                str(actor["stated"]),
                entry.get("document") or {},
                tuple(entry.get("norms") or ()),
                after,
                record,
            )


@dataclass(frozen=True)
class Basis:
    """What progress is read off: what holds, as of a day, what is concluded, and the record behind it."""

    model: Model
    speaker: Speaker
    rules: Ontology
    as_of: datetime.date
    conclusions: Iterable[Conclusion]
    record: Statements | None


def progress(world: World, inspection: str) -> list[Progress]:
    """How far an inspection has come in each procedure it follows: the inspection itself, rectification."""
    record = world.record
    basis = Basis(world.model, world.speaker, world.rules, world.as_of, world.conclusions(), record)
    return read(basis, inspection)


def read(basis: Basis, inspection: str) -> list[Progress]:
    """The same, in the order of the text, off what is kept of a world: its model must hold READ."""
    by_constant = {step_constant(p.id): p for p in procedures(basis.rules.book).values()}
    followed = {str(row[1]) for row in basis.model.match("inProcedure", (inspection, None))}
    return [
        _Reading(basis, inspection, each).progress() for name, each in by_constant.items() if name in followed
    ]


class _Reading:
    """Reads off the model what it says about one inspection and one procedure."""

    def __init__(self, basis: Basis, inspection: str, procedure: Procedure) -> None:
        self.basis, self.inspection, self.procedure = basis, inspection, procedure
        self.step = {step.constant: step for step in procedure.steps}
        self.named = basis.speaker.named
        self.taken = self._flagged("stepDone")
        self.excluded = self._flagged("stepExcluded")
        self.open = self._flagged("someStepOpen")
        self.possible = self._flagged("stepNext")
        self.conclusions: dict[str, list[Conclusion]] = {}
        for conclusion in basis.conclusions:
            if conclusion.inspection == inspection or conclusion.subject == inspection:
                self.conclusions.setdefault(conclusion.norm, []).append(conclusion)

    def _flagged(self, predicate: str) -> set[str]:
        rows = self.basis.model.match(predicate, (None, self.inspection))
        return {self.step[str(row[0])].id for row in rows if str(row[0]) in self.step}

    def progress(self) -> Progress:
        place = {step.id: number for number, step in enumerate(self.procedure.steps)}
        order = list(networkx.lexicographical_topological_sort(self.procedure.graph, key=place.__getitem__))
        reached = [step for step in order if step in self.taken]
        steps = [self._step(step) for step in self.procedure.steps]
        return Progress(
            self.inspection,
            self.named(self.inspection),
            self.procedure.id,
            self.procedure.label,
            self.basis.as_of.isoformat(),
            reached[-1] if reached else None,
            tuple(s.step for s in steps if s.state == "next"),
            tuple(s.step for s in steps if s.state == "missing"),
            tuple(self._reversed()),
            tuple(steps),
        )

    def _step(self, step: Step) -> Taken:
        waits = self.basis.model.match("stepOpen", (step.constant, self.inspection, None))
        return Taken(
            step.id,
            step.label,
            step.actor,
            step.stated,
            step.document,
            tuple({"step": earlier, "order": order} for earlier, order in step.after),
            self._state(step),
            tuple(self.named(row[2]) for row in waits) if step.id not in self.taken else (),
            tuple(self._events(step)),
            tuple(self._citations(step)),
            tuple(
                {"id": c.id, "norm": c.norm, "status": c.status, "sentence": c.sentence}
                for norm in step.norms
                for c in self.conclusions.get(norm, ())
            ),
        )

    def _state(self, step: Step) -> str:
        if step.id in self.taken:
            return "taken"
        if step.id in self.excluded:
            return "notApplicable"
        if step.id in self.open:
            return "open"
        if self.taken & networkx.descendants(self.procedure.graph, step.id):
            return "missing"
        return "next" if step.id in self.possible else "waiting"

    def _events(self, step: Step) -> Iterator[dict[str, Any]]:
        model = self.basis.model
        days = sorted(row[2] for row in model.match("stepOn", (step.constant, self.inspection, None)))
        for row in sorted(model.match("stepTaken", (step.constant, self.inspection, None)), key=str):
            event = row[2]
            own = [r[1] for r in model.match("on", (event, None))] or (
                days if event == self.inspection else []
            )
            yield {
                "id": str(event),
                "name": self.named(event),
                "on": iso(own[0]) if own else None,
                "sources": self._sources(str(event)),
            }

    def _sources(self, event: str) -> list[dict[str, Any]]:
        """Where the record has from what kind of thing an event is."""
        if self.basis.record is None:
            return []
        stated = [s for s in self.basis.record.statements(subject=event) if s.kind == "class"]
        return [
            {k: v for k, v in asdict(s.source).items() if v is not None} | {"statement": s.id} for s in stated
        ]

    def _citations(self, step: Step) -> Iterator[dict[str, Any]]:
        book = self.basis.rules.book
        for norm in step.norms:
            yield citation(book, book.norms[norm])

    def _reversed(self) -> Iterator[dict[str, Any]]:
        for row in sorted(
            self.basis.model.match("stepReversed", (None, None, self.inspection, None)), key=str
        ):
            if str(row[0]) in self.step and str(row[1]) in self.step:
                yield {
                    "should_be_first": self.step[str(row[0])].id,
                    "came_first": self.step[str(row[1])].id,
                    "order": str(row[3]),
                    "order_label": self.named(row[3]),
                    "sentence": self.basis.speaker.atom(("stepReversed", row)),
                }
