"""Random numbers that depend on a seed, on what they are for and on nothing else."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]

SKEW = 0.9
"""How uneven regions, places and sectors are: the exponent of Zipf's law."""


class Draws:
    """Random numbers for a purpose and a part of the whole, whatever else was drawn before."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, purpose: str, part: int, number: int) -> Numbers:
        """So many numbers from 0 up to 1."""
        words = (self._seed, zlib.crc32(purpose.encode()), part)
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words))).random(number)

    def days(self, purpose: str, part: int, number: int, least: int, most: int) -> Numbers:
        """So many whole numbers from ``least`` to ``most``."""
        return least + (self.uniform(purpose, part, number) * (most - least + 1)).astype(np.int64)

    def happens(self, purpose: str, part: int, number: int, share: float) -> Numbers:
        """For so many things whether something that befalls a share of them befalls each."""
        return self.uniform(purpose, part, number) < share

    def skewed(self, purpose: str, part: int, number: int, kinds: int, skew: float = SKEW) -> Numbers:
        """So many of some kinds, the first far more often than the last (Zipf)."""
        return self.weighted(purpose, part, number, 1 / np.arange(1, kinds + 1) ** skew)

    def weighted(self, purpose: str, part: int, number: int, weights: Numbers) -> Numbers:
        """So many places of ``weights``, each as often as it weighs."""
        reached = np.cumsum(weights)
        found = np.searchsorted(reached, self.uniform(purpose, part, number) * reached[-1], side="right")
        places: Numbers = np.minimum(found, len(weights) - 1)
        return places

    def sizes(self, purpose: str, number: int, spread: float) -> Numbers:
        """So many sizes around 1, most below, a few far above (log-normal, by the logistic curve)."""
        within = np.clip(self.uniform(purpose, 0, number), 1e-9, 1 - 1e-9)
        sizes: Numbers = np.exp(spread * np.log(within / (1 - within)) / 1.702)
        return sizes
