"""The shape of a whole proof: no step rests on itself, and nothing stands there that nothing rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def faults_of(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the shape of a proof: the step, and what it does, in zh and en."""
    nodes = document["nodes"]
    done: set[str] = set()
    below_itself: set[str] = set()  # steps that are being left only when all they rest on was seen
    waiting = [(str(number), False) for number in (document["root"], *document["beside"])]
    while waiting:
        number, seen = waiting.pop()
        if seen:
            below_itself.discard(number)
            done.add(number)
        elif number not in done and number in nodes:
            below_itself.add(number)
            waiting.append((number, True))
            ways = (nodes[number], *nodes[number].get("also", ()))
            premises = {str(premise) for way in ways for premise in way.get("premises", ())}
            if circle := premises & below_itself:
                other = min(circle)
                yield number, f"与第{other}步互为前提", f"rests on step {other}, which rests on it"
                return
            waiting += [(premise, False) for premise in premises - done]
    for number in nodes:
        if number not in done:
            yield number, "没有步骤用到它", "no step rests on it"
