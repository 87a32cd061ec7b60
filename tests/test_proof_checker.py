"""The independent checker accepts every genuine proof and no other.

Here an evenly drawn part of the cases; all of them (71 000 proofs, ten minutes on one core):
``ZELIAN_EVERY_PROOF=1 pytest -p no:xdist tests/test_proof_checker.py -k genuine``.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import test_checker_rules
import test_verify_proof
from presences import Presences
from tampering import TAMPERINGS, sealed
from worlds import random_world, shaken_world

from reasoner import bundled, checker, pipeline
from reasoner.casebook import cases
from reasoner.checker import derive, document
from reasoner.engine import calendar
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import bundled_registry

FOLDER = Path(checker.__file__).parent
EVERY = 1 if os.environ.get("ZELIAN_EVERY_PROOF") else 60
"""One case of so many, whatever other cases there are."""
RARE = {"延期后的日期也已过的，仍为逾期", "是否重要没有认定，信息不足"}
"""Cases besides: of those whose proofs count months and rest on the ontology's own facts."""


@pytest.fixture(scope="module")
def law() -> checker.Law:
    return checker.Law(bundled.path("ontology"))


@pytest.fixture(scope="module")
def rules() -> Ontology:
    return pipeline.ontology()


def case_worlds(every: int) -> Iterator[World]:
    rules, registry = pipeline.ontology(), bundled_registry()
    files = cases.files([bundled.path("ontology", "regulation")])
    found = [case for file in files for case in cases.read(file)]
    chosen = [case for case in found if crc32(case.name.encode()) % every == 0 or case.name in RARE]
    return (cases.Scene(case, rules, registry).world() for case in chosen)


def some_worlds(rules: Ontology) -> Iterator[World]:
    """Stranger worlds than any case."""
    given = [
        [
            (entry["predicate"], tuple(entry["arguments"]))
            for entry in world.certify(world.conclusions()[0].id)["facts"]["recorded"]
        ]
        for world in case_worlds(40)
        if world.conclusions()
    ]
    for seed in range(3):
        made = random_world(seed, rules) if seed % 2 else shaken_world(seed, rules, given)
        day = next(row[0] for predicate, row in made.atoms if predicate == "asOf")
        yield World(made, rules, calendar.to_date(int(day)))


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return list(case_worlds(EVERY))


@pytest.fixture(scope="module")
def proofs(worlds: list[World]) -> list[tuple[World, str]]:
    """Proofs to tamper with: as different as their statuses, with all kinds of steps. As they are written."""
    kinds: dict[tuple[str, ...], tuple[World, str]] = {}
    for world in worlds:
        for conclusion in world.conclusions():
            proof = world.certify(conclusion.id)
            told = {node["kind"] for node in proof["nodes"].values()} | {conclusion.status}
            kinds.setdefault(tuple(sorted(told)), (world, json.dumps(proof)))
    return list(kinds.values())


def as_written(proof: dict[str, Any]) -> dict[str, Any]:
    return document.checked(json.loads(json.dumps(proof)))


def faults_of(proof: Any, law: checker.Law, facts: str | None = None) -> list[str]:
    """What the checker finds wrong, be it the form of the file or a step."""
    try:
        return [str(fault) for fault in checker.check(document.checked(proof), law, facts).faults]
    except checker.UnreadableError as error:
        return [str(error)]


def test_the_checker_shares_no_code_with_what_it_checks() -> None:
    allowed = {"networkx", "pyoxigraph", "yaml"} | set(sys.stdlib_module_names)
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert not node.level, file
                names = [str(node.module)]
            for name in names:
                own = name.startswith("reasoner.checker")
                assert own or name.split(".")[0] in allowed, f"{file.name}: {name}"


def test_every_genuine_proof_of_the_cases_is_accepted(worlds: list[World], law: checker.Law) -> None:
    number, checked = 0, Counter[str]()
    for world in worlds:
        for conclusion in world.conclusions():
            verdict = checker.check(as_written(world.certify(conclusion.id)), law)
            assert not verdict.faults, (conclusion, [str(fault) for fault in verdict.faults])
            assert verdict.statement == conclusion.atom
            checked.update(verdict.checked)
            number += 1
    assert number > 1000
    assert all(
        checked[kind] for kind in ("absent", "comparison", "count", "calendar", "ontology", "parameter")
    )


