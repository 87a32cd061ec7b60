"""Entries that another file has put on record under the same number, and that say something else there.

Nothing is lost and nothing replaced: a corrected file under a new name adds to the old one, and is told so.
"""

from __future__ import annotations

from collections.abc import Collection

from reasoner.ledger.report import Problem
from reasoner.ledger.row import Entry
from reasoner.ledger.words import message
from reasoner.records.record import Claim, Record, Source

Content = tuple[str, str, str]


class Elsewhere:
    """What files state under the keys of these entries, those on record and those of this import."""

    def __init__(self, entries: Collection[Entry], record: Record) -> None:
        self._stated: dict[str, dict[str, tuple[Source, dict[Content, str]]]] = {}
        keys = {entry.source.key for entry in entries if entry.usable and entry.about}
        files = {entry.source.file for entry in entries}
        for source, claim in record.under({key for key in keys if key}, besides=files):
            self._add(source, claim)
        self._alone = len(files) < 2 and not self._stated

    def _add(self, source: Source, claim: Claim) -> None:
        files = self._stated.setdefault(source.key or "", {})
        _, stated = files.setdefault(source.file, (source, {}))
        stated[_content(claim)] = claim.columns or ""

    def compare(self, entry: Entry) -> dict[str, bool]:
        """Note on an entry which other file says something else of it, then count it as stated.

        Returns the other files that have the entry, and whether they say the same of it.
        """
        met: dict[str, bool] = {}
        if self._alone:
            return met
        source = entry.source
        own = {_content(claim): claim.columns or "" for claim in entry.claims}
        for file, (place, other) in self._stated.get(source.key or "", {}).items():
            if file == source.file or all(subject != entry.about for _, subject, _ in other):
                continue
            differing = _differing(own, other, whole=source.row is not None)
            met[file] = not differing
            if differing:
                shown = f"{file}#{place.sheet}" if place.sheet else file
                code = "elsewhere" if place.row else "elsewhere-subject"
                said = message(code, file=shown, row=str(place.row), columns="、".join(differing))
                where = (source.file, source.sheet, source.row)
                entry.problems.append(Problem("noted", code, *where, None, entry.about, *said))
        for claim in entry.claims:
            self._add(source, claim)
        return met


def _content(claim: Claim) -> Content:
    return claim.predicate, claim.subject, "" if claim.object is None else str(claim.object)


def _differing(own: dict[Content, str], other: dict[Content, str], whole: bool) -> list[str]:
    """The columns in which two entries differ. A row says the ``whole`` of its entry; an RDF file may say a
    part, so that only what both speak of counts."""
    differing = own.keys() ^ other.keys()
    if not whole:
        both = {p for p, _, _ in own} & {p for p, _, _ in other}
        differing = {content for content in differing if content[0] in both}
    return sorted({(own | other)[content] or content[0] for content in differing})
