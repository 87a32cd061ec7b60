"""When facts change, evaluating the cells that they touch gives what a full evaluation gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from worlds import random_world, shaken_world

from reasoner import bundled, pipeline
from reasoner.batch.in_memory import Recorded, kept_up
from reasoner.batch.incremental import Incremental
from reasoner.casebook import cases
from reasoner.engine.evaluate import Ground, Row, evaluate
from reasoner.engine.facts import Facts
from reasoner.pipeline import Ontology
from reasoner.records.registry import bundled_registry

DAY = 20261122
WORLDS, EDITS = 6, 4


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


@cache
def given() -> list[list[Ground]]:
    """The facts of the cases."""
    rules, registry = pipeline.ontology(), bundled_registry()
    files = cases.files([bundled.path("ontology", "regulation")])
    worlds = (cases.Scene(case, rules, registry).world() for file in files for case in cases.read(file))
    return [list(recorded(world.facts)) for world in worlds]


def recorded(facts: Facts) -> Iterator[Ground]:
    """What a record states: not what ontology, parameters and calendar add."""
    beside = {"ontology", "parameter", "as_of", "calendar"}
    return (atom for atom in facts.atoms if not facts.outside.get(atom, {}).keys() & beside)


def full(of: Incremental) -> dict[str, set[Row]]:
    """What a full evaluation of the present facts concludes, by the rules as they are written."""
    store = of.store
    assert isinstance(store, Recorded)
    model = evaluate(store.completed().atoms, store.rules.program)
    return {name: rows for name in of.concluded if (rows := set(model.rows(name)))}


def kept(of: Incremental) -> dict[str, set[Row]]:
    return {name: rows for name in of.concluded if (rows := set(of.store.rows(name) or ()))}


class Editor:
    """Random edits that fit the facts, of every kind."""

    def __init__(self, of: Incremental, rules: Ontology, seed: int) -> None:
        self.of, self.vocabulary, self.dice = of, rules.vocabulary, random.Random(seed)
        self._new = 0

    def edit(self) -> tuple[list[Ground], list[Ground]]:
        """What is added and what is removed."""
        facts = sorted(self.of.store.every(), key=repr)
        kind = self.dice.choice(
            ("lose", "lose", "change", "change", "forget", "copy", "share", "move", "stand", "word")
        )
        picked = self.dice.choice(facts)
        same = [f for f in facts if f[0] == picked[0] and f != picked]
        subject = str(picked[1][0])
        about = [f for f in facts if f[1][0] == subject]
        if kind == "lose":
            return [], [picked]
        if kind == "change" and len(picked[1]) == 2 and same:  # another value of the same property
            return [(picked[0], (subject, self.dice.choice(same)[1][1]))], [picked]
        if kind == "forget":  # all that is stated of one thing
            return [], about
        if kind == "copy":  # one more thing like it
            self._new += 1
            return [(f[0], (f"new {self._new}", *f[1][1:])) for f in about], []
        if kind == "share" and same:  # what one has, another has as well: findings that issues share
            return [(picked[0], (subject, *self.dice.choice(same)[1][1:]))], []
        if kind == "move" and same and len(picked[1]) == 2:  # the property passes to another thing
            return [(picked[0], (self.dice.choice(same)[1][0], picked[1][1]))], [picked]
        if kind == "stand":  # something standing changes, a parameter, a declaration
            standing = [f for f in facts if f[0] in ("succeededBy", "existsUntil", "parameterKind", "shows")]
            return [], [self.dice.choice(standing or facts)]
        return [(picked[0], (subject, "a word nobody knows"))] if len(picked[1]) == 2 else [], []


def compare(of: Incremental, rules: Ontology, seed: int, edits: int) -> Counter[str]:
    """Edit, compare after every edit; return why changes were evaluated as they were."""
    editor, why = Editor(of, rules, seed), Counter[str]()
    assert kept(of) == full(of)
    for _ in range(edits):
        before = kept(of)
        come, gone = editor.edit()
        change = of.change(come, gone)
        assert kept(of) == full(of), (come, gone, change.why)
        for name in before.keys() | change.come.keys():
            left = before.get(name, set()) - change.gone.get(name, set())
            assert left | change.come.get(name, set()) == kept(of).get(name, set())
        why[change.why] += 1
    return why


@pytest.mark.parametrize("part", range(6))
def test_changes_of_shaken_worlds_are_those_of_a_full_evaluation(part: int, rules: Ontology) -> None:
    why = Counter[str]()
    for seed in range(part, WORLDS, 6):
        world = shaken_world(seed, rules, given())
        why += compare(kept_up(recorded(world), rules, DAY), rules, seed, EDITS)
    assert why[""], why  # some at least were not evaluated as a whole


def test_changes_of_random_worlds_are_those_of_a_full_evaluation(rules: Ontology) -> None:
    for seed in range(2):
        world = random_world(seed, rules)
        compare(kept_up(recorded(world), rules, DAY), rules, seed, EDITS)


def two_issues() -> list[Ground]:
    """An inspection with two issues, each put right on the spot."""
    found: list[Ground] = [
        ("municipalInspection", ("j",)),
        ("routineInspection", ("j",)),
        ("beganOn", ("j", 20240301)),
    ]
    for issue, act in (("i1", "e1"), ("i2", "e2")):
        found += [("issue", (issue,)), ("raisedIn", (issue, "j")), ("onSpotRectification", (act,))]
        found += [("about", (act, issue)), ("on", (act, 20240310))]
    return found


def test_what_one_issue_no_longer_says_of_its_inspection_another_one_may_still_say(
    rules: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = kept_up(two_issues(), rules, DAY)
    assert not of.locality.unresolved
    (step,) = {row for row in of.store.rows("stepDone") or () if "j" in row} & {("r10b", "j")}
    first = of.change((), [("onSpotRectification", ("e1",))])
    assert (first.cells, first.why) == (1, "")
    assert step in (of.store.rows("stepDone") or ())
    assert kept(of) == full(of)
    second = of.change((), [("onSpotRectification", ("e2",))])
    assert step in second.gone["stepDone"]
    assert kept(of) == full(of)
    of = kept_up(two_issues(), rules, DAY)  # when messages are never taken back, the comparison shows it
    monkeypatch.setattr(of, "_counts", lambda *_: {})
    of.change((), [("onSpotRectification", ("e1",)), ("onSpotRectification", ("e2",))])
    assert kept(of) != full(of)
