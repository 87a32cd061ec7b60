"""What the record states about one issue: its own fields, and every entry that names it or a matter of it.

A *matter* is what conclusions about the issue are about: the issue itself, a task for it, what concerns one
of those involved. Inspections are left to themselves: what they hold is about every issue of theirs. Each
field comes with its source; what is dated after the as-of date is left out, as it is for the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.pipeline import World
from reasoner.records.record import Statement
from reasoner.rulebook.restricted import Restriction
from reasoner.rulebook.sentences import LANGUAGES
from reasoner.rulebook.vocabulary import Text, predicate_name

DAY = "on"


@dataclass(frozen=True)
class Field:
    """One recorded field: its property with label, its value in words and as recorded, and its source."""

    predicate: str
    label: Text
    value: Text
    object: str | int | None
    source: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One entry of the record. ``classes`` are predicates, superclasses included."""

    id: str
    name: Text
    class_label: Text
    classes: frozenset[str]
    fields: tuple[Field, ...]
    sources: tuple[dict[str, Any], ...]

    def values(self, *predicates: str) -> list[Field]:
        """The fields with these properties, in the order in which they are asked for."""
        return [field for name in predicates for field in self.fields if field.predicate == name]

    def text(self, language: str, *predicates: str) -> str:
        """The values of these properties in words, one after the other."""
        return "、".join(dict.fromkeys(field.value[language] for field in self.values(*predicates)))


@dataclass(frozen=True)
class Matter:
    """An issue and the entries about it, by day and id."""

    issue: Entry
    entries: tuple[Entry, ...]

    def of(self, name: str) -> list[Entry]:
        """The entries of a class (a predicate)."""
        return [entry for entry in self.entries if name in entry.classes]


def matter(
    world: World, issue: str, conclusions: Iterable[Conclusion], hidden: Restriction | None = None
) -> Matter:
    """Read what the record states about an issue.

    ``conclusions`` are those about it; ``hidden`` fields are left out. Raises KeyError when the record says
    nothing of the issue.
    """
    reader = _Reader(world, hidden or Restriction())
    own = reader.entry(issue)
    if own is None:
        raise KeyError(issue)
    inspections = {each.inspection for each in conclusions}
    matters = [issue, *sorted({c.subject for c in conclusions} - inspections - {issue})]
    found: dict[str, Entry] = {}
    for name in matters:
        for subject in [*([name] if name != issue else []), *reader.naming(name)]:
            if subject not in found and subject not in inspections and subject != issue:
                entry = reader.entry(subject)
                is_told = entry is not None and (entry.fields or not reader.hidden.fields)
                if entry is not None and is_told and entry.classes & reader.events:
                    found[subject] = entry
    return Matter(own, tuple(sorted(found.values(), key=_order)))


def _order(entry: Entry) -> tuple[int, str]:
    days = [field.object for field in entry.values(DAY) if isinstance(field.object, int)]
    return (min(days, default=0), entry.id)


class _Reader:
    """Reads entries of the record at the state of a world."""

    def __init__(self, world: World, hidden: Restriction) -> None:
        self.world, self.hidden = world, hidden
        known = world.data_version.get("version")
        self.version = known if isinstance(known, int) else None
        self.vocabulary = world.rules.vocabulary
        self.today = calendar.to_int(world.as_of)
        bodies = {"body", "territory", "inspection", "sector", "kind"}
        #: classes whose members are told as entries: everything that is not a body, a place or a word
        self.events = frozenset(
            name
            for name in self.vocabulary.class_names
            if not bodies & {*map(predicate_name, self.vocabulary.ancestors(self._class(name)))}
        )

    def _class(self, predicate: str) -> str:
        return self.vocabulary.class_names[predicate]

    def naming(self, entity: str) -> list[str]:
        """The entries that name an entity, each once."""
        assert self.world.record is not None
        named = self.world.record.statements(object=entity, at_version=self.version)
        return list(dict.fromkeys(each.subject for each in named if each.kind == "entity"))

    def entry(self, entity: str) -> Entry | None:
        """An entry with its fields; None when nothing is stated of it, or only for a later day."""
        assert self.world.record is not None
        said = list(self.world.record.statements(subject=entity, at_version=self.version))
        classes = [each.predicate for each in said if each.kind == "class"]
        later = any(
            each.predicate == DAY and isinstance(each.object, int) and each.object > self.today
            for each in said
        )
        if not said or later:
            return None
        labels = [self.vocabulary.predicates[name].label for name in classes[:1]]
        every = {
            predicate_name(name)
            for own in classes
            if own in self.vocabulary.class_names
            for name in self.vocabulary.ancestors(self._class(own))
        }
        shown = [
            each for each in said if each.kind != "class" and not self.hidden.hides(entity, each.predicate)
        ]
        sources = {str(source): source for each in said if (source := _source(each, columns=False))}
        return Entry(
            entity,
            self.world.speaker.named(entity),
            labels[0] if labels else dict.fromkeys(LANGUAGES, ""),
            frozenset(every),
            tuple(map(self._field, shown)),
            tuple(sources.values()),
        )

    def _field(self, each: Statement) -> Field:
        declared = self.vocabulary.predicates.get(each.predicate)
        label = declared.label if declared else dict.fromkeys(LANGUAGES, each.predicate)
        if each.kind in ("entity", "date"):
            assert each.object is not None
            value = self.world.speaker.named(each.object)
        else:
            value = dict.fromkeys(LANGUAGES, str(each.object))
        return Field(each.predicate, label, value, each.object, _source(each))


def _source(each: Statement, columns: bool = True) -> dict[str, Any]:
    kept = {k: v for k, v in asdict(each.source).items() if v is not None and k != "key"}
    return kept if columns else {k: v for k, v in kept.items() if k != "columns"}
