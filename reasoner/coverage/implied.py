"""What an atom implies by the rules alone: conditions that no case could make false by themselves.

An atom implies the classes that its predicate's arguments are declared to have, their superclasses, its
superproperties and inverses and, when rules alone conclude it, whatever all of those rules require that could
have concluded it beside the other conditions. A condition is entailed as well when its opposite would let a
rule conclude what another condition says is absent. Only what holds in every world that fits the ontology is
called implied; where facts may state the predicate, or the rules run in a circle, no more is assumed than its
declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import cached_property

from reasoner.engine.evaluate import substitute
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Comparison, Literal, Not, Rule, Term, Var, strata
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, predicate_name

ANY = Var("_0")
"""Some value that is not named."""

OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


class Implications:
    """What the atoms of one rule base imply."""

    def __init__(self, rules: Ontology) -> None:
        self.vocabulary = rules.vocabulary
        self._classes = {name: predicate for predicate, name in rules.vocabulary.class_names.items()}
        self._rules: dict[str, list[Rule]] = {}
        self._ways: dict[str, list[set[Literal]]] = {}
        self._always: dict[str, frozenset[Literal]] = {}
        self._implied: dict[Atom, set[Literal]] = {}
        self._complete = False  # what is implied grows until every stratum is read
        for _, group in strata(rules.book.rules):
            by_head: dict[str, list[Rule]] = {}
            for rule in group:
                by_head.setdefault(rule.head.predicate, []).append(rule)
            self._rules |= by_head
            for name, own in by_head.items():
                declared = self.vocabulary.predicates.get(name)
                if declared is not None and declared.derived:
                    self._ways[name] = [self._required(rule) for rule in own]
                    self._always[name] = frozenset(_common(self._ways[name]))
        self._complete = True

    def of(self, atom: Atom) -> Set[Literal]:
        """The atom itself and all that it implies; an unnamed value is ``ANY``."""
        start = _unnamed(atom)
        if (known := self._implied.get(start)) is not None:
            return known
        found: set[Literal] = set()
        waiting: list[Literal] = [start]
        while waiting:
            current = waiting.pop()
            if current in found:
                continue
            found.add(current)
            if isinstance(current, Atom):
                waiting += self._typing(current)
                waiting += self._axioms(current)
                waiting += (
                    put
                    for each in self._always.get(current.predicate, ())
                    if (put := _put(each, current.args))
                )
        return found

    def entailing(self, condition: Literal, others: Sequence[Literal]) -> Literal | None:
        """Which of the other conditions of a body makes this one true wherever it holds, if one does."""
        for other in others:
            if isinstance(condition, Atom) and isinstance(other, Atom):
                if self._implies(other, condition, others):
                    return other
            elif isinstance(condition, Not) and self._excludes(condition.atom, other):
                return other
        return self._denied(_opposite(condition), others)

    def _implies(self, atom: Atom, wanted: Atom, others: Sequence[Literal]) -> bool:
        """Whether the wanted atom holds wherever the atom does, in the company of the others."""
        if any(_covers(wanted, each) for each in self.of(atom)):
            return True
        if atom.predicate not in self._ways:
            return False
        company = set[Literal]().union(*(self.of(o) for o in others if isinstance(o, Atom) and o != atom))
        ways = []
        for way, rule in zip(self._ways[atom.predicate], self._rules[atom.predicate], strict=True):
            if any(
                isinstance(h, str | int) and isinstance(a, str | int) and h != a
                for h, a in zip(rule.head.args, atom.args, strict=True)
            ):
                continue
            needed = {put for each in way if (put := _put(each, _unnamed(atom).args)) is not None}
            if not any(self._disjoint(a, b) for a in needed for b in company):
                ways.append(needed)
        return bool(ways) and all(any(_covers(wanted, each) for each in needed) for needed in ways)

    def _denied(self, opposite: Literal | None, others: Sequence[Literal]) -> Literal | None:
        """Which condition denies what a rule would conclude if the opposite of another held."""
        if opposite is None:
            return None
        known: set[Literal] = set()
        for literal in (*others, opposite):
            known |= self.of(literal) if isinstance(literal, Atom) else {literal}
        for other in others:
            if not isinstance(other, Not):
                continue
            for rule in self._rules.get(other.atom.predicate, ()):
                start: dict[str, Term] = {}
                if _meets(rule.head, other.atom, start) and _found(list(rule.body), known, start):
                    return other
        return None

    def _excludes(self, atom: Atom, other: Literal) -> bool:
        """Whether the atom cannot hold where the other condition does."""
        needed = self.of(atom)
        if isinstance(other, Not):  # it would need what is absent
            return any(_covers(other.atom, each) for each in needed)
        if not isinstance(other, Atom):
            return False
        given = self.of(other)
        denied = {
            each.atom for each in needed if isinstance(each, Not)
        }  # it needs the absence of what is there
        denied_too = {each.atom for each in given if isinstance(each, Not)}
        return (
            any(_covers(no, each) for no in denied for each in given)
            or any(_covers(no, each) for no in denied_too for each in needed)
            or any(self._disjoint(a, b) for a in needed for b in given)
        )

    def _disjoint(self, one: Literal, other: Literal) -> bool:
        names = self.vocabulary.class_names
        return (
            isinstance(one, Atom)
            and isinstance(other, Atom)
            and one.args == other.args != (ANY,)
            and one.predicate in names
            and other.predicate in names
            and self.vocabulary.are_disjoint(names[one.predicate], names[other.predicate])
        )

    def _required(self, rule: Rule) -> set[Literal]:
        """What the head of a rule implies when this rule yields it, said of the places of the head."""
        places = {
            arg.name: Var(f"#{i}")
            for i, arg in reversed(list(enumerate(rule.head.args)))
            if isinstance(arg, Var)
        }
        found: set[Literal] = set()
        for literal in rule.body:
            implied = self.of(literal) if isinstance(literal, Atom) else {literal}
            for each in implied:
                if isinstance(each, Atom):
                    found.add(Atom(each.predicate, tuple(_place(a, places) for a in each.args)))
                elif isinstance(each, Not) and all(
                    not isinstance(a, Var) or a.anonymous or a.name in places for a in each.atom.args
                ):
                    args = tuple(_place(a, places) for a in each.atom.args)
                    found.add(Not(Atom(each.atom.predicate, args)))
        return found

    def _typing(self, atom: Atom) -> Iterator[Atom]:
        """The classes that a recorded property's subject and value must have."""
        declared = self.vocabulary.predicates.get(atom.predicate)
        if declared is None or declared.derived or declared.is_class:
            return
        for arg, alternatives in zip(atom.args, declared.arguments, strict=True):
            if ANYTHING in alternatives or set(alternatives) & NUMBERS or not isinstance(arg, Var):
                continue
            common = set.intersection(*(self.vocabulary.ancestors(each) for each in alternatives))
            yield from (Atom(self._classes[name], (arg,)) for name in common if name in self._classes)

    def _axioms(self, atom: Atom) -> Iterator[Atom]:
        if len(atom.args) == 1:
            own = self.vocabulary.class_names.get(atom.predicate)
            for parent in self.vocabulary.ancestors(own) if own else ():
                if parent in self._classes:
                    yield Atom(self._classes[parent], atom.args)
        for one, other in self._inverses.get(atom.predicate, ()):
            yield Atom(one, atom.args if not other else tuple(reversed(atom.args)))

    @cached_property
    def _inverses(self) -> dict[str, list[tuple[str, bool]]]:
        """By property: its superproperties (False) and inverses (True)."""
        found: dict[str, list[tuple[str, bool]]] = {}
        for sub, sup in self.vocabulary.subproperties:
            found.setdefault(predicate_name(sub), []).append((predicate_name(sup), False))
        for one, other in self.vocabulary.inverses:
            found.setdefault(one, []).append((other, True))
            found.setdefault(other, []).append((one, True))
        return found


