"""The chain graph of an issue, and beside it the details of what is selected, also as a list."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from app.components.chain import chain
from app.explorer import address, frame, proofs, store, theme
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t


def _name(issue: store.Issue, node: str) -> str:
    return str(issue.graph.nodes[node]["label"][address.lang()])


def _selected(issue: store.Issue) -> str:
    asked = address.param("node")
    return asked if asked is not None and asked in issue.graph else issue.row.id


def draw(issue: store.Issue) -> None:
    """Draw the graph around the case; a click puts the node or edge into the address."""
    lang = address.lang()
    graph = issue.graph
    nodes = [
        {
            "id": node,
            "label": at["label"][lang],
            "kind": at["kind"],
            "href": address.here(node=node, edge=None),
        }
        for node, at in graph.nodes(data=True)
    ]
    edges = [_edge(source, target, at["relations"]) for source, target, at in graph.edges(data=True)]
    chain(
        {
            "centre": issue.row.id,
            "nodes": nodes,
            "edges": edges,
            "selected": _selected(issue),
            "selectedEdge": address.param("edge"),
            "scheme": theme.scheme(),
            "texts": {name: t(f"chain.{name}") for name in ("label", "fit", "expand", "collapse")},
        },
        key=f"chain-{issue.row.id}",
    )
    show(el("p", t("chain.legend"), class_="zl zl-quiet zl-small"))


def _edge(source: str, target: str, relations: list[dict[str, Any]]) -> dict[str, Any]:
    lang = address.lang()
    words = relations[0]["label"][lang]
    if len(relations) > 1:
        words += f" +{len(relations) - 1}"
    concluded = any("conclusion" in each for each in relations)
    name = f"{source}~{target}"
    return {
        "id": name,
        "source": source,
        "target": target,
        "label": words,
        "origin": "concluded" if concluded else "recorded",
        "href": address.here(node=source, edge=name),
    }


def _relations(issue: store.Issue, node: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (source, target, relation) of everything that touches a node, or the named edge first."""
    graph = issue.graph
    edges = [*graph.out_edges(node, data=True), *graph.in_edges(node, data=True)]
    found = [(source, target, each) for source, target, at in edges for each in at["relations"]]
    edge = address.param("edge")
    return sorted(found, key=lambda each: f"{each[0]}~{each[1]}" != edge)


def _origin(relation: dict[str, Any]) -> Markup:
    """Return where a relation comes from: a conclusion with its proof, or a row of the ledger."""
    if "conclusion" in relation:
        conclusion = relation["conclusion"]
        cited = proofs.citation(conclusion.citation, quote=False)
        why = go(address.here(c=conclusion.id), t("issue.why"))
        return el("span", t("chain.concluded"), " · ", cited, " · ", why, class_="zl-origin")
    return el(
        "span",
        t("chain.recorded"),
        " · ",
        proofs.source(asdict(relation["statement"].source)),
        class_="zl-origin",
    )


def _told(issue: store.Issue, node: str, source: str, target: str, relation: dict[str, Any]) -> Markup:
    """Return a relation as a sentence in which the other entities are links."""
    if "conclusion" in relation:
        follows = relation["conclusion"]
        return join(frame.status(follows.status), " ", store.worded(follows.sentence, address.lang()))
    ends = {
        blank: el("b", _name(issue, end))
        if end == node
        else go(address.here(node=end, edge=None), _name(issue, end))
        for blank, end in (("{0}", source), ("{1}", target))
    }
    template = store.worded(relation["sentence"], address.lang())
    return join(ends.get(part, part) for part in re.split(r"(\{[01]\})", template))


def panel(issue: store.Issue) -> None:
    """Write the details of the selected node: its relations as sentences, each with its origin."""
    node = _selected(issue)
    lines = [
        el("li", _told(issue, node, source, target, relation), _origin(relation))
        for source, target, relation in _relations(issue, node)
    ]
    back = go(address.here(node=None, edge=None), t("issue.back")) if node != issue.row.id else None
    kind = issue.graph.nodes[node]["kind"]
    show(
        el(
            "div",
            el("h3", _name(issue, node)),
            el("p", t(f"kind.{kind}"), " " if back else None, back, class_="zl-quiet zl-small"),
            el("ul", lines, class_="zl-relations") if lines else el("p", t("issue.relations.none")),
            class_="zl zl-panel zl-scroll",
        )
    )
