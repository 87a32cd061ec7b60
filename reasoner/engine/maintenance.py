"""What follows from facts, kept up with them: after a change only what depends on it is evaluated again.

Delete and rederive (Gupta, Mumick & Subrahmanian 1993), stratum by stratum, the lowest first. What has come
or gone of a predicate enters every rule that reads it, whether the rule asks for a row, for its absence or
for a number of rows:

    1. with what held before, it finds the rows that lose a derivation;
    2. of these those stay that are stated, or that some rule still derives;
    3. with what holds now, it finds the rows that gain a derivation.

Nothing is assumed of how the facts hang together: a rule that joins across cases finds its rows wherever they
are, since every table can be looked up by any of its values. Only the effort differs; when a change makes a
rule look at more than ``most`` rows, ``WideError`` names the rule, and nothing has been changed.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reasoner.engine.columns import Few, Table, TooManyError
from reasoner.engine.entrances import Entrance, Entrances
from reasoner.engine.join import Ground, Row, Rows, finder
from reasoner.rulebook.rules import Rule, strata

MOST = 400_000
"""Rows looked at, beyond which everything is evaluated in less time."""


class WideError(Exception):
    """A change that makes a rule look at too much: evaluate everything. ``rule`` is its id."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"规则 {rule} 由此要看的行太多 / rule {rule} would have to look at too many rows")
        self.rule = rule


@dataclass
class Turn:
    """What held of a predicate and no longer does, and what holds now and did not."""

    gone: Few = field(default_factory=Few)
    come: Few = field(default_factory=Few)

    def __bool__(self) -> bool:
        return bool(self.gone.rows or self.come.rows)


class _Stratum:
    """Rules evaluated together, with all ways into them."""

    def __init__(self, number: int, recursive: bool, rules: list[Rule]) -> None:
        self.number, self.recursive = number, recursive
        self.heads = frozenset(rule.head.predicate for rule in rules)
        self.entrances = Entrances(rules)


