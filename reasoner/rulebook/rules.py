"""Rules: the stratified, function-free fragment of ASP-Core-2, parsed with ``clingo.ast``.

A rule reads ``head :- atom, not atom, term < term, #count{ X : atom } >= n.`` Its meaning is the same on
every evaluator. Nothing here knows what a predicate stands for; that is declared in the ontology
(``vocabulary.py``) and compared with the rules in ``rulecheck.py``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import clingo.ast
import networkx as nx

Value = str | int
"""A constant: the local name of an entity, or an integer (a date is the integer yyyymmdd)."""

COMPARISONS = {0: ">", 1: "<", 2: "<=", 3: ">=", 4: "!=", 5: "="}
FLIPPED = {">": "<", "<": ">", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}


_LONGEST = 40_000
"""Characters of the rules of one record; the longest of the book has eight thousand."""
_DEEPEST, _SIGNS, _LARGEST = 50, 2_000, (1 << 31) - 1
_INCLUDE, _NUMBER = re.compile(r"#\s*include"), re.compile(r"(?<![\w'])(?:0[xob]\w+|\d+)")
_BRACKET, _ARITHMETIC = re.compile("[()]"), re.compile(r"(?<!:)-|[~|+*/\\^?&]")


class RuleError(ValueError):
    """A rule that cannot be used: where it stands and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Var:
    """A variable; an underscore is a variable of its own, different from every other."""

    name: str

    def __str__(self) -> str:
        return "_" if self.anonymous else self.name

    @property
    def anonymous(self) -> bool:
        """Whether it was written as an underscore."""
        return self.name[0] == "_" and self.name[1:].isdigit()


Term = Var | str | int


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate with its arguments."""

    predicate: str
    args: tuple[Term, ...]

    def __str__(self) -> str:
        return f"{self.predicate}({','.join(map(str, self.args))})"

    def variables(self) -> Iterator[Var]:
        """Its variables, as often as they occur."""
        return (a for a in self.args if isinstance(a, Var))


@dataclass(frozen=True, slots=True)
class Not:
    """The absence of an atom."""

    atom: Atom

    def __str__(self) -> str:
        return f"not {self.atom}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms compared; only dates and numbers are ordered."""

    left: Term
    op: str
    right: Term

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True, slots=True)
class Count:
    """``#count{ counted : atoms } op bound``: how many different bindings of ``counted`` the atoms have."""

    counted: tuple[Var, ...]
    atoms: tuple[Atom, ...]
    op: str
    bound: Term

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.atoms))
        return f"#count{{ {','.join(map(str, self.counted))} : {inner} }} {self.op} {self.bound}"


Literal = Atom | Not | Comparison | Count


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, the id of the record (norm, definition, axiom) that it belongs to, and its place in it."""

    head: Atom
    body: tuple[Literal, ...]
    owner: str
    index: int

    @property
    def id(self) -> str:
        """Record and place in it: ``a36.p3.s2#4``."""
        return f"{self.owner}#{self.index}"

    def __str__(self) -> str:
        return f"{self.head} :- {', '.join(map(str, self.body))}." if self.body else f"{self.head}."

    def positive(self) -> Iterator[Atom]:
        """The atoms of the body that must hold."""
        return (lit for lit in self.body if isinstance(lit, Atom))

    def negated(self) -> Iterator[Atom]:
        """The atoms of the body that must not hold."""
        return (lit.atom for lit in self.body if isinstance(lit, Not))

    def counts(self) -> Iterator[Count]:
        """The counts of the body."""
        return (lit for lit in self.body if isinstance(lit, Count))

    def atoms(self) -> Iterator[Atom]:
        """Every atom of the rule: head, positive, negated, counted."""
        yield self.head
        yield from self.positive()
        yield from self.negated()
        for count in self.counts():
            yield from count.atoms


def parse(text: str, owner: str) -> list[Rule]:
    """Parse the rules of one record.

    Raises RuleError for a syntax error and for everything outside the fragment (functions, arithmetic,
    disjunction, choice, constraints, other aggregates, classical negation).
    """
    _bounded(text, owner)
    statements: list[clingo.ast.AST] = []
    messages: list[str] = []
    try:
        clingo.ast.parse_string(text, statements.append, logger=lambda _, message: messages.append(message))
    except RuntimeError as error:
        raise RuleError(f"{owner}: {'; '.join(messages) or error}") from None
    rules: list[Rule] = []
    for statement in statements:
        where = f"{owner}: {statement}"
        if statement.ast_type == clingo.ast.ASTType.Program:
            if statement.name != "base" or statement.parameters:
                raise RuleError(f"{where}: only rules are allowed")
            continue
        if statement.ast_type != clingo.ast.ASTType.Rule:
            raise RuleError(f"{where}: only rules are allowed")
        rules.append(_rule(statement, owner, len(rules) + 1, where))
    return rules


