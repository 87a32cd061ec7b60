"""An explorer of its own on a free port, and the browsers of those who visit it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from visitor import HOSTILE, Profiles, VisitorMaker, chromium

from reasoner.records.record import Claim, Record, Source

ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _zelian(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())", *arguments]


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundled data and the samples on record; to be copied, not written to."""
    home = tmp_path_factory.mktemp("samples")
    environment = os.environ | {"ZELIAN_HOME": str(home)}
    subprocess.run(
        _zelian("load", "--samples"), env=environment, capture_output=True, check=False, timeout=120
    )
    return home


@pytest.fixture(scope="session")
def explorer(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the bundled data, the samples and one issue whose text is code; return the address."""
    home = tmp_path_factory.mktemp("explorer")
    shutil.copytree(samples, home, dirs_exist_ok=True)
    source = Source("hostile.csv", row=2, key="X-1", columns=HOSTILE)
    claims = [
        Claim("issue", "X-1"),
        Claim("raisedIn", "X-1", "i-c3", "entity"),
        Claim("summary", "X-1", HOSTILE, "text"),
        Claim("sourceUrl", "X-1", "javascript:document.title='hacked'", "text"),
    ]
    with Record.open(home / "record.sqlite") as record:
        with record.transaction("test", "hostile text") as change:
            change.put_row(source, [*claims, Claim("place", "X-1", "旧地点", "text")])
        with record.transaction("test", "place corrected") as change:
            change.put_row(source, [*claims, Claim("place", "X-1", HOSTILE, "text")], "地点有误")
    with _served(home) as address:
        yield address


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """Start an explorer on the record in a folder; stop it afterwards."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = home / "explorer.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            _zelian("explore", "--no-browser", "--port", str(port)),
            env=os.environ | {"ZELIAN_HOME": str(home)},
            stdout=out,
            stderr=out,
        )
        try:
            _wait(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(10)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the explorer did not start:\n{log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium that the system has."""
    executable = chromium()
    if executable is None:
        pytest.fail("these tests need a Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    """The profiles of that browser."""
    return Profiles(browser)


@pytest.fixture
def visit(profiles: Profiles, explorer: str) -> Iterator[VisitorMaker]:
    """Make visitors; afterwards none may have left the machine or met an error."""
    yield from _visitors(profiles, explorer)


@pytest.fixture(scope="module")
def own_home(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a record of its own, which the tests of one file may write to."""
    return Path(shutil.copytree(samples, tmp_path_factory.mktemp("own"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def own_explorer(own_home: Path) -> Iterator[str]:
    """Serve that record; return the address."""
    with _served(own_home) as address:
        yield address


@pytest.fixture
def visit_own(profiles: Profiles, own_explorer: str) -> Iterator[VisitorMaker]:
    """Make visitors of the explorer that may be written to."""
    yield from _visitors(profiles, own_explorer)


def _visitors(profiles: Profiles, address: str) -> Iterator[VisitorMaker]:
    maker = VisitorMaker(profiles, address)
    yield maker
    maker.leave()
    assert [url for visitor in maker.visitors for url in visitor.elsewhere] == []
    assert [words for visitor in maker.visitors for words in visitor.complaints] == []
