"""The fields of the question who is responsible, and what a word typed into them means."""

from __future__ import annotations

import streamlit as st

from app.explorer import address, responsibilities, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
from reasoner.answers.responsibility import Asked, Word


def write(desk: store.Desk, asked: Asked) -> None:
    """Write the three fields, sector, district and day, and below them what the word in the address means."""
    _fields(desk, asked)
    if (told := _mapping(desk, asked)) is not None:
        show(el("div", told, class_="zl"))


def _put(**changed: str | None) -> None:
    """Put what was chosen into the address."""
    for parameter, value in (changed | {"c": None}).items():
        if value:
            st.query_params[parameter] = value
        else:
            st.query_params.pop(parameter, None)


def _choose_sector(desk: store.Desk) -> None:
    """Put the chosen sector or word into the address."""
    value = st.session_state["responsibility-sector"]
    options = responsibilities.choices(desk, address.lang(), "", "")
    _put(**(responsibilities.chosen(value, options) if value else {"sector": None, "word": None}))


def _fields(desk: store.Desk, asked: Asked) -> None:
    lang, known = address.lang(), responsibilities.directory(desk)
    left, middle, right = st.columns([2, 1.3, 1])
    options = responsibilities.choices(
        desk, address.lang(), t("responsibility.arrow"), t("responsibility.no_sector")
    )
    current = responsibilities.choice(options)
    if current is None and (current := address.param("word")) is not None:
        options[current] = current
    with left:
        st.session_state["responsibility-sector"] = current
        st.selectbox(
            t("responsibility.sector"),
            list(options),
            index=None,
            key="responsibility-sector",
            format_func=lambda each: options.get(each, str(each)),
            placeholder=t("responsibility.choose"),
            on_change=_choose_sector,
            args=(desk,),
            accept_new_options=True,
        )
    with middle:
        districts = {each.id: each.label[lang] for each in known.districts}
        st.session_state["responsibility-place"] = asked.place
        st.selectbox(
            t("responsibility.place"),
            list(districts),
            index=None,
            key="responsibility-place",
            format_func=lambda each: districts.get(each, str(each)),
            placeholder=t("responsibility.choose"),
            on_change=lambda: _put(place=st.session_state["responsibility-place"]),
        )
    with right:
        written = address.param("on") or ""
        st.session_state["responsibility-on"] = written
        st.text_input(
            t("responsibility.on"),
            key="responsibility-on",
            placeholder=responsibilities.on().isoformat(),
            on_change=lambda: _put(on=st.session_state["responsibility-on"].strip()),
        )
        if written and written != responsibilities.on().isoformat():
            show(el("p", t("responsibility.on.wrong", value=written), class_="zl zl-small", role="alert"))


def _mapping(desk: store.Desk, asked: Asked) -> Markup | None:
    """Return what the word in the address means, or why it means nothing."""
    word = address.param("word")
    if word is None:
        return None
    found = responsibilities.meant(desk)
    if not found:
        return el("p", t("responsibility.word.unknown", word=word))
    if len(found) == 1:
        return el("p", _meaning(desk, found[0]))
    every = responsibilities.every_sector(found)
    links = [
        el(
            "li",
            go(address.here(sector=",".join(each.sectors)), _meaning(desk, each))
            if each.sectors
            else _meaning(desk, each),
        )
        for each in found
    ]
    together = every == asked.sectors and len(every) > 1
    return join(
        el("p", t(f"responsibility.word.{'together' if together else 'several'}", word=word)),
        el("ul", links, class_="zl-meanings"),
    )


def _meaning(desk: store.Desk, word: Word) -> str:
    if not word.sectors:
        return t("responsibility.word.none", word=word.text, reason=word.reason)
    named = t("and").join(responsibilities.name(desk, each, address.lang()) for each in word.sectors)
    if not word.reason:
        return t("responsibility.word.plain", word=word.text, sectors=named)
    return t("responsibility.word", word=word.text, sectors=named, reason=word.reason)