def _bounded(text: str, owner: str) -> None:
    """Refuse what clingo's parser would take otherwise than it is written, or would end the program with.

    It reads other files when told to, ends at a NUL, cuts numbers down to 32 bits, ends the program when it
    has to complain of a letter that is not ASCII, and is not made for endless brackets or arithmetic.
    """
    if "\0" in text or _INCLUDE.search(text):
        raise RuleError(f"{owner}: 规则中不能有 NUL 或者 #include / no NUL and no #include in rules")
    if not text.isascii():
        raise RuleError(
            f"{owner}: 名称只用 ASCII 字母、数字和下划线 / names of ASCII letters, digits and _ only"
        )
    for number in _NUMBER.findall(text):
        if not number.isdecimal() or len(number) > 10 or int(number) > _LARGEST:
            raise RuleError(
                f"{owner}: 数字过大：{number[:20]} / a number of more than 32 bits, or not decimal"
            )
    depth = deepest = 0
    for sign in _BRACKET.findall(text):
        depth = max(0, depth + (1 if sign == "(" else -1))
        deepest = max(deepest, depth)
    if len(text) > _LONGEST or deepest > _DEEPEST or len(_ARITHMETIC.findall(text)) > _SIGNS:
        raise RuleError(
            f"{owner}: 规则过长，或者括号、运算符过多 / rules too long, or too many brackets or signs"
        )


def _rule(node: clingo.ast.AST, owner: str, index: int, where: str) -> Rule:
    fresh = itertools.count(1)
    if node.head.ast_type != clingo.ast.ASTType.Literal or node.head.sign:
        raise RuleError(f"{where}: the head must be one atom")
    head = _atom(node.head.atom, where, fresh)
    body = tuple(_literal(item, where, fresh) for item in node.body)
    return Rule(head, body, owner, index)


def _literal(node: clingo.ast.AST, where: str, fresh: Iterator[int]) -> Literal:
    if node.ast_type == clingo.ast.ASTType.Literal:
        if node.sign > 1:
            raise RuleError(f"{where}: double negation is not allowed")
        if node.atom.ast_type == clingo.ast.ASTType.Comparison:
            comparison = _comparison(node.atom, where, fresh)
            if node.sign:
                raise RuleError(f"{where}: write the opposite comparison instead of 'not {comparison}'")
            return comparison
        if node.atom.ast_type == clingo.ast.ASTType.BodyAggregate:
            return _count(node, where, fresh)
        atom = _atom(node.atom, where, fresh)
        return Not(atom) if node.sign else atom
    raise RuleError(f"{where}: '{node}' is outside the rule language")


def _comparison(node: clingo.ast.AST, where: str, fresh: Iterator[int]) -> Comparison:
    if len(node.guards) != 1:
        raise RuleError(f"{where}: compare two terms at a time")
    guard = node.guards[0]
    return Comparison(
        _term(node.term, where, fresh), COMPARISONS[guard.comparison], _term(guard.term, where, fresh)
    )


def _count(node: clingo.ast.AST, where: str, fresh: Iterator[int]) -> Count:
    atom = node.atom
    if atom.function != clingo.ast.AggregateFunction.Count or node.sign:
        raise RuleError(f"{where}: of the aggregates only a plain #count is allowed")
    if len(atom.elements) != 1 or (atom.left_guard is None) == (atom.right_guard is None):
        raise RuleError(f"{where}: write #count{{ X : atoms }} op n, one element, one bound")
    element = atom.elements[0]
    counted = tuple(_term(t, where, fresh) for t in element.terms)
    if not counted or not all(isinstance(t, Var) for t in counted):
        raise RuleError(f"{where}: #count counts variables")
    atoms = []
    for literal in element.condition:
        if literal.sign or literal.atom.ast_type != clingo.ast.ASTType.SymbolicAtom:
            raise RuleError(f"{where}: inside #count only plain atoms are allowed")
        atoms.append(_atom(literal.atom, where, fresh))
    if atom.left_guard is not None:  # clingo keeps "#count{…} >= 2" as "2 <= #count{…}"
        op, bound = FLIPPED[COMPARISONS[atom.left_guard.comparison]], atom.left_guard.term
    else:
        op, bound = COMPARISONS[atom.right_guard.comparison], atom.right_guard.term
    return Count(
        tuple(t for t in counted if isinstance(t, Var)), tuple(atoms), op, _term(bound, where, fresh)
    )


