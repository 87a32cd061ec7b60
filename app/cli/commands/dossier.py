"""``zelian dossier``: the list of issues or the case file, written to a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import progress, world
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.pipeline import World


class _Whole:
    """The whole record as the source of every issue."""

    def __init__(self, opened: World) -> None:
        self._opened = opened

    def case(self, matter: str) -> World:
        return self._opened


def run(arguments: argparse.Namespace) -> int:
    """Write the dossier and print where it went."""
    from app import dossier

    source = _Whole(world.open_world(arguments.as_of))
    try:
        with progress.bar("案卷 · dossier") as step:
            made = dossier.dossier(arguments.issues, source, lang=arguments.lang, progress=step)
        data = dossier.write(made, arguments.format)
    except (dossier.UnknownIssueError, dossier.NoFontError) as problem:
        raise from_error(problem) from problem
    place = _place(arguments.out, dossier.file_name(made, arguments.format))
    try:
        place.write_bytes(data)
    except FileNotFoundError as problem:
        raise CommandError(f"没有这个文件夹：{place.parent}", f"no such folder: {place.parent}") from problem
    print(place)
    return 0


def _place(out: Path | None, name: str) -> Path:
    """Return the file to write: the one named, or one with its own name in the folder named."""
    if out is None:
        return Path(name)
    return out / name if out.is_dir() else out
