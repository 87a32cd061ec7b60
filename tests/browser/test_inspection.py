"""An inspection: what is on record, how far its procedure has come, and what is said, with its ground."""

from __future__ import annotations

from playwright.sync_api import expect
from visitor import VisitorMaker

DAY = "as_of=2026-11-23"


def test_the_list_leads_to_an_inspection_with_its_facts_and_their_source(visit: VisitorMaker) -> None:
    page = visit().open("/")
    page.locator(".zl-nav").get_by_role("link", name="督察", exact=True).click()
    drawn = page.locator("tbody tr", has=page.get_by_role("link", name="【示例】2024例行一批", exact=True))
    expect(drawn).to_contain_text("结果运用：移交移送")  # the step that its procedure has reached
    number, link = drawn.locator("td.zl-number a").nth(1), page.get_by_role("link", name="市级二轮一批")
    assert "status=overdue" in str(number.get_attribute("href"))
    before = page.locator("tbody tr", has=page.get_by_role("link", name="第二轮中央督察", exact=True))
    expect(before.locator("td.zl-number")).to_have_text(["21", "0", "0", "21"])  # not open, and not closed
    link.first.click()
    facts = page.locator(".zl-facts")
    expect(facts).to_contain_text("例行督察")
    expect(facts).to_contain_text("2023年12月18日")
    expect(facts).to_contain_text("云阳县")
    expect(facts).to_contain_text("inspections.csv")
    feedback = facts.locator("dt", has_text="反馈").locator("xpath=following-sibling::dd[1]")
    expect(feedback).to_have_text("未记录")


def test_a_step_tells_its_limit_in_the_text_its_start_and_what_is_missing(visit: VisitorMaker) -> None:
    page = visit().open(f"/inspection?{DAY}&id=i-m2-1")
    step = page.locator("#step-RoutineRectification-ZR4, [id$='-ZR4']")
    expect(step).to_contain_text("整改方案印发后6个月内")
    expect(step).to_contain_text("起算：整改方案印发")
    expect(step).to_contain_text("缺：整改方案印发日期")
    expect(step).to_contain_text("第三十六条第三款")
    step.get_by_role("link", name="云阳县委").click()
    expect(page.locator(".zl-proof")).to_be_visible()
    expect(page.locator(".zl-tabs [aria-current]")).to_have_text("结论与依据")


def test_a_step_without_a_record_is_never_said_not_to_have_been_taken(visit: VisitorMaker) -> None:
    page = visit().open(f"/inspection?{DAY}&id=i-s-routine-2024")
    step = page.locator("[id$='-R12']")
    expect(step.locator(".zl-status").first).to_contain_text("未见记录")
    assert "未办理" not in page.locator("ol.zl-steps").first.inner_text()
    expect(page.locator("p", has_text="不等于没有办理")).to_be_visible()


def test_steps_name_what_their_order_rests_on(visit: VisitorMaker) -> None:
    page = visit().open(f"/inspection?{DAY}&id=i-s-routine-2024")
    expect(page.locator("[id$='-R16']")).to_contain_text("条文明示")
    expect(page.locator("[id$='-R12']")).to_contain_text("仅由列举或者语序推知")
    expect(page.locator("[id$='-ZR4']")).to_contain_text("只是起因")


def test_records_carry_day_and_source(visit: VisitorMaker) -> None:
    page = visit().open(f"/inspection?{DAY}&id=i-s-routine-2024")
    records = page.locator("[id$='-ZR3'] .zl-records")
    expect(records).to_contain_text("2024年7月15日")
    expect(records).to_contain_text("routine-2024.ttl")


def test_issues_are_counted_by_status_and_lead_to_the_filtered_list(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(f"/inspection?{DAY}&id=i-s-routine-2024&tab=issues")
    line = page.locator("tr", has_text="待履行")
    number = int(line.locator(".zl-number").inner_text())
    line.get_by_role("link").click()
    visitor.settle()
    expect(page.locator("body")).to_contain_text(f"{number}个问题")


def test_an_unknown_inspection_says_what_to_do_next(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/inspection?id=nowhere")
    expect(page.locator(".zl-empty")).to_contain_text("nowhere")
    page.locator(".zl-empty a").click()
    expect(page.locator("h1")).to_have_text("督察")


def test_an_inspection_before_the_measures_follows_no_procedure(visit: VisitorMaker) -> None:
    page = visit().open(f"/inspection?{DAY}&id=i-c1")
    expect(page.locator(".zl-empty")).to_contain_text("没有规定")


def test_what_came_after_the_day_is_said_to_be_later_and_never_to_be_before_the_measures(
    visit: VisitorMaker,
) -> None:
    visitor = visit()
    page = visitor.open("/inspection?as_of=2025-03-02&id=i-s-routine-2026")
    expect(page.locator(".zl-empty")).to_have_text("这次督察开始于2026年1月12日，在基准日2025年3月2日之后。")
    visitor.open("/inspection?as_of=2025-03-02&lang=en")
    drawn = page.locator("tbody tr", has=page.get_by_role("link", name="【示例】2026例行一批", exact=True))
    expect(drawn).to_contain_text("began after the as-of date")
    before = page.locator("tbody tr", has=page.get_by_role("link", name="第二轮中央督察", exact=True))
    expect(before).to_contain_text("no procedure of the Measures")


def test_issues_found_after_the_day_are_said_to_be_among_those_listed(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issues?as_of=2025-03-02&lang=en")
    expect(page.locator("aside.zl-later")).to_contain_text("too: 21.")
    visitor.open("/issue?as_of=2025-03-02&samples=no&id=CQ-075")  # the day of its inspection: it has none
    expect(page.locator("aside.zl-later")).to_contain_text("问题3个")
    expect(page.locator("p.zl-later")).to_have_text(
        "提出这个问题的督察开始于2025年12月1日，在基准日2025年3月2日之后。"
    )
    visitor.open("/issue?as_of=2025-03-02&id=CQ-001")
    expect(page.locator("p.zl-later")).to_have_count(0)
    visitor.open(f"/issue?{DAY}&id=CQ-075")
    expect(page.locator(".zl-later")).to_have_count(0)
