"""Signing in at the office's identity provider: OpenID Connect with PKCE, by Authlib.

The browser keeps who somebody is in a signed cookie that ends with the hours of the settings or with the
server; the role is looked up anew for every request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope

from app.access.gate import Refusal, page, seated
from app.access.seat import Seat
from app.access.settings import Provider, Settings
from reasoner.audit.log import Action, AuditLog

IN: Final = "/sign-in"
BACK: Final = "/sign-in/back"
OUT: Final = "/sign-out"
COOKIE: Final = "zelian"
_LOG: Final = logging.getLogger(__name__)
_SEAT: Final = "seat"
_NEXT: Final = "next"


class AtProvider:
    """The identity provider names user and groups."""

    def __init__(self, settings: Settings, provider: Provider, log: AuditLog) -> None:
        self._settings, self._provider, self._log = settings, provider, log
        self._client: Any = OAuth().register(
            "office",
            client_id=provider.client_id,
            client_secret=provider.secret,
            server_metadata_url=provider.metadata,
            client_kwargs={"scope": provider.scope, "code_challenge_method": "S256", "timeout": 15},
        )

    def seat(self, scope: Scope) -> Seat | Refusal:
        """Who asks, as their cookie says."""
        kept: Mapping[str, Any] = scope["session"].get(_SEAT) or {}
        if kept.get("until", 0) <= time.time():
            asked = scope["path"] + (
                f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            )
            return Refusal(401, "请先登录", "please sign in", f"{IN}?{_NEXT}={quote(asked)}")
        return seated(self._settings, kept["user"], kept["name"], kept["groups"], kept["until"])

    async def answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Sign somebody in or out."""
        if scope["path"] not in (IN, BACK, OUT):
            return None
        request = Request(scope, receive)
        try:
            match scope["path"]:
                case str(path) if path == IN:
                    return await self._go(request)
                case str(path) if path == BACK:
                    return await self._back(request)
                case _:
                    await self._note(request, "sign-out")
                    request.session.clear()
                    return page("您已退出", "you have signed out", link=(IN, "重新登录", "sign in again"))
        except (OAuthError, JoseError, HTTPError, RuntimeError, ValueError, KeyError) as error:
            _LOG.warning("sign-in failed: %s: %s", type(error).__name__, error)
            request.session.clear()
            return page(
                "登录没有完成，请重试；再不成功，请联系系统管理员",
                "the sign-in did not succeed: please try again, or ask the administrator",
                403,
                (IN, "重新登录", "sign in again"),
            )

    async def _go(self, request: Request) -> Response:
        request.session.clear()
        request.session[_NEXT] = own(request.query_params.get(_NEXT, "/"))
        response: Response = await self._client.authorize_redirect(request, self._provider.address + BACK)
        return response

    async def _back(self, request: Request) -> Response:
        following = own(request.session.get(_NEXT, "/"))
        token = await self._client.authorize_access_token(request)
        claims: Mapping[str, Any] = token["userinfo"]  # of the id token, whose signature has been checked
        user = claims[self._provider.user_claim]
        groups = claims.get(self._provider.groups_claim) or []
        groups = [groups] if isinstance(groups, str) else [each for each in groups if isinstance(each, str)]
        if not isinstance(user, str) or not user.strip():
            raise ValueError(f"{self._provider.user_claim} is no text")
        request.session.clear()
        request.session[_SEAT] = {
            "user": user,
            "name": str(claims.get("name") or user),
            "groups": [each for each in groups if each in self._settings.roles],  # a cookie is small
            "until": int(time.time()) + self._settings.hours * 3600,
        }
        await self._note(request, "sign-in")
        return RedirectResponse(following, 302)

    async def _note(self, request: Request, action: Action) -> None:
        sits = self.seat(request.scope)
        if isinstance(sits, Seat):
            await run_in_threadpool(self._log.add, sits.user, sits.role, action)


def own(address: str) -> str:
    """An address of this explorer, where to go on after signing in; anything else becomes its first page."""
    parts = urlsplit(address)
    outside = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if outside or address.startswith((IN, OUT)) else address
