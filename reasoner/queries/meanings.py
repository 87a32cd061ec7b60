"""What the cells of an answer stand for: an issue, a body, a norm, a status, a date … with its name."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reasoner.pipeline import Ontology
from reasoner.queries.sparql import Cell
from reasoner.records.directory import Directory
from reasoner.rulebook.vocabulary import NAMESPACE, STAND_IN, Text, predicate_name

Kind = Literal[
    "issue",
    "inspection",
    "district",
    "unit",
    "sector",
    "conclusion",
    "norm",
    "place",
    "status",
    "term",
    "entity",
    "date",
    "number",
    "text",
]
_CONCLUSION = re.compile(r"c-[0-9a-f]{10}$")
_NUMBERS = frozenset({"integer", "decimal", "double", "float"})


@dataclass(frozen=True)
class Meaning:
    """What one cell stands for: ``id`` as the explorer's addresses name it, ``words`` as people read it."""

    kind: Kind
    id: str
    words: Text


class Meanings:
    """Reads cells with the names on record.

    ``name`` gives the name of any entity, ``kind_of`` tells issues and inspections from other entities.
    """

    def __init__(
        self,
        rules: Ontology,
        directory: Directory,
        name: Callable[[str], Text],
        kind_of: Callable[[str], Literal["issue", "inspection"] | None],
    ) -> None:
        self._rules, self._directory, self._name, self._kind_of = rules, directory, name, kind_of
        self._law = f"{rules.book.regulation.iri}/"

    def of(self, cell: Cell) -> Meaning:
        """What a cell stands for."""
        if cell.kind == "literal":
            return self._literal(cell)
        if (entity := cell.entity) is not None:
            return self._entity(entity)
        if cell.value.startswith(self._law):
            return self._law_place(cell.value.removeprefix(self._law))
        if cell.value.startswith(NAMESPACE):
            return self._term(cell.value.removeprefix(NAMESPACE))
        return Meaning("text", cell.value, _same(cell.value))

    def _literal(self, cell: Cell) -> Meaning:
        datatype = cell.of.rsplit("#", 1)[-1]
        if datatype == "date" and _is_date(cell.value):
            return Meaning("date", cell.value, _same(cell.value))
        return Meaning("number" if datatype in _NUMBERS else "text", cell.value, _same(cell.value))

    def _entity(self, id: str) -> Meaning:
        if _CONCLUSION.match(id):
            return Meaning("conclusion", id, _same(id))
        if (kind := self._kind_of(id)) is not None:
            return Meaning(kind, id, self._name(id))
        match self._directory.family(id):
            case "body" if STAND_IN not in self._directory.entities[id].classes:
                return Meaning("unit", id, self._name(id))
            case "sector":
                return Meaning("sector", id, self._name(id))
            case "territory" if "District" in self._directory.entities[id].classes:
                return Meaning("district", id, self._name(id))
        return Meaning("entity", id, self._name(id))

    def _law_place(self, place: str) -> Meaning:
        book = self._rules.book
        norm = book.norms.get(place)
        if norm is None:
            try:
                cited = {language: book.regulation.cite(place, language) for language in ("zh", "en")}
            except LookupError:
                return Meaning("text", place, _same(place))
            return Meaning("place", place, cited)
        gaps = {"zh": "", "en": " – "}
        words = {
            language: f"{book.citation(norm, language)}{gap}{norm.label[language]}"
            if gap
            else f"{book.citation(norm, language)}（{norm.label[language]}）"
            for language, gap in gaps.items()
        }
        return Meaning("norm", norm.id, words)

    def _term(self, name: str) -> Meaning:
        declared = self._rules.vocabulary.predicates.get(predicate_name(name))
        if declared is None:
            return Meaning("text", f"zl:{name}", _same(f"zl:{name}"))
        return Meaning(
            "status" if declared.is_status else "term", declared.name, declared.label or _same(f"zl:{name}")
        )


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _same(text: str) -> Text:
    return {"zh": text, "en": text}
