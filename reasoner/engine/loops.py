"""A rule's body written out as Python loops: one ``for`` for each literal that finds rows, tests as ``if``.

What a join does at each step is known once the order of the literals is: which arguments are bound, what to
look up, which variables a row gives. Written out and compiled, a rule takes a fraction of the time that going
through its literals for every row would.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Value, Var

Row = tuple[Value, ...]

Find = Callable[..., Any]
"""Called with a key: the one value looked up with, or a tuple of several. Rows; or, where all arguments are
given, only whether there is one. Rows that may be none are asked for with ``()`` as second argument."""

_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "<": lambda left, right: left < right,  # type: ignore[operator]
    "<=": lambda left, right: left <= right,  # type: ignore[operator]
    ">": lambda left, right: left > right,  # type: ignore[operator]
    ">=": lambda left, right: left >= right,  # type: ignore[operator]
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}
_DEEPEST = 15
"""Loops inside one another in one function: Python allows 20."""


def compare(left: Value, op: str, right: Value) -> bool:
    """Compare two constants; numbers come before names, as in ASP-Core-2."""
    if isinstance(left, int) != isinstance(right, int) and op not in ("=", "!="):
        left, right = (0, 1) if isinstance(left, int) else (1, 0)
    return _OPERATORS[op](left, right)


class Look(NamedTuple):
    """What is looked up: a predicate by some of its arguments; ``whole`` by all of them.

    ``tests``: whether there must be none, or they are counted.
    """

    predicate: str
    positions: tuple[int, ...]
    whole: bool
    tests: bool = False


@dataclass
class Loops:
    """The text of a rule's loops and what they look up, by number.

    The function written takes what finds the rows of a look, by its number, and the values of the variables
    that are given; it yields for each solution the arguments of the head and the values of ``names``.
    """

    names: tuple[str, ...]
    looks: list[Look] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    """The looks that join rows; the others test or count."""
    _lines: list[str] = field(default_factory=list)
    _locals: dict[str, str] = field(default_factory=dict)
    _indent: int = 1
    _depth: int = 0
    _rest: list[int] = field(default_factory=list)
    """Where a function inside begins, by its indentation: for rules with more loops than one may have."""

    def text(self) -> str:
        """The function, as Python."""
        found = "".join(f" f{number} = None\n" for number in range(len(self.looks)))
        return f"def loops(look, given):\n{found}" + "\n".join(self._lines) + "\n"

    # -- terms ------------------------------------------------------------------------------------

    def _term(self, term: Term) -> str:
        return self._variable(term.name) if isinstance(term, Var) else repr(term)

    def _variable(self, name: str) -> str:
        return self._locals.setdefault(name, f"v{len(self._locals)}")

    @staticmethod
    def _tuple(parts: Iterable[str]) -> str:
        return "(" + "".join(f"{part}, " for part in parts) + ")"

    def _line(self, text: str) -> None:
        self._lines.append(" " * self._indent + text)

    # -- steps ------------------------------------------------------------------------------------

    def _found(
        self, atom: Atom, bound: Collection[str], tests: bool = False
    ) -> tuple[str, list[tuple[int, int]]]:
        """The expression that finds an atom's rows, and the places of a row that must agree."""
        positions, key, agree = [], [], []
        first: dict[str, int] = {}
        for i, arg in enumerate(atom.args):
            if not isinstance(arg, Var) or arg.name in bound:
                positions.append(i)
                key.append(self._term(arg))
            elif arg.name in first:
                agree.append((first[arg.name], i))
            else:
                first[arg.name] = i
        whole = len(positions) == len(atom.args)
        number = len(self.looks)
        self.looks.append(Look(atom.predicate, tuple(positions), whole, tests))
        unknown = "" if self._rest else f"if f{number} is None: "
        self._line(f"{unknown}f{number} = look({number})")
        if whole:
            return f"f{number}({self._tuple(key)})", agree
        one = key[0] if len(key) == 1 else self._tuple(key)
        return f"f{number}({one}, ())", agree

    def _loop(self, atom: Atom, found: str, agree: list[tuple[int, int]], bound: Collection[str]) -> None:
        row = f"r{len(self.looks)}"
        self._line(f"for {row} in {found}:")
        self._indent += 1
        for a, b in agree:
            self._line(f"if {row}[{a}] != {row}[{b}]: continue")
        filled = {arg.name: i for i, arg in reversed([*enumerate(atom.args)]) if isinstance(arg, Var)}
        for name, i in filled.items():
            if name not in bound:
                self._line(f"{self._variable(name)} = {row}[{i}]")

    def _stop(self) -> str:
        return "continue" if self._depth else "return"

    def _join(self, atom: Atom, bound: Collection[str]) -> None:
        if self._depth == _DEEPEST:
            self._line(f"def rest{len(self._rest)}():")
            self._rest.append(self._indent)
            self._indent, self._depth = self._indent + 1, 0
        self.joined.append(len(self.looks))
        found, agree = self._found(atom, bound)
        if self.looks[-1].whole:
            self._line(f"if not {found}: {self._stop()}")
            return
        self._loop(atom, found, agree, bound)
        self._depth += 1

    def _absent(self, atom: Atom, bound: Collection[str]) -> None:
        found, agree = self._found(atom, bound, tests=True)
        if agree:
            same = " and ".join(f"r[{a}] == r[{b}]" for a, b in agree)
            found = f"any({same} for r in {found})"
        self._line(f"if {found}: {self._stop()}")

    def _test(self, literal: Comparison) -> None:
        left, right, op = self._term(literal.left), self._term(literal.right), literal.op
        if op in ("=", "!="):
            holds = f"{left} {'==' if op == '=' else op} {right}"
        else:
            holds = (
                f"({left} {op} {right} if type({left}) is type({right}) "
                f"else compare({left}, {op!r}, {right}))"
            )
        self._line(f"if not {holds}: {self._stop()}")

    def _count(self, literal: Count, bound: Collection[str]) -> None:
        counted, known, outside = f"s{len(self.looks)}", set(bound), self._indent
        self._line(f"{counted} = set()")
        for atom in literal.atoms:
            found, agree = self._found(atom, known, tests=True)
            if self.looks[-1].whole:
                self._line(f"if {found}:")
                self._indent += 1
            else:
                self._loop(atom, found, agree, known)
            known |= {v.name for v in atom.variables()}
        self._line(f"{counted}.add({self._tuple(self._term(v) for v in literal.counted)})")
        self._indent = outside
        limit = self._term(literal.bound)
        self._line(f"if not compare(len({counted}), {literal.op!r}, {limit}): {self._stop()}")

    def step(self, literal: Literal, bound: Collection[str]) -> None:
        """Write what is done for a literal, given the variables that are bound before it."""
        match literal:
            case Atom():
                self._join(literal, bound)
            case Not(atom):
                self._absent(atom, bound)
            case Comparison():
                self._test(literal)
            case Count():
                self._count(literal, bound)

    def begin(self, given: Iterable[str]) -> None:
        """Take the values that are known beforehand."""
        if names := [self._variable(name) for name in given]:
            self._line(f"{self._tuple(names)} = given")

    def end(self, head: Atom) -> None:
        """Yield a solution; a variable of the head that nothing binds is the empty text."""
        told = [self._locals.get(a.name, "''") if isinstance(a, Var) else repr(a) for a in head.args]
        values = self._tuple(self._variable(name) for name in self.names)
        self._line(f"yield {self._tuple(told)}, {values}")
        for number, indent in reversed([*enumerate(self._rest)]):
            self._indent = indent
            self._line(f"yield from rest{number}()")


def written(rule: Rule, order: Iterable[tuple[Literal, Collection[str]]], given: Collection[str]) -> Loops:
    """The loops of a rule with its literals in this order, each with the variables bound before it."""
    outer = [*given, *(v.name for atom in rule.positive() for v in atom.variables())]
    loops = Loops(tuple(dict.fromkeys(outer)))
    loops.begin(given)
    for literal, bound in order:
        loops.step(literal, bound)
    loops.end(rule.head)
    return loops


@lru_cache(maxsize=20_000)
def compiled(text: str) -> bytes:
    """The code of the one function of a text; rules that differ only in their predicates share it."""
    module = compile(text, "<rule>", "exec")
    return marshal.dumps(next(each for each in module.co_consts if isinstance(each, CodeType)))


def made(code: bytes) -> Callable[[Callable[[int], Find], Row], Iterator[tuple[Row, Row]]]:
    """The function of a code."""
    return FunctionType(marshal.loads(code), {"compare": compare})
