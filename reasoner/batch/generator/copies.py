"""Copies of some records of a pattern side by side, each with what the copy makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reasoner.batch.generator.draws import SKEW, Numbers
from reasoner.batch.generator.pattern import Fact
from reasoner.batch.generator.rows import Rows, chosen, days_later, numbered

if TYPE_CHECKING:
    from reasoner.batch.generator.generate import Generator

NAMING = frozenset({"name", "shortName", "alias"})
_UNRECORDED, _DELAYED, _MISDIRECTED, _OTHERWISE, _RESECTORED = 0.06, 0.10, 0.04, 0.06, 0.7
"""How many acts and parameters are not on record and came late; how many things went to another body,
findings came to something else, issues lie in another sector."""
_DELAY, _LATER = 150, 30
"""Days: a delayed act is later by up to, an issue with all about it by up to."""


class Copies:
    """Copies of a round's own records, or of an issue's.

    ``numbers`` are those of the copies, ``rounds`` the rounds in which they lie. Where ``free`` is false, or
    the pattern keeps the record, a copy alters nothing but ids, names and the days of the whole round.
    """

    def __init__(
        self, generator: Generator, purpose: str, numbers: Numbers, rounds: Numbers, free: Numbers
    ) -> None:
        self._from, self._pattern, self._purpose = generator, generator.pattern, purpose
        self._numbers, self._rounds, self._free = numbers, rounds, free
        self._regions, self._days = generator.region[rounds], generator.shift[rounds]
        self._acts: dict[str, tuple[Numbers, Numbers]] = {}
        self._later = np.where(free, self._days_drawn("later", 0, _LATER), 0)

    def _days_drawn(self, what: str, least: int, most: int) -> Numbers:
        return self._from.draws.days(f"{self._purpose} {what}", 0, len(self._numbers), least, most)

    def _happens(self, what: str, share: float) -> Numbers:
        return self._free & self._from.draws.happens(f"{self._purpose} {what}", 0, len(self._numbers), share)

    def _act(self, record: str) -> tuple[Numbers, Numbers]:
        """Which copies know of an act or a parameter, and by how many days each act is late."""
        if record not in self._acts:
            known, late = (
                np.ones(len(self._numbers), dtype=bool),
                np.zeros(len(self._numbers), dtype=np.int64),
            )
            if record not in self._pattern.kept:
                if record in self._pattern.acts:
                    delayed = self._happens(f"{record} delayed", _DELAYED)
                    late = np.where(delayed, self._days_drawn(f"{record} delay", 1, _DELAY), 0)
                if record in self._pattern.acts or record in self._pattern.parameters:
                    known = ~self._happens(f"{record} unrecorded", _UNRECORDED)
            self._acts[record] = known, late
        return self._acts[record]

    def copy(self, fact: Fact, rows: Rows) -> None:
        """Add the copies of one statement about these records."""
        if self._from.absent(fact.subject) or self._from.absent(fact.object) or not len(self._numbers):
            return
        known, late = self._act(fact.subject)
        if fact.kind == "entity":
            known = known & self._act(fact.object)[0]
        places = np.flatnonzero(known)
        subjects = self._names(fact.subject, fact.subject, places)
        if fact.kind == "date":
            days = self._days
            if fact.subject not in self._pattern.kept:
                days = days + late + (self._later if fact.subject in self._pattern.owner else 0)
            rows.add(fact.predicate, subjects, days_later(fact.object, days[places]), "date")
        elif fact.kind == "entity":
            rows.add(fact.predicate, subjects, self._objects(fact, places), "entity")
        elif fact.predicate in NAMING:
            rows.add(fact.predicate, subjects, numbered(fact.object, self._numbers[places], "·"), fact.kind)
        else:
            rows.add(fact.predicate, subjects, fact.object, fact.kind)

    def _names(self, entity: str, beside: str, places: Numbers) -> pa.Array:
        """The ids of an entity's copies; those of the issue of ``beside`` have the numbers of the copies."""
        level, owner = self._pattern.level(entity), self._pattern.owner
        if level == "fixed":
            return chosen([entity], np.zeros(len(places), dtype=np.int64))
        if level == "region":
            return numbered(entity, self._regions[places])
        own = level == "group" and owner[entity] == owner.get(beside)
        return numbered(entity, (self._numbers if own else self._rounds)[places])

    def _objects(self, fact: Fact, places: Numbers) -> pa.Array:
        objects = self._names(fact.object, fact.subject, places)
        if fact.subject in self._pattern.kept:
            return objects
        if fact.predicate == "inSector":
            return self._otherwise(fact, objects, places, _RESECTORED, self._pattern.sectors, SKEW)
        if fact.predicate == "state":
            return self._otherwise(fact, objects, places, _OTHERWISE, self._pattern.states)
        if fact.predicate == "to" and "transfer" in self._pattern.classes[fact.subject]:
            return self._otherwise(fact, objects, places, _MISDIRECTED, self._pattern.organs)
        return objects

    def _otherwise(
        self,
        fact: Fact,
        objects: pa.Array,
        places: Numbers,
        share: float,
        others: Sequence[str],
        skew: float = 0,
    ) -> pa.Array:
        """The objects, a share of them replaced by others."""
        what = f"{fact.subject} {fact.predicate} {fact.object}"
        replaced = self._happens(what, share)[places]
        if not replaced.any():
            return objects
        drawn = self._from.draws.skewed(
            f"{self._purpose} {what} other", 0, len(self._numbers), len(others), skew
        )
        other = chosen(others, drawn[places])
        if others is self._pattern.organs:
            other = numbered(other, self._regions[places])
        return pc.if_else(pa.array(replaced), other, objects)
