"""What is read from files and takes long to read is kept as a pickle, under the hash of those files.

A change of any file, the program's own included, makes another hash, and so does another Python (compiled
rules are kept): nothing outdated is ever read. Nor is anything damaged: the pickle follows its own hash.
Where nothing can be kept (a full disk, a folder only for reading), it is made every time.
"""

from __future__ import annotations

import gc
import pickle
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TypeVar

from reasoner.whole import PART, whole

T = TypeVar("T")
_DIGEST = 32
"""Bytes of the hash before a pickle."""
_ABANDONED = 3600.0
"""Seconds after which an unfinished file is nobody's any more."""


def kept(folder: Path | None, name: str, files: Iterable[Path], kind: type[T], make: Callable[[], T]) -> T:
    """What ``make`` makes from the files, of the given kind; without a folder it is made every time."""
    found = kept_as(folder, name, "", files, kind, make)
    gc.collect()
    gc.freeze()  # it lives as long as the process: the collector need not walk through it again and again
    return found


def kept_as(
    folder: Path | None,
    name: str,
    key: str,
    files: Iterable[Path],
    kind: type[T],
    make: Callable[[], T],
    most: int = 1,
) -> T:
    """The same for what is made from more than files, told by ``key``; the ``most`` newest stay."""
    if folder is None:
        return make()
    digest = sha256(f"{key}\0{sys.version}".encode())
    for file in sorted(files):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    place = folder / f"{name}-{digest.hexdigest()[:20]}.pickle"
    if place.exists():
        with suppress(OSError, pickle.UnpicklingError, AttributeError, ImportError):
            stored = memoryview(place.read_bytes())
            if blake2b(stored[_DIGEST:], digest_size=_DIGEST).digest() == stored[:_DIGEST]:
                loaded = pickle.loads(stored[_DIGEST:])
                if isinstance(loaded, kind):
                    with suppress(OSError):
                        place.touch()
                    return loaded
    made = make()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder, name, most)
        content = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
        with whole(place, durable=False) as part, part.open("wb") as out:
            out.write(blake2b(content, digest_size=_DIGEST).digest())
            out.write(content)
    return made


def _tidy(folder: Path, name: str, most: int) -> None:
    """Make room for one more, and take away what was begun long ago and never finished."""
    older = sorted(folder.glob(f"{name}-*.pickle"), key=_written, reverse=True)
    begun = [part for part in folder.glob(f"*{PART}") if 0 < _written(part) < time.time() - _ABANDONED]
    for outdated in (*older[most - 1 :], *begun):
        outdated.unlink(missing_ok=True)


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another process was faster to remove it
        return 0.0


def source_files() -> list[Path]:
    """The program that makes what is kept: another program may make it otherwise."""
    return list(Path(__file__).parent.rglob("*.py"))
