# ruff: noqa: E501 -- an input is a line, however long
"""Rules: real ones changed, and made up by a grammar that knows what is wrong; and constants that are SQL.

A rule that is unsafe, unstratified or undeclared must be refused. One that is accepted means the same on every
evaluator: in process, as SQL on DuckDB, and to clingo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from reasoner import pipeline
from reasoner.engine.database import Database
from reasoner.engine.evaluate import evaluate
from reasoner.engine.judge import judge
from reasoner.rulebook import rulecheck
from reasoner.rulebook.rules import Comparison, RuleError, parse, strata, unsafe_variables
from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome, refused
from tests.torture.inputs.shared import home_of

_VARIABLES = ("X", "Y", "Z", "Long_Name1", "_")
_NAMES = ("a", "b", "select", "null", "drop", "t0", "a0", "not_a", "count", "group")
_OPS = ("=", "!=", "<", "<=", ">", ">=")
_HOSTILE = (
    "'; DROP TABLE p; --", '"', "''", "\\", "p\" --", "a0", "NULL", "", "\0", "1", "-1", "x)", "::BIGINT", "{x}", "%s", "?",
    "$1", "云阳县", "\ud7ff", "\U0010ffff", "a" * 3000, "\n", "/*", "*/", "1099511627776", "t0.a0",
)  # fmt: skip
_SMALL = 1 << 31

NASTIES: dict[str, Callable[[Path], Any]] = {
    "deep functions": lambda _: "a :- b(" + "f(" * 200_000 + "x" + ")" * 200_000 + ").",
    "deep brackets": lambda _: "a(X) :- b(X), X = " + "(" * 200_000 + "1" + ")" * 200_000 + ".",
    "minus signs": lambda _: "a(X) :- b(X), X = " + "-" * 200_000 + "1.",
    "a long sum": lambda _: "a(X) :- b(X), X = 1" + "+1" * 200_000 + ".",
    "tildes": lambda _: "a(X) :- b(X), X = " + "~" * 200_000 + "1.",
    "absolute values": lambda _: "a(X) :- b(X), X = " + "|" * 100_000 + "1" + "|" * 100_000 + ".",
    "a long chain": lambda _: "a(X) :- b(X), 1 < " + "X < " * 50_000 + "2.",
    "a long pool": lambda _: "a(" + "1;" * 100_000 + "1).",
    "negated many times": lambda _: "a :- " + "not " * 100_000 + "b.",
    "a long tuple": lambda _: "a(" + "X," * 100_000 + "X) :- b(X).",
    "a hundred thousand atoms": lambda _: "a(X) :- " + "b(X), " * 100_000 + "b(X).",
    "ten thousand rules": lambda _: "\n".join(f"a{i}(X) :- b(X)." for i in range(10_000)),
    "an open comment": lambda _: "a(X) :- b(X). %* " + "x" * 1000,
    "comments in comments": lambda _: "%* " * 100_000,
    "a script": lambda _: "#script (python) import os; os.system('touch zelian-outside') #end.",
    "a lua script": lambda _: "#script (lua) os.execute('touch x') #end.",
    "an include": lambda _: '#include "/etc/passwd".',
    "an include of incmode": lambda _: "#include <incmode>.",
    "an external function": lambda _: "a(X) :- b(X), X = @os(1).",
    "an external function of terms": lambda _: "a(@f(1)) :- b.",
    "a constant": lambda _: "#const n = 5. a(n) :- b(n).",
    "a show statement": lambda _: "#show a/1.",
    "a program part": lambda _: "#program other. a(X) :- b(X).",
    "an edge": lambda _: "#edge (1,2).",
    "a theory": lambda _: "#theory t { x { + : 1, unary }; &a/0 : x, any }.",
    "a weak constraint": lambda _: ":~ a(X). [1@1,X]",
    "a choice": lambda _: "{a(X)} :- b(X).",
    "a disjunction": lambda _: "a(X) ; c(X) :- b(X).",
    "a constraint": lambda _: ":- a(X).",
    "classical negation": lambda _: "-a(X) :- b(X).",
    "double negation": lambda _: "a(X) :- b(X), not not c(X).",
    "a negated head": lambda _: "not a(X) :- b(X).",
    "an interval": lambda _: "a(X) :- X = 1..1000000000.",
    "a sum of a count": lambda _: "a(X) :- b(X), #sum{ Y : c(X,Y) } > 1.",
    "a count of a constant": lambda _: "a(X) :- b(X), #count{ 1 : c(X,Y) } > 1.",
    "a count of itself": lambda _: "a(X) :- b(X), #count{ Y : a(Y) } > 1.",
    "its own absence": lambda _: "a(X) :- b(X), not a(X).",
    "its own absence, by others": lambda _: "a(X) :- b(X), c(X). c(X) :- d(X). d(X) :- b(X), not a(X).",
    "a variable of nothing": lambda _: "a(X,Y) :- b(X).",
    "a variable of an absence": lambda _: "a(X) :- b(X), not c(Y).",
    "a variable of a comparison": lambda _: "a(X) :- X = Y, b(Y).",
    "strings": lambda _: 'a("x") :- b("\'; DROP TABLE a; --").',
    "infimum": lambda _: "a(#inf) :- b(#sup).",
    "a number of digits": lambda _: "a(X) :- b(X), X < " + "9" * 5000 + ".",
    "a number beyond 32 bits": lambda _: "a(X) :- b(X), X < 4294967296.",
    "quotes": lambda _: "a(X) :- b(X), X != 'y'.",
    "a nul": lambda _: "a(X) :- b(X).\0 c(X) :- d(X).",
    "Chinese": lambda _: "逾期(X) :- 问题(X).",
    "no end": lambda _: "a(X) :- b(X)",
    "only dots": lambda _: "." * 10_000,
    "a predicate of two widths": lambda _: "a(X) :- b(X). a(X,Y) :- b(X), b(Y).",
    "names of SQL": lambda _: "select(X) :- group(X), order(X,Y), not table(Y).",
    "no arguments": lambda _: "a :- b, not c.",
}  # fmt: skip


class Rules:
    """The rule check and the evaluators behind it."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = NASTIES

    def __init__(self, place: Path, canary: str) -> None:
        self.canary = canary
        self.ontology = pipeline.ontology(None, home_of(place) / "cache")
        self.texts = [str(rule) for rule in self.ontology.book.rules if not rule.owner.startswith("owl:")]

    def nasty(self, name: str, folder: Path) -> Outcome:
        return self.tried(self.nasties[name](folder), Random(name))

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        roll = dice.random()
        if roll < 0.35:
            text = "\n".join(dice.sample(self.texts, dice.choice((1, 1, 2, 4))))
            return self.tried(_changed(dice, text), dice)
        if roll < 0.45:
            text = strings.spoiled(dice, dice.choice(self.texts).encode()).decode("utf-8", "replace")
            return self.tried(text, dice)
        return self.tried("\n".join(_rule(dice) for _ in range(dice.choice((1, 1, 2, 3, 5)))), dice)

    def tried(self, text: str, dice: Random) -> Outcome:
        """Refuse what has no meaning; evaluate what has one."""
        try:
            program = parse(text, "n")
            order = strata(program)
        except RuleError as error:
            return refused(error)
        assert sum(len(group) for _, group in order) == len(program)
        unsafe = [rule for rule in program if unsafe_variables(rule)]
        problems = rulecheck.check_rules(program, self.ontology.vocabulary)
        if unsafe and not any("unsafe" in problem for problem in problems):
            raise Broken(f"unsafe, and accepted: {unsafe[0]}")
        declared = self.ontology.vocabulary.predicates
        strange = [a for rule in program for a in rule.atoms() if a.predicate not in declared]
        if strange and not any("undeclared" in problem for problem in problems):
            raise Broken(f"undeclared, and accepted: {strange[0]}")
        if not unsafe and _of_one_width(program):
            _same_everywhere(program, dice)
        return Outcome("refused", problems[0][:200]) if problems else Outcome("accepted")


