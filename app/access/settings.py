"""The settings of access: one small file; whatever is wrong with it keeps everybody out.

[proxy]                                    # either: a proxy that signs people in
secret_file = "proxy.secret"               # or $ZELIAN_ACCESS_SECRET; the proxy sends it with each request
user_header = "X-Forwarded-User"           # default
groups_header = "X-Forwarded-Groups"       # default

[oidc]                                     # or: the identity provider of the office
issuer = "https://login.office.example/realms/office"
client_id = "zelian"
secret_file = "oidc.secret"                # or $ZELIAN_ACCESS_SECRET
address = "https://zelian.office.example"  # where people find the explorer

[roles]                                    # group → role; of several, the first in this order
"inspection-office" = "recorder"

[users]                                    # user → role; goes before groups
"zhang.san" = "administrator"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from app.home import home

FILE: Final = "access.toml"
SECRET: Final = "ZELIAN_ACCESS_SECRET"
_LONG_ENOUGH: Final = 16  # characters of a secret
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class SettingsError(Exception):
    """The settings cannot be used; says why (zh / en)."""


@dataclass(frozen=True)
class Proxy:
    """A proxy that people go through; the headers are lower case."""

    secret: str
    secret_header: str
    user: str
    name: str
    groups: str


@dataclass(frozen=True)
class Provider:
    """An identity provider (OpenID Connect); ``address`` is that of the explorer, without a final slash."""

    metadata: str
    client_id: str
    secret: str
    address: str
    user_claim: str
    groups_claim: str
    scope: str


@dataclass(frozen=True)
class Settings:
    """Who gets which role, and who says who somebody is. ``hours``: how long a sign-in lasts."""

    way: Proxy | Provider
    roles: Mapping[str, str]
    users: Mapping[str, str]
    otherwise: str | None
    hours: int

    def role(self, user: str, groups: Collection[str]) -> str | None:
        """The role of a user who is in some groups; None for nobody of ours."""
        of_groups = (role for group, role in self.roles.items() if group in groups)
        return self.users.get(user) or next(of_groups, self.otherwise)


def place() -> Path | None:
    """The file with the settings; None where access is not controlled."""
    if named := os.environ.get("ZELIAN_ACCESS"):
        return Path(named).expanduser().absolute()
    file = home() / FILE
    return file if file.exists() else None


def read(file: Path, known: Collection[str]) -> Settings:
    """Read the settings; ``known`` are the ids of all roles. Raises SettingsError for anything unclear."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        zh, en = "无法读取访问控制设置", "cannot read the access settings"
        raise SettingsError(f"{zh} {file}：{error.strerror} / {en} {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} 不是有效的 TOML：{error} / {file} is not valid TOML: {error}") from None
    top = _Table(file, "", said)
    top.only("proxy", "oidc", "roles", "users", "otherwise", "hours")
    ways = [name for name in ("proxy", "oidc") if name in said]
    if len(ways) != 1:
        raise top.wrong("[proxy] 和 [oidc] 要有且只有一个", "exactly one of [proxy] and [oidc] is needed")
    table = top.table(ways[0])
    roles, users = top.pairs("roles"), top.pairs("users")
    otherwise = top.text("otherwise", "") or None
    for role in (*roles.values(), *users.values(), *([otherwise] if otherwise else ())):
        if role not in known:
            names = "、".join(known), ", ".join(known)
            raise top.wrong(f"没有角色 {role}，可用：{names[0]}", f"no role {role}: use {names[1]}")
    if not roles and not users and otherwise is None:
        raise top.wrong(
            "没有给任何人角色：写 [roles]、[users] 或 otherwise",
            "nobody has a role: write [roles], [users] or otherwise",
        )
    hours = said.get("hours", 8)
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 24:
        raise top.wrong("hours 是 1 到 24 的整数", "hours is a whole number from 1 to 24")
    way = _proxy(table) if ways[0] == "proxy" else _provider(table)
    return Settings(way, roles, users, otherwise, hours)


def _proxy(table: _Table) -> Proxy:
    table.only("secret_file", "secret_header", "user_header", "name_header", "groups_header")
    return Proxy(
        table.secret(),
        table.text("secret_header", "X-ZeLian-Secret").lower(),
        table.text("user_header", "X-Forwarded-User").lower(),
        table.text("name_header", "X-Forwarded-Name").lower(),
        table.text("groups_header", "X-Forwarded-Groups").lower(),
    )


def _provider(table: _Table) -> Provider:
    if find_spec("authlib") is None or find_spec("httpx2") is None:
        raise table.wrong('需要先安装：pip install "zelian[office]"', 'needs: pip install "zelian[office]"')
    table.only("issuer", "client_id", "secret_file", "address", "user_claim", "groups_claim", "scope")
    issuer = table.address("issuer")
    return Provider(
        f"{issuer}/.well-known/openid-configuration",
        table.text("client_id"),
        table.secret(),
        table.address("address"),
        table.text("user_claim", "preferred_username"),
        table.text("groups_claim", "groups"),
        table.text("scope", "openid profile"),
    )


@dataclass(frozen=True)
class _Table:
    """One table of the file, read with complaints that name it."""

    file: Path
    name: str
    said: Mapping[str, Any]

    def wrong(self, zh: str, en: str) -> SettingsError:
        where = f"{self.file} [{self.name}]" if self.name else str(self.file)
        return SettingsError(f"{where}：{zh} / {where}: {en}")

    def only(self, *names: str) -> None:
        if unknown := sorted(self.said.keys() - set(names)):
            raise self.wrong(
                f"没有这样的设置：{'、'.join(unknown)}", f"no such setting: {', '.join(unknown)}"
            )

    def table(self, name: str) -> _Table:
        found = self.said.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong(f"{name} 应当是一节：[{name}]", f"{name} is a section: [{name}]")
        return _Table(self.file, name, found)

    def pairs(self, name: str) -> dict[str, str]:
        table = self.table(name)
        return {key: table.text(key) for key in table.said}

    def text(self, name: str, otherwise: str | None = None) -> str:
        found = self.said.get(name, otherwise)
        if not isinstance(found, str) or (not found.strip() and otherwise != ""):
            raise self.wrong(f"缺少 {name}，或者不是文字", f"{name} is missing or not a text")
        return found.strip()

    def address(self, name: str) -> str:
        """An address over which nobody else can listen: https, or this machine."""
        found = self.text(name).rstrip("/")
        parts = urlsplit(found)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or not parts.hostname or parts.query or parts.fragment:
            raise self.wrong(
                f"{name} 要以 https:// 开头（本机可用 http://）：{found}",
                f"{name} begins with https:// (on this machine also http://): {found}",
            )
        return found

    def secret(self) -> str:
        """What only the other side knows: from the environment or a file, never from the settings."""
        found = os.environ.get(SECRET, "")
        if not found:
            file = self.file.parent / self.text("secret_file", "")
            if not file.is_file():
                raise self.wrong(
                    f"缺少密钥：设环境变量 {SECRET}，或者在 secret_file 写密钥文件",
                    f"no secret: set {SECRET}, or name a file with it in secret_file",
                )
            try:
                found = file.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise self.wrong(f"无法读取密钥文件 {file}", f"cannot read the secret in {file}") from None
        if len(found) < _LONG_ENOUGH or not _is_plain(found):
            raise self.wrong(
                f"密钥至少 {_LONG_ENOUGH} 个字符，只用字母、数字和符号",
                f"a secret has at least {_LONG_ENOUGH} characters: letters, digits and signs",
            )
        return found


def _is_plain(words: Iterable[str]) -> bool:
    return all("!" <= character <= "~" for character in words)
