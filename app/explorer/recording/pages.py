"""What the tabs of the page share: turning pages, words for widgets, progress, who records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

import streamlit as st

from app.explorer import address, paged, tabular, uploads
from app.explorer.forms import recorder
from app.explorer.markup import Markup, el, go
from app.explorer.words import t

T = TypeVar("T")
_STEPS: Final = {"读取文件": (0.0, 0.15), "读取行": (0.15, 0.6), "写入记录": (0.75, 0.25)}
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$&=^])")


def plain(words: str) -> str:
    """Return words as a label that Streamlit shows as they are: no Markdown, no icon, no picture."""
    return _MARKDOWN.sub(r"\\\1", words.replace(":", "：")).replace("\n", " ")


def turned(items: Sequence[T], per_page: int, name: str = "p") -> tuple[Sequence[T], Markup | None]:
    """Return the items of the page that the address asks for, and the links to those before and after."""
    pages = -(-len(items) // per_page)
    page = paged.number(pages, name)
    return items[(page - 1) * per_page : page * per_page], turning(page, pages, name)


def turning(page: int, pages: int, name: str = "p") -> Markup | None:
    """Return the links to the pages before and after; nothing where there is one page."""
    if pages < 2:
        return None
    before = go(address.here(**{name: str(page - 1)}), t("previous")) if page > 1 else el("span")
    after = go(address.here(**{name: str(page + 1)}), t("next")) if page < pages else el("span")
    return el("div", before, el("span", t("record.page", n=page, of=pages)), after, class_="zl-turn")


def table(columns: Sequence[str], lines: Sequence[Sequence[Markup | str | None]]) -> Markup:
    """Return a table about lines of a ledger."""
    heads = [t(f"record.column.{name}") for name in columns]
    return tabular.table(heads, lines, class_="zl-rows zl-ledger")


@contextmanager
def progress(words: str) -> Iterator[uploads.Step]:
    """Show how far reading and writing have come, until it is done."""
    place = st.empty()
    bar = place.progress(0.0, words)

    def step(name: str, done: int, total: int) -> None:
        start, share = _STEPS.get(name, (0.0, 1.0))
        bar.progress(min(1.0, start + share * (done / total if total else 1)), words)

    yield step
    place.empty()


def ask_who() -> tuple[str, str]:
    """Ask who records (once a session) and why; return both, '' for what was not said."""
    recorder.ask()
    why = st.text_input(t("record.why"), key="record_why", placeholder=t("record.why.hint"), max_chars=200)
    return recorder.name(), why.strip()