def _atom(node: clingo.ast.AST, where: str, fresh: Iterator[int]) -> Atom:
    if node.ast_type != clingo.ast.ASTType.SymbolicAtom:
        raise RuleError(f"{where}: '{node}' is outside the rule language")
    symbol = node.symbol
    if symbol.ast_type != clingo.ast.ASTType.Function or not symbol.name:
        raise RuleError(f"{where}: '{symbol}' is no plain atom")
    return Atom(symbol.name, tuple(_term(arg, where, fresh) for arg in symbol.arguments))


def _term(node: clingo.ast.AST, where: str, fresh: Iterator[int]) -> Term:
    if node.ast_type == clingo.ast.ASTType.Variable:
        # every underscore is a variable of its own, as in clingo
        return Var(f"_{next(fresh)}" if node.name == "_" else node.name)
    if node.ast_type == clingo.ast.ASTType.SymbolicTerm:
        symbol = node.symbol
        if symbol.type == clingo.SymbolType.Number:
            return int(symbol.number)
        if symbol.type == clingo.SymbolType.Function and not symbol.arguments and symbol.positive:
            return str(symbol.name)
    if node.ast_type == clingo.ast.ASTType.Function and not node.arguments and not node.external:
        return str(node.name)
    raise RuleError(f"{where}: '{node}' is outside the rule language (variables, names, numbers only)")


def unsafe_variables(rule: Rule) -> list[str]:
    """Variables of a rule that no positive atom binds (such a rule has no meaning)."""
    bound = {v for atom in rule.positive() for v in atom.variables()}
    needed: list[Var] = list(rule.head.variables())
    for literal in rule.body:
        if isinstance(literal, Not):
            needed += [v for v in literal.atom.variables() if not v.anonymous]
        elif isinstance(literal, Comparison):
            needed += [t for t in (literal.left, literal.right) if isinstance(t, Var)]
        elif isinstance(literal, Count):
            needed += [literal.bound] if isinstance(literal.bound, Var) else []
            inner = {v for atom in literal.atoms for v in atom.variables()}
            if missing := set(literal.counted) - inner:
                needed += missing
    return sorted({v.name for v in needed if v not in bound})


def dependency_graph(rules: Iterable[Rule]) -> nx.DiGraph[str]:
    """Graph of predicates, from what a rule uses to what it concludes; ``strict`` by absence or count."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for rule in rules:
        head = rule.head.predicate
        graph.add_node(head)
        uses = [(a.predicate, False) for a in rule.positive()]
        uses += [(a.predicate, True) for a in rule.negated()]
        uses += [(a.predicate, True) for count in rule.counts() for a in count.atoms]
        for predicate, strict in uses:
            known = graph.get_edge_data(predicate, head, {"strict": False, "rule": rule.id})
            graph.add_edge(
                predicate, head, strict=strict or known["strict"], rule=rule.id if strict else known["rule"]
            )
    return graph


def strata(rules: Iterable[Rule]) -> list[tuple[bool, list[Rule]]]:
    """Order the rules so that each group uses only finished groups: (recursive?, rules of the group).

    Raises RuleError, showing the circle, when a predicate depends on its own absence.
    """
    rules = list(rules)
    graph = dependency_graph(rules)
    by_head: dict[str, list[Rule]] = {}
    for rule in rules:
        by_head.setdefault(rule.head.predicate, []).append(rule)
    component_of: dict[str, int] = {}
    components = list(nx.strongly_connected_components(graph))
    for number, component in enumerate(components):
        component_of |= dict.fromkeys(component, number)
    for source, target, edge in graph.edges(data=True):
        if edge["strict"] and component_of[source] == component_of[target]:
            circle = [*nx.shortest_path(graph, target, source), target]
            raise RuleError(f"{edge['rule']}: circle through absence: {' -> '.join(circle)}")
    groups: list[tuple[bool, list[Rule]]] = []
    condensed = nx.condensation(graph, scc=components)
    # sorted as far as the order allows, so that two runs do the same thing
    order = nx.lexicographical_topological_sort(condensed, key=lambda n: min(condensed.nodes[n]["members"]))
    for number in order:
        members = condensed.nodes[number]["members"]
        group = [rule for name in sorted(members) for rule in by_head.get(name, ())]
        if group:
            recursive = len(members) > 1 or any(graph.has_edge(name, name) for name in members)
            groups.append((recursive, group))
    return groups
