"""Conclusions: what the rules say of a norm and a matter, with all that a reader or a machine needs of it."""

from __future__ import annotations

import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from reasoner.engine import calendar
from reasoner.engine.evaluate import Ground
from reasoner.rulebook.norms import LawBook, Record
from reasoner.rulebook.rules import Value
from reasoner.rulebook.sentences import LANGUAGES
from reasoner.rulebook.vocabulary import Text, Vocabulary, predicate_name

if TYPE_CHECKING:
    from reasoner.engine.reader import Reader

LAPSED = "lapsedLimit"


class Conclusion:
    """One conclusion. ``atom`` is the derived statement; everything else is read off it when it is asked for.

    A city has hundreds of thousands of conclusions, a page shows a few of them in words: so a conclusion is
    cheap until somebody wants to read it. Its proof is asked of the world.
    """

    FIELDS = (
        *("id", "norm", "status", "subject", "as_of", "sentence", "status_label", "norm_label", "citation"),
        *("reason", "reason_label", "missing", "missing_label", "kind", "kind_label", "layer"),
        *("issue", "issues", "inspection", "bearers", "destinations", "other_readings", "not_counted"),
        *("due", "done", "since", "possible_due", "candidates", "missing_elements", "remarks", "conditions"),
        "reading",
    )

    def __init__(self, atom: Ground, reader: Reader) -> None:
        self.atom = atom
        self._reader = reader
        part = dict(zip(reader.vocabulary.predicates[atom[0]].roles, atom[1], strict=True))
        self._part = part
        self._record = reader.book.by_constant[str(part["norm"])]
        self.status: str = atom[0]
        """The predicate of the statement."""
        self.norm: str = self._record.id
        self.subject: str = str(part["matter"])
        """What it is about: an issue, an inspection, a task …"""
        self.as_of: str = reader.as_of
        self.reason = _text(part.get("reason"))
        """An individual of the ontology, like ``missing`` and ``kind``."""
        self.missing = _text(part.get("missing"))

    def __repr__(self) -> str:
        return f"Conclusion({self.atom[0]}{self.atom[1]})"

    def to_dict(self) -> dict[str, Any]:
        """The conclusion as JSON-ready data (one line of ``conclusions --format jsonl``)."""
        data = {name: getattr(self, name) for name in self.FIELDS}
        data["statement"] = {"predicate": self.atom[0], "arguments": list(self.atom[1])}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}

    @property
    def is_performed(self) -> bool:
        """Whether an act on record did what the norm asks for: in time, late or in part."""
        return self._reader.vocabulary.predicates[self.status].is_done

    def reads_like(self, other: Conclusion) -> bool:
        """Whether the same is said of the same, and the same beside it; on whatever day."""
        fields = (name for name in self.FIELDS if name not in ("as_of", "sentence"))
        return self.atom == other.atom and all(getattr(self, f) == getattr(other, f) for f in fields)

    # -- what it is about -----------------------------------------------------------------------

    @cached_property
    def id(self) -> str:
        """A short id that the same statement has in every run."""
        return identifier(self.atom)

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """The issues that it concerns, sorted: also those that only its bearer has to do with."""
        return self._reader.issues(self._part)

    @cached_property
    def own_issues(self) -> tuple[str, ...]:
        """The issues that it is about. What a unit owes to an inspection is about none of its issues."""
        return self._reader.own_issues(self._part)

    @property
    def issue(self) -> str | None:
        """The one issue that it concerns; None when there are several or none."""
        return self.issues[0] if len(self.issues) == 1 else None

    @cached_property
    def inspection(self) -> str | None:
        """The inspection that it belongs to."""
        return self._reader.inspection(self._part)

    @cached_property
    def kind(self) -> str | None:
        """The kind of responsibility, or of candidate, that it is about."""
        return _text(
            self._part.get("kind") or next(self._reader.remark("candidate", self._part, "kind"), None)
        )

    @property
    def layer(self) -> str | None:
        """L1, L2 or L3, for a conclusion about responsibility."""
        individual = self._reader.vocabulary.individuals.get(self.kind) if self.kind else None
        return individual.layer if individual else None

    @cached_property
    def bearers(self) -> tuple[dict[str, Any], ...]:
        """Who bears the duty: {id, name, succeeded_by?}; a district as its two organs."""
        return tuple(self._reader.bearers(self._part.get("bearer")))

    @cached_property
    def destinations(self) -> tuple[dict[str, Any], ...]:
        """Where something goes: {id, name}."""
        return tuple(self._reader.destinations(self._part))

    @cached_property
    def candidates(self) -> tuple[dict[str, Any], ...]:
        """Who may be held to account, as the competent organ decides: {id, name, kind, kind_label, layer}."""
        return tuple(self._reader.candidates(self._part))

    # -- its dates (yyyy-mm-dd) -------------------------------------------------------------------

    @cached_property
    def due(self) -> str | None:
        """The limit."""
        lapsed = next(self._reader.remark(LAPSED, self._part, "lapsed"), None)
        return iso(self._part.get("limit", lapsed))

    @property
    def done(self) -> str | None:
        """When it was done."""
        return iso(self._part.get("done"))

    @cached_property
    def since(self) -> str | None:
        """The start of a duty that has no limit."""
        return iso(next(self._reader.remark("since", self._part, "since"), None))

    @cached_property
    def possible_due(self) -> tuple[str, ...]:
        """Dates that may be the limit, the latest first."""
        days = (iso(value) for value in self._reader.remark("possibleLimit", self._part, "limit"))
        return tuple(sorted((day for day in days if day), reverse=True))

    # -- what stands beside it --------------------------------------------------------------------

    @cached_property
    def other_readings(self) -> tuple[dict[str, Any], ...]:
        """What another reading of the text would give."""
        return tuple(self._reader.readings(self._part))

    @cached_property
    def not_counted(self) -> tuple[dict[str, Any], ...]:
        """Whose acts do not count, and why."""
        return tuple(self._reader.not_counted(self._part))

    @cached_property
    def missing_elements(self) -> tuple[dict[str, Any], ...]:
        """Elements without a finding."""
        return tuple(self._reader.beside(self._part, "element"))

    @cached_property
    def remarks(self) -> tuple[dict[str, Any], ...]:
        """Remarks that the text attaches."""
        return tuple(self._reader.beside(self._part, "remark"))

    @property
    def conditions(self) -> tuple[dict[str, Any], ...]:
        """What everything presupposes: {id, name}."""
        return self._reader.conditions

    @cached_property
    def beside(self) -> tuple[Ground, ...]:
        """The statements beside this one: remarks, candidates, other readings. Each has its proof."""
        return tuple(self._reader.statements_beside(self._part))

    # -- its words --------------------------------------------------------------------------------

    @property
    def sentence(self) -> Text:
        """The statement as a sentence."""
        return self._reader.speaker.atom(self.atom)

    @property
    def status_label(self) -> Text:
        """The status in words."""
        return self._reader.speaker.status(self.atom)

    @property
    def norm_label(self) -> Text:
        """What the norm says, in short."""
        return self._record.label

    @property
    def reading(self) -> Text:
        """How the norm is read here."""
        return self._record.reading

    @cached_property
    def citation(self) -> dict[str, Any]:
        """Where the norm stands; see ``citation``."""
        return citation(self._reader.book, self._record)

    @property
    def reason_label(self) -> Text:
        """The reason in words; empty when there is none."""
        return self._reader.label(self.reason)

    @property
    def missing_label(self) -> Text:
        """What is missing, in words; empty when nothing is."""
        return self._reader.label(self.missing)

    @property
    def kind_label(self) -> Text:
        """The kind in words; empty when there is none."""
        return self._reader.label(self.kind)


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)


