"""Scenes: what a case states, made into atoms with the names they call up from the registry.

A case stands by itself: it sees the ontology, the regulation's parameters, what it states, and from the
bundled registry only what its names call up (a district with its organs).
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from reasoner.casebook.casefile import SHORTHANDS, Case, CaseError, listed, own_id
from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import Facts, gather
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import Registry
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Predicate

RULE, PARAMETER_VALUE = "RuleOfCounting", "namesOrgan"
DOCUMENT = "Document"
"""Of what a case may name a class where a thing is expected."""


@cache
def class_words(rules: Ontology) -> dict[str, str]:
    """Classes by every word for them: predicate, name, and label where no other class has it."""
    classes = [p for p in rules.vocabulary.predicates.values() if p.is_class]
    labels = Counter(label for p in classes for label in {*p.label.values()})
    found = {label: p.name for p in classes for label in p.label.values() if labels[label] == 1}
    for p in classes:
        found |= {p.name: p.name, p.name[:1].upper() + p.name[1:]: p.name}
    return found


class Scene:
    """A case made ready: its atoms, its names, and the reading of its expectations."""

    def __init__(self, case: Case, rules: Ontology, registry: Registry) -> None:
        self.case, self.rules, self.registry = case, rules, registry
        self.atoms: list[Ground] = []
        self.names: dict[str, str] = {}
        self._day = calendar.to_int(case.as_of)
        blocks = [self._expanded(i, block) for i, block in enumerate(case.given, 1)]
        self.local = {block["id"]: block for block in blocks}
        kinds = {i.name for i in rules.vocabulary.individuals.values() if "KindOfParameter" in i.classes}
        if strange := [kind for kind in case.without if kind not in kinds]:
            raise self._error(f"without：没有这种参数：{strange[0]} / no such kind of parameter")
        self._classes: dict[str, set[str]] = {}
        for block in blocks:
            for name in listed(block["a"]):
                self._is_a(block["id"], rules.vocabulary.class_names[self._class(name)])
        for id in self.local:
            self._is_no_label(id)
        for block in blocks:
            self._state(block)

    def world(self) -> World:
        """The world of the case, evaluated."""
        found, names, rules = self._gathered()
        return World(found, rules, self.case.as_of, {**names, **self.names})

    def facts(self) -> Facts:
        """What holds in the case before any rule is applied."""
        return self._gathered()[0]

    def _gathered(self) -> tuple[Facts, dict[str, str], Ontology]:
        mentioned = {v for _, row in self.atoms for v in row if isinstance(v, str)}
        called, names = self.registry.around(mentioned)
        origin: dict[str, Any] = {"case": self.case.name, "file": self.case.file}
        atoms = [(atom, origin) for atom in self.atoms]
        atoms += [(atom, {"registry": True}) for atom in called]
        rules = self.rules.without(self.case.without) if self.case.without else self.rules
        return gather(None, rules.book, rules.vocabulary, self._day, more=atoms), names, rules

    # -- what is given ------------------------------------------------------------------------

    def _expanded(self, number: int, block: dict[str, Any]) -> dict[str, Any]:
        """A block with its shorthand written out: id, classes (``a``) and properties."""
        block = {"id": own_id(number, block), **{str(k): v for k, v in block.items()}}
        for key, (class_name, prop, renamed) in SHORTHANDS.items():
            if key in block:
                value = block.pop(key)
                block = {renamed.get(k, k): v for k, v in block.items()}
                block = {"a": class_name, prop: value, **block}
                if key == "parameter" and "value" in block:
                    block |= {self._parameter_property(block["value"]): block.pop("value")}
        if "a" not in block:
            raise self._error(f"given 第{number}项没有 a（类） / item {number} has no class (a): {block}")
        block["id"] = str(block["id"])
        return block

    def _parameter_property(self, value: Any) -> str:
        if isinstance(value, datetime.date):
            return "dateValue"
        individual = self.rules.vocabulary.individuals.get(str(value))
        if individual and RULE in individual.classes:
            return "ruleValue"
        return PARAMETER_VALUE

    def _state(self, block: dict[str, Any]) -> None:
        subject = block["id"]
        self._is_no_stand_in(subject)
        if subject not in self.rules.vocabulary.individuals and not self.registry.knows(subject):
            self.names[subject] = (
                str(block.get("name", subject)) if not subject[-1:].isdigit() or "name" in block else ""
            )
            self.names = {k: v for k, v in self.names.items() if v}
        for class_name in listed(block["a"]):
            self.atoms.append((self._class(class_name), (subject,)))
        if "Parameter" in listed(block["a"]) and not block.get("sourceDocument"):
            raise self._error(f"参数 {subject} 须写来源（source）/ a parameter needs its source")
        for key, value in block.items():
            if key in ("id", "a", "name", "note"):
                continue
            predicate = self.rules.vocabulary.predicates.get(key)
            if predicate is None or predicate.arity != 2 or predicate.derived:
                raise self._error(f"没有这个属性：{key} / no such property")
            if value is None or value == []:
                raise self._error(f"{subject} 的 {key} 没有写值 / {key} of {subject} has no value")
            if predicate.recorded_only:
                continue
            self._fits_domain(predicate, subject)
            for each in listed(value):
                self.atoms.append((key, (subject, self._is_no_stand_in(self._value(predicate, each)))))

    def _class(self, name: object) -> str:
        found = class_words(self.rules).get(name) if isinstance(name, str) else None
        if found is None:
            raise self._error(f"没有这个类：{name} / no such class")
        return found

    def _is_a(self, subject: str, class_name: str) -> None:
        """Note a class of a thing of the case; nothing is of two classes that exclude each other."""
        classes = self._classes.setdefault(subject, set())
        for other in sorted(classes):
            if self.rules.vocabulary.are_disjoint(class_name, other):
                raise self._error(f"{subject} 不能既是 {other} 又是 {class_name} / it cannot be both")
        classes.add(class_name)

    def _is_no_label(self, id: str) -> None:
        """Refuse an id that hides something of the ontology: the case could no longer name that."""
        vocabulary = self.rules.vocabulary
        for name in vocabulary.by_label.get(id, ()):
            theirs, own = vocabulary.individuals[name].classes, self._classes[id]
            if not any(vocabulary.are_disjoint(one, other) for one in own for other in theirs):
                raise self._error(
                    f"id {id} 与本体中的名称相同，会将其遮蔽，请换一个 / "
                    f"the id hides {name} of the ontology, which is called so: choose another"
                )

    def _fitting(self, predicate: Predicate, value: str, written: str, classes: Iterable[str]) -> str:
        """The value (as written), unless no thing of its classes can stand there."""
        alternatives = predicate.arguments[1]
        for found in sorted(classes):
            if all(self.rules.vocabulary.are_disjoint(found, each) for each in alternatives):
                raise self._error(
                    f"{predicate.name} 的值不能是 {written}（{found}） / "
                    f"{written}, a {found}, cannot be the value; expected {' or '.join(alternatives)}"
                )
        return value

    def _fits_domain(self, predicate: Predicate, subject: str) -> None:
        """Refuse a property of a thing that cannot have it."""
        for found in sorted(self._classes.get(subject, ())):
            if all(self.rules.vocabulary.are_disjoint(found, each) for each in predicate.arguments[0]):
                raise self._error(
                    f"{subject}（{found}）不能有 {predicate.name} / "
                    f"{subject}, a {found}, cannot have it; it is for {' or '.join(predicate.arguments[0])}"
                )

    def _is_no_stand_in(self, value: str | int) -> str | int:
        """The value, unless it stands for whom the text does not name: that is for conclusions only."""
        if value in self.rules.vocabulary.stand_ins:
            raise self._error(
                f"{value} 是结论中的占位（条文没有写明由谁），不能记录 / "
                f"{value} stands for whom the text does not name: no record says it"
            )
        return value

    def _value(self, predicate: Predicate, value: Any) -> str | int:
        kinds = set(predicate.arguments[1])
        if isinstance(value, datetime.date):
            if not kinds & {"date", ANYTHING}:
                raise self._error(f"{predicate.name} 不应为日期 / must not be a date: {value}")
            return calendar.to_int(value)
        if kinds <= NUMBERS:
            if isinstance(value, int) and "integer" in kinds:
                return value
            raise self._error(f"{predicate.name} 应为日期 yyyy-mm-dd / must be a date: {value!r}")
        if isinstance(value, bool):
            value = "yes" if value else "no"
        text = str(value)
        if text in self.local:
            return self._fitting(predicate, text, text, self._classes[text])
        if (made := self._made(text, kinds)) is not None:
            return made
        found = self.find(text, kinds)
        if found is not None:
            names = self.rules.vocabulary.class_names
            classes = {names[p] for p in self.registry.classes(found) if p in names}
            return self._fitting(predicate, found, text, classes)
        if kinds & {"Text", "text"}:
            return text
        raise self._error(self._unknown(predicate, text))

    def _unknown(self, predicate: Predicate, text: str) -> str:
        """What to say of a name that means nothing here: what was expected, and names that are near it."""
        vocabulary = self.rules.vocabulary
        zh, en = ([self._label(each, lang) for each in predicate.arguments[1]] for lang in ("zh", "en"))
        if (
            predicate.name == PARAMETER_VALUE
        ):  # a value that is neither a day nor a rule is taken for an organ
            words = [i for i in vocabulary.individuals.values() if RULE in i.classes]
            rules = [(i.label.get("zh", i.name), i.label.get("en", i.name)) for i in words]
            zh = ["日期（如 2025-12-31）", f"计数规则（{'、'.join(r[0] for r in rules)}）", *zh]
            en = ["a day such as 2025-12-31", f"a rule of counting ({', '.join(r[1] for r in rules)})", *en]
        pieces = [piece for piece in re.split("[、,，;；]", text) if piece.strip()]
        known = [label for label, names in vocabulary.by_label.items() if self._fits_any(names, predicate)]
        near = list(dict.fromkeys(name for p in pieces for name in self._near(p.strip(), known)))[:5]
        said_zh = f"{predicate.name}：“{text}”名称未知或者有歧义（{self.case.as_of}），应为{'、'.join(zh)}"
        said_en = f"'{text}' is unknown or ambiguous; expected {' or '.join(en)}"
        if len(pieces) > 1:
            said_zh += f"；几个要写成列表：[{', '.join(pieces)}]"
            said_en += f"; write several as a list: [{', '.join(pieces)}]"
        if near:
            said_zh += f"；相近：{'、'.join(near)}"
            said_en += f"; similar: {', '.join(near)}"
        return f"{said_zh} / {said_en}; or declare it in given with id and a"

    def _label(self, class_name: str, lang: str) -> str:
        vocabulary = self.rules.vocabulary
        predicate = vocabulary.predicates.get(class_name[:1].lower() + class_name[1:])
        return predicate.label.get(lang, class_name) if predicate is not None else class_name

    def _fits_any(self, names: Iterable[str], predicate: Predicate) -> bool:
        kinds, vocabulary = set(predicate.arguments[1]), self.rules.vocabulary
        found = (vocabulary.individuals[name] for name in names if name in vocabulary.individuals)
        return any(kinds & vocabulary.ancestors(c) for each in found for c in each.classes)

    def _near(self, text: str, labels: list[str]) -> list[str]:
        found = process.extract(text, labels, scorer=fuzz.ratio, limit=3, score_cutoff=50)
        return [label for label, _, _ in found] + self.registry.near(text)

    def _made(self, text: str, kinds: set[str]) -> str | None:
        """A class where a thing is expected makes a nameless thing of that class: ``handsOver: CaseFile``."""
        name = class_words(self.rules).get(text)
        if name is None or name == text:
            return None
        above = self.rules.vocabulary.ancestors(self.rules.vocabulary.class_names[name])
        if not kinds & above or DOCUMENT not in above:
            return None
        subject = f"{name}-{len(self.atoms)}"
        self.atoms.append((name, (subject,)))
        return subject

    def find(self, text: str, kinds: Iterable[str] = (ANYTHING,)) -> str | None:
        """What a name means: an individual by name or label, or a registry entity at the case's date."""
        vocabulary = self.rules.vocabulary
        kinds = set(kinds)

        def fits(name: str) -> bool:
            classes = vocabulary.individuals[name].classes
            return ANYTHING in kinds or any(kinds & vocabulary.ancestors(c) for c in classes)

        if text in vocabulary.individuals and fits(text):
            return text
        labelled = [name for name in vocabulary.by_label.get(text, ()) if fits(name)]
        if len(labelled) == 1:
            return labelled[0]
        return self.registry.find(text, self._day)

    def _error(self, message: str) -> CaseError:
        return CaseError(f"{self.case.file}: {self.case.name}: {message}")
