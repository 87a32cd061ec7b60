"""Rules as SPARQL updates and facts as RDF: one update for each rule, stratum by stratum.

An atom is written ``s a p`` with one argument, ``s p o`` with two. One with more, or whose first argument may
be an integer, becomes a node of its own with a property for each argument, its IRI made from the arguments.
Names are IRIs, integers (dates too) are xsd:integer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import quote, unquote

from reasoner.engine.evaluate import Ground
from reasoner.rulebook.rules import Atom, Comparison, Count, Not, Rule, Term, Value, Var, strata
from tests.bench.translate import InexpressibleError
from tests.bench.translate.nemo import holds_of_none

NAME, PREDICATE, ROW = "urn:n:", "urn:p:", "urn:r:"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
THIS = Var("this")
"""The focus node of a shape; the variables of rules begin with a capital."""
_SAFE = "-_.~"  # what ENCODE_FOR_URI leaves as it is


class Sparql:
    """Writes rules and facts; ``numeric`` are the arguments in which an integer may stand."""

    def __init__(self, rules: Collection[Rule], numeric: set[tuple[str, int]]) -> None:
        self.rules = list(rules)
        arities = {atom.predicate: len(atom.args) for rule in rules for atom in rule.atoms()}
        self.arities = arities
        self.rows = {p for p, arity in arities.items() if arity > 2 or (p, 0) in numeric}
        """The predicates whose atoms are nodes."""

    # -- rules --------------------------------------------------------------------------------------

    def strata(self) -> Iterator[tuple[bool, list[str]]]:
        """Yield (recursive?, updates); those of a recursive stratum are repeated until nothing is new."""
        for recursive, group in strata(self.rules):
            yield recursive, [self.update(rule) for rule in group]

    def update(self, rule: Rule) -> str:
        """A rule as an INSERT."""
        template, where = self._rule(rule)
        return f"INSERT {{ {template} }} WHERE {{ {where} }}"

    def construct(self, rule: Rule) -> str:
        """A rule as a CONSTRUCT."""
        template, where = self._rule(rule)
        return f"CONSTRUCT {{ {template} }} WHERE {{ {where} }}"

    def _rule(self, rule: Rule) -> tuple[str, str]:
        fresh = _counter()
        where = [self._pattern(atom, fresh) for atom in rule.positive()]
        bound = {v for atom in rule.positive() for v in atom.variables()}
        filters = []
        for literal in rule.body:
            if isinstance(literal, Count):
                result = fresh("n")
                where.append(self._count(literal, bound, result, fresh, rule))
                filters.append(f"FILTER ( {result} {literal.op} {_term(literal.bound)} )")
            elif isinstance(literal, Not):
                filters.append(f"FILTER NOT EXISTS {{ {self._pattern(literal.atom, fresh)} }}")
            elif isinstance(literal, Comparison):
                filters.append(f"FILTER ( {_term(literal.left)} {literal.op} {_term(literal.right)} )")
        head = rule.head
        if head.predicate in self.rows:
            where_row = f"BIND ( {_row_expression(head)} AS ?row )"
            return self._row("?row", head), " ".join([*where, *filters, where_row])
        return self._pattern(head, fresh), " ".join([*where, *filters])

    def _pattern(self, atom: Atom, fresh: Callable[[str], str]) -> str:
        if atom.predicate in self.rows:
            return self._row(fresh("r"), atom)
        name = f"<{PREDICATE}{quote(atom.predicate)}>"
        if len(atom.args) == 1:
            return f"{_term(atom.args[0])} a {name} ."
        return f"{_term(atom.args[0])} {name} {_term(atom.args[1])} ."

    def _row(self, node: str, atom: Atom) -> str:
        """The node of an atom; an argument that no one asks for is not matched, unless it is the only one."""
        asked = [(i, arg) for i, arg in enumerate(atom.args) if not (isinstance(arg, Var) and arg.anonymous)]
        properties = [f"<{PREDICATE}{quote(atom.predicate)}.{i}> {_term(arg)}" for i, arg in asked]
        return f"{node} {' ; '.join(properties or [f'<{PREDICATE}{quote(atom.predicate)}.0> []'])} ."

    def _count(
        self, literal: Count, bound: set[Var], result: str, fresh: Callable[[str], str], rule: Rule
    ) -> str:
        if len(literal.counted) != 1:
            raise InexpressibleError(f"{rule.id}: SPARQL counts one variable")
        if holds_of_none(literal):
            raise InexpressibleError(f"{rule.id}: a group of nothing has no row to count")
        inner = " ".join(self._pattern(atom, fresh) for atom in literal.atoms)
        keys = {v for a in literal.atoms for v in a.variables() if v in bound and v not in literal.counted}
        group = " ".join(sorted(map(_variable, keys)))
        counted = f"( COUNT(DISTINCT {_variable(literal.counted[0])}) AS {result} )"
        grouped = f" GROUP BY {group}" if group else ""
        return f"{{ SELECT {group} {counted} WHERE {{ {inner} }}{grouped} }}"

    # -- facts --------------------------------------------------------------------------------------

    def triples(self, facts: Iterable[Ground]) -> Iterator[str]:
        """Facts as lines of N-Triples."""
        for predicate, row in facts:
            name = PREDICATE + quote(predicate)
            if predicate in self.rows:
                node = f"<{_row_iri(predicate, row)}>"
                for i, value in enumerate(row):
                    yield f"{node} <{name}.{i}> {_value(value)} .\n"
            elif len(row) == 1:
                yield f"{_value(row[0])} <{TYPE}> <{name}> .\n"
            else:
                yield f"{_value(row[0])} <{name}> {_value(row[1])} .\n"

    def query(self, predicate: str) -> str:
        """A SELECT of the rows of a predicate, argument by argument."""
        arguments = tuple(Var(f"A{i}") for i in range(self.arities[predicate]))
        pattern = self._pattern(Atom(predicate, arguments), _counter())
        return f"SELECT DISTINCT {' '.join(map(_variable, arguments))} WHERE {{ {pattern} }}"


def value_of(iri: str | None, literal: str | None) -> Value:
    """The value that an IRI or a literal stands for."""
    return unquote(iri.removeprefix(NAME)) if iri is not None else int(literal or "")


def iri(name: str) -> str:
    """The IRI of a name."""
    return NAME + quote(name, safe=_SAFE)


def _value(value: Value) -> str:
    return f'"{value}"^^<{INTEGER}>' if isinstance(value, int) else f"<{iri(value)}>"


def _row_iri(predicate: str, row: tuple[Value, ...]) -> str:
    parts = [str(value) if isinstance(value, int) else iri(value) for value in row]
    return f"{ROW}{quote(predicate)}/" + "/".join(quote(part, safe=_SAFE) for part in parts)


def _row_expression(head: Atom) -> str:
    """The IRI of an atom as an expression over its variables; the same as ``_row_iri``."""
    parts: list[str] = [f'"{ROW}{quote(head.predicate)}"']
    for arg in head.args:
        parts.append('"/"')
        if isinstance(arg, Var):
            parts.append(f"ENCODE_FOR_URI(STR({_variable(arg)}))")
        else:
            text = str(arg) if isinstance(arg, int) else iri(arg)
            parts.append(f'"{quote(text, safe=_SAFE)}"')
    return f"IRI(CONCAT({', '.join(parts)}))"


def _term(term: Term) -> str:
    if isinstance(term, Var):
        return _variable(term)
    return str(term) if isinstance(term, int) else f"<{iri(term)}>"


def _variable(variable: Var) -> str:
    """A variable; an underscore has a name of its own in a rule (``rules.Var``)."""
    return "?this" if variable == THIS else f"?v{variable.name.replace(chr(39), '_')}"


def _counter() -> Callable[[str], str]:
    """Names for what the rule has no variable for: nodes and counts."""
    numbers = iter(range(10**6))
    return lambda letter: f"?{letter}{next(numbers)}"
