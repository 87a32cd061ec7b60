"""``zelian explore``: fills an empty record, then serves the explorer, to this machine only unless told."""

from __future__ import annotations

import argparse
import socket
import sys
from typing import TYPE_CHECKING

from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from app.access.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS = range(8501, 8601)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. A port that is asked for is taken or refused, never replaced by another."""
    at = str(arguments.address)
    access = _access()
    if access is None and at not in LOOPBACK:
        _say(
            f"注意：其他机器可以访问 {at}，而访问控制没有启用：谁都能看到并修改全部记录"
            "（见 README 的“访问控制”）\n"
            f"warning: other machines can reach {at}, and access is not controlled: everybody sees and "
            "changes the whole record (see “Access” in the README)"
        )
    port = arguments.port or next((p for p in PORTS if _is_free(at, p)), None)
    if port is None:
        raise CommandError("找不到空闲端口，请用 --port 指定", "no free port: choose one with --port")
    if not _is_free(at, port):
        raise CommandError(f"端口 {port} 已被占用", f"port {port} is in use")

    from app.cli.commands import load

    load.ensure_bundled(_say)
    _say("正在读取规则和记录并推理… · reading rules and records, reasoning …")

    from app.explorer.serve import serve

    address = f"http://{'localhost' if at in LOOPBACK else at}:{port}\n按 Ctrl+C 结束 · Ctrl+C ends it"
    serve(port, browser=not arguments.no_browser, address=at, ready=lambda: _say(address), access=access)
    return 0


def _access() -> Settings | None:
    """The settings of access; None where it is not controlled. What is wrong with them starts nothing."""
    from app.access import settings
    from app.home import home
    from reasoner import pipeline

    file = settings.place()
    if file is None:
        return None
    try:
        return settings.read(file, pipeline.access_of(pipeline.ontology(None, home() / "cache")).roles)
    except settings.SettingsError as error:
        raise from_error(error) from None


def _say(words: str) -> None:
    print(words, flush=True)  # a pipe is to show it now, not when the server ends


def _is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there, this option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
