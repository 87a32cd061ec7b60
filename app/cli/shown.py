"""Conclusions as rows. Everything shown is what the reasoner said; nothing is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEADS = {
    "id": ("结论", "conclusion"),
    "issues": ("问题", "issues"),
    "inspection": ("督察", "inspection"),
    "norm": ("规范", "norm"),
    "citation": ("条款", "provision"),
    "status": ("状态代号", "status id"),
    "status_label": ("状态", "status"),
    "layer": ("层次", "layer"),
    "kind_label": ("责任种类", "kind of responsibility"),
    "bearers": ("责任单位", "bearers"),
    "destinations": ("去向", "destinations"),
    "reason_label": ("理由", "reason"),
    "missing_label": ("还缺什么", "missing"),
    "missing_elements": ("未见认定的要件", "elements not found"),
    "candidates": ("可能被问责的候选", "candidates for accountability"),
    "remarks": ("附注", "remarks"),
    "subject": ("对象", "subject"),
    "since": ("自", "since"),
    "due": ("期限", "due"),
    "done": ("履行日期", "done"),
    "as_of": ("基准日", "as of"),
    "sentence": ("结论内容", "sentence"),
    "quote": ("原文", "quote"),
}
"""The columns of an export, in their order, with their heads in zh and en."""

LISTED = ("id", "norm", "status_label", "sentence")
"""The columns of a table on the terminal."""


def head(columns: Iterable[str], lang: str) -> list[str]:
    """Return the heads of the given columns in a language."""
    return [HEADS[column][lang == "en"] for column in columns]


def row(conclusion: Mapping[str, Any], columns: Iterable[str], lang: str) -> list[str]:
    """Return one conclusion as texts, one for each column."""
    cited: Mapping[str, Any] = conclusion["citation"]
    fields = {**conclusion, "citation": cited["text"], "quote": cited["quote"]}
    return [_plain(fields[column], lang) for column in columns]


def _plain(value: Any, lang: str) -> str:
    """Write a value as a person reads it: the text of one language, several joined."""
    match value:
        case None:
            return ""
        case {"name": name}:
            return _plain(name, lang)
        case Mapping():
            return str(value.get(lang) or value.get("zh") or "")
        case str():
            return value
        case Sequence():
            return ("、" if lang == "zh" else ", ").join(_plain(part, lang) for part in value)
        case _:
            return str(value)
