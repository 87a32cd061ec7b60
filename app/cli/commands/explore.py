"""``zelian explore``: fills an empty record, then serves the explorer to this machine only."""

from __future__ import annotations

import argparse
import socket
import sys

from app.cli.messages import CommandError

ADDRESS = "127.0.0.1"
PORTS = range(8501, 8601)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. A port that is asked for is taken or refused, never replaced by another."""
    port = arguments.port or next((p for p in PORTS if _is_free(p)), None)
    if port is None:
        raise CommandError("找不到空闲端口，请用 --port 指定", "no free port: choose one with --port")
    if not _is_free(port):
        raise CommandError(f"端口 {port} 已被占用", f"port {port} is in use")

    from app.cli.commands import load

    load.ensure_bundled(_say)
    _say("正在读取规则和记录并推理… · reading rules and records, reasoning …")

    from app.explorer.serve import serve

    address = f"http://localhost:{port}\n按 Ctrl+C 结束 · Ctrl+C ends it"
    serve(port, browser=not arguments.no_browser, ready=lambda: _say(address))
    return 0


def _say(words: str) -> None:
    print(words, flush=True)  # a pipe is to show it now, not when the server ends


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there, this option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