def _of_one_width(program: list[Any]) -> bool:
    widths: dict[str, int] = {}
    return all(
        widths.setdefault(atom.predicate, len(atom.args)) == len(atom.args) and atom.args
        for rule in program for atom in rule.atoms()
    ) and len(program) < 50 and all(len(rule.body) < 40 for rule in program)  # fmt: skip


def _same_everywhere(program: list[Any], dice: Random) -> None:
    """Random facts, with constants that would be SQL, mean the same on the three evaluators."""
    heads = {rule.head.predicate for rule in program}
    widths = {a.predicate: len(a.args) for rule in program for a in rule.atoms() if a.predicate not in heads}
    named = [arg for rule in program for a in rule.atoms() for arg in a.args if isinstance(arg, str | int)]
    numbers = [dice.randrange(-3, 4), dice.randrange(-3, 4), 20240229]
    pool = [*named[:6], *dice.sample(_HOSTILE, 4), *numbers, "a", "b"]
    pool = [
        value for value in pool if not (isinstance(value, int) and abs(value) >= _SMALL) and value != "\0"
    ]
    if any(isinstance(c, Comparison) and c.op not in ("=", "!=") for rule in program for c in rule.body):
        pool = numbers  # names have no order, and rules that ask for one are refused
        if any(isinstance(term, str) for term in named):
            return
    facts = [
        (name, tuple(dice.choice(pool) for _ in range(width)))
        for name, width in sorted(widths.items()) for _ in range(dice.randrange(1, 6))
    ]  # fmt: skip
    expected = {name: rows for name, rows in judge(facts, program).items() if rows}
    model = evaluate(facts, program)
    found = {name: rows for name in heads if (rows := set(model.rows(name)))}
    if found != expected:
        raise Broken(f"in process {_less(found, expected)} for {' '.join(map(str, program))[:300]}")
    database = Database(program)
    database.load(facts)
    database.run()
    if (derived := {name: rows for name, rows in database.derived().items() if rows}) != expected:
        raise Broken(f"DuckDB {_less(derived, expected)} for {' '.join(map(str, program))[:300]}")


