"""Every property looked at in turn, norm by norm, on as many processes as there are cores."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from functools import lru_cache
from multiprocessing import get_context

from reasoner.pipeline import Ontology
from reasoner.records.registry import Registry
from reasoner.rulebook.norms import NormError
from reasoner.rulebook.rules import Atom, Rule, Var
from reasoner.verification.bounded import BoundedWorlds
from reasoner.verification.cones import Cones
from reasoner.verification.hits import Confirming, Hit, hit
from reasoner.verification.properties import FILE, IMPOSSIBLE, NORM, Properties, Property
from reasoner.verification.search import Search, Sighting

REACHED = "reached"
"""What stands for any status of a norm, in a property that asks whether the norm can conclude one."""


@dataclass
class Looked:
    """One property, for one norm or as a whole: whether the search came to an end, and what it found."""

    of: str
    norm: str = ""
    decided: bool = False
    hits: list[Hit] = field(default_factory=list)
    reached: bool = False
    rules: int = 0
    choices: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass
class Result:
    """What a property came to, look by look."""

    of: Property
    looks: list[Looked]

    @property
    def hits(self) -> list[Hit]:
        """Every counter-example."""
        return [found for look in self.looks for found in look.hits]

    @property
    def faults(self) -> list[Hit]:
        """Those that say something of the encoding."""
        return [found for found in self.hits if not found.of_law]

    @property
    def undecided(self) -> list[Looked]:
        """Where time ran out."""
        return [look for look in self.looks if not look.decided]

    @property
    def seconds(self) -> float:
        """Seconds on all cores together."""
        return sum(look.seconds for look in self.looks)


def verify(
    rules: Ontology,
    registry: Registry,
    properties: Properties,
    chosen: Sequence[Property],
    *,
    limit: float,
    processes: int | None = None,
    conditions: Callable[[], tuple[int, bool]] | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Result]:
    """Look at each property; results come in the order of ``chosen``.

    ``limit``: seconds for one property of one norm; what is not decided by then is said to be undecided.
    ``conditions`` counts the conditions of all rules and says whether the cases show each to matter.
    """
    for norm in (norm for each in chosen for norm in each.bounds.norms if norm not in rules.book.norms):
        raise NormError(f"{FILE}: bounds: norms: 没有这条规范：{norm} / no such norm")
    tasks = list(_tasks(rules, chosen))
    waiting: dict[str, list[Looked]] = {each.id: [] for each in chosen}
    number = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(number, get_context(), begin, (rules, registry, properties, limit)) as pool:
        running = {pool.submit(looked, *task): task for task in tasks}
        try:
            for done, future in enumerate(as_completed(running), 1):
                for look in future.result():
                    waiting[look.of].append(look)
                names, norm = running[future]
                progress(norm or names[0], done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for each in chosen:
        if each.method == "conditions" and conditions is not None:
            began = time.monotonic()
            count, complete = conditions()
            waiting[each.id].append(
                Looked(each.id, decided=True, reached=complete, rules=count, seconds=time.monotonic() - began)
            )
        yield Result(each, sorted(waiting[each.id], key=lambda look: look.norm))


def _tasks(rules: Ontology, chosen: Sequence[Property]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is searched together: properties of one norm rest on the same rules, the others stand alone."""
    by_norm: dict[str, list[str]] = {}
    for each in chosen:
        if each.method == "conditions":
            continue
        if not each.by_norm:
            yield (each.id,), ""
            continue
        for record in rules.book.norms.values():
            if record.binding == "rule" and (not each.types or record.type in each.types):
                by_norm.setdefault(record.constant, []).append(each.id)
    for norm, names in by_norm.items():
        yield tuple(names), norm


# -- in one process --------------------------------------------------------------------------------


@dataclass
class _State:
    rules: Ontology
    registry: Registry
    properties: Properties
    limit: float


_states: list[_State] = []


