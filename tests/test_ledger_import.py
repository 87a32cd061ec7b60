"""Importing: encodings, limits, corrections, rows set aside, hostile files, exit codes."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

import pytest
from ledger_tables import (
    PETITION,
    THIRD_CENTRAL,
    codes,
    fresh,
    load_petitions,
    petition,
    stated,
    write_csv,
    write_xlsx,
)
from openpyxl import load_workbook

from reasoner.ledger import load
from reasoner.records.record import Record

ID = "D3CQ202405280088"
TASK = ["任务编号", "任务内容", "责任主体", "完成时限"]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


def load_task(record: Record, folder: Path, limit: object, title: str = "整改任务", unit: str = "云阳县政府"):  # type: ignore[no-untyped-def]
    return load([write_xlsx(folder / "任务.xlsx", [[title], TASK, ["rw-1", "甲", unit, limit]])], record)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_usual_encoding(record: Record, tmp_path: Path, encoding: str) -> None:
    file = write_csv(tmp_path / "台账.csv", [[THIRD_CENTRAL], PETITION, petition()], encoding)
    assert load([file], record).exit_code == 0
    assert stated(record, ID, "relatesTo") == ["d500235"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_with_every_usual_delimiter(record: Record, tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "台账.csv"
    file.write_text("\r\n".join(delimiter.join(row) for row in [PETITION, petition()]), encoding="utf-8")
    assert load([file], record).rows["new"] == 1


def test_a_quoted_cell_may_hold_line_ends_and_commas(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(处理和整改情况="一、清淤\n二、修复,覆盖"))
    assert stated(record, ID, "measures") == ["一、清淤\n二、修复,覆盖"]


# -- limits and dates in their place ----------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "day"),
    [
        ("2025年12月底", 20251231),
        ("2017年底前", 20171231),
        (dt.datetime(2025, 11, 30), 20251130),
        (45982, 20251121),
        (20251121, 20251121),
        ("立行立改，2025年12月底前完成", 20251231),
    ],
)
def test_a_limit_becomes_the_day_it_ends_on(record: Record, tmp_path: Path, limit: object, day: int) -> None:
    assert load_task(record, tmp_path, limit).exit_code == 0
    assert stated(record, "rw-1", "dueOn") == [day]


@pytest.mark.parametrize(
    "limit",
    ["在1周内", "协议签订后10个工作日内", "整改集中期", "2025年12月前", "2025年6月底前A；2025年9月底前B"],
)
def test_a_limit_that_is_no_date_is_kept_as_text_and_noted(
    record: Record, tmp_path: Path, limit: str
) -> None:
    report = load_task(record, tmp_path, limit)
    assert (report.exit_code, len(codes(report, "noted"))) == (0, 1)
    assert stated(record, "rw-1", "dueOn") == []
    assert stated(record, "rw-1", "deadlineRaw") == [limit]


def test_words_without_a_number_stay_words(record: Record, tmp_path: Path) -> None:
    load_task(record, tmp_path, "立行立改，长期坚持")
    assert set(stated(record, "rw-1", "openTime")) == {"atOnce", "longTerm"}
    assert stated(record, "rw-1", "dueOn") == []


def test_a_limit_without_a_year_takes_it_from_the_title_or_is_set_aside(
    record: Record, tmp_path: Path
) -> None:
    assert codes(load_task(record, tmp_path, "12月底前")) == ["date-yearless"]
    assert stated(record, "rw-1", "summary") == []
    assert load_task(record, tmp_path, "12月底前", "2025年整改任务").exit_code == 0
    assert stated(record, "rw-1", "dueOn") == [20251231]


def test_a_year_from_the_title_never_puts_a_limit_into_the_past(record: Record, tmp_path: Path) -> None:
    assert codes(load_task(record, tmp_path, "3月底前", "整改任务（2025年11月5日印发）")) == ["date-yearless"]


@pytest.mark.parametrize("limit", ["2025年13月底", "2025年2月30日前"])
def test_a_limit_that_does_not_exist_sets_the_row_aside(record: Record, tmp_path: Path, limit: str) -> None:
    assert codes(load_task(record, tmp_path, limit)) == ["date-impossible"]


def test_an_inexact_date_of_a_fact_sets_the_row_aside(record: Record, tmp_path: Path) -> None:
    headers = ["移送编号", "移送主体", "接收机关", "移送事项", "移送日期"]
    rows = [
        headers,
        ["ys-1", "领导小组办公室", "市检察院", "CQ-001", "2025年8月"],
        ["ys-2", "领导小组办公室", "市检察院", "CQ-001", ""],
    ]
    assert codes(load([write_csv(tmp_path / "移送.csv", rows)], record)) == ["date-inexact"]
    assert stated(record, "ys-2", "to") == ["procuratorate"]


# -- lists of units ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "ids"),
    [
        ("云阳县政府、市水利局；市林业局", ["d500235_gov", "waterBureau", "forestryBureau"]),
        ("市规划和自然资源局及市住房和城乡建设委员会", ["planningResources", "housingConstruction"]),
        ("江北区人民政府/南岸区人民政府", ["d500105_gov", "d500108_gov"]),
        ("云阳县政府\n市水利局", ["d500235_gov", "waterBureau"]),
        ("市水利局 市林业局", ["waterBureau", "forestryBureau"]),
        ("市水利局、市林业局等部门", ["waterBureau", "forestryBureau"]),
        ("整改实施主体：綦江区", ["d500110"]),
        ("巫山县委、县政府", ["d500237_party", "d500237_gov"]),
        ("市人力资源和社会保障局", ["humanResources"]),
        ("市交通局", ["transportCommission"]),
    ],
)
def test_lists_of_units(record: Record, tmp_path: Path, units: str, ids: list[str]) -> None:
    report = load_task(record, tmp_path, "", unit=units)
    assert report.exit_code == 0, report.to_table()
    assert stated(record, "rw-1", "assignedTo") == ids


def test_nobody_in_particular_is_noted_and_never_guessed(record: Record, tmp_path: Path) -> None:
    report = load_task(record, tmp_path, "", unit="有关部门、相关镇街、市水利局")
    assert codes(report, "noted") == ["anonymous", "anonymous"]
    assert stated(record, "rw-1", "assignedTo") == ["waterBureau"]


def test_one_unknown_unit_sets_the_whole_row_aside(record: Record, tmp_path: Path) -> None:
    report = load_task(record, tmp_path, "2025年12月底", unit="市水利局、区住房城市建委")
    assert codes(report) == ["unknown-body"]
    assert list(record.statements(subject="rw-1")) == []


# -- loading again ----------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(record: Record, tmp_path: Path) -> None:
    rows = [petition(), petition("D3CQ202405280089", "不存在县")]
    load_petitions(record, tmp_path, *rows)
    version, digest = record.version, record.digest
    report = load_petitions(record, tmp_path, *rows)
    assert report.unchanged
    assert report.exit_code == 1, "a row that is still set aside is still said"
    assert (record.version, record.digest) == (version, digest)


def test_a_moved_row_is_the_same_row(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition())
    report = load_petitions(record, tmp_path, petition("D3CQ202405280090"), petition())
    assert (report.rows["new"], report.rows["unchanged"]) == (1, 1)


def test_a_corrected_row_takes_the_place_of_the_old_one(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(district="云阳县"))
    before = record.version
    report = load_petitions(record, tmp_path, petition(district="忠县"))
    assert report.rows["changed"] == 1
    assert stated(record, ID, "relatesTo") == ["d500233"]
    assert [s.object for s in record.statements(ID, "relatesTo", at_version=before)] == ["d500235"]


def test_rows_missing_from_a_later_file_are_not_taken_back(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(), petition("D3CQ202405280090"))
    load_petitions(record, tmp_path, petition())
    assert stated(record, "D3CQ202405280090", "relatesTo") == ["d500235"]


def test_a_row_set_aside_is_corrected_in_the_same_file(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(district="云阴县"))
    (waiting,) = record.set_aside()
    assert waiting.cells["行政区域"] == "云阴县"
    assert waiting.problems[0]["code"] == "unknown-place"
    assert load_petitions(record, tmp_path, petition()).exit_code == 0
    assert record.set_aside() == []


def test_the_marked_workbook_is_corrected_and_loaded(record: Record, tmp_path: Path) -> None:
    report = load_petitions(record, tmp_path, petition("D3CQ202405280090"), petition(district="云阴县"))
    report.write_marked_xlsx(tmp_path / "搁置.xlsx")
    book = load_workbook(tmp_path / "搁置.xlsx")
    page = book.active
    headers = [cell.value for cell in page[1]]
    cell = page.cell(2, headers.index("行政区域") + 1)
    assert cell.value == "云阴县"
    assert "云阳县" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F6D9D5")
    assert "未识别" in page.cell(2, headers.index("问题说明") + 1).value
    cell.value = "云阳县"
    book.save(tmp_path / "搁置.xlsx")
    assert load([tmp_path / "搁置.xlsx"], record).exit_code == 0
    assert record.set_aside() == []
    (statement,) = record.statements(ID, "relatesTo")
    assert (statement.source.file, statement.source.row) == ("台账.csv", 4)


def test_a_marked_workbook_that_is_not_corrected_stays_set_aside(record: Record, tmp_path: Path) -> None:
    rows = [petition(), petition(district="忠县"), petition("D3CQ202405280090", 交办问题基本情况="=1+1")]
    report = load_petitions(record, tmp_path, *rows)
    assert codes(report) == ["duplicate", "formula"]
    report.write_marked_xlsx(tmp_path / "搁置.xlsx")
    again = load([tmp_path / "搁置.xlsx"], record)
    assert sorted(codes(again)) == ["duplicate", "formula"]
    assert len(record.set_aside()) == 2
    assert stated(record, ID, "relatesTo") == ["d500235"]


def test_text_that_a_marked_workbook_made_harmless_comes_back_as_it_was(
    record: Record, tmp_path: Path
) -> None:
    report = load_petitions(record, tmp_path, petition(district="云阴县", 交办问题基本情况="-5℃仍排放"))
    report.write_marked_xlsx(tmp_path / "搁置.xlsx")
    book = load_workbook(tmp_path / "搁置.xlsx")
    page = book.active
    page.cell(2, [cell.value for cell in page[1]].index("行政区域") + 1).value = "云阳县"
    book.save(tmp_path / "搁置.xlsx")
    assert load([tmp_path / "搁置.xlsx"], record).exit_code == 0
    assert stated(record, ID, "summary") == ["-5℃仍排放"]


def test_cells_beyond_the_headers_are_noted(record: Record, tmp_path: Path) -> None:
    report = load_petitions(record, tmp_path, [*petition(), "多出来的一格"])
    assert codes(report, "noted") == ["column-unknown"]
    assert [p.column for p in report.problems if p.code == "column-unknown"] == ["第12列"]


def test_a_row_that_was_good_and_is_bad_now_no_longer_counts(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition())
    load_petitions(record, tmp_path, petition(district="云阴县"))
    assert list(record.statements(ID)) == []
    assert len(record.set_aside()) == 1


def test_a_number_used_twice_sets_the_second_row_aside(record: Record, tmp_path: Path) -> None:
    report = load_petitions(record, tmp_path, petition(), petition(district="忠县"), petition())
    assert codes(report) == ["duplicate"]
    assert codes(report, "noted") == ["repeated"]
    assert stated(record, ID, "relatesTo") == ["d500235"]


@pytest.mark.parametrize("number", ["municipalGovernment", "d500235", "i-c3"])
def test_a_number_that_names_something_else_is_refused(record: Record, tmp_path: Path, number: str) -> None:
    assert codes(load_petitions(record, tmp_path, petition(number))) == ["id-taken"]


def test_a_reference_to_nothing_sets_the_row_aside(record: Record, tmp_path: Path) -> None:
    rows = [
        ["移送编号", "移送主体", "接收机关", "移送事项"],
        ["ys-1", "领导小组办公室", "市检察院", "CQ-999"],
    ]
    assert codes(load([write_csv(tmp_path / "移送.csv", rows)], record)) == ["unknown-entry"]


def test_files_of_one_import_may_refer_to_each_other_in_any_order(record: Record, tmp_path: Path) -> None:
    first = write_csv(
        tmp_path / "1.csv", [["移送编号", "接收机关", "移送事项"], ["ys-1", "市检察院", "D3CQ202405280088"]]
    )
    second = write_csv(tmp_path / "2.csv", [PETITION, petition()])
    assert load([first, second], record).exit_code == 0
    assert stated(record, "ys-1", "about") == [ID]


# -- districts that are none ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [("全市", "whole-city"), ("重庆市", "whole-city"), ("中心城区", "no-district"), ("", "district-empty")],
)
def test_words_that_are_no_district_are_noted_and_the_row_is_kept(
    record: Record, tmp_path: Path, said: str, code: str
) -> None:
    report = load_petitions(record, tmp_path, petition(district=said))
    assert (report.exit_code, codes(report, "noted")) == (0, [code])
    assert stated(record, ID, "summary") == ["污水直排"]
    assert stated(record, ID, "relatesTo") == []


def test_several_districts_in_one_cell(record: Record, tmp_path: Path) -> None:
    load_petitions(record, tmp_path, petition(district="渝北区、南岸区"))
    assert stated(record, ID, "relatesTo") == ["d500112", "d500108"]


# -- hostile and broken files -----------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "=cmd|' /C calc'!A0", "#REF!"])
def test_formulas_are_never_evaluated(record: Record, tmp_path: Path, cell: str) -> None:
    report = load([write_xlsx(tmp_path / "台账.xlsx", [PETITION, petition(district=cell)])], record)
    assert codes(report) == ["formula"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\x07bell"])
def test_the_marked_workbook_runs_nothing(record: Record, tmp_path: Path, text: str) -> None:
    report = load_petitions(record, tmp_path, petition(district="云阴县", 是否属实=text))
    report.write_marked_xlsx(tmp_path / "marked.xlsx")
    for row in load_workbook(tmp_path / "marked.xlsx").active.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize("number", ["<script>", "a b", "'; drop table statements; --", "x" * 200, 'a"b'])
def test_strange_numbers_are_refused(record: Record, tmp_path: Path, number: str) -> None:
    assert codes(load_petitions(record, tmp_path, petition(number))) == ["id-strange"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "空"),
        ("a.csv", b"  \n \n", "空"),
        ("a.csv", b",,,\n,,,\n", "没有内容"),
        ("a.csv", "甲,乙,丙\n1,2,3\n".encode(), "版式"),
        ("a.csv", b"\x00\x01\x02\x03", "文本"),
        ("a.csv", b"\xff\xff\xff\x80", "编码"),
        ("a.csv", b"PK\x03\x04rest", "文本"),
        ("a.xlsx", b"PK\x03\x04rest", "xlsx"),
        ("a.xlsx", b"not a workbook", "xlsx"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0old", ".xls"),
        ("a.pdf", b"%PDF", "类型"),
        ("a.ttl", b"this is not turtle", "RDF"),
        ("a.jsonld", b"{", "JSON"),
        ("a.nt", b"# nothing\n", "没有语句"),
    ],
    ids=repr,
)
def test_an_unusable_file_gets_one_clear_line_and_leaves_the_record_alone(
    record: Record, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    good, version = write_csv(tmp_path / "good.csv", [PETITION, petition()]), record.version
    report = load([good, tmp_path / name], record)
    assert report.exit_code == 2
    for lang in ("zh", "en"):
        (line,) = report.summary(lang)  # type: ignore[arg-type]
        assert name in line
        assert "\n" not in line
    assert said in report.summary("zh")[0]
    assert record.version == version


def test_missing_files_and_folders_are_unusable(record: Record, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    report = load([tmp_path / "none.csv", tmp_path / "folder.csv"], record)
    assert (report.exit_code, len(report.summary())) == (2, 2)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasoner.ledger.sheets.LARGEST_UNPACKED", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    assert load([tmp_path / "bomb.xlsx"], record).exit_code == 2


def test_sheets_no_layout_fits_are_noted(record: Record, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "台账.xlsx", [PETITION, petition()])
    book = load_workbook(tmp_path / "台账.xlsx")
    book.create_sheet("其他").append(["甲", "乙"])
    book.save(tmp_path / "台账.xlsx")
    report = load([tmp_path / "台账.xlsx"], record)
    assert (report.exit_code, codes(report, "noted")) == (0, ["sheet"])


def test_totals_and_repeated_headers_are_no_entries(record: Record, tmp_path: Path) -> None:
    report = load_petitions(
        record, tmp_path, petition(), PETITION, petition("", "", 序号="合计", 交办问题基本情况="1件")
    )
    assert (report.rows["new"], report.exit_code) == (1, 0)


def test_two_files_of_one_name_in_one_import_do_not_replace_each_other(
    record: Record, tmp_path: Path
) -> None:
    files = []
    for folder, number in (("甲", "D3CQ202405280001"), ("乙", "D3CQ202405280002")):
        (tmp_path / folder).mkdir()
        files.append(write_csv(tmp_path / folder / "台账.csv", [PETITION, petition(number)]))
    assert load(files, record).rows["new"] == 2


# -- the report -------------------------------------------------------------------------------


def test_the_report_names_file_sheet_row_column_value_and_expectation(record: Record, tmp_path: Path) -> None:
    report = load(
        [write_xlsx(tmp_path / "台账.xlsx", [[THIRD_CENTRAL], PETITION, petition(district="云阴县")])], record
    )
    header, row = report.to_table()
    assert header == ["处理", "文件", "工作表", "行", "列", "值", "说明"]
    assert row[:6] == ["待更正", "台账.xlsx", "台账", "3", "行政区域", "云阴县"]
    assert "云阳县（d500235）" in row[6]
    assert "candidates" in report.to_table("en")[1][6]
    (line,) = report.to_jsonl().splitlines()
    said = json.loads(line)
    assert (said["severity"], said["row"], said["column"]) == ("set_aside", 3, "行政区域")
    assert all(said[lang] for lang in ("zh", "en"))


def test_every_statement_knows_its_file_sheet_row_and_column(record: Record, tmp_path: Path) -> None:
    load([write_xlsx(tmp_path / "台账.xlsx", [[THIRD_CENTRAL], PETITION, petition()])], record)
    (statement,) = record.statements(ID, "relatesTo")
    source = statement.source
    assert (source.file, source.sheet, source.row, source.columns) == ("台账.xlsx", "台账", 3, "行政区域")
    assert record.transactions()[-1]["files"].keys() == {"台账.xlsx"}


def test_progress_is_told(record: Record, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    load(
        [write_csv(tmp_path / "a.csv", [PETITION, petition()])],
        record,
        progress=lambda *step: steps.append(step),
    )
    assert {step for step, _, _ in steps} == {"读取文件", "读取行", "写入记录"}
    assert all(done <= total for _, done, total in steps)
