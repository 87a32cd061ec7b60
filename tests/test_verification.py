"""The verification of the rules finds what is wrong in a broken rule base, and nothing in the sound one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reasoner import bundled
from reasoner.casebook import cases
from reasoner.pipeline import Ontology, ontology
from reasoner.records.registry import Registry, bundled_registry
from reasoner.rulebook.norms import NormError, Record
from reasoner.rulebook.rules import Rule, parse
from reasoner.verification import hits, properties, report, verify
from reasoner.verification.bounded import BoundedWorlds
from reasoner.verification.cones import Cones

THINGS = {
    "Issue": 1,
    "Inspection": 1,
    "District": 1,
    "PartyCommittee": 1,
    "PeoplesGovernment": 1,
    "Post": 1,
    "Finding": 2,
    "InspectionReport": 1,
    "RectificationPlan": 1,
    "Parameter": 1,
    "CompletenessDeclaration": 1,
}


@pytest.fixture(scope="module")
def rules() -> Ontology:
    """The bundled ontology."""
    return ontology()


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The bundled registry."""
    return bundled_registry()


@pytest.fixture(scope="module")
def small(rules: Ontology) -> properties.Properties:
    """The properties, with few things in every world."""
    every = properties.load(bundled.path("ontology"), rules.vocabulary)
    bounds = replace(
        every.properties[0].bounds, things=THINGS, days=(20240131, 20240731), wide=300, narrow={}
    )
    return replace(every, properties=tuple(replace(p, bounds=bounds) for p in every.properties))


def altered(rules: Ontology, alter: Callable[[Rule], Iterator[Rule] | None], more: str = "") -> Ontology:
    """The rule base with some rules changed or left out, and more rules added to the first definition."""

    def record(old: Record) -> Record:
        made: list[Rule] = []
        for rule in old.rules:
            changed = alter(rule)
            made += [rule] if changed is None else changed
        return replace(old, rules=tuple(made))

    book = rules.book
    definitions = {key: record(old) for key, old in book.definitions.items()}
    first = next(iter(definitions))
    added = tuple(parse(more, first))
    definitions[first] = replace(definitions[first], rules=(*definitions[first].rules, *added))
    norms = {key: record(old) for key, old in book.norms.items()}
    return Ontology(rules.vocabulary, replace(book, definitions=definitions, norms=norms))


def dropping(pattern: str) -> Callable[[Rule], Iterator[Rule] | None]:
    """Leaves out the rules that a pattern matches; there must be some."""
    return lambda rule: iter(()) if re.search(pattern, str(rule)) else None


def without(head: str, condition: str) -> Callable[[Rule], Iterator[Rule] | None]:
    """Takes one condition out of the rules whose head begins so."""

    def alter(rule: Rule) -> Iterator[Rule] | None:
        rest = tuple(literal for literal in rule.body if str(literal) != condition)
        if not str(rule.head).startswith(head) or len(rest) == len(rule.body):
            return None
        return iter([replace(rule, body=rest)])

    return alter


def only_needed(rules: Ontology, every: properties.Properties, name: str, norm: str) -> Ontology:
    """The rules that one property rests on: all others could be left out, and cost time."""
    (wanted,) = every.chosen([name])
    found = Cones(rules, (*wanted.rules, *every.impossible))
    kept = {rule.id for rule in found.of((wanted.goal, norm or None), (properties.IMPOSSIBLE, None))}
    return altered(rules, lambda rule: None if rule.id in kept else iter(()))


