"""The bundled data: all of it loads, nothing doubtful becomes a fact, and every term is the ontology's."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_tables import codes, fresh, stated

from reasoner.bundled import path as bundled
from reasoner.ledger import Report, load_bundled
from reasoner.ledger.words import Words, vocabulary
from reasoner.records.record import Record


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Report]]:
    with Record.open(tmp_path_factory.mktemp("bundled") / "record.sqlite") as record:
        yield record, load_bundled(record)


@pytest.fixture
def record(loaded: tuple[Record, Report]) -> Record:
    return loaded[0]


def published() -> list[dict[str, str]]:
    with bundled("data", "public", "issues_public.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_of_it_loads_and_nothing_is_set_aside(loaded: tuple[Record, Report]) -> None:
    assert loaded[1].exit_code == 0, loaded[1].to_table()


def test_loading_it_again_changes_nothing(tmp_path: Path) -> None:
    record = fresh(tmp_path)
    digest = record.digest
    assert load_bundled(record).unchanged
    assert record.digest == digest


def test_every_published_issue_is_there_with_its_row_and_address(record: Record) -> None:
    issues = {s.subject: s for s in record.statements(predicate="issue")}
    rows = published()
    assert len(rows) == 68
    assert set(issues) == {row["row_id"] for row in rows}
    for number, row in enumerate(rows, start=2):
        source = issues[row["row_id"]].source
        assert (source.file, source.row, source.url) == ("issues_public.csv", number, row["source_url"])


def test_every_published_issue_has_its_district_or_a_reason_why_not(loaded: tuple[Record, Report]) -> None:
    record, report = loaded
    placed = {s.subject for s in record.statements(predicate="relatesTo")}
    explained = {
        p.row
        for p in report.problems
        if p.code in ("whole-city", "no-district", "district-empty") and "issues" in p.file
    }
    for number, row in enumerate(published(), start=2):
        assert (row["row_id"] in placed) != (number in explained), row["row_id"]


@pytest.mark.parametrize(
    ("issue", "inspection", "districts"),
    [
        ("CQ-001", ["i-c3"], ["d500235"]),
        ("CQ-011", ["i-c3"], []),
        ("CQ-025", ["i-c3"], ["d500112", "d500108"]),
        ("CQ-053", ["i-c2"], []),
        ("CQ-066", ["i-c1"], []),
        ("CQ-068", [], ["d500229"]),
        ("CQ-070", ["i-c3"], ["zHighTech"]),
        ("CQ-073", ["i-m2-3"], ["d500118"]),
        ("CQ-074", ["i-m2-2"], ["d500110"]),
        ("CQ-075", ["i-m2-4"], ["zWansheng"]),
        ("CQ-079", ["i-c3"], ["d500105"]),
        ("CQ-086", ["i-c2"], ["zLiangjiang"]),
        ("CQ-100", ["i-m1-2"], ["d500117"]),
    ],
)
def test_inspection_and_district_of_published_issues(
    record: Record, issue: str, inspection: list[str], districts: list[str]
) -> None:
    assert stated(record, issue, "raisedIn") == inspection
    assert stated(record, issue, "relatesTo") == districts


def test_published_limits_become_tasks_and_nothing_else_does(record: Record) -> None:
    assert {s.subject: s.object for s in record.statements(predicate="dueOn")} == {
        "CQ-043-task": 20251231,
        "CQ-051-task": 20171231,
    }
    assert set(stated(record, "CQ-045-task", "openTime")) == {"atOnce", "longTerm"}


def test_published_units_and_outcomes_are_no_roles_and_no_findings(record: Record) -> None:
    for predicate in ("finding", "assignedTo", "responsibleUnitIn", "transfer", "mentions"):
        assert not list(record.statements(predicate=predicate)), predicate
    assert "见accountability.csv" in stated(record, "CQ-057", "sanctionsRaw")


def test_every_district_and_township_has_its_two_organs(record: Record) -> None:
    places = {
        s.subject
        for p in ("countyLevelDivision", "functionalZone", "township")
        for s in record.statements(predicate=p)
    }
    assert len([p for p in places if not p.startswith("t")]) == 42
    assert len(places) > 1070
    for predicate in ("partyCommitteeOf", "governmentOf"):
        assert {s.object for s in record.statements(predicate=predicate)} == places


def test_the_merged_districts_end_where_the_new_one_begins(record: Record) -> None:
    for old in ("d500105", "d500112"):
        for end in ("", "_party", "_gov"):
            assert stated(record, old + end, "existsUntil") == [20260124]
            assert stated(record, old + end, "succeededBy") == ["d500157" + end]
    assert stated(record, "d500157", "existsFrom") == [20260125]
    assert stated(record, "zLiangjiang", "existsUntil") == [20260124]
    assert stated(record, "zWansheng", "overlapsWith") == ["d500110"]


def test_organs_of_zones_and_subdistricts_are_what_they_are_called(record: Record) -> None:
    assert list(record.statements("zHighTech_party", "zonePartyCommittee"))
    assert list(record.statements("zHighTech_gov", "zoneAdministration"))
    assert not list(record.statements("zHighTech_gov", "peoplesGovernment"))
    assert list(record.statements("t500101001000_gov", "governmentOrgan"))
    assert not list(record.statements("t500101001000_gov", "peoplesGovernment"))


def test_nothing_of_low_certainty_is_a_fact(loaded: tuple[Record, Report]) -> None:
    record, report = loaded
    assert not [
        s
        for s in record.statements(predicate="certainty")
        if str(s.object).startswith("低") and s.subject.startswith("e_")
    ]
    assert len(list(record.statements(predicate="municipalKeyEnterprise"))) == 14
    left = [p for p in report.problems if p.severity == "left_out"]
    assert len([p for p in left if p.file == "enterprises.csv"]) == 5
    assert all(p.zh for p in left)


def test_only_sectors_with_a_named_department_have_one(record: Record) -> None:
    governed = {s.object: s for s in record.statements(predicate="governs")}
    for sector in (
        "s_cookingFumes",
        "s_noise",
        "s_constructionDust",
        "s_powerTransmission",
        "s_livestock",
        "s_riverChief",
    ):
        assert sector not in governed
        assert list(record.statements(sector, "sector"))
    assert {s.subject for s in record.statements(predicate="governs") if s.object == "s_livestockLarge"} == {
        "ecologyBureau",
        "agricultureRural",
        "developmentReform",
    }
    for sector in governed:
        assert stated(record, str(sector), "basis"), sector


def test_inspections_have_only_exact_dates(record: Record) -> None:
    assert stated(record, "i-c3", "fedBackOn") == [20240820]
    assert stated(record, "i-c2", "beganOn") == []
    assert stated(record, "i-m2-1", "fedBackOn") == [], "fed back to one district only"
    assert stated(record, "i-m2-4", "endedOn") == []
    assert stated(record, "i-m2-1", "inspects") == ["d500113", "d500117", "d500235", "d500241"]
    assert any("日期不确切" in str(note) for note in stated(record, "i-m2-2", "note"))


def test_words_for_sectors_are_translated_or_said_to_be_left(loaded: tuple[Record, Report]) -> None:
    record, report = loaded
    assert set(stated(record, "CQ-001", "inSector")) == {"s_port", "s_yangtzeShoreline"}
    assert stated(record, "CQ-040", "inSector") == []
    assert not codes(report, "noted").count("sector-unknown")
    sectors = {s.subject for s in record.statements(predicate="sector")}
    assert {s.object for s in record.statements(predicate="inSector")} <= sectors


def test_every_predicate_is_a_term_of_the_ontology_with_its_kind(record: Record) -> None:
    terms = vocabulary()
    assert terms is not None
    for s in record.statements():
        if s.kind == "class":
            assert s.predicate in terms.classes, s
        else:
            assert terms.properties.get(s.predicate) == s.kind, s


def test_every_entity_meant_is_defined_somewhere(record: Record) -> None:
    terms = vocabulary()
    assert terms is not None
    defined = {s.subject for s in record.statements()} | terms.individuals
    assert not [s for s in record.statements() if s.kind == "entity" and s.object not in defined]


def test_every_word_of_the_lists_means_a_term_of_the_ontology() -> None:
    words, terms = Words.bundled(), vocabulary()
    assert terms is not None
    groups = words._lists["choices"]
    for group in set(groups) - {"numberPrefix"}:
        known = terms.classes if group.endswith(("Class", "Level", "Type")) else terms.individuals
        assert set(words.choices(group).values()) <= known, group
    for classes in words._lists["families"].values():
        assert set(classes) <= terms.classes


def test_organs_the_law_names_have_the_same_classes_here_and_there(record: Record) -> None:
    import rdflib

    graph = rdflib.Graph()
    for file in bundled("ontology").glob("*.ttl"):
        graph.parse(file)
    for s in list(record.statements()):
        iri = rdflib.URIRef(f"https://w3id.org/zelian/id/{s.subject}")
        named = {str(c).rpartition("#")[2] for c in graph.objects(iri, rdflib.RDF.type)} - {"NamedIndividual"}
        if s.kind == "class" and named:
            assert s.predicate in {name[:1].lower() + name[1:] for name in named}, (
                s.subject,
                s.predicate,
                named,
            )
