# ruff: noqa: E501 -- an input is a line, however long
"""CSV ledgers written by hand against the reader: encodings, quotes, sizes, headings that never end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

_TITLE = "第三轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表（第二十二批，2024年5月30日）"
_HEAD = "序号,受理编号,交办问题基本情况,行政区域,问题类型,调查核实情况,是否属实,办结目标,处理和整改情况,是否办结,责任人被处理情况"


def table(*rows: str, head: str = _HEAD) -> str:
    """The list of petitions with these rows."""
    return "\r\n".join((_TITLE, head, *rows)) + "\r\n"


def row(number: str = "D3CQ202405280088", said: str = "污水直排", place: str = "云阳县", **more: str) -> str:
    """One petition; what holds a comma or a quote is quoted."""
    cells = ["1", number, said, place, more.get("kind", ""), "", more.get("true", ""), more.get("until", ""), "",
             more.get("done", ""), more.get("who", "")]  # fmt: skip
    return ",".join('"' + c.replace('"', '""') + '"' for c in cells)


_ONE = table(row())
_REGISTRY = "机构编号,机构名称,机构类别,上级机构,撤销日期"

CSV: dict[str, Callable[[Path], Any]] = {
    "empty": lambda _: b"",
    "blanks": lambda _: b" \r\n\t\r\n" * 1000,
    "nul": lambda _: _ONE.encode().replace("污".encode(), b"\0"),
    "utf-7": lambda _: _ONE.encode("utf-7"),
    "utf-16 with mark": lambda _: (_ONE.encode("utf-16"), ["D3CQ202405280088"]),
    "utf-16 without mark": lambda _: _ONE.encode("utf-16-be"),
    "utf-16 half a letter": lambda _: _ONE.encode("utf-16")[:-1],
    "utf-16 lone surrogate": lambda _: (
        b"\xff\xfe" + table(row(said="甲")).encode("utf-16-le").replace("甲".encode("utf-16-le"), b"\x00\xd8")
    ),
    "utf-32": lambda _: _ONE.encode("utf-32"),
    "gb18030": lambda _: (_ONE.encode("gb18030"), ["D3CQ202405280088"]),
    "gb18030 four bytes": lambda _: (table(row(said="𠮷㐂")).encode("gb18030"), ["D3CQ202405280088"]),
    "big5": lambda _: "序號,受理編號,交辦問題\r\n1,A-1,水\r\n".encode("big5"),
    "utf-8 then gbk": lambda _: _ONE.encode() + row("D-2").encode("gbk"),
    "overlong utf-8": lambda _: _ONE.encode() + b"\xc0\xaf\xe0\x80\xaf",
    "marks of order within": lambda _: table(row(said="\ufeff污\ufeff水"), row("D-2")),
    "an open quote": lambda _: table('1,"D-1,污水,云阳县', row("D-2")),
    "quotes within": lambda _: table('1,D-1,污"水"直"排,云阳县'),
    "old line ends": lambda _: _ONE.replace("\r\n", "\r"),
    "lines of many kinds": lambda _: table(row(said="甲\r乙\n丙\r\n丁\u2028戊\x85己\x0b庚")),
    "a megabyte in a cell": lambda _: table(row(said="污" * (1 << 20))),
    "two megabytes in a cell": lambda _: table(row(said="x" * (2 << 20)), row("D-2")),
    "a cell of 32,767": lambda _: (table(row("D-9", said="污" * 32_767)), ["D-9"]),
    "a place of half a megabyte": lambda _: table(row(place="云" * 500_000)),
    "a place of ten thousand parts": lambda _: table(row(place="、".join(f"某{i}县" for i in range(10_000)))),
    "a place of brackets": lambda _: table(row(place="（" * 100_000 + "云阳县")),
    "who, of half a megabyte": lambda _: table(row(who="局" * 300_000)),
    "a kind of half a megabyte": lambda _: table(row(kind="水" * 300_000)),
    "a limit of digits": lambda _: table(row(until="9" * 200_000)),
    "a limit of dashes": lambda _: table(row(until="2024年1月" + "-" * 100_000 + "2024年3月")),
    "a limit of numerals": lambda _: table(row(until="十" * 100_000 + "日")),
    "a limit of years": lambda _: table(row(until="2024年" * 40_000)),
    "a limit of words": lambda _: table(row(until="前" * 100_000)),
    "a number of 5000 digits": lambda _: table(row("9" * 5000)),
    "a thousand columns": lambda _: table(row(), head=_HEAD + ",x" * 1000),
    "ten thousand columns": lambda _: table(row() + ",y" * 10_000, head=_HEAD + ",x" * 10_000),
    "a heading of brackets": lambda _: table(row(), head=_HEAD + "," + "a" + "()" * 200_000),
    "a heading of stars": lambda _: table(row(), head=_HEAD + "," + "*:" * 200_000 + "a"),
    "a heading of open brackets": lambda _: table(row(), head=_HEAD + "," + "(" * 200_000),
    "headings twice": lambda _: table(row(), row("D-2"), head=_HEAD + "," + _HEAD),
    "the heading every other row": lambda _: table(row(), _HEAD, row("D-2"), _HEAD),
    "ten thousand empty rows": lambda _: (table(row(), *["," * 10] * 10_000, row("D-7")), ["D-7"]),
    "rows of other widths": lambda _: (
        table("1,D-1,水", row("D-2"), row("D-3") + ",更多,还有"),
        ["D-2", "D-3"],
    ),
    "the same number three times": lambda _: (
        table(row("D-1", "甲"), row("D-1", "乙"), row("D-1", "甲")),
        ["甲", "乙"],
    ),
    "formulas everywhere": lambda _: table(row("=1+1", "=1+1", "=1+1", kind="+1", until="-1", who="@x")),
    "an id with a path": lambda _: table(row("../../../etc/passwd"), row("C:\\x"), row("a/b/c")),
    "an id of control letters": lambda _: table(row("D\x01-1"), row("D\x1b[31m-2"), row("D\u202e-3")),
    "a terminal escape in a name": lambda _: table(
        row(said="\x1b]0;x\x07\x1b[2J污水", place="\x1b[31m云阳县")
    ),
    "days of every kind": lambda _: (
        table(
            *(
                row(f"D-{i}", until=day)
                for i, day in enumerate(
                    (
                        "0000-00-00",
                        "2024-02-30",
                        "9999-12-31",
                        "10000-01-01",
                        "1899-12-31",
                        "-1",
                        "45292",
                        "1e5",
                        "20241301",
                        "二〇二四年",
                        "2024年第5季度",
                        "2024-1-1 25:61",
                        "今天",
                        "2024-02-29T00:00:00Z",
                    )
                )
            )
        ),
        [f"D-{i}" for i in range(14)],
    ),
    "xml": lambda _: b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>",
    "html": lambda _: "<table><tr><th>受理编号<td>1</table>",
    "a zip called csv": lambda _: b"PK\x03\x04" + b"\0" * 100,
    "an old workbook called csv": lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "json": lambda _: '[{"受理编号": "1"}]',
    "a unit above itself": lambda _: "\n".join(
        (_REGISTRY, "o-1,甲局,区县部门,o-2,", "o-2,乙局,区县部门,o-1,")
    ),
    "a unit of every name": lambda _: "\n".join(
        (_REGISTRY, *(f"o-{i},云阳县政府,区县部门,," for i in range(300)))
    ),
    "a name of half a megabyte": lambda _: "\n".join((_REGISTRY, f"o-1,{'局' * 300_000},区县部门,,")),
    "a unit called as separators": lambda _: "\n".join(
        (_REGISTRY, 'o-1,"、；，|",区县部门,,', "o-2,(),区县部门,,")
    ),
    "many files of one name": lambda _: {
        "a/台账.csv": _ONE,
        "b/台账.csv": table(row("D-2")),
        "台账.csv": _ONE,
    },
    "a name with a path": lambda _: {"../../outside.csv": _ONE},
    "a name of control letters": lambda _: {"台\n账\x1b[31m\u202e.csv": _ONE},
    "a name of another kind": lambda _: {"台账.xls": _ONE},
    "a name without a kind": lambda _: {"台账": _ONE},
    "one good file and one bad": lambda _: {"好.csv": _ONE, "坏.csv": b"\0\0"},
}
