"""The search finds words of any length, whatever is typed is harmless, and the index is never outdated."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reasoner import pipeline
from reasoner.pipeline import Ontology
from reasoner.queries import search, search_text
from reasoner.queries.search import Hit
from reasoner.queries.searchable import KINDS
from reasoner.records.record import Claim, Record, Source

ISSUES = {
    "T-1": ("散货码头露天堆煤，PM2.5超标", "江边"),
    "T-2": ("某厂夜间排放ＡＢＣ废气", "工业园"),
    "T-3": ("修整、改造；方案未定", "码头"),
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return pipeline.ontology()


def issue(record: Record, name: str, summary: str, place: str) -> None:
    claims = [
        Claim("issue", name),
        Claim("relatesTo", name, "dTest", "entity"),
        Claim("summary", name, summary, "text"),
        Claim("place", name, place, "text"),
        Claim("sourceUrl", name, "http://elsewhere.example/", "text"),
    ]
    with record.transaction("test", "issue") as change:
        change.put_row(Source("t.csv", row=1, key=name), claims)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.sqlite") as record:
        district = [
            Claim("countyLevelDivision", "dTest"),
            Claim("name", "dTest", "青石示范县", "text"),
            Claim("shortName", "dTest", "青石县", "text"),
            Claim("alias", "dTest", "旧石县", "text"),
            Claim("aliasValidTo", "dTest", "2020-01-31（旧石县）", "text"),
            Claim("existsUntil", "dTest", 20260124, "date"),
        ]
        with record.transaction("test", "district") as change:
            change.put_row(Source("d.csv", row=1, key="dTest"), district)
        for name, texts in ISSUES.items():
            issue(record, name, *texts)
        yield record


@pytest.fixture
def index(record: Record, rules: Ontology, tmp_path: Path) -> search.Index:
    return search.index(record, rules, tmp_path / "cache")


def found(index: search.Index, query: str, kind: str = "issue") -> list[str]:
    return [hit.ref for hit in index.find(query, kind).hits]


def shown(hit: Hit) -> str:
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in hit.excerpt)


@pytest.mark.parametrize(
    ("query", "issues"),
    [
        ("码头", {"T-1", "T-3"}),
        ("厂", {"T-2"}),
        ("码头 煤", {"T-1"}),
        ("码头　方案", {"T-3"}),
        ("码头 厂", set()),
        ("pm2.5", {"T-1"}),
        ("abc", {"T-2"}),
        ("Ａ", {"T-2"}),
        ("T-1", {"T-1"}),
        ("t-", {"T-1", "T-2", "T-3"}),
        ("整改", set()),
        ("整、改造", {"T-3"}),
        ("修整改造方案", {"T-3"}),
        ("青石县", {"T-1", "T-2", "T-3"}),
        ("elsewhere", set()),
    ],
)
def test_words_of_any_length_are_found_where_they_stand(
    index: search.Index, query: str, issues: set[str]
) -> None:
    # 整、改 stand side by side in T-3 but for a mark, which makes no difference
    expected = {"T-3"} if query == "整改" else issues
    assert set(found(index, query)) == expected
    assert index.matching(query) == expected


def test_a_word_never_reaches_from_one_text_into_the_next(index: search.Index) -> None:
    # its texts follow each other in this order: summary, number, district
    for words in ("超标T-1", "1青石县", "超标青石县"):
        assert found(index, words) == []
    assert found(index, "超标 T-1 青石县") == ["T-1"]


ODD = [
    "",
    " ",
    '"',
    "*",
    "-",
    "(",
    "码头 NEAR",
    "NEAR(码头 厂)",
    'a" OR "b',
    "-码头 ^厂",
    "name:码头",
    "*" * 9999,
]
ODD += [
    "'; DROP TABLE entries; --",
    "{码头}",
    "\x00",
    "\ue000",
    chr(0xD83D),
    "😀",
    "a" * 100_000,
    "码 " * 999,
]


def test_whatever_is_typed_is_looked_for_and_never_obeyed(index: search.Index) -> None:
    for query in ODD:
        assert index.find(query).total >= 0
        assert index.matching(query) <= ISSUES.keys()
        assert len(index.alike(query)) <= 5


def test_operators_are_words_like_others(index: search.Index) -> None:
    assert found(index, "码头 OR 厂") == []
    assert found(index, "码头 NOT 煤") == []
    assert set(found(index, "-码头")) == {"T-1", "T-3"}
    assert index.find('" * ( )').total == 0


def test_what_was_looked_for_is_marked_in_the_text_as_written(index: search.Index) -> None:
    (hit,) = index.find("abc", "issue").hits
    assert shown(hit) == "某厂夜间排放[ＡＢＣ]废气"
    (hit,) = index.find("整改造", "issue").hits
    assert shown(hit) == "修[整、改造]；方案未定"
    long = "前" * 300 + "码头" + "后" * 300
    pieces = search_text.excerpt(long, search_text.words("码头"), 80)
    assert [p.text for p in pieces if p.found] == ["码头"]
    assert (pieces[0].text, pieces[-1].text) == ("…", "…")
    assert len("".join(p.text for p in pieces)) == 82


def test_articles_norms_terms_and_places_are_found_in_both_languages(index: search.Index) -> None:
    assert "a36.p3" in found(index, "6个月内", "law")
    assert "a36.p3" in found(index, "第三十六条第三款", "law")
    assert "a36.p3.s2" in found(index, "a36.p3.s2", "norm")
    assert "a36.p3.s2" in found(index, "within 6 months", "norm")
    assert found(index, "annual work pl", "term")
    (hit,) = index.find("旧石", "district").hits
    assert (hit.ref, hit.until) == ("dTest", "2026-01-24")
    assert (shown(hit), hit.during) == ("[旧石]县", "–2020-01-31")
    assert "disciplineAndSupervision" in found(index, "纪委监委", "organ")


@pytest.mark.parametrize("query", ["T-2", "t2", "Ｔ－２", " T 2 ", "t—2。"])
def test_a_number_finds_what_it_is_the_number_of_before_anything_else(
    record: Record, rules: Ontology, tmp_path: Path, query: str
) -> None:
    issue(record, "T-20", "T-2 T-2 T-2 T-2", "T-2")  # says the number more often than the issue itself
    index = search.index(record, rules, tmp_path / "cache")
    assert [(each.kind, each.ref) for each in index.numbered(query)] == [("issue", "T-2")]
    if "2" in search_text.words(query)[0]:
        assert found(index, query) == ["T-2", "T-20"]


def test_a_part_of_a_number_is_no_number(index: search.Index) -> None:
    for query in ("T", "T-", "2", "", "T-2 T-3", "-"):
        assert index.numbered(query) == [], query


def test_a_sector_is_found_by_its_name_its_words_and_its_departments(
    record: Record, rules: Ontology, tmp_path: Path
) -> None:
    claims = [
        Claim("sector", "s_port"),
        Claim("name", "s_port", "港口码头", "text"),
        Claim("municipalDepartment", "transportCommission"),
        Claim("name", "transportCommission", "示范交通委", "text"),
        Claim("governs", "transportCommission", "s_port", "entity"),
    ]
    with record.transaction("test", "sector") as change:
        change.put_row(Source("s.csv", row=1, key="s_port"), claims)
    index = search.index(record, rules, tmp_path / "cache")
    for query in ("港", "码头", "长江岸线", "示范交通委"):
        assert found(index, query, "sector") == ["s_port"], query
    assert index.alike("港囗码头")[0].ref == "s_port"


def test_kinds_are_counted_and_pages_follow_each_other(index: search.Index) -> None:
    everything = index.find("督察", limit=5000)
    assert everything.total == len(everything.hits) == sum(everything.counts.values())
    assert list(everything.counts) == [kind for kind in KINDS if kind in everything.counts]
    pages = [index.find("督察", "law", limit=10, offset=offset).hits for offset in range(0, 200, 10)]
    refs = [hit.ref for page in pages for hit in page]
    assert len(refs) == len(set(refs)) == everything.counts["law"]
    assert index.find("督察", "no such kind").hits == ()


def test_a_name_that_is_nearly_right_is_suggested(index: search.Index) -> None:
    assert index.alike("青右县")[0].ref == "dTest"
    assert index.alike("旧右县")[0].ref == "dTest"
    assert index.alike("完全不同的一句话") == []
    assert index.alike("县") == []


def test_the_index_is_built_once_and_again_after_a_change(
    record: Record, rules: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, built = tmp_path / "cache", []
    build = search._build
    monkeypatch.setattr(search, "_build", lambda *given: (built.append(1), build(*given)))
    assert not search.is_built(record, rules, folder)
    first = search.index(record, rules, folder)
    assert search.index(record, rules, folder).file == first.file
    assert (len(built), search.is_built(record, rules, folder)) == (1, True)
    issue(record, "T-4", "新问题", "新地方")
    second = search.index(record, rules, folder)
    assert found(second, "新问题") == ["T-4"]
    assert len(built) == 2
    issue(record, "T-5", "另一问题", "新地方")
    third = search.index(record, rules, folder)
    left = {file.name for file in folder.iterdir()}
    assert left == {second.file.name, third.file.name}, "what is outdated is removed"


def test_other_rules_make_another_index(record: Record, rules: Ontology) -> None:
    from dataclasses import replace

    other = Ontology(rules.vocabulary, replace(rules.book, digest="other"))
    assert search.key(record, other) != search.key(record, rules)


_BUILD = """
import sys
from pathlib import Path
from reasoner import pipeline
from reasoner.queries import search
from reasoner.records.record import Record
folder = Path(sys.argv[1])
with Record.open(folder / "record.sqlite") as record:
    index = search.index(record, pipeline.ontology(None, folder / "kept"), folder / "cache")
    print(len(index.matching("码头")))
"""


def test_several_processes_may_build_it_at_the_same_time(
    record: Record, rules: Ontology, tmp_path: Path
) -> None:
    pipeline.READ.clear()
    pipeline.ontology(None, tmp_path / "kept")  # else each process would read all rules first
    command = [sys.executable, "-c", _BUILD, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert answers == ["2", "2", "2"]
    assert len(list((tmp_path / "cache").iterdir())) == 1, "nothing half built is left"


def test_a_failed_build_leaves_nothing_behind(
    record: Record, rules: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(search, "_put", fail)
    with pytest.raises(OSError, match="disk full"):
        search.index(record, rules, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
