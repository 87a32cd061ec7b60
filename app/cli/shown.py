"""Conclusions as rows and as RDF. Everything shown is what the reasoner said; nothing is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEADS = {
    "id": ("结论", "conclusion"),
    "issue": ("问题", "issue"),
    "inspection": ("督察", "inspection"),
    "norm": ("规范", "norm"),
    "citation": ("条款", "provision"),
    "status": ("状态", "status"),
    "reason": ("理由", "reason"),
    "missing": ("还缺什么", "missing"),
    "subject": ("对象", "subject"),
    "bearers": ("责任单位", "bearers"),
    "destinations": ("去向", "destinations"),
    "since": ("自", "since"),
    "due": ("期限", "due"),
    "as_of": ("基准日", "as of"),
    "quote": ("原文", "quote"),
    "sentence": ("结论内容", "sentence"),
}
"""The columns of an export, in their order, with their heads in zh and en."""

LISTED = ("id", "issue", "norm", "status", "bearers", "sentence")
"""The columns of a table on the terminal."""


def head(columns: Iterable[str], lang: str) -> list[str]:
    """Return the heads of the given columns in a language."""
    return [HEADS[column][lang == "en"] for column in columns]


def row(conclusion: Mapping[str, Any], columns: Iterable[str], lang: str) -> list[str]:
    """Return one conclusion as texts, one for each column."""
    return [_text(conclusion, column, lang) for column in columns]


def _text(conclusion: Mapping[str, Any], column: str, lang: str) -> str:
    cited: Mapping[str, Any] = conclusion.get("citation") or {}
    match column:
        case "quote":
            value = cited.get("quote")
        case "citation":
            value = ".".join(str(n) for n in (cited.get("article"), cited.get("paragraph"), cited.get("item")) if n)
        case "issue":
            value = conclusion.get("issue") or conclusion.get("issues")
        case _:
            value = conclusion.get(column)
    return _plain(value, lang)


def _plain(value: Any, lang: str) -> str:
    """Write a value as a person reads it: names joined, the text of one language, dates with dashes."""
    match value:
        case None:
            return ""
        case {"name": name}:
            return str(name)
        case {"zh": _} | {"en": _}:
            return str(value.get(lang) or value.get("zh") or value.get("en"))
        case Mapping():
            return " ".join(_plain(part, lang) for part in value.values())
        case str():
            return value
        case Sequence() | set() | frozenset():
            return ("、" if lang == "zh" else ", ").join(_plain(part, lang) for part in value)
        case int() if 10000101 <= value <= 99991231:
            return f"{value // 10000:04}-{value // 100 % 100:02}-{value % 100:02}"
        case _:
            return str(value)
