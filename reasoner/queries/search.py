"""Full-text search over the regulation, organs, sectors, places and issues, by an index beside the record.

The index is one SQLite file (FTS5) in the cache folder, named by the hash of what it was built from: the
state of the record, the rules, this program. It is built under another name and put in place at once, so
that any number of processes may build and read it; an index of an earlier state is removed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from rapidfuzz import fuzz, process

from reasoner.answers import responsibility
from reasoner.pipeline import Ontology
from reasoner.queries import search_text, searchable
from reasoner.queries.search_text import BREAK, Piece
from reasoner.queries.searchable import KINDS, NAMED, NUMBERED, Entry, Line
from reasoner.records.record import Record
from reasoner.rulebook.vocabulary import Text

_ROOM: Final = 100_000_000  # entries of one kind have the row ids from its place × this on
_ABANDONED: Final = 3600.0  # seconds after which a file half built belongs to nobody
_ALIKE: Final = 60.0  # how like a name must be to be suggested, of 100 …
_NEARLY: Final = 15.0  # … and how much less like than the likest
_LONGEST_NUMBER: Final = 100  # characters of the number of an issue
_KEPT: Final = 2  # indexes in a folder
_WEIGHTS: Final = "6.0, 1.0"  # a name counts for more than a text

_SCHEMA: Final = """
CREATE TABLE entries (id INTEGER PRIMARY KEY, ref TEXT, data TEXT);
CREATE TABLE names (name TEXT, entry INTEGER);
CREATE TABLE numbers (number TEXT, entry INTEGER);
CREATE INDEX numbered ON numbers (number);
CREATE VIRTUAL TABLE words USING fts5 (name, text, content='', tokenize='unicode61 remove_diacritics 0');
"""


@dataclass(frozen=True)
class Hit:
    """An entry that was found. ``name`` is divided into what was looked for and the rest, in each language.

    ``what`` says which of its texts ``excerpt`` is from, ``during`` when that name was in use (see
    searchable.Line); empty when it shows none.
    """

    kind: str
    ref: str
    name: dict[str, tuple[Piece, ...]]
    what: str
    excerpt: tuple[Piece, ...]
    during: str = ""
    at: str = ""
    within: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A name, and what bears it."""

    kind: str
    ref: str
    name: str
    within: str = ""


@dataclass(frozen=True)
class Found:
    """What a query found: how many entries of each kind (in the order of ``KINDS``), and some of them."""

    counts: dict[str, int] = field(default_factory=dict)
    hits: tuple[Hit, ...] = ()

    @property
    def total(self) -> int:
        """Number of entries of all kinds."""
        return sum(self.counts.values())


