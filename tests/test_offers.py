"""What is typed into the search field is offered views by what it names, and none that it does not name."""

from __future__ import annotations

import pytest

from reasoner import pipeline
from reasoner.queries import offers
from reasoner.queries.offers import Names, Offer
from reasoner.queries.questions import catalogue
from reasoner.records import directory
from reasoner.records.record import Claim, Record, Source

DISTRICTS = {"dNew": "青石新区", "dOld": "白杨县", "dTwin": "青石"}
SECTORS = {
    "s_livestock": "畜禽养殖（未分规模）",
    "s_port": "港口码头",
    "s_noise": "建筑施工、交通、社会生活噪声",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    claims = [Claim("countyLevelDivision", each) for each in DISTRICTS]
    claims += [Claim("shortName", each, text, "text") for each, text in DISTRICTS.items()]
    claims += [
        Claim("alias", "dOld", "白杨", "text"),
        Claim("alias", "dNew", "青石", "text"),  # two are called so
        Claim("existsUntil", "dOld", 20260124, "date"),
        Claim("succeededBy", "dOld", "dNew", "entity"),
        Claim("peoplesGovernment", "gOld"),
        Claim("shortName", "gOld", "白杨县政府", "text"),
        Claim("governmentOf", "gOld", "dOld", "entity"),
    ]
    claims += [Claim("sector", each) for each in SECTORS]
    claims += [Claim("name", each, text, "text") for each, text in SECTORS.items()]
    with Record.open(tmp_path_factory.mktemp("offers") / "record.sqlite") as record:
        with record.transaction("test", "registry") as change:
            change.put_row(Source("r.csv", row=1, key="r"), claims)
        return Names(directory.directory(record, pipeline.ontology().vocabulary))


def views(names: Names, query: str) -> list[tuple[str, dict[str, str]]]:
    """Return what is offered besides questions."""
    return [
        (o.kind, dict(o.filled)) for o in offers.offers(query, names, catalogue()) if o.kind != "question"
    ]


def asked(names: Names, query: str) -> dict[str, dict[str, str]]:
    """Return the questions that are offered, with their blanks."""
    return {o.question: dict(o.filled) for o in offers.offers(query, names, catalogue()) if o.question}


@pytest.mark.parametrize(
    ("query", "filled"),
    [
        ("白杨 畜禽养殖", {"place": "dOld", "word": "畜禽养殖"}),
        ("谁负责白杨县畜禽养殖？", {"place": "dOld", "word": "畜禽养殖"}),
        ("白杨县政府　畜禽养殖", {"place": "dOld", "word": "畜禽养殖"}),
        ("无证码头", {"word": "码头"}),
        ("畜禽粪污", {"word": "畜禽"}),
        ("水", {"word": "水"}),
        ("散乱污", {"word": "散乱污"}),  # means no sector: the view says why
        ("白杨县归谁管 谁负责", {"place": "dOld"}),
    ],
)
def test_who_is_responsible_is_offered_for_a_sector_in_a_district(
    names: Names, query: str, filled: dict[str, str]
) -> None:
    assert ("responsible", filled) in views(names, query)


@pytest.mark.parametrize(
    "query", ["", "厂", "督察", "CQ-001", "水位", '" OR *', "白杨树", "a" * 9999, "整改 方案"]
)
def test_nothing_is_offered_for_what_is_not_named(names: Names, query: str) -> None:
    assert [kind for kind, _ in views(names, query) if kind == "responsible"] == []


def test_a_name_that_two_bear_stands_for_both(names: Names) -> None:
    places = [filled["place"] for kind, filled in views(names, "青石 码头") if kind == "responsible"]
    assert sorted(places) == ["dNew", "dTwin"]
    assert [f["place"] for k, f in views(names, "青石新区 码头") if k == "responsible"] == ["dNew"], (
        "the longest"
    )


def test_succession_is_offered_where_it_is_on_record_only(names: Names) -> None:
    assert ("succession", {"district": "dOld"}) in views(names, "白杨县承继")
    assert ("succession", {"district": "dNew"}) in views(names, "青石新区")
    assert "succession" not in dict(views(names, "青石 承继")) or (
        "succession",
        {"district": "dTwin"},
    ) not in views(names, "青石 承继")
    assert asked(names, "白杨县谁继承") == {"who-succeeds": {"district": "dOld"}}


def test_questions_come_with_their_blanks_filled_in(names: Names) -> None:
    assert asked(names, "白杨 畜禽养殖") == {
        "issues-in-sector": {"district": "dOld", "sector": "s_livestock"}
    }
    assert asked(names, "移送") == {"transfers-without-record": {}}
    assert asked(names, "how many duties are overdue").keys() == {"overdue-by-unit"}
    assert asked(names, "白杨县政府") == {"norms-addressing": {"unit": "gOld"}}
    assert asked(names, "白杨县") == {}


def test_the_calendar_is_offered_when_it_is_asked_for(names: Names) -> None:
    assert ("calendar", {"unit": "dOld"}) in views(names, "白杨县 日历")
    assert ("calendar", {"unit": "gOld"}) in views(names, "白杨县政府什么时候到期")
    assert "calendar" not in dict(views(names, "白杨县"))


def test_every_offer_can_be_asked(names: Names) -> None:
    for query in ("白杨 畜禽养殖", "白杨县政府 任务", "噪声 逾期", "白杨县 移送 认定"):
        for each in offers.offers(query, names, catalogue()):
            assert isinstance(each, Offer)
            if each.question:
                blanks = {blank.name for blank in catalogue().questions[each.question].blanks}
                assert each.filled.keys() <= blanks
