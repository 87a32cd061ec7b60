# ruff: noqa: E501 -- an input is a line, however long
"""Workbooks written by hand against the reader: bombs, entities, links, macros, merges, cells far apart."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

from tests.torture.inputs import nasty_ledgers, strings

_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_SECRET = "geheim-4711"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_INLINE = re.compile(rb'<c([^>]*?) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>')


def workbook(
    *rows: list[Any], merge: tuple[str, ...] = (), more: Callable[[Workbook], None] | None = None
) -> bytes:
    """A list of petitions with these rows below its headings."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "台账"
    page.append([nasty_ledgers._TITLE])
    page.append(nasty_ledgers._HEAD.split(","))
    for row in rows or (petition(),):
        page.append(row)
    for span in merge:
        page.merge_cells(span)
    if more is not None:
        more(book)
    target = io.BytesIO()
    book.save(target)
    return with_strings(target.getvalue())


def with_strings(data: bytes) -> bytes:
    """The workbook with its texts in a part of their own, as spreadsheet programs write them."""
    content = parts(data)
    texts: dict[str, int] = {}

    def number(match: re.Match[bytes]) -> bytes:
        at = texts.setdefault(html.unescape(match[2].decode()), len(texts))
        return b"<c" + match[1] + b' t="s"><v>%d</v></c>' % at

    for name in [name for name in content if name.startswith("xl/worksheets/sheet")]:
        content[name] = _INLINE.sub(number, content[name])
    listed = "".join(f"<si><t>{html.escape(text)}</t></si>" for text in texts)
    content[_STRINGS] = f'<sst xmlns="{_MAIN}" count="{len(texts)}">{listed}</sst>'.encode()
    types, relations = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    content[types] = content[types].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    content[relations] = content[relations].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return zipped(content)


def petition(number: str = "D-1", said: Any = "污水直排", place: Any = "云阳县", *more: Any) -> list[Any]:
    """One row."""
    return ["1", number, said, place, *more]


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Mapping[str, bytes]) -> bytes:
    """A workbook of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return target.getvalue()


def edited(data: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    """The workbook with words of one part replaced; each must be there."""
    content = parts(data)
    for old, new in changes:
        assert old in content[part], old
        content[part] = content[part].replace(old, new, 1)
    return zipped(content)


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part more, or another in its place."""
    return zipped(parts(data) | {name: part})


def rewritten(dice: Random, data: bytes) -> bytes:
    """The workbook with the XML of some part changed: bytes, attributes, elements repeated or lost."""
    content = parts(data)
    name = dice.choice((_SHEET, _SHEET, _STRINGS, "xl/workbook.xml", "xl/styles.xml", *content))
    if name not in content:
        name = _SHEET
    part = content[name]
    if dice.random() < 0.4:
        content[name] = strings.spoiled(dice, part)
        return zipped(content)
    for _ in range(dice.choice((1, 2, 5))):
        part = _reworked(dice, part)
    content[name] = part
    return zipped(content)


def _reworked(dice: Random, part: bytes) -> bytes:
    if dice.random() < 0.5:
        found = list(re.finditer(rb'(\w+)="([^"]*)"', part))
        values = (b"", b"0", b"-1", b"1048576", b"XFD1048576", b"A0", b"ZZZ9", b"99999999999", b"s", b"str", b"inlineStr",
                  b"e", b"d", b"b", b"n", b"1.5", b"A1:XFD1048576", b"B2:A1", b"true", b"&#x0;", b"hidden")  # fmt: skip
        if found:
            chosen = dice.choice(found)
            return part[: chosen.start(2)] + dice.choice(values) + part[chosen.end(2) :]
    found = list(re.finditer(rb"<(\w+)[^<>]*?(?:/>|>[^<]*</\1>)", part))
    if not found:
        return part
    chosen = dice.choice(found)
    piece = chosen[0]
    made = dice.choice(
        (b"", piece * 2, piece * 50, b"<f>1+1</f>" + piece, b"<c><v>1</v></c>", b"<v>1e999</v>", b"<t>&lt;</t>",
         b"<r><t>x</t></r>", b"<v>999999</v>", b"<v>-1</v>", b"<v>2958466</v>", b"<v>nan</v>")
    )  # fmt: skip
    return part[: chosen.start()] + made + part[chosen.end() :]


# -- written by hand ------------------------------------------------------------------------------


def _bomb(size: int) -> bytes:
    return with_part(workbook(), "xl/media/image1.xml", b" " * size)


