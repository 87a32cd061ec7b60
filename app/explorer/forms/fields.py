"""The fields of a form as widgets: words, days, fixed words with their meaning, things found on record."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from app.explorer import address, store
from app.explorer.markup import el, show
from app.explorer.words import t
from reasoner.entries.candidates import words_besides
from reasoner.entries.entry import Draft, Entries
from reasoner.entries.forms import Field, Form
from reasoner.ledger.report import Problem

#: What Streamlit would take for Markdown on a button: names are shown as they are.
_SIGNS: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&=^])")
_FOUND_AT_MOST: Final = 8
_LIKELY_AT_MOST: Final = 5
_KNOWN_BY_NAME: Final = frozenset({"body", "territory", "sector"})
_NAME_UP_TO: Final = 26  # characters of a name on a button


def key(prefix: str, one: Field) -> str:
    """Return the name of a field in the session."""
    return f"{prefix}.{one.key}"


def _typed(prefix: str, one: Field) -> str:
    return f"{prefix}.{one.key}:typed"


def put(prefix: str, one: Field, said: Any) -> None:
    """Fill a field: ids, terms, a date yyyy-mm-dd or words, as ``value`` gives them; None empties it."""
    held: Any = said
    if one.takes == "date":
        held = datetime.date.fromisoformat(str(said)) if said else None
    elif one.takes == "thing" or (one.takes == "choice" and one.many):
        held = [said] if isinstance(said, str) else list(said or ())
    elif one.takes != "choice":
        held = str(said or "")
    st.session_state[key(prefix, one)] = held


def value(prefix: str, one: Field) -> str | list[str]:
    """Return what stands in a field; of a field of things also what was typed and not yet chosen."""
    held = st.session_state.get(key(prefix, one))
    if one.takes == "thing":
        typed = str(st.session_state.get(_typed(prefix, one)) or "").strip()
        return [*(held or ()), *([typed] if typed else ())]
    if isinstance(held, datetime.date):
        return held.isoformat()
    return list(held) if isinstance(held, list | tuple) else str(held or "").strip()


def chosen(prefix: str, one: Field) -> list[str]:
    """Return the things that are chosen in a field."""
    return list(st.session_state.get(key(prefix, one)) or ())


@dataclass(frozen=True)
class Drawing:
    """Draws the fields of one form; ``near`` are the things that the form is about, ``day`` is yyyymmdd."""

    entries: Entries
    form: Form
    prefix: str
    faults: Draft | None
    near: Sequence[str]
    day: int

    def draw(self, one: Field) -> None:
        """Write one field, and below it what is wrong with it."""
        lang = address.lang()
        name = store.worded(one.label, lang)
        label = name[:1].upper() + name[1:] + (" *" if one.required else "")
        with st.container(key=f"zlfield-{self.form.kind}-{one.key}", gap="small"):
            getattr(self, f"_{one.takes}")(one, label)
            explained = one.explain.get(lang, "")
            if explained and one.takes != "choice":
                show(el("p", explained, class_="zl zl-hint"))
            for problem in self.faults.problems_of(one) if self.faults else ():
                show(el("p", said_of(problem), class_="zl zl-fault", role="alert"))

    def _example(self, one: Field) -> str:
        return one.example if address.lang() == "zh" else ""

    def _text(self, one: Field, label: str) -> None:
        st.text_input(label, key=key(self.prefix, one), placeholder=self._example(one), max_chars=2000)

    def _number(self, one: Field, label: str) -> None:
        st.text_input(label, key=key(self.prefix, one), placeholder=t("forms.number"), max_chars=60)

    def _date(self, one: Field, label: str) -> None:
        st.date_input(
            label,
            value=None,
            key=key(self.prefix, one),
            format="YYYY-MM-DD",
            min_value=address.FIRST_DAY,
            max_value=address.LAST_DAY,
        )

    def _choice(self, one: Field, label: str) -> None:
        lang = address.lang()

        def word(id: str) -> str:
            option = one.by_id.get(id)
            return store.worded(option.label, lang) if option else id

        options = list(one.by_id)
        where = key(self.prefix, one)
        if one.many:
            st.multiselect(label, options, key=where, format_func=word, placeholder=t("forms.choose"))
        else:
            st.selectbox(
                label, options, index=None, key=where, format_func=word, placeholder=t("forms.choose")
            )
        held = value(self.prefix, one)
        meant = [one.by_id[id] for id in ([held] if isinstance(held, str) else held) if id in one.by_id]
        meanings = [said for option in meant if (said := option.means.get(lang))]
        hint = t("then").join(meanings) or ("" if meant else one.explain.get(lang, ""))
        if hint:
            show(el("p", hint, class_="zl zl-hint"))

    def _thing(self, one: Field, label: str) -> None:
        """Write a field of things: words to look for, and what was found as buttons to choose from."""
        where, typed_in = key(self.prefix, one), _typed(self.prefix, one)
        st.text_input(
            label,
            key=typed_in,
            placeholder=t("forms.pick.title" if one.free else "forms.pick"),
            on_change=_look_up,
            args=(self, one),
            max_chars=200,
        )
        typed = str(st.session_state.get(typed_in) or "").strip()
        held = st.session_state[f"{where}:was"] = chosen(self.prefix, one)
        besides = list(words_besides(one).values())
        candidates = self.entries.candidates
        if typed:
            offered = candidates.search(typed, one.classes, self.day, _FOUND_AT_MOST)
        else:
            room = not one.free and (one.many or not held)
            likely = candidates.likely(self.form, one, self.near, self.day, _LIKELY_AT_MOST) if room else []
            offered = [*likely, *besides] if room else []
        options = list(dict.fromkeys([*held, *offered]))
        if options:
            st.pills(
                t("forms.found" if typed else "forms.likely"),
                options,
                selection_mode="multi",
                key=where,
                format_func=self._button,
                on_change=_picked,
                args=(self, one),
                label_visibility="collapsed",
            )
        if typed and not offered and not one.free:
            show(el("p", t("forms.none", said=typed), class_="zl zl-hint", role="status"))

    def _button(self, id: str) -> str:
        """What stands on the button of a thing, no sign of it being Markdown, an icon or a picture."""
        return _SIGNS.sub(r"\\\1", self._name(id).replace(":", "："))

    def _name(self, id: str) -> str:
        """How a thing is called on its button."""
        candidates = self.entries.candidates
        if not candidates.knows(id):
            word = self.entries.vocabulary.individuals.get(id)
            return store.worded(word.label, address.lang()) if word else t("forms.title.new", title=id)
        name = candidates.named(id)
        short = name if len(name) <= _NAME_UP_TO else f"{name[:_NAME_UP_TO]}…"
        if id not in name and candidates.classes[id].isdisjoint(_KNOWN_BY_NAME):
            short = f"{id} {short}"
        return short if candidates.exists(id, self.day) else short + t("forms.gone")

    def synchronise(self, one: Field) -> None:
        """Put the things that a form is about into the address."""
        if one.item.value not in ("ref", "inspection"):
            return
        ids = [id for id in chosen(self.prefix, one) if self.entries.candidates.knows(id)]
        seen = st.session_state.setdefault(f"{self.prefix}.seen", {})
        if ids:
            st.query_params[one.key] = ",".join(ids)
            seen[one.key] = ids
        else:
            st.query_params.pop(one.key, None)
            seen.pop(one.key, None)


def _look_up(drawing: Drawing, one: Field) -> None:
    """Choose what was typed when it names things on record; a title that names none is a new document."""
    where, typed_in = key(drawing.prefix, one), _typed(drawing.prefix, one)
    typed = str(st.session_state.get(typed_in) or "").strip()
    if not typed:
        return
    days = {f.key: value(drawing.prefix, f) for f in drawing.form.fields if f.takes == "date"}
    ids, draft = drawing.entries.resolve(drawing.form, one, typed, days)
    if any(p.severity == "set_aside" for p in draft.problems_of(one)) or not (ids or one.free):
        return
    _hold(where, ids or [typed], one)
    st.session_state[typed_in] = ""
    drawing.synchronise(one)


def _picked(drawing: Drawing, one: Field) -> None:
    """Keep one thing where a field takes one, and clear what was typed to find it."""
    where = key(drawing.prefix, one)
    now = list(st.session_state.get(where) or ())
    if now == st.session_state.get(f"{where}:was"):
        return  # a run that was broken off may call this though nothing was picked
    if not one.many:
        st.session_state[where] = now[-1:]
    st.session_state[_typed(drawing.prefix, one)] = ""
    drawing.synchronise(one)


def _hold(where: str, ids: Iterable[str], one: Field) -> None:
    held = list(dict.fromkeys([*(st.session_state.get(where) or ()), *ids]))
    st.session_state[where] = held if one.many else held[-1:]


def said_of(problem: Problem) -> str:
    """Return what is wrong: what was expected, what stood there, and what is near it."""
    lang = address.lang()
    said = problem.zh if lang == "zh" else t("forms.expected.en", said=problem.en)
    parts = [said]
    if problem.value:
        parts.append(t("forms.value", value=problem.value))
    if problem.candidates:
        parts.append(t("forms.near", names=t("and").join(name for _, name in problem.candidates)))
    return t("then").join(parts)
