"""The dossier: what it says, what it leaves out, and that it reads the same in each of its three forms."""

import datetime
import io
import re
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import docx as python_docx
import openpyxl
import pypdf
import pytest
import yaml

from app import dossier as d
from app.cli import main
from app.dossier import document, pages
from app.dossier.content import Dossier, Paragraph, Table, clean
from app.dossier.words import Words, read
from reasoner import bundled, restricted
from reasoner.ledger.load import load_bundled
from reasoner.pipeline import RECORD_FILE
from reasoner.record import Claim, Record, Source
from reasoner.survey import Survey, open_survey

AS_OF = datetime.date(2026, 11, 23)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
QUOTE = "督察发现的重要生态环境问题及其失职失责情况，督察组应当形成生态环境损害责任追究问题清单和案卷"
NEVER = re.compile("违法|有罪|应当给予|guilt|illegal|violat")
CHINESE = re.compile("[\u4e00-\u9fff]")
HOSTILE = [
    '=HYPERLINK("http://evil.example","y")',
    "<img src=x onerror=alert(1)>",
    '#import "@preview/evil:1.0.0": * #read("/etc/passwd") $x$ *b* `c` \\ <label>',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\x00\x01\x0b\ud800\ufffe\u202e控制字符]]>&amp;<w:t>",
    "长" * 40_000,
    "w" * 40_000,
]
SECRETS = [
    "举报人甲乙丙",
    "举报信原话",
    "线索来源单位",
    "密字〔2026〕7号",
    "未定结论机关",
    "秘密材料题名",
    "秘密认定文号",
]


def put(record: Record, key: str, *claims: Claim) -> None:
    with record.transaction("test", key) as change:
        change.put_row(Source("own.csv", row=7, key=key), list(claims))