KEEP = dropping(r"^never matches$")
CIRCLE = "precedes(P,S,statedOrder) :- stepIn(P,dailyProcedure), stepIn(S,dailyProcedure)."
SPARED = "not toleratedCharge(a41_p1_s1,M,P)"
BROKEN = [
    ("both-bearers", "", dropping(r"^territorialUnit\(I,O\) :- .*governmentOf"), ""),
    ("transfer-destination", "a39_p4_s6", dropping(r"^destination\(a39_p4_s6"), ""),
    ("duty-and-prohibition", "a20_p2_s3", dropping(r"^triggerUnknown\(a20_p2_s3"), ""),
    ("one-status", "a26_p1_s1", without("unperformed(", "not fulfilled(N,M,B)"), ""),
    ("limit-can-be-met", "a20_p1_s1", dropping(r"^limitStart\(a20_p1_s1"), ""),
    ("procedure-goes-on", "", KEEP, CIRCLE),
    ("tolerance-defeats", "a41_p1_s1", without("accountabilityCandidate(a41_p1_s1", SPARED), ""),
    ("never-derived", "", KEEP, "affirmed(suspectedCrime,I) :- issue(I)."),
    ("never-charged", "a47_p1_i5", KEEP, "chargeStands(a47_p1_i5,I,inspectors) :- issue(I)."),
    ("never-chosen", "a39_p5_s1", dropping(r"^destination\(a39_p5_s1,I,judicialRole"), ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "norm", "alter", "more"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_a_broken_rule_base_is_found_out(
    rules: Ontology,
    small: properties.Properties,
    registry: Registry,
    name: str,
    norm: str,
    alter: Callable[[Rule], Iterator[Rule] | None],
    more: str,
) -> None:
    """A slip in the rules violates a property: clingo finds a world, the evaluator and the case agree."""
    broken = only_needed(altered(rules, alter, more), small, name, norm)
    verify.begin(broken, registry, small, 60)
    (look,) = verify.looked((name,), norm)
    assert [found for found in look.hits if not found.of_law]
    first = look.hits[0]
    assert all(first.story[lang] for lang in ("zh", "en"))
    assert first.case.get("expect", first.case.get("refuse"))


def test_the_sound_rule_base_and_a_norm_that_cannot_fire(
    rules: Ontology, small: properties.Properties, registry: Registry, tmp_path: Path
) -> None:
    """Nothing is found where the rules are sound; a norm that nothing can start is told; a hit is a case."""
    together = ("one-status", "norm-can-fire", "tolerance-defeats", "never-charged")
    verify.begin(rules, registry, small, 60)
    sound = verify.looked(together, "a26_p1_s1")
    assert all(look.decided and not look.hits for look in sound)
    assert next(look for look in sound if look.of == "norm-can-fire").reached
    (gap,) = verify.looked(("approval-can-be-sought",), "")
    assert gap.hits
    assert all(found.of_law and found.at == "a27.p1" for found in gap.hits)
    (file,) = hits.write(gap.hits, tmp_path)
    assert all(cases.run(case, rules, registry).passed for case in cases.read(file))

    never = altered(rules, dropping(r"^addressed\(a26_p1_s1"))
    verify.begin(never, registry, small, 60)
    (look,) = verify.looked(("norm-can-fire",), "a26_p1_s1")
    (wanted,) = small.chosen(["norm-can-fire"])
    told = report.outcome(verify.Result(wanted, [look]), rules)
    assert not told.good
    assert "a26.p1.s1" in told.lines["zh"][0]


def test_worlds_have_the_numbers_of_their_norm_and_no_stand_in(rules: Ontology) -> None:
    """What the assumptions leave out is not there to be recorded; a norm may have more of something."""
    every = properties.load(bundled.path("ontology"), rules.vocabulary)
    (wanted,) = every.chosen(["one-status"])
    cone = Cones(rules, wanted.rules).of((wanted.goal, "a37_p2_s1"))
    bounds = wanted.bounds.of(len(cone), "a37.p2.s1")
    offered = {
        value
        for choice in BoundedWorlds(rules, bounds, cone, "a37_p2_s1").choices
        for value in choice.atom[1]
    }
    assert "leadingGroupOffice" in offered
    assert not offered & rules.vocabulary.stand_ins
    without = replace(bounds, unrecorded=frozenset())
    other = {
        value
        for choice in BoundedWorlds(rules, without, cone, "a37_p2_s1").choices
        for value in choice.atom[1]
    }
    assert other & rules.vocabulary.stand_ins
    worlds = [("a39_p4_s2", 1, {"Act": 2, "District": 2}), ("a39_p5_s1", 999, {"Act": 1, "District": 1})]
    looks = [verify.Looked(wanted.id, norm, rules=n, classes=Counter(things)) for norm, n, things in worlds]
    said = report.outcome(verify.Result(wanted, looks), rules).bound
    assert said["zh"].startswith("区县1–2、行为1–2（区间：因规范而异）；")
    assert said["en"].startswith("1–2 district, 1–2 act (a range: it depends on the norm); ")
    assert wanted.bounds.of(1, "a39.p4.s2").things["District"] == 2
    assert wanted.bounds.of(1, "a39.p4.s1").things["District"] == 1


def test_a_property_that_could_never_be_violated_for_a_wrong_reason_is_refused(
    rules: Ontology, tmp_path: Path
) -> None:
    """A name that nothing declares, or that the rules conclude themselves, is a mistake in the property."""
    text = (bundled.path("ontology") / properties.FILE).read_text("utf-8")
    for right, wrong in (
        ("owes(N,M,_)", "owse(N,M,_)"),
        ("goesSomewhere", "fulfilled"),
        ("Issue: 1", "Isue: 1"),
        ("[UnstatedBody]", "[UnstatdBody]"),
        ("a5.p2.s3: {CommitteeTerm: 1", "a5.p2.s3: {ComitteeTerm: 1"),
    ):
        (tmp_path / properties.FILE).write_text(text.replace(right, wrong), "utf-8")
        with pytest.raises(NormError, match=properties.FILE):
            properties.load(tmp_path, rules.vocabulary)
    (tmp_path / properties.FILE).write_text(text.replace("a5.p2.s3: {", "a5.p2.s9: {"), "utf-8")
    strange = properties.load(tmp_path, rules.vocabulary)
    with pytest.raises(NormError, match=r"a5\.p2\.s9"):
        next(verify.verify(rules, bundled_registry(), strange, strange.properties, limit=1))
    with pytest.raises(NormError, match="no such property"):
        properties.load(bundled.path("ontology"), rules.vocabulary).chosen(["nothing"])
