"""What an import tells its reader: other files' entries, odd years, empty ledgers, RDF that is unfit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ledger_tables import PETITION, THIRD_CENTRAL, codes, fresh, load_petitions, petition, stated, write_csv
from openpyxl import load_workbook

from reasoner.ledger import load
from reasoner.ledger.report import Report
from reasoner.records.record import Record

ID = "D3CQ202405280088"
PREFIXES = """
@prefix zl: <https://w3id.org/zelian/ns#> .
@prefix id: <https://w3id.org/zelian/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


def load_text(record: Record, folder: Path, name: str, text: str) -> Report:
    (folder / name).write_text(PREFIXES + text, encoding="utf-8")
    return load([folder / name], record)


# -- the same entry from another file ---------------------------------------------------------


def test_a_corrected_ledger_under_a_new_name_adds_and_is_told_so(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(district="云阳县"))
    report = load_petitions(record, tmp_path, petition(district="忠县"), name="台账（更正）.csv")
    (told,) = report.problems
    assert (report.exit_code, told.severity, told.code) == (0, "noted", "elsewhere")
    assert all(word in told.zh for word in ("台账.csv", "第3行", "行政区域"))
    assert "台账.csv, row 3" in told.en
    assert stated(record, ID, "relatesTo") == ["d500235", "d500233"], "nothing is lost"


def test_the_same_entry_in_two_files_is_not_told_when_they_agree(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition())
    assert load_petitions(record, tmp_path, petition(), name="又一份.csv").problems == []


def test_two_files_of_one_import_that_differ_are_told_once(record: Record, tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path / name, [[THIRD_CENTRAL], PETITION, petition(district=district)])
        for name, district in (("一.csv", "云阳县"), ("二.csv", "忠县"))
    ]
    (told,) = load(files, record).problems
    assert (told.file, told.code) == ("二.csv", "elsewhere")
    assert "一.csv" in told.zh


def test_rows_without_a_number_of_their_own_are_never_the_same(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition("", 序号="1"))
    other = petition("", "忠县", 序号="1", 交办问题基本情况="另一件")
    assert load_petitions(record, tmp_path, other, name="另一次.csv").problems == []


def test_rdf_may_say_parts_of_a_thing_in_several_files_but_not_otherwise(
    record: Record, tmp_path: Path
) -> None:
    load_text(record, tmp_path, "a.ttl", 'id:x-1 a zl:Issue ; zl:summary "甲" .')
    more = "id:x-1 a zl:Issue ; zl:relatesTo id:d500235 ."
    assert load_text(record, tmp_path, "b.ttl", more).problems == []
    report = load_text(record, tmp_path, "c.ttl", 'id:x-1 a zl:Issue ; zl:summary "乙" .')
    assert codes(report, "noted") == ["elsewhere-subject"]
    assert "a.ttl" in report.problems[0].zh


# -- RDF that does not fit the ontology -------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("id:x-1 a zl:Overdue .", "rdf-concluded", "逾期"),
        ("id:x-1 a zl:Conclusion .", "rdf-concluded", "结论"),
        ("id:x-1 a zl:Norm .", "rdf-concluded", "规范"),
        ("id:x-1 a zl:FindingInForce .", "rdf-concluded", ""),
        ("id:x-1 zl:underNorm id:x-2 .", "rdf-concluded", ""),
        ("id:x-1 a zl:Issue , zl:Transfer .", "rdf-disjoint", "互斥"),
        ("id:d500235 a zl:Issue .", "rdf-disjoint", "互斥"),
        ("id:x-1 a zl:Issue ; zl:findingKind id:suspectedCrime .", "rdf-domain", "认定"),
        ("id:x-1 a zl:Issue ; zl:raisedIn id:d500235 .", "rdf-range", "督察"),
        ("id:x-1 a zl:Finding ; zl:findingKind id:upheld .", "rdf-range", "认定种类"),
        ("id:x-1 a zl:Issue ; zl:raisedIn id:x-2 .\nid:x-2 a zl:CaseFile .", "rdf-range", "x-2"),
        ("id:x-1 a zl:PartyCommittee ; zl:governmentOf id:d500235 .", "rdf-domain", "政府机关"),
        ("id:x-1 a zl:RectificationTask ; zl:assignedTo id:unstatedBearer .", "stand-in", "占位"),
        ("id:officeOrTeam zl:partOf id:leadingGroup .", "stand-in", "占位"),
    ],
)
def test_a_subject_that_cannot_be_so_is_set_aside_whole(
    record: Record, tmp_path: Path, body: str, code: str, words: str
) -> None:
    before = {(s.predicate, s.object) for s in record.statements("d500235")}
    report = load_text(record, tmp_path, "a.ttl", body + "\nid:x-3 a zl:Issue .")
    assert (report.exit_code, set(codes(report))) == (1, {code})
    assert words in report.problems[0].zh
    assert report.problems[0].en
    assert list(record.statements("x-1")) == []
    assert {(s.predicate, s.object) for s in record.statements("d500235")} == before
    assert record.knows("x-3")


def test_a_subject_corrected_in_its_own_file_may_change_its_nature(record: Record, tmp_path: Path) -> None:
    load_text(record, tmp_path, "a.ttl", "id:x-1 a zl:Issue .")
    assert load_text(record, tmp_path, "a.ttl", "id:x-1 a zl:Transfer .").rows["changed"] == 1
    assert codes(load_text(record, tmp_path, "b.ttl", "id:x-1 a zl:Issue .")) == ["rdf-disjoint"]


