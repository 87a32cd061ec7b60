"""What a field of a form may name: the things on record, found by what is typed, the likely ones first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from reasoner.entries.forms import Field, Form
from reasoner.entries.meant import Meant, meant
from reasoner.ledger.names import tidy
from reasoner.ledger.words import Words
from reasoner.records.record import Record
from reasoner.rulebook.rules import Rule
from reasoner.rulebook.vocabulary import Vocabulary, predicate_name

_NAMES = ("name", "shortName", "alias", "summary")
_SPANS = ("existsFrom", "existsUntil")
_ORGANS = ("partyCommitteeOf", "governmentOf")
_LIKE = 60  # of 100: as near as a mistyped name is
_LEADING_ON = frozenset({"territory", "recordedEvent"})
_KEPT = 1000  # surroundings in mind
_AROUND = 300  # things around a matter; more of them help nobody


class Candidates:
    """The things of a record with their names and classes, as of one of its states."""

    def __init__(self, record: Record, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        self._record, self._rules = record, rules
        self._asked: dict[tuple[str, str], Meant] = {}
        self._kinds = {
            name: frozenset(predicate_name(each) for each in vocabulary.ancestors(own))
            for name, own in vocabulary.class_names.items()
        }
        self.classes: dict[str, set[str]] = defaultdict(set)
        for predicate, subject, _ in record.triples(self._kinds):
            self.classes[subject] |= self._kinds[predicate]
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        for predicate, subject, said in record.triples(_NAMES):
            if subject in self.classes:
                self._names[subject].setdefault(predicate, said)
        self._counted: dict[tuple[str, bool], Counter[str]] = {}
        self._near: dict[tuple[str, ...], Mapping[str, int]] = {}
        self._spans: dict[str, list[int]] = {}
        for predicate, subject, day in record.triples(_SPANS):
            self._spans.setdefault(subject, [0, 99_999_999])[_SPANS.index(predicate)] = int(day)

    def knows(self, id: str) -> bool:
        """Whether a thing is on record."""
        return id in self.classes

    def named(self, id: str) -> str:
        """How a thing is called: its short name, name or summary; its id when it has none."""
        names = self._names.get(id, {})
        return next((said for kind in ("shortName", "name", "summary") if (said := names.get(kind))), id)

    def fits(self, id: str, classes: Collection[str]) -> bool:
        """Whether a thing is of one of the classes; of any when none is named."""
        return not classes or not self.classes.get(id, set()).isdisjoint(classes)

    def exists(self, id: str, day: int) -> bool:
        """Whether a thing is there on a day (yyyymmdd), as far as its days are on record."""
        since, until = self._spans.get(id, (0, 99_999_999))
        return since <= day <= until

    def search(self, said: str, classes: Collection[str], day: int, limit: int = 8) -> list[str]:
        """The things of these classes whose name or id is like what was typed, the most alike first."""
        wanted = tidy(said)
        ranked = [
            (rank, len(name), id)
            for name, ids in self._tidy.items()
            if (rank := _rank(wanted, name)) is not None
            for id in ids
            if self.fits(id, classes)
        ]
        found = dict.fromkeys(id for _, _, id in sorted(ranked))
        if len(found) < limit and len(wanted) > 1:
            names = [name for name, ids in self._tidy.items() if any(self.fits(id, classes) for id in ids)]
            like = process.extract(wanted, names, scorer=fuzz.ratio, limit=limit, score_cutoff=_LIKE)
            found |= dict.fromkeys(
                id for name, *_ in like for id in self._tidy[name] if self.fits(id, classes)
            )
        return sorted(found, key=lambda id: not self.exists(id, day))[:limit]

    @cached_property
    def _tidy(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id in self.classes:
            for said in dict.fromkeys(map(tidy, (*self._names.get(id, {}).values(), id))):
                found[said].append(id)
        return found

    def likely(self, form: Form, field: Field, matters: Iterable[str], day: int, limit: int = 5) -> list[str]:
        """What the field probably names: what it names elsewhere around the matters, what it names most
        often anywhere, then what else stands around them. Where the rules say whom they mean, those come
        first, then whom it names in other entries of this kind, unless linked to something else, and no more.
        """
        near = self.around(matters)
        if rules_mean := self._meant(form.kind, field.item.property):
            links = [(subject, end) for _, subject, end in self._record.triples(rules_mean.links)]
            order = [subject for subject, end in links if end in near]
            elsewhere = {subject for subject, end in links}.difference(order)
            used = self._used_in(form.kind, field.item.property)
            order += [*rules_mean.named, *(id for id, _ in used.most_common() if id not in elsewhere)]
        else:
            used = self._used(field.item.property, field.item.reverse)
            order = sorted((id for id in near if used[id]), key=lambda id: (near[id] > 1, -used[id]))
            order += [id for id, _ in used.most_common(limit)]
            order += sorted(near, key=lambda id: near[id])
            order += [id for id, _ in used.most_common(limit * 4)]
        fitting = (id for id in dict.fromkeys(order) if self.knows(id) and self.exists(id, day))
        return [id for id in fitting if self.fits(id, field.classes)][:limit]

    def _meant(self, kind: str, property_: str) -> Meant | None:
        """Whom the rules mean by a property; None when they leave it open."""
        if (kind, property_) not in self._asked:
            self._asked[kind, property_] = meant(self._rules, kind, property_)
        found = self._asked[kind, property_]
        return found if found.named else None

    def _used_in(self, kind: str, property_: str) -> Counter[str]:
        """How often a property names things in entries of one kind."""
        triples = self._record.triples((property_,))
        return Counter(end for _, subject, end in triples if kind in self.classes.get(subject, ()))

    def _used(self, property_: str, reverse: bool) -> Counter[str]:
        """How often things are named by a property."""
        known = self._counted.get((property_, reverse))
        if known is None:
            triples = self._record.triples((property_,))
            known = self._counted[property_, reverse] = Counter(s if reverse else o for _, s, o in triples)
        return known

    def around(self, matters: Iterable[str]) -> Mapping[str, int]:
        """Things that matters name or that name them, and the organs of districts among these: id → steps."""
        first = tuple(dict.fromkeys(matter for matter in matters if self.knows(matter)))
        if (known := self._near.get(first)) is not None:
            return known
        found = dict.fromkeys(first, 0)
        for step in (1, 2):
            for id in [each for each, at in found.items() if at == step - 1]:
                if (
                    step == 2
                    and "territory" not in self.classes[id]
                    and "recordedEvent" not in self.classes[id]
                ):
                    continue
                for other in self._neighbours(id, both=step == 1):
                    if len(found) < _AROUND and self.knows(other):
                        found.setdefault(other, step)
        if len(self._near) < _KEPT:
            self._near[first] = found
        return found

    def _neighbours(self, id: str, both: bool) -> Collection[str]:
        found = {str(s.object): None for s in self._record.statements(subject=id) if s.kind == "entity"}
        organs = _ORGANS if "territory" in self.classes[id] else ()
        for predicate in organs:
            found |= {s.subject: None for s in self._record.statements(predicate=predicate, object=id)}
        if both and not organs:
            found |= {s.subject: None for s in self._record.statements(object=id)}
        return found

    def matters(self, ids: Iterable[str]) -> list[str]:
        """The issues and inspections that things lead to, by what they say of themselves.

        Where they lead to none, by what names them (the tasks of a plan).
        """
        for both in (False, True):
            found: dict[str, None] = {}
            seen: set[str] = set()
            waiting = list(dict.fromkeys(ids))
            while waiting and len(seen) < _AROUND:
                id = waiting.pop(0)
                if id in seen or not self.knows(id):
                    continue
                seen.add(id)
                if {"issue", "inspection"} & self.classes[id]:
                    found[id] = None
                elif not {"body", "territory", "sector", "post"} & self.classes[id]:
                    waiting += self._neighbours(id, both)
            if found:
                return list(found)
        return []


def _rank(wanted: str, name: str) -> int | None:
    """0 the name itself, 1 its beginning, 2 a part of it; None for anything else."""
    if not wanted or wanted not in name:
        return None
    return 0 if wanted == name else 1 if name.startswith(wanted) else 2


def words_besides(field: Field) -> dict[str, str]:
    """The fixed words a field of things takes besides (``本办法``), with what they mean."""
    return dict(Words.bundled().choices(field.item.words)) if _has_words(field) else {}


def _has_words(field: Field) -> bool:
    return bool(field.item.words) and field.item.value in ("bodies", "ref")
