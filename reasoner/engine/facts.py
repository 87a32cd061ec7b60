"""Facts with provenance: what the record, the ontology and the regulation's parameters state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground
from reasoner.records.arrow import strings
from reasoner.records.record import Record
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.vocabulary import Vocabulary

AS_OF = "asOf"
DEFAULT_COUNTING = "monthCounting"
_COMPLETING = frozenset({"parameter", "as_of", "calendar"})
"""What the sources of facts name that are made from the others."""


@dataclass
class Facts:
    """Ground atoms and where each comes from.

    ``origins`` maps an atom to the ids of its statements in the record; ``outside`` to a source in words
    for atoms that are stated by the ontology or by the regulation's own parameters.
    """

    atoms: dict[Ground, None] = field(default_factory=dict)
    origins: dict[Ground, list[int]] = field(default_factory=lambda: defaultdict(list))
    outside: dict[Ground, dict[str, Any]] = field(default_factory=dict)
    counting: str = ""
    table: pa.Table | None = None
    """The statements of the record as they streamed out of it (for DuckDB)."""

    def add(self, atom: Ground, statement: int | None = None, source: dict[str, Any] | None = None) -> None:
        """Add an atom with the statement or the source it comes from."""
        self.atoms[atom] = None
        if statement is not None:
            self.origins[atom].append(statement)
        if source is not None:
            self.outside.setdefault(atom, source)


def gather(
    record: Record | pa.Table | None,
    book: LawBook,
    vocabulary: Vocabulary,
    as_of: int,
    version: int | None = None,
    more: Iterable[tuple[Ground, dict[str, Any]]] = (),
) -> Facts:
    """Collect the facts that the rules can use, as of a date and at a version of the record.

    A table in place of a record has the columns that ``Record.facts`` gives.
    """
    found = Facts()
    used = book.used
    for predicate, row in vocabulary.statements:
        if predicate in used:
            found.add((predicate, row), source={"ontology": row[0]})
    if record is not None:
        _recorded(found, record.facts(version, text=True) if isinstance(record, Record) else record, used)
    for atom, source in more:
        found.add(atom, source=source)
    return completed(found, book, as_of)


def completed(found: Facts, book: LawBook, as_of: int) -> Facts:
    """The facts with what follows from them before any rule: parameters, the day of asking, months."""
    _parameters(found, book)
    found.add((AS_OF, (as_of,)), source={"as_of": as_of})
    dates = {v for _, row in found.atoms for v in row if isinstance(v, int)}
    for atom in calendar.facts(dates, book.months, found.counting):
        found.add(atom, source={"calendar": found.counting, "rule": _counting_source(found, book)})
    return found


def altered(
    facts: Facts,
    book: LawBook,
    as_of: int,
    more: Iterable[tuple[Ground, dict[str, Any]]],
    without: Collection[Ground],
) -> Facts:
    """The same facts with some more and without some others; the given ones stay as they are."""
    found = Facts()
    left_out = set(without)
    for atom in facts.atoms:
        source = facts.outside.get(atom)
        if atom in left_out or (source is not None and source.keys() & _COMPLETING):
            continue
        found.atoms[atom] = None
        if atom in facts.origins:
            found.origins[atom] = list(facts.origins[atom])
        if source is not None:
            found.outside[atom] = source
    for atom, source in more:
        found.add(atom, source=source)
    kept = [
        p for p in book.parameters if ("parameterKind", (f"parameter-{p['kind']}", p["kind"])) not in left_out
    ]
    return completed(
        found, replace(book, parameters=kept) if len(kept) < len(book.parameters) else book, as_of
    )


def selected(facts: Facts, book: LawBook, as_of: int, recorded: Iterable[Ground]) -> Facts:
    """The facts with only these of the record's, completed anew."""
    found = Facts()
    for atom, source in facts.outside.items():
        if "ontology" in source:
            found.add(atom, source=source)
    for atom in recorded:
        found.atoms[atom] = None
        found.origins[atom] = facts.origins[atom]
    return completed(found, book, as_of)


def _recorded(found: Facts, table: pa.Table, used: frozenset[str]) -> None:
    table = table.filter(pc.is_in(table["predicate"], value_set=strings(sorted(used))))
    found.table = table
    atoms, origins = found.atoms, found.origins
    columns = [table[name].to_pylist() for name in ("predicate", "subject", "object", "kind", "id")]
    for predicate, subject, value, kind, number in zip(*columns, strict=True):
        if kind == "class":
            atom: Ground = (predicate, (subject,))
        elif kind == "date" or kind == "integer":
            atom = (predicate, (subject, int(value)))
        else:
            atom = (predicate, (subject, value))
        atoms[atom] = None
        origins[atom].append(number)


def _parameters(found: Facts, book: LawBook) -> None:
    """The regulation's own parameters; one recorded for the same matter takes their place."""
    recorded = {row[1] for predicate, row in found.atoms if predicate == "parameterKind"}
    for entry in book.parameters:
        kind, value = entry["kind"], entry["value"]
        if kind == DEFAULT_COUNTING:
            found.counting = str(value)
        if kind in recorded:
            continue
        name = f"parameter-{kind}"
        source = {"parameter": kind, "note": entry.get("source", ""), "certainty": entry.get("certainty", {})}
        found.add(("parameter", (name,)), source=source)
        found.add(("parameterKind", (name, kind)), source=source)
        found.add(("appliesTo", (name, entry["applies_to"])), source=source)
        if isinstance(value, int):
            found.add(("dateValue", (name, value)), source=source)
        else:
            found.add(("ruleValue", (name, value)), source=source)
    rules = {row[0]: str(row[1]) for predicate, row in found.atoms if predicate == "ruleValue"}
    for predicate, row in found.atoms:
        if predicate == "parameterKind" and row[1] == DEFAULT_COUNTING and str(row[0]) in rules:
            found.counting = rules[str(row[0])]


def _counting_source(found: Facts, book: LawBook) -> str:
    return next((str(e.get("source", "")) for e in book.parameters if e["value"] == found.counting), "")
