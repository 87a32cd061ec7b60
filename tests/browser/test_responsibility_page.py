"""Who is responsible is answered in at most three clicks, with its basis; a body has a page that says all."""

import re

import pytest
from playwright.sync_api import Page, expect
from visitor import HOSTILE, Visitor, VisitorMaker

SECTOR = re.compile("^领域|^Sector")
PLACE = re.compile("^区县$|^District$")


def choose(visitor: Visitor, label: re.Pattern[str], words: str) -> None:
    """Type a part of a name into a field and take the first that is offered."""
    field = visitor.page.get_by_role("combobox", name=label)
    field.click()
    field.press_sequentially(words)
    visitor.page.get_by_role("option", name=words, exact=False).last.wait_for()
    options = visitor.page.get_by_role("option").filter(has_text=words)
    options.filter(has_not_text="Add:").first.click()
    visitor.page.wait_for_timeout(300)
    visitor.settle()


def test_the_wharf_question_is_answered_in_three_clicks(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.get_by_role("link", name="职责", exact=True).click()
    expect(page.locator("h1")).to_have_text("职责")
    visitor.settle()
    choose(visitor, SECTOR, "港口码头")
    choose(visitor, PLACE, "云阳县")
    expect(page).to_have_url(re.compile("sector=s_port"))
    expect(page).to_have_url(re.compile("place=d500235"))
    expect(page.locator("h1")).to_have_text("谁负责：云阳县、港口码头")
    said = page.locator(".zl-said")
    expect(said.nth(0)).to_contain_text("云阳县委：整改属地主体责任")
    expect(said.nth(1)).to_contain_text("云阳县政府：整改属地主体责任")
    expect(said.nth(2)).to_contain_text("市交通运输委：牵头或指导督导（角色待定）")
    expect(page.locator(".zl-sector")).to_contain_text("重庆市港口条例第三条")
    expect(page.locator(".zl-sector")).to_contain_text("第12行")
    expect(page.locator("body")).to_contain_text("假设问题")


def test_every_line_of_the_answer_has_its_proof(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?sector=s_port&place=d500235")
    number = page.locator(".zl-why").count()
    assert number >= 3
    for at in range(3):
        page.locator(".zl-why").nth(at).click()
        expect(page.locator(".zl-proof")).to_be_visible()
        expect(page.locator(".zl-proof .zl-quote").first).to_contain_text("履行整改")
        expect(page.locator(".zl-proof")).to_contain_text("假设")
        page.get_by_role("link", name="收起").click()
        expect(page.locator(".zl-proof")).to_have_count(0)


def test_livestock_in_qijiang_shows_each_meaning_and_says_why_no_department_is_named(
    visit: VisitorMaker,
) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?place=d500110")
    field = page.get_by_role("combobox", name=SECTOR)
    field.click()
    field.press_sequentially("畜禽")
    expect(page.get_by_role("option").first).to_have_text("按“畜禽”查找")  # Streamlit says "Add: 畜禽"
    field.press("Enter")
    expect(page).to_have_url(re.compile("word="))
    visitor.settle()
    expect(page.locator(".zl-meanings li")).to_have_count(3)
    expect(page.locator(".zl-sector")).to_have_count(3)
    body = page.locator("body")
    for words in (
        "市农业农村委",
        "市生态环境局",
        "市发展改革委",
        "未分规模，部门因规模而异",
        "由区县、乡镇政府组织",
    ):
        expect(body).to_contain_text(words)
    page.locator(".zl-meanings a").filter(has_text="规模畜禽养殖").click()
    expect(page.locator(".zl-sector")).to_have_count(1)


@pytest.mark.parametrize(
    ("word", "reason"),
    [("散乱污", "无对应行业主管分工"), ("没有这样的词", "不猜测"), (HOSTILE, "不猜测")],
)
def test_a_word_that_means_no_sector_says_why(visit: VisitorMaker, word: str, reason: str) -> None:
    from urllib.parse import quote

    page = visit().open(f"/responsibility?word={quote(word)}")
    expect(page.locator("body")).to_contain_text(reason)
    assert page.locator(".zl img").count() == 0


def test_yubei_after_the_merger_keeps_its_name_and_names_the_successor(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?sector=s_port&place=d500112&on=2025-12-01")
    expect(page.locator(".zl-said").first).to_contain_text("渝北区委")
    expect(page.locator("body")).not_to_contain_text("承继单位（须确认）")
    page = visitor.open("/responsibility?sector=s_port&place=d500112&on=2026-03-01")
    expect(page.locator(".zl-said").first).to_contain_text("渝北区委")
    expect(page.locator("body")).to_contain_text("已于2026年1月24日后撤销")
    expect(page.locator(".zl-said").filter(has_text="两江新区区委")).to_contain_text("需研判")
    page = visitor.open("/responsibility?place=d500157&on=2025-12-01")
    expect(page.locator("body")).to_contain_text("当日尚未设立")
    page.get_by_role("link", name="渝北区", exact=True).click()
    expect(page.locator(".zl-said").first).to_contain_text("渝北区委")


def test_a_department_that_was_renamed_is_named_as_on_the_day(visit: VisitorMaker) -> None:
    page = visit().open("/responsibility?sector=s_port&place=d500235&on=2023-06-01")
    expect(page.locator("body")).to_contain_text("当日名称：市交通局")


def test_supposing_a_target_and_a_central_inspection_stands_in_the_address(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?place=d500235")
    page.get_by_role("link", name="按此假设查看").click()
    expect(page).to_have_url(re.compile("target=1"))
    expect(page.locator("body")).to_contain_text("被督察对象制定市级督察整改方案")
    page.get_by_role("link", name="假设由中央督察发现").click()
    expect(page.locator(".zl-said").first).to_contain_text("需研判")
    page.go_back()
    expect(page.locator(".zl-said").first).to_contain_text("责任归属")


def test_what_the_record_does_not_know_of_a_district_is_said(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?place=d500235")
    expect(page.locator("body")).to_contain_text("记录中没有云阳县各部门的名录和分工")
    page = visitor.open("/responsibility?place=dQingshi")
    expect(page.locator("body")).to_contain_text("记录中有下列部门")


def test_a_body_is_found_in_the_list_and_has_its_page(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/responsibility?tab=bodies&kind=municipal")
    page.get_by_role("link", name="市交通运输委", exact=True).click()
    expect(page.locator("h1")).to_have_text("市交通运输委")
    expect(page.locator(".zl-facts").first).to_contain_text("市交通局（至2023年12月31日）")
    expect(page.locator("body")).to_contain_text("相关行业部门承担整改牵头或者指导督导责任")
    expect(page.locator("body")).to_contain_text("作为“相关行业部门和单位”")
    page.get_by_role("link", name="港口码头", exact=True).click()
    expect(page.locator("h1")).to_have_text("谁负责：港口码头")


def test_every_statement_about_a_body_has_its_source(visit: VisitorMaker) -> None:
    page = visit().open("/unit?id=d500112_gov")
    page.locator(".zl-unit > details > summary").click()
    rows = page.locator(".zl-unit > details tbody tr")
    assert rows.count() >= 5
    for row in rows.all():
        expect(row.locator("td").nth(2)).to_contain_text(re.compile(r"districts\.csv · 第\d+行"))
    expect(page.locator(".zl-facts").first).to_contain_text("两江新区政府")


def test_a_body_leads_to_its_issues_and_its_calendar(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/unit?id=dBaiyang_gov")
    page.get_by_role("link", name=re.compile("全部 .* 个问题")).click()
    visitor.settle()
    expect(page).to_have_url(re.compile("unit=dBaiyang_gov"))
    expect(page.locator("tbody tr").first).to_be_visible()
    page = visitor.open("/unit?id=dBaiyang_gov")
    page.get_by_role("link", name="打开它的期限和日历").click()
    expect(page).to_have_url(re.compile("duties.*unit=dBaiyang_gov"))


@pytest.mark.parametrize(
    "path", ["/unit", "/unit?id=nobody", "/unit?id=s_port", "/unit?id=<img src=x onerror=1>"]
)
def test_an_unknown_body_says_what_to_do_next(visit: VisitorMaker, path: str) -> None:
    visitor = visit()
    page = visitor.open(path)
    page.locator(".zl-empty a").click()
    expect(page.locator("table").first).to_be_visible()
    assert page.locator(".zl img").count() == 0


def names(page: Page) -> list[str]:
    return page.locator(".zl-bodies a").all_inner_texts()


def test_townships_are_listed_by_district(visit: VisitorMaker) -> None:
    page = visit().open("/responsibility?tab=bodies&kind=township")
    expect(page.locator("body")).to_contain_text("请先选择区县")
    page.get_by_role("link", name="渝中区", exact=True).click()
    expect(page.locator(".zl-bodies li").first).to_be_visible()
    assert len(names(page)) > 10


def test_without_a_question_the_page_offers_some(visit: VisitorMaker) -> None:
    page = visit().open("/responsibility")
    page.locator("h2", has_text="记录中问题较多的").locator("xpath=following-sibling::p//a").first.click()
    expect(page).to_have_url(re.compile("place=.*sector=|sector=.*place="))
    expect(page.locator("h2", has_text="行业：市级主管部门")).to_be_visible()
