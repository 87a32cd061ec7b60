"""Rectification tasks as recorded: whose, since which plan, by when, in which words, and what is on record.

A task is not done because its words sound so, nor because it was written off: what is told here is only
what the record holds of it. Completion and write-off are kept apart, as the text keeps them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from reasoner.engine.conclusions import iso
from reasoner.records.record import Record

_TASK: Final = "rectificationTask"
_ACTS: Final = {"taskCompletion": "completed", "writeOff": "written_off"}
_OF_TASKS: Final = ("taskOf", "addresses", "assignedTo", "dueOn", "openTime", "deadlineRaw")
_READ: Final = (_TASK, *_ACTS, *_OF_TASKS, "planFor", "raisedIn", "about", "on", "by")


@dataclass(frozen=True, slots=True)
class Act:
    """An act about a task; ``on`` is a date (yyyy-mm-dd), None when the record has none."""

    id: str
    on: str | None
    by: tuple[str, ...]


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

    @property
    def has_no_day(self) -> bool:
        """Whether words stand where a day would be."""
        return bool(self.words) and not self.due


def tasks(record: Record, as_of: datetime.date) -> list[Task]:
    """Every task on record, by id; acts of later days than ``as_of`` are left out."""
    read = _Read(record, as_of)
    return [read.task(name) for name in read.tasks]


class _Read:
    """The statements about tasks, read once and without their sources."""

    def __init__(self, record: Record, as_of: datetime.date) -> None:
        self.as_of = as_of.isoformat()
        self.of: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _READ}
        for predicate, subject, value in record.triples(_READ):
            self.of[predicate][subject].append(value)
        self.tasks = sorted(self.of[_TASK])
        self.acts = {kind: self._about(name) for name, kind in _ACTS.items()}

    def _about(self, predicate: str) -> dict[str, list[Act]]:
        found: dict[str, list[Act]] = defaultdict(list)
        for act in self.of[predicate]:
            days = self._days("on", act)
            if days and days[0] > self.as_of:
                continue
            told = Act(act, days[0] if days else None, tuple(sorted(self._named("by", act))))
            for task in self._named("about", act):
                found[task].append(told)
        return found

    def task(self, name: str) -> Task:
        plan = next(iter(self._named("taskOf", name)), None)
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
            tuple(self._days("dueOn", name)),
            tuple(self._named("openTime", name)),
            next(iter(self._named("deadlineRaw", name)), None),
            tuple(self.acts["completed"].get(name, ())),
            tuple(self.acts["written_off"].get(name, ())),
        )

    def _named(self, predicate: str, subject: str | None) -> list[str]:
        return self.of[predicate].get(subject or "", [])

    def _days(self, predicate: str, subject: str) -> list[str]:
        """The days in a property, yyyy-mm-dd, the earliest first; what is no date is left out."""
        said = (value for value in self._named(predicate, subject) if value.isdecimal())
        return sorted(day for value in said if (day := iso(int(value))))
