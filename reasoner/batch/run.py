"""A run: the facts of a country in a folder, and all that follows from them as of a day.

    facts files | record ─ create ─▶ run.duckdb: names, facts ─ reason ─▶ model: one table a predicate

The folder holds ``run.duckdb`` and ``run.json`` (what was read, for which day, with which rules). Tables, all
of integers (``names`` says what they stand for):

    names(code, name) by code           names_by_hash(hash, code) by hash
    predicates(code, name, arity, used)
    facts(predicate, a0, a1, id) by a0      facts_by_object(a1, predicate, a0, id) by a1: entities and texts
    others(predicate, a0, text, id) by a0: statements that no rule reads (names, notes)
    stated(predicate, a0, a1, …): what ontology, parameters, day and calendar add
    provenance(id, file, sheet, row, columns): only when the facts files have it
    done(stratum, seconds)    meta(key, value)
    model."predicate"(a0, a1, …): what holds, of the predicates that conclusions are read off

Reasoning can be killed at any stratum; ``reason`` goes on from what was kept. A finished run is opened for
reading by as many processes as like.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb
import pyarrow as pa

from reasoner.answers import procedure
from reasoner.batch import evaluation, sources
from reasoner.batch.encoding import encode
from reasoner.batch.naming import Names
from reasoner.batch.sources import Source
from reasoner.engine import calendar
from reasoner.engine.reader import READ
from reasoner.engine.sql import quoted
from reasoner.pipeline import Ontology
from reasoner.records.record import Record
from reasoner.whole import whole

DATABASE, ABOUT = "run.duckdb", "run.json"
FORMAT = "zelian-run/1"
MEMORY = "6GiB"
"""What DuckDB may use; beyond it, it spills into the folder of the run."""
_ISSUES = "issue"

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and of how much."""


class RunError(ValueError):
    """A folder that is no run, or one of other facts or rules. Reads ``Chinese / English``."""


