"""``zelian procedure``: how far an inspection has come, what is next, missing, or came in the wrong order."""

from __future__ import annotations

import argparse
import json
import sys

from app.cli import tables, terminal, world
from app.cli.messages import CommandError

STATES = {
    "taken": ("● 有记录", "● on record"),
    "missing": ("? 未见记录", "? not on record"),
    "next": ("◔ 前步已录，本步未见", "◔ not on record, earlier steps are"),
    "waiting": ("· 前后均未见", "· not on record"),
    "open": ("◇ 是否需要不明", "◇ not known whether needed"),
    "notApplicable": ("– 不需要", "– not needed"),
}
HEAD = (
    ("步骤", "状态", "日期", "行为者", "依据", "名称"),
    ("step", "state", "date", "actor", "basis", "name"),
)
WORDS = {
    "reached": ("已到", "reached"),
    "next": ("前步已录，本步未见", "earlier steps on record, not this one"),
    "missing": ("未见记录", "not on record"),
    "none": ("无", "none"),
    "order": ("次序", "order"),
}


def run(arguments: argparse.Namespace) -> int:
    """Print the steps of an inspection. An id that nothing knows is a mistake."""
    from reasoner.answers import procedure

    opened = world.open_world(arguments.as_of)
    known = sorted(str(row[0]) for row in opened.model.rows("inspection"))
    if arguments.inspection not in known:
        raise CommandError(
            f"记录中没有督察 {arguments.inspection}；有：{'、'.join(known) or '无'}",
            f"no inspection {arguments.inspection} on record; known: {', '.join(known) or 'none'}",
        )
    found = procedure.progress(opened, arguments.inspection)
    if arguments.format == "json":
        print(json.dumps([each.to_dict() for each in found], ensure_ascii=False, indent=2))
        return 0
    if not found:
        print(
            "本办法没有规定这次督察的程序（施行前，或者层级、类型未记录），或者它在基准日之后才开始 ｜ "
            "no procedure applies (before the Measures took effect, or level or kind not on record), "
            "or it began after the as-of date"
        )
    for each in found:
        sys.stdout.write(_shown(each, arguments.lang) + "\n")
    return 0


def _shown(progress: object, language: str) -> str:
    from reasoner.answers.procedure import Progress

    assert isinstance(progress, Progress)
    at = 0 if language == "zh" else 1
    labels = {step.step: step.label[language] for step in progress.steps}
    rows = [
        (
            step.step,
            STATES[step.state][at],
            "、".join(sorted({e["on"] for e in step.events if e["on"]})),
            step.actor[language],
            "；".join(dict.fromkeys(c["text"][language] for c in step.citations)),
            step.label[language],
        )
        for step in progress.steps
    ]

    def listed(names: tuple[str, ...]) -> str:
        return "、".join(f"{name} {labels[name]}" for name in names) or WORDS["none"][at]

    lines = [
        f"{progress.name[language]} · {progress.label[language]} · {progress.as_of}",
        "",
        tables.table(HEAD[at], rows, terminal.width()),
        "",
        f"{WORDS['reached'][at]}: {listed((progress.reached,) if progress.reached else ())}",
        f"{WORDS['next'][at]}: {listed(progress.next)}",
        f"{WORDS['missing'][at]}: {listed(progress.missing)}",
        *(f"{WORDS['order'][at]}: {each['sentence'][language]}" for each in progress.reversed),
    ]
    return "\n".join(lines) + "\n"
