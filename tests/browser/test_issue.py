"""The page of an issue: every question that a reviewer has stands in its address and is answered."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from visitor import HOSTILE, VisitorMaker

SHOWN = "c => (c._cyreg ? c._cyreg.cy.nodes().map(n => n.id()) : []).sort()"

#: The words of every visible edge that cover other words or a node, or through which another edge runs.
COVERED = """c => {
  const cy = c._cyreg.cy, nodes = cy.nodes().toArray();
  const edges = cy.edges().filter((e) => e.visible()).toArray();
  const words = edges.map((e) => e.boundingBox({ includeEdges: false, includeOverlays: false }));
  const boxes = nodes.map((n) => n.boundingBox({ includeLabels: false, includeOverlays: false }));
  const meet = (a, b) => a.x1 + 3 < b.x2 && b.x1 + 3 < a.x2 && a.y1 + 3 < b.y2 && b.y1 + 3 < a.y2;
  const within = ({ x, y }, b) => x > b.x1 + 3 && x < b.x2 - 3 && y > b.y1 + 3 && y < b.y2 - 3;
  const along = (e) => {
    const turns = [e.source().position(), ...(e.segmentPoints() ?? []), e.target().position()];
    return turns.slice(1).flatMap((to, i) => [...Array(40).keys()].map((k) => (
      { x: turns[i].x + (to.x - turns[i].x) * k / 40, y: turns[i].y + (to.y - turns[i].y) * k / 40 })));
  };
  return words.flatMap((box, i) => [
    ...words.map((other, k) => k > i && meet(box, other) && edges[k].id()),
    ...boxes.map((other, k) => meet(box, other) && nodes[k].id()),
    ...edges.map((e) => e !== edges[i] && along(e).some((p) => within(p, box)) && e.id()),
  ].filter(Boolean).map((other) => `${edges[i].id()} | ${other}`));
}"""


def canvas_of(page: Page) -> Locator:
    canvas = page.locator(".canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    shown(page, lambda nodes: bool(nodes))
    return canvas


def shown(page: Page, until: Callable[[list[str]], bool]) -> list[str]:
    """Wait until the nodes on the canvas are as wanted, and return them."""
    nodes: list[str] = []
    for _ in range(100):
        nodes = page.locator(".canvas").evaluate(SHOWN)
        if until(nodes):
            return nodes
        page.wait_for_timeout(50)
    raise AssertionError(nodes)


def click_node(page: Page, node: str) -> None:
    place = canvas_of(page).evaluate(
        "(c, id) => { const p = c._cyreg.cy.getElementById(id).renderedPosition();"
        " const b = c.getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; }",
        node,
    )
    page.mouse.click(*place)


# -- the graph ------------------------------------------------------------------------------------


def test_a_clicked_node_shows_its_relations(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001&tab=chain")
    for node, name in (
        ("d500235_gov", "云阳县政府"),
        ("d500235_party", "云阳县委"),
        ("i-c3", "第三轮中央督察"),
    ):
        click_node(page, node)
        expect(page.locator(".zl-panel h3")).to_have_text(name)


#: From here on, the milliseconds from the next click to a new heading of the panel, as the browser has them.
UNTIL_TOLD = """heading => {
  const root = heading.getRootNode(), before = heading.innerText;
  window.told = new Promise(done => {
    let clicked;
    const click = () => clicked = performance.now();
    document.addEventListener('pointerdown', click, { once: true, capture: true });
    new MutationObserver((_, observer) => {
      const now = root.querySelector('.zl-panel h3')?.innerText;
      if (now && now !== before) { observer.disconnect(); done(performance.now() - clicked); }
    }).observe(root, { subtree: true, childList: true, characterData: true });
  });
}"""


def test_a_clicked_node_is_told_within_half_a_second(visit: VisitorMaker) -> None:
    """As fast as that at least once; the median on a machine with nothing else to do is the benchmark's."""
    page = visit().open("/issue?id=SL-105&tab=chain")
    canvas_of(page)
    took: list[float] = []
    for node in ("teamRoutine2024", "i-s-routine-2024", "sFacilities", "dBaiyang", "ePort") * 5:
        page.locator(".zl-panel h3").evaluate(UNTIL_TOLD)
        click_node(page, node)
        took.append(page.evaluate("() => window.told"))
        if took[-1] < 500:  # other tests run on the same machine
            return
    raise AssertionError(took)


