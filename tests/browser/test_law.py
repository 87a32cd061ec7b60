"""The regulation can be read, jumped in and asked: every word leads to the norm it carries, and back."""

import re

import pytest
from playwright.sync_api import Page, expect
from visitor import Visitor, VisitorMaker


def jump(visitor: Visitor, words: str) -> Page:
    field = visitor.page.locator(".zl-law-bar input[type=search]")
    field.fill(words)
    field.press("Enter")
    expect(visitor.page).to_have_url(re.compile("at="))
    visitor.settle()
    return visitor.page


@pytest.mark.parametrize(
    ("words", "place", "title"),
    [
        ("36", "a36.p1", "第三十六条"),
        ("36.3", "a36.p3", "第三十六条第三款"),
        ("第三十六条第三款", "a36.p3", "第三十六条第三款"),
        ("50（五）", "a50.p1.i5", "第五十条第（五）项"),
        ("第五十条第五项", "a50.p1.i5", "第五十条第（五）项"),
        ("３９条４款", "a39.p4", "第三十九条第四款"),
    ],
)
def test_any_way_of_writing_a_place_leads_there(
    visit: VisitorMaker, words: str, place: str, title: str
) -> None:
    visitor = visit()
    visitor.open("/law")
    page = jump(visitor, words)
    expect(page).to_have_title(f"{title} · 责链")
    here = page.locator("[data-here]")
    expect(here).to_have_attribute("id", place)
    expect(here).to_be_in_viewport()
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator("[data-here]")).to_have_attribute("id", place)


