"""Every page opens in both languages, both schemes, on a desk and on a phone, and asks nobody else."""

import re
from typing import Literal

import pytest
from playwright.sync_api import expect
from streamlit.elements import exception
from visitor import HOSTILE, VisitorMaker

from app.explorer import serve
from app.explorer.words import beginning

PAGES = {
    "overview": ("/", "总览", "Overview"),
    "overview of a place": ("/?place=d500112&month=2026-12", "总览：渝北区", "Overview: 渝北区"),
    "districts": ("/district", "区县", "Districts"),
    "district": ("/district?id=d500112", "渝北区", "渝北区"),
    "district of samples": ("/district?id=dBaiyang", "白杨区（示例）", "白杨区（示例）"),
    "issues": ("/issues", "问题清单", "Issues"),
    "issue": ("/issue?id=CQ-001", "云安联盛码头", "云安联盛码头"),
    "duties": ("/duties", "时限与责任日历", "Deadlines and duties"),
    "duties ahead": ("/duties?tab=ahead", "时限与责任日历", "Deadlines and duties"),
    "inspections": ("/inspection", "督察", "Inspections"),
    "inspection": ("/inspection?id=i-m2-1", "市级二轮一批", "市级二轮一批"),
    "law": ("/law?at=a39.p4", "第三十九条第四款", "Art. 39 para. 4"),
    "front of the law": ("/law", "办法全文", "The regulation"),
    "norm": ("/law?norm=a36.p3.s2", "第三十六条第三款", "Art. 36 para. 3"),
    "who is responsible": (
        "/responsibility?sector=s_port&place=d500112&target=1",
        "谁负责：渝北区、港口码头",
        "Who is responsible: 渝北区, 港口码头",
    ),
    "bodies": ("/responsibility?tab=bodies", "职责", "Responsibilities"),
    "unit": ("/unit?id=dBaiyang_gov", "白杨区政府（示例）", "白杨区政府（示例）"),
    "questions": ("/questions", "现成查询", "Ready questions"),
    "question": (
        "/questions?q=conclusions-on-norm",
        "哪些结论依据某条规范",
        "Which conclusions rest on a norm",
    ),
    "form": ("/record?tab=form&kind=finding&about=SL-105", "录入认定", "Record: finding"),
    "entry": ("/record?tab=form&entry=SL-105", "问题 SL-105", "issue SL-105"),
    "receipt": ("/record?tab=receipts&receipt=1&p=9", "推理凭据第 1 号", "Receipt no. 1"),
    "search": ("/search?q=码头", "搜索“码头”", "Search “码头”"),
}
WIDTHS = (1360, 420)  # a desk and a phone
PAPER: dict[Literal["light", "dark"], str] = {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 24, 29)"}
CJK = re.compile("[\u4e00-\u9fff]")
#: Cells of tables that do not say what they are, though the heads are not to be seen.
UNNAMED = """() => [...document.querySelectorAll('.zl table')].filter(
    table => table.tHead && table.offsetHeight && getComputedStyle(table.tHead).display === 'none'
).flatMap(table => {
    const heads = [...table.tHead.rows[0].cells].map(each => each.textContent);
    return [...table.tBodies[0].rows].filter(row => row.cells.length === heads.length).flatMap(row =>
        [...row.cells].filter((cell, n) => cell.childNodes.length && heads[n]
            && !getComputedStyle(cell, '::before').content.includes(heads[n])
        ).map(cell => cell.innerText));
})"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens_without_horizontal_scrolling(visit: VisitorMaker, lang: str) -> None:
    desk, phone = visit(WIDTHS[0], "light"), visit(WIDTHS[1], "dark")
    for number, (path, zh, en) in enumerate(PAGES.values()):
        # Opened on a desk in one language, on a phone in the other, and shown on the other as well.
        at_desk = number % 2 == (lang == "zh")
        page = (desk if at_desk else phone).open(path + ("&" if "?" in path else "?") + f"lang={lang}")
        expect(page).to_have_title(f"{zh} · 责链" if lang == "zh" else f"{en} · ZeLian")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
        shown = [*zip(WIDTHS, PAPER, strict=True)]
        for width, scheme in shown if at_desk else shown[::-1]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            expect(page.locator(".stApp")).to_have_css("background-color", PAPER[scheme])
            page.wait_for_timeout(100)  # what is drawn to measure follows the window
            if width == WIDTHS[0]:  # in one line
                assert page.locator(".zl-nav").evaluate("e => e.offsetHeight") < 45
            main = page.locator('[data-testid="stMain"]')
            assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), f"{path} scrolls sideways"
            wide = page.locator(".zl").evaluate_all(
                "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 80))"
            )
            assert not wide, f"{path} at {width}: {wide}"
            assert page.evaluate(UNNAMED) == [], f"{path} at {width}"
        page.emulate_media(color_scheme="light" if at_desk else "dark")
        page.set_viewport_size({"width": WIDTHS[0] if at_desk else WIDTHS[1], "height": 900})


def test_no_chinese_is_left_in_the_english_chrome(visit: VisitorMaker) -> None:
    visitor = visit()
    for path, *_ in PAGES.values():
        page = visitor.open(path + ("&" if "?" in path else "?") + "lang=en")
        chrome = page.locator(
            ".zl-nav, .zl-brand, .zl-foot, .zl h2, .zl th, .zl dt, .zl-kind, .zl-status, .zl-why"
        )
        for words in chrome.all_inner_texts():
            assert not CJK.search(words), f"{path}: {words}"


def test_the_security_policy_admits_no_other_host(visit: VisitorMaker) -> None:
    visitor = visit()
    answer = visitor.page.goto(visitor.address)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert "unsafe-eval" not in policy
    visitor.settle()


def test_an_error_nobody_foresaw_is_told_in_our_words_and_leads_nowhere_outside() -> None:
    assert exception._GENERIC_UNCAUGHT_EXCEPTION_TEXT in beginning("streamlit: ")
    assert serve.options(None, browser=False)["client.showErrorLinks"] is False


def test_hostile_text_is_shown_and_never_run(visit: VisitorMaker) -> None:
    visitor = visit()
    for path in ("/issues?q=onerror", "/issue?id=X-1", "/issue?id=<img src=x onerror=1>", "/law?at=<script>"):
        page = visitor.open(path)
        expect(page).not_to_have_title("hacked")
        assert page.locator(".zl img").count() == 0
        assert page.locator('.zl a[href^="javascript"]').count() == 0
    expect(visitor.open("/issue?id=X-1").locator("h1")).to_have_text(HOSTILE)


def test_an_unknown_issue_or_article_says_what_to_do_next(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=nowhere")
    page.locator(".zl-empty a").click()
    expect(page.locator(".zl-filters")).to_be_visible()
    expect(visitor.open("/law?at=a99").locator(".zl-empty")).to_contain_text("a99")
    expect(visitor.open("/issues?q=没有这样的词").locator(".zl-empty")).to_contain_text("没有符合条件的问题")


def test_the_first_page_is_there_down_to_its_foot(visit: VisitorMaker) -> None:
    visitor = visit()
    visitor.page.goto(visitor.address)
    visitor.page.locator(".zl-foot").wait_for()


def test_every_status_on_the_overview_opens_the_issues_it_is_made_of(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    assert page.locator(".zl-figures dd").count() <= 5
    links = [each.get_attribute("href") for each in page.locator(".zl-bars a").all()]
    assert len(links) >= 10
    for link in links:
        expect(visitor.open(f"/{link}").locator("tbody tr").first).to_be_visible()
