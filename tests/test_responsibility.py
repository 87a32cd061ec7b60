"""Who is responsible: the rules on a supposed issue, the words people use, names at a date, and bodies."""

import datetime
from pathlib import Path

import pytest

from reasoner.answers import responsibility, units
from reasoner.answers.responsibility import Answer, Asked
from reasoner.engine import calendar
from reasoner.pipeline import RECORD_FILE, Ontology, ontology
from reasoner.records.directory import Directory, directory
from reasoner.records.record import Claim, Record, Source
from reasoner.rulebook import addressees

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return ontology(None, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def record(bundled_home: Path) -> Record:
    return Record.open(bundled_home / RECORD_FILE)


@pytest.fixture(scope="module")
def known(record: Record, rules: Ontology) -> Directory:
    return directory(record, rules.vocabulary)


class Asker:
    def __init__(self, record: Record, rules: Ontology, known: Directory) -> None:
        self.record, self.rules, self.known = record, rules, known

    def __call__(
        self,
        place: str | None,
        *sectors: str,
        day: datetime.date = TODAY,
        level: str = "municipal",
        target: bool = False,
    ) -> Answer:
        asked = Asked(place, sectors, day, level, target)  # type: ignore[arg-type]
        return responsibility.answer(asked, self.record, self.rules, self.known)


@pytest.fixture(scope="module")
def ask(record: Record, rules: Ontology, known: Directory) -> Asker:
    return Asker(record, rules, known)


def said(found: list[object]) -> list[tuple[str, str, str | None]]:
    """The conclusions as (bearer, status, kind)."""
    return [(each.bearers[0]["id"], each.status, each.kind) for each in found]  # type: ignore[attr-defined]


# -- the questions of the brief -------------------------------------------------------------------


def test_a_wharf_in_yunyang_names_the_department_and_both_organs(ask: Asker) -> None:
    answer = ask("d500235", "s_port")
    assert said(answer.territorial) == [
        ("d500235_party", "allocated", "territorialPrimary"),
        ("d500235_gov", "allocated", "territorialPrimary"),
    ]
    (sector,) = answer.sectors
    (department,) = sector.governing
    assert department.organ == "transportCommission"
    assert said(list(department.conclusions)) == [
        ("transportCommission", "allocated", "leadOrGuidanceUndetermined")
    ]
    assert sector.published is not None
    assert sector.published.basis == "重庆市港口条例第三条"
    assert department.statement is not None
    assert department.statement.source.row == sector.published.row == 12


def test_livestock_in_qijiang_is_answered_for_each_kind_that_the_word_may_mean(ask: Asker) -> None:
    words = responsibility.meant("畜禽", ask.known)
    sectors = {sector for word in words for sector in word.sectors}
    assert sectors == {"s_livestock", "s_livestockLarge", "s_livestockScattered"}
    answer = ask("d500110", *sorted(sectors))
    found = {each.sector: each for each in answer.sectors}
    large = {each.organ for each in found["s_livestockLarge"].governing}
    assert large == {"ecologyBureau", "agricultureRural", "developmentReform"}
    for open_sector, reason in (
        ("s_livestock", "未分规模，部门因规模而异"),
        ("s_livestockScattered", "由区县、乡镇政府组织，无固定市级部门"),
    ):
        assert found[open_sector].governing == ()
        assert (given := found[open_sector].published) is not None
        assert given.left_out == reason


def test_yubei_is_answered_under_the_names_of_the_day(ask: Asker) -> None:
    during = ask("d500112", "s_port", day=datetime.date(2025, 12, 1))
    assert said(during.territorial)[0] == ("d500112_party", "allocated", "territorialPrimary")
    assert during.successors == []
    after = ask("d500112", "s_port", day=datetime.date(2026, 3, 1))
    assert {bearer for bearer, *_ in said(after.territorial)} == {"d500112_party", "d500112_gov"}
    assert {(bearer, status) for bearer, status, _ in said(after.successors)} == {
        ("d500157_party", "needsDetermination"),
        ("d500157_gov", "needsDetermination"),
    }


def test_a_renamed_organ_had_its_former_name_on_a_day_of_that_time(known: Directory) -> None:
    names = {each.text: each for each in known.entities["transportCommission"].names}
    former = names["市交通局"]
    assert former.holds(datetime.date(2023, 12, 31))
    assert not former.holds(datetime.date(2024, 1, 1))


# -- it says no more than text and record carry ----------------------------------------------------


def test_where_the_record_names_no_department_none_is_named_and_the_file_says_why(
    ask: Asker, known: Directory
) -> None:
    open_sectors = [each.id for each in known.of("sector") if not known.linked_to(each.id, "governs")]
    assert len(open_sectors) >= 5
    answer = ask("d500110", *open_sectors)
    for each in answer.sectors:
        assert each.governing == ()
        assert each.published is not None
        assert each.published.left_out
    departments = {body["id"] for c in answer.conclusions for body in c.bearers if c.norm == "a34.p1.s3"}
    assert departments == set()


def test_a_central_agency_is_not_given_the_duty_of_municipal_departments(ask: Asker) -> None:
    (department,) = ask("d500110", "s_shipPollution").sectors[0].governing
    assert department.organ == "maritimeAdministration"
    assert [each.status for each in department.conclusions] == ["needsDetermination"]


def test_a_central_inspection_leaves_the_kind_of_responsibility_open(ask: Asker) -> None:
    answer = ask("d500235", "s_port", level="central")
    found = [*answer.territorial, *answer.sectors[0].governing[0].conclusions]
    assert {each.status for each in found} == {"needsDetermination"}
    assert all(each.other_readings for each in found)


def test_the_duties_of_a_target_follow_only_when_it_is_supposed_to_be_one(ask: Asker) -> None:
    plain, target = ask("d500235"), ask("d500235", target=True)
    assert {each.norm for each in plain.further} == {"a34.p1.n1"}
    assert {"a35.p3.s1", "a36.p3.s1"} <= {each.norm for each in target.further}


def test_before_the_measures_took_effect_nothing_is_allocated(ask: Asker) -> None:
    answer = ask("d500112", "s_port", day=datetime.date(2020, 6, 1))
    assert answer.territorial == []
    assert [each.reason for each in answer.refused] == ["beforeEffective"]


def test_nothing_is_saved_and_what_is_supposed_is_marked_in_the_proof(ask: Asker) -> None:
    before = ask.record.version
    answer = ask("d500235", "s_port")
    text = str(answer.world.explain(answer.territorial[0].id).to_dict())
    assert ask.record.version == before
    assert not ask.record.knows(responsibility.ISSUE)
    assert "假设 / assumed" in text
    assert "districts.csv" in text


@pytest.mark.parametrize("place", ["d500110", "d500157", "zWansheng", "zHighTech"])
def test_what_follows_alone_follows_from_the_whole_record_too(
    place: str, ask: Asker, rules: Ontology
) -> None:
    """The few statements that are looked at give what all of them give."""
    from reasoner.asking.whatif import altered_world
    from reasoner.pipeline import open_world

    answer = ask(place, "s_livestockLarge", target=True)
    assert ask.record.path is not None
    whole = open_world(ask.record.path.parent, TODAY)
    about = {responsibility.ISSUE, "supposed"}
    supposed = [
        atom for atom, source in answer.world.facts.outside.items() if source.get("case") == "what-if"
    ]
    assert len(supposed) >= 6
    wide = altered_world(whole, [(atom, {"case": "what-if"}) for atom in supposed])
    expected = {c.atom for c in wide.conclusions() if c.subject in about}
    assert {c.atom for c in answer.conclusions if c.subject in about} == expected


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "sectors"),
    [
        ("码头", [("s_port",), ("s_port", "s_yangtzeShoreline")]),
        ("港口码头", [("s_port",)]),
        ("规模养殖", [("s_livestockLarge",)]),
        ("散乱污", [()]),
        ("磷石膏", [("s_industrialWaste",)] * 1),
        ("没有这个词", []),
        ("", []),
        ("  ", []),
    ],
)
def test_a_word_means_what_the_list_says_and_nothing_is_guessed(
    word: str, sectors: list[tuple[str, ...]], known: Directory
) -> None:
    assert [each.sectors for each in responsibility.meant(word, known)] == sectors


