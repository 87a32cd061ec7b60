"""Which rules stay within one case, and which join across cases: a static analysis of the rules.

Every entity has a level. *Standing* (0): bodies, places, words of the ontology, numbers. *Shared* (1):
inspections and the records about them. *Own* (2): issues and the records about them. Entities of one level
above 0 that statements tie together form a *cell*: an inspection with its plans and reports, an issue with
its acts, findings and transfers. An atom belongs to the cell of its deepest argument.

A rule is *local* when the deepest atoms of its body hang together through their own variables and every
shared variable is tied to them: then each of its uses lies in one own cell and the shared cells next to it,
or in one shared cell, and what it looks for and does not find would lie there too. What a local rule
concludes of a higher level than its body is a *message*: an issue's act performs a step of its inspection.

A rule whose body falls apart *joins across cases*. Where a part is tied to the rest by standing values only,
the part becomes a rule of its own whose conclusion is a message (``addressedTo(_,O)`` in one case, read in
another). Where a conclusion pairs what is not tied, nobody may read it but of things that are tied otherwise.
``Locality.crossing`` lists them all, with the variable that crosses; ``unresolved`` those that neither helps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx

from reasoner.batch.levels import OWN, SHARED, STANDING, Levels, Pattern
from reasoner.engine.calendar import MONTHS_AFTER
from reasoner.engine.facts import AS_OF
from reasoner.rulebook.rules import Atom, Comparison, Count, Literal, Not, Rule, Var, dependency_graph
from reasoner.rulebook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Crossing:
    """A rule that joins across cases: the variables through which it does, and how it is handled."""

    rule: Rule
    variables: tuple[str, ...]
    handled: str
    """``message``: the part beyond is a rule of its own; ``tied``: read only of what is tied; ``no``."""


@dataclass(eq=False)
class Use:
    """A rule under one assignment of levels to its variables."""

    levels: dict[str, int]

    def of(self, atom: Atom) -> int:
        """The level of an atom of the rule."""
        return max((self.levels[a.name] for a in atom.args if isinstance(a, Var)), default=STANDING)

    def names(self, atom: Atom, level: int) -> set[str]:
        """The variables of an atom that have a level."""
        return {a.name for a in atom.args if isinstance(a, Var) and self.levels[a.name] == level}


@dataclass
class Locality:
    """The rules as they are evaluated cell by cell, and what was found out about them."""

    vocabulary: Vocabulary
    rules: list[Rule]
    """With the parts that lie in other cases made rules of their own."""
    crossing: list[Crossing] = field(default_factory=list)
    tied: frozenset[str] = frozenset()
    """Predicates that hold of pairs that are not tied; nothing reads them but of things that are."""
    patterns: dict[str, set[Pattern]] = field(default_factory=dict)

    @cached_property
    def levels(self) -> Levels:
        """Levels by class."""
        return Levels(self.vocabulary)

    @cached_property
    def unresolved(self) -> list[Crossing]:
        """The rules that join across cases in a way that is not handled: with them nothing is local."""
        return [each for each in self.crossing if each.handled == "no"]

    @cached_property
    def uses(self) -> list[tuple[Rule, list[Use]]]:
        """Each rule with the assignments of levels under which it can be used."""
        return [(rule, list(_uses(rule, self.patterns))) for rule in self.rules]

    @cached_property
    def messages(self) -> list[Rule]:
        """The rules that can conclude of something of a higher level than what they conclude it from."""
        return [
            rule
            for rule, uses in self.uses
            if any(use.of(rule.head) < max(map(use.of, rule.positive()), default=0) for use in uses)
        ]

    @cached_property
    def parts(self) -> list[Rule]:
        """The parts of rules that messages are concluded from, each after what it reads."""
        made = {rule.head.predicate: rule for rule in self.rules if rule.owner == PART}
        found: dict[str, Rule] = {}

        def read(rule: Rule) -> None:
            for atom in rule.atoms():
                part = made.get(atom.predicate)
                if part is not None and part is not rule and atom.predicate not in found:
                    read(part)
                    found[atom.predicate] = part

        for rule in self.messages:
            read(rule)
        return list(found.values())

    @cached_property
    def needed(self) -> frozenset[str]:
        """The predicates of the given rules that messages are counted over: to be kept after a run."""
        made = {rule.head.predicate for rule in self.rules if rule.owner == PART}
        return frozenset(a.predicate for r in (*self.messages, *self.parts) for a in r.atoms()) - made

    def read_below(self, level: int) -> frozenset[str]:
        """The predicates whose atoms of a level some rule reads together with deeper ones."""
        found: set[str] = set()
        for rule, uses in self.uses:
            body = [*rule.positive(), *rule.negated(), *(a for c in rule.counts() for a in c.atoms)]
            for use in uses:
                if max(map(use.of, rule.positive()), default=0) > level:
                    found |= {a.predicate for a in body if level in self._levels_of(a, use)}
        return frozenset(found)

    def _levels_of(self, atom: Atom, use: Use) -> set[int]:
        known = [use.levels.get(a.name) if isinstance(a, Var) else STANDING for a in atom.args]
        return {
            max(pattern, default=0)
            for pattern in self.patterns.get(atom.predicate, ())
            if all(k is None or k == p for k, p in zip(known, pattern, strict=True))
        }

    def fits(self, predicate: str, pattern: Pattern) -> bool:
        """Whether the analysis reckons with such a statement."""
        return pattern in self.patterns.get(predicate, ())


_ROUNDS = 12
"""After so many rounds of making parts the rules are not of the kind for which this is worth while."""
PART = "part"
"""The owner of the rules that are parts of rules."""


def analyse(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    stated: Mapping[str, Collection[Pattern]],
    concluded: Collection[str] = (),
) -> Locality:
    """Analyse rules over facts of which the levels are known.

    ``stated``: for each predicate of facts, the levels of the arguments that occur; ``concluded``: the
    predicates that someone reads besides the rules.
    """
    given = {name: set(each) for name, each in stated.items()}
    for name, row in vocabulary.statements:
        given.setdefault(name, set()).add((STANDING,) * len(row))
    given |= {AS_OF: {(STANDING,)}, MONTHS_AFTER: {(STANDING,) * 3}}
    crossing: list[Crossing] = []
    tied: set[str] = set()
    waiting, parts_made = list(rules), 0
    for _ in range(_ROUNDS):
        patterns = _closure(waiting, given)
        kept: list[Rule] = []
        changed = False
        for rule in waiting:
            apart = _apart(rule, patterns, tied)
            if apart is None:
                kept.append(rule)
            elif split := _split(rule, apart, parts_made):
                parts_made += len(split) - 1
                crossing.append(Crossing(rule, _through(split), "message"))
                kept += split
                changed = True
            else:
                kept.append(rule)
                name = rule.head.predicate
                paired = apart.pairs and all(_names(rule.head) & part for part in apart.parts)
                if not paired or name in concluded:
                    crossing.append(Crossing(rule, apart.variables, "no"))
                else:
                    crossing.append(Crossing(rule, apart.variables, "tied"))
                    changed |= name not in tied
                    tied.add(name)
        waiting = kept
        if not changed:
            break
    else:
        crossing = [Crossing(each.rule, each.variables, "no") for each in crossing]
    crossing = list({(each.rule, each.handled): each for each in crossing}.values())
    found = Locality(vocabulary, waiting, crossing, frozenset(tied), patterns)
    found.crossing += [Crossing(rule, (), "no") for rule in _circular(found)]
    return found


def _closure(rules: Sequence[Rule], given: dict[str, set[Pattern]]) -> dict[str, set[Pattern]]:
    """The patterns that atoms can have, of all predicates."""
    patterns: dict[str, set[Pattern]] = defaultdict(set, {name: set(each) for name, each in given.items()})
    reading: dict[str, set[int]] = defaultdict(set)
    for number, rule in enumerate(rules):
        for atom in rule.positive():
            reading[atom.predicate].add(number)
    waiting = set(range(len(rules)))
    while waiting:
        rule = rules[waiting.pop()]
        for use in _uses(rule, patterns):
            pattern = tuple(use.levels[a.name] if isinstance(a, Var) else STANDING for a in rule.head.args)
            if pattern not in patterns[rule.head.predicate]:
                patterns[rule.head.predicate].add(pattern)
                waiting |= reading[rule.head.predicate]
    return dict(patterns)


def _uses(rule: Rule, patterns: dict[str, set[Pattern]]) -> Iterator[Use]:
    """The assignments of levels to the variables of a rule that its positive atoms allow."""
    found: list[dict[str, int]] = [{}]
    for atom in rule.positive():
        more: dict[tuple[tuple[str, int], ...], dict[str, int]] = {}
        for known in found:
            for pattern in patterns.get(atom.predicate, ()):
                levels = dict(known)
                for arg, level in zip(atom.args, pattern, strict=True):
                    if (levels.setdefault(arg.name, level) if isinstance(arg, Var) else STANDING) != level:
                        break
                else:
                    more[tuple(sorted(levels.items()))] = levels
        found = list(more.values())
    return map(Use, found)


@dataclass(frozen=True, slots=True)
class _Apart:
    """How a body falls apart: the variables of each part; whether only the head pairs them."""

    parts: tuple[frozenset[str], ...]
    pairs: bool

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(sorted(name for part in self.parts for name in part))


def _apart(rule: Rule, patterns: dict[str, set[Pattern]], tied: Collection[str]) -> _Apart | None:
    """None when each use lies in one own cell and the shared cells next to it, or in a shared one."""
    for use in _uses(rule, patterns):
        own: list[set[str]] = []
        shared: list[set[str]] = []
        beside: set[str] = set()
        for atom in rule.positive():
            mine, common = use.names(atom, OWN), use.names(atom, SHARED)
            if atom.predicate in tied:
                own += [{name} for name in mine]
                shared += [{name} for name in common]
            elif mine:
                own.append(mine)
                beside |= common
                shared += [{name} for name in common]
            elif common:
                shared.append(common)
        own, shared = joined(own), joined(shared)
        loose = [part for part in shared if not part & beside] if own else shared[1:]
        if len(own) > 1 or loose:
            main = own or shared[:1]
            near = [part for part in shared if part & beside] if len(own) == 1 else []
            parts = [frozenset().union(main[0], *near), *map(frozenset, main[1:]), *map(frozenset, loose)]
            return _Apart(tuple(parts), True)
        if _strays(rule, use, patterns):
            return _Apart((), False)
        head = {a.name for a in rule.head.args if isinstance(a, Var) and use.levels[a.name] == SHARED}
        if use.of(rule.head) == SHARED and rule.head.predicate not in tied:
            several = [part & head for part in shared if part & head]
            if len(several) > 1:
                return _Apart(tuple(map(frozenset, several)), True)
    return None


def _strays(rule: Rule, use: Use, patterns: dict[str, set[Pattern]]) -> bool:
    """Whether what is looked for or counted may lie deeper than what it is looked for with."""
    groups = [[atom] for atom in rule.negated()] + [list(count.atoms) for count in rule.counts()]
    for atoms in groups:
        known = dict(use.levels)
        for atom in atoms:
            bound = [known.get(a.name) if isinstance(a, Var) else STANDING for a in atom.args]
            deepest = max((level for level in bound if level is not None), default=STANDING)
            for pattern in patterns.get(atom.predicate, ()):
                if all(b is None or b == p for b, p in zip(bound, pattern, strict=True)):
                    if max(pattern, default=STANDING) > deepest:
                        return True
                    for arg, level in zip(atom.args, pattern, strict=True):
                        if isinstance(arg, Var):
                            known[arg.name] = max(level, known.get(arg.name, STANDING))
    return False


def joined(groups: Iterable[set[str]]) -> list[set[str]]:
    """Groups with a member in common, put together."""
    found: list[set[str]] = []
    for group in groups:
        new = set(group)
        apart = []
        for each in found:
            if each & new:
                new |= each
            else:
                apart.append(each)
        found = [*apart, new] if new else apart
    return found


def _split(rule: Rule, apart: _Apart, number: int) -> list[Rule] | None:
    """The rule with each part beyond made a rule of its own; None when they share more than values."""
    head = {v.name for v in rule.head.variables()}
    parts = sorted(apart.parts, key=lambda part: len(part & head))
    if (
        not parts
        or not apart.pairs
        or (parts[:-1] and parts[-2] & head and len(parts) > 1 and parts[-2] & head)
    ):
        return None
    body, made = list(rule.body), list[Rule]()
    for part in parts[:-1]:
        atoms = [x for x in body if isinstance(x, Atom) and {v.name for v in x.variables()} & part]
        inside = {v.name for atom in atoms for v in atom.variables()}
        tests = [x for x in body if not isinstance(x, Atom) and _names(x) & part]
        if not atoms or any(isinstance(x, Count) or not _names(x) <= inside for x in tests):
            return None
        rest = [x for x in body if x not in atoms and x not in tests]
        outside = head.union(*map(_names, rest)) if rest else head
        if outside & part:
            return None
        through = tuple(Var(name) for name in sorted(inside & outside))
        link = Atom(f"{PART}{number + len(made)}", through)
        made.append(Rule(link, (*atoms, *tests), PART, number + len(made)))
        body = [*rest, link]
    return [Rule(rule.head, tuple(body), rule.owner, rule.index), *made] if made else None


def _through(split: list[Rule]) -> tuple[str, ...]:
    return tuple(sorted({v.name for rule in split[1:] for v in rule.head.variables()}))


def _names(literal: Literal) -> set[str]:
    match literal:
        case Atom():
            return {v.name for v in literal.variables()}
        case Not(atom):
            return {v.name for v in atom.variables() if not v.anonymous}
        case Comparison(left, _, right):
            return {t.name for t in (left, right) if isinstance(t, Var)}
        case Count(counted, atoms, _, bound):
            inner = {v.name for atom in atoms for v in atom.variables()}
            return inner | {v.name for v in counted} | ({bound.name} if isinstance(bound, Var) else set())
    return set()


def _circular(found: Locality) -> list[Rule]:
    """Messages that can rest on themselves: what other cells sent before could then hold itself up."""
    graph = dependency_graph(found.rules)
    of = {name: i for i, part in enumerate(nx.strongly_connected_components(graph)) for name in part}
    return [
        rule
        for rule in found.messages
        if any(of.get(atom.predicate) == of.get(rule.head.predicate) for atom in rule.positive())
    ]
