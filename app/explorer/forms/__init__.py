"""Recording by form: choose what to record, fill it in, see the effect, save; correct and retract.

Parameters of the address (all may be left out; what cannot be read is left out with a message):

    kind=finding          which form: its kind, a class (``progressReport`` says which act), a name of either
    kind=correction       the entries about the thing in ``about``, to correct one of them
    about=SL-101          any field of the form by its key, the property it states; several values by commas:
                          ids of things, terms of the ontology or their labels, dates yyyy-mm-dd, words.
                          Where no field has the key ``about``, the field that takes what it names
    what=suspectedCrime   any word of the form's drop-downs, or what a conclusion says is missing
    entry=rd-f2026-1      an entry on record, with its history; with ``edit=1`` to be corrected
    retract=all|4711      with ``entry``: to retract all of it, or the statement of that number
    q=…                   what is looked for among the entries
"""

from __future__ import annotations

from typing import Final

from app.explorer import address, frame, store
from app.explorer.forms import choosing, correcting, entries, filling, recorder
from app.explorer.markup import el, go, show
from app.explorer.words import t
from reasoner.entries.forms import find

CORRECTION = "correction"
#: What links from other pages call a form.
_CALLED: Final = {"event": "act", "completeness": "completenessDeclaration"}


def draw(desk: store.Desk) -> None:
    """Write the part of the page that records by form, as the address asks for it."""
    with desk.lock:  # drawn once for all sessions
        known = entries.of(desk)
    asked, kind = address.param("entry"), address.param("kind")
    if asked:
        correcting.draw(desk, known, asked)
    elif kind in (None, CORRECTION):
        choosing.draw(desk, known, address.param("about") if kind else None)
    elif found := find(_CALLED.get(str(kind), str(kind)), known.rules):
        form, said = found
        label = store.worded(form.label, address.lang())
        frame.title(t("forms.new", kind=label))
        back = go(address.link("record", tab="form"), t("forms.back"))
        purpose = store.worded(form.purpose, address.lang())
        show(
            el(
                "div",
                el("p", back, " / ", label, class_="zl-quiet zl-small"),
                el("h2", t("forms.new", kind=label)),
                el("p", purpose, class_="zl-lead") if purpose else None,
                class_="zl",
            )
        )
        recorder.ask()
        filling.draw(desk, known, form, dict(said))
    else:
        frame.empty(
            t("forms.unknown", kind=kind),
            go(address.link("record", tab="form"), t("forms.unknown.next")),
        )


def link(kind: str, **fields: str | None) -> str:
    """Return the address of a form, with some of its fields filled in."""
    return address.link("record", tab="form", kind=kind, **fields)


__all__ = ["draw", "link"]
