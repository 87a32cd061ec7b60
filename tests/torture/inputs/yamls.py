# ruff: noqa: E501 -- an input is a line, however long
"""Case files and the YAML of a rule book, changed as trees and as bytes; loaded, run, or refused with a place."""

from __future__ import annotations

import copy
import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import yaml

from reasoner import bundled, pipeline
from reasoner.asking import whatif
from reasoner.casebook import cases
from reasoner.records.registry import bundled_registry
from reasoner.rulebook import norms, rulecheck, vocabulary
from reasoner.rulebook.law import NotInLawError
from reasoner.rulebook.rules import RuleError
from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome, refused
from tests.torture.inputs.shared import home_of

Tree = Any
_ODD = (
    None, True, False, 0, -1, 10**30, 1.5, float("inf"), float("nan"), [], {}, [[]], [None], {"a": {"b": {"c": []}}},
    datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2), b"\x00\xff", "", "a", [1, 2, 3], {1: 2},
    {None: 1}, {"id": {"id": {}}}, "Issue", "municipalCommittee", "不存在的单位", "a36.p3.s2", "overdue",
)  # fmt: skip


def _case(body: str) -> str:
    return "- name: x\n  as_of: 2026-01-01\n" + body


_BOMB = "&a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"
_LAUGHS = "\n".join(
    [f"a0: {_BOMB}", *(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12))]
)
_GIVEN = "  given: [{a: Issue, id: w1}]\n  refuse: [{norm: a36.p3.s2, status: overdue}]\n"

