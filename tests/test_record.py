"""The record: all or nothing, nothing deleted, every past state readable, several processes at once.

In a file and on a PostgreSQL server alike.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from reasoner.records import journal, transaction
from reasoner.records import record as module
from reasoner.records.record import Claim, Record, SetAside, Source
from tests import postgresql

New = Callable[[], str]
"""The place of a record that there is not yet: a path, or the URL of a database."""


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> New:
    if request.param == "postgresql":
        return postgresql.shared().new
    numbers = count(1)
    return lambda: str(tmp_path / "台账 目录" / f"{next(numbers)}.sqlite")


@pytest.fixture
def place(new: New) -> str:
    return new()


@pytest.fixture
def record(place: str) -> Iterator[Record]:
    with Record.open(place) as opened:
        yield opened


def put(record: Record, *claims: Claim, row: int = 1, key: str = "k", file: str = "f.csv") -> str:
    with record.transaction("tester", "test", {file: "0" * 64}) as tx:
        return tx.put_row(Source(file, row=row, key=key), claims)


def contents(record: Record, version: int | None = None) -> set[tuple[str, str, object]]:
    return {(s.predicate, s.subject, s.object) for s in record.statements(at_version=version)}


def test_a_statement_keeps_its_value_kind_and_source(record: Record) -> None:
    with record.transaction("王", "补录") as tx:
        number = tx.add("dueOn", "rw-1", 20251231, "date", Source(by="王", at="2026-01-01", note="电话核实"))
    (found,) = record.statements(subject="rw-1")
    assert (found.id, found.object, found.kind, found.added) == (number, 20251231, "date", 1)
    assert (found.source.by, found.source.note) == ("王", "电话核实")


def test_the_same_statement_from_the_same_source_is_recorded_once(record: Record) -> None:
    for _ in range(2):
        with record.transaction("a", "b") as tx:
            tx.add("issue", "CQ-1", source=Source("f.csv", row=1, key="k"))
    assert len(list(record.statements())) == 1
    assert record.version == 1, "a transaction that changes nothing leaves no trace"


def test_an_error_inside_a_transaction_leaves_nothing_behind(record: Record) -> None:
    def write_and_fail() -> None:
        with record.transaction("a", "b") as tx:
            tx.add("issue", "CQ-1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert record.version == 0
    assert not list(record.statements())


def test_a_corrected_row_replaces_what_the_row_stated(record: Record) -> None:
    assert put(record, Claim("issue", "CQ-1"), Claim("relatesTo", "CQ-1", "d1", "entity")) == "new"
    assert put(record, Claim("issue", "CQ-1"), Claim("relatesTo", "CQ-1", "d2", "entity"), row=7) == "changed"
    assert contents(record) == {("issue", "CQ-1", None), ("relatesTo", "CQ-1", "d2")}
    assert put(record, Claim("issue", "CQ-1"), Claim("relatesTo", "CQ-1", "d2", "entity")) == "unchanged"


def test_every_past_state_can_be_read_again(record: Record) -> None:
    put(record, Claim("relatesTo", "CQ-1", "d1", "entity"))
    put(record, Claim("relatesTo", "CQ-1", "d2", "entity"))
    with record.transaction("a", "b") as tx:
        (now,) = record.statements()
        tx.retract(now.id, "录入错误")
    assert contents(record, 0) == set()
    assert contents(record, 1) == {("relatesTo", "CQ-1", "d1")}
    assert contents(record, 2) == {("relatesTo", "CQ-1", "d2")}
    assert contents(record, 3) == contents(record) == set()
    assert record.facts(at_version=2).to_pylist()[0]["object"] == "d2"


def test_a_retracted_statement_can_still_be_looked_up_by_its_id(record: Record) -> None:
    put(record, Claim("relatesTo", "CQ-1", "d1", "entity"))
    (before,) = record.statements()
    put(record, Claim("relatesTo", "CQ-1", "d2", "entity"))
    (found,) = record.statements(ids=[before.id])
    assert (found.object, found.retracted) == ("d1", 2)


def test_retracting_twice_is_an_error(record: Record) -> None:
    put(record, Claim("issue", "CQ-1"))
    (found,) = record.statements()
    with record.transaction("a", "b") as tx:
        tx.retract(found.id, "x")
        with pytest.raises(KeyError):
            tx.retract(found.id, "x")
    with pytest.raises(KeyError), record.transaction("a", "b") as tx:
        tx.retract(999, "x")


def test_the_digest_tells_states_apart_and_not_the_way_to_them(new: New) -> None:
    one, two = Record.open(new()), Record.open(new())
    empty = one.digest
    put(one, Claim("issue", "CQ-1"), key="1")
    put(one, Claim("issue", "CQ-2"), key="2")
    put(two, Claim("issue", "CQ-2"), key="2")
    assert one.digest != two.digest != empty
    put(two, Claim("issue", "CQ-1"), key="1")
    assert one.digest == two.digest
    put(two, Claim("issue", "CQ-3"), key="1")
    assert one.digest != two.digest, "as many statements, but others"
    put(one, key="1")
    put(one, key="2")
    assert one.digest == empty


def test_facts_leave_texts_out_unless_asked(record: Record) -> None:
    put(
        record,
        Claim("issue", "CQ-1"),
        Claim("summary", "CQ-1", "污水", "text"),
        Claim("on", "CQ-1", 20240101, "date"),
    )
    table = record.facts()
    assert table.column_names == ["predicate", "subject", "object", "kind", "id"]
    assert [r["predicate"] for r in table.to_pylist()] == ["issue", "on"]
    assert [r["object"] for r in table.to_pylist()] == ["", "20240101"]
    assert record.facts(text=True).num_rows == 3


def test_facts_of_an_empty_record_have_their_columns(record: Record) -> None:
    assert record.facts().num_rows == 0
    assert str(record.facts().schema.field("id").type) == "int64"


def test_short_names_go_before_names(record: Record) -> None:
    put(
        record,
        Claim("name", "a", "全称", "text"),
        Claim("shortName", "a", "简称", "text"),
        Claim("name", "b", "乙", "text"),
    )
    assert record.names(["a", "b", "c"]) == {"a": "简称", "b": "乙"}
    assert record.names() == {"a": "简称", "b": "乙"}


def test_transactions_tell_who_why_and_from_which_file(record: Record) -> None:
    put(record, Claim("issue", "CQ-1"))
    (only,) = record.transactions()
    assert (only["who"], only["why"], only["files"]) == ("tester", "test", {"f.csv": "0" * 64})


def test_a_clock_that_is_set_back_changes_no_order(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    put(record, Claim("issue", "CQ-1"), key="1")

    class Earlier(datetime):
        @classmethod
        def now(cls, zone: tzinfo | None = None) -> datetime:
            return datetime(2020, 1, 1, tzinfo=UTC)

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "datetime", Earlier)
        put(record, Claim("issue", "CQ-2"), key="2")
    put(record, Claim("issue", "CQ-3"), key="3")
    found, _ = journal.entries(record)
    assert [(each.id, each.behind) for each in found] == [(3, False), (2, True), (1, False)]
    assert contents(record, 2) == {("issue", "CQ-1", None), ("issue", "CQ-2", None)}


def test_a_row_set_aside_states_nothing_and_waits(record: Record) -> None:
    put(record, Claim("issue", "CQ-1"), row=4)
    with record.transaction("a", "b") as tx:
        tx.put_aside(SetAside("f.csv", None, 4, "k", {"编号": "CQ-1"}, [{"code": "x"}]))
    assert not list(record.statements())
    assert [row.cells for row in record.set_aside()] == [{"编号": "CQ-1"}]
    put(record, Claim("issue", "CQ-1x"), row=4, key="corrected key")
    assert record.set_aside() == []


_WRITER = """
import sys
from reasoner.records.record import Claim, Record, Source
record = Record.open(sys.argv[1])
for i in range(25):
    with record.transaction(sys.argv[2], "x") as tx:
        claims = [Claim("issue", f"{sys.argv[2]}-{i}-{j}") for j in range(20)]
        tx.put_row(Source(sys.argv[2], row=i, key=str(i)), claims)
