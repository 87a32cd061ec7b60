"""What must never follow, as it is written in the ontology folder: properties with their rules and bounds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reasoner.engine import calendar
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.rules import Atom, Rule, Var, parse
from reasoner.rulebook.vocabulary import Text, Vocabulary

FILE = "properties.yaml"
VIOLATION = "violation"
"""What the rules of a property are written to conclude of a counter-example."""
IMPOSSIBLE = "impossible"
"""What the rules of an assumption conclude of a world that is left out."""
NORM = Var("N")
"""The variable that stands for the norm, in a property that is looked at norm by norm."""
METHODS = ("search", "reach", "conditions")


@dataclass(frozen=True)
class Bounds:
    """The worlds that are searched: how many things of each class, and the days that anything can happen on.

    ``single`` are the properties of which a thing has one value at most. Where more than ``wide`` rules are
    reached, the numbers of ``narrow`` take the place of those of ``things``, and of the ontology's kinds only
    those are recorded that the norm's article, one that the property names, or a shared definition names
    (``own_words``). What is of a class in ``unrecorded`` no record names. ``norms`` are other numbers for
    single norms, by id, which count before all others.
    """

    things: dict[str, int]
    days: tuple[int, ...]
    single: frozenset[str] = frozenset()
    wide: int = 0
    narrow: dict[str, int] = field(default_factory=dict)
    own_words: bool = False
    unrecorded: frozenset[str] = frozenset()
    norms: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, rules: int, norm: str = "") -> Bounds:
        """The bounds for a search, for one norm or none, that so many rules take part in."""
        wide = bool(self.wide) and rules > self.wide
        narrow = self.narrow if wide else {}
        return replace(self, things={**self.things, **narrow, **self.norms.get(norm, {})}, own_words=wide)

    def classes(self) -> set[str]:
        """All classes that are named."""
        numbers = (self.things, self.narrow, *self.norms.values())
        return {name for each in numbers for name in each} | self.unrecorded


@dataclass(frozen=True)
class Finding:
    """What a counter-example says of the law: where it stands, in words; ``when`` names it."""

    at: str
    words: Text
    when: dict[str, str]

    def of(self, named: dict[str, Any]) -> bool:
        """Whether it is this counter-example that is meant."""
        return all(str(named.get(key)) == value for key, value in self.when.items())


@dataclass(frozen=True)
class Property:
    """One property: in words, as rules that conclude ``violation``, with the worlds it is searched in.

    ``method``: ``search`` looks for a counter-example, ``reach`` for one world in which each norm concludes
    something, ``conditions`` asks the cases. ``places`` name the arguments of ``violation``,
    ``apart`` those by which counter-examples are told apart (besides the norm); ``shows`` are
    the expectations of the case that a counter-example is written as.
    """

    id: str
    label: Text
    bounds: Bounds
    method: str = "search"
    by_norm: bool = False
    types: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    places: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    shows: tuple[dict[str, Any], ...] = ()
    story: Text = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def goal(self) -> str:
        """What the rules of this property conclude of a counter-example: no other property concludes it."""
        return _goal(self.id)

    @property
    def telling(self) -> tuple[int, ...]:
        """The positions by which counter-examples are told apart."""
        return tuple(i for i, place in enumerate(self.places) if place in (NORM.name, *self.apart))


@dataclass(frozen=True)
class Properties:
    """All properties, and what is assumed of every world."""

    properties: tuple[Property, ...]
    assumptions: tuple[Text, ...]
    impossible: tuple[Rule, ...]

    def chosen(self, ids: Iterable[str]) -> tuple[Property, ...]:
        """Those with these ids, all when none is named. Raises NormError for one that is not there."""
        wanted = list(ids)
        known = {each.id: each for each in self.properties}
        if strange := [id for id in wanted if id not in known]:
            raise NormError(f"没有这项性质：{strange[0]} / no such property; there are: {', '.join(known)}")
        return tuple(known[id] for id in wanted) if wanted else self.properties


def load(folder: Path, vocabulary: Vocabulary) -> Properties:
    """Read the properties of an ontology folder. Raises NormError or rules.RuleError for a malformed one."""
    file = folder / FILE
    data = read_yaml(file)
    try:
        bounds, assumed = data["bounds"], list(data.get("assumptions") or ())
        usual = Bounds(
            dict(bounds["things"]),
            _days(bounds["days"]),
            frozenset(map(str, bounds.get("single", ()))),
            int(bounds.get("wide", 0)),
            dict(bounds.get("narrow") or {}),
            unrecorded=frozenset(str(name) for entry in assumed for name in entry.get("unrecorded", ())),
            norms={str(norm): dict(things) for norm, things in (bounds.get("norms") or {}).items()},
        )
        found = Properties(
            tuple(_property(entry, usual) for entry in data["properties"]),
            tuple({"zh": entry["zh"], "en": entry["en"]} for entry in assumed),
            tuple(rule for entry in assumed for rule in parse(entry.get("rule", ""), f"{FILE}: assumptions")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NormError(f"{file}: {type(error).__name__}: {error}") from None
    _check(found, vocabulary, file)
    return found


def _property(entry: dict[str, Any], usual: Bounds) -> Property:
    own = entry.get("bounds") or {}
    bounds = replace(
        usual,
        things={**usual.things, **own.get("things", {})},
        days=_days(own["days"]) if "days" in own else usual.days,
    )
    return Property(
        str(entry["id"]),
        entry["label"],
        bounds,
        str(entry.get("method", "search")),
        entry.get("each") == "norm",
        tuple(entry.get("types", ())),
        tuple(_named(rule) for rule in parse(entry.get("rule", ""), str(entry["id"]))),
        tuple(entry.get("places", ())),
        tuple(entry.get("apart", ())),
        tuple(entry.get("shows", ())),
        entry.get("story") or {},
        tuple(
            Finding(str(f["at"]), {"zh": f["zh"], "en": f["en"]}, {k: str(v) for k, v in f["when"].items()})
            for f in entry.get("findings") or ()
        ),
    )


def _named(rule: Rule) -> Rule:
    """A rule that concludes a violation, made to conclude that of its own property."""
    if rule.head.predicate != VIOLATION:
        return rule
    return replace(rule, head=Atom(_goal(rule.owner), rule.head.args))


def _goal(id: str) -> str:
    return f"{VIOLATION}_{id.replace('-', '_')}"


def _days(days: Iterable[datetime.date]) -> tuple[int, ...]:
    return tuple(sorted(calendar.to_int(day) for day in days))


def _check(found: Properties, vocabulary: Vocabulary, file: Path) -> None:
    """Refuse what could never be violated for a wrong reason: a name that nothing declares or concludes."""
    owners: dict[str, str] = {}
    for each in found.properties:
        where = f"{file}: {each.id}"
        if each.method not in METHODS:
            raise NormError(f"{where}: method must be one of {', '.join(METHODS)}")
        if not (each.label.get("zh") and each.label.get("en")):
            raise NormError(f"{where}: label needs zh and en")
        _declared(each.rules, vocabulary, where)
        for name in {rule.head.predicate for rule in each.rules}:
            if owners.setdefault(name, each.id) != each.id:
                raise NormError(f"{where}: {name} is concluded by {owners[name]}, too")
        concluded = [rule.head for rule in each.rules if rule.head.predicate == each.goal]
        if (each.method == "search") != bool(concluded):
            raise NormError(f"{where}: a property that is searched for concludes {VIOLATION}, no other does")
        if any(len(head.args) != len(each.places) for head in concluded):
            raise NormError(f"{where}: places must name each argument of {VIOLATION}")
    _declared(found.impossible, vocabulary, f"{file}: assumptions")
    for name in {name for each in found.properties for name in each.bounds.classes()}:
        if name not in vocabulary.class_names.values():
            raise NormError(f"{file}: {name}: no such class")


def _declared(rules: Iterable[Rule], vocabulary: Vocabulary, where: str) -> None:
    rules = tuple(rules)
    own = {rule.head.predicate for rule in rules}
    for rule in rules:
        if rule.head.predicate in vocabulary.predicates:
            raise NormError(f"{where}: {rule}: concludes what the rule base concludes")
        for atom in rule.atoms():
            known = vocabulary.predicates.get(atom.predicate)
            if atom.predicate in own:
                continue
            if known is None:
                raise NormError(f"{where}: {rule}: undeclared predicate {atom.predicate}")
            if known.arity != len(atom.args):
                raise NormError(f"{where}: {rule}: {atom.predicate} takes {known.arity} arguments")
