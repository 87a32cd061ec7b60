"""Runs one command; turns every mishap into one clear line and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from app.cli import as_role, messages
from app.cli.arguments import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``zelian`` with the given arguments (default: those of the process) and return its exit code.

    0 all good; 1 rows set aside, or a case or a check failed; 2 a file or an argument cannot be used.
    With ZELIAN_DEBUG=1 a mishap shows its traceback as well.
    """
    for stream in (sys.stdout, sys.stderr):
        # A Windows console or a pipe may be set to an encoding that cannot write Chinese.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        arguments = parser().parse_args(argv)
        command = importlib.import_module(f"app.cli.commands.{arguments.command.replace('-', '_')}")
        with as_role.as_role(arguments):
            code = int(command.run(arguments))
        sys.stdout.flush()
    except messages.CommandError as problem:
        return _complain(problem, problem.zh, problem.en, problem.code)
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough. Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except SystemExit as stop:  # argparse, after --help or a usage error
        return stop.code if isinstance(stop.code, int) else 2
    except Exception as error:
        zh, en = messages.explain(error)
        return _complain(error, zh, en, 2)
    return code


def _complain(error: BaseException, zh: str, en: str, code: int) -> int:
    if os.environ.get("ZELIAN_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exception(error)
    print(messages.error_line(zh, en), file=sys.stderr)
    return code
