"""Condition coverage: do the cases show of every condition of every rule that it matters by itself?

A condition is one literal, comparison or count of a rule's body. It is *covered* (in the sense of MC/DC)
when in some case the rule yields something, and in some case the rule without this condition would yield
something that does not hold: there all other conditions are met, this one is not, and the outcome flips.

A variable that only this condition binds has no value once the condition is left out. It then stands for
every value that the predicate has in that place in the case; or for none, when the case has nothing at all
that the condition could mean: then whatever depends on that value is left out with it.

A condition that is its rule's only one needs a case in which the rule yields something: there is nothing
beside it that could be met without it.

*Entailed* conditions cannot be false while the others are true (``implied.py``) and are counted apart. What
else no case can show is written beside the norms, in ``conditions.yaml``, each with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from reasoner.casebook.casefile import Case
from reasoner.casebook.scene import Scene
from reasoner.coverage.implied import Implications
from reasoner.engine.evaluate import Model, Program, Row, evaluate
from reasoner.engine.facts import AS_OF
from reasoner.engine.join import Plan
from reasoner.engine.side_by_side import WORLD, facts_in_worlds, rules_in_worlds
from reasoner.pipeline import Ontology
from reasoner.records.registry import Registry
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Value, Var

EXCEPTIONS = "conditions.yaml"
BATCH = 150
"""How many cases are evaluated side by side."""


@dataclass(frozen=True)
class Excepted:
    """A condition that no case can show, with the reason (zh, en)."""

    rule: str
    condition: str
    reason: dict[str, str]


@dataclass
class Condition:
    """One condition and what the cases show of it.

    ``fires`` names a case in which the whole rule yields something, ``flips`` one in which this condition
    alone stands in the way; ``entailed`` is the other condition that makes it true, ``reason`` that of a
    recorded exception.
    """

    rule: Rule
    index: int
    fires: str = ""
    flips: str = ""
    entailed: str = ""
    reason: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The condition as it is written."""
        return str(self.rule.body[self.index])

    @property
    def state(self) -> str:
        """``covered``, ``entailed``, ``excepted`` or ``uncovered``."""
        if self.fires and self.flips:
            return "covered"
        return "entailed" if self.entailed else "excepted" if self.reason else "uncovered"

    @property
    def lacking(self) -> list[str]:
        """Which halves no case shows: ``fires``, ``flips``."""
        return [half for half in ("fires", "flips") if not getattr(self, half)]

    def to_dict(self) -> dict[str, Any]:
        """The condition as JSON-ready data."""
        return {
            "rule": self.rule.id,
            "text": str(self.rule),
            "condition": self.text,
            "state": self.state,
            "lacking": self.lacking,
        }


@dataclass
class Coverage:
    """All conditions, and what is wrong with the recorded exceptions (zh, en)."""

    conditions: list[Condition]
    stale: list[tuple[str, str]] = field(default_factory=list)
    cases: int = 0

    def of(self, state: str) -> list[Condition]:
        """The conditions in one state."""
        return [condition for condition in self.conditions if condition.state == state]

    @property
    def complete(self) -> bool:
        """Whether every condition is covered, entailed or excepted, and no exception is stale."""
        return not self.stale and not self.of("uncovered")

    def to_dict(self) -> dict[str, Any]:
        """Figures and what is uncovered, JSON-ready."""
        figures = {state: len(self.of(state)) for state in ("covered", "entailed", "excepted")}
        return {
            "conditions": len(self.conditions),
            **figures,
            "uncovered": [condition.to_dict() for condition in self.of("uncovered")],
            "stale": [en for _, en in self.stale],
            "cases": self.cases,
        }


