"""Responsibility."""

from app.explorer import frame
from app.explorer.markup import el, show
from app.explorer.words import t

frame.title(t("nav.responsibility"))
show(el("div", el("h1", t("nav.responsibility")), class_="zl"))
