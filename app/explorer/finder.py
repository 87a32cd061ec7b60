"""Full-text search of the explorer: the index of the present record, and where what it finds is shown."""

from __future__ import annotations

from app.explorer import address, questions, store
from app.explorer.address import Lang
from app.explorer.responsibilities import directory
from app.explorer.words import t
from app.home import home
from reasoner import pipeline
from reasoner.queries import offers, search
from reasoner.queries.offers import Names, Offer
from reasoner.queries.search import Found, Hit, Index, Suggestion

#: Texts of an entry that are no predicate of the record: their names are words of the interface.
_OWN = frozenset({"text", "quote", "type", "reading", "reason", "point", "definition", "word", "id"})


def _ontology() -> pipeline.Ontology:
    return pipeline.ontology(None, home() / "cache")


def is_ready(desk: store.Desk) -> bool:
    """Tell whether the index is in place; the first search after a change of the record builds it."""
    return search.is_built(desk.record, _ontology(), home() / "cache")


def index(desk: store.Desk) -> Index:
    """Return the index of the present state of the record; it is built when it is not in place."""
    return search.index(desk.record, _ontology(), home() / "cache")


def issues(desk: store.Desk, words: str) -> frozenset[str]:
    """Return the ids of the issues whose texts have every one of the words."""
    return index(desk).matching(words, "issue")


def find(desk: store.Desk, words: str, kind: str | None, limit: int, offset: int = 0) -> Found:
    """Return what has every one of the words: of one kind, or the first few of every kind."""
    return index(desk).find(words, kind, lang=address.lang(), limit=limit, offset=offset)


def numbered(desk: store.Desk, words: str) -> list[Suggestion]:
    """Return the issues and inspections of which the words are the number."""
    return index(desk).numbered(words)


@store.once
def names(desk: store.Desk) -> Names:
    """Return the names by which districts, bodies and sectors are found in what somebody types."""
    return Names(directory(desk))


def offered(desk: store.Desk, words: str) -> list[Offer]:
    """Return the views that answer what somebody typed."""
    return offers.offers(words, names(desk), questions.catalogue())


def href(hit: Hit | Suggestion) -> str | None:
    """Return the address of the view that shows what was found; None when no page does."""
    if isinstance(hit, Hit) and hit.kind in ("law", "norm", "term"):
        return address.link("law", at=hit.at, norm=hit.ref if hit.kind == "norm" else None)
    pages = {"organ": "unit", "district": "district", "inspection": "inspection", "issue": "issue"}
    if hit.kind in pages:
        return address.link(pages[hit.kind], id=hit.ref)
    if hit.kind == "sector":
        return address.link("responsibility", sector=hit.ref)
    within = hit.within if hit.kind == "township" else ""
    return address.link("district", id=within) if within else None


def what(name: str, lang: Lang) -> str:
    """Return what a text of an entry is called: 原文, 摘要 …"""
    if name in _OWN:
        return t(f"search.what.{name}")
    declared = _ontology().vocabulary.predicates.get(name)
    return store.worded(declared.label, lang) if declared else ""