def act(kind: str, id: str, issue: str, **more: str) -> list[Claim]:
    kinds = {"name": "text", "note": "text", "on": "date"}
    return [
        Claim(kind, id),
        Claim("about", id, issue, "entity"),
        *(
            Claim(key, id, int(value) if kinds.get(key) == "date" else value, kinds.get(key, "entity"))
            for key, value in more.items()
        ),
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of the bundled data, the samples, a hostile issue, and one with fields of every restricted kind."""
    home = tmp_path_factory.mktemp("dossier")
    with Record.open(home / RECORD_FILE) as record:
        load_bundled(record, samples=True)
        hostile = [Claim("summary", "X-1", text, "text") for text in HOSTILE[:1]]
        hostile += [Claim("note", "X-1", text.replace("\ud800", ""), "text") for text in HOSTILE[1:]]
        hostile += [
            Claim("name", "X-1", HOSTILE[0], "text"),
            Claim("sourceUrl", "X-1", "javascript:1", "text"),
        ]
        put(record, "X-1", Claim("issue", "X-1"), Claim("raisedIn", "X-1", "i-c3", "entity"), *hostile)
        own = [Claim("issue", "R-1"), Claim("name", "R-1", "有受限字段的问题", "text")]
        own += [Claim("raisedIn", "R-1", "i-m2-1", "entity"), Claim("relatesTo", "R-1", "d500110", "entity")]
        unit = [Claim("unit", "who"), Claim("name", "who", SECRETS[0], "text")]
        own += act("complaint", "R-c", "R-1", by="who", note=SECRETS[1], name="来信", on="20260105")
        from_whom = [Claim("unit", "src"), Claim("name", "src", SECRETS[2], "text")]
        own += act("informationGathering", "R-g", "R-1", to="src", on="20260103")
        team = [Claim("unit", "team"), Claim("name", "team", SECRETS[4], "text")]
        letter = [Claim("text", "t-7"), Claim("name", "t-7", SECRETS[3], "text")]
        own += act("finding", "R-p", "R-1", findingKind="dereliction", state="provisional", by="team")
        own += [Claim("instrument", "R-p", "t-7", "entity"), Claim("on", "R-p", 20260201, "date")]
        paper = [Claim("inspectionFile", "R-d"), Claim("name", "R-d", SECRETS[5], "text")]
        paper += [Claim("text", "t-8"), Claim("name", "t-8", SECRETS[6], "text")]
        own += act("finding", "R-s", "R-d", findingKind="workSecret", state="upheld", by="leadingGroup")
        own += [Claim("instrument", "R-s", "t-8", "entity"), Claim("on", "R-s", 20260301, "date")]
        own += act("publication", "R-x", "R-1", by="leadingGroupOffice", on="20260302")
        own += [Claim("about", "R-x", "R-d", "entity")]
        put(record, "R-1", *own, *unit, *from_whom, *team, *letter, *paper)
    return home


@pytest.fixture(scope="module")
def desk(home: Path) -> Survey:
    return open_survey(home, AS_OF)


@pytest.fixture(scope="module")
def sample(desk: Survey) -> Dossier:
    return d.dossier(["SL-105"], desk)


@pytest.fixture(scope="module")
def real(desk: Survey) -> Dossier:
    return d.dossier(["CQ-001"], desk)


def texts(made: Dossier) -> Iterator[str]:
    """Yield every text of the parts of a dossier."""
    for part in made.parts:
        yield part.title
        for block in part.blocks:
            if isinstance(block, Paragraph):
                yield block.lead + block.text
            else:
                yield from (cell for row in (block.head, *block.rows) for cell in row)


def in_docx(data: bytes) -> str:
    """Return the text of a document, cells and table of contents included, a line for each paragraph."""
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))


def in_pdf(data: bytes) -> str:
    """Return the text of a PDF without blanks and line ends, which the lines of a page put in."""
    whole = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return re.sub(r"\s", "", whole)


def in_xlsx(data: bytes) -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {s.title: [[str(v or "") for v in row] for row in s.iter_rows(values_only=True)] for s in book}


def everything(made: Dossier) -> str:
    sheets = (cell for rows in in_xlsx(d.xlsx(made)).values() for row in rows for cell in row)
    return "\n".join([in_docx(d.docx(made)), in_pdf(d.pdf(made)), *sheets])


def part(made: Dossier, title: str) -> list[Paragraph | Table]:
    return [block for p in made.parts if title in p.title for block in p.blocks]


# -- what it says -----------------------------------------------------------------------------------


def test_the_list_has_what_article_39_asks_for(sample: Dossier) -> None:
    rows = in_xlsx(d.xlsx(sample))["问题清单"]
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
    for said in (in_docx(d.docx(real)), "\n".join(map(" ".join, in_xlsx(d.xlsx(real))["来源"]))):
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
    after = dict(zip(blocks, blocks[1:], strict=False))
    assert all(after[b].style in ("quote", "note") for b in shown)


def test_what_is_quoted_stands_in_the_regulation(sample: Dossier, desk: Survey) -> None:
    law = desk.law.reassemble().replace("\n", "")
    for said in (in_docx(d.docx(sample)), in_pdf(d.pdf(sample))):
        assert QUOTE in said
    for block in part(sample, "依据与推导"):
        if isinstance(block, Paragraph) and block.style == "quote":
            assert block.text.split("：“", 1)[1].removesuffix("”") in law


def test_a_step_is_told_once_and_then_referred_to(sample: Dossier) -> None:
    steps = [b for b in part(sample, "依据与推导") if isinstance(b, Paragraph) and b.style == "step"]
    whole = "\n".join(b.lead + b.text for b in steps)
    kinds = "推得：|事实：|认定：|参数：|比较：|历法：|基准日：|计数：|另列：|未见："
    told = [int(n) for n in re.findall(rf"〔(\d+)〕(?:{kinds})", whole)]
    assert sorted(told) == list(range(1, len(told) + 1))
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


def test_what_is_missing_is_named_with_the_conclusions_that_wait_for_it(real: Dossier) -> None:
    table = next(b for b in part(real, "还缺什么") if isinstance(b, Table))
    assert "重要生态环境问题" in [row[0] for row in table.rows]
    assert all(re.fullmatch(r"\d+(、\d+)*", row[2]) for row in table.rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_never_says_what_only_an_organ_may_say(desk: Survey, lang: d.Lang) -> None:
    issues = [issue for issue in desk.issues() if issue.startswith("SL-")]
    made = d.dossier(issues, desk, lang=lang)
    said = [text for text in texts(made)] + [c for s in made.sheets for row in s.table.rows for c in row]
    assert not [text for text in said if NEVER.search(text)]
    assert not NEVER.search(Path(d.__file__).with_name("words.yaml").read_text("utf-8"))


def test_it_carries_day_and_versions_on_its_face_and_in_its_properties(real: Dossier, desk: Survey) -> None:
    rules, data = desk.rules.book.digest, desk.digest
    face = ("2026年11月23日", f"第{desk.version}号", data[:12], rules[:12])
    book = openpyxl.load_workbook(io.BytesIO(d.xlsx(real)))
    paper = python_docx.Document(io.BytesIO(d.docx(real)))
    pdf = pypdf.PdfReader(io.BytesIO(d.pdf(real)))
    for sheet in book:
        assert all(part in str(sheet["A2"].value) for part in face)
    first = "".join(p.text for p in paper.paragraphs[:20])
    assert all(part in first for part in face)
    assert all(part in re.sub(r"\s", "", pdf.pages[0].extract_text()) for part in face)
    custom = {p.name: p.value for p in book.custom_doc_props}
    assert custom == {
        "as_of": "2026-11-23",
        "data_version": desk.version,
        "data_digest": data,
        "rule_version": rules,
    }
    held = zipfile.ZipFile(io.BytesIO(d.docx(real))).read("docProps/custom.xml").decode()
    assert all(value in held for value in ("2026-11-23", data, rules))
    assert pdf.metadata is not None
    assert all(value in str(pdf.metadata.subject) for value in ("2026-11-23", data, rules))
    assert book.properties.title == "生态环境损害责任追究问题清单"
    assert paper.core_properties.title == str(pdf.metadata.title) == "生态环境损害责任追究问题案卷"


def test_invented_data_are_marked_wherever_one_looks(sample: Dossier, real: Dossier) -> None:
    mark = "示例数据（虚构）"
    assert sample.mark == mark
    assert real.mark == ""
    paper = python_docx.Document(io.BytesIO(d.docx(sample)))
    section = paper.sections[0]
    assert paper.paragraphs[0].text == mark
    for header in (section.header, section.first_page_header):
        assert mark in "".join(p.text for p in header.paragraphs)
    for page in pypdf.PdfReader(io.BytesIO(d.pdf(sample))).pages:
        assert mark in page.extract_text()
    for sheet in openpyxl.load_workbook(io.BytesIO(d.xlsx(sample))):
        assert sheet["A3"].value == mark
        assert mark in str(sheet.oddHeader.right.text)
    assert mark not in in_docx(d.docx(real))


def test_what_happened_later_is_not_in_it(home: Path) -> None:
    early = d.dossier(["SL-105"], open_survey(home, datetime.date(2024, 5, 1)))
    said = "\n".join(texts(early))
    assert "2024年4月18日" in said
    assert "2024年6月12日" not in said
    assert "2025年9月15日" not in said


# -- what it leaves out -----------------------------------------------------------------------------


def test_restricted_fields_are_left_out_of_all_three_and_nobody_is_told_which(desk: Survey) -> None:
    made = d.dossier(["R-1"], desk)
    said = everything(made)
    for secret in SECRETS:
        assert secret not in said, secret
    assert "记录中涉及保密要求的字段未列入本卷" in said
    assert "有受限字段的问题" in said
    without = d.dossier(["CQ-001"], desk)
    told = [b.text for b in part(made, "编制说明") if isinstance(b, Paragraph)]
    assert told == [b.text for b in part(without, "编制说明") if isinstance(b, Paragraph)]


def test_who_may_see_restricted_fields_gets_them_and_is_told_so(desk: Survey) -> None:
    made = d.dossier(["R-1"], desk, include_restricted=True)
    said = everything(made)
    for secret in SECRETS[:5]:
        assert secret in said, secret
    assert "应当按照保密规定使用和保管" in said


def test_restricting_changes_what_is_said_and_not_what_follows(desk: Survey) -> None:
    def concluded(made: Dossier) -> list[tuple[str, ...]]:
        return [row[:3] + row[4:6] for row in made.sheets[1].table.rows]

    open_, closed = (d.dossier(["R-1"], desk, include_restricted=flag) for flag in (True, False))
    assert concluded(closed) == concluded(open_)
    assert any("初步认定" in "".join(row) or "需研判" in row for row in concluded(closed))


def test_every_restriction_rests_on_words_of_the_text_and_on_terms_of_the_ontology(desk: Survey) -> None:
    vocabulary = desk.rules.vocabulary
    every = restricted.rules(desk.law.id)
    assert every
    for rule in every:
        for span in rule["basis"]:
            desk.law.quote_span(span["at"], span["text"])
        assert vocabulary.predicates[rule["class"]].is_class
        named = [] if rule["properties"] == "all" else rule["properties"]
        assert all(vocabulary.predicates[name].arity == 2 for name in (*named, *rule.get("where", {})))
        values = [value for values in rule.get("where", {}).values() for value in values]
        assert set(values) <= set(vocabulary.individuals)


def test_a_step_that_tells_a_restricted_value_goes_and_one_with_another_ground_stays() -> None:
    def node(predicate: str, *arguments: str, **more: object) -> dict[str, object]:
        return {"statement": {"predicate": predicate, "arguments": [*arguments]}, "sentence": {}, **more}

    sieve = restricted.Sieve(restricted.Restriction({"c": frozenset({"by"})}))
    secret, plain = node("by", "c", "who"), node("complaint", "c")
    told = node("complainedBy", "i", "who", premises=[secret, plain])
    tree = node("raised", "i", premises=[told, plain])
    kept = sieve.sifted(tree)
    assert kept is not None
    assert kept["premises"] == [plain]
    grounded = node("bearer", "i", "who", premises=[secret, node("unit", "who")])
    assert restricted.Sieve(sieve.hidden).sifted(grounded) is not None
    assert restricted.Sieve(sieve.hidden).sifted(told) is None


# -- hostile text -----------------------------------------------------------------------------------


def test_no_cell_is_ever_computed_or_opened(desk: Survey) -> None:
    data = d.xlsx(d.dossier(["X-1"], desk))
    book = openpyxl.load_workbook(io.BytesIO(data))
    dangerous = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.data_type == "s" or cell.value is None
                assert cell.hyperlink is None
                assert len(str(cell.value or "")) <= 32_767
                if str(cell.value or "").startswith(("=", "+", "-", "@")):
                    dangerous += 1
                    assert cell.quotePrefix
    assert dangerous >= 4
    held = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in held.read(name) for name in held.namelist())
    assert not [name for name in held.namelist() if "external" in name.lower()]
    whole = "\n".join(cell for rows in in_xlsx(data).values() for row in rows for cell in row)
    assert HOSTILE[0] in whole
    assert "（过长，全文见记录）" in whole


def test_hostile_text_is_text_in_the_document(desk: Survey) -> None:
    data = d.docx(d.dossier(["X-1"], desk))
    held = zipfile.ZipFile(io.BytesIO(data))
    for name in held.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(held.read(name))
            assert b"External" not in held.read(name)
    said = in_docx(data)
    for text in HOSTILE[:6]:
        assert text in said
    assert "控制字符]]>&amp;<w:t>" in said
    assert HOSTILE[7] in said
    fields = re.findall(rb"<w:instrText[^>]*>([^<]*)<", held.read("word/document.xml"))
    assert {field.split()[0] for field in fields} == {b"TOC", b"PAGEREF"}
    python_docx.Document(io.BytesIO(data))


def test_hostile_text_is_text_in_the_pdf(desk: Survey) -> None:
    data = d.pdf(d.dossier(["X-1"], desk))
    said = in_pdf(data)
    for text in HOSTILE[:6]:
        assert re.sub(r"\s", "", text) in said
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        for note in page.get("/Annots") or ():
            assert "/A" not in note.get_object() or note.get_object()["/A"]["/S"] == "/GoTo"
    assert b"/JavaScript" not in data
    assert b"/URI" not in data


def test_the_pages_use_no_package() -> None:
    source = Path(pages.__file__).with_name("pages.typ").read_text("utf-8")
    assert not re.search(r"#?import|include|@preview|eval|read\(", source)


def test_characters_that_no_document_holds_are_taken_out() -> None:
    assert clean("甲\x00乙\x1b丙\u202e丁\ud800\r\n戊\t己") == "甲乙丙丁\n戊 己"


# -- the form ---------------------------------------------------------------------------------------


def test_the_document_has_the_form_of_an_official_paper(sample: Dossier) -> None:
    paper = python_docx.Document(io.BytesIO(d.docx(sample)))
    section = paper.sections[0]
    size = [round(v.mm) for v in (section.page_width, section.page_height) if v is not None]
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert size == [210, 297]
    assert [round(v.mm) for v in edges if v is not None] == [37, 35, 28, 26]
    fonts = {}
    for style in paper.styles:
        run = style.element.find(f"{W}rPr/{W}rFonts")
        assert run is not None, style.name
        fonts[style.style_id] = run.get(f"{W}eastAsia")
        assert not [key for key in run.attrib if "Theme" in key]
    assert all(fonts.values())
    assert fonts["ZlBody"] == "仿宋_GB2312"
    assert fonts["Title"] == "方正小标宋简体"
    assert (fonts["Heading1"], fonts["Heading2"]) == ("黑体", "楷体_GB2312")
    used = {p.style.style_id for p in paper.paragraphs if p.style is not None}
    assert used <= set(fonts)
    assert paper.styles["责链 正文"].font.size.pt == 16


def test_the_table_of_contents_is_a_field_filled_beforehand(sample: Dossier) -> None:
    data = d.docx(sample)
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert r" TOC \o &quot;1-2&quot; \h \z \u " in xml or r' TOC \o "1-2" \h \z \u ' in xml
    paper = python_docx.Document(io.BytesIO(data))
    entries = [p for p in paper.paragraphs if p.style is not None and p.style.style_id.startswith("TOC")]
    assert [p.text.strip() for p in entries] == [part.title for part in sample.parts]
    anchors = set(re.findall(r'w:anchor="(\w+)"', xml))
    assert anchors == set(re.findall(r'<w:bookmarkStart [^>]*w:name="(\w+)"', xml))
    assert xml.count('w:fldCharType="begin"') == xml.count('w:fldCharType="end"')


def test_every_page_is_numbered_of_how_many(sample: Dossier) -> None:
    held = zipfile.ZipFile(io.BytesIO(d.docx(sample)))
    feet = [ElementTree.fromstring(held.read(n)) for n in held.namelist() if "footer" in n]
    assert "第PAGE1页共NUMPAGES1页" in {re.sub(r"\s", "", "".join(foot.itertext())) for foot in feet}
    pdf = pypdf.PdfReader(io.BytesIO(d.pdf(sample)))
    for number, page in enumerate(pdf.pages, 1):
        numbered = f"第{number}页共{len(pdf.pages)}页"
        assert (numbered in re.sub(r"\s", "", page.extract_text())) == (number > 1)
    for sheet in openpyxl.load_workbook(io.BytesIO(d.xlsx(sample))):
        assert sheet.oddFooter.center.text == "第&P页 共&N页"


def test_the_sheets_print_on_landscape_pages_with_their_heads(sample: Dossier) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(d.xlsx(sample))):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize or 0) == 9
        assert sheet.print_title_rows == "$4:$4"
        assert str(sheet.freeze_panes) in ("C5", "A5")
        assert all(cell.alignment.wrap_text for cell in sheet[5])


def test_the_pdf_has_bookmarks_and_carries_its_letters(sample: Dossier) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(d.pdf(sample)))

    def flat(outline: list[object]) -> Iterator[str]:
        for each in outline:
            if isinstance(each, list):
                yield from flat(each)
            else:
                yield str(each.title)  # type: ignore[attr-defined]

    assert list(flat(list(pdf.outline))) == [part.title for part in sample.parts]
    fonts = [f.get_object() for page in pdf.pages for f in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(below)
        assert re.match(r"/[A-Z]{6}\+", str(font["/BaseFont"]))
        assert "/ToUnicode" in font
    assert "白杨区违规占用岸线泊位" in in_pdf(d.pdf(sample))


def test_a_machine_without_chinese_fonts_says_so(real: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def families(self) -> list[str]:
            return ["Libertinus Serif", "DejaVu Sans Mono"]

    monkeypatch.setattr(pages, "_installed", Bare)
    pages.fonts.cache_clear()
    with pytest.raises(d.NoFontError, match="没有可用的中文字体.* / no Chinese font"):
        d.pdf(real)
    monkeypatch.undo()
    pages.fonts.cache_clear()


@cache
def own_words() -> dict[str, dict[str, str]]:
    return dict(read("words.yaml"))


def test_the_words_are_there_in_both_languages_and_english_ones_are_english() -> None:
    terms = re.compile("移交|移送|示例数据（虚构）")
    for key, both in own_words().items():
        assert set(both) == {"zh", "en"}, key
        assert not CHINESE.search(terms.sub("", both["en"])), key
        assert both["zh"].count("|") == both["en"].count("|"), key
        blanks = [set(re.findall(r"\{(\w+)\}", text)) for text in both.values()]
        if key not in ("section", "file.many"):
            assert blanks[0] == blanks[1], key


def test_in_english_the_frame_is_english_and_the_record_stays_chinese(desk: Survey) -> None:
    made = d.dossier(["CQ-001"], desk, lang="en")
    titles = [p.title.replace("云安联盛码头", "") for p in made.parts]
    heads = [cell for p in made.parts for b in p.blocks if isinstance(b, Table) for cell in b.head]
    sheets = [sheet.name for sheet in made.sheets] + [c for s in made.sheets for c in s.table.head]
    assert not [text for text in (*titles, *heads, *sheets, *made.notices) if CHINESE.search(text)]
    assert "云阳县" in in_docx(d.docx(made))
    assert d.file_name(made, "docx") == "case-file_CQ-001_as-of-20261123.docx"


# -- selections, names, commands --------------------------------------------------------------------


def test_a_selection_has_a_chapter_for_each_issue_and_shares_the_rest(desk: Survey) -> None:
    steps: list[tuple[str, int, int]] = []
    issues = ["SL-105", "CQ-001", "SL-114", "CQ-001"]
    made = d.dossier(issues, desk, progress=lambda *step: steps.append(step))
    assert made.issues == ("SL-105", "CQ-001", "SL-114")
    assert steps == [("SL-105", 0, 3), ("CQ-001", 1, 3), ("SL-114", 2, 3), ("", 3, 3)]
    chapters = [p.title for p in made.parts if p.level == 1]
    assert [title.split("、")[0] for title in chapters] == list("一二三四五六七八九")
    assert sum("通用前提" in title for title in chapters) == 1
    assert len(made.sheets[0].table.rows) == 3
    assert made.mark


def test_files_are_named_in_chinese_after_issue_and_day(desk: Survey, real: Dossier) -> None:
    assert d.file_name(real, "docx") == "案卷_CQ-001_截至20261123.docx"
    assert d.file_name(real, "pdf") == "案卷_CQ-001_截至20261123.pdf"
    assert d.file_name(real, "xlsx") == "生态环境损害责任追究问题清单_CQ-001_截至20261123.xlsx"
    many = d.dossier(["SL-105", "CQ-001"], desk)
    assert d.file_name(many, "docx") == "案卷_SL-105等2件_截至20261123.docx"


def test_an_issue_that_is_not_on_record_and_an_empty_selection_are_refused(desk: Survey) -> None:
    with pytest.raises(d.UnknownIssueError, match="记录中没有问题CQ-999 / no issue CQ-999 on record"):
        d.dossier(["CQ-999"], desk)
    with pytest.raises(ValueError, match="没有选择问题"):
        d.dossier([], desk)


def test_the_case_of_an_issue_gives_what_the_whole_record_gives(desk: Survey) -> None:
    class Whole:
        def case(self, matter: str) -> object:
            return desk.whole

    for issue in ("CQ-001", "SL-105", "R-1"):
        assert d.dossier([issue], desk).sheets == d.dossier([issue], Whole()).sheets  # type: ignore[arg-type]


def test_one_issue_is_written_while_one_waits(desk: Survey) -> None:
    desk.case("SL-105")
    d.pdf(d.dossier(["CQ-001"], desk))  # the fonts of the machine are looked for once
    for form, seconds in (("xlsx", 1.5), ("docx", 1.5), ("pdf", 3.0)):
        taken = []
        for _ in range(3):  # others may be at work on the machine
            start = time.perf_counter()
            d.write(d.dossier(["SL-105"], desk), form)
            taken.append(time.perf_counter() - start)
        assert min(taken) < seconds, form


def test_the_command_writes_the_file_and_says_where(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(home))
    ask = ["dossier", "SL-105", "--as-of", "2026-11-23", "--out", str(tmp_path)]
    assert main([*ask, "--format", "xlsx"]) == 0
    name = "生态环境损害责任追究问题清单_SL-105_截至20261123.xlsx"
    assert capsys.readouterr().out.strip() == str(tmp_path / name)
    assert in_xlsx((tmp_path / name).read_bytes())["问题清单"]
    assert main(["dossier", "SL-999", "--out", str(tmp_path)]) == 2
    assert "记录中没有问题SL-999" in capsys.readouterr().err
    assert main([*ask[:-1], str(tmp_path / "none" / "x.docx")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err


def test_the_layout_names_what_the_ontology_holds(desk: Survey) -> None:
    held = yaml.safe_load(Path(d.__file__).with_name("layout.yaml").read_text("utf-8"))
    norm = desk.rules.book.norms[held["norm"]]
    assert norm.quote is not None
    assert norm.quote.startswith(QUOTE)
    assert {held["important"], held["dereliction"]} <= set(desk.rules.vocabulary.individuals)
    assert set(held["fields"]) <= set(desk.rules.vocabulary.predicates)
    assert bundled.path("ontology", "regulation", desk.law.id, restricted.FILE).exists()
    assert Words("en")("toc") == "Contents"
    assert document.write is not None
