"""Why not: the smallest sets of facts that would make a conclusion follow, and what stands in the way.

``backwards`` proposes sets; every set is tried (``trial``): it is given only if the rules, run with it, yield
the conclusion. What is not found is not passed over in silence: either no rule can ever conclude it, and the
answer says at which premise it ends; or more is missing than the search counts up to, and one set is given
that is perhaps not the smallest.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.asking.attempts import Why
from reasoner.asking.backwards import Search
from reasoner.asking.hunt import Hunt, Missing, Wanted
from reasoner.asking.slices import slices
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.join import Ground
from reasoner.engine.reader import ISSUE_OF_UNIT
from reasoner.rulebook.rules import Atom, Term, Value, Var
from reasoner.rulebook.sentences import JOINT

if TYPE_CHECKING:
    from reasoner.pipeline import World

__all__ = ["MOST_GAPS", "Answer", "Missing", "Wanted", "answer", "goals_for", "matters", "why_not"]

MOST_GAPS = 4
_FAR = 12  # gaps up to which one set is looked for when more than MOST_GAPS are missing
_DEEP_STEPS = 3000  # in a small world, where little on record shows the way, it is long
_NAMING_STEPS = 400
_MOST_ENDS = 3


@dataclass(frozen=True)
class Answer:
    """What can be said of a conclusion that is asked for.

    ``follows``: it is concluded already. ``sets``: with which it would be; the smallest, unless ``more_than``
    says that more than that number of things are missing (then one set, perhaps not the smallest). ``never``:
    premises of which no rule ever concludes anything, so that it cannot follow (predicate and norm).
    ``complete`` is False when the search was cut short. ``ends``: when there is no set, what attempts needed
    and nobody could record, since the thing is on record as another.
    """

    follows: tuple[Conclusion, ...] = ()
    sets: tuple[Missing, ...] = ()
    never: tuple[tuple[str, str | None], ...] = ()
    more_than: int | None = None
    complete: bool = True
    ends: tuple[tuple[Ground, Why], ...] = ()


def why_not(world: World, status: str, **wanted: str) -> list[Missing]:
    """Smallest sets for a conclusion that does not follow; empty when none was found.

    ``status`` is a status of the ontology (KeyError otherwise); ``wanted`` fixes arguments by role: ``norm``,
    ``matter`` or ``issue`` (also its inspection and tasks are tried), ``bearer``, ``reason``, ``missing``,
    ``kind``.
    """
    goals = goals_for(world, status, wanted)
    hunt = Hunt(world, goals)
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
    hunt, search = Hunt(world, alive), Search(world, MOST_GAPS)
    if found := hunt.sets(search):
        return Answer(sets=tuple(found), complete=not search.cut)
    naming = _naming(world)
    if found := hunt.sets(naming):
        return Answer(sets=tuple(found), complete=not search.cut and not naming.cut)
    ends = tuple(itertools.islice(search.ends.items(), _MOST_ENDS))
    if not search.cut and not search.beyond:
        return Answer(ends=ends)
    deep = Search(world, _FAR, _DEEP_STEPS, deep=True)
    far = Hunt(world, alive, most=1).sets(deep)
    more_than = None if search.cut else MOST_GAPS
    return Answer(sets=tuple(far), more_than=more_than, ends=() if far else ends, complete=False)


def _naming(world: World) -> Search:
    """Only when nothing that could be recorded suffices is it said what stands in the way."""
    return Search(world, MOST_GAPS, _NAMING_STEPS, naming=True)


def goals_for(world: World, status: str, wanted: Mapping[str, str | int]) -> list[Wanted]:
    """The conclusions that a status with some of its arguments can mean.

    A matter that is an issue may also be its inspection or a task of it, then with a unit that the issue
    concerns there, where that is known; a bearer that is one of a district's two organs may also be the
    district; without a norm, each norm that can conclude it.
    """
    predicate = world.rules.vocabulary.predicates[status]
    kept = slices(world.rules)
    choices: list[list[Term]] = []
    for i, role in enumerate(predicate.roles):
        given = wanted.get(role)
        options: list[Term] = [Var(f"G{i}")]
        if role == "norm":
            named = str(given).replace(".", "_") if given else None
            possible = [n for n in world.rules.book.by_constant if kept.possible(status, n)]
            options = [named] if named else list(possible) or options
        elif role == "matter" and given is None and "issue" in wanted:
            options = list(matters(world, str(wanted["issue"])))
        elif role == "bearer" and given:
            options = [given, *(str(row[0]) for row in world.model.match(JOINT, (None, given)))]
        elif given:
            options = [given]
        choices.append(options)
    found: list[Wanted] = [(status, args) for args in itertools.product(*choices)]
    if "issue" not in wanted or not {"matter", "bearer"} <= set(predicate.roles):
        return found
    places = predicate.roles.index("matter"), predicate.roles.index("bearer")
    return [each for goal in found for each in _of_issue(world, str(wanted["issue"]), goal, *places)]


def _of_issue(world: World, issue: str, goal: Wanted, matter: int, bearer: int) -> list[Wanted]:
    """A goal of any bearer for each unit that an issue concerns in its matter, where such are known."""
    status, args = goal
    about = args[matter]
    if not isinstance(args[bearer], Var) or isinstance(about, Var):
        return [goal]
    units = [str(row[1]) for row in world.model.match(ISSUE_OF_UNIT, (about, None, issue))]
    return [(status, (*args[:bearer], unit, *args[bearer + 1 :])) for unit in sorted(units)] or [goal]


def matters(world: World, issue: str) -> dict[str, None]:
    """An issue (or inspection, or task) and what conclusions about it can be about besides."""
    rows = [
        *world.model.match("inInspection", (issue, None)),
        *world.model.match("concernsIssue", (None, issue)),
    ]
    return dict.fromkeys([issue, *(str(v) for row in rows for v in row)])


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
