"""Assumptions: what a reader supposes of a case for a moment, as a short text that fits into an address.

    ASSUMPTIONS ::= THING ("|" THING)*
    THING       ::= PART (";" PART)*
    PART        ::= "=" ID               the thing is one on record
                  | CLASS                what it is
                  | PROPERTY ":" VALUE   what is said of it
    VALUE       ::= yyyymmdd | "$" n     a day; the n-th thing of this text (from 0)
                  | "?" | NAME           somebody or something not named; a thing on record or of the ontology

Reserved characters in names are written %XX. Nothing here is recorded: the text is read into statements with
which a world is evaluated once more (``whatif``).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from reasoner.asking.attempts import is_fresh
from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import NUMBERS, STAND_IN

if TYPE_CHECKING:
    from reasoner.asking.hunt import Missing
    from reasoner.engine.conclusions import Conclusion
    from reasoner.pipeline import World

ORIGIN: dict[str, Any] = {"case": "what-if", "note": "假设 / assumed"}
"""The source that an assumed statement shows in a proof."""

_RESERVED = re.compile(r"[;|:=$?%,~]")
_UNNAMED = "assumed-"
_LACKING = ("KindOfFinding", "KindOfParameter", "RecordClass", "MissingFact", "RequirementKind")
_FINDING, _RECORDS, _DECIDED = "KindOfFinding", "RecordClass", "DecidedState"


class AssumptionError(ValueError):
    """A text that supposes nothing that could be recorded: which part (zh / en)."""


@dataclass(frozen=True)
class Assumed:
    """Statements supposed by one text, and names (Chinese) for the things that have none."""

    atoms: tuple[Ground, ...]
    names: dict[str, str] = field(default_factory=dict)


def read(world: World, text: str, number: int = 0) -> Assumed:
    """The statements that a text supposes; ``number`` keeps the unnamed things of several texts apart.

    Raises AssumptionError for a word that neither the ontology nor the record knows.
    """
    things = [thing.split(";") for thing in text.split("|")]
    ids = [_subject(world, parts, f"{_UNNAMED}{number + 1}-{n + 1}") for n, parts in enumerate(things)]
    atoms = [
        atom
        for n, parts in enumerate(things)
        for atom in _statements(world, ids[n], [p for p in parts if not p.startswith("=")], ids)
    ]
    if not atoms:
        raise AssumptionError(f"没有假设任何事实：{text} / nothing is supposed: {text}")
    return Assumed(tuple(atoms), dict(_names(world, atoms)))


def _subject(world: World, parts: list[str], unnamed: str) -> str:
    named = [unquote(part[1:]) for part in parts if part.startswith("=")]
    if not named:
        return unnamed
    _known(world, named[0])
    return named[0]


def _statements(world: World, subject: str, parts: Iterable[str], ids: list[str]) -> Iterator[Ground]:
    predicates = world.rules.vocabulary.predicates
    for place, part in enumerate(parts):
        name, colon, value = part.partition(":")
        declared = predicates.get(name)
        if declared is None or declared.derived or declared.arity != (2 if colon else 1):
            raise AssumptionError(f"不能假设“{part}” / '{part}' cannot be supposed")
        if not colon:
            yield name, (subject,)
        else:
            numbers = bool(set(declared.arguments[1]) & NUMBERS)
            yield name, (subject, _value(world, value, numbers, f"{subject}-{place}", ids))


def _value(world: World, written: str, numbers: bool, unnamed: str, ids: list[str]) -> Value:
    if written == "?":
        return unnamed
    if written.startswith("$") and written[1:].isdecimal() and int(written[1:]) < len(ids):
        return ids[int(written[1:])]
    if numbers:
        if written.isdecimal() and len(written) < 10:
            return int(written)
        raise AssumptionError(f"应为日期或数字：{written} / a day or a number is expected: {written}")
    _known(world, value := unquote(written))
    return value


def _known(world: World, thing: str) -> None:
    """Refuse what neither the ontology nor this world knows."""
    vocabulary = world.rules.vocabulary
    if thing in vocabulary.individuals or thing in world.speaker.names:
        return
    if not any(world.model.holds((name, (thing,))) for name in vocabulary.class_names):
        raise AssumptionError(f"没有“{thing}” / nothing is called '{thing}'")


def _names(world: World, atoms: Iterable[Ground]) -> Iterator[tuple[str, str]]:
    """What to call the unnamed: by its class, else by what it is to the thing that names it."""
    predicates = world.rules.vocabulary.predicates
    for predicate, row in atoms:
        label = predicates[predicate].label.get("zh", predicate)
        if len(row) == 1 and str(row[0]).startswith(_UNNAMED):
            yield str(row[0]), f"假设的{label}"
    for _, row in atoms:
        if is_open(row):
            yield str(row[1]), "（未写明）"


def is_open(row: tuple[Value, ...]) -> bool:
    """Whether a supposed statement leaves open who or what it is about."""
    return len(row) == 2 and str(row[1]).startswith(f"{row[0]}-")


def written(missing: Missing) -> str:
    """A set that a why-not found, as a text; open days are those with which it was tried."""
    things: dict[Value, list[Ground]] = {}
    for fact, _ in missing.assumed:
        things.setdefault(fact[1][0], []).append(fact)
    order = list(things)
    return "|".join(
        ";".join(
            [
                *([] if is_fresh(thing) else [f"={_safe(str(thing))}"]),
                *(
                    predicate
                    if len(row) == 1
                    else f"{predicate}:{_written(missing.days.get(row[1], row[1]), order)}"
                    for predicate, row in facts
                ),
            ]
        )
        for thing, facts in things.items()
    )


def _written(value: Value, things: list[Value]) -> str:
    if isinstance(value, int):
        return str(value)
    if is_fresh(value):
        return f"${things.index(value)}" if value in things else "?"
    return _safe(value)


def _safe(name: str) -> str:
    return _RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", name)


def finding(kind: str, about: str, state: str, on: datetime.date, body: str | None = None) -> str:
    """A finding by somebody competent: of a kind, about a matter (and one body), upheld or not."""
    parts = [
        "finding",
        f"findingKind:{_safe(kind)}",
        f"about:{_safe(about)}",
        *([f"concernsBody:{_safe(body)}"] if body else []),
        f"state:{state}",
        f"on:{calendar.to_int(on)}",
        "by:?",
        "competence:?",
        "instrument:?",
    ]
    return ";".join(parts)


def complete(records: str, inspection: str, on: datetime.date, body: str | None = None) -> str:
    """A declaration that the records of a class are complete for an inspection (and one body)."""
    parts = [
        "completenessDeclaration",
        f"coversRecords:{_safe(records)}",
        f"forInspection:{_safe(inspection)}",
        *([f"concernsBody:{_safe(body)}"] if body else []),
        f"on:{calendar.to_int(on)}",
        "by:?",
    ]
    return ";".join(parts)


def wanted(world: World, about: Conclusion) -> dict[str, str]:
    """What a conclusion waits for, as texts that suppose it: by each decided state for a finding,
    ``complete`` for records to be declared complete; empty when it waits for a fact that has to be stated.
    """
    individual = world.rules.vocabulary.individuals.get(about.missing or "")
    if individual is None:
        return {}
    body = str(about.atom[1][2]) if about.bearers else None
    if body is not None and is_word(world, body):
        body = None
    if _FINDING in individual.classes:
        known = world.rules.vocabulary.individuals.values()
        states = [each.name for each in known if _DECIDED in each.classes]
        return {s: finding(individual.name, about.subject, s, world.as_of, body) for s in states}
    if _RECORDS in individual.classes and about.inspection:
        return {"complete": complete(individual.name, about.inspection, world.as_of, body)}
    return {}


def is_word(world: World, body: str) -> bool:
    """Whether a bearer is only a word of the text, such as "nobody stated": no finding is about it."""
    individual = world.rules.vocabulary.individuals.get(body)
    return individual is not None and STAND_IN in individual.classes


def can_be_recorded(world: World, missing: str) -> bool:
    """Whether what is missing is a finding, a parameter, a fact; not a receiver that was left out."""
    individual = world.rules.vocabulary.individuals.get(missing)
    return individual is not None and any(name in _LACKING for name in individual.classes)


# -- what may be left out ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Something on record about a case that can be left out: one statement, or a thing with all of its own.

    ``key`` names it in an address: ``~`` and the number of the statement, or the id of the thing. ``near`` is
    True for what speaks of the issue itself, False for what speaks of its inspection or tasks.
    """

    key: str
    thing: str
    atoms: tuple[Ground, ...]
    near: bool


