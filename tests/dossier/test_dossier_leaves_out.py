"""What a dossier leaves out: restricted fields, and whatever could act where it is opened."""

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx as python_docx
import openpyxl
import pypdf
from written import HOSTILE, SECRETS, everything, in_docx, in_pdf, in_xlsx, part

from app import dossier as d
from app.dossier import pages
from app.dossier.content import Dossier, Paragraph, Table, clean
from reasoner.engine.survey import Survey
from reasoner.pipeline import access_of
from reasoner.rulebook import restricted


def test_restricted_fields_are_left_out_of_all_three_and_nobody_is_told_which(desk: Survey) -> None:
    made = d.dossier(["R-1"], desk)
    said = everything(made)
    for secret in SECRETS:
        assert secret not in said, secret
    assert "记录中涉及保密要求的字段，以及只由这些字段得出的内容，未列入本卷" in said
    assert "有受限字段的问题" in said
    # what is left out is not called unrecorded: that would be untrue
    rows = next(b for b in part(made, "认定情况") if isinstance(b, Table)).rows
    assert "失职失责" in [row[0] for row in rows]
    assert {row[2:5] for row in rows} == {("初步认定", "", "")}
    without = d.dossier(["CQ-001"], desk)
    told = [b.text for b in part(made, "编制说明") if isinstance(b, Paragraph)]
    assert told == [b.text for b in part(without, "编制说明") if isinstance(b, Paragraph)]


def test_who_may_see_restricted_fields_gets_them_and_is_told_so(desk: Survey) -> None:
    made = d.dossier(["R-1"], desk, include_restricted=True)
    said = everything(made)
    for secret in (*SECRETS[:5], SECRETS[7]):
        assert secret in said, secret
    assert "应当按照保密规定使用和保管" in said


def test_restricting_drops_only_what_follows_from_restricted_fields_alone(desk: Survey) -> None:
    def concluded(made: Dossier) -> set[str]:
        return {row[-1] for row in made.sheets[1].table.rows}

    open_, closed = (d.dossier(["R-1"], desk, include_restricted=flag) for flag in (True, False))
    gone = concluded(open_) - concluded(closed)
    assert concluded(closed) < concluded(open_)
    told = {row[-1]: row for row in open_.sheets[1].table.rows}
    assert {told[each][3] for each in gone} == {SECRETS[7]}  # what follows only for the post found of
    assert any("需研判" in row for row in closed.sheets[1].table.rows)


def test_every_restriction_rests_on_words_of_the_text_and_on_terms_of_the_ontology(desk: Survey) -> None:
    vocabulary = desk.rules.vocabulary
    known = access_of(desk.rules)
    assert known.classes
    for each in known.classes.values():
        for span in each.basis:
            desk.law.quote_span(span["at"], span["text"])
        assert all(vocabulary.predicates[name].is_class for name in (each.of, *each.named))
        assert all(vocabulary.predicates[name].arity == 2 for name in (*(each.properties or ()), *each.same))
        assert all(vocabulary.predicates[name].arity == 2 for name in each.where)
        assert {value for values in each.where.values() for value in values} <= set(vocabulary.individuals)
        kinds = [vocabulary.individuals[name].classes for name in each.records or ()]
        assert all("RecordClass" in classes for classes in kinds)
    assert all(vocabulary.predicates[name].is_class for name in known.lasting)
    assert vocabulary.predicates[known.absence].arity == 2


def test_a_step_that_tells_a_restricted_value_goes_and_one_with_another_ground_stays() -> None:
    def node(predicate: str, *arguments: str, **more: object) -> dict[str, object]:
        said = {"predicate": predicate, "arguments": [*arguments]}
        return {"kind": "fact", "statement": said, "sentence": {}, **more}

    sieve = restricted.Sieve(restricted.Restriction({"c": frozenset({"by"})}))
    secret, plain = node("by", "c", "who"), node("complaint", "c")
    told = node("complainedBy", "i", "who", premises=[secret, node("about", "c", "i")])
    tree = node("raised", "i", premises=[told, plain])
    kept = sieve.sifted(tree)
    assert kept is not None
    assert kept["premises"] == [plain]
    open_ = node("open", "i", premises=[secret, node("about", "c", "i"), node("unit", "who"), plain])
    left = restricted.Sieve(sieve.hidden).sifted(open_)
    assert left is not None
    assert [each["statement"]["predicate"] for each in left["premises"]] == ["about", "complaint"]

    def follows(*more: dict[str, object], rule: str = "") -> bool:
        step = node("bearer", "a1", "i", "who", rule=rule, premises=[secret, node("about", "c", "i"), *more])
        return restricted.Sieve(sieve.hidden, {"a1"}).sifted(step) is not None

    assert not follows()
    assert not follows(node("unit", "who"))
    assert not follows(node("kindOf", "a1", "who"))
    assert not follows(node("postIn", "who", "district"))
    assert not follows(node("settled", "c", "who", kind="absent"), node("settled", "i", "who", kind="absent"))
    assert follows(node("teamOf", "who", "inspection"), node("raisedIn", "i", "inspection"))
    assert follows(rule="bearer(a1,I,who) :- issue(I).")


def test_no_cell_is_ever_computed_or_opened(desk: Survey) -> None:
    data = d.xlsx(d.dossier(["X-1"], desk))
    book = openpyxl.load_workbook(io.BytesIO(data))
    dangerous = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.data_type == "s" or cell.value is None
                assert cell.hyperlink is None
                assert len(str(cell.value or "")) <= 32_767
                if str(cell.value or "").startswith(("=", "+", "-", "@")):
                    dangerous += 1
                    assert cell.quotePrefix
    assert dangerous >= 4
    held = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in held.read(name) for name in held.namelist())
    assert not [name for name in held.namelist() if "external" in name.lower()]
    whole = "\n".join(cell for rows in in_xlsx(data).values() for row in rows for cell in row)
    assert HOSTILE[0] in whole
    assert "（过长，全文见记录）" in whole


def test_hostile_text_is_text_in_the_document(desk: Survey) -> None:
    data = d.docx(d.dossier(["X-1"], desk))
    held = zipfile.ZipFile(io.BytesIO(data))
    for name in held.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(held.read(name))
            assert b"External" not in held.read(name)
    said = in_docx(data)
    for text in HOSTILE[:6]:
        assert text in said
    assert "控制字符]]>&amp;<w:t>" in said
    assert HOSTILE[7] in said
    fields = re.findall(rb"<w:instrText[^>]*>([^<]*)<", held.read("word/document.xml"))
    assert {field.split()[0] for field in fields} == {b"TOC", b"PAGEREF"}
    python_docx.Document(io.BytesIO(data))


def test_hostile_text_is_text_in_the_pdf(desk: Survey) -> None:
    data = d.pdf(d.dossier(["X-1"], desk))
    said = in_pdf(data)
    for text in HOSTILE[:6]:
        assert re.sub(r"\s", "", text) in said
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        for note in page.get("/Annots") or ():
            assert "/A" not in note.get_object() or note.get_object()["/A"]["/S"] == "/GoTo"
    assert b"/JavaScript" not in data
    assert b"/URI" not in data


def test_the_pages_use_no_package() -> None:
    source = Path(pages.__file__).with_name("pages.typ").read_text("utf-8")
    assert not re.search(r"#?import|include|@preview|eval|read\(", source)


def test_characters_that_no_document_holds_are_taken_out() -> None:
    assert clean("甲\x00乙\x1b丙\u202e丁\ud800\r\n戊\t己") == "甲乙丙丁\n戊 己"
