"""Lifelike facts of any size, all of them invented, for measuring and for trying out.

The pattern is the fictional samples (see ``pattern``): life cycles with gaps, late and wrong acts, findings,
parameters and declarations. Copies are made side by side, each with ids and names of its own:

* regions, a few of which have most of the inspections;
* rounds of inspections, earlier or later by up to half a year; the first of them is the samples unaltered, so
  that whatever they show is shown;
* issues with their life cycle: acts that nobody recorded, acts that came late, things sent to the wrong body,
  findings that came to something else, other sectors, a few sectors having most (``copies``);
* plain issues, which know a place, a sector and perhaps a task and its completion, as most ledgers do
  (``plain``). An inspection has some hundred issues, a few have thousands.

The registry comes along, but every body of a copy is a copy as well: nothing is invented about a real one.
What is drawn depends on the seed, on what it is for and on its number, and on nothing else: the same seed
gives the same facts in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from reasoner.batch.generator.copies import NAMING, Copies
from reasoner.batch.generator.draws import Draws, Numbers
from reasoner.batch.generator.pattern import Fact, Pattern
from reasoner.batch.generator.plain import PlainIssues
from reasoner.batch.generator.rows import SCHEMA, Rows, numbered

RICH = 0.3
"""Share of the issues that have a life cycle of the samples; the others are plain."""
ROUND = 1500
"""Issues of a round of inspections, on average."""
_SHIFT = 180
"""Days by which a round is earlier or later at most."""
_SPREAD = 1.1
"""How uneven the sizes of inspections are."""
_ROUNDS, _MORE, _PLAIN = 100, 10_000, 60_000
"""Rounds, further issues and plain issues made at a time: what bounds the memory."""


class Generator:
    """Facts about a number of issues."""

    def __init__(self, pattern: Pattern, issues: int, seed: int = 0) -> None:
        """Raises ValueError for a negative number of issues or a negative seed."""
        if issues < 0 or seed < 0:
            raise ValueError(f"问题数和种子不得为负 / issues and seed must not be negative: {issues}, {seed}")
        self.pattern, self.issues, self.draws = pattern, issues, Draws(seed)
        self.heads = pattern.issues[:issues]
        """The issues of the samples that are copied."""
        self._gone = frozenset(pattern.issues[issues:])
        self.rounds = max(1, round(issues / ROUND))
        self.copied = min(issues, max(self.rounds * len(self.heads), round(issues * RICH)))
        """Issues with a life cycle: one of each kind in every round, and more of some."""
        self.region = self.draws.skewed("region", 0, self.rounds, self.rounds)
        """The region of each round."""
        drawn = self.draws.days("shift", 0, self.rounds, -_SHIFT, _SHIFT)
        self.shift = np.where(np.arange(self.rounds) > 0, drawn, 0)
        """The days by which each round is later than the samples."""
        self.weights = self.draws.sizes("size", self.rounds * len(pattern.inspections), _SPREAD)
        """How many issues each inspection has, in proportion: by round, then as the pattern lists them."""
        self._groups = {
            head: [f for f in pattern.facts if pattern.owner.get(f.subject) == head] for head in self.heads
        }

    def absent(self, entity: str) -> bool:
        """Whether an entity belongs to an issue of the samples that is not copied."""
        return self.pattern.owner.get(entity) in self._gone

    def tables(self) -> Iterator[pa.Table]:
        """Yield the statements, up to a million at a time, with the columns of ``rows.COLUMNS``."""
        yield pa.table([list(column) for column in zip(*self.pattern.registry, strict=True)], schema=SCHEMA)
        if not self.issues:
            return
        yield self._of_regions()
        for start in range(0, self.rounds, _ROUNDS):
            yield self._of_rounds(np.arange(start, min(self.rounds, start + _ROUNDS)))
        more = self.copied - self.rounds * len(self.heads)
        for part, start in enumerate(range(0, more, _MORE)):
            yield self._of_more(part, start, min(more, start + _MORE))
        plain, left = PlainIssues(self), self.issues - self.copied
        for part, start in enumerate(range(0, left, _PLAIN)):
            yield plain.table(part, start, min(left, start + _PLAIN))

    def table(self) -> pa.Table:
        """Return all statements as one table."""
        return pa.concat_tables(self.tables())

    def _of_regions(self) -> pa.Table:
        rows, regions = Rows(), np.unique(self.region)
        for fact in self.pattern.facts:
            if self.pattern.level_of(fact) == "region":
                subjects = numbered(fact.subject, regions)
                rows.add(fact.predicate, subjects, self._beside(fact, regions), fact.kind)
        return rows.table()

    def _beside(self, fact: Fact, regions: Numbers) -> pa.Array | str:
        """What is said of a body or a place of each region."""
        if fact.kind == "entity" and self.pattern.level(fact.object) == "region":
            return numbered(fact.object, regions)
        return numbered(fact.object, regions, "·") if fact.predicate in NAMING else fact.object

    def _of_rounds(self, rounds: Numbers) -> pa.Table:
        """What belongs to whole inspections, and one issue of each kind in them."""
        rows, free = Rows(), rounds > 0
        whole = Copies(self, f"round {rounds[0]}", rounds, rounds, free)
        for fact in self.pattern.facts:
            if self.pattern.level_of(fact) == "round":
                whole.copy(fact, rows)
        for head, facts in self._groups.items():
            group = Copies(self, f"{head} {rounds[0]}", rounds, rounds, free)
            for fact in facts:
                group.copy(fact, rows)
        return rows.table()

    def _of_more(self, part: int, start: int, end: int) -> pa.Table:
        """More issues of the kinds that an inspection has, the more the larger it is."""
        inspections, rows = self.pattern.inspections, Rows()
        where = self.draws.weighted("more where", part, end - start, self.weights)
        rounds, inspection = np.divmod(where, len(inspections))
        drawn = self.draws.uniform("more which", part, end - start)
        for number, name in enumerate(inspections):
            heads = [each for each in self.heads if self.pattern.inspection_of.get(each) == name]
            for place, head in enumerate(heads):
                here = np.flatnonzero((inspection == number) & ((drawn * len(heads)).astype(int) == place))
                numbers = self.rounds + start + here
                group = Copies(self, f"more {head} {part}", numbers, rounds[here], numbers > 0)
                for fact in self._groups[head]:
                    group.copy(fact, rows)
        return rows.table()
