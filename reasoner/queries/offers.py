"""What a query names besides words – districts, bodies, sectors – and which views answer it.

Nothing is guessed. A name counts where it stands in the query as it is on record (whenever it was in use),
the longest first; one that several bear stands for each of them. A sector is named by a word of ledgers, by
its label, or by the beginning or the end of either (无证码头: 港口码头); what the word means is left to the
view. An offer is a view with what it is opened with; it is for the reader to take it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import Final, Literal

from reasoner.answers import responsibility
from reasoner.queries.questions import Catalogue, Question, View
from reasoner.queries.search_text import tokens, words
from reasoner.records.directory import Directory

Family = Literal["district", "unit", "word"]
Kind = View | Literal["question"]

_MOST_SECTORS: Final = 4  # a part of a word that may mean more sectors is too vague to ask with
_MOST: Final = {"responsible": 4, "succession": 3, "calendar": 3, "question": 4}
_SHORTEST: Final = 2  # characters of a name, or of a part of one, within other words
_SIDE_BY_SIDE: Final = 2  # values of one blank, each with a question of its own
_BETWEEN: Final = re.compile("[/、（）]+")
_SUCCEEDED: Final = "succeededBy"

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A view that fits a query. ``filled``: blank -> id, or the word of a sector as somebody typed it.

    ``question`` is the id of the ready question, when it is one.
    """

    kind: Kind
    filled: Mapping[str, str] = field(default_factory=dict)
    question: str = ""


@dataclass(frozen=True)
class Mentions:
    """What a query names: ids of districts and of bodies, words of sectors; ``rest`` is what remains."""

    districts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rest: tuple[Tokens, ...] = ()


class Names:
    """The names under which districts, bodies and sectors are known, for looking through queries."""

    def __init__(self, known: Directory) -> None:
        self.known = known

    @cached_property
    def _bearers(self) -> dict[Tokens, list[tuple[Family, str]]]:
        """Names of districts and bodies, with who bears them; not of townships, whose names recur."""
        found: dict[Tokens, list[tuple[Family, str]]] = {}
        for entity in self.known.entities.values():
            family: Family
            if self.known.is_district(entity.id):
                family = "district"
            elif self.known.family(entity.id) == "body" and self.known.kind(entity.id) != "township":
                family = "unit"
            else:
                continue
            for text in {*entity.label.values(), *(name.text for name in entity.names)}:
                name = tuple(tokens(text))
                if len("".join(name)) >= _SHORTEST:
                    found.setdefault(name, []).append((family, entity.id))
        return found

    @cached_property
    def _sector_words(self) -> dict[Tokens, str]:
        """Words that mean sectors, or of which the registry says why they mean none."""
        said = [each.text for each in responsibility.words()]
        labels = [each.label["zh"] for each in self.known.of("sector")]
        found: dict[Tokens, str] = {}
        for text in (*said, *labels, *(part for each in (*said, *labels) for part in _parts(each))):
            found.setdefault(tuple(tokens(text)), text)
        return found

    @cached_property
    def _sector_parts(self) -> dict[Tokens, str]:
        """Beginnings and ends of the words that mean sectors."""
        meaning = [each.text for each in responsibility.words() if each.sectors]
        meaning += [each.label["zh"] for each in self.known.of("sector")]
        found: dict[Tokens, str] = {}
        for part in (part for text in meaning for part in _parts(text)):
            for size in range(_SHORTEST, len(part)):
                for text in (part[:size], part[-size:]):
                    found.setdefault(tuple(tokens(text)), text)
        return found

    def sectors(self, word: str) -> tuple[str, ...]:
        """All sectors that a word may mean."""
        meant = responsibility.meant(word, self.known)
        return tuple(dict.fromkeys(sector for each in meant for sector in each.sectors))

    def mentions(self, query: str) -> Mentions:
        """What a query names."""
        named, runs = _taken(words(query), self._bearers)
        bearers = [each for name in named for each in self._bearers[name]]
        whole = [run for run in runs if run in self._sector_words]  # also 水, which is a part of much
        said, runs = _taken([run for run in runs if run not in whole], self._sector_words)
        meant = [self._sector_words[name] for name in (*whole, *said)]
        if not meant:
            parts, runs = _taken(runs, self._sector_parts)
            meant = [self._sector_parts[name] for name in parts]
            meant = [word for word in meant if len(self.sectors(word)) <= _MOST_SECTORS]
        return Mentions(
            tuple(dict.fromkeys(id for family, id in bearers if family == "district")),
            tuple(dict.fromkeys(id for family, id in bearers if family == "unit")),
            tuple(dict.fromkeys(meant)),
            tuple(runs),
        )


