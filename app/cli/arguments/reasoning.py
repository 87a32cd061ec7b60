"""Reasoning, and its conclusions."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import FORMATS, Command, as_of, issue, of_run, output_format
from app.cli.arguments.values import memory


def reason(command: Command) -> None:
    """Add ``reason``."""
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
        "--memory",
        metavar="SIZE",
        type=memory,
        default="6GiB",
        help="最多用多少内存，超出则写到盘上 · memory to use; beyond it, disk (default: 6GiB)",
    )
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
    as_of(made)


def conclusions(command: Command) -> None:
    """Add ``conclusions``."""
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
    of_run(made)
    as_of(made)
    output_format(made, *FORMATS)
    made.add_argument("--output", metavar="FILE", type=Path, help="写到文件 · write to a file")


def explain(command: Command) -> None:
    """Add ``explain``."""
    made = command(
        "explain",
        "给出一条结论的证明，直到条文和台账的那一行",
        "show the proof of a conclusion, down to the words of the regulation and the row of the ledger",
        "zelian explain CONCLUSION",
        "zelian explain CONCLUSION --lang en --format json",
        "zelian explain CONCLUSION --checkable > proof.json",
        "zelian explain CONCLUSION --checkable --hide by --openings openings.json > redacted.json",
        "zelian explain CONCLUSION --checkable --for-role public > for-the-public.json",
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
    made.add_argument(
        "--checkable",
        action="store_true",
        help="写成可由 zelian verify-proof 独立核验的 JSON：规则、取值、所附事实、散列值 "
        "· as JSON that zelian verify-proof can check: rules, bindings, facts, hashes",
    )
    made.add_argument(
        "--hide",
        metavar="TERM",
        action="append",
        default=[],
        help="与 --checkable 同用：隐去该词的事实，代以加盐承诺；可多次 "
        "· with --checkable: withhold the facts of a term, leaving salted commitments; may be repeated",
    )
    made.add_argument(
        "--for-role",
        metavar="ROLE",
        help="与 --checkable 同用：为某个角色写，其看不到的代以加盐承诺；结论本身由此告知该角色 "
        "· with --checkable: for a role; what it may not see gives way to salted commitments; it is told the "
        "conclusion",
    )
    made.add_argument(
        "--openings",
        metavar="FILE",
        type=Path,
        help="隐去内容的开启件写到此文件，由持有完整证明者保管 "
        "· where to write what opens the commitments; to be kept by whoever holds the full proof",
    )
    of_run(made)
    made.add_argument(
        "--issue",
        metavar="ID",
        help="结论所涉的问题，与 --run 同用更快 · an issue that it is about: faster with --run",
    )
    as_of(made)
    output_format(made, "text", "json")


def why_not(command: Command) -> None:
    """Add ``why-not``."""
    made = command(
        "why-not",
        "说明一个结论为什么得不出来：所缺的最少是什么，每项由哪一条要求，什么挡住了它",
        "say why something does not follow: the least that is missing, which article asks for it, what is "
        "in the way",
        "zelian why-not CQ-001 'a36.p3.s2 overdue'",
        "zelian why-not CQ-001 '云阳县委 整改属地主体责任'",
        "zelian why-not CQ-001 '移送 市纪委监委机关' --lang en --format json",
    )
    issue(made)
    made.add_argument(
        "statement",
        metavar="STATEMENT",
        nargs="+",
        help="规范或条款、状态、单位、责任种类，次序不限 · norm or article, status, unit, kind, in any order",
    )
    of_run(made)
    as_of(made)
    output_format(made, "text", "json")


def what_if(command: Command) -> None:
    """Add ``what-if``."""
    made = command(
        "what-if",
        "假设补上或者去掉一些事实，结论怎样变化，各因哪一项；记录不变",
        "add and remove facts for once: how the conclusions change, and because of which; nothing is saved",
        "zelian what-if CQ-001 --add '{finding: suspectedCrime, about: CQ-001, by: 领导小组, on: 2026-01-05, "
        "instrument: 认定书, state: 成立}'",
        "zelian what-if CQ-001 --add 假设.yaml --remove 'relatesTo(CQ-001,d500107)'",
    )
    issue(made)
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
    of_run(made)
    as_of(made)
    output_format(made, "text", "json")


def export(command: Command) -> None:
    """Add ``export``."""
    made = command(
        "export",
        "把全部结论写成 .parquet、.csv 或者 RDF（.nt）：记录的，或者一次推理的",
        "write all conclusions as .parquet, .csv or RDF (.nt): those of the record, or of a run",
        "zelian export --out 结论.parquet",
        "zelian export --run 推理 --out 结论.nt.gz",
    )
    of_run(made)
    made.add_argument(
        "--out", "-o", metavar="FILE", type=Path, required=True, help="写到文件 · the file to write"
    )
    made.add_argument(
        "--format",
        choices=("parquet", "csv", "rdf"),
        help="格式，默认依文件名 · format (default: as the name of the file says)",
    )
    as_of(made)
