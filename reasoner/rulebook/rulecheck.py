"""Checks of the rule base: what a rule may not be is refused before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reasoner.rulebook.norms import LawBook, Record
from reasoner.rulebook.rules import (
    Atom,
    Comparison,
    Count,
    Not,
    Rule,
    RuleError,
    Term,
    Var,
    strata,
    unsafe_variables,
)
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Predicate, Vocabulary, predicate_name

Kinds = tuple[str, ...]

_NAMED_ELSEWHERE = {"Norm", "Status", "ClassName", "Procedure", "ProcedureStep"}

BINDINGS = ("rule", "definition", "parameter", "finding", "declared")
"""What a norm of the text becomes."""


def check_rules(rules: Iterable[Rule], vocabulary: Vocabulary) -> list[str]:
    """One line for each fault: undeclared predicate or constant, arity, argument type, safety, circle."""
    rules = list(rules)
    problems: list[str] = []
    for rule in rules:
        problems += [f"{rule.id}: {problem}: {rule}" for problem in _rule_problems(rule, vocabulary)]
    try:
        strata(rules)
    except RuleError as error:
        problems.append(str(error))
    return problems


def check_book(book: LawBook, vocabulary: Vocabulary) -> list[str]:
    """Check rules, quotes, bindings, points and the norm constants of a law book; one line for each fault."""
    problems = check_rules(book.rules, vocabulary)
    for record in book.owners.values():
        used = {atom.predicate for rule in record.rules for atom in rule.atoms()}
        problems += [
            f"{record.id}: words: {name} stands in none of its rules"
            for name in record.words
            if name not in used
        ]
    problems += [
        f"{record.id}: {p}"
        for record in book.steps.values()
        for p in _unknown_steps(record, book, vocabulary)
    ]
    for record in book.norms.values():
        try:
            book.regulation.quote_span(record.place, record.quote or "")
        except LookupError as error:
            problems.append(f"{record.id}: {error}")
        if not record.label.get("zh") or not record.label.get("en"):
            problems.append(f"{record.id}: label needs zh and en")
        problems += [f"{record.id}: {problem}" for problem in binding_problems(record, vocabulary)]
        problems += [
            f"{record.id}: unknown point {point}" for point in record.points if point not in book.points
        ]
        problems += [
            f"{record.id}: {p}" for p in _foreign_norms(record.rules, record.constant, book, vocabulary)
        ]
    return problems


def binding_problems(record: Record, vocabulary: Vocabulary) -> Iterator[str]:
    """A norm is a rule, or terms of the ontology, or declared not computable with the reason."""
    if record.binding not in BINDINGS:
        yield f"binding must be one of {', '.join(BINDINGS)}, not {record.binding}"
    if record.binding == "rule" and not record.rules:
        yield "bound as rule without a rule"
    if record.binding in ("definition", "parameter", "finding") and not (record.rules or record.terms):
        yield f"bound as {record.binding} without a rule or terms"
    if record.binding == "declared" and (record.rules or not all(record.reason.get(x) for x in ("zh", "en"))):
        yield "declared: needs a reason in zh and en, and no rule"
    known = {*vocabulary.individuals, *vocabulary.predicates}
    for term in record.terms:
        if term not in known and predicate_name(term) not in known:
            yield f"unknown term {term}"


def _unknown_steps(record: Record, book: LawBook, vocabulary: Vocabulary) -> Iterator[str]:
    """A step's rules name steps and procedures that are written down."""
    known = {step.constant for step in book.steps.values()}
    for rule in record.rules:
        predicate = vocabulary.predicates.get(rule.head.predicate)
        for arg, place in zip(rule.head.args, predicate.arguments if predicate else (), strict=False):
            if {"ProcedureStep", "Procedure"} & set(place) and isinstance(arg, str) and arg not in known:
                yield f"no step {arg}: {rule}"


