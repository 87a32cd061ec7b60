"""Records that differ only in what some role may not see, built as an office builds them: load, record.

In each every class of secrecy is filled, in other words and in other numbers: what is secret comes before and
between the entries that everybody sees.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from app.cli import main
from reasoner.bundled import path as bundled
from reasoner.entries import recording
from reasoner.ledger.load import load
from reasoner.pipeline import RECORD_FILE, ontology
from reasoner.receipts import chain
from reasoner.records import transaction
from reasoner.records.record import Record

DAY = "2026-11-23"
ISSUE, INSPECTION = "SL-105", "i-s-routine-2024"
OTHER_ISSUES = ("SL-106", "SL-107", "SL-110")
#: by role, the places in ``built`` of two homes that differ in all that it does not see, and in nothing else
PAIRS = {"reviewer": (4, 1), "policy": (4, 2), "administrator": (0, 3), "public": (0, 3)}
#: words that stand only in what is secret, by class
SECRET = {
    "complainant": ("写信者", "来信原话"),
    "sourceOfClues": ("线索提供单位",),
    "unpublishedFinding": ("未定认定", "未定文号"),
    "workingSecret": ("谈话笔录", "涉密材料", "涉密文号"),
}
_SAMPLES = ("bodies", "routine-2024", "tasks-2024", "accountability-2024")
_PREFIXES = (
    "@prefix zl: <https://w3id.org/zelian/ns#> .\n@prefix id: <https://w3id.org/zelian/id/> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
_FINDINGS = ["认定编号", "认定种类", "认定对象", "认定主体", "认定日期", "认定状态", "认定文书"]


class _Clock(datetime):
    """Stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 11, 23, 8, tzinfo=tz)


@contextmanager
def standing_clock() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (transaction, recording, chain):
            patch.setattr(module, "datetime", _Clock)
        assert recording.datetime.now(UTC).hour == 8
        yield patch


def built(folder: Path) -> list[Path]:
    """The homes, each in a folder of its own; the first and the last have entries made by hand as well."""
    first = folder / "samples"
    with standing_clock() as patch:
        with Record.open(first / RECORD_FILE) as record:
            load([bundled("data", "samples", f"{name}.ttl") for name in _SAMPLES], record, who="督察办")
        ontology(None, first / "cache")
        homes = []
        for number, other in enumerate(((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))):
            home = folder / str(number)
            shutil.copytree(first, home)
            patch.setenv("ZELIAN_HOME", str(home))
            _load(folder / f"台账{number}", *other)
            homes.append(home)
        for home, other in ((homes[0], 0), (homes[3], 1)):
            if not other:
                shutil.copytree(home, folder / "unentered")
            patch.setenv("ZELIAN_HOME", str(home))
            _enter(other)
        return [*homes, folder / "unentered"]


def _load(folder: Path, complainant: int, inside: int, finding: int) -> None:
    """Load the first or the other variety of what is secret, and the same of what is not."""
    folder.mkdir()
    blocks = [
        *_letters(complainant),
        _visible(1),
        *_clues(inside),
        *_working(inside),
        _visible(2),
        *_provisional(finding),
        *_complete(finding),
        _visible(3),
    ]
    ttl, table = folder / "督察材料.ttl", folder / "认定.csv"
    ttl.write_text(_PREFIXES + "\n".join(blocks), encoding="utf-8")
    of = ("teamRoutine2024", "2024-04-18")
    kinds = ["失职失责", "涉嫌犯罪", "需要开展生态环境损害赔偿"][: 1 + 2 * finding]
    rows = [
        [f"rd-{finding}{n}", kind, "SL-107", *of, "初步认定", f"未定文号〔2026〕{finding}{n}号"]
        for n, kind in enumerate(kinds)
    ]
    rows.append(["rd-3", "重要生态环境问题", "SL-110", *of, "成立", "示例核〔2026〕1号"])
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_FINDINGS, *rows])
    assert main(["load", str(ttl), str(table), "--role", "recorder"]) == 0


def _enter(other: int) -> None:
    """Enter by hand what is secret, once or twice, and then something that is not."""
    by = ["by=teamRoutine2024", "--by", "督察办综合处", "--as-of", DAY, "--role", "recorder"]
    for n in range(1 + other):
        entry = f"finding findingKind=suspectedCrime about=SL-107 on=2026-06-0{n + 1} state=provisional"
        assert main(["record", *entry.split(), f"note=未定认定{other}{n}", *by]) == 0
    entry = "finding findingKind=importantProblem about=SL-110 on=2026-07-01 state=upheld"
    assert main(["record", *entry.split(), *by]) == 0


