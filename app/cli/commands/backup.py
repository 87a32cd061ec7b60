"""``zelian backup``: the record as one file, read back and verified."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import progress, tables
from app.cli.messages import from_error

if TYPE_CHECKING:
    from reasoner.backup.content import Disagreement

_NAMES = {
    "transactions": "入库",
    "sources": "来源",
    "statements": "语句",
    "set_aside": "搁置的行",
    "receipts": "推理凭据",
    "rule_versions": "规则版本",
    "audit": "访问日志",
}


def run(arguments: argparse.Namespace) -> int:
    """Write the file, read it back; exit code 1 when the record contradicts itself."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.backup.content import BackupError
    from reasoner.backup.restore import looked_at
    from reasoner.backup.write import backup

    with pipeline.record_of(home()) as record, progress.bar("备份 · backup") as step:
        try:
            backup(record, arguments.file, step)
            manifest, wrong = looked_at(arguments.file, step)
        except BackupError as error:
            raise from_error(error) from None
    print("\n".join(told(arguments.file, manifest, arguments.lang)))
    return shown(wrong, arguments.lang)


def told(file: Path, manifest: dict[str, Any], lang: str) -> list[str]:
    """What is in a backup, and the hash to note down."""
    heads = ("内容", "行") if lang == "zh" else ("table", "rows")
    words = _NAMES if lang == "zh" else {}
    rows = [(words.get(name, name), f"{each['rows']:,}") for name, each in manifest["tables"].items()]
    with file.open("rb") as content:
        digest = sha256()
        while piece := content.read(1 << 20):
            digest.update(piece)
    return [f"{file}  {manifest['at']}", tables.table(heads, rows), f"SHA-256 {digest.hexdigest()}"]


def shown(wrong: Iterable[Disagreement], lang: str) -> int:
    """Print what a record says of itself that is not so; return the exit code."""
    found = list(wrong)
    for each in found:
        print(each.en if lang == "en" else each.zh)
    if not found:
        zh = "读回核对无误：语句与每次入库的摘要、推理凭据链、访问日志链均相符"
        en = "read back and verified: statements, receipts and audit log agree with their digests and hashes"
        print(en if lang == "en" else zh)
    return 1 if found else 0
