"""``zelian bench``: measurements. They are part of the checkout, not of what is installed."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from pathlib import Path

from app.cli.messages import CommandError

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "tests" / "bench"


def run(arguments: argparse.Namespace) -> int:
    """Measure in this process what is compared, in another what has arguments of its own."""
    if not (FOLDER / "compare.py").is_file():
        raise CommandError(
            "测量程序不随安装包提供，请在源码目录中运行（tests/bench）",
            "the measurements are not part of the installed package: run this in a checkout (tests/bench)",
        )
    if arguments.what != "engines":
        if not (FOLDER / f"{arguments.what}.py").is_file():
            raise CommandError(
                f"没有这项测量：tests/bench/{arguments.what}.py", f"no tests/bench/{arguments.what}.py"
            )
        command = [sys.executable, "-m", f"tests.bench.{arguments.what}", *arguments.more]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from app.home import home
    from reasoner import pipeline

    pipeline.ontology(None, home() / "cache")  # before DuckDB is imported: it complains at the end otherwise
    compare = importlib.import_module("tests.bench.compare")
    try:
        return int(compare.compare_engines(arguments))
    except ValueError as problem:  # an engine or a part that there is not
        zh, _, en = str(problem).partition(" / ")
        raise CommandError(zh, en) from problem
