"""Small ledgers for the tests: a record with the registry in it, and tables written as files."""

from __future__ import annotations

import csv
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from openpyxl import Workbook

from reasoner.ledger import Report, load, load_bundled
from reasoner.records.record import Record

PETITION = [
    "序号",
    "受理编号",
    "交办问题基本情况",
    "行政区域",
    "问题类型",
    "调查核实情况",
    "是否属实",
    "办结目标",
    "处理和整改情况",
    "是否办结",
    "责任人被处理情况",
]
THIRD_CENTRAL = "第三轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表（第二十二批，2024年5月30日）"


@lru_cache(maxsize=1)
def _bundled() -> Path:
    path = Path(tempfile.mkdtemp(prefix="zelian-")) / "record.sqlite"
    with Record.open(path) as record:
        load_bundled(record)
    return path


def fresh(folder: Path) -> Record:
    """A record of its own that holds the bundled data."""
    target = folder / "record.sqlite"
    shutil.copyfile(_bundled(), target)
    return Record.open(target)


def petition(number: str = "D3CQ202405280088", district: str = "云阳县", **cells: str) -> list[str]:
    """One row of the eleven-column ledger."""
    values = dict.fromkeys(PETITION, "") | {
        "受理编号": number,
        "行政区域": district,
        "交办问题基本情况": "污水直排",
    }
    return list((values | cells).values())


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(
    path: Path, rows: list[list[object]], merge: tuple[str, ...] = (), sheet: str = "台账"
) -> Path:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    for span in merge:
        page.merge_cells(span)
    book.save(path)
    return path


def load_petitions(record: Record, folder: Path, *rows: list[str], name: str = "台账.csv") -> Report:
    """Load an eleven-column ledger under the title of the third central inspection."""
    return load([write_csv(folder / name, [[THIRD_CENTRAL], PETITION, *rows])], record)


def stated(record: Record, subject: str, predicate: str) -> list[object]:
    """The objects stated now, in order."""
    return [s.object for s in record.statements(subject=subject, predicate=predicate)]


def codes(report: Report, severity: str = "set_aside") -> list[str]:
    return [p.code for p in report.problems if p.severity == severity]
