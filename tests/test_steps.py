"""Steps in the wrong order are named with both acts, their days and what the order rests on."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from test_procedure import ROUTINE

from app.explorer import address, steps, words
from reasoner import ledger
from reasoner.answers.procedure import Progress, progress
from reasoner.pipeline import open_world
from reasoner.records.record import Record


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Progress]:
    """The progress of an inspection whose report was issued before it was approved."""
    folder: Path = tmp_path_factory.mktemp("steps")
    file = folder / "routine.ttl"
    file.write_text(ROUTINE, "utf-8")
    with Record.open(folder / "record.sqlite") as record:
        ledger.load_bundled(record)
        ledger.load([file], record)
    return progress(open_world(folder, datetime.date(2024, 12, 1)), "t-1")


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ("印发督察报告", "2024年6月1日", "市委、市政府批准", "2024年6月5日", "条文明示")),
        ("en", ("1 Jun 2024", "5 Jun 2024", "stated by the text")),
    ],
)
def test_a_reversed_order_is_told_with_both_days_and_its_basis(
    found: list[Progress], monkeypatch: pytest.MonkeyPatch, lang: str, told: tuple[str, ...]
) -> None:
    for module in (address, words):
        monkeypatch.setattr(module, "lang", lambda: lang)
    drawn = [shown for each in found if (shown := steps.reversed_steps(each))]
    assert len(drawn) == 1
    for piece in told:
        assert piece in drawn[0]


def test_a_procedure_in_order_names_no_reversed_step(
    found: list[Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (address, words):
        monkeypatch.setattr(module, "lang", lambda: "zh")
    assert [steps.reversed_steps(each) for each in found if not each.reversed] == [None]
