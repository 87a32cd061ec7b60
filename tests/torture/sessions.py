"""Many people at once on one explorer, while others import and record: ``zelian torture sessions``.

A session speaks the protocol of the page with the server: it opens view after view, as its browser would, and
reads for some seconds before the next. One more is a real browser in which somebody records an entry through
the form; a command line imports ledgers and records meanwhile. Every view must come complete (its foot is
written last), without an error, and all that was written must be on record in the end.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLateError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from reasoner.backup.content import disagreements
from reasoner.pipeline import RECORD_FILE
from reasoner.records.record import Record
from tests.bench.explorer import CODE, served
from tests.browser.visitor import chromium
from tests.torture.report import Line, table, written

COUNT = 50
VIEWS = 6
READING = (5.0, 20.0)
"""Seconds for which a person looks at a view."""
PATIENCE = 120
DAY = "2026-11-23"
PAGES = (
    ("", ""),
    ("issues", ""),
    ("issues", "lang=en"),
    ("issue", "id=CQ-001"),
    ("issue", "id=SL-101&lang=en"),
    ("issue", "id=CQ-001&tab=chain"),
    ("duties", ""),
    ("responsibility", ""),
    ("unit", "id=ecologyBureau"),
    ("inspection", "id=i-m2-2"),
    ("district", "id=d500235"),
    ("law", "at=a36"),
    ("questions", ""),
    ("search", "q=码头"),
    ("record", "tab=journal"),
    ("", "samples=no"),
)
_REPORT = (
    "/record?tab=form&kind=progressReport&about=i-s-routine-2024"
    f"&to=municipalCommittee,municipalGovernment&by=eWater&on=2025-01-10&as_of={DAY}"
)
_ENTRY = (
    "record finding findingKind=suspectedCrime about=CQ-001 by=领导小组 on=2026-01-05 state=upheld "
    f"instrument=认定书 --by 督察办综合处 --as-of {DAY}"
)


@dataclass
class Told:
    """What the sessions met with: seconds of each view, and whatever went wrong."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ended: int = 0


def session(address: str, number: int, seed: int, views: int, told: Told) -> None:
    """One person, from opening the explorer to leaving it."""
    dice = random.Random(f"{seed}/{number}")
    where = address.removeprefix("http://")
    try:
        time.sleep(dice.uniform(0, READING[1]))
        with connect(
            f"ws://{where}/_stcore/stream", subprotocols=["streamlit"], max_size=None, origin=address
        ) as socket:
            for _ in range(views):
                page, query = dice.choice(PAGES)
                began = time.monotonic()
                _view(socket, page, query)
                told.seconds.append(time.monotonic() - began)
                time.sleep(dice.uniform(*READING))
        told.ended += 1
    except Exception as error:
        told.wrong.append(f"session {number}: {type(error).__name__}: {error}")


def _view(socket, page: str, query: str) -> None:  # type: ignore[no-untyped-def]
    """Ask for a view and read it to its end. Raises AssertionError for one that is not whole."""
    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
    socket.send(asked.SerializeToString())
    whole = False
    while True:
        raw = socket.recv(timeout=PATIENCE)
        message = ForwardMsg()
        message.ParseFromString(raw)
        whole = whole or b"zl-foot" in raw
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise AssertionError(f"/{page}?{query}: {message.delta.new_element.exception.message}")
        if kind == "script_finished":
            assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, (
                f"/{page}?{query}: not finished"
            )
            assert whole, f"/{page}?{query}: no foot"
            return


