"""Tables read by columns say what they say row by row: statements, places, faults, rows set aside, notes."""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from ledger_tables import PETITION, THIRD_CENTRAL, fresh, petition, write_xlsx

from reasoner.batch.ledgers import ledger_facts
from reasoner.ledger import Report, load
from reasoner.ledger.layouts import layouts
from reasoner.ledger.rows import TableReader
from reasoner.records.record import Record

PLACES = [
    "云阳县",
    "渝北区",
    "两江新区",
    "江北区",
    "万州区、云阳县",
    "云羊县",
    "全市",
    "不详",
    "重庆市云阳县",
]
BODIES = ["云阳县政府", "云阳县委、县政府", "市生态环境局", "县政府", "渝北区委区政府", "有关部门", "某某局"]
BODIES += ["领导小组办公室", "市生态环境局及市城市管理局", "责任单位：云阳县政府", "个人", "d-yunyang"]
DAYS = [
    "2025-03-12",
    "2024年5月28日",
    "2025.13.40",
    "3月12日",
    "2025年12月底",
    "立行立改",
    "45000",
    "1800-01-01",
]
DAYS += ["2026-02-01", "2023-01-05", "长期坚持", "2025-03", " 2025-03-12 ", "2025年6月底前"]
TITLES = ["云阳县整改方案", "〔2025〕1号", "问题清单", "案卷1份", "一份说明", "方案A；方案B"]
SECTORS = ["城镇污水", "水", "大气", "s_port", "没有这个行业", "水、大气"]
ODD = ["", "", "", "无", "/", "=1+1", "#REF!", " 空格 ", "零\u200b宽", "、", "a\nb", '引"号', "合计", "　"]
INSPECTIONS = ["i-c3", "i-c2", "第三轮中央生态环境保护督察", "没有的督察"]
PETITIONS = "重庆十一列"
TABLES = ["问题", "任务", "行为", "移送", "认定", "文件", "机构", "督察", "完备性声明", PETITIONS]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
LAYOUTS = {table.name: table for table in layouts()}


def cell(dice: random.Random, value: str, words: list[str], ids: list[str]) -> str:
    """A cell such as people write it into a column of this kind, mostly right."""
    said: dict[str, Callable[[], str]] = {
        "place": lambda: dice.choice(PLACES),
        "bodies": lambda: dice.choice(BODIES),
        "date": lambda: dice.choice(DAYS[:2] * 8 + DAYS),
        "deadline": lambda: dice.choice(DAYS),
        "ref": lambda: dice.choice(
            [*ids, *ids, "没有这个编号", "云阳县", "、".join(dice.choices(ids, k=2)), "本办法"]
        ),
        "document": lambda: dice.choice([*ids, *TITLES]),
        "materials": lambda: dice.choice([*ids, *TITLES, "清单", "案卷、问题清单"]),
        "choice": lambda: dice.choice(words * 6 + ["没有的词", "、".join(dice.choices(words, k=2))]),
        "sector": lambda: dice.choice(SECTORS),
        "inspection": lambda: dice.choice(INSPECTIONS),
        "texts": lambda: dice.choice(["一；二", "别称甲", "云阳"]),
    }
    if dice.random() < 0.04:
        return dice.choice(ODD)
    return said.get(value, lambda: dice.choice(["文字", "长一点的文字，有标点。", "  两边有空格 "]))()


def ledger(name: str, dice: random.Random, ids: dict[str, list[str]]) -> list[list[str]]:
    """A table of a layout with random rows; numbers come twice now and then."""
    layout = LAYOUTS[name]
    known = [id for given in ids.values() for id in given]
    items = {item.column: item for item in reversed(layout.items)}
    columns = [
        each for each in dict.fromkeys([*layout.key[:1], *items]) if items.get(each) or each in layout.key
    ]
    optional = [c for c in columns if c not in layout.key and not items[c].required]
    left = {c for c in optional if dice.random() < 0.4} - {need[0] for need in layout.needs}
    columns = [c for c in columns if c not in left]
    rows = [columns]
    from reasoner.ledger.words import Words

    for id in ids[name]:
        row = []
        for column in columns:
            item = items.get(column)
            if column == layout.key[0]:
                row.append(
                    id if dice.random() < 0.97 else dice.choice(["", "有 空格", "ｗｔ－１", id.upper()])
                )
                continue
            if item is None or (not item.required and dice.random() < 0.5):
                row.append("")
                continue
            words = list(Words.bundled().choices(item.words)) if item.value == "choice" else []
            row.append(cell(dice, item.value, words, known))
        rows.append(row)
        if dice.random() < 0.05:
            rows.append(list(row) if dice.random() < 0.5 else [id, *row[1:-1], "另一句"])
        if dice.random() < 0.03:
            rows.append(dice.choice([[""] * len(columns), ["合计", *[""] * (len(columns) - 1)], columns]))
    return rows


