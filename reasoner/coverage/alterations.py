"""Alterations of a case, one at a time, those first that touch what a condition rests on.

An alteration is a variant as a case file writes it (``change``, ``drop``, ``add``, ``as_of``). Values come
from where a writer of cases would take them: the other things of the case, the words that the rules name, the
days of the case and those next to them, and the items of other cases.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from reasoner.casebook.casefile import SHORTHANDS, Case, listed, own_id
from reasoner.casebook.scene import class_words
from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground, Model
from reasoner.pipeline import Ontology, World
from reasoner.rulebook.rules import Atom, Comparison, Not, Rule, Value
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Predicate

Variant = dict[str, Any]
Block = dict[str, Any]

_DEEP = 12
_DAYS = 14
_VALUES = 10
_DERIVATIONS = 3


class Alterations:
    """What can be altered in cases of one rule base, with the items of all its cases as examples."""

    def __init__(self, rules: Ontology, cases: Iterable[Case]) -> None:
        self.rules, self.vocabulary = rules, rules.vocabulary
        self._named = {a for rule in rules.book.rules for atom in rule.atoms() for a in atom.args}
        self._bodies: dict[str, set[str]] = {}
        for rule in rules.book.rules:
            below = self._bodies.setdefault(rule.head.predicate, set())
            below |= {atom.predicate for atom in rule.atoms()} - {rule.head.predicate}
        self._examples = self._shapes(cases)

    def of(self, case: Case, world: World, rule: Rule, index: int, kind: str) -> Iterator[Variant]:
        """Alterations of a case for one condition of a rule, the likeliest first."""
        blocks = {own_id(i, block): block for i, block in enumerate(case.given, 1)}
        literal, model = rule.body[index], world.model
        dates = self._dates(case, model)
        subjects = self._resting_on(rule, index, kind, model) & set(blocks)
        others = [name for name in blocks if name not in subjects]
        wanted = self._below(literal if kind == "flips" else rule)
        first, then = ([*subjects], others) if subjects else (others, [])
        if isinstance(literal, Atom) and kind == "flips":
            for name in first:
                yield from self._less(name, blocks[name])
                yield from self._other(name, blocks, dates, wanted)
        if isinstance(literal, Comparison) or calendar_like(rule):
            for name in (*first, *then):
                yield from self._redated(name, blocks[name], dates)
        yield from ({"as_of": day} for day in dates if day != case.as_of)
        yield from self._more(blocks, wanted, dates, [*first, *then])
        for name in (*first, *then):
            yield from self._other(name, blocks, dates, wanted)
            yield from self._less(name, blocks[name])
        for name in (*first, *then):
            yield from self._redated(name, blocks[name], dates)

    # -- what a condition rests on ------------------------------------------------------------

    def _resting_on(self, rule: Rule, index: int, kind: str, model: Model) -> set[str]:
        """Things of the case that the condition (or, for an absence or a comparison, the rule) speaks of."""
        literal, found = rule.body[index], set[str]()
        used = [d for each in model.derivations.values() for d in each if d.rule.id == rule.id]
        for derivation in used[:_DERIVATIONS]:
            if isinstance(literal, Atom):
                ground = derivation.premises()[index][1]
                grounds = [ground] if ground is not None else []
            else:
                grounds = list(derivation.supports())
            for ground in grounds:
                found |= {str(row[0]) for _, row in self._facts(ground, model, set(), 0)}
        return found

    def _facts(self, atom: Ground, model: Model, seen: set[Ground], depth: int) -> Iterator[Ground]:
        if atom in seen or depth > _DEEP:
            return
        seen.add(atom)
        if atom in model.given:
            yield atom
        for derivation in model.derivations.get(atom, ()):
            for support in derivation.supports():
                yield from self._facts(support, model, seen, depth + 1)

    def _below(self, start: Any) -> set[str]:
        """Recorded predicates that could make something true, nearest first cut at a few steps."""
        match start:
            case Rule():
                waiting = {atom.predicate for atom in start.atoms()}
            case Atom():
                waiting = {start.predicate}
            case Not(atom):
                waiting = {atom.predicate}
            case _:
                waiting = set()
        found: set[str] = set()
        for _ in range(_DEEP):
            found |= waiting
            waiting = set().union(*(self._bodies.get(name, set()) for name in waiting)) - found
        return found

    # -- one thing otherwise --------------------------------------------------------------------

    def _less(self, name: str, block: Block) -> Iterator[Variant]:
        """Without a property, without one of several values, without the thing."""
        for key, value in block.items():
            if key in ("id", "a", "name", "note", *SHORTHANDS):
                continue
            yield {"change": {name: {key: None}}}
            if isinstance(value, list):
                yield from (
                    {"change": {name: {key: _one([v for v in value if v != each])}}} for each in value
                )
        yield {"drop": [name]}

    def _redated(self, name: str, block: Block, dates: list[datetime.date]) -> Iterator[Variant]:
        for key, value in block.items():
            if isinstance(value, datetime.date):
                yield from ({"change": {name: {key: day}}} for day in dates if day != value)

    def _other(
        self, name: str, blocks: dict[str, Block], dates: list[datetime.date], wanted: set[str]
    ) -> Iterator[Variant]:
        """With another value of one property, another class, or a property more."""
        block = blocks[name]
        for key, value in block.items():
            if key in ("id", "name", "note") or isinstance(value, datetime.date):
                continue
            if key == "a":
                yield from (
                    {"change": {name: {"a": other}}} for other in self._kindred(listed(value), wanted)
                )
                continue
            for other in self._values(key, block, blocks):
                if other not in listed(value):
                    yield {"change": {name: {key: other}}}
                    if key not in SHORTHANDS:
                        yield {"change": {name: {key: [*listed(value), other]}}}
        for predicate in self._missing(block, wanted):
            if set(predicate.arguments[1]) & NUMBERS:
                yield from ({"change": {name: {predicate.name: day}}} for day in dates)
            else:
                yield from (
                    {"change": {name: {predicate.name: other}}}
                    for other in self._values(predicate.name, block, blocks)
                )

    def _more(
        self, blocks: dict[str, Block], wanted: set[str], dates: list[datetime.date], order: list[str]
    ) -> Iterator[Variant]:
        """With a thing more: as other cases have it, or one of this case once more with a difference."""
        for shape in self._examples:
            if wanted & self._speaks_of(shape):
                for made in self._fitted(shape, blocks):
                    yield {"add": [made]}
        for name in order:
            block = {k: v for k, v in blocks[name].items() if k not in ("id", "name")}
            if not self._speaks_of(block) & wanted:
                continue
            yield {"add": [block]}
            for change in (
                *self._redated(name, block, dates),
                *self._other(name, {**blocks, name: block}, dates, wanted),
                *self._less(name, block),
            ):
                if properties := change.get("change", {}).get(name):
                    altered = {k: v for k, v in {**block, **properties}.items() if v is not None}
                    yield {"add": [altered]}

    # -- values -----------------------------------------------------------------------------------

    def _dates(self, case: Case, model: Model) -> list[datetime.date]:
        """The days of the case and of what follows from it, each with the day before and after."""
        numbers = {v for relation in model.relations.values() for row in relation.rows for v in row}
        days = {calendar.to_date(n) for n in numbers if isinstance(n, int) and calendar.is_date(n)}
        near = {day + datetime.timedelta(days=shift) for day in days for shift in (-1, 0, 1)}
        own = sorted(days, key=lambda day: (abs((day - case.as_of).days), day))[:_DAYS]
        return [*own, *sorted(near - set(own), key=lambda day: (abs((day - case.as_of).days), day))[:_DAYS]]

    def _property(self, key: str, block: Block) -> Predicate | None:
        """The property that a key of an item stands for."""
        for shorthand, (_, prop, renamed) in SHORTHANDS.items():
            if shorthand in block:
                key = prop if key == shorthand else renamed.get(key, key)
                if key == "value":
                    key = "dateValue" if isinstance(block["value"], datetime.date) else "namesOrgan"
        found = self.vocabulary.predicates.get(key)
        return found if found is not None and found.arity == 2 else None

    def _values(self, key: str, block: Block, blocks: dict[str, Block]) -> list[str]:
        """Things of the case and words of the rules that fit as the value of a property."""
        predicate = self._property(key, block)
        if predicate is None or predicate.recorded_only or set(predicate.arguments[1]) & NUMBERS:
            return []
        kinds = set(predicate.arguments[1])
        own = [
            name
            for name, other in blocks.items()
            if other is not block and (ANYTHING in kinds or kinds & self._classes(other))
        ]
        words = [
            self._word(i.name)
            for i in self.vocabulary.individuals.values()
            if i.name in self._named and any(kinds & self.vocabulary.ancestors(c) for c in i.classes)
        ]
        named = [
            str(each)
            for other in blocks.values()
            for prop, value in other.items()
            if (found := self._property(prop, other)) is not None and kinds & set(found.arguments[1])
            for each in listed(value)
            if str(each) not in blocks
        ]
        return list(dict.fromkeys([*own[:_VALUES], *named, *words[: 3 * _VALUES]]))

    def _word(self, name: str) -> str:
        """How a case names an individual: by its Chinese label where no other has it."""
        label = self.vocabulary.individuals[name].label.get("zh", name)
        return label if self.vocabulary.by_label.get(label) == [name] else name

    def _classes(self, block: Block) -> set[str]:
        """The classes of an item, with all above them."""
        names = next(([n] for key, (n, _, _) in SHORTHANDS.items() if key in block), listed(block.get("a")))
        return set[str]().union(*(self.vocabulary.ancestors(self._local(name)) for name in names))

    def _local(self, word: Any) -> str:
        return self.vocabulary.class_names.get(class_words(self.rules).get(str(word), ""), str(word))

    def _kindred(self, names: list[Any], wanted: set[str]) -> Iterator[str | list[str]]:
        """Other classes next to those of a thing (same parent), one at a time."""
        own = [self._local(name) for name in names]
        for place, name in enumerate(own):
            parents = self.vocabulary.superclasses.get(name, set())
            for other in sorted(self.vocabulary.class_names.values()):
                if other not in own and self.vocabulary.superclasses.get(other, set()) & parents:
                    yield _one([*own[:place], other, *own[place + 1 :]])
            if len(own) > 1:
                yield _one([*own[:place], *own[place + 1 :]])
            yield from (_one([*own[:place], parent, *own[place + 1 :]]) for parent in sorted(parents))

    def _missing(self, block: Block, wanted: set[str]) -> Iterator[Predicate]:
        """Properties that the rules use and that a thing of these classes could have and has not."""
        classes = self._classes(block)
        has = {p.name for key in block if (p := self._property(key, block)) is not None}
        for name in sorted(wanted - has):
            predicate = self.vocabulary.predicates.get(name)
            if predicate is not None and predicate.arity == 2 and not predicate.derived:
                domain = set(predicate.arguments[0])
                if ANYTHING not in domain and domain & classes:
                    yield predicate

    # -- items of other cases -----------------------------------------------------------------------

    def _shapes(self, cases: Iterable[Case]) -> list[Block]:
        """The different items of the cases; a value that is a thing of its case is kept as its classes."""
        found: dict[str, Block] = {}
        for case in cases:
            blocks = {own_id(i, block): block for i, block in enumerate(case.given, 1)}
            for block in blocks.values():
                shape = {
                    key: _one(
                        [
                            _Like(self._classes(blocks[v])) if v in blocks else v
                            for v in map(_plain, listed(value))
                        ]
                    )
                    for key, value in block.items()
                    if key not in ("id", "name", "note")
                }
                days = {k for k, v in shape.items() if isinstance(v, datetime.date)}
                found.setdefault(repr({k: "day" if k in days else v for k, v in shape.items()}), shape)
        return list(found.values())

    def _fitted(self, shape: Block, blocks: dict[str, Block]) -> Iterator[Block]:
        """A shape with the things of this case in the places of the other's."""
        fits: list[Block] = [{}]
        for key, value in shape.items():
            values = listed(value)
            if not any(isinstance(v, _Like) for v in values):
                fits = [{**fit, key: value} for fit in fits]
                continue
            like = next(v for v in values if isinstance(v, _Like))
            same = [name for name, block in blocks.items() if like.classes <= self._classes(block)][:3]
            fits = [{**fit, key: name} for fit in fits for name in same][:6]
        yield from fits

    def _speaks_of(self, block: Block) -> set[str]:
        """The predicates that an item states."""
        names = {p: c for c, p in self.vocabulary.class_names.items()}
        return {names[c] for c in self._classes(block) if c in names} | {
            p.name for key in block if (p := self._property(key, block)) is not None
        }


