"""What a run states, asked by some of the arguments: the columns of ``arrays`` as the engine asks them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reasoner.batch import arrays
from reasoner.batch.arrays import Arrays, Part
from reasoner.engine.evaluate import Ground
from reasoner.engine.join import Relation, Row
from reasoner.engine.sql import NAME_BASE
from reasoner.engine.ways import WORD, Known, Positions, TooMuchError
from reasoner.rulebook.rules import Value

if TYPE_CHECKING:
    from reasoner.batch.run import Run

_NOT = 1e9
"""Rows of what cannot be looked up: all of a predicate, those of a date."""
_FEW = 8
"""Rows up to which it does not matter by which of two arguments they are looked up."""


class Mapped:
    """The statements of a run, by names.

    ``ids`` has the statements that each row comes from, of all rows of the facts files looked up so far.
    """

    def __init__(self, run: Run, columns: Arrays) -> None:
        self._columns, execute = columns, run.connection.execute
        known = execute("SELECT code, name, arity FROM predicates WHERE used").fetchall()
        self._predicates = {int(code): str(name) for code, name, _ in known}
        self._classes = run.rules.vocabulary.class_names.keys()
        arity = {int(code): int(number) for code, _, number in known}
        place = arrays.folder_of(run.connection, run.folder)
        assert place is not None
        self._spread = arrays.spreads(run.connection, place)
        self._code_of = {name: code for code, name in self._predicates.items() if (code, -1) in self._spread}
        self.forget()
        self._beside: dict[str, Relation] = {}
        for code, *values in execute("SELECT * FROM stated").fetchall():
            atom = tuple([self.name(value) for value in values[: arity[code]]])
            self._beside.setdefault(self._predicates[code], Relation()).add(atom)
        self._beside_of: dict[Value, frozenset[str]] = {}
        for predicate, relation in self._beside.items():
            for row in relation.rows:
                self._beside_of[row[0]] = self._beside_of.get(row[0], frozenset()) | {predicate}
        self.predicates = frozenset((*self._code_of, *self._beside))
        self.shown = _Shown(self)

    def forget(self) -> None:
        """Let go of what was looked up."""
        self.ids: dict[Ground, list[int]] = {}
        self._names: dict[int, str] = {}
        self._codes: dict[str, int | None] = {}
        self._parts: tuple[dict[int, dict[int, Part]], dict[int, dict[int, Part]]] = ({}, {})
        self._stated_of: dict[Value, frozenset[str]] = {}

    def name(self, code: int) -> Value:
        """What a code stands for."""
        if code < NAME_BASE:
            return code
        found = self._names.get(code)
        if found is None:
            found = self._names[code] = self._columns.name(code)
            self._codes[found] = code
        return found

    def code(self, value: Value) -> int | None:
        """The code of a value; None for a name that the run does not know."""
        if isinstance(value, int):
            return value
        if value not in self._codes:
            self._codes[value] = self._columns.code(value)
        return self._codes[value]

    def called(self, value: Value) -> str | None:
        """What an entity is called; None when nobody says."""
        code = self.code(value) if isinstance(value, str) else None
        return None if code is None else self._columns.shown(code)

    def classes(self, entity: Value) -> Iterator[Ground]:
        """The classes that are stated of an entity."""
        for predicate in self._by(0, entity):
            name = self._predicates.get(predicate)
            if name in self._classes:
                yield from ((name, row) for row in self._recorded(str(name), predicate, (0,), (entity,), 1))

    def _by(self, place: int, value: Value) -> Mapping[int, Part]:
        """Where the statements are that have a value as subject or object, by predicate."""
        code = self.code(value)
        if code is None or code < NAME_BASE:
            return {}
        parts = self._parts[place].get(code)
        if parts is None:
            table = self._columns.naming if place else self._columns.about
            parts = self._parts[place][code] = {part.predicate: part for part in table.parts(code)}
        return parts

    # -- as Stated ------------------------------------------------------------------------------------

    def spread(self, predicate: str, known: Known) -> float:
        """How many rows have, as a rule, what is known of some arguments."""
        beside, found = self._beside.get(predicate), 0.0
        if beside is not None:
            fixed = [(i, value) for i, value in known if value is not None and value != WORD]
            rows = [row for row in beside.rows if all(row[i] == value for i, value in fixed)]
            found = len(rows) / max(len({tuple([row[i] for i, _ in known]) for row in rows}), 1)
        code = self._code_of.get(predicate)
        if code is None:
            return found
        named = [(i, value) for i, value in known if isinstance(value, str) and value != WORD]
        if named:
            parts = [self._by(i, value).get(code) for i, value in named]
            return found + min(part.end - part.first if part is not None else 0 for part in parts)
        if len(known) > 1:
            return found + 0.5
        return found + (self._spread.get((code, known[0][0]), _NOT) if known else _NOT)

    def stated_of(self, value: Value) -> Collection[str]:
        """The predicates of the rows that have this value as first argument, perhaps with others."""
        found = self._stated_of.get(value)
        if found is None:
            recorded = (self._predicates.get(code, "") for code in self._by(0, value))
            beside = self._beside_of.get(value, frozenset())
            found = self._stated_of[value] = beside.union(recorded)
        return found

    def stands(self, value: Value) -> bool:
        """Whether anything is stated of a value, as first argument, whatever is recorded."""
        return value in self._beside_of

    def rows(self, predicate: str, positions: Positions, key: Row, most: int) -> Sequence[Row]:
        """The rows whose arguments at ``positions`` are ``key``. Raises TooMuchError beyond ``most``, and
        when they cannot be looked up by what is known."""
        beside, code = self._beside.get(predicate), self._code_of.get(predicate)
        found = list(beside.matching(positions, key)) if beside is not None else []
        if code is not None:
            recorded = self._recorded(predicate, code, positions, key, most)
            found += [row for row in recorded if row not in found] if found else recorded
        return found

    def _recorded(self, predicate: str, code: int, positions: Positions, key: Row, most: int) -> list[Row]:
        if not positions or (positions[0] and isinstance(key[0], int)):
            raise TooMuchError(predicate)  # not sorted by dates
        place, part = positions[0], self._by(positions[0], key[0]).get(code)
        if part is None:
            return []
        own, wanted = key[0], None
        if len(positions) == 2:
            wanted = self.code(key[1])
            if wanted is None:
                return []
            if part.end - part.first > _FEW and isinstance(key[1], str):
                other = self._by(1, key[1]).get(code)
                if other is None:
                    return []
                if other.end - other.first < part.end - part.first:
                    place, part, own, wanted = 1, other, key[1], self.code(own)
        if part.end - part.first > most:
            raise TooMuchError(predicate)
        found: dict[Row, None] = {}
        table = self._columns.naming if place else self._columns.about
        for number, value, _ in table.rows(part):
            if wanted is not None and value != wanted:
                continue
            row: Row = (
                (own,) if value is None else (self.name(value), own) if place else (own, self.name(value))
            )
            found[row] = None
            ids = self.ids.setdefault((predicate, row), [])
            if number not in ids:
                ids.append(number)
        return list(found)


class _Shown(Mapping[str, str]):
    """What entities are called."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._known: dict[str, str | None] = {}

    def _called(self, value: str) -> str | None:
        if value not in self._known:
            self._known[value] = self._mapped.called(value)
        return self._known[value]

    def __bool__(self) -> bool:
        return True

    def __contains__(self, value: object) -> bool:
        return self._called(str(value)) is not None

    def __getitem__(self, value: str) -> str:
        if (found := self._called(value)) is None:
            raise KeyError(value)
        return found

    def __iter__(self) -> Iterator[str]:
        raise TypeError("the names of a run are not listed")

    def __len__(self) -> int:
        raise TypeError("the names of a run are not counted")
