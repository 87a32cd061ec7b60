"""The commands and their arguments. Nothing heavy is imported here: ``zelian --help`` must come at once."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from app.cli.messages import error_line

FORMATS = ("table", "csv", "jsonl", "ttl")


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints on one line and in both languages."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, error_line(f"用法不对：{message}（见 {self.prog} --help）", f"usage: {message}") + "\n")


def date(text: str) -> datetime.date:
    """Read ``2026-11-22``, ``20261122`` or ``2026年11月22日``."""
    if match := re.fullmatch(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?", text.strip()):
        with contextlib.suppress(ValueError):  # such as 2026-02-30
            day = datetime.date(*map(int, match.groups()))
            if 1900 <= day.year < 2200:
                return day
            raise argparse.ArgumentTypeError(
                f"日期应在 1900 年至 2199 年之间 / a date from 1900 to 2199: {text!r}"
            )
    raise argparse.ArgumentTypeError(f"不是日期 / not a date: {text!r} (2026-11-22)")


def port(text: str) -> int:
    """Read the number of a TCP port."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"不是端口号 / not a port: {text!r} (1-65535)")


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"不是 0 以上的整数 / not a whole number from 0 up: {text!r}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="zelian",
        description="责链：谁负责、移送哪里、违反什么，逐条追溯到条文和台账。\n"
        "ZeLian: who is responsible, where it must be transferred, what was not observed, with proofs.",
        epilog="例 example:\n  zelian load\n  zelian conclusions --issue CQ-001\n  zelian explore",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="版本 · show the version")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, title="命令 commands", parser_class=_Parser
    )

    def command(name: str, zh: str, en: str, *examples: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=f"{zh} · {en}",
            description=f"{zh}。\n{en[0].upper()}{en[1:]}.",
            epilog="例 example:\n" + "\n".join(f"  {line}" for line in examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.add_argument(
            "--lang",
            choices=("zh", "en"),
            default="en" if os.environ.get("ZELIAN_LANG", "").lower().startswith("en") else "zh",
            help="输出语言 · language of the output (default: $ZELIAN_LANG, else zh)",
        )
        return made

    for add in (
        _load,
        _record,
        _reason,
        _conclusions,
        _explain,
        _why_not,
        _what_if,
        _case,
        _law,
        _check,
        _coverage,
        _procedure,
        _agenda,
        _posts,
        _ask,
        _dossier,
        _generate,
        _export,
        _bench,
        _explore,
    ):
        add(command)
    return top


Command = Callable[..., argparse.ArgumentParser]


def _load(command: Command) -> None:
    made = command(
        "load",
        "载入台账（.xlsx .csv .parquet）和 RDF（.ttl .nt .trig .jsonld）；不写文件则载入自带的名录和公开台账",
        "load ledgers (.xlsx .csv .parquet) and RDF (.ttl .nt .trig .jsonld); without a file, the bundled "
        "registry and public ledger",
        "zelian load",
        "zelian load 台账.xlsx --report 搁置的行.xlsx",
        "zelian load --samples",
    )
    made.add_argument("files", metavar="FILE", nargs="*", type=Path, help="要载入的文件 · files to load")
    made.add_argument(
        "--samples", action="store_true", help="连同虚构的示例数据 · the fictional sample cases as well"
    )
    made.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="把搁置的行写到 .xlsx（标出格）或 .jsonl · write the rows set aside, cells marked",
    )


def _of_run(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--run",
        metavar="DIR",
        dest="run_folder",
        type=Path,
        help="reason --run 保存的文件夹，代替记录 · the folder of a run, in place of the record",
    )


def _as_of(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--as-of",
        metavar="DATE",
        type=date,
        default=None,
        help="推理所依的日期，默认今天 · the date to reason as of (default: today)",
    )


def _format(made: argparse.ArgumentParser, default: str, *others: str) -> None:
    made.add_argument(
        "--format", choices=(default, *others), default=default, help=f"格式 · format (default: {default})"
    )


def _issue(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "issue", metavar="ISSUE", help="问题（或督察、任务） · an issue (or inspection, or task)"
    )


def _reason(command: Command) -> None:
    made = command(
        "reason",
        "对记录或者事实文件推理，按状态统计结论",
        "reason over the record, or over facts files, and count the conclusions by status",
        "zelian reason",
        "zelian reason --as-of 2025-06-30",
        "zelian reason --facts 事实.parquet --run 推理",
        "zelian reason --ledger 台账/*.csv --run 推理",
        "zelian reason --run 推理 --resume",
        "zelian reason --engine spark --master 'local[2]' --facts 事实.parquet --out 结论",
    )
    made.add_argument(
        "--facts",
        metavar="FILE",
        nargs="+",
        default=[],
        help="事实文件（.parquet .csv），代替记录 · facts files in place of the record",
    )
    made.add_argument(
        "--ledger",
        metavar="FILE",
        nargs="+",
        type=Path,
        default=[],
        help="台账和 RDF，不经记录（台账可以是 .csv .parquet .xlsx） · ledgers and RDF, without the record",
    )
    made.add_argument(
        "--run",
        metavar="DIR",
        dest="run_folder",
        type=Path,
        help="把推理保存到文件夹 · a folder to keep what follows in",
    )
    made.add_argument("--resume", action="store_true", help="从中断处继续 · go on where it was interrupted")
    made.add_argument(
        "--engine",
        choices=("memory", "duckdb", "clingo", "spark"),
        help="推理机 · what evaluates the rules (default: memory; duckdb for --facts and --run)",
    )
    made.add_argument(
        "--out",
        metavar="DIR",
        help="spark：结论写到文件夹 · spark: a folder (or address) for the conclusions",
    )
    made.add_argument(
        "--master",
        metavar="URL",
        default="local[*]",
        help="spark：local[2]、spark://…、yarn · spark: where it runs (default: local[*])",
    )
    made.add_argument(
        "--spark-conf",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="spark：一项设置 · spark: one setting of it",
    )
    _as_of(made)


def _record(command: Command) -> None:
    made = command(
        "record",
        "录入、更正或撤回一项，先给出它会改变哪些结论；不写字段则列出可填的字段",
        "record, correct or retract one entry, showing which conclusions it changes; without fields, "
        "what can be said",
        "zelian record",
        "zelian record 认定",
        "zelian record 进展报告 作出主体=云阳县政府 对象=市委、市政府 关于=i-m2-1 行为日期=2026-01-10 "
        "--dry-run",
        "zelian record finding findingKind=suspectedCrime about=CQ-001 by=领导小组 on=2026-01-05 "
        "state=upheld --by 督察办综合处",
        "zelian record --correct rd-f2026-1 on=2026-01-06 --by 督察办综合处 --reason 日期录错",
        "zelian record --retract rd-f2026-1 --by 督察办综合处 --reason 重复录入",
    )
    made.add_argument("kind", metavar="KIND", nargs="?", help="事项 · what is recorded")
    made.add_argument(
        "fields",
        metavar="FIELD=VALUE",
        nargs="*",
        help="字段（名称或属性）和值，几个值用、分隔 · a field, by name or property; several values with 、",
    )
    made.add_argument(
        "--correct", metavar="ID", help="更正这一项中写明的字段 · change these fields of an entry"
    )
    made.add_argument("--retract", metavar="ID", help="撤回这一项 · retract an entry")
    made.add_argument(
        "--by", metavar="WHO", help="录入人（单位、科室或岗位） · who records (unit, office, post)"
    )
    made.add_argument("--reason", metavar="TEXT", help="更正、撤回的理由 · why it is corrected or retracted")
    made.add_argument("--note", metavar="TEXT", help="录入依据 · what the entry rests on")
    made.add_argument("--dry-run", action="store_true", help="只看影响，不保存 · show the effect only")
    _as_of(made)
    _format(made, "text", "json")


def _conclusions(command: Command) -> None:
    made = command(
        "conclusions",
        "列出结论",
        "list conclusions",
        "zelian conclusions --issue CQ-001",
        "zelian conclusions --norm a39.p4.s2 --status insufficient --format csv --output 结论.csv",
    )
    made.add_argument("--issue", metavar="ID", help="只列这个问题的 · only those of this issue")
    made.add_argument("--norm", metavar="ID", help="只列这条规范的 · only those of this norm")
    made.add_argument("--status", metavar="STATUS", help="只列这种状态的 · only those with this status")
    _of_run(made)
    _as_of(made)
    _format(made, *FORMATS)
    made.add_argument("--output", metavar="FILE", type=Path, help="写到文件 · write to a file")


def _explain(command: Command) -> None:
    made = command(
        "explain",
        "给出一条结论的证明，直到条文和台账的那一行",
        "show the proof of a conclusion, down to the words of the regulation and the row of the ledger",
        "zelian explain CONCLUSION",
        "zelian explain CONCLUSION --lang en --format json",
    )
    made.add_argument("conclusion", metavar="CONCLUSION", help="结论编号 · the id of a conclusion")
    made.add_argument(
        "--full",
        action="store_true",
        help="各处相同的前提也逐处展开 · show premises that are the same everywhere where they are used",
    )
    made.add_argument(
        "--shared",
        action="store_true",
        help="JSON 中每个节点只写一次，以编号互引 · in JSON write each node once, referred to by number",
    )
    _of_run(made)
    made.add_argument(
        "--issue",
        metavar="ID",
        help="结论所涉的问题，与 --run 同用更快 · an issue that it is about: faster with --run",
    )
    _as_of(made)
    _format(made, "text", "json")


def _why_not(command: Command) -> None:
    made = command(
        "why-not",
        "说明一个结论为什么得不出来：所缺的最少是什么，每项由哪一条要求，什么挡住了它",
        "say why something does not follow: the least that is missing, which article asks for it, what is "
        "in the way",
        "zelian why-not CQ-001 'a36.p3.s2 overdue'",
        "zelian why-not CQ-001 '云阳县委 整改属地主体责任'",
        "zelian why-not CQ-001 '移送 市纪委监委机关' --lang en --format json",
    )
    _issue(made)
    made.add_argument(
        "statement",
        metavar="STATEMENT",
        nargs="+",
        help="规范或条款、状态、单位、责任种类，次序不限 · norm or article, status, unit, kind, in any order",
    )
    _of_run(made)
    _as_of(made)
    _format(made, "text", "json")


def _what_if(command: Command) -> None:
    made = command(
        "what-if",
        "假设补上或者去掉一些事实，结论怎样变化，各因哪一项；记录不变",
        "add and remove facts for once: how the conclusions change, and because of which; nothing is saved",
        "zelian what-if CQ-001 --add '{finding: suspectedCrime, about: CQ-001, by: 领导小组, on: 2026-01-05, "
        "instrument: 认定书, state: 成立}'",
        "zelian what-if CQ-001 --add 假设.yaml --remove 'relatesTo(CQ-001,d500107)'",
    )
    _issue(made)
    made.add_argument(
        "--add",
        metavar="YAML",
        action="append",
        default=[],
        help="案例文件 given 的一项，或 .yaml 文件 · an item as in given of a case file, or a .yaml file",
    )
    made.add_argument(
        "--remove",
        metavar="FACT",
        action="append",
        default=[],
        help="explain 给出的句子、predicate(subject,object) 或编号 "
        "· a sentence shown by explain, predicate(subject,object) or an id",
    )
    _of_run(made)
    _as_of(made)
    _format(made, "text", "json")


def _case(command: Command) -> None:
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


def _law(command: Command) -> None:
    made = command(
        "law",
        "给出条、款、项的原文和规范",
        "show the text and the norms of an article, a paragraph or an item",
        "zelian law 39",
        "zelian law 39.4",
        "zelian law 50.1.5",
    )
    made.add_argument("place", metavar="PLACE", help="条[.款[.项]] · article[.paragraph[.item]]")


def _check(command: Command) -> None:
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


def _procedure(command: Command) -> None:
    made = command(
        "procedure",
        "一次督察走到哪一步：下一步、未见记录的步骤、次序颠倒",
        "how far an inspection has come: next steps, steps not on record, steps in the wrong order",
        "zelian procedure i-m2-1",
    )
    made.add_argument("inspection", metavar="INSPECTION", help="督察编号 · the id of an inspection")
    _as_of(made)
    _format(made, "table", "json")


def _agenda(command: Command) -> None:
    made = command(
        "agenda",
        "各单位的日程：将到的期限、已过而未见记录的期限、没有期限而在进行的义务",
        "the agenda of the units: limits to come, limits passed without a record, duties without a limit",
        "zelian agenda --unit 綦江区政府 --until 2026-12-31",
    )
    made.add_argument("--unit", metavar="UNIT", help="单位编号或者名称 · a unit, by id or name")
    made.add_argument("--since", metavar="DATE", type=date, help="期限不早于 · limits from this day")
    made.add_argument("--until", metavar="DATE", type=date, help="期限不晚于 · limits up to this day")
    _as_of(made)
    _format(made, "table", "csv", "jsonl")


def _coverage(command: Command) -> None:
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
    _format(made, "table", "json")


def _posts(command: Command) -> None:
    made = command(
        "posts",
        "一个单位某日在任的职务和记录的分工（只到职务，不到人）",
        "the posts of a unit on a day and what they were in charge of (posts, never persons)",
        "zelian posts 云阳县政府 --on 2025-06-30",
    )
    made.add_argument("unit", metavar="UNIT", help="单位编号或者名称 · a unit, by id or name")
    made.add_argument("--on", metavar="DATE", type=date, help="哪一日，默认今天 · the day (default: today)")
    _format(made, "table", "jsonl")


def _dossier(command: Command) -> None:
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
    _as_of(made)
    _format(made, "docx", "xlsx", "pdf")


def _ask(command: Command) -> None:
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
    _as_of(made)
    _format(made, "table", "csv", "jsonl")


def _generate(command: Command) -> None:
    made = command(
        "generate",
        "生成任意规模的虚构事实：登记簿之外全部是示例数据",
        "generate invented facts of any size: all but the registry is fictional sample data",
        "zelian generate --issues 10000 --out 事实.parquet",
        "zelian generate --issues 10000 --seed 7 --format ledger --out 台账",
    )
    made.add_argument("--issues", metavar="N", type=natural, required=True, help="问题数 · how many issues")
    made.add_argument(
        "--seed",
        metavar="S",
        type=natural,
        default=0,
        help="种子：相同则事实相同 · the same seed, the same facts (default: 0)",
    )
    made.add_argument(
        "--out",
        "-o",
        metavar="PATH",
        type=Path,
        required=True,
        help="文件，台账则为文件夹 · a file; a folder for ledgers",
    )
    made.add_argument(
        "--format",
        choices=("parquet", "csv", "rdf", "ledger", "ledger-parquet"),
        help="格式，默认依文件名 · format (default: as the name of the file says)",
    )


def _bench(command: Command) -> None:
    made = command(
        "bench",
        "测量：各推理引擎并排运行同样的事实和规则，核对结论；或者运行另一项测量（只在源码目录中）",
        "measure: engines side by side on the same facts and rules, their conclusions compared; or another "
        "measurement (in a checkout only)",
        "zelian bench --issues 1000 10000",
        "zelian bench --issues 100000 --engines duckdb nemo clingo --part complete --times 1 --write",
        "zelian bench --what loading -- --rows 1000",
    )
    made.add_argument(
        "--what",
        choices=("engines", "interactive", "explorer", "loading", "searching", "reasoning"),
        default="engines",
        help="测量什么，默认 engines；其余各项的参数写在 -- 之后 · what to measure (default: engines); the "
        "arguments of the others follow --",
    )
    made.add_argument(
        "--issues",
        metavar="N",
        type=natural,
        nargs="+",
        default=[1000, 10_000],
        help="问题数 · how many issues",
    )
    made.add_argument(
        "--part",
        nargs="+",
        default=["complete", "owl"],
        help="规则的哪一部分：complete、owl 或规范编号 · which rules: complete, owl or the id of a norm",
    )
    made.add_argument("--engines", metavar="NAME", nargs="+", help="引擎，默认全部 · engines (default: all)")
    made.add_argument(
        "--times",
        metavar="N",
        type=natural,
        default=3,
        help="各运行几次，取中位数 · runs of each (default: 3)",
    )
    made.add_argument(
        "--limit",
        metavar="SECONDS",
        type=float,
        default=600.0,
        help="一次最多多久 · longest run (default: 600)",
    )
    made.add_argument(
        "--memory",
        metavar="GIB",
        type=float,
        default=16.0,
        help="一次最多多少内存 · most memory (default: 16)",
    )
    made.add_argument("--folder", metavar="DIR", type=Path, help="事实放在哪里，供再用 · keep the facts here")
    made.add_argument(
        "--write", action="store_true", help="写入 tests/bench/RESULTS.md · write tests/bench/RESULTS.md"
    )
    made.add_argument("more", metavar="ARGUMENT", nargs="*", help=argparse.SUPPRESS)


def _export(command: Command) -> None:
    made = command(
        "export",
        "把全部结论写成 .parquet、.csv 或者 RDF（.nt）：记录的，或者一次推理的",
        "write all conclusions as .parquet, .csv or RDF (.nt): those of the record, or of a run",
        "zelian export --out 结论.parquet",
        "zelian export --run 推理 --out 结论.nt.gz",
    )
    made.add_argument(
        "--run",
        metavar="DIR",
        dest="run_folder",
        type=Path,
        help="reason --run 保存的文件夹，代替记录 · the folder of a run, in place of the record",
    )
    made.add_argument(
        "--out", "-o", metavar="FILE", type=Path, required=True, help="写到文件 · the file to write"
    )
    made.add_argument(
        "--format",
        choices=("parquet", "csv", "rdf"),
        help="格式，默认依文件名 · format (default: as the name of the file says)",
    )
    _as_of(made)


def _explore(command: Command) -> None:
    made = command(
        "explore",
        "打开浏览页面（只在本机）；记录为空时先载入自带数据",
        "open the explorer (on this machine only); an empty record is filled with the bundled data first",
        "zelian explore",
        "zelian explore --port 8600 --no-browser",
    )
    made.add_argument("--port", metavar="N", type=port, default=None, help="端口 · port (default: 8501)")
    made.add_argument("--no-browser", action="store_true", help="不打开浏览器 · do not open a browser")


class _Version(argparse.Action):
    """Shows the version; reads the distribution's metadata only when asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("zelian")
        except PackageNotFoundError:
            number = "(checkout)"
        parser.exit(0, f"zelian {number}\n")
