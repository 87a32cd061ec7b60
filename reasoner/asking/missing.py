"""What is missing, in words and as data: the answer to a why-not as ``zelian-why-not/1``.

A set is told thing by thing: what would have to be recorded, in a sentence and in the form of a case file
(``add``, with an example where a day is open and ``?`` where only a reader can fill in); which norm asks for
it; what on record stands in the way; and which exceptions it would undo.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from reasoner.asking.attempts import Why, is_fresh
from reasoner.asking.hunt import Missing, Wanted
from reasoner.asking.statement import Statement
from reasoner.asking.whynot import Answer
from reasoner.engine import calendar
from reasoner.engine.conclusions import citation
from reasoner.engine.join import Ground
from reasoner.pipeline import World
from reasoner.rulebook.rules import Value
from reasoner.rulebook.sentences import LANGUAGES
from reasoner.rulebook.vocabulary import NUMBERS, Text

FORMAT = "zelian-why-not/1"
_TO_BE_FILLED = "?"
_SOME = {"zh": "（须写明）", "en": "(to be stated)"}
_ANY = {"zh": "（某个{0}）", "en": "(some {0})"}
_MARKS = {"zh": ("（", "；", "）", "："), "en": (" (", "; ", ")", ": ")}
_MOST_LEAVES = 6


def described(
    world: World, issue: str, asked: Statement, goals: list[Wanted], answer: Answer
) -> dict[str, Any]:
    """The answer as JSON-ready data."""
    return {
        "format": FORMAT,
        "as_of": world.as_of.isoformat(),
        "data_version": world.data_version,
        "rule_version": world.rules.book.digest,
        "issue": issue,
        "statement": {
            "text": asked.text,
            "status": asked.statuses[0],
            "status_label": world.rules.vocabulary.predicates[asked.statuses[0]].label,
            "norms": list(dict.fromkeys(_norm(world, goal) for goal in goals if _norm(world, goal))),
            **{role: value for role, value in asked.wanted.items() if role != "issue"},
        },
        "follows": [conclusion.to_dict() for conclusion in answer.follows],
        "sets": [_Telling(world, missing).told() for missing in answer.sets],
        "never": [_never(world, predicate, norm) for predicate, norm in answer.never],
        "ends": [
            {"sentence": world.speaker.atom(atom), "asked_by": asked_by(world, [why])}
            for atom, why in answer.ends
        ],
        "more_than": answer.more_than,
        "complete": answer.complete,
    }


def _norm(world: World, goal: Wanted) -> str | None:
    record = world.rules.book.by_constant.get(str(goal[1][0]))
    return record.id if record else None


def _never(world: World, predicate: str, norm: str | None) -> dict[str, Any]:
    """A premise that no rule ever concludes of a norm."""
    declared, book = world.rules.vocabulary.predicates[predicate], world.rules.book
    about = book.norms[norm].constant if norm is not None else None
    said = world.speaker.absent(predicate, (about, *[None] * (declared.arity - 1)))
    found: dict[str, Any] = {"predicate": predicate, "sentence": said, "norm": norm}
    if norm is not None:
        found["citation"] = citation(book, book.norms[norm])
    return found


def asked_by(world: World, whys: Iterable[Why]) -> list[dict[str, Any]]:
    """The norms and definitions that ask for something, each once, norms with their words."""
    book = world.rules.book
    found: dict[str, dict[str, Any]] = {}
    for why in whys:
        for owner in (why.norm, why.owner):
            record = book.owners.get(owner or "")
            if record is None or record.id in found:
                continue
            found[record.id] = {"id": record.id, "label": record.label}
            if record.quote:
                found[record.id]["citation"] = citation(book, record)
    return list(found.values())


class _Telling:
    """One set, told."""

    def __init__(self, world: World, missing: Missing) -> None:
        self.world, self.missing = world, missing
        self.vocabulary, self.speaker = world.rules.vocabulary, world.speaker
        self.things: dict[Value, list[tuple[Ground, Why]]] = {}
        for fact, why in missing.assumed:
            self.things.setdefault(fact[1][0], []).append((fact, why))

    def told(self) -> dict[str, Any]:
        inside = {
            value
            for thing, facts in self.things.items()
            for (_, row), _ in facts
            for value in row[1:]
            if is_fresh(value) and value in self.things and not self._described(value)
        }
        return {
            "missing": [self._thing(thing) for thing in self.things if thing not in inside],
            "in_the_way": [self._obstacle(atom, why) for atom, why in self.missing.blocked],
            "undoes": [
                {"sentence": self.speaker.atom(atom), "asked_by": asked_by(self.world, [why])}
                for atom, why in self.missing.undone
            ],
        }

    def _described(self, thing: Value) -> bool:
        """Whether more is said of a thing than what it is."""
        return any(len(row) > 1 for (_, row), _ in self.things[thing])

    def _thing(self, thing: Value) -> dict[str, Any]:
        facts = self.things[thing]
        return {
            "sentence": {language: self._said(thing, language) for language in LANGUAGES},
            "facts": [
                {
                    "predicate": predicate,
                    "arguments": [None if is_fresh(v) or v in self.missing.any_of else v for v in row],
                }
                for (predicate, row), _ in facts
            ],
            "add": self._block(thing),
            "asked_by": asked_by(self.world, (why for _, why in facts)),
        }

    def _said(self, thing: Value, language: str) -> str:
        facts = [fact for fact, _ in self.things[thing]]
        opening, between, closing, colon = _MARKS[language]
        if not is_fresh(thing):
            return between.join(self._sentence(fact, language) for fact in facts)
        classes = [self._label(p, language) for p, row in facts if len(row) == 1]
        parts = [
            f"{self._label(p, language)}{colon}{self._word(row[1], p, language)}"
            for p, row in facts
            if len(row) > 1
        ]
        name = ("、" if language == "zh" else ", ").join(classes) or _SOME[language]
        return f"{name}{opening}{between.join(parts)}{closing}" if parts else name

    def _sentence(self, fact: Ground, language: str) -> str:
        predicate, row = fact
        declared = self.vocabulary.predicates[predicate]
        words = [self._word(value, predicate, language) for value in row]
        template = declared.sentence.get(language)
        return template.format(*words) if template else f"{predicate}({', '.join(words)})"

    def _word(self, value: Value, predicate: str, language: str) -> str:
        """How a value is called; of a day that is open what is known of it, of a new thing what it is."""
        if value in self.missing.any_of:
            return _ANY[language].format(self._label(self.missing.any_of[value], language))
        if not is_fresh(value):
            place = self.vocabulary.predicates[predicate].arguments[-1]
            return self.speaker.name(value, language, place)
        bounds = []
        for left, op, right in self.missing.order:
            if value in (left, right):
                known = right if left == value else left
                if not is_fresh(known):
                    turned = op if left == value else {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
                    bounds.append(self.speaker.bound(turned, known)[language])
        if bounds:
            return ("，" if language == "zh" else ", ").join(dict.fromkeys(bounds))
        if value in self.things and not self._described(value):
            return "、".join(self._label(p, language) for (p, row), _ in self.things[value] if len(row) == 1)
        if value in self.things:
            return self._said(value, language)
        return _SOME[language]

    def _label(self, predicate: str, language: str) -> str:
        return self.vocabulary.predicates[predicate].label.get(language, predicate)

    def _block(self, thing: Value) -> dict[str, Any]:
        """The thing as an item of a case file."""
        names = self.vocabulary.class_names
        facts = [fact for fact, _ in self.things[thing]]
        classes = [names[p] for p, row in facts if len(row) == 1] or [
            names[p]
            for p in names
            if self.world.model.holds((p, (thing,))) and (p, (thing,)) in self.world.model.given
        ]
        block: dict[str, Any] = {"a": classes[0] if len(classes) == 1 else classes}
        if not is_fresh(thing) or self._referred(thing):
            block["id"] = str(thing).replace("?", "new-") if is_fresh(thing) else thing
        for predicate, row in facts:
            if len(row) == 2:
                value = self._value(predicate, row[1])
                if predicate in block:
                    known = block[predicate]
                    block[predicate] = [*(known if isinstance(known, list) else [known]), value]
                else:
                    block[predicate] = value
        return block

    def _referred(self, thing: Value) -> bool:
        return self._described(thing) and any(
            thing in row[1:] for facts in self.things.values() for (_, row), _ in facts
        )

    def _value(self, predicate: str, value: Value) -> Any:
        if set(self.vocabulary.predicates[predicate].arguments[1]) & NUMBERS:
            chosen = self.missing.days.get(value, value)
            if isinstance(chosen, int) and calendar.is_date(chosen):
                return calendar.to_date(chosen)
            return chosen if isinstance(chosen, int) else _TO_BE_FILLED
        if value in self.missing.any_of:
            return _TO_BE_FILLED
        if not is_fresh(value):
            return value
        if value in self.things:
            if self._described(value):
                return str(value).replace("?", "new-")
            (predicate, _), _ = self.things[value][0]
            return self.vocabulary.class_names[predicate]
        return _TO_BE_FILLED

    def _obstacle(self, atom: Ground, why: Why) -> dict[str, Any]:
        model, prover = self.world.model, self.world.prover
        seen, waiting, leaves = {atom}, [atom], list[Text]()
        while waiting and len(leaves) < _MOST_LEAVES:
            current = waiting.pop(0)
            if current in model.given:
                if not prover.standing(current) and current != atom:
                    leaves.append(self.speaker.atom(current))
                continue
            for derivation in model.derivations.get(current, ())[:1]:
                for support in derivation.supports():
                    if support not in seen:
                        seen.add(support)
                        waiting.append(support)
        return {
            "sentence": self.speaker.atom(atom),
            "statement": {"predicate": atom[0], "arguments": list(atom[1])},
            "rests_on": leaves,
            "asked_by": asked_by(self.world, [why]),
        }


def plain(value: Any) -> Any:
    """Days as text, for JSON."""
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
