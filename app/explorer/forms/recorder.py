"""Who records: asked once in a session, and shared by all ways of recording."""

from __future__ import annotations

import streamlit as st

from app.explorer import allowed
from app.explorer.markup import el, show
from app.explorer.words import t

KEY = "recorder"
_FIELD = "forms.recorder"


def name() -> str:
    """Return who records: who signed in, else who said so in this session, '' when nobody has yet."""
    if (sits := allowed.seat()) is not None:
        return sits.signature
    return str(st.session_state.get(KEY) or "").strip()


def ask() -> None:
    """Show who records, with the field to say or change it; who signed in is known."""
    if allowed.seat() is not None:
        show(el("p", t("forms.recorder.said", who=name()), class_="zl zl-quiet"))
        return
    if name() and not st.session_state.get("forms.recorder.asked"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="content"):
                show(el("p", t("forms.recorder.said", who=name()), class_="zl zl-quiet"))
            st.button(
                t("forms.recorder.change"), key="forms.recorder.again", on_click=_again, type="tertiary"
            )
        return
    st.session_state.setdefault(_FIELD, name())
    st.text_input(
        t("forms.recorder"),
        key=_FIELD,
        placeholder=t("forms.recorder.hint"),
        on_change=_said,
        max_chars=40,
        width=360,
    )


def _said() -> None:
    st.session_state[KEY] = str(st.session_state[_FIELD]).strip()
    st.session_state["forms.recorder.asked"] = False


def _again() -> None:
    st.session_state["forms.recorder.asked"] = True