def written(folder: Path, seed: int) -> list[Path]:
    """Several tables as files that refer to one another."""
    dice = random.Random(seed)
    names = dice.sample(TABLES, dice.randint(1, 5))
    ids = {
        name: [
            f"{'云阳电' if name == PETITIONS else dice.choice([name[0], 'x'])}20251105{n:03}-{at}"
            if dice.random() < 0.9
            else f"D3CQ2024052{n:05}"
            for n in range(dice.randint(1, 25))
        ]
        for at, name in enumerate(names)
    }
    if dice.random() < 0.3 and len(names) > 1:
        ids[names[1]][0] = ids[names[0]][0]
    if dice.random() < 0.3:
        ids[names[0]][-1] = dice.choice(["d-yunyang", "i-c3", "s_port"])
    files = []
    for name in names:
        rows = ledger(name, dice, ids)
        if name == PETITIONS and dice.random() < 0.7:
            rows = [[THIRD_CENTRAL], *rows]
        if dice.random() < 0.2:
            file = folder / f"{name}.parquet"
            head, *body = rows if len(rows[0]) > 1 else rows[1:]
            pq.write_table(pa.table({c: [row[at] for row in body] for at, c in enumerate(head)}), file)
        else:
            file = folder / f"{name}.csv"
            with file.open(
                "w", encoding=dice.choice(["utf-8"] * 8 + ["gb18030"]), newline="", errors="replace"
            ) as out:
                csv.writer(out).writerows(rows)
        files.append(file)
    return files


Fact = tuple[object, ...]


def read(files: list[Path], record: Record, rows_from: int) -> tuple[list[Fact], Report]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "facts.parquet"
        report = ledger_facts(files, out, record, rows_from=rows_from)
        found = pq.read_table(out).to_pylist() if out.exists() else []
    names = {file.name for file in files}
    return sorted({tuple(map(str, row.values())) for row in found if row["file"] in names}), report


def said(report: Report) -> tuple[object, ...]:
    """All that a report says, in an order of its own."""
    aside = sorted(map(repr, report.aside))
    return (
        sorted(map(repr, report.problems)),
        aside,
        report.rows,
        report.layouts,
        sorted(map(str, report.unusable)),
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return fresh(tmp_path_factory.mktemp("record"))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_by_columns_is_what_it_is_row_by_row(record: Record, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), seed)
        facts, report = read(files, record, rows_from=1)
        expected, as_expected = read(files, record, rows_from=1 << 40)
    assert facts == expected
    assert said(report) == said(as_expected)


def loaded(files: list[Path], folder: Path, rows_from: int) -> tuple[object, ...]:
    """What the record holds, and all that is said, when files are loaded by two and then the first again."""
    folder.mkdir()
    with fresh(folder) as own:
        reports = [load(some, own, rows_from=rows_from) for some in (files[:2], files[2:], files[:1]) if some]
        aside = sorted(map(repr, own.set_aside()))
        what = sorted(repr(tuple(row.values())) for row in own.sourced().to_pylist())
        said_of = [(said(each), each.statements, each.elsewhere) for each in reports]
        return what, aside, own.digest, said_of


@settings(max_examples=4, deadline=None, phases=NO_SHRINKING)
@given(seed=st.integers(0, 1 << 32))
def test_loading_by_columns_puts_the_same_on_record(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), seed)
        by_columns = loaded(files, Path(folder) / "a", 1)
        assert by_columns == loaded(files, Path(folder) / "b", 1 << 40)


def test_what_is_written_is_what_loading_puts_on_record(tmp_path: Path) -> None:
    rows = [
        petition("D3CQ202405280071"),
        petition("D3CQ202405280072", ""),
        petition("D3CQ202405280073", "云羊县"),
    ]
    merged = write_xlsx(tmp_path / "台账.xlsx", [[THIRD_CENTRAL], PETITION, *rows], merge=("D3:D4",))
    files = [*written(tmp_path, 6), merged]
    (tmp_path / "own").mkdir()
    with fresh(tmp_path / "own") as own:
        facts, report = read(files, own, rows_from=1)
        loaded = load(files, own)
        names = {file.name for file in files}
        stated = own.sourced().to_pylist()
    assert facts == sorted({tuple(map(str, row.values())) for row in stated if row["file"] in names})
    assert len(report.aside) == len(loaded.aside) > 0


def test_a_plain_row_is_noted_for_what_it_lacks(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "问题.csv"
    rows = ["问题编号,问题概况,涉及区县,别的", "wt-1,污水直排,,", "wt-2,污水直排,云阳县,", ",,,随手记的"]
    file.write_text("\n".join([*rows, "wt-3,污水直排,无,"]), encoding="utf-8")
    expected, as_expected = read([file], record, rows_from=1 << 40)
    monkeypatch.setattr(TableReader, "state", lambda *_: pytest.fail("read row by row"))
    facts, report = read([file], record, rows_from=1)
    assert facts == expected
    assert said(report) == said(as_expected)
    noted = sorted((problem.row, problem.code, problem.cell) for problem in report.problems if problem.row)
    assert noted == [(2, "district-empty", "C2"), (4, "row-unread", ""), (5, "district-empty", "C5")]
