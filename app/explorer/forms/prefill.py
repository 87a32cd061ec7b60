"""What the address fills in: fields by their keys, and what of it cannot be read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from app.explorer import address, store
from reasoner.entries.entry import Entries
from reasoner.entries.forms import Field, Form

#: Parameters that belong to the page and to no field.
_OF_THE_PAGE = frozenset({"tab", "kind", "entry", "edit", "retract", "q", *address.KEPT})
_WHAT, _ABOUT = "what", "about"


def of_address(entries: Entries, form: Form) -> tuple[dict[str, str | list[str]], list[str]]:
    """Return the fields that the address fills in, and the parameters that could not be read, as shown.

    Besides the fields by their keys: ``what`` is any word of the form's drop-downs, and ``about`` goes into
    the field that takes what it names (or the inspection that it belongs to) where none has that key.
    """
    given = {
        one.key: said
        for one in form.fields
        if one.key not in _OF_THE_PAGE and (said := address.param(one.key))
    }
    if what := address.param(_WHAT):
        place = next((one for one in form.fields if what in one.by_id and not given.get(one.key)), None)
        given |= {place.key: what} if place else {}
    if (about := address.param(_ABOUT)) and _ABOUT not in given:
        given |= _placed(entries, form, about, given)
    found: dict[str, str | list[str]] = {}
    ignored: list[str] = []
    for one in form.fields:
        said = given.get(one.key)
        if said is None:
            continue
        values = _read(entries, form, one, said)
        if values:
            found[one.key] = values
        else:
            ignored.append(f"{store.worded(one.label, address.lang())}={said[:60]}")
    return found, ignored


def missing(entries: Entries, form: Form) -> str | None:
    """Return the name of what a link says is missing, when it is no word of the form."""
    if any(address.param(_WHAT) in one.by_id for one in form.fields):
        return None
    word = entries.vocabulary.individuals.get(address.param(_WHAT) or "")
    return store.worded(word.label, address.lang()) if word else None


def _placed(entries: Entries, form: Form, about: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the field of a form that takes a thing, or what that thing belongs to."""
    near = [str(s.object) for s in entries.record.statements(subject=about) if s.kind == "entity"]
    for one in form.fields:
        if one.item.value not in ("ref", "inspection") or one.key in given:
            continue
        ids = (about, *near) if one.classes else (about,)
        if (id := next((id for id in ids if entries.candidates.fits(id, one.classes)), None)) is not None:
            return {one.key: id}
    return {}


def _read(entries: Entries, form: Form, one: Field, said: str) -> str | list[str] | None:
    if one.takes == "date":
        try:
            day = datetime.date.fromisoformat(said)
        except ValueError:
            return None
        return said if address.FIRST_DAY <= day <= address.LAST_DAY else None
    if one.takes == "choice":
        words = [one.takes_word(part.strip()) for part in said.split(",")]
        known = [word for word in words if word is not None and word in one.by_id]
        if len(known) < len(words):
            return None
        return known if one.many else known[0]
    if one.takes == "thing":
        things: list[str] = []
        for part in said.split(","):
            ids, draft = entries.resolve(form, one, part.strip(), {})
            ids = ids or ([part.strip()] if one.free else [])
            if any(p.severity == "set_aside" for p in draft.problems_of(one)) or not ids:
                return None
            things += ids
        return things
    return said[:500]
