"""Rules as sentences in zh and en: what a norm's rules conclude, when, and what they ask the record for.

The words are those of the ontology's templates; variables keep their letters, and what they stand for is
said beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reasoner.rulebook.norms import LawBook, Record
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Var
from reasoner.rulebook.sentences import LANGUAGES, Speaker
from reasoner.rulebook.vocabulary import ANYTHING, Text, Vocabulary, predicate_name

_TODAY = "asOf"
_KINDS = "NormType"
_THIS = {"zh": "本规范", "en": "this norm"}
_SOMETHING = {"zh": "某一项", "en": "something"}
_COUNT = {
    "zh": "使“{what}”成立的{of}，数目{op}{bound}",
    "en": "the number of {of} for which “{what}” is {op} {bound}",
}
_NUMBER = {
    "zh": {"<": "少于", "<=": "不多于", ">": "多于", ">=": "不少于", "!=": "不是", "=": "是"},
    "en": {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "!=": "other than", "=": "exactly"},
}
_AND = {"zh": "，且", "en": " and "}

ASKED = ("KindOfFinding", "KindOfParameter", "MissingFact", "RecordClass")
"""Classes of what rules ask the record for: findings, parameters, facts, records of a kind."""

_GROUNDS = {"Reason", "Question"}


@dataclass(frozen=True)
class Way:
    """One rule: what must be the case (``when``) and what must not (``unless``), each a sentence."""

    rule: Rule
    when: tuple[Text, ...]
    unless: tuple[Text, ...]


@dataclass(frozen=True)
class Said:
    """A conclusion of some rules, and each rule as a way to it; any of the ways is enough.

    ``letters``: for the variables, the class they stand for (a name of the vocabulary, or ``date``).
    ``about_norm``: it says something of the norm itself; the others prepare it.
    """

    conclusion: Text
    ways: tuple[Way, ...]
    letters: dict[str, str]
    about_norm: bool


def said(record: Record, book: LawBook, vocabulary: Vocabulary) -> list[Said]:
    """Return what the rules of a norm or definition say, conclusions about the norm itself first."""
    speakers = {lang: Speaker(vocabulary, book, {record.constant: _THIS[lang]}) for lang in LANGUAGES}
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in record.rules:
        groups[str(rule.head)].append(rule)
    found = []
    for rules in groups.values():
        head = rules[0].head
        conclusion = {lang: _atom(head, speakers[lang], lang) for lang in LANGUAGES}
        ways = tuple(_way(rule, speakers) for rule in rules)
        about_norm = record.constant in head.args
        found.append(Said(conclusion, ways, letters(rules, vocabulary), about_norm))
    return sorted(found, key=lambda each: not each.about_norm)


def letters(rules: Iterable[Rule], vocabulary: Vocabulary) -> dict[str, str]:
    """Return the class that each variable of some rules stands for, as narrow as the rules declare it."""
    declared: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        for atom in rule.atoms():
            predicate = vocabulary.predicates.get(atom.predicate)
            for value, kinds in zip(atom.args, predicate.arguments if predicate else (), strict=False):
                if isinstance(value, Var) and not value.anonymous and len(kinds) == 1:
                    declared[value.name] |= set(kinds) - {ANYTHING}
    return {
        name: max(sorted(kinds), key=lambda kind: len(vocabulary.ancestors(kind)))
        for name, kinds in declared.items()
        if kinds
    }


def asked(record: Record, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return what the rules of a norm ask the record for by name, by class (see ASKED), in their order."""
    found: dict[str, dict[str, None]] = {name: {} for name in ASKED}
    for rule in record.rules:
        for atom in rule.atoms():
            for value in atom.args:
                thing = vocabulary.individuals.get(value) if isinstance(value, str) else None
                for name in thing.classes if thing else ():
                    if name in found and thing is not None:
                        found[name][thing.name] = None
    return {name: list(things) for name, things in found.items() if things}


def _way(rule: Rule, speakers: dict[str, Speaker]) -> Way:
    told = [each for each in rule.body if not (isinstance(each, Atom) and _says_nothing(each))]
    return Way(
        rule,
        tuple(_both(each, speakers) for each in told if not isinstance(each, Not)),
        tuple(_both(each, speakers) for each in told if isinstance(each, Not)),
    )


def _says_nothing(atom: Atom) -> bool:
    """Whether it holds on any day: a rule without conditions needs it only to have a body."""
    return atom.predicate == _TODAY and all(isinstance(a, Var) and a.anonymous for a in atom.args)


def _both(literal: Literal, speakers: dict[str, Speaker]) -> Text:
    return {lang: _literal(literal, speaker, lang) for lang, speaker in speakers.items()}


def _literal(literal: Literal, speaker: Speaker, lang: str) -> str:
    if isinstance(literal, Not):
        return _atom(literal.atom, speaker, lang)
    if isinstance(literal, Atom):
        return _atom(literal, speaker, lang)
    if isinstance(literal, Comparison):
        return speaker.comparison(_term(literal.left, lang), literal.op, _term(literal.right, lang))[lang]
    return _count(literal, speaker, lang)


def _count(count: Count, speaker: Speaker, lang: str) -> str:
    return _COUNT[lang].format(
        what=_AND[lang].join(_atom(atom, speaker, lang) for atom in count.atoms),
        of="、".join(map(str, count.counted)) if lang == "zh" else ", ".join(map(str, count.counted)),
        op=_NUMBER[lang][count.op],
        bound=count.bound,
    )


def _atom(atom: Atom, speaker: Speaker, lang: str) -> str:
    sentence = speaker.atom((atom.predicate, tuple(_terms(atom, lang))))[lang]
    this = _THIS[lang]
    return sentence.replace(f"“{this}”", this).replace(f'"{this}"', this)  # no title to be quoted


def _terms(atom: Atom, lang: str) -> Iterator[str | int]:
    return (_term(term, lang) for term in atom.args)


def _term(term: Term, lang: str) -> str | int:
    if isinstance(term, Var):
        return _SOMETHING[lang] if term.anonymous else term.name
    return term


def reasons(record: Record, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return the reasons and questions that a norm's rules conclude with, by what they conclude of them."""
    found: dict[str, dict[str, None]] = {}
    for rule in record.rules:
        for value in rule.head.args:
            thing = vocabulary.individuals.get(value) if isinstance(value, str) else None
            if thing is not None and _GROUNDS & set(thing.classes):
                found.setdefault(rule.head.predicate, {})[thing.name] = None
    return {name: list(named) for name, named in found.items()}


def kind_label(record: Record, vocabulary: Vocabulary) -> Text:
    """Return what a norm's type is called by the ontology; of a type it does not know, the type itself."""
    for thing in vocabulary.individuals.values():
        if _KINDS in thing.classes and thing.label["en"].split(" or ")[0] == record.type.split("/")[0]:
            return thing.label
    return dict.fromkeys(LANGUAGES, record.type)


def class_label(name: str, vocabulary: Vocabulary) -> Text:
    """Return what a class that a letter stands for is called; a date is no class and has no label here."""
    predicate = vocabulary.predicates.get(predicate_name(name))
    return predicate.label if predicate else {}
