"""What keeps the record safe: backup, restore, and what tries to break it."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import Command
from app.cli.arguments.values import natural


def backup(command: Command) -> None:
    """Add ``backup``."""
    made = command(
        "backup",
        "把整个记录连同推理凭据写成一个文件，并读回核对；其间照常可以录入。文件旁的查阅日志（audit.sqlite）请另行复制",
        "write the whole record with its receipts into one file and read it back, while others go on "
        "recording; copy the audit log beside a file (audit.sqlite) yourself",
        "zelian backup 备份-2026-11-23.zip",
    )
    made.add_argument("file", metavar="FILE", type=Path, help="备份文件，不得已存在 · a new file")


def restore(command: Command) -> None:
    """Add ``restore``."""
    made = command(
        "restore",
        "从备份恢复到没有记录的文件夹（或数据库）；先核对，有损坏则什么也不恢复",
        "restore a backup where there is no record yet, a folder or a database; a damaged one is refused",
        "zelian restore 备份-2026-11-23.zip --verify",
        "zelian restore 备份-2026-11-23.zip --to 新文件夹",
        "zelian restore 备份-2026-11-23.zip --to postgresql://zelian@db.example/zelian",
    )
    made.add_argument("file", metavar="FILE", type=Path, help="备份文件 · the backup")
    made.add_argument(
        "--to",
        metavar="HOME",
        help="文件夹或者数据库的 URL，默认 $ZELIAN_DATABASE、$ZELIAN_HOME · a folder or a database's URL",
    )
    made.add_argument("--verify", action="store_true", help="只核对，不恢复 · only check it")


def torture(command: Command) -> None:
    """Add ``torture``."""
    made = command(
        "torture",
        "折腾：随处中断、写满磁盘、损坏文件、同时写入；怪异的输入；50 人同时使用（只在源码目录中）",
        "killed anywhere, full disks, damaged files, writers at once; odd input; 50 people at once "
        "(in a checkout only)",
        "zelian torture",
        "zelian torture faults --count 40 --seed 7",
    )
    made.add_argument(
        "what",
        choices=("all", "faults", "inputs", "sessions"),
        nargs="?",
        default="all",
        metavar="WHAT",
        help="faults、inputs、sessions，默认全部 · default: all",
    )
    made.add_argument("--count", metavar="N", type=natural, help="次数 · how many (default: of each kind)")
    made.add_argument("--seed", metavar="S", type=natural, help="种子 · the same seed, the same tries")
    made.add_argument(
        "--write", action="store_true", help="写入 tests/torture/RESULTS.md · write tests/torture/RESULTS.md"
    )
