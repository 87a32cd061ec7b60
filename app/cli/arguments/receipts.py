"""What was concluded when, and how two runs differ; who saw and changed what."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import Command, as_of, output_format
from app.cli.arguments.values import natural


def receipts(command: Command) -> None:
    """Add ``receipts``."""
    made = command(
        "receipts",
        "列出推理凭据：哪一天、哪一版记录和规则、得出多少结论、与上一次相差多少；并核对",
        "list the receipts of runs: which day, record and rules, how many conclusions, how many changes; and "
        "verify them",
        "zelian receipts",
        "zelian receipts 3",
        "zelian receipts --verify",
    )
    made.add_argument("receipt", metavar="RECEIPT", nargs="?", help="凭据编号或哈希 · a number or a hash")
    made.add_argument(
        "--verify",
        action="store_true",
        help="核对全部凭据、所存的结论和规则 · check every receipt, the stored conclusions and rules",
    )
    made.add_argument(
        "--again",
        action="store_true",
        help="连同把每次推理重做一遍 · with --verify: make every run again as well",
    )
    output_format(made, "table", "jsonl")


def diff(command: Command) -> None:
    """Add ``diff``."""
    made = command(
        "diff",
        "比较两次推理：哪些结论变了，因为哪一项事实、哪一条规则；或者试行改过的规则",
        "compare two runs: which conclusions changed, because of which fact or rule; or try amended rules",
        "zelian diff",
        "zelian diff 3 5 --issue CQ-001",
        "zelian diff --rules 修改稿/ontology --cases",
    )
    made.add_argument(
        "before", metavar="BEFORE", nargs="?", help="前一张凭据，默认倒数第二张 · default: the last but one"
    )
    made.add_argument(
        "after", metavar="AFTER", nargs="?", help="后一张凭据，默认最后一张 · default: the last"
    )
    made.add_argument(
        "--rules",
        metavar="DIR",
        type=Path,
        help="本体文件夹的修改稿：对现有记录试行 · an amended ontology folder, tried on the record as it is",
    )
    made.add_argument(
        "--cases",
        action="store_true",
        help="连同修改稿自己的案例 · with --rules: its own case files as well",
    )
    made.add_argument("--issue", metavar="ID", help="只列这个问题的 · only those of this issue")
    as_of(made)
    output_format(made, "text", "json", "csv")


def audit(command: Command) -> None:
    """Add ``audit``."""
    made = command(
        "audit",
        "谁在浏览页面上看了、改了什么（启用访问控制时）；并核对",
        "who saw and changed what in the explorer (where access is controlled); and verify it",
        "zelian audit --user zhang.san",
        "zelian audit --verify",
    )
    made.add_argument(
        "--verify", action="store_true", help="核对整条哈希链 · check the whole chain of hashes"
    )
    made.add_argument("--user", metavar="NAME", help="只列这个用户的 · only those of this user")
    made.add_argument(
        "--action",
        choices=("view", "download", "change", "refused", "sign-in", "sign-out"),
        help="只列这种行为 · only this kind",
    )
    made.add_argument("--what", metavar="ID", help="只列关于它的 · only those about this issue, unit or file")
    made.add_argument("--limit", metavar="N", type=natural, default=100, help="最多几行 · how many at most")
    output_format(made, "table", "csv", "jsonl")
