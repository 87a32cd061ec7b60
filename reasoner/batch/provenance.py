"""Where the statements of a run come from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reasoner.batch.lookup import among
from reasoner.batch.sources import place_of

if TYPE_CHECKING:
    from reasoner.batch.run import Run


class Provenance:
    """Tells where statements come from, by id: what the facts files tell of each, else their own row."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def of(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Each with its file, its row and its own id; with sheet and columns where they are told."""
        wanted, sources = sorted(set(ids)), self._run.sources
        found = {each: {**place_of(sources, each), "statement": each} for each in wanted}
        if wanted and self._is_told:
            rows = self._run.connection.execute(
                'SELECT id, "file", "sheet", "row", "columns" FROM provenance '
                f"WHERE id BETWEEN {wanted[0]} AND {wanted[-1]} AND id IN ({among(wanted)})"
            )
            for id_, file, sheet, row, columns in rows.fetchall():
                told = {"file": file, "sheet": sheet, "row": row and int(row), "columns": columns}
                found[id_] = {k: v for k, v in told.items() if v is not None} | {"statement": id_}
        return found

    @cached_property
    def _is_told(self) -> bool:
        query = (
            "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = 'provenance'"
        )
        row = self._run.connection.execute(query).fetchone()
        return row is not None and row[0] > 0
