"""Sentences in zh and en, generated from the ontology's templates and the names on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground, Model
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Text, Vocabulary

LANGUAGES = ("zh", "en")
JOINT, PARTY = "jointBearer", "partyCommitteeOf"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_JOIN = {"zh": "、", "en": " and "}
_ABSENT = {"zh": "未见：{0}", "en": "not found: {0}"}
_OPERATORS = {
    "zh": {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于", "!=": "不同于", "=": "即"},
    "en": {
        "<": "is before",
        "<=": "is not after",
        ">": "is after",
        ">=": "is not before",
        "!=": "is not",
        "=": "is",
    },
}


def day(number: int, language: str) -> str:
    """A date as it is written: 2024年3月12日, 12 Mar 2024; a number that is no date as it stands."""
    if not calendar.is_date(number):
        return str(number)
    date = calendar.to_date(number)
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


@dataclass
class Speaker:
    """Turns atoms into sentences. ``names``: entity → name; ``model`` describes what has no name."""

    vocabulary: Vocabulary
    book: LawBook
    names: Mapping[str, str] = field(default_factory=dict)
    model: Model | None = None
    _said: dict[Ground, Text] = field(default_factory=dict, repr=False)
    _names: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def name(self, value: Value, language: str, place: tuple[str, ...] = ()) -> str:
        """How a value is called; ``place`` is the declared type of the argument it stands in."""
        if isinstance(value, int):
            return day(value, language) if "integer" not in place else str(value)
        if value in self.names:
            return self.names[value]
        if individual := self.vocabulary.individuals.get(value):
            return individual.label.get(language) or value
        if record := self.book.by_constant.get(value):
            return record.label[language]
        predicate = self.vocabulary.predicates.get(value)
        if predicate is not None and {"Status", "ClassName"} & set(place):
            return predicate.label.get(language) or value
        known = self._names.get((value, language))
        if known is None:
            self._names[value, language] = value  # for things that name each other, whatever that may mean
            known = self._names[value, language] = self._described(value, language)
        return known

    def named(self, value: Value) -> Text:
        """How a value is called, in every language."""
        return _both(lambda language: self.name(value, language))

    def bearer(self, value: Value, language: str) -> str:
        """A bearer by name; a district as bearer by the names of its two organs."""
        found = organs(self.model, value) if self.model else []
        if not found:
            return self.name(value, language)
        return _JOIN[language].join(self.name(organ, language) for organ in found)

    def _described(self, value: str, language: str) -> str:
        """What has no name is described by its class, date and doer: 进展报告（2024年3月1日，云阳县政府）."""
        if self.model is None:
            return value
        classes = self.vocabulary.class_names
        own = [p for p in classes if self.model.holds((p, (value,))) and (p, (value,)) in self.model.given]
        if not own:
            return value
        labels = [self.vocabulary.predicates[p].label.get(language, p) for p in own]
        parts = [self.name(row[1], language) for row in self.model.match("on", (value, None))]
        parts += [self.name(row[1], language) for row in self.model.match("by", (value, None))]
        inside = ("，" if language == "zh" else ", ").join(parts)
        brackets = ("（", "）") if language == "zh" else (" (", ")")
        if not inside:
            return f"{labels[0]}{_gap(language)}{value}"
        return f"{'、'.join(labels)}{brackets[0]}{inside}{brackets[1]}"

    def atom(self, atom: Ground) -> Text:
        """The sentence of a ground atom in every language."""
        known = self._said.get(atom)
        if known is None:
            if atom[0] in self.vocabulary.predicates:
                known = {language: self._say(atom, language) for language in LANGUAGES}
            else:
                known = dict.fromkeys(LANGUAGES, f"{atom[0]}{atom[1]}")
            self._said[atom] = known
        return known

    def _say(self, atom: Ground, language: str) -> str:
        predicate = self.vocabulary.predicates[atom[0]]
        plain = f"{atom[0]}({', '.join(f'{{{i}}}' for i in range(len(atom[1])))})"
        words = []
        for i, (value, place) in enumerate(zip(atom[1], predicate.arguments, strict=False)):
            is_bearer = (predicate.roles and predicate.roles[i] == "bearer") or place == ("Unit",)
            words.append(self.bearer(value, language) if is_bearer else self.name(value, language, place))
        template = predicate.sentence.get(language) or plain
        return template.format(*words, status=self.status(atom)[language], days=_days_between(atom))

    def status(self, atom: Ground) -> Text:
        """What a status is called; a norm may have words of its own for one of its statuses."""
        predicate = self.vocabulary.predicates[atom[0]]
        norm = self.book.by_constant.get(str(atom[1][0])) if predicate.is_status else None
        own = norm.display.get(atom[0]) if norm else None
        return own or {language: predicate.label.get(language, atom[0]) for language in LANGUAGES}

    def absent(self, predicate: str, args: tuple[Value | None, ...]) -> Text:
        """The sentence of what was looked for and not found; None stands for anything."""

        def said(language: str) -> str:
            declared = self.vocabulary.predicates.get(predicate)
            if declared is None:
                return predicate
            something = {"zh": "任何一项", "en": "anything"}[language]
            words = [
                something if value is None else self.name(value, language, place)
                for value, place in zip(args, declared.arguments, strict=False)
            ]
            return _ABSENT[language].format((declared.sentence.get(language) or predicate).format(*words))

        return _both(said)

    def bound(self, op: str, right: Value) -> Text:
        """How a comparison with something open reads: 晚于2024年9月12日, is after 12 Sep 2024."""
        return {
            language: f"{_OPERATORS[language][op]}{_gap(language)}{self.name(right, language)}"
            for language in LANGUAGES
        }

    def comparison(self, left: Value, op: str, right: Value) -> Text:
        """The sentence of a comparison."""

        def said(language: str) -> str:
            words = (self.name(left, language), _OPERATORS[language][op], self.name(right, language))
            return _gap(language).join(words)

        return _both(said)


def organs(model: Model, bearer: Value) -> list[Value]:
    """The organs that one bearer stands for, the Party committee first; none where it stands for itself."""
    found = [row[1] for row in model.match(JOINT, (bearer, None))]
    return sorted(found, key=lambda organ: (not any(model.match(PARTY, (organ, None))), str(organ)))


def _days_between(atom: Ground) -> str:
    """Days from the first to the second date of an atom; empty unless it has two."""
    dates = [calendar.to_date(v) for v in atom[1] if isinstance(v, int) and calendar.is_date(v)]
    return str((dates[1] - dates[0]).days) if len(dates) == 2 else ""


def _gap(language: str) -> str:
    return "" if language == "zh" else " "


def _both(say: Callable[[str], str]) -> Text:
    return {language: say(language) for language in LANGUAGES}
