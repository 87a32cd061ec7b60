"""Unfolding: a premise of a rule replaced by the premises of a rule that concludes it.

A rule unfolded by every rule for one of its premises concludes the same, and in the same ways, when nothing
else is known of that premise: it asks at once what was asked one after the other, so that a join may begin
with whatever finds least.
"""

from __future__ import annotations

from collections.abc import Callable

from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Term, Var


def unfolded(rule: Rule, premise: Atom, by: Rule, mark: str) -> Rule | None:
    """A rule with a premise replaced by what concludes it; None when that concludes something else.

    ``mark``: what the names of the variables of the replacing rule begin with; no other rule's may.
    """
    values: dict[str, Term] = {}

    def put(term: Term) -> Term:
        while isinstance(term, Var) and term.name in values:
            term = values[term.name]
        return term

    def own(term: Term) -> Term:
        return put(_marked(term, mark))

    for inner, outer in zip(map(own, by.head.args), map(put, premise.args), strict=True):
        left, right = put(inner), put(outer)
        if left == right:
            continue
        if isinstance(right, Var) and (right.anonymous or not isinstance(left, Var)):
            values[right.name] = left
        elif isinstance(left, Var):
            values[left.name] = right
        else:
            return None
    body: list[Literal] = []
    for literal in rule.body:
        if literal is premise:
            body += [_each(own, one) for one in by.body]
        else:
            body.append(_each(put, literal))
    head = Atom(rule.head.predicate, tuple(map(put, rule.head.args)))
    return Rule(head, tuple(dict.fromkeys(body)), rule.owner, rule.index)


def _marked(term: Term, mark: str) -> Term:
    if not isinstance(term, Var):
        return term
    return Var(f"_{mark}{term.name[1:]}" if term.anonymous else f"{mark}'{term.name}")


def _each(put: Callable[[Term], Term], literal: Literal) -> Literal:
    match literal:
        case Atom(predicate, args):
            return Atom(predicate, tuple(map(put, args)))
        case Not(Atom(predicate, args)):
            return Not(Atom(predicate, tuple(map(put, args))))
        case Comparison(left, op, right):
            return Comparison(put(left), op, put(right))
        case Count():
            raise TypeError(literal)
