"""Files to download: each is made when it is asked for, in the language and as of the day of its view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

import streamlit as st

from app.explorer import address

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TYPES: Final = {
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".rq": "application/sparql-query",
}


def button(
    label: str,
    make: Callable[[], bytes],
    name: str,
    *,
    key: str,
    quiet: bool = False,
) -> None:
    """Write a button that gives the file ``name``; its ending is one of `TYPES`, else KeyError."""
    st.download_button(
        label,
        address.later(make),
        name,
        TYPES[PurePath(name).suffix],
        key=key,
        on_click="ignore",
        type="tertiary" if quiet else "secondary",
    )
