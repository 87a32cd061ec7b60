"""Anything can be found by a word of any length, and what is typed is only ever looked for."""

import re

import pytest
from playwright.sync_api import Page, expect
from visitor import HOSTILE, Visitor, VisitorMaker


def search(visitor: Visitor, words: str) -> Page:
    field = visitor.page.locator(".zl-search-field input[type=search]")
    field.fill(words)
    field.press("Enter")
    expect(visitor.page).to_have_url(re.compile("q="))
    visitor.settle()
    return visitor.page


@pytest.mark.parametrize("words", ["码头", "厂", "ＣＱ-００１", "督察组"])
def test_words_of_one_and_two_characters_are_found_and_marked(visit: VisitorMaker, words: str) -> None:
    visitor = visit()
    visitor.open("/search")
    page = search(visitor, words)
    hits = page.locator(".zl-hits li")
    expect(hits.first).to_be_visible()
    for hit in hits.all():
        assert hit.locator("mark").count() > 0, hit.inner_text()


def test_the_field_in_the_head_leads_here_from_any_page(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?at=a39&lang=en")
    field = page.locator(".zl-top input[type=search]")
    field.fill("云安联盛")
    field.press("Enter")
    expect(page.locator("h1")).to_have_text("Search")
    page.get_by_role("link", name="云安联盛码头").click()
    expect(page).to_have_url(re.compile("issue.*id=CQ-001"))


def test_results_come_by_kind_and_can_be_narrowed_turned_and_sent(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/search?q=督察")
    assert page.locator(".zl-search section").count() >= 4
    page.locator(".zl-search-kinds a", has_text="规范").click()
    expect(page).to_have_url(re.compile("kind=norm"))
    expect(page.locator(".zl-search section")).to_have_count(1)
    first = page.locator(".zl-hits li").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".zl-hits li").first).not_to_have_text(first, use_inner_text=True)
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    assert colleague.page.locator(".zl-hits").inner_text() == page.locator(".zl-hits").inner_text()
    page.go_back()
    expect(page.locator(".zl-hits li").first).to_have_text(first, use_inner_text=True)


def test_a_norm_that_was_found_is_opened_in_the_regulation(visit: VisitorMaker) -> None:
    page = visit().open("/search?q=6个月内报&kind=norm")
    page.locator(".zl-hit-name").first.click()
    expect(page.locator(".zl-sheet h2")).to_contain_text("6个月内报")


def test_a_place_of_the_regulation_is_offered_directly(visit: VisitorMaker) -> None:
    page = visit().open("/search?q=36.3")
    page.locator(".zl-offers a").click()
    expect(page.locator("[data-here]")).to_have_attribute("id", "a36.p3")


def test_the_number_of_an_issue_opens_it_with_enter(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/law?at=a39")
    field = page.locator(".zl-top input[type=search]")
    field.fill("ｃｑ-００１")
    field.press("Enter")
    first = page.locator(".zl-offers a").first
    expect(first).to_contain_text("问题 CQ-001 云安联盛码头")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/issue.*id=CQ-001"))
    page.go_back()
    expect(page.locator(".zl-hits li").first).to_contain_text("CQ-001")


def test_who_is_responsible_is_offered_and_says_what_it_opens(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/search?q=綦江 畜禽养殖")
    offers = page.locator(".zl-offers")
    expect(offers.get_by_role("link", name="某领域截至某日发现了哪些问题")).to_be_visible()
    expect(offers).to_contain_text("现成问题；区县：綦江区；行业领域：畜禽养殖（未分规模）")
    offers.get_by_role("link", name="谁负责：綦江区 · 畜禽养殖").click()
    expect(page.locator("h1")).to_contain_text("綦江区")
    page = visitor.open("/search?q=无证码头&lang=en")
    expect(page.locator(".zl-offers li").first).to_have_text(
        "Who is responsible: 码头“码头” means: 港口码头, 长江岸线"
    )
    expect(page.locator(".zl-offers h2")).to_have_text("Open directly")
    page.get_by_role("link", name="Search “码头” only").click()
    expect(page.locator(".zl-search-kinds")).to_contain_text("Sectors")


def test_succession_is_offered_with_the_question_filled_in(visit: VisitorMaker) -> None:
    page = visit(420).open("/search?q=渝北区承继")
    assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollWidth <= e.clientWidth")
    page.locator(".zl-offers").get_by_role("link", name="已撤销的单位由谁承继").click()
    expect(page).to_have_url(re.compile("questions.*q=who-succeeds.*district=d500112"))
    page.go_back()
    page.locator(".zl-offers").get_by_role("link", name="渝北区的承继").click()
    expect(page.locator("#succession")).to_be_visible()


def test_a_name_that_is_nearly_right_is_suggested(visit: VisitorMaker) -> None:
    page = visit().open("/search?q=云洋县政府")
    expect(page.locator(".zl-search-hint")).to_contain_text("您是不是要找：云阳县政府")


def test_an_old_name_is_found_and_says_until_when(visit: VisitorMaker) -> None:
    visitor = visit()
    expect(visitor.open("/search?q=市环保局").locator(".zl-hits")).to_contain_text("市生态环境局")
    hits = visitor.open("/search?q=江北区&kind=district").locator(".zl-hits")
    expect(hits).to_contain_text("存续至2026年1月24日")


@pytest.mark.parametrize(
    "query",
    [
        HOSTILE,
        '"',
        "*",
        "NEAR(码头 厂)",
        "码头 OR",
        "-",
        "a" * 3000,
        "<script>",
        "' OR 1=1 --",
        "%",
        "\\",
        "{0}",
    ],
)
def test_hostile_words_are_looked_for_and_never_obeyed(visit: VisitorMaker, query: str) -> None:
    visitor = visit()
    visitor.open("/search")
    page = search(visitor, query)
    expect(page.locator("h1")).to_have_text("搜索")
    expect(page).not_to_have_title("hacked")
    assert page.locator(".zl img").count() == 0
    assert page.locator(".stException").count() == 0


def test_hostile_text_of_a_ledger_is_shown_as_it_stands(visit: VisitorMaker) -> None:
    page = visit().open("/search?q=onerror")
    expect(page.locator(".zl-hits")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".zl-hits mark").first).to_have_text("onerror")
    assert page.locator(".zl img").count() == 0


def test_nothing_found_says_what_to_do_next(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/search?q=没有这样的一句话啊")
    expect(page.locator(".zl-empty")).to_contain_text("没有这样的一句话啊")
    page = visitor.open("/search?q=没有这样的一句话啊&lang=en")
    expect(page.locator(".zl-empty")).to_contain_text("Nothing found")
    page = visitor.open("/search")
    page.locator(".zl-empty a").first.click()
    expect(page.locator(".zl-hits li").first).to_be_visible()


def test_the_english_page_has_english_words_around_what_was_found(visit: VisitorMaker) -> None:
    page = visit().open("/search?q=deadline&lang=en")
    expect(page.locator(".zl-hits li").first).to_be_visible()
    for words in page.locator("h1, .zl-search h2, .zl-search-kinds, .zl-search-field").all_inner_texts():
        assert not re.search("[\u4e00-\u9fff]", words), words


def test_search_fits_a_phone(visit: VisitorMaker) -> None:
    page = visit(420).open("/search?q=督察")
    assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollWidth <= e.clientWidth")
