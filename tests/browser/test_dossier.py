"""The dossier from the page: the files that the buttons of an issue and of a selection give."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Page
from visitor import HOSTILE, VisitorMaker

NAMES = {
    ".xlsx": "责任追究问题清单 .xlsx",
    ".docx": "案卷 .docx",
    ".pdf": "案卷 .pdf",
}


def download(page: Page, button: str) -> tuple[str, bytes]:
    """Press a button that gives a file; return the name of the file and what it holds."""
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name=button, exact=True).click()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def words_of(data: bytes) -> str:
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    return re.sub(r"<[^>]+>", "", xml)


@pytest.mark.parametrize("ending", NAMES)
def test_the_buttons_of_an_issue_give_files_with_chinese_names(visit: VisitorMaker, ending: str) -> None:
    page = visit().open("/issue?id=CQ-001&as_of=2026-11-23")
    name, data = download(page, NAMES[ending])
    what = "生态环境损害责任追究问题清单" if ending == ".xlsx" else "案卷"
    assert name == f"{what}_CQ-001_截至20261123{ending}"
    if ending == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        assert book.sheetnames == ["问题清单", "结论", "来源", "说明"]
        assert any("云安联盛码头" in str(cell.value) for row in book["问题清单"] for cell in row)
    elif ending == ".docx":
        said = words_of(data)
        assert "云安联盛码头" in said
        assert "issues_public.csv · 第2行" in said
        assert "第三十九条第三款" in said
    else:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        assert "生态环境损害责任追究问题案卷" in pages[0].extract_text()


def test_hostile_text_leaves_the_page_as_text(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=X-1")
    _, data = download(page, NAMES[".docx"])
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in words_of(data)
    _, book = download(page, NAMES[".xlsx"])
    cells = [c for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet for c in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_in_english_the_file_is_english(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=SL-105&as_of=2026-11-23&lang=en")
    name, data = download(page, "Case file .docx")
    assert name == "case-file_SL-105_as-of-20261123.docx"
    assert "Sample data (fictional)" in words_of(data)
