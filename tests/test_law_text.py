"""The law as data: nothing lost, nothing added, everything addressable."""

import time
from pathlib import Path

import pytest

from reasoner import bundled
from reasoner.rulebook import law

FOLDER = bundled.path("ontology", "regulation", "chongqing-2021")


@pytest.fixture(scope="module")
def regulation() -> law.Regulation:
    return law.load(FOLDER)


def test_articles_put_together_again_are_the_whole_text(regulation: law.Regulation) -> None:
    assert regulation.reassemble() == (FOLDER / "original.txt").read_text("utf-8")


def test_there_are_as_many_articles_and_chapters_as_the_source_says(regulation: law.Regulation) -> None:
    assert len(regulation.articles) == regulation.source["articles"]
    assert len(regulation.chapters) == regulation.source["chapters"]
    assert [n for c in regulation.chapters for n in c.articles] == [a.number for a in regulation.articles]


def test_every_subdivision_is_found_by_its_identifier_its_iri_and_its_citation(
    regulation: law.Regulation,
) -> None:
    for article in regulation.articles:
        parts = [*article.paragraphs, *(i for p in article.paragraphs for i in p.items)]
        for part in parts:
            assert regulation.find(part.id) is part
            assert regulation.iri_of(part.id) == f"{regulation.iri}/{part.id}"
            cited = regulation.find(regulation.cite(part.id))
            # 第三十九条 alone cites an article, also where its one paragraph is meant.
            assert cited in (part, article)


def test_every_file_names_the_iri_it_is_found_by(regulation: law.Regulation) -> None:
    for article in regulation.articles:
        text = (FOLDER / f"art-{article.number:02d}" / "text.md").read_text("utf-8")
        assert f"\niri: {regulation.iri_of(article.id)}\n" in text


@pytest.mark.parametrize(
    ("where", "found", "zh", "en"),
    [
        ("39.4", "a39.p4", "第三十九条第四款", "Art. 39 para. 4"),
        ("a39.p4", "a39.p4", "第三十九条第四款", "Art. 39 para. 4"),
        ("a39.p4.s2", "a39.p4", "第三十九条第四款", "Art. 39 para. 4"),
        ("第三十九条第四款", "a39.p4", "第三十九条第四款", "Art. 39 para. 4"),
        ("39", "a39", "第三十九条", "Art. 39"),
        ("50.1.5", "a50.p1.i5", "第五十条第（五）项", "Art. 50 item (5)"),
        ("第五十条第（五）项", "a50.p1.i5", "第五十条第（五）项", "Art. 50 item (5)"),
        ("第五十条第五项", "a50.p1.i5", "第五十条第（五）项", "Art. 50 item (5)"),
        ("第17条第3项", "a17.p1.i3", "第十七条第（三）项", "Art. 17 item (3)"),
        ("34.1", "a34.p1", "第三十四条", "Art. 34"),
        ("a0.p1", "a0.p1", "印发通知", "promulgation notice"),
    ],
)
def test_ways_to_name_a_place_in_the_law(
    regulation: law.Regulation, where: str, found: str, zh: str, en: str
) -> None:
    assert regulation.find(where).id == found
    assert regulation.cite(where) == zh
    assert regulation.cite(where, "en") == en


@pytest.mark.parametrize(
    "where", ["56", "39.6", "50.1.9", "a36.p4", "第五十六条", "第三十九条第六款", "谁负责", "", "39.0"]
)
def test_what_is_not_in_the_law_is_not_found(regulation: law.Regulation, where: str) -> None:
    with pytest.raises(law.NotInLawError):
        regulation.find(where)


def test_a_quote_is_found_only_where_it_stands(regulation: law.Regulation) -> None:
    quote = "移送监察机关或者司法机关依法处理"
    start, end = regulation.quote_span("a39.p5", quote)
    assert regulation.text_of("a39.p5")[start:end] == quote
    with pytest.raises(law.NotInLawError):
        regulation.quote_span("a39.p4", quote)


def test_items_keep_their_mark_and_articles_give_up_their_heading(regulation: law.Regulation) -> None:
    assert regulation.text_of("a50.p1.i5").startswith("（五）无正当理由")
    assert regulation.text_of("a39.p1").startswith("加强移交移送。")


def test_what_the_source_cites_is_in_the_text(regulation: law.Regulation) -> None:
    source = regulation.source
    for entry in source["legal_basis"]:
        regulation.quote_span(entry["cite"], entry["name"]["zh"])
    for entry in source["repeals"]:
        regulation.quote_span(entry["cite"], entry["name"])
        regulation.quote_span(entry["cite"], entry["number"])
    for entry in source["slips"]:
        regulation.quote_span(entry["cite"], entry["quote"])
    for entry in source["parameters"]:
        assert entry["source"]
        assert entry["certainty"]
        regulation.find(entry["cite"])


def test_chinese_numbers_are_read_as_they_are_written() -> None:
    assert all(law.from_chinese(law.to_chinese(n)) == n for n in range(1, 100))


def test_a_line_without_a_marker_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source.yaml").write_text("iri: x\ntitle: {zh: y}\n", "utf-8")
    (tmp_path / "notice.md").write_text("<!-- a0 -->\n标题\n", "utf-8")
    (tmp_path / "art-01").mkdir()
    (tmp_path / "art-01" / "text.md").write_text(
        "---\narticle: 1\nchapter: 1\nchapter_title: 总则\n---\n<!-- a1.p1 -->\n第一条 甲。\n乙。\n", "utf-8"
    )
    with pytest.raises(law.LawError):
        law.load(tmp_path)


def test_the_law_loads_at_once() -> None:
    started = time.perf_counter()
    law.load(FOLDER)
    assert time.perf_counter() - started < 0.5  # 5 ms on two slow cores; the margin is for a busy machine
