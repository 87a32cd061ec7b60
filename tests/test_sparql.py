"""SPARQL over facts and conclusions: what the store holds, how long a query may take, what is refused."""

import time
from pathlib import Path

import pytest
import rdflib
from asker import DAY, Asker

from app.cli import rdf
from reasoner.engine.survey import Survey, open_survey
from reasoner.pipeline import RECORD_FILE
from reasoner.queries import sparql, triples
from reasoner.records.record import Claim, Record, Source
from reasoner.rulebook import addressees


@pytest.fixture(scope="module")
def survey(sampled_home: Path) -> Survey:
    """The bundled data with the sample cases."""
    return open_survey(sampled_home, DAY)


@pytest.fixture(scope="module")
def ask(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Asker:
    return Asker(survey, tmp_path_factory.mktemp("store"))


# -- the store --------------------------------------------------------------------------------------


def test_conclusions_stand_in_the_store_as_they_are_exported(survey: Survey, ask: Asker) -> None:
    some = [each for each in survey.conclusions if each.issue == "SL-105"]
    assert len(some) > 5
    exported = rdflib.Graph().parse(data=rdf.turtle(each.to_dict() for each in some), format="turtle")
    exported.remove((None, rdflib.RDFS.label, None))
    said = " ".join(f"({s.n3()} {p.n3()} {o.n3()})" for s, p, o in exported)
    missing = f"SELECT * {{ VALUES (?s ?p ?o) {{ {said} }} FILTER NOT EXISTS {{ ?s ?p ?o }} }}"
    assert not ask.query(missing).rows
    untold = missing.replace("VALUES (?s ?p ?o) {", "VALUES (?s ?p ?o) { (zl:a zl:b zl:c)", 1)
    assert len(ask.query(untold).rows) == 1
    stored = rdflib.Graph().parse(data="".join(triples.conclusions(some, survey.rules.book)), format="nt")
    assert set(stored) == set(exported)


def test_ids_of_any_writing_come_back_as_they_were(tmp_path: Path, survey: Survey) -> None:
    ids = ["问题一", "a b", "<img src=x>", 'x"y', "50%", "a/b#c?d", "=1+1"]
    with Record.open(tmp_path / RECORD_FILE) as record:
        with record.transaction("test", "test") as change:
            for id in ids:
                change.put_row(Source(file="x.csv", key=id), [Claim("issue", id, None, "class")])
        place = sparql.store(tmp_path, record, survey.rules, DAY.isoformat(), list)
    answer = sparql.ask(place, "SELECT ?i { ?i a zl:Issue }", sparql.prefixes(survey.rules))
    assert {row[0].entity for row in answer.rows if row[0]} == set(ids)


def test_the_store_is_built_once_for_a_state_of_the_record(tmp_path: Path, survey: Survey) -> None:
    built = []

    def conclusions() -> list[object]:
        built.append(1)
        return []

    def open_store(day: str) -> Path:
        return sparql.store(tmp_path, survey.record, survey.rules, day, conclusions)  # type: ignore[arg-type]

    one, again, other = open_store("2026-11-23"), open_store("2026-11-23"), open_store("2025-11-23")
    assert one == again != other
    assert len(built) == 2


def test_a_store_that_was_left_half_built_is_not_taken_for_one(tmp_path: Path, survey: Survey) -> None:
    def broken() -> list[object]:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        sparql.store(tmp_path, survey.record, survey.rules, "2026-11-23", broken)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_every_word_for_a_bearer_is_known_and_every_type_of_norm_declared(survey: Survey) -> None:
    found = addressees.load(survey.rules.book, survey.rules.vocabulary)
    norms = survey.rules.book.norms.values()
    assert {word for norm in norms for word in found.words(norm)} == found.entries.keys()
    assert all(found.type_of(norm) for norm in norms)


# -- limits and refusals ----------------------------------------------------------------------------

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_query_that_would_never_end_is_ended(ask: Asker) -> None:
    began = time.monotonic()
    answer = ask.query(ENDLESS, seconds=1.0)
    assert answer.cut == "time"
    assert answer.rows == ()
    assert time.monotonic() - began < 8


def test_what_was_found_before_the_end_is_shown(ask: Asker) -> None:
    answer = ask.query("SELECT ?a { ?a ?b ?c . FILTER(STRLEN(STR(?a)) > 0) ?d ?e ?f }", rows=10**9, seconds=9)
    assert answer.cut in ("time", "bytes")
    assert answer.rows


def test_more_rows_than_allowed_are_cut_and_it_is_said(ask: Asker) -> None:
    answer = ask.query("SELECT ?s { ?s ?p ?o }", rows=7)
    assert (len(answer.rows), answer.cut) == (7, "rows")
    assert ask.query("SELECT ?s { ?s ?p ?o } LIMIT 7", rows=7).cut is None


REMOTE = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE?s#>\n{ ?s ?p ?o } FILTER(?c>?a) }",
    "SELECT * { # <\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '''x' ''' . SERVICE ?s { ?s ?p ?o } }",
    "SELECT * { S\\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://127.0.0.1:9/> { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", REMOTE)
def test_no_query_reaches_outside(query: str) -> None:
    with pytest.raises(sparql.QueryError) as caught:
        sparql.check(query)
    assert caught.value.reason in ("outside", "escape")
    assert caught.value.line is not None


CHANGING = [
    "INSERT DATA { id:a zl:name 'x' }",
    "DELETE WHERE { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:9/>",
    "CLEAR ALL",
    "DROP DEFAULT",
    "with <http://x> delete { ?s ?p ?o } where { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", CHANGING)
def test_no_query_changes_anything(query: str) -> None:
    with pytest.raises(sparql.QueryError) as caught:
        sparql.check(query)
    assert caught.value.reason == "changing"
    assert (caught.value.line, caught.value.column) == (1, 1)


def test_words_of_a_refusal_may_stand_in_texts_variables_and_comments(ask: Asker) -> None:
    ask.query("# load, from, delete\nSELECT ?from { ?from zl:name 'DROP ALL' }")


def test_a_syntax_error_has_its_line_and_column_in_the_query_as_written(ask: Asker) -> None:
    with pytest.raises(sparql.QueryError) as caught:
        ask.query("SELECT ?c {\n  ?c a zl:Overdue ;;\n  FILTER( }")
    assert caught.value.reason == "syntax"
    assert caught.value.line == 3


def test_an_empty_query_and_an_unknown_prefix_are_said_to_be_so(ask: Asker) -> None:
    for query, reason in (("", "empty"), ("  # nothing\n", "empty"), ("SELECT ?x { ?x foo:a 1 }", "syntax")):
        with pytest.raises(sparql.QueryError) as caught:
            ask.query(query)
        assert caught.value.reason == reason


def test_prefixes_are_added_where_they_are_used_and_not_declared(survey: Survey) -> None:
    known = sparql.prefixes(survey.rules)
    made = sparql.complete("SELECT ?x { ?x a zl:Issue . FILTER('id:y' = 'z') }", known)
    assert made.startswith("PREFIX zl: <")
    assert "PREFIX id:" not in made
    assert sparql.complete(made, known) == made


def test_a_place_in_the_law_is_named_with_its_dots_escaped(ask: Asker) -> None:
    (row,) = ask.query("SELECT (COUNT(?c) AS ?n) { ?c zl:underNorm law:a34\\.p1\\.s2 }").rows
    assert row[0] is not None
    assert int(row[0].value) == sum(each.norm == "a34.p1.s2" for each in ask.survey.conclusions)
