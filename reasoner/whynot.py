"""Why not: the smallest sets of facts that would make a conclusion follow, and what stands in the way.

``backwards`` proposes sets; every set is tried (``trial``): it is given only if the rules, run with it, yield
the conclusion. What is not found is not passed over in silence: either no rule can ever conclude it, and the
answer says at which premise it ends; or more is missing than the search counts up to, and one set is given
that is perhaps not the smallest.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reasoner import calendar
from reasoner.attempts import State, Why, is_fresh
from reasoner.backwards import Search
from reasoner.conclusions import Conclusion
from reasoner.join import Ground, compare
from reasoner.rules import Atom, Term, Value, Var
from reasoner.sentences import JOINT
from reasoner.slices import slices
from reasoner.trial import Trial
from reasoner.vocabulary import NUMBERS

if TYPE_CHECKING:
    from reasoner.pipeline import World

MOST_GAPS = 4
MOST_SETS = 8
MOST_TRIALS = 40
_MOST_CHOICES = 9
_FAR = 12  # gaps up to which one set is looked for when more than MOST_GAPS are missing
_DEEP_STEPS = 1_500
_NAMING_STEPS = 1_000
_MORE_STEPS = 200

Pattern = tuple[Value | None, ...]
Wanted = tuple[str, tuple[Term, ...]]
"""A conclusion that is asked for: its predicate and arguments, open ones as variables."""


@dataclass(frozen=True)
class Missing:
    """One smallest set: facts to be recorded (None where the value is open), and what stands in the way.

    ``assumed`` are the same facts with made-up names (``?1``) for the things that nobody has recorded, each
    with who asks for it; ``days`` an example for every day that is open; ``undone`` the exceptions that hold
    now and that the facts would undo.
    """

    facts: tuple[tuple[str, Pattern], ...]
    obstacles: tuple[Ground, ...]
    world: World = field(compare=False, repr=False)
    assumed: tuple[tuple[Ground, Why], ...] = field(default=(), compare=False)
    order: tuple[tuple[Value, str, Value], ...] = field(default=(), compare=False)
    days: dict[Value, Value] = field(default_factory=dict, compare=False)
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


@dataclass(frozen=True)
class Answer:
    """What can be said of a conclusion that is asked for.

    ``follows``: it is concluded already. ``sets``: with which it would be; the smallest, unless ``more_than``
    says that more than that number of things are missing (then one set, perhaps not the smallest). ``never``:
    premises of which no rule ever concludes anything, so that it cannot follow (predicate and norm).
    ``complete`` is False when the search was cut short.
    """

    follows: tuple[Conclusion, ...] = ()
    sets: tuple[Missing, ...] = ()
    never: tuple[tuple[str, str | None], ...] = ()
    more_than: int | None = None
    complete: bool = True


def why_not(world: World, status: str, **wanted: str) -> list[Missing]:
    """Smallest sets for a conclusion that does not follow; empty when none was found.

    ``status`` is a status of the ontology (KeyError otherwise); ``wanted`` fixes arguments by role: ``norm``,
    ``matter`` or ``issue`` (also its inspection and tasks are tried), ``bearer``, ``reason``, ``missing``,
    ``kind``.
    """
    goals = goals_for(world, status, wanted)
    hunt = _Hunt(world, goals)
    return hunt.sets(Search(world, MOST_GAPS)) or hunt.sets(_naming(world))


def answer(world: World, goals: list[Wanted]) -> Answer:
    """Why none of the goals follows, or that one does."""
    follows = [
        conclusion
        for conclusion in world.conclusions()
        if any(_meets(conclusion.atom, goal) for goal in goals)
    ]
    if follows:
        return Answer(follows=tuple(follows))
    kept = slices(world.rules)
    alive = [goal for goal in goals if kept.live(goal[0], _norm(goal))]
    if not alive:
        never = dict.fromkeys(end for goal in goals for end in _ends(world, goal))
        return Answer(never=tuple(never))
    hunt, search = _Hunt(world, alive), Search(world, MOST_GAPS)
    if found := hunt.sets(search):
        return Answer(sets=tuple(found), complete=not search.cut)
    naming = _naming(world)
    if found := hunt.sets(naming):
        return Answer(sets=tuple(found), complete=not search.cut and not naming.cut)
    if not search.cut and not search.beyond:
        return Answer()
    deep = Search(world, _FAR, _DEEP_STEPS, deep=True)
    far = _Hunt(world, alive, most=1).sets(deep)
    return Answer(sets=tuple(far), more_than=None if search.cut else MOST_GAPS, complete=False)


def _naming(world: World) -> Search:
    """Only when nothing that could be recorded suffices is it said what stands in the way."""
    return Search(world, MOST_GAPS, _NAMING_STEPS, naming=True)


def goals_for(world: World, status: str, wanted: dict[str, str]) -> list[Wanted]:
    """The conclusions that a status with some of its arguments can mean.

    A matter that is an issue may also be its inspection or a task of it; a bearer that is one of a district's
    two organs may also be the district; without a norm, each norm that can conclude it.
    """
    predicate = world.rules.vocabulary.predicates[status]
    kept = slices(world.rules)
    choices: list[list[Term]] = []
    for i, role in enumerate(predicate.roles):
        given = wanted.get(role)
        options: list[Term] = [Var(f"G{i}")]
        if role == "norm":
            named = given.replace(".", "_") if given else None
            possible = [n for n in world.rules.book.by_constant if kept.possible(status, n)]
            options = [named] if named else list(possible) or options
        elif role == "matter" and given is None and "issue" in wanted:
            options = list(_matters(world, wanted["issue"]))
        elif role == "bearer" and given:
            options = [given, *(str(row[0]) for row in world.model.match(JOINT, (None, given)))]
        elif given:
            options = [given]
        choices.append(options)
    return [(status, args) for args in itertools.product(*choices)]


def _matters(world: World, issue: str) -> dict[str, None]:
    rows = [
        *world.model.match("inInspection", (issue, None)),
        *world.model.match("concernsIssue", (None, issue)),
    ]
    return dict.fromkeys([issue, *(str(v) for row in rows for v in row)])


class _Hunt:
    """Takes from a search the cheapest sets that pass their trial."""

    def __init__(self, world: World, goals: list[Wanted], most: int = MOST_SETS) -> None:
        self.world, self.goals, self.most = world, goals, most

    def sets(self, search: Search) -> list[Missing]:
        found: dict[tuple[frozenset[Any], frozenset[Any]], Missing] = {}
        seen: set[tuple[frozenset[Any], frozenset[Any]]] = set()
        level: int | None = None
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
            if days is not None:
                if level is None:  # the smallest is found: the others of its size get as long again
                    level = state.rank
                    search.most_steps = min(search.most_steps, 2 * search.steps + _MORE_STEPS)
                found[key] = self._missing(state, days)
                if len(found) >= self.most:
                    break
        least = [
            missing
            for key, missing in found.items()
            if not any(other != key and other[0] <= key[0] and other[1] <= key[1] for other in found)
        ]
        return sorted(least, key=lambda m: (len(m.obstacles), len(m.facts)))

    def _missing(self, state: State, days: dict[Value, Value]) -> Missing:
        pairs = [
            pair for pair in zip(state.facts, state.asked, strict=True) if pair[0][0] != calendar.MONTHS_AFTER
        ]
        kept = _narrowest(self.world, [fact for fact, _ in pairs])
        shown = [(p, tuple(None if is_fresh(v) else v for v in row)) for p, row in kept]
        return Missing(
            tuple(dict.fromkeys(shown)),
            tuple(atom for atom, _ in state.obstacles),
            self.world,
            tuple(pair for pair in pairs if pair[0] in kept),
            state.order,
            days,
            state.obstacles,
            state.undone,
        )

    def _days(self, state: State) -> dict[Value, Value] | None:
        """Days for what has none, with which a goal follows; None when it does not."""
        world = self.world
        months = [row for p, row in state.facts if p == calendar.MONTHS_AFTER]
        facts = [fact for fact in state.facts if fact[0] != calendar.MONTHS_AFTER]
        denied = [atom for atom, _ in state.obstacles]
        for chosen in itertools.islice(self._choices(facts, months, state.order), _MOST_CHOICES):
            added = [(p, tuple([chosen.get(v, v) for v in row])) for p, row in facts]
            dates = [v for v in chosen.values() if isinstance(v, int)]
            dates += [row[0] for row in months if isinstance(row[0], int)]
            added += calendar.facts(dates, world.rules.book.months, world.facts.counting)
            trial = Trial(world.model, world.rules, added, denied)
            for predicate, args in self.goals:
                if trial.holds(predicate, tuple([None if isinstance(a, Var) else a for a in args])):
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


def _ends(world: World, goal: Wanted) -> Iterator[tuple[str, str | None]]:
    """Where every way to a goal ends: predicates that no rule concludes of this norm."""
    kept, book = slices(world.rules), world.rules.book
    seen: set[tuple[str, Value | None]] = set()
    waiting = [kept.key(goal[0], _norm(goal))]
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        rules = kept.concluding(*key)
        if not rules:
            record = book.by_constant.get(str(key[1])) if key[1] is not None else None
            yield key[0], record.id if record else None
        for rule in rules:
            first = next((a for a in rule.positive() if not kept.atom_possible(a)), None)
            if first is not None:
                waiting.append(kept.key(first.predicate, _first(first)))


def _norm(goal: Wanted) -> Value | None:
    return _first(Atom(*goal))


def _first(atom: Atom) -> Value | None:
    first = atom.args[0] if atom.args else None
    return None if isinstance(first, Var) else first


def _meets(atom: Ground, goal: Wanted) -> bool:
    return atom[0] == goal[0] and all(
        isinstance(arg, Var) or arg == value for arg, value in zip(goal[1], atom[1], strict=True)
    )


def _patterns(state: State) -> Iterator[tuple[str, Pattern]]:
    for predicate, row in state.facts:
        if predicate != calendar.MONTHS_AFTER:
            yield predicate, tuple([None if is_fresh(v) else v for v in row])


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
