"""The type of the .docx: one style for each kind of paragraph, each with its Chinese and its Latin font.

三号 is 16 pt, 二号 22 pt, 五号 10.5 pt. Fonts are named, not embedded: those of GB/T 9704 first; where a
machine lacks one, the font table names its usual substitute.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

_FANG, _HEI, _KAI, _SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
_LATIN: Final = "Times New Roman"
_FALLBACK: Final = {_FANG: "仿宋", _KAI: "楷体", _SONG: "宋体", _HEI: "SimHei", "宋体": "SimSun"}


def _fonts(chinese: str) -> str:
    return (
        f'<w:rFonts w:ascii="{_LATIN}" w:hAnsi="{_LATIN}" w:cs="{_LATIN}" w:eastAsia="{chinese}"'
        ' w:hint="eastAsia"/>'
    )


def _style(
    id: str, name: str, font: str, size: float, paragraph: str, run: str = "", based: str = "Normal"
) -> str:
    half = round(size * 2)
    default = ' w:default="1"' if id == "Normal" else ""
    parent = "" if id == "Normal" else f'<w:basedOn w:val="{based}"/>'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{id}"><w:name w:val={quoteattr(name)}/>{parent}'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr>"
        f'<w:rPr>{_fonts(font)}{run}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def _lines(points: float, before: float = 0, after: float = 0) -> str:
    def twentieths(value: float) -> int:
        return round(value * 20)

    return (
        f'<w:spacing w:before="{twentieths(before)}" w:after="{twentieths(after)}"'
        f' w:line="{twentieths(points)}" w:lineRule="exact"/>'
    )


_TWO: Final = '<w:ind w:firstLine="640" w:firstLineChars="200"/>'
_CENTRE: Final = '<w:jc w:val="center"/>'
_BOTH: Final = '<w:jc w:val="both"/>'
_DOTS: Final = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8840"/></w:tabs>'
_GROW: Final = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'

_ALL: Final = (
    _style("Normal", "Normal", _FANG, 16, '<w:widowControl w:val="0"/>' + _lines(28)),
    _style("Title", "Title", _SONG, 22, _lines(36, 80, 40) + _CENTRE),
    _style("Heading1", "heading 1", _HEI, 16, f'<w:keepNext/>{_lines(28, 0, 8)}<w:outlineLvl w:val="0"/>'),
    _style("Heading2", "heading 2", _KAI, 16, f'<w:keepNext/>{_lines(28, 10, 4)}<w:outlineLvl w:val="1"/>'),
    _style("TOC1", "toc 1", _HEI, 14, f"{_DOTS}{_lines(26, 4)}"),
    _style("TOC2", "toc 2", _FANG, 14, f'{_DOTS}{_lines(24)}<w:ind w:left="420"/>'),
    _style("Header", "header", "宋体", 9, _GROW + '<w:jc w:val="right"/>'),
    _style("Footer", "footer", "宋体", 14, _GROW + _CENTRE),
    _style("ZlBody", "责链 正文", _FANG, 16, _lines(28) + _TWO + _BOTH),
    _style("ZlHeading", "责链 小标题", _FANG, 16, "<w:keepNext/>" + _lines(28, 4) + _TWO, "<w:b/>"),
    _style("ZlConclusion", "责链 结论", _FANG, 12, "<w:keepNext/>" + _lines(20, 10) + _BOTH, "<w:b/>"),
    _style("ZlQuote", "责链 条文", _KAI, 12, _lines(20) + '<w:ind w:left="420"/>' + _BOTH),
    _style("ZlNote", "责链 说明", _FANG, 10.5, _lines(17) + '<w:ind w:left="420"/>' + _BOTH),
    _style("ZlStep", "责链 推导", _FANG, 10.5, _lines(15.5) + '<w:ind w:left="630" w:hanging="420"/>'),
    _style("ZlHead", "责链 表头", _HEI, 10.5, "<w:keepNext/>" + _GROW + _CENTRE),
    _style("ZlCell", "责链 表格", _FANG, 10.5, _GROW),
    _style("ZlAfter", "责链 表后", _FANG, 6, _lines(10)),
    _style(
        "ZlMark", "责链 示例", _HEI, 16, _lines(28) + '<w:jc w:val="right"/>', '<w:color w:val="B3261E"/>'
    ),
    _style(
        "ZlCover",
        "责链 封面",
        _FANG,
        16,
        '<w:tabs><w:tab w:val="left" w:pos="1920"/></w:tabs>'
        + _lines(32)
        + '<w:ind w:left="1920" w:hanging="1920"/>',
    ),
    _style("ZlNotice", "责链 声明", _KAI, 14, _lines(24, 0, 6) + '<w:ind w:firstLine="560"/>' + _BOTH),
    _style("ZlContents", "责链 目录", _SONG, 22, _lines(36, 0, 16) + _CENTRE),
)

STYLES: Final = frozenset(style.split('w:styleId="')[1].split('"')[0] for style in _ALL)

#: ``{namespace}`` and ``{lang}`` are filled in by the writer.
SHEET: Final = (
    "<w:styles {namespace}><w:docDefaults><w:rPrDefault><w:rPr>"
    + _fonts(_FANG)
    + '<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
    '<w:lang w:val="{lang}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
    "</w:docDefaults>" + "".join(_ALL) + "</w:styles>"
)


def fonts_known() -> str:
    """Return the font table: each Chinese font with the name of what to take where it is not installed."""
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, other in _FALLBACK.items()
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{namespace}">{entries}</w:fonts>'
    )
