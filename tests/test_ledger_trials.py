"""Trying a load before it is made, correcting single cells, and reading rows set aside once more."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from ledger_tables import PETITION, THIRD_CENTRAL, codes, fresh, petition, stated, write_csv, write_xlsx
from openpyxl import Workbook, load_workbook

from reasoner.ledger import Report, load
from reasoner.ledger.load import load_again
from reasoner.ledger.sheets import read
from reasoner.ledger.tables import Document
from reasoner.records import journal
from reasoner.records.record import Record

FIRST, SECOND, THIRD = (f"D3CQ2024052800{n}" for n in (71, 72, 73))
CENTRAL_TITLE = "第二轮中央生态环境保护督察群众举报转办和边督边改公开情况一览表"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


def ledger(folder: Path, *rows: list[str], title: str = THIRD_CENTRAL, name: str = "台账.xlsx") -> Path:
    return write_xlsx(folder / name, [[title], PETITION, *rows])


def misspelt(folder: Path) -> Path:
    return ledger(folder, petition(FIRST, "云羊县"), petition(SECOND))


def counts(report: Report) -> tuple[int, int, int, int]:
    return (*(report.rows[name] for name in ("new", "changed", "unchanged")), len(report.aside))


def test_a_dry_run_counts_what_loading_does_and_stores_nothing(record: Record, tmp_path: Path) -> None:
    file, before = misspelt(tmp_path), record.digest
    tried = load([file], record, dry=True)
    assert (record.digest, record.set_aside()) == (before, [])
    assert counts(tried) == counts(load([file], record)) == (1, 0, 0, 1)
    assert record.digest != before


def test_a_problem_names_its_cell_as_a_spreadsheet_does(record: Record, tmp_path: Path) -> None:
    (problem,) = load([misspelt(tmp_path)], record, dry=True).problems
    assert (problem.cell, problem.value, problem.candidates[0][1]) == ("D3", "云羊县", "云阳县")


def test_a_document_in_memory_is_read_like_a_file(record: Record, tmp_path: Path) -> None:
    document = Document("内存.xlsx", misspelt(tmp_path).read_bytes())
    assert counts(load([document], record)) == (1, 0, 0, 1)
    assert record.set_aside()[0].file == "内存.xlsx"


def test_only_the_good_rows_are_stored_when_asked_for(record: Record, tmp_path: Path) -> None:
    assert counts(load([misspelt(tmp_path)], record, only_good=True)) == (1, 0, 0, 1)
    assert record.set_aside() == []


def test_a_corrected_cell_is_loaded_and_says_who_corrected_what(record: Record, tmp_path: Path) -> None:
    corrections = {("台账.xlsx", "台账", 3): {"行政区域": "云阳县"}}
    report = load([misspelt(tmp_path)], record, who="督察办", corrections=corrections)
    assert counts(report) == (2, 0, 0, 0)
    (statement,) = record.statements(FIRST, "relatesTo")
    source = statement.source
    assert (statement.object, source.row, source.by) == ("d500235", 3, "督察办")
    assert source.note == "行政区域：云羊县 → 云阳县"
    (other,) = record.statements(SECOND, "relatesTo")
    assert (other.source.by, other.source.note) == (None, None)


def test_a_row_set_aside_is_corrected_from_the_record(record: Record, tmp_path: Path) -> None:
    load([misspelt(tmp_path)], record)
    corrections = {("台账.xlsx", "台账", 3): {"行政区域": "云阳县"}}
    tried = load_again(record.set_aside(), record, "督察办", corrections=corrections, dry=True)
    assert (counts(tried), len(record.set_aside())) == ((1, 0, 0, 0), 1)
    load_again(record.set_aside(), record, "督察办", corrections=corrections)
    assert (record.set_aside(), stated(record, FIRST, "relatesTo")) == ([], ["d500235"])


def test_a_row_corrected_in_part_waits_as_corrected(record: Record, tmp_path: Path) -> None:
    load([ledger(tmp_path, petition("D 1?", "云羊县"))], record)
    place = ("台账.xlsx", "台账", 3)
    load_again(record.set_aside(), record, "督察办", corrections={place: {"受理编号": FIRST}})
    (row,) = record.set_aside()
    assert (row.cells["受理编号"], row.cells["行政区域"]) == (FIRST, "云羊县")
    load_again(record.set_aside(), record, "督察办", corrections={place: {"行政区域": "云阳县"}})
    assert record.set_aside() == []


@pytest.mark.parametrize("way", ["record", "workbook"])
def test_a_row_keeps_what_stood_above_its_table(record: Record, tmp_path: Path, way: str) -> None:
    """The inspection is named in the title only."""
    report = load([ledger(tmp_path, petition("甲-1", "云羊县"), title=CENTRAL_TITLE)], record)
    if way == "record":
        rows = record.set_aside()
        load_again(rows, record, "督察办", corrections={("台账.xlsx", "台账", 3): {"行政区域": "云阳县"}})
    else:
        marked = tmp_path / "待更正.xlsx"
        report.write_marked_xlsx(marked)
        book = load_workbook(marked)
        book.worksheets[0]["D2"] = "云阳县"
        book.save(marked)
        load([marked], record)
    assert (stated(record, "甲-1", "raisedIn"), record.set_aside()) == (["i-c2"], [])


def test_setting_a_row_aside_says_that_it_withdraws_what_the_row_said(record: Record, tmp_path: Path) -> None:
    load([ledger(tmp_path, petition(FIRST))], record)
    worse = ledger(tmp_path, petition(FIRST, "云羊县"))
    assert "withdrawn" in codes(load([worse], record, dry=True), "noted")
    load([worse], record, only_good=True)
    assert stated(record, FIRST, "relatesTo") == ["d500235"]
    load([worse], record)
    assert stated(record, FIRST, "relatesTo") == []


def test_a_row_says_that_it_refers_to_one_set_aside(record: Record, tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headers, row in (
        ("问题", ["问题编号", "问题概况", "涉及区县"], ["wt-甲", "污水直排", "云羊县"]),
        (
            "移送",
            ["移送编号", "接收机关", "移送事项", "移送事由", "移交材料"],
            ["ys-1", "市检察院", "wt-甲", "", ""],
        ),
    ):
        page = book.create_sheet(name)
        page.append(headers)
        page.append(row)
    book.save(tmp_path / "填报.xlsx")
    report = load([tmp_path / "填报.xlsx"], record)
    assert len(report.aside) == 1
    (note,) = [p for p in report.problems if p.code == "reference-aside"]
    assert (note.column, note.value) == ("移送事项", "wt-甲")
    assert "第2行" in note.zh


def test_the_same_numbers_in_another_file_are_counted(record: Record, tmp_path: Path) -> None:
    load([ledger(tmp_path, petition(FIRST), petition(SECOND))], record)
    again = ledger(
        tmp_path, petition(FIRST), petition(SECOND, 问题类型="水"), petition(THIRD), name="更正.xlsx"
    )
    met = load([again], record, dry=True).elsewhere
    assert met == {("更正.xlsx", "台账.xlsx"): {"same": 1, "different": 1}}


def test_a_changed_row_tells_what_it_said_and_what_it_says(record: Record, tmp_path: Path) -> None:
    load([ledger(tmp_path, petition(FIRST))], record)
    (outcome,) = load([ledger(tmp_path, petition(FIRST, "万州区"))], record, dry=True).outcomes
    assert (outcome.change, outcome.about, outcome.row) == ("changed", FIRST, 3)
    assert outcome.gone == (("relatesTo", FIRST, "d500235", "entity"),)
    assert outcome.added == (("relatesTo", FIRST, "d500101", "entity"),)


# -- the journal ------------------------------------------------------------------------------


def test_the_journal_counts_rows_and_lists_what_changed(record: Record, tmp_path: Path) -> None:
    load([ledger(tmp_path, petition(FIRST), petition(SECOND))], record, who="甲科", why="第一次")
    load([ledger(tmp_path, petition(FIRST, "万州区"), petition(SECOND, "云羊县"))], record, who="乙科")
    (last, first, _), total = journal.entries(record, per_page=3)
    assert total == 3
    assert (first.who, first.why, first.rows_new, list(first.files)) == ("甲科", "第一次", 2, ["台账.xlsx"])
    assert (last.rows_new, last.rows_changed, last.rows_withdrawn, last.set_aside) == (0, 1, 1, 1)
    changes = journal.changes(record, last.id)
    assert len(changes) == last.added + last.retracted
    assert [c.statement.object for c in changes if c.side == "added"] == ["d500101"]
    assert journal.changes(record, last.id, page=2, per_page=2) == changes[2:4]
    assert journal.entry(record, 999) is None


# -- workbooks --------------------------------------------------------------------------------


def test_a_plain_sheet_reads_alike_by_both_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    book = Workbook()
    page = book.active
    page.append([None, "甲", 20251231, 1.5, True, dt.date(2025, 3, 1), dt.datetime(2025, 3, 1, 8, 30)])
    page.append([dt.time(8, 30), " 两行\n文字 ", "=", "2025-01-01", 45982, "", "'甲"])
    page.append([])
    page.append([None, "末行"])
    page.merge_cells("B4:C4")
    hidden = book.create_sheet("隐藏")
    hidden.append(["不读"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    fast, _ = read(data, "a.xlsx")
    monkeypatch.setattr("reasoner.ledger.sheets._fast", lambda data: None)
    thorough, _ = read(data, "a.xlsx")

    def cells(sheet: object) -> list[list[str]]:
        rows = [[str(cell).removesuffix(" 00:00:00") for cell in row] for row in sheet.rows]  # type: ignore[attr-defined]
        return [row + ["None"] * (7 - len(row)) for row in rows]

    assert [(s.title, s.merged) for s in fast] == [(s.title, s.merged) for s in thorough]
    assert cells(fast[0]) == cells(thorough[0])


@pytest.mark.parametrize("content", ["<f>1+1</f><v>2</v>", "formula-error"])
def test_what_nobody_wrote_never_passes_for_a_value(record: Record, tmp_path: Path, content: str) -> None:
    """The stored result of a formula, or an error that a reader leaves out."""
    file = ledger(tmp_path, petition(FIRST))
    parts = {name: zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start = sheet.index('<c r="D3"')
    end = sheet.index("</c>", start) + 4
    cell = f'<c r="D3">{content}</c>' if content.startswith("<") else '<c r="D3" t="e"><v>#REF!</v></c>'
    parts["xl/worksheets/sheet1.xml"] = (sheet[:start] + cell + sheet[end:]).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    report = load([file], record, dry=True)
    assert codes(report, "set_aside") == ["formula"]


def test_a_part_larger_than_it_says_is_refused(record: Record, tmp_path: Path) -> None:
    bomb = tmp_path / "炸弹.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (8 << 20))
    data = bytearray(bomb.read_bytes())
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 1000)
    bomb.write_bytes(data)
    (error,) = load([bomb], record, dry=True).unusable
    assert "有效" in error.zh


def test_a_cell_far_out_does_not_make_a_table_of_that_size(record: Record, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.append(PETITION)
    page.append(petition(FIRST))
    page["XFD1000000"] = "远"
    book.save(tmp_path / "远.xlsx")
    assert load([tmp_path / "远.xlsx"], record, dry=True).rows["new"] >= 0


def test_other_spreadsheets_and_nearly_right_headers_say_what_to_do(record: Record, tmp_path: Path) -> None:
    (tmp_path / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    write_csv(tmp_path / "近.csv", [["受理编号", "交办问题基本情况", "问题类型"], ["D1", "甲", "水"]])
    old, near = load([tmp_path / "旧.xls", tmp_path / "近.csv"], record, dry=True).unusable
    assert ".xlsx" in old.zh
    assert "行政区域" in near.zh
