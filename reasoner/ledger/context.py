"""What a row's cells are read against: names, ids, inspections and dates known at the time of loading."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from reasoner.ledger import literals
from reasoner.ledger.names import Names, tidy
from reasoner.ledger.words import Words, ontology

_ID = re.compile(r"[\w.\-()/〔〕]{1,120}")
_DASHES = str.maketrans("‐‑‒–—―－", "-------")


def clean_id(value: str) -> str | None:
    """An id as it is stored: half-width, one kind of dash; None when it holds anything strange."""
    value = unicodedata.normalize("NFKC", value).strip().translate(_DASHES)
    return value if _ID.fullmatch(value) else None


def fingerprint(*parts: str) -> str:
    """Eight letters and digits that stand for these texts, the same on every machine."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=4).hexdigest()


@dataclass
class Context:
    """Shared by all rows of one import: ``ids`` has the classes rows give, ``described`` those of RDF."""

    names: Names
    words: Words
    sector_words: dict[str, tuple[tuple[str, ...], str]]
    on_record: Callable[[str], bool]
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    described: dict[str, set[str]] = field(default_factory=dict)
    inspection_days: dict[str, tuple[int, ...]] = field(default_factory=dict)
    expect: Callable[[Iterable[str]], None] = lambda _: None
    """Tells ``ids`` which ids will be asked for, where asking for many at once is faster."""
    _known: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stand_ins = frozenset(self.words.choices("standIn").values())
        """What stands in a conclusion for whom the text does not name: nothing is recorded of it."""

    def knows(self, id: str) -> bool:
        """Whether an id is defined in this import or on record."""
        if id in self.stand_ins:
            return False
        if id in self.ids or id in self.described or self.names.families(id):
            return True
        if id not in self._known:
            self._known[id] = self.on_record(id)
        return self._known[id]

    def contradicted(self, id: str, classes: Iterable[str]) -> bool:
        """Whether the RDF of this import says that an id is something it cannot be as well."""
        described = self.described.get(id, set()).difference(classes)
        terms = ontology() if described else None
        if terms is None:
            return False
        known = terms.class_names
        return any(terms.are_disjoint(known.get(a, a), known.get(b, b)) for a in described for b in classes)


@dataclass
class Setting:
    """What one table's title, sheet and file name say about all its rows."""

    title: str
    inspection: str | None = None
    district: str | None = None
    year: int | None = None
    day: int | None = None


def setting(title: str, context: Context) -> Setting:
    """Read inspection, district, year and day from what stands above the table."""
    found = Setting(title)
    compact = tidy(title)
    years = {
        int(y) for y in re.findall(r"(?<!\d)(20[0-4]\d)(?=年|[-./]\d|(?:[01]\d)(?:[0-3]\d)(?!\d))", compact)
    }
    found.year = years.pop() if len(years) == 1 else None
    days = {
        reading.date
        for m in re.findall(r"\d{4}年\d{1,2}月\d{1,2}日", compact)
        if (reading := literals.read(m)).date is not None
    }
    found.day = days.pop() if len(days) == 1 else None
    found.inspection = inspection_in(compact, context)
    found.district = _district_in(compact, context, found.day)
    return found


def inspection_in(text: str, context: Context) -> str | None:
    """The one inspection whose name stands in a text; the longest names count."""
    hits = {id for name, id in context.names.within_text(text, "inspection")}
    return hits.pop() if len(hits) == 1 else None


def _district_in(text: str, context: Context, day: int | None) -> str | None:
    hits = set()
    for name, _ in context.names.within_text(text, "district"):
        found = context.names.find(name, frozenset({"district"}), () if day is None else (day,))
        if found.status == "found":
            hits.add(found.ids[0])
    return hits.pop() if len(hits) == 1 else None
