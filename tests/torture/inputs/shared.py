# ruff: noqa: E501 -- an input is a line, however long
"""What all workers share, made once: a record with the bundled data and the samples, and the cache beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from reasoner import ledger, pipeline
from reasoner.records import registry
from reasoner.records.record import Record


def prepare(place: Path, filled: Path | None = None) -> None:
    """Fill the shared folder of a run; ``filled`` is a home folder that is copied instead."""
    home = home_of(place)
    if filled is not None:
        shutil.copytree(filled, home, dirs_exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    if not record_file(place).exists():
        with Record.open(record_file(place)) as record:
            ledger.load_bundled(record, samples=True)
    pipeline.ontology(None, home / "cache")
    registry.bundled_registry(home / "cache")


def home_of(place: Path) -> Path:
    """The home folder that workers read."""
    return place / "shared" / "home"


def record_file(place: Path) -> Path:
    """The record in it."""
    return home_of(place) / pipeline.RECORD_FILE
