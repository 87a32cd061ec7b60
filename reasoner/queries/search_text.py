"""Text as a search sees it: letters and numbers only, one token per character where a script has no spaces.

Chinese is not cut into words (any cutting loses some): each character is a token, and what is looked for is
a sequence of tokens. So words of one and of two characters are found like any other. Letters of other
scripts and digits stand together as long as they follow each other. Width, case and punctuation make no
difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

BREAK = "\ue000"
"""A token that no text has: what stands before it and what stands after it are never found as one."""

_WIDE = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\d+|(?=[{_WIDE}])[^\W_]|(?:(?![{_WIDE}])[^\W\d_])+")
_JOINED = re.compile(rf"[^{_WIDE}]")  # how a token begins that may go on
_MOST_CHARACTERS, _MOST_WORDS = 200, 16

Word = tuple[str, ...]
"""The tokens of one word of a query."""


def fold(text: str) -> str:
    """Return a text in half width and without capitals."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order."""
    return _TOKEN.findall(fold(text))


def words(query: str) -> list[Word]:
    """Return the words of a query, which spaces divide; what has no letter and no number is none."""
    found = (tuple(tokens(word)) for word in fold(query[:_MOST_CHARACTERS]).split())
    return list(dict.fromkeys(word for word in found if word))[:_MOST_WORDS]


def expression(wanted: Iterable[Word]) -> str:
    """Return an FTS5 expression for texts that have every word; of letters and digits, the beginning will do.

    Only tokens come into it, each within quotes: nothing in a query can be read as an operator.
    """
    return " AND ".join(f'"{" ".join(word)}"{"*" if _JOINED.match(word[-1]) else ""}' for word in wanted)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; ``found`` when it is what was looked for."""

    text: str
    found: bool


def marked(text: str, wanted: Iterable[Word]) -> tuple[Piece, ...]:
    """Return the whole text, divided into what was looked for and the rest."""
    return _divided(text, _hits(text, wanted), 0, len(text))


def excerpt(text: str, wanted: Iterable[Word], length: int = 90) -> tuple[Piece, ...]:
    """Return about ``length`` characters of a text around the first place that was looked for.

    An ellipsis stands where the text goes on.
    """
    hits = _hits(text, wanted)
    first = hits[0][0] if hits else 0
    start = max(0, min(first - length // 4, len(text) - length))
    end = min(len(text), start + length)
    pieces = _divided(text, hits, start, end)
    before = (Piece("…", False),) if start else ()
    after = (Piece("…", False),) if end < len(text) else ()
    return (*before, *pieces, *after)


def has(text: str, wanted: Iterable[Word]) -> bool:
    """Tell whether any of the words stands in a text."""
    return bool(_hits(text, wanted))


def _divided(text: str, hits: Sequence[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    pieces = []
    at = start
    for begin, stop in hits:
        begin, stop = max(begin, at), min(stop, end)
        if begin >= stop:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin], False))
        pieces.append(Piece(text[begin:stop], True))
        at = stop
    if at < end:
        pieces.append(Piece(text[at:end], False))
    return tuple(pieces)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return fold(character)


def _hits(text: str, wanted: Iterable[Word]) -> list[tuple[int, int]]:
    """Where the words stand in the text as it is written: (start, end), in order."""
    folded = [_folded(character) for character in text]
    origin = [i for i, character in enumerate(folded) for _ in character]
    found = [
        (m.group(), origin[m.start()], origin[m.end() - 1] + 1) for m in _TOKEN.finditer("".join(folded))
    ]
    hits = []
    for word in wanted:
        last = len(word) - 1
        for i in range(len(found) - last):
            stands = all(found[i + k][0] == word[k] for k in range(last)) and (
                found[i + last][0].startswith(word[last])
                if _JOINED.match(word[last])
                else found[i + last][0] == word[last]
            )
            if stands:
                hits.append((found[i][1], found[i + last][2]))
    return sorted(hits)