def coverage(
    rules: Ontology,
    cases: Iterable[Case],
    registry: Registry,
    exceptions: Sequence[Excepted] = (),
    owners: Iterable[str] | None = None,
) -> Coverage:
    """Compute which conditions the cases show to matter.

    ``owners`` narrows it to the rules of these records (their exceptions included); axioms are never
    counted. Raises CaseError when a case cannot be read into a world.
    """
    chosen = set(owners) if owners is not None else None
    probes = all_probes(rules, chosen)
    waiting = [(probe, _beside_others(probe)) for probe in probes]
    program = Program(rules_in_worlds(rules.book.rules))
    fires: dict[str, str] = {}
    every, number = iter(cases), 0
    while batch := list(islice(every, BATCH)):
        number += len(batch)
        atoms = facts_in_worlds(Scene(case, rules, registry).facts().atoms for case in batch)
        model = evaluate(atoms, program)
        for found_by in model.derivations.values():
            for derivation in found_by:
                if derivation.rule.id not in fires:
                    fires[derivation.rule.id] = batch[int(derivation.binding[WORLD.name])].name
        present = {predicate for predicate, relation in model.relations.items() if relation.rows}
        for probe, many in waiting:
            if (world := many.flipped(model, present)) is not None:
                probe.flips = batch[int(world)].name
        waiting = [(probe, many) for probe, many in waiting if not probe.flips]
    implications = Implications(rules)
    found = [
        Condition(
            probe.rule,
            probe.index,
            fires.get(probe.rule.id, ""),
            fires.get(probe.rule.id, "") if _alone(probe.rule) else probe.flips,
            "" if probe.flips else entailed(probe.rule, probe.index, implications),
        )
        for probe in probes
    ]
    result = Coverage(found, cases=number)
    _except(result, [e for e in exceptions if chosen is None or e.rule.partition("#")[0] in chosen])
    return result


def _alone(rule: Rule) -> bool:
    """Whether the rule has one condition only, a statement."""
    return len(rule.body) == 1 and isinstance(rule.body[0], Atom)


def all_probes(rules: Ontology, owners: Collection[str] | None = None) -> list[Probe]:
    """A probe for each condition of the rules of these records (all but the axioms, if none are named)."""
    return [
        Probe(rule, i)
        for rule in rules.book.rules
        if not rule.owner.startswith("owl:") and (owners is None or rule.owner in owners)
        for i in range(len(rule.body))
    ]


def fired(model: Model) -> set[str]:
    """Ids of the rules that yield something in a model."""
    return {derivation.rule.id for found in model.derivations.values() for derivation in found}


class Probe:
    """Whether leaving out one condition of a rule would change what follows."""

    __slots__ = ("flips", "index", "rule", "ways")

    def __init__(self, rule: Rule, index: int, ways: Iterable[Rule] | None = None) -> None:
        self.rule, self.index, self.flips = rule, index, ""
        plans = [Plan(way) for way in (without(rule, index) if ways is None else ways)]
        self.ways = [(plan, set(plan.needs)) for plan in plans]

    def flipped(self, model: Model, present: set[str]) -> Value | None:
        """What the first place of the head stands for where the rule without the condition yields more."""
        for plan, needed in self.ways:
            if needed <= present and (row := _more(plan, model)) is not None:
                return row[0]
        return None


def _beside_others(probe: Probe) -> Probe:
    """The same for several worlds at once; the first place of the head is then the world."""
    return Probe(probe.rule, probe.index, rules_in_worlds(without(probe.rule, probe.index)))


def _more(plan: Plan, model: Model) -> Row | None:
    """A row that a rule yields and that does not hold; an unnamed variable in its head is any value."""
    head = plan.rule.head
    places = [i for i, arg in enumerate(head.args) if not (isinstance(arg, Var) and arg.anonymous)]
    positions = tuple(places)
    for row, _ in plan.solutions(model.find):
        key = tuple([row[i] for i in positions])
        if next(iter(model.matching(head.predicate, positions, key)), None) is None:
            return row
    return None


