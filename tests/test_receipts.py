"""Receipts of runs: left once, chained, verified; two runs compared down to the fact or the rule."""

import json
import shutil
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import main
from reasoner import bundled, pipeline
from reasoner.receipts.chain import Chain, ReceiptError
from reasoner.receipts.runs import made_again
from reasoner.receipts.verification import verify

DAY = "2026-11-23"
ENTRY = "finding findingKind=suspectedCrime about=CQ-001 by=领导小组 on=2026-01-05 state=upheld"
FINDING = [*ENTRY.split(), "instrument=认定书", "--by", "督察办综合处"]


@pytest.fixture(scope="module")
def three_runs(sampled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose record was reasoned over on two days, and again after an entry."""
    home = tmp_path_factory.mktemp("receipts")
    shutil.copy(sampled_home / pipeline.RECORD_FILE, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELIAN_HOME", str(home))
        for command in (
            ["reason", "--as-of", "2026-01-01"],
            ["reason", "--as-of", DAY],
            ["record", *FINDING],
            ["reason", "--as-of", DAY],
        ):
            assert main(command) == 0
    return home


@pytest.fixture
def home(three_runs: Path, own_home: Path) -> Path:
    """The same, to be altered."""
    shutil.copytree(three_runs, own_home)
    return own_home


def said(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    """What a command prints; with its complaints when it has a code of its own."""
    assert main(argv) == code
    out, err = capsys.readouterr()
    return out + err


def test_a_run_leaves_one_receipt(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "推理凭据 3" in said(capsys, "reason", "--as-of", DAY)  # the same run again: the same receipt
    receipts = [json.loads(line) for line in said(capsys, "receipts", "--format", "jsonl").splitlines()]
    assert [r["number"] for r in receipts] == [1, 2, 3]
    assert [r["run"]["as_of"] for r in receipts] == ["2026-01-01", DAY, DAY]
    assert [b["previous"] for b in receipts[1:]] == [a["digest"] for a in receipts[:-1]]
    assert receipts[2]["run"]["data_version"] == receipts[1]["run"]["data_version"] + 1
    assert (receipts[2]["come"], receipts[2]["gone"]) != (0, 0)
    assert "receipt 2" in said(capsys, "receipts", receipts[1]["digest"][:9], "--lang", "en")
    assert "没有推理凭据 9" in said(capsys, "receipts", "9", code=2)


def test_a_hash_may_begin_with_digits_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain(pipeline.record_of(home))
    first, second, _ = chain
    alike = replace(second, digest="0775985501" + second.digest[10:])
    monkeypatch.setattr(Chain, "__iter__", lambda _: iter([first, alike]))
    assert chain.find("077598550") == alike
    assert chain.find("1") == first


def test_runs_can_be_made_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "3 receipts verified and made again" in said(
        capsys, "receipts", "--verify", "--again", "--lang", "en"
    )
    chain = Chain(pipeline.record_of(home))
    first, second, third = (chain.conclusions(r.number) for r in chain)
    assert first != second != third
    survey = made_again(chain, chain.find("1"), home)
    assert len(survey.conclusions) == sum(chain.find("1").counts.values())


def test_a_case_file_names_the_receipt_of_its_reasoning(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "d.docx"
    assert main(["dossier", "CQ-001", "--as-of", DAY, "--format", "docx", "--out", str(file)]) == 0
    with zipfile.ZipFile(file) as written:
        text = written.read("word/document.xml").decode()
    last = Chain(pipeline.record_of(home)).find("3")
    assert "推理凭据" in text
    assert f"第3号（{last.digest[:12]}）" in text


def test_the_difference_names_the_fact(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "diff", "--format", "json"))
    assert found["before"]["data_version"] + 1 == found["after"]["data_version"]
    assert {c["after"]["issues"][0] for c in found["changes"] if c["after"]} == {"CQ-001"}
    for change in found["changes"]:
        assert change["facts"], change
        for fact in change["facts"]:
            assert fact["stated"] == "after"
            assert fact["sources"][0]["by"] == "督察办综合处"
    days = json.loads(said(capsys, "diff", "1", "2", "--format", "json"))
    assert days["changes"]
    assert all("asOf" in {f["predicate"] for f in c["facts"]} for c in days["changes"])
    shown = said(capsys, "diff", "--issue", "CQ-001", "--lang", "en")
    assert "because: +" in shown
    assert "录入" not in shown
    assert "No conclusion changes" in said(capsys, "diff", "--issue", "CQ-002", "--lang", "en")


def test_an_amended_rule_is_tried_before_it_is_adopted(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = "limit(a36_p1_n1,T,U,D) :- taskUnder(T,_), taskHolder(T,U), dueOn(T,D)."

    def amended(name: str, file: str, before: str, after: str) -> str:
        """A copy of the ontology with one change in art. 36."""
        shutil.copytree(bundled.path("ontology"), tmp_path / name)
        place = next((tmp_path / name).glob(f"regulation/*/art-36/{file}"))
        text = place.read_text(encoding="utf-8")
        assert before in text
        place.write_text(text.replace(before, after), encoding="utf-8")
        return str(tmp_path / name)

    later = amended("later", "norms.yaml", old, old[:-1] + ", D > 20990101.")
    found = json.loads(said(capsys, "diff", "--rules", later, "--as-of", DAY, "--format", "json"))
    assert [each["owner"] for each in found["rules"]] == ["a36.p1.n1"]
    assert "a36.p1.n1" in {(c["after"] or c["before"])["norm"] for c in found["changes"]}
    for change in found["changes"]:  # other norms rest on this one
        assert [rule["rule"] for rule in change["rules"]] == [old]
    unsafe = amended("unsafe", "norms.yaml", old, old[:-1] + ", D > X.")
    assert "unsafe variable X" in said(capsys, "diff", "--rules", unsafe, code=2)
    misquoted = amended("misquoted", "text.md", "整改", "整顿")
    assert "没有这段文字" in said(capsys, "diff", "--rules", misquoted, code=2)


def altered(home: Path, *statements: str) -> list[str]:
    """What verification finds after a hostile hand was at the database."""
    with sqlite3.connect(home / pipeline.RECORD_FILE) as base:
        for trigger in ("receipts", "rule_versions"):
            for event in ("update", "delete"):
                base.execute(f"DROP TRIGGER IF EXISTS {trigger}_no_{event}")
        for statement in statements:
            base.execute(statement)
    base.close()
    return [f"{fault.number} {fault.en}" for fault in verify(Chain(pipeline.record_of(home)))]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM receipts WHERE number = 2", "3 receipt 2 is missing"),
        ("DELETE FROM receipts WHERE number = 1", "2 receipt 1 is missing"),
        ('UPDATE receipts SET receipt = replace(receipt, \'"at":"20\', \'"at":"19\')', "hash it states"),
        ("UPDATE receipts SET receipt = replace(receipt, '\"overdue\":', '\"overdue\":1')", "hash it states"),
        ("UPDATE receipts SET lines = (SELECT lines FROM receipts WHERE number = 1)", "stored lines changed"),
        ("UPDATE receipts SET lines = x'00' WHERE number = 2", "2 cannot be read"),
        ("UPDATE receipts SET run = 'x' WHERE number = 3", "3 is filed under another run"),
        ("UPDATE rule_versions SET files = x'504b'", "rules are missing or damaged"),
        ("DELETE FROM rule_versions", "rules are missing or damaged"),
        ("UPDATE transactions SET digest = '00'", "state of that version is another now"),
    ],
)
def test_what_was_tampered_with_is_found(home: Path, statement: str, expected: str) -> None:
    assert not altered(home)
    found = altered(home, statement)
    assert any(expected in each for each in found), found


def test_the_database_itself_refuses_changes(home: Path) -> None:
    with sqlite3.connect(home / pipeline.RECORD_FILE) as base:
        for statement in (
            "DELETE FROM receipts",
            "UPDATE receipts SET run = 'x'",
            "DELETE FROM rule_versions",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="never changed or removed"):
                base.execute(statement)
    base.close()


def test_other_conclusions_of_the_same_run_are_an_alarm(home: Path) -> None:
    chain = Chain(pipeline.record_of(home))
    survey = made_again(chain, chain.find("3"), home)
    survey.model.relations["overdue"].rows.clear()
    with pytest.raises(ReceiptError, match="rely on neither"):
        chain.leave(survey)


def test_a_retracted_statement_does_not_change_a_run_of_before(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = json.loads(said(capsys, "diff", "2", "3", "--format", "json"))["changes"]
    (entered,) = {fact["arguments"][0] for change in changes for fact in change["facts"]}
    said(capsys, "record", "--retract", entered, "--by", "督察办综合处", "--reason", "重复录入")
    said(capsys, "reason", "--as-of", DAY)
    found = json.loads(said(capsys, "diff", "3", "4", "--format", "json"))
    assert {f["stated"] for c in found["changes"] for f in c["facts"]} == {"before"}
    assert not json.loads(said(capsys, "diff", "2", "4", "--format", "json"))["changes"]
    assert "4 receipts verified" in said(capsys, "receipts", "--verify", "--again", "--lang", "en")


def test_what_leaves_the_house_leaves_a_receipt(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "export", "--as-of", "2026-02-01", "--out", str(tmp_path / "all.csv"))
    said(capsys, "dossier", "CQ-001", "--as-of", "2026-02-02", "--format", "xlsx", "--out", str(tmp_path))
    days = [receipt.run.as_of for receipt in Chain(pipeline.record_of(home))]
    assert days[3:] == ["2026-02-01", "2026-02-02"]
