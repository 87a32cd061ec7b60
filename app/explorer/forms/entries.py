"""The record of a desk as those who make entries need it, drawn once for all sessions."""

from __future__ import annotations

from app.explorer import store
from app.home import home
from reasoner import pipeline
from reasoner.entries.entry import Entries


@store.once
def of(desk: store.Desk) -> Entries:
    """Return the names, things and forms that a desk's record offers to choose from."""
    return Entries(desk.record, pipeline.ontology(None, home() / "cache"))
