# ruff: noqa: E501 -- an input is a line, however long
"""Which number is an input of which kind: the ones written by hand first, then the fuzzed ones by their shares."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.torture.inputs.judged import Kind


@dataclass(frozen=True)
class Sort:
    """A kind of input: what it is called, where it is, and its share of a hundred."""

    module: str
    name: str
    share: int

    def of(self) -> type[Kind]:
        """The class that tries inputs of this kind."""
        found: type[Kind] = getattr(importlib.import_module(f"tests.torture.inputs.{self.module}"), self.name)
        return found


KINDS = {
    "csv": Sort("ledgers", "Csv", 6),
    "xlsx": Sort("ledgers", "Xlsx", 5),
    "rdf": Sort("graphs", "Rdf", 5),
    "cases": Sort("yamls", "Cases", 25),
    "rulebook": Sort("yamls", "Rulebook", 1),
    "rules": Sort("rules", "Rules", 32),
    "proofs": Sort("proofs", "Proofs", 22),
    "addresses": Sort("addresses", "Addresses", 3),
    "sparql": Sort("queries", "Sparql", 1),
    "exports": Sort("exports", "Exports", 0),
}
_HUNDRED = [name for name, kind in KINDS.items() for _ in range(kind.share)]


@cache
def by_hand() -> tuple[tuple[str, str], ...]:
    """The inputs written by hand: kind and name."""
    return tuple((name, each) for name, kind in KINDS.items() for each in kind.of().nasties)


def of(number: int) -> tuple[str, str | None]:
    """The kind of an input, and its name if it was written by hand."""
    first = by_hand()
    if number < len(first):
        return first[number]
    # 37 has no factor in common with a hundred: every kind comes early and evenly
    return _HUNDRED[(number - len(first)) * 37 % len(_HUNDRED)], None


def numbers(count: int, kinds: frozenset[str] = frozenset()) -> Iterator[int]:
    """The numbers of the first so many inputs, of some kinds only when any are named."""
    return (number for number in range(count) if not kinds or of(number)[0] in kinds)
