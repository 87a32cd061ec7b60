"""Tasks as recorded: words without a number give no day, a write-off is no completion."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from reasoner.answers.tasks import Task, tasks
from reasoner.records.record import Record


@pytest.fixture(scope="module")
def found(sampled_home: Path) -> dict[str, Task]:
    """The tasks of the bundled data and the samples."""
    with Record.open(sampled_home / "record.sqlite") as record:
        return {task.id: task for task in tasks(record, datetime.date(2026, 11, 23))}


def test_at_once_and_kept_up_give_no_day_and_no_completion(found: dict[str, Task]) -> None:
    task = found["CQ-045-task"]
    assert (task.as_written, set(task.words), task.due) == (
        "立行立改，长期坚持",
        {"atOnce", "longTerm"},
        (),
    )
    assert task.has_no_day
    assert (task.completed, task.written_off, task.holders) == ((), (), ())
    assert (task.issues, task.inspection) == (("CQ-045",), "i-c3")


def test_a_write_off_is_kept_apart_from_completion(found: dict[str, Task]) -> None:
    task = found["m24-t5"]
    assert task.due == ("2025-09-30",)
    assert not task.completed
    assert [act.id for act in task.written_off] == ["m24-t5-writtenoff"]
    assert not task.has_no_day


def test_a_task_belongs_to_the_inspection_of_its_plan(found: dict[str, Task]) -> None:
    assert (found["m24-t8"].plan, found["m24-t8"].inspection) == ("m24-facilities-plan", "i-s-routine-2024")
    assert found["m24-t8"].holders == ("sFacilities",)


def test_acts_of_later_days_are_left_out(sampled_home: Path) -> None:
    with Record.open(sampled_home / "record.sqlite") as record:
        early = {task.id: task for task in tasks(record, datetime.date(2024, 7, 1))}
        late = {task.id: task for task in tasks(record, datetime.date(2026, 11, 23))}
    done = {name for name, task in late.items() if task.completed}
    assert done
    assert not {name for name in done if early[name].completed}
