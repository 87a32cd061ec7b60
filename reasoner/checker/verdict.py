"""What comes of checking a proof: its faults, and what had to be taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reasoner.checker.language import Ground, written


@dataclass(frozen=True)
class Fault:
    """Where a proof does not hold (``""``: not at one step), and what was expected there."""

    step: str
    zh: str
    en: str

    def __str__(self) -> str:
        zh, en = (f"第{self.step}步：", f"step {self.step}: ") if self.step else ("", "")
        return f"{zh}{self.zh} / {en}{self.en}"


@dataclass(frozen=True)
class Trust:
    """A condition that was not checked, because it or what could change it is withheld, and its step."""

    step: str
    condition: str


@dataclass(frozen=True)
class Verdict:
    """What came of checking: the faults (none: accepted) and how much was checked, by kind.

    Of a redacted proof also what was taken on trust; without faults it is accepted but for that.
    """

    statement: Ground
    faults: tuple[Fault, ...]
    checked: Mapping[str, int]
    facts: str
    """The hash of what the proof starts from, as computed here."""
    trusted: tuple[Trust, ...] = ()
    unsaid: tuple[str, ...] = ()
    """Kinds of remarks of which a redacted proof does not say whether they stand beside the conclusion."""
    record: str = ""
    """The hash of all facts, the withheld ones included: when a redacted proof's is opened."""


class StepError(Exception):
    """Why a step does not hold, in zh and en."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def same(found: Any, expected: Any, zh: str, en: str) -> None:
    """Raise a StepError that says what was expected, unless it was found."""
    if found != expected:
        if isinstance(expected, tuple):  # atoms
            found, expected = (written(atom) for atom in (found, expected))
        raise StepError(f"{zh}应为 {expected}，见到 {found}", f"{en} should be {expected}, found {found}")
