"""The words of the interface in Chinese and English, read from the files in ``texts/``."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.explorer.address import Lang, lang

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _texts() -> dict[str, dict[Lang, str]]:
    texts: dict[str, dict[Lang, str]] = {}
    for file in sorted(Path(__file__).with_name("texts").glob("*.yaml")):
        own: dict[str, dict[Lang, str]] = yaml.load(file.read_text(encoding="utf-8"), _LOADER)
        if twice := texts.keys() & own.keys():
            raise ValueError(f"{file.name}: {', '.join(sorted(twice))}")
        texts |= own
    return texts


def t(key: str, **values: object) -> str:
    """Return an interface text in the page's language, with its blanks filled.

    Raises KeyError for a text that does not exist, so that no key is ever shown as a text.
    """
    return _texts()[key][lang()].format(**values)


def beginning(with_: str) -> dict[str, str]:
    """Return, by what follows in their keys, the texts whose keys begin in a way; blanks stay blanks."""
    chosen = lang()
    return {key.removeprefix(with_): text[chosen] for key, text in _texts().items() if key.startswith(with_)}


def day(value: date | str) -> str:
    """Return a date as people write it; a text that is no date (yyyy-mm-dd) stays as it is."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    if lang() == "en":
        return f"{value.day} {value:%b} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"
