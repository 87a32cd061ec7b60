"""What an import tells its reader: rows set aside, values noted, rows left out, and what changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from reasoner.ledger.words import message
from reasoner.records.transaction import Change

Severity = Literal["set_aside", "noted", "left_out"]
Language = Literal["zh", "en"]


class UnusableFile(Exception):  # noqa: N818 (a statement about the file, as the reader is told)
    """A file nothing can be read from: one clear line in each language, exit code 2."""

    def __init__(self, file: str, code: str, **fill: str) -> None:
        self.file = file
        self.zh, self.en = message(code, **fill)
        super().__init__(f"{file}：{self.zh} / {self.en}")

    def line(self, lang: Language = "zh") -> str:
        """The one line that is shown."""
        return f"{self.file}：{self.zh}" if lang == "zh" else f"{self.file}: {self.en}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about one cell: where, what stood there, and what was expected, in zh and en."""

    severity: Severity
    code: str
    file: str
    sheet: str | None
    row: int | None
    column: str | None
    value: str
    zh: str
    en: str
    candidates: tuple[tuple[str, str], ...] = ()
    cell: str = ""  # as a spreadsheet calls it: C17

    def text(self, lang: Language = "zh") -> str:
        """The expectation, with the candidates where there are any."""
        said = self.zh if lang == "zh" else self.en
        if not self.candidates:
            return said
        offered = "、".join(f"{name}（{id}）" for id, name in self.candidates)
        return f"{said}；候选：{offered}" if lang == "zh" else f"{said}; candidates: {offered}"


@dataclass
class Unusable:
    """A row set aside with all its cells, for the marked workbook and for loading again."""

    file: str
    sheet: str | None
    row: int | None
    headers: list[str]
    cells: list[str]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a usable row, and for a changed one what it states now and stated before.

    Statements are (predicate, subject, object as stored, kind).
    """

    change: Change
    file: str
    sheet: str | None
    row: int | None
    about: str
    added: tuple[tuple[str, str, str, str], ...] = ()
    gone: tuple[tuple[str, str, str, str], ...] = ()


_HEADERS = {
    "zh": ["处理", "文件", "工作表", "行", "列", "值", "说明"],
    "en": ["outcome", "file", "sheet", "row", "column", "value", "expectation"],
}
_OUTCOME = {
    "zh": {"set_aside": "待更正", "noted": "提示", "left_out": "不作事实"},
    "en": {"set_aside": "to correct", "noted": "note", "left_out": "not a fact"},
}


@dataclass
class Report:
    """The outcome of one import."""

    problems: list[Problem] = field(default_factory=list)
    aside: list[Unusable] = field(default_factory=list)
    unusable: list[UnusableFile] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    version: int = 0
    layouts: dict[str, str] = field(default_factory=dict)
    outcomes: list[RowOutcome] = field(default_factory=list)
    elsewhere: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 all good, 1 rows set aside, 2 a file that cannot be used (nothing was stored)."""
        return 2 if self.unusable else 1 if self.aside else 0

    @property
    def unchanged(self) -> bool:
        """Whether the import left the record as it was."""
        return (
            not self.unusable and self.statements == 0 and set(self.rows) <= {"unchanged", "aside_unchanged"}
        )

    def add(self, problems: Iterable[Problem]) -> None:
        """Take over the problems of a row."""
        self.problems.extend(problems)

    def meet(self, file: str, others: Mapping[str, bool]) -> None:
        """Count an entry that other files have too, and whether they say the same of it.

        ``elsewhere`` has the counts (``same`` and ``different``) by file and other file.
        """
        for other, same in others.items():
            self.elsewhere.setdefault((file, other), Counter())["same" if same else "different"] += 1

    def summary(self, lang: Language = "zh") -> list[str]:
        """A few lines for the terminal."""
        if self.unusable:
            return [error.line(lang) for error in self.unusable]
        r, noted = self.rows, sum(p.severity == "noted" for p in self.problems)
        left = sum(p.severity == "left_out" for p in self.problems)
        if lang == "zh":
            lines = (
                ["没有变化"]
                if self.unchanged
                else [f"入库：新增 {r['new']} 行，更正 {r['changed']} 行，未变 {r['unchanged']} 行"]
            )
            if self.aside:
                lines.append(
                    f"待更正：{len(self.aside)} 行有误，没有作为事实入库，也没有丢失；"
                    "可在 zelian explore 的“录入”页“待更正”中更正，或者改好文件后再次导入"
                )
            if noted:
                lines.append(f"提示：{noted} 条，行已入库，只是个别内容没有写明或者对应不上，逐条列在下面")
            if left:
                lines.append(f"不作事实：{left} 条，来源自称不确定或者没有对应条款，不用于推理，逐条列在下面")
        else:
            lines = (
                ["nothing changed"]
                if self.unchanged
                else [f"{r['new']} rows new, {r['changed']} corrected, {r['unchanged']} unchanged"]
            )
            if self.aside:
                lines.append(
                    f"to correct: {len(self.aside)} rows are kept, not among the facts; correct them "
                    "on the page “Record” of zelian explore, or in the file, and load it again"
                )
            if noted:
                lines.append(f"notes: {noted}; the rows are loaded, a cell says too little (listed below)")
            if left:
                lines.append(f"not facts: {left}; the source is unsure, or names no provision (listed below)")
        return lines

    def to_table(self, lang: Language = "zh") -> list[list[str]]:
        """A header and one row a problem: outcome, file, sheet, row, column, value, expectation."""
        order = {"set_aside": 0, "noted": 1, "left_out": 2}
        table = [_HEADERS[lang]]
        for p in sorted(self.problems, key=lambda p: (order[p.severity], p.file, p.sheet or "", p.row or 0)):
            place = [p.file, p.sheet or "", "" if p.row is None else str(p.row), p.column or ""]
            table.append([_OUTCOME[lang][p.severity], *place, p.value, p.text(lang)])
        return table

    def to_jsonl(self) -> str:
        """One JSON object a line for every problem, unusable files first."""
        lines = [{"severity": "unusable", "file": e.file, "zh": e.zh, "en": e.en} for e in self.unusable]
        return "".join(
            json.dumps(line, ensure_ascii=False) + "\n"
            for line in [*lines, *(asdict(p) for p in self.problems)]
        )

    def write_marked_xlsx(self, path: str | Path) -> None:
        """Write the rows set aside as a workbook with the cells marked, to be corrected and loaded again."""
        from reasoner.ledger.marked import write  # imported late: openpyxl is slow to import

        write(self.aside, Path(path), self.unusable)
