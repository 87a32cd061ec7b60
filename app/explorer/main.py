"""The explorer's start script: Streamlit runs it for every view."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_APP = Path(__file__).resolve().parents[1]
# Before st.navigation: Streamlit would else fetch its icon from a font host outside.
st.set_page_config(page_icon=str(_APP / "assets" / "zelian.png"), layout="wide")

from app.components.chain import links  # noqa: E402 -- nothing may be drawn before the page is configured
from app.explorer import address, allowed, frame, mishap, theme  # noqa: E402
from app.explorer.words import beginning, t  # noqa: E402

# Not named pages/: Streamlit would take such a folder for an app of its own.
_VIEWS = _APP / "explorer" / "views"
pages = {
    name: st.Page(
        _VIEWS / f"{name}.py",
        title=t(f"nav.{name}"),
        url_path=path if path != "." else None,
        default=path == ".",
    )
    for name, path in address.PAGES.items()
}
page = st.navigation(list(pages.values()), position="hidden")
name = next(each for each, candidate in pages.items() if candidate == page)
st.session_state["page"] = name
theme.apply()
allowed.enter(name)
links("en" if address.lang() == "en" else "zh-CN", list(address.PAGES.values()), beginning("streamlit: "))
with mishap.said():
    frame.top(name)
    page.run()
    frame.foot()
