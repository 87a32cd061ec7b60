"""One issue or many, their file names, and the command."""

import time
from pathlib import Path

import pytest
import yaml
from written import QUOTE, in_xlsx

from app import dossier as d
from app.cli import main
from app.dossier.content import Dossier
from reasoner import bundled
from reasoner.access import policy
from reasoner.engine.survey import Survey


def test_a_selection_has_a_chapter_for_each_issue_and_shares_the_rest(desk: Survey) -> None:
    steps: list[tuple[str, int, int]] = []
    issues = ["SL-105", "CQ-001", "SL-114", "CQ-001"]
    made = d.dossier(issues, desk, progress=lambda *step: steps.append(step))
    assert made.issues == ("SL-105", "CQ-001", "SL-114")
    assert steps == [("SL-105", 0, 3), ("CQ-001", 1, 3), ("SL-114", 2, 3), ("", 3, 3)]
    chapters = [p.title for p in made.parts if p.level == 1]
    assert [title.split("、")[0] for title in chapters] == list("一二三四五六七八九")
    assert sum("通用前提" in title for title in chapters) == 1
    assert len(made.sheets[0].table.rows) == 3
    assert made.mark


def test_files_are_named_in_chinese_after_issue_and_day(desk: Survey, real: Dossier) -> None:
    assert d.file_name(real, "docx") == "案卷_CQ-001_截至20261123.docx"
    assert d.file_name(real, "pdf") == "案卷_CQ-001_截至20261123.pdf"
    assert d.file_name(real, "xlsx") == "生态环境损害责任追究问题清单_CQ-001_截至20261123.xlsx"
    many = d.dossier(["SL-105", "CQ-001"], desk)
    assert d.file_name(many, "docx") == "案卷_SL-105等2件_截至20261123.docx"


def test_an_issue_that_is_not_on_record_and_an_empty_selection_are_refused(desk: Survey) -> None:
    with pytest.raises(d.UnknownIssueError, match="记录中没有问题CQ-999 / no issue CQ-999 on record"):
        d.dossier(["CQ-999"], desk)
    with pytest.raises(ValueError, match="没有选择问题"):
        d.dossier([], desk)


def test_the_case_of_an_issue_gives_what_the_whole_record_gives(desk: Survey) -> None:
    class Whole:
        def case(self, matter: str) -> object:
            return desk.whole

    for issue in ("CQ-001", "SL-105", "R-1"):
        assert d.dossier([issue], desk).sheets == d.dossier([issue], Whole()).sheets  # type: ignore[arg-type]


def test_one_issue_is_written_while_one_waits(desk: Survey) -> None:
    desk.case("SL-105")
    d.pdf(d.dossier(["CQ-001"], desk))  # the fonts of the machine are looked for once
    for form, seconds in (("xlsx", 1.5), ("docx", 1.5), ("pdf", 3.0)):
        taken = []
        for _ in range(3):  # of the processor: others may be at work on the machine
            start = time.process_time()
            d.write(d.dossier(["SL-105"], desk), form)
            taken.append(time.process_time() - start)
        assert min(taken) < seconds, form


def test_the_command_writes_the_file_and_says_where(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(home))
    ask = ["dossier", "SL-105", "--as-of", "2026-11-23", "--out", str(tmp_path)]
    assert main([*ask, "--format", "xlsx"]) == 0
    name = "生态环境损害责任追究问题清单_SL-105_截至20261123.xlsx"
    assert capsys.readouterr().out.strip() == str(tmp_path / name)
    assert in_xlsx((tmp_path / name).read_bytes())["问题清单"]
    assert main(["dossier", "SL-999", "--out", str(tmp_path)]) == 2
    assert "记录中没有问题SL-999" in capsys.readouterr().err
    assert main([*ask[:-1], str(tmp_path / "none" / "x.docx")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err


def test_the_layout_names_what_the_ontology_holds(desk: Survey) -> None:
    held = yaml.safe_load(Path(d.__file__).with_name("layout.yaml").read_text("utf-8"))
    norm = desk.rules.book.norms[held["norm"]]
    assert norm.quote is not None
    assert norm.quote.startswith(QUOTE)
    assert {held["important"], held["dereliction"]} <= set(desk.rules.vocabulary.individuals)
    assert set(held["fields"]) <= set(desk.rules.vocabulary.predicates)
    assert bundled.path("ontology", "regulation", desk.law.id, policy.SECRETS).exists()
