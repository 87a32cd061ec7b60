"""Files that are written a part at a time and appear when they are complete, not before."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import pyarrow as pa

from reasoner.whole import whole

Part = TypeVar("Part", pa.Table, pa.RecordBatch)


def write(
    parts: Iterable[Part],
    path: Path,
    opened: Callable[[Path], AbstractContextManager[Callable[[Part], object]]],
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Write parts and return how many rows they had; ``progress(rows)`` after each.

    ``opened`` opens the file to write to (another one until it is complete) and says how to write a part.
    Raises OSError when the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with whole(path) as unfinished, opened(unfinished) as put:
        for part in parts:
            put(part)
            rows += part.num_rows
            progress(rows)
    return rows


def is_zipped(path: Path) -> bool:
    """Whether the name of a file says that it is compressed."""
    return path.suffix.lower() == ".gz"


def plain_or_zipped(path: Path, zipped: bool) -> BinaryIO:
    """A new file, compressed lightly or not."""
    return cast(BinaryIO, gzip.open(path, "wb", compresslevel=1)) if zipped else path.open("wb")
