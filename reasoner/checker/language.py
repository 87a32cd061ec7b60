"""The rule language, read by a small parser of its own: no code and no library of the evaluators' is used.

``head(X,name,7) :- atom(X,_), not other(X), X <= Y, #count{ Z : atom(Z,X) } >= 2.`` Names begin with a small
letter, variables with a capital; every ``_`` is a variable of its own. ``str`` of a rule is its one way to be
written: two texts are the same rule when they are written alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

Value = str | int
Row = tuple[Value, ...]
Ground = tuple[str, Row]
"""A ground atom: predicate and arguments."""

_TOKEN = re.compile(r"\s+|%[^\n]*|(:-|<=|>=|!=|#count|[A-Za-z_]\w*|-?\d+|[<>=(),.{}:])")
Part = TypeVar("Part")
_OPERATORS = ("<", "<=", ">", ">=", "=", "!=")


class LanguageError(ValueError):
    """A rule that cannot be read: whose it is and what was found."""


@dataclass(frozen=True)
class Var:
    """A variable; one written as an underscore is named ``_`` and a number."""

    name: str

    @property
    def anonymous(self) -> bool:
        """Whether it was written as an underscore."""
        return self.name.startswith("_")

    def __str__(self) -> str:
        return "_" if self.anonymous else self.name


Term = Var | str | int


@dataclass(frozen=True)
class Atom:
    """A predicate with its arguments."""

    predicate: str
    args: tuple[Term, ...]

    def __str__(self) -> str:
        return f"{self.predicate}({','.join(map(str, self.args))})"


@dataclass(frozen=True)
class Not:
    """The absence of an atom."""

    atom: Atom

    def __str__(self) -> str:
        return f"not {self.atom}"


@dataclass(frozen=True)
class Comparison:
    """Two terms compared."""

    left: Term
    op: str
    right: Term

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True)
class Count:
    """How many different values of ``counted`` the atoms have, compared with a bound."""

    counted: tuple[Var, ...]
    atoms: tuple[Atom, ...]
    op: str
    bound: Term

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.atoms))
        return f"#count{{ {','.join(map(str, self.counted))} : {inner} }} {self.op} {self.bound}"


Literal = Atom | Not | Comparison | Count


@dataclass(frozen=True)
class Rule:
    """A rule and the id of the record that it is written in."""

    owner: str
    head: Atom
    body: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"{self.head} :- {', '.join(map(str, self.body))}." if self.body else f"{self.head}."


def variables(literal: Atom | Comparison | Count) -> Iterator[Var]:
    """Every variable of a literal, as often as it occurs; of a count, also those it counts."""
    match literal:
        case Atom(_, args):
            terms: tuple[Term, ...] = args
        case Comparison(left, _, right):
            terms = (left, right)
        case Count(counted, atoms, _, bound):
            terms = (*counted, bound, *(arg for atom in atoms for arg in atom.args))
    return (term for term in terms if isinstance(term, Var))


def asked(literal: Literal) -> tuple[str, ...]:
    """The predicates that a literal asks for."""
    match literal:
        case Atom(predicate, _):
            return (predicate,)
        case Not(atom):
            return (atom.predicate,)
        case Count(_, atoms):
            return tuple(atom.predicate for atom in atoms)
    return ()


def written(what: Ground | Literal, binding: Mapping[Var, Value] | None = None) -> str:
    """An atom or a literal as rules write it, its variables replaced as far as they have a value."""

    def put_in(term: Term) -> Term:
        return (binding or {}).get(term, term) if isinstance(term, Var) else term

    def replaced(atom: Atom) -> Atom:
        return Atom(atom.predicate, tuple(put_in(arg) for arg in atom.args))

    match what:
        case Atom():
            return str(replaced(what))
        case Not(atom):
            return str(Not(replaced(atom)))
        case Comparison(left, op, right):
            return str(Comparison(put_in(left), op, put_in(right)))
        case Count(counted, atoms, op, bound):
            return str(Count(counted, tuple(map(replaced, atoms)), op, put_in(bound)))
        case (predicate, row):
            return str(Atom(predicate, row))


def compare(left: Value, op: str, right: Value) -> bool:
    """Whether a comparison holds; every number comes before every name."""
    one, other = (isinstance(left, str), left), (isinstance(right, str), right)
    less = one[0] < other[0] if one[0] != other[0] else one < other
    return {
        "<": less,
        "<=": less or one == other,
        ">": not less and one != other,
        ">=": not less,
        "=": one == other,
        "!=": one != other,
    }[op]


class _Parser:
    def __init__(self, text: str, owner: str) -> None:
        self.owner, self.fresh, self.place = owner, 0, 0
        self.tokens: list[str] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise LanguageError(
                    f"{owner}: 不属于规则语言 / outside the rule language: {text[position]!r}"
                )
            if found[1]:
                self.tokens.append(found[1])
            position = found.end()
        self.tokens.append("")

    def next(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def take(self, *expected: str) -> str:
        found = self.next()
        if found not in expected:
            self.refuse(found, " ".join(expected))
        return found

    def refuse(self, found: str, expected: str) -> NoReturn:
        end = found or "(end)"
        raise LanguageError(f"{self.owner}: 应为 {expected}，见到 {end} / expected {expected}, found {end}")

    def at(self, token: str) -> bool:
        return self.tokens[self.place] == token

    def list_of(self, part: Callable[[], Part], end: str) -> tuple[Part, ...]:
        found = [part()]
        while self.take(",", end) == ",":
            found.append(part())
        return tuple(found)

    def rule(self) -> Rule:
        head = self.atom()
        body = self.list_of(self.literal, ".") if self.take(":-", ".") == ":-" else ()
        return Rule(self.owner, head, body)

    def literal(self) -> Literal:
        if self.at("not"):
            self.next()
            return Not(self.atom())
        if self.at("#count"):
            return self.count()
        if self.tokens[self.place + 1 : self.place + 2] == ["("]:
            return self.atom()
        return Comparison(self.term(), self.take(*_OPERATORS), self.term())

    def count(self) -> Count:
        self.take("#count")
        self.take("{")
        counted = self.list_of(self.variable, ":")
        atoms = self.list_of(self.atom, "}")
        return Count(counted, atoms, self.take(*_OPERATORS), self.term())

    def atom(self) -> Atom:
        name = self.next()
        if not name[:1].islower():
            self.refuse(name, "an atom")
        self.take("(")
        return Atom(name, self.list_of(self.term, ")"))

    def variable(self) -> Var:
        found = self.term()
        return found if isinstance(found, Var) else self.refuse(str(found), "a variable")

    def term(self) -> Term:
        token = self.next()
        if token == "_":
            self.fresh += 1
            return Var(f"_{self.fresh}")
        if token.lstrip("-").isdigit():
            return int(token)
        if not token[:1].isalpha() or token == "not":
            self.refuse(token, "a name, a variable or a number")
        return Var(token) if token[0].isupper() else token


def parse(text: str, owner: str) -> list[Rule]:
    """The rules of one record. Raises LanguageError."""
    parser, rules = _Parser(text, owner), []
    while not parser.at(""):
        parser.fresh = 0
        rules.append(parser.rule())
    return rules
