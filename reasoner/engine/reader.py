"""Reads conclusions off a model: which there are, and what stands beside each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground, Model
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.rules import Value
from reasoner.rulebook.sentences import JOINT, PARTY, Speaker, organs
from reasoner.rulebook.vocabulary import Text, Vocabulary

ISSUE_OF = "concernsIssue"
ISSUE_OF_UNIT = "concernsIssueFor"
INSPECTION_OF = "inInspection"
SUCCESSOR = "successor"
DESTINATION = "destination"
READING = "otherReading"
CONDITION = "presupposes"
#: What conclusions are read off besides statuses and the remarks on them.
READ = frozenset({ISSUE_OF, ISSUE_OF_UNIT, INSPECTION_OF, SUCCESSOR, CONDITION, JOINT, PARTY, "on", "by"})


class Reader:
    """Reads conclusions off a model. A ``part`` is a statement by role: norm, matter, bearer …"""

    def __init__(
        self, model: Model, vocabulary: Vocabulary, book: LawBook, speaker: Speaker, as_of: int
    ) -> None:
        self.model, self.vocabulary, self.book, self.speaker = model, vocabulary, book, speaker
        self.as_of = calendar.to_date(as_of).isoformat()
        conditions = [row[0] for row in model.rows(CONDITION)]
        self.conditions = tuple({"id": str(c), "name": self.label(c)} for c in conditions)
        self._issues: dict[Value, list[str]] = defaultdict(list)
        for matter, issue in model.rows(ISSUE_OF):
            self._issues[matter].append(str(issue))
        self._unit_issues: dict[tuple[Value, Value], list[str]] = defaultdict(list)
        for matter, unit, issue in model.rows(ISSUE_OF_UNIT):
            self._unit_issues[matter, unit].append(str(issue))
        self._remarks: dict[tuple[str, Value, Value], list[Ground]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        for predicate in vocabulary.remarks:
            for role in predicate.roles[2:]:
                self._named[role].append(predicate.name)
            for row in model.rows(predicate.name):
                self._remarks[predicate.name, row[0], row[1]].append((predicate.name, row))

    def all(self) -> Iterator[Conclusion]:
        """Every conclusion, by norm, matter and statement."""
        atoms = [
            (predicate.name, row)
            for predicate in self.vocabulary.statuses
            for row in self.model.rows(predicate.name)
        ]
        order = {name: i for i, name in enumerate(self.book.by_constant)}
        # A committee goes by the id of its district, of which the ids of the district's organs are longer.
        # Of several districts it goes by the first, and where two bearers go by one id their own ids decide:
        # the order may not depend on the order of the input.
        first: dict[Value, str] = {}
        for organ, district in self.model.rows(PARTY):
            first[organ] = min(str(district), first.get(organ, str(district)))

        def place(atom: Ground) -> tuple[int, str, str, list[str], list[str]]:
            norm, matter = atom[1][:2]
            own = [str(value) for value in atom[1]]
            named = [first.get(value, text) for value, text in zip(atom[1], own, strict=True)]
            return order.get(str(norm), len(order)), str(matter), atom[0], named, own

        atoms.sort(key=place)
        return map(self.conclusion, atoms)

    def conclusion(self, atom: Ground) -> Conclusion:
        """The conclusion that a ground atom of a status predicate states."""
        return Conclusion(atom, self)

    def own_issues(self, part: dict[str, Value]) -> tuple[str, ...]:
        """The issues that a matter is about: the issue itself, or those of a task or a cadre matter."""
        return tuple(sorted(self._issues.get(part["matter"], ())))

    def issues(self, part: dict[str, Value]) -> tuple[str, ...]:
        """The issues that a matter, or a matter and its bearer, concern."""
        matter, bearer = part["matter"], part.get("bearer")
        found = set(self._issues.get(matter, ()))
        if bearer is not None:
            found.update(self._unit_issues.get((matter, bearer), ()))
        return tuple(sorted(found))

    def inspection(self, part: dict[str, Value]) -> str | None:
        """The inspection that a matter belongs to."""
        return next((str(row[1]) for row in self.model.match(INSPECTION_OF, (part["matter"], None))), None)

    def remark(self, name: str, part: dict[str, Value], role: str) -> Iterator[Value]:
        """Values of a remark on the same norm, matter and bearer."""
        rows = self._remarks.get((name, part["norm"], part["matter"]))
        if rows:
            roles = self.vocabulary.predicates[name].roles
            for _, row in rows:
                values = dict(zip(roles, row, strict=True))
                if values.get("bearer") == part.get("bearer"):
                    yield values[role]

    def beside(self, part: dict[str, Value], role: str) -> Iterator[dict[str, Any]]:
        """What stands beside a conclusion in a given role: elements not found, remarks."""
        for name in self._named[role]:
            for value in self.remark(name, part, role):
                yield {"id": str(value), "name": self.label(value), "predicate": name}

    def statements_beside(self, part: dict[str, Value]) -> Iterator[Ground]:
        """All remarks on the same norm, matter and bearer, as statements."""
        for name in dict.fromkeys(name for names in self._named.values() for name in names):
            roles = self.vocabulary.predicates[name].roles
            for atom in self._remarks.get((name, part["norm"], part["matter"]), ()):
                values = dict(zip(roles, atom[1], strict=True))
                if values.get("bearer", part.get("bearer")) == part.get("bearer"):
                    yield atom

    def candidates(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        """Who may be held to account: a unit, a post or a word of the text, with its kind and layer."""
        for name in self._named["candidate"]:
            kinds = self.remark(name, part, "kind")
            for who, kind in zip(self.remark(name, part, "candidate"), kinds, strict=True):
                individual = self.vocabulary.individuals.get(str(kind))
                yield {
                    "id": str(who),
                    "name": self.label(who),
                    "kind": str(kind),
                    "kind_label": self.label(kind),
                    "layer": individual.layer if individual else None,
                }

    def label(self, value: Value | None) -> Text:
        """What a value is called; empty for nothing."""
        if value is None:
            return {}
        return self.speaker.named(value)

    def bearers(self, bearer: Value | None) -> Iterator[dict[str, Any]]:
        """A bearer with its successors when it is abolished; a district as its two organs."""
        if bearer is None:
            return
        for organ in organs(self.model, bearer) or [bearer]:
            body: dict[str, Any] = {"id": str(organ), "name": self.label(organ)}
            if later := [row[1] for row in self.model.match(SUCCESSOR, (organ, None))]:
                body["succeeded_by"] = [{"id": str(unit), "name": self.label(unit)} for unit in later]
            yield body

    def destinations(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        """Where what a norm asks for goes, for a matter."""
        rows: Iterable[tuple[Value, ...]] = self.model.match(
            DESTINATION, (part["norm"], part["matter"], None)
        )
        for row in rows:
            yield {"id": str(row[2]), "name": self.label(row[2])}

    def readings(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        """The other readings of the text, with the status that each would give."""
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

    def not_counted(self, part: dict[str, Value]) -> Iterator[dict[str, Any]]:
        """The bodies whose acts do not count, with the reason."""
        roles = self.vocabulary.predicates["notCounted"].roles
        for _, row in self._remarks.get(("notCounted", part["norm"], part["matter"]), ()):
            values = dict(zip(roles, row, strict=True))
            yield {
                "id": str(values["organ"]),
                "name": self.label(values["organ"]),
                "reason": str(values["reason"]),
                "reason_label": self.label(values["reason"]),
            }
