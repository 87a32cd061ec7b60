"""Why not: the smallest sets of facts that would make a conclusion follow, and the exceptions in the way.

The rules are read backwards from the wanted conclusion. A premise that holds costs nothing; a missing one
is either derived further down or assumed. What is assumed about one unrecorded thing (an act with its date
and addressee) counts as one, so that "a progress report is missing" is one gap and not five. The search
deepens by the number of gaps and stops at the first number that suffices, so only smallest sets are returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reasoner.evaluate import Model, Plan, compare
from reasoner.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

if TYPE_CHECKING:
    from reasoner.cases import Scene
    from reasoner.pipeline import World

FRESH = "?"
MOST_GAPS = 4
MOST_SETS = 6
MOST_STEPS = 60_000
_DEEPEST = 14

Binding = dict[str, Value]


@dataclass(frozen=True)
class Missing:
    """One smallest set: facts to be recorded, and what holds but would have to be otherwise."""

    facts: tuple[tuple[str, tuple[Value | None, ...]], ...]
    obstacles: tuple[tuple[str, tuple[Value | None, ...]], ...]
    world: World = field(compare=False, repr=False)

    def sentences(self, language: str) -> list[str]:
        """The set in words: each missing fact, then each obstacle."""
        say = self.world.speaker.absent
        return [say(p, a)[language] for p, a in self.facts] + [say(p, a)[language] for p, a in self.obstacles]

    def words(self) -> set[str]:
        """Every name and label by which a case may refer to what is missing."""
        vocabulary = self.world.rules.vocabulary
        found: set[str] = set()
        for predicate, args in (*self.facts, *self.obstacles):
            declared = vocabulary.predicates[predicate]
            found |= {predicate, declared.iri.rsplit("#")[-1], *declared.label.values()}
            for arg in args:
                if isinstance(arg, str):
                    found.add(arg)
                    if individual := vocabulary.individuals.get(arg):
                        found |= set(individual.label.values())
        return found


@dataclass(frozen=True)
class _State:
    """Assumptions on the way: missing facts, obstacles, and how many things are assumed."""

    facts: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    obstacles: tuple[tuple[str, tuple[Value | None, ...]], ...] = ()
    gaps: int = 0
    fresh: int = 0


class _Search:
    def __init__(self, world: World, limit: int) -> None:
        self.model: Model = world.model
        self.limit = limit
        self.steps = 0
        self.plans: dict[str, list[Plan]] = {}
        for _, group in world.rules.program.strata:
            for plan in group:
                self.plans.setdefault(plan.rule.head.predicate, []).append(plan)

    def prove(
        self, atom: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        """Ways to have ``atom`` under ``values``: as it is, by a rule, or by assuming it."""
        self.steps += 1
        if self.steps > MOST_STEPS or depth > _DEEPEST:
            return
        pattern = tuple(_value(arg, values) for arg in atom.args)
        known = [v for v in pattern if v is not None]
        if not any(isinstance(v, str) and v.startswith(FRESH) for v in known):
            matched = 0
            for row in self.model.match(atom.predicate, pattern):
                if (extended := _unify(atom.args, row, values)) is not None:
                    yield extended, state
                    matched += 1
                    if matched >= 8:
                        break
            if matched and all(v is not None for v in pattern):
                return
        assumed = (atom.predicate, pattern)
        for predicate, args in state.facts:  # already assumed
            if predicate == atom.predicate and (extended := _unify(atom.args, args, values)) is not None:
                yield extended, state
                return
        if atom.predicate in self.plans:
            for plan in self.plans[atom.predicate]:
                yield from self._by_rule(plan, atom, values, state, depth)
            if any(p.rule.owner.startswith("owl:") is False for p in self.plans[atom.predicate]):
                return  # a derived term is never assumed itself
        yield from self._assume(assumed, atom, values, state)

    def _assume(
        self, assumed: tuple[str, tuple[Value | None, ...]], atom: Atom, values: Binding, state: _State
    ) -> Iterator[tuple[Binding, _State]]:
        predicate, pattern = assumed
        about_fresh = isinstance(pattern[0], str) and pattern[0].startswith(FRESH)
        new_thing = pattern[0] is None
        cost = 0 if about_fresh else 1
        if state.gaps + cost > self.limit:
            return
        number, extended, row = state.fresh, dict(values), list[Value]()
        for arg, value in zip(atom.args, pattern, strict=True):
            if value is None:
                number += 1
                value = f"{FRESH}{number}"
                if isinstance(arg, Var):
                    value = extended.setdefault(arg.name, value)
            row.append(value)
        del new_thing
        facts = (*state.facts, (predicate, tuple(row)))
        yield extended, _State(facts, state.obstacles, state.gaps + cost, number)

    def _by_rule(
        self, plan: Plan, goal: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        inner = _head_binding(plan.rule, goal, values)
        if inner is None:
            return
        for found, after in self._body(plan.steps, 0, inner, state, depth + 1):
            outer = dict(values)
            for mine, theirs in zip(goal.args, plan.rule.head.args, strict=True):
                value = _value(theirs, found)
                if isinstance(mine, Var) and value is not None:
                    outer.setdefault(mine.name, value)
            yield outer, after

    def _body(
        self, steps: list[Literal], position: int, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        if position == len(steps):
            yield values, state
            return
        step = steps[position]
        match step:
            case Atom():
                ways = self.prove(step, values, state, depth)
            case Not(atom):
                ways = self._absent(atom, values, state)
            case Comparison(left, op, right):
                ways = iter([(values, state)]) if self._may_hold(left, op, right, values) else iter(())
            case Count():
                ways = iter([(values, state)])
        for found, after in ways:
            yield from self._body(steps, position + 1, found, after, depth)

    def _absent(self, atom: Atom, values: Binding, state: _State) -> Iterator[tuple[Binding, _State]]:
        pattern = tuple(_value(arg, values) for arg in atom.args)
        if next(self.model.match(atom.predicate, pattern), None) is None:
            yield values, state
        elif state.gaps < self.limit and all(not _is_fresh(v) for v in pattern):
            obstacles = (*state.obstacles, (atom.predicate, pattern))
            yield values, _State(state.facts, obstacles, state.gaps + 1, state.fresh)

    def _may_hold(self, left: Term, op: str, right: Term, values: Binding) -> bool:
        one, other = _value(left, values), _value(right, values)
        if one is None or other is None or _is_fresh(one) or _is_fresh(other):
            return op != "!=" or one != other
        return compare(one, op, other)


def why_not(world: World, goal: dict[str, Any], scene: Scene | None = None) -> list[Missing]:
    """Smallest sets for a wanted conclusion ``{status, norm, issue | matter, bearer …}``; empty if none.

    Raises KeyError when the status is no status of the ontology.
    """
    predicate = world.rules.vocabulary.predicates[str(goal["status"])]
    resolve = scene._who if scene else str
    values: Binding = {}
    args: list[Term] = []
    for i, role in enumerate(predicate.roles):
        if role == "norm" and "norm" in goal:
            args.append(str(goal["norm"]).replace(".", "_"))
        elif role in ("matter", "bearer", "reason", "kind", "missing") and role in goal:
            args.append(resolve(goal[role]))
        else:
            args.append(Var(f"G{i}"))
    matters = [resolve(goal["issue"])] if "issue" in goal and "matter" not in goal else [None]
    if matters[0] is not None:
        matters += [str(row[1]) for row in world.model.match("inInspection", (matters[0], None))]
    for limit in range(1, MOST_GAPS + 1):
        found: dict[tuple[Any, Any], Missing] = {}
        for matter in matters:
            wanted = list(args)
            if matter is not None and "matter" in predicate.roles:
                wanted[predicate.roles.index("matter")] = matter
            search = _Search(world, limit)
            for _, state in search.prove(Atom(predicate.name, tuple(wanted)), values, _State(), 0):
                key = (frozenset(state.facts), frozenset(state.obstacles))
                found.setdefault(key, Missing(_shown(state.facts), state.obstacles, world))
                if len(found) >= MOST_SETS * 3:
                    break
        if found:
            best = sorted(found.values(), key=lambda m: (len(m.obstacles), len(m.facts)))
            return best[:MOST_SETS]
    return []


def _shown(
    facts: tuple[tuple[str, tuple[Value, ...]], ...],
) -> tuple[tuple[str, tuple[Value | None, ...]], ...]:
    return tuple((p, tuple(None if _is_fresh(v) else v for v in row)) for p, row in facts)


def _is_fresh(value: Value | None) -> bool:
    return isinstance(value, str) and value.startswith(FRESH)


def _value(term: Term, values: Binding) -> Value | None:
    return values.get(term.name) if isinstance(term, Var) else term


def _unify(args: tuple[Term, ...], row: tuple[Value, ...], values: Binding) -> Binding | None:
    extended = dict(values)
    for arg, value in zip(args, row, strict=True):
        if isinstance(arg, Var):
            if extended.setdefault(arg.name, value) != value:
                return None
        elif arg != value:
            return None
    return extended


def _head_binding(rule: Rule, goal: Atom, values: Binding) -> Binding | None:
    inner: Binding = {}
    for mine, theirs in zip(goal.args, rule.head.args, strict=True):
        value = _value(mine, values)
        if isinstance(theirs, Var):
            if value is not None and inner.setdefault(theirs.name, value) != value:
                return None
        elif value is not None and value != theirs:
            return None
    return inner
