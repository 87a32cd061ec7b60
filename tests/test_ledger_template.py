"""Our own template: it covers the whole vocabulary of facts, and its sheets say what they should."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from ledger_tables import codes, fresh, stated, write_csv
from openpyxl import load_workbook

from reasoner.bundled import path as bundled
from reasoner.ledger import load, template
from reasoner.ledger.layouts import layouts
from reasoner.ledger.words import Words, term
from reasoner.records.record import Record
from reasoner.rulebook import vocabulary

# What is left to RDF, or is no fact to record; whatever is below such a class is left too.
LEFT_CLASSES = {
    "Kind": "words of the ontology: a cell chooses among them, an import adds none",
    "Norm": "law, not fact",
    "Duty": "law, not fact",
    "Regulation": "law, not fact",
    "Subdivision": "law, not fact",
    "Status": "concluded, never recorded",
    "Conclusion": "concluded, never recorded",
    "Municipality": "there is one, and the ontology has it",
    "UnstatedBody": "there is one, and the ontology has it",
    "CommitteeTerm": "one every five years: its two dates are parameters",
}
# Nothing is only this: the sheets ask which of its kinds it is.
BY_THEIR_KINDS = ["Bearer", "Unit", "Body", "Territory", "District", "Inspection", "RecordedEvent", "Act"]
LEFT_PROPERTIES = {
    "subdivisionOf": "law, not fact",
    **dict.fromkeys(
        ("filledBy", "informs", "interprets", "liaisesWith", "madeUnder", "promulgatedBy", "repeals"),
        "what the text itself says of the organs it names: law, not fact",
    ),
    "organOf": "follows from partyCommitteeOf and governmentOf",
    "takesPartIn": "follows from inspects, responsibleUnitIn, mentions and reaches",
    "inspectedIn": "the inverse of inspects",
    "openTime": "read from the words of 完成时限",
}
TRANSFER = ["移送编号", "接收机关", "移送事项", "移送事由", "移交材料"]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


@lru_cache(maxsize=1)
def ontology() -> vocabulary.Vocabulary:
    return vocabulary.load(bundled("ontology"))


def recordable(arguments: int) -> set[str]:
    return {
        p.name
        for p in ontology().predicates.values()
        if not p.derived and not p.recorded_only and len(p.arguments) == arguments
    }


def test_every_class_of_facts_has_a_sheet() -> None:
    words = Words.bundled()
    covered: set[str] = set()
    for layout in (each for each in layouts() if each.layout == "zelian"):
        covered |= {name for entity in layout.entities.values() for name in entity.classes}
        for item in layout.items:
            if item.value == "choice" and not item.property:
                covered |= set(words.choices(item.words).values())
    classes = {
        p.name: p.arguments[0][0] for p in ontology().predicates.values() if p.is_class and not p.is_status
    }
    left = {name for name, local in classes.items() if ontology().ancestors(local) & LEFT_CLASSES.keys()}
    assert classes.keys() - covered - left == set(map(term, BY_THEIR_KINDS))
    assert not covered & left
    assert covered <= classes.keys()


def test_every_property_of_facts_has_a_column() -> None:
    covered = {item.property for layout in layouts() if layout.layout == "zelian" for item in layout.items}
    assert recordable(2) - covered == LEFT_PROPERTIES.keys()


def test_a_column_states_what_the_property_may_take() -> None:
    """The rows of each sheet are in the domain of what its columns state."""
    words, terms = Words.bundled(), ontology()
    for layout in (each for each in layouts() if each.layout == "zelian"):
        classes = {name for entity in layout.entities.values() for name in entity.classes}
        for item in layout.items:
            if item.value == "choice" and not item.property:
                classes |= set(words.choices(item.words).values())
        ancestors = {up for name in classes for up in terms.ancestors(name[:1].upper() + name[1:])}
        for item in layout.items:
            if item.property in recordable(2):
                domain, span = terms.predicates[item.property].arguments
                given = span if item.reverse else domain
                assert set(given) & (ancestors | {"Thing"}), (layout.name, item.column)


def test_an_issue_has_a_name(record: Record, tmp_path: Path) -> None:
    rows = [["问题编号", "问题名称", "问题概况"], ["wt-1", "管网破损", "城区管网破损三处，污水直排"]]
    assert load([write_csv(tmp_path / "a.csv", rows)], record).problems == []
    assert record.names(["wt-1"]) == {"wt-1": "管网破损"}


def test_a_transfer_says_what_it_is_about_and_a_finding_whom_it_concerns(
    record: Record, tmp_path: Path
) -> None:
    rows = [TRANSFER, ["ys-1", "市检察院", "CQ-001", "需要公益诉讼、涉嫌犯罪", ""]]
    assert load([write_csv(tmp_path / "a.csv", rows)], record).exit_code == 0
    assert stated(record, "ys-1", "concernsKind") == ["litigationNeeded", "suspectedCrime"]
    headers = ["认定编号", "认定种类", "认定对象", "认定主体", "认定状态", "所及主体"]
    rows = [headers, ["rd-1", "整改落实到位", "CQ-001", "领导小组", "成立", "云阳县、市水利局"]]
    assert load([write_csv(tmp_path / "b.csv", rows)], record).exit_code == 0
    assert stated(record, "rd-1", "concernsBody") == ["d500235", "waterBureau"]


def test_an_organ_may_be_of_two_classes_and_competent(record: Record, tmp_path: Path) -> None:
    headers = ["机构编号", "机构名称", "机构类别", "有权受理", "所属议事协调机构"]
    rows = [headers, ["o-1", "某监察机关", "党委部门、监察机关", "失职失责", "领导小组"]]
    assert load([write_csv(tmp_path / "a.csv", rows)], record).problems == []
    assert {s.predicate for s in record.statements("o-1")} >= {"partyDepartment", "supervisoryOrgan"}
    assert stated(record, "o-1", "competentFor") == ["dereliction"]
    assert stated(record, "o-1", "memberOf") == ["leadingGroup"]


# -- what is handed over ----------------------------------------------------------------------


def hand_over(record: Record, folder: Path, *cells: str):  # type: ignore[no-untyped-def]
    rows = [[f"ys-{i}", "市纪委监委机关", "CQ-001", "", cell] for i, cell in enumerate(cells, 1)]
    return load([write_csv(folder / "移送.csv", [TRANSFER, *rows])], record)


def handed(record: Record, transfer: str = "ys-1") -> list[tuple[str, str]]:
    """Class and name of what a transfer hands over."""
    found = []
    for id in map(str, stated(record, transfer, "handsOver")):
        (kind,) = [s.predicate for s in record.statements(id) if s.kind == "class"]
        found.append((kind, str(stated(record, id, "name")[0])))
    return found


LIST, FILE = "responsibilityList", "caseFile"
BOTH = [(LIST, "清单（ys-1）"), (FILE, "案卷（ys-1）")]


@pytest.mark.parametrize(
    "cell",
    [
        "清单、案卷",
        "清单；案卷",
        "清单\n案卷",
        "清单和案卷",
        "清单及案卷",
        "清单 案卷",
        "移交材料：清单、案卷",
        "1.清单\n2.案卷",
        "（1）清单；（2）案卷",
        "清单、案卷等",
        "清单，清单，案卷",
    ],
)
def test_a_list_of_materials_is_several_documents(record: Record, tmp_path: Path, cell: str) -> None:
    report = hand_over(record, tmp_path, cell)
    assert report.problems == []
    assert handed(record) == BOTH
    assert hand_over(record, tmp_path, cell).unchanged


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("生态环境损害责任追究问题清单", LIST),
        ("云阳县生态环境损害责任追究问题清单", LIST),
        ("《2025年水、大气责任追究问题清单》", LIST),
        ("责任追究清单（1份）", LIST),
        ("清单一份", LIST),
        ("案卷共3册", FILE),
        ("云安联盛码头案卷", FILE),
        ("整改措施清单", "document"),
        ("案卷目录", "document"),
        ("照片", "document"),
    ],
)
def test_the_words_of_a_title_say_its_class(record: Record, tmp_path: Path, title: str, kind: str) -> None:
    report = hand_over(record, tmp_path, title)
    assert [found for found, _ in handed(record)] == [kind]
    assert codes(report, "noted") == (["material-unknown"] if kind == "document" else [])


def test_each_row_has_its_own_case_file_and_titles_are_shared(record: Record, tmp_path: Path) -> None:
    hand_over(record, tmp_path, "案卷；甲责任追究问题清单", "案卷；甲责任追究问题清单")
    (one, shared), (two, again) = (stated(record, f"ys-{i}", "handsOver") for i in (1, 2))
    assert one != two
    assert shared == again


def test_documents_on_record_are_found_in_a_list(record: Record, tmp_path: Path) -> None:
    rows = [
        ["文件编号", "文件名称", "文件类别"],
        ["f-1", "甲和乙案卷", "案卷"],
        ["f-2", "水、大气清单", "清单"],
    ]
    files = [write_csv(tmp_path / "文件.csv", rows)]
    load(files, record)
    assert hand_over(record, tmp_path, "f-1、f-2", "甲和乙案卷；f-2", "水、大气清单").problems == []
    assert stated(record, "ys-1", "handsOver") == ["f-1", "f-2"]
    assert stated(record, "ys-2", "handsOver") == ["f-1", "f-2"]
    assert stated(record, "ys-3", "handsOver") == ["f-2"]


def test_several_instruments_are_parted_by_semicolons_only(record: Record, tmp_path: Path) -> None:
    rows = [["行为编号", "行为类别", "文书"], ["xw-1", "印发", "甲〔2025〕1号；关于水、大气的通知"]]
    load([write_csv(tmp_path / "a.csv", rows)], record)
    titles = [stated(record, str(id), "name") for id in stated(record, "xw-1", "instrument")]
    assert titles == [["甲〔2025〕1号"], ["关于水、大气的通知"]]


def test_a_template_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    made = tmp_path / "template.xlsx"
    template.renew(made)
    before = made.stat().st_mtime_ns
    template.renew(made)
    assert made.stat().st_mtime_ns == before
    book = load_workbook(made)
    book.remove(book.worksheets[0])
    book.save(made)
    template.renew(made)
    assert load_workbook(made).sheetnames[0] == "说明"
