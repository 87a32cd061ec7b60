"""Which conclusions differ between two runs, and because of which facts and rules.

survey before, survey after ─▶ conclusions in one only ─▶ paired by norm, matter and bearer
each pair ─ the case of its matter in both ─ asking/causes ─▶ facts and rules that differ
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from reasoner.asking.causes import Side, causes, key
from reasoner.asking.whatif import by_place
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.join import Ground, Row
from reasoner.engine.survey import Survey
from reasoner.pipeline import World, origin_of
from reasoner.rulebook.rules import Rule

_WHOLE = 20_000
"""Facts up to which the whole record is taken as one world when a case does not show the cause."""


@dataclass(frozen=True)
class Shift:
    """What became of one norm for one matter and bearer; None where nothing follows.

    ``facts`` and ``rules`` are what it is put down to: stated on one side only, or of one version only.
    """

    before: Conclusion | None
    after: Conclusion | None
    facts: tuple[Ground, ...]
    rules: tuple[Rule, ...]

    @property
    def one(self) -> Conclusion:
        """The conclusion after, or else before."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Edited:
    """A norm, definition or axiom with rules of one version only: how many came, how many went."""

    owner: str
    come: int
    gone: int


class Comparison:
    """Two runs side by side. The surveys may differ in day, state of the record and rules."""

    def __init__(self, before: Survey, after: Survey) -> None:
        self.before, self.after = before, after

    @cached_property
    def _rules(self) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
        """The rules that only the one and only the other has."""
        if self.before.rules.book.digest == self.after.rules.book.digest:
            return frozenset(), frozenset()
        old, new = (frozenset(map(key, s.rules.book.rules)) for s in (self.before, self.after))
        return old - new, new - old

    @cached_property
    def edited(self) -> list[Edited]:
        """Whose rules differ, by id."""
        gone, come = (Counter(owner for owner, _ in rules) for rules in self._rules)
        return [Edited(owner, come[owner], gone[owner]) for owner in sorted({*gone, *come})]

    @cached_property
    def reworded(self) -> list[str]:
        """The paragraphs and items of the regulation whose words differ, by id, in the order of the text."""
        old, new = (dict(_words(s)) for s in (self.before, self.after))
        return [place for place in {**old, **new} if old.get(place) != new.get(place)]

    @cached_property
    def stated(self) -> frozenset[Ground]:
        """The facts that one side alone states; months counted from days are none."""
        old, new = self.before.facts, self.after.facts
        differing = old.atoms.keys() ^ new.atoms.keys()
        return frozenset(
            atom
            for atom in differing
            if "calendar" not in old.outside.get(atom, {}) and "calendar" not in new.outside.get(atom, {})
        )

    def sources(self, atom: Ground) -> list[dict[str, Any]]:
        """Where a fact comes from, on the side that states it (after, when both do)."""
        facts = (self.after if self.is_new(atom) else self.before).facts
        if (outside := facts.outside.get(atom)) is not None:
            return [outside]
        return list(origin_of(self.after.record).sources(facts.origins.get(atom, ())).values())

    def is_new(self, atom: Ground) -> bool:
        """Whether a fact is stated after."""
        return atom in self.after.facts.atoms

    @cached_property
    def shifts(self) -> list[Shift]:
        """Every conclusion that only one run draws, or that has other remarks beside it; by matter."""
        old, new = ({c.atom: c for c in s.conclusions} for s in (self.before, self.after))
        gone = by_place(c for atom, c in old.items() if atom not in new)
        come = by_place(c for atom, c in new.items() if atom not in old)
        pairs: list[tuple[Conclusion | None, Conclusion | None]] = [
            pair
            for place in dict.fromkeys((*gone, *come))
            for pair in zip_longest(gone.get(place, ()), come.get(place, ()))
        ]
        touched = {row[:2] for row in self._remarks()}
        pairs += [
            (one, new[atom])
            for atom, one in old.items()
            if atom in new and atom[1][:2] in touched and not one.reads_like(new[atom])
        ]
        pairs.sort(key=lambda pair: _order(*pair))
        return [self._shift(before, after) for before, after in pairs]

    def _remarks(self) -> Iterator[Row]:
        for name in {*self.before.said, *self.after.said} - {*self.before.statuses, *self.after.statuses}:
            rows = (frozenset(s.model.rows(name)) for s in (self.before, self.after))
            yield from next(rows) ^ next(rows)

    def _shift(self, before: Conclusion | None, after: Conclusion | None) -> Shift:
        found = dict.fromkeys(self._causes(before, after, whole=False))
        if not found and max(len(s.facts.origins) for s in (self.before, self.after)) <= _WHOLE:
            found = dict.fromkeys(self._causes(before, after, whole=True))
        rules = tuple(cause for cause in found if isinstance(cause, Rule))
        return Shift(before, after, tuple(c for c in found if not isinstance(c, Rule)), rules)

    def _causes(
        self, before: Conclusion | None, after: Conclusion | None, whole: bool
    ) -> Iterator[Ground | Rule]:
        gone, come = self._rules
        if whole:
            worlds = self.before.whole, self.after.whole
        else:
            worlds = _case(self.before, before, after), _case(self.after, after, before)
        old, new = Side(worlds[0].model, gone), Side(worlds[1].model, come)
        if before is not None and after is not None and before.atom == after.atom:  # another remark beside
            for name in self.before.said:
                for one, other in ((old, new), (new, old)):
                    for row in one.model.rows(name):
                        if row[:2] == before.atom[1][:2]:
                            yield from causes((name, row), one, other, self.stated)
            return
        if before is not None:
            yield from causes(before.atom, old, new, self.stated)
        if after is not None:
            yield from causes(after.atom, new, old, self.stated)


def _case(survey: Survey, own: Conclusion | None, other: Conclusion | None) -> World:
    """The case in which a conclusion holds; without one, that of what the other conclusion is about."""
    if own is not None:
        return survey.case_of(own)
    assert other is not None
    return survey.case(next(iter(other.issues), other.subject))


def _order(before: Conclusion | None, after: Conclusion | None) -> tuple[str, str, str, str]:
    one = after or before
    assert one is not None
    return next(iter(one.issues), one.subject), one.norm, one.status, str(one.atom[1])


def _words(survey: Survey) -> Iterator[tuple[str, str]]:
    for article in survey.law.articles:
        for paragraph in article.paragraphs:
            yield paragraph.id, paragraph.text
            for item in paragraph.items:
                yield item.id, item.text
