"""``zelian audit``: who saw and changed what in the explorer of an office, and whether the log is sound."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from app.cli import tables, terminal

HEAD = {
    "zh": ("行", "时间", "用户", "角色", "行为", "对象", "入库记录", "哈希", "页面"),
    "en": ("line", "at", "user", "role", "action", "what", "transaction", "hash", "page"),
}


def run(arguments: argparse.Namespace) -> int:
    """Print the lines asked for, the last first; with --verify what is wrong (exit code 1)."""
    from app.home import audit_place
    from reasoner.audit.log import AuditLog, Wanted

    english, place = arguments.lang == "en", audit_place()
    if isinstance(place, Path) and not place.exists():
        print("no audit log: access is not controlled" if english else "没有访问日志：没有启用访问控制")
        return 0
    log = AuditLog(place)
    if arguments.verify:
        faults = log.verify()
        for fault in faults:
            print(f"line {fault.number}: {fault.en}" if english else f"第 {fault.number} 行：{fault.zh}")
        if faults:
            return 1
        last = log.lines(limit=1)
        number, digest = (last[0].number, last[0].digest) if last else (0, "–")
        said = f"{number} lines verified; the last: {digest}"
        print(said if english else f"{number} 行核对无误；最后一行：{digest}")
        return 0
    lines = log.lines(Wanted(arguments.user, arguments.action, arguments.what), arguments.limit)
    if arguments.format == "jsonl":
        sys.stdout.write(tables.as_jsonl(asdict(line) for line in lines))
        return 0
    rows = [
        (
            str(line.number),
            line.at,
            line.user,
            line.role,
            line.action,
            line.what,
            str(line.transaction or ""),
            line.digest[:12],
            line.address,
        )
        for line in lines
    ]
    if arguments.format == "csv":
        sys.stdout.write(tables.as_csv(HEAD[arguments.lang], rows))
    elif rows:
        print(tables.table(HEAD[arguments.lang], rows, terminal.width()))
    else:
        print("no such lines" if english else "没有这样的记录")
    return 0
