# ruff: noqa: E501 -- an input is a line, however long
"""Texts and bytes that programs stumble over, and small changes to bytes."""

from __future__ import annotations

from random import Random

FORMULAS = (
    "=1+1",
    '=HYPERLINK("{canary}/x","点我")',
    "=cmd|' /C calc'!A0",
    '=WEBSERVICE("{canary}/")',
    "@SUM(A1:A9)",
    "+86 23 1234",
    "-1+2",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    " =1+1",
    "'=1+1",
    "＋1",
    "－1",
    "＠x",
    '"=1+1"',
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u00a0=1",
)
STRANGE = (
    "",
    " ",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u202e反写\u202c",
    "a\u0301" * 40,
    "𠮷野家𓀀😀👨‍👩‍👧",
    "\u0085\u2028\u2029",
    "\x0b\x0c\x1b[31m红",
    "\x01\x08",
    "NULL",
    "None",
    "nan",
    "inf",
    "-0",
    "1e999",
    "9" * 400,
    "9" * 5000,
    "٣٤٥",
    "²³",
    "十" * 300,
    "二千零二十四年十三月",
    "2024-02-30",
    "0000-00-00",
    "9999-12-31",
    "99999-01-01",
    "20241301",
    "2024年2月30日",
    "45292",
    "1e5",
    "0x10",
    "true",
    "'; DROP TABLE statements; --",
    '"',
    "''",
    "\\",
    "%s%n{0}{canary}",
    "{}",
    "{0.__class__}",
    "<script>alert(1)</script>",
    "&lt;b&gt;&amp;",
    "]]>",
    "${jndi:ldap://x}",
    "../../../../etc/passwd",
    "C:\\Windows\\win.ini",
    "/dev/zero",
    "file:///etc/passwd",
    "CON",
    "a/b",
    "云阳县、忠县；万州区，云阳县",
    "云羊县",
    "（" * 60,
    "()" * 60,
    "、" * 500,
    "[](){}【】〔〕" * 20,
    "zl:Issue",
    "https://w3id.org/zelian/id/d500235",
    "x" * 4000,
    "污" * 4000,
    "CQ-001",
    "a" * 121,
)


def text(dice: Random, canary: str) -> str:
    """A text that somebody might put anywhere."""
    roll = dice.random()
    if roll < 0.25:
        return dice.choice(FORMULAS).replace("{canary}", canary)
    if roll < 0.85:
        return dice.choice(STRANGE).replace("{canary}", canary)
    if roll < 0.95:
        return "".join(chr(dice.choice(_RANGES)(dice)) for _ in range(dice.randrange(1, 40)))
    return dice.choice(("污", "(", "=", "9", "、", "是", "a ", "年1")) * dice.choice(
        (300, 5000, 32_767, 40_000)
    )


_RANGES = (
    lambda dice: dice.randrange(0x20, 0x7F),
    lambda dice: dice.randrange(0x4E00, 0x9FA5),
    lambda dice: dice.randrange(0x00, 0x20),
    lambda dice: dice.randrange(0xA0, 0x2FFF),
    lambda dice: dice.choice((0x200B, 0x202E, 0xFEFF, 0xFFFD, 0x1F600, 0x10FFFF, 0xE000)),
)


def spoiled(dice: Random, data: bytes, times: int | None = None) -> bytes:
    """The bytes with a few small changes: bits, lost and repeated pieces, numbers made huge, a cut end."""
    changed = bytearray(data)
    for _ in range(times or dice.choice((1, 1, 2, 4, 12))):
        if not changed:
            break
        at = dice.randrange(len(changed))
        match dice.randrange(9):
            case 0:
                changed[at] ^= 1 << dice.randrange(8)
            case 1:
                changed[at] = dice.randrange(256)
            case 2:
                del changed[at : at + dice.choice((1, 2, 7, 60))]
            case 3:
                changed[at:at] = changed[at : at + dice.choice((1, 5, 80))]
            case 4:
                changed[at:at] = dice.choice(_PIECES)
            case 5:
                del changed[at : None if dice.random() < 0.3 else at + 1]
            case 6:
                other = dice.randrange(len(changed))
                size = dice.choice((1, 4, 30))
                one, two = bytes(changed[at : at + size]), bytes(changed[other : other + size])
                changed[at : at + size], changed[other : other + size] = two, one
            case 7:
                changed[at : at + 1] = dice.choice(
                    (b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\x80", b"\r\n", b"\n")
                )
            case 8:
                changed[at:at] = dice.choice((b"(", b"[", b"{", b"<", b'"', b"'")) * dice.choice((1, 3, 200))
    return bytes(changed)


_PIECES = (
    b'"', b"'", b"\n", b"\r", b"\t", b",", b";", b"&x;", b"*x", b"&x ", b"!!python/object/apply:os.system ['x']",
    b"<!DOCTYPE x>", b"<<", b">>", b"{", b"}", b": ", b"- ", b"#", b"%", b"\\u0000", b"\\ud800", b"1e999",
    b"-1", b"9999999999999999999999", b"null", b"true", b"[]", b"{}", b"\xed\xa0\x80", b"\xc0\xaf",
)  # fmt: skip
