"""The dossier of an issue or a selection, to be downloaded; each file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from app import dossier
from app.explorer import address, download, store
from app.explorer.address import Lang
from app.explorer.markup import el, show
from app.explorer.words import t

MOST: Final = 200  # issues in one dossier; more is no file that anybody reads
_FORMS: Final[tuple[dossier.Format, ...]] = ("xlsx", "docx", "pdf")


def make(desk: store.Desk, issues: Sequence[str], lang: Lang, form: dossier.Format) -> bytes:
    """Return the dossier on some issues in one form, without what the text restricts."""
    return dossier.write(dossier.dossier(issues, desk, lang=lang), form)


def buttons(desk: store.Desk, issues: Sequence[str]) -> None:
    """Write one button for each form of the dossier; too many issues for one get a hint instead."""
    if not issues:
        return
    show(el("h3", t("dossier.title"), class_="zl"))
    if len(issues) > MOST:
        show(el("p", t("dossier.too_many", n=MOST), class_="zl zl-quiet zl-small"))
        return
    lang = address.lang()
    with st.container(horizontal=True):
        for form in _FORMS:
            file = partial(make, desk, tuple(issues), lang, form)
            name = dossier.name_for(issues, address.as_of(), form, lang)
            download.button(t(f"dossier.{form}"), file, name, key=f"dossier-{form}")
    show(el("p", t("dossier.lead"), class_="zl zl-quiet zl-small"))
