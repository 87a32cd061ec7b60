"""Where the record lies: $ZELIAN_HOME, else the platform's folder for the data of its user."""

from __future__ import annotations

import os
from pathlib import Path

from reasoner.audit import log
from reasoner.pipeline import RECORD_FILE


def home() -> Path:
    """Return the folder of the record; it need not exist yet."""
    if place := os.environ.get("ZELIAN_HOME"):
        return Path(place).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("zelian", appauthor=False)


def record_place() -> str | Path:
    """Return the file of the record, or the URL of the database that $ZELIAN_DATABASE names."""
    return os.environ.get("ZELIAN_DATABASE") or home() / RECORD_FILE


def audit_place() -> str | Path:
    """Return the file of the audit log beside the record, or the URL of the record's database."""
    return os.environ.get("ZELIAN_DATABASE") or home() / log.FILE
