"""The regulation, its rules and their cases."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import Command, output_format


def law(command: Command) -> None:
    """Add ``law``."""
    made = command(
        "law",
        "给出条、款、项的原文和规范",
        "show the text and the norms of an article, a paragraph or an item",
        "zelian law 39",
        "zelian law 39.4",
        "zelian law 50.1.5",
    )
    made.add_argument("place", metavar="PLACE", help="条[.款[.项]] · article[.paragraph[.item]]")


def case(command: Command) -> None:
    """Add ``case``."""
    made = command(
        "case",
        "运行案例文件：什么应当得出，什么不应当得出",
        "run case files: what must follow and what must not",
        "zelian case cases.yaml",
        "zelian case 我的案例/*.yaml",
    )
    made.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="案例文件，或文件夹（其中的 cases.yaml 和 *.case.yaml） "
        "· case files, or folders (their cases.yaml and *.case.yaml)",
    )


def check(command: Command) -> None:
    """Add ``check``."""
    made = command(
        "check",
        "核对本体、规则、条文和数据",
        "check ontology, rules, text and data against each other",
        "zelian check",
    )
    made.add_argument(
        "--write",
        action="store_true",
        help="先重写由本体生成的文件（词汇表、台账词表、模板） · first write what is generated",
    )


def verify_proof(command: Command) -> None:
    """Add ``verify-proof``."""
    made = command(
        "verify-proof",
        "独立核验一份证明：规则、前提、否定、计数、期限、引文，逐步核对；不用推理引擎的代码",
        "check a proof independently of the engine: rules, premises, absences, counts, periods, quotes",
        "zelian explain CONCLUSION --checkable > proof.json && zelian verify-proof proof.json",
        "zelian verify-proof proof.json --rules 旧版/ontology --facts 9f2c…",
        "zelian verify-proof redacted.json --openings openings.json",
    )
    made.add_argument(
        "file", metavar="FILE", type=Path, help="explain --checkable 写出的文件 · a file written by it"
    )
    made.add_argument(
        "--rules",
        metavar="DIR",
        type=Path,
        help="证明所依版本的 ontology 文件夹，默认为本机所装 · the ontology folder that it was made under "
        "(default: the installed one)",
    )
    made.add_argument(
        "--facts",
        metavar="SHA256",
        help="事实应有的散列值，从别处取得 · the hash that the facts must have, obtained elsewhere",
    )
    made.add_argument(
        "--openings",
        metavar="FILE",
        type=Path,
        help="部分隐去的证明的开启件 · what opens the commitments of a redacted proof",
    )


def coverage(command: Command) -> None:
    """Add ``coverage``."""
    made = command(
        "coverage",
        "逐字、逐条核对条文落实到了哪里",
        "show where every character, cue and entry of the text went, and which words each rule rests on",
        "zelian coverage",
        "zelian coverage 36 39 --conditions",
        "zelian coverage --propose 120 --norm a36.p3",
        "zelian coverage --format json",
    )
    made.add_argument("articles", metavar="ARTICLE", nargs="*", help="只看这些条 · these articles only")
    made.add_argument(
        "--conditions",
        action="store_true",
        help="规则的每个条件是否都有案例显示其作用 · whether cases show of every condition that it matters",
    )
    made.add_argument(
        "--propose",
        metavar="SECONDS",
        type=float,
        help="为没有案例显示的条件寻找案例的变体 · look for variants of cases for conditions that none shows",
    )
    made.add_argument(
        "--norm",
        metavar="ID",
        action="append",
        default=[],
        help="只为这条规范或者定义寻找 · only for this norm or definition (with --propose)",
    )
    output_format(made, "table", "json")


def verify(command: Command) -> None:
    """Add ``verify``."""
    made = command(
        "verify",
        "核验规则：在一定数量以内的一切情形中搜索不应当得出的结论",
        "verify the rules: search every world up to a bound for what must never follow",
        "zelian verify",
        "zelian verify one-status both-bearers --write",
    )
    made.add_argument(
        "properties",
        metavar="PROPERTY",
        nargs="*",
        help="只核验这些性质（见 ontology/properties.yaml） · these properties only",
    )
    made.add_argument(
        "--write",
        action="store_true",
        help="把反例写成案例文件（数据目录下 verification/）；核验全部性质时，一并更新 README 的结果表 "
        "· write what is found as case files (verification/ in the data directory) and, for all properties, "
        "the table of the README",
    )
    made.add_argument(
        "--rules",
        metavar="DIR",
        type=Path,
        help="核验这个 ontology 文件夹，默认为本机所装 · an ontology folder (default: the installed one)",
    )
    made.add_argument(
        "--limit",
        metavar="SECONDS",
        type=float,
        default=90.0,
        help="一项性质、一条规范最多搜索多久，默认 90 秒 · seconds for a property of a norm (default: 90)",
    )
    made.add_argument(
        "--processes",
        metavar="N",
        type=int,
        help="同时用几个进程，默认与处理器核数相同 · how many processes (default: one a core)",
    )
    output_format(made, "table", "json")