class Layers:
    """The rules by stratum, made ready; shared by all that is maintained with them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        groups = strata(rules)
        self.strata = [_Stratum(number, *group) for number, group in enumerate(groups)]
        self.of = {head: each.number for each in self.strata for head in each.heads}
        self.readers: dict[str, list[int]] = defaultdict(list)
        for number, (_, group) in enumerate(groups):
            for predicate in {a.predicate for rule in group for a in rule.atoms() if a is not rule.head}:
                self.readers[predicate].append(number)


class Maintained:
    """Tables of all that holds. ``stated`` are the rows that facts state of what rules conclude too."""

    def __init__(
        self,
        layers: Layers,
        tables: Mapping[str, Table],
        stated: Mapping[str, Table],
        most: int = MOST,
    ) -> None:
        self.layers, self.most = layers, most
        self.tables: dict[str, Table] = dict(tables)
        self.stated: dict[str, Table] = dict(stated)
        self.looked = 0
        """Rows looked at in the last change."""

    def prepare(self) -> None:
        """Plan all joins now, so that no change has to wait for that."""
        for each in self.layers.strata:
            each.entrances.plan(self.tables)

    def states(self, atom: Ground) -> bool:
        """Whether a fact states it."""
        table = (self.stated if atom[0] in self.layers.of else self.tables).get(atom[0])
        return table is not None and atom[1] in table

    def change(self, come: Iterable[Ground], gone: Iterable[Ground]) -> dict[str, Turn]:
        """Add and take away facts; what turned by that, facts included, by predicate.

        What is stated already is not added again, what is not stated is not taken away; what is in both stays
        or comes. Raises WideError, having changed nothing, when the effort is too much.
        """
        added = dict.fromkeys(come)
        change = _Change(
            self,
            [atom for atom in added if not self.states(atom)],
            [atom for atom in dict.fromkeys(gone) if atom not in added and self.states(atom)],
        )
        try:
            turned = change.run()
        finally:
            self.looked = change.looked
        for facts, turn in ((change.stated, self.stated), (turned, self.tables)):
            for predicate, each in facts.items():
                table = turn.setdefault(predicate, Few())
                for row in each.gone:
                    table.remove(row)
                for row in each.come:
                    table.add(row)
        return turned


class _Change:
    """One change, worked out beside the tables, which stay as they are."""

    def __init__(self, of: Maintained, come: list[Ground], gone: list[Ground]) -> None:
        self._tables, self._layers, self._stated_before = of.tables, of.layers, of.stated
        self.looked, self._most, self._rule = 0, of.most, ""
        self.stated: dict[str, Turn] = defaultdict(Turn)
        self._turned: dict[str, Turn] = defaultdict(Turn)
        for atoms, is_new in ((come, True), (gone, False)):
            for predicate, row in atoms:
                turn = (self.stated if predicate in self._layers.of else self._turned)[predicate]
                (turn.come if is_new else turn.gone).add(row)

    def run(self) -> dict[str, Turn]:
        """What turns, by predicate."""
        waiting: set[int] = {self._layers.of[predicate] for predicate in self.stated}
        for predicate in self._turned:
            waiting.update(self._layers.readers.get(predicate, ()))
        queue = sorted(waiting)
        while queue:
            stratum = self._layers.strata[heapq.heappop(queue)]
            try:
                self._evaluate(stratum)
            except TooManyError:
                raise WideError(self._rule) from None
            for head in stratum.heads:
                if self._turned.get(head):
                    for number in self._layers.readers.get(head, ()):
                        if number > stratum.number and number not in waiting:
                            waiting.add(number)
                            heapq.heappush(queue, number)
        return {predicate: turn for predicate, turn in self._turned.items() if turn}

    # -- what holds ---------------------------------------------------------------------------------

    def _before(self, predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        table = self._tables.get(predicate)
        return () if table is None else self._look(table, positions, key)

    def _now(self, predicate: str, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        found, turn = self._before(predicate, positions, key), self._turned.get(predicate)
        if turn is None:
            return found
        if turn.gone.rows and found:
            gone = turn.gone.rows
            found = [row for row in found if row not in gone]
        if turn.come.rows and (more := turn.come.matching(positions, key)):
            found = [*found, *more]
        return found

    def _look(self, table: Table, positions: tuple[int, ...], key: Row) -> Iterable[Row]:
        left = self._most - self.looked
        found = table.matching(positions, key, left)
        self.looked += 1 + len(found)  # type: ignore[arg-type]
        if self.looked > self._most:
            raise TooManyError
        return found

    def _held(self, predicate: str, row: Row) -> bool:
        table = self._tables.get(predicate)
        return table is not None and row in table

    def _is_stated(self, predicate: str, row: Row) -> bool:
        turn = self.stated.get(predicate)
        if turn is not None and (row in turn.come or row in turn.gone):
            return row in turn.come
        table = self._stated_before.get(predicate)
        return table is not None and row in table

    # -- a stratum ----------------------------------------------------------------------------------

    def _evaluate(self, stratum: _Stratum) -> None:
        below = [(p, turn) for p, turn in self._turned.items() if p not in stratum.heads]
        self._delete(stratum, below)
        self._rederive(stratum)
        self._insert(stratum, below)

    def _delete(self, stratum: _Stratum, below: list[tuple[str, Turn]]) -> None:
        """Take away whatever may have lost its last derivation."""
        ways, lost = stratum.entrances, list[Ground]()
        for predicate, turn in below:
            lost += self._solutions(ways.present.get(predicate), turn.gone, self._before)
            lost += self._solutions(ways.absent.get(predicate), turn.come, self._before)
            lost += self._solutions(ways.counted.get(predicate), turn.gone, self._before)
            lost += self._solutions(ways.counted.get(predicate), turn.come, self._before)
        for head in stratum.heads & self.stated.keys():
            lost += [(head, row) for row in self.stated[head].gone]
        while lost:
            predicate, row = lost.pop()
            if not self._held(predicate, row) or not self._turned[predicate].gone.add(row):
                continue
            if stratum.recursive:
                lost += self._solutions(ways.present.get(predicate), (row,), self._before)

    def _rederive(self, stratum: _Stratum) -> None:
        """Put back what is stated or still derived, and what that derives."""
        for head in stratum.heads:
            for row in list(self._turned[head].gone) if head in self._turned else ():
                if row in self._turned[head].gone and self._is_derived(stratum, head, row):
                    self._put(stratum, [(head, row)])

    def _is_derived(self, stratum: _Stratum, predicate: str, row: Row) -> bool:
        if self._is_stated(predicate, row):
            return True
        return any(
            self._solutions((way,), (row,), self._now, once=True)
            for way in stratum.entrances.concluding(predicate, row)
        )

    def _insert(self, stratum: _Stratum, below: list[tuple[str, Turn]]) -> None:
        ways, found = stratum.entrances, list[Ground]()
        for predicate, turn in below:
            found += self._solutions(ways.present.get(predicate), turn.come, self._now)
            found += self._solutions(ways.absent.get(predicate), turn.gone, self._now)
            found += self._solutions(ways.counted.get(predicate), turn.gone, self._now)
            found += self._solutions(ways.counted.get(predicate), turn.come, self._now)
        for head in stratum.heads & self.stated.keys():
            found += [(head, row) for row in self.stated[head].come]
        self._put(stratum, found)

    def _put(self, stratum: _Stratum, found: list[Ground]) -> None:
        """Let rows hold that are derived, and what is derived from them in the same stratum."""
        while found:
            predicate, row = found.pop()
            turn = self._turned[predicate]
            if not turn.gone.remove(row) and (self._held(predicate, row) or not turn.come.add(row)):
                continue
            if stratum.recursive:
                found += self._solutions(stratum.entrances.present.get(predicate), (row,), self._now)

    def _solutions(
        self,
        ways: Iterable[Entrance] | None,
        entering: Iterable[Row],
        rows: Rows,
        once: bool = False,
    ) -> list[Ground]:
        """What rules conclude that rows enter; with ``once``, the first conclusion is enough."""
        found: dict[Ground, None] = {}
        find = finder(rows)
        for way in ways or ():
            for row in entering:
                given = way.start(row)
                if given is None:
                    continue
                self._rule, head = way.rule.id, way.rule.head.predicate
                for solution, _ in way.plan(self._tables).solutions(find, given):
                    found[head, solution] = None
                    if once:
                        break
        return list(found)
