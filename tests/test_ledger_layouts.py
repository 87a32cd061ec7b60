"""Every published layout, and our own, from a file to statements."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_tables import PETITION, THIRD_CENTRAL, codes, fresh, petition, stated, write_csv, write_xlsx
from openpyxl import load_workbook

from reasoner.bundled import path as bundled
from reasoner.ledger import load, template
from reasoner.ledger.entities import READERS
from reasoner.ledger.layouts import layouts
from reasoner.ledger.words import Words, read_yaml
from reasoner.records.record import Record


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


def of_file(record: Record, name: str) -> set[tuple[str, str, object]]:
    return {(s.predicate, s.subject, s.object) for s in record.statements() if s.source.file == name}


@pytest.mark.parametrize("column", ["行政区域", "所属区县", "所属区域", "行政\n区域", "所属区县 "])
def test_the_eleven_columns_under_any_of_their_headers(record: Record, tmp_path: Path, column: str) -> None:
    headers = [column if name == "行政区域" else name for name in PETITION]
    row = petition(
        "D3CQ202405280088",
        "西部科学城重庆高新区",
        问题类型="餐饮油烟",
        是否属实="部分属实",
        是否办结="已办结",
    )
    load([write_xlsx(tmp_path / "台账.xlsx", [[THIRD_CENTRAL], headers, row])], record)
    found = of_file(record, "台账.xlsx")
    id = "D3CQ202405280088"
    assert {
        ("issue", id, None),
        ("raisedIn", id, "i-c3"),
        ("relatesTo", id, "zHighTech"),
        ("inSector", id, "s_cookingFumes"),
        ("verifiedRaw", id, "部分属实"),
        ("statusRaw", id, "已办结"),
    } <= found


def test_the_inspection_comes_from_title_sheet_file_name_column_or_number(
    record: Record, tmp_path: Path
) -> None:
    municipal = "重庆市第二轮第三批生态环境保护例行督察"
    rows = [PETITION, petition("永川电20251105001-1", "永川区")]
    load([write_csv(tmp_path / "a.csv", [[municipal + "交办群众举报一览表（第八批）"], *rows])], record)
    assert stated(record, "永川电20251105001-1", "raisedIn") == ["i-m2-3"]
    rows[1][1] = "永川电20251105002"
    load([write_xlsx(tmp_path / "b.xlsx", rows, sheet="第二轮第三批")], record)
    assert stated(record, "永川电20251105002", "raisedIn") == ["i-m2-3"]
    rows[1][1] = "永川电20251105003"
    load([write_csv(tmp_path / f"{municipal}.csv", rows)], record)
    assert stated(record, "永川电20251105003", "raisedIn") == ["i-m2-3"]
    rows[1][1] = "永川电20251105004"
    load([write_csv(tmp_path / "c.csv", [[*PETITION, "督察"], [*rows[1], "市级二轮三批"]])], record)
    assert stated(record, "永川电20251105004", "raisedIn") == ["i-m2-3"]
    load([write_csv(tmp_path / "d.csv", [PETITION, petition("X3CQ202405200027", "九龙坡区")])], record)
    assert stated(record, "X3CQ202405200027", "raisedIn") == ["i-c3"]


def test_an_issue_whose_inspection_nobody_names_is_kept_without_one(record: Record, tmp_path: Path) -> None:
    report = load(
        [write_csv(tmp_path / "e.csv", [PETITION, petition("永川电20251105001", "永川区")])], record
    )
    assert report.exit_code == 0
    assert stated(record, "永川电20251105001", "raisedIn") == []


def test_the_vertical_write_off_notice(record: Record, tmp_path: Path) -> None:
    rows = [
        ["第三轮中央生态环境保护督察任务序号一（践行习近平生态文明思想）涉及綦江区事项验收销号公示"],
        ["整改实施主体", "綦江区"],
        ["公示日期", "20251121日至2025125"],
        ["整改任务概述", "践行习近平生态文明思想还有差距"],
        ["整改情况", "已落实4条措施"],
        ["整改时限", "立行立改，长期坚持"],
    ]
    report = load([write_xlsx(tmp_path / "公示.xlsx", rows)], record)
    assert report.exit_code == 0
    (task,) = {s for p, s, _ in of_file(record, "公示.xlsx") if p == "rectificationTask"}
    assert {
        ("assignedTo", task, "d500110"),
        ("note", task, "公示日期：2025-11-21至2025-12-05"),
        ("openTime", task, "atOnce"),
        ("openTime", task, "longTerm"),
        ("deadlineRaw", task, "立行立改，长期坚持"),
        ("note", task, "任务序号：一"),
    } <= of_file(record, "公示.xlsx")


def test_two_blocks_below_each_other_are_two_tasks(record: Record, tmp_path: Path) -> None:
    block = [
        ["任务序号", "一"],
        ["整改实施主体", "綦江区"],
        ["公示日期", "2025年11月21日"],
        ["整改任务概述", "甲"],
        ["整改情况", "乙"],
    ]
    second = [["任务序号", "二"], *block[1:]]
    load([write_csv(tmp_path / "公示.csv", [*block, ["", ""], *second])], record)
    assert len({s for p, s, _ in of_file(record, "公示.csv") if p == "rectificationTask"}) == 2


def test_the_pollution_matrix_is_kept_as_counts_of_its_districts(record: Record, tmp_path: Path) -> None:
    head = ["类型/区县", "交办情况", "水", "大气", "土壤", "生态", "辐射", "噪声", "其他污染"]
    below = ["", "移交件数", "", "", "", "", "", "", ""]
    rows = [
        ["第七批统计表"],
        head,
        below,
        ["潼南区", 5, 1, 2, "", "", "", 2, ""],
        ["合计", 5, 1, 2, 0, 0, 0, 2, 0],
    ]
    report = load([write_xlsx(tmp_path / "统计.xlsx", rows)], record)
    assert (report.exit_code, report.rows["new"]) == (0, 1)
    ((predicate, subject, text),) = of_file(record, "统计.xlsx")
    assert (predicate, subject) == ("note", "d500152")
    assert "移交5件（水1、大气2、土壤0、生态0、辐射0、噪声2、其他0）" in str(text)


def test_water_targets_with_a_section_merged_over_its_two_units(record: Record, tmp_path: Path) -> None:
    rows = [
        ["目标任务分解表"],
        ["序号", "考核河流", "考核断面", "年度考核目标", "责任单位"],
        [1, "长江", "寸滩", "Ⅲ类", "江北区人民政府"],
        [None, None, None, None, "南岸区人民政府"],
        [2, "嘉陵江", "北温泉", "Ⅱ类", "北碚区人民政府"],
    ]
    merged = ("A3:A4", "B3:B4", "C3:C4", "D3:D4")
    report = load([write_xlsx(tmp_path / "水质.xlsx", rows, merged)], record)
    units = {(s, o) for p, s, o in of_file(record, "水质.xlsx") if p == "assignedTo"}
    assert (report.exit_code, len({s for s, _ in units})) == (0, 2)
    assert {o for _, o in units} == {"d500105_gov", "d500108_gov", "d500109_gov"}


def test_units_merged_across_rows_belong_to_every_row(record: Record, tmp_path: Path) -> None:
    headers = ["任务编号", "任务内容", "责任主体"]
    rows = [headers, ["rw-1", "甲", "云阳县政府"], ["rw-2", "乙", None], ["rw-3", "丙", "市水利局"]]
    load([write_xlsx(tmp_path / "任务.xlsx", rows, ("C2:C3",))], record)
    assert [stated(record, f"rw-{i}", "assignedTo") for i in (1, 2, 3)] == [
        ["d500235_gov"],
        ["d500235_gov"],
        ["waterBureau"],
    ]


def test_a_row_that_continues_one_set_aside_is_set_aside_as_well(record: Record, tmp_path: Path) -> None:
    rows = [["任务编号", "任务内容", "责任主体"], ["rw-1", "甲", "没有这个单位"], [None, "甲", "云阳县政府"]]
    report = load([write_xlsx(tmp_path / "任务.xlsx", rows, ("A2:A3",))], record)
    assert (dict(report.rows), stated(record, "rw-1", "assignedTo")) == ({"aside": 2}, [])
    assert [(p.row, p.code) for p in report.problems if p.severity == "set_aside"] == [
        (2, "unknown-body"),
        (3, "continues"),
    ]


def test_the_ten_columns_of_hunan_and_the_seven_of_shaanxi(record: Record, tmp_path: Path) -> None:
    hunan = [
        "序号",
        "受理编号",
        "行政区域",
        "交办问题基本情况",
        "污染类型",
        "调查核实情况",
        "是否属实",
        "处理和整改情况",
        "问责情况",
        "备注",
    ]
    row = ["1", "D430000201912170004", "云阳县", "噪声扰民", "噪声", "属实", "基本属实", "已处理", "无", ""]
    load([write_csv(tmp_path / "湖南.csv", [hunan, row])], record)
    assert stated(record, "D430000201912170004", "verifiedRaw") == ["基本属实"]
    shaanxi = [
        "序号",
        "交办问题基本情况",
        "涉及区县及部门",
        "调查核实情况",
        "是否属实",
        "处理处罚和问责情况",
        "备注",
    ]
    load(
        [write_csv(tmp_path / "陕西.csv", [shaanxi, ["3", "污水", "云阳县、县住建局", "", "属实", "", ""]])],
        record,
    )
    (issue,) = {s for p, s, _ in of_file(record, "陕西.csv") if p == "issue"}
    assert stated(record, issue, "relatesTo") == ["d500235"]
    assert "涉及区县及部门：云阳县、县住建局" in stated(record, issue, "note")


def test_a_district_of_another_province_sets_the_row_aside(record: Record, tmp_path: Path) -> None:
    hunan = [
        "序号",
        "受理编号",
        "行政区域",
        "交办问题基本情况",
        "污染类型",
        "调查核实情况",
        "是否属实",
        "处理和整改情况",
        "问责情况",
        "备注",
    ]
    report = load(
        [
            write_csv(
                tmp_path / "湖南.csv", [hunan, ["1", "2017043052", "华容县", "噪声", "", "", "", "", "", ""]]
            )
        ],
        record,
    )
    assert codes(report) == ["unknown-place"]
    assert not of_file(record, "湖南.csv")


def test_a_row_without_a_number_gets_the_same_id_every_time(record: Record, tmp_path: Path) -> None:
    rows = [PETITION, petition("", "云阳县", 序号="7"), petition("", "忠县", 交办问题基本情况="另一件")]
    file = write_csv(tmp_path / "无编号.csv", rows)
    load([file], record)
    first = of_file(record, "无编号.csv")
    assert len({s for p, s, _ in first if p == "issue"}) == 2
    assert load([file], record).unchanged
    assert of_file(record, "无编号.csv") == first


def fill_in(folder: Path) -> Path:
    """The template with its example rows as entries."""
    template.write(folder / "template.xlsx")
    book = load_workbook(folder / "template.xlsx")
    for page in book.worksheets[1:-1]:
        page.delete_rows(2)
        page.cell(2, 1).value = page.cell(2, 1).value.split("：", 1)[1]
    book.save(folder / "填好.xlsx")
    return folder / "填好.xlsx"


def test_the_template_as_it_is_states_nothing(record: Record, tmp_path: Path) -> None:
    template.write(tmp_path / "template.xlsx")
    report = load([tmp_path / "template.xlsx"], record)
    assert (report.exit_code, report.unchanged) == (0, True)
    assert [(p.severity, p.code) for p in report.problems] == [("noted", "no-rows")]


def test_every_example_of_the_template_is_a_usable_row(record: Record, tmp_path: Path) -> None:
    report = load([fill_in(tmp_path)], record)
    sheets = len(read_yaml(bundled("data", "layouts", "zelian.yaml"))["tables"])
    assert (report.exit_code, report.rows["new"]) == (0, sheets), report.to_table()
    assert load([tmp_path / "填好.xlsx"], record).unchanged


def test_the_bundled_template_is_the_generated_one(tmp_path: Path) -> None:
    template.write(tmp_path / "new.xlsx")
    old, new = (
        load_workbook(p)
        for p in (bundled("data", "templates", "zelian-template.xlsx"), tmp_path / "new.xlsx")
    )
    assert old.sheetnames == new.sheetnames
    for a, b in zip(old.worksheets, new.worksheets, strict=True):
        assert list(a.values) == list(b.values)


def test_a_sheet_of_the_template_saved_as_csv_is_recognised_by_its_headers(
    record: Record, tmp_path: Path
) -> None:
    for table in read_yaml(bundled("data", "layouts", "zelian.yaml"))["tables"]:
        file = write_csv(tmp_path / "x.csv", [[c["column"] for c in table["columns"]]])
        assert load([file], record).layouts == {"x.csv": f"zelian/{table['name']}"}


def test_the_whole_life_of_a_matter_in_one_template(record: Record, tmp_path: Path) -> None:
    load([fill_in(tmp_path)], record)
    found = of_file(record, "填好.xlsx")
    assert {
        ("responsibleUnitIn", "d500235_gov", "i-2025-1"),
        ("detailedPlan", "fa-1", None),
        ("planFor", "fa-1", "i-2025-1"),
        ("dueOn", "rw-1", 20251231),
        ("issuance", "xw-1", None),
        ("designates", "zd-1", "ecologyBureau"),
        ("assignsRole", "fg-1", "leadRole"),
        ("requiredOf", "yq-1", "d500235_gov"),
        ("state", "rd-1", "upheld"),
        ("dateValue", "cs-1", 20250901),
        ("coversRecords", "wb-1", "transferRecords"),
        ("negativeRecord", "wl-1", None),
        ("concernOf", "sx-1", "wt-001"),
        ("governmentOf", "d-shili_gov", "d-shili"),
    } <= found


def test_layouts_only_use_values_that_exist() -> None:
    words = Words.bundled()
    for layout in layouts():
        for item in layout.items:
            assert item.value in READERS or item.value == "text", (layout.layout, item.column)
            assert not item.words or item.words == "text" or words.choices(item.words)
            assert item.of in layout.entities


def test_no_two_tables_are_recognised_by_the_same_headers() -> None:
    needs = [(layout.shape, layout.needs) for layout in layouts()]
    assert len(needs) == len(set(needs))