def together(first: Variant, second: Variant, root: Case) -> Variant:
    """Two variants, the second of what the first makes of a case, as one variant of that case."""
    number = len(root.given)
    added = {own_id(i, block): dict(block) for i, block in enumerate(first.get("add", ()), number + 1)}
    change = {name: dict(properties) for name, properties in first.get("change", {}).items()}
    drop = list(first.get("drop", ()))
    for name, properties in second.get("change", {}).items():
        if name in added:
            merged = {"id": name, **added[name], **properties}
            added[name] = {k: v for k, v in merged.items() if v is not None}
        else:
            change[name] = {**change.get(name, {}), **properties}
    for name in second.get("drop", ()):
        if added.pop(name, None) is None:
            change.pop(name, None)
            drop.append(name)
    add = [*added.values(), *second.get("add", ())]
    rest = {k: v for k, v in {**first, **second}.items() if k not in ("change", "drop", "add")}
    parts = {"change": change, "drop": drop, "add": add}
    return {**rest, **{k: v for k, v in parts.items() if v}}


class _Like:
    """A thing of these classes."""

    def __init__(self, classes: set[str]) -> None:
        self.classes = classes

    def __repr__(self) -> str:
        return f"like {sorted(self.classes)}"


def calendar_like(rule: Rule) -> bool:
    """Whether a rule compares or counts days."""
    return any(isinstance(literal, Comparison) for literal in rule.body)


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _plain(value: Value | Any) -> Any:
    return value if isinstance(value, datetime.date | int) else str(value)
