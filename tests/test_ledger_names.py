"""Names: found, ambiguous or unknown, at the date in question."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_tables import codes, fresh, load_petitions, petition, stated

from reasoner.ledger import load
from reasoner.ledger.context import Context
from reasoner.ledger.reading import context_of
from reasoner.records.record import Record

DISTRICT, PLACE, BODY = frozenset({"district"}), frozenset({"district", "township"}), frozenset({"body"})


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    record = fresh(tmp_path_factory.mktemp("names"))
    return context_of([], [], record, (), {}, "")[0]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("云阳县", "d500235"),
        ("重庆市云阳县", "d500235"),
        (" 云 阳 县 ", "d500235"),
        ("渝北", "d500112"),
        ("石柱县", "d500240"),
        ("石柱自治县", "d500240"),
        ("石柱土家族自治县", "d500240"),
        ("西部科学城重庆高新区", "zHighTech"),
        ("高新区", "zHighTech"),
        ("万盛经开区", "zWansheng"),
        ("篆塘镇", "t500110"),
    ],
)
def test_districts_zones_and_townships_by_their_names(context: Context, name: str, id: str) -> None:
    found = context.names.find(name, PLACE, (20240601,))
    assert found.status == "found"
    assert found.ids[0].startswith(id)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("市交通局", ("transportCommission",)),
        ("市交通运输委", ("transportCommission",)),
        ("市规划和自然资源局", ("planningResources",)),
        ("重庆市生态环境局", ("ecologyBureau",)),
        ("渝北区委区政府", ("d500112_party", "d500112_gov")),
        ("云阳县委县政府", ("d500235_party", "d500235_gov")),
        ("石柱自治县人民政府", ("d500240_gov",)),
        ("万盛经开区管委会", ("zWansheng_gov",)),
        ("市纪委监委", ("disciplineAndSupervision",)),
        ("綦江区篆塘镇人民政府", ("t500110",)),
    ],
)
def test_organs_by_their_old_new_and_short_names(context: Context, name: str, ids: tuple[str, ...]) -> None:
    for day in (20230601, 20260601):
        found = context.names.find(name, BODY, (day,))
        assert found.status == "found"
        assert all(one.startswith(other) for one, other in zip(found.ids, ids, strict=True))


def test_the_old_name_of_a_renamed_organ_is_said_to_be_out_of_use(context: Context) -> None:
    assert not context.names.find("市交通局", BODY, (20230601,)).expired
    assert context.names.find("市交通局", BODY, (20250601,)).expired


@pytest.mark.parametrize(
    ("day", "meaning"),
    [
        (20191104, "zLiangjiang"),
        (20251105, "zLiangjiang"),
        (20251106, None),
        (20260124, None),
        (20260125, "d500157"),
    ],
)
def test_liangjiang_means_the_zone_then_either_then_the_district(
    context: Context, day: int, meaning: str | None
) -> None:
    found = context.names.find("两江新区", DISTRICT, (day,))
    if meaning is None:
        assert found.status == "ambiguous"
        assert {id for id, _ in found.candidates} == {"d500157", "zLiangjiang"}
    else:
        assert found.ids == (meaning,)


def test_liangjiang_without_a_date_is_ambiguous(context: Context) -> None:
    assert context.names.find("两江新区", DISTRICT).status == "ambiguous"


def test_dates_that_lead_to_different_districts_leave_the_name_ambiguous(context: Context) -> None:
    assert context.names.find("两江新区", DISTRICT, (20240508, 20260301)).status == "ambiguous"


def test_an_abolished_district_keeps_its_name_in_later_ledgers(context: Context) -> None:
    found = context.names.find("江北区", DISTRICT, (20260601,))
    assert found.ids == ("d500105",)
    assert found.expired


def test_a_subdistrict_that_changed_hands_is_the_old_one_before_and_the_new_one_after(
    context: Context,
) -> None:
    before = context.names.find("石马河街道", PLACE, (20240601,)).ids[0]
    after = context.names.find("石马河街道", PLACE, (20260601,)).ids[0]
    assert (context.names.home(before), context.names.home(after)) == ("d500105", "d500157")


def test_a_township_name_that_several_districts_have_needs_its_district(context: Context) -> None:
    assert context.names.find("兴隆镇", PLACE, (20240601,)).status == "ambiguous"
    found = context.names.find("兴隆镇", PLACE, (20240601,), "d500236")
    assert context.names.home(found.ids[0]) == "d500236"
    assert context.names.find("奉节县兴隆镇", PLACE, (20240601,)).ids == found.ids


@pytest.mark.parametrize("name", ["区教委", "区住房城市建委", "云阳县生态环境局", "某某公司", "生态环境局"])
def test_likeness_never_resolves_a_name(context: Context, name: str) -> None:
    assert context.names.find(name, BODY, (20240601,), "d500103").status == "unknown"


def test_an_unknown_name_comes_with_candidates(context: Context) -> None:
    found = context.names.find("云阴县", PLACE, (20240601,))
    assert found.status == "unknown"
    assert ("d500235", "云阳县") in found.candidates


def test_short_words_beside_a_district_need_one(context: Context) -> None:
    assert context.names.find("县政府", BODY, ()).status == "unknown"
    assert context.names.find("县政府", BODY, (), "d500235").ids == ("d500235_gov",)
    assert context.names.find("区管委会", BODY, (), "zWansheng").ids == ("zWansheng_gov",)


def test_enterprises_of_low_certainty_are_not_on_record(context: Context) -> None:
    assert context.names.find("重庆高速集团", BODY).status == "unknown"
    assert context.names.find("重庆水务环境集团", BODY).ids == ("e_waterEnvironment",)


def test_a_township_in_the_district_column_is_recorded_as_that_township(
    record: Record, tmp_path: Path
) -> None:
    report = load_petitions(record, tmp_path, petition("綦江电20241129003", "篆塘镇"))
    (township,) = stated(record, "綦江电20241129003", "relatesTo")
    assert report.exit_code == 0
    assert str(township).startswith("t500110")


def test_the_district_in_a_petition_number_tells_townships_apart(record: Record, tmp_path: Path) -> None:
    load_petitions(
        record, tmp_path, petition("奉节电20241129003", "兴隆镇"), petition("铜梁电20241129004", "兴隆镇")
    )
    (township,) = stated(record, "奉节电20241129003", "relatesTo")
    assert next(record.statements(subject=str(township), predicate="locatedWithin")).object == "d500236"


def test_an_ambiguous_district_sets_the_row_aside_with_both_candidates(
    record: Record, tmp_path: Path
) -> None:
    table = tmp_path / "模板.csv"
    table.write_text("问题编号,问题概况,涉及区县,发现日期\nwt-1,污水,两江新区,2025-12-01\n", encoding="utf-8")
    report = load([table], record)
    assert codes(report) == ["ambiguous-place"]
    assert {id for id, _ in report.problems[0].candidates} == {"d500157", "zLiangjiang"}
    assert not stated(record, "wt-1", "summary")
