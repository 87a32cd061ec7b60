"""Conclusions: what the rules say of a norm and a matter, with all that a reader or a machine needs of it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reasoner import calendar
from reasoner.evaluate import Ground, Model
from reasoner.norms import LawBook, Record
from reasoner.rules import Value
from reasoner.sentences import JOINT, LANGUAGES, Speaker
from reasoner.vocabulary import Text, Vocabulary, predicate_name

ISSUE_OF = "concernsIssue"
ISSUE_OF_UNIT = "concernsIssueFor"
INSPECTION_OF = "inInspection"
SUCCESSOR = "successor"
READING = "otherReading"
CONDITION = "presupposes"
LAPSED = "lapsedLimit"
REMARKS = {"possibleLimit": "limit", "since": "since", "candidate": "kind"}


@dataclass(frozen=True)
class Conclusion:
    """One conclusion. ``atom`` is the derived statement; all other fields are read off it or attached.

    ``status`` is the predicate of the statement. ``reason`` and ``missing`` are names of individuals of the
    ontology. ``due`` and ``since`` are dates yyyy-mm-dd. ``proof`` of a conclusion is asked of the world.
    """

    id: str
    norm: str
    status: str
    atom: Ground
    subject: str
    as_of: str
    sentence: Text
    status_label: Text
    norm_label: Text
    citation: dict[str, Any]
    reason: str | None = None
    reason_label: Text = field(default_factory=dict)
    missing: str | None = None
    missing_label: Text = field(default_factory=dict)
    kind: str | None = None
    kind_label: Text = field(default_factory=dict)
    layer: str | None = None
    issue: str | None = None
    issues: tuple[str, ...] = ()
    inspection: str | None = None
    bearers: tuple[dict[str, Any], ...] = ()
    destinations: tuple[dict[str, Any], ...] = ()
    other_readings: tuple[dict[str, Any], ...] = ()
    not_counted: tuple[dict[str, Any], ...] = ()
    due: str | None = None
    done: str | None = None
    since: str | None = None
    possible_due: tuple[str, ...] = ()
    candidates: tuple[dict[str, Any], ...] = ()
    missing_elements: tuple[dict[str, Any], ...] = ()
    remarks: tuple[dict[str, Any], ...] = ()
    conditions: tuple[dict[str, Any], ...] = ()
    reading: Text = field(default_factory=dict)
    beside: tuple[Ground, ...] = ()
    """The statements that stand beside this one: remarks, candidates, other readings. Each has its proof."""

    def to_dict(self) -> dict[str, Any]:
        """The conclusion as JSON-ready data (one line of ``conclusions --format jsonl``)."""
        data = {k: v for k, v in self.__dict__.items() if k not in ("atom", "beside")}
        data["statement"] = {"predicate": self.atom[0], "arguments": list(self.atom[1])}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}


def identifier(atom: Ground) -> str:
    """A short, stable id: the same statement has the same id in every run."""
    text = f"{atom[0]}({','.join(map(str, atom[1]))})"
    return "c-" + sha256(text.encode()).hexdigest()[:10]


class Reader:
    """Reads conclusions off a model."""

    def __init__(
        self, model: Model, vocabulary: Vocabulary, book: LawBook, speaker: Speaker, as_of: int
    ) -> None:
        self.model, self.vocabulary, self.book, self.speaker = model, vocabulary, book, speaker
        self.as_of = calendar.to_date(as_of).isoformat()
        conditions = [row[0] for row in model.rows(CONDITION)]
        self._conditions = tuple({"id": str(c), "name": self._label(c)} for c in conditions)
        self._issues: dict[Value, list[str]] = defaultdict(list)
        for matter, issue in model.rows(ISSUE_OF):
            self._issues[matter].append(str(issue))
        self._unit_issues: dict[tuple[Value, Value], list[str]] = defaultdict(list)
        for matter, unit, issue in model.rows(ISSUE_OF_UNIT):
            self._unit_issues[matter, unit].append(str(issue))
        self._remarks: dict[tuple[str, Value, Value], list[Ground]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        for predicate in vocabulary.predicates.values():
            if predicate.roles[:2] == ("norm", "matter") and not predicate.is_status:
                for role in predicate.roles[2:]:
                    self._named[role].append(predicate.name)
                for row in model.rows(predicate.name):
                    self._remarks[predicate.name, row[0], row[1]].append((predicate.name, row))

    def all(self) -> Iterator[Conclusion]:
        """Every conclusion, by norm, matter and statement."""
        atoms = [
            (predicate.name, row)
            for predicate in self.vocabulary.predicates.values()
            if predicate.is_status and predicate.roles
            for row in self.model.rows(predicate.name)
        ]
        order = {name: i for i, name in enumerate(self.book.by_constant)}
        atoms.sort(
            key=lambda a: (order.get(str(a[1][0]), len(order)), str(a[1][1]), a[0], tuple(map(str, a[1])))
        )
        return map(self.conclusion, atoms)

    def conclusion(self, atom: Ground) -> Conclusion:
        """The conclusion that a ground atom of a status predicate states."""
        predicate = self.vocabulary.predicates[atom[0]]
        part = dict(zip(predicate.roles, atom[1], strict=True))
        record = self.book.by_constant[str(part["norm"])]
        matter, bearer = part["matter"], part.get("bearer")
        candidate = self._remark("candidate", part, "kind")
        kind = part.get("kind") or (candidate[0] if candidate else None)
        issues = sorted(
            {*self._issues[matter], *(self._unit_issues[matter, bearer] if bearer is not None else ())}
        )
        reason = part.get("reason")
        since = self._remark("since", part, "since")
        individual = self.vocabulary.individuals.get(str(kind)) if kind else None
        return Conclusion(
            id=identifier(atom),
            norm=record.id,
            status=atom[0],
            atom=atom,
            subject=str(matter),
            as_of=self.as_of,
            sentence=self.speaker.atom(atom),
            status_label=self.speaker.status(atom),
            norm_label=record.label,
            citation=citation(self.book, record),
            reason=str(reason) if reason else None,
            reason_label=self._label(reason),
            missing=str(part["missing"]) if "missing" in part else None,
            missing_label=self._label(part.get("missing")),
            kind=str(kind) if kind else None,
            kind_label=self._label(kind),
            layer=individual.layer if individual else None,
            issue=issues[0] if len(issues) == 1 else None,
            issues=tuple(issues),
            inspection=next((str(r[1]) for r in self.model.match(INSPECTION_OF, (matter, None))), None),
            bearers=tuple(self._bearers(bearer)) if bearer is not None else (),
            destinations=tuple(self._destinations(part)),
            other_readings=tuple(self._readings(part)),
            not_counted=tuple(self._not_counted(part)),
            due=iso(part.get("limit", next(iter(self._remark(LAPSED, part, "lapsed")), None))),
            done=iso(part.get("done")),
            since=iso(since[0]) if since else None,
            possible_due=tuple(
                sorted(
                    (d for v in self._remark("possibleLimit", part, "limit") if (d := iso(v))), reverse=True
                )
            ),
            candidates=tuple(self._candidates(part)),
            missing_elements=tuple(self._beside(part, "element")),
            remarks=tuple(self._beside(part, "remark")),
            conditions=self._conditions,
            reading=record.reading,
            beside=tuple(self._statements_beside(part)),
        )

    def _remark(self, name: str, part: dict[str, Value], role: str) -> list[Value]:
        """Values of a remark on the same norm, matter and bearer."""
        roles = self.vocabulary.predicates[name].roles
        found = []
        for _, row in self._remarks.get((name, part["norm"], part["matter"]), ()):
            values = dict(zip(roles, row, strict=True))
            if values.get("bearer") == part.get("bearer"):
                found.append(values[role])
        return found

    def _beside(self, part: dict[str, Value], role: str) -> Iterator[dict[str, Any]]:
        """What stands beside a conclusion in a given role: elements not found, remarks."""
        for name in self._named[role]:
            for value in self._remark(name, part, role):
                yield {"id": str(value), "name": self._label(value), "predicate": name}

    def _statements_beside(self, part: dict[str, Value]) -> Iterator[Ground]:
        for name in dict.fromkeys(name for names in self._named.values() for name in names):
            roles = self.vocabulary.predicates[name].roles
            for atom in self._remarks.get((name, part["norm"], part["matter"]), ()):
                values = dict(zip(roles, atom[1], strict=True))
                if values.get("bearer", part.get("bearer")) == part.get("bearer"):
                    yield atom

    def _candidates(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        """Who may be held to account: a unit, a post or a word of the text, with its kind and layer."""
        for name in self._named["candidate"]:
            kinds = self._remark(name, part, "kind")
            for who, kind in zip(self._remark(name, part, "candidate"), kinds, strict=True):
                individual = self.vocabulary.individuals.get(str(kind))
                yield {
                    "id": str(who),
                    "name": self._label(who),
                    "kind": str(kind),
                    "kind_label": self._label(kind),
                    "layer": individual.layer if individual else None,
                }

    def _label(self, value: Value | None) -> Text:
        if value is None:
            return {}
        return self.speaker.named(value)

    def _bearers(self, bearer: Value) -> Iterator[dict[str, Any]]:
        organs = [row[1] for row in self.model.match(JOINT, (bearer, None))] or [bearer]
        for organ in organs:
            body: dict[str, Any] = {"id": str(organ), "name": self._label(organ)}
            if later := [row[1] for row in self.model.match(SUCCESSOR, (organ, None))]:
                body["succeeded_by"] = [{"id": str(unit), "name": self._label(unit)} for unit in later]
            yield body

    def _destinations(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        rows: Iterable[tuple[Value, ...]] = self.model.match(
            "destination", (part["norm"], part["matter"], None)
        )
        for row in rows:
            yield {"id": str(row[2]), "name": self._label(row[2])}

    def _readings(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        roles = self.vocabulary.predicates[READING].roles
        for _, row in self._remarks.get((READING, part["norm"], part["matter"]), ()):
            values = dict(zip(roles, row, strict=True))
            if values["bearer"] != part.get("bearer"):
                continue
            point = self.book.points[str(values["point"])]
            status = self.vocabulary.predicates[str(values["status"])]
            yield {
                "point": point.id,
                "label": point.label,
                "status": status.name,
                "status_label": status.label,
                "cautious": point.cautious,
                "other": point.other,
            }

    def _not_counted(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        roles = self.vocabulary.predicates["notCounted"].roles
        for _, row in self._remarks.get(("notCounted", part["norm"], part["matter"]), ()):
            values = dict(zip(roles, row, strict=True))
            yield {
                "id": str(values["organ"]),
                "name": self._label(values["organ"]),
                "reason": str(values["reason"]),
                "reason_label": self._label(values["reason"]),
            }


def citation(book: LawBook, record: Record) -> dict[str, Any]:
    """Where a norm stands: regulation, article, paragraph, item, quote, IRI, and the citation in words."""
    numbers = [int(part[1:]) for part in record.place.split(".")]
    article, paragraph, item = (*numbers, None, None)[:3]
    return {
        "regulation": book.regulation.id,
        "id": record.place,
        "article": article,
        "paragraph": paragraph,
        "item": item,
        "quote": record.quote,
        "iri": f"{book.regulation.iri}/{record.place}",
        "text": {language: book.citation(record, language) for language in LANGUAGES},
    }


def iso(value: Value | None) -> str | None:
    """A date as yyyy-mm-dd; None for what is no date."""
    if isinstance(value, int) and calendar.is_date(value):
        return calendar.to_date(value).isoformat()
    return None


def elapsed_days(since: str, until: str) -> int:
    """Days from one date (yyyy-mm-dd) to another."""
    return (datetime.date.fromisoformat(until) - datetime.date.fromisoformat(since)).days


def status_names(vocabulary: Vocabulary) -> list[str]:
    """The statuses in the order in which the ontology lists them."""
    return [predicate_name(p.name) for p in vocabulary.predicates.values() if p.is_status and p.roles]
