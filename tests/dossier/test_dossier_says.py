"""What a dossier says: facts, findings, conclusions and proofs, each with what it rests on."""

import datetime
import io
import itertools
import re
import zipfile
from pathlib import Path

import docx as python_docx
import openpyxl
import pypdf
import pytest
from written import (
    NEVER,
    QUOTE,
    in_docx,
    in_pdf,
    in_xlsx,
    pages_of,
    part,
    texts,
    written,
)

from app import dossier as d
from app.dossier.content import Dossier, Paragraph, Table
from reasoner.engine.survey import Survey, open_survey


def test_the_list_has_what_article_39_asks_for(sample: Dossier) -> None:
    rows = in_xlsx(written(sample, "xlsx"))["问题清单"]
    assert rows[0][0] == "生态环境损害责任追究问题清单"
    head = next(row for row in rows if row[0] == "序号")
    line = dict(zip(head, rows[rows.index(head) + 1], strict=True))
    assert line["问题编号"] == "SL-105"
    assert "成立" in line["重要生态环境问题的认定"]
    assert "示例督〔2024〕3号" in line["失职失责情况的认定"]
    assert "2024年4月18日" in line["失职失责情况的认定"]
    goals = line["清单和案卷的移交去向及记录"]
    for goal in ("市纪委监委机关", "市委组织部", "市国资委党委", "被督察对象", "由有权机关"):
        assert goal in goals
    assert "移交记录：2024年6月12日、示例第一督察组、市国资委党委" in goals
    assert "白杨区委（示例）、白杨区政府（示例）" in line["责任归属（第一、二层，互不推定）"].replace(
        "白杨区政府（示例）、白杨区委（示例）", "白杨区委（示例）、白杨区政府（示例）"
    )
    assert line["清单和案卷移交的状态"].startswith("已履行")


def test_a_day_of_publication_is_not_given_as_the_day_on_which_an_issue_was_found(
    real: Dossier, sample: Dossier
) -> None:
    def day(made: Dossier) -> str:
        table = made.sheets[0].table
        return table.rows[0][table.head.index("督察及发现日期")]

    assert day(real) == "第三轮中央督察\n发现日期未记录，2024年5月17日公开"
    assert day(sample) == "【示例】2024例行一批\n2024年3月12日"


def test_an_issue_without_findings_stands_as_not_found_either_way(real: Dossier) -> None:
    row = real.sheets[0].table.rows[0]
    assert row.count("未见认定") == 2
    assert not any("不成立" in cell for cell in row)
    (block,) = part(real, "认定情况")
    assert isinstance(block, Paragraph)
    assert "不表示成立，也不表示不成立" in block.text


def test_findings_come_with_decider_day_instrument_and_source(sample: Dossier) -> None:
    table = next(b for b in part(sample, "认定情况") if isinstance(b, Table))
    line = next(row for row in table.rows if row[0] == "失职失责")
    assert line[2] == "成立"
    assert line[3] == "示例第一督察组、2024年4月18日"
    assert "示例督〔2024〕3号" in line[4]
    assert line[5] == "accountability-2024.ttl"


def test_facts_name_the_row_they_come_from(real: Dossier) -> None:
    for said in (
        in_docx(written(real, "docx")),
        "\n".join(map(" ".join, in_xlsx(written(real, "xlsx"))["来源"])),
    ):
        assert "issues_public.csv · 第2行 · “issue_summary”列" in said
        assert "2008年建成，一直未办港口岸线使用审批" in said


def test_every_conclusion_is_given_with_its_provision_quoted_and_its_derivation(
    sample: Dossier, desk: Survey
) -> None:
    blocks = [b for b in part(sample, "依据与推导") if isinstance(b, Paragraph)]
    shown = [b for b in blocks if b.style == "conclusion"]
    expected = desk.case("SL-105").conclusions(issue="SL-105")
    assert [b.text for b in shown] == [c.sentence["zh"] for c in expected]
    quoted = "\n".join(b.text for b in blocks if b.style == "quote")
    assert quoted.count("“") > 10
    for each in expected:
        assert f"“{each.citation['quote']}”" in quoted
    after = dict(itertools.pairwise(blocks))
    assert all(after[b].style in ("quote", "note") for b in shown)


def test_what_is_quoted_stands_in_the_regulation(sample: Dossier, desk: Survey) -> None:
    law = desk.law.reassemble().replace("\n", "")
    for said in (in_docx(written(sample, "docx")), in_pdf(written(sample, "pdf"))):
        assert QUOTE in said
    for block in part(sample, "依据与推导"):
        if isinstance(block, Paragraph) and block.style == "quote":
            assert block.text.split("：“", 1)[1].removesuffix("”") in law


def test_a_step_is_told_once_and_then_referred_to(sample: Dossier) -> None:
    steps = [b for b in part(sample, "依据与推导") if isinstance(b, Paragraph) and b.style == "step"]
    whole = "\n".join(b.lead + b.text for b in steps)
    kinds = "推得：|事实：|认定：|参数：|比较：|历法：|基准日：|计数：|另列：|未见："
    told = [int(n) for n in re.findall(rf"〔(\d+)〕(?:{kinds})", whole)]
    assert told == list(range(1, len(told) + 1))
    for steps_before in re.findall(r"并据((?:〔\d+〕)+)", whole):
        assert set(map(int, re.findall(r"\d+", steps_before))) <= set(told)
    standing = [b for b in part(sample, "通用前提") if isinstance(b, Paragraph) and b.style == "step"]
    assert len({b.text for b in standing}) == len(standing) > 3
    assert set(re.findall(r"〔通\d+〕", whole)) == {b.lead for b in standing}


