"""Which transfers on record performed a duty to transfer: to whom, when, under which document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reasoner.engine.conclusions import iso
from reasoner.records.record import Record

TRANSFER = "transfer"


@dataclass(frozen=True)
class Made:
    """One transfer as recorded: its id, the ids of its receivers and documents, its days (yyyy-mm-dd)."""

    id: str
    to: tuple[str, ...]
    on: tuple[str, ...]
    instrument: tuple[str, ...]


def made(proof: Mapping[str, Any], record: Record) -> list[Made]:
    """The transfers that a proof (the tree of a ``zelian-proof/1``) rests on, each once, in its order."""
    return [_read(each, record) for each in dict.fromkeys(_named(proof))]


def _named(node: Mapping[str, Any]) -> Iterator[str]:
    stated = node.get("statement", {})
    if node["kind"] in ("fact", "step") and stated.get("predicate") == TRANSFER:
        yield str(stated["arguments"][0])
    for premise in node.get("premises", ()):
        yield from _named(premise)


def _read(transfer: str, record: Record) -> Made:
    stated: dict[str, list[Any]] = {}
    for each in record.statements(subject=transfer):
        stated.setdefault(each.predicate, []).append(each.object)
    days = (iso(value) for value in stated.get("on", ()))
    return Made(
        transfer,
        tuple(map(str, stated.get("to", ()))),
        tuple(day for day in days if day),
        tuple(map(str, stated.get("instrument", ()))),
    )
