"""The list of issues: filtered, searched, ordered and taken along, all by its address."""

import csv
import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from visitor import VisitorMaker


def ids(page: Page) -> list[str]:
    return page.locator(".zl-issues tbody td:nth-child(2)").all_inner_texts()


def facet(page: Page, name: str) -> None:
    """Open a filter and choose its first value."""
    details = page.locator(
        ".zl-filters details", has=page.locator("summary", has_text=re.compile(f"^{name}$"))
    )
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.locator("li a").first.click()
    expect(page.locator(".zl-chosen")).to_be_visible()


@pytest.mark.parametrize("name", ["状态", "督察", "区县", "行业领域", "有关单位", "缺少", "规范"])
def test_every_filter_narrows_the_list_to_the_number_it_names(visit: VisitorMaker, name: str) -> None:
    page = visit().open("/issues")
    details = page.locator(
        ".zl-filters details", has=page.locator("summary", has_text=re.compile(f"^{name}$"))
    )
    number = details.locator("li a > span:last-child").first.text_content()
    facet(page, name)
    expect(page.locator(".zl p.zl-quiet", has_text="个问题")).to_have_text(re.compile(f"^{number}个问题"))


def test_a_status_and_a_norm_are_asked_of_one_conclusion(visit: VisitorMaker) -> None:
    visitor = visit()
    assert ids(visitor.open("/issues?status=performed"))
    assert ids(visitor.open("/issues?norm=a34.p1.s2"))
    page = visitor.open("/issues?norm=a34.p1.s2&status=performed")  # that responsibility is never 'performed'
    expect(page.locator(".zl-empty")).to_contain_text("没有符合条件的问题")
    facet(visitor.open("/issues?norm=a34.p1.s2"), "状态")
    assert ids(page)


def test_overdue_issues_are_one_click_away(visit: VisitorMaker) -> None:
    page = visit().open("/issues")
    switch = page.get_by_role("switch", name=re.compile("只看逾期"))
    number = re.search(r"\d+", switch.inner_text())
    assert number
    switch.click()
    expect(page).to_have_url(re.compile("late=1"))
    expect(page.locator(".zl-issues tbody tr")).to_have_count(int(number[0]))
    for words in page.locator(".zl-issues tbody td:nth-child(6)").all_inner_texts():
        assert re.search("逾期|程序偏离", words)


def test_search_finds_accountable_units(visit: VisitorMaker) -> None:
    page = visit().open("/issues?q=市水利局")
    assert "SL-105" in ids(page)
    units = visit().open("/issues?q=SL-105").locator(".zl-issues tbody td:nth-child(5)").first.inner_text()
    assert units.index("白杨区委") < units.index("白杨区政府")  # of the two, the party committee comes first


def test_the_order_stands_in_the_address(visit: VisitorMaker) -> None:
    page = visit().open("/issues")
    page.locator(".zl-choice a", has_text="编号").click()
    expect(page).to_have_url(re.compile("sort=id"))
    expect(page.locator(".zl-choice a[aria-current]")).to_have_text("编号")
    expect(page.locator(".zl-issues tbody td:nth-child(2)").first).to_have_text("CQ-001")
    assert ids(page) == sorted(ids(page))


def test_pages_follow_each_other(visit: VisitorMaker) -> None:
    page = visit().open("/issues?sort=id")
    first = ids(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".zl-turn")).to_contain_text("第2页")
    assert not set(first) & set(ids(page))


def test_the_selection_is_downloaded_with_its_date_and_versions(visit: VisitorMaker, tmp_path: Path) -> None:
    page = visit().open("/issues?as_of=2026-11-23&inspection=i-s-routine-2024&sort=id")
    for issue in ("SL-105", "SL-106"):
        page.get_by_role("checkbox", name=f"选入{issue}").click()
        expect(page.get_by_role("checkbox", name=f"选入{issue}")).to_be_checked()
    page.get_by_role("button", name="导出（已选2个）").click()
    expect(page.locator(".zl-files")).to_contain_text("已选2个问题")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="表格 .xlsx").click()
    assert waiting.value.suggested_filename == "问题清单_2026-11-23.xlsx"
    waiting.value.save_as(tmp_path / "list.xlsx")
    listed, about = load_workbook(tmp_path / "list.xlsx").worksheets
    assert [row[0].value for row in listed.iter_rows(min_row=2)] == ["SL-105", "SL-106"]
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["基准日"] == "2026年11月23日"
    assert told["数据版本"]
    assert told["规则版本"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_list_is_written_for_the_day_and_in_the_language_of_its_page(
    visit: VisitorMaker, tmp_path: Path, form: str
) -> None:
    page = visit().open("/issues?as_of=2025-03-02&q=SL-105&lang=en")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Table .{form}").click()
    assert waiting.value.suggested_filename == f"Issues_2025-03-02.{form}"
    file = tmp_path / f"list.{form}"
    waiting.value.save_as(file)
    if form == "csv":
        head, line = csv.reader(io.StringIO(file.read_text("utf-8-sig")))
        told = dict(zip(head, line, strict=True))
    else:
        listed, about = load_workbook(file).worksheets
        head = [str(cell.value) for cell in listed[1]]
        told = {str(row[0].value): str(row[1].value) for row in about.iter_rows()}
    assert told["As-of date"] == "2 Mar 2025"
    assert told["Rule version"]
    assert head[1:5] == ["Issue", "Summary", "Inspection", "District"]


def test_a_downloaded_cell_never_acts(visit: VisitorMaker, tmp_path: Path) -> None:
    page = visit().open("/issues?q=onerror")
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="表格 .csv").click()
    waiting.value.save_as(tmp_path / "list.csv")
    head, *lines = csv.reader(io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig")))
    assert [line[0] for line in lines] == ["X-1"]
    assert "基准日" in head
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def test_a_link_to_the_list_shows_a_colleague_the_same(visit: VisitorMaker) -> None:
    page = visit().open("/issues?status=overdue&sort=due&pick=SL-105")
    page.get_by_role("button", name="导出").click()
    link = page.locator(".zl-permalink").inner_text()
    colleague = visit()
    colleague.page.goto(link)
    colleague.settle()
    assert ids(colleague.page) == ids(page)
    expect(colleague.page.get_by_role("checkbox", name="选入SL-105")).to_be_checked()


@pytest.mark.parametrize(
    ("path", "form", "name"),
    [
        ("/issue?id=SL-105", "案卷 .docx", "案卷_SL-105_截至20261123.docx"),
        ("/issue?id=SL-105", "案卷 .pdf", "案卷_SL-105_截至20261123.pdf"),
        (
            "/issues?pick=SL-105",
            "责任追究问题清单 .xlsx",
            "生态环境损害责任追究问题清单_SL-105_截至20261123.xlsx",
        ),
    ],
)
def test_the_dossier_is_made_when_it_is_asked_for(
    visit: VisitorMaker, tmp_path: Path, path: str, form: str, name: str
) -> None:
    page = visit().open(path + "&as_of=2026-11-23")
    if path.startswith("/issues"):
        page.get_by_role("button", name="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=form).click()
    assert waiting.value.suggested_filename == name
    waiting.value.save_as(tmp_path / name)
    assert (tmp_path / name).stat().st_size > 5_000
