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
    from reasoner.ledger.report import Language, Report
    from reasoner.records.record import Record

BUNDLED = "zelian"  # who loads the bundled data, as the record has it
SHOWN = 40  # problems on the terminal; the report file has them all


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
    show(report, arguments.lang)
    return report.exit_code


def ensure_bundled() -> None:
    """Bring the bundled data onto the record when it is empty, or when newer ones came with the program."""
    from app.home import record_place
    from reasoner import ledger
    from reasoner.records.record import Record

    with progress.bar("载入 · loading") as step, Record.open(record_place()) as record:
        if record.version == 0:
            ledger.load_bundled(record, progress=step)
        elif (samples := _outdated(record)) is not None:
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


def show(report: Report, lang: Language, all_in: str = "--report") -> None:
    """Print what changed and what is wrong; ``all_in`` says where the rest stands when that is much."""
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
        print(f"… 另有 {more} 条，见 {all_in}" if lang == "zh" else f"… and {more} more, see {all_in}")


def _write(report: Report, file: Path) -> None:
    if file.suffix.lower() == ".xlsx":
        report.write_marked_xlsx(file)
    else:
        file.write_text(report.to_jsonl(), "utf-8")
