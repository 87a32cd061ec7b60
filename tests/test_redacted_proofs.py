"""A redacted proof still verifies, says what it took on trust, and tells nothing of what is withheld."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tampering import sealed
from test_proof_checker import case_worlds

from app.cli import main
from reasoner import bundled, checker, pipeline
from reasoner.casebook import cases
from reasoner.checker import document, withheld
from reasoner.engine import calendar, facts
from reasoner.engine.evaluate import Ground
from reasoner.engine.redaction import RedactionError, Redactor, Withheld, entailing
from reasoner.pipeline import World
from reasoner.records.registry import bundled_registry

Document = dict[str, Any]
Redacted = tuple[str, str]
"""A redacted proof and its openings, as they are written."""
BY, COMPLETE, COUNTED = ("by",), ("completenessDeclaration", "coversRecords"), ("inspects",)
PRIVATE = "finding"


@pytest.fixture(scope="module")
def law() -> checker.Law:
    return checker.Law(bundled.path("ontology"))


@cache
def some_worlds() -> tuple[World, ...]:
    article = bundled.path("ontology", "regulation", "chongqing-2021", "art-19", "cases.yaml")
    rules, registry = pipeline.ontology(), bundled_registry()
    counting = cases.Scene(cases.read(article)[0], rules, registry).world()
    return *case_worlds(400), counting


def terms(*names: str) -> Withheld:
    """All facts of these terms."""
    return Withheld(entailing(names, pipeline.ontology().book.rules))


def redactor(of: Withheld) -> Redactor:
    return Redactor(pipeline.ontology().book.rules, of)


def of_entries(world: World) -> Withheld:
    """All that is said of findings, whichever there are: what it could be stands in the vocabulary."""
    entries = {row[0] for row in world.model.rows(PRIVATE)}
    every = pipeline.ontology().vocabulary.predicates.values()
    named = frozenset(p.name for p in every if not p.derived) - {"parameterKind", "ruleValue"}
    return Withheld(named, lambda atom: not entries.isdisjoint(atom[1]))


def proofs_of(worlds: Sequence[World], of: Withheld, kind_hidden: str) -> Iterator[Redacted]:
    """Redacted proofs of which such a thing is withheld, and no two with the same kinds of steps."""
    kinds, redacting = set[str](), redactor(of)
    for world in worlds:
        for conclusion in world.conclusions():
            try:
                redacted, openings = redacting.redact(world.certify(conclusion.id))
            except RedactionError:
                continue
            told = Counter(node["kind"] for node in redacted["nodes"].values())
            hidden = sorted({o["node"]["kind"] for o in openings["openings"]})
            kind = f"{conclusion.status} {sorted(told)} {hidden}"
            if told["withheld"] and kind_hidden in hidden and kind not in kinds:
                kinds.add(kind)
                yield json.dumps(redacted), json.dumps(openings)


@cache
def some_proofs() -> tuple[Redacted, ...]:
    worlds = some_worlds()
    return (
        *islice(proofs_of(worlds, terms(*BY), "fact"), 4),
        *islice((p for p in proofs_of(worlds, terms(*COMPLETE), "fact") if f'"{COMPLETE[0]}"' in p[1]), 2),
        *islice(proofs_of(worlds[-1:], terms(*COUNTED), "count"), 1),
    )


@pytest.fixture(scope="module")
def proofs() -> list[Redacted]:
    return list(some_proofs())


def verdict(proof: Any, law: checker.Law, openings: Any = None) -> checker.Verdict:
    known = document.checked_openings(openings) if openings is not None else None
    return checker.check(document.checked(proof), law, None, known)


def faults_of(proof: Any, law: checker.Law, openings: Any = None) -> list[str]:
    try:
        return [str(fault) for fault in verdict(proof, law, openings).faults]
    except checker.UnreadableError as error:
        return [str(error)]


def test_redacted_proofs_are_accepted_but_for_what_is_withheld(
    proofs: list[Redacted], law: checker.Law
) -> None:
    opened_kinds = Counter[str]()
    for text, openings in proofs:
        found = verdict(json.loads(text), law)
        assert not found.faults, [str(fault) for fault in found.faults]
        assert len(found.trusted) == text.count('"withheld", "commitment"')
        assert found.trusted
        opened = verdict(json.loads(text), law, json.loads(openings))
        assert not opened.faults, [str(fault) for fault in opened.faults]
        assert opened.record
        # opened, only absences and counts that other withheld facts could change are left
        assert all(t.condition.startswith(("not ", "#count")) for t in opened.trusted), opened.trusted
        opened_kinds.update(opening["node"]["kind"] for opening in json.loads(openings)["openings"])
    assert opened_kinds["absent"]
    assert opened_kinds["count"]
    assert opened_kinds["step"]
    assert any('"predicate": "completenessDeclaration"' in openings for _, openings in proofs)


def test_an_opening_may_stop_anywhere(proofs: list[Redacted], law: checker.Law) -> None:
    dice = random.Random(5)
    for text, openings in proofs:
        some = json.loads(openings)
        below = [o for o in some["openings"] if "premises" in o["node"]]
        some["openings"] = [o for o in some["openings"] if o not in below or dice.random() < 0.7]
        trusted = verdict(json.loads(text), law).trusted
        reached = reachable(json.loads(text), some)
        some["openings"] = reached
        found = verdict(json.loads(text), law, some)
        assert not found.faults, [str(fault) for fault in found.faults]
        assert len(found.trusted) <= len(trusted) + len(reached)


def reachable(proof: Document, openings: Document) -> list[Document]:
    """The openings of commitments that the proof, or what is opened of it, shows."""
    by_hash = {withheld.commitment(o["salt"], o["node"]): o for o in openings["openings"]}
    waiting = [n["commitment"] for n in proof["nodes"].values() if n["kind"] == "withheld"]
    waiting.append(proof["withheld"]["record"])
    found: dict[str, Document] = {}
    while waiting:
        if (name := waiting.pop()) in by_hash and name not in found:
            found[name] = node = by_hash[name]
            for way in (node["node"], *node["node"].get("also", ())):
                waiting += way.get("premises", ())
    return list(found.values())


def masked(proof: Document) -> Document:
    proof["withheld"]["record"] = ""
    for node in proof["nodes"].values():
        node.pop("commitment", None)
    return proof


def remade(world: World, atoms: list[tuple[Ground, Any]]) -> World:
    rules = pipeline.ontology()
    day = calendar.to_int(world.as_of)
    return World(facts.gather(None, rules.book, rules.vocabulary, day, more=atoms), rules, world.as_of)


def test_two_proofs_that_differ_in_what_is_withheld_differ_in_commitments_alone() -> None:
    """Findings bear other names, and beside each stands another that says the same."""
    compared = Counter[str]()
    for world in case_worlds(90):
        entries = sorted(str(row[0]) for row in world.model.rows(PRIVATE))
        if not entries or compared["worlds"] == 3:
            continue
        conclusion = world.conclusions()[0]
        given = [
            ((e["predicate"], tuple(e["arguments"])), (e["sources"] or [{}])[0])
            for e in world.certify(conclusion.id)["facts"]["recorded"]
        ]
        others = [
            ((name, tuple(f"{value}{tail}" if value in entries else value for value in row)), {"file": tail})
            for tail in ("·丙", "·甲")
            for (name, row), _ in given
            if not set(entries).isdisjoint(row)
        ]
        secret, public = remade(world, given), [g for g in given if set(entries).isdisjoint(g[0][1])]
        other = remade(world, [*others, *public])
        known = {c.id for c in other.conclusions()}
        first, second = redactor(of_entries(secret)), redactor(of_entries(other))
        for found in secret.conclusions():
            if found.id in known and not any(name in str(found.atom) for name in entries):
                one, _ = first.redact(secret.certify(found.id))
                two, _ = second.redact(other.certify(found.id))
                assert masked(one) == masked(two), found
                text = json.dumps(one, ensure_ascii=False)
                assert not any(f'"{name}"' in text for name in entries), found
                compared["withheld"] += sum(n["kind"] == "withheld" for n in one["nodes"].values())
                compared["proofs"] += 1
        compared["worlds"] += 1
    assert compared["worlds"] >= 3, compared
    assert compared["proofs"] > 20, compared
    assert compared["withheld"] > 20, compared


def test_what_the_conclusion_itself_says_cannot_be_withheld() -> None:
    world = some_worlds()[0]
    rules = pipeline.ontology().book.rules
    conclusion = world.conclusions()[0]
    name = conclusion.subject
    every = frozenset(predicate for predicate, _ in world.facts.atoms) - {
        "parameterKind",
        "ruleValue",
        "asOf",
    }
    with pytest.raises(RedactionError, match="结论本身写明"):
        redactor(Withheld(every, lambda atom: name in atom[1])).redact(world.certify(conclusion.id))
    with pytest.raises(RedactionError, match="不能隐去"):
        Withheld(entailing(["parameterKind"], rules))
    assert "recordedEvent" not in entailing(["act"], rules)
    assert "complaint" in entailing(["act"], rules)


# -- tampering ----------------------------------------------------------------------------------------


def _hidden(proof: Document) -> list[str]:
    return [number for number, node in proof["nodes"].items() if node["kind"] == "withheld"]


def _used(proof: Document, number: str) -> tuple[Document, int]:
    """The use of a rule that a node is a premise of, and its place there."""
    for node in proof["nodes"].values():
        for way in (node, *node.get("also", ())):
            if int(number) in way.get("premises", ()):
                return way, way["premises"].index(int(number))
    raise AssertionError(number)


def commitments_swapped(proof: Document, openings: Document, dice: random.Random) -> bool:
    hidden = _hidden(proof)
    contents = {withheld.commitment(o["salt"], o["node"]): o["node"] for o in openings["openings"]}
    pairs = [
        (one, two)
        for one in hidden
        for two in hidden
        if contents[proof["nodes"][one]["commitment"]] != contents[proof["nodes"][two]["commitment"]]
    ]
    if not pairs:
        return False
    one, two = (proof["nodes"][number] for number in dice.choice(pairs))
    one["commitment"], two["commitment"] = two["commitment"], one["commitment"]
    return True


def salt_changed(proof: Document, openings: Document, dice: random.Random) -> bool:
    dice.choice(openings["openings"])["salt"] = "0" * 64
    return True


def content_changed(proof: Document, openings: Document, dice: random.Random) -> bool:
    node = dice.choice([o["node"] for o in openings["openings"] if "statement" in o["node"]])
    if "arguments" in node["statement"]:
        node["statement"]["arguments"] = [*node["statement"]["arguments"][1:], "另一个"]
    else:
        node["statement"]["另"] = "外"
    return True


def source_changed(proof: Document, openings: Document, dice: random.Random) -> bool:
    recorded = [o["node"] for o in openings["openings"] if o["node"]["kind"] == "fact"]
    if recorded:
        dice.choice(recorded)["sources"] = [{"file": "另一册.xlsx"}]
    return bool(recorded)


def absence_turned(proof: Document, openings: Document, dice: random.Random) -> bool:
    """What is committed to as absent is opened as a fact, and the commitment fits again."""
    return _recommitted(
        proof,
        openings,
        dice,
        "absent",
        lambda node: {"kind": "fact", "statement": node["statement"], "sources": []},
    )


def fact_turned(proof: Document, openings: Document, dice: random.Random) -> bool:
    return _recommitted(
        proof, openings, dice, "fact", lambda node: {"kind": "absent", "statement": node["statement"]}
    )


def other_fact(proof: Document, openings: Document, dice: random.Random) -> bool:
    """The commitment is to a fact that the step does not ask for."""

    def changed(node: Document) -> Document:
        return {**node, "statement": {**node["statement"], "predicate": "alias"}}

    return _recommitted(proof, openings, dice, "fact", changed)


def _recommitted(
    proof: Document,
    openings: Document,
    dice: random.Random,
    kind: str,
    change: Callable[[Document], Document],
) -> bool:
    places = {node.get("commitment"): node for node in proof["nodes"].values()}
    for opening in openings["openings"]:
        node = places.get(withheld.commitment(opening["salt"], opening["node"]))
        if node is not None and opening["node"]["kind"] == kind:
            opening["node"] = change(opening["node"])
            node["commitment"] = withheld.commitment(opening["salt"], opening["node"])
            return True
    return False


def premise_reused(proof: Document, openings: Document, dice: random.Random) -> bool:
    """One withheld premise stands for two."""
    hidden = _hidden(proof)
    if len(hidden) < 2:
        return False
    one, two = dice.sample(hidden, 2)
    way, place = _used(proof, one)
    way["premises"][place] = int(two)
    del proof["nodes"][one]
    return True


def commitment_repeated(proof: Document, openings: Document, dice: random.Random) -> bool:
    hidden = _hidden(proof)
    if len(hidden) < 2:
        return False
    one, two = dice.sample(hidden, 2)
    proof["nodes"][one]["commitment"] = proof["nodes"][two]["commitment"]
    return True


def shown_withheld(proof: Document, openings: Document, dice: random.Random) -> bool:
    """A condition that could be checked is withheld, so that nobody does."""
    nodes = [
        number
        for number, node in proof["nodes"].items()
        if node["kind"] in ("ontology", "parameter", "as_of", "comparison", "absent")
    ]
    if not nodes:
        return False
    proof["nodes"][dice.choice(nodes)] = {"kind": "withheld", "commitment": "ab" * 32}
    return True


def declared_less(proof: Document, openings: Document, dice: random.Random) -> bool:
    proof["withheld"]["predicates"] = ["alias"]
    return True


def calendar_withheld(proof: Document, openings: Document, dice: random.Random) -> bool:
    proof["withheld"]["predicates"].append("parameterKind")
    return True


def value_dropped(proof: Document, openings: Document, dice: random.Random) -> bool:
    """A value that the step shows elsewhere is no longer said."""
    ways = [node for node in proof["nodes"].values() if node.get("binding")]
    way = dice.choice(ways)
    del way["binding"][dice.choice(list(way["binding"]))]
    return True


def value_added(proof: Document, openings: Document, dice: random.Random) -> bool:
    way = dice.choice([node for node in proof["nodes"].values() if "binding" in node])
    way["binding"]["Nobody"] = "x"
    return True


def fact_dropped(proof: Document, openings: Document, dice: random.Random) -> bool:
    used = [node["statement"] for node in proof["nodes"].values() if node["kind"] == "fact"]
    if not used:
        return False
    gone = dice.choice(used)
    recorded = proof["facts"]["recorded"]
    recorded[:] = [e for e in recorded if {k: e[k] for k in ("predicate", "arguments")} != gone]
    return sealed(proof)


def root_withheld(proof: Document, openings: Document, dice: random.Random) -> bool:
    proof["nodes"][str(proof["root"])] = {"kind": "withheld", "commitment": "cd" * 32}
    return True


def step_dropped(proof: Document, openings: Document, dice: random.Random) -> bool:
    del proof["nodes"][dice.choice(list(proof["nodes"]))]
    return True


def called_whole(proof: Document, openings: Document, dice: random.Random) -> bool:
    """A redacted proof passed off as a full one."""
    del proof["withheld"]
    proof["format"] = "zelian-proof/1"
    proof["data_version"] = {}
    return sealed(proof)


TAMPERINGS: tuple[Callable[[Document, Document, random.Random], bool], ...] = (
    *(commitments_swapped, salt_changed, content_changed, source_changed, absence_turned, fact_turned),
    *(other_fact, premise_reused, commitment_repeated, shown_withheld, declared_less, calendar_withheld),
    *(value_dropped, value_added, fact_dropped, root_withheld, step_dropped, called_whole),
)


def test_no_tampered_redacted_proof_is_accepted(proofs: list[Redacted], law: checker.Law) -> None:
    tried = Counter[str]()
    for seed, (text, sealed_text) in enumerate(proofs):
        for tamper in TAMPERINGS:
            proof, openings = json.loads(text), json.loads(sealed_text)
            if tamper(proof, openings, random.Random(seed)):
                assert faults_of(proof, law, openings), (tamper.__name__, seed)
                tried[tamper.__name__] += 1
    assert set(tried) == {tamper.__name__ for tamper in TAMPERINGS}, tried


def unreadable(text: str, openings: str) -> list[tuple[str, str | None]]:
    """Redacted proofs and openings that are none."""
    proof, opening = json.loads(text), json.loads(openings)
    number = _hidden(proof)[0]
    short = {**proof["nodes"], number: {"kind": "withheld", "commitment": "ab"}}
    return [
        (json.dumps({**proof, "nodes": short}), None),
        (json.dumps({**proof, "format": "zelian-proof/1"}), None),
        (json.dumps({**proof, "withheld": {"predicates": [1], "record": "ab" * 32}}), None),
        (text, json.dumps({**opening, "format": "other"})),
        (text, json.dumps({**opening, "openings": [{"salt": "zz", "node": {"kind": "fact"}}]})),
        (text, json.dumps({**opening, "openings": [{"salt": "ab" * 32, "node": {"kind": "hearsay"}}]})),
    ]


def test_what_is_no_redacted_proof_is_refused(proofs: list[Redacted], law: checker.Law) -> None:
    for text, openings in unreadable(*proofs[0]):
        with pytest.raises(checker.UnreadableError):
            verdict(json.loads(text), law, None if openings is None else json.loads(openings))


def test_an_opening_of_a_full_proof_opens_nothing(proofs: list[Redacted], law: checker.Law) -> None:
    world = some_worlds()[0]
    proof = json.loads(json.dumps(world.certify(world.conclusions()[0].id)))
    assert "打开的内容" in faults_of(proof, law, json.loads(proofs[0][1]))[0]


def test_a_redacted_proof_is_written_checked_and_opened_on_the_command_line(
    bundled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(bundled_home))
    world = pipeline.open_world(bundled_home, calendar.to_date(20261101))
    conclusion = next(c for c in world.conclusions() if c.status == "insufficient")
    call = ["explain", conclusion.id, "--as-of", "2026-11-01"]
    facts_used = [
        n["statement"] for n in world.certify(conclusion.id)["nodes"].values() if n["kind"] == "fact"
    ]
    hidden = next(f["predicate"] for f in facts_used if len(f["arguments"]) == 2)
    key, file = tmp_path / "openings.json", tmp_path / "redacted.json"
    assert main([*call, "--checkable", "--hide", hidden, "--openings", str(key)]) == 0
    file.write_text(text := capsys.readouterr().out, "utf-8")
    assert f'"{hidden}"' in text
    assert f'"predicate": "{hidden}"' not in text
    assert f'"predicate": "{hidden}"' in key.read_text("utf-8")
    assert main(["verify-proof", str(file)]) == 3
    assert "采信未核" in capsys.readouterr().out
    full = json.loads(json.dumps(world.certify(conclusion.id)))["facts"]["sha256"]
    opening = ["--openings", str(key), "--facts", full, "--lang", "en"]
    assert main(["verify-proof", str(file), *opening]) == 3
    said = capsys.readouterr().out
    assert said.startswith("accepted but for ")
    assert "on trust, at step" in said
    assert f"hash of all facts, opened: {full}" in said
    assert main(["verify-proof", str(file), "--openings", str(file)]) == 2
    for wrong in (["--hide", hidden], ["--checkable", "--openings", str(key)]):
        assert main([*call, *wrong]) == 2, wrong
    assert main([*call, "--checkable", "--hide", "nothingSuch"]) == 2
    assert main([*call, "--checkable", "--hide", "parameterKind"]) == 2
