"""Whether two engines concluded the same, predicate by predicate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.bench.facts import ARGUMENTS, database

_SHOWN = 3


@dataclass(frozen=True)
class Agreement:
    """What was compared: ``predicates`` with conclusions on either side, ``rows`` of the engine on these;
    ``missing`` and ``more`` against the measure, ``examples`` of both.
    """

    predicates: int
    rows: int
    missing: int
    more: int
    examples: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether there is no difference."""
        return not self.missing and not self.more


def compare(measure: Path, found: Path, handed: Collection[str] | None = None) -> Agreement:
    """Compare conclusions files; only ``handed`` predicates of the measure count unless it is None."""
    columns = ", ".join(["predicate", *(f"a{i}" for i in range(ARGUMENTS))])
    with database() as connection:
        run = connection.execute
        only = "" if handed is None else " WHERE predicate IN (SELECT unnest(?::VARCHAR[]))"
        values = [] if handed is None else [sorted(handed)]
        run(
            f"CREATE TABLE expected AS SELECT DISTINCT {columns} FROM read_parquet('{measure}'){only}", values
        )
        run(f"CREATE TABLE found AS SELECT DISTINCT {columns} FROM read_parquet('{found}'){only}", values)
        run("CREATE TABLE missing AS FROM expected EXCEPT FROM found")
        run("CREATE TABLE more AS FROM found EXCEPT FROM expected")
        counts = [
            int(run(query).fetchall()[0][0])
            for query in (
                "SELECT count(DISTINCT predicate) FROM (FROM expected UNION ALL FROM found)",
                "SELECT count(*) FROM found",
                "SELECT count(*) FROM missing",
                "SELECT count(*) FROM more",
            )
        ]
        examples = [
            f"{word}: {row[0]}({','.join(value for value in row[1:] if value is not None)})"
            for word in ("missing", "more")
            for row in run(f"FROM {word} ORDER BY ALL LIMIT {_SHOWN}").fetchall()
        ]
    predicates, rows, missing, more = counts
    return Agreement(predicates, rows, missing, more, tuple(examples))
