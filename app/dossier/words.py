"""The words of the dossier in Chinese and English, and how days are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from reasoner.engine import calendar
from reasoner.rulebook import sentences

Lang = Literal["zh", "en"]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read(name: str) -> Any:
    """Read one of the YAML files beside this module."""
    return yaml.load(Path(__file__).with_name(name).read_text(encoding="utf-8"), _LOADER)


class Words:
    """The words of one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._texts: Mapping[str, Mapping[str, str]] = read("words.yaml")

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its blanks filled. Raises KeyError for a text that does not exist."""
        text = self._texts[key][self.lang]
        return text.format(**values) if values else text

    def get(self, key: str) -> str:
        """Return a text, or nothing when there is none of this name."""
        return self._texts.get(key, {}).get(self.lang, "")

    def head(self, key: str) -> tuple[str, ...]:
        """Return the heads of a table."""
        return tuple(self(key).split("|"))

    def of(self, text: Mapping[str, str] | None) -> str:
        """Return a text that the reasoner gives in both languages."""
        return (text or {}).get(self.lang) or (text or {}).get("zh") or ""

    def listed(self, parts: Iterable[str]) -> str:
        """Return some words one after the other, each once."""
        return self("comma").join(dict.fromkeys(part for part in parts if part))

    def day(self, value: date | str | None) -> str:
        """Return a day as people write it; what is no day (yyyy-mm-dd) stays as it is."""
        if not value:
            return ""
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return str(value)
        return sentences.day(calendar.to_int(value), self.lang)
