"""Issues of which the text says nothing: each of their conclusions is that there is none, and why.

Such an issue is not open, and it is not closed either: a list that only counts the open ones would read so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.explorer import address, frame, store, theme
from app.explorer.markup import Markup, el
from app.explorer.words import t
from reasoner.rulebook.vocabulary import Text

_NONE: Final = "noConclusion"
_SHOWN: Final = 3  # statuses of one issue in a list


@store.once
def issues(desk: store.Desk) -> Mapping[str, Mapping[str, Text]]:
    """Return the issues that yield no conclusions, each with the reasons (id and words)."""
    found: dict[str, Mapping[str, Text]] = {}
    for row in desk.rows:
        if set(row.statuses) == {_NONE}:
            own = (each for each in desk.by_issue.get(row.id, ()) if row.id in each.own_issues)
            found[row.id] = {each.reason or "": each.reason_label for each in own}
    return found


@store.once
def reasons(desk: store.Desk) -> Mapping[str, Text]:
    """Return all the reasons for which issues yield no conclusions (id and words)."""
    return {name: words for of in issues(desk).values() for name, words in sorted(of.items())}


def why(words: Mapping[str, Text]) -> str:
    """Return reasons in words."""
    return t("and").join(store.worded(each, address.lang()) for each in words.values())


def told(words: Mapping[str, Text]) -> str:
    """Return in words that nothing is concluded, and for what reasons."""
    return f"{store.status_label(_NONE, address.lang())}{t('open')}{why(words)}{t('close')}"


def attention(desk: store.Desk, row: store.IssueRow) -> list[Markup]:
    """Return what a list says of an issue: what needs attention, or why it yields no conclusions."""
    wanted = sorted(filter(theme.wants_attention, row.statuses), key=theme.rank)
    if wanted or row.id not in issues(desk):
        return [el("div", frame.status(each)) for each in wanted[:_SHOWN]]
    reason = t("open") + why(issues(desk)[row.id]) + t("close")
    return [el("div", frame.status(_NONE), el("span", reason, class_="zl-quiet"))]
