"""Ledgers are checked before they are stored, corrected cell by cell, and nothing of them is lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, Page, expect
from visitor import HOSTILE, Visitor, VisitorMaker

from reasoner.records.record import Record

expect.set_options(timeout=60_000)  # reasoning anew takes a while
TITLE = "第三轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表（第二十二批，2024年5月30日）"
HEADERS = ["受理编号", "交办问题基本情况", "行政区域", "问题类型"]
FORMULA = "=cmd|' /C calc'!A0"


def ledger(path: Path, *rows: list[str]) -> Path:
    """Write a ledger as district sites publish it: two lines above, then one petition a row."""
    book = Workbook()
    page = book.active
    page.title = "台账"
    for row in [[TITLE], HEADERS, *rows]:
        page.append(row)
    for cells in page.iter_rows():
        for cell in cells:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(path)
    return path


def petition(number: int, district: str = "云阳县", words: str = "污水直排") -> list[str]:
    return [f"D3CQ20240528{number:04}", words, district, "水"]


def upload(visitor: Visitor, *files: Path) -> Page:
    """Choose files on the page for recording and wait until they are checked."""
    page = visitor.open("/record")
    page.locator("input[type=file]").set_input_files(files)
    page.locator(".zl-figures, .zl-refused").first.wait_for(timeout=60_000)
    visitor.settle()
    return page


def said_by(page: Page, who: str = "测试科") -> None:
    page.get_by_label("录入人").fill(who)
    page.get_by_label("录入人").press("Enter")
    expect(page.get_by_text(f"录入人：{who}")).to_be_visible()


def load(page: Page, button: str = "load") -> Locator:
    """Press a button that loads; return what is told afterwards."""
    page.locator(f".st-key-{button} button").click()
    told = page.locator(".zl-told")
    told.wait_for(timeout=90_000)
    return told


def figures(page: Page) -> list[str]:
    return page.locator(".zl-figures dd").all_inner_texts()


@pytest.fixture
def record(own_home: Path) -> Record:
    return Record.open(own_home / "record.sqlite")


def test_nothing_is_stored_before_somebody_says_who_and_loads(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    version = record.version
    page = upload(visit_own(), ledger(tmp_path / "甲.xlsx", petition(1), petition(2, "云羊县")))
    assert figures(page) == ["1", "0", "0", "1"]
    page.locator(".st-key-load button").click()
    expect(page.get_by_role("alert")).to_contain_text("请先填写录入人")
    assert record.version == version
    page.locator(".st-key-drop button").click()
    expect(page.locator(".st-key-uploader")).to_be_visible()
    assert record.version == version


def test_a_misspelt_cell_is_corrected_in_place_and_loaded(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    file = ledger(tmp_path / "乙.xlsx", petition(11), petition(12, "云羊县"), petition(13, "云羊县"))
    page = upload(visit_own(), file)
    fault = page.locator(".zl-wrong")
    expect(fault).to_contain_text("云羊县")
    expect(fault).to_contain_text("C4 C5")
    page.locator("[class*='st-key-near-']").get_by_text("云阳县").click()
    page.get_by_role("button", name="更正并重新核对").click()
    expect(page.locator(".zl-figures dd").nth(0)).to_have_text("3", timeout=30_000)
    said_by(page, "督察办")
    told = load(page)
    expect(told).to_contain_text("已入库")
    statements = [s for n in (12, 13) for s in record.statements(f"D3CQ20240528{n:04}", "relatesTo")]
    assert [(s.object, s.source.by, s.source.note) for s in statements] == [
        ("d500235", "督察办", "行政区域：云羊县 → 云阳县")
    ] * 2
    told.get_by_text("查看入库记录").click()
    expect(page.locator(".zl-entry")).to_contain_text("督察办")
    expect(page.locator(".zl-entry ~ .zl-ledger")).to_contain_text("云羊县 → 云阳县")


def test_one_row_is_corrected_in_a_form_of_its_cells(visit_own: VisitorMaker, tmp_path: Path) -> None:
    page = upload(visit_own(), ledger(tmp_path / "丙.xlsx", petition(21, "云羊县"), petition(22, "")))
    page.locator(".zl-wrong a", has_text="C3").click()
    expect(page.locator("[class*='st-key-faulty-'] .zl-expected")).to_contain_text("云阳县")
    assert "row=" in page.url
    page.get_by_label("行政区域").fill("万州区")
    page.get_by_role("button", name="更正并重新核对").click()
    expect(page.locator(".zl-figures dd").nth(0)).to_have_text("2", timeout=30_000)
    assert "row=" not in page.url


def test_rows_set_aside_wait_and_are_corrected_later_by_somebody_else(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    first = visit_own()
    page = upload(first, ledger(tmp_path / "丁.xlsx", petition(31), petition(32, "云羊县")))
    said_by(page)
    told = load(page)
    expect(told.get_by_text("D3CQ202405280031")).to_be_visible()
    other = visit_own()
    page = other.open("/record?tab=aside")
    expect(page.locator(".zl-wrong")).to_contain_text("云羊县")
    page.locator("[class*='st-key-near-']").get_by_text("云阳县").click()
    page.get_by_role("button", name="更正并重新核对").click()
    page.locator(".st-key-load-waiting").wait_for(timeout=30_000)
    assert first.open("/record?tab=aside").locator(".zl-wrong").count() == 1  # not theirs to see yet
    said_by(page, "复核科")
    page.locator(".st-key-load-waiting button").click()
    expect(page.get_by_text("1 行已入库")).to_be_visible(timeout=60_000)
    (statement,) = record.statements("D3CQ202405280032", "relatesTo")
    assert (statement.source.file, statement.source.row, statement.source.by) == ("丁.xlsx", 4, "复核科")
    expect(first.open("/issue?id=D3CQ202405280032").locator("body")).to_contain_text("云阳县")


def test_the_marked_workbook_has_comments_at_the_cells_at_fault(
    visit_own: VisitorMaker, tmp_path: Path
) -> None:
    page = upload(visit_own(), ledger(tmp_path / "戊.xlsx", petition(41), petition(42, "云羊县")))
    page.get_by_text("逐格清单").click()
    expect(page.locator(".zl-ledger td").nth(1)).to_have_text("C4")
    with page.expect_download() as download:
        page.locator(".st-key-marked button").click()
    assert download.value.suggested_filename == "待更正.xlsx"
    (sheet,) = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets
    commented = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.comment}
    assert list(commented) == ["C2"]
    assert (commented["C2"].value, "云阳县" in commented["C2"].comment.text) == ("云羊县", True)
    assert sheet["C2"].fill.fgColor.rgb != "00000000"
    with page.expect_download() as download:
        page.locator(".st-key-errors-csv button").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][:6] == ["戊.xlsx", "台账", "4", "行政区域", "C4", "云羊县"]


def test_hostile_text_is_shown_and_never_run(visit_own: VisitorMaker, tmp_path: Path) -> None:
    rows = [petition(51, HOSTILE, HOSTILE), petition(52, FORMULA, "![x](http://evil.example/x.png)")]
    page = upload(visit_own(), ledger(tmp_path / f"{HOSTILE[:4]}.xlsx", *rows))
    expect(page.locator(".zl-wrong").first).to_contain_text("<img")
    page.get_by_text("逐格清单").click()
    expect(page.locator(".zl-ledger tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".st-key-marked button").click()
    (sheet,) = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    page.locator(".zl-ledger td a").first.click()
    expect(page.get_by_role("button", name="更正并重新核对")).to_be_visible()
    assert page.locator(".zl img, [data-testid=stMarkdownContainer] img").count() == 0
    expect(page).not_to_have_title("hacked")


def test_a_corrected_version_under_another_name_can_take_the_place_of_the_old_one(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    page = upload(visit := visit_own(), ledger(tmp_path / "己.xlsx", petition(61)))
    said_by(page)
    load(page)
    page = upload(visit, ledger(tmp_path / "己（更正）.xlsx", petition(61, "万州区")))
    assert figures(page) == ["1", "0", "0", "0"]
    expect(page.get_by_text("有 1 行与“己.xlsx”编号相同，其中 1 行内容不同")).to_be_visible()
    page.get_by_role("button", name="作为更正版").click()
    expect(page.locator(".zl-figures dd").nth(1)).to_have_text("1", timeout=30_000)
    expect(page.locator(".zl-difference s")).to_contain_text("云阳县")
    said_by(page)
    load(page)
    (statement,) = record.statements("D3CQ202405280061", "relatesTo")
    assert statement.object == "d500101"


def test_only_the_good_rows_are_loaded_when_asked_for(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    page = upload(visit_own(), ledger(tmp_path / "庚.xlsx", petition(71), petition(72, "云羊县")))
    said_by(page)
    expect(load(page, "load-good")).to_contain_text("没有保存")
    assert all(row.file != "庚.xlsx" for row in record.set_aside())
    assert record.knows("D3CQ202405280071")


def test_a_file_that_cannot_be_used_says_why_and_the_others_are_checked(
    visit_own: VisitorMaker, tmp_path: Path
) -> None:
    wrong = {
        "旧.xls": (b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        "加密.xlsx": (b"\xd0\xcf\x11\xe0" * 9, "加密"),
        "宏.xlsm": (b"PK\x03\x04", "另存为 .xlsx"),
        "坏.xlsx": (b"PK\x03\x04", "不是有效的 .xlsx"),
        "乱码.csv": (b"\xff\xff\x80\x81\n" * 9, "编码无法识别"),
        "空.csv": (b"", "空的"),
        "文书.pdf": (b"%PDF-1.4", "不支持的文件类型"),
        "别的表.csv": ("甲,乙\n1,2\n".encode(), "不属于任何已知台账版式"),
        "远程.jsonld": (b'{"@context": "http://evil.example/c.json"}', "不读取远程"),
    }
    files = []
    for name, (content, _) in wrong.items():
        (tmp_path / name).write_bytes(content)
        files.append(tmp_path / name)
    page = upload(visit_own(), *files, ledger(tmp_path / "辛.xlsx", petition(81)))
    expect(page.locator(".zl-refused li")).to_have_count(len(wrong))
    for name, (_, why) in wrong.items():
        expect(page.locator(".zl-refused li", has_text=name)).to_contain_text(why)
    assert figures(page) == ["1", "0", "0", "0"]
    assert page.locator(".stException").count() == 0


def test_what_is_looked_at_is_in_the_address(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    page = visitor.open("/record?tab=history&tx=1&p=2")
    expect(page.locator(".zl-turn")).to_contain_text("第 2 页")
    page.locator(".zl-turn a").last.click()
    expect(page.locator(".zl-turn")).to_contain_text("第 3 页")
    page.go_back()
    expect(page.locator(".zl-turn")).to_contain_text("第 2 页")
    expect(visitor.open("/record?tab=history&tx=99999").locator(".zl-empty")).to_contain_text("99999")
    expect(visitor.open("/record?tab=history&tx=1&lang=en").locator("h2")).to_have_text("Transaction #1")


def test_the_template_can_be_taken_away(visit_own: VisitorMaker) -> None:
    page = visit_own().open("/record")
    with page.expect_download() as download:
        page.locator(".st-key-template button").click()
    assert download.value.suggested_filename == "zelian-template.xlsx"
    assert "问题" in load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).sheetnames


@pytest.mark.parametrize("width", [1360, 420])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_tab_scrolls_sideways(visit_own: VisitorMaker, tmp_path: Path, width: int, lang: str) -> None:
    visitor = visit_own(width)
    for path in ("/record?", "/record?tab=aside&", "/record?tab=history&", "/record?tab=history&tx=1&"):
        page = visitor.open(f"{path}lang={lang}")
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), f"{path} scrolls sideways"


def test_of_ten_thousand_rows_the_bad_ones_are_told_and_the_good_ones_loaded(
    visit_own: VisitorMaker, record: Record, tmp_path: Path
) -> None:
    rows = [
        [f"D3CQ20240529{n:04}", "污水直排", "云羊县" if n < 110 else "云阳县", "水"] for n in range(10_000)
    ]
    page = upload(visit_own(), ledger(tmp_path / "万行.xlsx", *rows))
    assert figures(page) == ["9,890", "0", "0", "110"]
    fault = page.locator(".zl-wrong")
    expect(fault).to_contain_text("云羊县")
    expect(fault).to_contain_text("C3 C4")  # below a title and the headings
    said_by(page)
    expect(load(page)).to_contain_text("9,890")
    loaded = sum(1 for s in record.statements(predicate="issue") if s.subject.startswith("D3CQ20240529"))
    assert loaded == 9_890
    waiting = [row for row in record.set_aside() if row.file == "万行.xlsx"]
    assert [row.row for row in waiting] == list(range(3, 113))
