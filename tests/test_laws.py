"""What must hold in every world, whatever is recorded: laws, each named as the claim it makes.

The worlds are made up, or shaken out of the cases (``worlds.py``). The same worlds in every run.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import random_world, shaken_world

from reasoner import bundled, pipeline
from reasoner.asking.whatif import difference
from reasoner.casebook import cases
from reasoner.casebook.casefile import own_id
from reasoner.engine import calendar, facts
from reasoner.engine.evaluate import Ground, evaluate
from reasoner.engine.facts import AS_OF, Facts
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import bundled_registry
from reasoner.rulebook.rules import Value

UNKNOWN = {"insufficient", "needsDetermination"}
"""What more evidence is expected to resolve."""

BESIDE = {"allocated", "destination"}
"""Statuses that stand beside another of the same norm, matter and bearer: they judge no performance."""

BY_FINDING = {"established", "notEstablished", "notObserved", "tolerated", "tolerancePossible"}
"""What can only be said on a finding."""

ADVERSE = {"overdue", "performedLate", "deviation", "established", "notObserved"}
"""What is said against someone."""

NEVER_DERIVED = (
    "处分",
    "处罚",
    "罚款",
    "撤职",
    "开除",
    "免职",
    "有罪",
    "犯罪成立",
    "故意",
    "过失",
    "主观",
    "情节",
)
"""Words of sanction, guilt and intention: no label of anything that is concluded has them."""

RECORDED = ("recordedEvent", "parameter", "completenessDeclaration")

laws = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 10_000)


@cache
def rules() -> Ontology:
    return pipeline.ontology()


@cache
def written() -> tuple[cases.Case, ...]:
    """Every fourth case, so that each article has its share."""
    return tuple(case for case in every_case() if not case.without)[::4]


@cache
def every_case() -> tuple[cases.Case, ...]:
    files = cases.files([bundled.path("ontology", "regulation")])
    return tuple(case for file in files for case in cases.read(file))


@cache
def of_case(number: int) -> World:
    return cases.Scene(written()[number], rules(), bundled_registry()).world()


@cache
def all_given() -> list[list[Ground]]:
    return [told(of_case(i).facts) for i in range(len(written()))]


def told(found: Facts) -> list[Ground]:
    """What the world was told: without the day, the calendar and the regulation's own parameters."""
    computed = (AS_OF, calendar.MONTHS_AFTER)
    own = {row[0] for (_, row), source in found.outside.items() if "parameter" in source}
    return [atom for atom in found.atoms if atom[0] not in computed and atom[1][0] not in own]


def of(found: Facts) -> World:
    day = next(row[0] for predicate, row in found.atoms if predicate == AS_OF)
    return World(found, rules(), calendar.to_date(int(day)))


def stated(atoms: Iterable[Ground], as_of: int) -> World:
    """The world in which these things are stated."""
    more = [(atom, {"stated": True}) for atom in atoms]
    return of(facts.gather(None, rules().book, rules().vocabulary, as_of, more=more))


def day_of(found: Facts) -> int:
    return next(int(row[0]) for predicate, row in found.atoms if predicate == AS_OF)


def any_world(seed: int) -> World:
    """A case, a world shaken out of three, or one made up: each third of the seeds."""
    return of(random_world(seed, rules())) if seed % 3 == 2 else likely_world(seed)


