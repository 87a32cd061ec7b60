"""The case file as a .docx in the form of official papers: margins, type and headings of GB/T 9704."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from app.dossier.content import Dossier, Paragraph, Part, Table
from app.dossier.look import SHEET, STYLES, fonts_known
from app.dossier.words import Words

_TEXT_WIDTH: Final = 156  # mm between the margins
_DXA_A_MM: Final = 56.7
_LEVELS: Final = {1: "Heading1", 2: "Heading2"}
_PARAGRAPHS: Final = {
    "body": "ZlBody",
    "heading": "ZlHeading",
    "conclusion": "ZlConclusion",
    "quote": "ZlQuote",
    "note": "ZlNote",
    "step": "ZlStep",
}
_RED: Final = '<w:rPr><w:color w:val="B3261E"/></w:rPr>'
_SHORT: Final = 400  # characters of a cell that stays on one page
_STEP_INDENT: Final = 210  # twentieths of a point: one character of a step
_DEEPEST: Final = 8
#: What the library's template brings along and says of another program.
_LEFT_OVER: Final = ("/stylesWithEffects", "/thumbnail", "/customXml", "/extended-properties")
_CUSTOM: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_RELATION: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
)


def write(made: Dossier) -> bytes:
    """Return the document as bytes."""
    document = docx.Document()
    words = Words(made.lang)
    _styles(document, made)
    _settings(document)
    _page(document, made, words)
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    end = body[-1]
    xml = "".join([*_cover(made), *_contents(made, words), *_parts(made)])
    root = parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>")
    for child in list(root):
        end.addprevious(child)
    _properties(document, made, words)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


# -- pieces -----------------------------------------------------------------------------------------


def _run(text: str, bold: bool = False) -> str:
    """Return a run; a line break in the text is one in the document."""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{lines}</w:r>"


def _paragraph(style: str, inner: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{inner}</w:p>'


def _field(code: str, shown: str, dirty: bool = False) -> str:
    """Return a field with what it shows until it is updated."""
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _cover(made: Dossier) -> Iterator[str]:
    if made.mark:
        yield _paragraph("ZlMark", _run(made.mark))
    yield _paragraph("Title", _run(made.title))
    for label, value in made.cover:
        tabbed = f"{_run(label)}<w:r><w:tab/></w:r>{_run(value)}"
        yield _paragraph("ZlCover", tabbed)
    yield _paragraph("ZlCover", "")
    for notice in made.notices:
        yield _paragraph("ZlNotice", _run(notice))


def _contents(made: Dossier, words: Words) -> Iterator[str]:
    """Yield the table of contents: a field, with the entries that it will have."""
    yield _paragraph("ZlContents", _run(words("toc")), "<w:pageBreakBefore/>")
    opening = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        r'<w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \h \z \u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    closing = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    for number, part in enumerate(made.parts):
        page = _field(rf"PAGEREF _Toc{number} \h", "")
        entry = f"{_run(part.title)}<w:r><w:tab/></w:r>{page}"
        link = f'<w:hyperlink w:anchor="_Toc{number}" w:history="1">{entry}</w:hyperlink>'
        first, last = number == 0, number == len(made.parts) - 1
        yield _paragraph(f"TOC{part.level}", (opening if first else "") + link + (closing if last else ""))


def _parts(made: Dossier) -> Iterator[str]:
    for number, part in enumerate(made.parts):
        yield from _part(number, part)


def _part(number: int, part: Part) -> Iterator[str]:
    marked = (
        f'<w:bookmarkStart w:id="{number}" w:name="_Toc{number}"/>{_run(part.title)}'
        f'<w:bookmarkEnd w:id="{number}"/>'
    )
    yield _paragraph(_LEVELS[part.level], marked, "<w:pageBreakBefore/>" if part.level == 1 else "")
    for block in part.blocks:
        yield _block(block) if isinstance(block, Paragraph) else _table(block)


def _block(block: Paragraph) -> str:
    more = ""
    if block.style == "step":
        left = 630 + _STEP_INDENT * min(block.depth, _DEEPEST)
        more = f'<w:ind w:left="{left}" w:hanging="420"/>'
    gap = " " if block.style != "step" else ""
    lead = _run(block.lead + gap, bold=block.style != "step") if block.lead else ""
    return _paragraph(_PARAGRAPHS[block.style], lead + _run(block.text), more)


def _table(table: Table) -> str:
    whole = sum(table.widths)
    widths = [round(_TEXT_WIDTH * _DXA_A_MM * width / whole) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = [_row(table.head, widths, head=True), *(_row(row, widths) for row in table.rows)]
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="5B6472"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>'
        + _paragraph("ZlAfter", "")
    )


def _row(cells: tuple[str, ...], widths: list[int], head: bool = False) -> str:
    style = "ZlHead" if head else "ZlCell"
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(style, _run(text))}</w:tc>'
        for text, width in zip(cells, widths, strict=True)
    )
    whole = "<w:cantSplit/>" if max(map(len, cells)) < _SHORT else ""
    own = f"<w:trPr>{whole}{'<w:tblHeader/>' if head else ''}</w:trPr>"
    return f"<w:tr>{own}{inner}</w:tr>"


# -- the form ---------------------------------------------------------------------------------------


def _styles(document: Any, made: Dossier) -> None:
    """Give the document its styles; the template's own may name no Chinese font."""
    root = document.styles.element
    lang = "zh-CN" if made.lang == "zh" else "en-US"
    own = parse_xml(SHEET.format(namespace=nsdecls("w"), lang=lang))
    root.replace(root.find(qn("w:docDefaults")), own.find(qn("w:docDefaults")))
    for style in own.findall(qn("w:style")):
        for old in root.findall(qn("w:style")):
            if old.get(qn("w:styleId")) == style.get(qn("w:styleId")):
                root.remove(old)
        root.append(style)
    for old in root.findall(qn("w:style")):  # what is left of the template and never used
        if old.get(qn("w:styleId")) not in STYLES:
            root.remove(old)
    for name, relation in list(document.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = fonts_known().encode()
        elif relation.reltype.endswith(_LEFT_OVER):
            document.part.rels.pop(name)
    for name, relation in list(document.part.package.rels.items()):
        if relation.reltype.endswith(_LEFT_OVER):
            document.part.package.rels.pop(name)


def _settings(document: Any) -> None:
    """Let the words be set as Chinese: punctuation closed up, no Japanese forms of characters."""
    root = document.settings.element
    for name, attribute, value in (
        ("themeFontLang", "eastAsia", "zh-CN"),
        ("characterSpacingControl", "val", "compressPunctuation"),
    ):
        for element in root.findall(qn(f"w:{name}")):
            element.set(qn(f"w:{attribute}"), value)


def _page(document: Any, made: Dossier, words: Words) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    section.different_first_page_header_footer = True
    mark = _run(f"　{made.mark}").replace("<w:r>", f"<w:r>{_RED}", 1) if made.mark else ""
    _fill(section.header, _paragraph("Header", _run(made.title) + mark))
    _fill(section.first_page_header, _paragraph("Header", mark))
    number = (
        _run(words("page"))
        + _field("PAGE", _run("1"))
        + _run(words("page.of"))
        + _field("NUMPAGES", _run("1"))
        + _run(words("page.end"))
    )
    _fill(section.footer, _paragraph("Footer", number))
    _fill(section.first_page_footer, _paragraph("Footer", ""))


def _fill(place: Any, xml: str) -> None:
    place.is_linked_to_previous = False
    element = place._element
    for child in list(element):
        element.remove(child)
    element.append(parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))


def _properties(document: Any, made: Dossier, words: Words) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by = made.title, made.author, made.author
    core.subject = words.listed(made.subjects)[:250]
    core.keywords, core.comments = made.mark, made.sheets[0].above[1]
    core.language = "zh-CN" if made.lang == "zh" else "en"
    core.created = core.modified = datetime.now(UTC).replace(tzinfo=None)
    custom = {
        "as_of": made.as_of.isoformat(),
        "data_version": str(made.data_version),
        "data_digest": made.data_digest,
        "rule_version": made.rule_version,
    }
    fields = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(custom.items(), 2)
    )
    space = "http://schemas.openxmlformats.org/officeDocument/2006"
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Properties xmlns="{space}/custom-properties" xmlns:vt="{space}/docPropsVTypes">'
        f"{fields}</Properties>"
    )
    package = document.part.package
    part = PackagePart(PackURI("/docProps/custom.xml"), _CUSTOM, xml.encode(), package)
    package.relate_to(part, _CUSTOM_RELATION)
