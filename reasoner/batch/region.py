"""Evaluates the rules over a few cells, with what is standing beneath them and messages from other cells.

What follows from standing facts is there already (``Standing``): a rule is used only where an atom of its
body is of a cell, and is entered by such an atom, so that the time goes with the cells and not with the
registry.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from reasoner.batch.levels import OWN, SHARED, STANDING
from reasoner.batch.locality import Locality, joined
from reasoner.engine.evaluate import Program
from reasoner.engine.join import Ground, Plan, Relation, Row, Rows
from reasoner.rulebook.rules import Atom, Rule, Value, Var

Relations = dict[str, Relation]


@dataclass
class Outcome:
    """What follows in some cells: their atoms, and how often each rule that sends messages concluded what."""

    relations: Relations = field(default_factory=lambda: defaultdict(Relation))
    sent: dict[int, Counter[Row]] = field(default_factory=dict)
    """By the number of the rule in ``Locality.rules``."""


class _Entry:
    """A rule, entered by one atom of its body."""

    __slots__ = ("_agree", "_fills", "_fixed", "plan", "predicate")

    def __init__(self, rule: Rule, atom: Atom) -> None:
        self.predicate = atom.predicate
        names = list(dict.fromkeys(v.name for v in atom.variables()))
        self.plan = Plan(rule, names)
        first = {name: next(i for i, a in enumerate(atom.args) if a == Var(name)) for name in names}
        self._fills = [(place, number) for number, place in enumerate(first.values())]
        self._fixed = [(i, a) for i, a in enumerate(atom.args) if not isinstance(a, Var)]
        self._agree = [
            (i, first[a.name]) for i, a in enumerate(atom.args) if isinstance(a, Var) and first[a.name] != i
        ]

    def start(self, row: Row) -> list[Value] | None:
        """The values with which the join begins; None when the row does not fit the atom."""
        if any(row[i] != value for i, value in self._fixed) or any(row[i] != row[j] for i, j in self._agree):
            return None
        values = self.plan.values()
        for place, number in self._fills:
            values[number] = row[place]
        return values


class _Ready:
    """A rule made ready: the atoms by which it is entered."""

    def __init__(self, number: int, rule: Rule, levels: list[dict[Atom, int]], sends: bool) -> None:
        self.number, self.rule, self.sends = number, rule, sends
        atoms = list(rule.positive())
        sure = [a for a in atoms if all(use[a] > STANDING for use in levels)]
        self.sure = bool(sure)
        """Whether each of the atoms is of a cell in every use; then one of them is enough."""
        entered = sure or [a for a in atoms if any(use[a] > STANDING for use in levels)]
        self.entries = [_Entry(rule, atom) for atom in dict.fromkeys(entered)]
        self.needs = tuple({atom.predicate for atom in atoms})
        self.head = rule.head.predicate


class Regions:
    """The rules of a ``Locality``, ready for any cells."""

    def __init__(self, locality: Locality) -> None:
        sending = {id(rule) for rule in locality.messages}
        ready: dict[int, _Ready] = {}
        for number, (rule, uses) in enumerate(locality.uses):
            levels = [{a: use.of(a) for a in rule.positive()} for use in uses]
            levels = [each for each in levels if any(each.values())]
            if levels:
                ready[id(rule)] = _Ready(number, rule, levels, id(rule) in sending)
        program = Program(locality.rules)
        self._units: list[tuple[bool, list[_Ready]]] = []
        for number, plans in enumerate(program.units):
            unit = [ready[id(plan.rule)] for plan in plans if id(plan.rule) in ready]
            if unit:
                self._units.append((number in program.recursive, unit))

    def evaluate(self, facts: Iterable[Ground], standing: Relations) -> Outcome:
        """Everything that follows from the facts of some cells and the messages that they get.

        What is concluded of standing things alone is among the relations only when ``standing`` lacks it.
        """
        outcome = Outcome()
        relations = outcome.relations
        for predicate, row in facts:
            relations[predicate].add(row)

        def rows(predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
            below, above = standing.get(predicate), relations.get(predicate)
            if above is None:
                return () if below is None else below.matching(positions, key)
            found = above.matching(positions, key)
            if below is None:
                return found
            more = below.matching(positions, key)
            return found if not more else [*found, *more] if found else more

        def known(predicate: str) -> bool:
            above, below = relations.get(predicate), standing.get(predicate)
            return bool((above and above.rows) or (below and below.rows))

        for recursive, unit in self._units:
            while True:
                added = False
                for ready in unit:
                    if all(map(known, ready.needs)):
                        added |= self._use(ready, outcome, standing, rows)
                if not recursive or not added:
                    break
        return outcome

    def _use(
        self,
        ready: _Ready,
        outcome: Outcome,
        standing: Relations,
        rows: Rows,
    ) -> bool:
        relations = outcome.relations
        entries = ready.entries
        if ready.sure and len(entries) > 1:
            entries = [min(entries, key=lambda e: len(relations[e.predicate].rows))]
        solutions: dict[Row, Row] = {}
        found: list[Row] = []
        for entry in entries:
            relation = relations.get(entry.predicate)
            if relation is None:
                continue
            plan = entry.plan
            known = len(plan.names)
            order = sorted(range(known), key=plan.names.__getitem__)

            def keep(values: list[Value], plan: Plan = plan, order: list[int] = order) -> None:
                if ready.sure:
                    found.append(plan.ground_head(values))
                else:  # the same use may be entered by several atoms
                    solutions[tuple([values[i] for i in order])] = plan.ground_head(values)

            for row in list(relation.rows):
                values = entry.start(row)
                if values is not None:
                    plan.run(rows, keep, values)
        if not ready.sure:
            found = list(solutions.values())
        if not found:
            return False
        if ready.sends:
            outcome.sent[ready.number] = Counter(found)
        below = standing.get(ready.head)
        head = relations[ready.head]
        added = False
        for row in found:
            if below is None or row not in below.rows:
                added |= head.add(row)
        return added


class Readers:
    """The rules that read of something shared together with something own."""

    def __init__(self, locality: Locality) -> None:
        self._by_predicate: dict[str, list[_Entry]] = defaultdict(list)
        for rule, uses in locality.uses:
            for use in uses:
                levels = {atom: use.of(atom) for atom in rule.positive()}
                if max(levels.values(), default=STANDING) < OWN:
                    continue
                shared = [atom for atom, level in levels.items() if level == SHARED]
                beneath = [atom for atom, level in levels.items() if level == STANDING]
                looked_for = (*rule.negated(), *(a for count in rule.counts() for a in count.atoms))
                for atom in (*shared, *looked_for):
                    # what is own is left out, and so is what may be in another inspection: whether the rest
                    # fits says whether any issue can read the atom
                    near = joined([use.names(each, SHARED) for each in (atom, *shared) if each in levels])
                    names = {v.name for v in atom.variables() if use.levels.get(v.name) == SHARED}
                    names = names.union(*(part for part in near if part & names))
                    beside = [each for each in shared if use.names(each, SHARED) & names]
                    body = dict.fromkeys((*beneath, *beside, atom))
                    self._by_predicate[atom.predicate].append(
                        _Entry(Rule(Atom("", ()), tuple(body), rule.owner, 0), atom)
                    )
        self.predicates = tuple(self._by_predicate)

    def may_read(self, predicate: str, row: Row, layers: tuple[Relations, ...]) -> bool:
        """Whether a rule can read such an atom in an issue's case; ``layers``: all that holds or held."""

        def rows(name: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
            if name == predicate and len(positions) == len(row):
                return (key,)
            return [r for layer in layers if name in layer for r in layer[name].matching(positions, key)]

        found: list[bool] = []

        def keep(_: list[Value]) -> bool:
            found.append(True)
            return True

        for entry in self._by_predicate[predicate]:
            values = entry.start(row)
            if values is not None:
                entry.plan.run(rows, keep, values)
                if found:
                    return True
        return False