def likely_world(seed: int) -> World:
    """A case, or a world shaken out of three: strange, but no district succeeds an organ in it."""
    if seed % 2:
        return of(shaken_world(seed, rules(), all_given()))
    return of_case(seed // 2 % len(written()))


def statuses(world: World) -> dict[tuple[Value, ...], set[str]]:
    """Statuses by norm, matter and bearer, read off the model (not off the conclusions)."""
    found: dict[tuple[Value, ...], set[str]] = defaultdict(set)
    for predicate in rules().vocabulary.predicates.values():
        if predicate.is_status and predicate.roles[2:3] == ("bearer",):
            for row in world.model.rows(predicate.name):
                found[row[:3]].add(predicate.name)
    return found


def things(world: World, kind: str) -> list[str]:
    return sorted({str(row[0]) for row in world.model.rows(kind)} - set(rules().vocabulary.individuals))


# -- evidence ---------------------------------------------------------------------------------------


@laws
@given(seeds)
def test_more_evidence_only_resolves_the_unknown_or_is_reported_as_a_change(seed: int) -> None:
    whole = likely_world(seed)
    stated_of = {atom[1][0] for atom in told(whole.facts)}
    recorded = [thing for kind in RECORDED for thing in things(whole, kind) if thing in stated_of]
    if not recorded:
        return
    left_out = set(random.Random(seed).sample(recorded, min(2, len(recorded))))
    day = day_of(whole.facts)
    before = stated((a for a in told(whole.facts) if not left_out & set(a[1])), day)
    after = stated(told(whole.facts), day)
    found = difference(before, after)
    # nothing is taken away, but a recorded parameter takes the place of the one the regulation comes with
    assert all(atom in before.facts.outside for atom in found.removed)
    reported = defaultdict(list)
    for change in found.changes:
        for c in filter(None, (change.before, change.after)):
            reported[c.atom[1][:3]].append(change)
    one, other = statuses(before), statuses(after)
    for key, said in one.items():
        if said - UNKNOWN and other.get(key, set()) != said:
            assert reported[key], (left_out, key, said, other.get(key))
            assert all(set(change.because) <= {*found.added, *found.removed} for change in reported[key])
            assert any(change.because for change in reported[key]), (left_out, key)


# -- what only people can say -------------------------------------------------------------------------


def test_no_rule_concludes_what_must_be_recorded() -> None:
    """Findings, parameters, acts and their properties are stated by people, never derived."""
    predicates = rules().vocabulary.predicates
    for rule in rules().book.rules:
        if not rule.owner.startswith("owl:"):
            assert predicates[rule.head.predicate].derived, rule


def test_nothing_that_is_concluded_is_called_a_sanction_guilt_or_intention() -> None:
    vocabulary = rules().vocabulary
    labels = {p.name: p.label.get("zh", "") for p in vocabulary.predicates.values() if p.roles or p.is_status}
    named = {
        argument
        for rule in rules().book.rules
        for argument in rule.head.args
        if vocabulary.predicates[rule.head.predicate].is_status and argument in vocabulary.individuals
        if argument not in rules().book.points  # what the text leaves open is named in its own words
    }
    labels |= {str(name): vocabulary.individuals[str(name)].label["zh"] for name in named}
    assert {n: label for n, label in labels.items() if any(word in label for word in NEVER_DERIVED)} == {}


@laws
@given(seeds)
def test_no_sanction_guilt_intention_importance_or_choice_is_ever_derived(seed: int) -> None:
    """Without any finding on record nothing follows that takes one."""
    world = any_world(seed)
    findings = set(things(world, "finding"))
    bare = stated((a for a in told(world.facts) if not findings & set(a[1])), day_of(world.facts))
    for status in BY_FINDING:
        assert list(bare.model.rows(status)) == []
    assert list(bare.model.rows("foundToExist")) == []


def test_of_several_alternatives_none_is_ever_chosen() -> None:
    """Where the text leaves the addressee to others, every one of them stays a destination."""
    seen = set()
    for case in every_case():
        if not set(case.about) & {c.replace("_", ".") for c in open_choices()} or case.base:
            continue
        world = cases.Scene(case, rules(), bundled_registry()).world()
        for norm, members in open_choices().items():
            matters = defaultdict(set)
            for _, matter, where in world.model.match("destination", (norm, None, None)):
                matters[matter].add(where)
            for matter, places in matters.items():
                seen.add(norm)
                assert len(places) >= members, (case.name, norm, matter, places)
    assert len(seen) >= 2


def open_choices() -> dict[str, int]:
    """Norms that leave it to others which of several addressees receives, and how many there are."""
    found = {}
    for norm in rules().book.norms.values():
        addressee = (norm.frame or {}).get("counterparty") or {}
        if addressee.get("op") == "one_of" and norm.rules:
            found[norm.constant] = len(addressee["members"])
    return found


def test_there_are_choices_that_must_stay_open() -> None:
    assert len(open_choices()) >= 3


# -- responsibility -----------------------------------------------------------------------------------


@laws
@given(seeds)
def test_every_located_issue_has_a_party_and_a_government_bearer_or_a_cited_reason(seed: int) -> None:
    world = any_world(seed)
    said: dict[str, list[set[str]]] = defaultdict(list)
    explained: set[str] = set()
    for c in world.conclusions(norm=TERRITORIAL):
        if c.status == "allocated":
            said[c.subject].append({b["id"] for b in c.bearers})
        else:
            explained.add(c.subject)
            assert c.citation["quote"]
            assert c.reason or c.status in UNKNOWN
    for issue, place in world.model.rows("relatesTo"):
        if not (world.model.holds(("issue", (issue,))) and world.model.holds(("district", (place,)))):
            continue
        if str(issue) in explained or yet_to_come(world, issue):
            continue
        bearers = set().union(*said[str(issue)]) if said[str(issue)] else set()
        party = bearers & {str(row[0]) for row in world.model.rows("partyCommitteeOf")}
        government = bearers & {str(row[0]) for row in world.model.rows("governmentOf")}
        assert party, (issue, place, bearers)
        assert government, (issue, place, bearers)


TERRITORIAL = "a34.p1.s2"


def yet_to_come(world: World, issue: Value) -> bool:
    """Whether, as of the day, the issue was not found or none of its inspections had begun."""
    raised = [row[1] for row in world.model.match("issueInInspection", (issue, None))]
    begun = [each for each in raised if not world.model.holds(("notBegun", (each,)))]
    return world.model.holds(("notYetFound", (issue,))) or (bool(raised) and not begun)


@laws
@given(seeds, st.data())
def test_transfers_accumulate(seed: int, data: st.DataObject) -> None:
    """A further finding adds destinations and never takes one away."""
    world = any_world(seed)
    kinds = sorted(kinds_of_transfers())
    matters = things(world, "issue") + things(world, "cadreMatter")
    if not matters:
        return
    kind, matter = data.draw(st.sampled_from(kinds)), data.draw(st.sampled_from(matters))
    day = day_of(world.facts)
    further: list[Ground] = [
        ("finding", ("认定又一",)),
        ("findingKind", ("认定又一", kind)),
        ("about", ("认定又一", matter)),
        ("by", ("认定又一", "leadingGroup")),
        ("on", ("认定又一", day)),
        ("instrument", ("认定又一", "文号")),
        ("competence", ("认定又一", "依据")),
        ("state", ("认定又一", "upheld")),
    ]
    before = stated(told(world.facts), day)
    after = stated([*told(world.facts), *further], day)
    assert set(before.model.rows("destination")) <= set(after.model.rows("destination"))


def kinds_of_transfers() -> set[str]:
    """Kinds of findings that the rules of norms with a destination name."""
    individuals = rules().vocabulary.individuals
    records = rules().book.owners.values()
    sending = [r for r in records if any(x.head.predicate == "destination" for x in r.rules)]
    named = {arg for r in sending for rule in r.rules for atom in rule.atoms() for arg in atom.args}
    return {n for n, i in individuals.items() if n in named and "KindOfFinding" in i.classes}


@laws
@given(seeds)
def test_conclusions_name_posts_and_units_never_persons(seed: int) -> None:
    """Whoever a conclusion names is a unit, a post, or a word of the text for someone not named."""
    world = any_world(seed)
    vocabulary = rules().vocabulary
    assert not [
        n for n in vocabulary.class_names.values() if n.lower() in ("person", "naturalperson", "agent")
    ]
    for predicate in vocabulary.predicates.values():
        for place, role in enumerate(predicate.roles):
            if role not in ("bearer", "candidate", "organ", "destination"):
                continue
            for row in world.model.rows(predicate.name):
                classes = set(kinds_of(world, row[place]))
                above = set().union(*(vocabulary.ancestors(c) for c in classes)) if classes else set()
                assert not classes or above & {"Bearer", "DestinationRole"}, (predicate.name, row, classes)


def kinds_of(world: World, thing: Value) -> Iterable[str]:
    """Classes that the ontology or the record states of a thing, and those that follow."""
    vocabulary = rules().vocabulary
    if individual := vocabulary.individuals.get(str(thing)):
        yield from individual.classes
    for predicate, name in vocabulary.class_names.items():
        if vocabulary.predicates[predicate].is_class and world.model.holds((predicate, (thing,))):
            yield name


# -- order, time, exclusiveness -----------------------------------------------------------------------


@laws
@given(seeds)
def test_the_order_of_norms_and_of_input_never_matters(seed: int) -> None:
    world = any_world(seed)
    dice = random.Random(seed)
    atoms, shuffled, program = list(world.facts.atoms), told(world.facts), list(rules().book.rules)
    for each in (atoms, shuffled, program):
        dice.shuffle(each)
    again = evaluate(atoms, program)
    assert again.derived() == world.model.derived()
    assert [c.id for c in world.conclusions()] == [
        c.id for c in stated(shuffled, day_of(world.facts)).conclusions()
    ]


@laws
@given(seeds)
def test_the_order_in_which_a_case_is_written_never_matters(seed: int) -> None:
    number = seed % len(written())
    case = written()[number]
    named = [{"id": own_id(i, block), **block} for i, block in enumerate(case.given, 1)]
    random.Random(seed).shuffle(named)
    shuffled = cases.Scene(replace(case, given=named), rules(), bundled_registry()).world()
    assert {c.id for c in shuffled.conclusions()} == {c.id for c in of_case(number).conclusions()}


@laws
@given(seeds)
def test_there_is_one_status_for_a_norm_a_matter_and_a_bearer(seed: int) -> None:
    for key, found in statuses(likely_world(seed)).items():
        assert len(found - BESIDE) <= 1, (key, found)


@laws
@given(seeds)
def test_before_the_issue_date_nothing_is_concluded(seed: int) -> None:
    world = any_world(seed)
    since = [int(row[0]) for row in world.model.rows("effectiveFrom")]
    if not since:
        return  # two dates for one thing, or none: what is in force is not known
    eve = calendar.to_date(min(since)) - datetime.timedelta(days=1)
    early = stated(told(world.facts), calendar.to_int(eve))
    assert [(c.norm, c.status, c.subject) for c in early.conclusions() if c.status != "noConclusion"] == []


@laws
@given(seeds)
def test_nothing_is_held_against_anyone_for_what_was_over_before_the_issue_date(seed: int) -> None:
    """Every day of the world is moved to before the issue date, and judged as of a day long after."""
    world = any_world(seed)
    if set(world.model.rows("effectiveFrom")) != {(effect(),)}:
        return
    moved = [
        (p, tuple(v - 200_000 if isinstance(v, int) and calendar.is_date(v) else v for v in row))
        for p, row in told(world.facts)
    ]
    dated = {row[0] for p, row in moved if p in ("beganOn", "endedOn", "fedBackOn", "on")}
    if {row[0] for p, row in moved if p in (*INSPECTIONS, *RECORDED)} - dated:
        return  # when it was is not known
    late = stated(moved, calendar.to_int(datetime.date(2025, 1, 1)))
    against = [c for c in late.conclusions() if c.status in ADVERSE and (c.inspection or c.subject in dated)]
    assert [(c.norm, c.status, c.subject) for c in against] == []


INSPECTIONS = ("inspection", "centralInspection", "municipalInspection")


def effect() -> int:
    return next(int(p["value"]) for p in rules().book.parameters if p["kind"] == "effectiveDate")


@pytest.fixture(scope="module", autouse=True)
def _enough_worlds() -> None:
    assert len(written()) > 60
