"""Deadlines: overdue is told apart from not seen, everything can be sent, files say as of when."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from visitor import VisitorMaker

DAY = "as_of=2026-11-23"
UNIT = f"/duties?{DAY}&tab=calendar&unit=dBaiyang_gov&month=2025-12"


def lines(page: Page, kind: str) -> list[str]:
    """Return the texts of the lines of one kind."""
    return page.locator(f"section#{kind} tbody tr").all_inner_texts()


def test_a_limit_passed_without_a_record_is_never_listed_as_overdue(visit: VisitorMaker) -> None:
    page = visit().open(f"/duties?{DAY}")
    overdue, lapsed = lines(page, "overdue"), lines(page, "lapsed")
    assert len(overdue) == 5
    assert all("逾期" in each for each in overdue)
    assert len(lapsed) == 5
    assert all("信息不足" in each and "逾期" not in each for each in lapsed)
    expect(page.locator("section#lapsed .zl-lead")).to_contain_text("不是逾期")


def test_a_line_leads_to_its_proof(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/duties?{DAY}")
    for kind, at in (("overdue", 0), ("overdue", 3)):  # about an inspection, and about an issue
        page.locator(f"section#{kind} tbody tr").nth(at).get_by_role("link", name="依据与证明").click()
        expect(page.locator(".zl-proof")).to_be_visible()
        page.go_back()
        expect(page.locator("section#overdue")).to_be_visible()


def test_a_line_without_a_page_of_its_matter_opens_its_proof_below_it(visit: VisitorMaker) -> None:
    page = visit().open(f"/duties?{DAY}&tab=ahead&norm=a37.p1.s3")
    page.get_by_role("link", name="依据与证明").first.click()
    expect(page.locator("section#running .zl-proof")).to_be_visible()
    expect(page).to_have_url(re.compile("norm=a37.p1.s3"))
    page.get_by_role("link", name="收起依据").click()
    expect(page.locator(".zl-proof")).to_have_count(0)


def test_possible_limits_are_called_possible(visit: VisitorMaker) -> None:
    page = visit().open(f"/duties?{DAY}&tab=ahead&inspection=i-s-routine-2026")
    (both,) = [each for each in lines(page, "coming") if "记录的期限不一致" in each]
    assert "可能的期限" in both
    assert "2026年12月20日" in both
    assert "2026年11月15日" in both


def test_what_is_missing_to_say_when_the_six_month_report_is_due_takes_two_clicks(
    visit: VisitorMaker,
) -> None:
    visitor = visit()
    page = visitor.open(f"/?{DAY}")
    page.locator(".zl-nav").get_by_role("link", name="时限").click()
    page.locator(".zl-tabs").get_by_role("link", name="未来时限").click()
    line = page.locator("section#undated tbody tr", has_text="云阳县委").filter(has_text="6个月")
    expect(line).to_contain_text("整改方案印发日期")
    expect(line).to_contain_text("整改方案印发后6个月内")


def test_a_task_to_be_done_at_once_and_kept_up_is_neither_overdue_nor_done(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/?{DAY}")
    page.locator(".zl-nav").get_by_role("link", name="时限").click()
    page.locator(".zl-tabs").get_by_role("link", name="未来时限").click()
    told = page.locator("section#unnumbered tbody tr", has_text="立行立改，长期坚持")
    expect(told).to_contain_text("未写明完成日期")
    expect(told).to_contain_text("未见完成记录")
    expect(told).to_contain_text("未见销号记录")
    expect(told).to_contain_text("验收销号公示")
    expect(told).not_to_contain_text("已完成")
    expect(told).not_to_contain_text("逾期")


def test_duties_without_a_limit_are_listed_oldest_first_and_never_overdue(visit: VisitorMaker) -> None:
    page = visit().open(f"/duties?{DAY}&tab=ahead&part=running")
    found = lines(page, "running")
    elapsed = [int(match[1]) for each in found if (match := re.search(r"起已(\d+)日", each))]
    assert elapsed
    assert elapsed == sorted(elapsed, reverse=True)
    assert not [each for each in found if "逾期" in each]


def test_filters_are_in_the_address_and_narrow_the_lines(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/duties?{DAY}")
    page.locator(".zl-filters").get_by_role("link", name="白杨区").click()
    expect(page.locator(".zl-chosen")).to_contain_text("白杨区")
    assert "district=dBaiyang" in page.url
    found = lines(page, "overdue")
    assert found
    assert all("白杨区" in each for each in found)
    colleague = visit()
    assert lines(colleague.open(page.url.removeprefix(colleague.address)), "overdue") == found
    page.locator(".zl-chosen a").click()
    expect(page.locator(".zl-chosen")).to_have_count(0)
    page.get_by_role("link", name="基准日前后30日内").click()
    expect(page).to_have_url(re.compile("days=30"))
    expect(page.locator("section#overdue")).to_have_count(0)
    page.get_by_label("自", exact=True).fill("2025-12-31")
    page.get_by_label("至", exact=True).fill("2026-01-31")
    page.get_by_role("button", name="按日期筛选").click()
    expect(page.locator(".zl-chosen")).to_have_text("期限在2025年12月31日至2026年1月31日 ×")
    assert "days=" not in page.url
    expect(page.locator("section#overdue tbody tr")).to_have_count(2)
    assert all("2025年12月31日" in each for each in lines(page, "overdue"))
    expect(page.locator("section#lapsed")).to_have_count(0)
    free = page.url.removeprefix(visitor.address)
    assert lines(colleague.open(free), "overdue") == lines(page, "overdue")
    page = colleague.open(free.replace("to=2026-01-31", "to=2025-01-31"))
    expect(page.locator(".zl-empty")).to_contain_text("起始日2025年12月31日晚于截止日2025年1月31日")
    expect(page.locator(".zl-due")).to_have_count(0)
    page.get_by_role("link", name="对调两个日期").click()
    expect(page.locator(".zl-due").first).to_be_visible()
    page = colleague.open(free.replace("to=2026-01-31", "to=<b>2026"))
    expect(page.locator(".zl-empty")).to_contain_text("“<b>2026”不是")


def test_a_unit_is_chosen_by_typing_and_its_month_can_be_turned(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/duties?{DAY}&tab=calendar")
    page.get_by_role("combobox").fill("白杨区政府")
    page.get_by_role("option", name="白杨区政府").first.click()
    expect(page.locator("table.zl-cal")).to_be_visible()
    assert "unit=dBaiyang_gov" in page.url
    page.locator(".zl-cal-months").get_by_role("link", name="2025年12月").click()
    expect(page.locator(".zl-cal .zl-cal-limit")).to_have_count(2)
    expect(page.locator(".zl-cal .zl-cal-limit").first).to_have_attribute("title", re.compile("方案任务逾期"))
    page.locator(".zl-cal-turn").get_by_role("link", name="上月").click()
    expect(page.locator(".zl-cal .zl-cal-limit")).to_have_count(0)
    page.go_back()
    expect(page.locator(".zl-cal .zl-cal-limit")).to_have_count(2)


def test_the_two_organs_of_a_district_have_one_calendar(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/duties?{DAY}&tab=calendar&by=district&lang=en")
    page.get_by_role("link", name="白杨区").click()
    expect(page.locator(".zl-cal-turn h3")).to_have_text("11/2026")
    page = visitor.open(UNIT.replace("dBaiyang_gov", "dBaiyang"))
    expect(page.locator("h2").first).to_have_text("白杨区（示例）的责任日历")
    expect(page.locator(".zl-lead").first).to_contain_text("合并列出5项")  # four of them are borne jointly
    expect(page.locator(".zl-cal .zl-cal-limit")).to_have_count(2)
    page.locator(".zl-cal-months").get_by_role("link", name="2025年10月").click()
    expect(page.locator(".zl-cal .zl-cal-limit")).to_have_count(1)
    expect(page.locator(".zl-cal .zl-cal-limit")).to_contain_text("白杨区政府（示例）：")
    page.locator(".zl-lead").get_by_role("link", name="白杨区委（示例）").click()
    expect(page.locator("h2").first).to_have_text("白杨区委（示例）的责任日历")
    page.get_by_role("link", name="白杨区（示例）党政合并的日历").click()
    expect(page.locator("h2").first).to_have_text("白杨区（示例）的责任日历")


def test_on_a_phone_the_month_is_a_list(visit: VisitorMaker) -> None:
    page = visit(420).open(UNIT)
    expect(page.locator("table.zl-cal")).to_be_hidden()
    expect(page.locator(".zl-cal-phone tbody tr")).to_have_count(2)


def download(page: Page, name: str, folder: Path) -> Path:
    """Press a button and return the file that comes."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=name).click()
    place = folder / coming.value.suggested_filename
    coming.value.save_as(place)
    return place


