"""What is read from files and takes long to read is kept as a pickle, under the hash of those files.

A change of any file, the program's own included, makes another hash, and so does another Python (compiled
rules are kept): nothing outdated is ever read.
"""

from __future__ import annotations

import gc
import pickle
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


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
        try:
            loaded = pickle.loads(place.read_bytes())
            if isinstance(loaded, kind):
                place.touch()
                return loaded
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError):
            pass  # a damaged file is made again
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    older = sorted(folder.glob(f"{name}-*.pickle"), key=_written, reverse=True)
    for outdated in older[most - 1 :]:
        outdated.unlink(missing_ok=True)
    part = place.with_suffix(f".{id(made)}.part")
    part.write_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    part.replace(place)
    return made


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another process was faster to remove it
        return 0.0


def source_files() -> list[Path]:
    """The program that makes what is kept: another program may make it otherwise."""
    return list(Path(__file__).parent.rglob("*.py"))
