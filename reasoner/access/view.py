"""The record as a role sees it: a record of its own, on which what the role does not see was never put.

Not a filter that every reader of the record has to remember, but a copy, numbered anew: statements, sources
and transactions count as if nothing else had come between. Everything that is read from it, in whatever way
(facts, search, SPARQL, exports, counts, messages), is therefore a function of what the role may see.

    record ─ secrets.unseen ─▶ what is secret ─ copy of the rest, numbered anew ─▶ View

What tells of the rest without being a statement of it is not carried over: what was taken back (it may have
been taken back because it was secret), rows set aside, the hash of a file and the number of a row in it, why
something was imported, receipts of runs over the whole.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from reasoner.access.policy import Access, Role, Secrecy
from reasoner.access.secrets import ABOUT, Secrets, unseen
from reasoner.records.record import Record, Source, Statement
from reasoner.records.schema import CHUNK, SOURCES, STATEMENTS, TRANSACTIONS, insert_all
from reasoner.records.transaction import MODULUS, content_of, weight
from reasoner.rulebook.vocabulary import Vocabulary, predicate_name

_KEPT = 4
_IN_USE = 600.0
"""Views of one role that stay on disk, and all that are younger than so many seconds: they may be in use."""
_IDS = 500
"""Ids in one query."""
_FORM = b"1"
"""To be changed with what a view carries over."""


class NotSeenError(PermissionError):
    """A view is written to, or asked for what only the whole record can tell."""


class View(Record):
    """A record as a role sees it; nothing can be put on it.

    ``whole`` is the record that it was made of, ``made_of`` its version and digest then; ``hidden`` what is
    not on it.
    """

    whole: Record
    role: Role
    hidden: tuple[Secrecy, ...]
    made_of: tuple[int, str]

    @property
    def current(self) -> bool:
        """Whether the whole record still is in the state that this was made of."""
        return self.whole.is_still(*self.made_of)

    @contextmanager
    def exclusive(self) -> Iterator[sa.Connection]:
        """Refused: what is put on a copy would be lost."""
        raise NotSeenError("本角色只能查看 / this role can only look")
        yield


def seen_by(role: Role, whole: Record, access: Access, vocabulary: Vocabulary, cache: Path) -> Record:
    """The record as a role sees it: itself when the role sees every class of secrecy.

    A view is kept in ``cache`` until the record changes. It keeps to the state that the record has now.
    Raises OSError when the folder cannot be written.
    """
    hidden = access.unseen(role)
    if not hidden:
        return whole
    version = whole.version
    digest = whole.digest_at(version)
    group = sha256("/".join(each.id for each in hidden).encode()).hexdigest()[:8]
    state = f"{whole.path}/{version}/{digest}/{access.digest}".encode()
    place = cache / "seen" / f"{group}-{sha256(_FORM + state).hexdigest()[:20]}.sqlite"
    view = _opened(place)
    if view is None:
        stated = _Stated(whole, vocabulary)
        secret = unseen(hidden, access, stated, stated.lasts(access.lasting))
        rest = _Rest(whole, secret, stated.lasts(access.lasting))
        _write(place, rest, whole, salt=f"seen/{group}")
        _tidy(place, group)
        view = _opened(place)
    assert view is not None
    view.whole, view.role, view.hidden, view.made_of = whole, role, tuple(hidden), (version, digest)
    return view


def view_of(record: Record) -> View | None:
    """The view that a record is, or is a part of; None for the whole record."""
    found: Record | None = record
    while found is not None and not isinstance(found, View):
        found = getattr(found, "whole", None)
    return found


def left_out(record: Record) -> tuple[Secrecy, ...]:
    """The classes of secrecy that are not on this record: whom it was opened for does not see them."""
    view = view_of(record)
    return view.hidden if view is not None else ()


def _opened(place: Path) -> View | None:
    """A view that is kept; None when there is none, or none that can be read."""
    if not place.exists():
        return None
    try:
        view = View.open(place)
    except (NotSeenError, sa.exc.DatabaseError):  # without the tables, which a view may not make; damaged
        place.unlink(missing_ok=True)
        return None
    assert isinstance(view, View)
    return view


class _Stated:
    """What a record states now, as ``secrets`` asks for it."""

    def __init__(self, record: Record, vocabulary: Vocabulary) -> None:
        self._record, self._vocabulary = record, vocabulary
        self._members: dict[str, frozenset[str]] = {}
        self._pairs: dict[str, dict[str, list[str]]] = {}
        self._back: dict[str, dict[str, list[str]]] = {}

    def members(self, of: str) -> frozenset[str]:
        """The members of a class and of the classes below it."""
        if of not in self._members:
            own = [
                name
                for name, local in self._vocabulary.class_names.items()
                if of in map(predicate_name, self._vocabulary.ancestors(local))
            ]
            self._members[of] = frozenset(subject for _, subject, _ in self._record.triples(own))
        return self._members[of]

    def _read(self, predicate: str) -> None:
        there, back = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for _, subject, value in self._record.triples((predicate,)):
            there[subject].append(value)
            back[value].append(subject)
        self._pairs[predicate], self._back[predicate] = there, back

    def values(self, entry: str, predicate: str) -> Iterable[str]:
        """What a property of an entry names."""
        if predicate not in self._pairs:
            self._read(predicate)
        return self._pairs[predicate].get(entry, ())

    def having(self, predicate: str, value: str | None = None) -> Iterable[str]:
        """The entries with a value of a property; with any."""
        if predicate not in self._pairs:
            self._read(predicate)
        return list(self._pairs[predicate]) if value is None else self._back[predicate].get(value, ())

    def naming(self, entities: Collection[str]) -> Iterator[str]:
        """The entries that name one of these."""
        s, every = STATEMENTS.c, sorted(entities)
        for start in range(0, len(every), _IDS):
            named = s.object.in_(every[start : start + _IDS])
            query = sa.select(s.subject).where(named, s.kind == "entity", s.retracted.is_(None))
            yield from (subject for (subject,) in self._record.ask(query))

    def lasts(self, classes: Collection[str]) -> Callable[[str], bool]:
        """Whether a thing stands for itself: it is of one of these classes, or no entry at all."""

        def told(entity: str) -> bool:
            return entity in self._vocabulary.individuals or any(entity in self.members(c) for c in classes)

        return told


_Row = tuple[str, str | None, int | None, str | None, str | None, str | None]


class _Rest:
    """The statements of a record that are left when what is secret is taken out."""

    def __init__(self, whole: Record, secret: Secrets, lasts: Callable[[str], bool]) -> None:
        self._whole, self._secret = whole, secret
        self._gone = secret.absent | {entity for entity, own in secret.fields.items() if own is None}
        named: dict[_Row, set[str]] = defaultdict(set)
        shown: dict[_Row, set[str]] = defaultdict(set)
        for each, _ in whole.past(sorted({*secret.fields, *secret.absent}), as_object=False):
            if each.retracted is None:
                row, value = _row(each.source), str(each.object)
                if not self._is_secret(each):
                    shown[row].add(value)
                elif each.kind == "entity" and not (each.predicate == ABOUT and lasts(value)):
                    named[row].add(value)
                else:
                    named[row] |= set()
        #: by row that states something secret, what nothing else in that row speaks of
        self._told = {row: things - shown[row] for row, things in named.items()}

    def _is_secret(self, each: Statement) -> bool:
        if each.subject in self._gone or self._secret.hides(each.subject, each.predicate):
            return True
        return each.kind == "entity" and each.object in self._gone

    def __iter__(self) -> Iterator[Statement]:
        for each in self._whole.statements():
            told = self._told.get(_row(each.source))
            if self._is_secret(each) or (told is not None and each.subject in told):
                continue
            source = replace(each.source, row=None, key=_key(each.source))
            yield replace(each, source=source if told is None else replace(source, note=None))


def _row(source: Source) -> _Row:
    return source.file, source.sheet, source.row, source.key, source.by, source.at


def _key(source: Source) -> str | None:
    """The key of a row; that of one which repeats another is told from it by its number."""
    return source.key.removesuffix(f"#{source.row}") if source.key and source.row else source.key


def _write(place: Path, rest: Iterable[Statement], whole: Record, salt: str) -> None:
    """Write the statements as a record; the file appears when it is complete."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}.{id(rest)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        with Record.open(part) as copy, copy.exclusive() as connection:
            _fill(connection, rest, {each["id"]: each for each in whole.transactions()}, salt)
        part.replace(place)
    finally:
        for name in (part, *(part.with_name(part.name + tail) for tail in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)


def _fill(
    connection: sa.Connection, rest: Iterable[Statement], before: dict[int, dict[str, Any]], salt: str
) -> None:
    """Put the statements on a new record; they come by number, and so do the transactions that added them."""
    sources: dict[Source, int] = {}
    transactions: dict[int, tuple[Any, ...]] = {}
    new: dict[sa.Table, list[tuple[Any, ...]]] = {SOURCES: [], STATEMENTS: []}
    state = weight((salt, "", "", ""), "")
    for number, each in enumerate(rest, 1):
        content = content_of(each.predicate, each.subject, each.object, each.kind)
        state = (state + weight(content, each.source.file)) % MODULUS
        added = transactions[each.added][0] if each.added in transactions else len(transactions) + 1
        said = before[each.added]
        transactions[each.added] = (added, said["at"], said["who"], "", "{}", f"{state:032x}")
        s = replace(each.source, columns=None)
        if s not in sources:
            sources[s] = len(sources) + 1
            new[SOURCES].append((sources[s], s.file, s.sheet, s.row, s.key, s.url, s.by, s.at, s.note))
        statement = (number, *content, sources[s], each.source.columns, added, None, None)
        new[STATEMENTS].append(statement)
        if len(new[STATEMENTS]) >= CHUNK:
            _put(connection, new)
    _put(connection, new)
    insert_all(connection, TRANSACTIONS, list(transactions.values()))


def _put(connection: sa.Connection, new: dict[sa.Table, list[tuple[Any, ...]]]) -> None:
    for table, rows in new.items():
        insert_all(connection, table, rows)
        rows.clear()


def _tidy(place: Path, group: str) -> None:
    """Remove the views of states that are past, but for the last few: others may be reading them."""

    def written(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except FileNotFoundError:  # another process was faster to remove it
            return 0.0

    older = sorted(place.parent.glob(f"{group}-*.sqlite"), key=written, reverse=True)
    for outdated in (file for file in older[_KEPT:] if time.time() - written(file) > _IN_USE):
        for tail in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                outdated.with_name(outdated.name + tail).unlink(missing_ok=True)
