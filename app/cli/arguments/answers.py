"""What is answered from the record: procedures, agendas, posts, questions, dossiers."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import Command, as_of, output_format
from app.cli.arguments.values import date


def procedure(command: Command) -> None:
    """Add ``procedure``."""
    made = command(
        "procedure",
        "一次督察走到哪一步：下一步、未见记录的步骤、次序颠倒",
        "how far an inspection has come: next steps, steps not on record, steps in the wrong order",
        "zelian procedure i-m2-1",
    )
    made.add_argument("inspection", metavar="INSPECTION", help="督察编号 · the id of an inspection")
    as_of(made)
    output_format(made, "table", "json")


def agenda(command: Command) -> None:
    """Add ``agenda``."""
    made = command(
        "agenda",
        "各单位的日程：将到的期限、已过而未见记录的期限、没有期限而在进行的义务",
        "the agenda of the units: limits to come, limits passed without a record, duties without a limit",
        "zelian agenda --unit 綦江区政府 --until 2026-12-31",
        "zelian agenda --unit 綦江区 --since 2026-12-01 --until 2026-12-31",
    )
    made.add_argument(
        "--unit",
        metavar="UNIT",
        help="单位的编号或者名称；写区县则列其党委和政府的全部 · a unit, by id or name; a district: its "
        "Party committee and government together",
    )
    made.add_argument("--since", metavar="DATE", type=date, help="期限不早于 · limits from this day")
    made.add_argument("--until", metavar="DATE", type=date, help="期限不晚于 · limits up to this day")
    as_of(made)
    output_format(made, "table", "csv", "jsonl")


def posts(command: Command) -> None:
    """Add ``posts``."""
    made = command(
        "posts",
        "一个单位某日在任的职务和记录的分工（只到职务，不到人）",
        "the posts of a unit on a day and what they were in charge of (posts, never persons)",
        "zelian posts 云阳县政府 --on 2025-06-30",
    )
    made.add_argument("unit", metavar="UNIT", help="单位编号或者名称 · a unit, by id or name")
    made.add_argument("--on", metavar="DATE", type=date, help="哪一日，默认今天 · the day (default: today)")
    output_format(made, "table", "jsonl")


def ask(command: Command) -> None:
    """Add ``ask``."""
    made = command(
        "ask",
        "问一个现成的问题，或者运行 SPARQL 查询；不写问题则列出全部",
        "ask a ready question or run a SPARQL query; without either, list the questions",
        "zelian ask",
        "zelian ask who-succeeds --blank unit=渝北区政府",
        "zelian ask conclusions-on-norm --blank norm=a34.p1.s2 --format csv",
        "zelian ask --sparql 查询.rq",
    )
    made.add_argument(
        "question", metavar="QUESTION", nargs="?", help="现成问题的代号 · id of a ready question"
    )
    made.add_argument(
        "--blank",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="填一个空格，取值写编号或者名称 · fill in a blank, by id or by name",
    )
    made.add_argument(
        "--sparql",
        metavar="FILE",
        type=Path,
        help="SPARQL 查询文件，- 为标准输入 · a query file, - for stdin",
    )
    as_of(made)
    output_format(made, "table", "csv", "jsonl")


def dossier(command: Command) -> None:
    """Add ``dossier``."""
    made = command(
        "dossier",
        "写出责任追究问题清单（.xlsx）或者案卷（.docx .pdf）：事实和认定的来源、责任归属、移送、状态、推导",
        "write the list of issues (.xlsx) or the case file (.docx .pdf): facts and findings with sources, "
        "bearers, transfers, statuses, derivations",
        "zelian dossier CQ-001",
        "zelian dossier CQ-001 CQ-002 --format xlsx --out 移交材料",
        "zelian dossier CQ-001 --format pdf --out 案卷.pdf --lang en",
    )
    made.add_argument("issues", metavar="ISSUE", nargs="+", help="问题编号 · ids of issues")
    made.add_argument(
        "--out",
        metavar="FILE|DIR",
        type=Path,
        help="写到文件或者文件夹，默认当前文件夹 · a file or folder to write to (default: this folder)",
    )
    made.add_argument(
        "--secrets",
        action="store_true",
        help="连同涉密字段，默认不列 · with the fields that are subject to secrecy (default: without)",
    )
    as_of(made)
    output_format(made, "docx", "xlsx", "pdf")
