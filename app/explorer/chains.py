"""The chain graph of an issue, beside it the details of what is selected; or the same relations as a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from app.components.chain import chain
from app.explorer import address, frame, proofs, store, tabular, theme
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t

_TEXTS = ("label", "fit", "expand", "collapse", "larger", "smaller")


def _name(issue: store.Issue, node: str) -> str:
    return str(issue.graph.nodes[node]["label"][address.lang()])


def _selected(issue: store.Issue) -> str:
    asked = address.param("node")
    return asked if asked is not None and asked in issue.graph else issue.row.id


def _nodes(issue: store.Issue, name: str) -> list[str]:
    """Return the nodes that a parameter of the address lists; the component writes it."""
    listed = (unquote(each) for each in (address.param(name) or "").split(","))
    return [node for node in listed if node in issue.graph]


def ways_to_look() -> Markup:
    """Return the links between the graph and the list."""
    options = {name: t(f"chain.as_{name}") for name in ("graph", "list")}
    chosen = "list" if address.param("view") == "list" else "graph"
    links = [
        go(
            address.here(view=None if name == "graph" else name),
            words,
            aria_current="true" if name == chosen else None,
        )
        for name, words in options.items()
    ]
    return el("nav", links, class_="zl zl-choice")


def draw(issue: store.Issue) -> None:
    """Draw the graph around the case; what is clicked and unfolded goes into the address."""
    lang = address.lang()
    nodes = [
        {"id": node, "label": at["label"][lang], "kind": at["kind"]}
        for node, at in issue.graph.nodes(data=True)
    ]
    edges = [_edge(source, target, at["relations"]) for source, target, at in issue.graph.edges(data=True)]
    chain(
        {
            "centre": issue.row.id,
            "nodes": nodes,
            "edges": edges,
            "selected": _selected(issue),
            "selectedEdge": address.param("edge"),
            "open": _nodes(issue, "open"),
            "shut": _nodes(issue, "shut"),
            "scheme": theme.scheme(),
            "texts": {name: t(f"chain.{name}") for name in _TEXTS},
        },
        key=f"chain-{issue.row.id}",
    )
    show(el("p", t("chain.legend"), class_="zl zl-quiet zl-small"))


def _edge(source: str, target: str, relations: list[dict[str, Any]]) -> dict[str, Any]:
    words = relations[0]["label"][address.lang()]
    if len(relations) > 1:
        words += f" +{len(relations) - 1}"
    concluded = any("conclusion" in each for each in relations)
    return {
        "id": f"{source}~{target}",
        "source": source,
        "target": target,
        "label": words,
        "origin": "concluded" if concluded else "recorded",
    }


def _relations(issue: store.Issue, node: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (source, target, relation) of everything that touches a node, or the named edge first."""
    graph = issue.graph
    edges = [*graph.out_edges(node, data=True), *graph.in_edges(node, data=True)]
    found = [(source, target, each) for source, target, at in edges for each in at["relations"]]
    edge = address.param("edge")
    return sorted(found, key=lambda each: f"{each[0]}~{each[1]}" != edge)


def _origin(issue: store.Issue, relation: dict[str, Any]) -> Markup:
    """Return where a relation comes from: a conclusion with its proof, or a row of the ledger."""
    if "conclusion" in relation:
        conclusion = relation["conclusion"]
        cited = proofs.citation(conclusion.citation, quote=False)
        tab = "state" if conclusion in issue.what else None  # the proof opens where it is listed
        why = go(address.here(tab=tab, c=conclusion.id), t("issue.why"))
        return el("span", t("chain.concluded"), " · ", cited, " · ", why, class_="zl-origin")
    source = proofs.source(asdict(relation["statement"].source))
    return el("span", t("chain.recorded"), " · ", source, class_="zl-origin")


def _told(issue: store.Issue, node: str, source: str, target: str, relation: dict[str, Any]) -> Markup:
    """Return a relation as a sentence in which the other entities are links."""
    if "conclusion" in relation:
        follows = relation["conclusion"]
        status = frame.status(follows.status, store.worded(follows.status_label, address.lang()))
        return join(status, " ", store.worded(follows.sentence, address.lang()))
    ends = {
        blank: el("b", _name(issue, end))
        if end == node
        else go(address.here(node=end, edge=None, view=None), _name(issue, end))
        for blank, end in (("{0}", source), ("{1}", target))
    }
    template = store.worded(relation["sentence"], address.lang())
    return join(ends.get(part, part) for part in re.split(r"(\{[01]\})", template))


def panel(issue: store.Issue) -> None:
    """Write the details of the selected node: its relations as sentences, each with its origin."""
    node = _selected(issue)
    lines = [
        el("li", _told(issue, node, source, target, relation), _origin(issue, relation))
        for source, target, relation in _relations(issue, node)
    ]
    back = go(address.here(node=None, edge=None), t("issue.back")) if node != issue.row.id else None
    kind = issue.graph.nodes[node]["kind"]
    further = (
        go(address.link(kind, id=node), t(f"chain.see.{kind}")) if kind in ("unit", "inspection") else None
    )
    ways = [part for part in (el("span", t(f"kind.{kind}")), further, back) if part]
    show(
        el(
            "div",
            el("h3", _name(issue, node)),
            el("p", ways, class_="zl-quiet zl-small zl-ways"),
            el("ul", lines, class_="zl-relations") if lines else el("p", t("issue.relations.none")),
            class_="zl zl-panel zl-scroll",
        )
    )


def table(issue: store.Issue) -> Markup:
    """Return all relations of the graph as a table: from, relation, to, origin."""
    heads = [t(f"chain.column.{name}") for name in ("from", "relation", "to", "origin")]
    return el("div", tabular.table(heads, _cells(issue), class_="zl-rows zl-relations-table"), class_="zl")


def _cells(issue: store.Issue) -> Iterator[tuple[Markup, ...]]:
    edges = sorted(issue.graph.edges(data=True), key=lambda edge: (edge[0] != issue.row.id, edge[:2]))
    for source, target, at in edges:
        for relation in at["relations"]:
            words = relation["label"][address.lang()]
            if "conclusion" in relation:
                follows = relation["conclusion"]
                said = store.worded(follows.status_label, address.lang())
                status = frame.status(follows.status, said)
                words = status if words == said else join(words, " ", status)
            yield (
                go(address.here(view=None, node=source, edge=None), _name(issue, source)),
                join(words),
                go(address.here(view=None, node=target, edge=None), _name(issue, target)),
                _origin(issue, relation),
            )
