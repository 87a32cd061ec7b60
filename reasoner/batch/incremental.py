"""When facts change, only what depends on them is evaluated again; the result is that of a full evaluation.

    facts added, removed ─▶ cells that they touch ─▶ evaluated before and after ─▶ conclusions gone and come

The static analysis (``locality``) says which rules stay within a cell and which send messages from a cell to
an inspection or to standing things. Of every message it is counted how often it is sent, so that one that a
cell no longer sends is still there while another cell sends it. When what follows for an inspection changes
and its issues read it, they are evaluated again with it. When what follows for standing things changes and
cases read it, when a fact is of a kind that the analysis does not cover, or when a rule joins across cases in
a way that it cannot handle, everything is evaluated again, and the change says why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reasoner.batch.cells import Cells, Statements, is_name
from reasoner.batch.edit import Step, View
from reasoner.batch.levels import OWN, SHARED, STANDING, Pattern, likely
from reasoner.batch.locality import Locality, analyse
from reasoner.batch.region import Outcome, Readers, Regions, Relations
from reasoner.engine.evaluate import Program, evaluate
from reasoner.engine.join import Ground, Row
from reasoner.rulebook.rules import Rule, Value
from reasoner.rulebook.vocabulary import Vocabulary

_MOST = 2_000
"""Own cells beyond which a whole evaluation is the shorter way."""
_COMPLETED = frozenset({"parameterKind", "ruleValue"})
"""Statements that change what stands beside the facts: the parameters of the regulation, the counting."""

Atoms = dict[str, set[Row]]


@dataclass
class Change:
    """What follows no longer and what follows now, by predicate; and how much was evaluated to find it.

    When everything was evaluated, a store that is too large to be compared does not tell what changed.
    """

    gone: Atoms = field(default_factory=dict)
    come: Atoms = field(default_factory=dict)
    cells: int = 0
    """Own cells that were evaluated; 0 when everything was."""
    why: str = ""
    """Why everything was evaluated; empty when it was not."""


class Store(Statements, Protocol):
    """The facts of a record or run, and what follows from them."""

    def every(self) -> Iterable[Ground]:
        """All recorded statements that rules can use."""

    def change(self, come: Collection[Ground], gone: Collection[Ground]) -> None:
        """Change what is recorded; ``come`` is not there yet, ``gone`` is."""

    def beside(self) -> Iterable[Ground]:
        """What ontology, parameters, the day of asking and the calendar add to what is recorded."""

    def months(self, days: Iterable[int]) -> Iterable[Ground]:
        """What the calendar adds for days."""

    def evaluated(self, rules: list[Rule], needed: Collection[str], again: bool) -> None:
        """Keep what follows from everything by these rules, also of the predicates ``needed``.

        ``again``: the facts are others than those from which what is kept follows.
        """

    def prepare(self, parts: list[Rule], own: Collection[Value]) -> None:
        """Get ready to count, with the conclusions of ``parts``, what is not of ``own`` things."""

    def counted(self, rule: Rule) -> Iterator[tuple[Row, int]]:
        """What a rule concludes from all that follows, and by how many uses."""

    def rows(self, predicate: str) -> Collection[Row] | None:
        """What follows of a predicate; None when that is too much to be looked through."""

    def replace(self, gone: Atoms, come: Atoms) -> None:
        """Change what follows."""


class Incremental:
    """The conclusions of a store, kept up with its facts."""

    def __init__(
        self,
        store: Store,
        rules: Sequence[Rule],
        vocabulary: Vocabulary,
        concluded: Collection[str],
        fixed: Iterable[Value],
        is_entity: Callable[[Value], bool] = is_name,
    ) -> None:
        """``concluded``: the predicates that are kept; ``fixed``: what is standing whatever is said of it."""
        self.store, self._rules, self._vocabulary = store, rules, vocabulary
        self.concluded = frozenset(concluded)
        self.cells = Cells(vocabulary, fixed, is_entity)
        every = list(store.every())
        self.cells.place({v for _, row in every for v in row if is_entity(v)}, every)
        self._stated: dict[str, set[Pattern]] = defaultdict(set)
        for predicate, row in every:
            self._stated[predicate].add(tuple(map(self.cells.of, row)))
        self._begin(every, False)

    # -- everything -------------------------------------------------------------------------------

    def _begin(self, every: Iterable[Ground], again: bool) -> None:
        """Analyse the rules, evaluate everything, count the messages, find what stands by itself."""
        deepest = self._deepest
        beside = list(self.store.beside())
        for predicate, row in beside:
            self._stated[predicate].add(tuple(map(self.cells.of, row)))
        self.locality = self._analysed()
        self._regions = Regions(self.locality)
        self._program = Program(self.locality.rules)
        self._read = self.locality.read_below(STANDING)
        self._readers = Readers(self.locality)
        self.store.evaluated(self.locality.rules, self.locality.needed, again)
        self.kept = self.concluded | self.locality.needed
        self.store.prepare(self.locality.parts, self.cells.at(OWN))
        self._sent: Counter[Ground] = Counter()
        self._to: dict[Value, set[Ground]] = defaultdict(set)
        for rule in self.locality.messages:
            for row, times in self.store.counted(rule):
                if deepest(row) < OWN:
                    self._send((rule.head.predicate, row), times, self.cells.of)
        self._beside = dict.fromkeys(beside)
        self._days = {v for _, row in beside for v in row[:1] if isinstance(v, int)}
        self._standing_facts = [atom for atom in every if deepest(atom[1]) == STANDING]
        self._standing = self._stand()

    def _analysed(self) -> Locality:
        """The rules over what is stated and, when they stay local, over what is likely to be stated next."""
        for patterns in (likely(self._vocabulary, self._stated), self._stated):
            found = analyse(self._rules, self._vocabulary, patterns, self.concluded)
            if not found.unresolved:
                break
        for name, each in patterns.items():
            self._stated[name] |= each
        return found

    def _deepest(self, row: Row) -> int:
        return max(map(self.cells.of, row), default=STANDING)

    def _stand(self) -> Relations:
        """What follows for standing things alone, with the messages that they get."""
        sent = (atom for atom in self._sent if self._deepest(atom[1]) == STANDING)
        return evaluate([*self._standing_facts, *self._beside, *sent], self._program).relations

    def _send(self, atom: Ground, times: int, level: Callable[[Value], int]) -> None:
        """Count a message ``times`` times more."""
        self._sent[atom] += times
        left = self._sent[atom]
        if not left:
            del self._sent[atom]
        for value in atom[1]:
            if level(value) == SHARED:
                (self._to[value].add if left else self._to[value].discard)(atom)

    def _everything(self, why: str) -> Change:
        before = self._all()
        self._begin(self.store.every(), True)
        now = self._all()
        return Change(_less(before, now), _less(now, before), why=why)

    def _all(self) -> Atoms:
        told = ((name, self.store.rows(name)) for name in self.concluded)
        return {name: set(rows) for name, rows in told if rows is not None}

    # -- a change ---------------------------------------------------------------------------------

    def change(self, added: Iterable[Ground], removed: Iterable[Ground] = ()) -> Change:
        """Add and remove recorded statements and bring what follows up to date.

        What is recorded already is not added again; what is both removed and added stays.
        """
        wanted, unwanted = dict.fromkeys(added), dict.fromkeys(removed)
        known = set(self.store.about({row[0] for _, row in (*wanted, *unwanted)}))
        come = [atom for atom in wanted if atom not in known]
        gone = [atom for atom in unwanted if atom in known and atom not in wanted]
        if not gone and not come:
            return Change()
        step = Step(self.cells, self.store, gone, come)
        why = self._unfit(step)
        found = None if why else self._evaluated(step)
        self.store.change(come, gone)
        if found is None:
            return self._everything(why or "常设事物上的结论改变 / what follows for standing things changed")
        self.store.replace(found.gone, found.come)
        return found

    def _unfit(self, step: Step) -> str:
        """Why everything must be evaluated, as far as the facts alone can tell; empty when it need not be."""
        why = ""
        for atom in step.new.about(step.moved):
            pattern = step.new.pattern(atom)
            if pattern not in self._stated[atom[0]]:
                self._stated[atom[0]].add(pattern)
                why = "此前没有的一类陈述 / a kind of statement that was not there before"
        if self.locality.unresolved:
            return "规则跨案件连接 / a rule joins across cases"
        if any(predicate in _COMPLETED for predicate, _ in (*step.gone, *step.come)):
            return "参数改变 / a parameter changed"
        if step.old.standing(step.moved) != step.new.standing(step.moved):
            return "机构、地域等常设事物改变 / something standing changed"
        if step.cells > _MOST:
            return "涉及的案件太多 / too many cases are concerned"
        return why

    def _evaluated(self, step: Step) -> Change | None:
        """The change, by the cells that the step touches; None when that is not enough."""
        days = {v for _, row in step.come for v in row if isinstance(v, int)} - self._days
        self._days |= days
        for atom in self.store.months(days):
            self._standing[atom[0]].add(atom[1])
            self._beside[atom] = None
        while True:
            before = self._region(step.old, step, {})
            sent = self._counts(step.old, before)
            after = self._region(step.new, step, sent)
            if not step.widen(self._changed_shared(step, before, after)):
                break
            if step.cells > _MOST:
                return None
        resent = self._counts(step.new, after)
        stand = self._standing_after(step, sent, resent)
        if stand is None:
            return None
        for view, counts, sign in ((step.old, sent, -1), (step.new, resent, 1)):
            for atom, times in counts.items():
                self._send(atom, sign * times, view.of)
        change = Change(cells=step.cells)
        for name in self.kept:
            old, new = _rows(before.relations, name), _rows(after.relations, name)
            if stand is not self._standing:
                old |= _rows(self._standing, name)
                new |= _rows(stand, name)
            if old - new:
                change.gone[name] = old - new
            if new - old:
                change.come[name] = new - old
        self._standing = stand
        return change

    def _standing_after(
        self, step: Step, sent: dict[Ground, int], resent: dict[Ground, int]
    ) -> Relations | None:
        """What follows for standing things after the change; None when cases read what changed of it."""
        counts = Counter({atom: n for atom, n in self._sent.items() if self._deepest(atom[1]) == STANDING})
        for view, some, sign in ((step.old, sent, -1), (step.new, resent, 1)):
            for atom, times in some.items():
                if view.deepest(atom[1]) == STANDING:
                    counts[atom] += sign * times
        turned = any((counts[atom] > 0) != (self._sent[atom] > 0) for atom in counts)
        if not turned:
            return self._standing
        given = [*self._standing_facts, *self._beside, *(atom for atom, n in counts.items() if n > 0)]
        after = evaluate(given, self._program).relations
        for name in after.keys() | self._standing.keys():
            if name in self._read and _rows(after, name) != _rows(self._standing, name):
                return None
        return after

    def _region(self, view: View, step: Step, sent: dict[Ground, int]) -> Outcome:
        """Evaluate the region, with the messages that other cells send: all but those ``sent`` from here."""
        shared = [e for e in step.region if step.old.of(e) == SHARED]
        messages = {a for e in shared for a in self._to.get(e, ()) if self._sent[a] > sent.get(a, 0)}
        return self._regions.evaluate([*view.within(step.region), *messages], self._standing)

    def _counts(self, view: View, outcome: Outcome) -> dict[Ground, int]:
        """How often the cells of an outcome send each message."""
        found: Counter[Ground] = Counter()
        for number, rows in outcome.sent.items():
            name = self.locality.rules[number].head.predicate
            for row, times in rows.items():
                if view.deepest(row) < OWN:
                    found[name, row] += times
        return found

    def _changed_shared(self, step: Step, before: Outcome, after: Outcome) -> set[Value]:
        """The shared entities of which something that issues read follows no longer, or follows now."""
        found: set[Value] = set()
        for name in self._readers.predicates:
            sides = []
            for view, outcome in ((step.old, before), (step.new, after)):
                rows = outcome.relations[name].rows if name in outcome.relations else ()
                sides.append({row for row in rows if view.deepest(row) == SHARED})
            for row in sides[0] ^ sides[1]:
                if self._readers.may_read(name, row, (self._standing, before.relations, after.relations)):
                    found |= {v for v in row if SHARED in (step.old.of(v), step.new.of(v))}
        return found


def _rows(relations: Relations, name: str) -> set[Row]:
    relation = relations.get(name)
    return set(relation.rows) if relation else set()


def _less(some: Atoms, others: Atoms) -> Atoms:
    """What is among some and not among others."""
    found = {name: rows - others.get(name, set()) for name, rows in some.items()}
    return {name: rows for name, rows in found.items() if rows}
