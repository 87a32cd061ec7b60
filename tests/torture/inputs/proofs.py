"""Proofs (``zelian-proof/1``): genuine ones changed as trees and as bytes; read as proofs, or refused.

That a changed proof which still reads as one is rejected is shown elsewhere (2,000 ways to tamper with one);
here the checker must end with an answer whatever it is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from reasoner import bundled, checker, pipeline
from reasoner.casebook import cases
from reasoner.records.registry import bundled_registry
from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome, refused
from tests.torture.inputs.shared import home_of
from tests.torture.inputs.yamls import changed

_PROOF = '{"format": "zelian-proof/1", "nodes": {}, "facts": {}, %s}'

NASTIES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda _: "",
    "null": lambda _: "null",
    "a number": lambda _: "1e999",
    "a list": lambda _: "[]",
    "deep": lambda _: "[" * 1_000_000,
    "deep that closes": lambda _: _PROOF % f'"x": {"[" * 900}{"]" * 900}',
    "deep objects": lambda _: '{"a":' * 200_000,
    "a number of digits": lambda _: _PROOF % f'"root": {"9" * 10_000}',
    "not a number": lambda _: _PROOF % '"root": NaN',
    "infinite": lambda _: _PROOF % '"root": -Infinity',
    "a key twice": lambda _: '{"format": "zelian-proof/1", "format": "zelian-proof/1"}',
    "a lone surrogate": lambda _: _PROOF % '"as_of": "\\ud800"',
    "a nul": lambda _: _PROOF % '"as_of": "\\u0000"',
    "latin-1": lambda _: '{"é": 1}'.encode("latin-1"),
    "utf-16": lambda _: (_PROOF % '"x": 1').encode("utf-16"),
    "ten megabytes": lambda _: _PROOF % f'"as_of": "{"x" * 10_000_000}"',
    "another format": lambda _: '{"format": "zelian-proof/2"}',
    "lines": lambda _: '{"format": "zelian-proof/1"}\n{"format": "zelian-proof/1"}',
}


class Proofs:
    """The independent checker."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = NASTIES

    def __init__(self, place: Path, canary: str) -> None:
        self.canary = canary
        rules = pipeline.ontology(None, home_of(place) / "cache")
        registry = bundled_registry(home_of(place) / "cache")
        self.law = checker.Law(bundled.path("ontology"))
        files = list(cases.files([bundled.path("ontology", "regulation")]))
        self.proofs: list[str] = []
        for file in files[::3]:
            world = cases.Scene(cases.read(file)[0], rules, registry).world()
            for conclusion in world.conclusions()[:3]:
                self.proofs.append(json.dumps(world.certify(conclusion.id), ensure_ascii=False))
        if not self.proofs:
            raise Broken("no proofs to change")

    def nasty(self, name: str, folder: Path) -> Outcome:
        text = self.nasties[name](folder)
        return self.tried(text if isinstance(text, bytes) else text.encode(), folder)

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        text = dice.choice(self.proofs)
        if dice.random() < 0.35:
            return self.tried(strings.spoiled(dice, text.encode()), folder)
        tree = json.loads(text)
        if dice.random() < 0.5:  # the steps, not the many facts
            tree["nodes"] = changed(dice, tree["nodes"], self.canary)
        else:
            tree = changed(dice, tree, self.canary)
        return self.tried(
            json.dumps(tree, default=str, ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace"), folder
        )

    def tried(self, data: bytes, folder: Path) -> Outcome:
        """Read and check a proof."""
        file = folder / "proof.json"
        file.write_bytes(data)
        try:
            verdict = checker.check(checker.read(file), self.law)
        except (checker.UnreadableError, checker.LawError, checker.TooMuchWorkError) as error:
            return refused(error) if str(error) else Outcome("refused", type(error).__name__)
        if verdict.faults:
            return Outcome("refused", str(verdict.faults[0])[:200])
        return Outcome("accepted", str(verdict.statement)[:100])
