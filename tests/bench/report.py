"""The tables of a comparison, in Markdown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from tests.bench import machine
from tests.bench.compare import REFERENCE, Block, Line, Plan
from tests.bench.engines import ENGINES, FLOOR

_SECTION = "### "
RESULTS = Path(__file__).with_name("RESULTS.md")
MARK = "<!-- engines: written by zelian bench --write -->"
_HEAD = (
    "engine",
    "load s",
    "reasoning s",
    "processor s",
    "memory MB",
    "conclusions",
    "agrees on",
    "× DuckDB",
    "processor ×",
    "× floor",
    "runs",
    "load avg",
)


def shown(line: Line) -> str:
    """One line for the terminal while it goes on."""
    head = f"{line.issues:>9,} {line.part:10} {line.engine.title:20}"
    if line.failed:
        return f"{head} {line.failed}"
    reason = line.median("reason") or 0.0
    agreed = _agreed(line)
    return f"{head} {reason:9.2f} s {line.memory / 2**20:7.0f} MB  {agreed}"


def table(block: Block) -> list[str]:
    """The lines of one part and size as a table, then what could not be run and what is to be noted."""
    lines = [
        f"{_SECTION}{block.part}, {block.issues:,} issues",
        "",
        f"{block.about}; {block.atoms:,} facts that rules can use.",
        "",
        f"| {' | '.join(_HEAD)} |",
        "|---" + "|---:" * (len(_HEAD) - 1) + "|",
    ]
    lines += [f"| {' | '.join(_cells(line, block))} |" for line in block.lines if not line.failed]
    failed = [line for line in block.lines if line.failed]
    if failed:
        lines += ["", "Not measured:"]
        lines += [f"- {line.engine.title}: {line.failed}{_at_least(line, block)}" for line in failed]
    notes = [
        f"- {line.engine.title}: {note}"
        for line in block.lines
        for note in dict.fromkeys(n for run in line.runs for n in run.notes)
    ]
    wrong = [
        f"- **{line.engine.title} disagrees**: {'; '.join(line.agreement.examples)}"
        for line in block.lines
        if line.agreement is not None and not line.agreement.same
    ]
    return [*lines, *(["", *wrong] if wrong else []), *(["", *notes] if notes else [])]


def _cells(line: Line, block: Block) -> list[str]:
    reason, processor = line.median("reason"), line.median("reason", processor=True)
    floor = line.engine is FLOOR
    return [
        line.engine.title,
        "" if floor else _seconds(line.median("load")),
        _seconds(reason),
        _seconds(processor),
        f"{line.memory / 2**20:,.0f}",
        "" if line.agreement is None else f"{line.agreement.rows:,}",
        "" if floor else _agreed(line),
        _ratio(line, block.line(REFERENCE)),
        _ratio(line, block.line(REFERENCE), processor=True),
        _ratio(line, block.line(FLOOR.name)),
        str(len(line.runs)),
        line.load,
    ]


def _agreed(line: Line) -> str:
    found = line.agreement
    if found is None:
        return ""
    if line.engine.name == REFERENCE:
        return "(the measure)"
    if found.same:
        return f"all of {found.predicates:,} predicates"
    return f"{found.missing:,} missing, {found.more:,} more"


def _ratio(line: Line, other: Line | None, processor: bool = False) -> str:
    if other is None or other.failed:
        return ""
    mine, its = line.median("reason", processor), other.median("reason", processor)
    if mine is None or not its:
        return ""
    return f"{mine / its:,.1f}" if mine / its < 100 else f"{mine / its:,.0f}"


def _at_least(line: Line, block: Block) -> str:
    """What a run that took too long says about the ratio."""
    measure = block.line(REFERENCE)
    if "timed out" not in line.failed or measure is None or measure.failed:
        return ""
    limit = float(line.failed.rpartition("than ")[2].split()[0])
    both = (measure.median("load") or 0.0) + (measure.median("reason") or 0.0)
    return f"; DuckDB loads and reasons in {both:.1f} s" + (
        f", {limit / both:,.0f} times less" if both else ""
    )


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}" if value < 0.1 else f"{value:,.2f}"


def write(blocks: Sequence[Block], plan: Plan) -> None:
    """Put the tables into RESULTS.md, after the mark; other parts and sizes stay, and what stands before."""
    old = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results\n\n"
    before, _, tables = old.partition(MARK)
    sections = {_title(text): text for text in tables.split(f"\n{_SECTION}")[1:]}
    for block in blocks:
        text = "\n".join([*table(block), "", _made(plan)]).removeprefix(_SECTION)
        sections[_title(text)] = text
    engines = [engine for engine in ENGINES.values() if not engine.missing()]
    lines = [
        MARK,
        "",
        *(f"- {line}" for line in machine.described(engines)),
        "",
        "Reasoning is by the clock; *processor* is what all cores worked for it: what to go by when the load",
        "average shows that others were working too.",
        "",
        "How the rules reach each engine:",
        "",
        *(f"- {engine.title}: {engine.how}" for engine in ENGINES.values()),
        "",
    ]
    lines += [f"{_SECTION}{sections[title].strip()}\n" for title in sorted(sections, key=_place)]
    RESULTS.write_text(before + "\n".join(lines), "utf-8")


def _title(section: str) -> str:
    return section.split("\n", 1)[0].strip()


def _place(title: str) -> tuple[str, int]:
    """Sections by part, then by size."""
    name, _, size = title.rpartition(", ")
    return name, int(size.split()[0].replace(",", "") or 0)


def _made(plan: Plan) -> str:
    return (
        f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, seed {plan.seed}, as of "
        f"{plan.as_of}. Medians of at most {plan.times} runs; one above two minutes is not repeated. "
        f"Limits: {plan.limit:.0f} s from the start of the process, {plan.memory / 2**30:.0f} GiB."
    )
