# ruff: noqa: E501 -- an input is a line, however long
"""What a worker may not do, and the eyes on it: no other host, no file elsewhere, no endless memory or time.

Python reports what it is about to do to an audit hook. What compiled libraries do by themselves no hook sees;
for these every address in an input is that of a listener on this machine, and the current folder of the worker
is one that must stay empty.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MEMORY = 6 << 30
"""Bytes of address space: DuckDB, Arrow and Streamlit take more than two of it before anything is read."""

_SOCKETS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"}
_PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "pty.spawn"}
_PATHS = {
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_QUERIES = "sparql_process.py"
_HARMLESS = ("/dev/", "/proc/")


class Forbidden(BaseException):
    """What the program was about to do."""


class Watch:
    """The audit hook of a worker. ``seen`` are the violations since they were last taken."""

    def __init__(self, allowed: Iterable[Path], empty: Path) -> None:
        self.allowed = tuple(str(path.resolve()) for path in allowed)
        self.empty = empty
        self.seen: list[str] = []
        self._on = threading.local()

    def install(self) -> None:
        """Watch this process until it ends, in a folder that must stay empty."""
        self.empty.mkdir(parents=True, exist_ok=True)
        os.chdir(self.empty)
        sys.dont_write_bytecode = True
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.addaudithook(self._heard)

    def taken(self) -> list[str]:
        """The violations since the last time, those that no hook sees included."""
        found, self.seen = self.seen, []
        found += [f"wrote {name} into the current folder" for name in os.listdir(self.empty)]
        for name in os.listdir(self.empty):
            path = self.empty / name
            path.unlink() if path.is_file() else None
        return found

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _SOCKETS:
            self._forbid(f"{event} {args[1:] if event == 'socket.connect' else args[:2]}")
        elif event in _PROGRAMS:
            command = args[1] if event == "subprocess.Popen" else args
            if not any(_QUERIES in str(word) for word in command):
                self._forbid(f"{event} {command}")
        elif event == "open":
            path, _, flags = args
            if isinstance(path, str | bytes) and flags & _WRITING:
                self._judge(event, path)
        elif event in _PATHS:
            self._judge(event, args[0])
            if event in ("os.rename", "os.link", "os.symlink"):
                self._judge(event, args[1])

    def _judge(self, event: str, path: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        place = os.path.realpath(os.fsdecode(path))
        if not place.startswith(_HARMLESS) and not place.startswith(self.allowed):
            self._forbid(f"{event} {place}")

    def _forbid(self, what: str) -> None:
        self.seen.append(what)
        raise Forbidden(what)


class Canary:
    """A listener that nobody has a reason to ask: its address stands in the inputs."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
