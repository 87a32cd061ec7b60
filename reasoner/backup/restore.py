"""Reads a backup into a record that has nothing in it yet, in one transaction: all of it or nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from hashlib import file_digest
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from reasoner.backup import beside
from reasoner.backup.content import (
    BATCH,
    FORMAT,
    MANIFEST,
    BackupError,
    Disagreement,
    arrow_schema,
    create,
    disagreements,
    tables,
)
from reasoner.receipts.chain import Chain
from reasoner.receipts.verification import verify
from reasoner.records.record import Record
from reasoner.records.schema import insert_all

Progress = Callable[[str, int, int], None]


def restore(
    file: Path, place: str | Path, progress: Progress = lambda *_: None
) -> tuple[dict[str, Any], list[Disagreement]]:
    """Put a backup into the record at a path or URL; return its manifest and what is wrong with its content.

    Raises BackupError, the record untouched, when the file is damaged or the record has anything in it;
    OSError, or sqlalchemy.exc.DatabaseError when the record cannot be written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _checked(archive, file)
            with Record.open(place) as record:
                with record.exclusive() as connection:
                    apart = {beside.TABLE.name} if record.path is not None else set[str]()
                    create(connection, manifest["tables"].keys() - apart)
                    _refuse_unless_empty(connection, place)
                    _fill(connection, archive, manifest, record.path, progress)
                return manifest, list(_disagreements(record, place, manifest))
    except (zipfile.BadZipFile, pa.ArrowException, KeyError, EOFError) as error:
        raise _damaged(file, str(error)) from error


def looked_at(file: Path, progress: Progress = lambda *_: None) -> tuple[dict[str, Any], list[Disagreement]]:
    """The same without keeping anything: whether a backup could be restored, and what it would give."""
    with TemporaryDirectory(prefix="zelian-") as folder:
        return restore(file, Path(folder) / "record.sqlite", progress)


def _checked(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """The manifest, when every file is as it says."""
    try:
        manifest = json.loads(archive.read(MANIFEST))
        listed = {
            name: (each["file"], each["rows"], each["sha256"]) for name, each in manifest["tables"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackupError(f"{file} 不是 ZeLian 的备份 / {file} is not a backup of ZeLian") from None
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"{file} 由另一版本写成（{manifest.get('format')}） "
            f"/ {file} was written by another version ({manifest.get('format')})"
        )
    if strange := sorted(set(listed) - {table.name for table in tables()}):
        raise BackupError(
            f"{file} 中有本程序不认识的表：{'、'.join(strange)} "
            f"/ {file} has tables unknown to this program: {', '.join(strange)}"
        )
    for name, (inside, _, digest) in listed.items():
        with archive.open(inside) as content:
            if file_digest(content, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                raise _damaged(file, name)
    return dict(manifest)


def _damaged(file: Path, what: str) -> BackupError:
    return BackupError(f"{file} 已经损坏：{what}；没有恢复 / {file} is damaged: {what}; nothing was restored")


def _refuse_unless_empty(connection: sa.Connection, place: str | Path) -> None:
    there = set(sa.inspect(connection).get_table_names())
    for table in tables():
        if table.name not in there:
            continue
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            shown = sa.make_url(str(place)).render_as_string() if "://" in str(place) else place
            raise BackupError(
                f"{shown} 中已有记录，没有恢复；请用 --to 另选文件夹 "
                f"/ {shown} has a record already, nothing was restored; take another place with --to"
            )


def _fill(
    connection: sa.Connection,
    archive: zipfile.ZipFile,
    manifest: dict[str, Any],
    path: Path | None,
    progress: Progress,
) -> None:
    """``path``: that of a record which is a file; its audit log is another."""
    present = [table for table in tables() if table.name in manifest["tables"]]
    for done, table in enumerate(present):
        progress(table.name, done, len(present))
        said, number = manifest["tables"][table.name], 0
        content = _rows(archive, said["file"], table)
        if path is not None and table is beside.TABLE:
            number = beside.fill(path, content)
        else:
            for rows in content:
                insert_all(connection, table, rows)
                number += len(rows)
        if number != said["rows"]:
            raise KeyError(f"{table.name}: {number} / {said['rows']}")
    progress("", len(present), len(present))


def _rows(archive: zipfile.ZipFile, name: str, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    """Rows as the table has them now; a column that an older backup has not is empty."""
    kind = arrow_schema(table)
    with TemporaryFile() as unpacked:
        with archive.open(name) as content:
            copyfileobj(content, unpacked)
        packed = pq.ParquetFile(unpacked)
        if strange := sorted(set(packed.schema_arrow.names) - set(kind.names)):
            raise KeyError(f"{table.name}.{strange[0]}")
        for batch in packed.iter_batches(BATCH):
            nothing = [None] * batch.num_rows
            columns = [
                batch.column(each.name).to_pylist() if each.name in batch.schema.names else nothing
                for each in kind
            ]
            yield list(zip(*columns, strict=True))


def _disagreements(record: Record, place: str | Path, manifest: dict[str, Any]) -> Iterator[Disagreement]:
    with record.reading() as connection:
        yield from disagreements(connection)
    for fault in verify(Chain(record)):
        yield Disagreement(f"第 {fault.number} 号推理凭据：{fault.zh}", f"receipt {fault.number}: {fault.en}")
    if beside.TABLE.name in manifest["tables"]:
        yield from beside.disagreements(place)