class Index:
    """An index that is in place; it is only read, by any number of threads."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def _open(self) -> closing[sqlite3.Connection]:
        # Opened anew for every query (0.2 ms): a connection belongs to one thread.
        return closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro&immutable=1", uri=True))

    def find(
        self, query: str, kind: str | None = None, *, lang: str = "zh", limit: int = 20, offset: int = 0
    ) -> Found:
        """Return what has all words of a query, by kind: what is so numbered, then the most fitting.

        ``kind`` (one of KINDS) narrows the hits, not the counts; ``limit`` and ``offset`` count within each
        kind. ``lang`` (zh, en) chooses among the texts of an entry the one to show. A query without a letter
        or a number finds nothing.
        """
        wanted = search_text.words(query)
        if not wanted:
            return Found()
        with self._open() as connection:
            match = search_text.expression(wanted)
            first = next(iter(_numbered(connection, query)), 0)
            counted = connection.execute(
                f"SELECT rowid / {_ROOM}, count(*) FROM words WHERE words MATCH ? GROUP BY 1", (match,)
            )
            counts = {KINDS[place]: number for place, number in counted}
            hits: list[Hit] = []
            # kind by kind: ranking all at once takes twice as long
            for name in KINDS if kind is None else (kind,):
                if name in counts:
                    rows = connection.execute(
                        "SELECT id, ref, data FROM entries JOIN ("
                        f" SELECT rowid AS row, bm25(words, {_WEIGHTS}) AS fit FROM words"
                        " WHERE words MATCH ? AND rowid BETWEEN ? AND ?"
                        " ORDER BY rowid != ?, fit, row LIMIT ? OFFSET ?"
                        ") ON id = row ORDER BY row != ?, fit, row",
                        (match, *_room(name), first, max(0, limit), max(0, offset), first),
                    )
                    hits += [_hit(entry, ref, data, wanted, lang) for entry, ref, data in rows]
        return Found({name: counts[name] for name in KINDS if name in counts}, tuple(hits))

    def matching(self, query: str, kind: str = "issue") -> frozenset[str]:
        """Return the ids of all entries of a kind that have every word of a query; without words, none."""
        wanted = search_text.words(query)
        if not wanted:
            return frozenset()
        with self._open() as connection:
            rows = connection.execute(
                "SELECT ref FROM words JOIN entries ON id = words.rowid"
                " WHERE words MATCH ? AND words.rowid BETWEEN ? AND ?",
                (search_text.expression(wanted), *_room(kind)),
            )
            return frozenset(ref for (ref,) in rows)

    def numbered(self, query: str) -> list[Suggestion]:
        """Return the issues and inspections whose number is the query, whatever its width, case and marks."""
        with self._open() as connection:
            return [_suggestion(connection, entry) for entry in _numbered(connection, query)]

    def alike(self, query: str, limit: int = 5) -> list[Suggestion]:
        """Return organs, sectors, places and inspections whose names are like the query, the likest first."""
        asked = "".join(token for word in search_text.words(query) for token in word)
        if len(asked) < 2 or limit < 1:
            return []
        near = process.extract(asked, self._names[0], scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=8 * limit)
        found: dict[int, Suggestion] = {}
        with self._open() as connection:
            for _, likeness, place in near:
                if likeness < near[0][1] - _NEARLY:
                    break
                entry = self._names[1][place]
                if entry not in found and len(found) < limit:
                    found[entry] = _suggestion(connection, entry)
        return list(found.values())

    @cached_property
    def _names(self) -> tuple[list[str], list[int]]:
        """Names that can be suggested, and the entries that bear them."""
        with self._open() as connection:
            rows = connection.execute("SELECT name, entry FROM names ORDER BY entry").fetchall()
        return [name for name, _ in rows], [entry for _, entry in rows]


def _room(kind: str) -> tuple[int, int]:
    """The row ids of a kind; those of no kind for a kind that does not exist."""
    place = KINDS.index(kind) if kind in KINDS else len(KINDS)
    return place * _ROOM, (place + 1) * _ROOM - 1


def _number(text: str) -> str:
    """A number as it is looked up: CQ-001, ｃｑ００１ and cq 001 are the same."""
    return " ".join(search_text.tokens(text))


def _numbered(connection: sqlite3.Connection, query: str) -> list[int]:
    """The entries whose number is the query."""
    found = connection.execute(
        "SELECT entry FROM numbers WHERE number = ? ORDER BY entry", (_number(query[:_LONGEST_NUMBER]),)
    )
    return [entry for (entry,) in found]


def _suggestion(connection: sqlite3.Connection, entry: int) -> Suggestion:
    ref, data = connection.execute("SELECT ref, data FROM entries WHERE id = ?", (entry,)).fetchone()
    said = json.loads(data)
    return Suggestion(KINDS[entry // _ROOM], ref, said["name"]["zh"], said["within"])


def _hit(entry: int, ref: str, data: str, wanted: Iterable[search_text.Word], lang: str) -> Hit:
    said = json.loads(data)
    name: Text = said["name"]
    lines = [Line(*line) for line in said["lines"]]
    fitting = sorted(lines, key=lambda line: line.lang not in ("", lang))
    found = next((line for line in fitting if search_text.has(line.text, wanted)), None)
    chosen = found or next((line for line in fitting if line.what != "id"), None)
    return Hit(
        KINDS[entry // _ROOM],
        ref,
        {each: search_text.marked(text, wanted) for each, text in name.items()},
        chosen.what if chosen else "",
        search_text.excerpt(chosen.text, wanted) if chosen else (),
        chosen.during if chosen else "",
        **{key: said[key] for key in ("at", "within", "since", "until")},
    )


# -- building -------------------------------------------------------------------------------------


def key(record: Record, rules: Ontology) -> str:
    """Return the hash of all that an index is built from."""
    law = rules.book.regulation
    digest = sha256(f"{record.digest} {rules.book.digest}".encode())
    digest.update("".join(line.text for line in law.lines()).encode())
    digest.update(repr(responsibility.words()).encode())
    for module in (searchable, search_text):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:20]


def is_built(record: Record, rules: Ontology, folder: Path) -> bool:
    """Tell whether the index of this state is in place, so that ``index`` will not have to build it."""
    return (folder / f"search-{key(record, rules)}.sqlite").exists()


def index(record: Record, rules: Ontology, folder: Path) -> Index:
    """Return the index of the present state of a record; it is built when there is none in the folder.

    Raises OSError or sqlite3.Error when the folder cannot be written.
    """
    file = (folder / f"search-{key(record, rules)}.sqlite").absolute()
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{uuid4().hex}.part")
        try:
            _build(part, searchable.entries(record, rules))
            _put(part, file)
        finally:
            part.unlink(missing_ok=True)
        _remove_outdated(folder, file)
    file.touch()
    return Index(file)


def _build(file: Path, entries: Iterable[Entry]) -> None:
    texts, words, names, numbers = [], [], [], []
    counted = dict.fromkeys(KINDS, 0)
    for entry in entries:
        counted[entry.kind] += 1
        row = KINDS.index(entry.kind) * _ROOM + counted[entry.kind]
        data = {
            "name": dict(entry.name),
            "lines": [(line.what, line.text, line.lang, line.during) for line in entry.lines],
            **{name: getattr(entry, name) for name in ("at", "within", "since", "until")},
        }
        texts.append((row, entry.ref, json.dumps(data, ensure_ascii=False)))
        body = BREAK.join(line.text for line in entry.lines)
        words.append((row, _tokens(BREAK.join(dict.fromkeys(entry.name.values()))), _tokens(body)))
        if entry.kind in NUMBERED:
            numbers.append((_number(entry.ref), row))
        if entry.kind in NAMED:
            own = [*entry.name.values(), *(x.text for x in entry.lines if x.what in ("name", "alias"))]
            names += [(name, row) for name in dict.fromkeys("".join(search_text.tokens(n)) for n in own)]
    with closing(sqlite3.connect(file)) as connection:
        # It is put in place only when it is complete; until then nothing needs to survive a crash.
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", texts)
        connection.executemany("INSERT INTO names VALUES (?, ?)", names)
        connection.executemany("INSERT INTO numbers VALUES (?, ?)", numbers)
        connection.executemany("INSERT INTO words (rowid, name, text) VALUES (?, ?, ?)", words)
        connection.commit()


def _tokens(text: str) -> str:
    """The tokens of a text with spaces between them; BREAK stays, so that no phrase goes across it."""
    return f" {BREAK} ".join(" ".join(search_text.tokens(part)) for part in text.split(BREAK))


def _put(part: Path, file: Path) -> None:
    try:
        os.replace(part, file)
    except PermissionError:  # on Windows, while another process reads the one it has just put there
        if not file.exists():
            raise


def _remove_outdated(folder: Path, current: Path) -> None:
    """Take away all but this index and those that were used last: with and without sample data."""
    with suppress(OSError):  # somebody may be reading one still, or have removed it
        files = sorted(folder.glob("search-*.sqlite"), key=lambda file: file.stat().st_mtime)
        others = [file for file in files if file != current]
        parts = folder.glob("search-*.part")
        abandoned = [part for part in parts if time.time() - part.stat().st_mtime > _ABANDONED]
        for file in (*others[: -(_KEPT - 1)], *abandoned):
            with suppress(OSError):
                file.unlink()