def _less(found: Any, expected: Any) -> str:
    return f"{str(found)[:200]} and clingo {str(expected)[:200]}"


# -- a grammar ------------------------------------------------------------------------------------


def _term(dice: Random) -> str:
    roll = dice.random()
    if roll < 0.7:
        return dice.choice(_VARIABLES)
    return dice.choice((*_NAMES, "1", "-1", "20240229", "f(X)", "X+1", '"s"', "1..3", "#sup"))


def _atom(dice: Random, names: tuple[str, ...]) -> str:
    name = dice.choice(names)
    width = 1 + sum(map(ord, name)) % 3  # the same name, mostly the same width
    if dice.random() < 0.03:
        width += 1
    return f"{name}({','.join(_term(dice) for _ in range(width))})"


def _rule(dice: Random) -> str:
    below, heads = ("p", "q", "r", "select", "order"), ("h", "k", "from", "union")
    body = [_atom(dice, below) for _ in range(dice.choice((1, 1, 2, 3)))]
    if dice.random() < 0.5:
        body.append("not " + _atom(dice, (*below, *heads) if dice.random() < 0.3 else below))
    if dice.random() < 0.4:
        body.append(f"{_term(dice)} {dice.choice(_OPS)} {_term(dice)}")
    if dice.random() < 0.25:
        counted = dice.choice(("X", "Y", "X,Y", "_", "W"))
        body.append(
            f"#count{{ {counted} : {_atom(dice, below)} }} {dice.choice(_OPS)} {dice.choice(('1', '2', 'Z'))}"
        )
    if dice.random() < 0.1:
        body.append(_atom(dice, heads))
    dice.shuffle(body)
    return f"{_atom(dice, heads)} :- {', '.join(body)}."


def _changed(dice: Random, text: str) -> str:
    """Real rules with a name, a variable, an operator or an atom changed."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        words = list(re.finditer(r"\w+|:-|not |[<>=!]+|[(),.{}#]", text))
        chosen, other = dice.choice(words), dice.choice(words)
        new = dice.choice(
            (other[0], dice.choice(_VARIABLES), dice.choice(_NAMES), "not ", "", "1", "X", dice.choice(_OPS))
        )
        text = text[: chosen.start()] + new + text[chosen.end() :]
        if not text.strip():
            return "."
    return text