def _foreign_norms(rules: Iterable[Rule], own: str, book: LawBook, vocabulary: Vocabulary) -> Iterator[str]:
    """A norm's rules conclude about that norm only."""
    for rule in rules:
        predicate = vocabulary.predicates.get(rule.head.predicate)
        if predicate is None or "norm" not in predicate.roles:
            continue
        named = rule.head.args[predicate.roles.index("norm")]
        if named != own:
            yield f"concludes about {named}, not about itself: {rule}"


def _rule_problems(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    if unsafe := unsafe_variables(rule):
        yield f"unsafe variable {', '.join(unsafe)}"
    kinds: dict[str, Kinds] = {}
    if rule.owner.startswith("owl:"):
        return  # axioms are typed by the ontology itself, and HermiT has judged them
    for atom in rule.atoms():
        predicate = vocabulary.predicates.get(atom.predicate)
        if predicate is None:
            yield f"undeclared predicate {atom.predicate}/{len(atom.args)}"
            continue
        if predicate.arity != len(atom.args):
            yield f"{atom.predicate} takes {predicate.arity} arguments, not {len(atom.args)}"
            continue
        if predicate.recorded_only:
            yield f"{atom.predicate} is recorded and shown only, never reasoned over"
        yield from _argument_problems(atom, predicate, kinds, vocabulary)
    for body_atom in (*rule.positive(), *rule.negated(), *(a for c in rule.counts() for a in c.atoms)):
        used = vocabulary.predicates.get(body_atom.predicate)
        if used is not None and used.roles:
            yield f"{body_atom.predicate} is a conclusion; rules may conclude it, not use it"
    for literal in rule.body:
        yield from _comparison_problems(literal, kinds)


def _argument_problems(
    atom: Atom, predicate: Predicate, kinds: dict[str, Kinds], vocabulary: Vocabulary
) -> Iterator[str]:
    for place, (arg, expected) in enumerate(zip(atom.args, predicate.arguments, strict=True), 1):
        if isinstance(arg, Var):
            if arg.anonymous:
                continue
            known = kinds.get(arg.name, (ANYTHING,))
            if not _compatible(known, expected, vocabulary):
                yield f"{arg.name} is {'/'.join(known)} and, in {atom}, {'/'.join(expected)}"
            elif known == (ANYTHING,):
                kinds[arg.name] = expected
        elif isinstance(arg, int):
            if not (set(expected) & NUMBERS or ANYTHING in expected):
                yield f"argument {place} of {atom} must be {'/'.join(expected)}, not a number"
        elif individual := vocabulary.individuals.get(arg):
            if not _compatible(individual.classes or (ANYTHING,), expected, vocabulary):
                found = "/".join(individual.classes)
                yield f"argument {place} of {atom} must be {'/'.join(expected)}, not {found}"
        elif not _special_constant(arg, expected):
            yield f"undeclared constant {arg} in {atom}"


def _special_constant(name: str, expected: Kinds) -> bool:
    """Norms, classes and steps are named in rules without being individuals of the ontology."""
    return bool(_NAMED_ELSEWHERE & set(expected))


def _compatible(one: Kinds, other: Kinds, vocabulary: Vocabulary) -> bool:
    return any(not vocabulary.are_disjoint(a, b) for a in one for b in other)


def _comparison_problems(literal: object, kinds: dict[str, Kinds]) -> Iterator[str]:
    if isinstance(literal, Comparison) and literal.op not in ("=", "!="):
        for term in (literal.left, literal.right):
            if not _is_number(term, kinds):
                yield f"{literal} compares what is no date or number"
    if isinstance(literal, Count) and not _is_number(literal.bound, kinds):
        yield f"{literal} compares a count with what is no number"
    if isinstance(literal, Not) and any(isinstance(a, Var) and a.name == "" for a in literal.atom.args):
        yield "nameless variable"


def _is_number(term: Term, kinds: dict[str, Kinds]) -> bool:
    if isinstance(term, Var):
        return bool(set(kinds.get(term.name, ())) & NUMBERS)
    return isinstance(term, int)
