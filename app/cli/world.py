"""Opens what the reasoner concludes from the record, as of a date."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from app.cli import progress
from app.home import home

if TYPE_CHECKING:
    from reasoner.pipeline import World


def open_world(as_of: datetime.date | None) -> World:
    """Return the world as of a date (default: today). An empty record gives a world without issues."""
    from reasoner import pipeline

    with progress.bar("推理 · reasoning"):
        return pipeline.open_world(home(), as_of or datetime.date.today())
