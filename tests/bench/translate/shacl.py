"""Rules as rules of SHACL-AF: each in a shape of its own, in the order of the strata.

The focus node is the first variable of the head; the shape's target is a condition that has this variable. A
rule that follows a path from there is a triple rule, much the faster in pySHACL; any other a SPARQL rule.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import quote

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.term import Node

from reasoner.rulebook.rules import Atom, Comparison, Count, Not, Rule, Term, Var, strata
from tests.bench.translate import InexpressibleError
from tests.bench.translate.sparql import PREDICATE, THIS, Sparql


def shapes(rules: Collection[Rule], sparql: Sparql) -> tuple[Graph, bool]:
    """The shapes, and whether some rule is recursive (then they are applied until nothing is new).

    Raises InexpressibleError for a rule without a condition that could be a target.
    """
    graph, order, circular = Graph(), 0, False
    for recursive, group in strata(rules):
        circular = circular or recursive
        for rule in group:
            order += 1
            _shape(graph, rule, sparql, order)
    return graph, circular


def _shape(graph: Graph, rule: Rule, sparql: Sparql, order: int) -> None:
    shape, entailed = URIRef(f"urn:shape:{order}"), URIRef(f"urn:rule:{order}")
    focus, target, place = _target(rule, sparql)
    graph.add((shape, RDF.type, SH.NodeShape))
    graph.add((shape, target, place))
    graph.add((shape, SH.order, Literal(order)))
    graph.add((shape, SH.rule, entailed))
    graph.add((entailed, SH.order, Literal(order)))
    path = _path(rule, focus, sparql)
    if path is None:
        graph.add((entailed, RDF.type, SH.SPARQLRule))
        graph.add((entailed, SH.construct, Literal(sparql.construct(_renamed(rule, focus)))))
        return
    graph.add((entailed, RDF.type, SH.TripleRule))
    graph.add((entailed, SH.subject, SH.this))
    head = URIRef(PREDICATE + quote(rule.head.predicate))
    if not path:
        graph.add((entailed, SH.predicate, RDF.type))
        graph.add((entailed, SH.object, head))
        return
    graph.add((entailed, SH.predicate, head))
    value = BNode()
    graph.add((entailed, SH.object, value))
    graph.add((value, SH.path, _path_node(graph, path)))


def _path(rule: Rule, focus: Var, sparql: Sparql) -> list[tuple[str, bool]] | None:
    """The properties (and whether turned around) that lead from the focus to the head's other argument.

    Empty for a class that follows from the target alone; None when the rule asks for anything else.
    """
    head, left, at, path = rule.head, list(rule.body), focus, list[tuple[str, bool]]()
    if head.predicate in sparql.rows or head.args[0] != focus:
        return None
    if len(head.args) == 1:
        return [] if len(left) == 1 and isinstance(left[0], Atom) else None
    while left:
        step = next((a for a in left if isinstance(a, Atom) and len(a.args) == 2 and at in a.args), None)
        if step is None or step.predicate in sparql.rows:
            return None
        left.remove(step)
        forward = step.args[0] == at
        following = step.args[1 if forward else 0]
        if not isinstance(following, Var) or following == at:
            return None
        path.append((step.predicate, forward))
        at = following
    return path if at == head.args[1] else None


def _path_node(graph: Graph, path: list[tuple[str, bool]]) -> Node:
    nodes: list[Node] = []
    for predicate, forward in path:
        name = URIRef(PREDICATE + quote(predicate))
        nodes.append(name if forward else BNode())
        if not forward:
            graph.add((nodes[-1], SH.inversePath, name))
    return nodes[0] if len(nodes) == 1 else RdfList(graph, BNode(), nodes).uri


def _target(rule: Rule, sparql: Sparql) -> tuple[Var, URIRef, URIRef]:
    """The variable of the focus node, and what the shape's target is."""
    for variable in dict.fromkeys(
        (*rule.head.variables(), *(v for a in rule.positive() for v in a.variables()))
    ):
        for atom in rule.positive():
            if variable not in atom.args or atom.predicate in sparql.rows or variable.anonymous:
                continue
            predicate = URIRef(PREDICATE + quote(atom.predicate))
            if len(atom.args) == 1:
                return variable, SH.targetClass, predicate
            target = SH.targetSubjectsOf if atom.args[0] == variable else SH.targetObjectsOf
            return variable, target, predicate
    raise InexpressibleError(f"{rule.id}: no condition that could be the target of a shape")


def _renamed(rule: Rule, focus: Var) -> Rule:
    def term(old: Term) -> Term:
        return THIS if old == focus else old

    def atom(old: Atom) -> Atom:
        return Atom(old.predicate, tuple(map(term, old.args)))

    body: list[Atom | Not | Comparison | Count] = []
    for literal in rule.body:
        match literal:
            case Atom():
                body.append(atom(literal))
            case Not():
                body.append(Not(atom(literal.atom)))
            case Comparison():
                body.append(Comparison(term(literal.left), literal.op, term(literal.right)))
            case Count():
                body.append(
                    replace(literal, atoms=tuple(map(atom, literal.atoms)), bound=term(literal.bound))
                )
    return Rule(atom(rule.head), tuple(body), rule.owner, rule.index)
