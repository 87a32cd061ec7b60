"""``zelian dossier``: the list of issues or the case file, written to a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli import progress
from app.cli.messages import CommandError, from_error


def run(arguments: argparse.Namespace) -> int:
    """Write the dossier and print where it went."""
    from app import dossier
    from app.home import home
    from reasoner.receipts.runs import open_run
    from reasoner.whole import whole

    with progress.bar("推理 · reasoning"):
        source = open_run(home(), arguments.as_of)
    if source.version == 0:
        print("记录为空，请先运行 zelian load ｜ the record is empty: run zelian load first", file=sys.stderr)
    try:
        with progress.bar("案卷 · dossier") as step:
            made = dossier.dossier(
                arguments.issues,
                source,
                lang=arguments.lang,
                include_restricted=arguments.secrets,
                progress=step,
            )
        data = dossier.write(made, arguments.format)
    except (dossier.UnknownIssueError, dossier.NoFontError) as problem:
        raise from_error(problem) from problem
    place = _place(arguments.out, dossier.file_name(made, arguments.format))
    try:
        with whole(place) as part:
            part.write_bytes(data)
    except FileNotFoundError as problem:
        raise CommandError(f"没有这个文件夹：{place.parent}", f"no such folder: {place.parent}") from problem
    print(place)
    return 0


def _place(out: Path | None, name: str) -> Path:
    """Return the file to write: the one named, or one with its own name in the folder named."""
    if out is None:
        return Path(name)
    return out / name if out.is_dir() else out
