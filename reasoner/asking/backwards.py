"""Backwards from a goal: which sets of facts, if they were recorded, would make it follow.

The cheapest open attempt is carried on first. A premise that holds costs nothing; a missing one is derived
further down or assumed; an exception that holds is undone by what would undo it, or named as standing in the
way. All that is assumed about one unrecorded thing counts as one gap (an act with its day, its addressee, the
list it hands over).
What cannot be decided here (counts, the absence of what was assumed) is left to the trial of a finished set.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reasoner.asking.attempts import (
    FRESH,
    Goal,
    Open,
    Slot,
    State,
    Why,
    alike,
    form,
    gaps_of,
    is_fresh,
    known_value,
    put,
)
from reasoner.asking.recordable import Recordable
from reasoner.asking.slices import AXIOM, slices
from reasoner.asking.trial import Trial
from reasoner.engine import calendar
from reasoner.engine.evaluate import Model
from reasoner.engine.join import Ground, Row, compare
from reasoner.rulebook.rules import Atom, Comparison, Not, Rule, Term, Value, Var

if TYPE_CHECKING:
    from reasoner.pipeline import World

MOST_STEPS = 2_000
_DEEPEST = 16
_FEW_MATCHES = 6
_FAR = 4  # how far-fetched it is to name as an exception what only holds for want of a record


class Search:
    """One search for the ways to a goal, cheapest first, up to ``limit`` gaps.

    ``deep`` looks for any way at all; with ``naming`` an exception may be named as standing in the way, also
    when it is not a recorded fact but rests on some. ``model`` is what holds, if not the world's own.
    """

    def __init__(
        self,
        world: World,
        limit: int,
        most_steps: int = MOST_STEPS,
        deep: bool = False,
        naming: bool = False,
        model: Model | Trial | None = None,
    ) -> None:
        self.model = model or world.model
        self.world = Recordable(self.model, world.rules.vocabulary)
        self.slices, self.book = slices(world.rules), world.rules.book
        self.limit, self.most_steps, self.deep, self.naming = limit, most_steps, deep, naming
        self.standing = world.prover.standing
        self.steps, self.cut, self.beyond = 0, False, False
        self.ends: dict[Ground, Why] = {}  # what some attempt needed and nobody could record
        self._queue: list[tuple[int, int, int, State]] = []
        self._number = 0
        self._seen: set[tuple[object, ...]] = set()
        self._needs: dict[Ground, frozenset[Ground]] = {}
        self._matches: dict[tuple[str, tuple[Value | None, ...]], list[Row]] = {}

    def ways(self, goals: list[tuple[str, tuple[Term, ...]]]) -> Iterator[State]:
        """Finished attempts for any of the goals, cheapest first.

        Afterwards ``cut`` says that steps ran out, ``beyond`` that attempts with more gaps were given up.
        """
        for predicate, args in goals:
            opened = tuple(Open() if isinstance(arg, Var) else arg for arg in args)
            first = opened[0]
            norm = first if isinstance(first, str) else None
            for rule in self.slices.live(predicate, norm):
                if (body := self._body(rule, opened, Why(self._record(norm), ""), 0)) is not None:
                    self._push(State(body[0]))
        while self._queue:
            self.steps += 1
            if self.steps > self.most_steps:
                self.cut = True
                return
            *_, state = heapq.heappop(self._queue)
            settled = self._settle(state)
            if settled is None:
                continue
            if not settled.goals:
                yield settled
                continue
            self._branch(settled)

    def _record(self, norm: str | None) -> str | None:
        record = self.book.by_constant.get(norm or "")
        return record.id if record else None

    def _push(self, state: State) -> None:
        if state.gaps > self.limit:
            self.beyond = True
            return
        key = form(state)
        if key in self._seen:
            return
        self._seen.add(key)
        self._number -= 1  # of two alike the later: one attempt is carried through before the next is begun
        size = len(state.goals) + len(state.facts)
        rank = (len(state.goals), state.gaps) if self.deep else (state.rank, size)
        heapq.heappush(self._queue, (*rank, self._number, state))

    # -- what needs no choice -----------------------------------------------------------------------

    def _settle(self, state: State) -> State | None:
        """The state without the goals that are met; None when one can never be."""
        kept, order, relied = [], list(state.order), state.relied
        for goal in {goal[:3]: goal for goal in state.goals}.values():
            match goal.kind:
                case "?":
                    left, right = goal.args
                    if isinstance(left, Open) or isinstance(right, Open):
                        kept.append(goal)
                    elif is_fresh(left) or is_fresh(right):
                        if goal.predicate == "!=" and left == right:
                            return None
                        order.append((known_value(left), goal.predicate, known_value(right)))
                    elif not compare(known_value(left), goal.predicate, known_value(right)):
                        return None
                case "-":
                    if any(isinstance(arg, Open) for arg in goal.args) or (
                        not any(map(is_fresh, goal.args)) and self._found(goal)
                    ):
                        kept.append(goal)
                case _:
                    closed = not any(isinstance(arg, Open) for arg in goal.args)
                    if closed and self._holds(goal, state):
                        relied |= self._needed((goal.predicate, tuple(map(known_value, goal.args))))
                        continue
                    plain = (
                        goal.predicate not in self.slices.rules and goal.predicate != calendar.MONTHS_AFTER
                    )
                    if closed and plain and is_fresh(goal.args[0]):
                        # of a new thing that is fully said there is one way: that it is recorded
                        if not self._recordable(goal, state):
                            return None
                        state = self._assumed(state, goal)
                        continue
                    if goal.checked:
                        kept.append(goal)
                        continue
                    if not self._found(goal) and not self._possible(goal, state):
                        if closed and not any(map(is_fresh, goal.args)):
                            self.ends.setdefault(
                                (goal.predicate, tuple(map(known_value, goal.args))), goal.why
                            )
                        return None
                    kept.append(goal._replace(checked=True))
        if any(atom in relied for atom, _ in (*state.undone, *state.obstacles)):
            return None  # it would have to hold and not to hold
        if state.gaps > self.limit:
            self.beyond = True
            return None
        return state._replace(goals=tuple(kept), order=tuple(order), relied=relied)

    def _recordable(self, goal: Goal, state: State) -> bool:
        if self.world.single(goal.predicate) and any(
            p == goal.predicate and row[0] == goal.args[0] for p, row in state.facts
        ):
            return False
        return self.world.assumable(goal, state)

    def _needed(self, atom: Ground) -> frozenset[Ground]:
        """An atom that holds, with everything without which it would not."""
        known = self._needs.get(atom)
        if known is None:
            self._needs[atom] = frozenset({atom})
            found, derivations = {atom}, self.model.derivations.get(atom, [])
            if len(derivations) == 1 and atom not in self.model.given:
                for support in derivations[0].supports():
                    found |= self._needed(support)
            known = self._needs[atom] = frozenset(found)
        return known

    def _holds(self, goal: Goal, state: State) -> bool:
        if (goal.predicate, goal.args) in state.begun:
            return True
        if any(map(is_fresh, goal.args)):
            return any(row == goal.args and self.world.says(p, goal.predicate) for p, row in state.facts)
        return bool(self._found(goal)) or (goal.predicate, goal.args) in state.facts

    def _found(self, goal: Goal) -> list[Row]:
        """A few rows of the model that agree with a goal."""
        if any(map(is_fresh, goal.args)):
            return []
        pattern = tuple([None if isinstance(arg, Open) else arg for arg in goal.args])
        key = (goal.predicate, pattern)
        found = self._matches.get(key)
        if found is None:
            rows = self.model.match(goal.predicate, pattern)
            found = self._matches[key] = list(itertools.islice(rows, _FEW_MATCHES))
        return found

    def _possible(self, goal: Goal, state: State) -> bool:
        if any(self._unify(goal, fact) is not None for fact in state.facts):
            return True
        if goal.predicate in self.slices.rules:
            return self.slices.possible(*self._key(goal)) or self.world.assumable(goal, state)
        return goal.predicate == calendar.MONTHS_AFTER or self.world.assumable(goal, state)

    def _key(self, goal: Goal) -> tuple[str, Value | None]:
        first = goal.args[0] if goal.args else None
        return self.slices.key(goal.predicate, None if isinstance(first, Open) else first)

    # -- choices ------------------------------------------------------------------------------------

    def _branch(self, state: State) -> None:
        chosen = min(state.goals, key=self._urgency)
        rest = state._replace(goals=tuple(goal for goal in state.goals if goal is not chosen))
        if chosen.kind == "-":
            dealt = {atom for atom, _ in (*state.undone, *state.obstacles)}
            rows = [row for row in self._found(chosen) if (chosen.predicate, row) not in dealt]
            if rows:  # one at a time: the goal stays until every row of it is dealt with
                self._undo((chosen.predicate, rows[0]), state, chosen)
            else:
                self._push(rest)
            return
        if chosen.kind == "?":
            return  # a value that nothing binds: no such rule is safe
        matches = self._found(chosen)
        taken = sum(self._bind(rest, chosen, row) for row in matches)
        if taken:
            if not self.slices.changeable(*self._key(chosen)):
                return
            rest = rest._replace(loose=rest.loose + 1)
        single = self.world.single(chosen.predicate)
        for fact in rest.facts:
            if self._unify(chosen, fact) is not None:
                self._bind(rest, chosen, fact[1])
                if single:
                    return
        same = any(p == chosen.predicate and row[0] == chosen.args[0] for p, row in rest.facts)
        if single and same:
            return
        if chosen.predicate == calendar.MONTHS_AFTER:
            self._push(self._assumed(rest, chosen))
            return
        if chosen.depth < _DEEPEST and (rules := self.slices.live(*self._key(chosen))):
            same_goal = [args for p, args in rest.begun if p == chosen.predicate]
            for args in same_goal:
                if (binding := alike(chosen.args, args)) is not None:
                    self._push(put(rest, binding))
            began = rest._replace(
                begun=(*rest.begun, (chosen.predicate, chosen.args)), loose=rest.loose + bool(same_goal)
            )
            for rule in rules:
                body = self._body(rule, chosen.args, chosen.why, chosen.depth + 1)
                if body is not None:
                    goals, binding = body
                    self._push(put(began, binding, goals))
        if self.world.assumable(chosen, rest):
            self._push(self._assumed(rest, chosen))

    def _urgency(self, goal: Goal) -> tuple[int, int]:
        """What is known first, then exceptions, then what surely costs something; what waits last."""
        unknown = sum(isinstance(arg, Open) for arg in goal.args)
        if goal.kind == "-":
            return (9, 0) if unknown else (3, 0)
        if goal.kind == "?":
            return (8, 0)
        if found := self._found(goal):
            return (2, len(found) + unknown)
        if any(map(is_fresh, goal.args)):
            return (5, unknown)
        return (6 if unknown else 4, unknown)

    def _bind(self, state: State, goal: Goal, row: Row) -> bool:
        """Push the state with a row taken for the goal, unless another goal is then out of the question."""
        binding: dict[Open, Slot] = {}
        for arg, value in zip(goal.args, row, strict=True):
            if isinstance(arg, Open) and binding.setdefault(arg, value) != value:
                return False
        relied = state.relied
        if not any(map(is_fresh, row)):
            relied |= self._needed((goal.predicate, row))
        bound = put(state._replace(relied=relied), binding)
        if not all(map(self.world.typed, bound.goals)) or (settled := self._settle(bound)) is None:
            return False
        self._push(settled)
        return True

    def _assumed(self, state: State, goal: Goal) -> State:
        made, row, binding = state.made, list[Value](), dict[Open, Slot]()
        for arg in goal.args:
            if isinstance(arg, Open):
                made += 1
                binding[arg] = f"{FRESH}{made}"
                row.append(f"{FRESH}{made}")
            else:
                row.append(known_value(arg))
        facts = (*state.facts, (goal.predicate, tuple(row)))
        gaps = gaps_of(facts) + len(state.obstacles)
        return put(state, binding)._replace(facts=facts, asked=(*state.asked, goal.why), gaps=gaps, made=made)

    def _body(
        self, rule: Rule, args: tuple[Slot, ...], why: Why, depth: int
    ) -> tuple[tuple[Goal, ...], dict[Open, Slot]] | None:
        """The premises of a rule for a head with these arguments, and what the head binds outside."""
        values: dict[str, Slot] = {}
        binding: dict[Open, Slot] = {}
        for own, given in zip(rule.head.args, args, strict=True):
            if not isinstance(own, Var):
                if isinstance(given, Open):
                    binding[given] = own
                elif given is not None and given != own:
                    return None
                continue
            known = values.setdefault(own.name, given)
            if known is not given and known != given:
                if isinstance(given, Open):
                    binding[given] = known
                elif isinstance(known, Open):
                    binding[known] = values[own.name] = given
                else:
                    return None
        asks = Why(rule.owner if rule.owner in self.book.norms else why.norm, rule.owner)

        def term(t: Term, anything: bool = False) -> Slot:
            if not isinstance(t, Var):
                return t
            if t.name not in values and not (anything and t.anonymous):
                values[t.name] = Open()
            return values.get(t.name)

        goals = []
        for literal in rule.body:
            match literal:
                case Atom(predicate, own_args):
                    goals.append(Goal("+", predicate, tuple([term(a) for a in own_args]), asks, depth))
                case Not(Atom(predicate, own_args)):
                    pattern = tuple([term(a, anything=True) for a in own_args])
                    goals.append(Goal("-", predicate, pattern, asks, depth))
                case Comparison(left, op, right):
                    goals.append(Goal("?", op, (term(left), term(right)), asks, depth))
        return tuple(goals), binding

    # -- exceptions ---------------------------------------------------------------------------------

    def _undo(self, atom: Ground, state: State, goal: Goal) -> None:
        """Push the ways in which an atom that holds would not: what could be added, or the atom named."""
        if atom in state.relied:
            return
        given = atom in self.model.given
        derivations = self.model.derivations.get(atom, [])
        if given or not derivations or self.naming:
            far = _FAR * (not given and self._lacks(atom, state))
            named = (*state.obstacles, (atom, goal.why))
            self._push(state._replace(obstacles=named, gaps=state.gaps + 1, loose=state.loose + far))
        if given or goal.depth >= _DEEPEST:
            return
        options: list[list[Goal]] = []
        for derivation in derivations:
            why = Why(
                derivation.rule.owner if derivation.rule.owner in self.book.norms else goal.why.norm,
                derivation.rule.owner,
            )
            breaks: list[Goal] = []
            for literal, ground in derivation.premises():
                if isinstance(literal, Not):
                    args = tuple(Open() if isinstance(a, Var) else a for a in literal.atom.args)
                    breaks.append(Goal("+", literal.atom.predicate, args, why, goal.depth + 1))
                elif ground is not None and ground not in self.model.given:
                    breaks.append(Goal("-", ground[0], ground[1], why, goal.depth + 1))
            if derivation.rule.owner.startswith(AXIOM) or not breaks:
                return  # it rests on nothing but what is recorded
            options.append(breaks)
        undone = (*state.undone, (atom, goal.why))
        for choice in itertools.islice(itertools.product(*options), 64):
            # undoing what an exception rests on is far-fetched beside adding what it lacks
            far = sum(goal.kind == "-" for goal in choice)
            self._push(state._replace(goals=(*choice, *state.goals), undone=undone, loose=state.loose + far))

    def _lacks(self, atom: Ground, state: State) -> bool:
        """Whether an atom holds only because something is not recorded (then that is what is missing)."""
        seen, waiting = {atom}, [atom]
        while waiting:
            current = waiting.pop()
            if current in state.relied:
                continue
            if current in self.model.given:
                if not self.standing(current):
                    return False
                continue
            for derivation in self.model.derivations.get(current, []):
                for support in derivation.supports():
                    if support not in seen:
                        seen.add(support)
                        waiting.append(support)
        return True

    # -- what can be assumed ------------------------------------------------------------------------

    def _unify(self, goal: Goal, fact: Ground) -> Row | None:
        predicate, row = fact
        if goal.kind != "+" or not self.world.says(predicate, goal.predicate):
            return None
        if all(isinstance(arg, Open) or arg == value for arg, value in zip(goal.args, row, strict=True)):
            return row
        return None
