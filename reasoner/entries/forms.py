"""What can be recorded by form: one form for each table of the template, generated like the workbook.

A form is a table of ``data/layouts/zelian.yaml`` with the words of the ontology: a field is a column, named
in Chinese as the workbook names it and in English as the ontology names its property. Forms hold no fields
for names of persons (``in_form: false``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from reasoner.bundled import path as bundled
from reasoner.ledger.layouts import Item, TableLayout, layouts
from reasoner.ledger.tables import header
from reasoner.ledger.words import Words, read_yaml
from reasoner.pipeline import Ontology
from reasoner.rulebook.vocabulary import ANYTHING, Text, Vocabulary, predicate_name

Takes = Literal["number", "text", "date", "choice", "thing"]
"""How a field is filled in: its own number, words, a day, one of fixed words, things on record."""

_LAYOUT = "zelian"
_THINGS = frozenset({"bodies", "place", "ref", "inspection", "document", "materials", "sector"})
_TAKES: Mapping[str, Takes] = {"ignore": "number", "date": "date", "choice": "choice"}
_TITLES = frozenset({"document", "materials"})
_ONE_ONLY = frozenset({"inspection"})
_LISTED_BY_SEMICOLON = frozenset({"texts", "document"})
_PREFIX = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Option:
    """One word of a drop-down: the term that it means, what it is called, and what that means."""

    id: str
    label: Text
    means: Text


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a form.

    ``key`` names it in addresses and on the command line: the property that it states. ``classes`` are those
    whose members it takes, by predicate (empty: anything on record); ``free`` says that words which name
    nothing on record are taken as a title.
    """

    key: str
    column: str
    takes: Takes
    required: bool
    many: bool
    label: Text
    explain: Text
    example: str
    options: tuple[Option, ...]
    classes: frozenset[str]
    free: bool
    main: bool
    """Whether it is asked for at once; the others are for rare cases."""
    item: Item

    @property
    def joint(self) -> str:
        """What stands between several values in its cell."""
        return "；" if self.item.value in _LISTED_BY_SEMICOLON else "、"

    @cached_property
    def by_id(self) -> Mapping[str, Option]:
        """The options by the term that they mean."""
        return {option.id: option for option in self.options}

    def takes_word(self, said: str) -> str | None:
        """The term that a word means here: its id, its label in either language, or a word of ledgers."""
        if said in self.by_id:
            return said
        wanted = said.casefold()
        for option in self.options:
            if wanted in {label.casefold() for label in option.label.values()}:
                return option.id
        return Words.bundled().choices(self.item.words).get(said) if self.item.words else None


@dataclass(frozen=True, eq=False)
class Form:
    """What one kind of entry is recorded with; ``kind`` is the class that all its entries are of."""

    kind: str
    label: Text
    purpose: Text
    fields: tuple[Field, ...]
    layout: TableLayout
    prefix: str
    register: bool
    """Whether it is for what is drawn up once and referred to ever after."""

    def field(self, name: str) -> Field | None:
        """The field of that key, or with that name in either language."""
        wanted = header(name).casefold()
        for each in self.fields:
            if wanted in {each.key.casefold(), header(each.column), *map(str.casefold, each.label.values())}:
                return each
        return None

    @property
    def number(self) -> Field:
        """The field of the entry's own number."""
        return next(each for each in self.fields if each.takes == "number")

    @cached_property
    def properties(self) -> frozenset[str]:
        """The properties that its fields state."""
        return frozenset(each.item.property for each in self.fields if each.item.property)


@lru_cache(maxsize=2)
def forms(rules: Ontology) -> Mapping[str, Form]:
    """Every form by its kind, in the order of the template."""
    terms = rules.vocabulary
    tables = {table.name: table for table in layouts() if table.layout == _LAYOUT}
    spec = read_yaml(bundled("data", "layouts", f"{_LAYOUT}.yaml"))
    made = (_form(tables[table["name"]], table, terms) for table in spec["tables"])
    return {form.kind: form for form in made}


