"""All worlds up to a bound, as one program: whatever could be recorded about so many things is a choice.

A thing has the class that the bound gives it and may have any narrower one that a rule names; a property may
hold wherever the vocabulary lets it stand. Of the ontology's own things only those can matter that a rule
names; all others of a class are alike, and one stands for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reasoner.asking.slices import AXIOM
from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground
from reasoner.engine.facts import AS_OF, gather
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Atom, Comparison, Count, Not, Rule
from reasoner.rulebook.vocabulary import ANYTHING, NUMBERS, Predicate, predicate_name
from reasoner.verification.cones import GIVEN
from reasoner.verification.properties import Bounds

TEXT = "text1"
"""The one text that stands for any: a paper, a source."""
_WORDS = frozenset({"Text", "text"})
_PARAMETER_KIND = "parameterKind"
_DOMAIN, _RANGE = 0, 1


@dataclass(frozen=True)
class Choice:
    """A statement that may be recorded, if each of its things is of one of some classes (none: always)."""

    atom: Ground
    given: tuple[tuple[Ground, ...], ...] = ()


class BoundedWorlds:
    """The worlds up to a bound in which the rules of a cone could conclude something."""

    def __init__(self, ontology: Ontology, bounds: Bounds, cone: Iterable[Rule], norm: str = "") -> None:
        self.vocabulary, self.book, self.bounds = ontology.vocabulary, ontology.book, bounds
        self.rules = list(cone)
        written = [rule for rule in self.rules if not rule.owner.startswith(AXIOM)]
        read = {atom.predicate for rule in written for atom in rule.atoms()} - GIVEN
        others = self._elsewhere(norm, written) if bounds.own_words else set()
        self.constants = {term for r in written if r.owner not in others for term in _constants(r)}
        recorded = [p for name in sorted(read) if (p := self._recorded(name)) is not None]
        self.classes = {self.vocabulary.class_names[p.name] for p in recorded if p.arity == 1}
        self.properties = [p for p in recorded if p.arity == 2]
        for p in self.properties:
            self.classes |= {kind for place in p.arguments for kind in place if self._is_class(kind)}
        self.things = dict(self._things())
        self.options = {thing: self._narrower(base) for thing, base in self.things.items()}
        self.facts = self._facts({atom.predicate for rule in self.rules for atom in rule.atoms()})
        self.choices = list(self._choices())

    def _elsewhere(self, norm: str, written: list[Rule]) -> set[str]:
        """The norms of other articles than this one's and those that the property itself names."""
        shared = self.book.norms.keys() | self.book.definitions.keys()
        named = {term for rule in written if rule.owner not in shared for term in _constants(rule)}
        own = {
            self.book.by_constant[each].id.split(".")[0]
            for each in {norm, *named} & self.book.by_constant.keys()
        }
        return {id for id in self.book.norms if id.split(".")[0] not in own}

    def _recorded(self, name: str) -> Predicate | None:
        declared = self.vocabulary.predicates.get(name)
        return None if declared is None or declared.derived or declared.arity > 2 else declared

    def _is_class(self, kind: str) -> bool:
        return kind != ANYTHING and kind not in NUMBERS and predicate_name(kind) in self.vocabulary.predicates

    def _things(self) -> Iterator[tuple[str, str]]:
        """The things of the world by name, with the class the bound gives each; only of classes in use."""
        for base, number in self.bounds.things.items():
            above = self.vocabulary.ancestors(base)
            if not any(base in self.vocabulary.ancestors(c) or c in above for c in self.classes):
                continue
            for i in range(1, number + 1):
                yield f"{predicate_name(base)}{i}", base

    def _narrower(self, base: str) -> list[str]:
        return sorted(c for c in self.classes if c != base and base in self.vocabulary.ancestors(c))

    def _facts(self, used: set[str]) -> list[Ground]:
        """What holds in every world: the ontology's own statements, the regulation's parameters."""
        facts = gather(None, self.book, self.vocabulary, self.bounds.days[0])
        self.counting = facts.counting
        return [atom for atom in facts.atoms if atom[0] in used and atom[0] not in GIVEN]

    # -- what may be recorded -------------------------------------------------------------------------

    def _choices(self) -> Iterator[Choice]:
        for thing, classes in self.options.items():
            for name in classes:
                yield Choice((predicate_name(name), (thing,)))
        for declared in self.properties:
            for thing in self.things:
                subject = self._fits(thing, declared.arguments[_DOMAIN])
                if subject is None:
                    continue
                for value, condition in self._values(declared):
                    if value != thing:
                        yield Choice((declared.name, (thing, value)), (*subject, *condition))

    def _values(self, declared: Predicate) -> Iterator[tuple[str | int, tuple[tuple[Ground, ...], ...]]]:
        kinds = declared.arguments[_RANGE]
        if "date" in kinds:
            yield from ((day, ()) for day in self.bounds.days)
        if _WORDS & set(kinds):
            yield TEXT, ()
        for thing in self.things:
            if (condition := self._fits(thing, kinds)) is not None:
                yield thing, condition
        if kinds != (ANYTHING,):
            yield from ((name, ()) for name in self._named(declared, kinds))

    def _named(self, declared: Predicate, kinds: tuple[str, ...]) -> list[str]:
        """The ontology's things that can stand there: those that a rule names, and one for all others."""
        taken = {str(entry["kind"]) for entry in self.book.parameters}
        fitting = [
            individual.name
            for individual in self.vocabulary.individuals.values()
            if any(set(kinds) & self.vocabulary.ancestors(c) for c in individual.classes)
            and not self.bounds.unrecorded & set(individual.classes)
            and not (declared.name == _PARAMETER_KIND and individual.name in taken)
        ]
        named = sorted(name for name in fitting if name in self.constants)
        others = sorted(name for name in fitting if name not in self.constants)
        of_kind = all("Kind" in self.vocabulary.ancestors(kind) for kind in kinds)
        return [*named, *others[:1]] if of_kind else named

    def _fits(self, thing: str, kinds: tuple[str, ...]) -> tuple[tuple[Ground, ...], ...] | None:
        """Under which conditions a thing can stand where these kinds are wanted; None when it never can."""
        above = self.vocabulary.ancestors(self.things[thing])
        if ANYTHING in kinds or above & set(kinds):
            return ()
        under = [c for c in self.options[thing] if set(kinds) & self.vocabulary.ancestors(c)]
        return (tuple((predicate_name(c), (thing,)) for c in under),) if under else None

    # -- as a program -----------------------------------------------------------------------------------

    def given(self) -> list[Ground]:
        """What holds in every one of the worlds."""
        bases = ((predicate_name(base), (thing,)) for thing, base in self.things.items())
        months = calendar.facts(self.bounds.days, self.book.months, self.counting)
        return [*self.facts, *bases, *months]

    def choosing(self) -> str:
        """What may be recorded, and on which day is asked, for clingo."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"1 {{ {'; '.join(_text((AS_OF, (day,))) for day in self.bounds.days)} }} 1."
        single: dict[tuple[str, str | int], list[str]] = {}
        for choice in self.choices:
            given = ", ".join(f"1 {{ {'; '.join(map(_text, any_of))} }}" for any_of in choice.given)
            yield f"{{ {_text(choice.atom)} }}{f' :- {given}' if given else ''}."
            predicate, row = choice.atom
            if predicate in self.bounds.single:
                single.setdefault((predicate, row[0]), []).append(_text(choice.atom))
        yield from (f":- 2 {{ {'; '.join(values)} }}." for values in single.values() if len(values) > 1)
        for thing, classes in self.options.items():
            for i, one in enumerate(classes):
                for other in classes[i + 1 :]:
                    if self.vocabulary.are_disjoint(one, other):
                        yield f":- {predicate_name(one)}({thing}), {predicate_name(other)}({thing})."

    def recorded(self, true: set[Ground]) -> list[Ground]:
        """What is recorded in one of the worlds, of all that is true in it."""
        chosen = [choice.atom for choice in self.choices if choice.atom in true]
        bases = [(predicate_name(base), (thing,)) for thing, base in self.things.items()]
        return [*bases, *chosen]


def _constants(rule: Rule) -> Iterator[str]:
    for atom in rule.atoms():
        yield from (arg for arg in atom.args if isinstance(arg, str))
    for literal in rule.body:
        if isinstance(literal, Comparison):
            yield from (term for term in (literal.left, literal.right) if isinstance(term, str))
        assert isinstance(literal, Atom | Not | Comparison | Count)


def _text(atom: Ground) -> str:
    return f"{atom[0]}({','.join(map(str, atom[1]))})"
