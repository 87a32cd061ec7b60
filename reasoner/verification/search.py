"""clingo looks for a world in which a property is violated, and says when there is none up to the bound."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import clingo

from reasoner.engine.evaluate import Ground, Row
from reasoner.engine.facts import AS_OF
from reasoner.engine.judge import loaded
from reasoner.engine.judge import row as row_of
from reasoner.rulebook.rules import Value
from reasoner.verification.bounded import BoundedWorlds

_OPTIONS = ("1", "--configuration=trendy", "--sat-prepro=no")
"""One model at a time; no preprocessing: it takes minutes where the search takes seconds, once for each
question, and does not stop when time is up."""
_ENOUGH = 40
"""How many different counter-examples of one property of one norm are told apart."""


@dataclass
class Sighting:
    """A world in which a goal is reached: which, with what row, on which day, with what on record."""

    goal: str
    row: Row
    as_of: int
    recorded: list[Ground]


class Search:
    """All worlds up to a bound, grounded once and asked several times."""

    def __init__(self, worlds: BoundedWorlds, impossible: str) -> None:
        self.worlds = worlds
        self.control = loaded(worlds.given(), worlds.rules, _OPTIONS)
        self.control.add("base", [], f"{worlds.choosing()}\n:- {impossible}(_).")
        self.control.ground([("base", [])])

    def sightings(
        self, goals: Mapping[str, tuple[int, ...]], limit: float, norm: str = "", most: int = _ENOUGH
    ) -> tuple[list[Sighting], bool]:
        """Worlds in which a goal holds, one for each kind of row; and whether there are no further kinds.

        ``goals`` are the predicates looked for, with the positions by which their rows are told apart.
        ``limit`` in seconds is for all; of rows that begin with a norm, only
        those of ``norm`` are looked for.
        """
        ends = time.monotonic() + limit
        kinds: dict[tuple[Value, ...], list[tuple[int, Ground]]] = {}
        for atom in self.control.symbolic_atoms:
            name, row = atom.symbol.name, row_of(atom.symbol) if atom.symbol.name in goals else ()
            if row and norm in ("", row[0]):
                kinds.setdefault((name, *(row[i] for i in goals[name])), []).append(
                    (atom.literal, (name, row))
                )
        found: list[Sighting] = []
        while kinds and len(found) < most:
            true = self._solve([literal for rows in kinds.values() for literal, _ in rows], ends)
            if true is None:
                return found, False
            if not true:
                return found, True
            day = next(int(row[0]) for name, row in true if name == AS_OF)
            for kind, rows in list(kinds.items()):
                if (seen := next((atom for _, atom in rows if atom in true), None)) is not None:
                    found.append(Sighting(*seen, day, self.worlds.recorded(true)))
                    del kinds[kind]
        return found, not kinds

    def _solve(self, wanted: list[int], ends: float) -> set[Ground] | None:
        """The atoms of a world with one of the literals; empty when there is none, None when time is up."""
        with self.control.backend() as backend:
            aim = backend.add_atom()
            for literal in wanted:
                backend.add_rule([aim], [literal])
        true: set[Ground] = set()

        def keep(model: clingo.Model) -> None:
            true.update((symbol.name, row_of(symbol)) for symbol in model.symbols(atoms=True))

        with self.control.solve(assumptions=[aim], on_model=keep, async_=True) as handle:
            if not handle.wait(max(0.1, ends - time.monotonic())):
                handle.cancel()
                return None
            handle.get()
        return true
