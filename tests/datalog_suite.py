"""Our evaluators as the datalog-conformance suite wants them, and which of its cases the language covers.

The suite writes programs as Soufflé, Nemo and Crepe do: predicates may begin with a capital, names are
quoted, and where a program comes from Soufflé or Crepe a small word is a variable. So words are renamed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

from reasoner.engine.database import Database
from reasoner.engine.evaluate import Ground, Row, evaluate
from reasoner.rulebook.rules import (
    Atom,
    Comparison,
    Count,
    Literal,
    Not,
    Rule,
    RuleError,
    Term,
    Var,
    parse,
    strata,
    unsafe_variables,
)

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(:-|[<>!]=|[<>=,.()])|(\w+)|(\S)')
ARITHMETIC, NO_ARGUMENTS = "arithmetic", "atoms without arguments"
REPEATED = "a variable that stands twice in a negated atom and nowhere else"
OTHER_VALUES = "facts that are no names and whole numbers"


class OutsideError(ValueError):
    """The rule language does not have this; says what."""


class RefusedError(ValueError):
    """The checks refuse the rules; ``code`` says why in the words of the suite."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rules_of(texts: Iterable[str], source: str, wanted: Iterable[str]) -> list[Rule]:
    """The rules of a program that wanted predicates rest on (none wanted: all).

    Raises OutsideError; RuleError as ``parse`` does.
    """
    names: dict[str, str] = {}
    found: list[Rule] = []
    small = source.startswith(("souffle", "crepe"))
    for number, text in enumerate(texts):
        words = _words(text.strip().rstrip("."), small, names)
        back = {short: name for name, short in names.items()}
        found += [_renamed(rule, back) for rule in parse(f"{words}.", f"case{number}")]
    if needed := set(wanted):
        while (
            more := {a.predicate for rule in found if rule.head.predicate in needed for a in rule.atoms()}
            - needed
        ):
            needed |= more
        found = [rule for rule in found if rule.head.predicate in needed]
    if source.startswith("nemo"):
        found = list(map(_blanked, found))
        if any(map(unsafe_variables, found)):
            raise OutsideError(REPEATED)
    return found


def _words(text: str, small: bool, names: dict[str, str]) -> str:
    tokens = [(m[1], m[2] or m[4] or "", m[3] or "") for m in _TOKEN.finditer(text)]
    written = []
    for i, (quoted, sign, word) in enumerate(tokens):
        after = tokens[i + 1][1] if i + 1 < len(tokens) else ""
        if sign in ("~", "!"):
            written.append("not ")
        elif sign:
            if sign not in (":-", "<", ">", "<=", ">=", "=", "!=", ",", "(", ")"):
                raise OutsideError(ARITHMETIC)
            if sign == "(" and i + 1 < len(tokens) and tokens[i + 1][1] == ")":
                raise OutsideError(NO_ARGUMENTS)
            written.append(f" {sign} ")
        elif quoted is not None and not word:
            written.append(names.setdefault(quoted, f"n{len(names)}"))
        elif word == "not":
            written.append("not ")
        elif after == "(":
            written.append(f"p_{word}")
        elif word == "_" or word.isdigit() or (word[0].isupper() and not small):
            written.append(word)
        elif small:
            written.append(f"V{word}")
        else:
            written.append(names.setdefault(word, f"n{len(names)}"))
    return "".join(written)


def _renamed(rule: Rule, names: dict[str, str]) -> Rule:
    def term(value: Term) -> Term:
        return names.get(value, value) if isinstance(value, str) else value

    def atom(found: Atom) -> Atom:
        return Atom(found.predicate.removeprefix("p_"), tuple(map(term, found.args)))

    def literal(found: Literal) -> Literal:
        match found:
            case Atom():
                return atom(found)
            case Not(inner):
                return Not(atom(inner))
            case Comparison(left, op, right):
                return Comparison(term(left), op, term(right))
            case Count():
                raise OutsideError("counts")
        raise TypeError(found)

    return Rule(atom(rule.head), tuple(map(literal, rule.body)), rule.owner, rule.index)


def _blanked(rule: Rule) -> Rule:
    """Nemo reads a variable that occurs once, in a negated atom, as anything: here an underscore says so."""
    times = Counter(var for atom in rule.atoms() for var in atom.variables())
    fresh = count(900)

    def blanked(literal: Literal) -> Literal:
        if not isinstance(literal, Not):
            return literal
        args = (
            Var(f"_{next(fresh)}") if isinstance(arg, Var) and times[arg] == 1 else arg
            for arg in literal.atom.args
        )
        return Not(Atom(literal.atom.predicate, tuple(args)))

    return Rule(rule.head, tuple(map(blanked, rule.body)), rule.owner, rule.index)


def facts_of(program: Any) -> list[Ground]:
    """The facts of a program. Raises OutsideError for what is no name or whole number."""
    found = [(name, tuple(row)) for name, rows in program.facts.items() for row in rows]
    for _, row in found:
        if any(type(value) not in (str, int) for value in row):
            raise OutsideError(OTHER_VALUES)
    return found


class _Ours:
    """``evaluate(program)`` as the suite asks for it; refuses what the rule checks refuse."""

    source, wanted = "", frozenset[str]()
    """To be set for each case: where it is from, and so how it is written; what it asks for."""

    def evaluate(self, program: Any) -> Any:
        """A model: rows of every predicate."""
        facts, rules = facts_of(program), rules_of(program.rules, self.source, self.wanted)
        self.check(rules, facts)
        found: dict[str, set[Row]] = {}
        for name, row in facts:
            found.setdefault(name, set()).add(row)
        for name, rows in self.derived(facts, rules).items():
            found.setdefault(name, set()).update(rows)
        from datalog_conformance.schema import Model

        return Model(facts=dict(found))

    def check(self, rules: list[Rule], facts: list[Ground]) -> None:
        """What the checks of the rule base refuse, in the words of the suite."""
        for rule in rules:
            if unsafe_variables(rule) or any(v.anonymous for v in rule.head.variables()):
                raise RefusedError("unbound_variable")
        arities: dict[str, set[int]] = {}
        for name, row in facts:
            arities.setdefault(name, set()).add(len(row))
        for rule in rules:
            for atom in rule.atoms():
                arities.setdefault(atom.predicate, set()).add(len(atom.args))
        if any(len(found) > 1 for found in arities.values()):
            raise RefusedError("arity_mismatch")
        try:
            strata(rules)
        except RuleError as error:
            raise RefusedError("cyclic_negation") from error

    def derived(self, facts: list[Ground], rules: list[Rule]) -> dict[str, set[Row]]:
        """The rows of what rules conclude."""
        raise NotImplementedError


class InProcess(_Ours):
    """The evaluator for one case."""

    def derived(self, facts: list[Ground], rules: list[Rule]) -> dict[str, set[Row]]:
        """The rows of what rules conclude."""
        model = evaluate(facts, rules)
        return {rule.head.predicate: set(model.rows(rule.head.predicate)) for rule in rules}


class Compiled(_Ours):
    """The rules as statements of DuckDB."""

    def derived(self, facts: list[Ground], rules: list[Rule]) -> dict[str, set[Row]]:
        """The rows of what rules conclude."""
        if not rules:
            return {}
        database = Database(rules)
        database.load(facts)
        database.run()
        return dict(database.derived())