def begin(rules: Ontology, registry: Registry, properties: Properties, limit: float) -> None:
    """Say what this process looks at."""
    _states[:] = [_State(rules, registry, properties, limit)]
    _cones.cache_clear()
    _confirming.cache_clear()


@lru_cache(maxsize=16)
def _cones(names: tuple[str, ...]) -> Cones:
    state = _states[0]
    own = [rule for name in names for rule in _own(state, name)]
    return Cones(state.rules, (*own, *state.properties.impossible))


@lru_cache(maxsize=16)
def _confirming(name: str) -> Confirming:
    state = _states[0]
    (wanted,) = state.properties.chosen([name])
    return Confirming(state.rules, replace(wanted, rules=_own(state, name)))


def _own(state: _State, name: str) -> tuple[Rule, ...]:
    """The rules of a property; of one that asks what can be reached, made from the statuses there are."""
    (wanted,) = state.properties.chosen([name])
    return wanted.rules if wanted.method == "search" else tuple(_reaching(state.rules))


def _reaching(rules: Ontology) -> Iterator[Rule]:
    matter = Var("M")
    statuses = (p for p in rules.vocabulary.predicates.values() if p.is_status)
    for number, status in enumerate(statuses, 1):
        rest = tuple(Var(f"_{i}") for i in range(1, status.arity - 1))
        yield Rule(
            Atom(REACHED, (NORM, matter)), (Atom(status.name, (NORM, matter, *rest)),), REACHED, number
        )


def looked(names: tuple[str, ...], norm: str) -> list[Looked]:
    """Search for several properties at once, for one norm (or none); ``begin`` comes before."""
    state = _states[0]
    began = time.process_time()
    chosen = state.properties.chosen(names)
    looks = {_goal(each): Looked(each.id, norm, decided=True) for each in chosen}
    cones = _cones(names)
    goals = frozenset(goal for goal in looks if cones.possible(goal, norm or None))
    if goals:
        cone = cones.of(*((goal, norm or None) for goal in goals), (IMPOSSIBLE, None))
        record = state.rules.book.by_constant.get(norm)
        bounds = chosen[0].bounds.of(len(cone), record.id if record else "")
        worlds = BoundedWorlds(state.rules, bounds, cone, norm)
        search = Search(worlds, IMPOSSIBLE)
        seen = _reached(search, goals, norm, state.limit)
        if REACHED in goals and not seen and bounds.own_words:
            # nothing follows of the norm from these words: a search among them would mean nothing
            worlds = BoundedWorlds(state.rules, replace(bounds, own_words=False), cone, norm)
            search = Search(worlds, IMPOSSIBLE)
            seen = _reached(search, goals, norm, state.limit)
        if seen:
            looks[REACHED].reached = _holds(seen[0], looks[REACHED].of)
        telling = {each.goal: each.telling for each in chosen if each.goal in goals}
        found, decided = search.sightings(telling, state.limit, norm)
        for goal in goals:
            look = looks[goal]
            look.decided = decided or goal == REACHED
            look.rules, look.choices = len(cone), len(worlds.choices)
            look.classes = Counter(worlds.things.values())
        for each in found:
            look = looks[each.goal]
            made = hit(_confirming(look.of), state.registry, each.row, each.as_of, each.recorded)
            look.hits.append(made)
    for look in looks.values():
        look.seconds = (time.process_time() - began) / len(looks)
    return list(looks.values())


def _reached(search: Search, goals: Collection[str], norm: str, limit: float) -> list[Sighting]:
    return search.sightings({REACHED: ()}, limit, norm, most=1)[0] if REACHED in goals else []


def _goal(wanted: Property) -> str:
    return wanted.goal if wanted.method == "search" else REACHED


def _holds(seen: Sighting, name: str) -> bool:
    """Whether what clingo reached is reached in process, too."""
    return _confirming(name).model(seen.recorded, seen.as_of).holds((seen.goal, seen.row))
