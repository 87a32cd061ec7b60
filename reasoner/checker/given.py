"""What a proof starts from: the day, the enclosed facts, the parameters, and what follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache
from typing import Any

from reasoner.checker.derive import Derivations, Program
from reasoner.checker.document import hash_of
from reasoner.checker.language import Ground, written
from reasoner.checker.lawtext import Law
from reasoner.checker.verdict import StepError, same

AS_OF, PARAMETER_KIND, RULE_VALUE, COUNTING = "asOf", "parameterKind", "ruleValue", "monthCounting"


class Given:
    """What a proof starts from. Raises StepError when it is not what it says."""

    def __init__(self, document: dict[str, Any], law: Law, expected: str | None) -> None:
        """``expected``: the hash that the facts must have; None: any."""
        given, self.law = document["facts"], law
        same(document["rule_version"], law.digest, "规则版本", "the version of the rules")
        found = hash_of(document)
        for wanted in (given["sha256"], *([] if expected is None else [expected])):
            same(found, wanted, "事实的散列值", "the hash of the facts")
        try:
            day = datetime.datetime.strptime(document["as_of"], "%Y-%m-%d")
        except ValueError:
            raise StepError("基准日不是日期", "the as-of date is no date") from None
        self.day = day.year * 10000 + day.month * 100 + day.day
        self.recorded: dict[Ground, list[Any]] = {}
        for entry in given["recorded"]:
            atom = entry["predicate"], tuple(entry["arguments"])
            if law.recordable.get(atom[0]) != len(atom[1]) or atom in self.recorded:
                raise StepError(
                    f"不能作为记录的事实：{written(atom)}", f"cannot be a recorded fact: {written(atom)}"
                )
            self.recorded[atom] = entry["sources"]
        self.own = set(self._parameters(given["parameters"]))
        values = {row[0]: str(row[1]) for name, row in (*self.own, *self.recorded) if name == RULE_VALUE}
        counting = str(law.parameters[COUNTING][1]) if COUNTING in given["parameters"] else ""
        for name, row in self.recorded:
            if (name, row[-1]) == (PARAMETER_KIND, COUNTING):
                counting = values.get(row[0], counting)
        facts = [*self.recorded, *law.stated, *self.own, (AS_OF, (self.day,))]
        self.derivations = Derivations(_program(law), facts, counting)
        self.withheld = frozenset(document.get("withheld", {}).get("predicates", ()))
        """Predicates of which some facts are withheld."""
        if never := sorted(self.withheld & {PARAMETER_KIND, RULE_VALUE, AS_OF}):
            raise StepError(f"不得隐去 {never[0]}", f"may not be withheld: {never[0]}")
        self.open = _program(law).resting_on(self.withheld) if self.withheld else set[str]()
        """Predicates whose rows a withheld fact could change."""

    def could_be_withheld(self, atom: Ground) -> bool:
        """Whether a fact that is not enclosed can be one of those withheld."""
        known = self.law.recordable.get(atom[0]) == len(atom[1])
        return known and atom[0] in self.withheld and atom not in self.recorded

    def _parameters(self, kinds: list[str]) -> Iterator[Ground]:
        """The regulation's own parameters, each unless another value is on record."""
        recorded = {row[-1] for name, row in self.recorded if name == PARAMETER_KIND}
        for kind in kinds:
            if kind not in self.law.parameters:
                raise StepError(f"办法没有这个参数：{kind}", f"the regulation has no such parameter: {kind}")
            if kind not in recorded:
                name, (applies_to, value) = f"parameter-{kind}", self.law.parameters[kind]
                yield "parameter", (name,)
                yield PARAMETER_KIND, (name, kind)
                yield "appliesTo", (name, applies_to)
                yield "dateValue" if isinstance(value, int) else "ruleValue", (name, value)


@cache
def _program(law: Law) -> Program:
    return Program(law.rules.values())
