"""What could be recorded: which statements somebody might add to a model, and about what.

Nobody adds to the ontology's own things, and nothing gets a second nature; an act or a finding on record is
what it is, though what was left out of it may still be recorded.
"""

from __future__ import annotations

from reasoner.asking.attempts import Goal, State, is_fresh
from reasoner.asking.trial import Trial
from reasoner.engine.evaluate import Model
from reasoner.rulebook.vocabulary import NUMBERS, Vocabulary

KIND = "Kind"
"""The class of what only the ontology names: kinds, reasons, states."""
_AS_RECORDED = ("recordedEvent", "parameter")


class Recordable:
    """Judges goals by the vocabulary's types and by the classes of what is on record."""

    def __init__(self, model: Model | Trial, vocabulary: Vocabulary) -> None:
        self.model, self.vocabulary = model, vocabulary
        self._apart: dict[tuple[str, str], bool] = {}
        self._fitting: dict[tuple[str, tuple[str, ...]], bool] = {}
        self._included: dict[tuple[str, str], bool] = {}
        self._natures: dict[str, list[str]] = {}

    def typed(self, goal: Goal) -> bool:
        """Whether the things on record that a goal names can stand where they stand."""
        if goal.kind != "+":
            return True
        declared = self.vocabulary.predicates[goal.predicate].arguments
        for value, kinds in zip(goal.args, declared, strict=True):
            if isinstance(value, str) and not is_fresh(value):
                known = self._fitting.get((value, kinds))
                if known is None:
                    known = self._fitting[value, kinds] = self._may_be(value, kinds, None)
                if not known:
                    return False
        return True

    def single(self, predicate: str) -> bool:
        """Whether a thing has one value of it: nothing happens on two days, nothing is of two kinds."""
        declared = self.vocabulary.predicates[predicate]
        if declared.derived or declared.arity != 2:
            return False
        values = set(declared.arguments[1])
        return values <= NUMBERS or all(KIND in self.vocabulary.ancestors(value) for value in values)

    def says(self, assumed: str, wanted: str) -> bool:
        """Whether an assumed class membership includes the wanted one."""
        if assumed == wanted:
            return True
        known = self._included.get((assumed, wanted))
        if known is None:
            known = self._included[assumed, wanted] = _includes(self.vocabulary, assumed, wanted)
        return known

    def assumable(self, goal: Goal, state: State) -> bool:
        """Whether somebody could record this: no stand-in, no second nature, nothing of the ontology."""
        subject = goal.args[0]
        declared = self.vocabulary.predicates.get(goal.predicate)
        if declared is None or declared.derived or subject in self.vocabulary.individuals:
            return False
        for value, kinds in zip(goal.args, declared.arguments, strict=True):
            if value in self.vocabulary.stand_ins:
                return False
            if isinstance(value, str) and not self._may_be(value, kinds, state):
                return False
        if not isinstance(subject, str) or is_fresh(subject):
            return True
        if any(self.model.holds((kind, (subject,))) for kind in _AS_RECORDED):
            # an act or a finding on record is what it is; what was left out of it may still be recorded
            return not declared.is_class and not any(self.model.match(goal.predicate, (subject, None)))
        if declared.is_class:
            return bool(set(self._classes(subject)) & self.vocabulary.ancestors(declared.arguments[0][0]))
        return True

    def _may_be(self, thing: str, kinds: tuple[str, ...], state: State | None) -> bool:
        """Whether a thing can be of one of the kinds, as far as is known or assumed of it."""
        if state is None or not is_fresh(thing):
            known: list[tuple[str, ...]] = [(name,) for name in self._classes(thing)]
        else:
            known = [
                self.vocabulary.predicates[predicate].arguments[place]
                for predicate, row in state.facts
                for place, value in enumerate(row)
                if value == thing
            ]
        return all(any(not self._disjoint(one, other) for one in kinds for other in own) for own in known)

    def _disjoint(self, one: str, other: str) -> bool:
        known = self._apart.get((one, other))
        if known is None:
            known = self._apart[one, other] = self.vocabulary.are_disjoint(one, other)
        return known

    def _classes(self, thing: str) -> list[str]:
        known = self._natures.get(thing)
        if known is None:
            names = self.vocabulary.class_names
            known = self._natures[thing] = [names[c] for c in names if self.model.holds((c, (thing,)))]
        return known


def _includes(vocabulary: Vocabulary, narrower: str, wider: str) -> bool:
    names = vocabulary.class_names
    return narrower in names and wider in names and names[wider] in vocabulary.ancestors(names[narrower])
