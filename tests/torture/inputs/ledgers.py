# ruff: noqa: E501 -- an input is a line, however long
"""Ledgers: real ones with cells, headings and bytes changed; every row is kept, or the file is refused.

Each row carries a mark of its own in several cells. After loading it must be found again in a statement, in
the source of one, among the rows set aside, or in what the report says; else it was lost in silence.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from openpyxl import Workbook, load_workbook

from reasoner import bundled, ledger
from reasoner.ledger.report import Report
from reasoner.ledger.tables import Document
from reasoner.records.record import Record
from tests.torture.inputs import nasty_ledgers, nasty_workbooks, strings
from tests.torture.inputs.judged import Broken, Outcome, refused
from tests.torture.inputs.shared import record_file

Grid = list[list[Any]]
_ROWS = 8
_ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "utf-16",
    "utf-16-le",
    "utf-7",
    "big5",
    "utf-32",
)
_PETITION = (
    ["第三轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表（第二十二批，2024年5月30日）"],
    ["序号", "受理编号", "交办问题基本情况", "行政区域", "问题类型", "调查核实情况", "是否属实", "办结目标",
     "处理和整改情况", "是否办结", "责任人被处理情况"],
    ["1", "D3CQ202405280088", "污水直排", "云阳县", "水", "已核实", "属实", "阶段性办结", "已整改", "已办结", "无"],
    ["2", "D3CQ202405280089", "扬尘扰民", "忠县", "大气", "已核实", "部分属实", "2024年12月底前", "整改中", "未办结", ""],
)  # fmt: skip


def _corpus() -> list[tuple[str, Grid]]:
    """Sheets as people have them: the public ledger, the registry, the samples, a list of petitions."""
    files = [
        bundled.path("data", "public", "issues_public.csv"),
        *bundled.path("data", "registry").glob("*.csv"),
    ]
    found: list[tuple[str, Grid]] = [("群众举报", [list(row) for row in _PETITION])] * 4
    for file in sorted(files):
        if file.name != "sector_words.csv":
            with file.open(encoding="utf-8-sig", newline="") as stream:
                found.append((file.stem, list(csv.reader(stream))))
    for file in sorted(bundled.path("data", "samples").glob("*.xlsx")):
        sheets = load_workbook(file).worksheets
        found += [(s.title, [list(row) for row in s.iter_rows(values_only=True)]) for s in sheets]
    return [(name, grid) for name, grid in found if len(grid) > 1]


class _Ledgers:
    """What .csv and .xlsx have in common."""

    nasties: ClassVar[dict[str, Callable[[Path], Any]]] = {}
    suffix: ClassVar[str]

    def __init__(self, place: Path, canary: str) -> None:
        self.record, self.canary, self.corpus = record_file(place), canary, _corpus()

    def fuzzed(self, dice: Random, folder: Path) -> Outcome:
        name, grid = self.grid(dice)
        marks = _marked(grid)
        data = self.written(dice, name, grid)
        marks = [mark for mark in marks if mark in self.text_of(data)]
        if dice.random() < 0.3:
            data, marks = strings.spoiled(dice, data), []  # who knows what a row is now
        return self.tried({f"{name}{self.suffix}": data}, marks, folder, again=dice.random() < 0.2)

    def nasty(self, name: str, folder: Path) -> Outcome:
        made = self.nasties[name](folder)
        files, marks = made if isinstance(made, tuple) else (made, [])
        if isinstance(files, bytes | str):
            files = {f"台账{self.suffix}": files}
        for file, text in {key: value for key, value in files.items() if isinstance(value, str)}.items():
            files[file] = text.replace("{canary}", self.canary).encode()
        return self.tried(files, marks, folder)

    def grid(self, dice: Random) -> tuple[str, Grid]:
        name, whole = dice.choice(self.corpus)
        at = next((i for i, row in enumerate(whole) if sum(c not in (None, "") for c in row) > 2), 0)
        rows = whole[at + 1 :]
        grid = [list(row) for row in whole[: at + 1]]
        grid += [list(row) for row in dice.sample(rows, min(len(rows), dice.randrange(1, _ROWS)))]
        for _ in range(dice.choice((0, 1, 2, 5, 9))):
            _changed(dice, grid, at, self.canary, self.suffix == ".xlsx")
        return name, grid

    def written(self, dice: Random, name: str, grid: Grid) -> bytes:
        raise NotImplementedError

    def text_of(self, data: bytes) -> str:
        raise NotImplementedError

    def tried(
        self, files: dict[str, bytes], marks: Sequence[str], folder: Path, again: bool = False
    ) -> Outcome:
        """Load files; find every mark again, or a refusal that left the record as it was."""
        place = folder / "record.sqlite"
        shutil.copyfile(self.record, place)
        with Record.open(place) as record:
            before = record.version
            report = ledger.load([Document(name, data) for name, data in files.items()], record)
            if report.unusable:
                if record.version != before:
                    raise Broken("a refused file changed the record")
                return refused(report.unusable[0])
            known = _known(place, set(files)) + _reported(report)
            if nasty_workbooks.SECRET in known:
                raise Broken("the words of another file came onto the record")
            lost = [mark for mark in marks if mark not in known]
            if len(lost) > _left_out(report) and len(marks) > sum(report.rows.values()) + _left_out(report):
                raise Broken(f"lost in silence: rows {lost} of {len(marks)} ({dict(report.rows)})")
            if (
                again
                and (second := ledger.load([Document(*each) for each in files.items()], record)).statements
            ):
                raise Broken(f"the same file a second time changes {second.statements} statements")
        _exported(report, folder)
        return Outcome("accepted", f"{dict(report.rows)}")


def _marked(grid: Grid) -> list[str]:
    """Put a mark of its own into each row: at the end of its longest text, and of its first cell."""
    at = next((i for i, row in enumerate(grid) if sum(c not in (None, "") for c in row) > 2), 0)
    marks = []
    for number, row in enumerate(grid[at + 1 :], 1):
        filled = [i for i, cell in enumerate(row) if isinstance(cell, str) and cell and not _is_formula(cell)]
        if not filled:
            continue
        mark = f"Mk{number}kM"
        for place in {min(filled), max(filled, key=lambda i: len(row[i])), _second(filled)}:
            if len(row[place]) < 30_000:
                row[place] += mark
        if any(isinstance(cell, str) and mark in cell for cell in row):
            marks.append(mark)
    return marks


def _second(places: list[int]) -> int:
    """The second filled cell (or the only one): mostly the number of a row."""
    return places[1] if len(places) > 1 else places[0]


def _is_formula(text: str) -> bool:
    return text.startswith("=")


def _changed(dice: Random, grid: Grid, head: int, canary: str, typed: bool) -> None:
    """One change: a cell, a heading, a row, a column."""
    width = max(map(len, grid))
    row = dice.choice(grid[head + 1 :] or grid)
    column = dice.randrange(len(row)) if row else 0
    match dice.randrange(14):
        case 0 | 1 | 2 | 3 | 4 if row:
            row[column] = strings.text(dice, canary)
        case 5 if row and typed:
            row[column] = dice.choice(
                (True, 0, -1, 3.5, 1e308, 10**18, datetime.date(2024, 2, 29), datetime.datetime(1900, 1, 1, 3),
                 datetime.time(3, 4), datetime.timedelta(days=400), "=A1+1", "#REF!", None)
            )  # fmt: skip
        case 6 if grid[head]:
            grid[head][dice.randrange(len(grid[head]))] = dice.choice(
                (strings.text(dice, canary), "", *[str(c) for c in grid[head]])
            )
        case 7:
            grid.append(list(row))
        case 8:
            grid.insert(dice.randrange(len(grid) + 1), [strings.text(dice, canary)] * dice.choice((1, width)))
        case 9:
            for each in grid:
                each[column : column + 1] = []
        case 10:
            for each in grid:
                each.insert(min(column, len(each)), strings.text(dice, canary))
        case 11:
            row += [strings.text(dice, canary)] * dice.choice((1, 3, 200))
        case 12:
            del row[column:]
        case _:
            dice.shuffle(row)


def _known(place: Path, files: set[str]) -> str:
    """Everything on record that came from these files, in one text."""
    with sqlite3.connect(place) as store:
        marks = ",".join("?" * len(files))
        names = tuple(files)
        said = store.execute(
            f"SELECT s.subject, s.object, o.key, o.note FROM statements s JOIN sources o ON o.id = s.source "
            f"WHERE o.file IN ({marks})", names
        ).fetchall()  # fmt: skip
        aside = store.execute(
            f"SELECT key, cells, problems FROM set_aside WHERE file IN ({marks})", names
        ).fetchall()
    return "\n".join(str(cell) for row in [*said, *aside] for cell in row)


def _reported(report: Report) -> str:
    return "\n".join(f"{p.value} {p.zh} {p.column}" for p in report.problems)


def _left_out(report: Report) -> int:
    """How many rows the report says were left out, or stand there twice."""
    return sum(p.severity == "left_out" or p.code in ("repeated", "row-unread") for p in report.problems)


def _exported(report: Report, folder: Path) -> None:
    """The report and the marked workbook can be written, and no cell of the latter starts a formula."""
    for lang in ("zh", "en"):
        report.summary(lang)  # type: ignore[arg-type]
        report.to_table(lang)  # type: ignore[arg-type]
    json.dumps(report.to_jsonl()).encode()
    if report.aside:
        report.write_marked_xlsx(folder / "marked.xlsx")
        for sheet in load_workbook(folder / "marked.xlsx").worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" or str(cell.value or "").startswith(
                        ("=", "+", "-", "@", "\t", "\r")
                    ):
                        raise Broken(f"a cell of the marked workbook starts a formula: {cell.value!r}")


class Csv(_Ledgers):
    """Ledgers as .csv in all the encodings and dialects that there are."""

    nasties = nasty_ledgers.CSV
    suffix = ".csv"

    def written(self, dice: Random, name: str, grid: Grid) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(
            text, delimiter=dice.choice(",,,\t;，|"), lineterminator=dice.choice(("\r\n", "\n")),
            quoting=dice.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        )  # fmt: skip
        writer.writerows([["" if c is None else str(c) for c in row] for row in grid])
        return text.getvalue().encode(dice.choice(_ENCODINGS), "replace")

    def text_of(self, data: bytes) -> str:
        return data.replace(b"\0", b"").decode("ascii", "replace")  # the marks are letters of every encoding


class Xlsx(_Ledgers):
    """Ledgers as .xlsx: types, merges, formulas, hidden sheets, and the XML itself changed."""

    nasties = nasty_workbooks.XLSX
    suffix = ".xlsx"

    def written(self, dice: Random, name: str, grid: Grid) -> bytes:
        book = Workbook()
        page = book.worksheets[0]
        page.title = "".join(c for c in name if c not in "[]:*?/\\")[:31]
        for r, row in enumerate(grid, 1):
            for c, value in enumerate(row, 1):
                _put(page, r, c, value)
        for _ in range(dice.choice((0, 0, 1, 3))):
            top, left = dice.randrange(1, len(grid) + 1), dice.randrange(1, 6)
            page.merge_cells(
                start_row=top,
                start_column=left,
                end_row=top + dice.randrange(3),
                end_column=left + dice.randrange(3),
            )
        if dice.random() < 0.2:
            other = book.create_sheet(dice.choice(("说明", "Sheet2", "词表", "隐藏")))
            other.append(["x", 1])
        if dice.random() < 0.1:
            page.row_dimensions[len(grid)].hidden = True
        target = io.BytesIO()
        book.save(target)
        data = target.getvalue()
        if dice.random() < 0.7:
            data = nasty_workbooks.with_strings(data)
        return nasty_workbooks.rewritten(dice, data) if dice.random() < 0.35 else data

    def text_of(self, data: bytes) -> str:
        try:
            return b"".join(nasty_workbooks.parts(data).values()).decode("utf-8", "replace")
        except zipfile.BadZipFile:
            return ""


def _put(page: Any, row: int, column: int, value: Any) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767]
    if value in (None, ""):
        return
    page.cell(row, column).value = value
