"""``zelian reason --ledger``: what ledgers state, as a facts file in the folder of the run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import progress
from app.cli.commands import load

if TYPE_CHECKING:
    from reasoner.pipeline import Ontology

FACTS, REPORT = "ledger.parquet", "ledger-report.jsonl"
SHOWN = frozenset({"name", "shortName"})  # no rule asks for them, pages do


def facts(arguments: argparse.Namespace, rules: Ontology, folder: Path) -> str | None:
    """Read the ledgers, say what was set aside (all of it in ``ledger-report.jsonl``), return the facts file.

    None when a file cannot be used.
    """
    from reasoner.batch.ledgers import ledger_facts
    from reasoner.ledger import words

    words.know(rules.vocabulary)
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / FACTS
    with progress.bar("读取台账 · reading ledgers") as step:
        report = ledger_facts(arguments.ledger, out, only=rules.book.used | SHOWN, progress=step)
    if report.problems:
        (folder / REPORT).write_text(report.to_jsonl(), encoding="utf-8")
    kept = arguments.run_folder is not None  # else the folder goes when the command ends
    load.show(report, arguments.lang, str(folder / REPORT) if kept else "--run")
    return None if report.unusable else str(out)