def test_the_calendar_file_holds_whole_days_with_date_and_versions(
    visit: VisitorMaker, tmp_path: Path
) -> None:
    page = visit().open(UNIT)
    file = download(page, "下载日历 .ics", tmp_path)
    assert file.name == "时限_白杨区政府（示例）_2026-11-23.ics"
    raw = file.read_bytes()
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    text = raw.decode().replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 4
    assert text.count("DTSTART;VALUE=DATE:20251231") == 2
    assert "SUMMARY:【可能的期限】" in text
    assert "截至2026-11-23；数据版本" in text
    assert "期限已届" in text


def test_tables_hold_what_is_shown_and_nothing_that_runs(visit: VisitorMaker, tmp_path: Path) -> None:
    page = visit().open(f"/duties?{DAY}")
    rows = list(csv.reader(io.StringIO(download(page, "下载 .csv", tmp_path).read_text("utf-8-sig"))))
    assert len(rows) == 11
    assert rows[0][0] == "期限"
    assert {row[rows[0].index("基准日")] for row in rows[1:]} == {"2026-11-23"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    sheet = load_workbook(download(page, "下载 .xlsx", tmp_path)).active
    assert sheet is not None
    assert sheet.max_row == 11
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line} <= {"s", "n", "inlineStr"}


