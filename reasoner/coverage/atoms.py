"""From the rules back to the text: the words that each atom of each rule stands for.

In this order: the words its own norm gives for the predicate; the norm (or step of a procedure) that the atom
names; the basis of the definition that derives it; the words of the recorded term; the norms that derive it.
What is no law but a method of keeping records and weighing evidence says so, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reasoner.rulebook import law
from reasoner.rulebook.norms import LawBook, Record
from reasoner.rulebook.rules import Atom, Rule
from reasoner.rulebook.vocabulary import Vocabulary

KINDS = ("words", "norm", "definition", "term", "method")
"""Where the span of an atom can come from."""


@dataclass(frozen=True)
class Grounding:
    """An atom of a rule and its span; ``kind`` is empty when it has none.

    ``spans`` are words of the text; a method has none. ``of`` are the norms, definition or term they are of.
    """

    rule: Rule
    atom: Atom
    kind: str = ""
    spans: tuple[law.Span, ...] = ()
    of: tuple[str, ...] = ()


class Roots:
    """Finds the span of any atom of a law book."""

    def __init__(self, book: LawBook, vocabulary: Vocabulary) -> None:
        self.book, self.vocabulary = book, vocabulary
        self.definers: dict[str, list[Record]] = {}
        self.norms: dict[str, list[Record]] = {}
        for record in book.owners.values():
            derived = self.definers if record.id in book.definitions else self.norms
            for predicate in dict.fromkeys(rule.head.predicate for rule in record.rules):
                derived.setdefault(predicate, []).append(record)

    def of(self, record: Record) -> Iterator[Grounding]:
        """The atoms of all rules of a norm or definition, each with its span."""
        for rule in record.rules:
            for atom in rule.atoms():
                yield Grounding(rule, atom, *self._span(record, atom))

    def _span(self, record: Record, atom: Atom) -> tuple[str, tuple[law.Span, ...], tuple[str, ...]]:
        name = atom.predicate
        if spans := record.words.get(name):
            return "words", spans, (record.id,)
        if named := [self.book.by_constant[a] for a in atom.args if a in self.book.by_constant]:
            return _quotes(named)
        if definers := self.definers.get(name):
            by = sorted(definers, key=lambda d: d is not record)
            for definition in by:
                if definition.basis:
                    return "definition", definition.basis, (definition.id,)
            if method := [d.id for d in by if d.method]:
                return "method", (), tuple(method[:1])
            return "", (), tuple(d.id for d in by)
        term = self.vocabulary.predicates.get(name)
        if term is not None and term.words:
            return "term", tuple(self._words(term.sources, term.words)), (name,)
        if term is not None and term.method:
            return "method", (), (name,)
        return _quotes(self.norms[name]) if name in self.norms else ("", (), (name,))

    def _words(self, sources: tuple[str, ...], words: tuple[str, ...]) -> Iterator[law.Span]:
        for word in words:
            for source in sources:
                if word in self.book.regulation.text_of(source):
                    yield law.Span(source, word)

    def misquoted(self) -> Iterator[tuple[str, str, str]]:
        """Terms with words that stand in none of their sources: (predicate, word, sources)."""
        for term in self.vocabulary.predicates.values():
            found = {span.text for span in self._words(term.sources, term.words)}
            for word in term.words:
                if word not in found:
                    yield term.name, word, " ".join(term.sources)


def _quotes(norms: list[Record]) -> tuple[str, tuple[law.Span, ...], tuple[str, ...]]:
    """The quotes of norms, the basis of steps; no span when they have neither."""
    spans = tuple(s for n in norms for s in ((law.Span(n.place, n.quote),) if n.quote else n.basis))
    return "norm" if spans else "", spans, tuple(n.id for n in norms)
