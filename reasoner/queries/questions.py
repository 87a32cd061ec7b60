"""Ready questions: a title, blanks to fill in, and a SPARQL query that stands beside them as data.

A value for a blank is made into a term of RDF (an IRI, a date, a text) and written by the RDF library, which
escapes it: whatever is typed into a blank stays a value and never becomes a part of the query.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pyoxigraph as ox

from reasoner import bundled
from reasoner.pipeline import Ontology
from reasoner.queries import triples
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.vocabulary import NAMESPACE, Text

Kind = Literal[
    "unit", "district", "sector", "inspection", "norm", "status", "finding", "missing", "day", "words"
]
KINDS: Final[tuple[Kind, ...]] = (
    *("unit", "district", "sector", "inspection", "norm", "status", "finding", "missing", "day", "words"),
)
View = Literal["responsible", "succession", "calendar"]
"""Views besides the questions that somebody who searches may ask for."""

_MARK: Final = "#blanks"
_ONLY_IF: Final = re.compile(r" *#(if|unless) (\w+)$")
_LONGEST: Final = 200  # signs of a text; nobody searches for more


class BlankError(ValueError):
    """A blank that is missing or holds what it cannot: which one, and why."""

    def __init__(self, blank: str, why: Literal["required", "unknown", "date", "long"], value: str) -> None:
        super().__init__(f"{blank}: {why}: {value}")
        self.blank, self.why, self.value = blank, why, value


@dataclass(frozen=True)
class Blank:
    """One blank of a question. ``filters`` means that the query finds the value in an OPTIONAL only."""

    name: str
    kind: Kind
    label: Text
    required: bool = False
    default: str | None = None
    filters: bool = False


@dataclass(frozen=True)
class Question:
    """A ready question. ``about`` says how to read the answer, ``empty`` what to do when there is none.

    ``asked_by`` are words besides those of the title by which somebody who searches asks for it.
    """

    id: str
    group: str
    title: Text
    about: Text
    empty: Text
    blanks: tuple[Blank, ...]
    query: str
    next: str | None = None
    asked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """The ready questions by id, in their order, with the words for groups and columns.

    ``asked_by``: the words by which somebody who searches asks for a view that is no question.
    """

    questions: Mapping[str, Question]
    groups: Mapping[str, Text]
    columns: Mapping[str, Text]
    asked_by: Mapping[View, tuple[str, ...]]


@cache
def catalogue(folder: Path | None = None) -> Catalogue:
    """Read the questions, of a folder or the bundled ones. Raises NormError for a broken file."""
    place = folder or bundled.path("data", "questions")
    said = read_yaml(place / "questions.yaml")
    questions: dict[str, Question] = {}
    for entry in said["questions"]:
        query = (place / f"{entry['id']}.rq").read_text(encoding="utf-8")
        blanks = tuple(
            _blank(entry["id"], name, given, said["blanks"])
            for name, given in (entry.get("blanks") or {}).items()
        )
        if blanks and _MARK not in query:
            raise NormError(f"{entry['id']}.rq: {_MARK}")
        questions[entry["id"]] = Question(
            entry["id"],
            entry["group"],
            entry["title"],
            entry["about"],
            entry["empty"],
            blanks,
            query,
            entry.get("next"),
            tuple(entry.get("asked_by") or ()),
        )
    views = {view: tuple(said["asked_by"][view]) for view in get_args(View)}
    return Catalogue(questions, said["groups"], said["columns"], views)


def _blank(question: str, name: str, given: Mapping[str, Any], labels: Mapping[str, Text]) -> Blank:
    if given["kind"] not in KINDS or name not in labels:
        raise NormError(f"questions.yaml: {question}: {name}")
    return Blank(
        name,
        given["kind"],
        labels[name],
        bool(given.get("required")),
        given.get("default"),
        given.get("as") == "filter",
    )


def filled(question: Question, values: Mapping[str, str]) -> dict[str, str]:
    """The values that a question is asked with: those given, and the defaults of the blanks left out."""
    chosen = {blank.name: values.get(blank.name) or blank.default for blank in question.blanks}
    return {name: value for name, value in chosen.items() if value}


def bound(question: Question, values: Mapping[str, str], rules: Ontology) -> str:
    """The query with its blanks filled in: a complete query, to be run, shown, edited and saved.

    Raises BlankError for a required blank without a value and for a value that its kind does not admit.
    """
    chosen = filled(question, values)
    lines = []
    for blank in question.blanks:
        value = chosen.get(blank.name)
        if value is None:
            if blank.required:
                raise BlankError(blank.name, "required", "")
            continue
        written = str(_term(blank, value, rules))
        lines.append(
            f"FILTER(?{blank.name} = {written})" if blank.filters else f"VALUES ?{blank.name} {{ {written} }}"
        )
    before, mark, after = question.query.partition(_MARK)
    if not mark:
        return question.query
    indent = before[before.rfind("\n") + 1 :]
    rest = [_ONLY_IF.sub("", line) for line in after.lstrip("\n").split("\n") if _wanted(line, chosen)]
    return before.rstrip(" ") + "".join(f"{indent}{line}\n" for line in lines) + "\n".join(rest)


def _wanted(line: str, chosen: Mapping[str, str]) -> bool:
    """Whether a line of a query stands in it with these blanks filled in."""
    match = _ONLY_IF.search(line)
    return match is None or (match[2] in chosen) == (match[1] == "if")


def _term(blank: Blank, value: str, rules: Ontology) -> ox.NamedNode | ox.Literal:
    match blank.kind:
        case "day":
            try:
                day = datetime.date.fromisoformat(value)
            except ValueError:
                raise BlankError(blank.name, "date", value) from None
            return ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{triples.XSD}date"))
        case "words":
            if len(value) > _LONGEST:
                raise BlankError(blank.name, "long", value[:20])
            return ox.Literal("".join(sign for sign in value if sign.isprintable()))
        case "norm":
            if value not in rules.book.norms:
                raise BlankError(blank.name, "unknown", value)
            return ox.NamedNode(triples.law_iri(rules.book, value))
        case "status":
            known = rules.vocabulary.predicates.get(value)
            if known is None or not known.is_status:
                raise BlankError(blank.name, "unknown", value)
            return ox.NamedNode(f"{NAMESPACE}{value[:1].upper()}{value[1:]}")
        case "finding" | "missing":
            if value not in rules.vocabulary.individuals:
                raise BlankError(blank.name, "unknown", value)
    try:
        return ox.NamedNode(triples.iri(value))
    except ValueError:
        raise BlankError(blank.name, "unknown", value[:40]) from None
