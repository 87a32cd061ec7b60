"""How fast the explorer answers: ``python -m tests.bench.explorer [--issues N]``.

Starts an explorer of its own on the bundled data, the samples and N more issues (default 10,000: the public
ones over again under other numbers), opens its pages in the system's Chromium and prints, in seconds: how
long the server takes to come up, the first page of a new visitor, the same page again, and what a click on a
node of the chain takes. Memory is what the server holds more after twenty more visitors (Linux).
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from reasoner.bundled import path as bundled

PAGES = {
    "overview": "/",
    "district": "/district?id=d500235",
    "issues": "/issues",
    "issue": "/issue?id=CQ-001",
    "issue, chain": "/issue?id=CQ-001&tab=chain",
    "inspection": "/inspection?id=i-m2-2",
    "deadlines": "/duties",
    "responsibilities": "/responsibility",
    "unit": "/unit?id=ecologyBureau",
    "regulation": "/law?at=a36",
    "questions": "/questions",
    "search": "/search?q=码头",
    "record": "/record",
}
VISITORS = 20
TIMES = 5
CODE = "import sys; from app.cli import main; sys.exit(main())"


def ledger(folder: Path, issues: int) -> Path:
    """Write a ledger of so many issues: the public ones over again, each under a number of its own."""
    source = bundled("data", "public") / "issues_public.csv"
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    place = folder / "issues_more.csv"
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**rows[i % len(rows)], "row_id": f"T-{i + 1:06d}"} for i in range(issues))
    return place


@contextmanager
def served(home: Path) -> Iterator[tuple[str, int, float]]:
    """Serve the record of a folder; yields the address, the process and the seconds until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", CODE, "explore", "--no-browser", "--port", str(port)]
    began = time.perf_counter()
    server = subprocess.Popen(command, env=os.environ | {"ZELIAN_HOME": str(home)}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.02)
        yield address, server.pid, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)


def seconds(action: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def arrive(page: Page, address: str) -> None:
    """Open a view and wait for its foot, which is written last."""
    page.goto(address)
    page.locator(".zl-foot").wait_for(timeout=120_000)


def visits(browser: Browser, address: str) -> None:
    """Print how long each page takes a new visitor, and the same visitor again."""
    for name, path in PAGES.items():
        first, again = [], []
        for _ in range(TIMES):
            page = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
            first.append(seconds(lambda page=page, path=path: arrive(page, address + path)))  # type: ignore[misc]
            again.append(seconds(lambda page=page, path=path: arrive(page, address + path)))  # type: ignore[misc]
            page.context.close()
        print(
            f"{name:18} very first {first[0]:5.2f}   new visitor {statistics.median(first[1:]):5.2f}"
            f"   again {statistics.median(again):5.2f}"
        )


def clicks(browser: Browser, address: str) -> None:
    """Print how long a click on a node takes until its panel is there."""
    page = browser.new_context(viewport={"width": 1360, "height": 1100}).new_page()
    arrive(page, f"{address}/issue?id=CQ-001&tab=chain")
    page.wait_for_timeout(1000)
    took = []
    for node in ["d500235_gov", "d500235_party", "i-c3"] * 3:
        place = page.locator(".canvas").evaluate(
            "(c, id) => { const p = c._cyreg.cy.getElementById(id).renderedPosition();"
            " const b = c.getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; }",
            node,
        )
        before = page.locator(".zl-panel h3").first.inner_text()
        page.mouse.click(*place)
        took.append(
            seconds(
                lambda before=before: page.wait_for_function(  # type: ignore[misc]
                    "t => document.querySelector('.zl-panel h3')?.innerText !== t", arg=before
                )
            )
        )
        page.wait_for_timeout(300)
    print(f"node to panel      median {statistics.median(took):.2f}   most {max(took):.2f}")
    page.context.close()


def held(process: int) -> float | None:
    """The memory of a process in MB, where the system tells."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def memory(browser: Browser, address: str, process: int) -> None:
    """Print what each further visitor costs the server."""
    before = held(process)
    pages = []
    for _ in range(VISITORS):
        page = browser.new_context().new_page()
        for path in ("/", "/issues", "/issue?id=CQ-001"):
            arrive(page, address + path)
        pages.append(page)
    after = held(process)
    if before is not None and after is not None:
        print(
            f"memory             {after:.0f} MB, {(after - before) / VISITORS:.1f} MB for each of {VISITORS}"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, default=10_000)
    wanted = parser.parse_args().issues
    executable = next(
        filter(
            None,
            map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")),
        )
    )
    with tempfile.TemporaryDirectory(prefix="zelian-bench-") as folder:
        home = Path(folder) / "home"
        environment = os.environ | {"ZELIAN_HOME": str(home)}
        loads = [["--samples"]] + ([[str(ledger(Path(folder), wanted))]] if wanted else [])
        for arguments in loads:
            command = [sys.executable, "-c", CODE, "load", *arguments]
            took = seconds(
                lambda command=command: subprocess.run(  # type: ignore[misc]
                    command,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                )
            )
            print(f"load {Path(arguments[0]).name:20} {took:5.2f}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
            )
            for state in ("nothing kept", "kept"):
                with served(home) as (address, process, up):
                    page = browser.new_page()
                    began = time.perf_counter()
                    arrive(page, address)
                    print(f"{state:18} up {up:5.2f}   first page {time.perf_counter() - began:5.2f}")
                    if state == "kept":
                        visits(browser, address)
                        clicks(browser, address)
                        memory(browser, address, process)


if __name__ == "__main__":
    main()
