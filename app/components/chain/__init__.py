"""The chain graph and the in-page links: one Streamlit Components-v2 package.

Sources in ``src/``, bundled with cytoscape and dagre into ``built/`` (see README.md there). The
assets are served as files, so a page carries only the address of the script, not the script.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

_HERE = Path(__file__).resolve().parent


def _declare() -> None:
    """Declare the assets when Streamlit has not found them itself.

    It finds the manifest beside this file in an installed distribution, but not in an editable
    checkout, whose file list names no manifest.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root("zelian.chain") is not None:
        return
    manifest = tomllib.loads((_HERE / "pyproject.toml").read_text(encoding="utf-8"))
    entries = manifest["tool"]["streamlit"]["component"]["components"]
    manager.register_from_manifest(
        ComponentManifest(
            name=manifest["project"]["name"],
            version=manifest["project"]["version"],
            components=[ComponentConfig.from_dict(entry) for entry in entries],
        ),
        _HERE,
    )


_declare()
_chain = st.components.v2.component(
    "zelian.chain", html='<div class="zelian-chain"></div>', css="chain.css", js="chain.js"
)
_links = st.components.v2.component("zelian.links", js="links.js")


def links(lang: str, paths: Sequence[str], words: Mapping[str, str]) -> None:
    """Keep links marked ``data-go`` inside the page, and let ``data-scheme-to`` change light and dark.

    ``lang`` is the language tag of the page (``zh-CN``, ``en``); ``paths`` are those of all pages;
    ``words`` take the place of Streamlit's own (``{x}`` in both for what varies).
    """
    data = {"lang": lang, "paths": list(paths), "words": dict(words)}
    _links(key="zelian-links", data=data, height=1)


def chain(graph: Mapping[str, Any], *, key: str) -> None:
    """Draw a chain of responsibility.

    ``graph`` holds ``centre`` (a node id), ``nodes`` ({id, label, kind}), ``edges`` ({id, source,
    target, label, origin: recorded|concluded}), ``selected`` and ``selectedEdge`` (ids or None),
    ``open`` and ``shut`` (ids of nodes whose neighbours the reader unfolded or folded away),
    ``scheme`` (light|dark) and ``texts`` ({label, fit, expand, collapse, larger, smaller}). What is
    clicked goes into the address (``node``, ``edge``, ``open``, ``shut``); nothing comes back from here.
    """
    _chain(key=key, data=dict(graph), height="content")
