"""The version of the rules: a hash of all that conclusions and proofs are read from, and those files."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

_READ = (".ttl", ".yaml", ".md", ".txt")
_ACCOUNTS = (
    *("conditions.yaml", "cues.yaml", "inventory.yaml", "properties.yaml", "rows.yaml", "untested.yaml"),
)
_BESIDE = frozenset({"README.md", "VOCABULARY.md", "cases.yaml", *_ACCOUNTS})
"""Cases and the account of what the text was turned into: they are tests of the rules, not the rules."""


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an ontology folder that rules, terms and texts are read from, by its path in it."""
    found = (f for f in folder.rglob("*") if f.suffix in _READ and f.name not in _BESIDE)
    named = {f.relative_to(folder).as_posix(): f for f in found if not f.name.endswith(".case.yaml")}
    return {name: named[name].read_bytes() for name in sorted(named)}


def digest(contents: Iterable[tuple[str, bytes]]) -> str:
    """The SHA-256 of files by path, in the order given; a moved or renamed file is another version."""
    found = sha256()
    for name, content in contents:
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
