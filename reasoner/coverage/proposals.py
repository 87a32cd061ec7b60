"""Proposals: what to change in a case so that it shows what no case shows yet of a condition.

For a condition that is not covered, a case near it is taken: one in which the rule fires (when the outcome
never flips), or one in which nothing but one condition stands in the way (when the rule never fires). Then
one thing of the case is altered at a time: left out, dated otherwise, done by or sent to another, of another
kind, recorded once more with a difference, or added as another case has it. Each altered case is evaluated;
what it shows is seen in the same way as coverage sees it. What must follow in it is for a lawyer to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from reasoner.casebook.casefile import Case, CaseError, vary
from reasoner.casebook.scene import Scene
from reasoner.coverage.alterations import Alterations, Variant, together
from reasoner.coverage.conditions import Coverage, Probe, fired
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Model
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import Registry

ROUNDS = ((40, 2), (150, 4), (500, 6))
"""How many alterations are tried, of how many cases near a condition: first a few for all conditions."""

Half = tuple[str, int, str]
"""Rule id, number of the condition in its body, ``flips`` or ``fires``."""


@dataclass(frozen=True)
class Proposal:
    """A variant of a case, the halves it would show, the conclusions it gains and loses against its base."""

    base: Case
    variant: Variant
    shows: frozenset[Half]
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass
class _Known:
    """One evaluated case: as it is read, or with the alterations of a proposal."""

    root: Case
    case: Case
    world: World
    fires: set[str]
    flips: set[str] = field(default_factory=set)
    variant: Variant = field(default_factory=dict)

    @property
    def model(self) -> Model:
        return self.world.model

    def nearness(self) -> tuple[bool, bool, int]:
        """What is simpler to vary comes first."""
        return bool(self.root.base), bool(self.variant), len(self.case.given)


def propose(
    found: Coverage,
    rules: Ontology,
    cases: Iterable[Case],
    registry: Registry,
    seconds: float = 120,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Variants that together show as much as could be found in the time given; few rather than many."""
    search = _Search(found, rules, registry, time.monotonic() + seconds)
    search.look_at(cases)
    for trials, bases in ROUNDS:
        for half in search.halves():
            step(len(search.all) - len(search.open), len(search.all))
            if half in search.open and time.monotonic() < search.deadline:
                search.seek(half, trials, bases)
    return search.fewest()


class _Search:
    def __init__(self, found: Coverage, rules: Ontology, registry: Registry, deadline: float) -> None:
        self.rules, self.registry, self.deadline = rules, registry, deadline
        uncovered = found.of("uncovered")
        self.open: set[Half] = {(c.rule.id, c.index, half) for c in uncovered for half in c.lacking}
        self.probes = {(c.rule.id, c.index): Probe(c.rule, c.index) for c in uncovered}
        self.by_rule = {c.rule.id: c.rule for c in uncovered}
        self.known: list[_Known] = []
        self.accepted: list[Proposal] = []
        self._tried: set[tuple[str, ...]] = set()
        self.all = set(self.open)

    def look_at(self, cases: Iterable[Case]) -> None:
        """Evaluate the cases; note which conditions are alone in the way of which rules."""
        every = list(cases)
        self.alterations = Alterations(self.rules, every)
        for case in every:
            if (world := self._world(case)) is not None:
                self._note(_Known(case, case, world, fired(world.model)))

    def _note(self, known: _Known) -> None:
        present = _present(known.model)
        silent = {rule for rule, _, kind in self.open if kind == "fires"}
        known.flips = {
            p.rule.id
            for p in self.probes.values()
            if p.rule.id in silent
            and p.rule.id not in known.fires
            and p.flipped(known.model, present) is not None
        }
        self.known.append(known)

    def halves(self) -> list[Half]:
        """What is sought: rules that never fire first, since firing is half of each of their conditions."""
        return sorted(self.open, key=lambda half: (half[2] != "fires", half[0], half[1]))

    def seek(self, half: Half, trials: int, bases: int) -> None:
        """Alter cases near a condition until one shows what is missing."""
        rule, index, kind = half
        for known in self._near(half)[:bases]:
            found = self.alterations.of(known.case, known.world, self.by_rule[rule], index, kind)
            for variant in islice(found, trials):
                if half not in self.open or time.monotonic() > self.deadline:
                    return
                self._try(known, variant)

    def _near(self, half: Half) -> list[_Known]:
        rule, _, kind = half
        if kind == "flips":
            near = [known for known in self.known if rule in known.fires]
        elif not (near := [known for known in self.known if rule in known.flips]):
            needed = {atom.predicate for atom in self.by_rule[rule].positive()}
            return sorted(self.known, key=lambda k: (-len(needed & _present(k.model)), k.nearness()))
        return sorted(near, key=_Known.nearness)

    def _try(self, known: _Known, variant: Variant) -> None:
        key = (known.root.file, known.root.name, repr(known.variant), repr(variant))
        if key in self._tried:
            return
        self._tried.add(key)
        world = self._world(known.case, variant)
        if world is None or not (shown := self._shown(world.model, self.open)):
            return
        self.open -= shown
        whole = together(known.variant, variant, known.root)
        base = known.world if not known.variant else self._world(known.root) or known.world
        gained, lost = _difference(base, world)
        everything = self._shown(world.model, self.all)
        self.accepted.append(Proposal(known.root, whole, frozenset(everything), gained, lost))
        altered = vary(known.case, variant)
        self._note(_Known(known.root, altered, world, fired(world.model), variant=whole))

    def _shown(self, model: Model, halves: set[Half]) -> set[Half]:
        rules, present = fired(model), _present(model)
        shown = {(rule, index, "fires") for rule, index, kind in halves if kind == "fires" and rule in rules}
        for rule, index, kind in halves:
            if kind == "flips" and self.probes[rule, index].flipped(model, present) is not None:
                shown.add((rule, index, kind))
        return shown

    def _world(self, case: Case, variant: Variant | None = None) -> World | None:
        try:
            return Scene(vary(case, variant) if variant else case, self.rules, self.registry).world()
        except CaseError:
            return None

    def fewest(self) -> list[Proposal]:
        """Enough of the proposals to show all that was found, those that show most first."""
        left = set().union(*(p.shows for p in self.accepted)) if self.accepted else set()
        chosen: list[Proposal] = []
        while left:
            best = max(self.accepted, key=lambda p: len(p.shows & left))
            chosen.append(Proposal(best.base, best.variant, best.shows & left, best.gained, best.lost))
            left -= best.shows
        return chosen


def _present(model: Model) -> set[str]:
    return {predicate for predicate, relation in model.relations.items() if relation.rows}


def _difference(before: World, after: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    one, other = ({_said(c, w): None for c in w.conclusions()} for w in (before, after))
    return tuple(s for s in other if s not in one), tuple(s for s in one if s not in other)


def _said(c: Conclusion, world: World) -> str:
    """A conclusion as an expectation would name it."""
    roles = world.rules.vocabulary.predicates[c.status].roles
    who = world.speaker.name(c.atom[1][roles.index("bearer")], "zh") if "bearer" in roles else None
    parts = {"norm": c.norm, "status": c.status, "matter": c.subject, "bearer": who}
    parts |= {"reason": c.reason, "missing": c.missing, "due": c.due, "kind": c.kind}
    if c.destinations:
        parts["destinations"] = "[" + ", ".join(d["name"]["zh"] for d in c.destinations) + "]"
    return "{" + ", ".join(f"{k}: {v}" for k, v in parts.items() if v) + "}"
