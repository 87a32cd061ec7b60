"""How fast a ledger is loaded: ``python -m tests.bench.loading [--rows N]``.

A ledger as district sites publish it, of N rows (default 10,000) of which 110 name a district that does not
exist, is loaded into a new record as .csv and as .xlsx, and the .csv is read by columns into a facts file
(with the registry in it). Printed are the seconds of the loading alone and how many rows were loaded and set
aside; ``--facts`` leaves the record out, for sizes at which only the facts file is of interest.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from reasoner import ledger
from reasoner.batch.ledgers import ledger_facts
from reasoner.records.record import Record

TITLE = "第三轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表（第二十二批，2024年5月30日）"
HEADERS = ["受理编号", "交办问题基本情况", "行政区域", "问题类型"]
BAD = 110
TIMES = 3


def rows(number: int) -> list[list[str]]:
    """Return the rows of the ledger, its title and headings first."""
    petitions = [
        [f"D3CQ20240529{n:05}", "【示例】污水直排", "云羊县" if n < BAD else "云阳县", "水"]
        for n in range(number)
    ]
    return [[TITLE], HEADERS, *petitions]


def written(folder: Path, number: int) -> list[Path]:
    """Write the ledger in both forms."""
    plain, book = folder / "台账.csv", folder / "台账.xlsx"
    with plain.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows(number))
    sheets = Workbook(write_only=True)
    sheet = sheets.create_sheet("台账")
    for row in rows(number):
        sheet.append(row)
    sheets.save(book)
    return [plain, book]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--facts", action="store_true")
    arguments = parser.parse_args()
    number = arguments.rows
    with tempfile.TemporaryDirectory(prefix="zelian-bench-") as place:
        files = written(Path(place), number)
        with Record.open(Path(place) / "registry.sqlite") as registry:
            ledger.load_bundled(registry)
            for _ in range(TIMES):
                began = time.perf_counter()
                report = ledger_facts([files[0]], Path(place) / "facts.parquet", registry)
                took = time.perf_counter() - began
                print(f"facts  {took:5.2f} s   issues {report.rows['new']}, set aside {len(report.aside)}")
        for file in files if not arguments.facts else ():
            for attempt in range(TIMES):
                with Record.open(Path(place) / f"{file.suffix[1:]}-{attempt}" / "record.sqlite") as record:
                    ledger.load_bundled(record)
                    began = time.perf_counter()
                    report = ledger.load([file], record, who="bench", why="bench")
                    took = time.perf_counter() - began
                loaded = sum(1 for _ in record.statements(predicate="issue"))
                print(f"{file.suffix:6} {took:5.2f} s   issues {loaded}, set aside {len(report.aside)}")


if __name__ == "__main__":
    main()
