"""Every character, cue, entry and atom is accounted for; whatever is not, is found and named."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.coverage.account import Coverage, cover
from reasoner.coverage.text import CATEGORIES, Fault
from reasoner.pipeline import Ontology
from reasoner.rulebook import norms, vocabulary
from reasoner.rulebook.norms import NormError

ONTOLOGY = bundled.path("ontology")
HOME = Path("regulation/chongqing-2021")
ART36, ART39 = HOME / "art-36", HOME / "art-39"

Break = Callable[[Path, str, str], list[Fault]]


@pytest.fixture(scope="module")
def covered() -> Coverage:
    return cover(pipeline.ontology(), ONTOLOGY)


def reread(folder: Path, changed: Path, before: Coverage) -> Coverage:
    """Cover a folder in which one file was changed; only what that file can change is read again."""
    rules = before.rules
    if changed.suffix == ".ttl":
        terms = vocabulary.load(folder)
        rules = Ontology(terms, norms.load(folder, terms))
    elif changed.name in ("norms.yaml", "definitions.yaml"):
        rules = Ontology(rules.vocabulary, norms.load(folder, rules.vocabulary))
    return cover(rules, folder)


@pytest.fixture
def broken(tmp_path: Path, covered: Coverage) -> Break:
    """Return a function that changes one file of a copy of the ontology and gives the faults this adds."""
    copy = tmp_path / "ontology"
    shutil.copytree(ONTOLOGY, copy)

    def change(file: Path, pattern: str, replacement: str) -> list[Fault]:
        text, times = re.subn(pattern, replacement, (copy / file).read_text("utf-8"), count=1)
        assert times, f"{file} has nothing like {pattern}"
        (copy / file).write_text(text, "utf-8")
        return [fault for fault in reread(copy, file, covered).faults if fault not in covered.faults]

    return change


def kinds(faults: list[Fault]) -> set[tuple[str, str]]:
    return {(fault.kind, fault.where) for fault in faults}


# ------------------------------------------------------------------ as it stands


def test_nothing_in_the_regulation_is_left_over(covered: Coverage) -> None:
    assert [f"{f.where}: {f.en}" for f in covered.faults] == []


def test_the_figures_of_the_articles_add_up_to_the_text(covered: Coverage) -> None:
    texts = {line.id: line.text for line in covered.book.regulation.lines()}
    assert covered.totals()["characters"] == sum(map(len, texts.values()))
    for at, segments in covered.ledger.segments.items():
        assert "".join(segment.text for segment in segments) == texts[at]
        assert {segment.category for segment in segments} <= set(CATEGORIES)


def test_every_cue_word_that_the_text_uses_is_looked_for(covered: Coverage) -> None:
    found = {binding.cue for bindings in covered.cues.bindings.values() for binding in bindings}
    assert set(covered.cues.cues) - found == {"除外"}  # the text makes no exception in this form


def test_a_cue_is_bound_to_norms_that_quote_it_or_has_its_reason(covered: Coverage) -> None:
    for bindings in covered.cues.bindings.values():
        for binding in bindings:
            assert binding.of or binding.note, binding


# ------------------------------------------------------------------ broken on purpose


def test_words_that_no_piece_takes_up_are_unassigned(broken: Break) -> None:
    (fault,) = broken(ART36 / "spans.yaml", r"  - \{at: a36\.p1, text: .*\n", "")
    assert (fault.kind, fault.where) == ("character", "a36.p1")
    assert "重庆市生态环境保护督察整改工作" in fault.en
    assert "a36.p1." in fault.en  # says which norm to complete


def test_a_quote_that_gets_shorter_leaves_characters_over(broken: Break) -> None:
    faults = broken(ART36 / "norms.yaml", "quote: 整改工作结束后报告综合情况", "quote: 整改工作结束后报告")
    assert kinds(faults) == {("character", "a36.p3")}
    assert "综合情况" in faults[0].en


def test_a_piece_that_does_not_stand_there_is_told(broken: Break) -> None:
    faults = broken(ART36 / "spans.yaml", "text: 重庆市生态环境保护督察整改工作", "text: 重庆市督察整改工作")
    assert ("character", "a36.p1") in kinds(faults)
    assert any("do not stand there" in fault.en for fault in faults)


def test_a_piece_must_say_which_norm_it_completes(broken: Break) -> None:
    faults = broken(ART36 / "spans.yaml", r"(a36\.p1, .*), of: \[a36\.p1[^\]]*\]", r"\1")
    assert any("of which norm" in fault.en for fault in faults)


def test_a_cue_of_which_nothing_was_made_is_unbound(broken: Break) -> None:
    (fault,) = broken(HOME / "cues.yaml", r"(cues:\n)", r"\1  - {cue: 实事求是, may: [gate]}\n")
    assert (fault.kind, fault.where) == ("cue", "a36.p1")
    assert "实事求是" in fault.en
    assert "a36.p1.s3" in fault.en  # says which norms quote it


def test_a_cue_may_only_be_made_into_what_its_kind_allows(broken: Break) -> None:
    faults = broken(ART39 / "spans.yaml", r"(a39\.p3, cue: 和.*made: )list", r"\1gate")
    assert any("may be made into" in fault.en for fault in faults)


def test_a_cue_may_not_be_bound_to_what_the_norm_does_not_bear_out(broken: Break) -> None:
    faults = broken(ART39 / "spans.yaml", r"(a39\.p3, cue: 和.*of: )\[a39\.p3\.s1\]", r"\1[a39.p1.s1]")
    assert any("does not bear out list" in fault.en for fault in faults)


def test_a_cue_that_means_nothing_needs_a_reason(broken: Break) -> None:
    faults = broken(ART39 / "spans.yaml", r"(a39\.p4, cue: 依照.*), note: .*\}", r"\1}")
    assert any("needs a note" in fault.en for fault in faults)


def test_a_frame_that_loses_its_modality_leaves_its_cue_unbound(broken: Break) -> None:
    faults = broken(HOME / "art-54/norms.yaml", "modality: 由…承担", "modality: 承担")
    assert ("cue", "a54.p1") in kinds(faults)


def test_a_term_without_words_leaves_atoms_without_span(broken: Break) -> None:
    faults = broken(Path("inspection.ttl"), r'    zl:words "整改责任单位"@zh ;\n', "")
    assert {fault.kind for fault in faults} == {"atom"}
    assert all("responsibleUnitIn" in fault.en for fault in faults)


def test_a_definition_without_basis_leaves_atoms_without_span(broken: Break) -> None:
    faults = broken(Path("definitions.yaml"), r"  basis:\n    - \{at: a55\.p1, .*\n", "")
    assert {fault.kind for fault in faults} == {"atom"}
    assert any("governed" in fault.en for fault in faults)


def test_words_of_a_term_must_stand_at_its_source(broken: Break) -> None:
    faults = broken(Path("inspection.ttl"), 'zl:words "整改责任单位"', 'zl:words "整改单位"')
    assert ("words", "responsibleUnitIn") in kinds(faults)


@pytest.mark.parametrize(
    "words",
    [
        "督察整改方案印发后7个月内",
        "{at: a99.p1, text: 6个月内}",
        "{text: 6个月内}",
        "[6个月内, {at: a36.p1, text: 6个月内}]",
    ],
)
def test_words_of_a_norm_must_stand_in_the_text(broken: Break, words: str) -> None:
    with pytest.raises(NormError, match=r"a36\.p3\.s2"):
        broken(ART36 / "norms.yaml", "monthsAfter: 6个月内", f"monthsAfter: {words}")


def test_the_basis_of_a_definition_must_stand_in_the_text(broken: Break) -> None:
    with pytest.raises(NormError, match="effect"):
        broken(Path("definitions.yaml"), "text: 自发布之日起施行", "text: 自印发之日起施行")


def test_words_of_a_norm_are_the_span_of_its_atoms(covered: Coverage) -> None:
    spans = {
        (span.at, span.text)
        for g in covered.groundings("a36")
        if (g.rule.owner, g.atom.predicate) == ("a36.p3.s2", "monthsAfter")
        for span in g.spans
    }
    assert spans == {("a36.p3", "6个月内")}


def test_an_entry_bound_as_nothing_is_unbound(broken: Break) -> None:
    faults = broken(ART39 / "norms.yaml", "binding: declared", "binding: considered")
    assert kinds(faults) == {("entry", "a39.p1.s1")}


def test_an_entry_declared_without_a_reason_is_unbound(broken: Break) -> None:
    faults = broken(ART39 / "norms.yaml", r"  reason: .*\n", "")
    assert ("entry", "a39.p1.s1") in kinds(faults)


def test_a_norm_that_comes_from_no_entry_is_told(broken: Break) -> None:
    faults = broken(HOME / "inventory.yaml", r"into: \[a34\.p1\.s3, a34\.p1\.n2\]", "into: [a34.p1.s3]")
    assert kinds(faults) == {("entry", "a34.p1.n2")}


def test_an_entry_that_no_norm_takes_up_is_told(broken: Break) -> None:
    faults = broken(HOME / "inventory.yaml", r"a1: \[", "a1: [a1.p1.s9, ")
    assert kinds(faults) == {("entry", "a1.p1.s9")}


# ------------------------------------------------------------------ on the command line


def test_the_command_gives_the_figures_and_the_words_of_an_article(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["coverage", "36"])
    shown = capsys.readouterr().out
    assert "第三十六条" in shown
    assert "responsibleUnitIn" in shown
    assert code == (1 if "✗" in shown else 0)


def test_the_command_gives_json_with_the_totals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [ONTOLOGY / HOME / "art-55" / "cases.yaml"]  # all of them take a minute: tests/test_conditions.py
    monkeypatch.setattr(cases, "files", lambda folders: iter(own))
    main(["coverage", "55", "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    expected = {
        "entries",
        "unbound",
        "charactersUnassigned",
        "atomsWithoutSpan",
        "cuesUnbound",
        "conditionsCovered",
    }
    assert expected <= set(data["totals"])
    assert [row["article"] for row in data["articles"]] == ["a55"]
    assert "".join(s["text"] for s in data["articles"][0]["segments"]).startswith("本办法")


def test_an_article_that_does_not_exist_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "99"]) == 2
    assert "99" in capsys.readouterr().err