def test_a_table_of_some_lines_does_not_call_them_all_and_says_which(
    visit: VisitorMaker, tmp_path: Path
) -> None:
    visitor = visit()
    page = visitor.open(f"/duties?{DAY}")
    assert download(page, "下载 .csv", tmp_path).name == "时限_全部_逾期与届满_2026-11-23.csv"
    visitor.open(f"/duties?{DAY}&part=overdue&inspection=i-s-routine-2024&lang=en")
    file = download(page, "Download .xlsx", tmp_path)
    assert file.name == "deadlines_part_Overdue_2026-11-23.xlsx"
    about = dict(load_workbook(file)["About"].values)
    assert about["Inspection"] == "【示例】2024例行一批"
    assert about["Deadlines"] == "Overdue"
    assert str(about["Permanent link (with as-of date)"]).endswith("part=overdue&inspection=i-s-routine-2024")
    visitor.open(f"{UNIT}&inspection=i-s-routine-2024")
    assert download(page, "下载 .csv", tmp_path).name == "时限_白杨区政府（示例）_部分_2026-11-23.csv"


def test_an_unknown_unit_or_an_empty_filter_says_what_to_do(visit: VisitorMaker) -> None:
    page = visit().open(f"/duties?{DAY}&inspection=nowhere")
    expect(page.locator(".zl-empty")).to_contain_text("没有符合条件的时限")
    page = visit().open(f"/duties?{DAY}&tab=calendar&unit=<script>")
    expect(page.locator(".zl-empty")).to_be_visible()
