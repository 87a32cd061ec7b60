"""A proof as nested lists, down to the words of the regulation and the row of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.explorer import address, store
from app.explorer.markup import Markup, el, go, join, outside
from app.explorer.texts import t

_OPEN_DEPTH: Final = 3  # deeper steps are folded; the reader opens them


def source(origin: Mapping[str, Any]) -> Markup:
    """Return where a statement comes from: file, sheet, row, column, web page, or who entered it."""
    parts: list[Markup | str] = []
    if origin.get("file"):
        parts.append(str(origin["file"]))
    for name in ("sheet", "row", "columns", "by"):
        if origin.get(name) not in (None, ""):
            parts.append(t(f"source.{name}", **{name: origin[name]}))
    if origin.get("url"):
        parts.append(outside(str(origin["url"]), t("source.web")))
    if origin.get("note"):
        parts.append(str(origin["note"]))
    shown = [join(part, " · ") for part in parts[:-1]] + parts[-1:]
    return el("span", shown, class_="zl-source") if parts else Markup("")


def citation(cited: Mapping[str, Any], *, quote: bool = True) -> Markup:
    """Return a citation as a link into the regulation, with the quoted words below it."""
    where = store.place_of(cited)
    name = go(address.link("law", at=where), store.cite(where, address.lang()))
    if not quote or not cited.get("quote"):
        return name
    return join(name, el("blockquote", str(cited["quote"]), class_="zl-quote", lang="zh-CN"))


def _step(node: Mapping[str, Any], depth: int) -> Markup:
    kind = str(node["kind"])
    said = join(el("span", t(f"proof.{kind}"), class_="zl-kind"), store.sentence(node, address.lang()))
    below: list[Markup] = []
    if node.get("citation"):
        below.append(citation(node["citation"]))
    if node.get("source"):
        below.append(source(node["source"]))
    premises: Sequence[Mapping[str, Any]] = node.get("premises") or ()
    if not premises:
        return el("li", said, below)
    inner = el("ul", (_step(each, depth + 1) for each in premises))
    return el("li", el("details", el("summary", said), below, inner, open=depth < _OPEN_DEPTH))


def tree(root: Mapping[str, Any]) -> Markup:
    """Return the whole proof; ``root`` is a ``zelian-proof/1`` node."""
    return el("div", el("ul", _step(root, 0)), class_="zl-proof")