def _liar() -> bytes:
    """A part that unpacks to more than the archive says."""
    data = with_part(workbook(), "xl/theme/theme9.xml", b"A" * 3_000_000)
    return data.replace((3_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def _quine() -> bytes:
    """Many entries of the directory that all point to the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 10_000_000)
        first = archive.infolist()[0]
        for i in range(2, 200):
            again = zipfile.ZipInfo(f"xl/worksheets/sheet{i}.xml")
            for name in ("file_size", "compress_size", "CRC", "header_offset", "compress_type"):
                setattr(again, name, getattr(first, name))
            archive.filelist.append(again)
    return target.getvalue()


def _lol() -> bytes:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "lol">{entities}]>'
    text = parts(workbook())[_STRINGS].decode()
    body = text[text.index("<sst") :].replace("污水直排", "&l9;")
    return with_part(workbook(), _STRINGS, (head + body).encode())


def _secret(folder: Path, part: str, kind: str) -> tuple[dict[str, bytes], list[str]]:
    """An entity that stands for a file, or for something at an address."""
    (folder / "secret.txt").write_text(_SECRET)
    where = (folder / "secret.txt").as_uri()
    text = parts(workbook())[part].decode()
    root = text.index("<", 1) if text.startswith("<?") else 0
    declared = f'<!ENTITY x SYSTEM "{where}">' if kind == "entity" else f'<!ENTITY % x SYSTEM "{where}"> %x;'
    text = f"<!DOCTYPE x [{declared}]>" + text[root:].replace("污水直排", "&x;" if kind == "entity" else "x")
    return {"台账.xlsx": with_part(workbook(), part, text.encode())}, []


def _far(reference: bytes) -> bytes:
    cell = b'<c r="A3" t="s">'
    content = parts(workbook())
    found = re.search(rb'<c r="A3"[^>]*>.*?</c>', content[_SHEET])
    assert found
    assert cell
    row = (
        b"<row r="
        + reference
        + b"><c r="
        + reference.replace(b'"', b'"XFD', 1)
        + b' t="n"><v>1</v></c></row>'
    )
    content[_SHEET] = content[_SHEET].replace(b"</sheetData>", row + b"</sheetData>")
    return zipped(content)


def _spaced_far() -> bytes:
    """A cell in the last corner, its address written with blanks that XML allows."""
    row = b'<row r = "1048576"><c r = "XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    return edited(workbook(), _SHEET, (b"</sheetData>", row))


def _quoted_far() -> bytes:
    row = b"<row r\n=\n'1048576'><c\nr='&#88;FD1048576'><v>1</v></c></row></sheetData>"
    return edited(workbook(), _SHEET, (b"</sheetData>", row))


def _merged(span: str, *cells: Any) -> bytes:
    data = workbook(petition(), petition("D-2"), petition("D-3", *cells))
    merge = f'</sheetData><mergeCells count="1"><mergeCell ref="{span}"/></mergeCells>'.encode()
    return edited(data, _SHEET, (b"</sheetData>", merge))


def _rows_merged(rows: int) -> bytes:
    data = workbook(*(petition(f"D-{i}") for i in range(rows)))
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="L1:XFD1048576"/></mergeCells>'
    return edited(data, _SHEET, (b"</sheetData>", merge))


def _many_merges() -> bytes:
    spans = "".join(f'<mergeCell ref="A{i}:XFD{i + 50}"/>' for i in range(1, 400))
    return edited(
        workbook(), _SHEET, (b"</sheetData>", f"</sheetData><mergeCells>{spans}</mergeCells>".encode())
    )


def _links() -> bytes:
    data = workbook(petition("D-1", "='[1]Sheet1'!A1"))
    relations = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'externalLinkPath" Target="http://127.0.0.1:9/evil.xlsx" TargetMode="External"/></Relationships>'
    )
    link = (
        b'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>'
        b"</externalLink>"
    )
    data = with_part(data, "xl/externalLinks/externalLink1.xml", link)
    return with_part(data, "xl/externalLinks/_rels/externalLink1.xml.rels", relations)


def _cached() -> tuple[bytes, list[str]]:
    """A formula with the result that some program left there: not what somebody wrote."""
    data = workbook(petition("D-1", "=1+1"), petition("D-2"))
    sheet = re.sub(rb"<f>1\+1</f>(<v\s*/>|<v></v>)?", b"<f>1+1</f><v>42</v>", parts(data)[_SHEET])
    data = with_part(data, _SHEET, sheet)
    return data, ["D-1", "D-2"]


def _hidden(book: Workbook) -> None:
    other = book.create_sheet("隐藏")
    other.append(nasty_ledgers._HEAD.split(","))
    other.append(petition("D-77"))
    other.sheet_state = "hidden"


def _deep() -> bytes:
    part = b"<a>" * 200_000 + b"</a>" * 200_000
    return edited(workbook(), _SHEET, (b"</sheetData>", part + b"</sheetData>"))


def _truncated(at: float) -> bytes:
    data = workbook()
    return data[: int(len(data) * at)]


def _zlib_trailing() -> bytes:
    return workbook() + zlib.compress(b"x" * 1000)


def _named(name: str) -> bytes:
    return with_part(workbook(), name, b"x")


XLSX: dict[str, Callable[[Path], Any]] = {
    "plain": lambda _: (workbook(), ["D-1"]),
    "a bomb of 300 MB": lambda _: _bomb(300 << 20),
    "250 MB of blanks": lambda _: _bomb(250 << 20),
    "a part larger than it says": lambda _: _liar(),
    "one part 200 times": lambda _: _quine(),
    "a billion laughs": lambda _: _lol(),
    "an entity of a file, strings": lambda folder: _secret(folder, _STRINGS, "entity"),
    "an entity of a file, sheet": lambda folder: _secret(folder, _SHEET, "entity"),
    "an entity of a file, workbook": lambda folder: _secret(folder, "xl/workbook.xml", "entity"),
    "a parameter entity": lambda folder: _secret(folder, _STRINGS, "parameter"),
    "links to other workbooks": lambda _: _links(),
    "macros": lambda _: (with_part(workbook(), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro"), ["D-1"]),
    "macros called xlsm": lambda _: {"台账.xlsm": with_part(workbook(), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")},
    "a path out of the archive": lambda _: _named("../../../../../tmp/zelian-outside.txt"),
    "a path from the root": lambda _: _named("/etc/zelian-outside"),
    "a cell in the last corner": lambda _: _far(b'"1048576"'),
    "a cell in the last corner, blanks": lambda _: _spaced_far(),
    "a cell in the last corner, escaped": lambda _: _quoted_far(),
    "everything merged": lambda _: _merged("A1:XFD1048576"),
    "everything merged, a formula": lambda _: _merged("A1:XFD1048576", "=1+1"),
    "whole columns merged": lambda _: _merged("L1:XFD1048576"),
    "2000 rows under a merge": lambda _: _rows_merged(2000),
    "many merges": lambda _: _many_merges(),
    "a merge of nonsense": lambda _: _merged("foo"),
    "a merge the wrong way": lambda _: _merged("C9:A1"),
    "a merge without an end": lambda _: _merged("A1:"),
    "merged headings": lambda _: workbook(merge=("A2:B2", "C2:D2")),
    "merged rows": lambda _: (workbook(petition("D-1"), petition("", ""), merge=("B3:B4", "C3:C4")), ["D-1"]),
    "a title over all": lambda _: (workbook(merge=("A1:K1",)), ["D-1"]),
    "a formula with its result": lambda _: _cached(),
    "array formula": lambda _: edited(
        workbook(petition("D-1", "=1+1")), _SHEET, (b"<f>1+1</f>", b'<f t="array" ref="C3:C9">SUM(A1:A9)</f>')
    ),
    "errors": lambda _: (workbook(petition("D-1", "#REF!"), petition("D-2", "#N/A")), ["D-1", "D-2"]),
    "a cell of 32,767": lambda _: (workbook(petition("D-1", "污" * 32_767)), ["D-1"]),
    "a cell of ten million": lambda _: edited(
        workbook(), _STRINGS, ("污水直排".encode(), "污".encode() * 10_000_000)
    ),
    "numbers for words": lambda _: (workbook(petition("D-1", 1e308, True, 3.5, -1, 10**18)), ["D-1"]),
    "a hidden sheet": lambda _: (workbook(more=_hidden), ["D-77"]),
    "only a chart": lambda _: workbook(more=lambda book: (book.create_chartsheet("图"), None)[1]),
    "deep XML": lambda _: _deep(),
    "no strings": lambda _: zipped({k: v for k, v in parts(workbook()).items() if k != _STRINGS}),
    "no sheet": lambda _: zipped({k: v for k, v in parts(workbook()).items() if k != _SHEET}),
    "no workbook": lambda _: zipped({k: v for k, v in parts(workbook()).items() if k != "xl/workbook.xml"}),
    "no styles": lambda _: (zipped({k: v for k, v in parts(workbook()).items() if k != "xl/styles.xml"}), []),
    "an empty archive": lambda _: zipped({}),
    "half of it": lambda _: _truncated(0.5),
    "all but the end": lambda _: _truncated(0.98),
    "more after the end": lambda _: _zlib_trailing(),
    "an old workbook": lambda _: {"台账.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600},
    "an old workbook called xlsx": lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "csv called xlsx": lambda _: nasty_ledgers._ONE,
    "an ods called xlsx": lambda _: zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    ),
    "encrypted": lambda _: workbook().replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    ),
    "a thousand sheets": lambda _: workbook(more=lambda book: [book.create_sheet(f"s{i}") for i in range(1000)] and None),
    "sheet names alike": lambda _: edited(
        workbook(more=lambda book: book.create_sheet("另一") and None), "xl/workbook.xml",
        ("另一".encode(), "台账".encode()),
    ),
    "a string that is not there": lambda _: edited(workbook(), _SHEET, (b"<v>11</v>", b"<v>99999999</v>")),
    "dates beyond all days": lambda _: edited(
        workbook(petition("D-1", "水", "云阳县", "", "", "", 45292)), _SHEET, (b"<v>45292</v>", b"<v>99999999999</v>")
    ),
    "a dimension that lies": lambda _: (
        re.sub(rb"x", b"x", with_part(workbook(), _SHEET, re.sub(
            rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', parts(workbook())[_SHEET]
        ))), ["D-1"]
    ),
}  # fmt: skip
"""``an entity …``: the words of the file must not come onto the record; see ``ledgers``."""
SECRET = _SECRET
