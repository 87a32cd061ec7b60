"""The sentence of a norm taken apart: its kind, whom it addresses, what it asks for, when, if what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.explorer import address, reader, store
from app.explorer.markup import Markup, Piece, el, go, join
from app.explorer.words import t
from reasoner.rulebook.law import to_chinese
from reasoner.rulebook.norms import Record

#: Norm ids inside the words of a frame: they become links.
_NORM_ID: Final = re.compile(r"(a\d+\.p\d+(?:\.[isn]\d+)*|(?<![\w.])a\d+(?![\w.]))(?:[–-]i(\d+))?")


def kind(norm: Record) -> str:
    """Return what kind of norm it is, in the page's language."""
    return reader.kind(norm, address.lang())


def bearer(norm: Record) -> Markup:
    """Return whom the norm addresses, in the words of the text, and whether the text says so."""
    said = norm.frame.get("bearer") or {}
    if not said.get("members"):
        return join(t("law.unstated"))
    return _members(said)


def margin_bearer(norm: Record) -> Markup | None:
    """Return whom the norm addresses; nothing where nobody is addressed, as by a principle."""
    unaddressed = norm.type.startswith(("principle", "definition", "repeal", "constitutive"))
    stated = (norm.frame.get("bearer") or {}).get("members")
    return bearer(norm) if stated or not unaddressed else None


def _members(said: Mapping[str, Any]) -> Markup:
    """Return the units of a frame with what holds them together."""
    between = t("law.or") if said.get("op") in ("any_of", "one_of") else "、"
    joined = between.join(_plain(str(each)) for each in said["members"])
    how = [t(f"law.op.{said['op']}")] if said.get("op") in ("all", "any_of", "one_of") else []
    if len(said["members"]) < 2:
        how = []
    if said.get("stated") == "implied":
        how.append(t("law.implied"))
    note = el("span", t("open"), t("and").join(how), t("close"), class_="zl-quiet") if how else None
    return join(el("span", joined, lang="zh-CN"), note)


def _plain(words: str) -> str:
    """Return words of a frame as a reader knows them."""
    return words.replace(" & ", "；").replace("&", "、").replace("unstated", t("law.unstated"))


def _counted(number: str) -> str:
    return to_chinese(int(number)) if address.lang() == "zh" else number


def _linked(words: str) -> Markup:
    """Return words of a frame in which the norms and places they name are links."""
    pieces: list[Piece] = []
    at = 0
    plain = _plain(words)
    for match in _NORM_ID.finditer(plain):
        place = reader.place(match[1])
        if place is None or not place.exact:
            continue
        cited = store.regulation().cite(place.part.id, address.lang())
        named = reader.norm(match[1])
        href = address.link("law", at=place.part.id, norm=named.id if named else None)
        until = t("law.until_item", n=_counted(match[2])) if match[2] else None
        if named and named.id != place.part.id:  # one of several norms of that place
            cited = t("law.norm_cited", place=cited, label=store.worded(named.label, address.lang()))
        pieces += [plain[at : match.start()], go(href, cited), until]
        at = match.end()
    return el("span", pieces, plain[at:], lang="zh-CN")


def elements(norm: Record) -> Iterator[tuple[str, Piece]]:
    """Yield the parts of the norm's sentence: what they are called, and what the text says."""
    said = norm.frame
    modality = el("span", f"“{said['modality']}”", lang="zh-CN") if said.get("modality") else None
    yield "type", join(kind(norm), " ", modality)
    yield "bearer", bearer(norm)
    action = "：".join(str(said[key]).replace(" & ", "和") for key in ("action", "object") if said.get(key))
    if action:
        yield "action", _linked(action)
    if (said.get("counterparty") or {}).get("members"):
        yield "counterparty", _members(said["counterparty"])
    if said.get("condition"):
        yield "condition", _linked(str(said["condition"]))
    if time := said.get("time"):
        from_when = t("law.from", event=time["trigger"]) if time.get("trigger") else ""
        label = t(f"law.time.{time['kind']}") if time["kind"] != "other" else ""
        note = el("span", t("open"), label, t("close"), class_="zl-quiet") if label else None
        yield "time", join(_linked(str(time["text"])), from_when, note)
    if gate := said.get("approval_gate"):
        words = t("law.gate", who="、".join(gate["approvers"]), what=gate["gates"])
        order = el("span", t("open"), t(f"law.order.{gate['order']}"), t("close"), class_="zl-quiet")
        yield "gate", join(el("span", words, lang="zh-CN"), order)
    if choice := said.get("alternatives"):
        yield "alternatives", _alternatives(choice)
    if said.get("breach_consequence"):
        yield "consequence", _linked(str(said["breach_consequence"]))


def _alternatives(choice: Mapping[str, Any]) -> Markup:
    members = join(*(join("、" if i else "", _linked(str(m))) for i, m in enumerate(choice["members"])))
    kind_of = el("span", t("open"), t(f"law.choice.{choice['kind']}"), t("close"), class_="zl-quiet")
    by = choice.get("choice_by")
    return join(members, kind_of, el("div", t("law.choice_by"), t("colon"), _linked(str(by))) if by else None)
