"""How the explorer looks: paper, ink, one blue; and one sign with one colour per status."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

Scheme = Literal["light", "dark"]

_SANS: Final = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'
_SHEETS: Final = Path(__file__).with_name("styles")

_BASE: Final[dict[Scheme, dict[str, str]]] = {
    "light": {
        "paper": "#FBFAF7", "side": "#F2F0EA", "ink": "#1F2A37", "quiet": "#5B6472",
        "line": "#DAD6CC", "action": "#1E4E79", "mark": "#F3E9CF",
    },
    "dark": {
        "paper": "#15181D", "side": "#1D2127", "ink": "#E6E3DB", "quiet": "#A8B0BC",
        "line": "#363C45", "action": "#8DB9DE", "mark": "#3A3420",
    },
}  # fmt: skip

# Tones of the statuses, at least 4.5 : 1 on both papers.
_TONES: Final[dict[Scheme, dict[str, str]]] = {
    "light": {
        "done": "#2E7D5B", "wait": "#8F6210", "late": "#B3261E", "grave": "#7D1A15",
        "open": "#6B4E9B", "grey": "#5B6472", "blue": "#1E4E79",
    },
    "dark": {
        "done": "#74C4A0", "wait": "#DDB365", "late": "#F48C83", "grave": "#F0A59F",
        "open": "#BFA9E6", "grey": "#A8B0BC", "blue": "#8DB9DE",
    },
}  # fmt: skip

#: status id -> (sign, tone); the order is the order in which statuses are listed everywhere.
STATUSES: Final[dict[str, tuple[str, str]]] = {
    "overdue": ("▲", "late"),
    "deviation": ("▲", "late"),
    "established": ("◆", "grave"),
    "notObserved": ("◆", "grave"),
    "pending": ("◔", "wait"),
    "performedInPart": ("◑", "wait"),
    "needsDetermination": ("◇", "open"),
    "insufficient": ("?", "grey"),
    "performedLate": ("●", "done"),
    "performed": ("●", "done"),
    "notYetDue": ("○", "blue"),
    "notArisen": ("○", "grey"),
    "tolerancePossible": ("◇", "open"),
    "tolerated": ("■", "grey"),
    "notEstablished": ("□", "grey"),
    "noConclusion": ("–", "grey"),
    "allocated": ("■", "blue"),
    "destination": ("→", "blue"),
}


def sign(status: str) -> tuple[str, str]:
    """Return the sign and the tone of a status; a status unknown here gets a neutral one."""
    return STATUSES.get(status, ("·", "grey"))


def rank(status: str) -> int:
    """Return the place of a status in every list; what needs attention comes first."""
    order = list(STATUSES)
    return order.index(status) if status in STATUSES else len(order)


def wants_attention(status: str) -> bool:
    """Tell whether a status asks somebody to do or to look at something."""
    return sign(status)[1] in {"late", "grave", "wait", "open"}


def scheme() -> Scheme:
    """Return the scheme that the reader's browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"


def options() -> dict[str, Any]:
    """Return Streamlit's theme options, so that its own widgets look like the rest."""
    chosen: dict[str, Any] = {
        "theme.font": _SANS,
        "theme.headingFont": _SANS,
        "theme.baseFontSize": 16,
        "theme.baseRadius": "4px",
        "theme.showWidgetBorder": True,
    }
    for name, colours in _BASE.items():
        chosen |= {
            f"theme.{name}.primaryColor": colours["action"],
            f"theme.{name}.backgroundColor": colours["paper"],
            f"theme.{name}.secondaryBackgroundColor": colours["side"],
            f"theme.{name}.textColor": colours["ink"],
            f"theme.{name}.linkColor": colours["action"],
            f"theme.{name}.borderColor": colours["line"],
        }
    return chosen


@cache
def _sheet() -> str:
    # page.css first: the others refine it
    files = sorted(_SHEETS.glob("*.css"), key=lambda file: (file.name != "page.css", file.name))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def apply() -> None:
    """Write the style sheet of the explorer into the page, in the reader's scheme."""
    chosen = scheme()
    colours = _BASE[chosen] | {f"tone-{name}": colour for name, colour in _TONES[chosen].items()}
    variables = "".join(f"--zl-{name}:{colour};" for name, colour in colours.items())
    st.html(f"<style>:root{{{variables}}}\n{_sheet()}</style>")
