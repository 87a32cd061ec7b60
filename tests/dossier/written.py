"""What stands in a dossier as written: the text of each form, and the words that the tests look for."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from xml.etree import ElementTree

import openpyxl
import pypdf

from app import dossier as d
from app.dossier.content import Dossier, Paragraph, Table

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
    "长" * 33_000,
    "w" * 33_000,
]
SECRETS = [
    "举报人甲乙丙",
    "举报信原话",
    "线索来源单位",
    "密字〔2026〕7号",
    "未定结论机关",
    "秘密材料题名",
    "秘密认定文号",
    "某未定职务",
]


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


@lru_cache(maxsize=4)
def pages_of(data: bytes) -> tuple[str, ...]:
    """Return the text of each page of a PDF without blanks and line ends, which its lines put in."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return tuple(re.sub(r"\s", "", page.extract_text()) for page in reader.pages)


def in_pdf(data: bytes) -> str:
    return "".join(pages_of(data))


def in_xlsx(data: bytes) -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {s.title: [[str(v or "") for v in row] for row in s.iter_rows(values_only=True)] for s in book}


_made: dict[tuple[int, str], tuple[Dossier, bytes]] = {}


def written(made: Dossier, form: d.Format) -> bytes:
    """Return a dossier in a form, written once; the dossier is kept so that its id stays its own."""
    key = (id(made), form)
    if key not in _made:
        _made[key] = (made, d.write(made, form))
    return _made[key][1]


def everything(made: Dossier) -> str:
    sheets = (cell for rows in in_xlsx(written(made, "xlsx")).values() for row in rows for cell in row)
    return "\n".join([in_docx(written(made, "docx")), in_pdf(written(made, "pdf")), *sheets])


def part(made: Dossier, title: str) -> list[Paragraph | Table]:
    return [block for p in made.parts if title in p.title for block in p.blocks]
