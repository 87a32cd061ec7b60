"""The case file as a PDF: set by Typst from the same content, with bookmarks and copyable text.

The words travel as data, never as markup; no package is used and nothing is fetched. The fonts are those of
the machine, the usual ones of official papers first; only the characters used are embedded.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from app.dossier.content import Dossier
from app.dossier.words import Words

#: For each kind of type, the fonts that will do, the best first.
_WANTED: Final[dict[str, tuple[str, ...]]] = {
    "fang": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02"),
    "hei": (
        "SimHei",
        "黑体",
        "STHeiti",
        "Heiti SC",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Noto Sans SC",
    ),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "Kaiti SC", "AR PL UKai CN"),
    "song": (
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "方正小标宋简体",
        "SimSun",
        "宋体",
        "STSong",
        "Songti SC",
    ),
}
_ANY: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "Songti SC",
    "STSong",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "AR PL UMing CN",
)
_SONG: Final = frozenset(_WANTED["song"][:3])
_LATIN: Final = ("Times New Roman", "Liberation Serif", "Noto Serif", "Libertinus Serif")
_ARCHIVAL: Final = "a-2u"


def write(made: Dossier) -> bytes:
    """Return the PDF as bytes. Raises NoFontError when no Chinese font is installed."""
    found, words = fonts(), Words(made.lang)
    data: dict[str, Any] = {
        "fonts": found,
        "lang": made.lang,
        "region": "CN" if made.lang == "zh" else "GB",
        "title": made.title,
        "author": made.author,
        "description": _properties(made),
        "keywords": [word for word in (*made.issues, made.mark) if word],
        "mark": made.mark,
        "page": [words("page"), words("page.of"), words("page.end")],
        "contents": words("toc"),
        "cover": made.cover,
        "notices": made.notices,
        "parts": [asdict(part) for part in made.parts],
    }
    text = json.dumps(data, ensure_ascii=False)
    try:
        return _set(text, _ARCHIVAL)
    except typst.TypstError:
        # a character that no font here has may not stand in an archival PDF; in any other it shows as a box
        return _set(text, [])


def _set(text: str, standards: Any) -> bytes:
    made = typst.compile(
        Path(__file__).with_name("pages.typ").read_bytes(),
        font_paths=_installed(),
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards=standards,
        timestamp=datetime.now(UTC).replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


def _properties(made: Dossier) -> str:
    return (
        f"{made.sheets[0].above[1]} | as_of={made.as_of.isoformat()} data_version={made.data_version} "
        f"data_digest={made.data_digest} rule_version={made.rule_version}"
    )


@cache
def _installed() -> typst.Fonts:
    return typst.Fonts()


@cache
def fonts() -> dict[str, Any]:
    """Return the fonts to set with, by kind. Raises NoFontError when no Chinese font is installed."""
    installed = set(_installed().families())
    anything: list[str] = [name for name in _ANY if name in installed]
    chosen: dict[str, list[str]] = {
        kind: [*(name for name in wanted if name in installed), *anything] for kind, wanted in _WANTED.items()
    }
    if not anything and not chosen["fang"]:
        from app.dossier import NoFontError

        raise NoFontError(f"{Words('zh')('error.fonts')} / {Words('en')('error.fonts')}")
    latin = [name for name in _LATIN if name in installed]
    made: dict[str, Any] = {kind: [*latin[:1], *names] for kind, names in chosen.items()}
    # 小标宋 is heavy by itself; another Song is set bold in its place
    made["weight"] = "regular" if _SONG & set(chosen["song"]) else "bold"
    return made
