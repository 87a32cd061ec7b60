"""Recognising a ledger: titles and blanks above it, separators, odd headers, columns more or fewer."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_tables import PETITION, THIRD_CENTRAL, codes, fresh, petition, stated, write_csv, write_xlsx

from reasoner.bundled import path as bundled
from reasoner.ledger import load
from reasoner.ledger.layouts import layouts
from reasoner.ledger.tables import header
from reasoner.ledger.words import read_yaml
from reasoner.records.record import Record

ID = "D3CQ202405280088"
ISSUE = ["问题编号", "问题概况", "涉及区县"]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


@pytest.mark.parametrize(
    ("above", "merged"),
    [
        ([], ()),
        ([[]], ()),
        ([[], [], []], ()),
        ([["问题台账"]], ()),
        ([["问题台账"]], ("A1:C1",)),
        ([[], ["问题台账"], ["填报单位：云阳县", "2025年5月"], []], ("A2:C2",)),
        ([["问题台账"], *[[]] * 12], ("A1:C2",)),
    ],
)
@pytest.mark.parametrize("left", [0, 2])
def test_titles_and_blanks_above_and_beside_the_headers(
    record: Record, tmp_path: Path, above: list[list[object]], merged: tuple[str, ...], left: int
) -> None:
    rows = [[None] * left + row for row in (ISSUE, ["wt-1", "污水直排", "云阳县"])]
    report = load([write_xlsx(tmp_path / "a.xlsx", [*above, *rows], merged)], record)
    assert (report.exit_code, report.layouts) == (0, {"a.xlsx#台账": "zelian/问题"})
    assert stated(record, "wt-1", "relatesTo") == ["d500235"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
@pytest.mark.parametrize(
    "prose", ["甲;乙;丙;丁;戊;己;庚;辛", "甲,乙,丙,丁,戊,己,庚,辛", "甲，乙，丙，丁，戊，己"]
)
def test_a_separator_is_told_by_the_columns_it_makes(
    record: Record, tmp_path: Path, separator: str, prose: str
) -> None:
    cell = f'"{prose}"' if separator in prose else prose
    rows = [[THIRD_CENTRAL], PETITION, petition(交办问题基本情况=cell, 办结目标=cell)]
    (tmp_path / "a.csv").write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert load([tmp_path / "a.csv"], record).exit_code == 0
    assert stated(record, ID, "summary") == [prose]


@pytest.mark.parametrize(
    "written",
    [
        " 问题编号 ",
        "问题\n编号",
        "问题　编号",
        "问题编号*",
        "问题编号＊：",
        "问题编号（必填）",
        "问题编号（必填）*",
        "*问题编号（唯一）（必填）",
        "（必填）问题编号",
        "【问题编号】",
        "［问题编号］（唯一）",
        "\u200b问题编号\ufeff",
    ],
)
def test_a_header_is_the_same_however_it_is_written(record: Record, tmp_path: Path, written: str) -> None:
    assert header(written) == "问题编号"
    rows = [[written, "问题概况"], ["wt-1", "污水直排"]]
    assert load([write_xlsx(tmp_path / "a.xlsx", rows)], record).exit_code == 0
    assert stated(record, "wt-1", "summary") == ["污水直排"]


def test_headers_of_all_layouts_stay_different() -> None:
    for layout in layouts():
        for item in layout.items:
            assert all(item.headers)
        columns = [item.headers for item in layout.items if item.value != "ignore"]
        assert layout.layout != "zelian" or len(columns) - len(set(columns)) == 0


def test_unknown_columns_are_noted_and_the_rest_is_read(record: Record, tmp_path: Path) -> None:
    headers = [*PETITION[:4], "承办人", *PETITION[4:], "督办 意见", "空列"]
    row = petition()
    file = write_xlsx(tmp_path / "a.xlsx", [[THIRD_CENTRAL], headers, [*row[:4], "甲", *row[4:], "乙", ""]])
    report = load([file], record)
    noted = [(p.code, p.column, p.sheet) for p in report.problems]
    assert noted == [("column-unknown", "承办人", "台账"), ("column-unknown", "督办 意见", "台账")]
    assert (report.exit_code, stated(record, ID, "relatesTo")) == (0, ["d500235"])


def test_a_column_that_comes_twice_is_read_once_and_noted(record: Record, tmp_path: Path) -> None:
    rows = [[*ISSUE, "涉及区县"], ["wt-1", "污水直排", "云阳县", "忠县"]]
    assert codes(load([write_csv(tmp_path / "a.csv", rows)], record), "noted") == ["column-unknown"]
    assert stated(record, "wt-1", "relatesTo") == ["d500235"]


def test_no_column_of_the_marked_workbook_is_unknown(record: Record, tmp_path: Path) -> None:
    report = load([write_csv(tmp_path / "a.csv", [PETITION, petition(district="云阴县")])], record)
    report.write_marked_xlsx(tmp_path / "b.xlsx")
    assert codes(load([tmp_path / "b.xlsx"], record), "noted") == []


@pytest.mark.parametrize(
    ("missing", "layout"),
    [
        ({"序号", "问题类型", "调查核实情况", "是否属实"}, "petitions/重庆十一列"),
        ({"办结目标", "是否办结", "责任人被处理情况"}, "petitions/重庆十一列"),
        (set(PETITION) - {"受理编号", "交办问题基本情况", "行政区域"}, "petitions/重庆十一列"),
    ],
)
def test_a_petition_ledger_with_fewer_columns(
    record: Record, tmp_path: Path, missing: set[str], layout: str
) -> None:
    kept = [i for i, name in enumerate(PETITION) if name not in missing]
    rows = [[row[i] for i in kept] for row in (PETITION, petition())]
    report = load([write_csv(tmp_path / "a.csv", rows)], record)
    assert (report.exit_code, report.layouts) == (0, {"a.csv": layout})
    assert stated(record, ID, "relatesTo") == ["d500235"]


def test_of_two_layouts_that_read_as_much_the_one_that_needs_more_is_taken(
    record: Record, tmp_path: Path
) -> None:
    hunan = ["受理编号", "行政区域", "交办问题基本情况", "污染类型", "问责情况"]
    assert load([write_csv(tmp_path / "a.csv", [hunan])], record).layouts == {"a.csv": "petitions/湖南十列"}


def test_the_required_columns_are_enough_for_each_sheet_of_the_template(
    record: Record, tmp_path: Path
) -> None:
    for table in read_yaml(bundled("data", "layouts", "zelian.yaml"))["tables"]:
        needed = [c["column"] for c in table["columns"] if c.get("required")]
        assert set(table["needs"]) <= set(needed)
        file = write_csv(tmp_path / "a.csv", [needed])
        assert load([file], record).layouts == {"a.csv": f"zelian/{table['name']}"}
