"""Ready questions and SPARQL: what may be chosen, what is answered, and the answer as a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from app.cli import tables
from app.explorer import store
from app.explorer.address import Lang
from app.explorer.responsibilities import directory, rules
from app.home import home
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.reader import Reader
from reasoner.queries import questions, sparql
from reasoner.queries.meanings import Meaning, Meanings
from reasoner.queries.questions import Blank, Catalogue, Question
from reasoner.rulebook.vocabulary import Predicate, local_name

Option = tuple[str, str]  # what stands in the address, words

#: An edited query longer than this does not fit into every address line.
LONGEST_IN_ADDRESS: Final = 4_000

_building = Lock()  # two readers who ask first at the same time wait for one store


def catalogue() -> Catalogue:
    """Return the ready questions."""
    return questions.catalogue()


@store.once
def _issues(desk: store.Desk) -> Mapping[str, str]:
    return {row.id: row.title for row in desk.rows}


@store.once
def _inspections(desk: store.Desk) -> Mapping[str, str]:
    vocabulary = rules().vocabulary
    classes = [
        name for name, own in vocabulary.class_names.items() if "Inspection" in vocabulary.ancestors(own)
    ]
    found = {subject for _, subject, _ in desk.record.triples(classes)}
    return {each: desk.name(each)["zh"] for each in sorted(found)}


def issue_title(desk: store.Desk, issue: str) -> str:
    """Return the title of an issue."""
    return _issues(desk).get(issue, issue)


@store.once
def meanings(desk: store.Desk) -> Meanings:
    """Return what reads the cells of an answer."""
    issues, inspections = _issues(desk), _inspections(desk)

    def kind_of(entity: str) -> Literal["issue", "inspection"] | None:
        return "issue" if entity in issues else "inspection" if entity in inspections else None

    return Meanings(rules(), directory(desk), lambda entity: dict(desk.name(entity)), kind_of)


# -- what may be chosen ---------------------------------------------------------------------------


def options(desk: store.Desk, blank: Blank, lang: Lang) -> list[Option]:
    """Return what may be chosen for a blank, in the order in which it is offered."""
    known = directory(desk)
    vocabulary, book = rules().vocabulary, rules().book
    match blank.kind:
        case "unit":
            bodies = [each for each in known.of("body") if known.kind(each.id) != "township"]
            return [(each.id, each.label[lang]) for each in bodies]
        case "district":
            return [(each.id, each.label[lang]) for each in known.districts]
        case "sector":
            return [(each.id, each.label[lang]) for each in known.of("sector")]
        case "inspection":
            return list(_inspections(desk).items())
        case "norm":
            return [
                (norm.id, f"{book.citation(norm, lang)} {norm.label[lang]} [{norm.id}]")
                for norm in book.norms.values()
            ]
        case "status":
            return [
                (name, declared.label[lang])
                for name, declared in vocabulary.predicates.items()
                if declared.is_status and declared.roles
            ]
        case "finding":
            return _individuals("KindOfFinding", lang)
        case "missing":
            kinds = ("MissingFact", "KindOfFinding", "KindOfParameter")
            return [option for kind in kinds for option in _individuals(kind, lang)]
    return []


def _individuals(kind: str, lang: Lang) -> list[Option]:
    found = (each for each in rules().vocabulary.individuals.values() if kind in each.classes)
    return [(each.name, each.label.get(lang) or each.name) for each in found]


# -- asking ---------------------------------------------------------------------------------------


def prefixes() -> Mapping[str, str]:
    """Return the prefixes that a query may use."""
    return sparql.prefixes(rules())


def is_ready(desk: store.Desk) -> bool:
    """Tell whether the store of this desk has been built already."""
    return sparql.place_of(home() / "cache", desk.record, rules(), _day(desk)).exists()


def _day(desk: store.Desk) -> str:
    return desk.survey.as_of.isoformat()


def _conclusions(desk: store.Desk) -> Iterable[Conclusion]:
    """Return every conclusion anew: those of the desk would keep all that is read off them for the store."""
    survey, law = desk.survey, rules()
    day = calendar.to_int(survey.as_of)
    return Reader(survey.model, law.vocabulary, law.book, survey.speaker, day).all()


def bound(question: Question, values: Mapping[str, str]) -> str:
    """Return the query of a question with its blanks filled in. Raises questions.BlankError."""
    return questions.bound(question, values, rules())


def ask(desk: store.Desk, query: str, progress: Callable[[int], None] = lambda _: None) -> sparql.Answer:
    """Return what follows; the store is built when nobody has asked before. Raises sparql.QueryError.

    ``progress`` is told how many triples have been loaded while the store is built.
    """
    with _building:
        place = sparql.store(
            home() / "cache",
            desk.record,
            rules(),
            _day(desk),
            lambda: _conclusions(desk),
            progress,
        )
    return _answers(place, query)


@lru_cache(maxsize=8)  # a page is drawn again for every click on it
def _answers(place: Path, query: str) -> sparql.Answer:
    return sparql.ask(place, query, sparql.prefixes(rules()))


def complete(query: str) -> str:
    """Return the query with the prefixes that it uses declared, so that it runs elsewhere too."""
    return sparql.complete(query, dict(prefixes()))


# -- the answer as a file -------------------------------------------------------------------------


def _named(found: Meaning | None, lang: Lang) -> list[str]:
    """Return the words of a cell and the id that it stands for, if it stands for anything."""
    if found is None:
        return ["", ""]
    own = "" if found.kind in ("text", "number", "date") else found.id
    return [found.words[lang] if found.kind != "conclusion" else found.id, own]


def rows(desk: store.Desk, answer: sparql.Answer) -> list[list[Meaning | None]]:
    """Return what the cells of an answer stand for."""
    read = meanings(desk).of
    return [[read(cell) if cell else None for cell in row] for row in answer.rows]


def sheet(
    heads: Iterable[str], found: list[list[Meaning | None]], lang: Lang, id_words: str
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of a file: each column of entities is followed by one with their ids."""
    names = list(heads)
    with_ids = [
        any(
            row[i] is not None
            and _named(row[i], lang)[1] != _named(row[i], lang)[0]
            and _named(row[i], lang)[1]
            for row in found
        )
        for i in range(len(names))
    ]
    head = [
        words
        for i, name in enumerate(names)
        for words in ([name, f"{name} {id_words}"] if with_ids[i] else [name])
    ]
    body = [
        [
            words
            for i, cell in enumerate(row)
            for words in (_named(cell, lang) if with_ids[i] else _named(cell, lang)[:1])
        ]
        for row in found
    ]
    return head, body