def _parts(text: str) -> list[str]:
    """The words that stand side by side in one: 建筑垃圾/扬尘, 林地、自然保护地、湿地."""
    return _BETWEEN.split(text)


def _taken(runs: Iterable[Tokens], known: Container[Tokens]) -> tuple[list[Tokens], list[Tokens]]:
    """Which known names stand in some words, from left to right and the longest first; and what remains."""
    found, rest = [], []
    for run in runs:
        start = at = 0
        while at < len(run):
            ends = range(len(run), at, -1)
            end = next((e for e in ends if run[at:e] in known and len("".join(run[at:e])) >= _SHORTEST), None)
            if end is None:
                at += 1
                continue
            found.append(run[at:end])
            if start < at:
                rest.append(run[start:at])
            start = at = end
        if start < len(run):
            rest.append(run[start:])
    return found, rest


# -- what fits ------------------------------------------------------------------------------------


def offers(query: str, names: Names, catalogue: Catalogue) -> list[Offer]:
    """The views that answer a query, by kind; none for a query that names nothing and asks for nothing."""
    said = names.mentions(query)
    asked = _Asked(query, said, catalogue)
    known = names.known
    units = (known.district_of(unit) for unit in said.units)
    places = tuple(dict.fromkeys((*said.districts, *(place for place in units if place is not None))))
    found: list[Offer] = []
    if said.words:
        pairs = product(places or (None,), said.words)
        found += _most("responsible", (_filled(place=place, word=word) for place, word in pairs))
    elif asked.for_view("responsible"):
        found += _most("responsible", (_filled(place=place) for place in places))
    changed = [each for each in said.districts if known.successors(each) or known.linked_to(each, _SUCCEEDED)]
    found += _most("succession", (_filled(district=place) for place in changed))
    if asked.for_view("calendar"):
        found += _most("calendar", (_filled(unit=unit) for unit in (*said.districts, *said.units)))
    sectors = [sector for word in said.words for sector in names.sectors(word)]
    values = {"district": said.districts, "unit": said.units, "sector": tuple(dict.fromkeys(sectors))}
    questions = (
        Offer("question", filled, question.id)
        for question in catalogue.questions.values()
        for filled in asked.blanks(question, values)
    )
    return found + list(islice(questions, _MOST["question"]))


def _filled(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _most(kind: Kind, filled: Iterable[Mapping[str, str]]) -> list[Offer]:
    return [Offer(kind, each) for each in islice(filled, _MOST[kind])]


class _Asked:
    """What a query asks for, by the words that the catalogue gives for it."""

    def __init__(self, query: str, said: Mentions, catalogue: Catalogue) -> None:
        self._tokens = tuple(token for word in words(query) for token in word)
        self._rest, self._catalogue = said.rest, catalogue

    def _holds(self, asked_by: Iterable[str]) -> bool:
        return any(_within(tuple(tokens(word)), self._tokens) for word in asked_by)

    def for_view(self, view: View) -> bool:
        """Whether a word for a view stands in the query."""
        return self._holds(self._catalogue.asked_by[view])

    def _for(self, question: Question) -> bool:
        """Whether a word for a question stands in the query, or its title has all that is not a name."""
        if self._holds(question.asked_by):
            return True
        if sum(len("".join(run)) for run in self._rest) < _SHORTEST:
            return False
        titles = (tuple(tokens(title)) for title in question.title.values())
        return any(all(_within(run, title) for run in self._rest) for title in titles)

    def blanks(self, question: Question, values: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
        """With what the blanks of a question are filled, if it is to be offered.

        It is when the query asks for it; and when it takes every kind of thing that the query names, and that
        is what it cannot do without, or several.
        """
        own = {blank.kind: blank for blank in question.blanks}
        given = {own[kind].name: found for kind, found in values.items() if found and kind in own}
        needed = {blank.name for blank in question.blanks if blank.required}
        takes_all = len(given) == sum(1 for found in values.values() if found)
        fits = takes_all and needed <= given.keys() and bool(needed or len(given) > 1)
        if fits or self._for(question):
            several = [found[:_SIDE_BY_SIDE] for found in given.values()]
            yield from (dict(zip(given, each, strict=True)) for each in product(*several))


def _within(part: Tokens, whole: Tokens) -> bool:
    """Whether tokens stand side by side somewhere in others."""
    return bool(part) and any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
