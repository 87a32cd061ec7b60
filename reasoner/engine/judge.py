"""The judge: clingo, an ASP solver that others maintain, on the text of the very same rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import clingo

from reasoner.engine.evaluate import Ground, Row
from reasoner.rulebook.rules import Rule, Value


def judge(facts: Iterable[Ground], rules: Iterable[Rule]) -> dict[str, set[Row]]:
    """Return, for every predicate that some rule concludes, its rows in the one stable model.

    Raises RuntimeError when clingo finds no model or more than one: impossible for stratified rules.
    """
    rules = tuple(rules)
    heads = {rule.head.predicate for rule in rules}
    control = loaded(facts, rules)
    control.ground([("base", [])])
    models: list[dict[str, set[Row]]] = []

    def keep(model: clingo.Model) -> None:
        found: dict[str, set[Row]] = defaultdict(set)
        for symbol in model.symbols(atoms=True):
            if (name := symbol.name) in heads:
                found[name].add(row(symbol))
        models.append(dict(found))

    control.solve(on_model=keep)
    if len(models) != 1:
        raise RuntimeError(f"clingo found {len(models)} models")
    return models[0]


def loaded(facts: Iterable[Ground], rules: Iterable[Rule], options: Iterable[str] = ("0",)) -> clingo.Control:
    """Return clingo with rules and facts, to be grounded and solved; all models, if not told otherwise."""
    control = clingo.Control(["--warn=none", *options], message_limit=0)
    control.add("base", [], "\n".join(map(str, rules)))
    with control.backend() as backend:
        for predicate, values in facts:
            atom = backend.add_atom(clingo.Function(predicate, [_symbol(value) for value in values]))
            backend.add_rule([atom])
    return control


def row(symbol: clingo.Symbol) -> Row:
    """The arguments of an atom of a model."""
    return tuple(_value(argument) for argument in symbol.arguments)


def _symbol(value: Value) -> clingo.Symbol:
    return clingo.Number(value) if isinstance(value, int) else clingo.Function(value, [])


@cache  # clingo itself keeps every symbol for as long as the process lives
def _value(symbol: clingo.Symbol) -> Value:
    return symbol.number if symbol.type == clingo.SymbolType.Number else str(symbol.name)
