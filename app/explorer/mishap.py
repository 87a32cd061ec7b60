"""What a page says when the record refuses: no server, a full disk, a damaged file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.explorer import address
from app.explorer.markup import el, show
from reasoner.records.mishaps import Refusal, told


@contextmanager
def said() -> Iterator[None]:
    """Say in plain words why the rest of the block could not be done, and do without it."""
    try:
        yield
    except Refusal as error:
        words = told(error)
        if words is None:
            raise
        zh, en = words
        show(el("p", en if address.lang() == "en" else zh, class_="zl zl-fault", role="alert"))
