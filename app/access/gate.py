"""The gate before the explorer: whom it does not know gets no page, no file, no upload, no websocket."""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.message import Message as Headers
from html import escape
from typing import Final, Protocol
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from app.access.seat import HEADER, Seat
from app.access.settings import Proxy, Settings
from reasoner.audit.log import Action, AuditLog

_LOG: Final = logging.getLogger(__name__)
_HEALTH: Final = "/_stcore/health"  # says "ok" to whoever watches over the server, and nothing else
_UPLOADS: Final = "/_stcore/upload_file"
_FILES: Final = "/media/"
_POLICY_VIOLATION: Final = 1008
_HEARD: Final = (
    "rerun_script",
    "stop_script",
    "file_urls_request",
    "app_heartbeat",
    "backend_operation_request",
)
_GROUPS: Final = re.compile(r"[,;|]")


@dataclass(frozen=True)
class Refusal:
    """Why somebody does not get in; ``sign_in`` is where they can."""

    status: int
    zh: str
    en: str
    sign_in: str | None = None


class Way(Protocol):
    """How somebody comes to be known."""

    def seat(self, scope: Scope) -> Seat | Refusal:
        """Who asks."""
        ...

    async def answer(self, scope: Scope, receive: Receive) -> Response | None:
        """What is said at the addresses that belong to signing in and out; None at all others."""
        ...


class ThroughProxy:
    """The proxy names user and groups, and proves with a secret that it is the proxy."""

    def __init__(self, settings: Settings, proxy: Proxy) -> None:
        self._settings, self._proxy = settings, proxy

    def seat(self, scope: Scope) -> Seat | Refusal:
        """Who asks, as the proxy says."""
        proxy = self._proxy
        secrets = _values(scope, proxy.secret_header)
        known = [hmac.compare_digest(said, proxy.secret.encode()) for said in secrets]
        if known != [True]:
            return Refusal(
                401, "请从本单位的入口登录后访问", "please come in through the entrance of your office"
            )
        try:
            users = [value.decode().strip() for value in _values(scope, proxy.user)]
            names = [unquote(value.decode()).strip() for value in _values(scope, proxy.name)]
            groups = [value.decode() for value in _values(scope, proxy.groups)]
        except UnicodeDecodeError:
            users = names = groups = []
        if len(users) != 1 or not users[0] or len(names) > 1:
            return Refusal(401, "入口没有说明是谁在访问", "the entrance does not say who asks")
        in_groups = {name.strip() for value in groups for name in _GROUPS.split(value)}
        return seated(self._settings, users[0], next(iter(names), ""), in_groups)

    async def answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Nothing: the proxy signs people in and out."""
        return None


def seated(
    settings: Settings, user: str, name: str, groups: Collection[str], until: int = 0
) -> Seat | Refusal:
    """The seat of somebody who is known."""
    role = settings.role(user, groups)
    if role is None:
        return Refusal(
            403,
            f"{user} 在本系统没有角色，请联系系统管理员",
            f"{user} has no role here: please ask the administrator",
        )
    return Seat(user, name or user, role, until)


class Gate:
    """Stands before the explorer; ``may`` tells whether a role may do something."""

    def __init__(self, app: ASGIApp, way: Way, may: Callable[[str, str], bool], log: AuditLog) -> None:
        self._app, self._way, self._may, self._log = app, way, may, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from somebody known, with their seat; refuse everything else."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] == _HEALTH):
            await self._app(scope, receive, send)
            return
        # Whoever sends the header of the gate pretends to be somebody.
        scope["headers"] = [(n, v) for n, v in scope["headers"] if n.lower() != HEADER.encode()]
        if scope["type"] == "http" and (answer := await self._way.answer(scope, receive)) is not None:
            await answer(scope, receive, send)
            return
        seat = self._way.seat(scope)
        if (
            isinstance(seat, Seat)
            and scope["path"].startswith(_UPLOADS)
            and not self._may(seat.role, "record")
        ):
            await self._note(seat, "refused", scope, "")
            seat = Refusal(403, "您的角色不能上传", "your role may not upload")
        if isinstance(seat, Refusal):
            _LOG.warning("refused: %s %s: %s", scope["type"], scope["path"], seat.en)
            await _refused(seat, scope, receive, send)
            return
        scope["headers"].append((HEADER.encode(), seat.written()))
        is_file = scope["type"] == "http" and scope["path"].startswith(_FILES)
        heard = _hearing(receive) if scope["type"] == "websocket" else receive
        await self._app(scope, heard, self._noting(seat, scope, send) if is_file else send)

    def _noting(self, seat: Seat, scope: Scope, send: Send) -> Send:
        """Send on what is downloaded, once it stands in the log who has it."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                said = dict(message["headers"]).get(b"content-disposition", b"").decode("latin-1")
                if name := _file_name(said):  # pictures of a page have none
                    await self._note(seat, "download", scope, name)
            await send(message)

        return sent

    async def _note(self, seat: Seat, action: Action, scope: Scope, what: str) -> None:
        address = scope["path"].lstrip("/")
        await run_in_threadpool(self._log.add, seat.user, seat.role, action, what=what, address=address)


def _hearing(receive: Receive) -> Receive:
    """Of all that a browser can ask of Streamlit, hear what pages need: nobody clears what all share."""

    async def heard() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or not message.get("bytes"):
                return message
            asked = BackMsg()
            try:
                asked.ParseFromString(message["bytes"])
            except Exception:  # what protobuf raises has no types
                return message  # Streamlit ends such a connection
            operation = asked.backend_operation_request.WhichOneof("payload")
            if asked.WhichOneof("type") in _HEARD and operation in (None, "deferred_file"):
                return message

    return heard


def _values(scope: Scope, name: str) -> list[bytes]:
    return [value for each, value in scope["headers"] if each.lower() == name.encode()]


def _file_name(disposition: str) -> str:
    """The name of the file that an answer is."""
    parsed = Headers()
    parsed["Content-Disposition"] = disposition
    return parsed.get_filename() or ""


async def _refused(why: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})  # before it is open: HTTP 403
        return
    wanted = dict(scope["headers"]).get(b"accept", b"")
    response: Response
    if why.sign_in and scope["method"] == "GET" and b"text/html" in wanted:
        response = RedirectResponse(why.sign_in, 302)
    else:
        response = page(why.zh, why.en, why.status)
    response.headers["Cache-Control"] = "no-store"
    await response(scope, receive, send)


def page(zh: str, en: str, status: int = 200, link: tuple[str, str, str] | None = None) -> HTMLResponse:
    """A page of few words; ``link``: where to, zh, en."""
    way = f'<p><a href="{escape(link[0])}">{escape(link[1])} · {escape(link[2])}</a></p>' if link else ""
    return HTMLResponse(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        "<title>责链 ZeLian</title>"
        "<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;"
        "color-scheme:light dark}</style>"
        f'<h1>责链</h1><p>{escape(zh)}。</p><p lang="en">{escape(en[:1].upper() + en[1:])}.</p>{way}',
        status,
    )
