# ruff: noqa: E501 -- an input is a line, however long
"""Addresses: every page of the explorer with every parameter that it reads, and with values nobody would send."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from tests.torture.inputs import strings
from tests.torture.inputs.judged import Broken, Outcome
from tests.torture.inputs.shared import home_of

ROOT = Path(__file__).resolve().parents[3]
_EXPLORER = ROOT / "app" / "explorer"
_DAYS = ("2026-11-22", "2024-06-01", "2000-01-01", "2099-12-31")
_COMMON = (
    "0", "1", "2", "-1", "999999", "1,2", ",", "null", "en", "zh", "no", "yes", "state", "table", "xlsx", "2024",
    "2024-06", "2024-13", "2026-11-22", "party", "government", "L1", "a39", "a36.p3.s2", "overdue", "all", "²", "٣",
    "own", "-", "day", "month", "unit", "district", "issue", "９", "1_0", "+1", "1e3", "0x1", "9" * 5000,
)  # fmt: skip
_QUERIES = (
    "SELECT * WHERE { ?s ?p ?o }", "SELECT * { SERVICE <{canary}/> { ?s ?p ?o } }", "DROP ALL", "ASK {", "{" * 500,
)  # fmt: skip


def parameters() -> tuple[str, ...]:
    """Every parameter that a page reads, as its source has it."""
    found = {"as_of", "lang", "samples"}
    for file in _EXPLORER.rglob("*.py"):
        found |= set(re.findall(r'param\("(\w+)"\)', file.read_text("utf-8")))
    return (*sorted(found - {"lang"}), "lang")


def pages() -> tuple[str, ...]:
    """The paths of the pages; the overview is the empty one."""
    text = (_EXPLORER / "address.py").read_text("utf-8")
    block = text[text.index("PAGES = {") : text.index("}", text.index("PAGES = {"))]
    return tuple("" if path == "." else path for path in re.findall(r'": "([^"]+)"', block))


def _each(value: str) -> dict[str, Callable[[Path], Any]]:
    """Every page, with the same value for every parameter."""
    shown = value if len(value) < 20 else f"{value[:8]}… ({len(value):,})"
    return {
        f"{page or 'overview'}, all {shown!r}": lambda _, page=page: (
            page,
            dict.fromkeys(parameters(), value),
        )  # type: ignore[misc]
        for page in pages()
    }


class Addresses:
    """The explorer, run without a browser."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = {
        **_each("9" * 5000), **_each("²"), **_each("<script>alert(1)</script>"), **_each("\0\x1b\u202e"),
        **_each("../../etc/passwd"),
    }  # fmt: skip

    def __init__(self, place: Path, canary: str) -> None:
        self.canary = canary
        home = Path(os.environ["ZELIAN_HOME"])
        shutil.copytree(home_of(place), home, dirs_exist_ok=True)
        # what draws graphs in the browser is declared to a running server only
        import streamlit.components.v2
        from streamlit.testing.v1 import AppTest
        from streamlit.util import calc_hash

        streamlit.components.v2.component = lambda *_, **__: lambda *_, **__: None  # type: ignore[assignment]
        self.AppTest, self.hash = AppTest, calc_hash
        with sqlite3.connect(home / "record.sqlite") as store:
            things = store.execute("SELECT DISTINCT subject FROM statements ORDER BY subject").fetchall()
        self.things = [row[0] for row in things]
        self.parameters, self.pages = parameters(), pages()
        self.opened("", {"as_of": _DAYS[0]})

    def nasty(self, name: str, folder: Path) -> Outcome:
        page, query = self.nasties[name](folder)
        return self.opened(page, query | {"as_of": query["as_of"] if "9" in query["as_of"] else _DAYS[0]})

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        chosen = dice.sample(self.parameters, dice.randrange(1, 7))
        query = {name: self.value(dice) for name in chosen if name != "as_of"}
        if dice.random() < 0.5:
            query["id"] = dice.choice(self.things)
        query["as_of"] = dice.choice(_DAYS) if dice.random() < 0.9 else strings.text(dice, self.canary)
        return self.opened(dice.choice(self.pages), query)

    def value(self, dice: Random) -> str:
        roll = dice.random()
        if roll < 0.35:
            return dice.choice(self.things)
        if roll < 0.7:
            return dice.choice(_COMMON)
        if roll < 0.75:
            return dice.choice(_QUERIES).replace("{canary}", self.canary)
        return strings.text(dice, self.canary)

    def opened(self, page: str, query: dict[str, str]) -> Outcome:
        """Open a page; it shows no exception, and nothing of its address as markup."""
        at = self.AppTest.from_file(str(_EXPLORER / "main.py"), default_timeout=110)
        if page:
            at._page_hash = self.hash(page)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        where = f"/{page}?{'&'.join(f'{k}={v[:60]!r}' for k, v in query.items())}"
        if at.exception:
            lines = "".join(at.exception[0].stack_trace or ())
            stack = " < ".join(f"{a}:{b}" for a, b in re.findall(r"(\w+\.py)\", line (\d+)", lines)[-6:])
            raise Broken(f"traceback: {at.exception[0].message[:150]} ({stack}) at {where}")
        bodies = [b for each in at.get("html") if not (b := each.proto.body).startswith("<style")]
        if not bodies:
            raise Broken(f"an empty page: {where}")
        shown = "".join(bodies)
        if re.search(r"<script|javascript:|\son\w+=", re.sub(r'"[^"]*"', '""', shown), re.IGNORECASE):
            raise Broken(f"markup of an address on the page: {where}")
        return (
            Outcome("refused", where[:150])
            if "zl-empty" in shown or "zl-complaint" in shown
            else Outcome("accepted")
        )
