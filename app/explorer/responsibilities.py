"""Who is responsible: what may be asked, what the rules answer, and the bodies on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final

from app.explorer import address, store
from app.explorer.address import Lang
from app.home import home
from reasoner import pipeline
from reasoner.answers import responsibility
from reasoner.answers.responsibility import Answer, Asked, Level, Word
from reasoner.engine.conclusions import Conclusion
from reasoner.records import directory as directories
from reasoner.records.directory import Directory, Entity, Name

#: Under which headings bodies are listed.
KINDS: Final = ("district", "municipal", "enterprise", "township", "team", "other")
_SIDE_BY_SIDE: Final = 4  # a word that may mean more sectors is not answered before one is chosen
_EXAMPLES: Final = 6
_WORD: Final = "word:"  # before a word of ledgers among what may be chosen as a sector


def rules() -> pipeline.Ontology:
    """Return the ontology and the law."""
    return pipeline.ontology(None, home() / "cache")


@store.once
def directory(desk: store.Desk) -> Directory:
    """Return the bodies, territories and sectors on record."""
    return directories.directory(desk.record, rules().vocabulary)


def name(desk: store.Desk, entity: str, lang: Lang) -> str:
    """Return the name of a body, district or sector."""
    found = directory(desk).entities.get(entity)
    return found.label[lang] if found else entity


# -- what is asked --------------------------------------------------------------------------------


def asked(desk: store.Desk) -> Asked:
    """Return the question as the address has it; names that nothing on record has are left out."""
    known = directory(desk)
    place = address.param("place")
    district = known.district_of(place) if place else None
    level: Level = "central" if address.param("level") == "central" else "municipal"
    return Asked(district, sectors(desk), on(), level, address.param("target") == "1")


def sectors(desk: store.Desk) -> tuple[str, ...]:
    """Return the sectors that the address names, by themselves or by a word that means them."""
    known = directory(desk)
    named = (address.param("sector") or "").split(",")
    if address.param("sector") is None:
        named = list(every_sector(meant(desk)))
        named = named if len(named) <= _SIDE_BY_SIDE else []
    return tuple(each for each in dict.fromkeys(named) if known.family(each) == "sector")


def every_sector(found: list[Word]) -> tuple[str, ...]:
    """Return all sectors that some words mean."""
    return tuple(dict.fromkeys(sector for each in found for sector in each.sectors))


def meant(desk: store.Desk) -> list[Word]:
    """Return what the word in the address may mean."""
    return responsibility.meant(address.param("word") or "", directory(desk))


def on() -> date:
    """Return the day asked about: ``on`` in the address, else the as-of date."""
    try:
        day = date.fromisoformat(address.param("on") or "")
    except ValueError:
        return address.as_of()
    return day if address.FIRST_DAY <= day <= address.LAST_DAY else address.as_of()


@cache
def _listed_words() -> Mapping[str, Word]:
    return {f"{_WORD}{each.text}": each for each in responsibility.words()}


def choices(desk: store.Desk, lang: Lang, arrow: str, none: str) -> dict[str, str]:
    """Return what may be chosen as a sector: sectors, and the words of ledgers with what they mean."""
    known = directory(desk)
    labels = {each.id: each.label[lang] for each in known.of("sector")}
    found = dict(labels)
    for key, word in _listed_words().items():
        named = "、".join(labels.get(each, each) for each in word.sectors) or none
        if named != word.text:
            found[key] = f"{word.text} {arrow} {named}"
    return found


def chosen(value: str, options: Mapping[str, str]) -> dict[str, str | None]:
    """Return the parameters of the address that a choice stands for; what is none of them is a word."""
    if value in options and not value.startswith(_WORD):
        return {"sector": value, "word": None}
    return {"word": value.removeprefix(_WORD), "sector": None}


def choice(options: Mapping[str, str]) -> str | None:
    """Return which of the options the address holds."""
    named = (address.param("sector"), f"{_WORD}{address.param('word')}")
    return next((each for each in named if each in options), None)


# -- what is answered -----------------------------------------------------------------------------


@lru_cache(maxsize=32)
def answer(desk: store.Desk, question: Asked) -> Answer:
    """Return what the rules conclude of an issue supposed in that place and sector."""
    return responsibility.answer(question, desk.record, rules(), directory(desk))


def proof(found: Answer, conclusion: Conclusion) -> tuple[Mapping[str, Any], ...]:
    """Return the trees of the proof of a conclusion about the supposed issue."""
    made = found.world.explain(conclusion.id)
    return made.tree, *({**node, "kind": "beside"} for node in made.beside)


def issues_like(desk: store.Desk, question: Asked) -> int:
    """Return how many issues on record lie in the place and in one of the sectors."""
    return len(_alike(desk, question.place or "", question.sectors))


@lru_cache(maxsize=32)
def _alike(desk: store.Desk, place: str, wanted: tuple[str, ...]) -> list[str]:
    return [
        row.id
        for row in desk.rows
        if any(key == place for key, _ in row.place)
        and (not wanted or any(key in wanted for key, _ in row.sector))
    ]


@store.once
def frequent(desk: store.Desk) -> list[tuple[str, str]]:
    """Return the districts and sectors that have most issues together on record, as pairs of ids."""
    known = directory(desk)
    counted = Counter(
        (place, sector)
        for row in desk.rows
        for place, _ in row.place
        for sector, _ in row.sector
        if known.district_of(place) == place and known.family(sector) == "sector"
    )
    found: dict[str, tuple[str, str]] = {}
    for place, sector in sorted(counted, key=lambda pair: (-counted[pair], pair)):
        found.setdefault(place, (place, sector))  # each district once
    return list(found.values())[:_EXAMPLES]


# -- names at a date ------------------------------------------------------------------------------


def names_then(entity: Entity, day: date) -> list[Name]:
    """Return the names of limited validity that a body had on a day besides its present one."""
    return [
        each
        for each in entity.names
        if (each.since or each.until) and each.holds(day) and each.text != entity.label["zh"]
    ]