def test_a_place_that_does_not_exist_leads_to_the_nearest_and_says_so(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?at=36.3.2")
    expect(page.locator(".zl-law [role=status]")).to_have_text("没有“36.3.2”，以下为第三十六条第三款。")
    expect(page.locator("[data-here]")).to_have_attribute("id", "a36.p3")
    page = visitor.open("/law?at=码头")
    expect(page.locator(".zl-empty")).to_contain_text("码头")
    page.locator(".zl-empty a").click()
    expect(page.locator(".zl-hits li").first).to_be_visible()


def test_articles_can_be_turned_like_pages(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?at=a38")
    page.get_by_role("link", name="第三十九条 →").click()
    expect(page).to_have_title("第三十九条 · 责链")
    expect(page.locator(".zl-chapter")).to_have_text("第七章 督察结果运用")
    page.get_by_role("link", name="← 第三十八条").click()
    expect(page).to_have_title("第三十八条 · 责链")


def test_words_lead_to_the_norm_they_carry_and_the_norm_marks_its_words(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?at=a36.p3")
    page.locator("#a36\\.p3 .zl-carries", has_text="6个月内").click()
    expect(page).to_have_url(re.compile(r"norm=a36\.p3\.s2"))
    sheet = page.locator(".zl-sheet")
    expect(sheet.locator("h2")).to_contain_text("6个月内报市委、市政府")
    expect(page.locator(".zl-quoted")).to_have_text(re.compile("^例行督察的整改情况.*进展情况$"))
    expect(page.locator("#a36\\.p3 .zl-beside a[aria-current]")).to_have_count(1)
    expect(sheet).to_be_in_viewport()
    page.locator(".zl-beside a[aria-current]").click()
    expect(sheet).to_have_count(0)
    page.go_back()
    expect(sheet).to_be_visible()


def test_words_that_carry_several_norms_lead_to_each_in_turn(visit: VisitorMaker) -> None:
    page = visit().open("/law?at=a36.p3")
    words = page.locator("#a36\\.p3 .zl-carries", has_text="被督察对象负责办理")
    seen = set()
    for _ in range(2):
        before = page.url
        words.click()
        expect(page).not_to_have_url(before)
        expect(words).to_have_class(re.compile("zl-quoted"))
        seen.add(re.search(r"norm=([\w.]+)", page.url)[1])  # type: ignore[index]
    assert seen == {"a36.p3.n1", "a36.p3.s1"}


def test_a_link_opens_a_norm_with_its_elements_reading_and_both_readings(visit: VisitorMaker) -> None:
    page = visit().open("/law?norm=a36.p3.s2")
    sheet = page.locator(".zl-sheet")
    for words in (
        "被督察对象",
        "确定期限",
        "整改方案印发日期",
        "所取解读",
        "另一解读",
        "印发记录",
        "经领导小组办公室转报",
    ):
        expect(sheet).to_contain_text(words)
    counted = sheet.locator(".zl-counted a").first
    expect(counted).to_have_attribute("href", re.compile(r"issues\?.*norm=a36\.p3\.s2.*status="))
    counted.click()
    expect(page.locator(".zl-chosen, .zl-rows").first).to_be_visible()


def test_a_norm_without_a_rule_says_why(visit: VisitorMaker) -> None:
    page = visit().open("/law?norm=a3.p1.s1")
    expect(page.locator(".zl-sheet")).to_contain_text("不设规则的理由")
    expect(page.locator(".zl-sheet .zl-tabs")).not_to_contain_text("规则 ")


def test_rules_read_as_sentences(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?norm=a36.p3.s2")
    page.locator(".zl-sheet .zl-tabs a", has_text="规则").click()
    rules = page.locator(".zl-rules")
    expect(rules).to_contain_text("J：B依本规范的期限为X")
    expect(rules).to_contain_text("B在J中的整改方案于D由载明的机关印发；D起满6个月为X")
    expect(page).to_have_url(re.compile("show=rules"))
    page = visitor.open("/law?norm=a36.p3.s2&show=rules&lang=en")
    expect(page.locator(".zl-rules")).to_contain_text("6 months after D is X")


def test_cases_and_words_open_beside_the_norm(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?norm=a36.p3.s2&show=cases")
    cases = page.locator(".zl-cases")
    expect(cases.locator("summary").first).to_have_text(re.compile(r"应当得出结论的案例（\d+）"))
    expect(cases).to_contain_text("方案尚未印发")
    page = visitor.open("/law?norm=a36.p3.s2&show=words")
    row = page.locator(".zl-grounds tr", has_text="市级例行督察")
    expect(row.locator("q").first).to_have_text("例行督察")


def test_the_coverage_of_an_article_accounts_for_every_character(visit: VisitorMaker) -> None:
    page = visit().open("/law?at=a36")
    page.locator(".zl-article-head", has_text="第三十六条").locator(".zl-why").click()
    sheet = page.locator(".zl-sheet")
    expect(sheet).to_contain_text("未分配 0")
    expect(sheet).to_contain_text("没有原文依据的 0")


def test_the_front_says_where_the_text_comes_from_and_whether_it_holds(visit: VisitorMaker) -> None:
    page = visit().open("/law")
    front = page.locator(".zl-law-front")
    for words in (
        "中共重庆市委办公厅",
        "2021年3月19日",
        "据公开报道",
        "已于2025-04-28废止",
        "由有权机关确定",
    ):
        expect(front).to_contain_text(words)
    expect(page.locator("#a0\\.p1")).to_contain_text("印发了")


def test_the_english_reader_keeps_chinese_for_the_words_of_the_law_only(visit: VisitorMaker) -> None:
    visitor = visit()
    for path in ("/law?lang=en", "/law?norm=a39.p3.s1&lang=en", "/law?norm=a39.p3.s1&show=words&lang=en"):
        page = visitor.open(path)
        chrome = page.locator(
            ".zl-sheet dt, .zl-sheet h3, .zl-tabs, .zl-sheet th, .zl-beside > div > span:not([lang]),"
            " .zl-law-front dt, .zl-law-front summary, .zl-article-head .zl-why, .zl-turn-articles,"
            " .zl-law-legend, .zl-par-number"
        )
        assert chrome.count() > 5
        for words in chrome.all_inner_texts():
            assert not re.search("[\u4e00-\u9fff]", words), f"{path}: {words}"


def test_the_reader_fits_a_phone(visit: VisitorMaker) -> None:
    visitor = visit(420)
    for show in ("", "&show=rules", "&show=cases", "&show=words"):
        page = visitor.open(f"/law?norm=a39.p3.s1{show}")
        assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollWidth <= e.clientWidth")
        sheet = page.locator(".zl-sheet")
        assert sheet.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
