"""The receipts of a record: append-only tables, every receipt hashed over the one before.

What a run concluded is stored as the difference to the receipt before, now and then as a whole; the rules of
every version are stored once. So a run can be read again and, with the same program, be made again.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from reasoner import bundled
from reasoner.engine.survey import Survey
from reasoner.receipts.receipt import (
    BEGINNING,
    Lines,
    Receipt,
    Run,
    canonical,
    counted,
    hash_of,
    line,
    program,
)
from reasoner.records.append_only import append_only
from reasoner.records.record import Record
from reasoner.rulebook import version
from reasoner.rulebook.norms import NormError

SCHEMA = sa.MetaData()
RECEIPTS = sa.Table(
    "receipts",
    SCHEMA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("run", sa.Text, nullable=False, index=True),
    sa.Column("receipt", sa.Text, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("lines", sa.LargeBinary, nullable=False),
)
RULES = sa.Table(
    "rule_versions",
    SCHEMA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("files", sa.LargeBinary, nullable=False),
)


append_only(RECEIPTS, RULES)


class ReceiptError(Exception):
    """A receipt that is not there, or that does not agree with what it vouches for (zh / en)."""


class Chain:
    """The receipts of a record."""

    def __init__(self, record: Record) -> None:
        self.record = record

    # -- writing --------------------------------------------------------------------------------

    def leave(self, survey: Survey, folder: Path | None = None, check: bool = True) -> Receipt:
        """The receipt of a run: appended when the run is a new one, else the one that it left before.

        ``folder`` is where the rules of the survey were read from (default: the bundled ontology). Unless
        told not to ``check``, what follows is compared with what followed before.
        Raises ReceiptError when the same run was made before and something else followed.
        """
        run = run_of(survey)
        query = _SELECT.where(RECEIPTS.c.run == canonical(asdict(run)))
        known = next(iter(self.ask(query)), None)
        if known is not None and not check:
            return receipt_of(known.receipt)
        lines = lines_of(survey)
        found = hash_of(lines)
        with self.record.exclusive() as connection:
            SCHEMA.create_all(connection)
            known = connection.execute(query).first()  # another process may have been faster
            if known is None:
                self._keep_rules(connection, run.rules, folder or bundled.path("ontology"))
                return self._append(connection, run, lines, found, survey)
        receipt = receipt_of(known.receipt)
        if receipt.conclusions != found:
            raise ReceiptError(
                f"第 {receipt.number} 号推理凭据由同样的记录、规则、日期和程序得出，结论却不同："
                f"程序或者凭据有错，不要采用这次的结论 / receipt {receipt.number} is of the same record, "
                "rules, day and program, but other conclusions followed: rely on neither"
            )
        return receipt

    def _append(
        self, connection: sa.Connection, run: Run, lines: Lines, found: str, survey: Survey
    ) -> Receipt:
        last = connection.execute(_SELECT.order_by(RECEIPTS.c.number.desc()).limit(1)).first()
        before = Lines() if last is None else _lines_at(connection, last.number)
        whole = last is None
        stored = _packed(come=lines - before, gone=before - lines)
        if last is not None and _since_whole(connection) + len(stored) > len(
            everything := _packed(come=lines)
        ):
            whole, stored = True, everything  # reading them back must not become longer and longer
        one = receipt_of(last.receipt) if last is not None else None
        receipt = Receipt(
            number=one.number + 1 if one else 1,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            run=run,
            counts=counted(lines, survey.statuses),
            come=len(lines - before),
            gone=len(before - lines),
            conclusions=found,
            stored=sha256(stored).hexdigest(),
            previous=one.digest if one else BEGINNING,
        )
        receipt = replace(receipt, digest=receipt.sealed())
        connection.execute(
            RECEIPTS.insert(),
            {
                "number": receipt.number,
                "run": canonical(asdict(run)),
                "receipt": canonical(asdict(receipt)),
                "whole": whole,
                "lines": stored,
            },
        )
        return receipt

    def _keep_rules(self, connection: sa.Connection, digest: str, folder: Path) -> None:
        if connection.scalar(sa.select(RULES.c.digest).where(RULES.c.digest == digest)) is not None:
            return
        files = version.files(folder)
        if version.digest(files.items()) != digest:
            raise NormError(f"{folder}: changed while it was in use")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(RULES.insert(), {"digest": digest, "at": now, "files": packed.getvalue()})

    # -- reading --------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Receipt]:
        """Every receipt, oldest first."""
        for row in self.ask(_SELECT.order_by(RECEIPTS.c.number)):
            yield receipt_of(row.receipt)

    def find(self, text: str) -> Receipt:
        """The receipt with a number, or with a hash that begins so; digits alone are a hash from eight on.

        Raises ReceiptError.
        """
        wanted = text.strip().lower()
        by_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 8
        found = [
            r
            for r in self
            if (r.number == int(wanted) if by_number else wanted and r.digest.startswith(wanted))
        ]
        if len(found) != 1:
            number = sum(1 for _ in self)
            raise ReceiptError(
                f"没有推理凭据 {text}（现有 {number} 张，写编号或者凭据哈希的开头） / "
                f"no receipt {text} (there are {number}; write a number or the beginning of a hash)"
            )
        return found[0]

    def conclusions(self, number: int) -> Lines:
        """What followed, read back. Raises ReceiptError for a number that is not there."""
        with self.record.reading() as connection:
            return _lines_at(connection, number)

    def difference(self, number: int) -> tuple[Lines, Lines]:
        """What a run concluded and the one before did not, and the reverse. Raises as ``conclusions``."""
        lines = self.conclusions(number)
        before = self.conclusions(number - 1) if number > 1 else Lines()
        return lines - before, before - lines

    def of(self, run: Run) -> Receipt | None:
        """The receipt that a run left, if it did."""
        found = self.ask(_SELECT.where(RECEIPTS.c.run == canonical(asdict(run))))
        return receipt_of(found[0].receipt) if found else None

    def unpack_rules(self, digest: str, folder: Path) -> Path:
        """Write the rules of a version into a folder of their own below `folder`, and return that.

        Raises ReceiptError when they are not kept or not what their hash says.
        """
        home = folder / digest[:20]
        if home.is_dir():
            with suppress(OSError):
                if version.digest(version.files(home).items()) == digest:
                    return home
        row = next(iter(self.ask(sa.select(RULES.c.files).where(RULES.c.digest == digest))), None)
        if row is None:
            raise ReceiptError(f"没有保存这一版规则：{digest[:12]} / rules {digest[:12]} are not kept")
        files = unzipped(row.files)
        if files is None or version.digest(files.items()) != digest:
            raise ReceiptError(
                f"保存的规则 {digest[:12]} 已经损坏 / the kept rules {digest[:12]} are damaged"
            )
        for name, content in files.items():
            place = home / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return home

    def ask(self, query: sa.Select[Any]) -> list[Any]:
        """The rows of a query over receipts and rules; none before the first receipt."""
        with self.record.reading() as connection:
            if not sa.inspect(connection).has_table(RECEIPTS.name):
                return []
            return list(connection.execute(query).all())


_SELECT = sa.select(RECEIPTS.c.number, RECEIPTS.c.receipt)


def run_of(survey: Survey) -> Run:
    """What the conclusions of a survey are a function of."""
    rules = survey.rules.book.digest
    return Run(survey.as_of.isoformat(), survey.version, survey.digest, rules, program())


def lines_of(survey: Survey) -> Lines:
    """The conclusions of a survey and the remarks on them."""
    return Lines(line((name, row)) for name in survey.said for row in survey.model.rows(name))


def receipt_of(text: str) -> Receipt:
    """The receipt that is stored. Raises ValueError, TypeError or KeyError for what is none."""
    content = json.loads(text)
    return Receipt(**{**content, "run": Run(**content["run"])})


def _lines_at(connection: sa.Connection, number: int) -> Lines:
    c = RECEIPTS.c
    start = connection.scalar(sa.select(sa.func.max(c.number)).where(c.number <= number, c.whole))
    rows = connection.execute(
        sa.select(c.number, c.lines)
        .where(c.number >= (start or number), c.number <= number)
        .order_by(c.number)
    ).all()
    if not rows or rows[-1].number != number:
        raise ReceiptError(f"没有第 {number} 号推理凭据 / no receipt {number}")
    lines: set[str] = set()
    for row in rows:
        come, gone = unpacked(row.lines)
        lines -= gone
        lines |= come
    return Lines(lines)


def _since_whole(connection: sa.Connection) -> int:
    """Bytes of the differences that stand behind the last receipt stored as a whole."""
    c = RECEIPTS.c
    start = sa.select(sa.func.max(c.number)).where(c.whole).scalar_subquery()
    total = connection.scalar(sa.select(sa.func.sum(sa.func.length(c.lines))).where(c.number > start))
    return int(total or 0)


def _packed(come: Lines, gone: Lines = Lines()) -> bytes:  # noqa: B008  (immutable)
    return zlib.compress(canonical({"come": sorted(come), "gone": sorted(gone)}).encode(), 6)


def unpacked(stored: bytes) -> tuple[Lines, Lines]:
    """What came and what went, as stored. Raises zlib.error, ValueError or KeyError."""
    content = json.loads(zlib.decompress(stored))
    return Lines(content["come"]), Lines(content["gone"])


def unzipped(packed: bytes) -> dict[str, bytes] | None:
    """The files of a version of the rules, by path; None for what cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return {name: archive.read(name) for name in sorted(archive.namelist())}
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError):
        return None  # NotImplementedError: zipfile meets a way of packing that it does not know
