"""``zelian torture``: what tries to break the program; part of the checkout, not of what is installed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from app.cli.messages import CommandError

ROOT = Path(__file__).resolve().parents[3]
ALL = ("faults", "inputs", "sessions")


def run(arguments: argparse.Namespace) -> int:
    """Run one kind after the other; exit code 1 when anything was lost or broke."""
    if not (ROOT / "tests" / "torture" / "__main__.py").is_file():
        raise CommandError(
            "这些测试不随安装包提供，请在源码目录中运行（tests/torture）",
            "this is not part of the installed package: run it in a checkout (tests/torture)",
        )
    more = [
        f"--{name}={value}" for name in ("count", "seed") if (value := getattr(arguments, name)) is not None
    ]
    if arguments.write:
        more.append("--write")
    codes = [
        subprocess.run([sys.executable, "-m", "tests.torture", what, *more], cwd=ROOT, check=False).returncode
        for what in (ALL if arguments.what == "all" else (arguments.what,))
    ]
    return max(codes)
