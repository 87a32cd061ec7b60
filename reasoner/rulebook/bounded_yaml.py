"""YAML that people write, read with bounds: what is nested too deeply or repeats itself is refused.

The C parser would end the whole program at some ten thousand brackets, and nine aliases of ten items each
stand for a billion.
"""

from __future__ import annotations

from typing import Any

import yaml

_DEEPEST = 60
"""The articles, cases and norms are nested up to ten times."""
_REPEATED = 100_000
"""Nodes that aliases may stand for, all together."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as authors of cases expect it: ``on`` and ``yes`` are words, true and false are not."""


Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    """What a YAML text says.

    Raises yaml.YAMLError when it is malformed, nested too deeply, or repeats itself too often; ValueError for
    a day that no calendar has and for a number of thousands of digits.
    """
    check(text)
    return yaml.load(text, Loader=Loader)


def check(text: str) -> None:
    """Raises yaml.YAMLError for a text that no parser should be given."""
    loader = Loader(text)
    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []  # anchors of what is not closed yet, and the nodes before it
    nodes = repeated = 0
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.AliasEvent):
                size = sizes.get(event.anchor or "", 0)
                if any(anchor == event.anchor for anchor, _ in opened):
                    raise _refusal(f"*{event.anchor} 包含自身 / it contains itself", event)
                nodes, repeated = nodes + size, repeated + size
                if repeated > _REPEATED:
                    raise _refusal(f"*{event.anchor} 重复过多 / it repeats too much", event)
            elif isinstance(event, yaml.CollectionStartEvent):
                opened.append((event.anchor, nodes))
                nodes += 1
                if len(opened) > _DEEPEST:
                    raise _refusal("嵌套过深 / nested too deeply", event)
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, before = opened.pop()
                if anchor is not None:
                    sizes[anchor] = nodes - before
            elif isinstance(event, yaml.ScalarEvent):
                nodes += 1
                if event.anchor is not None:
                    sizes[event.anchor] = 1 + len(event.value) // 100
    finally:
        loader.dispose()


def _refusal(what: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)
