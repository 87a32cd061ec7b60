"""The explorer and the measurements."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments.common import Command
from app.cli.arguments.values import natural, port


def explore(command: Command) -> None:
    """Add ``explore``."""
    made = command(
        "explore",
        "打开浏览页面（默认只在本机）；记录为空时先载入自带数据",
        "open the explorer (on this machine unless told); an empty record is filled with the bundled data "
        "first",
        "zelian explore",
        "zelian explore --port 8600 --no-browser",
    )
    made.add_argument("--port", metavar="N", type=port, default=None, help="端口 · port (default: 8501)")
    made.add_argument(
        "--address",
        metavar="HOST",
        default="127.0.0.1",
        help="在哪个地址提供，默认只在本机 · the address to serve at (default: this machine only)",
    )
    made.add_argument("--no-browser", action="store_true", help="不打开浏览器 · do not open a browser")


def bench(command: Command) -> None:
    """Add ``bench``."""
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
        choices=("engines", "interactive", "incremental", "explorer", "loading", "searching", "reasoning"),
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
