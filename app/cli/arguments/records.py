"""What fills the record: ledgers, entries, invented facts."""

from __future__ import annotations

from pathlib import Path

from app.cli.arguments.common import Command, as_of, output_format
from app.cli.arguments.values import natural


def load(command: Command) -> None:
    """Add ``load``."""
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


def record(command: Command) -> None:
    """Add ``record``."""
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
    as_of(made)
    output_format(made, "text", "json")


def generate(command: Command) -> None:
    """Add ``generate``."""
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
