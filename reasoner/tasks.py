"""Rectification tasks as recorded: whose, since which plan, by when, in which words, and what is on record.

A task is not done because its words sound so, nor because it was written off: what is told here is only
what the record holds of it. Completion and write-off are kept apart, as the text keeps them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from reasoner import calendar
from reasoner.conclusions import iso
from reasoner.record import Record, Source, Statement

_TASK: Final = "rectificationTask"
_ACTS: Final = {"taskCompletion": "completed", "writeOff": "written_off"}
_OF_TASKS: Final = ("taskOf", "addresses", "assignedTo", "dueOn", "openTime", "deadlineRaw")
_READ: Final = (*_OF_TASKS, "planFor", "raisedIn", "about", "on", "by")


@dataclass(frozen=True, slots=True)
class Act:
    """An act about a task; ``on`` is a date (yyyy-mm-dd), None when the record has none."""

    id: str
    on: str | None
    by: tuple[str, ...]
    source: Source

    @property
    def origin(self) -> dict[str, Any]:
        """Where the record has it from."""
        return asdict(self.source)


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``due``: days the plan sets (yyyy-mm-dd); ``words``: individuals without a number.

    ``as_written`` is the limit as the ledger has it; ``inspection`` that of the plan, else of the issues.
    """

    id: str
    plan: str | None
    issues: tuple[str, ...]
    inspection: str | None
    holders: tuple[str, ...]
    due: tuple[str, ...]
    words: tuple[str, ...]
    as_written: str | None
    completed: tuple[Act, ...]
    written_off: tuple[Act, ...]
    source: Source

    @property
    def has_no_day(self) -> bool:
        """Whether words stand where a day would be."""
        return bool(self.words) and not self.due

    @property
    def origin(self) -> dict[str, Any]:
        """Where the record has the task from."""
        return asdict(self.source)


def tasks(record: Record, as_of: datetime.date) -> list[Task]:
    """Every task on record, by id; acts of later days than ``as_of`` are left out."""
    read = _Read(record, as_of)
    return [read.task(statement) for statement in read.tasks]


class _Read:
    """The statements about tasks, read once."""

    def __init__(self, record: Record, as_of: datetime.date) -> None:
        self.record, self.as_of = record, calendar.to_int(as_of)
        found = {s.subject: s for s in record.statements(predicate=_TASK)}
        self.tasks = [found[name] for name in sorted(found)]
        self.of = {name: self._objects(name) for name in _READ}
        self.acts: dict[str, dict[str, list[Act]]] = {kind: self._about(name) for name, kind in _ACTS.items()}

    def _objects(self, predicate: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for statement in self.record.statements(predicate=predicate):
            found[statement.subject].append(statement.object)
        return found

    def _about(self, predicate: str) -> dict[str, list[Act]]:
        found: dict[str, list[Act]] = defaultdict(list)
        for statement in self.record.statements(predicate=predicate):
            act = statement.subject
            days = [day for day in self.of["on"].get(act, ()) if isinstance(day, int)]
            if days and min(days) > self.as_of:
                continue
            on = iso(min(days)) if days else None
            told = Act(act, on, tuple(sorted(self._named("by", act))), statement.source)
            for task in self._named("about", act):
                found[task].append(told)
        return found

    def task(self, statement: Statement) -> Task:
        name = statement.subject
        plan = next(self._named("taskOf", name), None)
        issues = tuple(self._named("addresses", name))
        inspections = [
            *self._named("planFor", plan),
            *(i for x in issues for i in self._named("raisedIn", x)),
        ]
        return Task(
            name,
            plan,
            issues,
            next(iter(inspections), None),
            tuple(self._named("assignedTo", name)),
            tuple(sorted(day for value in self.of["dueOn"].get(name, ()) if (day := iso(value)))),
            tuple(self._named("openTime", name)),
            next(self._named("deadlineRaw", name), None),
            tuple(self.acts["completed"].get(name, ())),
            tuple(self.acts["written_off"].get(name, ())),
            statement.source,
        )

    def _named(self, predicate: str, subject: str | None) -> Iterator[str]:
        return map(str, self.of[predicate].get(subject or "", ()))
