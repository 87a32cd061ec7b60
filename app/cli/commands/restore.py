"""``zelian restore``: a backup put where there is no record yet, or only looked at."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli import progress
from app.cli.commands.backup import shown, told
from app.cli.messages import from_error


def run(arguments: argparse.Namespace) -> int:
    """Restore or verify; exit code 1 when what is restored contradicts itself."""
    from app.home import record_place
    from reasoner.backup.content import BackupError
    from reasoner.backup.restore import looked_at, restore
    from reasoner.pipeline import RECORD_FILE

    place: str | Path = record_place()
    if arguments.to is not None:
        place = arguments.to if "://" in arguments.to else Path(arguments.to).expanduser() / RECORD_FILE
    with progress.bar("恢复 · restoring") as step:
        try:
            if arguments.verify:
                manifest, wrong = looked_at(arguments.file, step)
            else:
                manifest, wrong = restore(arguments.file, place, step)
        except BackupError as error:
            raise from_error(error) from None
    print("\n".join(told(arguments.file, manifest, arguments.lang)))
    return shown(wrong, arguments.lang)
