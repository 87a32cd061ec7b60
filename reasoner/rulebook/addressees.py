"""Whom the norms address: the words of a frame for its bearer, and which bodies on record they mean.

What the words mean is data (``addressees.yaml`` beside the articles). A body is addressed by name, as a
member of a class, as the Party committee or the government of a district, or in a role that must be on
record; words for persons and classes that the text leaves open address no body.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from reasoner import bundled
from reasoner.rulebook.norms import LawBook, NormError, Record, read_yaml
from reasoner.rulebook.vocabulary import Vocabulary

How = Literal["body", "class", "side", "role"]
_KINDS = frozenset({"body", "class", "side", "role", "persons", "open"})


@dataclass(frozen=True)
class Role:
    """A recorded role: the property that states it, and whether the body is its subject or its object."""

    property: str
    stands: Literal["subject", "object"]


@dataclass(frozen=True)
class Addressee:
    """What one word means: exactly one of the fields is set, or none where it means no body."""

    word: str
    individual: str | None = None
    classes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    role: Role | None = None
    persons: bool = False


@dataclass(frozen=True)
class Addressed:
    """A norm that addresses a body: by which word, and how the word reaches it."""

    norm: Record
    word: str
    how: How


class Addressees:
    """The words for bearers of one regulation."""

    def __init__(self, entries: Mapping[str, Addressee], book: LawBook, vocabulary: Vocabulary) -> None:
        self.entries, self._book, self._vocabulary = entries, book, vocabulary

    def words(self, norm: Record) -> list[str]:
        """The words by which a norm names its bearer; none where the text names nobody."""
        bearer = norm.frame.get("bearer") or {}
        return [str(word) for word in bearer.get("members") or ()] if isinstance(bearer, dict) else []

    @cached_property
    def _types(self) -> dict[str, str]:
        """Individuals of class NormType by the first word of their English label."""
        kinds = (i for i in self._vocabulary.individuals.values() if "NormType" in i.classes)
        return {individual.label["en"].split(" or ")[0]: individual.name for individual in kinds}

    def type_of(self, norm: Record) -> str | None:
        """The individual of the ontology that is the norm's type (``obligation``, ``permission`` …)."""
        return self._types.get(norm.type.split("/")[0])

    def of(
        self, body: str, classes: Collection[str], sides: Collection[str], roles: Collection[Role]
    ) -> Iterator[Addressed]:
        """The norms that address a body, in the order of the text.

        ``classes`` are its classes with those above them (``MunicipalUnit``), ``sides`` the properties that
        link it to a district (``partyCommitteeOf``), ``roles`` those it is recorded in.
        """
        for norm in self._book.norms.values():
            for word in self.words(norm):
                if (how := self._reaches(word, body, classes, sides, roles)) is not None:
                    yield Addressed(norm, word, how)
                    break

    def _reaches(
        self,
        word: str,
        body: str,
        classes: Collection[str],
        sides: Collection[str],
        roles: Collection[Role],
    ) -> How | None:
        entry = self.entries.get(word)
        if entry is None:
            return None
        if entry.individual == body:
            return "body"
        if any(each in classes for each in entry.classes):
            return "class"
        if any(each in sides for each in entry.sides):
            return "side"
        return "role" if entry.role is not None and entry.role in roles else None

    @cached_property
    def roles(self) -> dict[Role, str]:
        """The recorded roles that norms speak of, with their word."""
        return {entry.role: entry.word for entry in self.entries.values() if entry.role is not None}


def load(book: LawBook, vocabulary: Vocabulary, file: Path | None = None) -> Addressees:
    """Read the words of a regulation. Raises NormError for one that means nothing the ontology has."""
    place = file or bundled.path("ontology", "regulation", book.regulation.id, "addressees.yaml")
    return Addressees(
        {word: _entry(place, str(word), said, vocabulary) for word, said in read_yaml(place).items()},
        book,
        vocabulary,
    )


def _entry(place: Path, word: str, said: object, vocabulary: Vocabulary) -> Addressee:
    def error(what: str) -> NormError:
        return NormError(f"{place.name}: {word}: {what}")

    if not isinstance(said, dict) or len(said) != 1 or not said.keys() <= _KINDS:
        raise error(f"应为 {'、'.join(sorted(_KINDS))} 之一 / one of these is expected")
    kind, value = next(iter(said.items()))
    known = {*vocabulary.class_names.values()}
    match kind:
        case "body" if value in vocabulary.individuals:
            return Addressee(word, individual=str(value))
        case "class" if value in known:
            return Addressee(word, classes=(str(value),))
        case "side" if all(each in vocabulary.predicates for each in value):
            return Addressee(word, sides=tuple(value))
        case "role" if value["property"] in vocabulary.predicates and value["stands"] in (
            "subject",
            "object",
        ):
            return Addressee(word, role=Role(value["property"], value["stands"]))
        case "persons":
            return Addressee(word, persons=True)
        case "open":
            return Addressee(word)
    raise error(f"本体中没有：{value} / not in the ontology: {value}")
