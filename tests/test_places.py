"""Districts in time and on maps: which map holds on a day, who stands where, and what is never merged."""

from datetime import date
from pathlib import Path

import pytest

from reasoner.pipeline import RECORD_FILE
from reasoner.records import places
from reasoner.records.places import Boundaries, Places, Shape, Territory
from reasoner.records.record import Record

BEFORE, AFTER = date(2026, 1, 24), date(2026, 1, 25)  # the last day of two districts, the first of their heir


@pytest.fixture(scope="module")
def recorded(bundled_home: Path) -> Places:
    with Record.open(bundled_home / RECORD_FILE) as record:
        return places.read(record)


@pytest.mark.parametrize(
    ("day", "number"), [(date(2024, 6, 1), 38), (BEFORE, 38), (AFTER, 37), (date(2026, 11, 23), 37)]
)
def test_the_map_of_a_day_shows_the_districts_that_exist_on_it_and_no_other(
    recorded: Places, day: date, number: int
) -> None:
    drawn = places.map_on(recorded, day)
    existing = {
        known.id for known in recorded.territories.values() if not known.is_zone and known.exists_on(day)
    }
    assert set(drawn.shapes) == existing
    assert len(existing) == number


def test_only_the_map_after_the_change_is_approximate_and_it_says_in_what(recorded: Places) -> None:
    before, after = places.map_on(recorded, BEFORE), places.map_on(recorded, AFTER)
    assert not before.caveats
    assert "近似" in after.caveats[0]
    assert (before.until(recorded), after.since(recorded)) == (BEFORE, AFTER)


def test_an_abolished_district_is_shown_under_its_recorded_successor(recorded: Places) -> None:
    after = places.map_on(recorded, AFTER)
    for former in ("d500105", "d500112"):
        assert after.shown_as(former, recorded, AFTER) == "d500157"
        assert recorded.heir(former, AFTER) == "d500157"
        assert recorded.heir(former, BEFORE) is None  # still in office
    assert set(recorded.counted_with("d500157", AFTER)) == {"d500157", "d500105", "d500112"}
    assert recorded.counted_with("d500157", BEFORE) == ("d500157",)


def test_a_zone_is_never_merged_into_a_district_that_it_overlaps_or_that_took_its_name(
    recorded: Places,
) -> None:
    zones = [known for known in recorded.territories.values() if known.is_zone]
    assert len(zones) == 3
    for zone in zones:
        assert zone.overlaps
        for drawn in places.maps():
            assert drawn.shown_as(zone.id, recorded, AFTER) is None
    assert recorded.heir("zLiangjiang", AFTER) is None


def test_of_several_successors_none_is_chosen() -> None:
    gone = Territory("gone", until=BEFORE, successors=("one", "other"))
    known = Places({"gone": gone, "one": Territory("one"), "other": Territory("other")}, {})
    assert known.heir("gone", AFTER) is None


def test_a_successor_of_a_successor_is_found_once_both_changes_are_past() -> None:
    second = Territory("second", until=date(2025, 1, 1), successors=("third",), predecessors=("first",))
    first = Territory("first", until=date(2023, 1, 1), successors=("second",))
    third = Territory("third", predecessors=("second",))
    known = Places({"first": first, "second": second, "third": third}, {})
    assert known.heir("first", date(2024, 1, 1)) == "second"
    assert known.heir("first", date(2026, 1, 1)) == "third"
    assert known.counted_with("third", date(2026, 1, 1)) == ("third", "second", "first")


def test_a_township_is_shown_with_its_district(recorded: Places) -> None:
    township, district = next(iter(recorded.within.items()))
    assert recorded.district_of(township) == district
    assert places.maps()[0].shown_as(township, recorded, BEFORE) == places.maps()[0].shown_as(
        district, recorded, BEFORE
    )


def test_neighbours_touch_each_other() -> None:
    for drawn in places.maps():
        for place in drawn.shapes:
            assert drawn.neighbours(place)
            assert all(place in drawn.neighbours(other) for other in drawn.neighbours(place))
            assert place not in drawn.neighbours(place)


def test_without_a_registry_some_map_is_still_shown() -> None:
    assert places.map_on(Places({}, {}), AFTER) in places.maps()
    only = Boundaries("only", {"d1": Shape("d1", (((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)),))})
    assert places.map_on(Places({}, {}), AFTER, [only]) is only
    assert only.since(Places({}, {})) is None


def test_every_organ_stands_with_its_district_the_party_committee_first(recorded: Places) -> None:
    for known in recorded.territories.values():
        assert [organ.rsplit("_")[-1] for organ in known.organs] == ["party", "gov"]