"""


def test_two_processes_write_at_once_and_nothing_is_lost(place: str) -> None:
    """Both begin with a record that there is not yet."""
    root = Path(module.__file__).parents[1]
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, place, who], cwd=root, stderr=subprocess.PIPE)
        for who in ("a", "b")
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors.decode()
    record = Record.open(place)
    assert record.version == 50
    statements = list(record.statements())
    assert len(statements) == len({s.id for s in statements}) == 1000
    assert record.facts().num_rows == 1000


_ONE_WRITE = """
import sys
from reasoner.records.record import Claim, Record, Source
with Record.open(sys.argv[1]) as record, record.transaction("other", "x") as tx:
    tx.put_row(Source("other.csv", row=1, key=sys.argv[2]), [Claim("issue", sys.argv[2])])
"""


def test_what_another_process_writes_while_facts_are_read_is_not_lost(record: Record, place: str) -> None:
    """Reading must not let go of the file's locks: the other process would remove the log in use."""
    put(record, Claim("issue", "own"))
    root = Path(module.__file__).parents[1]
    for number in range(3):
        record.facts()
        command = [sys.executable, "-c", _ONE_WRITE, place, f"other-{number}"]
        subprocess.run(command, cwd=root, check=True, timeout=60)
        put(record, Claim("issue", f"own-{number}"), key=f"k{number}")
    record.close()
    assert [each["who"] for each in Record.open(place).transactions()] == [
        "tester",
        *["other", "tester"] * 3,
    ]
    with record.reading() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_reading_goes_on_while_another_writes(record: Record, place: str) -> None:
    put(record, Claim("issue", "CQ-1"))
    reader = Record.open(place)
    with record.transaction("a", "b") as tx:
        tx.add("issue", "CQ-2")
        assert len(list(reader.statements())) == 1
        assert Record.open(place).version == 1, "opening does not wait for the writer"
        assert reader.facts().num_rows == 1
    assert reader.facts().num_rows == 2


def test_a_file_that_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(sa.exc.DatabaseError):
        Record.open(path)


def test_a_file_that_takes_the_place_of_another_is_told_from_it(tmp_path: Path) -> None:
    """What is open goes on to read the one that was removed."""
    path, other = tmp_path / "record.sqlite", tmp_path / "other.sqlite"
    for each in (path, other):
        with Record.open(each) as record:
            put(record, Claim("issue", "CQ-1"))
    with Record.open(path) as record:
        version, digest = record.version, record.digest
        assert record.is_still(version, digest)
        assert not record.is_still(version + 1, digest)
        assert not record.is_still(version, "0")
        path.unlink()
        assert not record.is_still(version, digest)
        other.rename(path)
        assert not record.is_still(version, digest)
