"""The hunt: takes from a search the cheapest sets with which the goals really follow.

Each set is tried. One that does not suffice may have brought up something new (a finding, and now the place
is missing): it is asked once more what is missing with the set in place.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from reasoner.asking.attempts import FRESH, State, Why, gaps_of, is_fresh
from reasoner.asking.backwards import Search
from reasoner.asking.trial import Trial
from reasoner.engine import calendar
from reasoner.engine.join import Ground, compare
from reasoner.rulebook.rules import Term, Value, Var
from reasoner.rulebook.vocabulary import NUMBERS, predicate_name

if TYPE_CHECKING:
    from reasoner.pipeline import World

MOST_SETS = 8
MOST_TRIALS = 40
_MOST_CHOICES = 9
_MORE_STEPS = 100
_MOST_REPAIRS = 4
_REPAIR_STEPS = 100
_REPAIR_TRIALS = 3
_KEPT = "assumed-"
"""Begins the name of a thing that one attempt assumed, while it is asked what is then still missing."""

Pattern = tuple[Value | None, ...]
Wanted = tuple[str, tuple[Term, ...]]
"""A conclusion that is asked for: its predicate and arguments, open ones as variables."""


@dataclass(frozen=True)
class Missing:
    """One smallest set: facts to be recorded (None where the value is open), and what stands in the way.

    ``assumed`` are the same facts with made-up names (``?1``) for the things that nobody has recorded, each
    with who asks for it; ``days`` an example for every day that is open; ``any_of`` what only stands for its
    class (any other would do); ``undone`` the exceptions that hold now and that the facts would undo.
    """

    facts: tuple[tuple[str, Pattern], ...]
    obstacles: tuple[Ground, ...]
    world: World = field(compare=False, repr=False)
    assumed: tuple[tuple[Ground, Why], ...] = field(default=(), compare=False)
    order: tuple[tuple[Value, str, Value], ...] = field(default=(), compare=False)
    days: dict[Value, Value] = field(default_factory=dict, compare=False)
    any_of: dict[Value, str] = field(default_factory=dict, compare=False)
    blocked: tuple[tuple[Ground, Why], ...] = field(default=(), compare=False)
    undone: tuple[tuple[Ground, Why], ...] = field(default=(), compare=False)

    def sentences(self, language: str) -> list[str]:
        """The set in words: each missing fact, then each obstacle."""
        speaker = self.world.speaker
        missing = [speaker.absent(p, a)[language] for p, a in self.facts]
        return missing + [speaker.atom(obstacle)[language] for obstacle in self.obstacles]

    def words(self) -> set[str]:
        """Every name and label by which a case may refer to what is missing or in the way."""
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


class Hunt:
    """Takes from a search the cheapest sets that pass their trial."""

    def __init__(self, world: World, goals: list[Wanted], most: int = MOST_SETS) -> None:
        self.world, self.goals, self.most = world, goals, most

    def sets(self, search: Search) -> list[Missing]:
        """The smallest sets, fewest obstacles first."""
        found: dict[tuple[frozenset[Any], frozenset[Any]], Missing] = {}
        seen: set[tuple[frozenset[Any], frozenset[Any]]] = set()
        level: int | None = None
        failed: list[State] = []
        for state in search.ways(self.goals):
            if level is not None and state.rank > level:
                break
            key = (frozenset(_patterns(state)), frozenset(atom for atom, _ in state.obstacles))
            if not any(key) or key in seen:
                continue
            seen.add(key)
            if len(seen) > MOST_TRIALS:
                search.cut = True
                break
            days = self._days(state)
            if days is None:
                failed.append(state)
                continue
            if level is None:  # the smallest is found: the others of its size get as long again
                level = state.rank
                search.most_steps = min(search.most_steps, 2 * search.steps + _MORE_STEPS)
            found[key] = self._missing(state, days)
            if len(found) >= self.most:
                break
        if not found and not search.naming:
            for state in _various(search, failed)[:_MOST_REPAIRS]:
                whole = self._repaired(search, state)
                if whole is not None and (days := self._days(whole)) is not None:
                    found[frozenset(_patterns(whole)), frozenset()] = self._missing(whole, days)
        least = [
            missing
            for key, missing in found.items()
            if not any(other != key and other[0] <= key[0] and other[1] <= key[1] for other in found)
        ]
        return sorted(least, key=lambda m: (len(m.obstacles), len(m.facts)))

    def _repaired(self, search: Search, state: State) -> State | None:
        """A set that does not suffice, since it brings up something new, with what is then missing."""
        chosen = next(self._choices(*self._parts(state)), None)
        if chosen is None or state.obstacles:
            return None
        kept: dict[Value, Value] = {
            name: f"{_KEPT}{name[1:]}" for _, row in state.facts for name in row if _is_text(name)
        }
        added = self._added(state, {**kept, **chosen})
        then = Trial(self.world.model, self.world.rules, added)
        further = Search(self.world, search.limit - state.gaps, _REPAIR_STEPS, model=then)
        for more in itertools.islice(further.ways(self.goals), _REPAIR_TRIALS):
            renamed: dict[Value, Value] = {
                f"{FRESH}{n}": f"{FRESH}{state.made + n}" for n in range(1, more.made + 1)
            }
            renamed |= {new: old for old, new in kept.items()}

            def put(row: tuple[Value, ...], names: dict[Value, Value] = renamed) -> tuple[Value, ...]:
                return tuple([names.get(v, v) for v in row])

            facts = (*state.facts, *((predicate, put(row)) for predicate, row in more.facts))
            whole = state._replace(
                facts=facts,
                asked=(*state.asked, *more.asked),
                order=(
                    *state.order,
                    *((a, op, b) for (a, b), op in ((put((a, b)), op) for a, op, b in more.order)),
                ),
                undone=(*state.undone, *((atom, why) for atom, why in more.undone if not _names(atom, kept))),
                gaps=gaps_of(facts),
                loose=state.loose + more.loose,
                made=state.made + more.made,
            )
            if not more.obstacles and self._days(whole) is not None:
                return whole
        return None

    def _missing(self, state: State, days: dict[Value, Value]) -> Missing:
        pairs = [
            pair for pair in zip(state.facts, state.asked, strict=True) if pair[0][0] != calendar.MONTHS_AFTER
        ]
        pairs += self._natures(state, days)
        kept = _narrowest(self.world, [fact for fact, _ in pairs])
        shown = [(p, tuple(None if is_fresh(v) else v for v in row)) for p, row in kept]
        return Missing(
            tuple(dict.fromkeys(shown)),
            tuple(atom for atom, _ in state.obstacles),
            self.world,
            tuple(pair for pair in pairs if pair[0] in kept),
            state.order,
            days,
            self._examples(state, days),
            state.obstacles,
            state.undone,
        )

    def _natures(self, state: State, days: dict[Value, Value]) -> list[tuple[Ground, Why]]:
        """What the new things are of which no rule asked it: by the domain of what is said of them."""
        vocabulary, denied = self.world.rules.vocabulary, [atom for atom, _ in state.obstacles]
        said: dict[Value, Why] = {}
        for (_, row), why in zip(state.facts, state.asked, strict=True):
            if is_fresh(row[0]):
                said.setdefault(row[0], why)
        found: list[tuple[Ground, Why]] = []
        for thing, why in said.items():
            own = [(p, row) for p, row in state.facts if row[0] == thing]
            domains = [vocabulary.predicates[p].arguments[0] for p, row in own if len(row) == 2]
            if len(domains) < len(own):
                continue
            for name in (name for name in domains[0] if all(name in domain for domain in domains)):
                fact: Ground = (predicate_name(name), (thing,))
                added = [*self._added(state, days), fact]
                if fact[0] in vocabulary.predicates and self._reached(
                    Trial(self.world.model, self.world.rules, added, denied)
                ):
                    found.append((fact, why))
                    break
        return found

    def _examples(self, state: State, days: dict[Value, Value]) -> dict[Value, str]:
        """Things on record in whose place another of their class would do as well: that is tried."""
        model, vocabulary = self.world.model, self.world.rules.vocabulary
        asked = {arg for _, args in self.goals for arg in args}
        found: dict[Value, str] = {}
        for value in dict.fromkeys(v for _, row in state.facts for v in row[1:]):
            if isinstance(value, int) or is_fresh(value) or value in asked or value in vocabulary.individuals:
                continue
            own = [c for c in vocabulary.class_names if (c, (value,)) in model.given]
            other = next((row[0] for c in own for row in model.rows(c) if row[0] != value), None)
            if other is None:
                continue
            added = self._added(state, {**days, value: other})
            denied = [atom for atom, _ in state.obstacles]
            if self._reached(Trial(model, self.world.rules, added, denied)):
                found[value] = own[0]
        return found

    def _reached(self, trial: Trial) -> bool:
        return any(
            trial.some(predicate, tuple([None if isinstance(a, Var) else a for a in args]))
            for predicate, args in self.goals
        )

    def _parts(
        self, state: State
    ) -> tuple[list[Ground], list[tuple[Value, ...]], tuple[tuple[Value, str, Value], ...]]:
        months = [row for p, row in state.facts if p == calendar.MONTHS_AFTER]
        return [fact for fact in state.facts if fact[0] != calendar.MONTHS_AFTER], months, state.order

    def _added(self, state: State, chosen: Mapping[Value, Value]) -> list[Ground]:
        """The facts of an attempt with days for what has none, and the months counted from those days."""
        facts, months, _ = self._parts(state)
        added = [(p, tuple([chosen.get(v, v) for v in row])) for p, row in facts]
        dates = [v for v in chosen.values() if isinstance(v, int)]
        dates += [row[0] for row in months if isinstance(row[0], int)]
        return [*added, *calendar.facts(dates, self.world.rules.book.months, self.world.facts.counting)]

    def _days(self, state: State) -> dict[Value, Value] | None:
        """Days for what has none, with which a goal follows; None when it does not."""
        world = self.world
        denied = [atom for atom, _ in state.obstacles]
        for chosen in itertools.islice(self._choices(*self._parts(state)), _MOST_CHOICES):
            trial = Trial(world.model, world.rules, self._added(state, chosen), denied)
            if self._reached(trial):
                return {name: value for name, value in chosen.items() if is_fresh(name)}
        return None

    def _choices(
        self,
        facts: list[Ground],
        months: list[tuple[Value, ...]],
        order: tuple[tuple[Value, str, Value], ...],
    ) -> Iterator[dict[Value, Value]]:
        """Days that agree with what the rules compare, likely ones first."""
        world = self.world
        predicates = world.rules.vocabulary.predicates
        open_days: dict[Value, None] = {}
        for predicate, row in facts:
            for value, kinds in zip(row, predicates[predicate].arguments, strict=True):
                if is_fresh(value) and set(kinds) & NUMBERS:
                    open_days[value] = None
        today = world.as_of
        likely = [today, today - datetime.timedelta(days=400), today - datetime.timedelta(days=1)]
        for left, _, right in order:
            for bound in (left, right):
                if isinstance(bound, int) and calendar.is_date(bound):
                    day = calendar.to_date(bound)
                    likely += [day, day + datetime.timedelta(days=1), day - datetime.timedelta(days=1)]
        numbers = list(dict.fromkeys(calendar.to_int(day) for day in likely))
        if len(open_days) > 3:
            numbers = numbers[:3]
        count = calendar.COUNTING.get(world.facts.counting)
        for choice in itertools.product(numbers, repeat=len(open_days)):
            chosen: dict[Value, Value] = dict(zip(open_days, choice, strict=True))
            for start, number, end in months:
                first = chosen.get(start, start)
                if count and isinstance(first, int) and isinstance(number, int):
                    chosen[end] = calendar.to_int(count(calendar.to_date(first), number))
            if all(_may_hold(chosen.get(a, a), op, chosen.get(b, b)) for a, op, b in order):
                yield chosen


def _patterns(state: State) -> Iterator[tuple[str, Pattern]]:
    for predicate, row in state.facts:
        if predicate != calendar.MONTHS_AFTER:
            yield predicate, tuple([None if is_fresh(v) else v for v in row])


def _various(search: Search, failed: list[State]) -> list[State]:
    """Attempts that differ in more than who acted: for each choice of kinds the one that says most."""
    best: dict[frozenset[Any], State] = {}
    for state in failed:
        kinds = frozenset(
            (p, row[1]) for p, row in state.facts if search.world.single(p) and not is_fresh(row[1])
        )
        if kinds not in best or len(best[kinds].facts) < len(state.facts):
            best[kinds] = state
    return sorted(best.values(), key=lambda state: -len(state.facts))


def _is_text(value: Value) -> TypeGuard[str]:
    return isinstance(value, str) and is_fresh(value)


def _names(atom: Ground, kept: Mapping[Value, Value]) -> bool:
    return any(value in kept.values() for value in atom[1])


def _narrowest(world: World, facts: Collection[Ground]) -> list[Ground]:
    """The facts; of two classes of one thing only the narrower."""
    names, ancestors = world.rules.vocabulary.class_names, world.rules.vocabulary.ancestors
    return [
        (predicate, row)
        for predicate, row in facts
        if not any(
            other != predicate
            and row == same
            and predicate in names
            and other in names
            and names[predicate] in ancestors(names[other])
            for other, same in facts
        )
    ]


def _may_hold(left: Value, op: str, right: Value) -> bool:
    if is_fresh(left) or is_fresh(right):
        return op != "!=" or left != right
    return compare(left, op, right)
