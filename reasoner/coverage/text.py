"""The ledger of the text: for every character of a regulation, what was made of it.

A norm's quote takes its own characters; punctuation and the marks of items take care of themselves; what is
left is listed, piece by piece, in the ``spans.yaml`` of each article. Which kinds of pieces there are, and
which cue words the text must be searched for, is data (``cues.yaml``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from reasoner.rulebook import law
from reasoner.rulebook.norms import LawBook, NormError, Record, read_yaml
from reasoner.rulebook.vocabulary import Text

NORMS, DEFINITIONS, HEADINGS, CONNECTIVES = "norms", "definitions", "headings", "connectives"
PUNCTUATION, UNASSIGNED = "punctuation", "unassigned"
CATEGORIES = (NORMS, DEFINITIONS, HEADINGS, CONNECTIVES, PUNCTUATION, UNASSIGNED)
"""What a character can count as."""


@dataclass(frozen=True)
class Fault:
    """One gap of the coverage: where (an identifier), of which kind, and what would close it."""

    where: str
    kind: str
    zh: str
    en: str


@dataclass(frozen=True)
class PieceKind:
    """A kind of piece. ``counts`` is the category of its characters; ``of_norm``: it must name a norm."""

    id: str
    label: Text
    counts: str
    of_norm: bool


@dataclass(frozen=True)
class Piece:
    """Words that no quote covers, or that say more than the quote: characters start to end of a line."""

    at: str
    start: int
    end: int
    kind: str
    of: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Segment:
    """A run of characters that were all made into the same: norms that quote it, pieces that name it."""

    at: str
    start: int
    end: int
    text: str
    category: str
    norms: tuple[str, ...]
    pieces: tuple[str, ...]


class Ledger:
    """The characters of one regulation, with the norms and pieces that account for them."""

    def __init__(self, book: LawBook, home: Path) -> None:
        self.book, self.home = book, home
        self.declared: dict[str, Any] = read_yaml(home / "cues.yaml")
        self.kinds = {k["id"]: _kind(k, home) for k in self.declared["pieces"]}
        self.faults: list[Fault] = []
        self.lines = {line.id: line.text for line in book.regulation.lines()}
        self.quotes: dict[str, list[tuple[int, int, str]]] = {at: [] for at in self.lines}
        for norm in book.norms.values():
            for start in self._found(norm):
                self.quotes[norm.place].append((start, start + len(norm.quote or ""), norm.id))
        self.files = {a.id: self._read(a) for a in (book.regulation.notice, *book.regulation.articles)}
        self.pieces: dict[str, list[Piece]] = {at: [] for at in self.lines}
        for file in self.files.values():
            for entry in file.get("pieces") or ():
                if piece := self._piece(entry):
                    self.pieces[piece.at].append(piece)

    def _found(self, norm: Record) -> Iterator[int]:
        start = self.lines.get(norm.place, "").find(norm.quote or "")
        if norm.quote and start >= 0:
            yield start
        else:
            self._fault(norm.id, "character", "引文不在原处", f"its quote does not stand there: {norm.quote}")

    def _read(self, article: law.Article) -> dict[str, Any]:
        file = self.home / (f"art-{article.number:02}/spans.yaml" if article.number else "notice-spans.yaml")
        read = read_yaml(file) if file.exists() else None
        if not isinstance(read or {}, dict):
            raise NormError(f"{file}: 应为 pieces、cues 两项 / expected pieces: and cues:")
        return read or {}

    def _piece(self, entry: dict[str, Any]) -> Piece | None:
        at, text, kind = (str(entry.get(key, "")) for key in ("at", "text", "as"))
        of, number = tuple(entry.get("of") or ()), int(entry.get("occurrence", 1))
        starts = occurrences(self.lines.get(at, ""), text)
        if kind not in self.kinds:
            problem = "没有这种片段 / no such kind of piece"
        elif missing := [norm for norm in of if norm not in self.book.norms]:
            problem = f"没有规范 / no such norm: {' '.join(missing)}"
        elif self.kinds[kind].of_norm and not of:
            problem = "未写明所属规范 / of which norm"
        elif not starts or not 0 < abs(number) <= len(starts):
            problem = "原文没有 / these words do not stand there"
        elif "occurrence" not in entry and len(starts) > 1:
            problem = "出现多次，应写明第几处 / say which occurrence"
        else:
            start = starts[number - 1 if number > 0 else number]
            return Piece(at, start, start + len(text), kind, of, str(entry.get("note", "")))
        self._fault(at, "character", f"{problem}：{entry}", f"{problem}: {entry}")
        return None

    def _fault(self, where: str, kind: str, zh: str, en: str) -> None:
        self.faults.append(Fault(where, kind, zh, en))

    @cached_property
    def segments(self) -> dict[str, list[Segment]]:
        """The segments of every paragraph and item, by its identifier."""
        return {at: list(self._segments(at, text)) for at, text in self.lines.items()}

    def _segments(self, at: str, text: str) -> Iterator[Segment]:
        def made(i: int) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
            norms = tuple(sorted({n for start, end, n in self.quotes[at] if start <= i < end}))
            pieces = [p for p in self.pieces[at] if p.start <= i < p.end]
            kinds = tuple(sorted({p.kind for p in pieces}))
            completed = tuple(sorted({*norms, *(n for p in pieces for n in p.of)}))
            return self._category(at, i, norms, kinds), completed, kinds

        for (category, norms, pieces), run in groupby(range(len(text)), made):
            places = list(run)
            start, end = places[0], places[-1] + 1
            yield Segment(at, start, end, text[start:end], category, norms, pieces)

    def _category(self, at: str, i: int, norms: tuple[str, ...], kinds: tuple[str, ...]) -> str:
        if i < self._mark(at):
            return PUNCTUATION
        if any(self.book.norms[n].binding == "definition" for n in norms):
            return DEFINITIONS
        if norms:
            return NORMS
        for category in CATEGORIES:
            if any(self.kinds[kind].counts == category for kind in kinds):
                return category
        return PUNCTUATION if unicodedata.category(self.lines[at][i])[0] in "PZ" else UNASSIGNED

    def _mark(self, at: str) -> int:
        """The length of an item's own mark, e.g. （五）."""
        part = self.book.regulation.find(at)
        mark = f"（{law.to_chinese(part.number)}）" if isinstance(part, law.Item) else ""
        return len(mark) if self.lines[at].startswith(mark) else 0

    def gaps(self) -> Iterator[Fault]:
        """Characters that nothing accounts for, with what spans.yaml needs."""
        for at, segments in self.segments.items():
            for s in segments:
                if s.category == UNASSIGNED:
                    line = f"- {{at: {at}, text: {s.text}, as: …, of: [{self._nearest(at, s)}]}}"
                    yield Fault(at, "character", f"未分配“{s.text}”，应写 {line}", f"unassigned, add {line}")

    def _nearest(self, at: str, segment: Segment) -> str:
        after = sorted((start, n) for start, _, n in self.quotes[at] if start >= segment.start)
        before = sorted((end, n) for _, end, n in self.quotes[at] if end <= segment.start)
        return after[0][1] if after else before[-1][1] if before else "…"

    def covering(self, at: str, start: int, end: int) -> list[str]:
        """The norms whose quote, or a piece that completes it, shares a character with start to end."""
        found = {n for s, e, n in self.quotes[at] if s < end and start < e}
        found |= {n for p in self.pieces[at] if p.start < end and start < p.end for n in p.of}
        return sorted(found)


def occurrences(text: str, words: str) -> list[int]:
    """Where ``words`` begin in ``text``."""
    return [i for i in range(len(text)) if words and text.startswith(words, i)]


def _kind(entry: dict[str, Any], home: Path) -> PieceKind:
    if entry.get("counts") not in CATEGORIES:
        raise NormError(f"{home / 'cues.yaml'}: {entry.get('id')}: counts: {' / '.join(CATEGORIES)}")
    return PieceKind(entry["id"], entry["label"], entry["counts"], bool(entry.get("of_norm")))