CASES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda _: "",
    "a word": lambda _: "x",
    "a python object": lambda _: _case("  given: !!python/object/apply:os.system ['touch zelian-outside']\n  refuse: [{}]\n"),
    "a python name": lambda _: "- !!python/name:os.system",
    "a python module": lambda _: "!!python/module:antigravity",
    "a python tuple": lambda _: _case("  given: !!python/tuple [1]\n"),
    "an unknown tag": lambda _: _case("  given: !zelian [1]\n"),
    "binary": lambda _: _case("  given: !!binary aGVsbG8=\n"),
    "a set": lambda _: _case("  given: !!set {a, b}\n"),
    "pairs": lambda _: _case("  given: !!omap [a: 1]\n"),
    "a billion laughs": lambda _: _LAUGHS,
    "laughs as a name": lambda _: "- defs: [&a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"
    + "".join(f", &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)) + "]\n  name: *a11\n  as_of: 2026-01-01\n",
    "laughs in what is given": lambda _: "- name: x\n  as_of: 2026-01-01\n  note: [&a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"
    + "".join(f", &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)) + "]\n  given: [{a: Issue, id: w, summary: *a11}]\n"
    "  refuse: [{norm: a36.p3.s2, status: overdue}]\n",
    "laughs expected": lambda _: "- note: [&a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"
    + "".join(f", &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)) + "]\n  name: x\n  as_of: 2026-01-01\n  expect: [{norm: *a11}]\n",
    "a circle": lambda _: "&x [*x]",
    "a circle in a case": lambda _: _case("  given: &g [{a: Issue, id: w, about: *g}]\n  refuse: [{norm: a36.p3.s2, status: overdue}]\n"),
    "a circle of a mapping": lambda _: "- &c {name: x, as_of: 2026-01-01, given: [*c], refuse: [*c]}",
    "merged keys": lambda _: _case("  <<: {given: []}\n  refuse: [{norm: a1}]\n"),
    "brackets": lambda _: "[" * 1_000_000,
    "brackets that close": lambda _: "[" * 100_000 + "]" * 100_000,
    "braces": lambda _: "{a: " * 100_000,
    "dashes": lambda _: "- " * 100_000 + "x",
    "question marks": lambda _: "? " * 100_000,
    "indents": lambda _: "\n".join(" " * i + "a:" for i in range(3000)),
    "ten megabytes": lambda _: _case(f"  note: {'污' * 3_000_000}\n{_GIVEN}"),
    "a name of a megabyte": lambda _: _case(f"  given: [{{a: Issue, id: w, about: {'污' * 300_000}}}]\n  refuse: [{{norm: a36.p3.s2}}]\n"),
    "thousands of cases": lambda _: "\n".join(f"- {{name: c{i}, as_of: 2026-01-01}}" for i in range(8_000)),
    "thousands of things": lambda _: _case("  given:\n" + "".join(f"    - {{a: Issue, id: w{i}}}\n" for i in range(8_000)) + "  refuse: [{norm: a36.p3.s2, status: overdue}]\n"),
    "a key twice": lambda _: _case("  as_of: 2025-01-01\n" + _GIVEN),
    "a day that is none": lambda _: _case("  given: [{a: Issue, id: w, foundOn: 2024-02-30}]\n"),
    "a day with an hour": lambda _: "- {name: x, as_of: 2024-01-01T10:00:00Z, refuse: [{norm: a36.p3.s2}]}",
    "a day beyond all": lambda _: "- {name: x, as_of: 9999-12-31, given: [{a: Issue, id: w}], refuse: [{norm: a36.p3.s2, status: overdue}]}",
    "the first day": lambda _: "- {name: x, as_of: 0001-01-01, given: [{a: Issue, id: w}], refuse: [{norm: a36.p3.s2, status: overdue}]}",
    "base sixty": lambda _: _case("  trap: 1:30:00\n" + _GIVEN),
    "a number of digits": lambda _: _case(f"  trap: {'9' * 5000}\n{_GIVEN}"),
    "tabs": lambda _: "-\tname: x\n\tas_of: 1",
    "utf-16": lambda _: _case(_GIVEN).encode("utf-16"),
    "latin-1": lambda _: b"- name: \xe9\n",
    "a nul": lambda _: b"- name: \0\n",
    "a surrogate": lambda _: '- name: "\\ud800"\n  as_of: 2026-01-01\n  refuse: [{norm: a36.p3.s2, status: overdue}]\n',
    "control letters": lambda _: '- name: "\\x1b[31m\\a"\n  as_of: 2026-01-01\n' + _GIVEN,
    "several documents": lambda _: "--- 1\n--- 2\n",
    "a directive": lambda _: "%YAML 9.9\n---\n[]\n",
    "a class that is none": lambda _: _case("  given: [{a: os.system, id: w}]\n  refuse: [{norm: a36.p3.s2}]\n"),
    "an id of a rule": lambda _: _case("  given: [{a: Issue, id: 'x). overdue(y'}]\n  refuse: [{norm: a36.p3.s2, status: overdue}]\n"),
    "an id of SQL": lambda _: _case("  given: [{a: Issue, id: \"'); DROP TABLE issue; --\"}]\n  refuse: [{norm: a36.p3.s2, status: overdue}]\n"),
}  # fmt: skip


def changed(dice: Random, tree: Tree, canary: str) -> Tree:
    """The tree with a few of its places changed: values, keys, items lost, repeated, exchanged."""
    tree = copy.deepcopy(tree)
    for _ in range(dice.choice((1, 1, 2, 4))):
        places = list(_places(tree))
        if not places:
            return tree
        holder, key = dice.choice(places)
        match dice.randrange(6):
            case 0 | 1:
                holder[key] = copy.deepcopy(dice.choice(_ODD))
            case 2:
                holder[key] = strings.text(dice, canary)
            case 3:
                del holder[key]
            case 4:
                other, place = dice.choice(places)
                if (isinstance(other, dict) and place in other) or (
                    isinstance(other, list) and place < len(other)
                ):
                    holder[key] = copy.deepcopy(other[place])
            case 5 if isinstance(holder, dict):
                holder[strings.text(dice, canary) if dice.random() < 0.5 else dice.choice(_KEYS)] = holder[
                    key
                ]
            case _:
                holder[key] = [copy.deepcopy(holder[key])] * dice.choice((1, 2, 30))
    return tree


_KEYS = ("id", "a", "given", "expect", "refuse", "variants", "change", "drop", "add", "without", "about", "finding",
         "parameter", "complete", "absent", "norm", "status", "step", "why_not", "missing", "rule", 1, None, True)  # fmt: skip


