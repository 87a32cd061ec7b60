"""A proof as nested lists, down to the words of the regulation and the row of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.explorer import address, store
from app.explorer.markup import Markup, el, go, join, outside
from app.explorer.texts import t

_OPEN_DEPTH: Final = 3  # deeper steps are folded; the reader opens them


def source(origin: Mapping[str, Any]) -> Markup:
    """Return where a statement comes from: file, sheet, row, column, web page, or who entered it."""
    parts: list[Markup | str] = [str(origin["file"])] if origin.get("file") else []
    named = [name for name in ("sheet", "row", "columns", "by") if origin.get(name) not in (None, "")]
    parts += [t(f"source.{name}", **{name: origin[name]}) for name in named]
    if origin.get("ontology"):
        parts.append(t("source.ontology"))
    parts += [str(origin[name]) for name in ("note", "rule") if origin.get(name)]
    if origin.get("url"):
        parts.append(outside(str(origin["url"]), t("source.web")))
    between = [join(part, " · ") for part in parts[:-1]] + parts[-1:]
    return el("span", between, class_="zl-source") if parts else Markup("")


def citation(cited: Mapping[str, Any], *, quote: bool = True) -> Markup:
    """Return a citation as a link into the regulation, with the quoted words below it."""
    name = go(address.link("law", at=cited["id"]), store.worded(cited["text"], address.lang()))
    if not quote or not cited.get("quote"):
        return name
    return join(name, el("blockquote", str(cited["quote"]), class_="zl-quote", lang="zh-CN"))


def _ground(by: Mapping[str, Any]) -> Markup | None:
    """Return what a step rests on: a norm with its words, or a definition, each as it is read here."""
    lang = address.lang()
    reading = store.worded(by.get("reading"), lang)
    note = (
        el("p", el("span", t("law.reading"), class_="zl-quiet"), " ", reading, class_="zl-note")
        if reading
        else None
    )
    if by["kind"] == "norm":
        return el("div", el("b", store.worded(by["label"], lang)), " ", citation(by["citation"]), note)
    if by["kind"] == "definition":
        return el(
            "div", el("span", t("proof.definition"), class_="zl-kind"), store.worded(by["label"], lang), note
        )
    return None


def _steps(way: Mapping[str, Any], depth: int) -> Markup | None:
    """Return the premises of a step; what they rest on is said only when it is something else."""
    under = way["by"]["id"] if way.get("by") else ""
    premises = way.get("premises") or ()
    return el("ul", (_step(each, depth, under) for each in premises)) if premises else None


def _other_way(way: Mapping[str, Any], depth: int) -> Markup:
    ground = _ground(way["by"]) if way.get("by") else None
    return el("details", el("summary", t("proof.also"), class_="zl-quiet"), ground, _steps(way, depth))


def _step(node: Mapping[str, Any], depth: int, under: str = "") -> Markup:
    said = join(
        el("span", t(f"proof.{node['kind']}"), class_="zl-kind"),
        store.worded(node["sentence"], address.lang()),
        el("span", " ", t("proof.folded"), class_="zl-quiet") if node.get("folded") else None,
    )
    by = node.get("by")
    below = [
        _ground(by) if by and by["id"] != under else None,
        [source(each) for each in node.get("sources", ())],
    ]
    if not node.get("premises") and not by:
        return el("li", said, below)
    others = [_other_way(way, depth + 1) for way in node.get("also", ())]
    inner = [_steps(node, depth + 1), others]
    return el("li", el("details", el("summary", said), below, inner, open=depth < _OPEN_DEPTH))


def tree(root: Mapping[str, Any]) -> Markup:
    """Return the whole proof; ``root`` is the tree of a ``zelian-proof/1``."""
    return el("div", el("ul", _step(root, 0)), class_="zl-proof")