class Run:
    """A folder with facts and, once ``reason`` has finished, what follows from them."""

    def __init__(self, folder: Path, rules: Ontology, write: bool, memory: str, threads: int | None) -> None:
        self.folder, self.rules, self.write = folder, rules, write
        self._settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
            **({"threads": threads} if threads else {}),
        }

    # -- making and opening -----------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        folder: Path,
        facts: Sequence[Path] | Record,
        rules: Ontology,
        as_of: datetime.date,
        *,
        resume: bool = False,
        memory: str = MEMORY,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Read facts into a new folder; with ``resume``, go on with one that was made of the same.

        Raises FactsError for facts that cannot be read; RunError when the folder holds a run already (without
        ``resume``) or one of other facts, rules or another day (with it).
        """
        found = sources.described(facts)
        wanted = {
            "format": FORMAT,
            "as_of": as_of.isoformat(),
            "rules": rules.book.digest,
            "sources": [asdict(each) for each in found],
            "read": False,
        }
        if (folder / ABOUT).exists():
            about = _about(folder)
            if not resume:
                raise RunError(
                    f"{folder} 中已有一次推理，请用 --resume 继续，或另选文件夹 "
                    f"/ {folder} holds a run already: --resume it or take another folder"
                )
            _compare(folder, about, wanted)
            if about["read"]:
                return cls(folder, rules, True, memory, threads)
        elif (folder / DATABASE).exists():
            raise RunError(f"{folder} 不是推理文件夹 / {folder} is not the folder of a run")
        folder.mkdir(parents=True, exist_ok=True)
        for stale in (DATABASE, f"{DATABASE}.wal"):  # reading facts is not resumed but begun again
            (folder / stale).unlink(missing_ok=True)
        _write(folder, wanted)
        run = cls(folder, rules, True, memory, threads)
        with run._within_memory():
            run._read(facts, found, as_of, progress or (lambda *_: None))
        return run

    def _read(
        self, facts: Sequence[Path] | Record, found: list[Source], as_of: datetime.date, progress: Progress
    ) -> None:
        run = self.connection.execute
        progress("facts", 0, 2)
        run("CREATE TABLE meta (key VARCHAR, value VARCHAR)")
        run("CREATE TABLE done (stratum INTEGER, seconds DOUBLE)")
        run("CREATE SCHEMA model")
        read, told = sources.read(self.connection, facts, found)
        encode(self.connection, self.rules, calendar.to_int(as_of))
        if told:  # in the order of the facts files, which is that of the ids: nothing to be sorted
            run("SET preserve_insertion_order = true")
            run(
                'CREATE TABLE provenance AS SELECT id, "file", "sheet", "row", "columns" FROM raw '
                'WHERE "file" IS NOT NULL'
            )
            run("SET preserve_insertion_order = false")
        progress("facts", 1, 2)
        self.close()
        _write(self.folder, {**_about(self.folder), "sources": [asdict(s) for s in read], "read": True})
        progress("facts", 2, 2)

    @classmethod
    def open(
        cls,
        folder: Path,
        rules: Ontology,
        *,
        write: bool = False,
        memory: str = MEMORY,
        threads: int | None = None,
    ) -> Run:
        """Open the run of a folder; for reading, unless it is to be changed or has not finished.

        Raises RunError when there is none, its facts were never read to the end, or its rules are others.
        """
        about = _about(folder)
        _compare(folder, about, {**about, "format": FORMAT, "rules": rules.book.digest})
        if not about["read"]:
            raise RunError(
                f"{folder} 的事实没有读完，请重新运行 / the facts of {folder} were not all read: run again"
            )
        return cls(folder, rules, write or not about.get("finished", False), memory, threads)

    # -- what it is of ------------------------------------------------------------------------------

    @property
    def as_of(self) -> datetime.date:
        """The day as of which it reasons."""
        return datetime.date.fromisoformat(_about(self.folder)["as_of"])

    @property
    def finished(self) -> bool:
        """Whether all that follows has been stored."""
        return bool(_about(self.folder).get("finished", False))

    @cached_property
    def sources(self) -> list[Source]:
        """The input, with the ids of its rows."""
        return [Source(**each) for each in _about(self.folder)["sources"]]

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database: shared for reading once the run has finished, otherwise this process's alone."""
        try:
            return duckdb.connect(
                str(self.folder / DATABASE), read_only=not self.write, config=self._settings
            )
        except duckdb.IOException as error:
            raise RunError(
                f"{self.folder} 正由另一进程使用 / {self.folder} is in use by another process: {error}"
            ) from None

    @cached_property
    def names(self) -> Names:
        """What the integers stand for."""
        return Names(self.connection)

    def close(self) -> None:
        """Let go of the database; it is opened again when it is needed."""
        if "connection" in self.__dict__:
            self.connection.close()
            for name in ("connection", "names", "tables"):
                self.__dict__.pop(name, None)

    @contextmanager
    def _within_memory(self) -> Iterator[None]:
        """Say what to do when what cannot be spilled (rows that are being joined or counted) does not fit."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            self.close()
            folder, limit = self.folder, self._settings["memory_limit"]
            raise RunError(
                f"{folder}：内存上限 {limit} 不够，请给 1GiB 或更多后继续 / {folder}: the memory limit of "
                f"{limit} is not enough; give 1GiB or more and resume: {str(error).splitlines()[0]}"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reasoning ----------------------------------------------------------------------------------

    @cached_property
    def kept(self) -> frozenset[str]:
        """The predicates whose rows stay: conclusions, remarks on them and what both are read off."""
        found = {p.name for p in self.rules.vocabulary.predicates.values() if p.is_status or p.is_remark}
        return frozenset(found | READ | procedure.READ | {_ISSUES})

    def reason(
        self,
        progress: Progress | None = None,
        every: float = evaluation.EVERY,
        also: Collection[str] | None = (),
    ) -> None:
        """Evaluate every stratum that is not done yet and keep what follows.

        ``every``: seconds between the moments at which what was found is made safe on disk. ``also``: further
        predicates whose rows are to stay, None for all; the same ones when an interrupted run is resumed.

        Raises RunError when the memory is not enough although what is large spills; resume it with more.
        """
        if not self.finished:
            every_one = {rule.head.predicate for rule in self.rules.book.rules} if also is None else also
            kept = self.kept | set(every_one)
            with self._within_memory():
                evaluation.evaluate(self.connection, self.rules, kept, progress or (lambda *_: None), every)
            self.close()
            self.noted(finished=True)

    def noted(self, **about: Any) -> None:
        """Note something about the run: ``finished``, ``as_of``, ``sources``."""
        _write(self.folder, {**_about(self.folder), **about})

    # -- what follows -------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> dict[str, int]:
        """The predicates that have a table in ``model``, with the number of their arguments."""
        found = self.connection.execute(
            "SELECT table_name, count(*) FROM duckdb_columns() WHERE schema_name = 'model' GROUP BY ALL"
        ).fetchall()
        return dict(sorted(found))

    def counts(self) -> dict[str, int]:
        """How many conclusions there are of each status, in the order of the ontology."""
        found = {}
        for name in self._statuses():
            rows = self.connection.execute(f"SELECT count(*) FROM model.{quoted(name)}").fetchall()
            found[name] = int(rows[0][0])
        return {name: number for name, number in found.items() if number}

    def issues(self) -> int:
        """How many issues there are."""
        if _ISSUES not in self.tables:
            return 0
        rows = self.connection.execute(f"SELECT count(*) FROM model.{quoted(_ISSUES)}").fetchall()
        return int(rows[0][0])

    def _statuses(self) -> list[str]:
        predicates = self.rules.vocabulary.predicates.values()
        return [p.name for p in predicates if p.is_status and p.roles and p.name in self.tables]

    def conclusions(self, rows: int = 100_000) -> pa.RecordBatchReader:
        """Every conclusion, streaming: ``status`` and the arguments ``a0`` (the norm), ``a1`` (the matter) …

        All are strings; arguments that a status does not have are null. ``rows``: of one batch.
        """
        most = max((self.tables[name] for name in self._statuses()), default=2)
        parts = []
        for name in self._statuses():
            values = [f"a{i}" if i < self.tables[name] else "NULL" for i in range(most)]
            parts.append(f"SELECT '{name}' AS status, {', '.join(values)} FROM model.{quoted(name)}")
        if not parts:
            empty = pa.schema([("status", pa.string()), *((f"a{i}", pa.string()) for i in range(most))])
            return pa.RecordBatchReader.from_batches(empty, iter(()))
        columns = ", ".join(f"a{i}" for i in range(most))
        joins = " ".join(f"LEFT JOIN names AS n{i} ON n{i}.code = c.a{i}" for i in range(most))
        decoded = ", ".join(f"coalesce(n{i}.name, c.a{i}::VARCHAR) AS a{i}" for i in range(most))
        every = " UNION ALL ".join(parts)
        query = f"WITH c(status, {columns}) AS ({every}) SELECT status, {decoded} FROM c {joins}"
        return self.connection.cursor().sql(query).to_arrow_reader(rows)


class Begun(NamedTuple):
    """What a folder was begun with: the facts files (none for a record) and the day."""

    files: list[Path]
    as_of: datetime.date


def begun(folder: Path) -> Begun:
    """What the run of a folder was begun with. Raises RunError when there is none."""
    about = _about(folder)
    files = [Path(s["file"]) for s in about["sources"] if not s["digest"]]
    return Begun(files, datetime.date.fromisoformat(about["as_of"]))


def _about(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        found = None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RunError(f"{folder} 不是推理文件夹 / {folder} is not the folder of a run")
    return found


def _write(folder: Path, about: dict[str, Any]) -> None:
    with whole(folder / ABOUT) as part:
        part.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _compare(folder: Path, about: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raises RunError, saying what, when a run was made of something else than is wanted."""
    if about.get("format") != wanted["format"]:
        raise RunError(f"{folder} 由另一版本写成 / {folder} was written by another version")
    if about["rules"] != wanted["rules"]:
        raise RunError(
            f"{folder} 开始之后规则改变了，请另选文件夹重新推理 "
            f"/ the rules have changed since {folder} was begun: reason anew in another folder"
        )
    if about["as_of"] != wanted["as_of"]:
        raise RunError(
            f"{folder} 的基准日是 {about['as_of']}，不是 {wanted['as_of']} "
            f"/ {folder} is as of {about['as_of']}, not {wanted['as_of']}"
        )
    before = [Source(**each) for each in about["sources"]]
    now = [Source(**each) for each in wanted["sources"]]
    for old, new in zip(before, now, strict=False):
        if not old.same(new):
            raise RunError(
                f"{folder} 开始之后 {new.file} 改变了（原为 {old.file}），请另选文件夹重新推理 "
                f"/ {new.file} is not the {old.file} of the beginning of {folder}: take another folder"
            )
    if len(before) != len(now):
        raise RunError(
            f"{folder} 由 {len(before)} 个文件开始，现给出 {len(now)} 个 "
            f"/ {folder} was begun with {len(before)} files, now there are {len(now)}"
        )


__all__ = ["Begun", "Progress", "Run", "RunError", "begun"]
