"""Progress on the terminal: a bar for what takes longer than a second, nothing at all into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, int, int], None]
"""Called by the reasoner with what it is doing, how much is done, and how much there is (0: not known)."""


@contextmanager
def bar(title: str) -> Iterator[Step]:
    """Show how far a piece of work is; it goes to stderr, so that output can be piped."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda what, done, of: shown.update(task, completed=done, total=of or None)
