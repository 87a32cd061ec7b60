"""What the reader of the regulation shows: places, marked words, norms, their rules, cases and coverage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from app.explorer import store
from app.explorer.address import Lang
from app.home import home
from reasoner import bundled, pipeline
from reasoner.casebook import case_index
from reasoner.casebook.case_index import Mention
from reasoner.coverage import account as coverage
from reasoner.coverage.account import Coverage, Row
from reasoner.coverage.atoms import Grounding
from reasoner.coverage.text import Segment
from reasoner.rulebook import rule_sentences
from reasoner.rulebook.law import Article, Chapter, Item, NotInLawError, Paragraph, Regulation, from_chinese
from reasoner.rulebook.norms import Record
from reasoner.rulebook.rule_sentences import Said
from reasoner.rulebook.vocabulary import predicate_name

#: Predicates by which a rule says that its norm does not reach a matter, or that people must judge.
_EXCEPTIONS = ("noConclusion", "notTriggered", "notCounted", "doubt")

Part = Article | Paragraph | Item

_NUMERAL = r"(?:\d+|[零〇一二三四五六七八九十百]+)"
_UNITS = "条款项"
#: What people type besides identifiers and full citations: 36条3款, 三十六, 50（五）, 第36条第3款第2项.
_LOOSE = re.compile(
    rf"第?({_NUMERAL})条?(?:[第.,、/\s-]*({_NUMERAL})款)?(?:[第.,、/\s-]*[(]?({_NUMERAL})[)]?项?)?"
)


@dataclass(frozen=True)
class Place:
    """Where an address or a citation leads: the part shown; ``exact`` when it is the one asked for."""

    part: Part
    exact: bool


@dataclass(frozen=True)
class Run:
    """A run of characters of a paragraph or item. ``norms``: those that its words carry, closest first.

    ``quoted`` are those whose quote it is part of; of the others it says the subject, a condition ….
    """

    text: str
    norms: tuple[str, ...]
    quoted: tuple[str, ...]


def _ontology() -> pipeline.Ontology:
    return pipeline.ontology(None, home() / "cache")


def norm(name: str | None) -> Record | None:
    """Return a norm by its id, or None when there is none."""
    return _ontology().book.norms.get(name or "")


def norms_of(article: Article) -> list[Record]:
    """Return the norms of an article in the order of its text."""
    return [each for each in _ontology().book.norms.values() if each.id.split(".")[0] == article.id]


# -- places ---------------------------------------------------------------------------------------


def place(asked: str) -> Place | None:
    """Return the place that an address, a number or a citation names, as people write them.

    Where the article has no such paragraph or item, the closest part that holds it; None when there is
    no such article, or the words name no place.
    """
    law = store.regulation()
    words = unicodedata.normalize("NFKC", asked).strip()
    with suppress(NotInLawError):
        return Place(law.find(words), True)
    numbers = _numbers(words)
    if numbers is None:
        return None
    article, paragraph, item = numbers
    tries = [(article, paragraph, item), (article, paragraph, None), (article, None, None)]
    for place, (a, p, i) in enumerate(tries):
        name = f"a{a}" + (f".p{p}" if p else "") + (f".i{i}" if i else "")
        if i and not p:
            name = f"第{a}条第{i}项"
        with suppress(NotInLawError):
            return Place(law.find(name), place == 0)
    return None


def _numbers(words: str) -> tuple[int, int | None, int | None] | None:
    """The numbers of article, paragraph and item in what somebody typed."""
    match = re.fullmatch(r"a?(\d+)(?:[.\s-]p?(\d+))?(?:[.\s-]i?(\d+))?(?:\.[sn]\d+)?", words)
    match = match or _LOOSE.fullmatch(words.replace(" ", ""))
    if match is None:
        return None
    try:
        article, paragraph, item = (from_chinese(each) if each else None for each in match.groups())
    except ValueError:
        return None
    return (article, paragraph, item) if article is not None else None


def chapter_of(article: Article) -> Chapter:
    """Return the chapter that an article stands in; of the notice, the first."""
    chapters = store.regulation().chapters
    return next((each for each in chapters if article.number in each.articles), chapters[0])


def beside(article: Article) -> tuple[Article | None, Article | None]:
    """Return the articles before and after; the notice comes before the first."""
    law: Regulation = store.regulation()
    everything = (law.notice, *law.articles)
    at = everything.index(article)
    after = everything[at + 1] if at + 1 < len(everything) else None
    return (everything[at - 1] if at else None), after


# -- marked words ---------------------------------------------------------------------------------


@cache
def _coverage() -> Coverage:
    return coverage.cover(_ontology())


@cache
def runs(where: str) -> Sequence[Run]:
    """Return the text of a paragraph or item, run by run, with the norms that its words carry."""
    ledger = _coverage().ledger
    quotes = ledger.quotes.get(where, [])
    found = []
    for segment in ledger.segments.get(where, ()):
        over = [
            (end - start, name) for start, end, name in quotes if start < segment.end and segment.start < end
        ]
        quoted = tuple(name for _, name in sorted(over))
        rest = tuple(name for name in segment.norms if name not in quoted)
        found.append(Run(segment.text, (*quoted, *rest), quoted))
    return found


# -- a norm ---------------------------------------------------------------------------------------


@cache
def said(name: str) -> Sequence[Said]:
    """Return what the rules of a norm say."""
    rules = _ontology()
    return rule_sentences.said(rules.book.norms[name], rules.book, rules.vocabulary)


def letter(name: str, lang: Lang) -> str:
    """Return what a letter of a rule stands for; empty for a date, which is no class."""
    return store.worded(rule_sentences.class_label(name, _ontology().vocabulary), lang)


def asked_of_record(record: Record, lang: Lang) -> Mapping[str, list[str]]:
    """Return what the rules of a norm ask the record for, by class, each by its name."""
    things = _ontology().vocabulary.individuals
    found = rule_sentences.asked(record, _ontology().vocabulary)
    return {kind: [store.worded(things[each].label, lang) for each in names] for kind, names in found.items()}


def exceptions(record: Record, lang: Lang) -> Mapping[str, list[str]]:
    """Return why a norm may not reach a matter or be in doubt, by how, each by its name."""
    found = rule_sentences.reasons(record, _ontology().vocabulary)
    return {how: [term(each, lang) for each in found[how]] for how in _EXCEPTIONS if how in found}


def kind(record: Record, lang: Lang) -> str:
    """Return what kind of norm it is: obligation, power, prohibition …"""
    return store.worded(rule_sentences.kind_label(record, _ontology().vocabulary), lang)


def carried_by(record: Record, lang: Lang) -> list[str]:
    """Return the terms of the ontology that carry a norm which no rule states."""
    return list(dict.fromkeys(term(predicate_name(name), lang) for name in record.terms))


def cases(name: str) -> Sequence[Mention]:
    """Return the cases that speak of a norm, those beside its own article first."""
    home_folder = f"/art-{int(name.split('.')[0][1:]):02}/"
    found = _mentions().get(name, ())
    return sorted(found, key=lambda each: home_folder not in each.file)


@cache
def _mentions() -> Mapping[str, tuple[Mention, ...]]:
    rules = _ontology()
    return case_index.mentions(bundled.path("ontology"), rules.book, rules.vocabulary, home() / "cache")


def term(name: str, lang: Lang) -> str:
    """Return what a status, a reason or a missing thing of a case is called."""
    vocabulary = _ontology().vocabulary
    known = (vocabulary.predicates.get(name), vocabulary.individuals.get(name))
    # a predicate may have no words of its own, where a reason of the same name has
    return next((words for each in known if each and (words := store.worded(each.label, lang))), name)


def grounds(record: Record) -> Sequence[Grounding]:
    """Return, for each predicate in the rules of a norm, the words it stands for; each once."""
    found = {(g.atom.predicate, g.kind, g.spans): g for g in _coverage().roots.of(record)}
    return list(found.values())


def predicate_sentence(name: str, lang: Lang) -> str:
    """Return what a predicate says, with an ellipsis for each of its places."""
    declared = _ontology().vocabulary.predicates.get(name)
    if declared is None:
        return name
    sentence = store.worded(declared.sentence, lang) or store.worded(declared.label, lang) or name
    return re.sub(r"\{\w*\}", "…", sentence)


def definition_label(name: str, lang: Lang) -> str:
    """Return what a definition, a norm or a term is called."""
    rules = _ontology()
    record = rules.book.owners.get(name)
    return store.worded(record.label, lang) if record else term(name, lang)


# -- an article -----------------------------------------------------------------------------------


def figures(article: Article) -> Row:
    """Return how much of an article was made into what."""
    return next(row for row in _coverage().rows if row.id == article.id)


def case_numbers(article: Article) -> tuple[int, int]:
    """Return how many cases expect something of the norms of an article, and how many refuse something."""
    told = [each for record in norms_of(article) for each in _mentions().get(record.id, ())]
    expecting = {(each.file, each.name) for each in told if each.expects}
    refusing = {(each.file, each.name) for each in told if each.refuses}
    return len(expecting), len(refusing)


def pieces(article: Article, lang: Lang) -> Sequence[tuple[Segment, str]]:
    """Return the words of an article that no norm quotes, each with what kind of piece it was made into."""
    found = _coverage()
    kinds = found.ledger.kinds
    return [
        (segment, "、".join(store.worded(kinds[each].label, lang) for each in segment.pieces))
        for segment in found.segments(article.id)
        if segment.pieces
    ]
