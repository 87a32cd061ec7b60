"""The bundled registry for worlds without a record (cases): names at a date, and what surrounds them."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from reasoner.bundled import path as bundled
from reasoner.engine.evaluate import Ground
from reasoner.kept import kept, source_files
from reasoner.ledger.load import load
from reasoner.ledger.names import PREDICATES, Names
from reasoner.ledger.words import Words
from reasoner.records.record import Record

_FAMILIES = frozenset({"district", "township", "body", "enterprise", "sector", "inspection"})
_PLACED = "locatedWithin"
_CROWDS = frozenset({_PLACED, "inspects", "raisedIn"})
"""Links that many entities have to one: a district is looked up without its hundred townships."""


class Registry:
    """Statements of the bundled registry, indexed both ways."""

    def __init__(self, record: Record) -> None:
        self._by_subject: dict[str, list[Ground]] = defaultdict(list)
        self._by_object: dict[str, list[Ground]] = defaultdict(list)
        words = Words.bundled()
        self._names = Names(words)
        self._shown = record.names()
        table = record.facts(text=True)
        wanted = {*PREDICATES, *words.families}
        for predicate, subject, value, kind in zip(
            *(table[c].to_pylist() for c in ("predicate", "subject", "object", "kind")), strict=True
        ):
            if predicate in wanted:
                self._names.add(predicate, subject, "" if kind == "class" else str(value))
            if kind == "text":
                continue
            row = (
                (subject,)
                if kind == "class"
                else (subject, int(value) if kind in ("date", "integer") else value)
            )
            self._by_subject[subject].append((predicate, row))
            if kind == "entity" and predicate not in _CROWDS:
                self._by_object[value].append((predicate, row))
        self._names.settle()

    def knows(self, entity: str) -> bool:
        """Whether the registry states anything about an entity."""
        return entity in self._by_subject

    def classes(self, entity: str) -> list[str]:
        """The classes that are stated of an entity, as predicates."""
        return [predicate for predicate, row in self._by_subject.get(entity, ()) if len(row) == 1]

    def find(self, text: str, day: int) -> str | None:
        """The one entity that a name means on a day, else None."""
        if text in self._by_subject:
            return text
        found = self._names.find(text, _FAMILIES, (day,))
        return found.ids[0] if found.status == "found" and len(found.ids) == 1 else None

    def near(self, text: str) -> list[str]:
        """Names that a name which means nothing, or several things, may have been meant for."""
        return [name for _, name in self._names.find(text, _FAMILIES).candidates]

    def around(self, ids: set[str]) -> tuple[list[Ground], dict[str, str]]:
        """Atoms about the given entities and what they lead to, and the names of all of them."""
        seen: set[str] = set()
        atoms: dict[Ground, None] = {}
        waiting = [i for i in sorted(ids) if i in self._by_subject or i in self._by_object]
        first, placed = set(waiting), False
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for atom in self._by_subject.get(current, ()):
                atoms[atom] = None
                placed = placed or atom[0] == _PLACED
                waiting += [str(v) for v in atom[1][1:] if isinstance(v, str) and v in self._by_subject]
            if current in first or placed:
                for atom in self._by_object.get(current, ()):
                    atoms[atom] = None
                    placed = placed or atom[0] == _PLACED
                    waiting.append(str(atom[1][0]))
        return list(atoms), {i: self._shown[i] for i in seen if i in self._shown}


_READ: list[Registry] = []


def bundled_registry(cache_folder: Path | None = None) -> Registry:
    """Read the bundled registry, once per process; ``cache_folder`` keeps it for the next one."""
    if not _READ:
        _READ.append(_registry(cache_folder))
    return _READ[0]


def _registry(cache_folder: Path | None) -> Registry:
    every = sorted(bundled("data", "registry").glob("*.csv"))
    files = [f for f in every if f.name != "sector_words.csv"]

    def read() -> Registry:
        with (
            tempfile.TemporaryDirectory(prefix="zelian-", ignore_cleanup_errors=True) as folder,
            Record.open(Path(folder) / "registry.sqlite") as record,
        ):
            load(files, record, who="zelian", why="registry")
            return Registry(record)

    return kept(
        cache_folder,
        "registry",
        [*every, *source_files(), *bundled("ontology").glob("*.ttl")],
        Registry,
        read,
    )
