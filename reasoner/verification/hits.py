"""From a world that clingo found to a case that a person reads: evaluated in process, small, written out."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reasoner.casebook import casefile, cases
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Ground, Model, Program, Row, evaluate
from reasoner.engine.facts import Facts, gather
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import Registry
from reasoner.rulebook.rules import Value
from reasoner.rulebook.vocabulary import Text, Vocabulary
from reasoner.verification.bounded import TEXT
from reasoner.verification.properties import Property

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PAPER = "某文书"
_NOTE = "示例数据（虚构）：规则核验反推的最小情形，不指任何实际单位 / fictional: the least that shows it"
_SHOWN = 12
_FIELDS = ("status", "reason", "missing", "kind", "due", "done")


class NotConfirmedError(RuntimeError):
    """clingo says that a world violates a property, the in-process evaluator does not: one is wrong."""


@dataclass(frozen=True)
class Hit:
    """A confirmed counter-example: what is violated of what, the story in a line, the case that shows it."""

    of: str
    row: Row
    named: dict[str, Value]
    story: Text
    case: dict[str, Any]
    law: Text = field(default_factory=dict)
    at: str = ""

    @property
    def of_law(self) -> bool:
        """Whether it is the text, not the encoding, that it says something about."""
        return bool(self.law)


class Confirming:
    """The whole rule base with the rules of one property, evaluated in process."""

    def __init__(self, rules: Ontology, wanted: Property) -> None:
        self.rules, self.wanted = rules, wanted
        self.program = Program((*rules.book.rules, *wanted.rules))

    def model(self, recorded: Iterable[Ground], as_of: int) -> Model:
        """What follows of it."""
        return evaluate(self.facts(recorded, as_of).atoms, self.program)

    def facts(self, recorded: Iterable[Ground], as_of: int) -> Facts:
        """What is recorded, with what holds in every world."""
        more = [(atom, {"case": self.wanted.id}) for atom in recorded]
        return gather(None, self.rules.book, self.rules.vocabulary, as_of, more=more)

    def smallest(self, recorded: Sequence[Ground], as_of: int, row: Row) -> list[Ground]:
        """The least of what is recorded that still reaches the row; nothing more can be left out of it.

        Raises NotConfirmedError when the whole of it does not reach the row here.
        """
        goal = self.wanted.goal
        if not self.model(recorded, as_of).holds((goal, row)):
            raise NotConfirmedError(f"{self.wanted.id}: {goal}{row}: {recorded}")
        kept = list(recorded)
        things = dict.fromkeys(str(atom[1][0]) for atom in kept)  # all that is not the ontology's own
        for thing in things:  # whole things first: most of a world has nothing to do with it
            fewer = [atom for atom in kept if thing not in atom[1]]
            if thing not in row and self.model(fewer, as_of).holds((goal, row)):
                kept = fewer
        again = True
        while again:
            again = False
            for atom in sorted(kept, key=lambda a: (len(a[1]) == 1, str(a))):
                fewer = [a for a in kept if a != atom]
                if _stands(fewer, things) and self.model(fewer, as_of).holds((goal, row)):
                    kept, again = fewer, True
        return kept


def _stands(recorded: list[Ground], things: Collection[str]) -> bool:
    """Whether every thing that is spoken of still has a class, as a case needs it."""
    classed = {atom[1][0] for atom in recorded if len(atom[1]) == 1}
    return all(value in classed for atom in recorded for value in atom[1] if value in things)


def hit(confirming: Confirming, registry: Registry, row: Row, as_of: int, recorded: Sequence[Ground]) -> Hit:
    """The counter-example of a property as a case. Raises NotConfirmedError when it is none in process."""
    wanted, rules = confirming.wanted, confirming.rules
    least = confirming.smallest(recorded, as_of, row)
    called = _names(least, rules.vocabulary)
    row = tuple(called.get(str(value), value) for value in row)
    least = [(name, tuple(called.get(str(v), v) for v in values)) for name, values in least]
    named = dict(zip(wanted.places, row, strict=True))
    given = _blocks(least, rules.vocabulary)
    world = World(confirming.facts(least, as_of), rules, calendar.to_date(as_of))
    story = _story(wanted, world, named)
    case = {"name": f"{wanted.id}：{story['zh']}", "as_of": calendar.to_date(as_of), "note": _NOTE}
    case |= {"given": given, **_follows(wanted, world, named)}
    law = next((f for f in wanted.findings if f.of(named)), None)
    norm = rules.book.by_constant.get(str(named.get("N")))
    made = Hit(
        wanted.id,
        row,
        named,
        story,
        case,
        law.words if law else {},
        (law.at if law else "") or (norm.place if norm else ""),
    )
    _run(made, rules, registry)
    return made


def _run(made: Hit, rules: Ontology, registry: Registry) -> None:
    """The case, run as any case is."""
    read = casefile.Case(
        made.of,
        str(made.case["name"]),
        made.case["as_of"],
        made.case["given"],
        made.case.get("expect", []),
        made.case.get("refuse", []),
    )
    outcome = cases.run(read, rules, registry)
    if not outcome.passed:
        raise NotConfirmedError(f"{made.of}: {made.row}: {outcome.failures[0]}")


# -- as a case file ---------------------------------------------------------------------------------


def write(found: Sequence[Hit], folder: Path) -> list[Path]:
    """Write the hits as case files, one for each property; those written before are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    by_property: dict[str, list[Hit]] = {}
    for each in found:
        by_property.setdefault(each.of, []).append(each)
    written = []
    for name, several in by_property.items():
        file = folder / f"{name}.case.yaml"
        text = yaml.safe_dump(
            _numbered([each.case for each in several]), allow_unicode=True, sort_keys=False, width=120
        )
        file.write_text(text, "utf-8", newline="\n")
        written.append(file)
    return written


