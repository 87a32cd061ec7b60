"""RDF in: Turtle, N-Triples, TriG and JSON-LD; nothing is fetched, a bad subject is set aside whole."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from ledger_tables import codes, fresh, stated

from reasoner.ledger import load
from reasoner.records.record import Record

PREFIXES = """
@prefix zl: <https://w3id.org/zelian/ns#> .
@prefix id: <https://w3id.org/zelian/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
TRANSFER = (
    "a zl:Transfer ; zl:to id:procuratorate ; zl:about id:CQ-001 ; "
    'zl:on "2025-08-01"^^xsd:date ; zl:note "x" .'
)
NT = (
    "<https://w3id.org/zelian/id/ys-1> <https://w3id.org/zelian/ns#to> "
    "<https://w3id.org/zelian/id/procuratorate> .\n"
    "<https://w3id.org/zelian/id/ys-1> <https://w3id.org/zelian/ns#on> "
    '"2025-08-01"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return fresh(tmp_path)


def load_text(record: Record, folder: Path, name: str, text: str):  # type: ignore[no-untyped-def]
    (folder / name).write_text(text, encoding="utf-8")
    return load([folder / name], record)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", PREFIXES + "id:ys-1 " + TRANSFER),
        ("b.ttl", PREFIXES + "<ys-1> " + TRANSFER.replace("id:", "id:")),
        ("a.trig", PREFIXES + "id:graph { id:ys-1 " + TRANSFER + " }"),
        ("a.nt", NT),
        (
            "a.jsonld",
            json.dumps(
                {
                    "@context": {
                        "@vocab": "https://w3id.org/zelian/ns#",
                        "@base": "https://w3id.org/zelian/id/",
                    },
                    "@id": "ys-1",
                    "@type": "Transfer",
                    "to": {"@id": "procuratorate"},
                    "on": {"@value": "2025-08-01", "@type": "http://www.w3.org/2001/XMLSchema#date"},
                }
            ),
        ),
    ],
)
def test_every_serialisation_comes_to_the_same_statements(
    record: Record, tmp_path: Path, name: str, text: str
) -> None:
    report = load_text(record, tmp_path, name, text)
    assert report.exit_code == 0, report.to_table()
    assert stated(record, "ys-1", "to") == ["procuratorate"]
    assert stated(record, "ys-1", "on") == [20250801]
    (statement,) = record.statements("ys-1", "to")
    assert (statement.source.file, statement.source.key) == (name, "ys-1")


def test_chinese_ids_survive_as_iris(record: Record, tmp_path: Path) -> None:
    load_text(
        record, tmp_path, "a.ttl", PREFIXES + "<https://w3id.org/zelian/id/永川电20251105001-1> a zl:Issue ."
    )
    assert record.knows("永川电20251105001-1")


def test_rdf_twice_changes_nothing_and_a_corrected_subject_is_replaced(
    record: Record, tmp_path: Path
) -> None:
    text = PREFIXES + "id:ys-1 " + TRANSFER
    load_text(record, tmp_path, "a.ttl", text)
    assert load_text(record, tmp_path, "a.ttl", text).unchanged
    assert (
        load_text(record, tmp_path, "a.ttl", text.replace("id:procuratorate", "id:highCourt")).rows["changed"]
        == 1
    )
    assert stated(record, "ys-1", "to") == ["highCourt"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('id:ys-1 a zl:Transfer ; zl:on "2025年8月" .', "date-inexact"),
        ("id:ys-1 a zl:Transfer ; zl:to [ a zl:Organ ] .", "rdf-entity"),
        ('id:ys-1 a zl:Transfer ; zl:to "市检察院" .', "rdf-entity"),
        ("id:ys-1 a zl:Transferral .", "rdf-class"),
        ("id:ys-1 a zl:Transfer ; zl:sentTo id:procuratorate .", "rdf-property"),
    ],
)
def test_a_subject_with_anything_wrong_is_set_aside_whole(
    record: Record, tmp_path: Path, body: str, code: str
) -> None:
    report = load_text(record, tmp_path, "a.ttl", PREFIXES + body + "\nid:ys-2 " + TRANSFER)
    assert report.exit_code == 1
    assert code in codes(report)
    assert list(record.statements("ys-1")) == []
    assert stated(record, "ys-2", "to") == ["procuratorate"]
    assert [row.file for row in record.set_aside()][:1] == ["a.ttl"]


