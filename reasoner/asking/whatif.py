"""What if: the same world with facts added and taken away, what changes, and because of which fact.

Nothing is saved. A change is put down to a fact by the proofs (``causes.py``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from reasoner.asking.causes import Side, causes
from reasoner.casebook.casefile import Case, CaseError
from reasoner.casebook.scene import Scene
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Model, uncollected
from reasoner.engine.facts import altered
from reasoner.engine.join import Ground, Row
from reasoner.pipeline import World
from reasoner.records.registry import Registry
from reasoner.rulebook import bounded_yaml
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.rules import Rule, Value

_ATOM = re.compile(r"(\w+)\((.*)\)$")


class WhatIfError(ValueError):
    """Something to be added or removed that cannot be: which, and what was expected (zh / en)."""


@dataclass(frozen=True)
class Change:
    """What became of one norm for one matter and bearer: ``before`` or ``after`` is None when there is none.

    ``because`` are the added and removed facts that the change is put down to.
    """

    before: Conclusion | None
    after: Conclusion | None
    because: tuple[Ground, ...]


@dataclass(frozen=True)
class Difference:
    """How two worlds differ: facts added and removed, and the changes that follow from them."""

    added: tuple[Ground, ...]
    removed: tuple[Ground, ...]
    changes: tuple[Change, ...]

    def about(self, issue: str) -> tuple[Change, ...]:
        """The changes that concern an issue (or are about this matter)."""
        return tuple(
            change
            for change in self.changes
            for one in (change.after or change.before,)
            if one is not None and (issue in one.issues or issue == one.subject)
        )


@uncollected()
def difference(before: World, after: World) -> Difference:
    """How the conclusions of two worlds differ, and because of which facts."""
    old, new = before.model, after.model
    added = _given_only_by(after, old)
    removed = _given_only_by(before, new)
    stated = {*added, *removed}
    one_side, other_side = Side(old), Side(new)
    gone = by_place(c for c in before.conclusions() if not new.holds(c.atom))
    come = by_place(c for c in after.conclusions() if not old.holds(c.atom))
    changes = []
    for place in dict.fromkeys((*gone, *come)):
        for one, other in zip_longest(gone.get(place, []), come.get(place, [])):
            facts: dict[Ground, None] = {}
            if one is not None:
                facts |= dict.fromkeys(_facts(one.atom, one_side, other_side, stated))
            if other is not None:
                facts |= dict.fromkeys(_facts(other.atom, other_side, one_side, stated))
            changes.append(Change(one, other, tuple(facts)))
    changes += _remarks(before, after, stated)
    return Difference(added, removed, tuple(changes))


def _given_only_by(world: World, other: Model) -> tuple[Ground, ...]:
    """What is stated in a world and not in the other; months counted from its days are no statements."""
    outside = world.facts.outside
    return tuple(
        atom
        for atom in world.facts.atoms
        if atom not in other.given and "calendar" not in outside.get(atom, {})
    )


def _remarks(before: World, after: World, stated: Set[Ground]) -> Iterator[Change]:
    """Conclusions that still follow, but with something else said beside them: another reading, a start."""
    remarks = [p.name for p in before.rules.vocabulary.remarks]
    touched = {about for name in remarks for about in _differing(before.model, after.model, name)}
    kept = {c.atom: c for c in before.conclusions() if c.atom[1][:2] in touched}
    for other in after.conclusions():
        one = kept.get(other.atom)
        if one is None or one.reads_like(other):
            continue
        facts: dict[Ground, None] = {}
        about = other.atom[1][:2]
        old, new = Side(before.model), Side(after.model)
        for here, there in ((old, new), (new, old)):
            for name in remarks:
                for row in here.model.rows(name):
                    if row[:2] == about:
                        facts |= dict.fromkeys(_facts((name, row), here, there, stated))
        if facts:
            yield Change(one, other, tuple(facts))


def _facts(atom: Ground, here: Side, there: Side, stated: Set[Ground]) -> Iterator[Ground]:
    """The causes of a change between worlds of the same rules: facts only."""
    return (cause for cause in causes(atom, here, there, stated) if not isinstance(cause, Rule))


def _differing(old: Model, new: Model, remark: str) -> set[Row]:
    """Of what (norm and matter) a remark is made in one model only."""
    here, there = old.relations.get(remark), new.relations.get(remark)
    if here is there:
        return set()
    ours, theirs = (relation.rows.keys() if relation else set[Row]() for relation in (here, there))
    return {row[:2] for row in ours ^ theirs}


def altered_world(
    world: World,
    added: Iterable[tuple[Ground, dict[str, Any]]],
    removed: Collection[Ground] = (),
    **names: str,
) -> World:
    """The world with facts added (each with its source) and others left out; the record stays as it is."""
    facts = altered(world.facts, world.rules.book, int(world.as_of.strftime("%Y%m%d")), added, removed)
    return world.altered(facts, names)


@uncollected()
def what_if(
    world: World, registry: Registry, add: Iterable[dict[str, Any]] = (), remove: Iterable[str] = ()
) -> tuple[World, Difference]:
    """The world with items of a case file added and statements removed, and how it differs.

    Raises WhatIfError, or CaseError for an item that no case could state.
    """
    scene = _scene(world, registry, list(add))
    origin = {"case": "what-if", "file": "--add"}
    removed = dict.fromkeys(atom for text in remove for atom in _named(world, registry, text))
    after = altered_world(world, [(atom, origin) for atom in scene.atoms], tuple(removed), **scene.names)
    return after, difference(world, after)


def items(text: str) -> list[dict[str, Any]]:
    """The items written in YAML, or in the YAML file of that name. Raises WhatIfError."""
    try:
        path = Path(text)
        found = read_yaml(path) if path.suffix in (".yaml", ".yml") else bounded_yaml.read(text)
    except (NormError, yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise WhatIfError(f"--add 不是 YAML：{said} / --add is not YAML: {said}") from None
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        raise WhatIfError(
            f"--add 应为案例文件 given 的一项，如 {{a: Issue, id: 问题一}}：{text} / "
            f"--add takes an item as in given of a case file, such as {{a: Issue, id: x}}: {text}"
        )
    return found


def _scene(world: World, registry: Registry, blocks: list[dict[str, Any]]) -> Scene:
    for block in blocks:
        known = str(block.get("id", ""))
        if "a" not in block and known:  # something on record: it is of the classes that it has
            names = world.rules.vocabulary.class_names
            own = [names[c] for c in names if (c, (known,)) in world.model.given]
            if own:
                block["a"] = own
    case = Case("--add", "what-if", world.as_of, blocks, [], [])
    return Scene(case, world.rules, registry)


def _named(world: World, registry: Registry, text: str) -> list[Ground]:
    """The recorded facts that a text names: a statement, its sentence, or all that is said of a thing."""
    stated = [atom for atom in world.facts.atoms if _removable(world, atom)]
    if match := _ATOM.match(text.strip()):
        wanted = [part.strip() for part in match[2].split(",")]
        found = [
            atom
            for atom in stated
            if atom[0] == match[1]
            and len(atom[1]) == len(wanted)
            and all(_same(world, registry, part, value) for part, value in zip(wanted, atom[1], strict=True))
        ]
    else:
        entity = registry.find(text.strip(), int(world.as_of.strftime("%Y%m%d"))) or text.strip()
        found = [atom for atom in stated if entity in atom[1]]
        if not found:
            said = text.strip().rstrip("。.")
            found = [a for a in stated if said in {s.rstrip("。.") for s in world.speaker.atom(a).values()}]
    if not found:
        raise WhatIfError(
            f"记录中没有这个：{text}（写 explain 给出的句子、predicate(subject,object) 或者一个编号） / "
            f"not on record: {text} (use a sentence shown by explain, predicate(subject,object), or an id)"
        )
    return found


def _removable(world: World, atom: Ground) -> bool:
    source = world.facts.outside.get(atom, {})
    return bool(world.facts.origins.get(atom)) or bool(source.keys() & {"case", "registry", "parameter"})


def _same(world: World, registry: Registry, part: str, value: Value) -> bool:
    if part in ("_", str(value)) or part.replace("-", "") == str(value):
        return True
    if world.speaker.names.get(str(value)) == part:
        return True
    return part in world.rules.vocabulary.by_label and str(value) in world.rules.vocabulary.by_label[part]


def by_place(found: Iterable[Conclusion]) -> dict[tuple[str, str, str], list[Conclusion]]:
    """Conclusions by norm, matter and bearer."""
    places: dict[tuple[str, str, str], list[Conclusion]] = {}
    for c in found:
        bearer = str(c.atom[1][2]) if c.bearers else ""
        places.setdefault((c.norm, c.subject, bearer), []).append(c)
    return places


__all__ = [
    "CaseError",
    "Change",
    "Difference",
    "WhatIfError",
    "altered_world",
    "difference",
    "items",
    "what_if",
]
