"""How wide the terminal is, when there is one."""

from __future__ import annotations

import shutil
import sys


def width() -> int | None:
    """Return the columns of the terminal that stdout writes to; None for a pipe or a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
