"""A PostgreSQL of one's own: a cluster in a temporary folder, reached through a socket, gone in the end."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

MISSING = "these tests need PostgreSQL: apt-get install postgresql"
_OWNER = "postgres"
"""The server refuses to run as root; the Debian package comes with this user."""
_NAMES = count(1)


def programs() -> Path:
    """The folder with initdb, postgres and pg_ctl. Raises RuntimeError when PostgreSQL is not installed."""
    on_path = shutil.which("postgres")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3].split(".")[0])
    )
    if on_path is None and not found:
        raise RuntimeError(MISSING)
    return (found[-1] if found else Path(on_path or "").resolve()).parent


class Cluster:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def control(self, *words: str) -> None:
        """Run pg_ctl on it: ``start``, ``stop`` …"""
        log = str(self.folder / "log")
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, *words)

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        self.control("-o", f"-c listen_addresses= -c unix_socket_directories={self.folder}", "start")

    def kill(self) -> None:
        """Kill the server as a power cut would, with all that it was doing."""
        self.control("-m", "immediate", "stop")

    def url(self, database: str = _OWNER) -> str:
        """The URL of a database, as $ZELIAN_DATABASE has it."""
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.folder}"

    def new(self) -> str:
        """The URL of a schema, which serves as a database in which there is nothing yet."""
        name = f"zelian{next(_NAMES)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url()}&options=-csearch_path%3D{name}"

    def database(self, like: str = "template1") -> str:
        """The name of a new database that is a copy of another one, to which nobody may be connected."""
        name = f"zelian{next(_NAMES)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def execute(self, command: str) -> None:
        """Run a command of SQL."""
        import psycopg  # of the extra `postgresql`

        with psycopg.connect(f"host={self.folder} user={_OWNER}", autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def running() -> Iterator[Cluster]:
    """A new cluster for as long as the block lasts."""
    folder = Path(mkdtemp(prefix="zelian-pg-"))  # short: the path of a socket has 107 signs at most
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
    cluster = Cluster(folder)
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.kill()
    finally:
        shutil.rmtree(folder)


def _run(program: str, *words: str) -> None:
    command = [str(programs() / program), *words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _OWNER, "--", *command]
    # What the server inherits must not be a pipe that somebody reads to its end.
    with Path(os.devnull).open("w") as nowhere:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, cwd="/", timeout=120
        )
    if done.returncode:
        raise RuntimeError(f"{program}: exit code {done.returncode}")


@cache
def shared() -> Cluster:
    """One cluster for all tests of this process; it is stopped when the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running())
