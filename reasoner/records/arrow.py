"""Columns for Arrow. ``pyarrow.array`` imports pandas to look at a list of values, these do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa


def strings(values: Sequence[str | None]) -> pa.Array:
    """A column of texts, None for nothing."""
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


def integers(values: Sequence[int]) -> pa.Array:
    """A column of integers (int64)."""
    numbers = np.asarray(values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])
