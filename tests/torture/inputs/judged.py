"""What becomes of an input, and what must never become of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple, Protocol

Ending = Literal["accepted", "refused"]


class Outcome(NamedTuple):
    """How an input ended; ``said`` are the words of a refusal."""

    ending: Ending
    said: str = ""


class Broken(Exception):  # noqa: N818 (what it says of the program is no error of this one)
    """Something that must not happen: a traceback, a loss, a request, a file elsewhere, a formula."""


class Kind(Protocol):
    """One kind of input, made ready once for a worker; all its inputs come from dice alone."""

    nasties: dict[str, Callable[[Path], Any]]
    """Inputs written by hand, by name; each is given a folder of its own."""

    def __init__(self, place: Path, canary: str) -> None:
        """``place`` holds what all workers share; ``canary`` is an address that must never be asked."""

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        """Make an input and try it. Raises Broken."""

    def nasty(self, name: str, folder: Path) -> Outcome:
        """Try an input written by hand. Raises Broken."""


def refused(error: Exception) -> Outcome:
    """A refusal that says something in both languages, or at least something."""
    said = " ".join(str(error).split())
    if not said:
        raise Broken(f"refused without a word: {type(error).__name__}")
    if "Traceback" in said:
        raise Broken(f"a refusal of no use: {said[:200]}")
    return Outcome("refused", said[:200])
