"""A proof as a tree of lines, down to the words of the regulation and the row of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

KINDS = {
    "conclusion": ("结论", "conclusion"),
    "norm": ("规范", "norm"),
    "definition": ("定义", "definition"),
    "fact": ("事实", "fact"),
    "finding": ("认定", "finding"),
    "absent": ("未见", "not found"),
    "comparison": ("比较", "comparison"),
    "calendar": ("历法", "calendar"),
    "completeness": ("完备性声明", "completeness"),
}
"""The kinds of step in ``zelian-proof/1``."""

SOURCE = {
    "sheet": ("工作表", "sheet"),
    "row": ("行", "row"),
    "columns": ("列", "columns"),
    "by": ("录入", "by"),
    "at": ("时间", "at"),
}


def lines(node: Mapping[str, Any], lang: str, stem: str = "", joint: str = "") -> Iterator[str]:
    """Yield the lines of a proof node and of everything it rests on."""
    en = lang == "en"
    kind = KINDS.get(str(node["kind"]), (str(node["kind"]),) * 2)[en]
    sentence = node.get("sentence") or {}
    yield f"{stem}{joint}[{kind}] {sentence.get(lang) or sentence.get('zh') or ''}".rstrip()
    stem += {"├─ ": "│  ", "└─ ": "   ", "": ""}[joint]
    premises = list(node.get("premises") or ())
    bar = "│  " if premises else "   "
    if cited := node.get("citation"):
        yield from (f"{stem}{bar}{line}" for line in _citation(cited, lang))
    if source := node.get("source"):
        yield f"{stem}{bar}{'source: ' if en else '出处：'}{_source(source, en)}"
    for number, premise in enumerate(premises, 1):
        yield from lines(premise, lang, stem, "└─ " if number == len(premises) else "├─ ")


def _citation(cited: Mapping[str, Any], lang: str) -> Iterator[str]:
    name = cited.get("name")
    if isinstance(name, Mapping):
        name = name.get(lang) or name.get("zh")
    if name is None:
        name = ".".join(str(n) for n in (cited.get(k) for k in ("article", "paragraph", "item")) if n)
    yield f"{name}" + (f"：“{cited['quote']}”" if cited.get("quote") else "")


def _source(source: Mapping[str, Any], en: bool) -> str:
    parts = [str(source["file"])] if source.get("file") else []
    for key, names in SOURCE.items():
        if (value := source.get(key)) not in (None, ""):
            parts.append(f"{names[en]} {value}")
    parts += [str(source[key]) for key in ("url", "note") if source.get(key)]
    return " · ".join(parts)
