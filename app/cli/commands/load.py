"""``zelian load``: puts ledgers and RDF on record and says which rows could not be used, and why."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import progress, tables, terminal
from app.cli.messages import CommandError, error_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.ledger.report import Language, Report
    from reasoner.records.record import Record

BUNDLED = "zelian"  # who loads the bundled data, as the record has it
SHOWN = 40  # problems on the terminal; the report file has them all
_ALL = {
    "zh": "再运行一次，加 --report 文件名.jsonl",
    "en": "run it again with --report FILE.jsonl",
}


def run(arguments: argparse.Namespace) -> int:
    """Load, print what changed and what was set aside, write the report when one is asked for."""
    report_file: Path | None = arguments.report
    if report_file is not None and report_file.suffix.lower() not in (".xlsx", ".jsonl"):
        raise CommandError("报告文件须为 .xlsx 或 .jsonl", "a report is an .xlsx or a .jsonl file")

    from app.home import record_place
    from reasoner import ledger
    from reasoner.records.record import Record

    with progress.bar("载入 · loading") as step, Record.open(record_place()) as record:
        was_empty = record.version == 0
        if arguments.files:
            report = ledger.load(arguments.files, record, progress=step, with_registry=True)
        else:
            report = ledger.load_bundled(record, samples=arguments.samples, progress=step)
    if report_file is not None:  # before anything is shown: the reader of a pipe may have gone
        _write(report, report_file)
    if arguments.files and was_empty and not report.unusable:
        print(
            "记录是空的，先载入了自带的名录"
            if arguments.lang == "zh"
            else "The record was empty: the bundled registry was loaded first"
        )
    if not arguments.files:
        print(_bundled(arguments.samples, arguments.lang))
    listed = report_file is not None and report_file.suffix.lower() == ".jsonl"  # .xlsx: rows to correct only
    show(report, arguments.lang, str(report_file) if listed else None)
    return report.exit_code


def _bundled(samples: bool, lang: Language) -> str:
    """What was loaded when no file was named."""
    if lang == "zh":
        return "自带的名录、公开台账和示例数据（虚构）：" if samples else "自带的名录和公开台账："
    also = " and the samples (fictional)" if samples else ""
    return f"The bundled registry, the public ledger{also}:"


def ensure_bundled(say: Callable[[str], None] = lambda words: None) -> None:
    """Bring the bundled data onto the record when it is empty, or when newer ones came with the program.

    ``say`` is told what is done before it is begun, if it is to take a while.
    """
    from app.home import record_place
    from reasoner import ledger
    from reasoner.records.record import Record

    with progress.bar("载入 · loading") as step, Record.open(record_place()) as record:
        if record.version == 0:
            say("首次使用，正在将自带的名录和公开台账入库… · loading the bundled registry and ledger …")
            ledger.load_bundled(record, progress=step)
        elif (samples := _outdated(record)) is not None:
            say("自带的数据有更新，正在入库… · loading the newer bundled data …")
            ledger.load_bundled(record, samples=samples, progress=step)


def _outdated(record: Record) -> bool | None:
    """Whether to load the samples again with the rest; None when the bundled files are those on record."""
    from reasoner import bundled

    loaded: dict[str, str] = {}
    for transaction in record.transactions():
        if transaction["who"] == BUNDLED:  # not the user, who may have corrected a file of the same name
            loaded |= transaction["files"]
    present = {path.name: path for path in bundled.path("data").rglob("*") if path.name in loaded}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in present.items()}
    if all(loaded[name] == digest for name, digest in digests.items()):
        return None
    return any("samples" in path.parts for path in present.values())


def show(report: Report, lang: Language, all_in: str | None = None) -> None:
    """Print what changed and what is wrong; ``all_in``: the file that has all of it, if one was written."""
    if report.unusable:
        for error in report.unusable:
            print(error_line(f"{error.file}：{error.zh}", f"{error.file}: {error.en}"), file=sys.stderr)
        return
    print("\n".join(report.summary(lang)))
    head, *rows = report.to_table(lang)
    if rows:
        print()
        print(tables.table(head, rows[:SHOWN], terminal.width()))
    if (more := len(rows) - SHOWN) > 0:
        if lang == "zh":
            print(f"以上 {SHOWN} 条，另有 {more} 条没有显示；全部：{all_in or _ALL['zh']}")
        else:
            print(f"The first {SHOWN} are shown, {more} are not; all of them: {all_in or _ALL['en']}")


def _write(report: Report, file: Path) -> None:
    from reasoner.whole import whole

    with whole(file) as part:
        if file.suffix.lower() == ".xlsx":
            report.write_marked_xlsx(part)
        else:
            part.write_text(report.to_jsonl(), "utf-8")
