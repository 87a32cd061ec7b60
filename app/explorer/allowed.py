"""Who looks, in which role, and what that role may do; where access is not controlled, anybody and all."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import streamlit as st

from app.access.seat import HEADER, Seat
from app.explorer import address
from app.explorer.markup import el, show
from app.explorer.words import t
from reasoner.access.policy import Access, Role
from reasoner.access.reader import nobody_in_particular
from reasoner.audit.log import Action, AuditLog

RECORD: Final = "record"
CORRECT: Final = "correct"
AUDIT: Final = "audit"
_SEAT: Final = "seat"
_SEEN: Final = "seen"


class NotAllowedError(PermissionError):
    """A role does what it may not do; says so in both languages with a slash between."""


@dataclass(frozen=True)
class Office:
    """Where access is controlled: its policy, the log of who saw what, the address to sign out at if any."""

    policy: Access
    log: AuditLog
    sign_out: str | None


_office: Office | None = None


def control(office: Office | None) -> None:
    """From now on, show nobody anything without a seat; None: whoever sits here sees all."""
    global _office
    _office = office
    nobody_in_particular(office is None)


def office() -> Office | None:
    """What controls access; None where nothing does."""
    return _office


def seat() -> Seat | None:
    """Who looks, as the gate says; None where access is not controlled.

    Raises NotAllowedError where it is and the gate has let nobody in: nothing is shown then.
    """
    if _office is None:
        return None
    try:
        return Seat.read(st.context.headers[HEADER])
    except (KeyError, ValueError, TypeError):
        raise NotAllowedError("没有说明是谁在访问 / nobody said who asks") from None


def role() -> Role | None:
    """The role of who looks; None where access is not controlled."""
    sits = seat()
    return _office.policy.roles[sits.role] if _office is not None and sits is not None else None


def sees_all(of: Role | None) -> bool:
    """Tell whether a role sees everything that is on record; nobody in particular does."""
    return of is None or _office is None or not _office.policy.unseen(of)


def may(*acts: str) -> bool:
    """Tell whether who looks may do one of these; without any, everybody may."""
    found = role()
    return found is None or not acts or not found.may.isdisjoint(acts)


def require(act: str) -> None:
    """Refuse, at the place where something is done, who may not do it. Raises NotAllowedError."""
    if not may(act) or _is_over():
        _note("refused", act)
        raise NotAllowedError(f"您的角色不能进行这项操作：{act} / your role may not do this: {act}")


def enter(page: str) -> None:
    """Begin a view: nothing of another person's session is left, and it stands in the log who looks."""
    sits = seat()
    if sits is None:
        return
    if st.session_state.get(_SEAT, sits.user + sits.role) != sits.user + sits.role:
        st.session_state.clear()
        st.session_state["page"] = page
    st.session_state[_SEAT] = sits.user + sits.role
    if _is_over():
        again = el("a", t("access.again"), href=address.link("overview"), target="_self")
        show(el("div", el("p", t("access.over")), el("p", again), class_="zl zl-empty"))
        st.stop()
    if st.session_state.get(_SEEN) != (shown := address.here()):  # drawn again for a click: the same view
        _note("view", _matter(), page)
        st.session_state[_SEEN] = shown


def refused(act: str) -> None:
    """Say on a page that who looks may not do what it is for."""
    found = role()
    label = found.label[address.lang()] if found else ""
    _note("refused", act)
    show(el("div", el("p", t(f"access.not.{act}", role=label)), class_="zl zl-empty", role="alert"))


def changed(transaction: int | None, what: str) -> None:
    """Put a change into the log."""
    _note("change", what, transaction=transaction)


def _is_over() -> bool:
    """Tell whether who looks has to sign in again."""
    sits = seat()
    return sits is not None and 0 < sits.until <= time.time()


def _note(action: Action, what: str, page: str | None = None, transaction: int | None = None) -> None:
    sits = seat()
    if _office is None or sits is None:
        return
    shown = page or str(st.session_state.get("page", ""))
    where = address.here()
    _office.log.add(
        sits.user, sits.role, action, page=shown, what=what, address=where, transaction=transaction
    )


def _matter() -> str:
    """The thing that the address names, if any."""
    names = ("id", "entry", "tx", "norm", "at")
    return next((found for name in names if (found := address.param(name))), "")
