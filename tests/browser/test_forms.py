"""Recording by form: the effect is seen first, then saved; entries are corrected and nothing is lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from visitor import Visitor, VisitorMaker, choose

from reasoner.records.record import Claim, Record, Source

expect.set_options(timeout=60_000)  # reasoning anew takes a while

CJK = re.compile("[\u4e00-\u9fff]")
WHO = "督察办综合处"
DAY = "&as_of=2026-11-22"
REPORT = (
    "/record?tab=form&kind=progressReport&about=i-s-routine-2024&to=municipalCommittee,municipalGovernment"
)


def opened(visitor: Visitor, path: str) -> Page:
    page = visitor.open(path + DAY)
    expect(page.get_by_role("button", name=re.compile("预览影响|Preview"))).to_be_visible(timeout=20_000)
    return page


def say_who(page: Page) -> None:
    page.get_by_label("录入人").fill(WHO)
    page.keyboard.press("Tab")
    expect(page.get_by_text(f"录入人：{WHO}")).to_be_visible()


def look_up(page: Page, label: str, words: str) -> None:
    field = page.get_by_label(label).first
    field.fill(words)
    field.press("Enter")
    expect(field).to_have_value("")


def type_day(page: Page, key: str, digits: str) -> None:
    page.locator(f"[class*='-{key}'] [data-type=year]").click()
    page.keyboard.type(digits)
    expect(page.locator(f"[class*='-{key}'] [data-type=day]")).to_have_text(digits[6:])


def preview(page: Page) -> Locator:
    page.get_by_role("button", name="预览影响").click()
    effect = page.locator(".zl-effect")
    expect(effect).to_be_visible(timeout=30_000)
    return effect


def save(page: Page) -> str:
    """Save, and return the number that the entry was given."""
    button = page.get_by_role("button", name="保存", exact=True)
    expect(button).to_be_enabled()
    button.click()
    saved = page.locator(".zl-saved")
    expect(saved).to_be_visible(timeout=40_000)
    found = re.search(r"已保存：(\S+)", saved.inner_text())
    assert found
    return found[1]


def test_a_report_turns_overdue_into_performed_and_the_preview_said_so(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    page = opened(visitor, REPORT)
    say_who(page)
    look_up(page, "作出主体", "示例水务集团")
    type_day(page, "on", "20250110")
    expect(page.get_by_role("button", name="保存", exact=True)).to_be_disabled()
    effect = preview(page)
    turned = effect.locator(".zl-effects li", has_text="示例水务集团").first
    expect(turned.locator(".zl-status").nth(0)).to_contain_text("逾期")
    expect(turned.locator(".zl-status").nth(1)).to_contain_text("已履行")
    expect(turned).to_contain_text("本条记录")
    id = save(page)
    expect(page).to_have_url(re.compile(f"entry={id}"))
    expect(page.locator(".zl-saved")).to_contain_text(re.compile(r"语句 \d+–\d+"))
    expect(page.locator(".zl-stands")).to_contain_text("示例水务集团")
    expect(page.locator(".zl-stands")).to_contain_text(WHO)
    page.locator(".zl-saved a", has_text="2024例行一批").click()
    expect(page).to_have_url(re.compile("inspection.*id=i-s-routine-2024"))
    again = opened(visitor, f"{REPORT}&by=eWater&on=2025-01-10")
    expect(preview(again)).to_contain_text("结论没有变化")


def test_a_finding_with_its_decider_is_retracted_and_both_stay_readable(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    page = opened(visitor, "/record?kind=finding&about=SL-101&what=suspectedCrime")
    say_who(page)
    look_up(page, "认定主体", "市示例整改核查中心")
    type_day(page, "on", "20250601")
    choose(page.get_by_label("认定状态"), "成立")
    look_up(page, "认定文书", "示例核〔2025〕99号")
    look_up(page, "权限依据", "示例督〔2024〕1号")
    effect = preview(page)
    expect(effect.locator(".zl-effects")).to_contain_text("信息不足")
    expect(effect.locator(".zl-effects")).to_contain_text("待履行")
    id = save(page)
    issue = visitor.open("/issue?id=SL-101" + DAY)
    expect(issue.locator("body")).to_contain_text("涉嫌犯罪")
    page = opened(visitor, f"/record?tab=form&entry={id}&retract=all")
    say_who(page)
    effect = preview(page)
    expect(effect.locator(".zl-effects")).to_contain_text("信息不足")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".zl-fault")).to_contain_text("请填写理由")
    page.get_by_label("理由").fill("文书已撤销")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    save(page)
    expect(page.get_by_text("已全部撤回")).to_be_visible()
    past = page.locator(".zl-history")
    expect(past.locator("li > ul > li", has_text="撤回").first).to_be_visible()
    expect(past).to_contain_text("文书已撤销")
    expect(past.locator("del", has_text="涉嫌犯罪").first).to_be_visible()


def test_a_wrong_field_says_what_is_expected_and_nothing_can_be_saved(visit_own: VisitorMaker) -> None:
    page = opened(visit_own(), REPORT)
    field = page.get_by_label("作出主体").first
    field.fill("李四")
    field.press("Enter")
    expect(page.get_by_text("没有找到“李四”")).to_be_visible()
    effect = preview(page)
    expect(effect).to_contain_text("作出主体")
    expect(effect).to_contain_text("应为已登记的单位")
    expect(page.locator("[class*='zlfield-act-by'] .zl-fault")).to_be_visible()
    expect(page.get_by_role("button", name="保存", exact=True)).to_be_disabled()
    field.fill("示例水务")  # a part of a name offers what it may be
    field.press("Enter")
    page.get_by_role("button", name="示例水务集团").first.click()
    expect(field).to_have_value("")
    expect(page.get_by_text("内容已改动，请重新预览")).to_be_visible()


def test_no_field_asks_for_the_name_of_a_person(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    for kind in ("act", "finding", "issue", "post", "cadreMatter"):
        page = opened(visitor, f"/record?tab=form&kind={kind}")
        labels = page.locator('[data-testid="stWidgetLabel"]').all_inner_texts()
        assert not [label for label in labels if re.search("姓名|责任人|干部姓", label)]


def test_an_entry_of_a_ledger_is_corrected_and_the_ledger_is_named(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    page = visitor.open("/record?tab=form&q=m24-yunling-untruthful" + DAY)
    page.locator(".zl-entries a").first.click()
    expect(page.get_by_text("routine-2024.ttl").first).to_be_visible()
    page.get_by_role("link", name="更正", exact=True).click()
    expect(page.get_by_role("button", name="预览影响")).to_be_visible(timeout=20_000)
    say_who(page)
    type_day(page, "on", "20250619")
    page.get_by_label("理由").fill("日期录错，以原件为准")
    page.keyboard.press("Tab")
    effect = preview(page)
    expect(effect.locator("del")).to_contain_text("2025年6月18日")
    expect(effect.locator(".zl-statements")).to_contain_text("2025年6月19日")
    save(page)
    past = page.locator(".zl-history")
    expect(past.locator("del", has_text="2025年6月18日")).to_be_visible()
    expect(past.locator("ins", has_text="2025年6月19日")).to_be_visible()


def test_what_a_link_says_is_filled_in_and_what_it_garbles_is_named(visit_own: VisitorMaker) -> None:
    visitor = visit_own()
    path = "/record?kind=event&actClass=progressReport&about=i-s-routine-2024&by=没有这个&on=2025-13-01"
    page = opened(visitor, path)
    expect(page.get_by_text("无法识别")).to_contain_text("作出主体=没有这个")
    expect(page.get_by_text("无法识别")).to_contain_text("行为日期=2025-13-01")
    expect(page.locator("[class*='zlfield-act-about']")).to_contain_text("2024例行一批")
    page = opened(visitor, "/record?kind=completeness&what=transferRecords&about=SL-101")
    expect(page.locator("[class*='zlfield-completeness']", has_text="所属督察")).to_contain_text(
        "2024例行一批"
    )
    page = visitor.open("/record?kind=天气")
    expect(page.locator(".zl-empty")).to_contain_text("天气")


def test_what_a_form_is_about_stands_in_the_address_and_half_typed_words_do_not(
    visit_own: VisitorMaker,
) -> None:
    visitor = visit_own()
    page = opened(visitor, "/record?tab=form&kind=finding")
    look_up(page, "认定对象", "SL-105")
    expect(page).to_have_url(re.compile("about=SL-105"))
    page.get_by_label("录入依据").fill("半句")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert "%E5%8D%8A" not in page.url
    other = opened(visit_own(), page.url.replace(visitor.address, "").replace(DAY, ""))
    expect(other.locator("[class*='zlfield-finding-about']")).to_contain_text("SL-105")
    expect(other.get_by_label("录入依据")).to_have_value("")


def test_a_preview_is_renewed_when_somebody_else_has_saved_what_changes_it(visit_own: VisitorMaker) -> None:
    path = f"{REPORT}&by=sFacilities&on=2025-01-15"
    first, second = (opened(visit_own(), path) for _ in range(2))
    for page in (first, second):
        say_who(page)
        expect(preview(page)).to_contain_text("已履行")
    save(first)
    second.get_by_role("button", name="保存", exact=True).click()
    expect(second.get_by_text("影响已按最新记录重新推算")).to_be_visible(timeout=40_000)
    expect(second.locator(".zl-effect")).to_contain_text("结论没有变化")


def test_an_entry_can_be_made_with_the_keyboard_alone(visit_own: VisitorMaker) -> None:
    page = opened(visit_own(), f"{REPORT}&by=dBaiyang_gov")
    keys = page.keyboard

    def go_to(name: str) -> None:
        for _ in range(120):
            keys.press("Tab")
            found = page.evaluate(
                "() => { const e = document.activeElement;"
                "if (['BODY', 'MAIN'].includes(e.tagName)) return '';"
                "return e.getAttribute('aria-label') || e.innerText || e.getAttribute('data-type') || '' }"
            )
            if name in found:
                return
        pytest.fail(f"the keyboard does not reach {name}")

    go_to("录入人")
    keys.type(WHO)
    keys.press("Enter")
    expect(page.get_by_text(f"录入人：{WHO}")).to_be_visible()
    go_to("year")
    keys.type("20250303")
    go_to("文书")
    keys.type("示例白委〔2025〕10号")
    keys.press("Enter")
    expect(page.get_by_role("button", name="新文件：示例白委〔2025〕10号")).to_be_visible()
    go_to("预览影响")
    keys.press("Enter")
    expect(page.locator(".zl-effect")).to_be_visible(timeout=30_000)
    go_to("保存")
    keys.press("Enter")
    expect(page.locator(".zl-saved")).to_be_visible(timeout=40_000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_forms_fit_a_phone_in_both_languages(visit_own: VisitorMaker, lang: str) -> None:
    visitor = visit_own(420)
    for path in (
        "/record?tab=form",
        "/record?tab=form&kind=finding&about=SL-105",
        "/record?tab=form&kind=act",
        "/record?tab=form&entry=SL-105",
        "/record?tab=form&entry=SL-105&edit=1",
        "/record?tab=form&entry=SL-105&retract=all",
    ):
        page = visitor.open(f"{path}&lang={lang}")
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), path
        if lang == "en":
            chrome = page.locator(
                '.zl h2, .zl-kinds, .zl-hint, [data-testid="stWidgetLabel"], .zl-stands .zl-quiet, .stButton'
            )
            for words in chrome.all_inner_texts():
                assert not CJK.search(words), f"{path}: {words}"


def test_names_on_buttons_are_words_and_nothing_else(visit_own: VisitorMaker, own_home: Path) -> None:
    with Record.open(own_home / "record.sqlite") as record, record.transaction("test", "hostile") as change:
        name = "![a](http://x.y/z) :material/home:"
        claims = [Claim("issue", "H-9"), Claim("name", "H-9", name, "text")]
        change.put_row(Source("hostile.csv", row=3, key="H-9"), claims)
    page = opened(visit_own(), "/record?tab=form&kind=finding&about=H-9")
    field = page.locator("[class*='zlfield-finding-about']")
    expect(field).to_contain_text("H-9 ![a](http：//x.y/z)")
    assert field.locator(".stButtonGroup img, .stPills img, button img").count() == 0
