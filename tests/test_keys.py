"""What rules tell about rows: each claim is compared with the rows that the rules really conclude."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from reasoner.batch.keys import Keys
from reasoner.engine.evaluate import Row, evaluate
from reasoner.engine.sql import Compiler, Dictionary
from reasoner.rulebook.rules import Atom, Rule, Var, parse, strata

RULES = """
    placed(I,D) :- issue(I), lies(I,D).
    copied(n1,I,I) :- issue(I).
    copied(n2,I,I) :- placed(I,_).
    copied(n3,I,D) :- placed(I,D).
    owed(N,I,B) :- copied(N,I,M), about(E,M), by(E,B).
    asked(N,I,K) :- copied(N,I,I), kind(N,K), not owed(N,I,k1).
    asked(n4,I,K) :- placed(I,D), kind(n4,K), not copied(n5,I,D).
    free(N,I) :- copied(N,I,_), not owed(N,I,d1).
    told(I) :- asked(n1,I,k1), placed(I,D).
    never(I) :- asked(n9,I,_).
"""


def world(seed: int) -> list[tuple[str, tuple[str, ...]]]:
    """Facts in which what is mostly of one kind sometimes is not."""
    draw = random.Random(seed)
    issues, events, places = (
        [f"{letter}{i}" for i in range(number)] for letter, number in (("i", 9), ("e", 9), ("d", 3))
    )
    facts = [("issue", (i,)) for i in issues if draw.random() < 0.9]
    facts += [("lies", (i, draw.choice(places))) for i in issues]
    facts += [("about", (e, draw.choice([*issues, *places]))) for e in [*events, events[0]]]
    facts += [("by", (e, draw.choice(places))) for e in events]
    facts += [("kind", (f"n{n}", f"k{draw.randrange(3)}")) for n in (1, 2, 4, draw.choice((1, 4)))]
    return sorted(set(facts))


def joined_rows(rule: Rule, facts: list[tuple[str, tuple[str, ...]]], rules: list[Rule]) -> list[Row]:
    """What a rule concludes, as often as the rows that it joins do."""
    joined = Compiler(rules, Dictionary()).joined(rule)
    variables = sorted({v for atom in joined for v in atom.variables()}, key=str)
    every = Rule(Atom("every", tuple(variables)), rule.body, rule.owner, rule.index)
    found = []
    for row in evaluate(facts, [*rules, every]).rows("every"):
        values = dict(zip(variables, row, strict=True))
        found.append(tuple(values[a] if isinstance(a, Var) else a for a in rule.head.args))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_what_is_claimed_of_keys_and_values_holds_for_the_rows(seed: int) -> None:
    rules = parse(RULES, "test")
    facts = world(seed)
    model = evaluate(facts, rules)
    dictionary = Dictionary()
    compiler, keys = Compiler(rules, dictionary), Keys(dictionary.encode)
    encoded = {
        predicate: [tuple(map(dictionary.encode, row)) for row in model.rows(predicate)]
        for predicate in compiler.arities
    }
    given = {predicate for predicate, _ in facts}
    for predicate in given:
        if len({row[0] for row in encoded[predicate]}) == len(encoded[predicate]) and seed % 2:
            keys.single(predicate)
        elif seed % 3:
            keys.listed(predicate, encoded[predicate])
    claims = 0
    for _, group in strata(rules):
        live = [keys.simplified(rule, encoded.get) for rule in group if keys.possible(rule)]
        found = {id(rule): joined_rows(rule, facts, rules) for rule in live}
        for rule in live:
            if keys.once(rule, compiler.joined(rule)):
                claims += 1
                assert len(found[id(rule)]) == len(set(found[id(rule)])), rule
        for groups in combinations(keys.groups(live), 2):
            one, other = ({row for rule in each for row in found[id(rule)]} for each in groups)
            claims += 1
            assert not one & other
        assert not any(joined_rows(rule, facts, rules) for rule in group if not keys.possible(rule))
        if live:
            keys.concluded(group[0].head.predicate, live, False)
            held = {row for rule in live for row in found[id(rule)]}
            assert held == set(model.rows(group[0].head.predicate))
    assert claims > 5
    for predicate, rows in encoded.items():
        arity = compiler.arities[predicate]
        for columns in range(1 << arity):
            known = [i for i in range(arity) if columns >> i & 1]
            determined = keys.determined(predicate, columns, arity)
            for place in (i for i in range(arity) if determined >> i & 1):
                pairs = {(tuple(row[i] for i in known), row[place]) for row in rows}
                assert len(pairs) == len({key for key, _ in pairs}), (predicate, known, place)
