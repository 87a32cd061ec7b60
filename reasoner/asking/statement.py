"""Statements as a reader writes them: a norm, a status, a unit, a kind of responsibility, in any order.

    STATEMENT ::= WORD+                  words in any order, with blanks or commas between them
    WORD      ::= norm                   its id, or where it stands: a36.p3.s2, a36.p3, 第三十六条第三款
                | status                 its name or label (zh or en), or a part of one label and of no other
                | thing                  a unit, a task, an inspection: id or name, as on record
                | individual             a kind, a reason, what is missing: name or label
                | day                    2024-09-12

Without a status the words must name a unit or a kind of responsibility: that it is borne, is what is meant.
The words themselves are those of the ontology and of the record; none is known here.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from reasoner.asking.hunt import Wanted
from reasoner.asking.whynot import goals_for, matters
from reasoner.engine import calendar
from reasoner.records.registry import Registry
from reasoner.rulebook.law import NotInLawError
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Predicate

if TYPE_CHECKING:
    from reasoner.pipeline import World

_BREAK = re.compile(r"[\s,，、;；]+")
_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)$")
_PLACE = re.compile(r"a?\d+(\.\w+)*$|第.+条.*$")
_FEWEST = 2
"""Characters of a label that may stand for the whole."""

ROLES = {
    "norm": ("规范", "norm"),
    "matter": ("事项", "matter"),
    "bearer": ("单位", "unit"),
    "kind": ("种类", "kind"),
    "reason": ("理由", "reason"),
    "missing": ("所缺", "what is missing"),
    "destination": ("去向", "destination"),
    "limit": ("期限", "limit"),
    "done": ("完成日", "day done"),
}


class StatementError(ValueError):
    """A statement that means nothing: which word, and what could be said (zh / en)."""


@dataclass
class Statement:
    """What was said: a status, norms it may be about, and other arguments by role."""

    text: str
    statuses: tuple[str, ...]
    norms: tuple[str, ...]
    wanted: dict[str, str | int] = field(default_factory=dict)

    def goals(self, world: World) -> list[Wanted]:
        """Every conclusion that it can mean."""
        each = [{**self.wanted, "norm": norm} for norm in self.norms] or [self.wanted]
        return [
            goal for status in self.statuses for wanted in each for goal in goals_for(world, status, wanted)
        ]


class Listener:
    """Understands statements about one world."""

    def __init__(self, world: World, registry: Registry | None = None) -> None:
        self.world, self.registry = world, registry
        self.vocabulary, self.book = world.rules.vocabulary, world.rules.book

    def matter(self, text: str) -> str:
        """An issue, inspection or task by id or name. Raises StatementError."""
        found = self._thing(text)
        if found is not None and (found in self.world.issues() or self._is_matter(found)):
            return found
        near = difflib.get_close_matches(text, self.world.issues(), 3, 0.4)
        zh = f"（相近：{'、'.join(near)}）" if near else ""
        en = f" (similar: {', '.join(near)})" if near else ""
        raise StatementError(f"记录中没有问题 {text}{zh} / no issue, inspection or task {text} on record{en}")

    def hear(self, issue: str, text: str) -> Statement:
        """Read a statement about an issue (or inspection, or task). Raises StatementError."""
        statuses: list[str] = []
        norms: list[str] | None = None
        values: list[tuple[str, str | int]] = []
        for word, meaning in self._words(text):
            match meaning:
                case ("norm", *named):
                    norms = [str(n) for n in named if norms is None or n in norms]
                    if not norms:
                        raise StatementError(f"“{word}”处没有规范 / there is no norm at {word}")
                case ("status", *found):
                    statuses += map(str, found)
                case (_, value):
                    values.append((word, value))
        if len(set(statuses)) > 1:
            said = "、".join(self._label(s, "zh") for s in statuses)
            raise StatementError(f"一次只说一种状态：{said} / one status at a time: {', '.join(statuses)}")
        candidates = statuses[:1] or [p.name for p in self._borne()]
        if not statuses and not values:
            raise StatementError(
                f"“{text}”没有说是什么状态；{self._sayable()[0]} / no status in it; {self._sayable()[1]}"
            )
        problems: list[str] = []
        for status in candidates:
            try:
                wanted = self._placed(status, issue, values)
            except StatementError as problem:
                problems.append(str(problem))
                continue
            return Statement(text, (status,), tuple(norms or ()), wanted)
        raise StatementError(problems[0])

    # -- words ----------------------------------------------------------------------------------------

    def _words(self, text: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        tokens = [token for token in _BREAK.split(text.strip()) if token]
        if not tokens:
            raise StatementError(
                f"没有写出要问的话；{self._sayable()[0]} / nothing asked; {self._sayable()[1]}"
            )
        start = 0
        while start < len(tokens):
            for end in range(len(tokens), start, -1):  # names in English have blanks: the longest first
                word = " ".join(tokens[start:end])
                if (meaning := self._meaning(word)) is not None:
                    yield word, meaning
                    start = end
                    break
            else:
                raise self._unknown(tokens[start])

    def _meaning(self, word: str) -> tuple[str | int, ...] | None:
        if match := _DAY.match(word):
            try:
                return "day", calendar.to_int(datetime.date(*map(int, match.groups())))
            except ValueError:
                raise StatementError(f"没有这一天：{word} / no such day: {word}") from None
        if _PLACE.match(word) and (norms := self._norms(word)) is not None:
            return "norm", *norms
        if word in self._statuses:
            return "status", self._statuses[word]
        if word in self._displayed:
            return "status", self._displayed[word]
        if (found := self._thing(word)) is not None:
            return "thing", found
        if len(word) >= _FEWEST:
            part = {name for label, name in self._statuses.items() if word.lower() in label.lower()}
            if len(part) == 1:
                return "status", part.pop()
        return None

    def _norms(self, word: str) -> list[str] | None:
        if word in self.book.norms:
            return [word]
        try:
            place = self.book.regulation.find(word).id
        except (NotInLawError, ValueError):
            return None
        if re.search(r"\.[sn]\d+$", word):
            return None  # it looks like a norm that there is not
        return [n for n, record in self.book.norms.items() if f"{record.place}.".startswith(f"{place}.")]

    def _thing(self, word: str) -> str | None:
        """An individual of the ontology by name or label, or a thing on record by id or name."""
        if word in self.vocabulary.individuals or any(True for _ in self._classes(word)):
            return word
        labelled = self.vocabulary.by_label.get(word, [])
        if len(labelled) == 1:
            return labelled[0]
        named = self._named.get(word, [])
        if len(named) == 1:
            return named[0]
        if self.registry is not None:
            return self.registry.find(word, calendar.to_int(self.world.as_of))
        return None

    @cached_property
    def _statuses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for p in self._sayable_statuses():
            found |= dict.fromkeys((p.name, *p.label.values()), p.name)
        return found

    @cached_property
    def _displayed(self) -> dict[str, str]:
        """Words that a norm has of its own for one of its statuses."""
        return {
            label: status
            for norm in self.book.norms.values()
            for status, labels in norm.display.items()
            for label in labels.values()
        }

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entity, name in self.world.speaker.names.items():
            found.setdefault(name, []).append(entity)
        return found

    def _sayable_statuses(self) -> list[Predicate]:
        return [p for p in self.vocabulary.predicates.values() if p.is_status and p.roles]

    def _borne(self) -> list[Predicate]:
        """The statuses that say that a unit bears a kind of responsibility."""
        return [p for p in self._sayable_statuses() if {"bearer", "kind"} <= set(p.roles)]

    # -- places ---------------------------------------------------------------------------------------

    def _placed(
        self, status: str, issue: str, values: Iterable[tuple[str, str | int]]
    ) -> dict[str, str | int]:
        predicate = self.vocabulary.predicates[status]
        own: dict[str | int, None] = dict.fromkeys(matters(self.world, issue))
        wanted: dict[str, str | int] = {} if self._is_matter_only(issue) else {"issue": issue}
        if not wanted:
            wanted["matter"] = issue
        for word, value in values:
            role = next(self._roles(predicate, value, own, wanted), None)
            if role is None:
                raise StatementError(self._no_place(predicate, word))
            wanted[role] = value
        return wanted

    def _roles(
        self, predicate: Predicate, value: str | int, own: Iterable[str | int], taken: dict[str, str | int]
    ) -> Iterator[str]:
        """Roles in which a value can stand, the most telling first."""
        if value in own:
            yield "matter"
            return
        classes = {up for c in self._classes(value) for up in self.vocabulary.ancestors(c)}
        vague: list[str] = []
        for role, kinds in zip(predicate.roles, predicate.arguments, strict=True):
            if role in taken or role in ("norm", "matter"):
                continue
            if isinstance(value, int):
                if set(kinds) & NUMBERS:
                    yield role
            elif ANYTHING in kinds:
                vague.append(role)
            elif classes & set(kinds):
                yield role
        if not isinstance(value, int):
            yield from vague

    def _classes(self, thing: str | int) -> Iterator[str]:
        if isinstance(thing, int):
            return
        if individual := self.vocabulary.individuals.get(thing):
            yield from individual.classes
        names = self.vocabulary.class_names
        yield from (names[name] for name in names if self.world.model.holds((name, (thing,))))

    def _is_matter(self, thing: str) -> bool:
        return any(self.world.model.match("inInspection", (thing, None)))

    def _is_matter_only(self, thing: str) -> bool:
        return not self.world.model.holds(("issue", (thing,)))

    # -- what is said when it is not understood -------------------------------------------------------

    def _label(self, name: str, language: str) -> str:
        return self.vocabulary.predicates[name].label.get(language, name)

    def _sayable(self) -> tuple[str, str]:
        norm = next(iter(self.book.norms.values()))
        statuses = self._sayable_statuses()
        kinds = [
            individual
            for individual in self.vocabulary.individuals.values()
            for p in self._borne()
            if set(p.arguments[p.roles.index("kind")]) & set(individual.classes)
        ]
        said = []
        for language in ("zh", "en"):
            joint = "、" if language == "zh" else ", "
            said.append(
                (
                    joint.join(p.label.get(language, p.name) for p in statuses),
                    joint.join(dict.fromkeys(k.label.get(language, k.name) for k in kinds)),
                    self.book.citation(norm, language),
                )
            )
        (zs, zk, zc), (es, ek, ec) = said
        return (
            f"可以写：规范（{norm.id} 或者 {zc}）；状态（{zs}）；种类（{zk}）；单位名称；日期",
            f"use: a norm ({norm.id} or {ec}); a status ({es}); a kind ({ek}); a unit; a date",
        )

    def _unknown(self, word: str) -> StatementError:
        known = [*self._statuses, *self._displayed, *self.vocabulary.by_label, *self._named, *self.book.norms]
        near = difflib.get_close_matches(word, known, 3, 0.5)
        zh, en = self._sayable()
        like_zh, like_en = ("、".join(near), ", ".join(near))
        if near:
            zh, en = f"相近：{like_zh}；{zh}", f"similar: {like_en}; {en}"
        return StatementError(f"看不懂“{word}”；{zh} / cannot read '{word}'; {en}")

    def _no_place(self, predicate: Predicate, word: str) -> str:
        zh = "、".join(ROLES.get(role, (role, role))[0] for role in predicate.roles)
        en = ", ".join(ROLES.get(role, (role, role))[1] for role in predicate.roles)
        return (
            f"“{word}”在“{predicate.label.get('zh')}”中没有位置；它说的是：{zh} / "
            f"'{word}' has no place in '{predicate.label.get('en')}', which speaks of {en}"
        )
