"""Files that are there as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

PART = ".part"
"""What the name of an unfinished file ends in."""


@contextmanager
def whole(path: Path, durable: bool = True) -> Iterator[Path]:
    """Another path in the same folder to write to; what is written there takes its place when the block ends.

    ``durable``: it survives a power cut from then on. Raises OSError when the file cannot be put there; then,
    and on any error in the block, what was at the path before is there still. What is no file (a pipe,
    ``/dev/stdout``) is written to as it is.
    """
    if Path("/dev") in path.parents or (path.exists() and not path.is_file()):
        yield path
        return
    path = Path(os.path.realpath(path))  # the file that a link names, not the link
    unfinished = path.with_name(f"{path.name}.{uuid4().hex[:8]}{PART}")
    try:
        yield unfinished
        if durable:
            with unfinished.open("rb+") as written:
                os.fsync(written.fileno())
        os.replace(unfinished, path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
