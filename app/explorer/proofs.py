"""A proof as nested lists, down to the words of the regulation and the row of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.explorer import address, permalink, store
from app.explorer.markup import Markup, el, go, join, outside
from app.explorer.words import t
from reasoner.engine.conclusions import Conclusion

_OPEN_DEPTH: Final = 3  # deeper steps are folded; the reader opens them
_WHOLE: Final = 1000


def source(origin: Mapping[str, Any]) -> Markup:
    """Return where a statement comes from: file, sheet, row, column, web page, or who entered it."""
    parts: list[Markup | str] = [str(origin["file"])] if origin.get("file") else []
    named = [name for name in ("sheet", "row", "columns", "by") if origin.get(name) not in (None, "")]
    for name in named:
        # a statement of an RDF file has no row: what would be its column is a property
        words = "property" if name == "columns" and "row" not in named else name
        parts.append(t(f"source.{words}", **{name: origin[name]}))
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


def _steps(way: Mapping[str, Any], depth: int, said: set[str]) -> Markup | None:
    """Return the premises of a step."""
    premises = way.get("premises") or ()
    return el("ul", (_step(each, depth, said) for each in premises)) if premises else None


def _once(by: Mapping[str, Any] | None, said: set[str]) -> Markup | None:
    """Return what a step rests on, in full where it is met first; the proof would else repeat itself."""
    if by is None or by["id"] in said:
        return None
    said.add(by["id"])
    return _ground(by)


def _other_way(way: Mapping[str, Any], depth: int, said: set[str]) -> Markup:
    ground = _once(way.get("by"), said)
    return el("details", el("summary", t("proof.also"), class_="zl-quiet"), ground, _steps(way, depth, said))


def _step(node: Mapping[str, Any], depth: int, said: set[str]) -> Markup:
    sentence = join(
        el("span", t(f"proof.{node['kind']}"), class_="zl-kind"),
        store.worded(node["sentence"], address.lang()),
        el("span", " ", t("proof.folded"), class_="zl-quiet") if node.get("folded") else None,
    )
    below = [_once(node.get("by"), said), [source(each) for each in node.get("sources", ())]]
    if not node.get("premises") and not node.get("by"):
        return el("li", sentence, below)
    inner = [
        _steps(node, depth + 1, said),
        [_other_way(way, depth + 1, said) for way in node.get("also", ())],
    ]
    return el("li", el("details", el("summary", sentence), below, inner, open=depth < _OPEN_DEPTH))


def tree(roots: Sequence[Mapping[str, Any]], conclusion: Conclusion) -> Markup:
    """Return the proof under the norm that it applies, and below it those of what stands beside it.

    ``roots`` are the trees of a ``zelian-proof/1``.
    """
    norm = {
        "kind": "norm",
        "label": conclusion.norm_label,
        "reading": conclusion.reading,
        "citation": conclusion.citation,
    }
    said = {conclusion.norm}
    depth = -_WHOLE if address.param("whole") else 0  # nothing is folded when the whole is asked for
    steps = el("ul", (_step(root, depth, said) for root in roots))
    return el("div", _ground(norm), steps, _tools(), class_="zl-proof")


def _tools() -> Markup:
    """Return how to open or fold the whole proof, and the address to send."""
    whole = address.param("whole") is not None
    return el(
        "div",
        go(address.here(whole=None if whole else "1"), t("proof.fold" if whole else "proof.whole")),
        permalink.line(),
        class_="zl-tools zl-small",
    )
