"""Rules that say no more than an axiom of OWL 2, as that axiom; facts as assertions. All in N-Triples.

c(X) :- d(X).               SubClassOf            p(X,Y) :- q(X,Y).           SubObjectPropertyOf
c(X) :- d(X), e(X).         … of an intersection  p(X,Y) :- q(Y,X).           … of an inverse
c(X) :- p(X,_).             … of a restriction    p(X,Z) :- q(X,Y), r(Y,Z).   a property chain
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

from reasoner.engine.evaluate import Ground
from reasoner.rulebook.rules import Atom, Rule, Term, Var
from tests.bench.translate import InexpressibleError
from tests.bench.translate.sparql import PREDICATE, TYPE, iri

_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def ontology(rules: Collection[Rule], arities: dict[str, int]) -> Iterator[str]:
    """The axioms. Raises InexpressibleError for a rule that is none."""
    yield f"<urn:bench> <{TYPE}> <{_OWL}Ontology> .\n"
    for predicate, arity in arities.items():
        if arity > 2:
            raise InexpressibleError(f"{predicate}: OWL has no relation of {arity} arguments")
        kind = "Class" if arity == 1 else "ObjectProperty"
        yield f"{_name(predicate)} <{TYPE}> <{_OWL}{kind}> .\n"
    nodes = (f"_:b{number}" for number in range(10**9))
    for rule in rules:
        body = [literal for literal in rule.body if isinstance(literal, Atom)]
        if len(body) < len(rule.body) or not body:
            raise InexpressibleError(f"{rule.id}: absence, comparison and counting are not OWL's")
        if len(rule.head.args) == 1:
            yield from _of_class(rule, rule.head, body, nodes)
        else:
            yield from _of_property(rule, rule.head, body, nodes)


def assertions(facts: Iterable[Ground]) -> Iterator[str]:
    """The facts. Raises InexpressibleError for an integer: the axioms speak of individuals."""
    seen: set[str] = set()
    for predicate, row in facts:
        for value in row:
            if not isinstance(value, str):
                raise InexpressibleError(f"{predicate}: an integer is no individual")
            if value not in seen:
                seen.add(value)
                yield f"<{iri(value)}> <{TYPE}> <{_OWL}NamedIndividual> .\n"
        names = [f"<{iri(str(value))}>" for value in row]
        if len(names) == 1:
            yield f"{names[0]} <{TYPE}> {_name(predicate)} .\n"
        else:
            yield f"{names[0]} {_name(predicate)} {names[1]} .\n"


def _of_class(rule: Rule, head: Atom, body: list[Atom], nodes: Iterator[str]) -> Iterator[str]:
    focus = head.args[0]
    if not isinstance(focus, Var):
        raise InexpressibleError(f"{rule.id}: {head} is about an individual")
    members = []
    for atom in body:
        if atom.args == (focus,):
            members.append(_name(atom.predicate))
            continue
        others = [arg for arg in atom.args if arg != focus]
        used = [v for other in body if other is not atom for v in other.variables()]
        if len(atom.args) != 2 or len(others) != 1 or others[0] in used or not isinstance(others[0], Var):
            raise InexpressibleError(f"{rule.id}: no description of a class")
        node, role = next(nodes), _name(atom.predicate)
        if atom.args[1] == focus:
            inverse = next(nodes)
            yield f"{inverse} <{_OWL}inverseOf> {role} .\n"
            role = inverse
        yield f"{node} <{TYPE}> <{_OWL}Restriction> .\n"
        yield f"{node} <{_OWL}onProperty> {role} .\n"
        yield f"{node} <{_OWL}someValuesFrom> <{_OWL}Thing> .\n"
        members.append(node)
    if len(members) > 1:
        node, first = next(nodes), next(nodes)
        yield f"{node} <{TYPE}> <{_OWL}Class> .\n"
        yield f"{node} <{_OWL}intersectionOf> {first} .\n"
        yield from _list(first, members, nodes)
        members = [node]
    yield f"{members[0]} <{_RDFS}subClassOf> {_name(head.predicate)} .\n"


def _of_property(rule: Rule, head: Atom, body: list[Atom], nodes: Iterator[str]) -> Iterator[str]:
    start, end = head.args
    if not isinstance(start, Var) or not isinstance(end, Var) or start == end:
        raise InexpressibleError(f"{rule.id}: {head} is no property in general")
    steps, at, left = list[str](), start, list(body)
    while left:
        step, following = _step(rule, left, at)
        left.remove(step)
        name = _name(step.predicate)
        if step.args[0] != at:
            inverse = next(nodes)
            yield f"{inverse} <{_OWL}inverseOf> {name} .\n"
            name = inverse
        steps.append(name)
        at = following
    if at != end:
        raise InexpressibleError(f"{rule.id}: no chain of properties")
    if len(steps) == 1:
        yield f"{steps[0]} <{_RDFS}subPropertyOf> {_name(head.predicate)} .\n"
        return
    if steps == [_name(head.predicate)] * 2:
        yield f"{steps[0]} <{TYPE}> <{_OWL}TransitiveProperty> .\n"
        return
    first = next(nodes)
    yield f"{_name(head.predicate)} <{_OWL}propertyChainAxiom> {first} .\n"
    yield from _list(first, steps, nodes)


def _step(rule: Rule, left: list[Atom], at: Term) -> tuple[Atom, Var]:
    found = [
        (atom, arg)
        for atom in left
        if len(atom.args) == 2 and at in atom.args
        for arg in atom.args
        if arg != at and isinstance(arg, Var)
    ]
    if len(found) != 1:
        raise InexpressibleError(f"{rule.id}: no chain of properties")
    return found[0]


def _list(first: str, members: list[str], nodes: Iterator[str]) -> Iterator[str]:
    node = first
    for number, member in enumerate(members):
        rest = next(nodes) if number + 1 < len(members) else f"<{_RDF}nil>"
        yield f"{node} <{_RDF}first> {member} .\n"
        yield f"{node} <{_RDF}rest> {rest} .\n"
        node = rest


def _name(predicate: str) -> str:
    return f"<{PREDICATE}{quote(predicate)}>"
