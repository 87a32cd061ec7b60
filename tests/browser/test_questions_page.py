"""Ready questions: filled in, answered, saved; the query underneath can be changed and fails kindly."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from visitor import HOSTILE, VisitorMaker

from reasoner.queries import questions


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_ready_question_opens_with_its_answer(visit: VisitorMaker, lang: str) -> None:
    visitor = visit()
    page = visitor.open(f"/questions?lang={lang}")
    links = page.locator(".zl-catalogue a")
    assert links.count() == len(questions.catalogue().questions)
    for question in list(questions.catalogue().questions.values())[::4]:
        page = visitor.open(f"/questions?q={question.id}&lang={lang}")
        expect(page.locator("h1")).to_have_text(question.title[lang])
        expect(page.locator(".zl-answer tbody tr").first).to_be_visible()
        expect(page.locator(".stException")).to_have_count(0)


def test_a_blank_stands_in_the_address_and_narrows_the_answer(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/questions?q=who-succeeds")
    expect(page.locator(".zl-answer tbody tr")).to_have_count(6)
    field = page.get_by_role("combobox", name="区县")
    field.click()
    field.press_sequentially("渝北")
    page.get_by_role("option", name="渝北区").click()
    expect(page).to_have_url(re.compile("district=d500112"))
    expect(page.locator(".zl-answer tbody tr")).to_have_count(3)
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator(".zl-answer tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator(".zl-answer tbody tr")).to_have_count(6)


def test_what_is_found_leads_to_its_page_and_to_the_proof(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/questions?q=conclusions-on-norm&district=d500110")
    page.locator(".zl-answer").get_by_role("link", name="证明").first.click()
    expect(page.locator(".zl-proof")).to_be_visible()
    page = visitor.open("/questions?q=who-governs&sector=s_port")
    page.locator(".zl-answer").get_by_role("link", name="市交通运输委").click()
    expect(page.locator("h1")).to_have_text("市交通运输委")


def test_an_answer_without_rows_says_what_to_do_next(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/questions?q=overdue-by-unit&inspection=i-m1-1")
    expect(page.locator(".zl-empty")).to_contain_text("接着问：哪些期限已届而未见履行记录")
    page.get_by_role("link", name="取消全部条件").click()
    expect(page.locator(".zl-answer tbody tr").first).to_be_visible()


def download(page: Page, label: str, folder: Path) -> tuple[str, Path]:
    with page.expect_download() as started:
        page.get_by_role("button", name=label).click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return started.value.suggested_filename, file


def test_the_answer_is_saved_as_a_workbook_as_csv_and_as_a_query(visit: VisitorMaker, tmp_path: Path) -> None:
    page = visit().open("/questions?q=issues-with-words&words=onerror")
    expect(page.locator(".zl-answer tbody tr")).to_have_count(1)
    name, file = download(page, "导出 Excel", tmp_path)
    assert name == "哪些问题的摘要含有某些文字.xlsx"
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert HOSTILE in [cell.value for cell in cells]
    assert all(cell.data_type == "s" for cell in cells)
    _, file = download(page, "导出 CSV", tmp_path)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert rows[0][0] == "问题"
    assert HOSTILE in rows[1]
    name, file = download(page, "保存查询 .rq", tmp_path)
    assert name == "issues-with-words.rq"
    assert 'VALUES ?words { "onerror" }' in file.read_text("utf-8")


def test_a_file_says_what_was_asked_and_that_a_query_was_changed(visit: VisitorMaker, tmp_path: Path) -> None:
    visitor = visit()
    page = visitor.open("/questions?q=tasks-of-unit&unit=eWater&as_of=2026-11-23&lang=en")
    _, file = download(page, "Export Excel", tmp_path)
    assert "body: 示例水务集团" in texts_of(file)
    changed = urlencode({"sparql": "SELECT ?unit { ?unit zl:succeededBy id:d500157 }"})
    visitor.open(f"/questions?q=tasks-of-unit&{changed}")
    name, file = download(page, "导出 Excel", tmp_path)
    assert name == "某单位承担哪些整改任务（修改过的查询）.xlsx"
    assert "某单位承担哪些整改任务（修改过的查询）" in texts_of(file)


def texts_of(file: Path) -> set[object]:
    """Return what stands in the cells of a workbook."""
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    return {cell.value for row in sheet.iter_rows() for cell in row}


def test_no_cell_of_a_file_starts_a_formula() -> None:
    from app.explorer import questions as layer

    for text in ('=HYPERLINK("http://x")', "+1", "-1", "@x"):
        odd = f"\x01{text}\ufffe\uffff"  # characters that no XML may have
        sheet = openpyxl.load_workbook(io.BytesIO(layer.as_xlsx([text], [[odd]], "=x\uffff", [odd]))).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {
            "s"
        }
        assert sheet["A2"].value == text
        (_, row) = csv.reader(io.StringIO(layer.as_csv(["x"], [[text]]).decode("utf-8-sig")))
        assert row == [f"'{text}"]


def test_an_edited_query_runs_stands_in_the_address_and_can_be_left(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/questions?q=who-succeeds&edit=1")
    field = page.get_by_label("查询语句", exact=True)
    field.fill("SELECT ?unit { ?unit zl:succeededBy id:d500157 }")
    page.get_by_role("button", name="运行").click()
    expect(page).to_have_url(re.compile("sparql=SELECT"))
    expect(page.locator(".zl-answer tbody tr")).to_have_count(2)
    colleague = visit()
    colleague.page.goto(page.url)
    colleague.settle()
    expect(colleague.page.locator(".zl-answer tbody tr")).to_have_count(2)
    page.get_by_role("link", name="回到原来的问题").click()
    expect(page.locator(".zl-answer tbody tr")).to_have_count(6)


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ("SELECT ?x {\n ?x a ; }", "第 2 行第 ", "line 2, column "),
        ("DROP ALL", "不得使用 DROP", "DROP is refused"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "不得使用 SERVICE", "SERVICE is refused"),
        ("SELECT * FROM <http://example.org/> { ?s ?p ?o }", "不得使用 FROM", "FROM is refused"),
        (f"SELECT * {{ ?s ?p {HOSTILE} }}", "语法错误", "Syntax error"),
    ],
)
def test_a_query_that_cannot_run_says_where_and_why(
    visit: VisitorMaker, query: str, zh: str, en: str
) -> None:
    visitor = visit()
    for lang, words in (("zh", zh), ("en", en)):
        page = visitor.open(f"/questions?q=own&lang={lang}&sparql={quote(query)}")
        expect(page.locator(".zl-complaint")).to_contain_text(words)
        expect(page.locator(".stException")).to_have_count(0)
        assert page.locator(".zl img").count() == 0


def test_a_query_too_long_for_the_address_is_kept_and_it_is_said(visit: VisitorMaker) -> None:
    page = visit().open("/questions?q=own")
    field = page.get_by_label("查询语句", exact=True)
    field.fill("SELECT ?unit { ?unit zl:succeededBy id:d500157 }\n# " + "很长" * 2500)
    page.get_by_role("button", name="运行").click()
    expect(page.locator("body")).to_contain_text("未写入网址")
    expect(page.locator(".zl-answer tbody tr")).to_have_count(2)


def test_hostile_text_in_blanks_and_answers_stays_text(visit: VisitorMaker) -> None:
    visitor = visit()
    attack = '"} UNION { ?issue ?p ?text } #'
    page = visitor.open(f"/questions?q=issues-with-words&words={quote(attack)}")
    expect(page.locator(".zl-empty")).to_be_visible()
    page = visitor.open(f"/questions?q=issues-with-words&words={quote('<img')}")
    expect(page.locator(".zl-answer tbody tr")).to_have_count(1)
    expect(page.locator(".zl-answer")).to_contain_text(HOSTILE)
    expect(page).not_to_have_title("hacked")
    assert page.locator(".zl img").count() == 0
    for path in ("norm=a99", "norm=<script>"):
        page = visitor.open(f"/questions?q=conclusions-on-norm&{path}")
        expect(page.locator(".zl-empty")).to_contain_text("没有记录")


def test_an_unknown_question_shows_those_there_are(visit: VisitorMaker) -> None:
    page = visit().open("/questions?q=<script>")
    expect(page.locator(".zl-empty")).to_contain_text("没有这个问题")
    expect(page.locator(".zl-catalogue a").first).to_be_visible()


def test_the_vocabulary_names_what_a_query_can_use(visit: VisitorMaker) -> None:
    page = visit().open("/questions?q=own")
    page.locator(".zl-vocabulary summary").click()
    for name in ("zl:Overdue", "zl:onIssue", "zl:addressesClass", "zl:succeededBy", "zl:"):
        expect(page.locator(".zl-vocabulary code").filter(has_text=re.compile(f"^{name}$"))).to_have_count(1)
