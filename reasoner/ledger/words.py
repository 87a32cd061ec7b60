"""The words of ledgers (data/layouts/words.yaml) and, behind them, the labels of the ontology."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

import reasoner.rulebook.vocabulary
from reasoner.bundled import path as bundled
from reasoner.rulebook.vocabulary import ANYTHING


@lru_cache(maxsize=64)
def read_yaml(path: Path) -> Any:
    """A YAML file, parsed once; the C parser is used where it is there."""
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def forget() -> None:
    """Read the files of words afresh: one of them was written."""
    read_yaml.cache_clear()


@lru_cache(maxsize=1)
def _messages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = read_yaml(bundled("data", "layouts", "messages.yaml"))
    return found


@lru_cache(maxsize=4096)
def message(code: str, **fill: str) -> tuple[str, str]:
    """What is said for a code, in zh and en (data/layouts/messages.yaml)."""
    said = _messages()[code]
    return said["zh"].format(**fill), said["en"].format(**fill)


@dataclass(frozen=True)
class Vocabulary:
    """What the ontology declares: classes, what each property takes, and named individuals by label."""

    classes: frozenset[str]
    properties: dict[str, str]
    individuals: frozenset[str]
    labels: dict[str, frozenset[str]]


def term(local: str) -> str:
    """The predicate of a term: its local name with a small first letter."""
    return local[:1].lower() + local[1:]


_given: list[reasoner.rulebook.vocabulary.Vocabulary] = []


def know(terms: reasoner.rulebook.vocabulary.Vocabulary) -> None:
    """Take the ontology from whoever has read it already, which takes a second."""
    _given[:] = [terms]


@lru_cache(maxsize=1)
def ontology() -> reasoner.rulebook.vocabulary.Vocabulary | None:
    """The ontology, or None where there is none; read for RDF, rare words and ids described twice."""
    if _given:
        return _given[0]
    try:
        found = reasoner.rulebook.vocabulary.load(bundled("ontology"))
    except FileNotFoundError:
        return None
    return found if found.predicates else None


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary | None:
    """The ontology's terms, or None where no ontology is installed. Properties map to a statement kind."""
    terms = ontology()
    if terms is None:
        return None
    properties = {}
    for predicate in terms.predicates.values():
        if predicate.arity == 2 and not predicate.derived:
            values = set(predicate.arguments[1])
            plain = values <= {"date", "integer", "text"}
            if predicate.recorded_only:
                properties[predicate.name] = "text" if plain or values == {ANYTHING} else "entity"
            else:
                properties[predicate.name] = predicate.arguments[1][0] if plain else "entity"
    classes = frozenset(p.name for p in terms.predicates.values() if p.is_class or p.derived)
    labels = {label: frozenset(names) for label, names in terms.by_label.items()}
    return Vocabulary(classes, properties, frozenset(terms.individuals), labels)


def _kind_in_front(word: str) -> str:
    return word.partition("：")[0] if "：" in word else ""


class Words:
    """Lookups in the word lists; every list is data."""

    def __init__(self, lists: dict[str, Any], terms: dict[str, dict[str, dict[str, str]]]) -> None:
        self._lists, self._terms = lists, terms

    @classmethod
    def bundled(cls) -> Words:
        """The lists of this distribution, with the labels of the ontology's terms."""
        lists = read_yaml(bundled("data", "layouts", "words.yaml"))
        terms = read_yaml(bundled("data", "layouts", "terms.yaml"))
        return cls(lists, terms)

    @cached_property
    def families(self) -> dict[str, frozenset[str]]:
        """Class name → families its members' names belong to."""
        found: dict[str, set[str]] = {}
        for family, classes in self._lists["families"].items():
            for name in classes:
                found.setdefault(name, set()).add(family)
        return {name: frozenset(families) for name, families in found.items()}

    @cached_property
    def beside_a_district(self) -> dict[str, tuple[str, ...]]:
        """Words for a district's organs, with their roles."""
        return {word: tuple(roles) for word, roles in self._lists["beside_a_district"].items()}

    def listed(self, group: str) -> frozenset[str]:
        """A list as a set."""
        return self._sets[group]

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {k: frozenset(map(str, v)) for k, v in self._lists.items() if isinstance(v, list)}

    def ordered(self, group: str) -> tuple[str, ...]:
        """A list, longest first, as prefixes and endings are tried."""
        return self._ordered[group]

    @cached_property
    def _ordered(self) -> dict[str, tuple[str, ...]]:
        return {group: tuple(sorted(found, key=len, reverse=True)) for group, found in self._sets.items()}

    def choices(self, group: str) -> dict[str, str]:
        """Every accepted word of one group with what it means."""
        return self._choices[group]

    @cached_property
    def _choices(self) -> dict[str, dict[str, str]]:
        listed: dict[str, dict[str, str]] = self._lists["choices"]
        labels = {group: {word: e["is"] for word, e in found.items()} for group, found in self._terms.items()}
        return {group: labels.get(group, {}) | listed.get(group, {}) for group in {*listed, *labels}}

    def offered(self, group: str) -> dict[str, str]:
        """One word for each thing that a group can mean, with what it means: what a drop-down offers.

        Words of daily use come first, words with a kind in front (要件：…) last; a meaning that only
        repeats the word is left out.
        """
        daily: dict[str, str] = {}
        for word, meant in self._lists["choices"].get(group, {}).items():
            daily.setdefault(meant, word)
        labels = self._terms.get(group, {})
        labelled = {entry["is"]: (word, entry["means"]) for word, entry in labels.items()}
        order = [*daily, *(meant for meant in labelled if meant not in daily)]
        order.sort(key=lambda meant: _kind_in_front(labelled.get(meant, ("", ""))[0]))
        found = (labelled.get(meant) or (daily[meant], "") for meant in order)
        return {word: means if means != word else "" for word, means in found}

    def choose(self, group: str, word: str) -> str | None:
        """What a fixed word means: listed, an id itself, or the one individual with that label."""
        choices = self.choices(group)
        if word in choices:
            return choices[word]
        if word in choices.values():
            return word
        terms = vocabulary()
        if terms is None:
            return None
        if word in (terms.classes if group.endswith("Class") else terms.individuals):
            return word
        named = terms.labels.get(word, frozenset())
        return next(iter(named)) if len(named) == 1 else None