def test_every_genuine_proof_of_random_worlds_is_accepted(rules: Ontology, law: checker.Law) -> None:
    """And the checker's own evaluator, on which absence rests, finds what the others find."""
    number = 0
    for world in some_worlds(rules):
        conclusions = world.conclusions()
        for conclusion in conclusions[:: max(1, len(conclusions) // 40)]:
            assert not (found := faults_of(as_written(world.certify(conclusion.id)), law)), found
            number += 1
        made = derive.Derivations(derive.Program(law.rules.values()), world.facts.atoms, world.facts.counting)
        for name, arity in {(rule.head.predicate, len(rule.head.args)) for rule in rules.book.rules}:
            assert set(made.rows(name, (None,) * arity)) == set(world.model.rows(name)), name
    assert number > 90


def test_no_tampered_proof_is_accepted(proofs: list[tuple[World, str]], law: checker.Law) -> None:
    tried = Counter[str]()
    for seed, (_, text) in enumerate(proofs * (1 + 90 // len(proofs))):
        for tamper in TAMPERINGS:
            proof = json.loads(text)
            if tamper(proof, random.Random(seed)) and proof != json.loads(text):
                assert faults_of(proof, law), (tamper.__name__, seed)
                tried[tamper.__name__] += 1
    assert sum(tried.values()) >= 2000, tried
    assert set(tried) == {tamper.__name__ for tamper in TAMPERINGS}


def test_no_absence_is_accepted_of_what_follows(
    proofs: list[tuple[World, str]], law: checker.Law, rules: Ontology
) -> None:
    presences, tried = Presences(rules.book.rules, set(law.recordable)), 0
    for world, text in proofs:
        for proof in presences.added(json.loads(text), list(world.facts.atoms)):
            found = faults_of(proof, law)
            assert any("应无此事实" in fault for fault in found), (proof["conclusion"], found)
            tried += 1
    assert tried > 50, tried


def test_no_change_of_a_single_value_is_accepted(proofs: list[tuple[World, str]], law: checker.Law) -> None:
    """Every name, number and text of a file, each by itself: nothing in it goes unchecked."""
    smallest = sorted((text for _, text in proofs), key=len)[:7]
    tried = 0
    for text in smallest:
        for path in list(values_of(json.loads(text))):
            proof = json.loads(text)
            inner = proof
            for key in path[:-1]:
                inner = inner[key]
            value = inner[path[-1]]
            inner[path[-1]] = value + 1000 if isinstance(value, int) else f"{value}甲"
            assert faults_of(proof, law), path
            tried += 1
    assert tried > 1000


def values_of(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in inner:
        if isinstance(value, dict | list):
            yield from values_of(value, (*path, key))
        else:
            yield *path, key


def test_each_fault_is_named(proofs: list[tuple[World, str]]) -> None:
    law = checker.Law(bundled.path("ontology"))  # of its own: its text is spoilt at the end

    def one(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A proof with a node of a kind, and that node."""
        proof = next(json.loads(text) for _, text in proofs if f'"kind": "{kind}"' in text)
        return proof, next(node for node in proof["nodes"].values() if node["kind"] == kind)

    def recorded(proof: dict[str, Any], predicate: str, *arguments: Any) -> None:
        entry = {"predicate": predicate, "arguments": list(arguments), "sources": []}
        proof["facts"]["recorded"].append(entry)
        sealed(proof)

    def says(proof: dict[str, Any], fault: str) -> None:
        found = faults_of(proof, law)
        assert any(fault in said for said in found), found

    proof, _ = one("step")
    says({**proof, "root": 999}, "没有以结论开头")
    changed = copy.deepcopy({**proof, "as_of": "昨天"})
    sealed(changed)
    says(changed, "基准日不是日期")
    recorded(proof, "issue", "x", "y")
    says(proof, "不能作为记录的事实：issue(x,y)")
    proof, node = one("conclusion")
    node["statement"]["predicate"] = "issue"
    says(proof, "不是结论")
    proof, node = one("comparison")
    node["statement"]["op"] = "~"
    says(proof, "没有这种比较")
    proof, node = one("calendar")
    node["statement"]["arguments"][2] += 1
    says(proof, f"期限应届于 {node['statement']['arguments'][2] - 1}")
    node["statement"]["arguments"][0] = "x"
    says(proof, "期限应届于 None")
    recorded(proof, "parameterKind", "p", "monthCounting")
    recorded(proof, "ruleValue", "p", "startDayCounts")
    says(proof, "月数的计算规则应为 startDayCounts")
    proof, node = one("ontology")
    node["statement"]["arguments"][0] = "x"
    says(proof, "本体中没有")
    proof, node = one("count")
    node["members"].append(["x"])
    says(proof, "应为：#count")
    node["statement"]["text"] = "#count"
    says(proof, "应为：#count")
    assert "事实的散列值应为 0" in faults_of(proof, law, "0")[0]
    proof = next(json.loads(text) for _, text in proofs if json.loads(text)["beside"])
    says({**proof, "beside": proof["beside"] * 2}, "结论旁注重复")
    law.places.clear()
    says(proof, "中没有这段文字")


def test_a_change_of_the_facts_themselves_shows_in_their_hash(
    proofs: list[tuple[World, str]], law: checker.Law
) -> None:
    """A forger who changes a fact wherever it stands has a proof about other facts: the hash tells."""
    _, text = next((w, t) for w, t in proofs if json.loads(t)["facts"]["recorded"])
    genuine = json.loads(text)
    name = genuine["facts"]["recorded"][0]["arguments"][0]
    known = genuine["facts"]["sha256"]
    assert not faults_of(genuine, law, known)
    forged = copy.deepcopy(genuine)
    forged["facts"]["recorded"].append({"predicate": "issue", "arguments": [f"{name}二"], "sources": []})
    sealed(forged)
    assert not faults_of(forged, law)
    assert any(known in fault for fault in faults_of(forged, law, known))


JUNK: tuple[Any, ...] = (None, True, 1.5, -1, 10**30, "", "甲", [], {}, [[]], {"a": []}, "\ud800", "9" * 40)


def test_junk_anywhere_in_a_file_is_refused_without_a_mishap(
    proofs: list[tuple[World, str]], law: checker.Law
) -> None:
    dice = random.Random(7)
    for _ in range(1500):
        proof = json.loads(dice.choice(proofs)[1])
        inner, junk = proof, dice.choice(JUNK)
        while True:
            key = dice.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
            if not isinstance(inner[key], dict | list) or not inner[key] or dice.random() < 0.2:
                break
            inner = inner[key]
        if inner[key] != junk:
            inner[key] = junk
            assert faults_of(proof, law), junk
            with contextlib.suppress(KeyError, TypeError):
                sealed(proof)
                faults_of(proof, law)  # of facts that nothing rests on, another source may stand


def test_every_line_of_the_checker_is_run(
    proofs: list[tuple[World, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The checker is loaded anew under coverage.py, and part of the tests above run on it once more."""
    import coverage
    import test_redacted_proofs

    redacted = [*test_redacted_proofs.some_proofs()]
    measured = coverage.Coverage(data_file=None, include=[f"{FOLDER}/*"], config_file=False)
    for name in [name for name in sys.modules if name.startswith("reasoner.checker")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("reasoner.checker")
    measured.start()
    try:
        for name in ("checker", "checker.derive", "checker.document", "checker.withheld"):
            module = importlib.import_module(f"reasoner.{name}")
            for tests in (sys.modules[__name__], test_checker_rules, test_redacted_proofs):
                monkeypatch.setattr(tests, name.rsplit(".", 1)[-1], module, raising=False)
        counting = [each for each in proofs if '"members": [[' in each[1]]
        few = [*proofs[:: len(proofs) // 6], *counting[:1] * 4]  # a count is spoiled in one of two ways
        law = checker.Law(bundled.path("ontology"))
        for _, text in proofs:
            assert not faults_of(json.loads(text), law)
        for seed, (_, text) in enumerate(few):
            for tamper in TAMPERINGS:
                tamper(proof := json.loads(text), random.Random(seed))
                faults_of(proof, law)
        test_verify_proof.test_what_is_no_proof_is_named_in_one_line(tmp_path, capsys)
        test_checker_rules.test_what_follows_is_found_by_asking(tmp_path / "small")
        test_checker_rules.test_rules_without_a_meaning_are_refused(tmp_path / "refused")
        test_each_fault_is_named(proofs)
        test_redacted_proofs.test_redacted_proofs_are_accepted_but_for_what_is_withheld(redacted, law)
        test_redacted_proofs.test_an_opening_may_stop_anywhere(redacted, law)
        test_redacted_proofs.test_no_tampered_redacted_proof_is_accepted(redacted, law)
        test_redacted_proofs.test_what_is_no_redacted_proof_is_refused(redacted, law)
        (file := tmp_path / "openings.json").write_text(redacted[0][1], "utf-8")
        assert checker.read_openings(file)
        test_checker_rules.test_files_and_work_without_end_are_refused(monkeypatch, tmp_path)
    finally:
        measured.stop()
    missing = {str(file.name): measured.analysis2(str(file))[3] for file in sorted(FOLDER.glob("*.py"))}
    assert not any(missing.values()), json.dumps(missing)