def test_a_word_without_a_sector_says_why() -> None:
    for word in responsibility.words():
        assert word.sectors or word.reason, word.text


# -- bodies ---------------------------------------------------------------------------------------


def test_every_district_has_its_two_organs_and_knows_its_successor(known: Directory) -> None:
    for district in known.districts:
        assert [link for link, _ in known.organs(district.id)] == ["partyCommitteeOf", "governmentOf"]
    assert known.successors("d500112") == ("d500157",)
    assert known.linked_to("d500157", "succeededBy") == ["d500105", "d500112"]
    assert known.district_of("t500101001000_gov") == "d500101"
    assert known.entities["d500157"].existed(datetime.date(2026, 1, 25))
    assert not known.entities["d500157"].existed(datetime.date(2026, 1, 24))


def test_a_body_is_found_by_every_name_it_had(known: Directory) -> None:
    for name in ("市交通局", "市交通运输委", "重庆市交通运输委员会", "transportCommission"):
        assert known.called(name) == ["transportCommission"]


def test_a_body_is_addressed_in_a_role_only_where_the_role_is_on_record(
    record: Record, rules: Ontology, known: Directory, tmp_path: Path
) -> None:
    words = addressees.load(rules.book, rules.vocabulary)

    def norms(record: Record, body: str) -> set[str]:
        found = directory(record, rules.vocabulary)
        has = units.roles(body, record, found, words.roles)
        return {each.norm.id for each in units.addressed(body, found, words, has)}

    transport, never = norms(record, "transportCommission"), norms(record, "civilAffairs")
    assert "a34.p1.s3" in transport  # it governs a sector
    assert "a34.p1.s3" not in never
    assert "a35.p2.s5" in never  # a municipal department
    with Record.open(tmp_path / RECORD_FILE) as own:
        source = Source(file="x.csv", key="1")
        claims = [
            Claim("district", "d1", None, "class"),
            Claim("peoplesGovernment", "g1", None, "class"),
            Claim("governmentOf", "g1", "d1", "entity"),
        ]
        with own.transaction("test", "test") as change:
            change.put_row(source, claims)
        before = norms(own, "g1")
        with own.transaction("test", "test") as change:
            change.put_row(source, [*claims, Claim("inspects", "i1", "d1", "entity")])
        assert "a50.p1.s1" not in before
        assert {"a34.p1.s2", "a39.p4.s3"} <= before
        assert "a50.p1.s1" in norms(own, "g1") - before


def test_posts_are_shown_for_the_day_and_never_persons(rules: Ontology, tmp_path: Path) -> None:
    with Record.open(tmp_path / RECORD_FILE) as own:
        claims = [
            Claim("peoplesGovernment", "g1", None, "class"),
            Claim("post", "p1", None, "class"),
            Claim("name", "p1", "分管副县长", "text"),
            Claim("postIn", "p1", "g1", "entity"),
            Claim("existsFrom", "p1", 20240101, "date"),
            Claim("existsUntil", "p1", 20241231, "date"),
        ]
        with own.transaction("test", "test") as change:
            change.put_row(Source(file="x.csv", key="1"), claims)
        found = directory(own, rules.vocabulary)
        inside = units.held_posts("g1", own, rules, found, datetime.date(2024, 6, 1))
        outside = units.held_posts("g1", own, rules, found, datetime.date(2025, 6, 1))
    assert [each.post for each in inside] == ["p1"]
    assert outside == []
    assert calendar.to_int(datetime.date(2024, 6, 1)) == 20240601
