"""What is secret among all that a record, or a world, states: fields of entries, and whole entries.

The same search serves two readers: whoever may not see a class of secrecy gets what is left without it
(``view``); whoever may, gets documents in which it is not said (``rulebook.restricted``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from reasoner.access.policy import Access, Secrecy

ABOUT = "about"
"""The property by which an entry says what it is about."""


class Stated(Protocol):
    """What is stated: members of classes (subclasses included), and pairs of properties."""

    def members(self, of: str) -> frozenset[str]:
        """The members of a class, given by its predicate."""

    def values(self, entry: str, predicate: str) -> Iterable[str]:
        """What a property of an entry names."""


class Linked(Stated, Protocol):
    """The same, to be asked from the other end as well."""

    def having(self, predicate: str, value: str | None = None) -> Iterable[str]:
        """The entries with a value of a property; with any."""

    def naming(self, entities: Collection[str]) -> Iterable[str]:
        """The entries that name one of these by whatever property."""


@dataclass
class Secrets:
    """``fields``: what is secret of an entry (None: everything). ``absent``: entries that are left out."""

    fields: dict[str, frozenset[str] | None] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    def add(self, entity: str, own: frozenset[str] | None) -> None:
        """Add fields to those that are secret of an entity."""
        known = self.fields.get(entity, frozenset())
        self.fields[entity] = None if own is None or known is None else known | own

    def hides(self, entity: str, predicate: str) -> bool:
        """Whether this property of this entity is secret."""
        hidden = self.fields.get(entity, frozenset())
        return hidden is None or predicate in hidden


def entries(of: Secrecy, stated: Stated) -> Iterator[str]:
    """The entries of a class of secrecy."""
    for entry in stated.members(of.of):
        if all(
            not values.isdisjoint(stated.values(entry, predicate)) for predicate, values in of.where.items()
        ):
            yield entry


def said(classes: Iterable[Secrecy], stated: Stated, lasts: Callable[[str], bool]) -> Secrets:
    """What a document does not say; ``lasts`` tells what never becomes secret with what is said about it."""
    found = Secrets()
    for of in classes:
        for entry in entries(of, stated):
            found.add(entry, of.properties)
            if of.about:
                for each in stated.values(entry, ABOUT):
                    if not lasts(each):
                        found.add(each, None)
    return found


def unseen(
    classes: Iterable[Secrecy], access: Access, stated: Linked, lasts: Callable[[str], bool]
) -> Secrets:
    """What a reader who does not see these classes of secrecy does not get.

    Besides the entries themselves: those that are decided together with them, those that name an entry left
    out, and every declaration that records are complete to which an entry of these classes could belong,
    whether there is one or not: by a declaration that goes with an entry one could tell that there is one.
    """
    classes = list(classes)
    found = said(classes, stated, lasts)
    for of in classes:
        own = set(entries(of, stated))
        if of.absent:
            found.absent |= _together(own, of, stated)
        if of.about:
            found.absent |= {e for entry in own for e in stated.values(entry, ABOUT) if not lasts(e)}
        for entry in own:
            for predicate in of.properties or ():
                for named in stated.values(entry, predicate):
                    if not lasts(named) and any(named in stated.members(name) for name in of.named):
                        found.add(named, None)
        found.absent.update(stated.having(access.mark, of.id))
        for entry in stated.having(access.absence):
            if of.records is None or not of.records.isdisjoint(stated.values(entry, access.absence)):
                found.absent.add(entry)
    waiting = set(found.absent)
    while waiting:
        waiting = {each for each in stated.naming(waiting) if not lasts(each)} - found.absent
        found.absent |= waiting
    return found


def _together(own: set[str], of: Secrecy, stated: Linked) -> set[str]:
    """These entries, and those of their class that share with one of them a value of ``of.same``."""
    members = stated.members(of.of)
    found, waiting = set(own), list(own)
    while waiting:
        entry = waiting.pop()
        for predicate in of.same:
            for value in stated.values(entry, predicate):
                more = {e for e in stated.having(predicate, value) if e in members} - found
                found |= more
                waiting += more
    return found
