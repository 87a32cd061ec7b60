"""SPARQL over facts and conclusions: a store on disk, read-only queries, bounded in time and rows.

The store is built once for a state of the record, the rules and an as-of date, and kept in the cache folder
beside the record. A query runs in a process of its own on the store opened read-only: that process can be
ended whatever it is doing, which an evaluation inside this process could not. SERVICE, FROM, LOAD and all
updates are refused before anything runs, so that no query reaches outside or changes anything.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal

import pyoxigraph as ox

from reasoner import bundled
from reasoner.engine.conclusions import Conclusion
from reasoner.pipeline import Ontology
from reasoner.queries import triples
from reasoner.records.record import Record
from reasoner.rulebook.addressees import load as load_addressees
from reasoner.rulebook.vocabulary import ENTITY, NAMESPACE

#: How long a query may take (seconds) and how many rows and bytes it may return.
SECONDS: Final = 10.0
ROWS: Final = 5_000
_BYTES: Final = 20_000_000

_KEPT_STORES: Final = 4
_CHUNK: Final = 200_000  # triples loaded at a time
_STARTING: Final = 5.0  # seconds that the machine may take to start the process

_PROCESS: Final = Path(__file__).with_name("sparql_process.py")

# A text that does not end is one token too: else it would be looked through once for each quote in it.
_TOKEN: Final = re.compile(
    r"""(?P<comment>\#[^\n\r]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<text>'{3}(?:'{0,2}+(?:[^'\\]|\\.))*+(?:'{3})? | "{3}(?:"{0,2}+(?:[^"\\]|\\.))*+(?:"{3})?
               | '(?:[^'\\\n\r]|\\.)*+'? | "(?:[^"\\\n\r]|\\.)*+"?)
      | (?P<variable>[?$]\w+)
      | (?P<prefixed>(?:[^\W\d][\w.\-]*)?:(?:[\w.\-:%]|\\.)*)
      | (?P<word>[A-Za-z_]+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
# The only word that makes the evaluator ask another machine. It is refused wherever it stands, in a text or a
# comment too: where one ends is the parser's to say, and nothing is lost. So are escapes that spell letters.
_REMOTE: Final = re.compile(r"service", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\[uU]")
_OUTSIDE: Final = frozenset({"FROM"})
_CHANGING: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING"}
)
_POSITION: Final = re.compile(r"error at (\d+):(\d+): *(.*)", re.DOTALL)

Reason = Literal["syntax", "outside", "changing", "escape", "empty", "failed"]


class QueryError(ValueError):
    """A query that cannot be answered. ``line`` and ``column`` count from 1; None where there is no place.

    ``word`` is what is refused, ``said`` the words of the parser or the evaluator.
    """

    def __init__(
        self,
        reason: Reason,
        said: str = "",
        word: str = "",
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(f"{reason} {word} {said}".strip())
        self.reason, self.said, self.word, self.line, self.column = reason, said, word, line, column


@dataclass(frozen=True)
class Cell:
    """One value: an IRI, a literal with its datatype or language, or something else in Turtle."""

    kind: Literal["iri", "literal", "other"]
    value: str
    of: str = ""

    @property
    def entity(self) -> str | None:
        """The id of the entity that the IRI names; None when it is anything else."""
        return triples.entity_of(self.value) if self.kind == "iri" else None


Row = tuple[Cell | None, ...]


@dataclass(frozen=True)
class Answer:
    """What a query returned. ``cut`` says why there may be more: too many rows, too long, or too large."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]
    seconds: float
    cut: Literal["rows", "time", "bytes"] | None = None


# -- the store ------------------------------------------------------------------------------------


def prefixes(rules: Ontology) -> dict[str, str]:
    """The prefixes that every query may use."""
    return {
        "zl": NAMESPACE,
        "id": ENTITY,
        "law": f"{rules.book.regulation.iri}/",
        "eli": triples.ELI,
        "rdf": triples.RDF,
        "rdfs": triples.RDFS,
        "xsd": triples.XSD,
    }


def place_of(folder: Path, record: Record, rules: Ontology, as_of: str) -> Path:
    """Where the store for the present record, the rules and a date lies, built or not."""
    digests = (record.digest, rules.book.digest, _program())
    key = "\0".join((*digests, as_of))
    return folder / f"sparql-{sha256(key.encode()).hexdigest()[:20]}"


@cache
def _program() -> str:
    """The hash of what writes the triples: what another version wrote is not read."""
    files = (triples.__file__, __file__, bundled.path("ontology", "exported.ttl"))
    return sha256(b"".join(Path(each).read_bytes() for each in files)).hexdigest()


def store(
    folder: Path,
    record: Record,
    rules: Ontology,
    as_of: str,
    conclusions: Callable[[], Iterable[Conclusion]],
    progress: Callable[[int], None] = lambda _: None,
) -> Path:
    """The store for the present record, the rules and a date, in a folder; built when there is none yet.

    ``conclusions`` gives those as of the date (yyyy-mm-dd); it is called only when the store is built.
    ``progress`` is told how many triples are loaded.
    """
    place = place_of(folder, record, rules, as_of)
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=folder))
        try:
            _build(part / "store", record, rules, conclusions(), progress)
            (part / "store").rename(place)
        except OSError:
            if not place.exists():  # else another process was faster
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
        _forget(folder, place)
    else:
        os.utime(place)
    return place


def _build(
    place: Path,
    record: Record,
    rules: Ontology,
    conclusions: Iterable[Conclusion],
    progress: Callable[[int], None],
) -> None:
    book, vocabulary = rules.book, rules.vocabulary
    lines = chain(
        triples.terms(vocabulary),
        triples.law(book, vocabulary, load_addressees(book, vocabulary)),
        triples.facts(record.facts(text=True), vocabulary),
        triples.conclusions(conclusions, book),
    )
    made = ox.Store(str(place))
    batch: list[str] = []
    loaded = 0
    for line in lines:
        batch.append(line)
        if len(batch) == _CHUNK:
            loaded += _load(made, batch)
            progress(loaded)
    loaded += _load(made, batch)
    made.flush()
    progress(loaded)


def _load(made: ox.Store, batch: list[str]) -> int:
    number = len(batch)
    made.bulk_load("".join(batch).encode("utf-8", "replace"), format=ox.RdfFormat.N_TRIPLES)
    batch.clear()
    return number


def _forget(folder: Path, besides: Path) -> None:
    """Take away the stores that were asked longest ago."""
    others = sorted(
        (each for each in folder.glob("sparql-*") if each != besides), key=lambda each: each.stat().st_mtime
    )
    for outdated in others[: -(_KEPT_STORES - 1)]:
        shutil.rmtree(outdated, ignore_errors=True)


# -- asking ---------------------------------------------------------------------------------------


def check(query: str) -> None:
    """Refuse a query that would reach outside or change something. Raises QueryError."""
    if match := _REMOTE.search(query):
        raise QueryError("outside", "", match.group().upper(), *_place(query, match.start()))
    if match := _ESCAPE.search(query):
        raise QueryError("escape", "", match.group(), *_place(query, match.start()))
    seen = False
    for match in _TOKEN.finditer(query):
        if match.lastgroup == "comment" or match.group().isspace():
            continue
        seen = True
        word = match.group().upper()
        if match.lastgroup == "word" and word in _OUTSIDE | _CHANGING:
            reason: Reason = "outside" if word in _OUTSIDE else "changing"
            raise QueryError(reason, "", word, *_place(query, match.start()))
    if not seen:
        raise QueryError("empty")


def _place(query: str, at: int) -> tuple[int, int]:
    before = query[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def complete(query: str, known: dict[str, str]) -> str:
    """The query with the prefixes declared that it uses and does not declare, on one line before the rest."""
    declared = {match[1] for match in re.finditer(r"(?i)\bPREFIX\s+([\w\-]*):", query)}
    used = {match.group().split(":")[0] for match in _TOKEN.finditer(query) if match.lastgroup == "prefixed"}
    wanted = [name for name in known if name in used and name not in declared]
    return " ".join(f"PREFIX {name}: <{known[name]}>" for name in wanted) + "\n" + query if wanted else query


def ask(
    place: Path,
    query: str,
    known: dict[str, str],
    rows: int = ROWS,
    seconds: float = SECONDS,
) -> Answer:
    """What the store at ``place`` answers, at most so many rows in so many seconds.

    Raises QueryError for a query that is refused, that does not parse, or that the evaluator gives up.
    """
    check(query)
    finished = complete(query, known)
    asked = {"store": str(place), "query": finished, "rows": rows, "bytes": _BYTES}
    began = time.monotonic()
    process = subprocess.Popen(
        # -P: the folder of the script is no place to import from, it has a calendar of its own
        [sys.executable, "-P", str(_PROCESS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    late = False
    try:
        out, _ = process.communicate(json.dumps(asked).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        late = True
        process.kill()
        out, _ = process.communicate(timeout=_STARTING)
    spent = time.monotonic() - began
    return _answer(out, spent, late, shifted=finished.count("\n") - query.count("\n"))


def _answer(out: bytes, spent: float, late: bool, shifted: int) -> Answer:
    variables: tuple[str, ...] = ()
    rows: list[Row] = []
    cut: Literal["rows", "time", "bytes"] | None = None
    ended = False
    for line in out.splitlines():
        try:
            said: Any = json.loads(line)
        except ValueError:
            break  # the process was ended in the middle of a line
        if isinstance(said, list):
            rows.append(tuple(Cell(*cell) if cell else None for cell in said))
        elif "variables" in said:
            variables = tuple(said["variables"])
        elif "end" in said:
            ended = True
            cut = said["end"] if said["end"] != "done" else None
        else:
            raise _error(said["error"], said["said"], shifted)
    if late:
        cut = "time"
    elif not ended:
        raise QueryError("failed")
    return Answer(variables, tuple(rows), spent, cut)


def _error(reason: Reason, said: str, shifted: int) -> QueryError:
    if match := _POSITION.match(said):
        return QueryError(reason, match[3], line=max(1, int(match[1]) - shifted), column=int(match[2]))
    return QueryError(reason, said)
