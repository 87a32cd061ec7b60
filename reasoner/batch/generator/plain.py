"""Plain issues: a place, a sector, perhaps a task and its completion, as most ledgers know them.

Some of it is missing, some is wrong: no place, no day, a day before the inspection, two inspections, two
limits of one task, a completion recorded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reasoner.batch.generator.draws import Numbers
from reasoner.batch.generator.rows import Rows, chosen, day_of, day_texts, numbered

if TYPE_CHECKING:
    from reasoner.batch.generator.generate import Generator

MARK = "示例数据（虚构）"
SAMPLE = "【示例】"
_YEAR = 365
# What is known of so many of the issues, tasks and completions …
_PLACED, _DATED, _IN_SECTOR, _IN_TWO_SECTORS, _RAISED = 0.97, 0.85, 0.92, 0.08, 0.985
_WITH_TASK, _WITH_LIMIT, _COMPLETED, _WITH_DAY, _WRITTEN_OFF = 0.75, 0.92, 0.65, 0.98, 0.2
# … and wrong about so many.
_FOUND = 0.08
"""How many have a finding, of any kind that the text knows, about themselves or their inspection."""
_WRONG_YEAR, _RAISED_TWICE, _TWO_LIMITS, _RECORDED_TWICE = 0.005, 0.003, 0.005, 0.005


@dataclass(frozen=True)
class Places:
    """Where some plain issues lie, one place of each array for each issue.

    ``inspection`` counts the inspections of the pattern, ``slot`` those of the inspection; ``began`` is in
    days since 1970.
    """

    rounds: Numbers
    regions: Numbers
    inspection: Numbers
    slot: Numbers
    began: Numbers


class PlainIssues:
    """Plain issues in the inspections of a generator."""

    def __init__(self, generator: Generator) -> None:
        self._from, self._draws, self._pattern = generator, generator.draws, generator.pattern
        self._slots = [generator.pattern.slots[each] for each in generator.pattern.inspections]
        self._first = np.array([day_of(self._pattern.first_day(i)) for i in self._pattern.inspections])

    def places(self, part: int, number: int) -> Places:
        """Draw where so many issues lie: large inspections have more, and some of their places most."""
        kinds = len(self._slots)
        where = self._draws.weighted("plain where", part, number, self._from.weights)
        rounds, inspection = np.divmod(where, kinds)
        slot = np.zeros(number, dtype=np.int64)
        for each in range(kinds):
            drawn = self._draws.skewed(f"plain slot {each}", part, number, len(self._slots[each]))
            slot = np.where(inspection == each, drawn, slot)
        began = self._first[inspection] + self._from.shift[rounds]
        return Places(rounds, self._from.region[rounds], inspection, slot, began)

    def table(self, part: int, start: int, end: int) -> pa.Table:
        """The statements about the issues from ``start`` up to ``end``."""
        number, rows = end - start, Rows()
        places, numbers = self.places(part, number), np.arange(start, end)
        ids = numbered("T", numbers, "-")
        rows.add("issue", ids, "", "class")
        rows.add("name", ids, numbered(f"{SAMPLE}问题", numbers), "text")
        rows.add("summary", ids, numbered(f"{SAMPLE}群众反映的问题", numbers, "·"), "text")
        rows.add("note", ids, MARK, "text")

        def some(purpose: str, share: float) -> Numbers:
            return np.flatnonzero(self._draws.happens(f"plain {purpose}", part, number, share))

        raised = numbered(chosen(self._pattern.inspections, places.inspection), places.rounds)
        for purpose, share, objects in (
            ("raised", _RAISED, raised),
            ("raised twice", _RAISED_TWICE, raised.take(pa.array((np.arange(number) + 1) % number))),
            ("placed", _PLACED, self.territories(places)),
            ("in sector", _IN_SECTOR, self._sectors("sector", part, number)),
            ("in two sectors", _IN_TWO_SECTORS, self._sectors("second sector", part, number)),
        ):
            here = pa.array(some(purpose, share))
            predicate = {"r": "raisedIn", "p": "relatesTo", "i": "inSector"}[purpose[0]]
            rows.add(predicate, ids.take(here), objects.take(here), "entity")
        found = places.began + self._draws.days("plain found", part, number, 0, 20)
        found = found - _YEAR * self._draws.happens("plain wrong year", part, number, _WRONG_YEAR)
        here = some("dated", _DATED)
        rows.add("foundOn", ids.take(pa.array(here)), day_texts(found[here]), "date")
        self._tasks(rows, part, numbers, places, found)
        self._findings(rows, part, numbers, places, found)
        return rows.table()

    def territories(self, places: Places) -> pa.Array:
        """The territory of each issue."""
        return numbered(self._of_slots(places, 0), places.regions)

    def _of_slots(self, places: Places, field: int) -> pa.Array:
        """One field of each issue's slot, as the pattern names it."""
        starts = np.cumsum([0, *(len(each) for each in self._slots)])
        every = [slot[field] for slots in self._slots for slot in slots]
        return chosen(every, starts[places.inspection] + places.slot)

    def _sectors(self, purpose: str, part: int, number: int) -> pa.Array:
        sectors = self._pattern.sectors
        return chosen(sectors, self._draws.skewed(f"plain {purpose}", part, number, len(sectors)))

    def _tasks(self, rows: Rows, part: int, numbers: Numbers, places: Places, found: Numbers) -> None:
        number = len(numbers)

        def some(purpose: str, share: float) -> Numbers:
            return self._draws.happens(f"plain {purpose}", part, number, share)

        holders, plans = self._of_slots(places, 1), self._of_slots(places, 3)
        held = np.array([bool(slot.holder) for slots in self._slots for slot in slots])
        starts = np.cumsum([0, *(len(each) for each in self._slots)])
        task = held[starts[places.inspection] + places.slot] & some("task", _WITH_TASK)
        due = found + self._draws.days("plain due", part, number, 90, 720)
        done = due + self._draws.days("plain done", part, number, -150, 60)

        def add(predicate: str, which: Numbers, end: str, objects: pa.Array | str, kind: str) -> None:
            here = np.flatnonzero(which)
            subjects = _with(numbers[here], end)
            rows.add(predicate, subjects, objects if isinstance(objects, str) else objects.take(here), kind)

        add("rectificationTask", task, "-task", "", "class")
        add("name", task, "-task", numbered(f"{SAMPLE}任务", numbers), "text")
        add("note", task, "-task", MARK, "text")
        add("addresses", task, "-task", numbered("T", numbers, "-"), "entity")
        add("assignedTo", task, "-task", numbered(holders, places.regions), "entity")
        add("taskOf", task, "-task", numbered(plans, places.rounds), "entity")
        add("dueOn", task & some("limit", _WITH_LIMIT), "-task", day_texts(due), "date")
        add("dueOn", task & some("two limits", _TWO_LIMITS), "-task", day_texts(due + 31), "date")
        completed = task & some("completed", _COMPLETED)
        written_off = task & some("written off", _WRITTEN_OFF)
        doers = numbered(self._of_slots(places, 2), places.regions)
        checker = self._pattern.first("by", "writeOff")
        for which, act, end, who, day in (
            (completed, "taskCompletion", "-done", doers, done),
            (completed & some("twice", _RECORDED_TWICE), "taskCompletion", "-done2", doers, done + 14),
            (written_off, "writeOff", "-off", numbered(checker, places.regions), done + 30),
        ):
            add(act, which, end, "", "class")
            add(
                "name",
                which,
                end,
                numbered(f"{SAMPLE}{'办结' if act == 'writeOff' else '完成'}", numbers),
                "text",
            )
            add("note", which, end, MARK, "text")
            add("about", which, end, _with(numbers, "-task"), "entity")
            add("by", which, end, who, "entity")
            add("on", which & some(f"day {end}", _WITH_DAY), end, day_texts(day), "date")

    def _findings(self, rows: Rows, part: int, numbers: Numbers, places: Places, found: Numbers) -> None:
        number, kinds, states = len(numbers), self._pattern.findings, self._pattern.states
        here = np.flatnonzero(self._draws.happens("plain finding", part, number, _FOUND))
        kind = self._draws.days("plain finding kind", part, number, 0, len(kinds) - 1)[here]
        state = self._draws.days("plain finding state", part, number, 0, len(states) - 1)[here]
        on_issue = pa.array(self._draws.happens("plain finding on issue", part, number, 0.6)[here])
        later = self._draws.days("plain finding day", part, number, 30, 400)[here]
        raised = numbered(chosen(self._pattern.inspections, places.inspection), places.rounds).take(here)
        ids, text = _with(numbers[here], "-finding"), _with(numbers[here], "-text")
        checker = numbered(self._pattern.first("by", "writeOff"), places.regions[here])
        rows.add("text", text, "", "class")
        rows.add("name", text, numbered(f"{SAMPLE}文书", numbers[here]), "text")
        rows.add("finding", ids, "", "class")
        rows.add("name", ids, numbered(f"{SAMPLE}认定", numbers[here]), "text")
        for each in (text, ids):
            rows.add("note", each, MARK, "text")
        rows.add("findingKind", ids, chosen(kinds, kind), "entity")
        rows.add("about", ids, pc.if_else(on_issue, numbered("T", numbers[here], "-"), raised), "entity")
        rows.add("by", ids, checker, "entity")
        rows.add("state", ids, chosen(states, state), "entity")
        rows.add("concernsBody", ids, self.holders(places).take(here), "entity")
        for predicate in ("instrument", "competence"):
            rows.add(predicate, ids, text, "entity")
        rows.add("on", ids, day_texts(found[here] + later), "date")
        rows.add("conductOn", ids, day_texts(found[here]), "date")

    def holders(self, places: Places) -> pa.Array:
        """Who holds the tasks at each place, or the place itself where nobody does."""
        territory, doer = self._of_slots(places, 0), self._of_slots(places, 2)
        return numbered(pc.if_else(pc.equal(doer, ""), territory, doer), places.regions)


def _with(numbers: Numbers, end: str) -> pa.Array:
    return pc.binary_join_element_wise(numbered("T", numbers, "-"), pa.scalar(end), pa.scalar(""))
