"""A receipt: which state of the record, which rules, which day, and what followed; sealed by a hash."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

from reasoner.engine.join import Ground
from reasoner.kept import source_files

BEGINNING = "0" * 64
"""What stands in the first receipt where the others have the hash of the one before."""

Lines = frozenset[str]
"""Conclusions and remarks, each as one line of JSON: ``["predicate",argument,…]``."""


@dataclass(frozen=True)
class Run:
    """What a run is a pure function of: the day, the state of the record, the rules, the program."""

    as_of: str
    data_version: int
    data_digest: str
    rules: str
    program: str


@dataclass(frozen=True)
class Receipt:
    """One run over the record. Hashes are SHA-256 in hex.

    ``counts``: conclusions by status. ``come`` and ``gone``: how many conclusions (and remarks on them) the
    run before, whatever its day, did not have and this one has, and the other way round. ``conclusions``:
    hash of all lines, sorted. ``stored``: hash of what is stored to get the lines back.
    """

    number: int
    at: str
    run: Run
    counts: Mapping[str, int]
    come: int
    gone: int
    conclusions: str
    stored: str
    previous: str
    digest: str = ""

    def sealed(self) -> str:
        """The hash that this receipt must have."""
        content = asdict(self)
        del content["digest"]
        return sha256(canonical(content).encode()).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """As JSON shows it."""
        return {"format": "zelian-receipt/1", **asdict(self)}


def canonical(content: object) -> str:
    """JSON with one spelling for each value."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def line(atom: Ground) -> str:
    """A conclusion as a line."""
    return canonical([atom[0], *atom[1]])


def atom_of(text: str) -> Ground:
    """The conclusion that a line is."""
    predicate, *arguments = json.loads(text)
    return predicate, tuple(arguments)


def hash_of(lines: Collection[str]) -> str:
    """The hash of conclusions, whatever their order."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def counted(lines: Iterable[str], statuses: Collection[str]) -> dict[str, int]:
    """How many conclusions of each status there are."""
    found = dict.fromkeys(statuses, 0)
    for text in lines:
        status = text[2 : text.index('"', 2)]
        if status in found:
            found[status] += 1
    return {status: number for status, number in found.items() if number}


@cache
def program() -> str:
    """The version of the program and the beginning of the hash of its source."""
    try:
        number = version_of("zelian")
    except PackageNotFoundError:
        number = "checkout"
    source = sha256()
    for file in sorted(source_files()):
        source.update(f"{file.name}\0".encode() + file.read_bytes())
    return f"{number}+{source.hexdigest()[:12]}"
