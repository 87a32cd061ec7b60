"""A run that is kept up with its facts: after an edit only what depends on it is evaluated again.

All that holds is in memory (``reasoner.engine.maintenance``) and in the run's database, which every change
brings up to date in one transaction. When an edit makes a rule look at too much, everything is evaluated, and
the edit says which rule it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

from reasoner.batch import concluded, encoding
from reasoner.batch.evaluation import quoted
from reasoner.batch.in_memory import given, held, made_ready
from reasoner.batch.naming import constants
from reasoner.batch.run import Run
from reasoner.batch.sources import Source
from reasoner.engine import calendar
from reasoner.engine.columns import Table
from reasoner.engine.evaluate import Ground
from reasoner.engine.following import coded
from reasoner.engine.join import Row
from reasoner.engine.kept_up import PARAMETERS, Edit, KeptUp
from reasoner.engine.maintenance import MOST, Layers, Maintained, Turn, WideError
from reasoner.engine.sql import NAME_BASE
from reasoner.rulebook.rules import Value

EVERYTHING = "everything"
"""Noted in ``meta`` of a run that has the tables of all predicates."""
_EDITED = "edit"


@dataclass
class Edited:
    """What an edit turned, by predicate and in codes; the facts themselves included.

    ``why``: why everything was evaluated instead; then ``turned`` is empty.
    """

    turned: dict[str, Turn] = field(default_factory=dict)
    why: str = ""


class KeptUpRun:
    """A run whose facts can be changed. ``run`` is finished, and open for writing.

    Opening it reads all that holds into memory (about 10 GB at a million issues); a run that keeps only what
    conclusions are read off is evaluated once more before.
    """

    def __init__(self, run: Run, most: int = MOST) -> None:
        """``most``: rows to be looked at for one edit, beyond which everything is evaluated."""
        self.run, self._most = run, most
        self._layers = Layers(coded(run.rules.book.rules, constants(run.rules).encode))
        self.evaluating = 0.0
        """Seconds that the last edit took without storing it."""
        self._open()

    def _open(self) -> None:
        """Read what is recorded and what holds."""
        if not self.run.finished or not self._rows("SELECT 1 FROM meta WHERE key = ?", [EVERYTHING]):
            self._reason()
        self._codes: dict[str, int] = dict(self._rows("SELECT name, code FROM predicates"))
        stated = dict(given(self.run))
        tables = {name: table for name, table in stated.items() if name not in self._layers.of}
        for name in self._layers.of:
            if name in self.run.tables:
                tables[name] = held(self.run, name)
        made_ready(tables)
        self._kept = KeptUp(
            Maintained(
                self._layers,
                tables,
                {name: table for name, table in stated.items() if name in self._layers.of},
                self._most,
            ),
            self.run.rules,
            calendar.to_int(self.run.as_of),
            self._days(),
            self._parameters(),
            self._is_recorded,
            self._code,
        )
        self._kept.maintained.prepare()

    @property
    def tables(self) -> Mapping[str, Table]:
        """All that is recorded or holds, by predicate, in codes."""
        return self._kept.maintained.tables

    @property
    def looked(self) -> int:
        """The rows looked at for the last edit."""
        return self._kept.maintained.looked

    def _rows(self, query: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        return self.run.connection.execute(query, list(values)).fetchall()

    def _days(self) -> dict[int, int]:
        """How many statements have each number."""
        numbers = f"SELECT DISTINCT predicate, a0, a1 FROM facts WHERE a1 < {NAME_BASE}"
        return dict(self._rows(f"SELECT a1, count(*) FROM ({numbers}) GROUP BY a1"))

    def _parameters(self) -> list[Ground]:
        found: list[Ground] = []
        named = ", ".join(f"'{name}'" for name in sorted(PARAMETERS))
        for name, *row in self._rows(
            "SELECT p.name, f.a0, f.a1 FROM facts AS f JOIN predicates AS p ON p.code = f.predicate "
            f"WHERE p.name IN ({named}) ORDER BY f.id"
        ):
            found.append((name, self.run.names.rows([tuple(row)])[0]))
        return found

    def _is_recorded(self, atom: Ground) -> bool:
        values = [self.run.names.encode(value) for value in atom[1]]
        if None in values or atom[0] not in self._codes or len(values) > 2:
            return False
        return bool(self._rows(f"SELECT 1 FROM facts WHERE {self._where(atom)} LIMIT 1"))

    def _where(self, atom: Ground) -> str:
        """The condition on the facts that are an atom."""
        subject, *rest = (self.run.names.encode(value) for value in atom[1])
        value = f"a1 = {rest[0]}" if rest else "a1 IS NULL"
        return f"a0 = {subject} AND predicate = {self._codes[atom[0]]} AND {value}"

    def _code(self, value: Value) -> int:
        return value if isinstance(value, int) else self.run.names.add(value)

    # -- an edit --------------------------------------------------------------------------------------

    def change(
        self, come: Iterable[Ground], gone: Iterable[Ground] = (), as_of: datetime.date | None = None
    ) -> Edited:
        """Add and take away statements by names, ask as of another day; all or nothing.

        What is recorded already does not come, what is not does not go. Statements that no rule reads (names,
        notes) are left as they are.
        """
        edit = self._kept.edit(come, gone, None if as_of is None else calendar.to_int(as_of))
        before, execute = self._kept.beside, self.run.connection.execute
        execute("BEGIN")
        try:
            start = perf_counter()
            turned, why = self._kept.apply(edit), ""
            self.evaluating = perf_counter() - start
            for predicate, turn in turned.items():
                if predicate in self._layers.of:
                    self._turn(predicate, turn)
            concluded.drop(self.run.connection)
            self._state(
                [a for a in edit.beside if a not in before], [a for a in before if a not in edit.beside]
            )
        except WideError as error:
            turned, why = {}, str(error)
            self.run.noted(finished=False)
        try:
            sources = self._record(edit)
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            self.run.__dict__.pop("names", None)
            self._open()
            raise
        self.run.noted(as_of=calendar.to_date(edit.as_of).isoformat(), sources=sources)
        self.run.__dict__.pop("sources", None)
        if why:
            self._reason()
            self._open()
        return Edited(turned, why)

    def _record(self, edit: Edit) -> list[dict[str, Any]]:
        """Change the facts; the sources of the run with what has come."""
        for atom in edit.gone:
            where = self._where(atom)
            self._rows(f"DELETE FROM facts WHERE {where}")
            if len(atom[1]) == 2 and isinstance(atom[1][1], str):
                self._rows(f"DELETE FROM facts_by_object WHERE {where}")
        found = [asdict(each) for each in self.run.sources]
        if not edit.come:
            return found
        first = max((each.first + each.rows for each in self.run.sources), default=1)
        ((last,),) = self._rows("SELECT coalesce(max(id), 0) FROM facts")
        first = max(first, int(last) + 1)
        for number, (predicate, row) in enumerate(edit.come, first):
            subject, *rest = map(self._code, row)
            values = f"{self._codes[predicate]}, {subject}, {rest[0] if rest else 'NULL'}, {number}"
            self._rows(f"INSERT INTO facts (predicate, a0, a1, id) VALUES ({values})")
            if rest and isinstance(row[1], str):
                self._rows(f"INSERT INTO facts_by_object (predicate, a0, a1, id) VALUES ({values})")
        came = Source(_EDITED, 0, 0, _EDITED, first, len(edit.come))
        return [*found, asdict(came)]

    def _state(self, come: Iterable[Ground], gone: Iterable[Ground]) -> None:
        """Change what stands beside the facts."""
        for predicate, row in gone:
            where = " AND ".join(f"a{i} = {self._code(value)}" for i, value in enumerate(row))
            self._rows(f"DELETE FROM stated WHERE predicate = {self._codes[predicate]} AND {where}")
        for predicate, row in come:
            if predicate in self._codes:
                columns = ", ".join(f"a{i}" for i in range(len(row)))
                values = ", ".join(str(self._code(value)) for value in row)
                self._rows(
                    f"INSERT INTO stated (predicate, {columns}) VALUES ({self._codes[predicate]}, {values})"
                )

    def _turn(self, predicate: str, turn: Turn) -> None:
        """Bring a table of what holds up to date."""
        table = f"model.{quoted(predicate)}"
        if turn.gone.rows:
            columns = ", ".join(f"a{i}" for i in range(len(next(iter(turn.gone)))))
            self._rows(f"DELETE FROM {table} WHERE ({columns}) IN (VALUES {_values(turn.gone)})")
        if turn.come.rows:
            if predicate not in self.run.tables:
                columns = ", ".join(f"a{i} BIGINT" for i in range(len(next(iter(turn.come)))))
                self._rows(f"CREATE TABLE {table} ({columns})")
                self.run.__dict__.pop("tables", None)
            self._rows(f"INSERT INTO {table} VALUES {_values(turn.come)}")

    def _reason(self) -> None:
        """Evaluate everything, as if the facts had just been read, and keep the tables of all predicates."""
        self.run.noted(finished=False)
        connection = self.run.connection
        concluded.drop(connection)
        for name, kind in self._rows(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'model'"
        ):
            self._rows(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} model.{quoted(name)}")
        for table, order in (("facts", "a0, predicate, id"), ("facts_by_object", "a1, predicate, id")):
            self._rows(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY {order}")
        self._rows("DELETE FROM done")
        self._rows("DROP TABLE stated")
        self._rows("DELETE FROM meta WHERE key IN ('counting', ?)", [EVERYTHING])
        encoding.complete(connection, self.run.rules, calendar.to_int(self.run.as_of))
        self.run.reason(also=None)
        self._rows("INSERT INTO meta VALUES (?, '')", [EVERYTHING])


def _values(rows: Iterable[Row]) -> str:
    return ", ".join(f"({', '.join(f'{value}::BIGINT' for value in row)})" for row in rows)


__all__ = ["Edited", "KeptUpRun"]