def test_the_graph_is_not_laid_out_anew_when_nothing_in_it_changed(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001&tab=chain")
    canvas = canvas_of(page)
    canvas.evaluate("c => { c._cyreg.cy.nodes()[0].position({ x: 1, y: 2 }); c._cyreg.cy.same = true; }")
    click_node(page, "d500235_gov")
    expect(page.locator(".zl-panel h3")).to_have_text("云阳县政府")
    assert canvas.evaluate("c => c._cyreg.cy.same && c._cyreg.cy.nodes()[0].position('y') === 2")


def test_one_node_unfolds_and_folds_and_the_address_remembers_it(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=SL-105&tab=chain&node=dBaiyang")
    canvas = canvas_of(page)
    first = canvas.evaluate(SHOWN)
    canvas.focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("open=dBaiyang"))
    unfolded = canvas.evaluate(SHOWN)
    assert len(unfolded) > len(first)
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    assert canvas_of(colleague.page).evaluate(SHOWN) == unfolded
    page.go_back()
    shown(page, lambda nodes: nodes == first)
    page.go_forward()
    shown(page, lambda nodes: nodes == unfolded)


def test_the_keyboard_walks_the_graph(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001&tab=chain")
    canvas = canvas_of(page)
    everything = canvas.evaluate(SHOWN)
    for key, shown in (("-", ["CQ-001"]), ("+", everything)):
        for wait in range(100):
            if wait % 20 == 0:  # the page may still be written anew, and take the focus away
                canvas.focus()
                page.keyboard.press(key)
            if canvas.evaluate(SHOWN) == shown:
                break
            page.wait_for_timeout(100)
        assert canvas.evaluate(SHOWN) == shown
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("node="))


@pytest.mark.parametrize(("width", "lang"), [(1360, "zh"), (420, "en")])
def test_the_words_of_the_graph_can_be_read(visit: VisitorMaker, width: int, lang: str) -> None:
    page = visit(width).open(f"/issue?id=SL-105&tab=chain&lang={lang}")
    zoom = canvas_of(page).evaluate("c => c._cyreg.cy.zoom()")
    assert zoom * 13 >= 10, "smaller than ten pixels"
    assert len(canvas_of(page).evaluate(SHOWN)) <= 20
    assert canvas_of(page).evaluate(COVERED) == []
    click_node(page, "i-s-routine-2024")  # which others in its column hang on as well
    assert canvas_of(page).evaluate(COVERED) == []


def test_a_node_folded_away_is_shown_when_a_link_names_it(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&tab=chain&node=sReview")
    canvas = canvas_of(page)
    assert "sReview" in canvas.evaluate(SHOWN)


def test_the_list_tells_the_same_relations_with_their_origin(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001&tab=chain")
    page.locator(".zl-choice a", has_text="列表").click()
    rows = page.locator(".zl-relations-table tbody tr")
    expect(rows.first).to_be_visible()
    for row in rows.all():
        expect(row.locator(".zl-origin")).to_have_text(re.compile("issues_public.csv|registry|\\.csv|第.*条"))


# -- what is said ---------------------------------------------------------------------------------


def test_the_three_layers_stand_apart(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105")
    layers = page.locator("h3", has_text=re.compile("^第.层"))
    expect(layers).to_have_count(3)
    expect(page.locator(".zl", has=layers.first)).to_contain_text("互不推出")
    expect(layers.nth(2)).to_contain_text("由有权机关确定")
    for place in (
        page.locator(".zl-three"),
        page.locator(".zl-note", has_text="移送记录"),
    ):  # who, when, by what
        expect(place).to_contain_text("市国资委党委；2024年6月12日；【示例】示例督〔2024〕18号")


def test_every_fact_names_its_source(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001")
    sources = page.locator(".zl-sourced .zl-source")
    assert sources.count() >= 4
    for source in sources.all():
        expect(source).to_have_text(re.compile("issues_public.csv · 第2行"))


def test_a_duty_shows_its_limit_and_how_many_days_have_passed(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&tab=state&as_of=2026-11-23")
    row = page.locator(".zl-duties tbody tr", has_text="方案任务逾期")
    expect(row).to_contain_text("2025年12月31日")
    expect(row).to_contain_text("已过327天")


def test_what_a_status_says_itself_is_not_repeated_as_its_reason(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&tab=state")
    block = page.locator(".zl-said", has_text="义务未遵守").first
    assert block.inner_text().count("无罚则") == 1


def test_competences_and_scope_are_folded_apart(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&tab=state")
    fold = page.locator("details.zl-fold", has_text="职权归属")
    expect(fold.locator(".zl-said").first).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator(".zl-said").first).to_be_visible()


def test_a_whole_proof_can_be_unfolded(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=SL-105")
    page.locator(".zl-why").first.click()
    proof = page.locator(".zl-proof")
    expect(proof).to_be_visible()
    proof.get_by_role("link", name="展开全部依据").click()
    expect(proof.get_by_role("link", name="折叠")).to_be_visible()
    assert proof.locator("details:not([open])").count() == 0
    expect(proof.locator(".zl-permalink")).to_contain_text("as_of=")


def test_the_procedure_of_its_inspection_is_shown(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&tab=steps")
    expect(page.locator(".zl-steps li").first).to_be_visible()


# -- why not, what if -----------------------------------------------------------------------------


def test_why_not_names_what_is_missing_and_the_article_that_asks_for_it(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=CQ-001&tab=ask&norm=a39.p3.s1")
    page.locator(".zl-options a", has_text="条文所列移送去向").click()
    answer = page.locator(".zl-asked")
    expect(answer).to_contain_text("失职失责")
    expect(answer).to_contain_text("第三十九条第三款")
    expect(answer.locator(".zl-quote").first).to_contain_text("督察发现的重要生态环境问题")
    expect(page).to_have_url(re.compile("status=destination"))
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator(".zl-asked .zl-set").first).to_contain_text("缺少")


def test_why_a_status_is_absent_is_three_clicks_from_the_start(visit: VisitorMaker) -> None:
    page = visit().open("/")
    page.locator(".zl-nav a").nth(1).click()
    page.get_by_role("link", name="CQ-001", exact=True).click()
    page.get_by_role("link", name="为什么没有“逾期”").click()
    answer = page.locator(".zl-asked")
    expect(answer).to_contain_text("中央督察整改方案报送的规定时限")
    expect(answer).to_contain_text("完备性声明")
    expect(answer).to_contain_text("第三十五条第二款")
    expect(page.locator("h3", has_text="为什么没有“逾期”")).to_be_visible()
    page.get_by_role("link", name=re.compile("^第三十六条第二款 按督察报告")).click()
    expect(page).to_have_url(re.compile("norm=a36.p2.s2"))
    expect(page.locator(".zl-options [aria-current]")).to_have_text(re.compile("逾期"))


def test_what_is_missing_can_be_supposed_and_the_change_names_the_fact(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=CQ-001&tab=ask&norm=a39.p3.s1&status=destination")
    page.locator(".zl-set a", has_text="假设已经记录").first.click()
    expect(page.locator(".zl-banner")).to_contain_text("不保存")
    row = page.locator(".zl-changes tbody tr", has_text="市委组织部")
    expect(row).to_contain_text("没有这项结论")
    expect(row).to_contain_text("条文所列移送去向")
    expect(row).to_contain_text("[1]")
    expect(page.locator(".zl-if-result li").first).to_contain_text("[1]")


def test_a_recorded_finding_can_be_left_out_and_a_missing_one_put_in(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/issue?id=SL-105&tab=ask&ask=if")
    page.get_by_role("switch", name="【示例】SL-105属地主体责任履行的认定").click()
    row = page.locator(".zl-changes tbody tr", has_text="属地主体责任是否履行")
    expect(row).to_contain_text("义务未遵守")
    expect(row).to_contain_text("信息不足")
    expect(page).to_have_url(re.compile("off=SL-105-duty"))
    line = page.locator(".zl-switches li", has_text="需要提起公益诉讼")
    line.get_by_role("switch", name="认定成立", exact=True).click()
    row = page.locator(".zl-changes tbody tr", has_text="检察机关").first
    expect(row).to_contain_text("待履行")
    expect(page.locator(".zl-changes tbody tr")).to_have_count(3)
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator(".zl-changes tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator(".zl-changes tbody tr")).to_have_count(1)
    row = colleague.page.locator(".zl-changes tbody tr", has_text="待履行")
    row.get_by_role("link", name="为什么").click()
    expect(colleague.page.locator(".zl-proof")).to_contain_text("需要提起公益诉讼")


def test_nothing_supposed_is_ever_recorded(visit: VisitorMaker) -> None:
    visitor = visit()
    supposed = "finding;findingKind:litigationNeeded;about:CQ-003;state:upheld;on:20261101;by:?;competence:?"
    page = visitor.open(f"/issue?id=CQ-003&tab=ask&ask=if&on={supposed}")
    expect(page.locator(".zl-changes")).to_be_visible()
    page.locator(".zl-tabs a", has_text="概要").click()
    waiting = page.locator(".zl-said", has_text="需要提起公益诉讼")
    expect(waiting.first).to_contain_text("信息不足")


def test_what_nobody_could_record_is_refused(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open(
        "/issue?id=CQ-001&tab=ask&ask=if&on=overdue:x~~<img src=x onerror=1>~~finding;about:nobody"
    )
    expect(page.locator(".zl-if-result .zl-note")).to_have_count(3)
    assert page.locator(".zl img").count() == 0


# -- history --------------------------------------------------------------------------------------


def test_history_shows_what_was_corrected_by_whom_and_why(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=X-1&tab=history")
    corrected = page.locator(".zl-history > li").first
    expect(corrected.locator("del")).to_contain_text("旧地点")
    expect(corrected.locator("ins")).to_contain_text(HOSTILE)
    expect(corrected).to_contain_text("test 录入")
    expect(corrected).to_contain_text("地点有误")
    assert page.locator(".zl img").count() == 0
    expect(page).not_to_have_title("hacked")


@pytest.mark.parametrize("tab", ["chain", "steps", "state", "ask", "history"])
def test_hostile_text_is_inert_on_every_tab(visit: VisitorMaker, tab: str) -> None:
    visitor = visit()
    page = visitor.open(f"/issue?id=X-1&tab={tab}&node=<img src=x>&open=<b>&norm=<i>&c='&unit=<u>")
    expect(page.locator("h1")).to_have_text(HOSTILE)
    assert page.locator(".zl img").count() == 0
    assert page.locator(".stException").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1360, 420])
def test_no_tab_scrolls_sideways(visit: VisitorMaker, width: int, lang: str) -> None:
    visitor = visit(width, "dark")
    for tab in (
        "chain",
        "chain&view=list",
        "steps",
        "state",
        "ask&norm=a39.p4.s6&status=destination",
        "ask&ask=if",
        "history",
    ):
        page = visitor.open(f"/issue?id=SL-105&lang={lang}&tab={tab}")
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth"), tab
        assert page.locator(".stException").count() == 0, tab
        if lang == "en":
            chrome = page.locator(
                ".zl-tabs, .zl-choice, .zl h2, .zl th, .zl dt, .zl-kind, .zl-status, .zl-why"
            )
            for words in chrome.all_inner_texts():
                assert not re.search("[\u4e00-\u9fff]", words), f"{tab}: {words}"
