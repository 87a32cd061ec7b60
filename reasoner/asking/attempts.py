"""Attempts: what a search backwards carries along, and how two attempts are told apart and compared."""

from __future__ import annotations

from typing import NamedTuple

from reasoner.engine import calendar
from reasoner.engine.join import Ground
from reasoner.rulebook.rules import Value

FRESH = "?"
"""Begins the name of a thing or value that nobody has recorded."""


class Open:
    """A value that is not yet known; each is another."""

    __slots__ = ()


Slot = Value | Open | None
"""An argument of a goal; None stands for anything."""


class Why(NamedTuple):
    """Who asks for a premise: the norm on the way to it, and the record whose rule names it."""

    norm: str | None
    owner: str


class Goal(NamedTuple):
    """A premise still to be met: ``+`` atom, ``-`` absence, ``?`` comparison (predicate: its operator).

    ``checked``: that it can be met at all has been seen with just these arguments.
    """

    kind: str
    predicate: str
    args: tuple[Slot, ...]
    why: Why
    depth: int
    checked: bool = False


class State(NamedTuple):
    """An attempt: what is still to be met, what was assumed (and who asked), and what is in the way.

    ``order`` holds comparisons with days that are not recorded; ``undone`` the exceptions that hold now and
    that the assumed facts undo; ``relied`` what holds now and has to go on holding; ``begun`` derived
    premises whose own premises are among the goals or were: asked for again, they cost nothing.
    """

    goals: tuple[Goal, ...]
    facts: tuple[Ground, ...] = ()
    asked: tuple[Why, ...] = ()
    order: tuple[tuple[Value, str, Value], ...] = ()
    obstacles: tuple[tuple[Ground, Why], ...] = ()
    undone: tuple[tuple[Ground, Why], ...] = ()
    gaps: int = 0
    loose: int = 0
    made: int = 0
    relied: frozenset[Ground] = frozenset()
    begun: tuple[tuple[str, tuple[Slot, ...]], ...] = ()

    @property
    def rank(self) -> int:
        """Fewer gaps first; what is far-fetched (``loose``: not to keep to the record) is half a gap."""
        return 2 * max(self.gaps, 1) + self.loose


def put(state: State, binding: dict[Open, Slot], more: tuple[Goal, ...] = ()) -> State:
    """The state with open values filled in, and more goals before its own."""
    if not binding:
        return state._replace(goals=(*more, *state.goals)) if more else state

    def slot(arg: Slot) -> Slot:
        while isinstance(arg, Open) and arg in binding:
            arg = binding[arg]
        return arg

    goals = [
        goal._replace(args=tuple([slot(arg) for arg in goal.args]), checked=False)
        if any(isinstance(arg, Open) for arg in goal.args)
        else goal
        for goal in (*more, *state.goals)
    ]
    begun = [
        (p, tuple([slot(arg) for arg in args])) if any(isinstance(arg, Open) for arg in args) else (p, args)
        for p, args in state.begun
    ]
    return state._replace(goals=tuple(goals), begun=tuple(begun))


def alike(args: tuple[Slot, ...], others: tuple[Slot, ...]) -> dict[Open, Slot] | None:
    """What makes two premises of one predicate the same; None when nothing does."""
    binding: dict[Open, Slot] = {}
    for one, other in zip(args, others, strict=True):
        left, right = binding.get(one, one) if isinstance(one, Open) else one, other
        right = binding.get(right, right) if isinstance(right, Open) else right
        if left is right or left == right:
            continue
        if isinstance(left, Open):
            binding[left] = right
        elif isinstance(right, Open):
            binding[right] = left
        else:
            return None
    return binding


def form(state: State) -> tuple[object, ...]:
    """The state with its open values numbered: two attempts of the same form are one."""
    numbers: dict[Open, int] = {}
    goals = [
        (
            g.kind,
            g.predicate,
            tuple([(numbers.setdefault(a, len(numbers)),) if isinstance(a, Open) else a for a in g.args]),
        )
        for g in state.goals
    ]
    return (
        tuple(goals),
        frozenset(state.facts),
        tuple([atom for atom, _ in state.obstacles]),
        len(state.undone),
    )


def gaps_of(facts: tuple[Ground, ...]) -> int:
    """How many things somebody would have to record.

    A statement about something on record counts, and with it whatever new thing it names; a new thing of
    which more is said than what it is counts; one that is only named in what is said of another does not.
    """
    own = [row for predicate, row in facts if predicate != calendar.MONTHS_AFTER]
    recorded = [row for row in own if not is_fresh(row[0])]
    with_it = {value for row in recorded for value in row[1:]}
    described = {row[0] for row in own if len(row) > 1 and is_fresh(row[0])}
    named = {value for row in own for value in row[1:]}
    alone = {row[0] for row in own if len(row) == 1 and is_fresh(row[0])} - described - named
    return len(recorded) + len(described - with_it) + len(alone)


def is_fresh(value: Slot) -> bool:
    """Whether it is made up: the name of what nobody has recorded."""
    return isinstance(value, str) and value.startswith(FRESH)


def known_value(slot: Slot) -> Value:
    """A slot that is filled."""
    assert isinstance(slot, str | int)
    return slot
