"""Every trap, every point with two readings and every row of the legal reading has a case that names it."""

from __future__ import annotations

from functools import cache
from typing import Any

from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.rulebook.norms import read_yaml

HOME = bundled.path("ontology", "regulation", "chongqing-2021")
FIELDS = ("trap", "point", "row")


@cache
def asked() -> dict[str, set[str]]:
    """What the reading asks for, by field of a case."""
    listed = read_yaml(HOME / "rows.yaml")
    return {
        "trap": {str(number) for number in listed["traps"]},
        "point": set(pipeline.ontology().book.points),
        "row": {str(row) for table in listed["tables"] for row in table["rows"]},
    }


@cache
def named() -> dict[str, set[str]]:
    """What the cases name, by field."""
    found: dict[str, set[str]] = {field: set() for field in FIELDS}
    for file in cases.files([HOME]):
        for case in cases.read(file):
            for field, values in zip(FIELDS, (case.traps, case.points, case.rows), strict=True):
                found[field].update(map(str, values))
    return found


@cache
def untested() -> list[dict[str, Any]]:
    """What no case can show, with the reason."""
    return list(read_yaml(HOME / "untested.yaml") or ())


def excused() -> set[tuple[str, str]]:
    return {(field, str(entry[field])) for entry in untested() for field in FIELDS if field in entry}


def test_the_reading_lists_all_its_traps_and_points() -> None:
    assert asked()["trap"] == {str(n) for n in range(1, 68)}
    assert {f"j{n}" for n in range(1, 24)} <= asked()["point"]


def test_every_trap_point_and_row_has_a_case_that_names_it_or_a_reason_why_none_can() -> None:
    missing = {(field, each) for field in FIELDS for each in asked()[field] - named()[field]}
    assert sorted(missing - excused()) == []


def test_a_case_names_no_trap_point_or_row_that_does_not_exist() -> None:
    whole_tables = {str(table["id"]) for table in read_yaml(HOME / "rows.yaml")["tables"]}
    strange = {field: named()[field] - asked()[field] - whole_tables for field in FIELDS}
    assert strange == {field: set() for field in FIELDS}


def test_no_reason_why_nothing_is_tested_is_stale_or_empty() -> None:
    for entry in untested():
        (field,) = (f for f in FIELDS if f in entry)
        assert str(entry[field]) in asked()[field], entry
        assert str(entry[field]) not in named()[field], entry
        assert entry["reason"]["zh"], entry
        assert entry["reason"]["en"], entry
    assert len(excused()) == len(untested())
