"""Writes a record into one file, while others go on writing into the record."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import pyarrow.parquet as pq
import sqlalchemy as sa

from reasoner.backup import beside
from reasoner.backup.content import FORMAT, MANIFEST, BackupError, arrow_schema, rows, tables, unknown
from reasoner.records.record import Record
from reasoner.whole import whole

Progress = Callable[[str, int, int], None]


def backup(record: Record, file: Path, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Write the whole record as it is at this moment, and return the manifest.

    The file appears when it is complete; one that is there already is left alone. Raises BackupError,
    OSError when the file cannot be written, sqlalchemy.exc.DatabaseError when the record cannot be read.
    """
    if file.exists():
        raise BackupError(f"{file} 已经存在，请另选文件名 / {file} exists: take another name")
    with (
        record.reading() as connection,
        beside.reading(record.path) as log,
        whole(file) as part,
        part.open("wb") as out,
    ):
        _freeze(connection)
        _look_for_damage(connection)
        if strange := unknown(connection):
            names = "、".join(strange)
            raise BackupError(
                f"记录中有本程序不认识的表：{names}，请用写入它们的版本备份 "
                f"/ the record has tables unknown to this program: {', '.join(strange)}"
            )
        return _write(connection, log, out, progress)


def _freeze(connection: sa.Connection) -> None:
    """From here on the connection sees one state, whatever others write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _look_for_damage(connection: sa.Connection) -> None:
    """A damaged file is not backed up as if it were whole; a server looks after its own pages."""
    if connection.dialect.name == "sqlite":
        found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        if found != "ok":
            raise BackupError(
                f"记录文件已损坏，没有备份；请用 zelian restore 恢复最近的备份（{found}） "
                f"/ the record's file is damaged and was not backed up: restore the last backup ({found})"
            )


def _write(
    connection: sa.Connection, log: sa.Connection | None, out: BinaryIO, progress: Progress
) -> dict[str, Any]:
    """``log``: where the audit log lies that is a file of its own."""
    there = dict.fromkeys(sa.inspect(connection).get_table_names(), connection)
    if log is not None:
        there[beside.TABLE.name] = log
    every = tables()
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": {},
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # Parquet is compressed already
        for done, table in enumerate(every):
            progress(table.name, done, len(every))
            if table.name not in there:  # no run was made yet: no receipts
                continue
            number = 0
            with TemporaryFile() as packed:
                with pq.ParquetWriter(packed, arrow_schema(table), compression="zstd") as writer:
                    for batch in rows(there[table.name], table):
                        writer.write_batch(batch)
                        number += batch.num_rows
                name = f"{table.name}.parquet"
                digest = _copied(cast(BinaryIO, packed), archive, name)
            manifest["tables"][table.name] = {"file": name, "rows": number, "sha256": digest}
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    progress("", len(every), len(every))
    return manifest


def _copied(packed: BinaryIO, archive: zipfile.ZipFile, name: str) -> str:
    digest = sha256()
    packed.seek(0)
    with archive.open(name, "w", force_zip64=True) as target:
        while piece := packed.read(1 << 20):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()
