"""Whether what RDF files say fits the ontology.

Classes are of what is recorded, not of what is concluded or law; nothing is of two classes that exclude each
other; every property stands between things that can stand there.

A table says it by its layout; a subject of an RDF file has to be judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reasoner.ledger.report import Problem
from reasoner.ledger.row import Entry
from reasoner.ledger.words import message
from reasoner.records.record import Claim
from reasoner.rulebook.vocabulary import Text, Vocabulary

# What is concluded, and what is law: neither is a fact that somebody records.
_NOT_RECORDED = frozenset({"Conclusion", "Status", "Norm", "Duty", "Regulation", "Subdivision"})


class Fitting:
    """Judges subjects by the ontology and by the classes that things have ``elsewhere``, by id."""

    def __init__(self, terms: Vocabulary, elsewhere: Mapping[str, Iterable[str]]) -> None:
        self._terms = terms
        self._classes: dict[str, set[str]] = {}
        for id, names in elsewhere.items():
            self.learn(id, names)

    def learn(self, id: str, names: Iterable[str]) -> None:
        """Take the classes of a thing, by the names of their predicates."""
        known = self._terms.class_names
        self._classes.setdefault(id, set()).update(known[name] for name in names if name in known)

    def _of(self, id: str) -> set[str]:
        """The classes of a thing; an individual of the ontology has those that it has there as well."""
        individual = self._terms.individuals.get(id)
        return self._classes.get(id, set()).union(individual.classes if individual else ())

    def judge(self, entries: Iterable[Entry]) -> None:
        """Add to each entry what is wrong with it; entries set aside already say nothing of others."""
        entries = [entry for entry in entries if entry.usable]
        for entry in entries:
            own = [claim.predicate for claim in entry.claims if claim.object is None]
            apart = [p for name in own if (p := self._unrecorded_class(name))]
            for code, value, fill in apart:
                self._refuse(entry, code, "rdf:type", value, fill)
            if not apart:
                self.learn(entry.claims[0].subject if entry.claims else "", own)
        for entry in entries:
            if entry.claims:
                self._disjoint(entry, entry.claims[0].subject)
            for claim in entry.claims if entry.usable else ():
                if claim.subject in self._terms.stand_ins or claim.object in self._terms.stand_ins:
                    word = claim.subject if claim.subject in self._terms.stand_ins else str(claim.object)
                    self._refuse(entry, "stand-in", claim.predicate, word, {"word": word})
                elif claim.object is not None:
                    for code, fill in self.misplaced(claim):
                        self._refuse(entry, code, claim.predicate, str(claim.object), fill)

    def _refuse(self, entry: Entry, code: str, column: str, value: str, fill: dict[str, str]) -> None:
        said = message(code, **fill)
        entry.problems.append(
            Problem("set_aside", code, entry.source.file, None, None, column, value[:200], *said)
        )

    def _unrecorded_class(self, name: str) -> tuple[str, str, dict[str, str]] | None:
        predicate = self._terms.predicates.get(name)
        if predicate is None:
            return None
        local = self._terms.class_names.get(name, name[:1].upper() + name[1:])
        if not predicate.is_class or predicate.is_status or self._terms.ancestors(local) & _NOT_RECORDED:
            return "rdf-concluded", local, self._named("term", local)
        return None

    def _disjoint(self, entry: Entry, subject: str) -> None:
        classes = sorted(self._of(subject))
        for place, one in enumerate(classes):
            for other in classes[place + 1 :]:
                if self._terms.are_disjoint(one, other):
                    fill = self._named("one", one) | self._named("other", other)
                    self._refuse(entry, "rdf-disjoint", "rdf:type", subject, fill)
                    return

    def misplaced(self, claim: Claim) -> Iterator[tuple[str, dict[str, str]]]:
        """What cannot stand on either side of a property."""
        predicate = self._terms.predicates.get(claim.predicate)
        if predicate is None or len(predicate.arguments) != 2:
            return
        domain, span = predicate.arguments
        if any(self._terms.ancestors(each) & _NOT_RECORDED for each in domain):
            yield "rdf-concluded", self._named("term", claim.predicate)
            return
        ends = [("rdf-domain", claim.subject, domain)]
        if claim.kind == "entity":
            ends.append(("rdf-range", str(claim.object), span))
        for code, id, expected in ends:
            for found in sorted(self._of(id)):
                if all(self._terms.are_disjoint(found, each) for each in expected):
                    fill = self._named("found", found) | {"thing": id}
                    labels = [self._label(each) for each in expected]
                    fill |= {f"expected_{lang}": j.join(x[lang] for x in labels) for lang, j in _JOINED}
                    yield code, fill
                    break

    def _label(self, local: str) -> Text:
        name = local if local in self._terms.predicates else local[:1].lower() + local[1:]
        predicate = self._terms.predicates.get(name)
        label = predicate.label if predicate is not None else {}
        return {language: label.get(language, local) for language in ("zh", "en")}

    def _named(self, slot: str, local: str) -> dict[str, str]:
        return {f"{slot}_{language}": said for language, said in self._label(local).items()}


def misplaced(terms: Vocabulary, claims: Iterable[Claim]) -> Iterator[tuple[Claim, str, dict[str, str]]]:
    """What the classes that a row gives do not let stand where it puts it: claim, code, what fills it."""
    claims = list(claims)
    judge = Fitting(terms, {})
    for claim in claims:
        if claim.object is None:
            judge.learn(claim.subject, [claim.predicate])
    for claim in claims:
        if claim.object is not None:
            yield from ((claim, code, fill) for code, fill in judge.misplaced(claim))


_JOINED = (("zh", "、"), ("en", " or "))
