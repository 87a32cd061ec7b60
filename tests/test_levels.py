"""Every proof goes down: an atom that can rest on itself is shown by what is reached before it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from reasoner.engine.evaluate import Program, evaluate
from reasoner.engine.levels import Levels
from reasoner.engine.proof import Prover, leaves
from reasoner.rulebook.rules import parse

NEIGHBOURS = "near(X,Y) :- seen(X,Y). near(X,Y) :- near(Y,X), asked(X). near(X,Z) :- near(X,Y), near(Y,Z)."
FACTS: list[Any] = [("seen", ("a", "b")), *[("asked", (name,)) for name in "abc"], ("seen", ("b", "c"))]


def test_no_atom_of_a_proof_stands_without_what_it_rests_on() -> None:
    """near(b,a) rests on near(a,b), which would follow from it in turn: that way is none."""
    program = Program(parse(NEIGHBOURS, "n"))
    model = evaluate(FACTS, program)
    facts = SimpleNamespace(origins={}, outside={})
    speaker = SimpleNamespace(atom=lambda _: {}, absent=lambda *_: {}, comparison=lambda *_: {})
    book = SimpleNamespace(owners={})
    recursive = program.recursive_predicates
    assert "near" in recursive
    prover = Prover(model, facts, book, speaker, lambda _: {}, recursive)  # type: ignore[arg-type]
    for row in model.rows("near"):
        for leaf in leaves(prover.tree(("near", row))):
            assert leaf.get("folded") or leaf["statement"]["predicate"] != "near", (row, leaf)
    ways = Levels(model, recursive).ways(("near", ("a", "b")))
    assert [str(way.rule) for way in ways] == ["near(X,Y) :- seen(X,Y)."]
