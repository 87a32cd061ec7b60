"""Why not: the smallest sets of facts that would make a conclusion follow, and what stands in the way.

The rules are read backwards from the wanted conclusion. A premise that holds costs nothing; a missing one
is either derived further down or assumed; an exception that holds is undone by whatever would undo it. All
that is assumed about one unrecorded thing (an act with its day and addressee) counts as one gap. The search
deepens by the number of gaps and stops at the first number that suffices, and every set is tried: it is
returned only if the rules, run with it, yield the conclusion.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from reasoner import calendar
from reasoner.evaluate import Derivation, Ground, Model, compare, evaluate
from reasoner.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var
from reasoner.vocabulary import NUMBERS, Vocabulary

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology, World

FRESH = "?"
MOST_GAPS = 4
MOST_SETS = 8
MOST_STEPS = 10_000
MOST_TRIALS = 12
_DEEPEST = 16
_FEW_MATCHES = 6

_AS_RECORDED = ("recordedEvent", "parameter")

Binding = dict[str, Value]
Pattern = tuple[Value | None, ...]


@dataclass(frozen=True)
class Missing:
    """One smallest set: facts to be recorded (None where the value is open), and what stands in the way."""

    facts: tuple[tuple[str, Pattern], ...]
    obstacles: tuple[Ground, ...]
    world: World = field(compare=False, repr=False)

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
class _State:
    """What is assumed so far: facts, obstacles to be undone, number of gaps, of things made up."""

    facts: tuple[Ground, ...] = ()
    obstacles: tuple[Ground, ...] = ()
    gaps: int = 0
    made: int = 0


class _Search:
    """Depth-first through the rules, backwards, with a limit on gaps and on steps."""

    def __init__(self, world: World, limit: int, strict: bool) -> None:
        self.model: Model = world.model
        self.vocabulary: Vocabulary = world.rules.vocabulary
        self.limit, self.strict, self.steps = limit, strict, 0
        self.rules, self.first = _backwards(world.rules)

    def by_rule(self, rule: Rule, goal: Atom) -> Iterator[_State]:
        """Ways to have the goal by one of the rules that conclude it."""
        return (state for _, state in self._by_rule(rule, goal, {}, _State(), 0))

    def prove(
        self, atom: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        """Ways to have an atom, each different outcome once."""
        seen = set()
        for found, after in self._ways(atom, values, state, depth):
            outcome = (*(_value(arg, found) for arg in atom.args), frozenset(after.facts), after.obstacles)
            if outcome not in seen:
                seen.add(outcome)
                yield found, after

    def _ways(
        self, atom: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        """Ways to have an atom: as it is, as already assumed, by a rule, or by assuming it."""
        self.steps += 1
        if self.steps > MOST_STEPS or depth > _DEEPEST:
            return
        pattern = tuple(_value(arg, values) for arg in atom.args)
        possible = self.first.get(atom.predicate)
        if possible is not None and pattern[0] is not None and pattern[0] not in possible:
            return  # no rule concludes this of that norm, whatever is recorded
        made_up = any(_is_fresh(v) for v in pattern)
        if not made_up:
            matches = list(itertools.islice(self.model.match(atom.predicate, pattern), _FEW_MATCHES))
            for row in matches:
                if (extended := _unify(atom.args, row, values)) is not None:
                    yield extended, state
            if matches and (self.strict or None not in pattern):
                return
        for predicate, row in state.facts:
            if self._says(predicate, atom.predicate):
                extended = _unify(atom.args, row, values)
                if extended is not None:
                    yield extended, state
                    if None not in pattern or self._one_day(atom.predicate):
                        return
        same_thing = any(p == atom.predicate and row[0] == pattern[0] for p, row in state.facts)
        if same_thing and self._one_day(atom.predicate):
            return  # nothing happens on two days
        if atom.predicate == calendar.MONTHS_AFTER:
            if made_up or None in pattern[:2]:
                yield from self._assume(atom, pattern, values, state)
        elif atom.predicate in self.rules:
            for rule in self.rules[atom.predicate]:
                yield from self._by_rule(rule, atom, values, state, depth)
        elif self._assumable(atom.predicate, pattern) and self._one_nature(atom.predicate, pattern[0], state):
            yield from self._assume(atom, pattern, values, state)

    def _one_nature(self, predicate: str, thing: Value | None, state: _State) -> bool:
        """Whether what is assumed of a made-up thing leaves it a possible thing."""
        names = self.vocabulary.class_names
        if predicate not in names or not _is_fresh(thing):
            return True
        assumed = [names[p] for p, row in state.facts if p in names and row[0] == thing]
        return not any(self.vocabulary.are_disjoint(names[predicate], other) for other in assumed)

    def _one_day(self, predicate: str) -> bool:
        declared = self.vocabulary.predicates[predicate]
        return not declared.derived and declared.arity == 2 and set(declared.arguments[1]) <= NUMBERS

    def _says(self, assumed: str, wanted: str) -> bool:
        """Whether an assumed class membership includes the wanted one."""
        if assumed == wanted:
            return True
        names = self.vocabulary.class_names
        return (
            assumed in names
            and wanted in names
            and names[wanted] in self.vocabulary.ancestors(names[assumed])
        )

    def _assumable(self, predicate: str, pattern: Pattern) -> bool:
        """Whether somebody could record this: nothing about the ontology's own things, no second nature."""
        subject = pattern[0]
        declared = self.vocabulary.predicates.get(predicate)
        if declared is None or declared.derived or subject in self.vocabulary.individuals:
            return False
        if subject is not None and any(self.model.holds((kind, (subject,))) for kind in _AS_RECORDED):
            return False  # an act or a finding on record is what it is
        if declared.is_class and subject is not None and not _is_fresh(subject):
            own = [c for c in self.vocabulary.class_names if self.model.holds((c, (subject,)))]
            wanted = self.vocabulary.class_names[predicate]
            known = [self.vocabulary.class_names[c] for c in own]
            return bool(set(known) & self.vocabulary.ancestors(wanted)) and not any(
                self.vocabulary.are_disjoint(k, wanted) for k in known
            )
        return True

    def _assume(
        self, atom: Atom, pattern: Pattern, values: Binding, state: _State
    ) -> Iterator[tuple[Binding, _State]]:
        cost = 0 if _is_fresh(pattern[0]) or atom.predicate == calendar.MONTHS_AFTER else 1
        if state.gaps + cost > self.limit:
            return
        made, extended, row = state.made, dict(values), list[Value]()
        for arg, value in zip(atom.args, pattern, strict=True):
            if value is None:
                made += 1
                value = f"{FRESH}{made}"
                if isinstance(arg, Var):
                    value = extended.setdefault(arg.name, value)
            row.append(value)
        facts = (*state.facts, (atom.predicate, tuple(row)))
        yield extended, replace(state, facts=facts, gaps=state.gaps + cost, made=made)

    def _by_rule(
        self, rule: Rule, goal: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        inner = _head_binding(rule, goal, values)
        if inner is None:
            return
        for found, after in self._body(list(rule.body), inner, state, depth + 1):
            outer = dict(values)
            for mine, theirs in zip(goal.args, rule.head.args, strict=True):
                value = _value(theirs, found)
                if isinstance(mine, Var) and value is not None:
                    outer.setdefault(mine.name, value)
            yield outer, after

    def _body(
        self, waiting: list[Literal], values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        if not waiting:
            yield values, state
            return
        step = min(waiting, key=lambda literal: self._urgency(literal, values))
        rest = [literal for literal in waiting if literal is not step]
        match step:
            case Atom():
                ways = self.prove(step, values, state, depth)
            case Not(atom):
                ways = self._undo(atom, values, state, depth)
            case Comparison(left, op, right):
                ways = iter([(values, state)]) if _may_hold(left, op, right, values) else iter(())
            case Count():
                ways = iter([(values, state)])  # whether it comes out is seen when the set is tried
        for found, after in ways:
            yield from self._body(rest, found, after, depth)

    def _urgency(self, literal: Literal, values: Binding) -> tuple[int, int]:
        """Tests first, then what is known, then what is most bound; what is missing altogether last."""
        match literal:
            case Comparison(left, _, right):
                return (0, 0) if None not in (_value(left, values), _value(right, values)) else (8, 0)
            case Atom(predicate, args):
                pattern = tuple(_value(arg, values) for arg in args)
                free = pattern.count(None)
                if any(_is_fresh(v) for v in pattern):
                    return (4, free)
                found = next(self.model.match(predicate, pattern), None) is not None
                return (1 if found and not free else 2 if found else 5, free)
            case Not(atom):
                open_ = any(
                    _value(a, values) is None for a in atom.args if isinstance(a, Var) and not a.anonymous
                )
                return (9, 0) if open_ else (3, 0)
        return (9, 0)

    def _undo(
        self, atom: Atom, values: Binding, state: _State, depth: int
    ) -> Iterator[tuple[Binding, _State]]:
        """Ways to have an atom absent: it is, or each reason for it is undone by adding something."""
        pattern = tuple(_value(arg, values) for arg in atom.args)
        if any(_is_fresh(v) for v in pattern):
            yield values, state
            return
        held = [(atom.predicate, row) for row in self.model.match(atom.predicate, pattern)]
        for after in self._undo_all(held, state, depth):
            yield values, after

    def _undo_all(self, held: list[Ground], state: _State, depth: int) -> Iterator[_State]:
        if not held:
            yield state
            return
        first, *others = held
        seen = set()
        for after in self._undo_one(first, state, depth):
            outcome = (frozenset(after.facts), after.obstacles)
            if outcome not in seen:
                seen.add(outcome)
                yield from self._undo_all(others, after, depth)

    def _undo_one(self, atom: Ground, state: _State, depth: int) -> Iterator[_State]:
        self.steps += 1
        if self.steps > MOST_STEPS or depth > _DEEPEST:
            return
        derivations = self.model.derivations.get(atom, [])
        if atom in self.model.given or not derivations:
            if state.gaps < self.limit:  # a recorded fact stands in the way: named, never removed on its own
                yield replace(state, obstacles=(*state.obstacles, atom), gaps=state.gaps + 1)
            return
        yield from self._break_all(derivations, state, depth + 1)

    def _break_all(self, derivations: list[Derivation], state: _State, depth: int) -> Iterator[_State]:
        if not derivations:
            yield state
            return
        first, *others = derivations
        for literal, ground in sorted(first.premises(), key=lambda premise: not isinstance(premise[0], Not)):
            if isinstance(literal, Not):
                ways = (after for _, after in self.prove(literal.atom, {}, state, depth))
            elif ground is not None and ground not in self.model.given:
                undone = self._undo_one(ground, state, depth)
                ways = (after for after in undone)
            else:
                continue
            for after in ways:
                yield from self._break_all(others, after, depth)


def why_not(world: World, status: str, **wanted: str) -> list[Missing]:
    """Smallest sets for a conclusion that does not follow; empty when none was found.

    ``status`` is a status of the ontology (KeyError otherwise); ``wanted`` fixes arguments by role: ``norm``,
    ``matter`` or ``issue`` (also its inspection and tasks are tried), ``bearer``, ``reason``, ``missing``,
    ``kind``.
    """
    predicate = world.rules.vocabulary.predicates[status]
    args: list[Term] = []
    for i, role in enumerate(predicate.roles):
        given = wanted.get(role)
        args.append(given.replace(".", "_") if given and role == "norm" else given or Var(f"G{i}"))
    matters: list[str | None] = [None]
    if "issue" in wanted and "matter" not in wanted:
        issue = wanted["issue"]
        rows = [
            *world.model.match("inInspection", (issue, None)),
            *world.model.match("concernsIssue", (None, issue)),
        ]
        matters = [issue, *dict.fromkeys(str(v) for row in rows for v in row if v != issue)]
    place = predicate.roles.index("matter") if "matter" in predicate.roles else None
    for limit, strict in itertools.product(range(1, MOST_GAPS + 1), (True, False)):
        found: dict[tuple[frozenset[Any], frozenset[Any]], Missing] = {}
        for matter in matters:
            goal = list(args)
            if matter is not None and place is not None:
                goal[place] = matter
            for missing in _tried(world, Atom(predicate.name, tuple(goal)), limit, strict):
                found.setdefault((frozenset(missing.facts), frozenset(missing.obstacles)), missing)
                if len(found) >= MOST_SETS:
                    break
        if found:
            return sorted(found.values(), key=lambda m: (len(m.obstacles), len(m.facts)))
    return []


def _tried(world: World, goal: Atom, limit: int, strict: bool) -> Iterator[Missing]:
    """The sets within the limit with which the goal really follows, and those that need a removal."""
    seen: set[frozenset[Ground]] = set()
    for rule in _backwards(world.rules)[0].get(goal.predicate, []):
        tried = 0
        for state in _Search(world, limit, strict).by_rule(rule, goal):
            key = frozenset((*state.facts, *state.obstacles))
            if not key or key in seen or state.gaps < limit:
                continue
            seen.add(key)
            tried += 1
            if tried > MOST_TRIALS:
                break
            if state.obstacles or _follows(world, goal, state.facts):
                shown = [f for f in state.facts if f[0] != calendar.MONTHS_AFTER]
                yield Missing(_shown(world, shown), state.obstacles, world)


@cache
def _backwards(rules: Ontology) -> tuple[dict[str, list[Rule]], dict[str, set[Value]]]:
    """Rules by what they conclude, and the norms that each derived term can ever be about."""
    by_head: dict[str, list[Rule]] = {}
    for rule in rules.book.rules:
        if not rule.owner.startswith("owl:"):
            by_head.setdefault(rule.head.predicate, []).append(rule)
    norms = set(rules.book.by_constant)
    first: dict[str, set[Value]] = {}
    for name in by_head:
        if rules.vocabulary.predicates[name].arguments[:1] == (("Norm",),):
            first[name] = set()
    changed = True
    while changed:
        changed = False
        for name, known in first.items():
            for rule in by_head[name]:
                head = rule.head.args[0]
                if not isinstance(head, Var):
                    more: set[Value] = {head}
                else:
                    limits = [
                        first[a.predicate]
                        for a in rule.positive()
                        if a.args[0] == head and a.predicate in first
                    ]
                    more = set.intersection(*limits) if limits else set(norms)
                changed |= not more <= known
                known |= more
    return by_head, first


def _follows(world: World, goal: Atom, assumed: tuple[Ground, ...]) -> bool:
    """Run the rules with the assumed facts, open days filled with likely ones, and look for the goal."""
    vocabulary = world.rules.vocabulary
    days: dict[Value, None] = {}
    for predicate, row in assumed:
        for value, kinds in zip(row, vocabulary.predicates[predicate].arguments, strict=True):
            if _is_fresh(value) and set(kinds) & NUMBERS:
                days[value] = None
    likely = [
        world.as_of,
        world.as_of - datetime.timedelta(days=400),
        world.as_of - datetime.timedelta(days=1),
    ]
    numbers = [calendar.to_int(day) for day in likely]
    pattern = tuple(None if isinstance(arg, Var) else arg for arg in goal.args)
    recorded = [fact for fact in assumed if fact[0] != calendar.MONTHS_AFTER]
    for choice in itertools.islice(itertools.product(numbers, repeat=len(days)), 9):
        chosen = dict(zip(days, choice, strict=True))
        more = [(p, tuple(chosen.get(v, v) for v in row)) for p, row in recorded]
        months = calendar.facts(choice, world.rules.book.months, world.facts.counting)
        model = evaluate([*world.facts.atoms, *more, *months], world.rules.program)
        if next(model.match(goal.predicate, pattern), None) is not None:
            return True
    return False


def _shown(world: World, facts: list[Ground]) -> tuple[tuple[str, Pattern], ...]:
    """Facts with open values as None; of two classes of one thing only the narrower."""
    names = world.rules.vocabulary.class_names
    kept = []
    for predicate, row in facts:
        narrower = any(
            other != predicate
            and row == same
            and predicate in names
            and other in names
            and names[predicate] in world.rules.vocabulary.ancestors(names[other])
            for other, same in facts
        )
        if not narrower:
            kept.append((predicate, tuple(None if _is_fresh(v) else v for v in row)))
    return tuple(dict.fromkeys(kept))


def _full(pattern: Pattern) -> tuple[Value, ...]:
    return tuple(v for v in pattern if v is not None)


def _is_fresh(value: Value | None) -> bool:
    return isinstance(value, str) and value.startswith(FRESH)


def _value(term: Term, values: Binding) -> Value | None:
    return values.get(term.name) if isinstance(term, Var) else term


def _may_hold(left: Term, op: str, right: Term, values: Binding) -> bool:
    one, other = _value(left, values), _value(right, values)
    if one is None or other is None or _is_fresh(one) or _is_fresh(other):
        return op != "!=" or one != other
    return compare(one, op, other)


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