def test_what_one_file_says_of_a_thing_counts_for_the_next(record: Record, tmp_path: Path) -> None:
    load_text(record, tmp_path, "a.ttl", "id:x-2 a zl:CaseFile .")
    assert codes(load_text(record, tmp_path, "b.ttl", "id:x-1 zl:raisedIn id:x-2 .")) == ["rdf-range"]


def test_iris_of_other_namespaces_stay_different_things(record: Record, tmp_path: Path) -> None:
    text = "".join(f"<https://{host}.example/d500235> a zl:Issue .\n" for host in ("a", "b"))
    report = load_text(record, tmp_path, "a.ttl", text)
    assert (report.exit_code, codes(report, "noted")) == (0, ["rdf-foreign", "rdf-foreign"])
    made = {s.subject for s in record.statements(predicate="issue") if s.source.file == "a.ttl"}
    assert len(made) == 2
    assert "d500235" not in made
    assert all(any(id in p.zh for p in report.problems) for id in made)
    assert load_text(record, tmp_path, "a.ttl", text).unchanged


# -- dates, empty ledgers, reports ------------------------------------------------------------


@pytest.mark.parametrize(("day", "odd"), [("0012-03-12", True), ("2999-03-12", True), ("2025-03-12", False)])
def test_an_unlikely_year_is_noted(record: Record, tmp_path: Path, day: str, odd: bool) -> None:
    rows = [["问题编号", "问题概况", "发现日期"], ["wt-1", "污水", day]]
    reports = [
        load([write_csv(tmp_path / "a.csv", rows)], record),
        load_text(record, tmp_path, "a.ttl", f'id:wt-2 a zl:Issue ; zl:foundOn "{day}"^^xsd:date .'),
    ]
    for report in reports:
        assert (report.exit_code, codes(report, "noted")) == (0, ["date-odd"] * odd)
    assert len(stated(record, "wt-1", "foundOn")) == len(stated(record, "wt-2", "foundOn")) == 1


def test_a_ledger_of_headers_only_says_so(record: Record, tmp_path: Path) -> None:
    report = load([write_csv(tmp_path / "空.csv", [[THIRD_CENTRAL], PETITION])], record)
    (told,) = report.problems
    assert (report.exit_code, told.severity, told.file) == (0, "noted", "空.csv")
    assert "没有可读取的行" in told.zh
    assert "no rows" in told.en


def test_the_report_on_a_file_that_cannot_be_used_says_why(record: Record, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    report = load([tmp_path / "坏.xlsx"], record)
    report.write_marked_xlsx(tmp_path / "report.xlsx")
    page = load_workbook(tmp_path / "report.xlsx").worksheets[0]
    assert page.title == "不能使用的文件"
    assert page.cell(2, 1).value == "坏.xlsx"
    assert "xlsx" in str(page.cell(2, 2).value)
    assert json.loads(report.to_jsonl())["severity"] == "unusable"


# -- what stands for whom the text does not name, and whose government a committee is -----------


@pytest.mark.parametrize("rows_from", [1, 20_000], ids=["large", "small"])
def test_a_stand_in_is_no_body_and_a_committee_no_government(
    record: Record, tmp_path: Path, rows_from: int
) -> None:
    units = [
        ["机构编号", "机构名称", "机构类别", "是其党委的地域", "是其政府的地域"],
        ["unstatedBearer", "某单位", "人民政府", "", ""],
        ["o-1", "青石县委", "党委", "", "云阳县"],
        ["o-2", "青石县政府", "人民政府", "", "云阳县"],
    ]
    acts = [
        ["行为编号", "行为类别", "作出主体"],
        ["xw-1", "印发", "unstatedBearer"],
        ["xw-2", "印发", "某单位"],
    ]
    files = [write_csv(tmp_path / "机构.csv", units), write_csv(tmp_path / "行为.csv", acts)]
    report = load(files, record, rows_from=rows_from)
    found = {(p.code, p.column, p.value) for p in report.problems if p.severity == "set_aside"}
    assert found == {
        ("id-stand-in", "机构编号", "unstatedBearer"),
        ("rdf-domain", "是其政府的地域", "d500235"),
        ("unknown-body", "作出主体", "unstatedBearer"),
        ("unknown-body", "作出主体", "某单位"),
    }
    assert all(p.file and p.row and p.zh and p.en for p in report.problems)
    assert stated(record, "o-2", "governmentOf") == ["d500235"]


# -- the last day -----------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "noted"), [("2025-06-30", []), ("2025-07-01", ["expired"])])
def test_a_unit_exists_on_its_last_day(record: Record, tmp_path: Path, day: str, noted: list[str]) -> None:
    units = [
        ["机构编号", "机构名称", "机构类别", "撤销日期"],
        ["o-1", "青石县旧局", "区县部门", "2025-06-30"],
    ]
    acts = [["行为编号", "行为类别", "作出主体", "行为日期"], ["xw-1", "印发", "青石县旧局", day]]
    files = [write_csv(tmp_path / "机构.csv", units), write_csv(tmp_path / "行为.csv", acts)]
    report = load(files, record)
    assert (report.exit_code, codes(report, "noted")) == (0, noted)
    assert stated(record, "xw-1", "by") == ["o-1"]