def entries(world: World, issue: str) -> list[Entry]:
    """What is on record about an issue: its own statements, then the acts, findings and tasks about it."""
    recorded = world.facts.origins
    own = [atom for atom in recorded if atom[1][0] == issue and len(atom[1]) == 2]
    found = [Entry(f"~{recorded[atom][0]}", issue, (atom,), True) for atom in own]
    said: dict[Value, list[Ground]] = {}
    naming: dict[Value, set[Value]] = {}
    for atom in recorded:
        said.setdefault(atom[1][0], []).append(atom)
        if len(atom[1]) == 2:
            naming.setdefault(atom[1][1], set()).add(atom[1][0])
    near = {thing for thing in naming.get(issue, ()) if _may_go(world, thing)}
    around = {str(row[1]) for row in world.model.match("inInspection", (issue, None))} | set(map(str, near))
    far = {other for each in around for other in naming.get(each, ()) if _may_go(world, other)} - near
    for things, is_near in ((near, True), (far, False)):
        found += [Entry(str(t), str(t), tuple(said[t]), is_near) for t in sorted(map(str, things))]
    return found


def _may_go(world: World, thing: Value) -> bool:
    """Acts, findings, parameters, tasks, documents; never the things that they are about."""
    return any(
        world.model.holds((name, (thing,)))
        for name in ("recordedEvent", "parameter", "rectificationTask", "document")
    ) and not any(world.model.holds((name, (thing,))) for name in ("issue", "inspection", "body"))


def label(world: World, thing: str) -> tuple[str, ...]:
    """The narrowest classes on record of a thing, as predicates."""
    names = world.rules.vocabulary.class_names
    own = [name for name in names if (name, (thing,)) in world.facts.origins]
    above = {a for name in own for a in world.rules.vocabulary.ancestors(names[name]) if a != names[name]}
    return tuple(name for name in own if names[name] not in above)