def test_the_layers_are_kept_apart_and_candidates_are_for_the_competent_organ(desk: Survey) -> None:
    for issue in ("SL-105", "CQ-001", "SL-208"):
        blocks = part(d.dossier([issue], desk), "责任归属")
        said = "\n".join(b.text for b in blocks if isinstance(b, Paragraph))
        assert "互不推定" in said
        assert "第三层：候选（由有权机关确定）" in said
        assert "不涉及自然人" in said


def test_a_candidate_stands_only_beside_what_an_organ_has_found(desk: Survey) -> None:
    made = d.dossier(["L-1"], desk)
    table = [b for b in part(made, "责任归属") if isinstance(b, Table)][-1]
    assert table.head[1] == "候选（由有权机关确定）"
    (row,) = table.rows
    assert "示例某局局长" in row[1]
    assert row[2].startswith("情形成立（据已记录认定）")
    assert row[3] == "第四十一条"
    assert "示例某局局长" in made.sheets[0].table.rows[0][8]
    found = next(b for b in part(made, "认定情况") if isinstance(b, Table)).rows[0]
    assert found[3] == "市纪委监委机关、2024年10月1日"
    assert "示例某局局长" in found[1]


def test_what_is_missing_is_named_with_the_conclusions_that_wait_for_it(real: Dossier) -> None:
    table = next(b for b in part(real, "还缺什么") if isinstance(b, Table))
    assert "重要生态环境问题" in [row[0] for row in table.rows]
    assert all(re.fullmatch(r"\d+(、\d+)*", row[2]) for row in table.rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_never_says_what_only_an_organ_may_say(desk: Survey, lang: d.Lang) -> None:
    issues = [issue for issue in desk.issues() if issue.startswith("SL-")]
    made = d.dossier(issues if lang == "zh" else issues[::5], desk, lang=lang)
    said = [*texts(made)] + [c for s in made.sheets for row in s.table.rows for c in row]
    assert not [text for text in said if NEVER.search(text)]
    assert not NEVER.search(Path(d.__file__).with_name("words.yaml").read_text("utf-8"))


def test_it_carries_day_and_versions_on_its_face_and_in_its_properties(real: Dossier, desk: Survey) -> None:
    rules, data = desk.rules.book.digest, desk.digest
    face = ("2026年11月23日", f"第{desk.version}号", data[:12], rules[:12])
    book = openpyxl.load_workbook(io.BytesIO(written(real, "xlsx")))
    paper = python_docx.Document(io.BytesIO(written(real, "docx")))
    pdf = pypdf.PdfReader(io.BytesIO(written(real, "pdf")))
    for sheet in book:
        assert all(part in str(sheet["A2"].value) for part in face)
    first = "".join(p.text for p in paper.paragraphs[:20])
    assert all(part in first for part in face)
    assert all(part in pages_of(written(real, "pdf"))[0] for part in face)
    custom = {p.name: p.value for p in book.custom_doc_props}
    assert custom == {
        "as_of": "2026-11-23",
        "data_version": desk.version,
        "data_digest": data,
        "rule_version": rules,
    }
    held = zipfile.ZipFile(io.BytesIO(written(real, "docx"))).read("docProps/custom.xml").decode()
    assert all(value in held for value in ("2026-11-23", data, rules))
    assert pdf.metadata is not None
    assert all(value in str(pdf.metadata.subject) for value in ("2026-11-23", data, rules))
    assert book.properties.title == "生态环境损害责任追究问题清单"
    assert paper.core_properties.title == str(pdf.metadata.title) == "生态环境损害责任追究问题案卷"


def test_invented_data_are_marked_wherever_one_looks(sample: Dossier, real: Dossier) -> None:
    mark = "示例数据（虚构）"
    assert sample.mark == mark
    assert real.mark == ""
    paper = python_docx.Document(io.BytesIO(written(sample, "docx")))
    section = paper.sections[0]
    assert paper.paragraphs[0].text == mark
    for header in (section.header, section.first_page_header):
        assert mark in "".join(p.text for p in header.paragraphs)
    assert all(mark in page for page in pages_of(written(sample, "pdf")))
    for sheet in openpyxl.load_workbook(io.BytesIO(written(sample, "xlsx"))):
        assert sheet["A3"].value == mark
        assert mark in str(sheet.oddHeader.right.text)
    assert mark not in in_docx(written(real, "docx"))


def test_what_happened_later_is_not_in_it(home: Path) -> None:
    early = d.dossier(["SL-105"], open_survey(home, datetime.date(2024, 5, 1)))
    said = "\n".join(texts(early))
    assert "2024年4月18日" in said
    assert "2024年6月12日" not in said
    assert "2025年9月15日" not in said