@pytest.mark.parametrize(
    "context",
    [
        "https://example.org/context.jsonld",
        ["https://example.org/context.jsonld"],
        {"@import": "https://example.org/context.jsonld"},
        {"to": {"@id": "x", "@context": "file:///etc/passwd"}},
    ],
)
def test_a_remote_context_is_refused_without_asking_for_it(
    record: Record, tmp_path: Path, context: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    report = load_text(record, tmp_path, "a.jsonld", json.dumps({"@context": context, "@id": "ys-1"}))
    assert report.exit_code == 2
    assert "上下文" in report.summary()[0]


@pytest.mark.parametrize(
    ("described", "headers", "row"),
    [
        ("id:x-1 a zl:Issue ; zl:relatesTo id:d500235 .", "问题编号,问题概况", "x-1,污水直排"),
        ("id:x-1 zl:relatesTo id:d500235 .", "问题编号,问题概况", "x-1,污水直排"),
        ("id:x-1 a zl:DetailedPlan .", "文件编号,文件名称,文件类别", "x-1,方案,整改方案"),
        ("id:x-1 a zl:PartyDepartment .", "机构编号,机构名称,机构类别", "x-1,某机关,监察机关"),
        ("id:x-1 a zl:Act .", "行为编号,行为类别", "x-1,印发"),
    ],
)
def test_rdf_and_a_table_may_describe_one_thing(
    record: Record, tmp_path: Path, described: str, headers: str, row: str
) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + described, encoding="utf-8")
    (tmp_path / "a.csv").write_text(f"{headers}\n{row}\n", encoding="utf-8")
    report = load([tmp_path / "a.csv", tmp_path / "a.ttl"], record)
    assert report.exit_code == 0, report.to_table()
    assert {s.source.file for s in record.statements("x-1")} == {"a.ttl", "a.csv"}
    assert load([tmp_path / "a.ttl", tmp_path / "a.csv"], record).unchanged


@pytest.mark.parametrize(
    ("described", "headers", "row"),
    [
        ("id:x-1 a zl:RectificationTask .", "问题编号,问题概况", "x-1,污水直排"),
        ("id:x-1 a zl:CaseFile .", "问题编号,问题概况", "x-1,污水直排"),
        ("id:x-1 a zl:CaseFile .", "文件编号,文件名称,文件类别", "x-1,清单,清单"),
        ("id:x-1 a zl:PartyCommittee .", "机构编号,机构名称,机构类别", "x-1,某机关,人民政府"),
        ("id:x-1 a zl:Approval .", "行为编号,行为类别", "x-1,印发"),
    ],
)
def test_rdf_and_a_table_that_contradict_each_other_are_told_apart(
    record: Record, tmp_path: Path, described: str, headers: str, row: str
) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + described, encoding="utf-8")
    (tmp_path / "a.csv").write_text(f"{headers}\n{row}\n", encoding="utf-8")
    assert codes(load([tmp_path / "a.csv", tmp_path / "a.ttl"], record)) == ["id-taken"]
    assert {s.source.file for s in record.statements("x-1")} == {"a.ttl"}


def test_rdf_and_tables_in_one_import_may_refer_to_each_other(record: Record, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + 'id:wt-9 a zl:Issue ; zl:summary "x" .', encoding="utf-8")
    (tmp_path / "a.csv").write_text("移送编号,接收机关,移送事项\nys-9,市检察院,wt-9\n", encoding="utf-8")
    assert load([tmp_path / "a.csv", tmp_path / "a.ttl"], record).exit_code == 0
    assert stated(record, "ys-9", "about") == ["wt-9"]


def test_a_day_that_does_not_exist_is_told_without_a_traceback(
    record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    text = f'{PREFIXES} id:x-1 a zl:Issue ; zl:foundOn "2024-02-30"^^xsd:date .'
    assert codes(load_text(record, tmp_path, "x.ttl", text)) == ["date-inexact"]
    assert "Traceback" not in capsys.readouterr().err + caplog.text
