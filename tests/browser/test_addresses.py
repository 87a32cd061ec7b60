"""The address is the whole state: it can be sent, reloaded, and gone back to."""

import re

from playwright.sync_api import Page, expect
from visitor import Visitor, VisitorMaker


def open_first_proof(visitor: Visitor, path: str) -> Page:
    page = visitor.open(path)
    page.locator(".zl-why").first.click()
    expect(page.locator(".zl-proof")).to_be_visible()
    return page


def test_a_link_opens_the_same_issue_tab_and_proof_for_somebody_else(visit: VisitorMaker) -> None:
    page = open_first_proof(visit(), "/issue?id=CQ-001&lang=en&tab=state")
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator(".zl-proof")).to_have_text(
        page.locator(".zl-proof").inner_text(), use_inner_text=True
    )
    expect(colleague.page.locator(".zl-proof")).to_be_in_viewport()
    expect(colleague.page.locator("h2").first).to_have_text("Duties and dates")


def test_back_and_forward_step_through_what_was_seen(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.locator(".zl-nav a").nth(1).click()
    page.get_by_role("link", name="CQ-001", exact=True).click()
    expect(page.locator(".zl-three")).to_be_visible()
    page.locator(".zl-why").first.click()
    expect(page.locator(".zl-proof")).to_be_visible()
    page.go_back()
    expect(page.locator(".zl-proof")).to_have_count(0)
    expect(page.locator(".zl-three")).to_be_visible()
    page.go_back()
    expect(page.locator(".zl-filters")).to_be_visible()
    page.go_forward()
    expect(page.locator(".zl-three")).to_be_visible()
    page.go_forward()
    expect(page.locator(".zl-proof")).to_be_visible()


def test_a_link_inside_never_reloads_the_page(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.evaluate("window.same = true")
    for link in (".zl-nav a >> nth=1", "text=CQ-001", ".zl-why >> nth=0", ".zl-nav a >> nth=2", ".zl-brand"):
        page.locator(link).first.click()
        page.wait_for_timeout(400)
        visitor.settle()
    assert page.evaluate("window.same") is True


def test_the_language_stays_while_going_around(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Overview")
    page.locator(".zl-nav a").nth(1).click()
    expect(page.locator("h1")).to_have_text("Issues")
    page.get_by_role("link", name="CQ-001", exact=True).click()
    expect(page.locator("h2").first).to_have_text("Facts")
    page.reload()
    expect(page.locator("h2").first).to_have_text("Facts")


def test_two_sessions_do_not_see_each_other(visit: VisitorMaker) -> None:
    one, other = visit(), visit()
    one.open("/issues?q=码头")
    other.open("/issues?lang=en")
    expect(one.page.locator("h1")).to_have_text("问题清单")
    expect(other.page.get_by_label("Search issues")).to_have_value("")
    one.page.reload()
    expect(one.page.locator("h1")).to_have_text("问题清单")


def test_filters_and_search_stand_in_the_address(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issues")
    everything = page.locator("tbody tr").count()
    page.locator(".zl-filters details", has_text=re.compile("^督察")).locator("a").first.click()
    expect(page).to_have_url(re.compile("inspection="))
    expect(page.locator(".zl-chosen")).to_be_visible()
    field = page.get_by_label("搜索问题")
    for words in ("码头", "厂"):  # two characters, one character
        field.fill(words)
        field.press("Enter")
        expect(page).to_have_url(re.compile("q="))
        visitor.settle()
        expect(page.locator("tbody tr").first).to_be_visible()
        assert 0 < page.locator("tbody tr").count() < everything
    page.get_by_role("link", name="清除全部筛选").click()
    expect(page.locator("tbody tr")).to_have_count(everything)


def test_dark_is_chosen_once_for_all_pages(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.get_by_role("link", name="深色").click()
    expect(page.get_by_role("link", name="浅色")).to_be_visible()
    visitor.open("/law?at=a39")
    dark = "rgb(21, 24, 29)"
    assert page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor") == dark
    page.get_by_role("link", name="浅色").click()
    expect(page.get_by_role("link", name="深色")).to_be_visible()


def test_the_as_of_date_is_carried_along(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/?as_of=2024-06-01")
    expect(page.locator(".zl-top-side")).to_contain_text("截至2024年6月1日")
    page.locator(".zl-nav a").nth(1).click()
    page.get_by_role("link", name="CQ-001", exact=True).click()
    expect(page.locator(".zl-three")).to_be_visible()
    expect(page.locator(".zl-top-side")).to_contain_text("截至2024年6月1日")
    expect(page).to_have_url(re.compile("as_of=2024-06-01"))


def test_sample_data_are_told_apart_and_can_be_left_out_everywhere(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/?as_of=2026-11-22")
    expect(page.locator(".zl-samples")).to_contain_text(re.compile("个问题中，55个是示例数据（虚构）"))
    late = page.locator('[data-figure="late"]')
    expect(late).to_contain_text("其中示例2")
    expect(late.locator("dd")).to_have_text("2")
    page.get_by_role("link", name="不看示例").click()
    expect(page.locator(".zl-samples-out")).to_contain_text("示例数据（虚构）未计入")
    expect(late.locator("dd")).to_have_text("0")
    main = page.locator('[data-testid="stMain"]')
    expect(main).not_to_contain_text("【示例】")
    for name, title in (("问题", "问题清单"), ("时限", "时限"), ("职责", "职责")):
        page.locator(".zl-nav").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(title)
        visitor.settle()
        expect(page).to_have_url(re.compile("samples=no"))
        expect(main).not_to_contain_text(re.compile("【示例】|（示例）|SL-1"))
    visitor.open("/search?samples=no&q=白杨区")
    expect(main).not_to_contain_text("白杨区（示例）")
    expect(visitor.open("/issue?samples=no&id=SL-105").locator(".zl-empty")).to_contain_text("SL-105")
    page.get_by_role("link", name="连同示例一起看").click()
    expect(page.locator("h1")).to_contain_text("【示例】")
    expect(page).not_to_have_url(re.compile("samples"))