def _opposite(condition: Literal) -> Literal | None:
    match condition:
        case Not(atom):
            return None if any(isinstance(a, Var) and a.anonymous for a in atom.args) else atom
        case Atom():
            return Not(condition)
        case Comparison(left, op, right):
            return Comparison(left, OPPOSITE[op], right)
    return None


def _meets(general: Atom, special: Atom, values: dict[str, Term]) -> bool:
    """Whether an atom of a rule can stand for an atom of the body, its variables taking those terms."""
    for place, (mine, theirs) in enumerate(zip(general.args, special.args, strict=True)):
        if theirs == ANY:
            theirs = Var(f"?{place} of {special}")  # some value: no other that is not named is known to be it
        elif isinstance(theirs, Var) and theirs.anonymous:
            continue  # denied of whatever value
        if isinstance(mine, Var):
            if not mine.anonymous and values.setdefault(mine.name, theirs) != theirs:
                return False
        elif mine != theirs:
            return False
    return True


def _found(waiting: list[Literal], known: set[Literal], values: dict[str, Term]) -> bool:
    """Whether every condition of a rule is among what is known, under one reading of its variables."""
    if not waiting:
        return True
    first = min(waiting, key=lambda literal: not isinstance(literal, Atom))  # atoms bind, the others test
    rest = [literal for literal in waiting if literal is not first]
    if isinstance(first, Atom):
        for each in known:
            if isinstance(each, Atom) and each.predicate == first.predicate:
                extended = dict(values)
                if _meets(first, each, extended) and _found(rest, known, extended):
                    return True
        return False
    return substitute(first, values) in known and _found(rest, known, values)