def _numbered(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cases, no two of one name."""
    seen: dict[str, int] = {}
    for case in made:
        seen[case["name"]] = seen.get(case["name"], 0) + 1
    again: dict[str, int] = {}
    result = []
    for case in made:
        name = case["name"]
        again[name] = again.get(name, 0) + 1
        result.append({**case, "name": f"{name}（{again[name]}）"} if seen[name] > 1 else case)
    return result


def _names(recorded: Iterable[Ground], vocabulary: Vocabulary) -> dict[str, str]:
    """What the things of the world are called in a case: the label of their class and a stem."""
    classes: dict[str, list[str]] = {}
    for name, row in recorded:
        if len(row) == 1:
            classes.setdefault(str(row[0]), []).append(vocabulary.class_names[name])
    called: dict[str, str] = {TEXT: _PAPER}
    used: dict[str, int] = {}
    for thing, names in classes.items():
        narrow = max(names, key=lambda n: len(vocabulary.ancestors(n)))
        label = vocabulary.predicates[narrow[0].lower() + narrow[1:]].label["zh"].split("（")[0]
        number = used[label] = used.get(label, 0) + 1
        called[thing] = f"{label}{_STEMS[(number - 1) % len(_STEMS)]}"
    return called


def _blocks(recorded: Iterable[Ground], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """What is recorded, as the things of a case."""
    blocks: dict[str, dict[str, Any]] = {}
    for name, row in recorded:
        if len(row) == 1:
            block = blocks.setdefault(str(row[0]), {"a": [], "id": str(row[0])})
            block["a"].append(vocabulary.class_names[name])
    for name, row in recorded:
        if len(row) == 2:
            value: Any = calendar.to_date(row[1]) if isinstance(row[1], int) else row[1]
            blocks[str(row[0])].setdefault(name, []).append(value)
    for block in blocks.values():
        if "Parameter" in block["a"]:
            block.setdefault("sourceDocument", [_PAPER])
        block["a"] = _narrowest(block["a"], vocabulary)
    return [
        {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in b.items()}
        for b in blocks.values()
    ]


def _narrowest(names: list[str], vocabulary: Vocabulary) -> list[str]:
    implied = {above for name in names for above in vocabulary.ancestors(name) - {name}}
    return [name for name in names if name not in implied] or names


def _follows(wanted: Property, world: World, named: dict[str, Value]) -> dict[str, Any]:
    """What the case expects: what follows now of the norm and of the things that are violated."""
    if wanted.shows:
        return _shown(wanted.shows, named)
    values = set(map(str, named.values()))
    norms = {r.id for r in world.rules.book.norms.values() if r.constant in values}
    about = [c for c in world.conclusions() if not norms or c.norm in norms]
    things = {c.subject for c in about if c.subject in values}
    chosen = [c for c in about if not things or c.subject in things][:_SHOWN]
    if chosen:
        return {"expect": list({str(e): e for e in map(_expected, chosen)}.values())}
    return {
        "refuse": [{"norm": norm} for norm in sorted(norms)]
        or [{"matter": v} for v in sorted(values & _things(world))]
    }


def _things(world: World) -> set[str]:
    """What the case itself declares."""
    return {str(row[0]) for (_, row), source in world.facts.outside.items() if "case" in source}


def _shown(shows: Iterable[dict[str, Any]], named: dict[str, Value]) -> dict[str, Any]:
    """The expectations that the property itself lists, its places filled in; ``not: true`` refuses."""
    sides: dict[str, list[dict[str, Any]]] = {}
    for entry in shows:
        side = "refuse" if entry.get("not") else "expect"
        filled = {k: str(v).format(**named) for k, v in entry.items() if k != "not"}
        sides.setdefault(side, []).append(filled)
    return sides


def _expected(c: Conclusion) -> dict[str, Any]:
    found: dict[str, Any] = {"norm": c.norm, "matter": c.subject}
    if len(c.atom[1]) > 2 and c.bearers:
        found["bearer"] = str(c.atom[1][2])
    for name in _FIELDS:
        if (value := getattr(c, name)) is not None:
            found[name] = datetime.date.fromisoformat(value) if name in ("due", "done") else value
    return found


def _story(wanted: Property, world: World, named: dict[str, Value]) -> Text:
    """The counter-example in a line, with the names that people use."""
    told = wanted.story or {
        lang: "；".join(f"{{{place}}}" for place in wanted.places) for lang in ("zh", "en")
    }
    return {
        lang: text.format(**{k: _called(v, world, lang) for k, v in named.items()})
        for lang, text in told.items()
    }


def _called(value: Value, world: World, lang: str) -> str:
    """How a value is called: a day, a norm with its place, a word of the ontology, a thing of the case."""
    if isinstance(value, int):
        return calendar.to_date(value).isoformat() if calendar.is_date(value) else str(value)
    book = world.rules.book
    if (norm := book.by_constant.get(value)) is not None:
        return f"{norm.id} {norm.label[lang]}"
    if (individual := world.rules.vocabulary.individuals.get(value)) is not None:
        return individual.label.get(lang, value)
    predicate = world.rules.vocabulary.predicates.get(value)
    return predicate.label.get(lang, value) if predicate is not None else value
