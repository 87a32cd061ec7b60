"""What can be opened directly for what somebody typed into the search field: each link says what it opens."""

from __future__ import annotations

from collections.abc import Iterator

from app.explorer import address, agendas, finder, questions, reader, responsibilities, store
from app.explorer.address import Lang
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.queries.offers import Offer


def section(desk: store.Desk, words: str) -> Markup | None:
    """Return the links to what the words name exactly and to the views that answer them; None without any."""
    found = [*_numbered(desk, words), *_place(words)]
    found += [_offer(desk, each) for each in finder.offered(desk, words)]
    if not found:
        return None
    lines = (
        el("li", link, el("span", beside, class_="zl-quiet zl-small") if beside else None)
        for link, beside in found
    )
    return el("section", el("h2", t("search.offers")), el("ul", lines), class_="zl-offers")


def _numbered(desk: store.Desk, words: str) -> Iterator[tuple[Markup, Markup | str | None]]:
    """Yield what has the words for its number. If it is one thing, Enter opens it."""
    found = finder.numbered(desk, words)
    for each in found:
        number = t(f"search.offer.{each.kind}", id=each.ref)
        link = go(finder.href(each) or "", el("b", number), " ", each.name, data_focus=len(found) == 1)
        yield link, t("search.offer.enter") if len(found) == 1 else None


def _place(words: str) -> Iterator[tuple[Markup, Markup | str | None]]:
    """Yield the place of the regulation that the words name, with the beginning of its text."""
    place = reader.place(words)
    if place is not None:
        text = store.regulation().text_of(place.part.id).partition("\n")[0]
        beginning = f"{text[:60]}{'…' if len(text) > 60 else ''}"
        cited = store.regulation().cite(place.part.id, address.lang())
        yield go(address.link("law", at=place.part.id), cited), el("span", beginning, lang="zh-CN")


def _offer(desk: store.Desk, offer: Offer) -> tuple[Markup, Markup | str | None]:
    lang, filled = address.lang(), offer.filled
    match offer.kind:
        case "responsible":
            parts = [_name(desk, filled["place"], lang)] if "place" in filled else []
            parts += [filled["word"]] if "word" in filled else []
            words = t("search.offer.responsible", what=" · ".join(parts))
            return go(address.link("responsibility", **filled), words), _meaning(
                desk, filled.get("word"), lang
            )
        case "succession":
            place = filled["district"]
            until = responsibilities.directory(desk).entities[place].abolished_on
            link = go(
                address.link("district", id=place),
                t("search.offer.succession", district=_name(desk, place, lang)),
            )
            return link, t("search.abolished", day=day(until)) if until else None
        case "calendar":
            unit = filled["unit"]
            words = t("search.offer.calendar", unit=agendas.unit_label(desk, unit, lang))
            return go(address.link("duties", tab="calendar", unit=unit), words), None
        case "question":
            return _question(desk, offer, lang)


def _question(desk: store.Desk, offer: Offer, lang: Lang) -> tuple[Markup, Markup | str | None]:
    question = questions.catalogue().questions[offer.question]
    labels = {blank.name: blank.label[lang] for blank in question.blanks}
    said = [
        t("search.offer.blank", blank=labels[name], value=_name(desk, value, lang))
        for name, value in offer.filled.items()
    ]
    link = go(address.link("questions", q=question.id, **offer.filled), question.title[lang])
    return link, t("then").join((t("search.offer.question"), *said))


def _name(desk: store.Desk, entity: str, lang: Lang) -> str:
    found = responsibilities.directory(desk).entities.get(entity)
    return found.label[lang] if found else entity


def _meaning(desk: store.Desk, word: str | None, lang: Lang) -> str | None:
    """Return which sectors a word may mean, unless it is the name of the only one."""
    if word is None:
        return None
    named = [_name(desk, each, lang) for each in finder.names(desk).sectors(word)]
    if named == [word]:
        return None
    if not named:
        return t("search.offer.word.none", word=word)
    return t("search.offer.word", word=word, sectors=t("and").join(named))


def elsewhere() -> list[Markup | str]:
    """Return the ways to where questions are asked rather than words looked for."""
    ways = ("responsibility", "questions")
    links = [go(address.link(page), t(f"nav.{page}")) for page in ways]
    return [t("search.offer.elsewhere"), t("colon"), join(links[0], t("and"), links[1])]


def fewer(desk: store.Desk, words: str) -> list[Markup | str]:
    """Return searches for what the words name, when nothing has all of them."""
    named = finder.names(desk).mentions(words)
    own = [_name(desk, each, "zh") for each in (*named.districts, *named.units)]
    parts = [each for each in (*own, *named.words) if each != words.strip()]
    links = (go(address.link("search", q=each), t("search.offer.words", word=each)) for each in parts)
    return [join(" · " if place else "", link) for place, link in enumerate(links)]
