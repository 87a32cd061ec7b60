"""The front door for leadership: figures that are lists, a map that filters, dates, and the districts."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from visitor import Visitor, VisitorMaker

from app.explorer import atlas, leadership
from reasoner.pipeline import ontology

FIGURES = ("open", "late", "transfer", "determination", "insufficient")
EARLIER = "as_of=2025-12-01"  # before two districts were merged


def number(words: str) -> int:
    """Return the first number in words."""
    return int(re.findall(r"\d+", words.replace(",", ""))[0])


def listed(visitor: Visitor, link: str) -> int:
    """Open a list of issues and return how many it says it holds."""
    page = visitor.open(f"/{link}")
    words = page.locator(".zl p.zl-quiet", has_text=re.compile("个问题")).first.inner_text()
    found = re.match(r"([\d,]+)个问题", words)
    assert found, words
    return number(found[1])


def figures(page: Page) -> dict[str, tuple[int, str]]:
    """Return the figures of a page: their number and their link."""
    links = page.locator(".zl-figures a").all()
    assert len(links) <= 5
    return {
        str(each.get_attribute("data-figure")): (
            number(each.locator("dd").inner_text()),
            str(each.get_attribute("href")),
        )
        for each in links
    }


def mapped(page: Page) -> dict[str, int]:
    """Return the numbers written on the map, by district."""
    found = {}
    for area in page.locator(".zl-map-frame > .zl-map .zl-area").all():
        words = re.search(r" ([\d,]+)。", str(area.get_attribute("title")))
        assert words
        found[str(area.get_attribute("data-place"))] = number(words[1])
    return found


def touch(page: Page, place: str) -> None:
    """Click on the map where the district lies: on its own shape, with nothing above it."""
    page.locator(".zl-map-frame").scroll_into_view_if_needed()
    spot = page.locator(".zl-map-frame").evaluate(
        """(frame, place) => {
          const over = (x, y) => document.elementFromPoint(x, y)?.closest("a")?.dataset.place === place;
          for (const area of frame.querySelectorAll(`[data-place="${place}"]`)) {
            const box = area.getBoundingClientRect();
            for (let y = box.top; y < Math.min(box.bottom, innerHeight); y += 4)
              for (let x = box.left; x < box.right; x += 4)
                if ([[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]].every(([dx, dy]) => over(x + dx, y + dy)))
                  return [x, y];
          }
        }""",
        place,
    )
    assert spot, f"{place} cannot be touched"
    page.mouse.click(*spot)


@pytest.mark.parametrize("path", ["/", "/?place=dBaiyang", "/?place=d500157", "/?place=-"])
def test_each_figure_is_the_length_of_the_list_that_it_opens(visit: VisitorMaker, path: str) -> None:
    visitor = visit()
    shown = figures(visitor.open(path))
    assert tuple(shown) == FIGURES
    silent = visitor.page.locator('a[href*="silent="]').filter(has_text=re.compile("^另有")).all()
    told = [(number(each.inner_text()), str(each.get_attribute("href"))) for each in silent]
    assert told or path != "/"
    for count, link in [*shown.values(), *told]:
        assert listed(visitor, link) == count


def test_the_numbers_of_an_inspection_and_of_a_district_are_those_of_their_lists(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/?figure=late")
    rows = (
        page.locator(".zl-inspections tbody tr").all()[:2] + page.locator(".zl-map-else tbody tr").all()[:2]
    )
    links = [
        (number(each.inner_text()), str(each.get_attribute("href")))
        for row in rows
        for each in row.locator("td.zl-number a").all()
    ]
    assert len(links) >= 4
    for count, link in links:
        assert listed(visitor, link) == count


def test_open_is_what_the_ontology_calls_open_where_somebody_waits_for_something() -> None:
    predicates = ontology().vocabulary.predicates.values()
    in_ontology = {each.name for each in predicates if each.is_status and each.is_open}
    assert set(leadership.FIGURES["open"]) == in_ontology - {"noConclusion"} | {"performedInPart"}


def test_the_page_says_what_is_counted_and_that_open_is_about_records(visit: VisitorMaker) -> None:
    page = visit().open("/")
    page.locator(".zl-counted-how summary").click()
    expect(page.locator(".zl-counted-how li")).to_have_count(len(FIGURES))
    expect(page.locator(".zl-counted-how")).to_contain_text("不等于尚未整改")


def test_the_map_and_the_list_show_the_same_numbers_and_zero_is_visible(visit: VisitorMaker) -> None:
    page = visit().open("/?figure=issues")
    on_map = mapped(page)
    assert len(on_map) == 37
    in_list = {
        parse_qs(urlsplit(str(row.locator("a").first.get_attribute("href"))).query)["place"][0]: number(
            row.locator("td.zl-number").inner_text()
        )
        for row in page.locator(".zl-map-list tbody tr").all()
    }
    assert in_list == {place: count for place, count in on_map.items() if count}
    assert 0 in on_map.values()
    zeros = page.locator(".zl-map-list > p a")
    assert zeros.count() == sum(count == 0 for count in on_map.values())


def test_no_issue_vanishes_from_the_map_and_what_stands_beside_it(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/?figure=issues")
    cells = page.locator(".zl-places tbody tr td.zl-number").all_inner_texts()
    links = [str(each.get_attribute("href")) for each in page.locator(".zl-places td.zl-number a").all()]
    everything = sum(map(number, cells))
    wanted = ",".join(
        sorted({p for link in links for p in parse_qs(urlsplit(link).query)["place"][0].split(",")})
    )
    whole = listed(visitor, "issues")
    assert listed(visitor, f"issues?place={wanted}") == whole
    assert everything >= whole  # an issue in two districts counts in each


def test_former_districts_and_zones_stay_visible_on_the_new_map(visit: VisitorMaker) -> None:
    page = visit().open("/")
    merged = page.locator(".zl-map-list tr", has=page.get_by_role("link", name="两江新区", exact=True))
    expect(merged).to_contain_text("含原江北区")
    expect(merged).to_contain_text("渝北区")
    beside = page.locator(".zl-map-else")
    for zone in ("两江新区（开发区）", "重庆高新区", "万盛经开区"):
        expect(beside.locator("tr", has_text=zone)).to_contain_text("不并入")
    expect(beside).to_contain_text("未记录区县")


def test_the_boundaries_are_those_of_the_day_and_the_others_are_one_link_away(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    expect(page.locator(".zl-map-side")).to_contain_text("近似")
    page = visitor.open(f"/?{EARLIER}")
    assert len(mapped(page)) == 38
    expect(page.locator(".zl-map-side")).to_contain_text("至2026年1月24日的38个区县")
    expect(page.locator(".zl-map-side")).not_to_contain_text("近似")
    page.get_by_role("link", name="改看37个区县的边界").click()
    expect(page.locator(".zl-map-side")).to_contain_text("不是2025年12月1日的区划")
    expect(page).to_have_url(re.compile("map=37"))


def test_a_click_on_a_district_filters_everything_and_back_undoes_it(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/")
    whole = figures(page)
    touch(page, "d500110")
    expect(page.locator("h1")).to_have_text("总览：綦江区")
    expect(page).to_have_url(re.compile("place=d500110"))
    visitor.settle()
    some = figures(page)
    assert all(some[name][0] <= whole[name][0] for name in FIGURES)
    assert some["open"][0] == mapped(page)["d500110"] < whole["open"][0]
    assert page.locator(".zl-inspections tbody tr").count() < 12
    expect(page.get_by_role("link", name="綦江区页面")).to_have_attribute("href", re.compile("district"))
    page.go_back()
    expect(page.locator("h1")).to_have_text("总览")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("总览：綦江区")
    page.get_by_role("link", name="全市总览").click()
    expect(page.locator("h1")).to_have_text("总览")


def test_a_district_is_reached_with_the_keyboard_alone(visit: VisitorMaker) -> None:
    page = visit().open("/")
    area = page.locator('.zl-map-frame > .zl-map .zl-area[data-place="d500236"]')
    area.focus()
    expect(area).to_be_focused()
    expect(area).to_have_attribute("aria-label", re.compile("奉节县：未了结 "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("总览：奉节县")


def test_a_link_restores_place_figure_map_and_month(visit: VisitorMaker) -> None:
    page = visit().open("/?place=dYunling&figure=late&map=38&month=2026-07")
    expect(page.locator("h1")).to_contain_text("云岭区")
    expect(page.locator(".zl-map-figures [aria-current]")).to_have_text("逾期或程序偏离")
    assert len(mapped(page)) == 38
    expect(page.locator(".zl-limits")).to_be_visible()
    expect(page.get_by_role("heading", name="2026年7月的期限")).to_be_visible()


def test_an_unknown_place_says_so_and_leads_back(visit: VisitorMaker) -> None:
    page = visit().open("/?place=<img src=x>")
    expect(page.locator(".zl-empty")).to_contain_text("<img src=x>")
    page.locator(".zl-empty a").click()
    expect(page.locator("h1")).to_have_text("总览")


def test_a_month_lists_as_many_limits_as_its_bar_says(visit: VisitorMaker) -> None:
    page = visit().open("/")
    for place in range(page.locator("a.zl-month").count()):
        bar = page.locator("a.zl-month").nth(place)
        wanted = int(bar.locator(".zl-month-number").inner_text())
        bar.click()
        expect(page.locator(".zl-month-chosen")).to_have_count(1)
        expect(page.locator(".zl-limits li")).to_have_count(wanted)


def test_a_limit_that_passed_without_a_record_is_never_called_overdue(visit: VisitorMaker) -> None:
    visitor = visit()
    either = visitor.open("/?as_of=2026-11-23").locator(".zl-limits li", has_text="另一日为")
    expect(either.first).to_contain_text("2026年12月20日还有27日")  # of two days that may be the limit, both
    expect(either.last).to_contain_text("2026年11月15日已过8日")
    page = visitor.open("/?month=2026-09")
    line = page.locator(".zl-limits li")
    expect(line).to_contain_text("信息不足")
    expect(line).to_contain_text("期限已届，未见记录")
    expect(line).not_to_contain_text("逾期")


def test_a_limit_leads_to_its_conclusion(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/?as_of=2026-11-23&month=2025-12")
    page.locator(".zl-limits a").first.click()
    expect(page).to_have_url(re.compile(r"/issue\?.*c=c-"))


def test_the_map_is_small(visit: VisitorMaker) -> None:
    page = visit().open("/")
    size = page.locator(".zl-map-frame").evaluate("e => e.outerHTML.length")
    assert size < 150_000


@pytest.mark.parametrize("numbers", [[0], [1, 0], [3, 3, 3], [1, 1, 2, 5, 7], [148] * 7 + [296, 444, 740, 0]])
def test_more_is_never_lighter_and_nothing_is_blank(numbers: list[int]) -> None:
    starts = atlas.levels(numbers)
    shades = [atlas.level(number, starts) for number in sorted(numbers)]
    assert shades == sorted(shades)
    assert all((shade == 0) == (number == 0) for shade, number in zip(shades, sorted(numbers), strict=True))
    assert max(shades) <= 4


def test_every_district_can_be_touched_on_a_phone(visit: VisitorMaker) -> None:
    page = visit(420).open("/")
    frame = page.locator(".zl-map-frame").bounding_box()
    assert frame
    assert frame["width"] > 350
    touch(page, "d500103")  # the smallest of all
    expect(page.locator("h1")).to_have_text("总览：渝中区")


# -- the page of a district -----------------------------------------------------------------------


def test_the_page_of_an_abolished_district_says_who_succeeds_and_that_the_text_does_not(
    visit: VisitorMaker,
) -> None:
    page = visit().open("/district?id=d500112")
    expect(page.locator("h1")).to_contain_text("已撤销（存续至2026年1月24日）")
    section = page.locator("section", has=page.get_by_role("heading", name="撤并与承继"))
    expect(section).to_contain_text("记录的承继单位：两江新区")
    expect(section).to_contain_text("《办法》没有规定单位撤销后由谁承继")
    expect(section).to_contain_text("不是对承继单位的责任认定")
    expect(section.locator(".zl-pairs li")).to_have_text(
        ["渝北区委 → 两江新区区委", "渝北区政府 → 两江新区政府"]
    )
    unfinished, concluded = section.locator("tbody").all()
    assert unfinished.locator("tr").count() > 0
    for row in concluded.locator("tr").all():
        expect(row).to_contain_text("需研判")  # never an allocation
    expect(page.locator("dl.zl-facts")).to_contain_text("2025-11-06公布撤销")
    expect(page.locator('dl.zl-facts a[href^="http"]')).to_have_count(1)


def test_before_its_last_day_a_district_is_in_office_and_nothing_has_passed_on(visit: VisitorMaker) -> None:
    page = visit().open("/district?id=d500112&as_of=2025-11-20")
    section = page.locator("section", has=page.get_by_role("heading", name="撤并与承继"))
    expect(section).to_contain_text("仍在履职")
    expect(section.locator("tbody")).to_have_count(0)


def test_the_successor_names_those_it_succeeded(visit: VisitorMaker) -> None:
    page = visit().open("/district?id=d500157")
    section = page.locator("section", has=page.get_by_role("heading", name="撤并与承继"))
    section.get_by_role("link", name="江北区").click()
    expect(page.locator("h1")).to_contain_text("江北区")


def test_a_district_shows_both_organs_its_issues_its_limits_and_its_transfers(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/district?id=dBaiyang")
    organs = page.locator(".zl-organs tbody tr")
    expect(organs).to_have_count(2)
    expect(organs.first).to_contain_text("区委")
    expect(organs.nth(1)).to_contain_text("区政府")
    for name in ("问题", "谁负责", "期限", "应移送未见记录"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    shown = figures(page)
    link = page.get_by_role("link", name=re.compile("查看全部"))
    for each in link.all():
        if found := re.search(r"(\d+)个问题", each.inner_text()):
            assert listed(visitor, str(each.get_attribute("href"))) == int(found[1]) >= shown["open"][0]
            break
    else:
        pytest.fail("no way to all issues")


def test_a_district_without_issues_says_so_and_its_neighbours_are_links(visit: VisitorMaker) -> None:
    page = visit().open("/district?id=d500114")
    expect(page.locator(".zl-empty")).to_contain_text("没有与本区县有关的问题")
    page.locator(".zl-around p a").first.click()
    expect(page.locator("h1")).not_to_contain_text("黔江区")


def test_without_an_id_the_page_offers_every_district(visit: VisitorMaker) -> None:
    page = visit().open("/district")
    assert page.locator(".zl-district-choice a").count() >= 43
    page.get_by_role("link", name="万州区", exact=True).click()
    expect(page.locator("h1")).to_contain_text("万州区")
    expect(visit().open("/district?id=nowhere").locator(".zl-empty")).to_contain_text("nowhere")