def without(rule: Rule, index: int) -> list[Rule]:
    """The rule without one condition: one rule, or two when the condition alone binds a variable (see above).

    In the second of two, an unnamed variable in the head stands for whatever value.
    """
    condition = rule.body[index]
    rest = [literal for i, literal in enumerate(rule.body) if i != index]
    bound = {v.name for literal in rest if isinstance(literal, Atom) for v in literal.variables()}
    if not isinstance(condition, Atom):
        return [Rule(rule.head, tuple(rest), rule.owner, rule.index)]
    own = {v.name for v in condition.variables()} - bound
    dependent = [literal for literal in rest if own & _variables(literal)]
    if not dependent and not own & {v.name for v in rule.head.variables()}:
        return [Rule(rule.head, tuple(rest), rule.owner, rule.index)]
    others = {v.name for v in condition.variables()} - own
    anywhere = _forgetting(condition, others, constants=True)
    nowhere = Not(_forgetting(condition, own))
    kept = tuple(literal for literal in rest if literal not in dependent)
    return [
        Rule(rule.head, (*rest, anywhere), rule.owner, rule.index),
        Rule(_forgetting(rule.head, own), (*kept, nowhere), rule.owner, rule.index),
    ]


def _variables(literal: Literal) -> set[str]:
    match literal:
        case Atom():
            return {v.name for v in literal.variables()}
        case Not(atom):
            return {v.name for v in atom.variables()}
        case Comparison(left, _, right):
            return {t.name for t in (left, right) if isinstance(t, Var)}
        case Count(_, atoms, _, bound):
            inner = {v.name for atom in atoms for v in atom.variables()}
            return inner | ({bound.name} if isinstance(bound, Var) else set())


def _forgetting(atom: Atom, names: set[str], constants: bool = False) -> Atom:
    """The atom with the named variables (and, if asked, its constants) replaced by unnamed ones."""
    return Atom(
        atom.predicate,
        tuple(
            Var(f"_{900 + i}") if (a.name in names if isinstance(a, Var) else constants) else a
            for i, a in enumerate(atom.args)
        ),
    )


def entailed(rule: Rule, index: int, implications: Implications) -> str:
    """The condition that makes this one true wherever the rest of the body holds; empty when none does."""
    condition = rule.body[index]
    rest = [literal for i, literal in enumerate(rule.body) if i != index]
    if isinstance(condition, Atom):
        if condition.predicate == AS_OF:
            return AS_OF  # there is always exactly one
        used = {v.name for v in rule.head.variables()}.union(*map(_variables, rest))
        condition = _forgetting(condition, {v.name for v in condition.variables()} - used)
    other = implications.entailing(condition, rest)
    return str(other) if other is not None else ""


def read_exceptions(ontology: Path) -> list[Excepted]:
    """The recorded exceptions of every regulation in an ontology folder. Raises NormError when malformed."""
    found: list[Excepted] = []
    for file in sorted(ontology.glob(f"regulation/*/{EXCEPTIONS}")):
        for entry in (read_yaml(file) or {}).get("exceptions") or []:
            reason = entry.get("reason") if isinstance(entry, dict) else None
            if not isinstance(reason, dict) or not (reason.get("zh") and reason.get("en")):
                raise NormError(f"{file}: {entry}: expected rule, condition and reason (zh, en)")
            found.append(Excepted(str(entry.get("rule")), str(entry.get("condition")), reason))
    return found


def _except(result: Coverage, exceptions: Iterable[Excepted]) -> None:
    """Put the reasons where they belong; an exception that says nothing any more is told."""
    by_place = {(condition.rule.id, condition.text): condition for condition in result.conditions}
    for each in exceptions:
        found = by_place.get((each.rule, each.condition))
        where = f"{each.rule}: {each.condition}"
        if found is None:
            own = each.rule.partition("#")[0]
            now = [r for r, c in by_place if c == each.condition and r.partition("#")[0] == own]
            hint = (f"（现为 {', '.join(now)}？）", f" (now {', '.join(now)}?)") if now else ("", "")
            result.stale.append(
                (f"{where}：没有这一条件{hint[0]}", f"{where}: there is no such condition{hint[1]}")
            )
        elif found.state in ("covered", "entailed"):
            zh = {"covered": "已有案例覆盖", "entailed": "必然成立，无须例外"}[found.state]
            en = {"covered": "is covered now", "entailed": "is entailed, needs no exception"}[found.state]
            result.stale.append((f"{where}：{zh}", f"{where}: {en}"))
        else:
            found.reason = each.reason
