"""Facts under which something that a proof says is absent does follow."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tampering import Document, sealed

from reasoner.engine.evaluate import Ground, Program, evaluate
from reasoner.rulebook.rules import Rule, Var


class Presences:
    """Adds facts to a proof under which something that it says is absent does follow, hash and all."""

    def __init__(self, rules: list[Rule], recordable: set[str]) -> None:
        self.rules, self.recordable = rules, recordable
        self.program = Program(rules)

    def added(self, proof: Document, given: list[Ground]) -> Iterator[Document]:
        """For each absence that some facts can undo: the proof with these facts."""
        for node in [n for n in proof["nodes"].values() if n["kind"] == "absent"]:
            said = node["statement"]
            wanted = said["predicate"], tuple(said["arguments"])
            for facts in itertools.islice(self._facts_for(wanted, 3), 6):
                rows = evaluate([*given, *facts], self.program).match(*wanted)
                if next(iter(rows), None) is not None:
                    known = proof["facts"]["recorded"]
                    there = {(entry["predicate"], *entry["arguments"]) for entry in known}
                    fresh = [(p, row) for p, row in facts if (p, *row) not in there]
                    more = [{"predicate": p, "arguments": list(row), "sources": []} for p, row in fresh]
                    entries = [*known, *more]
                    changed = {**proof, "facts": {**proof["facts"], "recorded": entries}}
                    sealed(changed)
                    yield changed
                    break

    def _facts_for(self, wanted: Ground, depth: int) -> Iterator[list[Ground]]:
        """Facts from which an atom (None: anything) may follow; what rules ask besides is not looked at."""
        predicate, row = wanted
        if predicate in self.recordable:
            yield [(predicate, tuple("有一" if value is None else value for value in row))]
        elif depth:
            for rule in self.rules:
                if rule.head.predicate == predicate:
                    yield from self._by(rule, row, depth - 1)

    def _by(self, rule: Rule, row: tuple[Any, ...], depth: int) -> Iterator[list[Ground]]:
        binding: dict[str, Any] = {}
        for term, value in zip(rule.head.args, row, strict=True):
            if isinstance(term, Var):
                binding[term.name] = value
            elif value not in (None, term):
                return
        found: list[Ground] = []
        for atom in rule.positive():
            values = [binding.get(t.name) or f"有{t.name}" if isinstance(t, Var) else t for t in atom.args]
            facts = next(self._facts_for((atom.predicate, tuple(values)), depth), None)
            if facts is None:
                return
            found += facts
        yield list(dict.fromkeys(found))