def recording(address: str, told: Told) -> None:
    """Record a report through the form; when the record changes meanwhile, look at its effect again."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            page = browser.new_page(locale="zh-CN")
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(address + _REPORT)
            page.get_by_label("录入人").fill("某室")
            page.keyboard.press("Tab")
            page.get_by_text("录入人：某室").wait_for()
            assert any(_saved(page) for _ in range(8)), "never saved"
            browser.close()
    except Exception as error:
        told.wrong.append(f"recording: {type(error).__name__}: {error}")


def _saved(page: Page) -> bool:
    page.get_by_role("button", name="预览影响").click()
    page.locator(".zl-effect").wait_for()
    try:
        page.get_by_role("button", name="保存", exact=True).click(timeout=15_000)
        page.locator(".zl-saved").wait_for(timeout=30_000)
    except TooLateError:
        return False
    return True


def writing(home: Path, ledgers: list[Path], told: Told) -> None:
    """Import one ledger after the other from the command line, and record an entry in between."""
    for number, words in enumerate([["load", str(each)] for each in ledgers] + [_ENTRY.split()]):
        for _ in range(5):
            command = [sys.executable, "-c", CODE, *words]
            environment = os.environ | {"ZELIAN_HOME": str(home)}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
            if "has just changed" not in done.stderr:
                break
        if done.returncode not in (0, 1) or "Traceback" in done.stderr:
            told.wrong.append(f"command {number}: {done.returncode} {done.stderr[-300:]}")
        time.sleep(5)


def memory(process: int) -> int:
    """Megabytes that a process holds (Linux)."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def main(argv: list[str]) -> int:
    """Serve, visit, write; exit code 1 when a view failed or anything was lost."""
    reader = argparse.ArgumentParser(prog="zelian torture sessions")
    reader.add_argument("--count", type=int, default=COUNT, help="sessions")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--views", type=int, default=VIEWS, help="views of each session")
    reader.add_argument("--write", action="store_true")
    arguments = reader.parse_args(argv)
    with TemporaryDirectory(prefix="zelian-sessions-") as folder:
        lines, note = tried(Path(folder), arguments.count, arguments.seed, arguments.views)
    body = f"`zelian torture sessions --count {arguments.count}`\n\n{table(lines)}\n\n{note}"
    print(body)
    if arguments.write:
        written("Sessions", body)
    return int(any(line.survived < line.tried for line in lines))


def tried(folder: Path, count: int, seed: int, views: int) -> tuple[list[Line], str]:
    """Everything at once; what held, and in words how fast it was."""
    home, told, others = folder / "home", Told(), Told()
    run = [sys.executable, "-c", CODE]
    environment = os.environ | {"ZELIAN_HOME": str(home)}
    for words in (
        ["load", "--samples"],
        ["generate", "--issues", "60", "--format", "ledger", "--out", "ledgers"],
    ):
        subprocess.run([*run, *words], env=environment, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    ledgers = [folder / "ledgers" / f"{name}.csv" for name in ("问题", "机构", "文件")]
    with Record.open(home / RECORD_FILE) as record:
        before = record.version
    with served(home) as (address, process, _):
        first = memory(process)
        writers = [
            threading.Thread(target=recording, args=(address, others)),
            threading.Thread(target=writing, args=(home, ledgers, others)),
        ]
        for writer in writers:
            writer.start()
        began = time.monotonic()
        with ThreadPoolExecutor(count) as people:
            for number in range(count):
                people.submit(session, address, number, seed, views, told)
        for writer in writers:
            writer.join()
        took = time.monotonic() - began
        after = Told()
        session(address, count, seed, 2, after)  # it still answers
        last = memory(process)
    with Record.open(home / RECORD_FILE) as record, record.reading() as connection:
        lost = [each.en for each in disagreements(connection)]
        come = record.version - before
    for each in (*told.wrong, *others.wrong, *after.wrong, *lost):
        print(f"LOST  {each}", file=sys.stderr)
    wanted = len(ledgers) + 2  # an entry through the form, one through the command line
    lines = [
        Line("sessions that went on to their end", count, told.ended),
        Line("views that came whole", count * views, len(told.seconds)),
        Line("imports and entries meanwhile that are on record", wanted, min(come, wanted) - bool(lost)),
        Line("answers afterwards", 1, after.ended),
    ]
    seconds = sorted(told.seconds) or [0.0]
    note = (
        f"A view took {statistics.median(seconds):.1f} s at the median, "
        f"{seconds[int(len(seconds) * 0.95)]:.1f} s at the 95th percentile, {seconds[-1]:.1f} s at most "
        f"({len(seconds) / took:.1f} views a second over {took:.0f} s). The server held {first} MB "
        f"before and {last} MB after."
    )
    return lines, note
