"""Ready questions: their answers, what is typed into a blank, what cells stand for, and ``zelian ask``."""

import csv
import io
import json
import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from asker import CATALOGUE, DAY, Asker

from app.cli import main
from app.cli.arguments import FORMATS
from reasoner.bundled import path as bundled
from reasoner.engine.survey import Survey, open_survey
from reasoner.queries import meanings, questions, sparql, triples
from reasoner.records import directory as directories


@pytest.fixture(scope="module")
def survey(sampled_home: Path) -> Survey:
    """The bundled data with the sample cases."""
    return open_survey(sampled_home, DAY)


@pytest.fixture(scope="module")
def ask(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Asker:
    return Asker(survey, tmp_path_factory.mktemp("store"))


# -- the catalogue ----------------------------------------------------------------------------------


def test_every_query_file_is_a_question_and_every_question_has_one() -> None:
    files = {file.stem for file in bundled("data", "questions").glob("*.rq")}
    assert files == CATALOGUE.keys()
    assert len(files) >= 12


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_question_is_worded_in_both_languages(id: str) -> None:
    question, catalogue = CATALOGUE[id], questions.catalogue()
    for text in (question.title, question.about, question.empty, *(b.label for b in question.blanks)):
        assert text.keys() == {"zh", "en"}, "a comma outside of quotes cuts a text"
        assert text["zh"]
        assert text["en"]
        assert text["zh"] != text["en"]
    assert question.group in catalogue.groups
    assert question.next is None or question.next in CATALOGUE


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_question_is_answered_and_its_columns_are_named(id: str, ask: Asker) -> None:
    answer = ask.query(questions.bound(CATALOGUE[id], {}, ask.survey.rules))
    assert answer.rows, "the sample cases have something for every question"
    assert set(answer.variables) <= questions.catalogue().columns.keys()
    for i, name in enumerate(answer.variables):
        assert any(row[i] is not None for row in answer.rows), f"{name} is always empty"


@pytest.mark.parametrize(
    ("id", "blank"), [(q.id, b.name) for q in CATALOGUE.values() for b in q.blanks if b.kind != "words"]
)
def test_a_blank_only_ever_narrows_what_is_found(id: str, blank: str, ask: Asker) -> None:
    """A value that nothing has gives no row; none of the rows found for one value is missing without it."""
    question = CATALOGUE[id]
    kind = next(each.kind for each in question.blanks if each.name == blank)
    nobody = {"unit": "nobody", "district": "nowhere", "sector": "nothing", "inspection": "none"}
    if kind in nobody:
        assert ask.question(id, **{blank: nobody[kind]}) == []
    if kind == "day":
        early = ask.question(id, **{blank: "2024-05-01"})
        every = ask.question(id)
        assert len(early) < len(every)
        assert all(row in every for row in early)


def test_what_is_filled_in_is_what_is_found(ask: Asker) -> None:
    for row in ask.question(
        "conclusions-on-norm", norm="a34.p1.s2", district="d500110", status="needsDetermination"
    ):
        assert row["status"] == "ns#NeedsDetermination"
    found = {
        row["issue"] for row in ask.question("conclusions-on-norm", norm="a34.p1.s2", district="d500110")
    }
    placed = {s.subject for s in ask.survey.record.statements(predicate="relatesTo", object="d500110")}
    assert found == placed


def test_the_count_by_body_is_that_of_the_survey(ask: Asker) -> None:
    expected: dict[str, int] = {}
    for each in ask.survey.conclusions:
        if each.status == "overdue":
            for body in each.bearers:
                expected[body["id"]] = expected.get(body["id"], 0) + 1
    assert expected
    assert {row["unit"]: int(row["conclusions"]) for row in ask.question("overdue-by-unit")} == expected


def test_who_succeeds_names_the_new_district_for_both_organs(ask: Asker) -> None:
    rows = ask.question("who-succeeds", district="d500112")
    assert {(row["unit"], row["successor"]) for row in rows} == {
        ("d500112", "d500157"),
        ("d500112_gov", "d500157_gov"),
        ("d500112_party", "d500157_party"),
    }
    assert {row["until"] for row in rows} == {"2026-01-24"}


def test_issues_without_a_finding_are_those_that_nobody_decided_on(ask: Asker) -> None:
    without = {row["issue"] for row in ask.question("issues-without-finding", finding="dereliction")}
    record = ask.survey.record
    kinds = {s.subject for s in record.statements(predicate="findingKind", object="dereliction")}
    decided = {str(s.object) for each in kinds for s in record.statements(subject=each, predicate="about")}
    assert without == set(ask.survey.issues()) - decided


def test_the_norms_for_a_district_are_not_those_for_the_city(ask: Asker) -> None:
    district = {row["norm"] for row in ask.question("norms-addressing", unit="d500110_party")}
    city = {row["norm"] for row in ask.question("norms-addressing", unit="municipalCommittee")}
    assert "a34.p1.s2" in district
    assert "a34.p1.s2" not in city
    government = {row["norm"] for row in ask.question("norms-addressing", unit="d500110_gov")}
    assert "a39.p4.s3" in government - district


@pytest.mark.parametrize("id", CATALOGUE)
def test_no_row_links_a_conclusion_to_what_it_does_not_concern(id: str, ask: Asker) -> None:
    """An OPTIONAL whose start is open would match everything there is."""
    for row in ask.question(id):
        if "conclusion" not in row:
            continue
        said = ask.survey.by_id[row["conclusion"]]
        assert row.get("issue") in (said.issues or (None,))
        assert row.get("inspection", said.inspection) == said.inspection
        assert row.get("norm", said.norm) == said.norm
        bodies = {body["id"] for body in said.bearers}
        assert row.get("unit") in bodies if "unit" in row else True


def test_what_is_missing_is_counted_as_the_survey_has_it(ask: Asker) -> None:
    rows = ask.question("most-missing")
    said = [each for each in ask.survey.conclusions if each.missing]
    assert {row["missing"]: int(row["conclusions"]) for row in rows} == Counter(str(c.missing) for c in said)
    issues = {
        key: {i for c in said if c.missing == key for i in c.issues} for key in {c.missing for c in said}
    }
    assert {row["missing"]: int(row["issues"]) for row in rows} == {
        key: len(of) for key, of in issues.items()
    }


# -- hostile values ---------------------------------------------------------------------------------

HOSTILE = [
    '"} UNION { ?issue ?p ?text } #',
    "'''} SELECT * { ?s ?p ?o",
    "\\",
    '\\" . } ?s ?p ?o . { "',
    "}\n#blanks\nVALUES ?words {",
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "{0}",
    "\u0000没有",
    "?words",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_in_a_blank_stay_words(words: str, ask: Asker) -> None:
    assert ask.question("issues-with-words", words=words) == []


@pytest.mark.parametrize(
    "value", ["x> } ?s ?p ?o {", "x\n}", 'x"', "x y", "?unit", "zl:Body", "{}", "\\u003e"]
)
def test_an_id_in_a_blank_stays_an_id(value: str, ask: Asker) -> None:
    assert ask.question("who-succeeds", unit=value) == []
    assert ask.question("who-succeeds", district=value) == []


@pytest.mark.parametrize(
    ("id", "values", "why"),
    [
        ("conclusions-on-norm", {"norm": "a99 } DROP"}, "unknown"),
        ("districts-by-status", {"status": "issue"}, "unknown"),
        ("issues-without-finding", {"finding": "x> y"}, "unknown"),
        ("limits-to-come", {"day": "2026-13-01"}, "date"),
        ("limits-to-come", {"day": "2026-01-01' }"}, "date"),
        ("issues-with-words", {"words": "码" * 201}, "long"),
    ],
)
def test_a_value_that_a_blank_cannot_hold_is_refused(
    id: str, values: dict[str, str], why: str, survey: Survey
) -> None:
    with pytest.raises(questions.BlankError) as caught:
        questions.bound(CATALOGUE[id], values, survey.rules)
    assert caught.value.why == why


def test_a_saved_query_says_the_same_elsewhere(ask: Asker) -> None:
    """The text that is saved is complete: any SPARQL engine on the same triples gives the same rows."""
    text = sparql.complete(
        questions.bound(CATALOGUE["conclusions-on-norm"], {"district": "d500110"}, ask.survey.rules),
        ask.prefixes,
    )
    alone = list(ox.Store.read_only(str(ask.store)).query(text))
    assert len(alone) == len(ask.query(text).rows) > 0


# -- what cells stand for ---------------------------------------------------------------------------


def test_cells_are_read_as_what_they_stand_for(survey: Survey) -> None:
    book = survey.rules.book
    read = meanings.Meanings(
        survey.rules,
        directories.directory(survey.record, survey.rules.vocabulary),
        survey.name,
        lambda id: "issue" if id == "CQ-001" else None,
    )

    def kind(cell: sparql.Cell) -> tuple[str, str]:
        found = read.of(cell)
        return found.kind, found.id

    def iri(id: str) -> sparql.Cell:
        return sparql.Cell("iri", triples.iri(id))

    assert kind(iri("CQ-001")) == ("issue", "CQ-001")
    assert kind(iri("d500110")) == ("district", "d500110")
    assert kind(iri("d500110_gov")) == ("unit", "d500110_gov")
    assert kind(iri("s_port")) == ("sector", "s_port")
    assert kind(iri("unstatedBearer")) == ("entity", "unstatedBearer")
    assert kind(iri("c-0123456789")) == ("conclusion", "c-0123456789")
    assert kind(sparql.Cell("iri", triples.law_iri(book, "a36.p3.s2"))) == ("norm", "a36.p3.s2")
    assert kind(sparql.Cell("iri", triples.law_iri(book, "a36.p3"))) == ("place", "a36.p3")
    assert kind(sparql.Cell("iri", "https://w3id.org/zelian/ns#Overdue")) == ("status", "overdue")
    assert kind(sparql.Cell("literal", "2026-01-02", f"{triples.XSD}date")) == ("date", "2026-01-02")
    assert kind(sparql.Cell("literal", "12", f"{triples.XSD}integer")) == ("number", "12")
    assert kind(sparql.Cell("iri", "http://elsewhere/x")) == ("text", "http://elsewhere/x")


# -- the command line -------------------------------------------------------------------------------


@pytest.fixture
def loaded(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "own"
    assert survey.record.path is not None
    shutil.copytree(survey.record.path.parent, home, ignore=shutil.ignore_patterns("sparql-*"))
    monkeypatch.setenv("ZELIAN_HOME", str(home))


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(["ask", *argv])
    out, err = capsys.readouterr()
    return code, out, err


def test_ask_lists_the_questions(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert all(id in out for id in CATALOGUE)


@pytest.mark.usefixtures("loaded")
def test_ask_answers_in_three_formats_with_blanks_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"table", "csv", "jsonl"} <= {*FORMATS}
    given = ("who-succeeds", "--blank", "unit=渝北区政府", "--as-of", "2026-11-23")
    code, out, _ = run(capsys, *given)
    assert code == 0
    assert "两江新区政府" in out
    _, out, _ = run(capsys, *given, "--format", "csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ["单位", "存续至", "承继者"]
    assert rows[1] == ["渝北区政府 [d500112_gov]", "2026-01-24", "两江新区政府 [d500157_gov]"]
    _, out, _ = run(capsys, *given, "--format", "jsonl", "--lang", "en")
    assert json.loads(out)["successor"]["id"] == "d500157_gov"


@pytest.mark.usefixtures("loaded")
def test_ask_runs_a_query_file_and_complains_with_line_and_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "查询.rq"
    file.write_text("SELECT (COUNT(?i) AS ?n) { ?i a zl:Issue }", "utf-8")
    code, out, _ = run(capsys, "--sparql", str(file), "--format", "csv")
    assert (code, out.split()) == (0, ["n", "123"])
    file.write_text("SELECT ?i {\n ?i a ; }", "utf-8")
    code, out, err = run(capsys, "--sparql", str(file))
    assert (code, out) == (2, "")
    assert "第 2 行" in err
    assert "line 2" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "argv",
    [
        ("nothing",),
        ("who-succeeds", "--blank", "unit"),
        ("who-succeeds", "--blank", "sector=s_port"),
        ("who-succeeds", "--blank", "unit=没有这个单位"),
        ("districts-by-status", "--blank", "status=没有这种状态"),
        ("who-succeeds", "--sparql", "x.rq"),
        ("--sparql", "没有这个文件.rq"),
    ],
)
def test_ask_says_in_one_line_what_it_cannot_use(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.usefixtures("loaded")
def test_an_empty_answer_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "issues-with-words", "--blank", "words=没有这样的文字")
    assert code == 0
    assert CATALOGUE["issues-with-words"].empty["zh"] in err
