"""The list of the bodies on record, by kind, and the field in which one is found."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.explorer import address, frame, responsibilities, store, tabular
from app.explorer.allocations import listed
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import day, t
from reasoner.records.directory import Directory

_BOX: Final = "responsibility-body"


def _chosen() -> None:
    """Remember which body was chosen; the page then goes to it."""
    st.query_params["unit"] = st.session_state[_BOX] or ""


def _name(known: Directory, entity: str) -> str:
    found = known.entities.get(entity)
    return found.label[address.lang()] if found else entity


def _unit(known: Directory, body: str) -> Markup:
    return go(address.link("unit", id=body), _name(known, body))


def _until(known: Directory, body: str) -> Markup | None:
    gone = known.entities[body].abolished_on
    return (
        el("span", " ", t("responsibility.bodies.gone", day=day(gone)), class_="zl-quiet zl-small")
        if gone
        else None
    )


def _of_districts(known: Directory) -> Markup:
    """Return the organs of the districts."""
    rows = []
    for district in known.districts:
        organs = dict(known.organs(district.id))
        heads = [
            _unit(known, organs[link]) if link in organs else t("unknown")
            for link in ("partyCommitteeOf", "governmentOf")
        ]
        parts = [_unit(known, each) for each in known.departments(district.id)]
        place = go(address.link("district", id=district.id), _name(known, district.id))
        rows.append(((place, _until(known, district.id)), *heads, listed(parts) if parts else None))
    columns = ("district", "party", "government", "departments")
    return tabular.table([t(f"responsibility.column.{each}") for each in columns], rows, class_="zl-rows")


def _of_townships(known: Directory) -> Markup:
    """Return the organs of the townships of one district; there are too many for one page."""
    district = address.param("place")
    links = [
        go(
            address.here(place=each.id),
            _name(known, each.id),
            aria_current="true" if each.id == district else None,
        )
        for each in known.districts
    ]
    found = [
        each.id
        for each in known.of("body")
        if known.kind(each.id) == "township" and known.district_of(each.id) == district
    ]
    none = "none" if district else "township.choose"
    listed = (
        el("ul", (el("li", _unit(known, each), _until(known, each)) for each in found), class_="zl-bodies")
        if found
        else el("p", t(f"responsibility.bodies.{none}"), class_="zl-lead")
    )
    return join(el("p", [join(each, " ") for each in links], class_="zl-choices zl-small"), listed)


def write(desk: store.Desk) -> None:
    """Write the list of bodies by kind."""
    known, lang = responsibilities.directory(desk), address.lang()
    show(el("p", t("responsibility.bodies.lead"), class_="zl zl-lead"))
    everyone = {each.id: each.label[lang] for each in known.of("body") if "UnstatedBody" not in each.classes}
    st.session_state[_BOX] = None
    st.selectbox(
        t("responsibility.bodies.find"),
        list(everyone),
        index=None,
        key=_BOX,
        format_func=lambda each: everyone.get(each, str(each)),
        placeholder=t("responsibility.choose"),
        on_change=_chosen,
    )
    if chosen := address.param("unit"):
        found = go(address.link("unit", id=chosen), _name(known, chosen))
        show(el("p", t("responsibility.arrow"), " ", found, class_="zl"))
    kinds = {each: t(f"responsibility.bodies.{each}") for each in responsibilities.KINDS}
    asked_kind = address.param("kind")
    kind = asked_kind if asked_kind in kinds else "district"
    by_kind = {"district": _of_districts, "township": _of_townships}.get(kind or "")
    if by_kind is not None:
        part = by_kind(known)
    else:
        mine = [each.id for each in known.of("body") if known.kind(each.id) == kind]
        mine = [each for each in mine if "UnstatedBody" not in known.entities[each].classes]
        part = el(
            "ul", (el("li", _unit(known, each), _until(known, each)) for each in mine), class_="zl-bodies"
        )
    show(el("div", frame.tabs("kind", kinds, kind or "district", place=None, unit=None), part, class_="zl"))