def identifier(atom: Ground) -> str:
    """A short, stable id: the same statement has the same id in every run."""
    text = f"{atom[0]}({','.join(map(str, atom[1]))})"
    return "c-" + sha256(text.encode()).hexdigest()[:10]


def citation(book: LawBook, record: Record) -> dict[str, Any]:
    """Where a norm stands: regulation, article, paragraph, item, quote, IRI, and the citation in words."""
    numbers = [int(part[1:]) for part in record.place.split(".")]
    article, paragraph, item = (*numbers, None, None)[:3]
    return {
        "regulation": book.regulation.id,
        "id": record.place,
        "article": article,
        "paragraph": paragraph,
        "item": item,
        "quote": record.quote,
        "iri": f"{book.regulation.iri}/{record.place}",
        "text": {language: book.citation(record, language) for language in LANGUAGES},
    }


def iso(value: Value | None) -> str | None:
    """A date as yyyy-mm-dd; None for what is no date."""
    if isinstance(value, int) and calendar.is_date(value):
        return calendar.to_date(value).isoformat()
    return None


def elapsed_days(since: str, until: str) -> int:
    """Days from one date (yyyy-mm-dd) to another."""
    return (datetime.date.fromisoformat(until) - datetime.date.fromisoformat(since)).days


def status_names(vocabulary: Vocabulary) -> list[str]:
    """The statuses in the order in which the ontology lists them."""
    return [predicate_name(p.name) for p in vocabulary.predicates.values() if p.is_status and p.roles]
