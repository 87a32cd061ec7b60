"""A short turn of ``zelian torture faults``: killed, out of space, damaged, and nothing is lost."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_whatever_happens_nothing_is_lost() -> None:
    """In a process of its own, since it forks."""
    command = [sys.executable, "-m", "tests.torture", "faults", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LOST" not in done.stderr
    killed = [line.split("|")[2].strip() for line in done.stdout.splitlines() if "| killed:" in line]
    assert killed == ["2"] * 2
