"""``python -m tests.torture inputs|faults|sessions …``: each part reads its own arguments."""

from __future__ import annotations

import importlib
import sys

PARTS = ("inputs", "faults", "sessions")


def main(argv: list[str]) -> int:
    """Run one part; its exit code is 1 when anything did not hold."""
    if not argv or argv[0] not in PARTS:
        print(f"python -m tests.torture {'|'.join(PARTS)} [--count N] [--seed S]", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"tests.torture.{argv[0]}").main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