def _place(term: Term, places: dict[str, Var]) -> Term:
    return places.get(term.name, ANY) if isinstance(term, Var) else term


def _unnamed(atom: Atom) -> Atom:
    return Atom(atom.predicate, tuple(ANY if isinstance(a, Var) and a.anonymous else a for a in atom.args))


def _put(literal: Literal, args: tuple[Term, ...]) -> Literal | None:
    """What is said of the places of an atom, said of its arguments."""

    def value(term: Term) -> Term:
        return args[int(term.name[1:])] if isinstance(term, Var) and term.name[0] == "#" else term

    if isinstance(literal, Atom):
        return Atom(literal.predicate, tuple(map(value, literal.args)))
    if isinstance(literal, Not):
        put = tuple(map(value, literal.atom.args))
        # an unnamed value of a denied atom means "none at all": it cannot be said of some value
        before = literal.atom.args
        if any(new == ANY and old != ANY for new, old in zip(put, before, strict=True)):
            return None
        return Not(Atom(literal.atom.predicate, put))
    return None


def _covers(general: Literal, special: Literal) -> bool:
    """Whether a literal says no more than another: same terms, or an unnamed value for any."""
    if isinstance(general, Not) and isinstance(special, Not):
        general, special = general.atom, special.atom
    if not isinstance(general, Atom) or not isinstance(special, Atom):
        return False
    return general.predicate == special.predicate and all(
        g == s or (isinstance(g, Var) and g.anonymous)
        for g, s in zip(general.args, special.args, strict=True)
    )


def _common(sets: list[set[Literal]]) -> set[Literal]:
    """What every one of the sets says, where they differ in a value with that value unnamed."""
    found, *others = sets
    for other in others:
        shared: set[Literal] = set()
        for one in found:
            for two in other:
                if isinstance(one, Atom) and isinstance(two, Atom) and one.predicate == two.predicate:
                    args = tuple(a if a == b else ANY for a, b in zip(one.args, two.args, strict=True))
                    shared.add(Atom(one.predicate, args))
                elif isinstance(one, Not) and one == two:
                    shared.add(one)
        found = shared
    return found
