"""What can be looked for: the text of a regulation, its norms and terms, organs, sectors, places, issues.

Each becomes one entry, whatever language it is looked for in. Only what is on record now, or in the ontology,
makes an entry; conclusions make none, for they change with the day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from reasoner.answers import responsibility
from reasoner.engine import calendar
from reasoner.pipeline import Ontology
from reasoner.records.record import Record
from reasoner.rulebook.rule_sentences import kind_label
from reasoner.rulebook.sentences import LANGUAGES
from reasoner.rulebook.vocabulary import Text, predicate_name

KINDS = ("law", "norm", "organ", "sector", "district", "township", "inspection", "issue", "term")
"""Kinds of entries, in the order in which they are listed."""

NAMED = ("organ", "sector", "district", "township", "inspection")
"""Kinds whose names people misspell: they are suggested by likeness."""

NUMBERED = ("inspection", "issue")
"""Kinds of which people speak by their numbers."""

#: Class of the vocabulary -> kind of entry; the first that fits counts, the empty one makes no entry.
_CLASSES = {
    "issue": "issue",
    "inspection": "inspection",
    "townshipOrgan": "",
    "unstatedBody": "",
    "body": "organ",
    "sector": "sector",
    "township": "township",
    "territory": "district",
}
#: Texts about a text: where it was published and how good the copy is.
_UNSEARCHED = frozenset({"sourceUrl", "sourceGrade", "publishedOn", "basis", "certainty"})
_NAMES = ("shortName", "name", "alias")
_WINDOW = re.compile(r"(\d{4}-\d{2}-\d{2})（(.+)）")


@dataclass(frozen=True, slots=True)
class Line:
    """One text of an entry: what it is, the text, its language (empty when there is only one).

    ``what`` is a predicate of the record, or one of ``text``, ``quote``, ``type``, ``reading``, ``reason``,
    ``point``, ``definition``, ``word`` (of ledgers, for a sector), ``id``.
    ``during``: of a name that was in use for a time only, from and to when
    (``2025-11-06–``, ``–2026-01-24``).
    """

    what: str
    text: str
    lang: str = ""
    during: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    ``ref`` is its id: of a paragraph, a norm, an entity, a term. ``at`` is the place in the regulation it
    belongs to, ``within`` the territory it lies in. ``since`` and ``until`` are the first and last day of
    its existence (yyyy-mm-dd), empty when open.
    """

    kind: str
    ref: str
    name: Text
    lines: tuple[Line, ...] = ()
    at: str = ""
    within: str = ""
    since: str = ""
    until: str = ""


def entries(record: Record, rules: Ontology) -> Iterator[Entry]:
    """Yield everything that can be found."""
    yield from _law(rules)
    yield from _norms(rules)
    yield from _recorded(record, rules)
    yield from _terms(rules)


def _law(rules: Ontology) -> Iterator[Entry]:
    law = rules.book.regulation
    for line in law.lines():
        cited = {lang: law.cite(line.id, lang) for lang in LANGUAGES}
        yield Entry("law", line.id, cited, (Line("text", line.text),), at=line.id)


def _both(what: str, text: Text) -> list[Line]:
    return [Line(what, text[lang], lang) for lang in LANGUAGES if text.get(lang)]


def _norms(rules: Ontology) -> Iterator[Entry]:
    for norm in rules.book.norms.values():
        lines = [Line("quote", norm.quote)] if norm.quote else []
        lines += _both("type", kind_label(norm, rules.vocabulary))
        lines += _both("reading", norm.reading) + _both("reason", norm.reason)
        for point in (rules.book.points[each] for each in norm.points if each in rules.book.points):
            lines += _both("point", point.label)
        yield Entry("norm", norm.id, norm.label, (*lines, Line("id", norm.id)), at=norm.place)


def _terms(rules: Ontology) -> Iterator[Entry]:
    """Yield the terms that lead to a place of the text: where it uses them, or a norm that names them."""
    named: dict[str, str] = {}
    for norm in rules.book.norms.values():
        for rule in norm.rules:
            for atom in rule.atoms():
                for value in atom.args:
                    if isinstance(value, str):
                        named.setdefault(value, norm.place)
    for term in rules.vocabulary.predicates.values():
        if term.label and term.sources:
            lines = _both("definition", term.definition)
            yield Entry("term", term.name, term.label, tuple(lines), at=term.sources[0])
    for thing in rules.vocabulary.individuals.values():
        if thing.name in named and not any("Body" in rules.vocabulary.ancestors(c) for c in thing.classes):
            lines = _both("definition", thing.definition)
            yield Entry("term", thing.name, thing.label, tuple(lines), at=named[thing.name])


