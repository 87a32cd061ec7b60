"""What on record is invented, told by the mark that stands on it; and the record without it.

Sample cases carry the mark in a note. What names something marked (a finding that was entered about a sample
issue) is invented with it, but for what stands for itself: no issue, inspection, body, place or sector is
invented because of what it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reasoner.records.record import Record
from reasoner.records.schema import STATEMENTS
from reasoner.records.transaction import MODULUS, Object, Statement, content_of, weight
from reasoner.rulebook.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

MARK = "示例数据（虚构）"
_NOTE = "note"
_STANDS_FOR_ITSELF = frozenset({"Issue", "Inspection", "Body", "Territory", "Sector"})


def marked(record: Record) -> frozenset[str]:
    """The ids that carry the mark."""
    return frozenset(subject for _, subject, said in record.triples((_NOTE,)) if MARK in said)


def without(record: Record, vocabulary: Vocabulary) -> Record:
    """The record as if nothing invented were on it; itself where nothing is marked.

    It keeps to what is invented at this moment: make it anew when the record has changed.
    """
    own = marked(record)
    return _Rest(record, own, vocabulary) if own else record


class _Rest(Record):
    """A record without some things: nothing is stated of them or names them. Writing is as to the whole.

    Its digest is that of a record on which only the rest was ever put.
    """

    def __init__(self, whole: Record, own: frozenset[str], vocabulary: Vocabulary) -> None:
        super().__init__(whole._engine, whole.path)
        self.whole = whole
        self._left = _closed(own, whole, vocabulary)
        self._digests: dict[int, str] = {}

    def _is_left(self, subject: str, object: Object, kind: str) -> bool:
        return subject in self._left or (kind == "entity" and object in self._left)

    def _names_left(self, each: Statement) -> bool:
        return self._is_left(each.subject, each.object, each.kind)

    @contextmanager
    def exclusive(self) -> Iterator[sa.Connection]:
        """As of the whole."""
        with self.whole.exclusive() as connection:
            yield connection

    @property
    def digest(self) -> str:
        """The hash of what is left."""
        return self.digest_at(self.version)

    def digest_at(self, version: int) -> str:
        """The digest of what is left of a version; shares in a digest are summed and can be taken out."""
        if version not in self._digests:
            gone = (s for s in super().statements(at_version=version) if self._names_left(s))
            shares = sum(
                weight(content_of(s.predicate, s.subject, s.object, s.kind), s.source.file) for s in gone
            )
            self._digests[version] = f"{(int(super().digest_at(version), 16) - shares) % MODULUS:032x}"
        return self._digests[version]

    def statements(
        self,
        subject: str | None = None,
        predicate: str | None = None,
        at_version: int | None = None,
        object: Object = None,
        ids: Sequence[int] | None = None,
    ) -> Iterator[Statement]:
        """As of the whole, without what is left out."""
        for each in super().statements(subject, predicate, at_version, object, ids):
            if not self._names_left(each):
                yield each

    def past(self, things: Collection[str], *, as_object: bool = True) -> list[tuple[Statement, str | None]]:
        """As of the whole, without what is left out."""
        found = super().past(things, as_object=as_object)
        return [each for each in found if not self._names_left(each[0])]

    def facts(self, at_version: int | None = None, text: bool = False) -> pa.Table:
        """As of the whole, without what is left out."""
        table = super().facts(at_version, text)
        columns = (table[name].to_pylist() for name in ("subject", "object", "kind"))
        return table.filter([not self._is_left(*row) for row in zip(*columns, strict=True)])

    def triples(self, predicates: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """As of the whole, without what is left out."""
        for each in super().triples(predicates):
            if each[1] not in self._left and each[2] not in self._left:
                yield each

    def knows(self, subject: str) -> bool:
        """Whether anything of the rest is stated about an id."""
        return subject not in self._left and super().knows(subject)

    def names(self, ids: Iterable[str] | None = None) -> dict[str, str]:
        """As of the whole, without what is left out."""
        return {id: name for id, name in super().names(ids).items() if id not in self._left}


def _closed(own: frozenset[str], record: Record, vocabulary: Vocabulary) -> frozenset[str]:
    """What is marked, and what is invented with it."""
    lasting = [
        predicate
        for predicate, name in vocabulary.class_names.items()
        if not _STANDS_FOR_ITSELF.isdisjoint(vocabulary.ancestors(name))
    ]
    stand = {subject for _, subject, _ in record.triples(lasting)}
    s = STATEMENTS.c
    linked = sa.select(s.subject, s.object).where(s.kind == "entity", s.retracted.is_(None))
    naming: dict[str, list[str]] = defaultdict(list)
    for subject, value in record.ask(linked):
        naming[value].append(subject)
    found, waiting = set(own), list(own)
    while waiting:
        for each in naming.get(waiting.pop(), ()):
            if each not in found and each not in stand:
                found.add(each)
                waiting.append(each)
    return frozenset(found)