def _places(tree: Tree) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield tree, key
            yield from _places(value)
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            yield tree, at
            yield from _places(value)


def dumped(tree: Tree) -> str:
    """The tree as YAML; a date as a date."""
    return yaml.dump(tree, allow_unicode=True, sort_keys=False, Dumper=_Dumper)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


class Cases:
    """Case files: read and run; what is in one is also offered to what-if."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = CASES

    def __init__(self, place: Path, canary: str) -> None:
        self.canary = canary
        self.rules = pipeline.ontology(None, home_of(place) / "cache")
        self.registry = bundled_registry(home_of(place) / "cache")
        files = cases.files([bundled.path("ontology", "regulation")])
        self.trees = [entry for file in files for entry in norms.read_yaml(file)]

    def nasty(self, name: str, folder: Path) -> Outcome:
        text = self.nasties[name](folder)
        return self.tried(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), folder)

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        tree = dice.choice(self.trees)
        if dice.random() < 0.3:
            return self.tried(strings.spoiled(dice, dumped([tree]).encode()), folder)
        return self.tried(dumped([changed(dice, tree, self.canary)]).encode("utf-8", "replace"), folder)

    def tried(self, data: bytes, folder: Path) -> Outcome:
        """Read and run a case file."""
        file = folder / "cases.yaml"
        file.write_bytes(data)
        outcome = Outcome("accepted")
        try:
            for case in cases.read(file):
                ended = cases.run(case, self.rules, self.registry)
                for zh, en in ended.failures:
                    if not zh or not en:
                        raise Broken("an expectation that failed without a word")
                outcome = Outcome("accepted", f"{len(ended.failures)} not met")
        except cases.CaseError as error:
            outcome = refused(error)
            if str(file) not in outcome.said and "cases.yaml" not in outcome.said and len(outcome.said) < 200:
                raise Broken(f"the refusal names no file: {outcome.said}") from None
        try:
            whatif.items(data.decode("utf-8", "replace"))
        except whatif.WhatIfError as error:
            refused(error)
        return outcome


class Rulebook:
    """Norms, definitions and parameters of an ontology folder that somebody amended."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = {
        name: CASES[name]
        for name in ("empty", "a word", "a python object", "a billion laughs", "a circle", "brackets", "dashes",
                     "utf-16", "a nul", "a set", "several documents", "thousands of cases")
    }  # fmt: skip

    def __init__(self, place: Path, canary: str) -> None:
        self.canary = canary
        self.home = Path(
            shutil.copytree(bundled.path("ontology"), _own(place) / "ontology", dirs_exist_ok=True)
        )
        self.terms = vocabulary.load(self.home)
        self.files = sorted(self.home.glob("regulation/*/art-*/norms.yaml"))
        regulation = self.files[0].parents[1]
        self.files += [self.home / "definitions.yaml", regulation / "procedures.yaml", regulation / "source.yaml",
                       regulation / "readings.yaml"] * 3  # fmt: skip
        self.files = [file for file in self.files if file.exists()]

    def nasty(self, name: str, folder: Path) -> Outcome:
        text = self.nasties[name](folder)
        return self.tried(self.files[0], text if isinstance(text, bytes) else text.encode())

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        file = dice.choice(self.files)
        if dice.random() < 0.3:
            return self.tried(file, strings.spoiled(dice, file.read_bytes()))
        tree = changed(dice, norms.read_yaml(file), self.canary)
        return self.tried(file, dumped(tree).encode("utf-8", "replace"))

    def tried(self, file: Path, data: bytes) -> Outcome:
        """Load the folder with this file changed."""
        before = file.read_bytes()
        file.write_bytes(data)
        try:
            book = norms.load(self.home, self.terms)
            problems = rulecheck.check_book(book, self.terms)
        except (norms.NormError, RuleError, NotInLawError) as error:
            return refused(error)
        finally:
            file.write_bytes(before)
        return Outcome("refused", problems[0][:200]) if problems else Outcome("accepted")


def _own(place: Path) -> Path:
    import os

    return Path(os.environ.get("ZELIAN_TORTURE_FOLDER", place))
