"""Conclusions kept up with recorded statements: with these, what stands beside them changes too.

A new date brings the calendar's months after it, a recorded parameter takes the place of the regulation's
own, another day of asking is another fact. All of that is told as facts that come and go (``Maintained``),
exactly as ``facts.completed`` would state them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reasoner.engine.columns import Few, Table
from reasoner.engine.evaluate import Ground, evaluate
from reasoner.engine.facts import Facts, completed
from reasoner.engine.maintenance import MOST, Layers, Maintained, Turn
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Value

PARAMETERS = frozenset({"parameterKind", "ruleValue"})
"""Statements on which it depends which of the regulation's parameters stand, and how months are counted."""


@dataclass
class Edit:
    """Recorded statements that come and go, and with them: the day of asking, what is stated beside."""

    come: list[Ground]
    gone: list[Ground]
    as_of: int
    beside: dict[Ground, None]
    days: Counter[int] = field(default_factory=Counter)
    parameters: dict[Ground, None] = field(default_factory=dict)


class KeptUp:
    """What follows from recorded statements and what stands beside them, as of a day."""

    def __init__(
        self,
        maintained: Maintained,
        rules: Ontology,
        as_of: int,
        days: Mapping[int, int],
        parameters: Iterable[Ground],
        is_recorded: Callable[[Ground], bool],
        encode: Callable[[Value], Value] = lambda value: value,
    ) -> None:
        """``days``: how many recorded statements have each number; ``parameters``: those of ``PARAMETERS``,
        in the order of the record; ``encode``: how values are written in the tables."""
        self.maintained, self.rules, self.as_of = maintained, rules, as_of
        self._days, self._parameters = Counter(days), dict.fromkeys(parameters)
        self._is_recorded, self._encode = is_recorded, encode
        self.beside = self._stated_beside(self._parameters, self._days, as_of)

    def edit(self, come: Iterable[Ground], gone: Iterable[Ground] = (), as_of: int | None = None) -> Edit:
        """What adding and taking away statements, or asking as of another day, comes to.

        What is recorded already does not come, what is not does not go, what is in both stays.
        """
        used, day = self.rules.book.used, self.as_of if as_of is None else as_of
        wanted = {atom: None for atom in come if atom[0] in used}
        added = [atom for atom in wanted if not self._is_recorded(atom)]
        left = [atom for atom in dict.fromkeys(gone) if atom[0] in used and atom not in wanted]
        edit = Edit(added, [atom for atom in left if self._is_recorded(atom)], day, self.beside)
        edit.days = self._days.copy()
        edit.days.update(_numbers(edit.come))
        edit.days.subtract(_numbers(edit.gone))
        edit.days = +edit.days
        edit.parameters = self._parameters
        if any(atom[0] in PARAMETERS for atom in (*edit.come, *edit.gone)):
            edit.parameters = {atom: None for atom in self._parameters if atom not in edit.gone}
            edit.parameters |= {atom: None for atom in added if atom[0] in PARAMETERS}
        same = edit.parameters is self._parameters and edit.days.keys() == self._days.keys()
        if not same or day != self.as_of:
            edit.beside = self._stated_beside(edit.parameters, edit.days, day)
        return edit

    def apply(self, edit: Edit) -> dict[str, Turn]:
        """Evaluate what depends on an edit; what turned, by predicate, as encoded.

        Raises WideError, having changed nothing, when too much would have to be looked at. It is for the
        caller to record the edit afterwards.
        """
        before, now, taken = self.beside, edit.beside, set(edit.gone)
        turned = self.maintained.change(
            map(self._encoded, (*edit.come, *(a for a in now if a not in before))),
            map(
                self._encoded,
                (
                    *(atom for atom in edit.gone if atom not in now),
                    *(a for a in before if a not in now and (a in taken or not self._is_recorded(a))),
                ),
            ),
        )
        self._days, self._parameters = edit.days, edit.parameters
        self.beside, self.as_of = edit.beside, edit.as_of
        return turned

    def _encoded(self, atom: Ground) -> Ground:
        return atom[0], tuple(map(self._encode, atom[1]))

    def _stated_beside(
        self, parameters: Iterable[Ground], days: Collection[int], as_of: int
    ) -> dict[Ground, None]:
        """What ontology, parameters, the day of asking and the calendar state."""
        found = Facts()
        for predicate, row in self.rules.vocabulary.statements:
            if predicate in self.rules.book.used:
                found.add((predicate, row), source={"ontology": row[0]})
        given: list[Ground] = [*parameters, *(("", (day,)) for day in days)]
        for atom in given:
            found.add(atom)
        completed(found, self.rules.book, as_of)
        return dict.fromkeys(found.outside)


def _numbers(atoms: Iterable[Ground]) -> Iterator[int]:
    return (value for _, row in atoms for value in row if isinstance(value, int))


class InProcess(KeptUp):
    """Recorded statements kept up in process, by their names, from an evaluation of them all."""

    def __init__(
        self,
        recorded: Iterable[Ground],
        rules: Ontology,
        as_of: int,
        layers: Layers | None = None,
        most: int = MOST,
    ) -> None:
        """``layers``: of the same rules, when they are at hand."""
        self.recorded = {atom: None for atom in recorded if atom[0] in rules.book.used}
        made, model = (
            layers or Layers(rules.book.rules),
            evaluate(self.completed(rules, as_of), rules.program),
        )
        stated: dict[str, Table] = {p: Few(rows) for p, rows in model.stated.items() if p in made.of}
        tables: dict[str, Table] = {p: Few(each.rows) for p, each in model.relations.items()}
        super().__init__(
            Maintained(made, tables, stated, most),
            rules,
            as_of,
            Counter(_numbers(self.recorded)),
            [atom for atom in self.recorded if atom[0] in PARAMETERS],
            self.recorded.__contains__,
        )

    def completed(self, rules: Ontology, as_of: int) -> Iterable[Ground]:
        """All facts: what is recorded and what stands beside it."""
        found = Facts()
        for predicate, row in rules.vocabulary.statements:
            if predicate in rules.book.used:
                found.add((predicate, row), source={"ontology": row[0]})
        for atom in self.recorded:
            found.add(atom)
        return completed(found, rules.book, as_of).atoms

    def change(
        self, come: Iterable[Ground], gone: Iterable[Ground] = (), as_of: int | None = None
    ) -> dict[str, Turn]:
        """Edit, evaluate what depends on that, and record it; what turned. Raises WideError."""
        edit = self.edit(come, gone, as_of)
        turned = self.apply(edit)
        for atom in edit.gone:
            del self.recorded[atom]
        self.recorded |= dict.fromkeys(edit.come)
        return turned


__all__ = ["PARAMETERS", "Edit", "InProcess", "KeptUp"]
