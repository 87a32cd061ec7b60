"""When facts change, evaluating what depends on them gives what a full evaluation gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from worlds import random_world, shaken_world

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.engine.evaluate import Ground, Row, evaluate
from reasoner.engine.facts import Facts
from reasoner.engine.kept_up import InProcess
from reasoner.engine.maintenance import Layers, Maintained, WideError
from reasoner.pipeline import Ontology
from reasoner.records.registry import bundled_registry
from reasoner.rulebook.across import crossings
from reasoner.rulebook.rules import Rule, Value, Var, parse

DAYS = [20240312, 20240601, 20241231, 20260125, 20261122]
WORDS = ["a word nobody knows", "unknown", "督察一", "parameter", 0, -3, 99999999, 20240230, 20251106]
"""Values that fit nowhere, or where nobody expects them."""


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


@pytest.fixture(scope="module")
def layers(rules: Ontology) -> Layers:
    return Layers(rules.book.rules)


@cache
def given() -> list[list[Ground]]:
    """The facts of the cases."""
    rules, registry = pipeline.ontology(), bundled_registry()
    files = cases.files([bundled.path("ontology", "regulation")])
    read = (case for file in sorted(files)[::6] for case in cases.read(file))
    return [list(recorded(cases.Scene(case, rules, registry).facts())) for case in read]


def recorded(facts: Facts) -> Iterator[Ground]:
    """What a record states: not what ontology, parameters and calendar add."""
    beside = {"ontology", "parameter", "as_of", "calendar"}
    return (atom for atom in facts.atoms if not facts.outside.get(atom, {}).keys() & beside)


def full(of: InProcess) -> dict[str, set[Row]]:
    """All that holds by a full evaluation of the present facts."""
    model = evaluate(of.completed(of.rules, of.as_of), of.rules.program)
    return {name: set(each.rows) for name, each in model.relations.items() if each.rows}


def kept(of: InProcess) -> dict[str, set[Row]]:
    return {name: set(table) for name, table in of.maintained.tables.items() if len(table)}


class Editor:
    """Random edits of every kind, those included that no ledger lets through."""

    def __init__(self, of: InProcess, seed: int) -> None:
        self.of, self.dice, self._new = of, random.Random(seed), 0
        vocabulary = of.rules.vocabulary
        used = sorted(of.rules.book.used & vocabulary.predicates.keys())
        self.pairs = [p for p in used if vocabulary.predicates[p].arity == 2]
        self.classes = [p for p in used if vocabulary.predicates[p].arity == 1]
        self.words = sorted(vocabulary.individuals)

    def edit(self) -> tuple[list[Ground], list[Ground], int | None]:
        """What comes, what goes, and the new day if it is another."""
        come, gone, day = list[Ground](), list[Ground](), None
        for _ in range(self.dice.choice((1, 1, 1, 2, 5))):
            more, less = self._one()
            come += more
            gone += less
        if self.dice.random() < 0.1:
            day = self.dice.choice(DAYS)
        return come, gone, day

    def _one(self) -> tuple[list[Ground], list[Ground]]:
        dice, facts = self.dice, sorted(self.of.recorded, key=repr)
        things = sorted({str(row[0]) for _, row in facts}) or ["x"]
        picked = dice.choice(facts) if facts else (dice.choice(self.classes), ("x",))
        same = [f for f in facts if f[0] == picked[0]]
        subject = picked[1][0]
        about = [f for f in facts if f[1][0] == subject]
        pair = len(picked[1]) == 2
        match dice.randrange(12):
            case 0 | 1:
                return [], [picked]
            case 2 if pair and same:  # another value of the same property
                return [(picked[0], (subject, dice.choice(same)[1][1]))], [picked]
            case 3:  # all that is stated of a thing
                return [], about
            case 4:  # one more thing like it
                self._new += 1
                return [(f[0], (f"new {self._new}", *f[1][1:])) for f in about], []
            case 5 if pair and same:  # the property passes to another thing
                return [(picked[0], (dice.choice(same)[1][0], picked[1][1]))], [picked]
            case 6 if pair:  # what does not fit, in place of what is there or beside it
                return [(picked[0], (subject, dice.choice(WORDS)))], [picked] if dice.random() < 0.5 else []
            case 7:  # any property between any two things, across cases too
                return [(dice.choice(self.pairs), (dice.choice(things), dice.choice(things)))], []
            case 8:  # any property with a word of the ontology, or with what nobody knows
                value = dice.choice(self.words) if dice.random() < 0.7 else dice.choice(WORDS)
                return [(dice.choice(self.pairs), (dice.choice(things), value))], []
            case 9:  # another kind of thing
                return [(dice.choice(self.classes), (dice.choice(things),))], []
            case 10:  # something standing, a parameter, a declaration
                some = ("succeededBy", "existsUntil", "parameterKind", "ruleValue", "dateValue", "shows")
                return [], [dice.choice([f for f in facts if f[0] in some] or [picked])]
            case 11:  # a parameter, or how months are counted
                name = f"parameter {dice.randrange(3)}"
                kind = dice.choice([str(p["kind"]) for p in self.of.rules.book.parameters])
                value = dice.choice(["startDayCounts", "correspondingDay", "no such counting"])
                return [("parameterKind", (name, kind)), ("ruleValue", (name, value))], []
        return [picked], []


def compare(of: InProcess, seed: int, edits: int) -> None:
    """Edit and compare all that holds, after every edit."""
    editor, before = Editor(of, seed), kept(of)
    assert before == full(of)
    for number in range(edits):
        edit = editor.edit()
        turned = of.change(*edit)
        now = kept(of)
        assert now == full(of), (seed, number, edit)
        for name in before.keys() | now.keys() | turned.keys():
            old, new = before.get(name, set()), now.get(name, set())
            gone, come = (
                (set(turned[name].gone), set(turned[name].come)) if name in turned else (set(), set())
            )
            assert (gone, come) == (old - new, new - old), (seed, number, edit, name)
        before = now


@pytest.mark.parametrize("part", range(4))
def test_edits_of_shaken_cases_give_what_a_full_evaluation_gives(
    part: int, rules: Ontology, layers: Layers
) -> None:
    world = shaken_world(part, rules, given())
    compare(InProcess(recorded(world), rules, DAYS[-1], layers), part, 8)


def test_edits_of_random_worlds_give_what_a_full_evaluation_gives(rules: Ontology, layers: Layers) -> None:
    for seed in range(3):
        compare(InProcess(recorded(random_world(seed, rules)), rules, DAYS[-1], layers), seed, 6)


def test_rules_that_lead_across_cases_are_told() -> None:
    terms = pipeline.ontology().vocabulary
    text = """
        a(I) :- finding(F), about(F,I), issue(I).
        b(I,J) :- issue(I), raisedIn(I,J), by(E,B), about(E,I), not body(I).
        c(F,G) :- finding(F), by(F,B), finding(G), by(G,B).
        d(B) :- body(B), #count{ F : by(F,B) } > 1.
        e(J) :- raisedIn(I,J), issue(I).
    """
    found = {each.rule.index: each.kind for each in crossings(parse(text, "test"), terms)}
    assert found == {3: "joins", 4: "counts", 5: "tells"}


def test_every_rule_that_leads_across_cases_is_followed_across_them(rules: Ontology) -> None:
    """Each by itself, and every one that counts, over a few things tied to one another whatever it reads."""
    crossing = {each.rule: each.kind for each in crossings(rules.book.rules, rules.vocabulary)}
    turned = Counter[str]()
    for number, rule in enumerate(rules.book.rules):
        if rule in crossing or any(rule.counts()):
            turned[crossing.get(rule, "counts")] += _followed(rule, random.Random(number))
    assert turned["joins"] > 30, turned  # of many, something was concluded
    assert turned["tells"] > 120, turned
    assert turned["counts"], turned


def _followed(rule: Rule, dice: random.Random) -> bool:
    """Random facts come and go; whether the rule ever concluded anything."""
    atoms = [a for a in rule.atoms() if a is not rule.head]
    own = {a for atom in rule.atoms() for a in atom.args if not isinstance(a, Var)}
    values: list[Value] = ["case 1", "case 2", 3, *sorted(own, key=str)]
    facts, of, turned = set[Ground](), Maintained(Layers([rule]), {}, {}), False
    for number in range(30):
        atom = dice.choice(atoms)
        stays = [not isinstance(a, Var) and dice.random() < 0.9 for a in atom.args]
        row = [a if stay else dice.choice(values) for a, stay in zip(atom.args, stays, strict=True)]
        fact = atom.predicate, tuple(v for v in row if not isinstance(v, Var))
        less = dice.sample(sorted(facts, key=repr), min(len(facts), dice.choice((0, 0, 1))))
        turned |= rule.head.predicate in of.change([fact], less)
        facts = facts.difference(less) | {fact}
        if number % 5 == 4:
            expected = set(evaluate(facts, [rule]).rows(rule.head.predicate))
            assert set(of.tables.get(rule.head.predicate, ())) == expected, (str(rule), fact, less)
    return turned


def test_too_much_to_look_at_changes_nothing_and_names_the_rule(rules: Ontology, layers: Layers) -> None:
    of = InProcess(recorded(shaken_world(1, rules, given())), rules, DAYS[-1], layers, most=40)
    before, facts = kept(of), dict(of.recorded)
    with pytest.raises(WideError) as wide:
        of.change((), (), DAYS[0])
    assert wide.value.rule in {rule.id for rule in rules.book.rules}
    assert (kept(of), of.recorded, of.as_of) == (before, facts, DAYS[-1])
    of.maintained.most = 10_000_000
    of.change((), (), DAYS[0])
    assert kept(of) == full(of)
