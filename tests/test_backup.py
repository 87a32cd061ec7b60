"""A backup holds everything, is noticed when it is damaged, and goes from a file to a server and back."""

import shutil
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from app.cli import main
from reasoner import pipeline
from reasoner.audit.log import FILE, AuditLog
from reasoner.bundled import path as bundled
from reasoner.ledger.load import load
from reasoner.records.record import Record
from tests import postgresql

DAY = "2026-11-23"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a small record, an import that was corrected, a receipt and a log of who saw it;
    ``b.zip`` is its backup."""
    home = tmp_path_factory.mktemp("kept")
    small = [f for f in bundled("data", "registry").glob("*.csv") if f.stem in ("districts", "departments")]
    with Record.open(home / pipeline.RECORD_FILE) as record:
        load([*sorted(small), bundled("data", "public", "issues_public.csv")], record)
        with record.transaction("某室", "撤回") as change:
            change.retract(next(iter(record.statements(subject="CQ-001"))).id, "重复")
    log = AuditLog(home / FILE)
    for action in ("sign-in", "view", "change"):
        log.add("张三", "recorder", action, what="CQ-001")
    log.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELIAN_HOME", str(home))
        assert main(["reason", "--as-of", DAY]) == 0
        assert main(["backup", str(home / "b.zip")]) == 0
    return home


@pytest.fixture
def home(kept: Path, own_home: Path) -> Path:
    """The same, to be altered."""
    shutil.copytree(kept, own_home)
    return own_home


def said(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    assert main(argv) == code
    out, err = capsys.readouterr()
    return out + err


def content(place: str | Path) -> tuple[object, ...]:
    """Everything that can be read from a record."""
    with Record.open(place) as record:
        ever = [list(record.statements(at_version=version)) for version in (1, 2)]
        return (record.transactions(), ever, record.set_aside(), record.digest)


def test_a_backup_goes_to_a_server_and_back_and_nothing_is_lost(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = postgresql.shared().new()
    assert "核对无误" in said(capsys, "restore", str(home / "b.zip"), "--to", server)
    assert content(server) == content(home / pipeline.RECORD_FILE)
    assert AuditLog(server).lines() == AuditLog(home / FILE).lines()
    monkeypatch.setenv("ZELIAN_DATABASE", server)
    assert "1 receipts verified" in said(capsys, "receipts", "--verify", "--lang", "en")
    assert main(["backup", str(tmp_path / "2.zip")]) == 0
    with zipfile.ZipFile(home / "b.zip") as one, zipfile.ZipFile(tmp_path / "2.zip") as two:
        for name in set(one.namelist()) - {"manifest.json"}:
            assert one.read(name) == two.read(name), name
    monkeypatch.delenv("ZELIAN_DATABASE")
    assert main(["restore", str(tmp_path / "2.zip"), "--to", str(tmp_path / "new")]) == 0
    assert content(tmp_path / "new" / pipeline.RECORD_FILE) == content(server)
    assert AuditLog(tmp_path / "new" / FILE).lines() == AuditLog(server).lines()
    assert "已有记录" in said(capsys, "restore", str(home / "b.zip"), "--to", server, code=2)


def test_receipts_on_a_server_are_refused_any_change(home: Path) -> None:
    server = postgresql.shared().new()
    assert main(["restore", str(home / "b.zip"), "--to", server]) == 0
    with Record.open(server) as record:
        for command in ("UPDATE receipts SET run = ''", "DELETE FROM rule_versions"):
            with pytest.raises(Exception, match="never changed or removed"), record.exclusive() as connection:
                connection.exec_driver_sql(command)


def test_the_audit_log_on_a_server_is_one_chain_whoever_writes() -> None:
    server = postgresql.shared().new()
    AuditLog(server)
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda n: AuditLog(server).add(f"u{n}", "public", "view", what="SL-105"), range(8)))
    log = AuditLog(server)
    assert (log.count(), log.verify(), len(log.users())) == (8, [], 8)
    with (
        pytest.raises(Exception, match="never changed or removed"),
        Record.open(server).exclusive() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM audit")


def test_a_damaged_backup_restores_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (home / "b.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    for number in range(1, 12):
        changed = bytearray(good)
        changed[len(good) * number // 12] ^= 1
        bad.write_bytes(bytes(changed))
        told = said(capsys, "restore", str(bad), "--to", str(tmp_path / "x"), code=2)
        assert "错误" in told
        assert "error" in told
    for cut in (0, 10, len(good) // 2, len(good) - 1):
        bad.write_bytes(good[:cut])
        assert "没有恢复" in said(capsys, "restore", str(bad), "--to", str(tmp_path / "x"), code=2)
    assert not (tmp_path / "x").exists()


def test_a_backup_tells_what_was_changed_past_the_program(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(home / pipeline.RECORD_FILE) as base:
        base.execute("UPDATE statements SET object = 'd500101' WHERE predicate = 'relatesTo' AND id % 7 = 0")
    told = said(capsys, "backup", str(tmp_path / "3.zip"), "--lang", "en", code=1)
    assert "transaction 1 do not have the digest noted then" in told
    assert "transaction 1" in said(
        capsys, "restore", str(tmp_path / "3.zip"), "--verify", "--lang", "en", code=1
    )


def test_a_backup_can_be_read_without_this_program(home: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(home / "b.zip") as archive:
        archive.extract("statements.parquet", tmp_path)
    table = pq.read_table(tmp_path / "statements.parquet")
    assert {"predicate", "subject", "object", "added", "retracted"} <= set(table.column_names)
    assert table.num_rows > 1000


def test_neither_a_backup_nor_a_record_is_written_over(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (home / "b.zip").read_bytes()
    assert "已经存在" in said(capsys, "backup", str(home / "b.zip"), code=2)
    assert (home / "b.zip").read_bytes() == before
    assert "已有记录" in said(capsys, "restore", str(home / "b.zip"), code=2)


def test_the_audit_log_is_backed_up_and_its_chain_is_checked(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, log = str(home / "b.zip"), AuditLog(home / FILE)
    said(capsys, "restore", good, "--verify")
    (home / pipeline.RECORD_FILE).unlink()
    log.add("李四", "public", "view", what="CQ-002")
    said(capsys, "restore", good)  # the log was not lost and has gone on: it is left as it is
    assert (log.count(), log.verify()) == (4, [])
    other = AuditLog(tmp_path / "other" / FILE)
    other.add("王五", "public", "view")
    told = said(capsys, "restore", good, "--to", str(tmp_path / "other"), code=2)
    assert "another audit log" in told
    assert Record.open(tmp_path / "other" / pipeline.RECORD_FILE).version == 0
    with sqlite3.connect(home / FILE) as base:
        base.execute("DROP TRIGGER audit_no_update")
        base.execute("UPDATE audit SET what = 'SL-106' WHERE number = 2")
    for call in (["backup", str(tmp_path / "4.zip")], ["restore", str(tmp_path / "4.zip"), "--verify"]):
        told = said(capsys, *call, "--lang", "en", code=1)
        assert "audit log, line 2: does not have the hash it states" in told
