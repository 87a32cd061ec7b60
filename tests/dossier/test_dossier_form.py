"""The form of the three files: an official paper, pages that can be searched, sheets that print."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import docx as python_docx
import openpyxl
import pypdf
import pytest
from written import (
    CHINESE,
    W,
    in_docx,
    in_pdf,
    pages_of,
    written,
)

from app import dossier as d
from app.dossier import pages
from app.dossier.content import Dossier, Table
from app.dossier.words import read
from reasoner.engine.survey import Survey


def test_the_document_has_the_form_of_an_official_paper(sample: Dossier) -> None:
    paper = python_docx.Document(io.BytesIO(written(sample, "docx")))
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
    data = written(sample, "docx")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert r" TOC \o &quot;1-2&quot; \h \z \u " in xml or r' TOC \o "1-2" \h \z \u ' in xml
    paper = python_docx.Document(io.BytesIO(data))
    entries = [p for p in paper.paragraphs if p.style is not None and p.style.style_id.startswith("TOC")]
    assert [p.text.strip() for p in entries] == [part.title for part in sample.parts]
    anchors = set(re.findall(r'w:anchor="(\w+)"', xml))
    assert anchors == set(re.findall(r'<w:bookmarkStart [^>]*w:name="(\w+)"', xml))
    assert xml.count('w:fldCharType="begin"') == xml.count('w:fldCharType="end"')


def test_every_page_is_numbered_of_how_many(sample: Dossier) -> None:
    held = zipfile.ZipFile(io.BytesIO(written(sample, "docx")))
    feet = [ElementTree.fromstring(held.read(n)) for n in held.namelist() if "footer" in n]
    assert "第PAGE1页共NUMPAGES1页" in {re.sub(r"\s", "", "".join(foot.itertext())) for foot in feet}
    pages_shown = pages_of(written(sample, "pdf"))
    for number, page in enumerate(pages_shown, 1):
        assert (f"第{number}页共{len(pages_shown)}页" in page) == (number > 1)
    for sheet in openpyxl.load_workbook(io.BytesIO(written(sample, "xlsx"))):
        assert sheet.oddFooter.center.text == "第&P页 共&N页"


def test_the_sheets_print_on_landscape_pages_with_their_heads(sample: Dossier) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(written(sample, "xlsx"))):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize or 0) == 9
        assert sheet.print_title_rows == "$4:$4"
        assert str(sheet.freeze_panes) in ("C5", "A5")
        assert all(cell.alignment.wrap_text for cell in sheet[5])


def test_the_pdf_has_bookmarks_and_carries_its_letters(sample: Dossier) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(written(sample, "pdf")))

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
    assert "白杨区违规占用岸线泊位" in in_pdf(written(sample, "pdf"))
    described = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in described
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in described


def test_a_machine_without_chinese_fonts_says_so(real: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def families(self) -> list[str]:
            return ["Libertinus Serif", "DejaVu Sans Mono"]

    monkeypatch.setattr(pages, "_installed", Bare)
    pages.fonts.cache_clear()
    with pytest.raises(d.NoFontError, match=r"没有可用的中文字体.* / no Chinese font"):
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
    assert "云阳县" in in_docx(written(made, "docx"))
    assert d.file_name(made, "docx") == "case-file_CQ-001_as-of-20261123.docx"


def test_a_character_that_no_font_has_costs_the_archival_form_and_nothing_else(real: Dossier) -> None:
    strange = replace(real, notices=("\U0001f980\U000f0000", *real.notices))
    data = d.pdf(strange)
    assert "不代替督察组形成的清单和案卷" in in_pdf(data)
    assert b"%PDF-1.7" in data[:20]