@dataclass(slots=True)
class _Thing:
    """What is on record about one entity."""

    classes: set[str] = field(default_factory=set)
    texts: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    days: dict[str, str] = field(default_factory=dict)


def _recorded(record: Record, rules: Ontology) -> Iterator[Entry]:
    """Yield what the record names: organs, places, inspections, issues; and the ontology's own organs."""
    things: dict[str, _Thing] = defaultdict(_Thing)
    table = record.facts(text=True)
    columns = (table[name].to_pylist() for name in ("predicate", "subject", "object", "kind"))
    for predicate, subject, value, kind in zip(*columns, strict=True):
        thing = things[subject]
        if kind == "class":
            thing.classes.add(predicate)
        elif kind == "text":
            thing.texts.append((predicate, value))
        elif kind == "entity":
            thing.links.append((predicate, value))
        elif predicate in ("existsFrom", "existsUntil"):
            thing.days[predicate] = calendar.to_date(int(value)).isoformat()
    individuals = rules.vocabulary.individuals
    for own in individuals.values():  # names on record come before those of the ontology
        things[own.name].classes |= {predicate_name(name) for name in own.classes}
    kinds = _kinds(rules)
    shown = record.names()

    def name(entity: str) -> str:
        return shown.get(entity) or (individuals[entity].label["zh"] if entity in individuals else "")

    below: dict[str, list[str]] = defaultdict(list)  # what is told of an issue or a township elsewhere
    governing: dict[str, list[Line]] = defaultdict(list)
    for subject, thing in things.items():
        for predicate, value in thing.links:
            if predicate in ("addresses", "governmentOf", "partyCommitteeOf"):
                below[value].append(subject)
            elif predicate == "governs" and name(subject):
                governing[value].append(Line(predicate, name(subject)))
    for subject, thing in things.items():
        kind = next((kinds[c] for c in _order(thing.classes, kinds)), "")
        if not kind:
            continue
        own_label = individuals[subject].label if subject in individuals else {}
        names = dict.fromkeys(text for what in _NAMES for each, text in thing.texts if each == what)
        first = shown.get(subject) or own_label.get("zh") or next(iter(names), "")
        titles = {what: text for what, text in reversed(thing.texts) if what in ("place", "summary")}
        label = first or titles.get("place") or titles.get("summary") or subject
        lines = list(_texts(thing, label))
        if kind in NUMBERED:
            lines.append(Line("id", subject))
        if kind == "sector":
            lines += governing[subject]
            lines += [Line("word", w.text) for w in responsibility.words() if subject in w.sectors]
        if kind in ("issue", "township"):  # the organs of a district are found by themselves
            for other in below[subject]:
                lines += _texts(things[other], label)
                lines += [Line(p, name(v)) for p, v in things[other].links if v != subject and name(v)]
        if kind == "issue":
            lines += [Line(predicate, name(value)) for predicate, value in thing.links if name(value)]
        yield Entry(
            kind,
            subject,
            {"zh": label, "en": own_label.get("en") or label},
            tuple(dict.fromkeys(lines)),
            within=next((value for predicate, value in thing.links if predicate == "locatedWithin"), ""),
            since=thing.days.get("existsFrom", ""),
            until=thing.days.get("existsUntil", ""),
        )


def _kinds(rules: Ontology) -> dict[str, str]:
    """The kind of entry by the name of a class, in the order in which kinds are tried."""
    vocabulary = rules.vocabulary
    found: dict[str, str] = {}
    for wanted, kind in _CLASSES.items():
        for predicate, own in vocabulary.class_names.items():
            if wanted in map(predicate_name, vocabulary.ancestors(own)):
                found.setdefault(predicate, kind)
    return found


def _order(classes: set[str], kinds: dict[str, str]) -> list[str]:
    ranks = list(dict.fromkeys(_CLASSES.values()))
    return sorted((c for c in classes if c in kinds), key=lambda c: ranks.index(kinds[c]))


def _texts(thing: _Thing, label: str) -> Iterator[Line]:
    """Yield the texts of a thing; a name that was in use for a time only carries its days."""
    windows = {
        match[2]: f"{'–' if what.endswith('To') else ''}{match[1]}{'' if what.endswith('To') else '–'}"
        for what, text in thing.texts
        if what in ("aliasValidFrom", "aliasValidTo") and (match := _WINDOW.fullmatch(text))
    }
    for what, text in thing.texts:
        if what in _UNSEARCHED or what.startswith("aliasValid") or text == label:
            continue
        yield Line(what, text, during=windows.get(text, "") if what in _NAMES else "")