def as_csv(head: list[str], body: list[list[str]]) -> bytes:
    """Return a CSV file that a spreadsheet opens as UTF-8 and in which no cell starts a formula."""
    return tables.as_csv(head, body).encode("utf-8-sig")


def as_xlsx(head: list[str], body: list[list[str]], title: str, notes: Iterable[str]) -> bytes:
    """Return a workbook of one sheet in which every cell is text; the notes stand below the rows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    from reasoner.ledger.marked import writable

    book = Workbook(write_only=True)
    page = book.create_sheet("".join(sign for sign in writable(title) if sign not in "[]:*?/\\")[:30] or "1")
    page.freeze_panes = "A2"

    def text(value: str, bold: bool = False) -> Any:
        cell = WriteOnlyCell(page, "")
        cell.value = writable(value)
        cell.data_type = "s"  # whatever it begins with
        cell.font = Font(bold=bold)
        return cell

    page.append([text(words, bold=True) for words in head])
    for row in body:
        page.append([text(words) for words in row])
    page.append([])
    for note in notes:
        page.append([text(note)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- the vocabulary -------------------------------------------------------------------------------


def local(term: Predicate) -> str:
    """Return the local name of a term as a query writes it after ``zl:``."""
    return local_name(term.iri)


@cache
def vocabulary() -> tuple[list[Predicate], list[Predicate]]:
    """Return the classes and the properties that can stand in a query, by name."""
    declared = rules().vocabulary.predicates.values()
    classes = [each for each in declared if each.label and (each.is_class or each.is_status)]
    properties = [each for each in declared if each.label and each.arity == 2 and not each.derived]
    return sorted(classes, key=lambda each: each.name), sorted(properties, key=lambda each: each.name)


def is_inspection(desk: store.Desk, entity: str) -> bool:
    """Tell whether an entity is an inspection."""
    return entity in _inspections(desk)