def _visible(n: int) -> str:
    return (
        f'id:x-report-{n} a zl:Report ; zl:name "整改情况报告之{n}" ; zl:by id:dBaiyang_gov ;\n'
        f'    zl:to id:leadingGroupOffice ; zl:about id:{ISSUE} ; zl:on "2025-0{n}-15"^^xsd:date .'
    )


def _letters(other: int) -> Iterator[str]:
    """A complaint that everybody sees; who complained, and what they wrote, is for few."""
    more = ' ; zl:via id:x-who-2 ; zl:inNameOf id:x-who-0 ; zl:summary "来信原话其二"' if other else ""
    for n in range(1 + 2 * other):
        yield f'id:x-who-{n if other else 7} a zl:Unit ; zl:name "写信者{other}{n}" .'
    yield (
        f'id:x-letter a zl:Complaint ; zl:about id:{ISSUE} ; zl:on "2024-03-20"^^xsd:date ;\n'
        f'    zl:by id:x-who-{1 if other else 7} ; zl:name "来信原话{other}"{more} .'
    )


def _clues(other: int) -> Iterator[str]:
    yield f'id:x-source-{other} a zl:Unit ; zl:name "线索提供单位{other}" .'
    yield (
        f"id:x-clue a zl:InformationGathering ; zl:about id:{INSPECTION} ; zl:by id:teamRoutine2024 ;\n"
        f'    zl:on "2024-02-20"^^xsd:date ; zl:to id:x-source-{other} ; zl:note "线索提供单位来函{other}" .'
    )


def _working(other: int) -> Iterator[str]:
    """Entries marked as secret, and a paper that a finding says is secret; among them a report in time."""
    for n in range(1 + 2 * other):
        yield (
            f'id:x-notes-{other}{n} a zl:InspectionFile ; zl:name "谈话笔录{other}{n}" ; '
            f"zl:secretAs id:workingSecret ."
        )
    yield (
        f'id:x-paper-{other} a zl:InspectionFile ; zl:name "涉密材料{other}" .\n'
        f"id:x-found-{other} a zl:Finding ; zl:findingKind id:workSecret ; zl:about id:x-paper-{other} ;\n"
        f'    zl:by id:leadingGroup ; zl:state id:upheld ; zl:on "2026-03-01"^^xsd:date ;\n'
        f"    zl:instrument id:x-number-{other} .\n"
        f'id:x-number-{other} a zl:Text ; zl:name "涉密文号{other}" ; zl:secretAs id:workingSecret .\n'
        f"id:x-filed-{other} a zl:Archiving ; zl:about id:x-paper-{other} ;\n"
        f'    zl:on "2026-03-0{other + 2}"^^xsd:date .'
    )
    if not other:
        yield (
            'id:x-in-time a zl:ProgressReport ; zl:name "涉密材料：进展" ; zl:by id:eWater ;\n'
            f"    zl:to id:leadingGroupOffice ; zl:about id:{INSPECTION} ;\n"
            '    zl:on "2024-10-08"^^xsd:date ; zl:secretAs id:workingSecret .'
        )


def _provisional(other: int) -> Iterator[str]:
    """Findings not yet made, about an issue of which some are upheld: these too are decided again."""
    for n in range(1 + other):
        yield (
            f'id:x-open-{other}{n} a zl:Finding ; zl:name "未定认定{other}{n}" ; zl:about id:SL-106 ;\n'
            f"    zl:findingKind id:{('dereliction', 'importantProblem')[n]} ; zl:by id:sReview ;\n"
            f'    zl:on "2026-05-1{n}"^^xsd:date ; zl:state id:{("underReview", "provisional")[n]} ;\n'
            f"    zl:competence id:示例督〔2024〕1号 ; zl:instrument id:示例核〔2025〕9号 ."
        )


def _complete(other: int) -> Iterator[str]:
    if other:
        yield (
            f"id:x-complete a zl:CompletenessDeclaration ; zl:forInspection id:{INSPECTION} ;\n"
            "    zl:coversRecords id:feedbackRecords ; zl:by id:leadingGroupOffice ;\n"
            '    zl:on "2026-06-30"^^xsd:date .'
        )
