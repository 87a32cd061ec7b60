"""Signing in at the office's own identity provider, end to end: the provider is one of the test's own."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import pytest
import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.access import settings
from app.explorer import allowed, serve
from reasoner.access.policy import access
from reasoner.audit.log import AuditLog

SECRET = "the-secret-of-the-client"
HERE = "http://localhost:8501"
REGULATION = "chongqing-2021"


@dataclass
class Provider:
    """An identity provider at which somebody is signed in already; what it says can be falsified."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "1"}))
    signing: Any = None

    def app(self) -> Starlette:
        """Its four addresses."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/jwks", self._keys),
            ]
        )

    async def _metadata(self, _: Request) -> Response:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        said: dict[str, object] = {name: f"{self.address}/{path}" for name, path in ends.items()}
        algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
        return JSONResponse(said | algorithms | {"issuer": self.address})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        code = f"code-{len(self.asked)}"
        self.asked[code] = dict(request.query_params)
        state = request.query_params["state"]
        return RedirectResponse(f"{request.query_params['redirect_uri']}?code={code}&state={state}", 302)

    async def _token(self, request: Request) -> Response:
        said = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        client = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        asked = self.asked.pop(said["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(said["code_verifier"].encode()).digest())
        if client != f"zelian:{SECRET}" or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "zelian",
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.claims, self.signing or self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """Run the provider on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    made = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(made.app(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def office(running: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    """The gate of an explorer that knows this provider, with a page behind it that says who sits there."""
    home = tmp_path_factory.mktemp("office")
    (home / "secret").write_text(SECRET)
    (home / settings.FILE).write_text(
        f'[oidc]\nissuer = "{running.address}"\nclient_id = "zelian"\nsecret_file = "secret"\n'
        f'address = "{HERE}"\n[roles]\n"inspectors" = "recorder"\n[users]\n"boss" = "leadership"\n',
        "utf-8",
    )

    async def page(request: Request) -> Response:
        return JSONResponse(json.loads(unquote(request.headers["x-zelian-seat"])))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELIAN_HOME", str(home))
        place = settings.place()
        assert place is not None
        try:
            policy = access(REGULATION)
            gate = serve.gate(settings.read(place, policy.roles), policy)
            app = Starlette(routes=[Route("/{path:path}", page)], middleware=gate)
            yield (
                TestClient(app, base_url=HERE, follow_redirects=False, headers={"Accept": "text/html"}),
                home,
            )
        finally:
            allowed.control(None)


@pytest.fixture
def client(office: tuple[TestClient, Path]) -> TestClient:
    """A browser that has never been here."""
    office[0].cookies.clear()
    return office[0]


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, as it says what is true."""
    running.claims, running.signing = {}, None
    return running


def signed_in(client: TestClient, path: str = "/") -> httpx2.Response:
    """Go where the browser is sent until the explorer answers with something else."""
    answer = client.get(path)
    while answer.status_code == 302:
        there = answer.headers["location"]
        answer = client.get(there) if there.startswith(("/", HERE)) else httpx2.get(there)
    return answer


def test_who_is_signed_in_at_the_provider_gets_the_page_that_was_asked_for(
    client: TestClient, provider: Provider, office: tuple[TestClient, Path]
) -> None:
    provider.claims = {"preferred_username": "li.si", "name": "李四", "groups": ["staff", "inspectors"]}
    first = client.get("/issue?id=SL-105")
    assert first.headers["location"] == "/sign-in?next=/issue%3Fid%3DSL-105"
    sent = urlsplit(client.get(first.headers["location"]).headers["location"])
    assert f"{sent.scheme}://{sent.netloc}" == provider.address  # the only other host
    assert parse_qs(sent.query)["code_challenge_method"] == ["S256"]
    answer = signed_in(client, "/issue?id=SL-105")
    assert answer.url.path == "/issue"
    assert {name: answer.json()[name] for name in ("user", "name", "role")} == {
        "user": "li.si",
        "name": "李四",
        "role": "recorder",
    }
    cookie = client.cookies["zelian"]
    client.get("/sign-out")
    assert client.get("/").status_code == 302
    assert [(line.action, line.user) for line in AuditLog(office[1] / "audit.sqlite").lines()] == [
        ("sign-out", "li.si"),
        ("sign-in", "li.si"),
    ]
    client.cookies.set("zelian", cookie[:-1] + ("A" if cookie[-1] != "A" else "B"))
    assert client.get("/").status_code == 302


def test_a_user_of_the_settings_needs_no_group_and_others_are_refused(
    client: TestClient, provider: Provider
) -> None:
    provider.claims = {"preferred_username": "boss"}
    assert signed_in(client).json()["role"] == "leadership"
    client.get("/sign-out")
    provider.claims = {"preferred_username": "somebody", "groups": ["staff"]}
    answer = signed_in(client)
    assert answer.status_code == 403
    assert "没有角色" in answer.text


WRONG: dict[str, dict[str, object]] = {
    "for another client": {"aud": "other"},
    "by another provider": {"iss": "https://other.example"},
    "too old": {"exp": 1},
    "of another sign-in": {"nonce": "replayed"},
    "without a user": {"preferred_username": ""},
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_a_token_that_is_wrong_signs_nobody_in(
    said: dict[str, object], client: TestClient, provider: Provider
) -> None:
    provider.claims = {"preferred_username": "boss", **said}
    assert "登录没有完成" in signed_in(client).text
    assert client.get("/").status_code == 302


def test_a_token_with_another_signature_signs_nobody_in(client: TestClient, provider: Provider) -> None:
    provider.claims = {"preferred_username": "boss"}
    provider.signing = jwk.RSAKey.generate_key(2048, {"kid": "1"})
    assert "登录没有完成" in signed_in(client).text


def test_a_code_without_a_sign_in_that_was_begun_here_is_refused(client: TestClient) -> None:
    assert client.get("/sign-in/back?code=code-0&state=made-up").status_code == 403
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("there", ["https://other.example/", "//other.example", "/\\other.example", "x"])
def test_after_signing_in_nobody_is_sent_to_another_host(
    there: str, client: TestClient, provider: Provider
) -> None:
    provider.claims = {"preferred_username": "boss"}
    answer = signed_in(client, f"/sign-in?next={there}")
    assert answer.url.host == "localhost"
    assert answer.url.path == "/"
