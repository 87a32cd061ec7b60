"""Recording: ledgers uploaded, forms filled in, rows that wait for correction; journal and receipts."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.explorer import address, allowed, forms, frame, store
from app.explorer.markup import el, show
from app.explorer.recording import journal, receipts, upload, waiting
from app.explorer.words import t

TABS = {
    "upload": upload.draw,
    "form": forms.draw,
    "aside": waiting.draw,
    "history": journal.draw,
    "receipts": receipts.draw,
}
#: What a role must be allowed to do for a tab; any of these.
NEEDS: Final = {
    "upload": (allowed.RECORD,),
    "form": (allowed.RECORD, allowed.CORRECT),
    "aside": (allowed.RECORD,),
    "history": frame.RECORDING,
    "receipts": frame.RECORDING,
}
OF_THE_WHOLE: Final = "receipts"  # nothing for who does not see the whole record

desk = store.desk(address.as_of())
of_form = any(address.param(name) for name in ("kind", "entry"))
open_to = [
    name
    for name in TABS
    if allowed.may(*NEEDS[name]) and (name != OF_THE_WHOLE or allowed.sees_all(allowed.role()))
]
tab = address.param("tab") or ("form" if of_form else next(iter(open_to), "upload"))
tab = tab if tab in TABS else "upload"

frame.title(t(f"record.tab.{tab}"))
names = {name: t(f"record.tab.{name}") for name in open_to}
# Every tab starts afresh: what was looked at in one means nothing in another.
afresh = dict.fromkeys(name for name in st.query_params if name not in (*address.KEPT, "tab"))
show(
    el(
        "div",
        el("h1", t("nav.record")),
        frame.tabs("tab", names, tab, **afresh) if names else None,
        class_="zl",
    )
)
if tab in open_to:
    TABS[tab](desk)
else:
    allowed.refused(tab if tab == OF_THE_WHOLE else NEEDS[tab][0])