def find(name: str, rules: Ontology) -> tuple[Form, Mapping[str, str]] | None:
    """The form that a word names, with what the word already says.

    A word is a kind, its name in either language, the name of the template's sheet, or a class or its label
    that one of the form's words means (``progressReport`` names the form of acts, and says which act).
    """
    wanted = name.strip().casefold()
    for form in forms(rules).values():
        if wanted in {form.kind.casefold(), form.layout.name, *map(str.casefold, form.label.values())}:
            return form, {}
    for form in forms(rules).values():
        for field in form.fields:
            if field.takes == "choice" and not field.item.property and (word := field.takes_word(name)):
                return form, {field.key: word}
    return None


def _form(layout: TableLayout, spec: Mapping[str, Any], terms: Vocabulary) -> Form:
    entity = layout.entities[layout.main]
    kind = entity.classes[0] if entity.classes else layout.main
    named = terms.predicates[kind]
    items = {item.column: item for item in layout.items}
    fields: list[Field] = []
    for column in spec["columns"]:
        item, taken = items[column["column"]], {field.key for field in fields}
        if item.in_form:  # a column that the template gives an example for, be it an empty one, is for all
            fields.append(_field(item, "example" in column or item.required, taken, terms))
    prefix = _PREFIX.match(fields[0].example)
    return Form(
        kind,
        {"zh": layout.name, "en": named.label.get("en", kind)},
        {"zh": str(spec.get("purpose", "")), "en": named.definition.get("en", "")},
        tuple(fields),
        layout,
        prefix[0] if prefix else layout.main,
        bool(spec.get("register")),
    )


def _field(item: Item, main: bool, taken: set[str], terms: Vocabulary) -> Field:
    named = terms.predicates.get(item.property)
    takes = _takes(item)
    key = item.property or ("number" if takes == "number" else item.words)
    return Field(
        key=item.column if key in taken or item.label else key,
        column=item.column,
        takes=takes,
        required=item.required and takes != "number",
        many=item.many or (takes == "thing" and item.value not in _ONE_ONLY),
        label={"zh": item.column, "en": item.en or (named.label.get("en", key) if named else key)},
        explain={
            "zh": item.explain,
            "en": named.definition.get("en", "") if named else "",
        },
        example=item.example,
        options=tuple(_options(item.words, terms)) if takes == "choice" else (),
        classes=frozenset(_classes(item, terms)) if takes == "thing" else frozenset(),
        free=item.value in _TITLES,
        main=main,
        item=item,
    )


def _takes(item: Item) -> Takes:
    if item.value in _THINGS:
        return "thing"
    return _TAKES.get(item.value, "text")


def _options(group: str, terms: Vocabulary) -> Iterator[Option]:
    """The words of a group as a drop-down offers them, with what the ontology says of each."""
    words = Words.bundled()
    for word, meaning in words.offered(group).items():
        id = words.choices(group)[word]
        known = terms.individuals.get(id) or terms.predicates.get(id)
        label = known.label.get("en", word) if known else word
        means = known.definition.get("en", "") if known else ""
        yield Option(id, {"zh": word, "en": label}, {"zh": meaning, "en": "" if means == label else means})


def _classes(item: Item, terms: Vocabulary) -> Iterator[str]:
    """The classes whose members a field takes: its families; of a reference, its property's range."""
    families = {
        "bodies": item.families or ("body",),
        "place": ("district", "township"),
        "inspection": ("inspection",),
        "document": ("document",),
        "materials": ("document",),
        "sector": ("sector",),
    }.get(item.value, ())
    if families:
        yield from (name for name, of in Words.bundled().families.items() if of & set(families))
        return
    property_ = terms.predicates[item.property]
    wanted = set(property_.arguments[0 if item.reverse else 1])
    if ANYTHING not in wanted:
        for local in terms.class_names.values():
            if terms.ancestors(local) & wanted:
                yield predicate_name(local)


__all__ = ["Field", "Form", "Option", "Takes", "find", "forms"]
