"""Starts the explorer: a local server that speaks to nobody but the browser in front of it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.starlette import App

from app.access.gate import Gate, ThroughProxy
from app.access.settings import Proxy, Settings
from app.explorer import agendas, allowed, issue_list, leadership, store, theme
from app.home import audit_place, home
from reasoner import pipeline
from reasoner.access.policy import Access
from reasoner.audit.log import opened

_HERE = Path(__file__).resolve().parent


#: Where the script of a page finds its server. Unsaid, Streamlit asks below the path of the page first, is
#: told 404 and waits half a second before it asks again.
_SERVER = "window.__streamlit = {BACKEND_BASE_URL: location.origin, MAIN_PAGE_BASE_URL: location.origin}"
_FIRST_SCRIPT = b"<script>"


_STATIC = Path(streamlit.__file__).parent / "static"
_LATER = (
    "Html",
    "purify.es",
    "BidiComponent",
    "_arrayReduce",
    "serialization",
    "recordbatch",
    "DownloadButton",
    "createDownloadLinkElement",
)
"""Parts of Streamlit's page that every page of ours needs and that it fetches only when it meets them. React
holds back what waited for the second of them by up to half a second; fetched at the start, nothing waits."""


@cache
def _early() -> bytes:
    """Return the links by which the browser fetches these parts with the start page."""
    files = sorted(file for part in _LATER for file in (_STATIC / "static" / "js").glob(f"{part}.*.js"))
    links = (f'<link rel="modulepreload" crossorigin href="./static/js/{file.name}">' for file in files)
    return "".join(links).encode()


def start_page(page: bytes) -> bytes:
    """Return Streamlit's start page with our name, the address of the server and what to fetch early."""
    script = f"<script>{_SERVER}</script>".encode()
    title = b"<title>Streamlit</title>"
    page = page.replace(title, "<title>责链 ZeLian</title>".encode() + _early())
    return page.replace(_FIRST_SCRIPT, script + _FIRST_SCRIPT, 1)


def _inline_scripts() -> str:
    """Return CSP hashes of the scripts that stand in the start page."""
    page = (_STATIC / "index.html").read_bytes()
    scripts = re.findall(rb"<script>(.*?)</script>", start_page(page), flags=re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(text).digest()).decode() for text in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def content_security_policy() -> str:
    """Return the policy under which the browser refuses every other host.

    Streamlit sets styles at run time, hence 'unsafe-inline' for styles; scripts need no exception
    but the hashes of the two lines in the start page.
    """
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {_inline_scripts()}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class SafeHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class StartPage:
    """Writes into the start page what it lacks: see `start_page`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the page uncompressed, keep it until it is complete, and send it with the additions."""
        start: Message = {}
        body = b""

        async def send_start_page(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    start = message
                else:
                    await send(message)
            elif start and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = start_page(body) if body else b""
                    headers = MutableHeaders(scope=start)
                    headers["Content-Length"] = str(len(page))
                    del headers["ETag"], headers["Last-Modified"]  # those are of the page as it was
                    await send(start)
                    await send({"type": "http.response.body", "body": page})
            else:
                await send(message)

        if scope["type"] == "http" and b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, send_start_page)
        else:
            await self._app(scope, receive, send)


def _prepare() -> None:
    """Reason once before the first visitor comes, so that nobody waits for it.

    Where there are roles, as those see it who see most; for the others when the first of them comes.
    """
    office = allowed.office()
    role = max(office.policy.roles.values(), key=lambda each: len(each.sees)) if office else None
    desk = store.opened(str(home()), date.today(), samples=True, role=role)
    desk.prepare()
    leadership.standing(desk).of(None)
    issue_list.catalogue(desk)
    agendas.drawn(desk)


def gate(settings: Settings, policy: Access) -> list[Middleware]:
    """Let in only whom the settings name, and have the pages and the log know them."""
    log = opened(audit_place())

    def may(role: str, act: str) -> bool:
        return act in policy.roles[role].may

    if isinstance(settings.way, Proxy):
        allowed.control(allowed.Office(policy, log, sign_out=None))
        return [Middleware(Gate, way=ThroughProxy(settings, settings.way), may=may, log=log)]
    from app.access import sign_in  # Authlib comes with the extra "office"

    allowed.control(allowed.Office(policy, log, sign_out=sign_in.OUT))
    cookies = Middleware(
        SessionMiddleware,
        secret_key=secrets.token_urlsafe(32),  # with the server, every sign-in ends
        session_cookie=sign_in.COOKIE,
        max_age=settings.hours * 3600,
        https_only=settings.way.address.startswith("https:"),
    )
    way = sign_in.AtProvider(settings, settings.way, log)
    return [cookies, Middleware(Gate, way=way, may=may, log=log)]


def options(port: int | None, browser: bool, address: str = "127.0.0.1") -> dict[str, Any]:
    """Return Streamlit's options for the explorer; without a port, the first free one from 8501."""
    chosen: dict[str, Any] = {
        "server.address": address,
        "server.headless": not browser,
        "server.fileWatcherType": "none",
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.maxUploadSize": 50,  # megabytes; a ledger of 10,000 rows has one or two
        "browser.gatherUsageStats": False,
        "browser.serverAddress": "localhost",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,  # they lead to hosts outside
        "client.showSidebarNavigation": False,
        "global.developmentMode": False,
        "logger.level": "warning",
        "logger.hideWelcomeMessage": True,  # we say ourselves when and where the first page can be seen
        **theme.options(),
    }
    if port is not None:
        chosen["server.port"] = port
    return chosen


def application(access: Settings | None = None, ready: Callable[[], None] = lambda: None) -> App:
    """Return the explorer as an ASGI application.

    ``access`` says who gets in, and who sees and may do what; ``ready`` is called when the first page can be
    shown.
    """
    allowed.control(None)
    before = []
    if access is not None:
        before = gate(access, pipeline.access_of(pipeline.ontology(None, home() / "cache")))

    @asynccontextmanager
    async def prepared(_: App) -> AsyncIterator[dict[str, Any] | None]:
        _prepare()
        ready()
        yield None

    middleware = [Middleware(SafeHeaders), *before, Middleware(StartPage)]
    return App(_HERE / "main.py", middleware=middleware, lifespan=prepared)


def serve(
    port: int | None = None,
    *,
    browser: bool = True,
    address: str = "127.0.0.1",
    ready: Callable[[], None] = lambda: None,
    access: Settings | None = None,
) -> None:
    """Serve the explorer until stopped.

    ``port`` None takes the first free one from 8501; ``browser`` opens the default browser;
    ``address`` other than this machine makes it reachable from other machines; the others are as of
    ``application``.
    """
    application(access, ready).run(config=options(port, browser, address))
